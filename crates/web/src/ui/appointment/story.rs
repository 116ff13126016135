//! The story of one appointment: what the store kept of its history, of calls and of webhooks, in one order.

use std::{cmp::Reverse, collections::HashMap};

use axum::http::StatusCode;
use domain::{
    AppointmentId, CompanyId, ConnectionId, Push, ServiceId, StaffId, UserId,
    timeline::{Entry, What},
};
use serde_json::Value;
use store::History;

use crate::{
    i18n::Translator,
    pages::{Attempt, Delivery, Effect, Exchange, Given, Happening, Outcome, TimelineEntry},
    state::AppState,
    ui::{failure::Failure, review::deed_row},
};

/// Newest first.
pub async fn tell(
    state: &AppState,
    company: CompanyId,
    id: AppointmentId,
    t: &Translator,
) -> Result<Vec<TimelineEntry>, Failure> {
    let store = &state.engine.store;
    let History { entries, attempts, deliveries, .. } = store.history(company, id).await?;
    let users: HashMap<UserId, String> =
        store.users(company).await?.into_iter().map(|user| (user.id, user.name)).collect();
    let connections: HashMap<ConnectionId, String> =
        store.connections(company).await?.into_iter().map(|one| (one.id, one.name)).collect();

    let staff: HashMap<StaffId, String> =
        store.staff(company).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let services: HashMap<ServiceId, String> =
        store.services(company).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let given = |what: &What| match what {
        What::Reassigned { from, to, from_service, to_service } => {
            let person = |id| staff.get(id).cloned().unwrap_or_default();
            let service = |id| services.get(id).cloned().unwrap_or_default();
            Some(Given {
                staff: (person(from), person(to)),
                service: (service(from_service), service(to_service)),
            })
        }
        _ => None,
    };

    let entries = entries.into_iter().map(|entry| {
        let given = given(&entry.what);
        history(entry, &users, given)
    });
    let attempts = attempts.into_iter().map(|one| attempt(one, &connections));
    let deeds = store.review_deeds_of(company, id).await?.into_iter();
    let deeds = deeds.map(|(code, deed)| {
        let at = deed.at;
        TimelineEntry { at, what: Happening::Deed(code, deed_row(t, deed, &users)) }
    });
    let others = attempts.chain(deliveries.into_iter().map(delivery)).chain(deeds);
    let mut story: Vec<_> = entries.chain(others).collect();
    story.reverse();
    story.sort_by_key(|entry| Reverse((entry.at, place(&entry.what))));
    Ok(story)
}

/// The order within one instant: a change, the call that carries it, the webhook that Cal.com sends before it
/// answers, and what followed.
fn place(what: &Happening) -> u8 {
    match what {
        Happening::History { what, .. } => match what {
            What::Called { .. }
            | What::Booked { .. }
            | What::Rescheduled { .. }
            | What::Cancelled { .. }
            | What::Confirmed
            | What::NoShow { .. }
            | What::Reassigned { .. }
            | What::Deleted
            | What::CheckedAgain
            | What::Settled { .. }
            | What::Linked { .. }
            | What::TakenBack
            | What::Edited { .. } => 0,
            What::Observed { .. }
            | What::Recognised { .. }
            | What::Replaced
            | What::Doubled { .. }
            | What::Verified
            | What::ReviewOpened { .. }
            | What::ReviewClosed { .. } => 3,
        },
        Happening::Attempt(_) => 1,
        Happening::Delivery(_) => 2,
        Happening::Deed(..) => 4,
    }
}

fn history(entry: Entry, users: &HashMap<UserId, String>, given: Option<Given>) -> TimelineEntry {
    let Entry { at, actor, what } = entry;
    let by = actor.user_id.and_then(|id| users.get(&id).cloned()).or_else(|| actor.via.clone());
    TimelineEntry { at, what: Happening::History { what, actor, by, given } }
}

fn attempt(attempt: store::Attempt, connections: &HashMap<ConnectionId, String>) -> TimelineEntry {
    let store::Attempt { call, outcome, duration_ms } = attempt;
    let http_status = outcome.as_ref().and_then(|outcome| outcome.http_status);
    let answer = |outcome: &store::AttemptOutcome| {
        let status = StatusCode::from_u16(outcome.http_status?).ok()?;
        Some(Exchange::redacted(status.to_string(), outcome.response.as_ref().unwrap_or(&Value::Null)))
    };
    TimelineEntry {
        at: call.started_at,
        what: Happening::Attempt(Attempt {
            push: Push::ALL.into_iter().find(|push| push.as_str() == call.kind),
            connection: connections.get(&call.connection_id).cloned().unwrap_or_default(),
            outcome: Outcome::from_name(outcome.as_ref().map(|outcome| outcome.outcome.as_str())),
            http_status,
            millis: duration_ms,
            next_try_at: outcome.as_ref().and_then(|outcome| outcome.next_try_at),
            message: outcome.as_ref().and_then(|outcome| outcome.message.clone()),
            response: outcome.as_ref().and_then(answer),
            request: Some(Exchange::redacted(call.path, &call.request)),
        }),
    }
}

fn delivery(delivery: store::Delivery) -> TimelineEntry {
    let trigger = delivery.trigger.unwrap_or_default();
    let body = serde_json::from_str(&delivery.body).ok();
    TimelineEntry {
        at: delivery.received_at,
        what: Happening::Delivery(Delivery {
            effect: Effect::from_name(delivery.effect.as_deref()),
            body: body.map(|body: Value| Exchange::redacted(trigger.clone(), &body)),
            trigger,
        }),
    }
}
