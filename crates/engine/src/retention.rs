//! What is old goes: how long each class is kept, and the step that recurs.
//!
//! A step is small, and after each whatever people wait for goes first. What is open stays, however old it is.

use domain::case::Due;
use jiff::{SignedDuration, Timestamp};
use store::{Cuts, Work};

use crate::lane::{Lane, Stop};
use crate::rounds;

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
    let now = engine.ambient.now();
    let gone = match engine.store.trim(company, &engine.settings.keep.cuts(now), STEP).await {
        Ok(gone) => gone,
        // No reason to give up the lane: what people wait for does not need it.
        Err(error) => {
            tracing::error!(target: "einklang::sync", %company, %error, "what is old stays");
            return rounds::again(lane, work).await;
        }
    };
    for (class, rows) in &gone {
        metrics::counter!("einklang_retention_rows_total", "class" => *class).increment(*rows);
        tracing::debug!(target: "einklang::sync", %company, class, rows, "what is old went");
    }
    if gone.iter().any(|(_, rows)| *rows >= STEP) {
        return rounds::put_off(lane, work, Due { at: now, priority: work.priority }).await;
    }
    rounds::done(lane, work, rounds::in_a_while(lane, lane.engine.settings.rounds.retention)).await
}
