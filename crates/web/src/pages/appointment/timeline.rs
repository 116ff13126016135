//! The story of an appointment: the history of the domain, the calls sent to Cal.com and the webhooks
//! that came from it, in one order.

use domain::{
    BookingUid, Field, Origin, Push, Slot, StaffId, Via, appointment::Actor, review::ReviewCode,
    timeline::What,
};
use jiff::{SignedDuration, Timestamp};

use super::comparison::label;
use crate::{
    components::{AsChip, Chip, Tone},
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
    },
    Attempt(Attempt),
    Delivery(Delivery),
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
    /// Redacted, as it was kept.
    pub request: Option<Exchange>,
    pub response: Option<Exchange>,
}

/// One direction of a call: the first line and the body.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub line: String,
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Sent, not answered yet.
    InFlight,
    Done,
    /// Network, time-out, 5xx; it surely had no effect.
    Transient,
    /// The same, but it may have had its effect.
    Unknown,
    RateLimited,
    Unauthorized,
    SlotTaken,
    NotFound,
    Invalid,
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

/// One webhook.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Cal.com's word: `BOOKING_RESCHEDULED`.
    pub trigger: String,
    pub verdict: DeliveryVerdict,
    pub effect: DeliveryEffect,
    /// Redacted, as it was kept.
    pub body: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryVerdict {
    Valid,
    BadSignature,
    Duplicate,
    Stale,
    /// Its booking belongs to nobody here.
    Foreign,
}

impl AsChip for DeliveryVerdict {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Valid => (Tone::Good, "check", "delivery-valid"),
            Self::BadSignature => (Tone::Bad, "alert", "delivery-bad-signature"),
            Self::Duplicate => (Tone::Neutral, "info", "delivery-duplicate"),
            Self::Stale => (Tone::Neutral, "clock", "delivery-stale"),
            Self::Foreign => (Tone::Neutral, "unlink", "delivery-foreign"),
        };
        Chip { tone, icon, label }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryEffect {
    /// Stored, not processed yet.
    Waiting,
    /// Cal.com was asked what is true.
    Looked,
    /// Nothing was new.
    Nothing,
    Ignored,
}

impl DeliveryEffect {
    fn label(self) -> &'static str {
        match self {
            Self::Waiting => "effect-waiting",
            Self::Looked => "effect-looked",
            Self::Nothing => "effect-nothing",
            Self::Ignored => "effect-ignored",
        }
    }
}

impl TimelineEntry {
    pub fn icon(&self) -> &'static str {
        match &self.what {
            Happening::Attempt(_) => "send",
            Happening::Delivery(_) => "webhook",
            Happening::History { what, .. } => match what {
                What::Booked { .. } => "calendar",
                What::Rescheduled { .. } => "arrow-right",
                What::Cancelled { .. } => "ban",
                What::Confirmed => "check-circle",
                What::Edited { .. } => "pencil",
                What::Called { .. } => "phone",
                What::Observed { .. } => "eye",
                What::Recognised { .. } => "chain",
                What::ReviewOpened { .. } => "review",
                What::Verified | What::ReviewClosed { .. } => "check",
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
            Happening::Delivery(delivery) if delivery.verdict == DeliveryVerdict::BadSignature => Tone::Bad,
            Happening::History { .. } | Happening::Delivery(_) => Tone::Neutral,
        }
    }

    /// What happened, in a line.
    pub fn title(&self, t: &Translator) -> String {
        match &self.what {
            Happening::Attempt(attempt) => t
                .get(match attempt.push {
                    None => "attempt-look",
                    Some(Push::Create) => "attempt-create",
                    Some(Push::Reschedule) => "attempt-reschedule",
                    Some(Push::Cancel) => "attempt-cancel",
                    Some(Push::Confirm) => "attempt-confirm",
                })
                .to_string(),
            Happening::Delivery(_) => t.get("delivery").to_string(),
            Happening::History { what, .. } => match what {
                What::Booked { slot, .. } => {
                    t.get("entry-booked").arg("time", t.date_span(&slot.start, &slot.end)).to_string()
                }
                What::Rescheduled { to, .. } => {
                    t.get("entry-rescheduled").arg("time", t.date_span(&to.start, &to.end)).to_string()
                }
                What::Cancelled { .. } => t.get("entry-cancelled").to_string(),
                What::Confirmed => t.get("entry-confirmed").to_string(),
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
                [Some(attempt.connection.clone()), status, took, next].into_iter().flatten().collect()
            }
            Happening::Delivery(delivery) => {
                vec![delivery.trigger.clone(), t.get(delivery.effect.label()).to_string()]
            }
            Happening::History { what, actor, by } => {
                let origin = t.get(actor.origin.chip().label).to_string();
                let who = by.as_ref().map_or_else(|| origin.clone(), |name| format!("{origin}: {name}"));
                let more = match what {
                    What::Rescheduled { from, reason, .. } => {
                        let before = t
                            .get("entry-before")
                            .arg("time", t.date_span(&from.start, &from.end))
                            .to_string();
                        [Some(before), reason.clone()]
                    }
                    What::Cancelled { reason } => [reason.clone(), None],
                    What::Called { call_id, function } => [Some(function.clone()), Some(call_id.clone())],
                    What::Observed { via, .. } => [Some(t.get(via_label(*via)).to_string()), None],
                    What::Recognised { uid } => [Some(uid.to_string()), None],
                    What::ReviewOpened { code } | What::ReviewClosed { code } => {
                        [Some(t.get(super::explanation::reason_key(*code)).to_string()), None]
                    }
                    What::Booked { .. } | What::Confirmed | What::Edited { .. } | What::Verified => {
                        [None, None]
                    }
                };
                std::iter::once(who).chain(more.into_iter().flatten()).collect()
            }
        }
    }

