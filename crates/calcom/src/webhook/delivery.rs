//! What a delivery says, in one shape for all triggers.
//!
//! Nearly everything is optional: which facts a trigger carries differs by trigger and by edition, and a
//! webhook is a hint, not the truth. Nothing but broken JSON or a missing trigger fails the reading.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Trigger;
use crate::{BookingId, BookingStatus, BookingUid, EventTypeId, UserId};

/// One webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub trigger: Trigger,
    /// When Cal.com sent it, by its clock. `None` for `MEETING_STARTED` and `MEETING_ENDED`, which do not
    /// say; see [`Payload::updated_at`].
    pub created_at: Option<Timestamp>,
    pub payload: Payload,
}

/// The facts of a delivery.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    /// The booking, after a reschedule the new one.
    pub uid: Option<BookingUid>,
    pub booking_id: Option<BookingId>,
    /// The booking that was replaced.
    pub reschedule_uid: Option<BookingUid>,
    pub reschedule_start: Option<Timestamp>,
    pub reschedule_end: Option<Timestamp>,
    pub rescheduled_by: Option<String>,
    /// `None` once the event type has been deleted.
    pub event_type_id: Option<EventTypeId>,
    /// The slug of the event type.
    pub event_type_slug: Option<String>,
    pub title: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub length_minutes: Option<u32>,
    pub status: Option<BookingStatus>,
    pub organizer: Option<Party>,
    pub attendees: Vec<Party>,
    /// Empty in cancelled, rejected, no-show and confirmed deliveries; see [`Payload::field`].
    pub metadata: BTreeMap<String, String>,
    pub cancellation_reason: Option<String>,
    pub cancelled_by: Option<String>,
    pub rejection_reason: Option<String>,
    /// Whether the host asked the attendee to choose another time, which arrives as a cancellation.
    pub request_reschedule: bool,
    /// The iCal uid: that of the first booking of a chain.
    pub ics_uid: Option<String>,
    pub location: Option<String>,
    /// The attendee's notes.
    pub additional_notes: Option<String>,
    /// When the booking last changed; only in `MEETING_STARTED` and `MEETING_ENDED`.
    pub updated_at: Option<Timestamp>,
    fields: BTreeMap<String, Value>,
}

impl Payload {
    /// The answer to the booking field with this slug, if it is text. Custom fields of the event type are in
    /// all booking deliveries except no-show.
    pub fn field(&self, slug: &str) -> Option<&str> {
        self.fields.get(slug)?.as_str()
    }
}

/// An organizer or an attendee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Only for organizers.
    pub id: Option<UserId>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone_number: Option<String>,
    /// Only for organizers.
    pub username: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    pub language: Option<String>,
    /// Only where the delivery is about it.
    pub no_show: Option<bool>,
}

/// Why a body cannot be read as a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error("not JSON: {message}")]
    NotJson { message: String },
    #[error("no trigger event")]
    NoTrigger,
}

/// Reads the raw body of a delivery. Check its signature first: [`super::verify`].
pub fn parse(raw_body: &[u8]) -> Result<Delivery, ParseError> {
    let body: Value = serde_json::from_slice(raw_body)
        .map_err(|error| ParseError::NotJson { message: error.to_string() })?;
    let trigger = Trigger::from(body["triggerEvent"].as_str().ok_or(ParseError::NoTrigger)?);
    let wrapped = body["payload"].is_object();
    let facts = if wrapped { &body["payload"] } else { &body };
    let mut payload = read(facts);
    match trigger {
        Trigger::EventTypeCreated | Trigger::EventTypeUpdated | Trigger::EventTypeDeleted => {
            payload.event_type_id = payload.event_type_id.or_else(|| get(facts, "id"));
            payload.event_type_slug = payload.event_type_slug.or_else(|| text(facts, "slug"));
        }
        // The flat ones are the row of the booking itself.
        _ if !wrapped => payload.booking_id = payload.booking_id.or_else(|| get(facts, "id")),
        _ => {}
    }
    let created_at = if wrapped { get(&body, "createdAt") } else { None };
    Ok(Delivery { trigger, created_at, payload })
}

fn read(facts: &Value) -> Payload {
    Payload {
        uid: text(facts, "uid").or_else(|| text(facts, "bookingUid")).map(BookingUid),
        booking_id: get(facts, "bookingId"),
        reschedule_uid: text(facts, "rescheduleUid").map(BookingUid),
        reschedule_start: get(facts, "rescheduleStartTime"),
        reschedule_end: get(facts, "rescheduleEndTime"),
        rescheduled_by: text(facts, "rescheduledBy"),
        event_type_id: get(facts, "eventTypeId"),
        event_type_slug: text(facts, "type"),
        title: text(facts, "title"),
        start: get(facts, "startTime"),
        end: get(facts, "endTime"),
        length_minutes: get(facts, "length"),
        status: get(facts, "status"),
        organizer: [&facts["organizer"], &facts["user"]]
            .into_iter()
            .find(|value| value.is_object())
            .map(party),
        attendees: facts["attendees"].as_array().into_iter().flatten().map(party).collect(),
        metadata: crate::wire::texts(&facts["metadata"]).unwrap_or_default(),
        cancellation_reason: text(facts, "cancellationReason"),
        cancelled_by: text(facts, "cancelledBy"),
        rejection_reason: text(facts, "rejectionReason"),
        request_reschedule: facts["requestReschedule"].as_bool().unwrap_or_default(),
        ics_uid: text(facts, "iCalUID"),
        location: text(facts, "location"),
        additional_notes: text(facts, "additionalNotes"),
        updated_at: get(facts, "updatedAt"),
        fields: fields(facts),
    }
}

fn party(value: &Value) -> Party {
    Party {
        id: get(value, "id"),
        name: text(value, "name"),
        email: text(value, "email"),
        phone_number: text(value, "phoneNumber"),
        username: text(value, "username"),
        time_zone: text(value, "timeZone"),
        language: text(&value["language"], "locale").or_else(|| text(value, "locale")),
        no_show: get(value, "noShow"),
    }
}

/// Answers by slug: `responses`, and over them `userFieldsResponses`, which hold the custom fields only.
fn fields(facts: &Value) -> BTreeMap<String, Value> {
    ["responses", "userFieldsResponses"]
        .iter()
        .filter_map(|name| facts[*name].as_object())
        .flatten()
        .filter_map(|(slug, answer)| {
            let value = if answer.is_object() { answer.get("value")? } else { answer };
            Some((slug.clone(), value.clone()))
        })
        .collect()
}

fn get<T: DeserializeOwned>(from: &Value, name: &str) -> Option<T> {
    T::deserialize(from.get(name)?).ok()
}

fn text(from: &Value, name: &str) -> Option<String> {
    from.get(name)?.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}
