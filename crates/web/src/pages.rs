//! The pages: one struct and one template each, plain data in, HTML out. Handlers fill the structs;
//! no page knows a database.

mod appointment;
mod appointments;
mod change_appointment;
mod connections;
mod dashboard;
mod demo;
mod error;
mod new_appointment;
mod reviews;
mod sign_in;

pub use appointment::{
    AppointmentPage, Attempt, ChainLink, Comparison, ComparisonRow, CustomerFacts, Delivery, DeliveryEffect,
    DeliveryVerdict, Exchange, Explanation, Happening, Outcome, TimelineEntry, Verdict, reason_key,
    remedy_key,
};
pub use appointments::{AppointmentFilter, Appointments};
pub use change_appointment::{Cancel, Reschedule, Subject};
pub use connections::{Capability, CapabilityKind, Connection, Connections, EventTypeLink, WebhookState};
pub use dashboard::{
    Attention, AttentionKind, ConnectionHealth, ConnectionState, Dashboard, SetupItem, SetupStep, SyncCounts,
    Today,
};
pub use demo::{Demo, DemoAction, DemoEntry};
pub use error::ErrorPage;
pub use new_appointment::{CustomerChoice, NewAppointment, TimeChoice};
pub use reviews::{Review, Reviews};
pub use sign_in::SignIn;

use crate::{
    frame::{Frame, Page},
    i18n::Translator,
};

/// Every page rendered from its sample, by the name of its template: what the gallery serves and the
/// tests read.
pub fn samples(t: &Translator, frame: &Frame) -> Vec<(&'static str, askama::Result<String>)> {
    fn sample<P: Page>(t: &Translator, frame: &Frame) -> askama::Result<String> {
        P::sample(t.clone(), frame.clone()).render()
    }
    vec![
        ("appointment", sample::<AppointmentPage>(t, frame)),
        ("appointments", sample::<Appointments>(t, frame)),
        ("cancel", sample::<Cancel>(t, frame)),
        ("connections", sample::<Connections>(t, frame)),
        ("dashboard", sample::<Dashboard>(t, frame)),
        ("demo", sample::<Demo>(t, frame)),
        ("error", sample::<ErrorPage>(t, frame)),
        ("new-appointment", sample::<NewAppointment>(t, frame)),
        ("reschedule", sample::<Reschedule>(t, frame)),
        ("reviews", sample::<Reviews>(t, frame)),
        ("sign-in", sample::<SignIn>(t, frame)),
    ]
}
