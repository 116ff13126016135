//! `GET /api/v1/reviews/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::resource::{ChoiceResource, DeedResource, Resource, Whole};
use super::{clock, find};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::etag;
use crate::problem::Problem;
use crate::state::AppState;

/// Read an item, with what can be decided about it
///
/// Both sides of an appointment stand in its sync status, those of a divergence in the divergences of its service.
#[utoipa::path(
    get,
    path = "/api/v1/reviews/{id}",
    operation_id = "read_review",
    tag = "reviews",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "`rev_…`")),
    responses((
        status = 200, body = Whole, description = "As it is.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn read(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let company = caller.company();
    let item = find(&state, company, &id).await?;
    let choices = state.engine.review_prospects(company, &item).await?;
    let deeds = state.engine.store.review_deeds(company, item.id).await;
    let deeds = deeds.map_err(|error| Problem::internal(&error))?;
    let clock = clock(&state, company).await?;
    let whole = Whole {
        item: Resource::of(&item, &clock, state.engine.ambient.now()),
        choices: choices.iter().map(ChoiceResource::from).collect(),
        deeds: deeds.into_iter().map(|deed| DeedResource::of(deed, &clock)).collect(),
    };
    Ok(([(header::ETAG, etag::of(item.version))], Json(whole)).into_response())
}
