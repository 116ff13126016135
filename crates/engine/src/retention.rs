//! What is old goes: how long each class is kept, and the step that recurs.
//!
//! A step is small, and after each whatever people wait for goes first. What is open stays, however old it is.

use domain::CompanyId;
use domain::case::Due;
use jiff::{SignedDuration, Timestamp};
use store::{Cuts, Work};
use tokio_util::sync::CancellationToken;

use crate::lane::{Lane, Stop};
use crate::{Engine, Error, rounds};

/// Rows of each class that go in one transaction.
const STEP: u64 = 300;

/// How long each class is kept; `None` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Bodies of webhooks.
    pub bodies: Option<SignedDuration>,
    /// Webhooks without their bodies, calls to Cal.com of appointments that are over, the traffic of services, and
    /// verifications with what they found.
    pub logs: Option<SignedDuration>,
    /// Histories of appointments, from their end on.
    pub timelines: Option<SignedDuration>,
    /// Idempotency keys.
    pub keys: Option<SignedDuration>,
    /// What was said in phone calls, word by word and in short.
    pub transcripts: Option<SignedDuration>,
    /// Phone calls.
    pub calls: Option<SignedDuration>,
    /// What people were told.
    pub messages: Option<SignedDuration>,
    /// Questions to people, from when they were closed on.
    pub reviews: Option<SignedDuration>,
    /// Sessions, from their end on.
    pub sessions: Option<SignedDuration>,
}

impl Default for Keep {
    fn default() -> Self {
        let days = |days: i64| Some(SignedDuration::from_hours(24 * days));
        Self {
            bodies: days(30),
            logs: days(90),
            timelines: days(730),
            keys: days(30),
            transcripts: days(30),
            calls: days(90),
            messages: days(90),
            reviews: days(730),
            sessions: days(30),
        }
    }
}

impl Keep {
    /// Before which instant each class goes.
    pub fn cuts(&self, now: Timestamp) -> Cuts {
        let cut = |age: Option<SignedDuration>| age.and_then(|age| now.checked_sub(age).ok());
        Cuts {
            bodies: cut(self.bodies),
            logs: cut(self.logs),
            timelines: cut(self.timelines),
            keys: cut(self.keys),
            transcripts: cut(self.transcripts),
            calls: cut(self.calls),
            messages: cut(self.messages),
            reviews: cut(self.reviews),
            sessions: cut(self.sessions),
        }
    }
}

/// One step for the whole company. While anything is left, the next one follows behind what is due by then.
pub(crate) async fn trim(lane: &Lane<'_>, work: &Work) -> Result<(), Stop> {
    let (engine, company) = (lane.engine, lane.lease().company);
    match step(engine, company).await {
        Ok(true) => {
            let due = Due { at: engine.ambient.now(), priority: work.priority };
            rounds::put_off(lane, work, due).await
        }
        Ok(false) => {
            rounds::done(lane, work, rounds::in_a_while(lane, engine.settings.rounds.retention)).await
        }
        // No reason to give up the lane: what people wait for does not need it.
        Err(error) => {
            tracing::error!(target: "einklang::sync", %company, %error, "what is old stays");
            rounds::again(lane, work).await
        }
    }
}

/// Sees to the companies at rest, as often as [`trim`] to the others, until `stop` is cancelled.
pub async fn run(engine: &Engine, stop: &CancellationToken) {
    let Some(every) = engine.settings.rounds.retention else { return };
    while !stop.is_cancelled() {
        if let Some(Err(error)) = stop.run_until_cancelled(Box::pin(trim_at_rest(engine))).await {
            tracing::error!(target: "einklang::sync", %error, "what is old stays");
        }
        if stop.run_until_cancelled(tokio::time::sleep(every.unsigned_abs())).await.is_none() {
            return;
        }
    }
}

/// What is old goes at every company none of whose accounts is at work: no lane sees to it. That another process does
/// the same does no harm.
///
/// # Errors
/// If the database fails.
pub async fn trim_at_rest(engine: &Engine) -> Result<(), Error> {
    for company in engine.store.companies_at_rest().await? {
        // One company's trouble keeps nobody else's.
        while step(engine, company).await.unwrap_or_else(|error| {
            tracing::error!(target: "einklang::sync", %company, %error, "what is old stays");
            false
        }) {}
    }
    Ok(())
}

/// Says whether anything is left.
async fn step(engine: &Engine, company: CompanyId) -> Result<bool, Error> {
    let gone = engine.store.trim(company, &engine.settings.keep.cuts(engine.ambient.now()), STEP).await?;
    for (class, rows) in &gone {
        metrics::counter!("einklang_retention_rows_total", "class" => *class).increment(*rows);
        tracing::debug!(target: "einklang::sync", %company, class, rows, "what is old went");
    }
    Ok(gone.iter().any(|(_, rows)| *rows >= STEP))
}
