//! Services, and the event types at Cal.com that stand for them.

use crate::{ConnectionId, EventTypeRef, LinkId, ServiceId, StaffId};

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
}

/// One service of one staff member (or of a whole team) tied to one event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// What is booked.
    pub service_id: ServiceId,
    /// Who serves; `None` for a team event type, where Cal.com chooses the host.
    pub staff_id: Option<StaffId>,
    /// The account that owns the event type.
    pub connection_id: ConnectionId,
    /// Cal.com's id of the event type.
    pub event_type_id: i64,
    /// Whether the event type has our hidden reference field, so that every webhook carries our reference.
    pub reference_field: bool,
}

impl Link {
    /// The event type with the account that it belongs to.
    pub fn event_type(&self) -> EventTypeRef {
        EventTypeRef { connection: self.connection_id, id: self.event_type_id }
    }
}
