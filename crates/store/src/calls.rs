//! Calls as people look at them, and what Retell reports of them: that they ended and why, what was said in short.
//!
//! Reports come in any order, late, more than once, or never; each is kept once, and none takes away what another
//! has told. No sound is kept, no number but its end, and the words only in the transcript, which has an age of its own.

use domain::{AgentId, AppointmentId, CompanyId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, JsonValue, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::columns::{at_most, first, instant, instant_opt, millis, padded, scrubbed, text};
use crate::cursor::{Way, page};
use crate::entities::{call_events, call_functions, calls};
use crate::phone::{Call, REHEARSAL, begun};
use crate::{Error, Page, Result, Store};

/// A report of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallEvent {
    /// What tells a repeated one.
    pub key: String,
    /// Retell's name of what happened.
    pub event: String,
    /// When it came.
    pub received_at: Timestamp,
    /// How often it came again.
    pub repeats: u64,
    /// What it says, as far as it may be kept.
    pub body: JsonValue,
}

/// What a report tells that was not known while the call went on; `None` tells nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallNews {
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why, in Retell's word.
    pub ended_because: Option<String>,
    /// What was said, in short.
    pub summary: Option<String>,
    /// How the caller seemed to feel, in Retell's word.
    pub sentiment: Option<String>,
    /// Whether the caller got what was wanted, as Retell sees it.
    pub successful: Option<bool>,
    /// What was said, word by word.
    pub transcript: Option<String>,
}

/// A call with what became known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallView {
    /// The call.
    pub call: Call,
    /// What was reported of it.
    pub news: CallNews,
    /// How many functions were called in it.
    pub functions: u64,
    /// The appointments that it made, changed or found, in that order.
    pub appointments: Vec<AppointmentId>,
}

/// Which calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// In which something was done about an appointment, or nothing.
    pub with_appointment: Option<bool>,
    /// That began then or later.
    pub from: Option<Timestamp>,
    /// That began before.
    pub until: Option<Timestamp>,
}

impl Store {
    /// Writes down what was reported of a call, and the call if nothing was known of it. Returns whether it is news.
    pub async fn record_call_event(
        &self,
        company: CompanyId,
        call: Call,
        event: CallEvent,
        news: CallNews,
    ) -> Result<bool> {
        self.write(move |tx| {
            Box::pin(async move {
                // What began and where is mostly known from the functions: they know the branch better.
                let known = OnConflict::columns([calls::Column::CompanyId, calls::Column::CallId])
                    .do_nothing()
                    .to_owned();
                calls::Entity::insert(begun(company, call.clone()).into_active_model())
                    .on_conflict(known)
                    .exec_without_returning(&**tx)
                    .await?;
                let this = calls::Entity::find_by_id((company.0, call.call_id.clone())).lock_exclusive();
                let mut row = first(this, &**tx).await?.ok_or(Error::NotFound)?;
                let key = (company.0, call.call_id.clone(), event.key.clone());
                if first(call_events::Entity::find_by_id(key.clone()), &**tx).await?.is_some() {
                    call_events::Entity::update_many()
                        .col_expr(
                            call_events::Column::Repeats,
                            Expr::col(call_events::Column::Repeats).add(1),
                        )
                        .filter(call_events::Column::CompanyId.eq(key.0))
                        .filter(call_events::Column::CallId.eq(key.1))
                        .filter(call_events::Column::Key.eq(key.2))
                        .exec(&**tx)
                        .await?;
                    return Ok(false);
                }
                call_events::Entity::insert(
                    call_events::Model {
                        company_id: company.0,
                        call_id: call.call_id,
                        key: event.key,
                        event: event.event,
                        received_at: millis(event.received_at),
                        repeats: 0,
                        body: scrubbed(event.body),
                    }
                    .into_active_model(),
                )
                .exec_without_returning(&**tx)
                .await
                .map_err(Error::duplicate("event of a call"))?;
                row.branch_id = row.branch_id.or(call.branch_id.map(|branch| branch.0));
                row.from_masked = row.from_masked.or(call.from_masked);
                row.updated_at = Ord::max(row.updated_at, millis(call.updated_at));
                row.ended_at = news.ended_at.map(millis).or(row.ended_at);
                row.ended_because = news.ended_because.or(row.ended_because);
                row.summary = news.summary.as_deref().map(text).or(row.summary);
                row.sentiment = news.sentiment.or(row.sentiment);
                row.successful = news.successful.or(row.successful);
                // The longer is the whole.
                if let Some(transcript) = news.transcript.filter(|words| words.len() > row.transcript.len()) {
                    row.transcript = text(&transcript);
                }
                calls::Entity::update(row.into_active_model().reset_all()).exec(&**tx).await?;
                Ok(true)
            })
        })
        .await
    }

