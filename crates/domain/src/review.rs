//! Things that a person has to look at.

mod choice;
mod queue;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AppointmentId, ReviewId};

pub use choice::{Choice, Situation};
pub use queue::{About, Aside, Assigned, Deed, Filter, Handled, Item, Kind, Place, State};

/// An open or closed question to a person about an appointment. There is at most one open per appointment and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewItem {
    /// Which.
    pub id: ReviewId,
    /// About what.
    pub appointment_id: AppointmentId,
    /// Why.
    pub code: ReviewCode,
    /// What Cal.com or the engine said, without customer data.
    pub message: String,
    /// When it was asked first.
    pub opened_at: Timestamp,
    /// When it was asked last.
    pub updated_at: Timestamp,
    /// When it was settled, or its cause went away.
    pub closed_at: Option<Timestamp>,
    /// A person has said that it may stay as it is.
    pub aside: Option<Aside>,
}

/// Why a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewCode {
    /// Cal.com says that the time is not free.
    SlotTaken,
    /// Cal.com refuses what we sent.
    Refused,
    /// The event type or booking is not there.
    NotFound,
    /// Every retry failed.
    RetriesUsedUp,
    /// Both sides changed the same fact.
    Conflict,
    /// The booking is gone from Cal.com and nobody cancelled it.
    Vanished,
    /// A booking made at Cal.com overlaps another appointment of the same staff member.
    Overlap,
    /// It could not be brought to Cal.com before its time had passed.
    TooLate,
    /// Cal.com accepted a change and did not make it.
    NoEffect,
    /// At Cal.com somebody serves who is not known here.
    UnknownHost,
    /// A field of an event type was changed at Cal.com.
    Divergence,
    /// An event type is not as its service wants it, and nothing more happens by itself.
    EventType,
    /// Cal.com has a booking that nobody here knows.
    UnknownBooking,
    /// Cal.com has a booking that nobody here knows, and what it says of it cannot be read.
    UnreadableBooking,
}

/// How soon somebody should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A customer will stand before a locked door or a taken chair.
    Critical,
    /// The two sides differ.
    Warning,
}

impl ReviewCode {
    /// All.
    pub const ALL: [Self; 14] = [
        Self::SlotTaken,
        Self::Refused,
        Self::NotFound,
        Self::RetriesUsedUp,
        Self::Conflict,
        Self::Vanished,
        Self::Overlap,
        Self::TooLate,
        Self::NoEffect,
        Self::UnknownHost,
        Self::Divergence,
        Self::EventType,
        Self::UnknownBooking,
        Self::UnreadableBooking,
    ];

    /// Those that are asked about bookings that nobody here knows.
    pub const OF_BOOKINGS: [Self; 2] = [Self::UnknownBooking, Self::UnreadableBooking];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SlotTaken => "slot_taken",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::RetriesUsedUp => "retries_used_up",
            Self::Conflict => "conflict",
            Self::Vanished => "vanished",
            Self::Overlap => "overlap",
            Self::TooLate => "too_late",
            Self::NoEffect => "no_effect",
            Self::UnknownHost => "unknown_host",
            Self::Divergence => "divergence",
            Self::EventType => "event_type",
            Self::UnknownBooking => "unknown_booking",
            Self::UnreadableBooking => "unreadable_booking",
        }
    }

    /// The code of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// How soon somebody should look.
    pub fn severity(self) -> Severity {
        match self {
            Self::SlotTaken
            | Self::Conflict
            | Self::Vanished
            | Self::Overlap
            | Self::UnknownBooking
            | Self::UnreadableBooking => Severity::Critical,
            Self::Refused
            | Self::NotFound
            | Self::RetriesUsedUp
            | Self::TooLate
            | Self::NoEffect
            | Self::UnknownHost
            | Self::Divergence
            | Self::EventType => Severity::Warning,
        }
    }
}

impl Severity {
    /// All, the most urgent first.
    pub const ALL: [Self; 2] = [Self::Critical, Self::Warning];

    /// The documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
        }
    }

    /// The severity of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == name)
    }
}
