//! `POST /api/v1/appointments/{id}/reschedule`.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::appointments::{Change, Edit};
use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{find, replay, resource};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject};
use crate::api::{etag, idempotency};
use crate::problem::Problem;
use crate::state::AppState;

/// Where to, and why.
#[derive(Debug, ToSchema)]
#[schema(as = Rescheduling)]
pub struct Body {
    /// RFC 3339 with an offset, in whole minutes, in the future. The length stays.
    #[schema(value_type = String, format = DateTime, example = "2026-11-24T14:30:00+01:00")]
    starts_at: Timestamp,
    /// Cal.com is told it too.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Move an appointment
///
/// Moving it to where it is changes nothing and succeeds.
#[utoipa::path(
    post,
    path = "/api/v1/appointments/{id}/reschedule",
    operation_id = "reschedule_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`apt_…`"),
        ("If-Match" = Option<String>, Header, description = "Only if it is at this version."),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the wish."),
    ),
    request_body = Body,
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn reschedule(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let before = find(&state, company, &id).await?.appointment;
    let dedupe = idempotency::dedupe(&headers, "POST /api/v1/appointments/{id}/reschedule", &id, &object)?;
    let Body { starts_at, reason } = read(object)?;
    if let Some(response) = replay(&state, company, dedupe.as_ref()).await? {
        return Ok(response);
    }
    let version = etag::condition(&headers, before.version)?;
    let change = Change { version, dedupe, ..Change::by(caller.actor()) };
    state.engine.edit(company, before.id, Edit::to(starts_at, reason), change).await?;
    Ok(resource::answer(&find(&state, company, &id).await?))
}

fn read(object: Map<String, Value>) -> Result<Body, Problem> {
    let mut fields = Fields::of(object);
    let starts_at = fields.required("starts_at", |fields| fields.instant("starts_at"));
    let reason = fields.text("reason", 500);
    fields.finish(starts_at.map(|starts_at| Body { starts_at, reason }))
}
