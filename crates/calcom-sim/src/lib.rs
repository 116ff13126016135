//! A Cal.com to test against: users, event types, schedules, bookings, webhooks, keys and rate limits,
//! answering HTTP requests as the real API v2 answered the recordings that the tests replay. Faults can be
//! ordered call by call.
//!
//! In process: [`Sim::transport`] is a [`calcom::Transport`], time and ids come from [`Options`]. As a
//! server: [`server`]. What this is not: a calendar, payments, organisations, workflows.
//!
//! ```
//! # use std::sync::Arc;
//! # use calcom_sim::{Fault, Guest, NewEventType, NewUser, Options, Sim};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let now = "2026-11-20T08:00:00Z".parse().unwrap();
//! let sim = Sim::new(Options::new(Arc::new(move || now), 42));
//! let owner = sim.add_user(NewUser::new("salon", "Salon Owner", "owner@salon.example"));
//! sim.add_api_key(owner, "cal_key");
//! let haircut = sim.add_event_type(owner, NewEventType::new("Haircut", "haircut", 30));
//! let client = calcom::Client::new(
//!     Arc::new(sim.transport()),
//!     "http://cal.example".parse().unwrap(),
//!     "cal_key".into(),
//! );
//! sim.order(Fault::LoseWebhooks, None, 1);
//! let start = "2026-11-23T09:00:00Z".parse().unwrap();
//! let uid = sim.book_as_guest(haircut, start, Guest::new("Dora", "dora@client.example")).await.unwrap();
//! assert!(client.booking(&uid.into()).await.result.is_ok());
//! # }
//! ```

mod availability;
mod deliveries;
mod distortions;
mod errors;
mod faults;
mod flows;
mod ids;
mod late;
mod limits;
mod meetings;
mod model;
mod payloads;
mod people;
mod routes;
mod server;
mod sim;
mod snapshot;
mod transport;
mod world;

pub use deliveries::{Fate, WebhookDelivery, WebhookRecord, WebhookSink};
pub use errors::Refusal;
pub use faults::{CallKind, CallMatch, Fault, Ordered};
pub use limits::RateLimit;
pub use model::bookings::{Attendee, Booking, BookingStatus, Seat};
pub use model::event_types::EventTypeId;
pub use model::users::{DateOverride, TeamId, UserId, WorkingHours};
pub use people::Guest;
pub use server::{HttpSink, server};
pub use sim::{Exchange, Now, Options, Reassignment, RequestRecord, Sim};
pub use snapshot::RestoreError;
pub use transport::SimTransport;
pub use world::{NewEventType, NewUser};
