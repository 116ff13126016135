//! One appointment, one step after another, until its plan has nothing left to do now.
//!
//! A call is written down before it is sent, its outcome in the same transaction as what follows from it.
//! Between the two nothing is locked: whoever changes the appointment meanwhile is not kept waiting, and the
//! outcome is merged with the change.

use domain::case::Priority;
use domain::decide::Failure;
use domain::review::ReviewCode;
use domain::{AppointmentId, AttemptId, Case, Next, Push, Via};
use store::{Abort, AttemptOutcome, AttemptWrite, Change, NewAttempt};

use crate::lane::{Lane, Stop};
use crate::look::Found;
use crate::redact::{redacted, redacted_path, without_addresses};
use crate::request::Request;
use crate::translate;

/// A plan takes one call, a look and another call at most; more means that it does not converge.
const STEPS: usize = 8;
/// What a person is told when a booking was asked for and another one came back.
const ANOTHER_BOOKING: &str = "the attendee has another booking at this time";

/// Carries out the plan of an appointment as far as it goes now.
pub(crate) async fn advance(lane: &Lane<'_>, id: AppointmentId, priority: Priority) -> Result<(), Stop> {
    for _ in 0..STEPS {
        let company = lane.lease().company;
        let case = lane.engine.store.case(company, id).await?;
        let now = lane.engine.ambient.now();
        if case.booking.as_ref().and_then(|booking| booking.next_try_at).is_some_and(|at| at > now) {
            return conclude(lane, id, priority).await;
        }
        match case.next() {
            Next::Look => look(lane, &case, priority).await?,
            Next::Act(push) => act(lane, id, push, priority).await?,
            Next::NotConnected | Next::Rest | Next::Ask(_) | Next::Vanished | Next::GivenUp(_) => {
                return conclude(lane, id, priority).await;
            }
        }
    }
    tracing::error!(target: "einklang::sync", appointment = %id, "the plan does not converge");
    Err(Stop::Silent(lane.engine.ambient.now() + crate::pace::LONGEST_PAUSE))
}

/// Writes down that there is nothing to do now.
async fn conclude(lane: &Lane<'_>, id: AppointmentId, priority: Priority) -> Result<(), Stop> {
    let now = lane.engine.ambient.now();
    let lease = lane.lease();
    let change = Change::in_lane(&lease, None, now);
    lane.engine
        .store
        .apply(lease.company, id, change, move |case| {
            case.conclude(priority, now);
            Ok(())
        })
        .await?;
    Ok(())
}

async fn act(lane: &Lane<'_>, id: AppointmentId, push: Push, priority: Priority) -> Result<(), Stop> {
    lane.take(priority)?;
    let engine = lane.engine;
    let now = engine.ambient.now();
    let attempt = AttemptId(engine.ambient.id());
    let lease = lane.lease();
    let change = Change::in_lane(&lease, None, now);
    let connection = lane.connection.id;
    // The plan is looked at again under the lock: what it wants may have changed since.
    let begun = engine
        .store
        .apply_with(lease.company, id, change, move |case, attempts| {
            if case.next() != Next::Act(push) {
                return Err(Abort::Because("the plan has changed".to_owned()));
            }
            case.started(attempt, push, now);
            case.conclude(priority, now);
            let request = Request::of(case, push);
            attempts.push(AttemptWrite::Start(NewAttempt {
                id: attempt,
                connection_id: connection,
                kind: push.as_str().to_owned(),
                path: request.path(),
                request: request.redacted(),
                started_at: now,
            }));
            Ok(request)
        })
        .await;
    let request = match begun {
        Err(store::Error::GivenUp(_)) => return Ok(()),
        begun => match begun?.value {
            Some(request) => request,
            None => return Ok(()),
        },
    };
    let call = request.send(&lane.client).await;
    let finished = engine.ambient.now();
    let outcome = outcome(&call, finished);
    tracing::info!(
        target: "einklang::sync", appointment = %id, operation = push.as_str(), outcome = outcome.outcome.as_str(),
        status = outcome.http_status, milliseconds = finished.duration_since(now).as_millis(), "call"
    );
    metrics::counter!("einklang_sync_operations_total", "operation" => push.as_str(),
        "outcome" => outcome.outcome.as_str())
    .increment(1);
    let result = call.result.as_ref().map_err(Clone::clone).cloned();
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let change = Change::in_lane(&lease, None, finished);
    engine
        .store
        .apply_with(lease.company, id, change, move |case, attempts| {
            match &result {
                // For some event types Cal.com answers with the booking that the attendee has already at
                // that time (recordings 255, 277): that one is not ours to take.
                Ok(booking) if push == Push::Create && !crate::look::is_of(booking, id) => {
                    let refusal = Failure::Refused(ReviewCode::SlotTaken);
                    case.call_failed(&refusal, ANOTHER_BOOKING, &retries, jitter, finished);
                }
                Ok(booking) => {
                    case.sighted(&translate::sighting(booking, connection, Via::Answer, finished), finished);
                }
                Err(error) => {
                    let message = without_addresses(&error.to_string());
                    case.call_failed(&translate::failure(error), &message, &retries, jitter, finished);
                }
            }
            case.conclude(priority, finished);
            attempts.push(AttemptWrite::Finish(attempt, with_next_try(&outcome, case)));
            Ok(())
        })
        .await?;
    engine.signals.changed(lease.company, Some(id));
    lane.learn(&call).await
}