    pub fn chip(&self) -> Option<Chip> {
        match &self.what {
            Happening::Attempt(attempt) => Some(attempt.outcome.chip()),
            Happening::Delivery(delivery) => Some(delivery.verdict.chip()),
            Happening::History { .. } => None,
        }
    }

    /// Raw material behind a fold: a heading (a message key), a first line, a body.
    pub fn raw<'a>(&'a self) -> Vec<(&'static str, &'a str, &'a str)> {
        match &self.what {
            Happening::Attempt(Attempt { request, response, .. }) => {
                let part = |heading, exchange: &'a Option<Exchange>| {
                    exchange.as_ref().map(|it| (heading, it.line.as_str(), it.body.as_str()))
                };
                [part("raw-request", request), part("raw-response", response)].into_iter().flatten().collect()
            }
            Happening::Delivery(Delivery { trigger, body: Some(body), .. }) => {
                vec![("raw-webhook", trigger.as_str(), body.as_str())]
            }
            Happening::Delivery(_) | Happening::History { .. } => Vec::new(),
        }
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
        what: Happening::History { what, actor: Actor::of(origin), by: by.map(Into::into) },
    };
    let attempt = |at, push, outcome, status, millis, next_try_at, response: Option<(&str, &str)>| {
        let line = match push {
            Some(Push::Create) => "POST /v2/bookings",
            Some(_) => "POST /v2/bookings/bT7qYw2mFh4kN9sVxLpR1c/reschedule",
            None => "GET /v2/bookings?attendeeEmail=…",
        };
        let body = "{\n  \"start\": \"2026-11-26T13:30:00Z\",\n  \"eventTypeId\": 4711,\n  \"attendee\": { \"name\": \"•••\", \"email\": \"•••\" },\n  \"metadata\": { \"einklang\": \"apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012.1\" }\n}";
        TimelineEntry {
            at,
            what: Happening::Attempt(Attempt {
                push,
                connection: "Prenzlauer Berg".into(),
                outcome,
                http_status: status,
                millis: Some(millis),
                next_try_at,
                request: Some(Exchange { line: line.into(), body: body.into() }),
                response: response.map(|(line, body)| Exchange { line: line.into(), body: body.into() }),
            }),
        }
    };
    let delivery = |at, trigger: &str, verdict, effect| {
        TimelineEntry {
        at,
        what: Happening::Delivery(Delivery {
            trigger: trigger.into(),
            verdict,
            effect,
            body: Some("{\n  \"triggerEvent\": \"BOOKING_RESCHEDULED\",\n  \"payload\": { \"uid\": \"gK3dZr8uQe5jW6aHtBnM0y\", \"attendees\": \"•••\" }\n}".into()),
        }),
    }
    };
    let day = SignedDuration::from_hours(24);
    let first = Slot { start: slot.start - day, end: slot.end - day };
    let ok = Some((
        "200 OK",
        "{\n  \"status\": \"success\",\n  \"data\": { \"uid\": \"gK3dZr8uQe5jW6aHtBnM0y\", \"status\": \"accepted\" }\n}",
    ));
    vec![
        history(ago(3), Origin::System, None, What::ReviewOpened { code: ReviewCode::Conflict }),
        history(ago(3), Origin::Calcom, None, What::Observed { via: Via::Fetch, adopted: vec![] }),
        attempt(ago(3), None, Outcome::Done, Some(200), 143, None, ok),
        delivery(ago(4), "BOOKING_RESCHEDULED", DeliveryVerdict::Duplicate, DeliveryEffect::Nothing),
        delivery(ago(4), "BOOKING_RESCHEDULED", DeliveryVerdict::Valid, DeliveryEffect::Looked),
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
        attempt(ago(2_879), None, Outcome::Done, Some(200), 167, None, ok),
        attempt(
            ago(2_880),
            Some(Push::Create),
            Outcome::Unknown,
            Some(500),
            10_020,
            Some(ago(2_879)),
            Some(("500 Internal Server Error", "{\n  \"status\": \"error\"\n}")),
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
