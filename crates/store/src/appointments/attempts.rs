//! Calls to Cal.com, written down before they are sent and again when they are answered.

use domain::{AppointmentId, AttemptId, CompanyId, ConnectionId};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JsonValue, QueryFilter, Set, Statement, Value,
};

use crate::columns::{instant, instant_opt, millis, named, parts, places, scrubbed, small, text};
use crate::entities::attempts;
use crate::unit_of_work::Tx;
use crate::{Error, Result};

/// What is written about a call, in the transaction of the change it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub enum AttemptWrite {
    /// It is about to be sent.
    Start(NewAttempt),
    /// It was answered, or given up.
    Finish(AttemptId, AttemptOutcome),
    /// Nobody waits for its answer any more, if it has none yet: whoever sent it died or lost its lease.
    Lose(AttemptId, Timestamp),
}

/// A call that is about to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAttempt {
    /// Its id.
    pub id: AttemptId,
    /// To which account.
    pub connection_id: ConnectionId,
    /// What it does: the name of a push (`create`, …) or `look`.
    pub kind: String,
    /// Method and path.
    pub path: String,
    /// The body or query, without secrets.
    pub request: JsonValue,
    /// Our time.
    pub started_at: Timestamp,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptOutcome {
    /// The class.
    pub outcome: Outcome,
    /// The status, if there was an answer.
    pub http_status: Option<u16>,
    /// The body of the answer.
    pub response: Option<JsonValue>,
    /// What people are told of it.
    pub message: Option<String>,
    /// Our time.
    pub finished_at: Timestamp,
    /// When it is tried again, if it is.
    pub next_try_at: Option<Timestamp>,
}

/// The class of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done.
    Ok,
    /// Network, time-out, 5xx.
    Transient,
    /// Too many requests.
    RateLimited,
    /// The key is not accepted.
    Unauthorized,
    /// The time is not free.
    SlotTaken,
    /// There is no such booking or event type.
    NotFound,
    /// Cal.com refuses what was sent.
    Invalid,
    /// The answer could not be read.
    Unreadable,
    /// Nobody waits for the answer any more: a crash, a lost lease.
    Lost,
}

impl Outcome {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Ok,
        Self::Transient,
        Self::RateLimited,
        Self::Unauthorized,
        Self::SlotTaken,
        Self::NotFound,
        Self::Invalid,
        Self::Unreadable,
        Self::Lost,
    ];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Transient => "transient",
            Self::RateLimited => "rate_limited",
            Self::Unauthorized => "unauthorized",
            Self::SlotTaken => "slot_taken",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Unreadable => "unreadable",
            Self::Lost => "lost",
        }
    }

    /// The class of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A call, for the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The call.
    pub call: NewAttempt,
    /// How it ended; `None` while it is under way, or in doubt.
    pub outcome: Option<AttemptOutcome>,
    /// Milliseconds from start to end.
    pub duration_ms: Option<u64>,
}

impl TryFrom<attempts::Model> for Attempt {
    type Error = Error;

    fn try_from(row: attempts::Model) -> Result<Self> {
        let call = NewAttempt {
            id: AttemptId(row.id),
            connection_id: ConnectionId(row.connection_id),
            kind: row.kind,
            path: row.path,
            request: row.request,
            started_at: instant(row.started_at)?,
        };
        let outcome = match (row.outcome, row.finished_at) {
            (Some(outcome), Some(finished_at)) => Some(AttemptOutcome {
                outcome: named("attempts.outcome", &outcome, Outcome::from_name)?,
                http_status: row
                    .http_status
                    .map(|status| small("attempts.http_status", status))
                    .transpose()?,
                response: row.response,
                message: row.message,
                finished_at: instant(finished_at)?,
                next_try_at: instant_opt(row.next_try_at)?,
            }),
            _ => None,
        };
        let duration_ms = row.duration_ms.and_then(|duration| u64::try_from(duration).ok());
        Ok(Self { call, outcome, duration_ms })
    }
}

