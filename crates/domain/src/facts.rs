//! The few facts that the platform and Cal.com share about a booking, and how each of them travels.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointment::{Appointment, AppointmentStatus};
use crate::people::Customer;
use crate::{ConnectionId, Email, Phone, Slot};

/// An event type with the account that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventTypeRef {
    /// The account.
    pub connection: ConnectionId,
    /// Cal.com's id.
    pub id: i64,
}

/// What a booking is, on either side, in the same words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What is booked, and by that at whose calendar. `None` when the event type was deleted under the
    /// booking (recording 225).
    pub event_type: Option<EventTypeRef>,
    /// When.
    pub slot: Slot,
    /// Whether it takes place.
    pub state: BookingState,
    /// Name of the attendee.
    pub name: String,
    /// Address of the attendee; a placeholder where the customer has none.
    pub email: Option<Email>,
    /// Number of the attendee.
    pub phone: Option<Phone>,
    /// Notes of the attendee.
    pub notes: Option<String>,
    /// Why it was cancelled or moved.
    pub reason: Option<String>,
}

/// Whether a booking takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Waits for a confirmation (`pending` at Cal.com).
    Requested,
    /// Takes place (`accepted`).
    Active,
    /// Does not (`cancelled`, `rejected`).
    Cancelled,
}

/// One of the compared facts. Labels, comparison and the page with the three snapshots are driven by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Whether it takes place.
    State,
    /// When it starts.
    Start,
    /// How long it takes.
    Duration,
    /// What is booked.
    EventType,
    /// Name of the attendee.
    Name,
    /// Address of the attendee.
    Email,
    /// Number of the attendee.
    Phone,
    /// Notes of the attendee.
    Notes,
}

/// How Cal.com's API (v2, 2024-08-13) can carry a change of a field after the booking was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// By cancel and confirm.
    State,
    /// By reschedule.
    Reschedule,
    /// Not at all: there is no PATCH on bookings (recordings 205, 206).
    Nothing,
}

impl Field {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::State,
        Self::Start,
        Self::Duration,
        Self::EventType,
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Notes,
    ];

    /// How a change made here gets there.
    pub fn carrier(self) -> Carrier {
        match self {
            Self::State => Carrier::State,
            Self::Start => Carrier::Reschedule,
            Self::Duration | Self::EventType | Self::Name | Self::Email | Self::Phone | Self::Notes => {
                Carrier::Nothing
            }
        }
    }

    /// Whether both sides say the same.
    pub fn same(self, a: &Facts, b: &Facts) -> bool {
        match self {
            Self::State => a.state == b.state,
            Self::Start => a.slot.start == b.slot.start,
            Self::Duration => a.slot.minutes() == b.slot.minutes(),
            Self::EventType => a.event_type == b.event_type,
            Self::Name => a.name.trim() == b.name.trim(),
            Self::Email => a.email == b.email,
            Self::Phone => a.phone == b.phone,
            Self::Notes => text(a.notes.as_deref()) == text(b.notes.as_deref()),
        }
    }

    /// Copies the field from `source` to `target`.
    pub fn copy(self, source: &Facts, target: &mut Facts) {
        match self {
            Self::State => {
                target.state = source.state;
                target.reason.clone_from(&source.reason);
            }
            Self::Start => target.slot = Slot::of(source.slot.start, target.slot.minutes()),
            Self::Duration => target.slot = Slot::of(target.slot.start, source.slot.minutes()),
            Self::EventType => target.event_type = source.event_type,
            Self::Name => target.name.clone_from(&source.name),
            Self::Email => target.email.clone_from(&source.email),
            Self::Phone => target.phone.clone_from(&source.phone),
            Self::Notes => target.notes.clone_from(&source.notes),
        }
    }
}

fn text(value: Option<&str>) -> &str {
    value.map_or("", str::trim)
}

impl Facts {
    /// What the platform says of an appointment: its own facts, in Cal.com's words.
    /// `placeholder` is the address of a customer who has none; it makes the look-up of a booking whose
    /// answer was lost exact.
    pub fn of(
        appointment: &Appointment,
        customer: &Customer,
        event_type: EventTypeRef,
        placeholder: &Email,
    ) -> Self {
        Self {
            event_type: Some(event_type),
            slot: appointment.slot,
            state: BookingState::of(appointment.status),
            name: customer.name.clone(),
            email: Some(customer.email.clone().unwrap_or_else(|| placeholder.clone())),
            phone: customer.phone.clone(),
            notes: appointment.notes.clone(),
            reason: appointment.reason.clone(),
        }
    }

    /// When it starts, as an instant.
    pub fn start(&self) -> Timestamp {
        self.slot.start
    }
}

impl BookingState {
    /// What an appointment's status means at Cal.com. A no-show took its slot: the booking stands.
    pub fn of(status: AppointmentStatus) -> Self {
        match status {
            AppointmentStatus::Requested => Self::Requested,
            AppointmentStatus::Confirmed | AppointmentStatus::NoShow => Self::Active,
            AppointmentStatus::Cancelled => Self::Cancelled,
        }
    }

    /// Whether the booking takes up its host's time.
    pub fn is_live(self) -> bool {
        self != Self::Cancelled
    }
}
