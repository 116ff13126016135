//! An item of the queue as the API shows it.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::catalogue::Setting;
use domain::review::{About, Aside, Deed, Handled, Item};
use engine::reviews::Prospect;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::appointments::sync_status::word;
use crate::api::etag;
use crate::api::time::Clock;
use crate::api::words;

/// Something that a person has to look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub struct Resource {
    pub id: String,
    #[schema(schema_with = words::states)]
    pub state: &'static str,
    /// Why.
    #[schema(schema_with = words::codes)]
    pub code: &'static str,
    #[schema(schema_with = words::severities)]
    pub severity: &'static str,
    /// What Cal.com or the last error said, without customer data; may be empty. Of a divergence, what Cal.com says.
    pub message: String,
    #[schema(schema_with = words::kinds)]
    pub about: &'static str,
    pub appointment_id: Option<String>,
    pub service_id: Option<String>,
    /// The event type, by the name of its tie to the service.
    pub link_id: Option<String>,
    /// The field of the event type that differs.
    pub field: Option<&'static str>,
    /// The account of a booking that nobody here knows.
    pub connection_id: Option<String>,
    /// Cal.com's name of that booking.
    pub booking_uid: Option<String>,
    /// When what it is about begins.
    pub starts_at: Option<String>,
    pub opened_at: String,
    pub closed_at: Option<String>,
    /// Who sees to it.
    pub assignee_id: Option<String>,
    pub snoozed_until: Option<String>,
    /// Why it is not asked about any more although its cause is there: `accepted` or `dismissed`.
    pub set_aside: Option<&'static str>,
    pub version: i64,
}

/// An item with what can be decided about it, and what was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewWithChoices)]
pub struct Whole {
    #[serde(flatten)]
    pub item: Resource,
    pub choices: Vec<ChoiceResource>,
    /// What people did about it, in its order.
    pub deeds: Vec<DeedResource>,
}

/// Something that can be decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewChoice)]
pub struct ChoiceResource {
    #[schema(schema_with = words::choices)]
    pub choice: &'static str,
    /// What would be done at Cal.com first, as in the sync status; of an appointment only.
    pub plan: Option<&'static str>,
}

/// Something that was done about an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewDeed)]
pub struct DeedResource {
    pub at: String,
    #[schema(schema_with = words::origin)]
    pub origin: &'static str,
    /// Who, if it was somebody who signs in.
    pub user_id: Option<String>,
    /// `assigned`, `snoozed`, `commented`, `chosen`, or `returned`: it is asked again because a side has changed.
    pub what: &'static str,
    /// To whom it was assigned.
    pub assignee_id: Option<String>,
    pub snoozed_until: Option<String>,
    /// How it was decided.
    pub choice: Option<&'static str>,
    /// The comment, or why it was decided so.
    pub text: Option<String>,
}

impl Resource {
    pub fn of(item: &Item, clock: &Clock, now: Timestamp) -> Self {
        let (mut appointment_id, mut service_id, mut link_id, mut field) = (None, None, None, None);
        let (mut connection_id, mut booking_uid) = (None, None);
        match &item.about {
            About::Appointment(id) => appointment_id = Some(id.to_string()),
            About::EventType { service, link, setting } => {
                (service_id, link_id) = (Some(service.to_string()), Some(link.to_string()));
                field = setting.map(Setting::as_str);
            }
            About::Booking { connection, uid } => {
                (connection_id, booking_uid) = (Some(connection.to_string()), Some(uid.to_string()));
            }
        }
        Self {
            id: item.id.to_string(),
            state: item.state(now).as_str(),
            code: item.code.as_str(),
            severity: item.code.severity().as_str(),
            message: item.message.clone(),
            about: item.about.kind().as_str(),
            appointment_id,
            service_id,
            link_id,
            field,
            connection_id,
            booking_uid,
            starts_at: item.time.map(|(start, _)| clock.write(start)),
            opened_at: clock.write(item.opened_at),
            closed_at: item.closed_at.map(|at| clock.write(at)),
            assignee_id: item.assignee.map(|id| id.to_string()),
            snoozed_until: item.snoozed_until.filter(|until| *until > now).map(|at| clock.write(at)),
            set_aside: item.aside.map(Aside::as_str),
            version: item.version,
        }
    }
}

impl From<&Prospect> for ChoiceResource {
    fn from(prospect: &Prospect) -> Self {
        let plan = prospect.preview.as_ref().map(|preview| word(&preview.next));
        Self { choice: prospect.choice.as_str(), plan }
    }
}

impl DeedResource {
    pub fn of(deed: Deed, clock: &Clock) -> Self {
        let nothing = Self {
            at: clock.write(deed.at),
            origin: deed.actor.origin.as_str(),
            user_id: deed.actor.user_id.map(|id| id.to_string()),
            what: "returned",
            assignee_id: None,
            snoozed_until: None,
            choice: None,
            text: None,
        };
        match deed.what {
            Handled::Assigned { to } => {
                Self { what: "assigned", assignee_id: to.map(|id| id.to_string()), ..nothing }
            }
            Handled::Snoozed { until } => {
                Self { what: "snoozed", snoozed_until: until.map(|at| clock.write(at)), ..nothing }
            }
            Handled::Commented { text } => Self { what: "commented", text: Some(text), ..nothing },
            Handled::Chosen { choice, reason } => {
                Self { what: "chosen", choice: Some(choice.as_str()), text: reason, ..nothing }
            }
            Handled::Returned => nothing,
        }
    }
}

/// An item as the answer to what was done about it.
pub fn answer(item: &Item, clock: &Clock, now: Timestamp) -> Response {
    ([(header::ETAG, etag::of(item.version))], Json(Resource::of(item, clock, now))).into_response()
}