    /// A call.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    pub async fn call(&self, company: CompanyId, call_id: &str) -> Result<CallView> {
        let row = first(calls::Entity::find_by_id((company.0, call_id.to_owned())), &self.readers).await?;
        let mut views = self.call_views(company, vec![row.ok_or(Error::NotFound)?]).await?;
        views.pop().ok_or(Error::NotFound)
    }

    /// When the last call began in which an agent called a function, and the last of which something was reported.
    /// Rehearsals do not count.
    pub async fn last_of_agent(
        &self,
        company: CompanyId,
        agent: AgentId,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
        use calls::Column::{CallId, CompanyId as Company};
        let functions = Query::select()
            .expr(Expr::value(1))
            .from(call_functions::Entity)
            .and_where(
                Expr::col((call_functions::Entity, call_functions::Column::CompanyId))
                    .equals((calls::Entity, Company)),
            )
            .and_where(
                Expr::col((call_functions::Entity, call_functions::Column::CallId))
                    .equals((calls::Entity, CallId)),
            )
            .take();
        let reports = Query::select()
            .expr(Expr::value(1))
            .from(call_events::Entity)
            .and_where(
                Expr::col((call_events::Entity, call_events::Column::CompanyId))
                    .equals((calls::Entity, Company)),
            )
            .and_where(
                Expr::col((call_events::Entity, call_events::Column::CallId)).equals((calls::Entity, CallId)),
            )
            .take();
        let last = async |with: SelectStatement| {
            let query = calls::Entity::find()
                .filter(Company.eq(company.0))
                .filter(calls::Column::AgentId.eq(agent.0))
                .filter(CallId.not_like(format!("{REHEARSAL}%")))
                .filter(Expr::exists(with))
                .order_by_desc(calls::Column::StartedAt);
            let last = at_most(query, 1, &self.readers).await?.pop();
            last.map(|row| instant(row.started_at)).transpose()
        };
        Ok((last(functions).await?, last(reports).await?))
    }

    /// What was reported of a call, in the order in which it came.
    pub async fn call_events(&self, company: CompanyId, call_id: &str) -> Result<Vec<CallEvent>> {
        let rows = call_events::Entity::find()
            .filter(call_events::Column::CompanyId.eq(company.0))
            .filter(call_events::Column::CallId.eq(call_id))
            .order_by_asc(call_events::Column::ReceivedAt)
            .order_by_asc(call_events::Column::Key)
            .all(&self.readers)
            .await?;
        let event = |row: call_events::Model| {
            Ok(CallEvent {
                key: row.key,
                event: row.event,
                received_at: instant(row.received_at)?,
                repeats: u64::try_from(row.repeats).unwrap_or(0),
                body: row.body,
            })
        };
        rows.into_iter().map(event).collect()
    }

    /// A page of the calls that pass the filter, the last first.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`] for a cursor that no page gave out.
    pub async fn calls_page(
        &self,
        company: CompanyId,
        filter: &CallFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<CallView>> {
        let place = cursor.map(place).transpose()?;
        let older = place.as_ref().is_none_or(|(older, ..)| *older);
        let mut query = calls::Entity::find().filter(condition(company, filter));
        if let Some((_, at, id)) = place {
            let (started, call) = (calls::Column::StartedAt, calls::Column::CallId);
            let beside = if older {
                Condition::any().add(started.lt(at)).add(started.eq(at).and(call.lt(id)))
            } else {
                Condition::any().add(started.gt(at)).add(started.eq(at).and(call.gt(id)))
            };
            query = query.filter(beside);
        }
        let query = if older {
            query.order_by_desc(calls::Column::StartedAt).order_by_desc(calls::Column::CallId)
        } else {
            query.order_by_asc(calls::Column::StartedAt).order_by_asc(calls::Column::CallId)
        };
        let way = Way { forward: older, begins: cursor.is_none() };
        let name = |forward, row: &calls::Model| {
            format!("{}{}.{}", if forward { 'n' } else { 'p' }, row.started_at, row.call_id)
        };
        let Page { items, next, prev } = page(query, limit, way, name, &self.readers).await?;
        Ok(Page { items: self.call_views(company, items).await?, next, prev })
    }

    /// Calls with what was done in them.
    async fn call_views(&self, company: CompanyId, rows: Vec<calls::Model>) -> Result<Vec<CallView>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = padded(rows.iter().map(|row| row.call_id.clone()).collect());
        let functions = call_functions::Entity::find()
            .filter(call_functions::Column::CompanyId.eq(company.0))
            .filter(call_functions::Column::CallId.is_in(ids))
            .order_by_asc(call_functions::Column::Seq)
            .all(&self.readers)
            .await?;
        let view = |row: calls::Model| {
            let of_it = functions.iter().filter(|function| function.call_id == row.call_id);
            let mut appointments = Vec::new();
            for id in of_it.clone().filter_map(|function| function.appointment_id.map(AppointmentId)) {
                if !appointments.contains(&id) {
                    appointments.push(id);
                }
            }
            let functions = of_it.count() as u64;
            let news = CallNews {
                ended_at: instant_opt(row.ended_at)?,
                ended_because: row.ended_because.clone(),
                summary: row.summary.clone(),
                sentiment: row.sentiment.clone(),
                successful: row.successful,
                transcript: Some(row.transcript.clone()).filter(|words| !words.is_empty()),
            };
            Ok(CallView { call: row.try_into()?, news, functions, appointments })
        };
        rows.into_iter().map(view).collect()
    }
}

