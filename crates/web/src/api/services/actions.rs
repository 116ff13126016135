//! `POST /api/v1/services/{id}/push`, `…/pull`, `…/reset`, and `POST /api/v1/services:sync`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::case::Priority;
use domain::catalogue::ServiceCase;
use engine::services::ServiceAct;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AtVersion, clock, find, resource};
use crate::api::caller::{ApiCaller, CatalogueWrite};
use crate::api::input::Nothing;
use crate::problem::Problem;
use crate::state::AppState;

/// Send everything to Cal.com
///
/// Whatever was changed there is overwritten; what was deleted there is made again. Look at the divergences first. Cal.com
/// is looked at before; 502 `calcom_silent` if it does not answer, and nothing is changed.
#[utoipa::path(
    post,
    path = "/api/v1/services/{id}/push",
    operation_id = "push_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(
        ("id" = String, Path, description = "`svc_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    responses((
        status = 200, body = resource::Resource, description = "As it is now; its sync status tells the rest.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn push(
    State(state): State<AppState>,
    AtVersion { caller, case, version }: AtVersion,
    _: Nothing,
) -> Result<Response, Problem> {
    act(&state, &caller, &case, ServiceAct::Push, version).await
}

/// Take everything over from Cal.com
///
/// Whatever is said here is overwritten where Cal.com says something else that the service has a place for. Cal.com is
/// looked at before; 502 `calcom_silent` if it does not answer, and nothing is changed.
#[utoipa::path(
    post,
    path = "/api/v1/services/{id}/pull",
    operation_id = "pull_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(
        ("id" = String, Path, description = "`svc_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn pull(
    State(state): State<AppState>,
    AtVersion { caller, case, version }: AtVersion,
    _: Nothing,
) -> Result<Response, Problem> {
    act(&state, &caller, &case, ServiceAct::Pull, version).await
}

/// Forget what failed, and look anew
///
/// The service stays as it is, so no version is asked for.
#[utoipa::path(
    post,
    path = "/api/v1/services/{id}/reset",
    operation_id = "reset_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(("id" = String, Path, description = "`svc_…`")),
    responses((
        status = 200, body = resource::Resource, description = "As it is now; its sync status tells the rest.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn reset(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Response, Problem> {
    let case = find(&state, caller.company(), &id).await?;
    act(&state, &caller, &case, ServiceAct::Reset, None).await
}

async fn act(
    state: &AppState,
    caller: &ApiCaller<CatalogueWrite>,
    case: &ServiceCase,
    act: ServiceAct,
    version: Option<i64>,
) -> Result<Response, Problem> {
    let (company, id) = (caller.company(), case.service.id);
    if !matches!(act, ServiceAct::Reset) {
        state.engine.look_at_service(company, id).await?;
    }
    let case = state.engine.act_on_service(company, id, act, caller.actor(), version).await?;
    Ok(resource::answer(&case, &clock(state, company).await?))
}

/// Which accounts are looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicesLookedAt)]
pub struct LookedAt {
    pub connection_ids: Vec<String>,
}

/// Look at all event types now
///
/// What differs becomes a divergence, what is new is taken in as a service. It happens by itself every quarter of an
/// hour.
#[utoipa::path(
    post,
    path = "/api/v1/services:sync",
    operation_id = "sync_services",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    responses((status = 202, body = LookedAt, description = "They are looked at in the background.")),
)]
pub async fn sync(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    _: Nothing,
) -> Result<(StatusCode, Json<LookedAt>), Problem> {
    let connections = state.engine.store.connections(caller.company()).await;
    let connections = connections.map_err(|error| Problem::internal(&error))?;
    let looked = state.engine.look_at_event_types(caller.company(), Priority::Change).await;
    looked.map_err(|error| Problem::internal(&error))?;
    let connection_ids = connections.into_iter().map(|one| one.id.to_string()).collect();
    Ok((StatusCode::ACCEPTED, Json(LookedAt { connection_ids })))
}
