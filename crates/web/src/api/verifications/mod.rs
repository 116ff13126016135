//! `/api/v1/verifications`: all bookings of an account, compared with what is known of them here.

pub mod list;
pub mod read;
pub mod resource;
pub mod start;

use domain::CompanyId;
use store::Verification;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::time::Clock;
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list, start::start)).routes(routes!(read::read))
}

/// Runs with what they found, as the API tells them.
async fn tell(
    state: &AppState,
    company: CompanyId,
    runs: &[Verification],
) -> Result<Vec<resource::Resource>, Problem> {
    let failed = |error| Problem::internal(&error);
    let store = &state.engine.store;
    let ids: Vec<_> = runs.iter().map(|run| run.id).collect();
    let found = store.findings_counted(company, &ids).await.map_err(failed)?;
    let clock = Clock::of(&store.company(company).await.map_err(failed)?.time_zone);
    let counted = |run: &Verification| found.get(&run.id).copied().unwrap_or_default();
    Ok(runs.iter().map(|run| resource::Resource::of(run, counted(run), &clock)).collect())
}
