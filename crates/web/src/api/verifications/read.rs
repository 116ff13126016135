//! `GET /api/v1/verifications/{id}`.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::VerificationId;
use utoipa::IntoParams;

use super::resource::{ClassResource, FindingResource, Report, Resource};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::input::{Parameters, one_of};
use crate::api::paging::{self, Paging};
use crate::api::time::Clock;
use crate::pages::CLASSES;
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// Which of its findings.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Query {
    /// Of this class: `only_here`, `only_there`, `unreadable`, `differs`, `moved`, `stuck` or `overlaps`.
    class: Option<String>,
    /// A `next_cursor`.
    cursor: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// Read a verification, with what it found
#[utoipa::path(
    get,
    path = "/api/v1/verifications/{id}",
    operation_id = "read_verification",
    tag = "verifications",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "`ver_…`"), Query),
    responses((
        status = 200, body = Report, description = "As far as it has come, with a page of its findings.",
        headers(("Link" = Option<String>, description = "`rel=\"next\"` leads to the next page.")),
    )),
)]
pub async fn read(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let id: VerificationId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let failed = |error: store::Error| match error {
        store::Error::NotFound => Problem::new(Code::NotFound),
        other => Problem::internal(&other),
    };
    let mut parameters = Parameters::of(query.as_deref())?;
    let known = |text: &str| CLASSES.into_iter().find(|class| *class == text);
    let class = parameters.one("class", &one_of(CLASSES.into_iter()), known);
    let paging = Paging::read(&mut parameters);
    let (class, Paging { cursor, limit }) = parameters.finish((class, paging))?;
    let run = store.verification(company, id).await.map_err(failed)?;
    let page = store.findings_page(company, id, class, cursor.as_deref(), limit).await;
    let page = page.map_err(|error| paging::failure(&error))?;
    let counted = store.findings_by_class(company, id).await.map_err(failed)?;
    let clock = Clock::of(&store.company(company).await.map_err(failed)?.time_zone);
    let sum = counted.iter().fold((0, 0), |(found, healed), of| (found + of.found, healed + of.healed));
    let classes =
        counted.into_iter().map(|of| ClassResource { class: of.class, found: of.found, healed: of.healed });
    let report = Report {
        run: Resource::of(&run, sum, &clock),
        classes: classes.collect(),
        findings: page.items.into_iter().map(|finding| FindingResource::of(finding, &clock)).collect(),
        next_cursor: page.next,
    };
    let next = report.next_cursor.clone();
    let path = format!("/api/v1/verifications/{id}");
    Ok(paging::answer(&state, (&path, query.as_deref()), report, next.as_deref()))
}
