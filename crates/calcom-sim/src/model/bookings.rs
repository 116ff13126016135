//! Booking rows. A row never changes its uid; a reschedule writes a new one and links the two.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Model;
use super::event_types::EventTypeId;
use super::users::UserId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BookingStatus {
    Accepted,
    Pending,
    Cancelled,
    Rejected,
}

impl BookingStatus {
    /// As the API of 2024-08-13 writes it.
    pub fn lowercase(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
        }
    }

    /// As webhooks and the API of 2024-04-15 write it.
    pub fn uppercase(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Pending => "PENDING",
            Self::Cancelled => "CANCELLED",
            Self::Rejected => "REJECTED",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Rejected)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    pub name: String,
    pub email: String,
    pub time_zone: String,
    pub language: String,
    pub phone: Option<String>,
    pub absent: bool,
    /// `None` unless the event type has seats.
    pub seat: Option<Seat>,
}

/// One attendee's place in a booking that several parties share, with what they said when they took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub uid: String,
    pub responses: Map<String, Value>,
    pub metadata: BTreeMap<String, String>,
}

/// A booking as it stands in the simulator's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    pub id: i64,
    pub uid: String,
    pub status: BookingStatus,
    pub start: Timestamp,
    pub end: Timestamp,
    /// The organizer.
    pub host: UserId,
    /// `None` once the event type is deleted.
    pub event_type_id: Option<EventTypeId>,
    pub title: String,
    /// What the attendee wrote under `notes`.
    pub notes: String,
    /// The attendee who booked comes first, guests follow.
    pub attendees: Vec<Attendee>,
    pub guests: Vec<String>,
    pub metadata: BTreeMap<String, String>,
    /// The answers to the booking fields, as stored.
    pub responses: Map<String, Value>,
    pub location: String,
    /// Stays the same through every reschedule.
    pub ics_uid: String,
    pub ics_sequence: u32,
    pub cancellation_reason: Option<String>,
    /// The email of the person who cancelled on the web; a cancellation by API key leaves it empty.
    pub cancelled_by: Option<String>,
    pub rejection_reason: Option<String>,
    pub rescheduling_reason: Option<String>,
    pub rescheduled_by: Option<String>,
    pub rescheduled_from: Option<String>,
    pub rescheduled_to: Option<String>,
    /// What all occurrences of a recurring booking have in common.
    pub recurring_uid: Option<String>,
    /// The host has cancelled it and asked the attendee to choose another time.
    pub reschedule_requested: bool,
    /// Confirmed by the host at some time, it or a booking it was moved from. Webhooks that tell metadata
    /// then tell an empty `videoCallUrl` too.
    pub was_confirmed: bool,
    pub absent_host: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Unique while set: the start, end and host of an accepted booking.
    pub idempotency_key: Option<String>,
}

impl Booking {
    pub(crate) fn minutes(&self) -> i64 {
        self.end.duration_since(self.start).as_mins()
    }

    /// Cancelled by a host who asked for another time, which has not been chosen yet.
    pub(crate) fn waits_for_another_time(&self) -> bool {
        self.status == BookingStatus::Cancelled && self.reschedule_requested && self.rescheduled_to.is_none()
    }

    /// Nobody is left once all seats are cancelled.
    pub(crate) fn booker_name(&self) -> &str {
        self.attendees.first().map_or("", |attendee| attendee.name.as_str())
    }
}

impl Model {
    pub(crate) fn booking(&self, uid: &str) -> Option<&Booking> {
        self.bookings.iter().find(|booking| booking.uid == uid)
    }

    pub(crate) fn booking_mut(&mut self, uid: &str) -> Option<&mut Booking> {
        self.bookings.iter_mut().find(|booking| booking.uid == uid)
    }
}

/// The value of the unique column for an accepted booking.
pub(crate) fn idempotency_key(start: Timestamp, end: Timestamp, host: UserId) -> String {
    format!("{}.{}.{host}", start.as_millisecond(), end.as_millisecond())
}
