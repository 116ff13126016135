//! `GET /api/v1/appointments/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{find, resource};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::problem::Problem;
use crate::state::AppState;

/// Read an appointment
#[utoipa::path(
    get,
    path = "/api/v1/appointments/{id}",
    operation_id = "read_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "`apt_…`")),
    responses((
        status = 200, body = resource::Resource, description = "It.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn read(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(resource::answer(&find(&state, caller.company(), &id).await?))
}
