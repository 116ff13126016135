//! `GET /api/v1/reviews`: filters named as in the pages, places kept by cursors.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::UserId;
use domain::review::{Assigned, Filter, Kind, ReviewCode, Severity, State as Stage};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{clock, resource};
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::input::{Parameters, one_of};
use crate::api::paging::{self, Paging};
use crate::api::words;
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// A part of the queue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewPage)]
pub struct Answer {
    /// The most urgent first: by severity, then what is next, then what has no time, then what is over.
    pub data: Vec<resource::Resource>,
    /// How many the filter lets through.
    pub total: usize,
    /// Leads on, as `cursor`; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Which of them.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `filter` reads")]
pub struct Query {
    #[param(schema_with = words::states, required = false)]
    state: String,
    /// For this cause.
    #[param(schema_with = words::codes, required = false)]
    cause: String,
    #[param(schema_with = words::severities, required = false)]
    severity: String,
    #[param(schema_with = words::kinds, required = false)]
    about: String,
    /// `nobody`, or a user.
    assigned: Option<String>,
    /// A `next_cursor`; the other parameters must be those of the page that gave it.
    cursor: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// List what people have to look at
///
/// Open items, unless another state is asked for.
#[utoipa::path(
    get,
    path = "/api/v1/reviews",
    operation_id = "list_reviews",
    tag = "reviews",
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
    let filter = filter(&mut parameters);
    let Paging { cursor, limit } = Paging::read(&mut parameters);
    let filter = parameters.finish(filter)?;
    let queue =
        state.engine.review_queue(company, &filter).await.map_err(|error| Problem::internal(&error))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let part = state.engine.review_part(company, &queue, cursor.as_deref(), limit).await;
    let part = part.map_err(|error| match error {
        engine::Error::Store(error) => paging::failure(&error),
        error => Problem::internal(&error),
    })?;
    let (clock, now) = (clock(&state, company).await?, state.engine.ambient.now());
    let data = part.items.iter().map(|item| resource::Resource::of(item, &clock, now)).collect();
    let answer = Answer { data, total: queue.len(), next_cursor: part.next };
    let next = answer.next_cursor.clone();
    Ok(paging::answer(&state, ("/api/v1/reviews", query.as_deref()), answer, next.as_deref()))
}

pub fn filter(parameters: &mut Parameters) -> Filter {
    let p = parameters;
    let whose = Text::new(
        "erwartet wird „nobody“ oder eine Kennung wie usr_…",
        "`nobody` or an id such as usr_… is expected",
    );
    let state = p.one("state", &one_of(Stage::ALL.into_iter().map(Stage::as_str)), Stage::from_name);
    let assigned = p.one("assigned", &whose, |text| match text {
        "nobody" => Some(Assigned::Nobody),
        user => user.parse::<UserId>().ok().map(Assigned::To),
    });
    Filter {
        state: state.unwrap_or_default(),
        kind: p.one("about", &one_of(Kind::ALL.into_iter().map(Kind::as_str)), Kind::from_name),
        code: p.one(
            "cause",
            &one_of(ReviewCode::ALL.into_iter().map(ReviewCode::as_str)),
            ReviewCode::from_name,
        ),
        severity: p.one(
            "severity",
            &one_of(Severity::ALL.into_iter().map(Severity::as_str)),
            Severity::from_name,
        ),
        assigned: assigned.unwrap_or_default(),
    }
}
