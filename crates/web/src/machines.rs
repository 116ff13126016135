//! The entrances for machines, together: the API, the phone, webhooks, health, and the pages that explain
//! their errors.

use axum::Router;

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
}
