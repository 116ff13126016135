//! A Cal.com to test against: users, event types, schedules, bookings, webhooks, keys and rate limits,
//! answering HTTP requests as the real API v2 answered the recordings that the tests replay. Faults can be
//! ordered call by call.
//!
//! In process: [`Sim::transport`] is a [`calcom::Transport`], time and ids come from [`Options`]. As a
//! server: [`server`]. What this is not: a calendar, payments, seats, recurring bookings, organisations.

mod availability;
mod deliveries;
mod errors;
mod faults;
mod flows;
mod ids;
mod limits;
mod model;
mod payloads;
mod people;
mod routes;
mod server;
mod sim;
mod transport;
mod world;

pub use deliveries::{Fate, WebhookDelivery, WebhookRecord, WebhookSink};
pub use errors::Refusal;
pub use faults::{CallKind, CallMatch, Fault, Ordered};
pub use limits::RateLimit;
pub use model::bookings::{Attendee, Booking, BookingStatus};
pub use model::event_types::EventTypeId;
pub use model::users::{DateOverride, TeamId, UserId, WorkingHours};
pub use people::Guest;
pub use server::{HttpSink, server};
pub use sim::{Exchange, Now, Options, Reassignment, RequestRecord, Sim};
pub use transport::SimTransport;
pub use world::{NewEventType, NewUser};
