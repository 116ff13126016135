//! Calls of the phone agents, and the functions that were called in them.

use std::collections::{BTreeMap, HashMap};

use domain::{AgentId, AppointmentId, BranchId, CompanyId, Slot};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, JsonValue, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::columns::{at_most, first, instant, millis, padded, parts, scrubbed};
use crate::entities::{call_functions, calls};
use crate::gather::{Asked, OfCompany};
use crate::unit_of_work::Tx;
use crate::{Dialect, Error, Result, Store};

/// Transactions that write calls down side by side on PostgreSQL.
const WRITERS: usize = 2;

/// Calls whose ids begin so are rehearsals: nobody has rung, and statistics leave them out.
pub const REHEARSAL: &str = "test-";

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
    /// What tells the very same request when it comes again.
    pub request: Option<String>,
}

impl Call {
    /// Whether somebody tried the agent.
    pub fn is_rehearsal(&self) -> bool {
        self.call_id.starts_with(REHEARSAL)
    }
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
            request: row.request,
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

/// A call, and a function that was called in it, that are to be written down.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    company: CompanyId,
    call: Call,
    function: Option<CallFunction>,
}

impl OfCompany for Record {
    fn company(&self) -> CompanyId {
        self.company
    }
}

/// Writes down calls, and then the functions, in the order in which they are told.
async fn write_down(tx: &Tx, records: Vec<Record>) -> Result<()> {
    // Always in the same order: two who write down the same calls must not wait for each other.
    let told: BTreeMap<_, _> = records
        .iter()
        .map(|it| ((it.company.0, it.call.call_id.clone()), begun(it.company, it.call.clone())))
        .collect();
    let rows = told.into_values().map(IntoActiveModel::into_active_model).collect();
    for rows in parts(rows) {
        let news = OnConflict::columns([calls::Column::CompanyId, calls::Column::CallId])
            .update_columns([
                calls::Column::BranchId,
                calls::Column::FromMasked,
                calls::Column::ToNumber,
                calls::Column::UpdatedAt,
            ])
            .to_owned();
        let insert = calls::Entity::insert_many(rows).on_conflict(news).exec_without_returning(&**tx);
        insert.await.map_err(Error::duplicate("call"))?;
    }
    let functions: Vec<_> =
        records.into_iter().filter_map(|it| it.function.map(|function| (it.company, function))).collect();
    if functions.is_empty() {
        return Ok(());
    }
    let companies = functions.iter().map(|(company, _)| company.0).collect();
    let ids = functions.iter().map(|(_, function)| function.call_id.clone()).collect();
    let last: Vec<(Uuid, String, i64)> = call_functions::Entity::find()
        .select_only()
        .column(call_functions::Column::CompanyId)
        .column(call_functions::Column::CallId)
        .column_as(call_functions::Column::Seq.max(), "last")
        .filter(call_functions::Column::CompanyId.is_in(padded(companies)))
        .filter(call_functions::Column::CallId.is_in(padded(ids)))
        .group_by(call_functions::Column::CompanyId)
        .group_by(call_functions::Column::CallId)
        .into_tuple()
        .all(&**tx)
        .await?;
    let mut last: HashMap<_, _> = last.into_iter().map(|(company, id, last)| ((company, id), last)).collect();
    let row = |(company, function): (CompanyId, CallFunction)| {
        let last = last.entry((company.0, function.call_id.clone())).or_default();
        *last += 1;
        let row = call_functions::Model {
            company_id: company.0,
            call_id: function.call_id,
            seq: *last,
            name: function.name,
            arguments: scrubbed(function.arguments),
            answer: scrubbed(function.answer),
            at: millis(function.at),
            appointment_id: function.appointment_id.map(|id| id.0),
            request: function.request,
        };
        row.into_active_model()
    };
    for rows in parts(functions.into_iter().map(row).collect()) {
        let insert = call_functions::Entity::insert_many(rows).exec_without_returning(&**tx);
        insert.await.map_err(Error::duplicate("function of a call"))?;
    }
    Ok(())
}

impl Store {
    /// Writes down a call, or what is news of it, and a function that was called in it; when it began stays. What is told
    /// of several calls at the same time is written together.
    ///
    /// # Errors
    /// [`Error::Database`] for an agent, a branch or an appointment that is not there.
    pub async fn record_call(
        &self,
        company: CompanyId,
        call: Call,
        function: Option<CallFunction>,
    ) -> Result<()> {
        let store = self.clone();
        let side_by_side = if self.dialect == Dialect::Postgres { WRITERS } else { 1 };
        let write = move |together| {
            let store = store.clone();
            async move { store.record_all(together).await }
        };
        self.records.ask(Record { company, call, function }, side_by_side, write).await
    }

    /// All in one transaction, else each in its own.
    async fn record_all(&self, asked: Vec<Asked<Record, ()>>) {
        let (records, replies): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let write = async |records: Vec<Record>| {
            self.write(move |tx| Box::pin(async move { write_down(tx, records).await })).await
        };
        let all_written = records.len() > 1 && write(records.clone()).await.is_ok();
        for (record, reply) in records.into_iter().zip(replies) {
            // What the database refuses of one does not concern the others.
            let written = if all_written { Ok(()) } else { write(vec![record]).await };
            // Whoever does not wait any more needs no answer.
            let _ = reply.send(written);
        }
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

    /// How many calls began in `range`, and in how many of them an appointment was made. Rehearsals do not count.
    pub async fn count_calls(&self, company: CompanyId, range: Slot) -> Result<(u64, u64)> {
        let calls = calls::Entity::find()
            .filter(calls::Column::CompanyId.eq(company.0))
            .filter(calls::Column::StartedAt.gte(millis(range.start)))
            .filter(calls::Column::StartedAt.lt(millis(range.end)))
            .filter(calls::Column::CallId.not_like(format!("{REHEARSAL}%")));
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

    /// What a request of a call was answered `since`, if it was.
    pub async fn answered(
        &self,
        company: CompanyId,
        (call_id, request): (&str, &str),
        since: Timestamp,
    ) -> Result<Option<JsonValue>> {
        let query = call_functions::Entity::find()
            .filter(call_functions::Column::CompanyId.eq(company.0))
            .filter(call_functions::Column::CallId.eq(call_id))
            .filter(call_functions::Column::Request.eq(request))
            .filter(call_functions::Column::At.gte(millis(since)));
        Ok(first(query, &self.readers).await?.map(|row| row.answer))
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
