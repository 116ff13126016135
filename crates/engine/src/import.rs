//! Bookings made at Cal.com become appointments: fetched first, and only if their event type is linked to a
//! service of this company.

use std::time::Duration;

use domain::appointment::{Actor, AppointmentStatus, Segment};
use domain::booking::{Role, Seen};
use domain::case::{Due, Priority, Target};
use domain::planted::{self, Bug};
use domain::service::Link;
use domain::{
    AppointmentId, BookingRecord, BookingState, BookingUid, CustomerId, Origin, Sighting, StaffId,
    SyncStatus, Via,
};
use store::{Change, CustomerRef, NewAppointment, Work};

use crate::lane::{Lane, Stop};
use crate::{look, rounds, translate, verify};

/// An appointment, and the record of it that a booking belongs to.
type Known = (AppointmentId, Option<u16>);

/// The names that an appointment's bookings go by, each with the number of its record.
type Names = Vec<(u16, Option<BookingUid>)>;

/// When a booking that cannot be read is tried again: half an answer looks the same, and until it is read nobody
/// here knows that the chair is taken.
const UNREADABLE: Duration = Duration::from_mins(5);
/// When it is tried again after that, while people are asked about it.
const ASKED: Duration = Duration::from_hours(6);

/// Fetches an unknown booking and makes an appointment of it, or learns that it is none of ours.
pub(crate) async fn import(lane: &Lane<'_>, uid: &BookingUid, work: &Work) -> Result<(), Stop> {
    let engine = lane.engine;
    let lease = lane.lease();
    // An earlier link of a chain that is known already leads nowhere new, unless it lives.
    let names = match engine.store.appointment_by_uid(lease.company, uid).await? {
        Some((id, _)) => engine.store.booking_uids(lease.company, id).await?,
        None => Vec::new(),
    };
    let is_known = |booking: &calcom::Booking| {
        let next = booking.rescheduled_to_uid.as_ref().map(translate::uid);
        !look::lives(booking) && next.is_some_and(|next| names.contains(&next))
    };
    let mut unplaced = None;
    let (chain, call) = look::fetch_chain(lane, uid, work.priority, is_known).await?;
    match chain {
        Ok(look::Chain { end: booking, links, .. }) => {
            let now = engine.ambient.now();
            let sighting = translate::sighting(&booking, lane.connection.id, Via::Fetch, now);
            let known = match known(lane, uid, &sighting, &booking, work.priority).await? {
                Ok(known) => known,
                Err(error) => return postpone(lane, uid, work, &error).await,
            };
            if let Some(known) = known {
                let astray = match is_astray(lane, known, &sighting, work.priority).await? {
                    Ok(astray) => astray,
                    Err(error) => return postpone(lane, uid, work, &error).await,
                };
                if !recognise(lane, known, &sighting, &booking, links, astray, work.priority).await? {
                    // The names have changed meanwhile: it stays due, and is looked at anew.
                    return lane.learn(&call).await;
                }
            } else if sighting.facts.state.is_live() {
                match link_of(lane, &booking, &sighting).await? {
                    Place::Of(link, staff) => {
                        let id = take_over(lane, &sighting, &link, staff, booking.created_at, links).await?;
                        engine.signals.changed(lease.company, Some(id));
                    }
                    Place::Nobodys => unplaced = Some(sighting.veiled()),
                    Place::Elsewhere => {}
                }
            }
        }
        Err((calcom::Error::NotFound { .. }, _)) => {}
        Err((error, _)) => {
            postpone(lane, uid, work, &error).await?;
            return lane.learn(&call).await;
        }
    }
    let looked_at = (lease.connection, uid);
    engine.store.booking_looked_at(lease.company, looked_at, unplaced, engine.ambient.now()).await?;
    engine.store.clear_work(&lease, work.subject.clone(), work.version).await?;
    lane.learn(&call).await
}

/// Tries again later what could not be read now: soon if Cal.com is in trouble. If it is the booking, once more after a
/// while; then people are asked, and it is tried now and then only.
async fn postpone(lane: &Lane<'_>, uid: &BookingUid, work: &Work, error: &calcom::Error) -> Result<(), Stop> {
    let (engine, lease, subject) = (lane.engine, lane.lease(), work.subject.clone());
    let now = engine.ambient.now();
    let (wait, priority) = match error {
        calcom::Error::RateLimited { retry_after } => (*retry_after, work.priority),
        calcom::Error::Transient { .. } | calcom::Error::Unauthorized { .. } => {
            (crate::pace::LONGEST_PAUSE, work.priority)
        }
        _ if work.priority == Priority::Retry => {
            let asked = (lease.connection, uid);
            engine.store.booking_unreadable(lease.company, asked, now).await?;
            engine.signals.changed(lease.company, None);
            (ASKED, Priority::Retry)
        }
        _ => (UNREADABLE, Priority::Retry),
    };
    tracing::warn!(target: "einklang::sync", connection = %lease.connection, subject = subject.kind(), class = ?translate::outcome(error), "booking cannot be fetched");
    rounds::put_off(lane, work, Due { at: now + wait, priority }).await
}

