//! `GET /api/v1/services/{id}/history`: what has happened to a service, newest first, as its page tells it.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::ServiceId;
use serde::Serialize;
use store::{AuditFilter, Audited};
use utoipa::{IntoParams, ToSchema};

use super::clock;
use super::entry::{EntryResource, Names};
use crate::api::caller::{ApiCaller, CatalogueRead};
use crate::api::input::Parameters;
use crate::api::paging::{self, Paging};
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// A page of what has happened to a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceHistoryPage)]
pub struct Answer {
    pub data: Vec<EntryResource>,
    /// Leads to what happened before, as `cursor`; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// Which part of the history.
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

/// List what has happened to a service
///
/// Newest first: what people and programs did, and what went to Cal.com and came from there. The pages stay where they
/// are while more happens. The history of a deleted service stays.
#[utoipa::path(
    get,
    path = "/api/v1/services/{id}/history",
    operation_id = "list_service_history",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    params(("id" = String, Path, description = "`svc_…`"), Query),
    responses((
        status = 200, body = Answer, description = "A page.",
        headers(("Link" = Option<String>, description = "`rel=\"next\"` leads to the next page.")),
    )),
)]
pub async fn history(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let company = caller.company();
    let store = &state.engine.store;
    let service: ServiceId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    store.service(company, service).await.map_err(|error| match error {
        store::Error::NotFound => Problem::new(Code::NotFound),
        other => Problem::internal(&other),
    })?;
    let mut parameters = Parameters::of(query.as_deref())?;
    let paging = Paging::read(&mut parameters);
    let Paging { cursor, limit } = parameters.finish(paging)?;
    let filter = AuditFilter { service: Some(service), traffic: true, ..AuditFilter::default() };
    let page = store.audit_trail(company, &filter, cursor.as_deref(), limit).await;
    let page = page.map_err(|error| paging::failure(&error))?;
    let names = Names::of(&state, company).await?;
    let clock = clock(&state, company).await?;
    let entries = page.items.into_iter().filter_map(|audited| match audited {
        Audited::Service(_, entry) => Some(entry),
        Audited::Review(..) | Audited::Setup(_) | Audited::Webhook(..) => None,
    });
    let data = entries.map(|entry| names.entry(entry, &clock)).collect();
    let answer = Answer { data, next_cursor: page.next };
    let next = answer.next_cursor.clone();
    let path = format!("/api/v1/services/{service}/history");
    Ok(paging::answer(&state, (&path, query.as_deref()), answer, next.as_deref()))
}
