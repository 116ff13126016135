//! What people see instead of a bare status: a page in their language with the request's id and a way out.
//! Programs get problem documents (`problem.rs`); their answers pass through here as they are.

use askama::Template as _;
use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};

use super::reader::Reader;
use crate::{auth::Session, pages::ErrorPage, problem::Problem, request::RequestId, state::AppState};

/// The middleware; around all routes, inside `request::identify`.
pub async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let request_id = request.extensions().get::<RequestId>().map_or(String::new(), |id| id.0.clone());
    let response = next.run(request).await;
    if !is_bare(&response) {
        return response;
    }
    // A database that does not answer may be why we are here: then the page is a stranger's.
    let session = Session::of(&state, &headers).await.ok().flatten();
    let reader = match Reader::of(&state, &headers, &uri, session.as_ref()).await {
        Ok(reader) => reader,
        Err(_) => Reader::stranger(&state, &headers, &uri),
    };
    let (status, Reader { t, mut frame }) = (response.status(), reader);
    // The preferences lead back to a page, and this address may be none.
    frame.path = "/".into();
    match (ErrorPage { t, frame, status, request_id }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page cannot be rendered");
            response
        }
    }
}

/// An error that nobody has put into words yet.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(axum::http::HeaderValue::as_bytes);
    (status.is_client_error() || status.is_server_error())
        && response.extensions().get::<Problem>().is_none()
        && kind.is_none_or(|kind| kind.starts_with(b"text/plain"))
}
