//! `GET /api/v1/verifications`.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{resource, tell};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::input::Parameters;
use crate::api::paging::{self, Paging};
use crate::problem::Problem;
use crate::state::AppState;

/// A page of verifications.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerificationPage)]
pub struct Answer {
    pub data: Vec<resource::Resource>,
    /// Leads to earlier ones, as `cursor`; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// Which of them.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Paging` reads")]
pub struct Query {
    /// A `next_cursor`.
    cursor: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// List verifications
///
/// The last first. The pages stay where they are while more are made.
#[utoipa::path(
    get,
    path = "/api/v1/verifications",
    operation_id = "list_verifications",
    tag = "verifications",
    security(("api_key" = ["appointments:read"])),
    params(Query),
    responses((
        status = 200, body = Answer, description = "A page.",
        headers(("Link" = Option<String>, description = "`rel=\"next\"` leads to the next page.")),
    )),
)]
pub async fn list(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let company = caller.company();
    let mut parameters = Parameters::of(query.as_deref())?;
    let paging = Paging::read(&mut parameters);
    let Paging { cursor, limit } = parameters.finish(paging)?;
    let page = state.engine.store.verifications_page(company, cursor.as_deref(), limit).await;
    let page = page.map_err(|error| paging::failure(&error))?;
    let answer = Answer { data: tell(&state, company, &page.items).await?, next_cursor: page.next };
    let next = answer.next_cursor.clone();
    Ok(paging::answer(&state, ("/api/v1/verifications", query.as_deref()), answer, next.as_deref()))
}
