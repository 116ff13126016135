//! `/api/v1/calls`: the calls that the phone agents took, and what each led to.

pub mod list;
pub mod read;
pub mod resource;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(read::read))
}