/// Writes what is said about calls, each with its appointment. A call that is told of after it ended is one row.
pub(crate) async fn write(
    tx: &Tx,
    company: CompanyId,
    writes: impl Iterator<Item = (AppointmentId, AttemptWrite)>,
) -> Result<()> {
    let mut started: Vec<attempts::Model> = Vec::new();
    let mut finished = Vec::new();
    for (appointment, write) in writes {
        match write {
            AttemptWrite::Start(new) => started.push(row(company, appointment, new)),
            AttemptWrite::Finish(id, outcome) => match started.iter_mut().find(|row| row.id == id.0) {
                Some(row) => end(row, outcome),
                None => finished.push((id, outcome)),
            },
            AttemptWrite::Lose(id, at) => lose(tx, company, id, at).await?,
        }
    }
    for part in parts(finished) {
        finish(tx, company, part).await?;
    }
    for part in parts(started) {
        let rows = part.into_iter().map(IntoActiveModel::into_active_model);
        attempts::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

fn row(company: CompanyId, appointment: AppointmentId, new: NewAttempt) -> attempts::Model {
    attempts::Model {
        company_id: company.0,
        id: new.id.0,
        appointment_id: appointment.0,
        connection_id: new.connection_id.0,
        kind: new.kind,
        path: new.path,
        request: scrubbed(new.request),
        response: None,
        http_status: None,
        outcome: None,
        message: None,
        started_at: millis(new.started_at),
        finished_at: None,
        duration_ms: None,
        next_try_at: None,
    }
}

fn end(row: &mut attempts::Model, end: AttemptOutcome) {
    row.outcome = Some(end.outcome.as_str().to_owned());
    row.http_status = end.http_status.map(i64::from);
    row.response = end.response.map(scrubbed);
    row.message = end.message.as_deref().map(text);
    row.finished_at = Some(millis(end.finished_at));
    row.duration_ms = Some(millis(end.finished_at) - row.started_at);
    row.next_try_at = end.next_try_at.map(millis);
}

async fn lose(tx: &Tx, company: CompanyId, id: AttemptId, at: Timestamp) -> Result<()> {
    let lost = attempts::ActiveModel {
        outcome: Set(Some(Outcome::Lost.as_str().to_owned())),
        finished_at: Set(Some(millis(at))),
        ..Default::default()
    };
    attempts::Entity::update_many()
        .set(lost)
        .filter(attempts::Column::CompanyId.eq(company.0))
        .filter(attempts::Column::Id.eq(id.0))
        .filter(attempts::Column::FinishedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Writes how calls ended: all of them by one statement, however many there were before.
async fn finish(tx: &Tx, company: CompanyId, ended: Vec<(AttemptId, AttemptOutcome)>) -> Result<()> {
    let count = ended.len();
    let mut values: Vec<Value> = vec![company.0.into()];
    values.extend(ended.iter().map(|(id, _)| Value::from(id.0)));
    let rows = ended.into_iter().map(|(id, outcome)| {
        [
            id.0.into(),
            outcome.outcome.as_str().into(),
            outcome.http_status.map(i64::from).into(),
            outcome.response.map(scrubbed).into(),
            outcome.message.as_deref().map(text).into(),
            millis(outcome.finished_at).into(),
            outcome.next_try_at.map(millis).into(),
        ]
    });
    let sql = finished(count, &places(rows, &mut values));
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let updated = tx.execute_raw(statement).await?.rows_affected();
    if usize::try_from(updated).is_ok_and(|updated| updated == count) { Ok(()) } else { Err(Error::NotFound) }
}

/// The ids are named twice: from the rows alone SQLite would rather read all calls of the company than look each up.
fn finished(count: usize, rows: &str) -> String {
    let ids: Vec<_> = (2..count + 2).map(|place| format!("${place}")).collect();
    format!(
        "UPDATE attempts SET outcome = v.column2, http_status = v.column3, response = v.column4, \
         message = v.column5, finished_at = v.column6, next_try_at = v.column7, \
         duration_ms = v.column6 - attempts.started_at FROM (VALUES {rows}) AS v \
         WHERE attempts.company_id = $1 AND attempts.id IN ({}) AND attempts.id = v.column1",
        ids.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_that_ended_are_looked_up_one_by_one() {
        for count in [1, 2, 64] {
            let mut values = vec![Value::from(1_i64); 1 + count];
            let rows = places(vec![[0_i64; 7].map(Value::from); count], &mut values);
            let plan = crate::in_memory::plan(&finished(count, &rows), values).await;
            let of_calls: Vec<_> = plan.iter().filter(|step| step.contains("attempts")).collect();
            assert!(matches!(&of_calls[..], [step] if step.contains("(company_id=? AND id=?)")), "{plan:?}");
        }
    }
}
