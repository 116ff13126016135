//! What is sent to make, move and mark bookings (bookings 2024-08-13). Each type is one request body.
//!
//! Cal.com has no idempotency key: whoever sends these twice may book twice.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{BookingLocation, EventTypeId};

/// `POST /v2/bookings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewBooking {
    pub start: Timestamp,
    pub event_type_id: EventTypeId,
    pub attendee: NewAttendee,
    /// At most 50 keys of at most 40 characters, values of at most 500 characters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// By slug of the booking field. Answers to fields the event type does not have are stored, but not
    /// sent in webhooks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub booking_fields_responses: BTreeMap<String, Value>,
    /// E-mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<String>,
    /// Only of a type that the event type offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<BookingLocation>,
    /// Only for event types that offer several lengths; refused by all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_in_minutes: Option<u32>,
}

impl NewBooking {
    /// A booking with only what Cal.com asks for.
    pub fn new(event_type_id: EventTypeId, start: Timestamp, attendee: NewAttendee) -> Self {
        Self {
            start,
            event_type_id,
            attendee,
            metadata: BTreeMap::new(),
            booking_fields_responses: BTreeMap::new(),
            guests: Vec::new(),
            location: None,
            length_in_minutes: None,
        }
    }
}

/// Who books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAttendee {
    pub name: String,
    /// Compared case-sensitively by Cal.com: normalise it before. Required unless the e-mail field of the
    /// event type is optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// IANA name.
    pub time_zone: String,
    /// Cal.com's list of languages, e.g. `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// E.164; Cal.com does not check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// `POST /v2/bookings/{uid}/reschedule`: makes a new booking with a new uid and cancels the old one.
/// Metadata, answers and length are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rescheduling {
    pub start: Timestamp,
    /// The e-mail address of whoever asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescheduled_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescheduling_reason: Option<String>,
}

impl Rescheduling {
    /// A move to another start, without saying who and why.
    pub fn to(start: Timestamp) -> Self {
        Self { start, rescheduled_by: None, rescheduling_reason: None }
    }
}

/// `POST /v2/bookings/{uid}/mark-absent`. Refused before the start of the booking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// `true` marks the host absent. This sends no webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<bool>,
    /// Addresses that do not attend are ignored, with an answer of success.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<AttendeeAbsence>,
}

impl Absence {
    /// One attendee, by the address in the booking: did not come, or did after all.
    pub fn of_attendee(email: impl Into<String>, absent: bool) -> Self {
        Self { host: None, attendees: vec![AttendeeAbsence { email: email.into(), absent }] }
    }

    /// The host: did not come, or did after all.
    pub fn of_host(absent: bool) -> Self {
        Self { host: Some(absent), attendees: Vec::new() }
    }
}

/// Marks one attendee absent, or present again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendeeAbsence {
    pub email: String,
    pub absent: bool,
}

/// `POST /v2/bookings/{uid}/cancel`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cancellation<'a> {
    pub(crate) cancellation_reason: &'a str,
}

/// `POST /v2/bookings/{uid}/decline` and `/reassign/{userId}`.
#[derive(Debug, Serialize)]
pub(crate) struct Reason<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
}
