//! Verification: all bookings of an account, compared with what is known of them here.
//!
//! A run is work of its account's lane like any other, behind everything that people wait for: one page of Cal.com's
//! list at a time, so that whatever becomes due goes first, and an interrupted run goes on where it was. What differs
//! is looked at by itself before anything follows from it, as after a webhook; when that has settled, what is left is
//! what people have to know.

use std::collections::{BTreeMap, BTreeSet};

use calcom::{Booking, BookingsQuery, Order, Page, UnreadableItem};
use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::verify::{Class, Counts, Covered, Cursor, Known, Unreadable, Verdict, Window, compare, overlaps};
use domain::{
    AppointmentId, BookingUid, CompanyId, ConnectionId, EventTypeRef, Origin, Sighting, SyncStatus,
    VerificationId, Via,
};
use jiff::{SignedDuration, Timestamp};
use store::{Change, Finding, Subject, Unsettled, Verification, Work};

use crate::lane::{Lane, Stop};
use crate::{Engine, Error, rounds, translate};

/// So many days back is checked unless somebody asks for more.
pub const DAYS_BACK: i64 = 30;
/// How long after the last page what was found is looked at again.
const SETTLE: SignedDuration = SignedDuration::from_secs(30);
/// How many findings are looked at in one go.
const PART: u64 = 250;
/// How long it is waited for what was found to settle, since something did last.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// What is to be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The starts; by default [`DAYS_BACK`] and everything ahead.
    pub window: Option<Window>,
    /// Nothing is to follow from what is found.
    pub check_only: bool,
}

impl Engine {
    /// Has all bookings of an account verified, at once, and behind whatever people wait for. Answers the run: the one that
    /// is under way if there is one, because two at once would find the same.
    ///
    /// # Errors
    /// If the database fails, or there is no such account.
    pub async fn verify(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        wish: Wish,
        actor: Actor,
    ) -> Result<VerificationId, Error> {
        let connection = self.store.connection(company, connection).await?.id;
        let run = match self.store.verification_under_way(company, connection).await? {
            Some(run) => run.id,
            None => self.begin(company, connection, wish, actor, None).await?,
        };
        let due = Due { at: self.ambient.now(), priority: Priority::Check };
        self.store.mark(company, connection, Subject::Bookings, due).await?;
        self.signals.wake_lanes(&[connection]);
        Ok(run)
    }

    /// `scheduled` if it was due, with how many requests went before it.
    async fn begin(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        wish: Wish,
        actor: Actor,
        scheduled: Option<u64>,
    ) -> Result<VerificationId, Error> {
        let now = self.ambient.now();
        let from = now.checked_sub(SignedDuration::from_hours(24 * DAYS_BACK)).unwrap_or(Timestamp::MIN);
        let window = wish.window.unwrap_or(Window { from, to: None });
        let id = VerificationId(self.ambient.id());
        let run = Verification {
            id,
            connection,
            actor,
            check_only: wish.check_only,
            window,
            cursor: Some(Cursor::of(window)),
            counts: Counts { besides: scheduled.unwrap_or(0), ..Counts::default() },
            rereads: 0,
            started_at: now,
            scheduled: scheduled.is_some(),
            read_at: None,
            finished_at: None,
        };
        self.store.begin_verification(company, run).await?;
        Ok(id)
    }
}

/// Whether nothing follows from the account's run that is under way.
pub(crate) async fn only_checks(lane: &Lane<'_>) -> Result<bool, Stop> {
    let lease = lane.lease();
    let run = lane.engine.store.verification_under_way(lease.company, lease.connection).await?;
    Ok(run.is_some_and(|run| run.check_only))
}

