//! What Einklang is about, as plain types and pure functions: appointments, the people and services
//! around them, the three snapshots of every booking, and the decisions taken from them.
//!
//! Nothing in here is async, reads a clock, draws a random number or knows a database; whatever
//! decides about an appointment can be tried out with values alone.

pub mod appointment;
pub mod availability;
pub mod booking;
pub mod case;
pub mod catalogue;
pub mod company;
pub mod contact;
pub mod decide;
pub mod facts;
pub mod holidays;
pub mod hours;
pub mod ids;
pub mod notify;
pub mod observe;
pub mod people;
pub mod plan;
pub mod planted;
pub mod reference;
pub mod retry;
pub mod review;
pub mod service;
pub mod slot;
pub mod spoken;
pub mod sync;
pub mod timeline;
pub mod verify;

pub use appointment::{Appointment, AppointmentStatus, Origin};
pub use booking::BookingRecord;
pub use case::{Case, Priority};
pub use contact::{Email, Phone};
pub use decide::{Failure, Next};
pub use facts::{BookingState, EventTypeRef, Facts, Field};
pub use ids::*;
pub use observe::{Sighting, Via};
pub use plan::{Plan, Policy, Push, Remote};
pub use reference::Reference;
pub use slot::Slot;
pub use sync::SyncStatus;
