//! The pages: one struct and one template each, plain data in, HTML out. Handlers fill the structs;
//! no page knows a database.

mod agent;
mod appointment;
mod appointments;
mod audit;
mod bulk;
mod bulk_reviews;
mod bulk_services;
mod call;
mod calls;
mod change_appointment;
mod connections;
mod dashboard;
mod deliveries;
mod delivery;
mod demo;
mod edit_appointment;
mod error;
mod hours;
mod new_appointment;
mod notification_log;
mod notification_settings;
mod notifications;
mod review;
mod reviews;
mod service;
mod service_action;
mod service_delete;
mod service_form;
mod service_link;
mod services;
mod sign_in;
mod team;
mod unchangeable;
mod verification;
mod verifications;

pub use agent::{AgentPage, DutyRow, FactRow, Played, TurnRow, scenario_label};
pub use appointment::{
    AppointmentPage, Attempt, ChainLink, Comparison, ComparisonRow, CustomerFacts, Delivery, Effect,
    Exchange, Explanation, Given, Happening, Names, Outcome, TimelineEntry, Verdict, push_key,
};
pub use appointments::{AppointmentFilter, Appointments};
pub use audit::{Audit, AuditRow, TrailFilter, kind_label};
pub use bulk::{Bulk, BulkAction, BulkOutcome, BulkRow};
pub use bulk_reviews::{BulkDeed, BulkReviewRow, BulkReviews, DecisionOutcome};
pub use bulk_services::{BulkServiceAction, BulkServiceRow, BulkServices, LeftRow};
pub use call::{Answered, CallPage, EventRow, FunctionRow};
pub use calls::{CallRow, Calls, CallsFilter, NoticeRow, call_href};
pub use change_appointment::{Cancel, Delete, Reschedule, Subject};
pub use connections::{Capability, CapabilityKind, Connection, Connections, EventTypeLink, WebhookState};
pub use dashboard::{
    Attention, AttentionKind, ConnectionHealth, ConnectionState, Dashboard, Questions, SetupItem, SetupStep,
    SyncCounts, Today,
};
pub use deliveries::{Deliveries, DeliveryRow, InboxFilter, ToldAppointment};
pub use delivery::{Body, Deed, DeliveryPage, Done};
pub use demo::{Demo, DemoAction, DemoEntry, DemoEvent};
pub use edit_appointment::{EditAppointment, Meanwhile, StaffChoice};
pub use error::ErrorPage;
pub use hours::{AbsenceRow, BranchHours, NewAbsence, StaffHours, WeekForm};
pub use new_appointment::{CustomerChoice, NewAppointment, TimeChoice};
pub use notification_log::{NotificationLog, SentRow, SentState};
pub use notification_settings::{ChannelForm, NewRoom, NotificationSettings, Preview};
pub use notifications::{NotificationRow, Notifications};
pub use review::{DecisionRow, DeedRow, ReviewPage, SettingSides, Way};
pub use reviews::{ReviewFilter, Reviews, least};
pub use service::{
    DivergenceRow, EventTypeOf, EventTypeRow, Owner, ServiceChange, ServiceEvent, ServicePage,
};
pub use service_action::{Forgotten, ServiceAction, ServiceActionPage};
pub use service_delete::ServiceDelete;
pub use service_form::{EditedService, PlaceRow, ServiceForm, WorkRow, place_label};
pub use service_link::{LinkChoice, LinkPreview, LinkTarget, ServiceLink};
pub use services::{ServiceFilter, ServiceRow, Services};
pub use sign_in::SignIn;
pub use team::{Team, TeamBranch, TeamMember};
pub use unchangeable::{Cancellation, Ended, Unchangeable};
pub use verification::{CLASSES, Compared, FindingRow, FoundAppointment, VerificationPage};
pub use verifications::{Verifications, WantedRun};

use crate::{
    frame::{Frame, Page},
    i18n::Translator,
};

/// Every page rendered from its samples, by the name of its template, with a number behind it for the
/// rarer states: what the gallery serves and the tests read.
pub fn samples(t: &Translator, frame: &Frame) -> Vec<(String, askama::Result<String>)> {
    let mut all = Vec::new();
    add::<AppointmentPage>("appointment", t, frame, &mut all);
    add::<Appointments>("appointments", t, frame, &mut all);
    add::<Audit>("audit", t, frame, &mut all);
    add::<BranchHours>("branch-hours", t, frame, &mut all);
    add::<Bulk>("bulk", t, frame, &mut all);
    add::<BulkReviews>("bulk-reviews", t, frame, &mut all);
    add::<BulkServices>("bulk-services", t, frame, &mut all);
    add::<AgentPage>("agent", t, frame, &mut all);
    add::<CallPage>("call", t, frame, &mut all);
    add::<Calls>("calls", t, frame, &mut all);
    add::<Cancel>("cancel", t, frame, &mut all);
    add::<Connections>("connections", t, frame, &mut all);
    add::<Dashboard>("dashboard", t, frame, &mut all);
    add::<Delete>("delete", t, frame, &mut all);
    add::<Deliveries>("deliveries", t, frame, &mut all);
    add::<DeliveryPage>("delivery", t, frame, &mut all);
    add::<Demo>("demo", t, frame, &mut all);
    add::<EditAppointment>("edit-appointment", t, frame, &mut all);
    add::<ErrorPage>("error", t, frame, &mut all);
    add::<NewAppointment>("new-appointment", t, frame, &mut all);
    add::<NotificationLog>("notification-log", t, frame, &mut all);
    add::<NotificationSettings>("notification-settings", t, frame, &mut all);
    add::<Notifications>("notifications", t, frame, &mut all);
    add::<Reschedule>("reschedule", t, frame, &mut all);
    add::<ReviewPage>("review", t, frame, &mut all);
    add::<Reviews>("reviews", t, frame, &mut all);
    add::<ServicePage>("service", t, frame, &mut all);
    add::<ServiceActionPage>("service-action", t, frame, &mut all);
    add::<ServiceDelete>("service-delete", t, frame, &mut all);
    add::<ServiceForm>("service-form", t, frame, &mut all);
    add::<ServiceLink>("service-link", t, frame, &mut all);
    add::<Services>("services", t, frame, &mut all);
    add::<SignIn>("sign-in", t, frame, &mut all);
    add::<StaffHours>("staff-hours", t, frame, &mut all);
    add::<Team>("team", t, frame, &mut all);
    add::<Unchangeable>("unchangeable", t, frame, &mut all);
    add::<VerificationPage>("verification", t, frame, &mut all);
    add::<Verifications>("verifications", t, frame, &mut all);
    all
}

fn add<P: Page>(name: &str, t: &Translator, frame: &Frame, all: &mut Vec<(String, askama::Result<String>)>) {
    all.push((name.to_owned(), P::sample(t.clone(), frame.clone()).render()));
    for (number, page) in P::edges(t.clone(), frame.clone()).into_iter().enumerate() {
        all.push((format!("{name}-{}", number + 2), page.render()));
    }
}
