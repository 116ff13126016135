//! One appointment, one step after another, until its plan has nothing left to do now.
//!
//! A call is written down before it is sent, its outcome in the same transaction as what follows from it.
//! Between the two nothing is locked: whoever changes the appointment meanwhile is not kept waiting, and the
//! outcome is merged with the change.

use domain::case::{Due, Priority, Target};
use domain::decide::{Again, Failure};
use domain::planted::{self, Bug};
use domain::review::ReviewCode;
use domain::{
    AppointmentId, AttemptId, Case, ConnectionId, EventTypeRef, Next, Push, Sighting, SyncStatus, Via,
};
use jiff::{SignedDuration, Timestamp};
use store::{Abort, AttemptOutcome, AttemptWrite, Change, NewAttempt, Subject};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::lane::{Lane, Stop};
use crate::look::{Found, is_of};
use crate::redact::{redacted, redacted_path, without_addresses};
use crate::request::{Answer, Request};
use crate::translate;

/// A plan takes one call, a look and another call at most; more means that it does not converge.
const STEPS: usize = 8;
/// A call is not sent any more this long after it was written down: together with the time-out of a call and
/// the time that a request may linger on its way that is the patience of a look.
pub(crate) const HELD_UP: SignedDuration = SignedDuration::from_secs(30);
/// What the history tells of a call that asked for a booking and got another one.
const ANOTHER_BOOKING: &str = "the attendee has another booking at this time";

/// What a step has left to do now, as far as it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    /// Perhaps something: the appointment has to be read again.
    Perhaps,
    /// Nothing in this lane: so it was concluded, in the transaction of what the step wrote down.
    Nothing,
}

impl More {
    /// After a conclusion.
    fn of(case: &Case, lane: ConnectionId, now: Timestamp) -> Self {
        if case.next_in(lane, now).is_some() { Self::Perhaps } else { Self::Nothing }
    }
}

/// Carries out the plan of an appointment as far as it goes now, in this lane.
pub(crate) async fn advance(lane: &Lane<'_>, id: AppointmentId, priority: Priority) -> Result<(), Stop> {
    for _ in 0..STEPS {
        // What is left stays due.
        if lane.is_stopping() {
            return Ok(());
        }
        let company = lane.lease().company;
        let case = lane.engine.store.case(company, id).await?;
        let now = lane.engine.ambient.now();
        let more = match case.next_in(lane.connection.id, now) {
            Some((number, Next::Look)) => look(lane, &case, number, priority).await?,
            Some((number, Next::Act(push))) => act(lane, &case, number, push, priority).await?,
            _ => return conclude(lane, id, priority).await,
        };
        if more == More::Nothing {
            return Ok(());
        }
    }
    tracing::error!(target: "einklang::sync", appointment = %id, "the plan does not converge");
    Err(Stop::Silent(lane.engine.ambient.now() + crate::pace::LONGEST_PAUSE))
}

/// Writes down that there is nothing to do now.
async fn conclude(lane: &Lane<'_>, id: AppointmentId, priority: Priority) -> Result<(), Stop> {
    let now = lane.engine.ambient.now();
    let lease = lane.lease();
    lane.engine
        .store
        .apply(lease.company, id, Change::in_lane(&lease, now), move |case| {
            case.conclude(priority, now);
            Ok(())
        })
        .await?;
    Ok(())
}