async fn look(lane: &Lane<'_>, case: &Case, priority: Priority) -> Result<(), Stop> {
    let engine = lane.engine;
    let started = engine.ambient.now();
    let (found, call) = crate::look::find(lane, case, priority).await?;
    // Whoever sent the call in doubt does not wait for its answer any more: one operation at a time.
    let in_doubt =
        case.booking.as_ref().and_then(|booking| booking.in_doubt.as_ref()).map(|call| call.attempt);
    let now = engine.ambient.now();
    let id = case.appointment.id;
    let attempt = AttemptId(engine.ambient.id());
    let lease = lane.lease();
    let start = NewAttempt {
        id: attempt,
        connection_id: lane.connection.id,
        kind: "look".to_owned(),
        path: format!("{} {}", call.exchange.method, redacted_path(&call.exchange.path)),
        request: serde_json::Value::Null,
        started_at: started,
    };
    let outcome = outcome(&call, now);
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let change = Change::in_lane(&lease, None, now);
    engine
        .store
        .apply_with(lease.company, id, change, move |case, attempts| {
            match &found {
                Found::Booking(sighting) => case.sighted(sighting, now),
                Found::Nothing => case.absent(now),
                Found::Unclear(error) => {
                    let message = without_addresses(&error.to_string());
                    case.look_failed(&translate::failure(error), &message, &retries, jitter, now);
                }
            }
            case.conclude(priority, now);
            if let Some(doubtful) = in_doubt {
                attempts.push(AttemptWrite::Lose(doubtful, now));
            }
            attempts.push(AttemptWrite::Start(start.clone()));
            attempts.push(AttemptWrite::Finish(attempt, with_next_try(&outcome, case)));
            Ok(())
        })
        .await?;
    engine.signals.changed(lease.company, Some(id));
    lane.learn(&call).await
}

/// What the history keeps of a call.
fn outcome<T>(call: &calcom::Call<T>, finished_at: jiff::Timestamp) -> AttemptOutcome {
    let exchange = &call.exchange;
    AttemptOutcome {
        outcome: call.result.as_ref().map_or_else(translate::outcome, |_| store::Outcome::Ok),
        http_status: exchange.status,
        response: exchange.response.as_ref().map(redacted),
        message: call.result.as_ref().err().map(|error| without_addresses(&error.to_string())),
        finished_at,
        next_try_at: None,
    }
}

/// The outcome with the time of the next try, which follows from it.
fn with_next_try(outcome: &AttemptOutcome, case: &Case) -> AttemptOutcome {
    let next_try_at = case.booking.as_ref().and_then(|booking| booking.next_try_at);
    AttemptOutcome { next_try_at, ..outcome.clone() }
}
