//! Webhooks in: stored before they are answered, understood afterwards.
//!
//! A webhook is a hint, a fetch is the truth. One that repeats what is known changes nothing; one that says
//! something else leads to a look; one about a booking that nobody here knows leads to an import if its event
//! type is linked, and is forgotten otherwise. Cal.com delivers *before* it answers the call that caused it,
//! so the booking of a create in flight is recognised by our reference.

use calcom::BookingStatus;
use calcom::webhook::{Payload, Refusal, Trigger};
use domain::booking::Role;
use domain::case::{Due, Priority};
use domain::planted::{self, Bug};
use domain::reference::{FIELD_SLUG, METADATA_KEY};
use domain::{AppointmentId, AppointmentStatus, BookingState, BookingUid, Case, DeliveryId, Reference};
use sha2::{Digest, Sha256};
use store::{ACCEPTED, Change, Connection, Delivery, NewDelivery, Received, Subject};

use crate::lane::{Lane, Stop};
use crate::{Engine, Error};

/// Deliveries that are read ahead.
const READ_AHEAD: u64 = 50;

/// What the sender of a delivery is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is stored.
    Stored,
    /// It was stored before: the same bytes.
    Repeat,
    /// Its signature is not ours; nothing was stored.
    Refused(Refusal),
}

/// Takes a delivery in: checks the signature over the raw bytes, stores it, wakes the worker.
///
/// # Errors
/// If it could not be stored; the sender must not be told 2xx then.
pub async fn receive(
    engine: &Engine,
    company: domain::CompanyId,
    connection: &Connection,
    raw_body: &[u8],
    signature: Option<&str>,
) -> Result<Receipt, Error> {
    let secret = engine.vault.open(company, crate::connect::WEBHOOK_SECRET, &connection.webhook_secret.0)?;
    if let Err(refusal) = calcom::webhook::verify(&secret, raw_body, signature) {
        tracing::warn!(target: "einklang::sync", connection = %connection.id, ?refusal, "webhook refused");
        metrics::counter!("einklang_webhooks_total", "verdict" => "refused").increment(1);
        return Ok(Receipt::Refused(refusal));
    }
    let parsed = calcom::webhook::parse(raw_body).ok();
    let received = engine
        .store
        .receive(
            company,
            NewDelivery {
                id: DeliveryId(engine.ambient.id()),
                connection: connection.id,
                received_at: engine.ambient.now(),
                created_at_remote: parsed.as_ref().and_then(|delivery| delivery.created_at),
                trigger: parsed.as_ref().map(|delivery| delivery.trigger.as_str().to_owned()),
                verdict: if parsed.is_some() { ACCEPTED } else { "unreadable" }.to_owned(),
                uid: parsed.and_then(|delivery| delivery.payload.uid).map(|uid| crate::translate::uid(&uid)),
                body: String::from_utf8_lossy(raw_body).into_owned(),
                body_hash: Sha256::digest(raw_body).into(),
            },
        )
        .await?;
    engine.store.touch_connection(company, connection.id, engine.ambient.now()).await?;
    engine.signals.wake();
    let receipt = match received {
        Received::New => Receipt::Stored,
        Received::Repeat => Receipt::Repeat,
    };
    let verdict = if receipt == Receipt::Stored { "stored" } else { "repeat" };
    metrics::counter!("einklang_webhooks_total", "verdict" => verdict).increment(1);
    Ok(receipt)
}

/// What a delivery led to; shown in the history and the inbox.
enum Effect {
    /// It says what is known.
    NoChange(Option<AppointmentId>),
    /// It is the echo of a call of ours that has not been answered yet, for this record.
    Recognised(AppointmentId, u16),
    /// The booking is looked at.
    Look(AppointmentId),
    /// The booking is unknown; it is fetched and imported if it concerns us.
    Fetch(BookingUid),
    /// It tells of an event type: all of the account are looked at.
    EventTypes,
    /// It does not concern us; its content is not kept.
    OutOfScope,
}

/// Understands what waits in the lane's inbox; returns how many deliveries there were.
pub(crate) async fn process(lane: &Lane<'_>) -> Result<usize, Stop> {
    let deliveries = lane.engine.store.waiting_deliveries(&lane.lease(), READ_AHEAD).await?;
    for delivery in &deliveries {
        let effect = understand(lane, delivery).await?;
        settle(lane, delivery, effect).await?;
    }
    Ok(deliveries.len())
}

async fn understand(lane: &Lane<'_>, delivery: &Delivery) -> Result<Effect, Stop> {
    let Ok(webhook) = calcom::webhook::parse(delivery.body.as_bytes()) else { return Ok(Effect::OutOfScope) };
    let payload = &webhook.payload;
    if matches!(
        webhook.trigger,
        Trigger::EventTypeCreated | Trigger::EventTypeUpdated | Trigger::EventTypeDeleted
    ) {
        return Ok(Effect::EventTypes);
    }
    let Some(uid) = payload.uid.as_ref().map(crate::translate::uid) else {
        return Ok(Effect::NoChange(None));
    };
    if let Some(id) = appointment_of(lane, &uid, payload).await? {
        let company = lane.lease().company;
        let case = lane.engine.store.case(company, id).await?;
        let replaced = payload.reschedule_uid.as_ref().map(crate::translate::uid);
        let named =
            [Some(&uid), replaced.as_ref()].into_iter().flatten().find_map(|uid| case.record_by_uid(uid));
        let meant = reference(payload).and_then(|reference| case.record_by_reference(reference));
        return Ok(match (named, meant) {
            _ if says_what_is_known(&case, &uid, &webhook.trigger, payload) => Effect::NoChange(Some(id)),
            (Some(record), _) if record.role != Role::Gone => Effect::Look(id),
            (None, Some(record))
                if record.uid.is_none()
                    && record.role != Role::Gone
                    && reference(payload).is_some_and(|it| it.generation == record.generation) =>
            {
                Effect::Recognised(id, record.number)
            }
            // It carries our reference or a name that led here once, and is none of those that are known.
            _ => Effect::Fetch(uid),
        });
    }
    match payload.event_type_id {
        Some(event_type) => {
            let lease = lane.lease();
            let links =
                lane.engine.store.link_by_event_type(lease.company, lease.connection, event_type.0).await?;
            Ok(if links.is_empty() { Effect::OutOfScope } else { Effect::Fetch(uid) })
        }
        // Without an event type nothing can be said without a look.
        None => Ok(Effect::Fetch(uid)),
    }
}