/// The next step of the account's run: a page, or what became of what was found. Without one: the next run, if it is
/// time for it.
pub(crate) async fn go_on(lane: &Lane<'_>, work: &Work) -> Result<(), Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    match engine.store.verification_under_way(lease.company, lease.connection).await? {
        None => match rounds::next_verification(lane).await? {
            Some(at) if at <= engine.ambient.now() => {
                let requests = tell_us(lane, work).await?;
                let (wish, actor) = (Wish { window: None, check_only: false }, Actor::of(Origin::System));
                engine.begin(lease.company, lease.connection, wish, actor, Some(requests)).await?;
                Ok(())
            }
            next => rounds::done(lane, work, next).await,
        },
        Some(run) => match run.cursor {
            Some(cursor) => page(lane, work, run, cursor).await,
            None => settle(lane, work, run).await,
        },
    }
}

async fn page(lane: &Lane<'_>, work: &Work, mut run: Verification, cursor: Cursor) -> Result<(), Stop> {
    lane.take(work.priority)?;
    lane.hold_for_a_call().await?;
    let engine = lane.engine;
    let asked = engine.ambient.now();
    let query = BookingsQuery {
        after_start: Some(cursor.from),
        sort_start: Some(Order::Asc),
        take: Some(engine.settings.page),
        skip: (cursor.skip > 0).then_some(cursor.skip),
        ..BookingsQuery::default()
    };
    let call = lane.client.bookings(&query).await;
    if let Ok(page) = &call.result {
        read(lane, run, cursor, page, asked).await?;
    } else {
        run.counts.besides += 1;
        engine.store.verified(&lane.lease(), &run, engine.ambient.now()).await?;
        rounds::again(lane, work).await?;
    }
    lane.learn(&call).await
}

/// Sees to it that Cal.com tells of changes in time. Answers how many requests that took.
async fn tell_us(lane: &Lane<'_>, work: &Work) -> Result<u64, Stop> {
    lane.take(work.priority)?;
    lane.hold_for_a_call().await?;
    Ok(crate::connect::see_to_webhook(lane.engine, lane.lease().company, lane.lease().connection).await)
}

/// Compares a page with what is known, has what differs looked at, and moves on.
async fn read(
    lane: &Lane<'_>,
    mut run: Verification,
    cursor: Cursor,
    page: &Page<Booking>,
    asked: Timestamp,
) -> Result<(), Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    let readable = page.items.iter().map(|booking| booking.start);
    let mut starts: Vec<_> = readable.chain(page.unreadable.iter().filter_map(|entry| entry.start)).collect();
    starts.sort_unstable();
    let covered = cursor.page(run.window, &starts, page.entries(), page.has_more);
    let mut verdicts = verdicts(lane, &covered, page, asked).await?;
    if covered.next.is_none() {
        verdicts.extend(unbooked(lane, run.window).await?);
    }
    let now = engine.ambient.now();
    engine.store.found(&lease, run.id, &verdicts, now).await?;
    detected(lane, page, &verdicts, "verification", now).await?;
    for verdict in verdicts.iter().filter(|verdict| !run.check_only && verdict.class.calls_for_a_look()) {
        look_at(lane, verdict, now).await?;
    }
    run.counts.add(&verdicts);
    run.counts.unreadable += nameless(page, &covered);
    for verdict in &verdicts {
        metrics::counter!("einklang_verification_items_total", "class" => verdict.class.as_str())
            .increment(1);
    }
    run.cursor = covered.next;
    run.read_at = run.cursor.is_none().then_some(now);
    // Nothing comes of what is only checked.
    run.finished_at = run.read_at.filter(|_| run.check_only);
    engine.store.verified(&lease, &run, now).await?;
    engine.signals.changed(lease.company, None);
    Ok(())
}

/// The name of an entry that cannot be read. A number is none: no booking is found by it.
fn name(entry: &UnreadableItem) -> Option<BookingUid> {
    let id = entry.id.as_ref().filter(|id| id.parse::<u64>().is_err())?;
    Some(BookingUid(id.clone()))
}

