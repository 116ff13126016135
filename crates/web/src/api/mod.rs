//! The REST API, `/api`: operations for programs, described by the code that serves them.

mod appointments;
mod audit;
pub mod caller;
mod calls;
mod catalogue;
mod connections;
mod etag;
mod hours;
mod idempotency;
pub mod input;
mod notifications;
mod openapi;
mod paging;
mod reviews;
mod services;
mod slots;
mod time;
mod verifications;
mod words;

use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get};
use axum::{Json, Router};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Code, Problem};
use crate::state::AppState;

/// The most that a body of the API has, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Everything under `/api`.
pub fn routes() -> Router<AppState> {
    let (router, description) = operations().split_for_parts();
    router
        .route("/api/openapi.json", get(async || Json(description)))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        // What is not there is told as everything else is told to programs.
        .route("/api/{*rest}", any(async || Problem::new(Code::NotFound)))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// The description of the API, in the terms of `OpenAPI` 3.1.
pub fn description() -> utoipa::openapi::OpenApi {
    operations().into_openapi()
}

fn operations() -> OpenApiRouter<AppState> {
    let operations = OpenApiRouter::with_openapi(openapi::about())
        .merge(appointments::routes())
        .merge(audit::routes())
        .merge(calls::routes())
        .merge(slots::routes())
        .merge(reviews::routes())
        .merge(services::routes())
        .merge(verifications::routes())
        .merge(notifications::routes())
        .merge(catalogue::routes())
        .merge(hours::routes())
        .merge(connections::routes());
    openapi::with_problems(operations)
}
