//! Lists that are read page by page: how many at once, from where on, and where the next page is.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::input::Parameters;
use crate::problem::{Place, Problem, Text};
use crate::state::AppState;

/// Entries on a page, unless asked otherwise.
const LIMIT: u64 = 50;
/// The most that are given at once.
const MOST: u64 = 200;

/// Where a page begins, and how long it is.
pub struct Paging {
    pub cursor: Option<String>,
    pub limit: u64,
}

impl Paging {
    pub fn read(parameters: &mut Parameters) -> Self {
        let expected =
            Text::new("erwartet wird eine Zahl von 1 bis 200", "a number from 1 to 200 is expected");
        let limit = parameters
            .one("limit", &expected, |text| text.parse().ok().filter(|limit| (1..=MOST).contains(limit)));
        Self { cursor: parameters.text("cursor"), limit: limit.unwrap_or(LIMIT) }
    }
}

/// Why there is no page.
pub fn failure(error: &store::Error) -> Problem {
    match error {
        store::Error::InvalidCursor => Problem::bad_query(Vec::new()).at(
            Place::Query("cursor".to_owned()),
            Text::new("kein Cursor, der hier ausgegeben wurde", "not a cursor that was given out here"),
        ),
        other => Problem::internal(other),
    }
}

/// A page of the list at `path` that was asked for by `query`; the header `Link` leads to the next one.
pub fn answer(
    state: &AppState,
    (path, query): (&str, Option<&str>),
    page: impl Serialize,
    next: Option<&str>,
) -> Response {
    let link = next.and_then(|next| link(state, path, query, next));
    let mut response = Json(page).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// The same list, one page on.
fn link(state: &AppState, path: &str, query: Option<&str>, next: &str) -> Option<HeaderValue> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default()).ok()?;
    let kept = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept: Vec<_> = kept.filter(|(name, _)| *name != "cursor").chain([("cursor", next)]).collect();
    let query = serde_urlencoded::to_string(kept).ok()?;
    let public_url = &state.settings.public_url;
    HeaderValue::from_str(&format!("<{public_url}{path}?{query}>; rel=\"next\"")).ok()
}
