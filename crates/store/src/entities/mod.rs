//! One entity per table, column by column. Meaning is given to them where they are used.

mod calcom;
mod cases;
mod catalogue;
mod notifications;
mod phone;
mod queue;
mod tenancy;
mod verification;

pub use calcom::{attempts, connections, deliveries, delivery_entries, dirty, event_types, lanes};
pub use cases::{appointments, booking_uids, bookings, chairs, dedupes, entries};
pub use catalogue::{absences, customers, service_entries, service_staff, services, staff};
pub use notifications::{messages, notification_channels, occurrences};
pub use phone::{agent_checks, agents, call_events, call_functions, calls, handles, proofs};
pub use queue::{review_entries, reviews};
pub use tenancy::{api_keys, branches, companies, sessions, setup_entries, users};
pub use verification::{detections, findings, verifications};
