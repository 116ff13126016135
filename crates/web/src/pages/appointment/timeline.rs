//! The story of an appointment: the history of the domain, the calls sent to Cal.com and the webhooks
//! that came from it, in one order.

use domain::{
    BookingUid, Field, Origin, Push, Slot, StaffId, Via, appointment::Actor, review::ReviewCode,
    timeline::What,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{comparison::label, exchange::Exchange};
use crate::pages::{DeedRow, call_href};
use crate::{
    components::{AsChip, Chip, Tone, reason_key},
    i18n::Translator,
};

#[derive(Clone, Debug)]
pub struct TimelineEntry {
    pub at: Timestamp,
    pub what: Happening,
}

#[derive(Clone, Debug)]
pub enum Happening {
    History {
        what: What,
        actor: Actor,
        /// The name of the user or the API key, where one is known.
        by: Option<String>,
        /// Who and what it was given to, by name.
        given: Option<Given>,
    },
    Attempt(Attempt),
    Delivery(Delivery),
    /// What somebody did about a question of the appointment.
    Deed(ReviewCode, DeedRow),
}

/// Somebody else serves, or something else is booked: the names, each before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub staff: (String, String),
    pub service: (String, String),
}

impl Given {
    /// What changed: the staff, the service, or both.
    fn words(&self) -> Vec<String> {
        let pairs = [&self.staff, &self.service].into_iter().filter(|(before, after)| before != after);
        pairs.map(|(before, after)| format!("{before} → {after}")).collect()
    }
}

/// One call to Cal.com.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What it was to change; `None` for a look.
    pub push: Option<Push>,
    pub connection: String,
    pub outcome: Outcome,
    pub http_status: Option<u16>,
    pub millis: Option<u64>,
    pub next_try_at: Option<Timestamp>,
    /// Why it failed, in English.
    pub message: Option<String>,
    /// Without people in it.
    pub request: Option<Exchange>,
    pub response: Option<Exchange>,
}

impl Attempt {
    /// Whether the message is Cal.com's: it answered, and with a refusal that says more than to wait.
    fn is_told_by_calcom(&self) -> bool {
        self.http_status.is_some_and(|status| status >= 400) && self.outcome != Outcome::RateLimited
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Sent, not answered yet.
    InFlight,
    Done,
    /// Network, time-out, 5xx.
    Transient,
    /// No answer that could be read: it may have had its effect.
    Unknown,
    RateLimited,
    Unauthorized,
    SlotTaken,
    NotFound,
    Invalid,
}

impl Outcome {
    /// The outcome of a stored name; `None` is a call without an answer yet.
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            None => Self::InFlight,
            Some("ok") => Self::Done,
            Some("transient") => Self::Transient,
            Some("rate_limited") => Self::RateLimited,
            Some("unauthorized") => Self::Unauthorized,
            Some("slot_taken") => Self::SlotTaken,
            Some("not_found") => Self::NotFound,
            Some("invalid") => Self::Invalid,
            Some(_) => Self::Unknown,
        }
    }
}

impl AsChip for Outcome {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::InFlight => (Tone::Wait, "clock", "outcome-in-flight"),
            Self::Done => (Tone::Good, "check", "outcome-done"),
            Self::Transient => (Tone::Wait, "cloud-off", "outcome-transient"),
            Self::Unknown => (Tone::Wait, "info", "outcome-unknown"),
            Self::RateLimited => (Tone::Wait, "clock", "outcome-rate-limited"),
            Self::Unauthorized => (Tone::Bad, "plug", "outcome-unauthorized"),
            Self::SlotTaken => (Tone::Bad, "calendar", "outcome-slot-taken"),
            Self::NotFound => (Tone::Bad, "unlink", "outcome-not-found"),
            Self::Invalid => (Tone::Bad, "alert", "outcome-invalid"),
        };
        Chip { tone, icon, label }
    }
}

