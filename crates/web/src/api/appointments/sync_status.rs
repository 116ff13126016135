//! `GET /api/v1/appointments/{id}/sync-status`: whether this appointment and its booking at Cal.com are
//! known to say the same, and what happens next if not.

use axum::Json;
use axum::extract::{Path, State};
use domain::plan::Reason;
use domain::review::ReviewItem;
use domain::timeline::What;
use domain::{BookingRecord, Case, Field, Next};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::find;
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::time::Clock;
use crate::api::words;
use crate::problem::Problem;
use crate::state::AppState;

/// What is told of work that fails by a mistake of ours.
const FAILING: &str =
    "an error of Einklang's own keeps it from being worked on; it is tried again every minute";

/// How an appointment and Cal.com stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncStatus {
    pub appointment_id: String,
    /// What the comparison with Cal.com says.
    #[schema(schema_with = words::sync_status)]
    pub status: &'static str,
    /// What happens next: `rest` (nothing: both say the same), `look`, `create`, `reschedule`, `cancel`,
    /// `confirm`, `decline`, `reassign`, `mark_absent`, `wait` (another booking comes first), or a person decides: `ask` (changed on both sides), `vanished` (the booking is gone),
    /// `given_up` (refused, or failed for good). `not_connected`: the service is not linked.
    pub plan: &'static str,
    /// Where the appointment came from first.
    #[schema(schema_with = words::origin)]
    pub origin: &'static str,
    /// When the last change was made that had to be brought to the other side.
    #[schema(format = DateTime)]
    pub initiated_at: Option<String>,
    /// Who made it.
    pub initiated_by: Option<Initiator>,
    /// Calls to Cal.com that were made for it.
    pub attempts: usize,
    #[schema(format = DateTime)]
    pub last_attempt_at: Option<String>,
    /// The last call.
    #[schema(example = "att_0199f3a2c5d07c1e9b7a3c5d7e9f1a2b")]
    pub job_id: Option<String>,
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
    /// Each of its bookings: one per segment, and those that others have taken the place of.
    pub bookings: Vec<BookingStatus>,
}

/// Who changed something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Initiator {
    /// The entrance.
    #[schema(schema_with = words::origin)]
    pub origin: &'static str,
    /// The name of the user or the key, or the id of the call.
    pub name: Option<String>,
}

/// How a booking stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingStatus {
    /// Which of the appointment's segments it is of, from 0.
    pub segment: u16,
    /// `current`; `replaced` or `withdrawn`, on its way out; `gone`.
    pub role: &'static str,
    pub connection_id: String,
    /// Cal.com's id.
    pub event_type_id: i64,
    pub calcom_booking_uid: Option<String>,
    /// What happens next with it, as above.
    pub plan: &'static str,
    /// Calls that failed in a row.
    pub failures: u32,
    #[schema(format = DateTime)]
    pub last_attempt_at: Option<String>,
    #[schema(format = DateTime)]
    pub next_try_at: Option<String>,
    #[schema(format = DateTime)]
    pub verified_at: Option<String>,
    /// What Cal.com refused.
    pub error: Option<SyncError>,
    /// Facts on which both sides differ, and that stay so.
    pub accepted_differences: Vec<AcceptedDifference>,
}

/// A difference that stays.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedDifference {
    /// The fact.
    #[schema(value_type = String, example = "notes")]
    pub field: Field,
    /// `cannot_be_carried` (Cal.com has no call for it), `platform_wins`, `cancelled`, `too_late`.
    #[schema(value_type = String, example = "cannot_be_carried")]
    pub why: Reason,
}