/// How many entries of a page have not even a name that can be read.
fn nameless(page: &Page<Booking>, covered: &Covered) -> u64 {
    let is_meant = |start: Timestamp| covered.from <= start && start < covered.to;
    let nameless = page.unreadable.iter().filter(|entry| name(entry).is_none());
    nameless.filter(|entry| entry.start.is_none_or(is_meant)).count() as u64
}

/// Writes down what was changed at Cal.com without anybody having told us, and how long it took until it was found.
/// Answers the names of what was not found before.
pub(crate) async fn detected(
    lane: &Lane<'_>,
    page: &Page<Booking>,
    verdicts: &[Verdict],
    by: &'static str,
    now: Timestamp,
) -> Result<BTreeSet<BookingUid>, Stop> {
    let is_change = |verdict: &&Verdict| {
        matches!(verdict.class, Class::Differs(_) | Class::Moved | Class::OnlyThere | Class::Unreadable)
    };
    let readable = page.items.iter().map(|booking| (translate::uid(&booking.uid), booking.changed_at()));
    let is_readable: BTreeSet<_> = readable.clone().map(|(uid, _)| uid).collect();
    let unreadable = page.unreadable.iter().filter_map(|entry| Some((name(entry)?, entry.changed_at?)));
    let changed_at: BTreeMap<_, _> = readable.chain(unreadable).collect();
    let changed = verdicts.iter().filter(is_change).filter_map(|verdict| {
        let changed_at = changed_at.get(&verdict.uid)?;
        Some((verdict.uid.clone(), *changed_at))
    });
    let new = lane.engine.store.detected(lane.lease().company, changed.collect(), now).await?;
    // What cannot be read may have been told of long ago.
    for (_, changed_at) in new.iter().filter(|(uid, _)| is_readable.contains(uid)) {
        crate::detected(by, *changed_at, now);
    }
    Ok(new.into_iter().map(|(uid, _)| uid).collect())
}