/// The appointment that a delivery is about, within this connection: by the booking's uid, by the uid that
/// it replaced, or by our reference.
async fn appointment_of(
    lane: &Lane<'_>,
    uid: &BookingUid,
    payload: &Payload,
) -> Result<Option<AppointmentId>, Stop> {
    let lease = lane.lease();
    let replaced = payload.reschedule_uid.as_ref().map(crate::translate::uid);
    for uid in [Some(uid), replaced.as_ref()].into_iter().flatten() {
        let found = lane.engine.store.appointment_by_uid(lease.company, uid).await?;
        if let Some((id, _)) = found {
            return Ok(Some(id));
        }
    }
    let Some(reference) = reference(payload) else { return Ok(None) };
    // On an event type of a team the host's account tells of a booking that was made with another's key. A hint
    // is only a hint: the look is made by whoever booked.
    match lane.engine.store.case(lease.company, reference.appointment).await {
        Ok(case) => {
            let ours = |record: &domain::BookingRecord| {
                record.event_type.connection == lease.connection
                    || payload.event_type_id.is_some_and(|id| id.0 == record.event_type.id)
            };
            Ok(case.record_by_reference(reference).is_some_and(ours).then_some(reference.appointment))
        }
        Err(store::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Our reference on what a delivery tells of.
fn reference(payload: &Payload) -> Option<Reference> {
    payload.field(FIELD_SLUG).or(payload.metadata.get(METADATA_KEY).map(String::as_str))?.parse().ok()
}

/// Whether Cal.com was already seen in the state that the delivery tells of.
fn says_what_is_known(case: &Case, uid: &BookingUid, trigger: &Trigger, payload: &Payload) -> bool {
    let Some(record) = case.record_by_uid(uid) else { return false };
    let Some(seen) = record.sighting() else { return false };
    if record.look || !record.doubts.is_empty() || seen.uid != *uid {
        return false;
    }
    let state = match (trigger, payload.status) {
        (Trigger::BookingCancelled | Trigger::BookingRejected, _)
        | (_, Some(BookingStatus::Cancelled | BookingStatus::Rejected)) => BookingState::Cancelled,
        (_, Some(BookingStatus::Pending)) => BookingState::Requested,
        (_, Some(BookingStatus::Accepted)) => BookingState::Active,
        (_, None) => return matches!(trigger, Trigger::MeetingStarted | Trigger::MeetingEnded),
    };
    state == seen.facts.state && payload.start.is_none_or(|start| start == seen.facts.slot.start)
}

async fn settle(lane: &Lane<'_>, delivery: &Delivery, effect: Effect) -> Result<(), Stop> {
    let engine = lane.engine;
    let lease = lane.lease();
    let now = engine.ambient.now();
    let (name, appointment) = match &effect {
        Effect::NoChange(id) => ("no_change", *id),
        Effect::Recognised(id, _) => ("recognised", Some(*id)),
        Effect::Look(id) => ("look", Some(*id)),
        Effect::Fetch(_) => ("fetch", None),
        Effect::EventTypes => ("event_types", None),
        Effect::OutOfScope => ("out_of_scope", None),
    };
    match effect {
        Effect::Recognised(id, _) | Effect::Look(id) => {
            let uid = delivery.uid.clone();
            let number = if let Effect::Recognised(_, number) = effect { Some(number) } else { None };
            let believed = planted::is(Bug::WebhookBelieved) && delivery.body.contains("BOOKING_CANCELLED");
            engine
                .store
                .apply(lease.company, id, Change::in_lane(&lease, now), move |case| {
                    if let (Some(number), Some(uid)) = (number, &uid) {
                        case.recognise(number, uid);
                    }
                    case.hint(uid.as_ref());
                    if believed {
                        case.appointment.status = AppointmentStatus::Cancelled;
                    }
                    case.conclude(Priority::Change, now);
                    Ok(())
                })
                .await?;
            engine.signals.changed(lease.company, Some(id));
        }
        Effect::Fetch(uid) => {
            let due = Due { at: now, priority: Priority::Change };
            engine.store.mark(lease.company, lease.connection, Subject::Booking(uid), due).await?;
        }
        Effect::EventTypes => {
            let due = Due { at: now, priority: Priority::Check };
            engine.store.mark(lease.company, lease.connection, Subject::EventTypes, due).await?;
        }
        Effect::NoChange(_) | Effect::OutOfScope => {}
    }
    let scrub = matches!(name, "out_of_scope");
    engine.store.settle_delivery(&lease, delivery.id, name, appointment, scrub, now).await?;
    Ok(())
}
