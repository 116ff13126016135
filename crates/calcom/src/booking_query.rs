//! The filters of `GET /v2/bookings` (2024-08-13) and how they are written into the address.
//!
//! There is no filter for metadata or references, and unknown filters are ignored by the server without
//! a word, so only those that it knows can be expressed here.

use jiff::Timestamp;

use crate::client::Query;
use crate::{BookingUid, EventTypeId, TeamId};

/// Which bookings to list, and in which order. The default is the first 100 of all, by start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookingsQuery {
    /// Any of these; none means all.
    pub status: Vec<StatusFilter>,
    /// Exact and case-sensitive.
    pub attendee_email: Option<String>,
    /// Exact.
    pub attendee_name: Option<String>,
    pub booking_uid: Option<BookingUid>,
    pub event_type_ids: Vec<EventTypeId>,
    /// An event type that does not exist (any more) is an error, `Invalid(MissingEventType)`.
    pub event_type_id: Option<EventTypeId>,
    pub team_ids: Vec<TeamId>,
    pub team_id: Option<TeamId>,
    pub after_start: Option<Timestamp>,
    pub before_end: Option<Timestamp>,
    pub after_created_at: Option<Timestamp>,
    pub before_created_at: Option<Timestamp>,
    /// Misses attendees that were marked absent: `updatedAt` does not move then.
    pub after_updated_at: Option<Timestamp>,
    pub before_updated_at: Option<Timestamp>,
    pub sort_start: Option<Order>,
    pub sort_end: Option<Order>,
    pub sort_created: Option<Order>,
    pub sort_updated_at: Option<Order>,
    /// 1 to 250; 100 if not given.
    pub take: Option<u32>,
    pub skip: Option<u32>,
}

impl BookingsQuery {
    /// What the server takes when the query does not say.
    pub const DEFAULT_TAKE: u32 = 100;
    /// The most that the server gives at once.
    pub const MAX_TAKE: u32 = 250;

    pub(crate) fn write(&self, query: &mut Query) {
        query.list("status", self.status.iter().map(|status| status.as_str()));
        query.text("attendeeEmail", self.attendee_email.as_deref());
        query.text("attendeeName", self.attendee_name.as_deref());
        query.text("bookingUid", self.booking_uid.as_ref().map(BookingUid::as_str));
        query.list("eventTypeIds", &self.event_type_ids);
        query.value("eventTypeId", self.event_type_id);
        query.list("teamsIds", &self.team_ids);
        query.value("teamId", self.team_id);
        query.value("afterStart", self.after_start);
        query.value("beforeEnd", self.before_end);
        query.value("afterCreatedAt", self.after_created_at);
        query.value("beforeCreatedAt", self.before_created_at);
        query.value("afterUpdatedAt", self.after_updated_at);
        query.value("beforeUpdatedAt", self.before_updated_at);
        query.text("sortStart", self.sort_start.map(Order::as_str));
        query.text("sortEnd", self.sort_end.map(Order::as_str));
        query.text("sortCreated", self.sort_created.map(Order::as_str));
        query.text("sortUpdatedAt", self.sort_updated_at.map(Order::as_str));
        query.value("take", self.take);
        query.value("skip", self.skip);
    }
}

/// The states that can be asked for. They are not those of [`crate::BookingStatus`]: `Cancelled` also
/// lists rejected bookings and those that were rescheduled away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFilter {
    Upcoming,
    Recurring,
    Past,
    Cancelled,
    Unconfirmed,
}

impl StatusFilter {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Recurring => "recurring",
            Self::Past => "past",
            Self::Cancelled => "cancelled",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Asc,
    Desc,
}

impl Order {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}
