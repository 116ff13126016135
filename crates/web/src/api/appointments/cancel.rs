//! `POST /api/v1/appointments/{id}/cancel`.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use engine::appointments::Change;
use utoipa::ToSchema;

use super::{find, replay, resource};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject};
use crate::api::{etag, idempotency};
use crate::problem::Problem;
use crate::state::AppState;

/// Why.
#[derive(Debug, ToSchema)]
#[schema(as = Cancellation)]
pub struct Body {
    /// Cal.com is told it too.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Cancel an appointment
///
/// Cancelling what is cancelled changes nothing and succeeds.
#[utoipa::path(
    post,
    path = "/api/v1/appointments/{id}/cancel",
    operation_id = "cancel_appointment",
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
pub async fn cancel(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let before = find(&state, company, &id).await?.appointment;
    let dedupe = idempotency::dedupe(&headers, "POST /api/v1/appointments/{id}/cancel", &id, &object)?;
    let mut fields = Fields::of(object);
    let reason = fields.text("reason", 500);
    let Body { reason } = fields.finish(Some(Body { reason }))?;
    if let Some(response) = replay(&state, company, dedupe.as_ref()).await? {
        return Ok(response);
    }
    let version = etag::condition(&headers, before.version)?;
    let change = Change { version, dedupe, ..Change::by(caller.actor()) };
    state.engine.cancel(company, before.id, reason, change).await?;
    Ok(resource::answer(&find(&state, company, &id).await?))
}