/// One webhook that was genuine: others are in the inbox alone, and what repeats one is counted there.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Cal.com's word: `BOOKING_RESCHEDULED`; empty if the body could not be read.
    pub trigger: String,
    /// What it changed.
    pub effect: Effect,
    /// Without people in it.
    pub body: Option<Exchange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Stored, not processed yet.
    Waiting,
    /// It said what was known.
    NoChange,
    /// Its booking was found to be ours.
    Recognised,
    /// Cal.com is asked what is true.
    Look,
    /// All event types of the account are looked at.
    EventTypes,
    /// Its booking belongs to nobody here.
    OutOfScope,
    /// It says nothing that is understood.
    Unreadable,
}

impl Effect {
    /// Those that lists are filtered by.
    pub const FILTERED: [Self; 5] =
        [Self::Waiting, Self::NoChange, Self::Recognised, Self::Look, Self::EventTypes];

    /// The name, as it stands in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::NoChange => "no_change",
            Self::Recognised => "recognised",
            Self::Look => "look",
            Self::EventTypes => "event_types",
            Self::OutOfScope => "out_of_scope",
            Self::Unreadable => "unreadable",
        }
    }

    /// The effect of a stored name; `None` is a delivery that waits.
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            None => Self::Waiting,
            Some("no_change") => Self::NoChange,
            Some("recognised") => Self::Recognised,
            Some("look" | "fetch") => Self::Look,
            Some("event_types") => Self::EventTypes,
            Some("out_of_scope") => Self::OutOfScope,
            Some(_) => Self::Unreadable,
        }
    }
}

impl AsChip for Effect {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Waiting => (Tone::Wait, "clock", "effect-waiting"),
            Self::NoChange => (Tone::Neutral, "check", "effect-no-change"),
            Self::Recognised => (Tone::Good, "chain", "effect-recognised"),
            Self::Look => (Tone::Info, "eye", "effect-look"),
            Self::EventTypes => (Tone::Info, "eye", "effect-event-types"),
            Self::OutOfScope => (Tone::Neutral, "unlink", "effect-out-of-scope"),
            Self::Unreadable => (Tone::Bad, "alert", "effect-unreadable"),
        };
        Chip { tone, icon, label }
    }
}