/// What is to be said of the bookings of a page, and of what ought to be on it.
pub(crate) async fn verdicts(
    lane: &Lane<'_>,
    covered: &Covered,
    page: &Page<Booking>,
    asked: Timestamp,
) -> Result<Vec<Verdict>, Stop> {
    let (store, lease) = (&lane.engine.store, lane.lease());
    let homes = Homes::of(lane).await?;
    let there: Vec<Sighting> = page
        .items
        .iter()
        .map(|booking| {
            let mut seen = translate::sighting(booking, lease.connection, Via::Verification, asked);
            seen.facts.event_type = seen.facts.event_type.map(|event_type| homes.at_home(event_type));
            seen
        })
        .collect();
    let mut unreadable: Vec<_> =
        page.unreadable.iter().filter_map(|entry| Some((name(entry)?, entry))).collect();
    let named = there.iter().map(|seen| &seen.uid).chain(unreadable.iter().map(|(uid, _)| uid));
    let uids: Vec<_> = named.cloned().collect();
    let mut known =
        store.known_bookings(lease.company, (covered.whole_from, covered.to), &uids, asked).await?;
    let is_listed = |uid: &BookingUid| uids.contains(uid);
    for known in &mut known.here {
        known.unlisted = !is_listed(&known.uid) && homes.misses(lane, known);
    }
    known.here.retain(|known| is_listed(&known.uid) || known.unlisted || homes.lists(lane, known));
    // What nobody here knows and says that it is of another event type is none of ours.
    unreadable.retain(|(uid, entry)| {
        known.here.iter().any(|known| known.uid == *uid)
            || known.earlier.contains(uid)
            || entry.event_type_id.is_none_or(|id| homes.linked.contains_key(&id.0))
    });
    let unreadable = unreadable.into_iter().map(|(uid, entry)| {
        let event_type =
            entry.event_type_id.map(|id| EventTypeRef { connection: lease.connection, id: id.0 });
        let event_type = event_type.map(|event_type| homes.at_home(event_type));
        Unreadable { uid, starts_at: entry.start, event_type }
    });
    let unreadable: Vec<_> = unreadable.collect();
    let is_ours = |seen: &Sighting| match seen.facts.event_type {
        Some(event_type) => homes.linked.contains_key(&event_type.id),
        None => is_deserted(lane, seen, asked),
    };
    let mut verdicts = compare(covered, &there, &unreadable, &known.here, &known.earlier, is_ours);
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.class == Class::OnlyThere) {
        if let Some(booking) = page.items.iter().find(|booking| translate::uid(&booking.uid) == verdict.uid) {
            recognise(lane, verdict, booking, asked).await?;
        }
        if verdict.class == Class::OnlyThere {
            verdict.there = verdict.there.take().map(Sighting::veiled);
        }
    }
    // What nobody has to look at, as a person has said.
    let unknown: Vec<_> = verdicts.iter().filter(|it| it.is_unknown()).map(|it| it.uid.clone()).collect();
    let aside = store.bookings_set_aside(lease.company, &unknown).await?;
    for verdict in verdicts.iter_mut().filter(|it| it.is_unknown() && aside.contains(&it.uid)) {
        (verdict.class, verdict.there) = (Class::Same, None);
    }
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.class == Class::InHand) {
        if let Some(id) = verdict.appointment
            && is_stuck(lane, id).await?
        {
            verdict.class = Class::Stuck;
        }
    }
    // Changes are no whole list of a time.
    if covered.whole_from < covered.to {
        let is_known = |seen: &Sighting| {
            known.here.iter().any(|it| it.uid == seen.uid) || known.earlier.contains(&seen.uid)
        };
        // What is about to be an appointment is told once it is one.
        let is_strange = |seen: &Sighting| !is_known(seen) && (!is_ours(seen) || aside.contains(&seen.uid));
        overlaps(&mut verdicts, &there, &known.running, is_strange, asked);
        let both = |it: &Verdict| it.appointment.into_iter().chain(it.class.other());
        let overlapping = |it: &&mut Verdict| matches!(it.class, Class::Overlaps(_));
        let ids = verdicts.iter_mut().filter(overlapping).flat_map(|it| both(it));
        let may = store.may_overlap(lease.company, ids.collect()).await?;
        for verdict in verdicts.iter_mut().filter(overlapping) {
            if both(verdict).any(|id| may.contains(&id)) {
                verdict.class = Class::Same;
            }
        }
    }
    Ok(verdicts)
}

/// Whether a booking takes up the time of the account's host although its event type is no more: nobody can tell any more
/// whether that stood for a service.
pub(crate) fn is_deserted(lane: &Lane<'_>, seen: &Sighting, now: Timestamp) -> bool {
    let is_ahead = seen.facts.state.is_live() && seen.facts.slot.start > now;
    is_ahead && seen.facts.event_type.is_none() && seen.facts.host == Some(lane.connection.account.id)
}

/// Where event types are at home. Those of a team are linked at one account, and their bookings are on the lists of
/// the accounts of their hosts.
struct Homes {
    /// The accounts of the company on this server.
    neighbours: BTreeSet<ConnectionId>,
    /// Whose those are at Cal.com.
    hosts: BTreeSet<i64>,
    /// The accounts that its event types are linked at.
    linked: BTreeMap<i64, ConnectionId>,
}

impl Homes {
    async fn of(lane: &Lane<'_>) -> Result<Self, Stop> {
        let (store, company) = (&lane.engine.store, lane.lease().company);
        let all = store.connections(company).await?.into_iter();
        let neighbours = all.filter(|it| it.base_url == lane.connection.base_url);
        let (neighbours, hosts): (BTreeSet<_>, _) = neighbours.map(|it| (it.id, it.account.id)).unzip();
        let mut linked = BTreeMap::new();
        for link in store.links(company).await? {
            if link.connection_id == lane.connection.id {
                linked.insert(link.event_type_id, link.connection_id);
            } else if neighbours.contains(&link.connection_id) {
                linked.entry(link.event_type_id).or_insert(link.connection_id);
            }
        }
        Ok(Self { neighbours, hosts, linked })
    }

