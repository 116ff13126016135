//! One call that changes something at Cal.com, as it is about to be sent: what the history tells of it and
//! what goes over the wire are the same value.

use calcom::{Booking, BookingUid, Call, Client, NewBooking, Rescheduling};
use domain::{Case, Push};
use serde_json::{Value, json};

use crate::redact::redacted;
use crate::translate;

/// What Cal.com is told when nobody gave a reason; it refuses to cancel without one (recording 093).
const NO_REASON: &str = "Cancelled";

/// A call with its body.
pub(crate) enum Request {
    Create(Box<NewBooking>),
    Reschedule(BookingUid, Rescheduling),
    Cancel(BookingUid, String),
    Confirm(BookingUid),
}

impl Request {
    /// The call that carries a push out. A booking whose uid nobody knows cannot be changed: the client
    /// refuses an empty uid before anything is sent, and a person is asked.
    pub(crate) fn of(case: &Case, push: Push) -> Self {
        let uid = case.booking.as_ref().and_then(|booking| booking.uid.as_ref());
        let uid = BookingUid(uid.map(|uid| uid.0.clone()).unwrap_or_default());
        let reason = case.appointment.reason.clone().filter(|reason| !reason.trim().is_empty());
        match (push, translate::new_booking(case)) {
            (Push::Create, Some(booking)) => Self::Create(Box::new(booking)),
            (Push::Reschedule, _) => {
                let to = Rescheduling::to(case.appointment.slot.start);
                Self::Reschedule(uid, Rescheduling { rescheduling_reason: reason, ..to })
            }
            (Push::Cancel, _) => Self::Cancel(uid, reason.unwrap_or_else(|| NO_REASON.to_owned())),
            (Push::Confirm | Push::Create, _) => Self::Confirm(uid),
        }
    }

    /// Method and path, for the history.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Create(_) => "POST /v2/bookings".to_owned(),
            Self::Reschedule(uid, _) => format!("POST /v2/bookings/{uid}/reschedule"),
            Self::Cancel(uid, _) => format!("POST /v2/bookings/{uid}/cancel"),
            Self::Confirm(uid) => format!("POST /v2/bookings/{uid}/confirm"),
        }
    }

    /// The body, for the history.
    pub(crate) fn redacted(&self) -> Value {
        let body = match self {
            Self::Create(booking) => serde_json::to_value(booking).unwrap_or_default(),
            Self::Reschedule(_, to) => serde_json::to_value(to).unwrap_or_default(),
            Self::Cancel(_, reason) => json!({ "cancellationReason": reason }),
            Self::Confirm(_) => Value::Null,
        };
        redacted(&body)
    }

    /// Sends it.
    pub(crate) async fn send(&self, client: &Client) -> Call<Booking> {
        match self {
            Self::Create(booking) => client.create_booking(booking).await,
            Self::Reschedule(uid, to) => client.reschedule(uid, to).await,
            Self::Cancel(uid, reason) => client.cancel(uid, reason).await,
            Self::Confirm(uid) => client.confirm(uid).await,
        }
    }
}
