//! Levers for scripts and browser tests: faults to order, what people do at Cal.com, and the logs. JSON in,
//! JSON out; bookings look as in version 2024-08-13 of the API.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Sim;
use crate::deliveries::{Fate, WebhookRecord};
use crate::errors::Refusal;
use crate::faults::{CallKind, CallMatch, Fault, Ordered};
use crate::model::event_types::EventTypeId;
use crate::model::users::UserId;
use crate::people::Guest;
use crate::routes::booking_json;

pub(super) fn router() -> Router<Sim> {
    Router::new()
        .route("/faults", get(faults).post(order).delete(clear))
        .route("/bookings", get(bookings).post(book))
        .route("/bookings/{uid}", get(booking))
        .route("/bookings/{uid}/move", post(move_booking))
        .route("/bookings/{uid}/cancel", post(cancel))
        .route("/bookings/{uid}/confirm", post(confirm))
        .route("/bookings/{uid}/decline", post(decline))
        .route("/bookings/{uid}/mark-absent", post(mark_absent))
        .route("/bookings/{uid}/reassign", post(reassign))
        .route("/event-types", get(event_types))
        .route("/requests", get(requests))
        .route("/webhooks", get(webhooks))
        .route("/webhooks/release", post(release))
}

/// A fault as scripts name it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FaultOrder {
    fault: FaultName,
    /// How long: the block of `rateLimited` (60), the wait of `slow` (30) and `delayWebhooks` (60), and the
    /// outage of `down` (without it, so many calls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    /// Only calls of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<CallKind>,
    /// Only calls to this path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Only webhooks of this trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trigger: Option<String>,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FaultName {
    DropRequest,
    DropAnswerAfterEffect,
    ServerErrorBefore,
    ServerErrorAfterEffect,
    RateLimited,
    Slow,
    Down,
    AllowOverlap,
    LoseWebhooks,
    DelayWebhooks,
    DuplicateWebhooks,
    ReorderWebhooks,
}

impl FaultOrder {
    fn fault(&self, now: Timestamp) -> Fault {
        let seconds = |otherwise: u32| self.seconds.unwrap_or(otherwise);
        let duration = |otherwise: u32| Duration::from_secs(seconds(otherwise).into());
        match self.fault {
            FaultName::DropRequest => Fault::DropRequest,
            FaultName::DropAnswerAfterEffect => Fault::DropAnswerAfterEffect,
            FaultName::ServerErrorBefore => Fault::ServerErrorBefore,
            FaultName::ServerErrorAfterEffect => Fault::ServerErrorAfterEffect,
            FaultName::RateLimited => {
                Fault::RateLimited { block: SignedDuration::from_secs(seconds(60).into()) }
            }
            FaultName::Slow => Fault::Slow(duration(30)),
            FaultName::Down => self.seconds.map_or(Fault::Down, |seconds| {
                Fault::DownUntil(now + SignedDuration::from_secs(seconds.into()))
            }),
            FaultName::AllowOverlap => Fault::AllowOverlap,
            FaultName::LoseWebhooks => Fault::LoseWebhooks,
            FaultName::DelayWebhooks => Fault::DelayWebhooks { by: duration(60) },
            FaultName::DuplicateWebhooks => Fault::DuplicateWebhooks,
            FaultName::ReorderWebhooks => Fault::ReorderWebhooks,
        }
    }

    fn matching(&self) -> CallMatch {
        let Self { call, path, trigger, .. } = self;
        let call = call.map(CallMatch::Kind);
        let path = path.clone().map(CallMatch::Path);
        call.or(path).or_else(|| trigger.clone().map(CallMatch::Trigger)).unwrap_or_default()
    }

    /// How an order that is still pending is told.
    fn of(ordered: &Ordered, now: Timestamp) -> Self {
        let whole = |duration: Duration| u32::try_from(duration.as_secs()).ok();
        let left = |duration: SignedDuration| u32::try_from(duration.as_secs()).ok();
        let (fault, seconds) = match ordered.fault {
            Fault::DropRequest => (FaultName::DropRequest, None),
            Fault::DropAnswerAfterEffect => (FaultName::DropAnswerAfterEffect, None),
            Fault::ServerErrorBefore => (FaultName::ServerErrorBefore, None),
            Fault::ServerErrorAfterEffect => (FaultName::ServerErrorAfterEffect, None),
            Fault::RateLimited { block } => (FaultName::RateLimited, left(block)),
            Fault::Slow(by) => (FaultName::Slow, whole(by)),
            Fault::Down => (FaultName::Down, None),
            Fault::DownUntil(until) => (FaultName::Down, left(until.duration_since(now))),
            Fault::AllowOverlap => (FaultName::AllowOverlap, None),
            Fault::LoseWebhooks => (FaultName::LoseWebhooks, None),
            Fault::DelayWebhooks { by } => (FaultName::DelayWebhooks, whole(by)),
            Fault::DuplicateWebhooks => (FaultName::DuplicateWebhooks, None),
            Fault::ReorderWebhooks => (FaultName::ReorderWebhooks, None),
        };
        let mut order = Self { fault, seconds, call: None, path: None, trigger: None, times: ordered.times };
        match ordered.matching.clone() {
            CallMatch::Any => {}
            CallMatch::Kind(kind) => order.call = Some(kind),
            CallMatch::Path(path) => order.path = Some(path),
            CallMatch::Trigger(trigger) => order.trigger = Some(trigger),
        }
        order
    }
}

async fn faults(State(sim): State<Sim>) -> Json<Vec<FaultOrder>> {
    let now = sim.now();
    Json(sim.faults().iter().map(|ordered| FaultOrder::of(ordered, now)).collect())
}

