//! `PATCH /api/v1/appointments/{id}`: a JSON merge patch (RFC 7396) of what can simply be written.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::appointments::{Change, Edit};
use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{find, resource};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::etag;
use crate::api::input::{Fields, JsonObject};
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// What is to be changed; what is left out stays.
#[derive(Debug, ToSchema)]
#[schema(as = AppointmentPatch)]
#[expect(clippy::option_option, reason = "a merge patch tells `null` from what is not there")]
pub struct Body {
    /// `null` removes them.
    #[schema(value_type = Option<String>, max_length = 2000)]
    notes: Option<Option<String>>,
    /// Moves the appointment, as the operation `reschedule` does without a reason.
    #[schema(value_type = String, required = false, format = DateTime)]
    starts_at: Option<Timestamp>,
}

/// Change an appointment
#[utoipa::path(
    patch,
    path = "/api/v1/appointments/{id}",
    operation_id = "change_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`apt_…`"),
        ("If-Match" = Option<String>, Header, description = "Only if it is at this version."),
    ),
    request_body(content((Body = "application/merge-patch+json"), (Body = "application/json"))),
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn patch(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let before = find(&state, company, &id).await?.appointment;
    let body = read(object)?;
    let change = Change { version: etag::condition(&headers, before.version)?, ..Change::by(caller.actor()) };
    let edit = Edit { start: body.starts_at, notes: body.notes, ..Edit::default() };
    state.engine.edit(company, before.id, edit, change).await?;
    Ok(resource::answer(&find(&state, company, &id).await?))
}

fn read(object: Map<String, Value>) -> Result<Body, Problem> {
    let mut fields = Fields::of(object);
    let notes = fields.has("notes").then(|| fields.text("notes", 2_000));
    let moved = fields.has("starts_at");
    let starts_at = fields.instant("starts_at");
    if moved && starts_at.is_none() && fields.is_well() {
        fields.fault("starts_at", Text::new("kann nicht entfernt werden", "cannot be removed"));
    }
    fields.finish(Some(Body { notes, starts_at }))
}
