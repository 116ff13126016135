//! Levers for scripts and browser tests: faults to order, what people do at Cal.com, and the logs. JSON in,
//! JSON out; bookings look as in version 2024-08-13 of the API.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault_order::FaultOrder;
use crate::Sim;
use crate::deliveries::{Fate, WebhookRecord};
use crate::errors::Refusal;
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
        .route("/bookings/{uid}/move-as-guest", post(move_as_guest))
        .route("/bookings/{uid}/request-reschedule", post(request_reschedule))
        .route("/bookings/{uid}/cancel", post(cancel))
        .route("/bookings/{uid}/cancel-as-guest", post(cancel_as_guest))
        .route("/bookings/{uid}/cancel-series", post(cancel_series))
        .route("/bookings/{uid}/seats/{seat}/cancel", post(cancel_seat))
        .route("/bookings/{uid}/meeting-started", post(meeting_started))
        .route("/bookings/{uid}/meeting-ended", post(meeting_ended))
        .route("/bookings/{uid}/confirm", post(confirm))
        .route("/bookings/{uid}/decline", post(decline))
        .route("/bookings/{uid}/mark-absent", post(mark_absent))
        .route("/bookings/{uid}/reassign", post(reassign))
        .route("/event-types", get(event_types))
        .route("/event-types/{id}", delete(delete_event_type).patch(change_event_type))
        .route("/requests", get(requests))
        .route("/webhooks", get(webhooks))
        .route("/webhooks/release", post(release))
        .route("/state", get(snapshot).put(restore))
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

async fn move_as_guest(State(sim): State<Sim>, Path(uid): Path<String>, Json(wish): Json<Moves>) -> Response {
    let done = sim.move_as_guest(&uid, wish.start).await;
    told(&sim, StatusCode::CREATED, done)
}

async fn request_reschedule(
    State(sim): State<Sim>,
    Path(uid): Path<String>,
    says: Option<Json<Says>>,
) -> Response {
    let reason = reason(says).unwrap_or_else(|| "Another time, please".to_owned());
    let done = sim.request_reschedule(&uid, &reason).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn cancel_as_guest(
    State(sim): State<Sim>,
    Path(uid): Path<String>,
    says: Option<Json<Says>>,
) -> Response {
    let done = sim.cancel_as_guest(&uid, reason(says).as_deref()).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn cancel_series(
    State(sim): State<Sim>,
    Path(uid): Path<String>,
    says: Option<Json<Says>>,
) -> Response {
    let done = sim.cancel_series_as_guest(&uid, reason(says).as_deref()).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn cancel_seat(State(sim): State<Sim>, Path((uid, seat)): Path<(String, String)>) -> Response {
    let done = sim.cancel_seat(&uid, &seat).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn meeting_started(State(sim): State<Sim>, Path(uid): Path<String>) -> Response {
    let done = sim.tell_meeting_started(&uid).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

async fn meeting_ended(State(sim): State<Sim>, Path(uid): Path<String>) -> Response {
    let done = sim.tell_meeting_ended(&uid).await;
    told(&sim, StatusCode::OK, done.map(|()| uid))
}

/// Its bookings stay.
async fn delete_event_type(State(sim): State<Sim>, Path(id): Path<EventTypeId>) -> StatusCode {
    sim.delete_event_type(id);
    StatusCode::NO_CONTENT
}

/// The settings of an event type by their names in the API, such as `confirmationPolicy`.
async fn change_event_type(
    State(sim): State<Sim>,
    Path(id): Path<EventTypeId>,
    Json(settings): Json<serde_json::Map<String, Value>>,
) -> StatusCode {
    for (setting, value) in settings {
        sim.change_event_type(id, &setting, value);
    }
    StatusCode::NO_CONTENT
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

/// Whatever is held back or under way arrives now.
async fn release(State(sim): State<Sim>) -> StatusCode {
    sim.release_webhooks().await;
    sim.arrive_all().await;
    StatusCode::NO_CONTENT
}

/// The whole world; keys and secrets are in it.
async fn snapshot(State(sim): State<Sim>) -> Json<Value> {
    Json(sim.snapshot())
}

async fn restore(State(sim): State<Sim>, Json(snapshot): Json<Value>) -> Response {
    match sim.restore(snapshot) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
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
