//! One service on one account, one step after another, until its plan has nothing left to do there now.
//!
//! As with appointments a call is written down before it is sent, and its outcome in the same transaction as what
//! follows from it.

use domain::appointment::Actor;
use domain::case::Priority;
use domain::catalogue::{EventTypeNext, EventTypePush, ServiceCase, ServiceWhat, Setting};
use domain::decide::Again;
use domain::{AttemptId, LinkId, Origin, ServiceId};
use jiff::SignedDuration;
use store::{Abort, Change};

use super::kept::Kept;
use super::look::{Found, find};
use super::translate;
use crate::lane::{Lane, Stop};
use crate::operation::{HELD_UP, message, tried_again};

/// A plan takes a look, a call and another look at most; more means that it does not converge.
const STEPS: usize = 12;

/// Carries out the plan of a service as far as it goes now, in this lane.
pub(crate) async fn advance(lane: &Lane<'_>, id: ServiceId, priority: Priority) -> Result<(), Stop> {
    for _ in 0..STEPS {
        // What is left stays due.
        if lane.is_stopping() {
            return Ok(());
        }
        let case = lane.engine.store.service_case(lane.lease().company, id).await?;
        let now = lane.engine.ambient.now();
        match case.next_in(lane.connection.id, now) {
            Some((record, EventTypeNext::Look)) => look(lane, &case, record, priority).await?,
            Some((record, EventTypeNext::Act(push))) => act(lane, &case, record, push, priority).await?,
            _ => {
                change(lane, id, move |case| {
                    case.conclude(priority, now);
                    Ok(())
                })
                .await?;
                return Ok(());
            }
        }
    }
    tracing::error!(target: "einklang::sync", service = %id, "the plan does not converge");
    Err(Stop::Silent(lane.engine.ambient.now() + crate::pace::LONGEST_PAUSE))
}

/// Changes a service in the lane; whoever looks at it is told, and what can be booked from now on is.
pub(crate) async fn change<R: Send + 'static>(
    lane: &Lane<'_>,
    id: ServiceId,
    f: impl Fn(&mut ServiceCase) -> Result<R, Abort> + Clone + Send + Sync + 'static,
) -> Result<R, store::Error> {
    let (engine, lease) = (lane.engine, lane.lease());
    let how = Change::in_lane(&lease, engine.ambient.now());
    let changed = engine.store.change_service(lease.company, id, how, f).await?;
    super::lost::warn(&changed.case, &changed.entries);
    engine.signals.changed(lease.company, None);
    let others = changed.marked.iter().copied().filter(|marked| *marked != lease.connection);
    engine.signals.wake_lanes(&others.collect::<Vec<_>>());
    Ok(changed.value)
}

async fn look(lane: &Lane<'_>, case: &ServiceCase, id: LinkId, priority: Priority) -> Result<(), Stop> {
    let engine = lane.engine;
    let started = engine.ambient.now();
    lane.hold_for_a_call().await?;
    let (found, call) = find(lane, case, id, priority).await?;
    let now = engine.ambient.now();
    let told = told("look", Vec::new(), &call, now.duration_since(started));
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let (tied, lost, kept) = change(lane, case.service.id, move |case| {
        let (before, known) = match case.record(id) {
            Some(record) => (record.event_type_id, record.divergences.clone()),
            None => (None, Vec::new()),
        };
        let was_active = case.service.active;
        match &found {
            Found::EventType(seen) => case.sighted(id, seen, now),
            Found::Nothing => case.absent(id, started),
            Found::AnothersSlug => case.slug_taken(id, now),
            Found::Unclear(error) => {
                let again = Again { schedule: &retries, jitter };
                let failure = translate::failure(error, None);
                case.look_failed(id, &failure, &message(error), again, now);
            }
        }
        if matches!(found, Found::Unclear(_)) {
            case.tell_of(id, now, &Actor::of(Origin::System), told.clone());
        }
        case.conclude(priority, now);
        let tied = before != case.record(id).and_then(|record| record.event_type_id);
        Ok((tied, was_active && !case.service.active, Kept::of(case, id, &known)))
    })
    .await?;
    let (service, connection) = (case.service.id, lane.connection.id);
    if let Some(kept) = kept {
        kept.warn(service, connection);
    }
    if tied {
        tie(lane, service, id).await?;
    }
    lane.learn(&call).await?;
    if lost { lane.lost().await } else { Ok(()) }
}