impl TimelineEntry {
    pub fn icon(&self) -> &'static str {
        match &self.what {
            Happening::Attempt(_) => "send",
            Happening::Delivery(_) => "webhook",
            Happening::Deed(_, deed) => deed.icon(),
            Happening::History { what, .. } => match what {
                What::Booked { .. } => "calendar",
                What::Rescheduled { .. } => "arrow-right",
                What::Cancelled { .. } => "ban",
                What::Confirmed => "check-circle",
                What::Edited { .. } => "pencil",
                What::Called { .. } => "phone",
                What::Observed { .. } => "eye",
                What::Recognised { .. } | What::Linked { .. } => "chain",
                What::NoShow { .. } => "x-circle",
                What::Reassigned { .. } => "user",
                What::Deleted => "trash",
                What::Replaced | What::CheckedAgain => "refresh",
                What::TakenBack => "undo",
                What::Doubled { .. } | What::ReviewOpened { .. } => "review",
                What::Settled { .. } | What::Verified | What::ReviewClosed { .. } => "check",
            },
        }
    }

    pub fn tone(&self) -> Tone {
        match &self.what {
            Happening::Attempt(attempt) => attempt.outcome.chip().tone,
            Happening::History { what: What::Verified, .. } => Tone::Good,
            Happening::History { what: What::ReviewOpened { code }, .. } => {
                if *code == ReviewCode::Conflict {
                    Tone::Split
                } else {
                    Tone::Bad
                }
            }
            Happening::Delivery(delivery) => delivery.effect.chip().tone,
            Happening::History { .. } | Happening::Deed(..) => Tone::Neutral,
        }
    }

    /// Where there is more about it.
    pub fn href(&self) -> Option<String> {
        match &self.what {
            Happening::History { what: What::Called { call_id, .. }, .. } => Some(call_href(call_id)),
            _ => None,
        }
    }

    /// What happened, in a line.
    pub fn title(&self, t: &Translator) -> String {
        match &self.what {
            Happening::Attempt(attempt) => t.get(attempt.push.map_or("attempt-look", push_key)).to_string(),
            Happening::Delivery(_) => t.get("delivery").to_string(),
            Happening::Deed(_, deed) => deed.title(t),
            Happening::History { what, .. } => match what {
                What::Booked { slot, .. } => {
                    t.get("entry-booked").arg("time", t.date_span(&slot.start, &slot.end)).to_string()
                }
                What::Rescheduled { to, .. } => {
                    t.get("entry-rescheduled").arg("time", t.date_span(&to.start, &to.end)).to_string()
                }
                What::Cancelled { .. } => t.get("entry-cancelled").to_string(),
                What::Confirmed => t.get("entry-confirmed").to_string(),
                What::NoShow { absent: true } => t.get("entry-no-show").to_string(),
                What::NoShow { absent: false } => t.get("entry-came").to_string(),
                What::Reassigned { .. } => t.get("entry-reassigned").to_string(),
                What::Deleted => t.get("entry-deleted").to_string(),
                What::Replaced => t.get("entry-replaced").to_string(),
                What::Doubled { .. } => t.get("entry-doubled").to_string(),
                What::CheckedAgain => t.get("entry-checked-again").to_string(),
                What::Settled { ours: true } => t.get("entry-settled-ours").to_string(),
                What::Settled { ours: false } => t.get("entry-settled-theirs").to_string(),
                What::Linked { .. } => t.get("entry-linked").to_string(),
                What::TakenBack => t.get("entry-taken-back").to_string(),
                What::Edited { fields } => t.get("entry-edited").arg("fields", names(t, fields)).to_string(),
                What::Called { .. } => t.get("entry-called").to_string(),
                What::Observed { adopted, .. } if adopted.is_empty() => t.get("entry-observed").to_string(),
                What::Observed { adopted, .. } => {
                    t.get("entry-adopted").arg("fields", names(t, adopted)).to_string()
                }
                What::Recognised { .. } => t.get("entry-recognised").to_string(),
                What::Verified => t.get("entry-verified").to_string(),
                What::ReviewOpened { .. } => t.get("entry-review-opened").to_string(),
                What::ReviewClosed { .. } => t.get("entry-review-closed").to_string(),
            },
        }
    }

    /// What else there is to say, in small print; nothing where the title says it all.
    pub fn notes(&self, t: &Translator) -> Vec<String> {
        match &self.what {
            Happening::Attempt(attempt) => {
                let status = attempt
                    .http_status
                    .map(|status| t.get("attempt-status").arg("status", status.to_string()).to_string());
                let took = attempt.millis.map(|millis| t.millis(&millis));
                let next =
                    attempt.next_try_at.map(|at| t.get("attempt-next").arg("time", t.clock(&at)).to_string());
                let told = attempt.message.clone().filter(|_| !attempt.is_told_by_calcom());
                [Some(attempt.connection.clone()), status, took, told, next].into_iter().flatten().collect()
            }
            Happening::Delivery(delivery) => vec![delivery.trigger.clone()],
            Happening::Deed(code, deed) => vec![deed.by.clone(), t.get(reason_key(*code)).to_string()],
            Happening::History { what, actor, by, given } => {
                let origin = t.get(actor.origin.chip().label).to_string();
                let who = by.as_ref().map_or_else(|| origin.clone(), |name| format!("{origin}: {name}"));
                let more = match what {
                    What::Rescheduled { from, .. } => {
                        let before = t
                            .get("entry-before")
                            .arg("time", t.date_span(&from.start, &from.end))
                            .to_string();
                        [Some(before), None]
                    }
                    What::Called { call_id, function } => [Some(function.clone()), Some(call_id.clone())],
                    What::Observed { via, .. } => [Some(t.get(via_label(*via)).to_string()), None],
                    What::Recognised { uid } | What::Doubled { uid } | What::Linked { uid } => {
                        [Some(uid.to_string()), None]
                    }
                    What::ReviewOpened { code } | What::ReviewClosed { code } => {
                        [Some(t.get(reason_key(*code)).to_string()), None]
                    }
                    What::Replaced => [Some(t.get("entry-replaced-text").to_string()), None],
                    What::Booked { .. }
                    | What::Cancelled { .. }
                    | What::Confirmed
                    | What::NoShow { .. }
                    | What::Reassigned { .. }
                    | What::Deleted
                    | What::CheckedAgain
                    | What::Settled { .. }
                    | What::TakenBack
                    | What::Edited { .. }
                    | What::Verified => [None, None],
                };
                let given = given.iter().flat_map(Given::words);
                std::iter::once(who).chain(given).chain(more.into_iter().flatten()).collect()
            }
        }
    }

    /// What Cal.com answered, in its own words.
    pub fn answer(&self) -> Option<&str> {
        match &self.what {
            Happening::Attempt(attempt) if attempt.is_told_by_calcom() => attempt.message.as_deref(),
            _ => None,
        }
    }

    /// What somebody gave as the reason.
    pub fn reason(&self) -> Option<&str> {
        match &self.what {
            Happening::History {
                what: What::Rescheduled { reason, .. } | What::Cancelled { reason },
                ..
            } => reason.as_deref(),
            Happening::Deed(_, deed) => deed.words(),
            _ => None,
        }
    }

    pub fn chip(&self) -> Option<Chip> {
        match &self.what {
            Happening::Attempt(attempt) => Some(attempt.outcome.chip()),
            Happening::Delivery(delivery) => Some(delivery.effect.chip()),
            Happening::History { .. } | Happening::Deed(..) => None,
        }
    }

    /// Raw material behind a fold, each with its heading (a message key).
    pub fn raw(&self) -> Vec<(&'static str, &Exchange)> {
        let (request, response, webhook) = match &self.what {
            Happening::Attempt(attempt) => (attempt.request.as_ref(), attempt.response.as_ref(), None),
            Happening::Delivery(delivery) => (None, None, delivery.body.as_ref()),
            Happening::History { .. } | Happening::Deed(..) => (None, None, None),
        };
        let parts = [("raw-request", request), ("raw-response", response), ("raw-webhook", webhook)];
        parts.into_iter().filter_map(|(heading, exchange)| Some((heading, exchange?))).collect()
    }
}

