//! `GET /api/v1/verifications/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use domain::VerificationId;

use super::resource::{FindingResource, Report, Resource};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::time::Clock;
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// Read a verification, with what it found
#[utoipa::path(
    get,
    path = "/api/v1/verifications/{id}",
    operation_id = "read_verification",
    tag = "verifications",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "`ver_…`")),
    responses((status = 200, body = Report, description = "As far as it has come.")),
)]
pub async fn read(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<Report>, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let id: VerificationId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let failed = |error: store::Error| match error {
        store::Error::NotFound => Problem::new(Code::NotFound),
        other => Problem::internal(&other),
    };
    let run = store.verification(company, id).await.map_err(failed)?;
    let findings = store.findings(company, id).await.map_err(failed)?;
    let clock = Clock::of(&store.company(company).await.map_err(failed)?.time_zone);
    let healed = findings.iter().filter(|finding| finding.healed_at.is_some()).count();
    let counted = (findings.len() as u64, healed as u64);
    let findings = findings.into_iter().map(|finding| FindingResource::of(finding, &clock)).collect();
    Ok(Json(Report { run: Resource::of(&run, counted, &clock), findings }))
}