async fn order(State(sim): State<Sim>, Json(order): Json<FaultOrder>) -> impl IntoResponse {
    sim.order(order.fault(sim.now()), Some(order.matching()), order.times);
    (StatusCode::CREATED, faults(State(sim)).await)
}

async fn clear(State(sim): State<Sim>) -> Json<Vec<FaultOrder>> {
    sim.clear_faults();
    faults(State(sim)).await
}

async fn bookings(State(sim): State<Sim>) -> Json<Vec<Value>> {
    let state = sim.state();
    Json(state.model.bookings.iter().map(|booking| booking_json(&state.model, booking)).collect())
}

async fn booking(State(sim): State<Sim>, Path(uid): Path<String>) -> Response {
    told(&sim, StatusCode::OK, Ok(uid))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GuestBooks {
    event_type_id: EventTypeId,
    start: Timestamp,
    attendee: Attendee,
    notes: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attendee {
    name: String,
    email: String,
    phone_number: Option<String>,
    time_zone: Option<String>,
}

async fn book(State(sim): State<Sim>, Json(wish): Json<GuestBooks>) -> Response {
    let mut guest = Guest::new(&wish.attendee.name, &wish.attendee.email);
    guest.phone = wish.attendee.phone_number;
    guest.notes = wish.notes;
    if let Some(time_zone) = wish.attendee.time_zone {
        guest.time_zone = time_zone;
    }
    let done = sim.book_as_guest(wish.event_type_id, wish.start, guest).await;
    told(&sim, StatusCode::CREATED, done)
}

#[derive(Deserialize)]
struct Moves {
    start: Timestamp,
    reason: Option<String>,
}

async fn move_booking(State(sim): State<Sim>, Path(uid): Path<String>, Json(wish): Json<Moves>) -> Response {
    let done = sim.move_booking(&uid, wish.start, wish.reason.as_deref()).await;
    told(&sim, StatusCode::CREATED, done)
}

#[derive(Default, Deserialize)]
struct Says {
    reason: Option<String>,
}

async fn cancel(State(sim): State<Sim>, Path(uid): Path<String>, says: Option<Json<Says>>) -> Response {
    let reason = reason(says).unwrap_or_else(|| "Cancelled at Cal.com".to_owned());
    let done = sim.cancel_booking(&uid, &reason).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn confirm(State(sim): State<Sim>, Path(uid): Path<String>) -> Response {
    let done = sim.confirm_booking(&uid).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn decline(State(sim): State<Sim>, Path(uid): Path<String>, says: Option<Json<Says>>) -> Response {
    let done = sim.decline_booking(&uid, reason(says).as_deref()).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

/// `attendee` is an email; without it the host is meant.
#[derive(Deserialize)]
struct Absence {
    attendee: Option<String>,
    absent: bool,
}

async fn mark_absent(
    State(sim): State<Sim>,
    Path(uid): Path<String>,
    Json(absence): Json<Absence>,
) -> Response {
    let done = match &absence.attendee {
        Some(email) => sim.mark_attendee_absent(&uid, email, absence.absent).await,
        None => sim.mark_host_absent(&uid, absence.absent).await,
    };
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoesTo {
    user_id: Option<UserId>,
}

async fn reassign(State(sim): State<Sim>, Path(uid): Path<String>, Json(to): Json<GoesTo>) -> Response {
    let done = sim.reassign_booking(&uid, to.user_id).await;
    told(&sim, StatusCode::OK, done.map(|_| uid))
}

async fn event_types(State(sim): State<Sim>) -> Json<Vec<Value>> {
    let state = sim.state();
    let listed = state.model.event_types.iter().map(|event_type| {
        json!({
            "id": event_type.id,
            "title": event_type.title,
            "slug": event_type.slug,
            "lengthInMinutes": event_type.length_minutes,
            "hidden": event_type.hidden,
            "hosts": event_type.hosts(),
        })
    });
    Json(listed.collect())
}

async fn requests(State(sim): State<Sim>) -> Json<Vec<Value>> {
    let log = sim.requests().into_iter().map(|request| {
        json!({
            "at": request.at,
            "method": request.method.as_str(),
            "path": request.path,
            "status": request.status.map(|status| status.as_u16()),
        })
    });
    Json(log.collect())
}

async fn webhooks(State(sim): State<Sim>) -> Json<Vec<Value>> {
    let line = |record: WebhookRecord| {
        let (fate, status) = match record.fate {
            Fate::Delivered(status) => ("delivered", Some(status)),
            Fate::Unreachable => ("unreachable", None),
            Fate::Lost => ("lost", None),
        };
        let body: Option<Value> = serde_json::from_slice(&record.delivery.body).ok();
        json!({
            "trigger": record.delivery.trigger,
            "url": record.delivery.url,
            "body": body,
            "fate": fate,
            "status": status,
        })
    };
    Json(sim.webhooks().into_iter().map(line).collect())
}

async fn release(State(sim): State<Sim>) -> StatusCode {
    sim.release_webhooks().await;
    StatusCode::NO_CONTENT
}

fn reason(says: Option<Json<Says>>) -> Option<String> {
    says.and_then(|Json(says)| says.reason)
}

/// The booking as it is now, or why nothing was done.
fn told(sim: &Sim, status: StatusCode, done: Result<String, Refusal>) -> Response {
    let found = done.and_then(|uid| {
        let state = sim.state();
        let booking = state.model.booking(&uid).ok_or_else(|| Refusal::booking_not_found(&uid))?;
        Ok(booking_json(&state.model, booking))
    });
    match found {
        Ok(booking) => (status, Json(booking)).into_response(),
        Err(refusal) => (refusal.status(), Json(refusal.body("/sim", sim.now()))).into_response(),
    }
}
