//! The pages: one struct and one template each, plain data in, HTML out. Handlers fill the structs;
//! no page knows a database.

mod appointment;
mod appointments;
mod dashboard;
mod sign_in;

pub use appointment::{
    AppointmentPage, Attempt, ChainLink, Comparison, ComparisonRow, CustomerFacts, Delivery, DeliveryEffect,
    DeliveryVerdict, Exchange, Explanation, Happening, Outcome, TimelineEntry, Verdict,
};
pub use appointments::{AppointmentFilter, Appointments};
pub use dashboard::{
    Attention, AttentionKind, ConnectionHealth, ConnectionState, Dashboard, SetupItem, SetupStep, SyncCounts,
    Today,
};
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
        ("appointments", sample::<Appointments>(t, frame)),
        ("appointment", sample::<AppointmentPage>(t, frame)),
        ("dashboard", sample::<Dashboard>(t, frame)),
        ("sign-in", sample::<SignIn>(t, frame)),
    ]
}