fn condition(company: CompanyId, filter: &CallFilter) -> Condition {
    let about = Query::select()
        .column(call_functions::Column::CallId)
        .from(call_functions::Entity)
        .and_where(call_functions::Column::CompanyId.eq(company.0))
        .and_where(call_functions::Column::AppointmentId.is_not_null())
        .take();
    Condition::all()
        .add(calls::Column::CompanyId.eq(company.0))
        .add_option(filter.agent.map(|agent| calls::Column::AgentId.eq(agent.0)))
        .add_option(filter.from.map(|from| calls::Column::StartedAt.gte(millis(from))))
        .add_option(filter.until.map(|until| calls::Column::StartedAt.lt(millis(until))))
        .add_option(filter.with_appointment.map(|with| {
            if with {
                calls::Column::CallId.in_subquery(about)
            } else {
                calls::Column::CallId.not_in_subquery(about)
            }
        }))
}

/// Whether a cursor leads to older calls, and the call that it is beside.
fn place(cursor: &str) -> Result<(bool, i64, String)> {
    let older = match cursor.chars().next() {
        Some('n') => true,
        Some('p') => false,
        _ => return Err(Error::InvalidCursor),
    };
    let (at, id) = cursor[1..].split_once('.').ok_or(Error::InvalidCursor)?;
    let at = at.parse().map_err(|_| Error::InvalidCursor)?;
    Ok((older, at, id.to_owned()))
}
