//! Faults to order: what goes wrong, for which calls, how often. Carrying them out belongs to the places
//! that are struck: `sim` for calls, `deliveries` for webhooks.

use std::time::Duration;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The request never arrives; the caller cannot know.
    DropRequest,
    /// The request takes effect and the answer is lost; the caller cannot know.
    DropAnswerAfterEffect,
    /// 500 without effect.
    ServerErrorBefore,
    /// 500 although the request took effect.
    ServerErrorAfterEffect,
    /// 429, and the caller's key stays blocked this long.
    RateLimited { block: SignedDuration },
    /// The caller hears nothing, and the request takes effect this much later, by the simulator's clock;
    /// see [`crate::Sim::arrive_due`].
    AppliedLate { by: SignedDuration },
    /// The request takes effect and the answer breaks off in the middle of its body.
    HalfAnswer,
    /// A proxy answers with a page of its own: 502, 503 or 504. `after_effect` says whether the request got
    /// through.
    Gateway { status: u16, after_effect: bool },
    /// The answer has fields that nobody knows yet.
    UnknownFields,
    /// The answer comes this much later, after the effect. It waits by the machine's clock.
    Slow(Duration),
    /// No connection, until the fault is cleared or has struck its number of times.
    Down,
    /// No connection until then, by the simulator's clock.
    DownUntil(Timestamp),
    /// The check for a free slot is passed over, as when two requests pass it at the same moment.
    AllowOverlap,
    /// The webhook is never sent.
    LoseWebhooks,
    /// The webhook is sent this much later, by the simulator's clock; the call does not wait for it.
    DelayWebhooks { by: SignedDuration },
    /// The webhook is sent twice.
    DuplicateWebhooks,
    /// The webhook is sent, and once more this much later, by the simulator's clock.
    RepeatWebhooks { by: SignedDuration },
    /// Before the webhook comes a forged one, which says that the booking is cancelled.
    ForgeWebhooks,
    /// The webhook says nothing in `metadata`, and nothing of the answers to booking fields.
    BareWebhooks,
    /// The webhook has fields that nobody knows yet.
    StrangeWebhooks,
    /// Webhooks are held back until all that were ordered are there, then sent last first.
    ReorderWebhooks,
}

impl Fault {
    /// Whether it strikes webhooks rather than calls.
    pub fn strikes_webhooks(self) -> bool {
        match self {
            Self::LoseWebhooks
            | Self::DelayWebhooks { .. }
            | Self::DuplicateWebhooks
            | Self::RepeatWebhooks { .. }
            | Self::ForgeWebhooks
            | Self::BareWebhooks
            | Self::StrangeWebhooks
            | Self::ReorderWebhooks => true,
            Self::DropRequest
            | Self::DropAnswerAfterEffect
            | Self::ServerErrorBefore
            | Self::ServerErrorAfterEffect
            | Self::RateLimited { .. }
            | Self::AppliedLate { .. }
            | Self::HalfAnswer
            | Self::Gateway { .. }
            | Self::UnknownFields
            | Self::Slow(_)
            | Self::Down
            | Self::DownUntil(_)
            | Self::AllowOverlap => false,
        }
    }

    /// What it is called in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DropRequest => "request lost",
            Self::DropAnswerAfterEffect => "answer lost",
            Self::ServerErrorBefore => "500 before the effect",
            Self::ServerErrorAfterEffect => "500 after the effect",
            Self::RateLimited { .. } => "429",
            Self::AppliedLate { .. } => "applied late",
            Self::HalfAnswer => "half an answer",
            Self::Gateway { after_effect: false, .. } => "gateway error before the effect",
            Self::Gateway { after_effect: true, .. } => "gateway error after the effect",
            Self::UnknownFields => "unknown fields",
            Self::Slow(_) => "slow answer",
            Self::Down | Self::DownUntil(_) => "no connection",
            Self::AllowOverlap => "slot check passed over",
            Self::LoseWebhooks => "webhook lost",
            Self::DelayWebhooks { .. } => "webhook delayed",
            Self::DuplicateWebhooks => "webhook doubled",
            Self::RepeatWebhooks { .. } => "webhook repeated later",
            Self::ForgeWebhooks => "webhook forged",
            Self::BareWebhooks => "webhook without metadata",
            Self::StrangeWebhooks => "webhook with unknown fields",
            Self::ReorderWebhooks => "webhooks reordered",
        }
    }
}

/// Kinds of calls, by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallKind {
    CreateBooking,
    RescheduleBooking,
    CancelBooking,
    ConfirmBooking,
    DeclineBooking,
    MarkAbsent,
    ReassignBooking,
    GetBooking,
    ListBookings,
    Slots,
    /// Looks at one or all.
    EventTypes,
    CreateEventType,
    UpdateEventType,
    DeleteEventType,
    Webhooks,
    Me,
    Other,
}

