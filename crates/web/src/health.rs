//! For whoever keeps the process running: does it live, can it serve, what does it measure.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::SyncStatus;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{ConnectionState, Overall};

use crate::components::needs_person;
use crate::state::AppState;

/// Work that has been due for longer is told to be late.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// `/livez`, `/readyz`, `/metrics`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

/// The same on a listener of its own, which shows the measures to nobody else.
pub fn alone(state: AppState) -> Router {
    routes().with_state(state)
}

/// The process answers. Says nothing of the database: restarting a process does not mend one.
async fn livez() -> &'static str {
    "ok"
}

/// Requests can be served: the database answers and its schema is current. That work is late, or fails again and again,
/// is told, too, but makes no process unfit to answer.
async fn readyz(State(state): State<AppState>) -> Response {
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    let mut reasons = Vec::new();
    let database = store.ping().await;
    let migrations = store.migration_status().await;
    if let Some(error) = database.as_ref().err().or(migrations.as_ref().err()) {
        tracing::warn!(%error, "not ready");
        reasons.push("the database does not answer".to_owned());
    }
    let missing: Vec<_> = migrations.iter().flatten().filter(|(_, applied)| !applied).collect();
    reasons.extend(missing.iter().map(|(name, _)| format!("the database lacks the migration {name}")));
    let migrations = migrations.is_ok() && missing.is_empty();
    let ready = database.is_ok() && migrations;
    let overall = if ready { store.overall(now).await.ok() } else { None };
    let failing = overall.as_ref().map_or(0, |overall| overall.failing);
    if failing > 0 {
        reasons.push(format!("{failing} piece(s) of work fail again and again: see the log for \"put off\""));
    }
    let due_since = overall.and_then(|overall| overall.due_since);
    let waited = due_since.map(|since| now.duration_since(since)).filter(|waited| *waited > LATE);
    reasons.extend(waited.map(|waited| format!("work has been due for {} minutes", waited.as_mins())));
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |good| if good { "ok" } else { "failed" };
    let work = match waited {
        _ if failing > 0 => "failing",
        Some(_) => "late",
        None => word(ready),
    };
    let checks = json!({ "database": word(database.is_ok()), "migrations": word(migrations), "work": work });
    let told = if ready { "ready" } else { "not_ready" };
    let body = json!({ "status": told, "checks": checks, "reasons": reasons });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// The measures in Prometheus' text format; not there unless they are configured.
async fn metrics(State(state): State<AppState>) -> Response {
    let Some(measures) = &state.metrics else { return StatusCode::NOT_FOUND.into_response() };
    let now = state.engine.ambient.now();
    match state.engine.store.overall(now).await {
        Ok(overall) => {
            metrics::gauge!("einklang_database_up").set(1.0);
            tell(&overall, now);
        }
        Err(error) => {
            tracing::warn!(%error, "the database cannot be measured");
            metrics::gauge!("einklang_database_up").set(0.0);
        }
    }
    let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (text, measures.render()).into_response()
}

/// What the database says, as every process tells it alike.
#[expect(clippy::cast_precision_loss, reason = "no count is that large")]
fn tell(overall: &Overall, now: Timestamp) {
    let count = |counts: &[(String, u64)], name: &str| {
        counts.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count) as f64
    };
    for status in SyncStatus::ALL.into_iter().filter(|it| *it == SyncStatus::Pending || needs_person(*it)) {
        let count = count(&overall.unsynced, status.as_str());
        metrics::gauge!("einklang_appointments_unsynced", "sync" => status.as_str()).set(count);
    }
    metrics::gauge!("einklang_appointments_unsynced", "sync" => "orphaned_calcom")
        .set(overall.only_there as f64);
    for state in ConnectionState::ALL {
        let count = count(&overall.connections, state.as_str());
        metrics::gauge!("einklang_connections", "state" => state.as_str()).set(count);
    }
    let (alone, settled) = overall.settled;
    for (by, count) in [("itself", alone), ("person", settled - alone)] {
        metrics::gauge!("einklang_settled_within_30_days", "by" => by).set(count as f64);
    }
    metrics::gauge!("einklang_reviews_open").set(overall.reviews as f64);
    metrics::gauge!("einklang_queue_items").set(overall.due as f64);
    let age = overall.due_since.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
    metrics::gauge!("einklang_queue_oldest_age_seconds").set(age.max(0.0));
    metrics::gauge!("einklang_work_failing").set(overall.failing as f64);
    metrics::gauge!("einklang_webhooks_waiting").set(overall.webhooks as f64);
    if let Some(at) = overall.verified_at {
        metrics::gauge!("einklang_verification_finished_timestamp_seconds").set(at.as_second() as f64);
    }
}
