//! Calls of the phone agents, and the functions that were called in them.

use domain::{AgentId, AppointmentId, BranchId, CompanyId, Slot};
use jiff::Timestamp;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, JsonValue, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::columns::{at_most, instant, millis, scrubbed};
use crate::entities::{call_functions, calls};
use crate::{Error, Result, Store};

/// A phone call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Retell's id of it.
    pub call_id: String,
    /// Who answered.
    pub agent_id: AgentId,
    /// The branch that was called.
    pub branch_id: Option<BranchId>,
    /// The caller's number, with all but its end hidden.
    pub from_masked: Option<String>,
    /// The number that was called.
    pub to_number: String,
    /// When it began, as far as we know.
    pub started_at: Timestamp,
    /// When we last heard of it.
    pub updated_at: Timestamp,
}

/// A function that was called during a call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFunction {
    /// The call.
    pub call_id: String,
    /// The function.
    pub name: String,
    /// What it was called with.
    pub arguments: JsonValue,
    /// What it was answered.
    pub answer: JsonValue,
    /// When.
    pub at: Timestamp,
    /// The appointment that it made, changed or found.
    pub appointment_id: Option<AppointmentId>,
}

impl TryFrom<calls::Model> for Call {
    type Error = Error;

    fn try_from(row: calls::Model) -> Result<Self> {
        Ok(Self {
            call_id: row.call_id,
            agent_id: AgentId(row.agent_id),
            branch_id: row.branch_id.map(BranchId),
            from_masked: row.from_masked,
            to_number: row.to_number,
            started_at: instant(row.started_at)?,
            updated_at: instant(row.updated_at)?,
        })
    }
}

impl TryFrom<call_functions::Model> for CallFunction {
    type Error = Error;

    fn try_from(row: call_functions::Model) -> Result<Self> {
        Ok(Self {
            call_id: row.call_id,
            name: row.name,
            arguments: row.arguments,
            answer: row.answer,
            at: instant(row.at)?,
            appointment_id: row.appointment_id.map(AppointmentId),
        })
    }
}

/// A call of which nothing else is known yet.
pub(crate) fn begun(company: CompanyId, call: Call) -> calls::Model {
    calls::Model {
        company_id: company.0,
        call_id: call.call_id,
        agent_id: call.agent_id.0,
        branch_id: call.branch_id.map(|branch| branch.0),
        from_masked: call.from_masked,
        to_number: call.to_number,
        started_at: millis(call.started_at),
        updated_at: millis(call.updated_at),
        ended_at: None,
        ended_because: None,
        summary: None,
        sentiment: None,
        successful: None,
        transcript: String::new(),
    }
}

impl Store {
    /// Writes down a call, or what is news of it; when it began stays.
    pub async fn record_call(&self, company: CompanyId, call: Call) -> Result<()> {
        let row = begun(company, call);
        self.write(move |tx| {
            Box::pin(async move {
                let news = OnConflict::columns([calls::Column::CompanyId, calls::Column::CallId])
                    .update_columns([
                        calls::Column::BranchId,
                        calls::Column::FromMasked,
                        calls::Column::ToNumber,
                        calls::Column::UpdatedAt,
                    ])
                    .to_owned();
                calls::Entity::insert(row.into_active_model())
                    .on_conflict(news)
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("call"))?;
                Ok(())
            })
        })
        .await
    }

    /// Writes down a function that was called in a call that is written down.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a call or an appointment that is not there.
    pub async fn record_call_function(&self, company: CompanyId, function: CallFunction) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                calls::Entity::find_by_id((company.0, function.call_id.clone()))
                    .lock_exclusive()
                    .one(&**tx)
                    .await?
                    .ok_or(Error::NotFound)?;
                let last = call_functions::Entity::find()
                    .filter(call_functions::Column::CompanyId.eq(company.0))
                    .filter(call_functions::Column::CallId.eq(function.call_id.as_str()))
                    .order_by_desc(call_functions::Column::Seq)
                    .one(&**tx)
                    .await?;
                let row = call_functions::Model {
                    company_id: company.0,
                    call_id: function.call_id,
                    seq: last.map_or(1, |row| row.seq + 1),
                    name: function.name,
                    arguments: scrubbed(function.arguments),
                    answer: scrubbed(function.answer),
                    at: millis(function.at),
                    appointment_id: function.appointment_id.map(|id| id.0),
                };
                call_functions::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("function of a call"))?;
                Ok(())
            })
        })
        .await
    }

    /// The calls that began in `range`, the latest first.
    pub async fn calls(&self, company: CompanyId, range: Slot, limit: u64) -> Result<Vec<Call>> {
        let began = calls::Entity::find()
            .filter(calls::Column::CompanyId.eq(company.0))
            .filter(calls::Column::StartedAt.gte(millis(range.start)))
            .filter(calls::Column::StartedAt.lt(millis(range.end)))
            .order_by_desc(calls::Column::StartedAt)
            .order_by_asc(calls::Column::CallId);
        at_most(began, limit, &self.readers).await?.into_iter().map(Call::try_from).collect()
    }

    /// How many calls began in `range`, and in how many of them an appointment was made.
    pub async fn count_calls(&self, company: CompanyId, range: Slot) -> Result<(u64, u64)> {
        let calls = calls::Entity::find()
            .filter(calls::Column::CompanyId.eq(company.0))
            .filter(calls::Column::StartedAt.gte(millis(range.start)))
            .filter(calls::Column::StartedAt.lt(millis(range.end)));
        let booked = Query::select()
            .column(call_functions::Column::CallId)
            .from(call_functions::Entity)
            .and_where(call_functions::Column::CompanyId.eq(company.0))
            .and_where(call_functions::Column::Name.eq("book_appointment"))
            .and_where(call_functions::Column::AppointmentId.is_not_null())
            .take();
        let with_appointment = calls.clone().filter(calls::Column::CallId.in_subquery(booked));
        Ok((calls.count(&self.readers).await?, with_appointment.count(&self.readers).await?))
    }

    /// The functions that were called in a call, in order.
    pub async fn call_functions(&self, company: CompanyId, call_id: &str) -> Result<Vec<CallFunction>> {
        call_functions::Entity::find()
            .filter(call_functions::Column::CompanyId.eq(company.0))
            .filter(call_functions::Column::CallId.eq(call_id))
            .order_by_asc(call_functions::Column::Seq)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(CallFunction::try_from)
            .collect()
    }
}
