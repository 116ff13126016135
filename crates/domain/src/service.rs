//! Services, and the event types at Cal.com that stand for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::Target;
use crate::catalogue::Place;
use crate::{ConnectionId, EventTypeRef, LinkId, ServiceId, Slot, StaffId};

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Which.
    pub id: ServiceId,
    /// The name that customers see and say.
    pub name: String,
    /// Short name in URLs.
    pub slug: String,
    /// For customers; may be empty.
    pub description: String,
    /// How long it takes.
    pub duration_minutes: u32,
    /// What it costs, in cents of the company's currency. Cal.com's API cannot carry a price.
    pub price_cents: Option<i64>,
    /// Whether it can be booked at all.
    pub active: bool,
    /// How it can be booked.
    pub terms: Terms,
    /// What the comparison with Cal.com says; derived from the plan, never set by hand.
    pub sync: ServiceSync,
    /// Counts changes, from 1; the entity tag of the REST API.
    pub version: i64,
    /// The stretches of work of a composite service; empty for one that is done in one go.
    pub segments: Vec<Work>,
}

/// How a service can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Minutes that are kept free before.
    pub buffer_before_minutes: u32,
    /// Minutes that are kept free afterwards.
    pub buffer_after_minutes: u32,
    /// How many minutes ahead it has to be booked at least.
    pub minimum_notice_minutes: u32,
    /// How many calendar days ahead it can be booked; `None` as far as the calendar goes.
    pub booking_window_days: Option<u32>,
    /// Whether somebody has to confirm each booking.
    pub requires_confirmation: bool,
    /// Whether customers may not bring guests.
    pub disable_guests: bool,
    /// Where it takes place; empty for the address of the branch.
    pub places: Vec<Place>,
}

/// What a person is told about a service and Cal.com. Of several event types the worst counts: later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceSync {
    /// It is not tied to any event type.
    #[default]
    Never,
    /// What was last sent was seen there; divergences may wait for a person.
    Synced,
    /// Work is queued.
    Pending,
    /// Cal.com refused, every try failed, or the event type is gone.
    Error,
}

impl ServiceSync {
    /// All.
    pub const ALL: [Self; 4] = [Self::Never, Self::Synced, Self::Pending, Self::Error];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Synced => "synced",
            Self::Pending => "pending",
            Self::Error => "error",
        }
    }

    /// The status of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Why a service cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotBookable {
    /// It is switched off.
    Inactive,
    /// It is not (yet, or any more) at Cal.com as it is here.
    NotSynced,
}

/// A stretch of work of a composite service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What is done.
    pub name: String,
    /// How long it takes.
    pub minutes: u32,
    /// How long the customer waits afterwards, while the staff is free for others.
    pub pause_minutes: u32,
}

impl Service {
    /// Why it cannot be booked; empty if it can.
    pub fn not_bookable(&self) -> Vec<NotBookable> {
        let inactive = (!self.active).then_some(NotBookable::Inactive);
        let not_synced = (self.sync != ServiceSync::Synced).then_some(NotBookable::NotSynced);
        inactive.into_iter().chain(not_synced).collect()
    }

    /// When the stretches of work lie if the first begins at `start`; at least one.
    pub fn slots(&self, start: Timestamp) -> Vec<Slot> {
        if self.segments.is_empty() {
            return vec![Slot::of(start, self.duration_minutes)];
        }
        let mut begin = start;
        let mut slots = Vec::new();
        for work in &self.segments {
            let slot = Slot::of(begin, work.minutes);
            begin = Slot::of(slot.end, work.pause_minutes).end;
            slots.push(slot);
        }
        slots
    }
}

/// One service of one staff member (or of a whole team) tied to one event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// What is booked.
    pub service_id: ServiceId,
    /// Which stretch of work of a composite service; 0 for others.
    pub segment: u16,
    /// Who serves; `None` for a team event type, where Cal.com chooses the host.
    pub staff_id: Option<StaffId>,
    /// Who that is at Cal.com, as user id, where the event type is one of a team.
    pub host: Option<i64>,
    /// The account that owns the event type.
    pub connection_id: ConnectionId,
    /// Cal.com's id of the event type.
    pub event_type_id: i64,
    /// Whether the event type has our hidden reference field, so that every webhook carries our reference.
    pub reference_field: bool,
}

impl Link {
    /// Where it is booked.
    pub fn target(&self) -> Target {
        Target { event_type: self.event_type(), host: self.host }
    }

    /// The event type with the account that it belongs to.
    pub fn event_type(&self) -> EventTypeRef {
        EventTypeRef { connection: self.connection_id, id: self.event_type_id }
    }
}
