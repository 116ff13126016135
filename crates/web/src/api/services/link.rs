//! `POST /api/v1/services/{id}/link`: a service is tied to an event type that is at Cal.com already.

use axum::extract::State;
use axum::response::Response;
use domain::{ConnectionId, ServiceId, StaffId};
use engine::services::{LinkError, LinkWish};
use utoipa::ToSchema;

use super::{AtVersion, clock, place, resource};
use crate::api::input::{Fields, JsonObject, id_expected};
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// An event type, and what it is to stand for.
#[derive(Debug, ToSchema)]
#[schema(as = EventTypeLink)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Body {
    /// Cal.com's id of the event type.
    #[schema(minimum = 1)]
    calcom_event_type_id: i64,
    /// Whose it is: this person performs the service from then on. Left out: an event type of a team that stands for
    /// everybody; then `connection_id` is required.
    staff_id: Option<String>,
    /// The account that has it. Left out: this person's own.
    connection_id: Option<String>,
    /// Which stretch of work of a composite service, from 0.
    #[schema(default = 0)]
    segment: Option<u16>,
    /// Cal.com's user id of this person, on an event type of a team. Left out: the host of the same name.
    calcom_host_id: Option<i64>,
    /// Hide the event type that stands for it now. Left out: what has one already is left alone (409).
    #[schema(default = false)]
    replace: Option<bool>,
}

/// Tie a service to an event type that exists
///
/// Cal.com is asked for it. Nothing of it is overwritten: what differs becomes divergences, unless the company lets
/// Cal.com's data through (`allow_calcom_overwrites`: then it is taken over). Only our hidden reference field is added.
/// Appointments ahead that have no booking at Cal.com yet are booked on it. Both must have the same length.
#[utoipa::path(
    post,
    path = "/api/v1/services/{id}/link",
    operation_id = "link_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(
        ("id" = String, Path, description = "`svc_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    request_body = Body,
    responses((
        status = 200, body = resource::Resource, description = "The service as it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn link(
    State(state): State<AppState>,
    AtVersion { caller, case, version }: AtVersion,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let connections = state.engine.store.connections(company).await;
    let connections = connections.map_err(|error| Problem::internal(&error))?;
    let mut fields = Fields::of(object);
    let wish = read(
        &mut fields,
        case.service.id,
        |staff| case.people.iter().any(|it| it.staff_id == staff),
        |id| connections.iter().any(|connection| connection.id == id),
    );
    let wish = fields.finish(wish)?;
    let linked = state.engine.link_event_type(company, &wish, None, caller.actor(), version).await?;
    Ok(resource::answer(&linked.case, &clock(&state, company).await?))
}

fn read(
    f: &mut Fields,
    service: ServiceId,
    is_staff: impl Fn(StaffId) -> bool,
    is_connection: impl Fn(ConnectionId) -> bool,
) -> Option<LinkWish> {
    let positive = || Text::new("erwartet wird eine Nummer bei Cal.com", "a number at Cal.com is expected");
    let event_type =
        f.required("calcom_event_type_id", |f| f.number("calcom_event_type_id", positive(), |id| id > 0));
    let staff = f.parsed("staff_id", id_expected(StaffId::PREFIX), |text| {
        text.parse().ok().filter(|id| is_staff(*id))
    });
    let connection = f.parsed("connection_id", id_expected(ConnectionId::PREFIX), |text| {
        text.parse().ok().filter(|id| is_connection(*id))
    });
    if f.is_well() && staff.is_none() && connection.is_none() {
        f.fault("staff_id", Text::new("wird benötigt, oder connection_id", "is required, or connection_id"));
    }
    let part = Text::new("erwartet wird ein Abschnitt, gezählt ab 0", "a part is expected, counted from 0");
    let segment = f.number("segment", part, |part| (0..=100).contains(&part));
    let host = f.number("calcom_host_id", positive(), |id| id > 0);
    let replace = f.flag("replace").unwrap_or_default();
    let segment = u16::try_from(segment.unwrap_or_default()).ok()?;
    Some(LinkWish { service, segment, staff, connection, event_type: event_type?, host, replace })
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        let wrong = |name, de: String, en: String| {
            Self::new(Code::ValidationFailed).at(place(name), Text::new(de, en))
        };
        let told = |code, de: String, en: String| Self::new(code).because(Text::new(de, en));
        match error {
            LinkError::NoAccount => {
                wrong("staff_id", "hat kein Konto bei Cal.com".into(), "has no account at Cal.com".into())
            }
            LinkError::OtherAccount => wrong(
                "connection_id",
                "ist nicht das Konto dieser Person".into(),
                "is not this person's own account".into(),
            ),
            LinkError::NoSuchPart { parts } => wrong(
                "segment",
                format!("die Leistung hat {parts} Abschnitt(e)"),
                format!("the service has {parts} part(s)"),
            ),
            LinkError::NoSuchEventType { account, .. } => wrong(
                "calcom_event_type_id",
                format!("gibt es im Konto {account} nicht"),
                format!("is not in the account {account}"),
            ),
            LinkError::Minutes { there, here } => wrong(
                "calcom_event_type_id",
                format!("dauert {there} Minuten, die Leistung {here}"),
                format!("takes {there} minutes, and the service {here}"),
            ),
            LinkError::NoHost { hosts } => {
                let hosts = hosts.join(", ");
                wrong(
                    "calcom_host_id",
                    format!("erwartet wird eines von: {hosts}"),
                    format!("expected is one of: {hosts}"),
                )
            }
            LinkError::Taken(name) => told(
                Code::EventTypeTaken,
                format!("Der Event-Typ steht schon für „{name}“."),
                format!("The event type stands for “{name}” already."),
            ),
            LinkError::Already(id) => {
                let id = id.map_or_else(|| "–".to_owned(), |id| id.to_string());
                told(
                    Code::EventTypeTaken,
                    format!("Für die Leistung dieser Person steht der Event-Typ {id}."),
                    format!("The event type {id} stands for the service of this person."),
                )
            }
            LinkError::SeenOther => Self::new(Code::VersionMismatch),
            LinkError::Silent => Self::new(Code::CalcomSilent),
            LinkError::CalCom(error) => {
                tracing::warn!(target: "einklang::sync", %error, "an event type cannot be read");
                Self::new(Code::CalcomSilent)
            }
            LinkError::Service(error) => error.into(),
        }
    }
}
