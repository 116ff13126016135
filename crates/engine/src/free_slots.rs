//! What Cal.com says is free: asked when somebody wants to know, kept for a short while, and forgotten as soon as
//! anything of the company changes or a webhook comes.
//!
//! It is a help, not the truth: whoever asks waits for a short time only, and where no answer comes our own calendar
//! decides. Only one question about the same is under way; an answer that comes too late serves the next one. An
//! account that does not answer, or whose lane is silent, is left alone for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use calcom::{EventTypeId, SlotBound, SlotFormat, SlotsQuery};
use domain::availability::joined;
use domain::{CompanyId, ConnectionId, EventTypeRef, Slot};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::ConnectionState;

use crate::Engine;
use crate::pace::Pace;

/// How long an answer is good for when nothing is heard: a booking made at Cal.com may not have been told of.
const KEPT: SignedDuration = SignedDuration::from_secs(60);
/// How long nobody asks again after a question that was not answered.
const REST: SignedDuration = SignedDuration::from_secs(10);
/// Answers that are kept at most.
const MOST: usize = 2_000;

/// What was asked: an event type, from one day to another (UTC).
type Question = (CompanyId, EventTypeRef, Date, Date);

/// The answers of one process.
#[derive(Default)]
pub(crate) struct FreeSlots {
    answers: Mutex<HashMap<Question, Arc<tokio::sync::Mutex<Option<Answer>>>>>,
}

#[derive(Clone)]
struct Answer {
    at: Timestamp,
    generation: u64,
    /// `None` if there was none.
    free: Option<Vec<Slot>>,
}

impl Answer {
    fn is_good(&self, generation: u64, now: Timestamp) -> bool {
        match self.free {
            Some(_) => self.generation == generation && now.duration_since(self.at) < KEPT,
            None => now.duration_since(self.at) < REST,
        }
    }
}

impl Engine {
    /// What Cal.com says is free for an event type in the days of `range`, in order and apart; `None` if it has not
    /// said so in time.
    pub(crate) async fn free_at_calcom(
        &self,
        company: CompanyId,
        event_type: EventTypeRef,
        range: Slot,
    ) -> Option<Vec<Slot>> {
        let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
        let question = (company, event_type, day(range.start), day(range.end));
        let place = {
            let mut answers = self.0.free_slots.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers.len() >= MOST {
                // Whoever waits for one of them holds it.
                answers.retain(|_, place| Arc::strong_count(place) > 1);
            }
            Arc::clone(answers.entry(question).or_default())
        };
        let engine = self.clone();
        // Goes on when nobody waits any more.
        let asking = tokio::spawn(async move {
            let mut answer = place.lock().await;
            let (generation, now) = (engine.signals.generation(company), engine.ambient.now());
            if let Some(known) = answer.as_ref().filter(|known| known.is_good(generation, now)) {
                return known.free.clone();
            }
            let free = engine.ask_for_slots(question).await;
            *answer = Some(Answer { at: now, generation, free: free.clone() });
            free
        });
        tokio::time::timeout(self.settings.slots_patience, asking).await.ok()?.ok()?
    }

    async fn ask_for_slots(&self, (company, event_type, from, to): Question) -> Option<Vec<Slot>> {
        let connection = self.store.connection(company, event_type.connection).await.ok()?;
        if connection.state != ConnectionState::Active || self.is_silent(company, event_type.connection).await
        {
            return None;
        }
        let client = self.client(company, &connection).ok()?;
        let query = SlotsQuery {
            format: SlotFormat::Range,
            ..SlotsQuery::new(EventTypeId(event_type.id), SlotBound::Day(from), SlotBound::Day(to))
        };
        match client.slots(&query).await.result {
            Ok(slots) => {
                let free = slots.iter().filter_map(|slot| Some(Slot { start: slot.start, end: slot.end? }));
                Some(joined(free.collect()))
            }
            Err(error) => {
                tracing::info!(target: "einklang::sync", connection = %connection.id, %error, "no free slots were told");
                None
            }
        }
    }

    /// Whether the account's lane keeps quiet, as far as it was written down.
    async fn is_silent(&self, company: CompanyId, connection: ConnectionId) -> bool {
        let Ok(lanes) = self.store.lanes(company).await else { return true };
        let lane = lanes.into_iter().find(|lane| lane.connection == connection);
        let pace = lane.and_then(|lane| Pace::deserialize(lane.budget).ok()).unwrap_or_default();
        pace.is_probing() || pace.silent_until(self.ambient.now()).is_some()
    }
}