/// The appointment that the booking belongs to after all, and the record if one is known: by another link of its
/// chain, or by our reference.
async fn known(
    lane: &Lane<'_>,
    first: &BookingUid,
    sighting: &Sighting,
    booking: &calcom::Booking,
    priority: Priority,
) -> Result<Result<Option<Known>, calcom::Error>, Stop> {
    let (store, lease) = (&lane.engine.store, lane.lease());
    for uid in [first, &sighting.uid] {
        if let Some((id, number)) = store.appointment_by_uid(lease.company, uid).await? {
            return Ok(Ok(Some((id, Some(number)))));
        }
    }
    if let Some(reference) = translate::reference(booking)
        && let Some(id) = lane.appointment_by_reference(reference).await?
    {
        return Ok(Ok(Some((id, None))));
    }
    by_earlier_link(lane, booking, priority).await
}

/// The appointment of a booking as a later link of a chain of which only the beginning is known here: the
/// webhooks of the moves between were lost, or have not been understood yet.
async fn by_earlier_link(
    lane: &Lane<'_>,
    booking: &calcom::Booking,
    priority: Priority,
) -> Result<Result<Option<Known>, calcom::Error>, Stop> {
    let (store, lease) = (&lane.engine.store, lane.lease());
    let mut earlier = booking.rescheduled_from_uid.clone().filter(|_| !planted::is(Bug::ImportedTwice));
    for _ in 0..look::CHAIN {
        let Some(uid) = earlier else { return Ok(Ok(None)) };
        let known = store.appointment_by_uid(lease.company, &translate::uid(&uid)).await?;
        if let Some((id, number)) = known {
            return Ok(Ok(Some((id, Some(number)))));
        }
        lane.take(priority)?;
        let call = lane.client.booking(&uid).await;
        lane.learn(&call).await?;
        earlier = match call.result {
            Ok(booking) => booking.rescheduled_from_uid,
            Err(calcom::Error::NotFound { .. }) => None,
            Err(error) => return Ok(Err(error)),
        };
    }
    Ok(Ok(None))
}

fn names(case: &domain::Case) -> Names {
    let there = case.bookings.iter().filter(|record| record.role != Role::Gone);
    there.map(|record| (record.number, record.uid.clone())).collect()
}

/// Whether a booking of an appointment lives, and none of the appointment's bookings leads to it: it was made
/// beside them, by a call that took effect unseen, or by a move of what had been moved before. Answers the names
/// that were followed then.
async fn is_astray(
    lane: &Lane<'_>,
    (id, _): Known,
    sighting: &Sighting,
    priority: Priority,
) -> Result<Result<Option<Names>, calcom::Error>, Stop> {
    if !sighting.facts.state.is_live() {
        return Ok(Ok(None));
    }
    let case = lane.engine.store.case(lane.lease().company, id).await?;
    for record in case.bookings.iter().filter(|record| record.role != Role::Gone) {
        let Some(uid) = &record.uid else { continue };
        if *uid == sighting.uid {
            return Ok(Ok(None));
        }
        let (chain, call) = look::fetch_chain(lane, uid, priority, |_| false).await?;
        lane.learn(&call).await?;
        match chain {
            // It may have been moved on since.
            Ok(chain)
                if translate::uid(&chain.end.uid) == sighting.uid || chain.links.contains(&sighting.uid) =>
            {
                return Ok(Ok(None));
            }
            Ok(_) | Err((calcom::Error::NotFound { .. }, _)) => {}
            Err((error, _)) => return Ok(Err(error)),
        }
    }
    Ok(Ok(Some(names(&case))))
}

/// A booking of an appointment that is known: a look is due. One that no record leads to is the segment's, or
/// one too many. Says whether that could be said: not if the names have changed meanwhile.
async fn recognise(
    lane: &Lane<'_>,
    (id, number): Known,
    sighting: &Sighting,
    booking: &calcom::Booking,
    links: Vec<BookingUid>,
    astray: Option<Names>,
    priority: Priority,
) -> Result<bool, Stop> {
    let lease = lane.lease();
    let now = lane.engine.ambient.now();
    let sighting = sighting.clone();
    let reference = translate::reference(booking);
    let said = lane
        .engine
        .store
        .apply(lease.company, id, Change::in_lane(&lease, now), move |case| {
            if astray.as_ref().is_some_and(|followed| *followed != names(case)) {
                return Ok(false);
            }
            let named = number.and_then(|number| case.record(number));
            let segment =
                reference.map_or(named.map_or(0, |record| record.segment), |reference| reference.segment);
            match sighting.facts.event_type {
                Some(event_type) if astray.is_some() => {
                    let target = Target { event_type, host: sighting.facts.host };
                    case.found(segment, target, reference, &sighting, now);
                }
                _ => case.hint(Some(&sighting.uid)),
            }
            let holder = case.record_by_uid(&sighting.uid).map(|record| record.number).or(number);
            case.names.extend(links.iter().filter_map(|uid| Some((holder?, uid.clone()))));
            case.conclude(priority, now);
            Ok(true)
        })
        .await?;
    lane.engine.signals.changed(lease.company, Some(id));
    Ok(said.value.unwrap_or(true))
}