/// The message that names a call.
pub fn push_key(push: Push) -> &'static str {
    match push {
        Push::Create => "attempt-create",
        Push::Reschedule => "attempt-reschedule",
        Push::Cancel => "attempt-cancel",
        Push::Confirm => "attempt-confirm",
        Push::Decline => "attempt-decline",
        Push::Reassign => "attempt-reassign",
        Push::MarkAbsent => "attempt-mark-absent",
    }
}

fn names(t: &Translator, fields: &[Field]) -> String {
    fields.iter().map(|field| t.get(label(*field)).to_string()).collect::<Vec<_>>().join(", ")
}

fn via_label(via: Via) -> &'static str {
    match via {
        Via::Answer => "via-answer",
        Via::Fetch => "via-fetch",
        Via::Verification => "via-verification",
    }
}

/// A call that booked, a lost answer, a booking recognised, a move on both sides: newest first.
pub(super) fn samples(t: &Translator, slot: Slot, there: Slot) -> Vec<TimelineEntry> {
    let ago = |minutes| t.now - SignedDuration::from_mins(minutes);
    let history = |at, origin, by: Option<&str>, what| TimelineEntry {
        at,
        what: Happening::History { what, actor: Actor::of(origin), by: by.map(Into::into), given: None },
    };
    let attempt = |at, push, outcome, status, millis, next_try_at, response: Option<(&str, Value)>| {
        let line = match push {
            Some(Push::Create) => "POST /v2/bookings",
            Some(_) => "POST /v2/bookings/bT7qYw2mFh4kN9sVxLpR1c/reschedule",
            None => "GET /v2/bookings/bT7qYw2mFh4kN9sVxLpR1c",
        };
        let sent = json!({
            "start": there.start.to_string(),
            "eventTypeId": 4711,
            "attendee": { "name": "Aylin Demir", "timeZone": "Europe/Berlin", "language": "de" },
            "metadata": { "einklang_ref": "apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012.0.1" },
        });
        TimelineEntry {
            at,
            what: Happening::Attempt(Attempt {
                push,
                connection: "Prenzlauer Berg".into(),
                outcome,
                http_status: status,
                millis: Some(millis),
                next_try_at,
                message: None,
                request: Some(Exchange::redacted(line, &if push.is_some() { sent } else { Value::Null })),
                response: response.map(|(line, body)| Exchange::redacted(line, &body)),
            }),
        }
    };
    let delivery = |at, trigger: &str, effect| TimelineEntry {
        at,
        what: Happening::Delivery(Delivery {
            trigger: trigger.into(),
            effect,
            body: Some(Exchange::redacted(
                trigger,
                &json!({
                    "triggerEvent": trigger,
                    "payload": { "uid": "gK3dZr8uQe5jW6aHtBnM0y", "attendees": [{ "name": "Aylin Demir" }] },
                }),
            )),
        }),
    };
    let day = SignedDuration::from_hours(24);
    let first = Slot { start: slot.start - day, end: slot.end - day };
    let answer =
        json!({ "status": "success", "data": { "uid": "gK3dZr8uQe5jW6aHtBnM0y", "status": "accepted" } });
    let ok = || Some(("200 OK", answer.clone()));
    vec![
        history(ago(3), Origin::System, None, What::ReviewOpened { code: ReviewCode::Conflict }),
        history(ago(3), Origin::Calcom, None, What::Observed { via: Via::Fetch, adopted: vec![] }),
        attempt(ago(3), None, Outcome::Done, Some(200), 143, None, ok()),
        delivery(ago(4), "BOOKING_RESCHEDULED", Effect::NoChange),
        delivery(ago(4), "BOOKING_RESCHEDULED", Effect::Look),
        history(
            ago(5),
            Origin::Admin,
            Some("Katharina Morgenrot"),
            What::Rescheduled {
                from: first,
                to: slot,
                reason: Some("Die Kundin hat einen früheren Zug.".into()),
            },
        ),
        history(ago(300), Origin::System, None, What::Verified),
        history(
            ago(300),
            Origin::System,
            None,
            What::Observed { via: Via::Verification, adopted: vec![Field::Start] },
        ),
        history(
            ago(2_879),
            Origin::System,
            None,
            What::Recognised { uid: BookingUid("bT7qYw2mFh4kN9sVxLpR1c".into()) },
        ),
        attempt(ago(2_879), None, Outcome::Done, Some(200), 167, None, ok()),
        attempt(
            ago(2_880),
            Some(Push::Create),
            Outcome::Unknown,
            Some(500),
            10_020,
            Some(ago(2_879)),
            Some(("500 Internal Server Error", json!({ "status": "error" }))),
        ),
        history(
            ago(2_880),
            Origin::Phone,
            None,
            What::Booked { slot: there, staff_id: StaffId(uuid::Uuid::nil()) },
        ),
        history(
            ago(2_880),
            Origin::Phone,
            None,
            What::Called { call_id: "call_9f2c61d0".into(), function: "book_appointment".into() },
        ),
    ]
}
