//! Looking at event types: one of them, or all that an account has.
//!
//! All of them are looked at on a schedule, because Cal.com tells of no change of theirs (recording 034): one
//! request, whatever their number. A list is a hint, as a webhook is: what has changed is fetched by itself. What
//! nobody here knows is imported as a service, once.

use std::collections::BTreeMap;

use domain::appointment::Actor;
use domain::case::Priority;
use domain::catalogue::{
    EventTypeRecord, EventTypeSeen, EventTypeSighting, ServiceCase, ServiceWhat, Setting, Settings, Window,
};
use domain::service::{Service, ServiceSync, Terms};
use domain::{LinkId, Origin, ServiceId};
use jiff::{SignedDuration, Timestamp};
use store::Work;

use super::{operation, translate};
use crate::lane::{Lane, Stop};
use crate::rounds;

/// What an account has when it is connected is imported after this time, or when a person says so: whoever connects it
/// has the time to say which of its event types stand for services that are here already.
const TIME_TO_TIE: SignedDuration = SignedDuration::from_hours(1);

/// What a look brought.
#[derive(Clone)]
pub(crate) enum Found {
    /// It is there.
    EventType(Box<EventTypeSighting>),
    /// It is not.
    Nothing,
    /// There is one with its slug that was never ours.
    AnothersSlug,
    /// Nobody knows.
    Unclear(calcom::Error),
}

type Looked = calcom::Call<()>;

impl Found {
    /// What is said of one that was asked for by its id at `now`. `None` if that knows of none: nothing is taken to be
    /// gone on one signal, so [`Found::in_list`] has a say too.
    pub(crate) fn by_id(answer: &Result<calcom::EventType, calcom::Error>, now: Timestamp) -> Option<Self> {
        match answer {
            Ok(event_type) => Some(Self::EventType(Box::new(translate::sighting(event_type, now)))),
            Err(calcom::Error::NotFound { .. }) => None,
            Err(error) => Some(Self::Unclear(error.clone())),
        }
    }

    /// What the list of all says of one that is not found by its id.
    pub(crate) fn in_list(
        answer: &Result<calcom::Page<calcom::EventType>, calcom::Error>,
        id: calcom::EventTypeId,
    ) -> Self {
        match answer {
            Err(error) => Self::Unclear(error.clone()),
            Ok(all) if all.items.iter().any(|it| it.id == id) => Self::Unclear(calcom::Error::Unreadable {
                message: "found in the list, and not by its id".to_owned(),
            }),
            Ok(_) => Self::Nothing,
        }
    }
}

/// Looks for the event type of a record: by its id, and in the list of all before it is taken to be gone; by its
/// slug as long as no id is known.
pub(crate) async fn find(
    lane: &Lane<'_>,
    case: &ServiceCase,
    id: LinkId,
    priority: Priority,
) -> Result<(Found, Looked), Stop> {
    let now = lane.engine.ambient.now();
    let Some(record) = case.record(id) else { return Err(Stop::Error(store::Error::NotFound.into())) };
    let mut known = record.event_type_id;
    if known.is_none() {
        lane.take(priority)?;
        let call = lane.client.event_types().await;
        let all = match &call.result {
            Err(error) => return Ok((Found::Unclear(error.clone()), forget(call))),
            Ok(page) => &page.items,
        };
        let made = all.iter().find(|it| record.slugs_in_doubt().any(|slug| it.slug == slug));
        let Some(made) = made else {
            let slug = case.wanted(record).slug;
            let taken = all.iter().any(|it| it.slug == slug);
            return Ok((if taken { Found::AnothersSlug } else { Found::Nothing }, forget(call)));
        };
        // A list says less than the event type itself: it leaves hidden fields out.
        known = Some(made.id.0);
        lane.learn(&call).await?;
    }
    lane.take(priority)?;
    let known = calcom::EventTypeId(known.unwrap_or_default());
    let call = lane.client.event_type(known).await;
    if let Some(found) = Found::by_id(&call.result, now) {
        return Ok((found, forget(call)));
    }
    lane.learn(&call).await?;
    lane.take(priority)?;
    let call = lane.client.event_types().await;
    Ok((Found::in_list(&call.result, known), forget(call)))
}

