//! `PATCH` and `DELETE /api/v1/services/{id}`.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::services::ServiceAct;
use utoipa::IntoParams;

use super::{AtVersion, body, clock, resource};
use crate::api::input::{Fields, JsonObject, Parameters, one_of};
use crate::problem::Problem;
use crate::state::AppState;

/// Change a service
///
/// It is changed here at once, and Cal.com follows.
#[utoipa::path(
    patch,
    path = "/api/v1/services/{id}",
    operation_id = "change_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(
        ("id" = String, Path, description = "`svc_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    request_body(content((body::Body = "application/merge-patch+json"), (body::Body = "application/json"))),
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn patch(
    State(state): State<AppState>,
    AtVersion { caller, case, version }: AtVersion,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let people = state.engine.store.staff(company).await.map_err(|error| Problem::internal(&error))?;
    let mut fields = Fields::of(object);
    let before = (&case.service.terms, case.service.segments.as_slice());
    let edit = body::read(&mut fields, before, &people);
    let act = ServiceAct::Edit(Box::new(fields.finish(Some(edit))?));
    let case = state.engine.act_on_service(company, case.service.id, act, caller.actor(), version).await?;
    Ok(resource::answer(&case, &clock(&state, company).await?))
}

/// What becomes of its event types.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Deletion {
    /// `hide` (as if left out) or `delete`. As long as appointments are to come they are only hidden: bookings need
    /// their event type.
    event_types: Option<String>,
}

/// Delete a service
///
/// It is on no list any more. Its appointments and its history stay.
#[utoipa::path(
    delete,
    path = "/api/v1/services/{id}",
    operation_id = "delete_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(
        ("id" = String, Path, description = "`svc_…`"),
        Deletion,
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    responses((status = 204, description = "It is deleted here; Cal.com follows.")),
)]
pub async fn delete(
    State(state): State<AppState>,
    AtVersion { caller, case, version }: AtVersion,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    let mut parameters = Parameters::of(query.as_deref())?;
    let words = one_of(["hide", "delete"].into_iter());
    let delete = parameters.one("event_types", &words, |text| match text {
        "hide" => Some(false),
        "delete" => Some(true),
        _ => None,
    });
    let delete = parameters.finish(delete.unwrap_or(false))?;
    let (company, id) = (caller.company(), case.service.id);
    state.engine.remove_service(company, id, delete, caller.actor(), version).await?;
    Ok(StatusCode::NO_CONTENT)
}
