//! A typed client for the Cal.com API v2 and a parser for its webhooks.
//!
//! Written against these versions of the API: bookings 2024-08-13, event types 2024-06-14,
//! slots 2024-09-04, schedules 2024-06-11, webhooks 2024-08-13. Where the published contract and a
//! real server disagree, the recordings of a real server in `tests/recordings` decide.
//!
//! What belongs here: how Cal.com speaks. What does not: when to call, whether to try again, what an
//! appointment is. The crate reads no clock, keeps no state between calls and retries nothing.
//!
//! * [`Client`] has one method for each call; each returns a [`Call`]: the result or a classified
//!   [`Error`], the [`RateLimits`] the server told, and the [`Exchange`] for a history.
//! * [`Transport`] is one HTTP exchange. [`HttpTransport`] is the real one; a simulator is another.
//! * [`webhook`] checks signatures and reads deliveries.

mod account;
mod booking;
mod booking_query;
mod booking_request;
mod call;
mod classify;
mod client;
mod error;
mod event_type;
mod event_type_settings;
mod http_transport;
mod id;
mod location;
mod page;
mod schedule;
mod slot;
mod subscription;
mod transport;
pub mod webhook;
mod wire;

pub use account::Me;
pub use booking::{Attendee, Booking, BookingStatus, EventTypeRef, Host, Reassigned, ReassignedTo};
pub use booking_query::{BookingsQuery, Order, StatusFilter};
pub use booking_request::{Absence, AttendeeAbsence, NewAttendee, NewBooking, Rescheduling};
pub use call::{Call, Exchange, RateLimits};
pub use client::Client;
pub use error::{Error, FieldMessage, InvalidReason, Missing};
pub use event_type::{BookingField, EventType, EventTypeHost, EventTypeUser, SchedulingType};
pub use event_type_settings::{
    ConfirmationPolicy, EventTypePatch, EventTypeSettings, NewBookingField, NewEventType, NoticeThreshold,
};
pub use http_transport::{HttpTransport, TimeOuts};
pub use id::{
    BookingId, BookingUid, EventTypeId, ReservationUid, ScheduleId, SeatUid, SeriesUid, TeamId, UserId,
    WebhookId,
};
pub use location::{BookingLocation, EventTypeLocation};
pub use page::{Page, UnreadableItem};
pub use schedule::{Schedule, ScheduleAvailability, ScheduleOverride};
pub use slot::{NewReservation, Reservation, Slot, SlotBound, SlotFormat, SlotOwner, SlotsQuery};
pub use subscription::{NewSubscription, Subscription, SubscriptionPatch};
pub use transport::{Transport, TransportError};