    fn at_home(&self, event_type: EventTypeRef) -> EventTypeRef {
        let connection = self.linked.get(&event_type.id).copied().unwrap_or(event_type.connection);
        EventTypeRef { connection, ..event_type }
    }

    /// Whether a booking of an event type of this account takes place with somebody whose list nobody here can read, or with
    /// whom nobody knows any more.
    fn misses(&self, lane: &Lane<'_>, known: &Known) -> bool {
        let Some(facts) = known.seen.as_ref().map(|seen| &seen.facts) else { return false };
        // Cal.com does not say any more what event type it was that is deleted.
        let home = facts.event_type.map_or(known.home, |event_type| event_type.connection);
        let is_missed = match facts.host {
            Some(host) => !self.hosts.contains(&host),
            None => facts.event_type.is_none(),
        };
        is_missed && home == lane.connection.id && facts.state.is_live()
    }

    /// Whether a booking has to be on the list of this account.
    fn lists(&self, lane: &Lane<'_>, known: &Known) -> bool {
        let Some(facts) = known.seen.as_ref().map(|seen| &seen.facts) else { return false };
        let home = facts.event_type.map(|event_type| event_type.connection);
        match facts.host {
            Some(host) => {
                host == lane.connection.account.id && home.is_none_or(|home| self.neighbours.contains(&home))
            }
            None => home == Some(lane.connection.id),
        }
    }
}

/// What goes by a name that nobody here knows may be the next link of a known chain, or what a call made that nobody
/// has answered yet.
async fn recognise(
    lane: &Lane<'_>,
    verdict: &mut Verdict,
    booking: &Booking,
    asked: Timestamp,
) -> Result<(), Stop> {
    let (store, lease) = (&lane.engine.store, lane.lease());
    if let Some(earlier) = booking.rescheduled_from_uid.as_ref().map(translate::uid)
        && let Some((id, number)) = store.appointment_by_uid(lease.company, &earlier).await?
    {
        let case = store.case(lease.company, id).await?;
        let record = case.record(number);
        let in_hand = record.is_some_and(|record| record.is_in_doubt(asked));
        verdict.class = if in_hand { Class::InHand } else { Class::Moved };
        verdict.appointment = Some(id);
        // It is told of the name that is known.
        verdict.uid = record.and_then(|record| record.uid.clone()).unwrap_or(earlier);
    } else if let Some(reference) = translate::reference(booking)
        && let Some(id) = lane.appointment_by_reference(reference).await?
        && let case = store.case(lease.company, id).await?
        && case.record_by_reference(reference).is_some_and(|record| record.is_in_doubt(asked))
    {
        (verdict.class, verdict.appointment) = (Class::InHand, Some(id));
    }
    Ok(())
}

/// Whether an appointment waits for something that is on nobody's list.
async fn is_stuck(lane: &Lane<'_>, id: AppointmentId) -> Result<bool, Stop> {
    let (store, company) = (&lane.engine.store, lane.lease().company);
    let subject = Subject::Appointment(id);
    if store.is_marked_anywhere(company, &subject).await? {
        return Ok(false);
    }
    // It may have been done meanwhile, or have been put on a list since.
    Ok(store.case(company, id).await?.appointment.sync == SyncStatus::Pending
        && !store.is_marked_anywhere(company, &subject).await?)
}