async fn act(
    lane: &Lane<'_>,
    case: &Case,
    number: u16,
    push: Push,
    priority: Priority,
) -> Result<More, Stop> {
    if gives_way(lane, case, number, push, priority).await? {
        return Ok(More::Perhaps);
    }
    lane.take(priority)?;
    lane.hold_for_a_call().await?;
    let id = case.appointment.id;
    let engine = lane.engine;
    let now = engine.ambient.now();
    let attempt = AttemptId(engine.ambient.id());
    let lease = lane.lease();
    let connection = lane.connection.id;
    // The plan is looked at again under the lock: what it wants may have changed since.
    let begun = engine
        .store
        .apply_with(lease.company, id, Change::in_lane(&lease, now), move |case, attempts| {
            // Another booking may go by that number now, on another account, whose lane is not ours.
            let record = case.record(number).filter(|record| record.event_type.connection == connection);
            let planned = record.map(|record| case.next_of(record));
            if planned != Some(Next::Act(push)) {
                return Err(Abort::Because("the plan has changed".to_owned()));
            }
            case.started(number, attempt, push, now);
            case.conclude(priority, now);
            let Some(record) = case.record(number) else {
                return Err(Abort::Because("the booking is not wanted any more".to_owned()));
            };
            let request = Request::of(case, record, push);
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
        Err(store::Error::GivenUp(_)) => return Ok(More::Perhaps),
        begun => match begun?.value {
            Some(request) => request,
            None => return Ok(More::Perhaps),
        },
    };
    // The patience with a call counts from when it was written down: one that was held up meanwhile is not
    // sent, and a look finds that it had no effect.
    if engine.ambient.now().duration_since(now) > HELD_UP && !planted::is(Bug::HeldUpCallSent) {
        return Ok(More::Perhaps);
    }
    let span = tracing::debug_span!(
        target: "einklang::sync", "call", operation = push.as_str(), %attempt, outcome = Empty, status = Empty
    );
    let call = request.send(&lane.client).instrument(span.clone()).await;
    let finished = engine.ambient.now();
    let outcome = outcome(&call, finished);
    span.record("outcome", outcome.outcome.as_str());
    span.record("status", outcome.http_status);
    drop(span);
    tracing::info!(
        target: "einklang::sync", appointment = %id, %attempt, connection = %connection, operation = push.as_str(),
        outcome = outcome.outcome.as_str(), status = outcome.http_status,
        milliseconds = finished.duration_since(now).as_millis(), "call"
    );
    metrics::counter!("einklang_sync_operations_total", "operation" => push.as_str(),
        "outcome" => outcome.outcome.as_str())
    .increment(1);
    metrics::histogram!("einklang_sync_call_duration_seconds", "operation" => push.as_str())
        .record(finished.duration_since(now).as_secs_f64());
    let result = call.result.as_ref().map_err(Clone::clone).cloned();
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let change = Change::in_lane(&lane.lease(), finished);
    let word = outcome.outcome.as_str();
    let applied = engine
        .store
        .apply_with(lease.company, id, change, move |case, attempts| {
            let again = Again { schedule: &retries, jitter };
            let mut outcome = outcome.clone();
            match &result {
                // For some event types Cal.com answers with the booking that the attendee has already at
                // that time (recordings 255, 277): that one is not ours to take.
                Ok(Answer::Booking(booking)) if push == Push::Create && !is_of(case, number, booking) => {
                    let refusal = Failure::Refused(ReviewCode::SlotTaken);
                    outcome.message = Some(ANOTHER_BOOKING.to_owned());
                    case.call_failed(number, attempt, &refusal, "", again, finished);
                }
                Ok(Answer::Booking(booking)) => {
                    let sighting = translate::sighting(booking, connection, Via::Answer, finished);
                    case.answered(number, attempt, &sighting, finished);
                }
                Ok(Answer::Accepted) => case.accepted_blindly(number, attempt, finished),
                Err(error) => {
                    let message = message(error);
                    let failure = translate::failure(error, Some(push));
                    case.call_failed(number, attempt, &failure, &message, again, finished);
                }
            }
            case.conclude(priority, finished);
            let outcome = with_next_try(&outcome, case, number);
            let is_tried_again = result.is_err() && outcome.next_try_at.is_some();
            attempts.push(AttemptWrite::Finish(attempt, outcome));
            Ok((is_tried_again, More::of(case, connection, finished)))
        })
        .await?;
    let (is_tried_again, more) = applied.value.unwrap_or((false, More::Perhaps));
    if is_tried_again {
        tried_again(word);
    }
    if applied.appointment.sync == SyncStatus::Synced {
        let lag = finished.duration_since(applied.appointment.updated_at);
        metrics::histogram!("einklang_sync_lag_seconds").record(lag.as_secs_f64().max(0.0));
    }
    engine.signals.changed(lease.company, Some(id));
    lane.learn(&call).await?;
    Ok(more)
}

async fn look(lane: &Lane<'_>, case: &Case, number: u16, priority: Priority) -> Result<More, Stop> {
    let engine = lane.engine;
    let started = engine.ambient.now();
    lane.hold_for_a_call().await?;
    let (found, call) = crate::look::find(lane, case, number, priority).await?;
    // Whoever sent the calls in doubt does not wait for their answers any more: one operation at a time.
    let in_doubt: Vec<_> = case.record(number).map_or(Vec::new(), |record| {
        record.doubts.iter().filter(|call| !call.looked).map(|call| call.attempt).collect()
    });
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
    let (word, failed) = (outcome.outcome.as_str(), call.result.is_err());
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let connection = lane.connection.id;
    let looked = engine
        .store
        .apply_with(lease.company, id, Change::in_lane(&lease, now), move |case, attempts| {
            let stood = stands(case);
            match &found {
                Found::Booking { sighting, more, links } => {
                    case.names.extend(links.iter().map(|uid| (number, uid.clone())));
                    case.sighted(number, sighting, now);
                    for extra in more {
                        find_extra(case, number, connection, extra, now);
                    }
                }
                Found::Nothing => case.absent(number, started),
                Found::Unclear(error, passed) => {
                    if let Some(passed) = passed {
                        case.passed(number, &passed.links, &passed.next);
                    }
                    let message = message(error);
                    let again = Again { schedule: &retries, jitter };
                    case.look_failed(number, &translate::failure(error, None), &message, again, now);
                }
            }
            case.conclude(priority, now);
            for doubtful in &in_doubt {
                attempts.push(AttemptWrite::Lose(*doubtful, now));
            }
            attempts.push(AttemptWrite::Start(start.clone()));
            let outcome = with_next_try(&outcome, case, number);
            let is_tried_again = failed && outcome.next_try_at.is_some();
            attempts.push(AttemptWrite::Finish(attempt, outcome));
            Ok((stood && !stands(case), is_tried_again, More::of(case, connection, now)))
        })
        .await?;
    let (lost, is_tried_again, more) = looked.value.unwrap_or((false, false, More::Perhaps));
    if is_tried_again {
        tried_again(word);
    }
    engine.signals.changed(lease.company, Some(id));
    lane.learn(&call).await?;
    if lost {
        lane.lost().await?;
    }
    Ok(more)
}

/// A call or a look is to be made once more, because of what came of it.
pub(crate) fn tried_again(outcome: &'static str) {
    metrics::counter!("einklang_sync_retries_total", "outcome" => outcome).increment(1);
}

/// Whether the appointment takes place, as far as anybody knows.
fn stands(case: &Case) -> bool {
    case.appointment.status.is_active() && case.appointment.sync != SyncStatus::OrphanedLocal
}

fn find_extra(case: &mut Case, number: u16, connection: ConnectionId, extra: &Sighting, now: Timestamp) {
    let Some(record) = case.record(number) else { return };
    let event_type = extra.facts.event_type.unwrap_or(EventTypeRef { connection, ..record.event_type });
    let target = Target { event_type, host: extra.facts.host };
    case.found(record.segment, target, None, extra, now);
}

/// What a call needs may be about to come. Its time is taken up by a booking of ours that is about to go: a customer
/// has cancelled, and the next caller got the time at once. Its event type is about to become as long as it is.
/// Then that comes first, and this is tried again soon; but not for ever, because two appointments that change
/// places wait for each other. Says whether to wait.
async fn gives_way(
    lane: &Lane<'_>,
    case: &Case,
    number: u16,
    push: Push,
    priority: Priority,
) -> Result<bool, Stop> {
    let (Push::Create | Push::Reschedule, Some(record)) = (push, case.record(number)) else {
        return Ok(false);
    };
    let (engine, lease, id) = (lane.engine, lane.lease(), case.appointment.id);
    let slot = case.snapshots(record).local.slot;
    let service = (push == Push::Create).then_some(case.appointment.service_id);
    let mut first = Vec::new();
    for subject in engine.store.may_come_first(&lease, id, slot, service).await? {
        let comes_first = match &subject {
            Subject::Service(service) => engine
                .store
                .service_case(lease.company, *service)
                .await?
                .is_to_take(slot.minutes(), record.event_type),
            _ => true,
        };
        first.extend(comes_first.then_some(subject));
    }
    if first.is_empty() {
        return Ok(false);
    }
    let now = engine.ambient.now();
    for subject in first {
        engine.store.mark(lease.company, lease.connection, subject, Due { at: now, priority }).await?;
    }
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let waits = engine
        .store
        .apply(lease.company, id, Change::in_lane(&lease, now), move |case| {
            let waits = case.give_way(number, Again { schedule: &retries, jitter }, now);
            case.conclude(priority, now);
            Ok(waits)
        })
        .await?;
    Ok(waits.value.unwrap_or(false))
}

/// What the history keeps of a call.
fn outcome<T>(call: &calcom::Call<T>, finished_at: Timestamp) -> AttemptOutcome {
    let exchange = &call.exchange;
    AttemptOutcome {
        outcome: call.result.as_ref().map_or_else(translate::outcome, |_| store::Outcome::Ok),
        http_status: exchange.status,
        response: exchange.response.as_ref().map(redacted),
        message: call.result.as_ref().err().map(message),
        finished_at,
        next_try_at: None,
    }
}

/// What Cal.com said, in its own words; in ours where it said nothing.
pub(crate) fn message(error: &calcom::Error) -> String {
    without_addresses(&error.words().unwrap_or_else(|| error.to_string()))
}

/// The outcome with the time of the next try, which follows from it.
fn with_next_try(outcome: &AttemptOutcome, case: &Case, number: u16) -> AttemptOutcome {
    let next_try_at = case.record(number).and_then(|record| record.next_try_at);
    AttemptOutcome { next_try_at, ..outcome.clone() }
}