fn forget<T>(call: calcom::Call<T>) -> Looked {
    calcom::Call { result: call.result.map(drop), limits: call.limits, exchange: call.exchange }
}

/// Looks at all event types of the account.
pub(crate) async fn look_at_all(lane: &Lane<'_>, work: &Work) -> Result<(), Stop> {
    lane.take(work.priority)?;
    lane.hold_for_a_call().await?;
    let engine = lane.engine;
    let call = lane.client.event_types().await;
    if let Ok(page) = &call.result {
        let lease = lane.lease();
        let mut known: BTreeMap<ServiceId, Vec<Option<i64>>> = BTreeMap::new();
        for (service, event_type) in
            engine.store.services_of_connection(lease.company, lease.connection).await?
        {
            known.entry(service).or_default().push(event_type);
        }
        let cases = engine.store.service_cases(lease.company).await?;
        for service in known.keys() {
            if let Some(case) = cases.iter().find(|case| case.service.id == *service) {
                compare(lane, case, &page.items).await?;
            } else {
                // One that was deleted here may still have event types to hide.
                let case = engine.store.service_case(lease.company, *service).await?;
                compare(lane, &case, &page.items).await?;
            }
        }
        // Nothing is booked any more on what is hidden.
        let booked = |id: LinkId| cases.iter().flat_map(ServiceCase::current).any(|record| record.id == id);
        for link in engine.store.links_of_connection(lease.company, lease.connection).await? {
            if booked(link.id) {
                crate::connect::tie(engine, lease.company, &link).await?;
            }
        }
        // One that is just being made is not a stranger's.
        let coming: Vec<_> = cases
            .iter()
            .flat_map(|case| case.event_types.iter().map(move |record| (case, record)))
            .filter(|(_, record)| record.connection == lease.connection && record.event_type_id.is_none())
            .flat_map(|(case, record)| {
                record.slugs_in_doubt().map(str::to_owned).chain([case.wanted(record).slug])
            })
            .collect();
        let old_enough = engine.ambient.now() > lane.connection.created_at + TIME_TO_TIE;
        // What is hidden is offered to nobody: it stays its owner's own business until it is shown.
        let offered = page.items.iter().filter(|event_type| !event_type.hidden);
        let imported = offered.filter(|_| old_enough || work.priority < Priority::Check);
        for event_type in imported {
            let is_known = known.values().flatten().any(|known| *known == Some(event_type.id.0));
            if !is_known && !coming.contains(&event_type.slug) {
                import(lane, event_type, &cases).await?;
            }
        }
    }
    if let Err(calcom::Error::Transient { .. } | calcom::Error::RateLimited { .. }) = &call.result {
        rounds::again(lane, work).await?;
    } else {
        let next = rounds::in_a_while(lane, lane.engine.settings.rounds.event_types);
        rounds::done(lane, work, next).await?;
    }
    lane.learn(&call).await
}

/// Tells a service what was seen of its event types on this account. One that is missing from the list is looked
/// for by its id before it is taken to be gone.
async fn compare(lane: &Lane<'_>, case: &ServiceCase, all: &[calcom::EventType]) -> Result<(), Stop> {
    let now = lane.engine.ambient.now();
    let connection = lane.connection.id;
    let ours = case.event_types.iter().filter(|record| record.connection == connection);
    let changed = ours.filter(|record| {
        let Some(id) = record.event_type_id else { return false };
        is_news(record, all.iter().find(|it| it.id.0 == id).map(translate::settings).as_ref())
    });
    let changed: Vec<LinkId> = changed.map(|record| record.id).collect();
    if changed.is_empty() {
        return Ok(());
    }
    operation::change(lane, case.service.id, move |case| {
        for id in &changed {
            case.hint_of(*id);
        }
        case.conclude(Priority::Check, now);
        Ok(())
    })
    .await?;
    Ok(())
}

