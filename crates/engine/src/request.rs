//! One call that changes something at Cal.com, as it is about to be sent: what the history tells of it and
//! what goes over the wire are the same value.

use calcom::{Absence, AttendeeAbsence, Booking, BookingUid, Call, Client, NewBooking, Rescheduling, UserId};
use domain::booking::NO_REASON;
use domain::{BookingRecord, Case, Push};
use serde_json::{Value, json};

use crate::redact::redacted;
use crate::translate;

/// A call with its body.
pub(crate) enum Request {
    Create(Box<NewBooking>),
    Reschedule(BookingUid, Rescheduling),
    Cancel(BookingUid, String),
    Confirm(BookingUid),
    Decline(BookingUid, Option<String>),
    Reassign(BookingUid, UserId, Option<String>),
    MarkAbsent(BookingUid, Absence),
}

/// What Cal.com says to a call that it carried out.
#[derive(Clone)]
pub(crate) enum Answer {
    /// The booking as it is now.
    Booking(Box<Booking>),
    /// Nothing that could be compared.
    Accepted,
}

impl Request {
    /// The call that carries a push out. A booking whose uid nobody knows cannot be changed: the client
    /// refuses an empty uid before anything is sent, and a person is asked.
    pub(crate) fn of(case: &Case, record: &BookingRecord, push: Push) -> Self {
        let uid = BookingUid(record.uid.as_ref().map(|uid| uid.0.clone()).unwrap_or_default());
        let wanted = case.snapshots(record).local;
        let reason = case.appointment.reason.clone().filter(|reason| !reason.trim().is_empty());
        match push {
            Push::Create => Self::Create(Box::new(translate::new_booking(case, record))),
            Push::Reschedule => {
                let to = Rescheduling::to(wanted.slot.start);
                Self::Reschedule(uid, Rescheduling { rescheduling_reason: reason, ..to })
            }
            Push::Cancel => Self::Cancel(uid, reason.unwrap_or_else(|| NO_REASON.to_owned())),
            Push::Confirm => Self::Confirm(uid),
            Push::Decline => Self::Decline(uid, reason),
            Push::Reassign => Self::Reassign(uid, UserId(wanted.host.unwrap_or_default()), reason),
            Push::MarkAbsent => {
                // Who attends is known by the address that Cal.com has, whatever is said here.
                let email = record.sighting().and_then(|seen| seen.facts.email.clone()).or(wanted.email);
                let email = email.map(String::from).unwrap_or_default();
                let attendees = vec![AttendeeAbsence { email, absent: wanted.absent }];
                Self::MarkAbsent(uid, Absence { attendees, ..Absence::default() })
            }
        }
    }

    /// Method and path, for the history.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Create(_) => "POST /v2/bookings".to_owned(),
            Self::Reschedule(uid, _) => format!("POST /v2/bookings/{uid}/reschedule"),
            Self::Cancel(uid, _) => format!("POST /v2/bookings/{uid}/cancel"),
            Self::Confirm(uid) => format!("POST /v2/bookings/{uid}/confirm"),
            Self::Decline(uid, _) => format!("POST /v2/bookings/{uid}/decline"),
            Self::Reassign(uid, host, _) => format!("POST /v2/bookings/{uid}/reassign/{host}"),
            Self::MarkAbsent(uid, _) => format!("POST /v2/bookings/{uid}/mark-absent"),
        }
    }

    /// The body, for the history.
    pub(crate) fn redacted(&self) -> Value {
        let body = match self {
            Self::Create(booking) => serde_json::to_value(booking).unwrap_or_default(),
            Self::Reschedule(_, to) => serde_json::to_value(to).unwrap_or_default(),
            Self::Cancel(_, reason) => json!({ "cancellationReason": reason }),
            Self::Decline(_, reason) | Self::Reassign(_, _, reason) => json!({ "reason": reason }),
            Self::MarkAbsent(_, absence) => serde_json::to_value(absence).unwrap_or_default(),
            Self::Confirm(_) => Value::Null,
        };
        redacted(&body)
    }

    /// Sends it.
    pub(crate) async fn send(&self, client: &Client) -> Call<Answer> {
        let booking = |call: Call<Booking>| call.map(|booking| Answer::Booking(Box::new(booking)));
        match self {
            Self::Create(new) => booking(client.create_booking(new).await),
            Self::Reschedule(uid, to) => booking(client.reschedule(uid, to).await),
            Self::Cancel(uid, reason) => booking(client.cancel(uid, reason).await),
            Self::Confirm(uid) => booking(client.confirm(uid).await),
            Self::Decline(uid, reason) => booking(client.decline(uid, reason.as_deref()).await),
            Self::MarkAbsent(uid, absence) => booking(client.mark_absent(uid, absence).await),
            Self::Reassign(uid, host, reason) => {
                client.reassign_to(uid, *host, reason.as_deref()).await.map(|_| Answer::Accepted)
            }
        }
    }
}
