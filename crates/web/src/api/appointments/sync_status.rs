//! `GET /api/v1/appointments/{id}/sync-status`: whether this appointment and its booking at Cal.com are
//! known to say the same, and what happens next if not.

use axum::Json;
use axum::extract::{Path, State};
use domain::Next;
use serde::Serialize;
use utoipa::ToSchema;

use super::find;
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::time::Clock;
use crate::api::words;
use crate::problem::Problem;
use crate::state::AppState;

/// How an appointment and Cal.com stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncStatus {
    pub appointment_id: String,
    /// What the comparison with Cal.com says.
    #[schema(schema_with = words::sync_status)]
    pub status: &'static str,
    /// What happens next: `rest` (nothing: both say the same), `look`, `create`, `reschedule`, `cancel`,
    /// `confirm`, or a person decides: `ask` (changed on both sides), `vanished` (the booking is gone),
    /// `given_up` (refused, or failed for good). `not_connected`: the service is not linked.
    pub plan: &'static str,
    /// Where the appointment came from first.
    #[schema(schema_with = words::origin)]
    pub origin: &'static str,
    /// Calls to Cal.com that were made for it.
    pub attempts: usize,
    #[schema(format = DateTime)]
    pub last_attempt_at: Option<String>,
    /// What stands in the way.
    pub error: Option<SyncError>,
    /// When both sides were last read to be the same.
    #[schema(format = DateTime)]
    pub verified_at: Option<String>,
    /// Whether a person is asked.
    pub needs_review: bool,
    /// Since when a person is asked.
    #[schema(format = DateTime)]
    pub flagged_at: Option<String>,
    #[schema(format = DateTime)]
    pub next_try_at: Option<String>,
    /// Cal.com's name of the booking.
    pub calcom_booking_uid: Option<String>,
    /// Every name that it had there: a move gives it a new one.
    pub calcom_booking_uids: Vec<String>,
}

/// What stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncError {
    /// The code of the review item, or the class of the last answer.
    pub code: &'static str,
    /// What Cal.com or the network said.
    pub message: String,
}

/// Ask whether an appointment and Cal.com agree
#[utoipa::path(
    get,
    path = "/api/v1/appointments/{id}/sync-status",
    operation_id = "read_sync_status",
    tag = "appointments",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = SyncStatus, description = "What is known.")),
)]
pub async fn sync_status(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<SyncStatus>, Problem> {
    let company = caller.company();
    let view = find(&state, company, &id).await?;
    let store = &state.engine.store;
    let (id, internal) = (view.appointment.id, |error: store::Error| Problem::internal(&error));
    let case = store.case(company, id).await.map_err(internal)?;
    let history = store.history(company, id).await.map_err(internal)?;
    let uids = store.booking_uids(company, id).await.map_err(internal)?;
    let clock = Clock::of(&view.appointment.time_zone);
    let booking = view.current();
    let open = history.reviews.iter().filter(|review| review.closed_at.is_none());
    let flagged_at = open.map(|review| review.opened_at).min();
    Ok(Json(SyncStatus {
        appointment_id: id.to_string(),
        status: view.appointment.sync.as_str(),
        plan: word(&case.next()),
        origin: view.appointment.origin.as_str(),
        attempts: history.attempts.len(),
        last_attempt_at: history.attempts.last().map(|attempt| clock.write(attempt.call.started_at)),
        error: error(&view, &history),
        verified_at: booking.and_then(|booking| booking.verified_at).map(|at| clock.write(at)),
        needs_review: flagged_at.is_some(),
        flagged_at: flagged_at.map(|at| clock.write(at)),
        next_try_at: booking.and_then(|booking| booking.next_try_at).map(|at| clock.write(at)),
        calcom_booking_uid: booking.and_then(|booking| booking.uid.as_ref()).map(ToString::to_string),
        calcom_booking_uids: uids.iter().map(ToString::to_string).collect(),
    }))
}

/// Ask whether an appointment and Cal.com agree, at the address of earlier documents
#[utoipa::path(
    get,
    path = "/api/appointments/{id}/sync-status",
    operation_id = "read_sync_status_at_its_old_address",
    tag = "appointments",
    security(("api_key" = ["appointments:read"])),
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = SyncStatus, description = "What is known.")),
)]
pub async fn sync_status_at_its_old_address(
    caller: ApiCaller<AppointmentsRead>,
    state: State<AppState>,
    id: Path<String>,
) -> Result<Json<SyncStatus>, Problem> {
    sync_status(caller, state, id).await
}

fn word(next: &Next) -> &'static str {
    match next {
        Next::NotConnected => "not_connected",
        Next::Rest => "rest",
        Next::Look => "look",
        Next::Act(push) => push.as_str(),
        Next::Wait => "wait",
        Next::Ask(_) => "ask",
        Next::Vanished => "vanished",
        Next::GivenUp(_) => "given_up",
    }
}

/// What a person is asked about; else why the last calls failed, while they are still tried again.
fn error(view: &store::AppointmentView, history: &store::History) -> Option<SyncError> {
    if let Some(review) = history.reviews.iter().find(|review| review.closed_at.is_none()) {
        return Some(SyncError { code: review.code.as_str(), message: review.message.clone() });
    }
    view.current().filter(|booking| booking.failures > 0)?;
    let failed = history.attempts.iter().rev().find_map(|attempt| attempt.outcome.as_ref())?;
    let message = failed.message.clone().unwrap_or_default();
    Some(SyncError { code: failed.outcome.as_str(), message })
}