/// Whether the list says something new of an event type, or confirms what waits for a person. It says nothing of
/// hidden fields.
fn is_news(record: &EventTypeRecord, there: Option<&Settings>) -> bool {
    match (&record.seen, there) {
        (EventTypeSeen::Present(seen), Some(there)) => {
            let differs = |setting: Setting| !setting.is_ours() && !setting.same(&seen.settings, there);
            Setting::ALL.into_iter().any(differs) || !record.divergences.is_empty()
        }
        (EventTypeSeen::Absent { .. }, None) => false,
        _ => true,
    }
}

/// Makes a service of an event type that nobody here knows, complete as it is there.
async fn import(lane: &Lane<'_>, event_type: &calcom::EventType, cases: &[ServiceCase]) -> Result<(), Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    lane.take(Priority::Check)?;
    let call = lane.client.event_type(event_type.id).await;
    let now = engine.ambient.now();
    let Ok(event_type) = &call.result else { return lane.learn(&call).await };
    let seen = translate::sighting(event_type, now);
    let there = &seen.settings;
    let id = ServiceId(engine.ambient.id());
    let taken = |slug: &str| cases.iter().any(|case| case.service.slug == slug);
    let slug = if taken(&there.slug) { format!("{}-{}", there.slug, seen.id) } else { there.slug.clone() };
    let mut service = Service {
        id,
        name: there.title.clone(),
        slug,
        description: there.description.clone(),
        duration_minutes: there.minutes,
        price_cents: None,
        active: there.active,
        terms: Terms {
            // Whoever offers it at Cal.com offers it on the internet.
            online: true,
            buffer_before_minutes: there.buffer_before,
            buffer_after_minutes: there.buffer_after,
            minimum_notice_minutes: there.notice,
            booking_window_days: if let Window::Days(days) = there.window { Some(days) } else { None },
            change_notice_hours: 0,
            requires_confirmation: there.confirmation == domain::catalogue::Confirmation::Always,
            disable_guests: there.disable_guests,
            places: there.places.clone(),
        },
        sync: ServiceSync::Never,
        version: 1,
        segments: Vec::new(),
    };
    if service.check().is_err() {
        // What cannot be said here stays there; a person ties it to a service of a name that can be.
        tracing::warn!(target: "einklang::sync", connection = %lease.connection, event_type = seen.id, "event type cannot be imported");
        return Ok(());
    }
    service.name = service.name.trim().to_owned();
    let owner = engine.store.staff_connections(lease.company).await?;
    let owner = owner.into_iter().find(|(_, own)| *own == lease.connection).map(|(staff, _)| staff);
    let record = EventTypeRecord {
        staff_id: owner,
        event_type_id: Some(seen.id),
        ..EventTypeRecord::new(LinkId(engine.ambient.id()), lease.connection)
    };
    let name = service.name.clone();
    let created = engine
        .store
        .create_service(lease.company, service, move |case| {
            case.event_types.push(record.clone());
            case.tell(now, &Actor::of(Origin::Calcom), ServiceWhat::Imported);
            case.perform(owner.as_slice());
            case.sighted(record.id, &seen, now);
            case.conclude(Priority::Check, now);
        })
        .await;
    match created {
        Ok(_) => {}
        // Somebody has made one of that name at this moment: the next look imports it under another.
        Err(store::Error::Duplicate { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    tracing::warn!(
        target: "einklang::sync", connection = %lease.connection, event_type = event_type.id.0, service = %id,
        name, "event type made at Cal.com: imported as a service, once"
    );
    engine.signals.changed(lease.company, None);
    lane.learn(&call).await
}
