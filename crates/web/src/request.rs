//! Around every request: an id for the logs that the response carries too, and words for problems in the
//! language of whoever asked.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing::field::Empty;

use crate::i18n::{Language, negotiate};
use crate::problem::{DOCS, PROBLEM_JSON, Problem};
use crate::state::AppState;

/// The header that carries the id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for handlers that show it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The middleware; `axum::middleware::from_fn_with_state(state, request::identify)` around all routes.
///
/// The span names the route and not the address: addresses hold tokens.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = format!("req_{}", state.engine.ambient.id().simple());
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, %method, route, status = Empty);
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = negotiate(None, None, accept);
    request.extensions_mut().insert(RequestId(id.clone()));
    let started = state.engine.ambient.now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let taken = state.engine.ambient.now().duration_since(started);
    span.record("status", response.status().as_u16());
    span.in_scope(|| {
        tracing::debug!(status = response.status().as_u16(), ms = taken.as_millis(), "answered");
    });
    let labels = [
        ("method", known(&method).to_owned()),
        ("route", route),
        ("status", response.status().as_str().to_owned()),
    ];
    metrics::histogram!("einklang_http_request_duration_seconds", &labels).record(taken.as_secs_f64());
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = worded(response, &problem, language, &state, &id);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Senders can invent methods; a measure must not have as many series.
fn known(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}

fn worded(response: Response, problem: &Problem, language: Language, state: &AppState, id: &str) -> Response {
    let docs = format!("{}{DOCS}", state.settings.public_url);
    let document = problem.document(language, &docs, id);
    // A document of texts and numbers can always be written.
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    let headers = [
        (header::CONTENT_TYPE, PROBLEM_JSON),
        (header::CONTENT_LANGUAGE, language.tag()),
        (header::VARY, header::ACCEPT_LANGUAGE.as_str()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        parts.headers.insert(name, HeaderValue::from_static(value));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body.into())
}
