//! For whoever keeps the process running: does it live, can it serve, what does it measure.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::state::AppState;

/// `/livez`, `/readyz`, `/metrics`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

/// The process answers. Says nothing of the database: restarting a process does not mend one.
async fn livez() -> &'static str {
    "ok"
}

/// Requests can be served: the database answers and its schema is current.
async fn readyz(State(state): State<AppState>) -> Response {
    let store = &state.engine.store;
    let database = store.ping().await;
    let migrations = store.migration_status().await;
    if let Some(error) = database.as_ref().err().or(migrations.as_ref().err()) {
        tracing::warn!(%error, "not ready");
    }
    let database = database.is_ok();
    let migrations = migrations.is_ok_and(|all| all.iter().all(|(_, applied)| *applied));
    let ready = database && migrations;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |good| if good { "ok" } else { "failed" };
    let checks = json!({ "database": word(database), "migrations": word(migrations) });
    let body = json!({ "status": if ready { "ready" } else { "not_ready" }, "checks": checks });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// The measures in Prometheus' text format; not there unless they are configured.
async fn metrics(State(state): State<AppState>) -> Response {
    match &state.metrics {
        Some(metrics) => {
            let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (text, metrics.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