async fn act(
    lane: &Lane<'_>,
    case: &ServiceCase,
    id: LinkId,
    push: EventTypePush,
    priority: Priority,
) -> Result<(), Stop> {
    lane.take(priority)?;
    lane.hold_for_a_call().await?;
    let engine = lane.engine;
    let service = case.service.id;
    let now = engine.ambient.now();
    let attempt = AttemptId(engine.ambient.id());
    let planned = push.clone();
    // The plan is looked at again under the lock: what it wants may have changed since.
    let begun = change(lane, service, move |case| {
        if case.record(id).map(|record| case.next_of(record)) != Some(EventTypeNext::Act(planned.clone())) {
            return Err(Abort::Because("the plan has changed".to_owned()));
        }
        case.started(id, attempt, planned.clone(), now);
        case.conclude(priority, now);
        case.record(id).cloned().ok_or_else(|| Abort::Because("it is not wanted any more".to_owned()))
    })
    .await;
    let record = match begun {
        Err(store::Error::GivenUp(_)) => return Ok(()),
        begun => begun?,
    };
    if engine.ambient.now().duration_since(now) > HELD_UP {
        return Ok(());
    }
    let Some(wanted) =
        record.doubts.iter().find(|call| call.attempt == attempt).map(|call| call.wanted.clone())
    else {
        return Ok(());
    };
    let event_type = calcom::EventTypeId(record.event_type_id.unwrap_or_default());
    let call = match &push {
        EventTypePush::Create => some(lane.client.create_event_type(&translate::creation(&wanted)).await),
        EventTypePush::Update(settings) => {
            let patch = translate::patch(settings, &wanted, record.sighting());
            some(lane.client.update_event_type(event_type, &patch).await)
        }
        EventTypePush::Delete => none(lane.client.delete_event_type(event_type).await),
    };
    let finished = engine.ambient.now();
    let settings = if let EventTypePush::Update(settings) = &push { settings.clone() } else { Vec::new() };
    let told = told(push.as_str(), settings, &call, finished.duration_since(now));
    tracing::info!(
        target: "einklang::sync", service = %service, %attempt, connection = %lane.connection.id,
        operation = push.as_str(), status = call.exchange.status, "event type call"
    );
    let result = call.result.as_ref().map_err(Clone::clone).cloned();
    let retries = engine.settings.retries.clone();
    let jitter = engine.ambient.jitter();
    let failed = result.as_ref().err().map(|error| crate::translate::outcome(error).as_str());
    let (tied, is_tried_again) = change(lane, service, move |case| {
        let before = case.record(id).and_then(|record| record.event_type_id);
        case.tell_of(id, finished, &Actor::of(Origin::System), told.clone());
        match &result {
            Ok(Some(event_type)) => {
                case.answered(id, attempt, &translate::sighting(event_type, finished), finished);
            }
            Ok(None) => case.deleted(id, attempt, finished),
            // What is gone already is as good as deleted.
            Err(calcom::Error::NotFound { .. }) if push == EventTypePush::Delete => {
                case.deleted(id, attempt, finished);
            }
            Err(error) => {
                let again = Again { schedule: &retries, jitter };
                let failure = translate::failure(error, Some(&push));
                case.call_failed(id, attempt, &failure, &message(error), again, finished);
            }
        }
        case.conclude(priority, finished);
        let record = case.record(id);
        let is_tried_again = record.is_some_and(|record| record.next_try_at.is_some());
        Ok((before != record.and_then(|record| record.event_type_id), is_tried_again))
    })
    .await?;
    if let Some(outcome) = failed.filter(|_| is_tried_again) {
        tried_again(outcome);
    }
    if tied {
        tie(lane, service, id).await?;
    }
    lane.learn(&call).await
}

/// Appointments ahead that were made before there was an event type are booked on it now.
async fn tie(lane: &Lane<'_>, service: ServiceId, id: LinkId) -> Result<(), Stop> {
    let company = lane.lease().company;
    let case = lane.engine.store.service_case(company, service).await?;
    if !case.current().any(|record| record.id == id) {
        return Ok(());
    }
    let links = lane.engine.store.links(company).await?;
    if let Some(link) = links.iter().find(|link| link.id == id && link.service_id == service) {
        crate::connect::tie(lane.engine, company, link).await?;
    }
    Ok(())
}

fn some(call: calcom::Call<calcom::EventType>) -> calcom::Call<Option<calcom::EventType>> {
    calcom::Call { result: call.result.map(Some), limits: call.limits, exchange: call.exchange }
}

fn none(call: calcom::Call<()>) -> calcom::Call<Option<calcom::EventType>> {
    calcom::Call { result: call.result.map(|()| None), limits: call.limits, exchange: call.exchange }
}

/// What the history tells of a call.
fn told<T>(
    operation: &str,
    settings: Vec<Setting>,
    call: &calcom::Call<T>,
    took: SignedDuration,
) -> ServiceWhat {
    let outcome = call.result.as_ref().map_or_else(crate::translate::outcome, |_| store::Outcome::Ok);
    ServiceWhat::Called {
        operation: operation.to_owned(),
        settings,
        outcome: outcome.as_str().to_owned(),
        http_status: call.exchange.status,
        milliseconds: u64::try_from(took.as_millis()).unwrap_or(0),
        message: call.result.as_ref().err().map(message),
    }
}
