//! Webhooks in: stored before they are answered, understood afterwards.
//!
//! A webhook is a hint, a fetch is the truth. One that repeats what is known changes nothing; one that says
//! something else leads to a look; one about a booking that nobody here knows leads to an import if its event
//! type is linked, and is forgotten otherwise. Cal.com delivers *before* it answers the call that caused it,
//! so the booking of a create in flight is recognised by our reference.

use calcom::BookingStatus;
use calcom::webhook::{Payload, Refusal, Trigger};
use domain::appointment::Actor;
use domain::booking::Role;
use domain::case::{Due, Priority};
use domain::planted::{self, Bug};
use domain::reference::{FIELD_SLUG, METADATA_KEY};
use domain::{
    AppointmentId, AppointmentStatus, BookingState, BookingUid, Case, CompanyId, DeliveryId, Reference,
};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use store::{Change, Connection, Delivery, DeliveryFilter, NewDelivery, Received, Subject, Verdict};

use crate::lane::{Lane, Stop};
use crate::{Engine, Error};

/// Deliveries that are read ahead.
const READ_AHEAD: u64 = 50;
/// What is older by Cal.com's clock when it comes is told to be stale: Cal.com delivers at once or not at all.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// The longest body of a refused delivery that is kept, in bytes.
const REFUSED_BODY: usize = 16 * 1024;
/// The longest name of what happened that is kept, in bytes.
const TRIGGER: usize = 100;
/// Deliveries that are set to be processed again in one transaction.
const REPLAYED: u64 = 200;

/// What the sender of a delivery is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is stored.
    Stored,
    /// It was stored before: the same bytes.
    Repeat,
    /// Its signature is not ours; it is kept as evidence and not processed.
    Refused(Refusal),
}

/// Takes a delivery in: checks the signature over the raw bytes, stores it, wakes the worker.
///
/// # Errors
/// If it could not be stored; the sender must not be told 2xx then.
pub async fn receive(
    engine: &Engine,
    company: CompanyId,
    connection: &Connection,
    raw_body: &[u8],
    signature: Option<&str>,
) -> Result<Receipt, Error> {
    let secret = engine.vault.open(company, crate::connect::WEBHOOK_SECRET, &connection.webhook_secret.0)?;
    let now = engine.ambient.now();
    let refusal = calcom::webhook::verify(&secret, raw_body, signature).err();
    let refusal = refusal.filter(|_| !planted::is(Bug::ForgedBelieved));
    let parsed = calcom::webhook::parse(raw_body).ok();
    let created_at = parsed.as_ref().and_then(|delivery| delivery.created_at);
    let verdict = match (refusal, &parsed) {
        (Some(Refusal::Unsigned), _) => Verdict::NoSecret,
        (Some(_), _) => Verdict::BadSignature,
        (None, None) => Verdict::Unreadable,
        (None, Some(_)) if created_at.is_some_and(|at| now.duration_since(at) > FRESH) => Verdict::Stale,
        (None, Some(_)) => Verdict::Accepted,
    };
    let trigger = parsed.as_ref().map(|delivery| delivery.trigger.as_str().to_owned());
    let uid = parsed.and_then(|delivery| delivery.payload.uid).map(|uid| crate::translate::uid(&uid));
    let kept = refusal.is_none() || raw_body.len() <= REFUSED_BODY;
    let received = engine
        .store
        .receive(
            company,
            NewDelivery {
                id: DeliveryId(engine.ambient.id()),
                connection: connection.id,
                received_at: now,
                created_at_remote: created_at.filter(|_| refusal.is_none()),
                trigger: trigger.filter(|trigger| trigger.len() <= TRIGGER),
                verdict,
                uid: uid.filter(|_| refusal.is_none()),
                body: if kept { String::from_utf8_lossy(raw_body).into_owned() } else { String::new() },
                body_hash: told_by(verdict, raw_body),
            },
        )
        .await?;
    let word = if received == Received::Repeat && refusal.is_none() { "repeat" } else { verdict.as_str() };
    metrics::counter!("einklang_webhooks_total", "verdict" => word).increment(1);
    if let Some(changed_at) = created_at.filter(|_| refusal.is_none() && received == Received::New) {
        crate::detected("webhook", changed_at, now);
    }
    if let Some(refusal) = refusal {
        tracing::warn!(target: "einklang::sync", connection = %connection.id, ?refusal, "webhook refused");
        return Ok(Receipt::Refused(refusal));
    }
    engine.store.touch_connection(company, connection.id, now).await?;
    engine.signals.stirred(company);
    engine.signals.wake();
    Ok(match received {
        Received::New => Receipt::Stored,
        Received::Repeat => Receipt::Repeat,
    })
}

/// By which a repetition is told. No genuine delivery is the repetition of a refused one: whoever knows what Cal.com is
/// about to tell must not keep it from being heard.
fn told_by(verdict: Verdict, raw_body: &[u8]) -> [u8; 32] {
    let refused = verdict.is_refused().then(|| verdict.as_str());
    let hash = Sha256::new_with_prefix(refused.unwrap_or_default());
    hash.chain_update(raw_body).finalize().into()
}

impl Engine {
    /// Has all deliveries of a filter that came until now processed again, as far as they can be. Harmless: each is a
    /// hint to look. Returns how many.
    ///
    /// # Errors
    /// If the database fails; what was taken by then is processed.
    pub async fn replay(
        &self,
        company: CompanyId,
        filter: &DeliveryFilter,
        by: &Actor,
    ) -> Result<u64, Error> {
        let now = self.ambient.now();
        let until = filter.until.map_or(now, |until| until.min(now));
        // What comes in the same millisecond is new.
        let filter = DeliveryFilter { until: Some(until), ..filter.clone() };
        let (mut count, mut after) = (0, None);
        loop {
            let taken =
                self.store.replay_deliveries(company, &filter, after, REPLAYED, by.clone(), now).await?;
            self.signals.wake();
            count += taken.len() as u64;
            match taken.last() {
                Some(last) if taken.len() as u64 == REPLAYED => after = Some(*last),
                _ => return Ok(count),
            }
        }
    }
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
