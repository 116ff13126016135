//! `GET /deliveries` and `GET /deliveries/{id}`: the webhooks that came, for managers and admins. `POST …/replay` and
//! `POST /deliveries/{id}/reveal`: for admins, to have them processed again and to read a whole body.

use std::collections::{BTreeSet, HashMap};

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{
    AppointmentId, CompanyId, ConnectionId, DeliveryId, UserId,
    people::Role,
    timeline::{Entry, What},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use store::{Delivery, DeliveryDeed, DeliveryEntry, DeliveryFilter, Judgement};

use super::{
    connections::Nothing,
    failure::Failure,
    flash::Flash,
    moment::midnight,
    row::href,
    service::user_names,
    visit::{Admin, Manager, Posted, Visit, done, page},
};
use crate::{
    components::{Choice, Pager},
    i18n::Translator,
    pages::{
        Body, Deed, Deliveries, DeliveryPage, DeliveryRow, Done, Effect, Exchange, Happening, InboxFilter,
        TimelineEntry, ToldAppointment,
    },
    state::AppState,
};

/// Deliveries on one page.
const PER_PAGE: u64 = 50;
/// Digits of a fingerprint that are shown, two for each byte.
const FINGERPRINT: usize = 8;
/// What a delivery can be about, as Cal.com calls it.
const TRIGGERS: [&str; 10] = [
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "BOOKING_PAID",
    "MEETING_STARTED",
    "MEETING_ENDED",
    "PING",
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: Option<String>,
    before: Option<String>,
}

pub async fn list(
    State(state): State<AppState>,
    visit: Visit<Manager>,
    Query(filter): Query<InboxFilter>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let connections = store.connections(company).await?;
    let (wanted, unread) = wanted(&visit.t, &filter);
    let place = place.after.or(place.before);
    let found = match store.deliveries(company, &wanted, place.as_deref(), PER_PAGE).await {
        // An old or mangled address: the list from its beginning.
        Err(store::Error::InvalidCursor) => store.deliveries(company, &wanted, None, PER_PAGE).await?,
        found => found?,
    };
    let choice = |value: &str, label: &str, chosen: &str| Choice::new(value, label).selected(value == chosen);
    page(&Deliveries {
        connections: connections
            .iter()
            .map(|it| choice(&it.id.to_string(), &it.name, &filter.connection))
            .collect(),
        triggers: TRIGGERS.iter().map(|name| choice(name, name, &filter.trigger)).collect(),
        silent: connections.iter().filter(|it| it.is_silent()).map(|it| it.name.clone()).collect(),
        rows: rows(&state, &visit.t, company, found.items).await?,
        pager: Pager {
            previous: found.prev.map(|cursor| filter.page("before", &cursor)),
            next: found.next.map(|cursor| filter.page("after", &cursor)),
        },
        can_replay: visit.session.user.role >= Role::Admin,
        unread,
        filter,
        t: visit.t,
        frame: visit.frame,
    })
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit<Manager>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    page(&fill(&state, visit, &id, false).await?)
}

/// Shows the whole body, once that is written down.
pub async fn reveal(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let (company, ambient) = (visit.company(), &state.engine.ambient);
    let delivery: DeliveryId = id.parse().map_err(|_| Failure::NotFound)?;
    state.engine.store.reveal_delivery(company, delivery, visit.actor(), ambient.now()).await?;
    let user = visit.session.user.id;
    tracing::info!(target: "einklang::audit", %company, %user, %delivery, "webhook revealed");
    page(&fill(&state, visit, &id, true).await?)
}

/// Has one processed again.
pub async fn replay(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let delivery: DeliveryId = id.parse().map_err(|_| Failure::NotFound)?;
    state.engine.store.delivery(visit.company(), delivery).await?;
    let filter = DeliveryFilter { ids: vec![delivery], ..DeliveryFilter::default() };
    again(&state, &visit, &filter, &format!("/deliveries/{id}")).await
}

/// Has all of a selection processed again.
pub async fn replay_all(
    State(state): State<AppState>,
    Posted { visit, form }: Posted<InboxFilter, Admin>,
) -> Result<Response, Failure> {
    let (wanted, unread) = wanted(&visit.t, &form);
    // What cannot be read would let everything through.
    if !unread.is_empty() {
        return Err(Failure::Unreadable);
    }
    again(&state, &visit, &wanted, &form.href()).await
}

async fn again(
    state: &AppState,
    visit: &Visit<Admin>,
    filter: &DeliveryFilter,
    to: &str,
) -> Result<Response, Failure> {
    let (company, user) = (visit.company(), visit.session.user.id);
    let count = state.engine.replay(company, filter, &visit.actor()).await?;
    tracing::info!(target: "einklang::audit", %company, %user, count, "webhooks processed again");
    Ok(done(state, to, if count > 0 { Flash::Replaying } else { Flash::NothingToReplay }))
}

/// What the store is asked for, and what cannot be read: that lets everything through, as the page says.
fn wanted(t: &Translator, filter: &InboxFilter) -> (DeliveryFilter, Vec<&'static str>) {
    let mut unread = Vec::new();
    let mut note = |name, text: &str, read: bool| {
        if !text.is_empty() && !read {
            unread.push(name);
        }
    };
    let connection = filter.connection.parse::<ConnectionId>().ok();
    note("account", &filter.connection, connection.is_some());
    let judgement = Judgement::from_name(&filter.verdict);
    note("verdict", &filter.verdict, judgement.is_some());
    let effect = Effect::FILTERED.into_iter().find(|effect| effect.name() == filter.effect);
    note("effect", &filter.effect, effect.is_some());
    let day = |text: &str| text.parse::<Date>().ok();
    let (from, to) = (day(&filter.from), day(&filter.to).and_then(|day| day.tomorrow().ok()));
    note("filter-from", &filter.from, from.is_some());
    note("filter-to", &filter.to, to.is_some());
    let effects: &[&str] = match effect {
        None | Some(Effect::Waiting | Effect::Unreadable) => &[],
        Some(Effect::NoChange) => &["no_change"],
        Some(Effect::Recognised) => &["recognised"],
        Some(Effect::Look) => &["look", "fetch"],
        Some(Effect::EventTypes) => &["event_types"],
        Some(Effect::OutOfScope) => &["out_of_scope"],
    };
    let wanted = DeliveryFilter {
        ids: Vec::new(),
        connection,
        judgement,
        effects: effects.iter().map(|&name| name.to_owned()).collect(),
        waiting: effect == Some(Effect::Waiting),
        trigger: Some(filter.trigger.clone()).filter(|trigger| !trigger.is_empty()),
        from: from.map(|day| midnight(day, &t.zone)),
        until: to.map(|day| midnight(day, &t.zone)),
    };
    (wanted, unread)
}

async fn fill<R>(state: &AppState, visit: Visit<R>, id: &str, whole: bool) -> Result<DeliveryPage, Failure> {
    let company = visit.session.company.id;
    let id: DeliveryId = id.parse().map_err(|_| Failure::NotFound)?;
    let (delivery, entries) = state.engine.store.delivery(company, id).await?;
    let users = user_names(state, company).await?;
    let row = rows(state, &visit.t, company, vec![delivery.clone()]).await?.pop();
    Ok(DeliveryPage {
        id: id.to_string(),
        row: row.ok_or(Failure::NotFound)?,
        created_at: delivery.created_at_remote,
        processed_at: delivery.processed_at,
        repeated_at: delivery.repeated_at,
        can_be_replayed: delivery.can_be_replayed(),
        fingerprint: hex::encode(&delivery.body_hash[..delivery.body_hash.len().min(FINGERPRINT)]),
        uid: delivery.uid.map(|uid| uid.0),
        body: match (delivery.body, whole) {
            (body, _) if body.is_empty() => Body::Gone,
            (body, true) => Body::Whole(body),
            (body, false) => match serde_json::from_str::<Value>(&body) {
                Ok(json) => Body::Redacted(Exchange::redacted(String::new(), &json)),
                Err(_) => Body::Hidden,
            },
        },
        deeds: entries.into_iter().map(|entry| deed(entry, &users)).collect(),
        is_admin: visit.session.user.role >= Role::Admin,
        t: visit.t,
        frame: visit.frame,
    })
}

/// What was done with one, with the name of whoever did it.
pub fn deed(entry: DeliveryEntry, users: &HashMap<UserId, String>) -> Deed {
    let DeliveryEntry { at, actor, deed } = entry;
    Deed {
        at,
        origin: actor.origin,
        by: actor.user_id.and_then(|id| users.get(&id).cloned()).or(actor.via),
        what: match deed {
            DeliveryDeed::Revealed => Done::Revealed,
            DeliveryDeed::Replayed { effect } => Done::Replayed(Effect::from_name(effect.as_deref())),
        },
    }
}

/// Deliveries with the appointments that they turned out to be about, and what was taken over after them.
async fn rows(
    state: &AppState,
    t: &Translator,
    company: CompanyId,
    deliveries: Vec<Delivery>,
) -> Result<Vec<DeliveryRow>, Failure> {
    let store = &state.engine.store;
    let names: HashMap<_, _> =
        store.connections(company).await?.into_iter().map(|it| (it.id, it.name)).collect();
    let mut about = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let id = match (&delivery.appointment_id, &delivery.uid) {
            (Some(id), _) => Some(*id),
            // What was unknown when it came may have become one since.
            (None, Some(uid)) if delivery.verdict.is_processed() => {
                store.appointment_by_uid(company, uid).await?.map(|(id, _)| id)
            }
            (None, _) => None,
        };
        about.push((delivery, id));
    }
    let ids: BTreeSet<_> = about.iter().filter_map(|(_, id)| *id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let views = store.views(company, &ids).await?.into_iter();
    let told: HashMap<AppointmentId, ToldAppointment> = views
        .map(|view| {
            let it = view.appointment;
            (it.id, ToldAppointment { href: href(&it), number: it.label() })
        })
        .collect();
    let changes = store.taken_over(company, &ids).await?;
    let row = |(delivery, id): (Delivery, Option<AppointmentId>)| {
        let followed = |change: &&(AppointmentId, Option<DeliveryId>, Entry)| {
            let (of, after, entry) = change;
            match after {
                Some(after) => *after == delivery.id,
                // It was fetched because of a delivery that knew no appointment.
                None => {
                    Some(*of) == id
                        && delivery.appointment_id.is_none()
                        && delivery.processed_at.is_some_and(|at| at <= entry.at)
                        && matches!(entry.what, What::Booked { .. })
                }
            }
        };
        let taken_over = changes.iter().filter(followed).filter_map(|(_, _, entry)| words(t, entry));
        DeliveryRow {
            href: format!("/deliveries/{}", delivery.id),
            received_at: delivery.received_at,
            connection: names.get(&delivery.connection).cloned().unwrap_or_default(),
            judgement: delivery.judgement(),
            repeats: delivery.repeats,
            effect: delivery.verdict.is_processed().then(|| Effect::from_name(delivery.effect.as_deref())),
            appointment: id.and_then(|id| told.get(&id).cloned()),
            taken_over: taken_over.collect(),
            trigger: delivery.trigger.unwrap_or_default(),
        }
    };
    Ok(about.into_iter().map(row).collect())
}

/// What was taken over, in a line; nothing for what only tells of a look.
fn words(t: &Translator, entry: &Entry) -> Option<String> {
    let is_change = matches!(
        entry.what,
        What::Booked { .. }
            | What::Rescheduled { .. }
            | What::Cancelled { .. }
            | What::Confirmed
            | What::NoShow { .. }
            | What::Reassigned { .. }
            | What::Edited { .. }
    );
    is_change.then(|| {
        let what = Happening::History {
            what: entry.what.clone(),
            actor: entry.actor.clone(),
            by: None,
            given: None,
        };
        TimelineEntry { at: entry.at, what }.title(t)
    })
}
