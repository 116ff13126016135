//! `GET /api/v1/calls`.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::AgentId;
use serde::Serialize;
use store::CallFilter;
use utoipa::{IntoParams, ToSchema};

use super::resource::Resource;
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::input::{Parameters, id_expected, instant_expected, read_instant};
use crate::api::paging::{self, Paging};
use crate::api::time::Clock;
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// A page of calls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallPage)]
pub struct Answer {
    pub data: Vec<Resource>,
    /// Leads to earlier ones, as `cursor`; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// Which of them.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `list` reads")]
pub struct Query {
    /// Taken by this phone agent, `agt_…`.
    agent_id: Option<String>,
    /// `true`: in which an appointment was made, changed or found; `false`: the others.
    with_appointment: Option<bool>,
    /// Began then or later.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Began before.
    #[param(format = DateTime)]
    to: Option<String>,
    /// A `next_cursor`.
    cursor: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// List calls
///
/// The last first. The pages stay where they are while more come in.
#[utoipa::path(
    get,
    path = "/api/v1/calls",
    operation_id = "list_calls",
    tag = "calls",
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
    let (store, company) = (&state.engine.store, caller.company());
    let mut parameters = Parameters::of(query.as_deref())?;
    let paging = Paging::read(&mut parameters);
    let bool_expected = Text::new("erwartet wird true oder false", "true or false is expected");
    let filter = CallFilter {
        agent: parameters.one("agent_id", &id_expected("agt"), |text| text.parse::<AgentId>().ok()),
        with_appointment: parameters.one("with_appointment", &bool_expected, |text| text.parse().ok()),
        from: parameters.one("from", &instant_expected(), read_instant),
        until: parameters.one("to", &instant_expected(), read_instant),
    };
    let Paging { cursor, limit } = parameters.finish(paging)?;
    let page = store.calls_page(company, &filter, cursor.as_deref(), limit).await;
    let page = page.map_err(|error| paging::failure(&error))?;
    let company = store.company(company).await.map_err(|error| Problem::internal(&error))?;
    let clock = Clock::of(&company.time_zone);
    let data = page.items.into_iter().map(|view| Resource::of(view, &clock)).collect();
    let answer = Answer { data, next_cursor: page.next };
    let next = answer.next_cursor.clone();
    Ok(paging::answer(&state, ("/api/v1/calls", query.as_deref()), answer, next.as_deref()))
}
