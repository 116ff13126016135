//! `GET /api/v1/calls/{id}`.

use axum::Json;
use axum::extract::{Path, State};

use super::resource::{FunctionResource, Report, Resource};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::time::Clock;
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// Read a call, with the functions that were called in it
#[utoipa::path(
    get,
    path = "/api/v1/calls/{id}",
    operation_id = "read_call",
    tag = "calls",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "Retell's id of the call.")),
    responses((status = 200, body = Report, description = "As far as it is known.")),
)]
pub async fn read(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<Report>, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let failed = |error: store::Error| match error {
        store::Error::NotFound => Problem::new(Code::NotFound),
        other => Problem::internal(&other),
    };
    let view = store.call(company, &id).await.map_err(failed)?;
    let functions = store.call_functions(company, &id).await.map_err(failed)?;
    let clock = Clock::of(&store.company(company).await.map_err(failed)?.time_zone);
    let functions = functions.into_iter().map(|called| FunctionResource::of(called, &clock)).collect();
    Ok(Json(Report { call: Resource::of(view, &clock), functions }))
}
