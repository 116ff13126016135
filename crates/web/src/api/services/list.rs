//! `GET /api/v1/services` and `GET /api/v1/services/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{clock, find, resource};
use crate::api::caller::{ApiCaller, CatalogueRead};
use crate::api::catalogue::All;
use crate::problem::Problem;
use crate::state::AppState;

/// List services
#[utoipa::path(
    get,
    path = "/api/v1/services",
    operation_id = "list_services",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    responses((status = 200, body = All<resource::Resource>, description = "All, by name.")),
)]
pub async fn list(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
) -> Result<Json<All<resource::Resource>>, Problem> {
    let clock = clock(&state, caller.company()).await?;
    let cases = state.engine.store.service_cases(caller.company()).await;
    let cases = cases.map_err(|error| Problem::internal(&error))?;
    Ok(All::of(cases.iter().map(|case| resource::Resource::of(case, &clock)).collect()))
}

/// Read a service
#[utoipa::path(
    get,
    path = "/api/v1/services/{id}",
    operation_id = "read_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    params(("id" = String, Path, description = "`svc_…`")),
    responses((
        status = 200, body = resource::Resource, description = "It.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn read(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let case = find(&state, caller.company(), &id).await?;
    Ok(resource::answer(&case, &clock(&state, caller.company()).await?))
}