/// What stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncError {
    /// The code of the review item, or the class of the last answer; `internal_error` if a mistake of ours stands in the way.
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
    let failures = store.failures_of(company, id).await.map_err(internal)?;
    let clock = Clock::of(&view.appointment.time_zone);
    let booking = view.current();
    let users = store.users(company).await.map_err(internal)?;
    let initiated = history.entries.iter().rev().find(|entry| initiates(&entry.what));
    let open = history.reviews.iter().filter(|review| waits(review));
    let flagged_at = open.map(|review| review.opened_at).min();
    Ok(Json(SyncStatus {
        appointment_id: id.to_string(),
        status: view.appointment.sync.as_str(),
        plan: word(&case.next()),
        origin: view.appointment.origin.as_str(),
        initiated_at: initiated.map(|entry| clock.write(entry.at)),
        initiated_by: initiated.map(|entry| Initiator {
            origin: entry.actor.origin.as_str(),
            name: users
                .iter()
                .find(|user| Some(user.id) == entry.actor.user_id)
                .map(|user| user.name.clone())
                .or_else(|| entry.actor.via.clone()),
        }),
        attempts: history.attempts.len(),
        last_attempt_at: history.attempts.last().map(|attempt| clock.write(attempt.call.started_at)),
        job_id: history.attempts.last().map(|attempt| attempt.call.id.to_string()),
        error: if failures >= store::Work::FAILING {
            Some(SyncError { code: "internal_error", message: FAILING.to_owned() })
        } else {
            error(&view, &history)
        },
        verified_at: booking.and_then(|booking| booking.verified_at).map(|at| clock.write(at)),
        needs_review: flagged_at.is_some(),
        flagged_at: flagged_at.map(|at| clock.write(at)),
        next_try_at: booking.and_then(|booking| booking.next_try_at).map(|at| clock.write(at)),
        calcom_booking_uid: booking.and_then(|booking| booking.uid.as_ref()).map(ToString::to_string),
        calcom_booking_uids: uids.iter().map(ToString::to_string).collect(),
        bookings: case.bookings.iter().map(|record| booking_status(&case, record, &clock)).collect(),
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

pub fn word(next: &Next) -> &'static str {
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

/// Whether something has to be brought to the other side for it.
fn initiates(what: &What) -> bool {
    match what {
        What::Booked { .. }
        | What::Rescheduled { .. }
        | What::Cancelled { .. }
        | What::Confirmed
        | What::NoShow { .. }
        | What::Reassigned { .. }
        | What::Deleted
        | What::Edited { .. }
        | What::CheckedAgain
        | What::Settled { .. }
        | What::Linked { .. }
        | What::TakenBack => true,
        What::Observed { adopted, .. } => !adopted.is_empty(),
        What::Called { .. }
        | What::Replaced
        | What::Doubled { .. }
        | What::Recognised { .. }
        | What::Verified
        | What::ReviewOpened { .. }
        | What::ReviewClosed { .. } => false,
    }
}

fn booking_status(case: &Case, record: &BookingRecord, clock: &Clock) -> BookingStatus {
    let write = |at: Option<Timestamp>| at.map(|at| clock.write(at));
    let refused = record.refused.as_ref();
    let accepted = case.accepted(record).into_iter();
    BookingStatus {
        segment: record.segment,
        role: record.role.as_str(),
        connection_id: record.event_type.connection.to_string(),
        event_type_id: record.event_type.id,
        calcom_booking_uid: record.uid.as_ref().map(ToString::to_string),
        plan: word(&case.next_of(record)),
        failures: record.failures,
        last_attempt_at: write(record.last_attempt_at),
        next_try_at: write(record.next_try_at),
        verified_at: write(record.verified_at),
        error: refused
            .map(|refused| SyncError { code: refused.code.as_str(), message: refused.message.clone() }),
        accepted_differences: accepted
            .map(|accepted| AcceptedDifference { field: accepted.field, why: accepted.why })
            .collect(),
    }
}

/// Whether a person is asked, and has not said that it may stay as it is.
fn waits(review: &ReviewItem) -> bool {
    review.closed_at.is_none() && review.aside.is_none()
}

/// What a person is asked about; else why the last calls failed, while they are still tried again.
fn error(view: &store::AppointmentView, history: &store::History) -> Option<SyncError> {
    if let Some(review) = history.reviews.iter().find(|review| waits(review)) {
        return Some(SyncError { code: review.code.as_str(), message: review.message.clone() });
    }
    view.current().filter(|booking| booking.failures > 0)?;
    let failed = history.attempts.iter().rev().find_map(|attempt| attempt.outcome.as_ref())?;
    let message = failed.message.clone().unwrap_or_default();
    Some(SyncError { code: failed.outcome.as_str(), message })
}
