//! Free slots and their reservation (slots 2024-09-04).
//!
//! A reservation takes a slot out of the offer; it does not stop others from booking it directly.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::client::Query;
use crate::wire;
use crate::{BookingUid, EventTypeId, ReservationUid};

/// Which slots to ask for: `GET /v2/slots`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotsQuery {
    pub of: SlotOwner,
    pub start: SlotBound,
    /// A date includes the whole day. An end before the start is answered with no slots.
    pub end: SlotBound,
    /// IANA name; decides what a day is and how times are written. UTC if not given.
    pub time_zone: Option<String>,
    /// Minutes; only for event types that offer several lengths.
    pub duration_minutes: Option<u32>,
    /// Counts the time of this booking as free.
    pub booking_uid_to_reschedule: Option<BookingUid>,
    pub format: SlotFormat,
}

impl SlotsQuery {
    /// The slots of an event type between two bounds.
    pub fn new(event_type_id: EventTypeId, start: SlotBound, end: SlotBound) -> Self {
        Self {
            of: SlotOwner::EventType(event_type_id),
            start,
            end,
            time_zone: None,
            duration_minutes: None,
            booking_uid_to_reschedule: None,
            format: SlotFormat::Start,
        }
    }

    pub(crate) fn write(&self, query: &mut Query) {
        match &self.of {
            SlotOwner::EventType(id) => query.value("eventTypeId", Some(id)),
            SlotOwner::Slug { event_type_slug, username } => {
                query.text("eventTypeSlug", Some(event_type_slug));
                query.text("username", Some(username));
            }
        }
        query.value("start", Some(self.start));
        query.value("end", Some(self.end));
        query.text("timeZone", self.time_zone.as_deref());
        query.value("duration", self.duration_minutes);
        query.text("bookingUidToReschedule", self.booking_uid_to_reschedule.as_ref().map(BookingUid::as_str));
        match self.format {
            SlotFormat::Start => {}
            SlotFormat::Range => query.text("format", Some("range")),
        }
    }
}

/// What the slots belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotOwner {
    EventType(EventTypeId),
    Slug { event_type_slug: String, username: String },
}

/// A day in the asked time zone, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotBound {
    Day(Date),
    Instant(Timestamp),
}

impl fmt::Display for SlotBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Instant(instant) => instant.fmt(f),
        }
    }
}

/// What is told about each slot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SlotFormat {
    /// The start only.
    #[default]
    Start,
    /// Start and end.
    Range,
}

/// A free slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    pub start: Timestamp,
    /// Only if asked for with [`SlotFormat::Range`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
}

/// How slots come: by day in the asked time zone.
pub(crate) type SlotsByDay = BTreeMap<Date, Vec<Slot>>;

/// `POST /v2/slots/reservations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewReservation {
    pub event_type_id: EventTypeId,
    pub slot_start: Timestamp,
    /// Minutes; only for event types that offer several lengths.
    #[serde(rename = "slotDuration", default, skip_serializing_if = "Option::is_none")]
    pub slot_duration_minutes: Option<u32>,
    /// Minutes that the slot is held; 5 if not given.
    #[serde(rename = "reservationDuration", default, skip_serializing_if = "Option::is_none")]
    pub reservation_duration_minutes: Option<u32>,
}

/// A slot that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    pub reservation_uid: ReservationUid,
    pub event_type_id: EventTypeId,
    pub slot_start: Timestamp,
    pub slot_end: Timestamp,
    #[serde(rename = "slotDuration", default, deserialize_with = "wire::or_default")]
    pub slot_duration_minutes: u32,
    /// Only told when the reservation is made.
    #[serde(rename = "reservationDuration", default, skip_serializing_if = "Option::is_none")]
    pub reservation_duration_minutes: Option<u32>,
    pub reservation_until: Timestamp,
}
