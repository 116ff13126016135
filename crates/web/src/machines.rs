//! The entrances for machines, together: the API, the phone, webhooks, health, and the pages that explain
//! their errors.

use std::any::Any;

use axum::Router;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{Code, Problem};
use crate::state::AppState;
use crate::{api, health, phone, problem, webhooks};

/// All of them. [`crate::request::identify`] goes around them.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(api::routes())
        .merge(phone::routes())
        .merge(webhooks::routes())
        .merge(health::routes())
        .merge(problem::routes())
        .layer(CatchPanicLayer::custom(panicked))
}

/// A panic is a bug: told to the log, and to the program as any other fault of ours.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = words.unwrap_or("without words"), "a handler panicked");
    Problem::new(Code::Internal).into_response()
}