/// Appointments that wait to be booked, of which some may be on nobody's list. They have no name at Cal.com yet, and are
/// told by their own.
async fn unbooked(lane: &Lane<'_>, window: Window) -> Result<Vec<Verdict>, Stop> {
    let (store, lease) = (&lane.engine.store, lane.lease());
    let mut verdicts = Vec::new();
    let waiting = store.unbooked(lease.company, lease.connection, window).await?;
    let ids: Vec<_> = waiting.iter().map(|(id, _)| *id).collect();
    let marked = store.marked_anywhere(lease.company, &ids).await?;
    for (id, start) in waiting {
        let is_stuck = !marked.contains(&id) && is_stuck(lane, id).await?;
        verdicts.push(Verdict {
            uid: BookingUid(id.to_string()),
            appointment: Some(id),
            event_type: None,
            starts_at: Some(start),
            class: if is_stuck { Class::Stuck } else { Class::InHand },
            there: None,
        });
    }
    Ok(verdicts)
}

/// What was found is looked at by itself.
pub(crate) async fn look_at(lane: &Lane<'_>, verdict: &Verdict, now: Timestamp) -> Result<(), Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    let Some(appointment) = verdict.appointment else {
        let due = Due { at: now, priority: Priority::Check };
        let subject = Subject::Booking(verdict.uid.clone());
        let home = verdict.event_type.map_or(lease.connection, |event_type| event_type.connection);
        engine.store.mark(lease.company, home, subject, due).await?;
        engine.signals.wake_lanes(&[home]);
        return Ok(());
    };
    let uid = verdict.uid.clone();
    let change = Change::in_lane(&lease, now);
    engine
        .store
        .apply(lease.company, appointment, change, move |case| {
            case.hint(Some(&uid));
            case.conclude(Priority::Check, now);
            Ok(())
        })
        .await?;
    engine.signals.changed(lease.company, Some(appointment));
    Ok(())
}

/// Once both sides were read: what was found and is the same again has healed. What is still being looked at is
/// waited for, as long as something heals now and then.
async fn settle(lane: &Lane<'_>, work: &Work, mut run: Verification) -> Result<(), Stop> {
    let (engine, lease) = (lane.engine, lane.lease());
    let now = engine.ambient.now();
    let (mut after, mut waits) = (None, false);
    loop {
        let part = engine.store.unsettled(lease.company, run.id, after.as_ref(), PART).await?;
        let Some(last) = part.last() else { break };
        after = Some(last.finding.uid.clone());
        waits |= part.iter().any(|it| state(it, now) == State::InHand);
        let healed =
            part.iter().filter(|it| state(it, now) == State::Healed).map(|it| it.finding.uid.clone());
        engine.store.healed(&lease, run.id, &healed.collect::<Vec<_>>(), now).await?;
    }
    let healed_at = engine.store.last_healed(lease.company, run.id).await?;
    let moved_at = run.read_at.max(healed_at).unwrap_or(now);
    if waits && now.duration_since(moved_at) < PATIENCE {
        return rounds::put_off(lane, work, Due { at: now + SETTLE, priority: work.priority }).await;
    }
    run.finished_at = Some(now);
    engine.store.verified(&lease, &run, now).await?;
    engine.signals.changed(lease.company, None);
    Ok(())
}

fn is_overlap(finding: &Finding) -> bool {
    finding.class == Class::Overlaps(None).as_str()
}

/// What became of a finding.
#[derive(PartialEq, Eq)]
enum State {
    Healed,
    InHand,
    Open,
}

fn state(Unsettled { finding, appointment, due_at, is_asked }: &Unsettled, now: Timestamp) -> State {
    match appointment {
        // Nothing heals it but that one of them gives way.
        Some((status, _)) if is_overlap(finding) && status.is_active() => State::Open,
        _ if due_at.is_some_and(|due| due <= now + crate::pace::LONGEST_PAUSE) => State::InHand,
        // It was tried in vain, and waits for longer than Cal.com's own troubles last.
        _ if due_at.is_some() => State::Open,
        // What nobody has to look at any more, is no appointment, and is asked about nowhere was none of ours after all.
        None if *is_asked => State::Open,
        None | Some((_, SyncStatus::Synced)) => State::Healed,
        Some((_, SyncStatus::Pending)) => State::InHand,
        Some(_) => State::Open,
    }
}
