//! The few facts that the platform and Cal.com share about a booking, and how each of them travels.

use serde::{Deserialize, Serialize};

use crate::appointment::AppointmentStatus;
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
    /// Who serves, as Cal.com's user id, on an event type of a team; `None` where the account has one host
    /// only, or where it is not known.
    #[serde(default)]
    pub host: Option<i64>,
    /// When.
    pub slot: Slot,
    /// Whether it takes place.
    pub state: BookingState,
    /// Whether the attendee did not come.
    #[serde(default)]
    pub absent: bool,
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
    /// Who serves, on an event type of a team.
    Host,
    /// Whether the attendee did not come.
    Absent,
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
    /// By cancel, decline and confirm.
    State,
    /// By reschedule.
    Reschedule,
    /// By reassign.
    Reassign,
    /// By mark-absent.
    MarkAbsent,
    /// By another booking: how long one takes is said by its event type when it is made (recording 199).
    Another,
    /// Not at all: there is no PATCH on bookings (recordings 205, 206).
    Nothing,
}

impl Field {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::State,
        Self::Start,
        Self::Duration,
        Self::EventType,
        Self::Host,
        Self::Absent,
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
            Self::Host => Carrier::Reassign,
            Self::Absent => Carrier::MarkAbsent,
            Self::Duration => Carrier::Another,
            Self::EventType | Self::Name | Self::Email | Self::Phone | Self::Notes => Carrier::Nothing,
        }
    }

    /// Whether it is about the attendee.
    pub fn is_of_attendee(self) -> bool {
        matches!(self, Self::Name | Self::Email | Self::Phone | Self::Notes)
    }

    /// Whether both sides say the same.
    pub fn same(self, a: &Facts, b: &Facts) -> bool {
        match self {
            Self::State => a.state == b.state,
            Self::Start => a.slot.start == b.slot.start,
            Self::Duration => a.slot.minutes() == b.slot.minutes(),
            Self::EventType => a.event_type == b.event_type,
            // A host who is not known says nothing.
            Self::Host => a.host.is_none() || b.host.is_none() || a.host == b.host,
            Self::Absent => a.absent == b.absent,
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
            Self::Host => target.host = source.host,
            Self::Absent => target.absent = source.absent,
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
