//! A booking as Cal.com tells it (bookings 2024-08-13). What is sent to Cal.com is in `booking_request`.
//!
//! Required are only the facts without which a booking cannot be placed: uid, id, status, start, end and
//! the time of creation. One type reads ordinary bookings, occurrences of a series and bookings with seats.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire;
use crate::{BookingId, BookingUid, EventTypeId, SeatUid, SeriesUid, UserId};

/// One booking, as `GET /v2/bookings/{uid}` and all booking calls answer it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    pub id: BookingId,
    pub uid: BookingUid,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub title: String,
    /// The notes of the attendee, not the description of the event type.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub status: BookingStatus,
    pub start: Timestamp,
    pub end: Timestamp,
    /// Minutes; buffers before and after are not part of it.
    #[serde(rename = "duration", default, deserialize_with = "wire::or_default")]
    pub duration_minutes: u32,
    /// `None` once the event type has been deleted; the booking stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type_id: Option<EventTypeId>,
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<EventTypeRef>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub hosts: Vec<Host>,
    /// The one who booked comes first, guests follow.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub attendees: Vec<Attendee>,
    /// E-mail addresses of guests; they appear in `attendees` too.
    #[serde(default, deserialize_with = "wire::or_default", skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<String>,
    /// Given when the booking was made, copied by every reschedule, never changed by anything else.
    #[serde(default, deserialize_with = "wire::texts")]
    pub metadata: BTreeMap<String, String>,
    /// The answers to the booking fields of the event type, by slug; see [`Booking::response`]. With seats
    /// they are the attendees' own.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub booking_fields_responses: BTreeMap<String, Value>,
    /// The booking that this one replaced, one step back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescheduled_from_uid: Option<BookingUid>,
    /// The booking that replaced this one, one step on. A cancelled booking with a successor was moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescheduled_to_uid: Option<BookingUid>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub cancelled_by_email: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub rescheduling_reason: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub rescheduled_by_email: Option<String>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub absent_host: bool,
    pub created_at: Timestamp,
    /// Moves on confirm, cancel, reschedule, decline and an absent host, but not when an attendee is
    /// marked absent. `None` on rows that were never changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The iCal uid: stays that of the first booking through all reschedules.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub ics_uid: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub meeting_url: Option<String>,
    /// The series it is an occurrence of; see [`crate::Client::series`].
    #[serde(
        rename = "recurringBookingUid",
        default,
        deserialize_with = "wire::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub recurring_uid: Option<SeriesUid>,
    /// The seat that was just taken; only in the answer of the call that took it.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub seat_uid: Option<SeatUid>,
}

impl Booking {
    /// The answer to the booking field with this slug, if it is text.
    pub fn response(&self, slug: &str) -> Option<&str> {
        self.booking_fields_responses.get(slug)?.as_str()
    }

    /// Whether several parties share it, each with a seat of its own. Cancelled by the host it is cancelled
    /// for all of them.
    pub fn is_seated(&self) -> bool {
        self.seat_uid.is_some() || self.seats().next().is_some()
    }

    /// The seats that are taken, and by whom. Cal.com shows them to the host; to others only if the event
    /// type says so.
    pub fn seats(&self) -> impl Iterator<Item = (&SeatUid, &Attendee)> {
        self.attendees.iter().filter_map(|attendee| Some((attendee.seat_uid.as_ref()?, attendee)))
    }

    /// When Cal.com last changed it, by Cal.com's clock: the order of observations.
    pub fn changed_at(&self) -> Timestamp {
        self.updated_at.unwrap_or(self.created_at)
    }
}

/// The state of a booking. Webhooks spell it in upper case, the API in lower case; both read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BookingStatus {
    #[serde(alias = "ACCEPTED")]
    Accepted,
    /// Waits for the host to confirm; an instant booking that waits for a host counts as this too.
    #[serde(alias = "PENDING", alias = "awaiting_host", alias = "AWAITING_HOST")]
    Pending,
    #[serde(alias = "CANCELLED")]
    Cancelled,
    /// Declined by the host while it was pending.
    #[serde(alias = "REJECTED")]
    Rejected,
}

/// The event type as a booking names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeRef {
    pub id: EventTypeId,
    pub slug: String,
}

/// A person who performs a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Host {
    /// `None` only where Cal.com hides the host.
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub email: String,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub display_email: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// IANA name.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A person who comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attendee {
    /// Empty for guests.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub name: String,
    /// As it was given, capitals included.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub email: String,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub display_email: Option<String>,
    /// IANA name.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub absent: bool,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The attendee's seat, when the event type has seats.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub seat_uid: Option<SeatUid>,
    /// With seats: this attendee's answers, by slug.
    #[serde(default, deserialize_with = "wire::or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub booking_fields_responses: BTreeMap<String, Value>,
    /// With seats: what this attendee's booking was given.
    #[serde(default, deserialize_with = "wire::texts", skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl Attendee {
    /// With seats: this attendee's answer to the booking field with this slug, if it is text.
    pub fn response(&self, slug: &str) -> Option<&str> {
        self.booking_fields_responses.get(slug)?.as_str()
    }
}

/// What a reassign call answers; the booking itself has to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reassigned {
    pub booking_uid: BookingUid,
    pub reassigned_to: ReassignedTo,
}

/// The host a booking has after a reassign call, according to its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReassignedTo {
    pub id: UserId,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub email: String,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub display_email: Option<String>,
}