/// Where a booking belongs that is no appointment yet.
enum Place {
    /// To the service of a link, and to a person.
    Of(Link, StaffId),
    /// To a service of ours that nobody performs, or to one of which nobody can tell any more whether it was ours.
    Nobodys,
    /// To nobody here.
    Elsewhere,
}

/// The link of the booking's event type and who serves. A fetch by uid
/// answers anybody's bookings (recording 195), so this is also what keeps other companies' bookings out.
async fn link_of(lane: &Lane<'_>, booking: &calcom::Booking, sighting: &Sighting) -> Result<Place, Stop> {
    let (store, lease) = (&lane.engine.store, lane.lease());
    let Some(event_type) = booking.event_type_id else {
        let is_deserted = verify::is_deserted(lane, sighting, lane.engine.ambient.now());
        return Ok(if is_deserted { Place::Nobodys } else { Place::Elsewhere });
    };
    let links = store.link_by_event_type(lease.company, lease.connection, event_type.0).await?;
    let host = booking.hosts.first();
    let id = host.and_then(|host| host.id).map(|id| id.0);
    let theirs = links.iter().find(|link| link.host.is_some() && link.host == id);
    let Some(link) = theirs.or(links.first()).cloned() else { return Ok(Place::Elsewhere) };
    if let Some(staff) = link.staff_id
        && (link.host.is_none() || link.host == id)
    {
        return Ok(Place::Of(link, staff));
    }
    // A team event type: Cal.com chose the host; the person here is the one of the same name. Nobody of that
    // name: somebody has to be written down, and a person is asked who it is.
    let able = store.staff_for_service(lease.company, link.service_id).await?;
    let name = host.map(|host| host.name.trim().to_lowercase()).unwrap_or_default();
    let namesake = able.iter().find(|staff| staff.name.trim().to_lowercase() == name);
    let host = if namesake.is_some() { None } else { id };
    let staff = namesake.or(able.first());
    Ok(staff.map_or(Place::Nobodys, |staff| Place::Of(Link { host, ..link }, staff.id)))
}

async fn take_over(
    lane: &Lane<'_>,
    sighting: &Sighting,
    link: &Link,
    staff_id: StaffId,
    created_at: jiff::Timestamp,
    links: Vec<BookingUid>,
) -> Result<AppointmentId, Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    let now = engine.ambient.now();
    let company = engine.store.company(lease.company).await?;
    let staff = engine.store.staff_member(lease.company, staff_id).await?;
    let branch = engine.store.branch(lease.company, staff.branch_id).await?;
    let facts = &sighting.facts;
    let mut record = BookingRecord { segment: 0, ..BookingRecord::new(link.event_type(), link.host) };
    record.uid = Some(sighting.uid.clone());
    record.agreed = Some(facts.clone());
    record.seen = Seen::Booking(Box::new(sighting.clone()));
    record.verified_at = Some(now);
    let customer = translate::customer(facts, &company.placeholder_domain, company.locale);
    let appointment = NewAppointment {
        id: AppointmentId(engine.ambient.id()),
        service_id: link.service_id,
        segments: vec![Segment { staff_id, slot: facts.slot }],
        branch_id: branch.id,
        customer: CustomerRef::Details(CustomerId(engine.ambient.id()), customer),
        time_zone: branch.time_zone,
        status: match facts.state {
            BookingState::Requested => AppointmentStatus::Requested,
            BookingState::Active if facts.absent => AppointmentStatus::NoShow,
            BookingState::Active | BookingState::Cancelled => AppointmentStatus::Confirmed,
        },
        notes: facts.notes.clone(),
        overlapping: false,
        actor: Actor::of(Origin::Calcom),
        dedupe: None,
        holder: None,
        extra_entries: Vec::new(),
    };
    tracing::info!(
        target: "einklang::sync", appointment = %appointment.id, connection = %lease.connection,
        milliseconds = now.duration_since(created_at).as_millis(), status = SyncStatus::Synced.as_str(), "imported"
    );
    let id = engine
        .store
        .import(lease.company, &lease, appointment, record, now, move |case| {
            case.names.extend(links.iter().map(|uid| (0, uid.clone())));
            case.conclude(Priority::Change, now);
        })
        .await?;
    Ok(id)
}