impl CallKind {
    pub fn of(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
        let post = method == Method::POST;
        match segments.as_slice() {
            ["me"] => Self::Me,
            ["bookings"] if post => Self::CreateBooking,
            ["bookings"] => Self::ListBookings,
            ["bookings", _] => Self::GetBooking,
            ["bookings", _, "reschedule"] => Self::RescheduleBooking,
            ["bookings", _, "cancel"] => Self::CancelBooking,
            ["bookings", _, "confirm"] => Self::ConfirmBooking,
            ["bookings", _, "decline"] => Self::DeclineBooking,
            ["bookings", _, "mark-absent"] => Self::MarkAbsent,
            ["bookings", _, "reassign", ..] => Self::ReassignBooking,
            ["slots", ..] => Self::Slots,
            ["event-types", _, "webhooks", ..] | ["webhooks", ..] => Self::Webhooks,
            ["event-types"] if post => Self::CreateEventType,
            ["event-types", _] if method == Method::PATCH => Self::UpdateEventType,
            ["event-types", _] if method == Method::DELETE => Self::DeleteEventType,
            ["event-types", ..] => Self::EventTypes,
            _ => Self::Other,
        }
    }
}

/// Which calls a fault strikes. For webhook faults it is the trigger that is matched instead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CallMatch {
    #[default]
    Any,
    Kind(CallKind),
    /// Exactly this path, without the query.
    Path(String),
    /// Webhooks of this trigger.
    Trigger(String),
}

impl CallMatch {
    fn matches_call(&self, method: &Method, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Kind(kind) => *kind == CallKind::of(method, path),
            Self::Path(wanted) => wanted == path,
            Self::Trigger(_) => false,
        }
    }

    fn matches_trigger(&self, trigger: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Trigger(wanted) => wanted == trigger,
            Self::Kind(_) | Self::Path(_) => false,
        }
    }
}

/// A fault that still has to strike `times` times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    pub fault: Fault,
    pub matching: CallMatch,
    pub times: u32,
}

/// Orders that have not been used up. The oldest matching one strikes first; one call takes one fault.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FaultPlan {
    orders: Vec<Ordered>,
}

impl FaultPlan {
    pub(crate) fn order(&mut self, order: Ordered) {
        if order.times > 0 {
            self.orders.push(order);
        }
    }

    pub(crate) fn pending(&self) -> Vec<Ordered> {
        self.orders.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.orders.clear();
    }

    /// Takes the fault that strikes this call, if any. `DownUntil` is not used up by calls, only by time.
    pub(crate) fn take_for_call(&mut self, method: &Method, path: &str, now: Timestamp) -> Option<Fault> {
        self.orders.retain(|order| !matches!(order.fault, Fault::DownUntil(until) if until <= now));
        let strikes =
            |order: &Ordered| !order.fault.strikes_webhooks() && order.matching.matches_call(method, path);
        let index = self.orders.iter().position(strikes)?;
        match self.orders[index].fault {
            down @ Fault::DownUntil(_) => Some(down),
            _ => Some(self.use_up(index)),
        }
    }

    /// Takes the fault that strikes this webhook, and how many more of the same order are to come.
    pub(crate) fn take_for_webhook(&mut self, trigger: &str) -> Option<(Fault, u32)> {
        let strikes =
            |order: &Ordered| order.fault.strikes_webhooks() && order.matching.matches_trigger(trigger);
        let index = self.orders.iter().position(strikes)?;
        let left = self.orders[index].times - 1;
        Some((self.use_up(index), left))
    }

    fn use_up(&mut self, index: usize) -> Fault {
        let order = &mut self.orders[index];
        let fault = order.fault;
        order.times -= 1;
        if order.times == 0 {
            self.orders.remove(index);
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use jiff::Timestamp;

    use super::{CallKind, CallMatch, Fault, FaultPlan, Ordered};

    #[test]
    fn an_order_strikes_only_matching_calls_and_only_as_often_as_ordered() {
        let now: Timestamp = "2026-11-20T22:00:00Z".parse().unwrap();
        let mut plan = FaultPlan::default();
        let matching = CallMatch::Kind(CallKind::CreateBooking);
        plan.order(Ordered { fault: Fault::DropRequest, matching, times: 2 });
        assert_eq!(plan.take_for_call(&Method::GET, "/v2/bookings", now), None);
        assert_eq!(plan.take_for_webhook("BOOKING_CREATED"), None);
        for left in [1, 0] {
            assert_eq!(plan.take_for_call(&Method::POST, "/v2/bookings", now), Some(Fault::DropRequest));
            assert_eq!(plan.pending().len(), left);
        }
        assert_eq!(plan.take_for_call(&Method::POST, "/v2/bookings", now), None);
    }

    #[test]
    fn an_outage_ends_by_the_clock() {
        let until: Timestamp = "2026-11-20T22:02:00Z".parse().unwrap();
        let before: Timestamp = "2026-11-20T22:01:59Z".parse().unwrap();
        let mut plan = FaultPlan::default();
        plan.order(Ordered { fault: Fault::DownUntil(until), matching: CallMatch::Any, times: 1 });
        for _ in 0..3 {
            assert!(plan.take_for_call(&Method::GET, "/v2/me", before).is_some());
        }
        assert_eq!(plan.take_for_call(&Method::GET, "/v2/me", until), None);
    }
}
