//! What a page says, against a model that lists everything at once.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{BookingState, ConnectionId, Facts, Slot, Via};

const LINKED: i64 = 1;
const STRANGE: i64 = 2;

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap()
}

fn sighting(n: usize, start: i64, state: BookingState, event_type: i64) -> Sighting {
    Sighting {
        uid: BookingUid(format!("u{n:03}")),
        ics_uid: None,
        moved_to: None,
        facts: Facts {
            event_type: Some(EventTypeRef { connection: ConnectionId(uuid::Uuid::nil()), id: event_type }),
            host: None,
            absent: false,
            slot: Slot::of(hour(start), 30),
            state,
            name: "Clara".into(),
            email: None,
            phone: None,
            notes: None,
            reason: None,
        },
        at: hour(-100),
        seen_at: hour(-50),
        via: Via::Fetch,
    }
}

/// At rest, and on the list of its account.
fn known(appointment: AppointmentId, seen: &Sighting) -> Known {
    let home = ConnectionId(uuid::Uuid::nil());
    Known {
        appointment,
        uid: seen.uid.clone(),
        seen: Some(seen.clone()),
        progress: Progress::AtRest,
        home,
        unlisted: false,
    }
}

fn is_linked(seen: &Sighting) -> bool {
    seen.facts.event_type.is_some_and(|event_type| event_type.id == LINKED)
}

/// What happened to a booking behind our back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Nothing,
    Renamed,
    Cancelled,
    MovedOn,
    Erased,
    /// It takes place with somebody whose list is not read.
    Unlisted,
    NeverHeardOf,
    NobodysBusiness,
    ReadSince,
    /// What the list says of it cannot be read, but for when it starts.
    Garbled,
    /// Not even that.
    Illegible,
}

#[derive(Debug, Clone)]
struct Life {
    start: i64,
    lives: bool,
    progress: Progress,
    fate: Fate,
}

fn lives() -> impl Strategy<Value = Vec<Life>> {
    let fate = prop_oneof![
        4 => Just(Fate::Nothing),
        1 => Just(Fate::Renamed),
        1 => Just(Fate::Cancelled),
        1 => Just(Fate::MovedOn),
        1 => Just(Fate::Erased),
        1 => Just(Fate::Unlisted),
        1 => Just(Fate::NeverHeardOf),
        1 => Just(Fate::NobodysBusiness),
        1 => Just(Fate::ReadSince),
        1 => Just(Fate::Garbled),
        1 => Just(Fate::Illegible),
    ];
    let progress = prop_oneof![
        6 => Just(Progress::AtRest),
        1 => Just(Progress::Waiting),
        1 => Just(Progress::InDoubt),
    ];
    let life = (-3..12i64, prop::bool::weighted(0.8), progress, fate);
    let life = life.prop_map(|(start, lives, progress, fate)| Life { start, lives, progress, fate });
    proptest::collection::vec(life, 0..24)
}

/// Cal.com's list of bookings, of which some cannot be read.
type List = Vec<(Sighting, Legible)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Legible {
    All,
    Start,
    Nothing,
}

/// A page of it: its readable bookings, the others, the starts that are known.
struct Part {
    there: Vec<Sighting>,
    unreadable: Vec<Unreadable>,
    starts: Vec<Timestamp>,
    entries: usize,
}

impl Part {
    fn of(list: &[(Sighting, Legible)], at: Cursor, most: usize) -> Self {
        let rest = list.iter().filter(|(seen, _)| seen.facts.slot.start >= at.from).skip(at.skip as usize);
        let page: Vec<_> = rest.take(most).collect();
        let start = |(seen, legible): &&(Sighting, Legible)| {
            Some(seen.facts.slot.start).filter(|_| *legible != Legible::Nothing)
        };
        let (whole, broken): (Vec<_>, Vec<_>) =
            page.iter().copied().partition(|(_, legible)| *legible == Legible::All);
        Self {
            there: whole.into_iter().map(|(seen, _)| seen.clone()).collect(),
            unreadable: broken
                .iter()
                .map(|entry| Unreadable {
                    uid: entry.0.uid.clone(),
                    starts_at: start(entry),
                    event_type: None,
                })
                .collect(),
            starts: page.iter().filter_map(start).collect(),
            entries: page.len(),
        }
    }
}

/// The two sides, and what is to be said of each booking.
type World = (List, Vec<Known>, BTreeMap<BookingUid, Class>);

fn world(lives: &[Life], window: Window, most: usize) -> World {
    let (mut there, mut here, mut said) = (Vec::new(), Vec::new(), BTreeMap::new());
    let is_listed = |life: &&Life| !matches!(life.fate, Fate::Erased | Fate::Unlisted);
    let at_once = |start: i64| lives.iter().filter(is_listed).filter(|it| it.start == start).count();
    for (n, life) in lives.iter().enumerate() {
        let state = if life.lives { BookingState::Active } else { BookingState::Cancelled };
        let was = sighting(n, life.start, state, LINKED);
        let now = Sighting { at: hour(-10), ..was.clone() };
        let appointment = AppointmentId(uuid::Uuid::from_u128(n as u128));
        let mut known = Known { progress: life.progress, ..known(appointment, &was) };
        let mut is_known = true;
        let (is, class) = match life.fate {
            Fate::Nothing => (Some(was.clone()), Some(Class::Same)),
            Fate::Renamed => {
                let facts = Facts { name: "Bea".into(), ..was.facts.clone() };
                (Some(Sighting { facts, ..now }), Some(Class::Differs(vec![Field::Name])))
            }
            Fate::Cancelled => {
                let facts = Facts { state: BookingState::Cancelled, ..was.facts.clone() };
                let class = if life.lives { Class::Differs(vec![Field::State]) } else { Class::Same };
                (Some(Sighting { facts, ..now }), Some(class))
            }
            Fate::MovedOn => {
                let facts = Facts { state: BookingState::Cancelled, ..was.facts.clone() };
                let moved_to = Some(BookingUid(format!("m{n:03}")));
                (Some(Sighting { moved_to, facts, ..now }), Some(Class::Moved))
            }
            Fate::Erased => (None, life.lives.then_some(Class::OnlyHere)),
            Fate::Unlisted => {
                known.unlisted = true;
                (None, life.lives.then_some(Class::Unlisted))
            }
            Fate::NeverHeardOf => {
                is_known = false;
                (Some(was.clone()), life.lives.then_some(Class::OnlyThere))
            }
            Fate::NobodysBusiness => {
                is_known = false;
                (Some(sighting(n, life.start, state, STRANGE)), None)
            }
            Fate::ReadSince => {
                let facts = Facts { name: "Bea".into(), ..was.facts.clone() };
                known.seen = Some(Sighting { facts, ..now });
                (Some(was.clone()), Some(Class::Same))
            }
            Fate::Garbled | Fate::Illegible => {
                is_known = life.lives;
                (Some(was.clone()), Some(Class::Unreadable))
            }
        };
        let legible = match life.fate {
            Fate::Garbled => Legible::Start,
            Fate::Illegible => Legible::Nothing,
            _ => Legible::All,
        };
        let start = hour(life.start);
        let is_checked = window.from <= start && window.to.is_none_or(|to| start < to);
        // Of an instant that fills a page nothing is said to be missing.
        let is_sure = is.is_some() || at_once(life.start) < most;
        let class = class.map(|class| match life.progress {
            Progress::InDoubt if is_known => Class::InHand,
            Progress::Waiting if is_known && class == Class::Same => Class::InHand,
            _ => class,
        });
        if let Some(class) = class.filter(|_| is_checked && is_sure) {
            said.insert(was.uid.clone(), class);
        }
        there.extend(is.map(|is| (is, legible)));
        if is_known {
            here.push(known);
        }
    }
    there.sort_by_key(|(seen, _)| (seen.facts.slot.start, seen.uid.clone()));
    (there, here, said)
}

proptest! {
    #[test]
    fn of_every_booking_in_the_window_the_truth_is_said_once(
        lives in lives(), from in -2..4i64, hours in proptest::option::of(0..9i64), most in 1..7usize,
    ) {
        let window = Window { from: hour(from), to: hours.map(|hours| hour(from + hours)) };
        let (there, here, said) = world(&lives, window, most);
        let mut cursor = Some(Cursor::of(window));
        let (mut verdicts, mut pages) = (Vec::new(), 0);
        while let Some(at) = cursor {
            let page = Part::of(&there, at, most);
            let covered = at.page(window, &page.starts, page.entries, page.entries == most);
            verdicts.extend(compare(&covered, &page.there, &page.unreadable, &here, &BTreeSet::new(), is_linked));
            cursor = covered.next;
            pages += 1;
            prop_assert!(pages <= 2 * there.len() + 2, "it does not end");
        }
        let illegible: BTreeSet<_> =
            there.iter().filter(|(_, legible)| *legible == Legible::Nothing).map(|(seen, _)| &seen.uid).collect();
        // Of what does not say when it starts it may be said with more than one page, and outside of the window.
        let (blind, clear): (Vec<_>, Vec<_>) = verdicts.into_iter().partition(|it| illegible.contains(&it.uid));
        let count = clear.len();
        let found: BTreeMap<_, _> = clear.into_iter().map(|it| (it.uid, it.class)).collect();
        prop_assert_eq!(count, found.len(), "something is said twice");
        for (uid, class) in &said {
            if illegible.contains(uid) {
                prop_assert!(blind.iter().any(|it| it.uid == *uid && it.class == *class), "{:?} is passed over", uid);
            } else if !illegible.is_empty() && there.iter().all(|(seen, _)| seen.uid != *uid) {
                // It may be one of them, as far as anybody can tell.
                prop_assert!(found.get(uid).is_none_or(|found| found == class));
            } else {
                prop_assert_eq!(found.get(uid), Some(class), "{:?}", uid);
            }
        }
        prop_assert!(found.keys().all(|uid| said.contains_key(uid)), "{:?} are too many", found);
        prop_assert!(blind.iter().all(|it| matches!(it.class, Class::Unreadable | Class::InHand)));
    }

    #[test]
    fn two_in_one_chair_are_found_wherever_a_page_ends(
        slots in proptest::collection::vec((0..40i64, 1..6i64, 0..2i64, 0..3u128, prop::bool::weighted(0.9)), 0..16),
        most in 2..6usize,
        now in -1..30i64,
    ) {
        let now = hour(now);
        let slots: Vec<_> = slots.into_iter().enumerate().collect();
        let seen = |n: usize, start: i64, hours: i64, host: i64| {
            let mut seen = sighting(n, start, BookingState::Active, LINKED);
            seen.facts.slot.end = hour(start + hours);
            seen.facts.host = Some(host);
            seen
        };
        let here: Vec<_> = slots
            .iter()
            .map(|(n, (start, hours, host, whose, at_rest))| {
                // Some are bookings of one appointment.
                let id = AppointmentId(uuid::Uuid::from_u128(if *whose == 0 { 0 } else { *n as u128 + 1 }));
                let progress = if *at_rest { Progress::AtRest } else { Progress::Waiting };
                Known { progress, ..known(id, &seen(*n, *start, *hours, *host)) }
            })
            .collect();
        let mut there: Vec<_> = here.iter().filter_map(|known| known.seen.clone()).collect();
        there.sort_by_key(|seen| (seen.facts.slot.start, seen.uid.clone()));
        let window = Window { from: hour(-1), to: None };
        let (mut cursor, mut found) = (Some(Cursor::of(window)), BTreeMap::new());
        while let Some(at) = cursor {
            let rest = there.iter().filter(|seen| seen.facts.slot.start >= at.from).skip(at.skip as usize);
            let page: Vec<_> = rest.take(most).cloned().collect();
            let starts: Vec<_> = page.iter().map(|seen| seen.facts.slot.start).collect();
            let covered = at.page(window, &starts, starts.len(), page.len() == most);
            let mut verdicts = compare(&covered, &page, &[], &here, &BTreeSet::new(), |_| true);
            let running = here.iter().filter(|known| {
                let slot = known.seen.as_ref().unwrap().facts.slot;
                slot.start < covered.whole_from && slot.end > covered.whole_from
            });
            overlaps(&mut verdicts, &page, &running.cloned().collect::<Vec<_>>(), |_| false, now);
            for verdict in verdicts {
                if let Class::Overlaps(Some(other)) = verdict.class {
                    found.insert(verdict.uid, other);
                }
            }
            cursor = covered.next;
        }
        let slot = |known: &Known| known.seen.as_ref().unwrap().facts.slot;
        let host = |known: &Known| known.seen.as_ref().unwrap().facts.host;
        let at_rest: Vec<_> = here.iter().filter(|known| known.progress == Progress::AtRest && slot(known).end > now).collect();
        for known in &here {
            let others = at_rest.iter().filter(|it| it.appointment != known.appointment && host(it) == host(known));
            let meets = |it: &&&Known| slot(it).start < slot(known).end && slot(known).start < slot(it).end;
            let before = |it: &&&Known| meets(it) && slot(it).start < slot(known).start;
            let is_ahead = slot(known).end > now;
            let is_found = found.contains_key(&known.uid);
            if let Some(other) = found.get(&known.uid) {
                let told = |it: &&&Known| it.appointment == *other && meets(it);
                prop_assert!(is_ahead && others.clone().any(|it| told(&it)), "{known:?} does not overlap {other}");
            }
            // What reaches furthest may be of the same appointment, and hide another that ends earlier.
            let own = at_rest.iter().any(|it| it.appointment == known.appointment && it.uid != known.uid);
            if is_ahead && known.progress == Progress::AtRest && !own && others.clone().any(|it| before(&it)) {
                prop_assert!(is_found, "{known:?} is not found");
            }
        }
    }

    #[test]
    fn a_run_takes_as_many_pages_as_there_are_full_ones_and_one(count in 0..60i64, most in 2..7usize) {
        // One booking an hour: each page brings all of its bookings but the last forward.
        let window = Window { from: hour(0), to: None };
        let starts: Vec<_> = (0..count).map(hour).collect();
        let (mut cursor, mut pages) = (Some(Cursor::of(window)), 0);
        while let Some(at) = cursor {
            let page: Vec<_> = starts.iter().copied().filter(|start| *start >= at.from).take(most).collect();
            cursor = at.page(window, &page, page.len(), page.len() == most).next;
            pages += 1;
        }
        prop_assert!(pages <= usize::try_from(count).unwrap_or(0) / (most - 1) + 1, "{pages} pages");
    }
}

#[test]
fn what_overlaps_a_booking_that_is_nobodys_here_is_told_by_what_is_known() {
    let seen = |n: usize, start: i64, hours: i64, event_type| {
        let mut seen = sighting(n, start, BookingState::Active, event_type);
        seen.facts.slot.end = hour(start + hours);
        seen.facts.host = Some(7);
        seen
    };
    let known = |n: usize, start: i64, hours: i64| {
        known(AppointmentId(uuid::Uuid::from_u128(n as u128)), &seen(n, start, hours, LINKED))
    };
    // Each begins while a strange one lasts, or the other way round; one began before the page; one meets none.
    let (running, here) = (known(0, 0, 3), [known(1, 4, 2), known(2, 7, 1), known(3, 20, 1)]);
    let strange = [seen(10, 2, 1, STRANGE), seen(11, 5, 3, STRANGE), seen(12, 30, 1, STRANGE)];
    let mut there: Vec<_> = here.iter().filter_map(|known| known.seen.clone()).chain(strange).collect();
    there.sort_by_key(|seen| seen.facts.slot.start);
    let covered = Covered { from: hour(1), to: hour(99), whole_from: hour(1), next: None };
    let mut verdicts = compare(&covered, &there, &[], &here, &BTreeSet::new(), is_linked);
    overlaps(&mut verdicts, &there, &[running], |seen| !is_linked(seen), hour(-1));
    let told = verdicts.iter().filter(|it| it.class == Class::Overlaps(None));
    let told: BTreeSet<_> =
        told.map(|it| (it.uid.0.as_str(), it.appointment.is_some(), it.there.is_some())).collect();
    assert_eq!(told, ["u000", "u001", "u002"].map(|uid| (uid, true, false)).into());
    assert_eq!(verdicts.len(), 4);
}

#[test]
fn an_earlier_link_that_lives_is_one_too_many() {
    let seen = sighting(1, 1, BookingState::Active, STRANGE);
    let window = Window { from: hour(0), to: None };
    let covered = Cursor::of(window).page(window, &[hour(1)], 1, false);
    let earlier = BTreeSet::from([seen.uid.clone()]);
    let said = compare(&covered, std::slice::from_ref(&seen), &[], &[], &earlier, is_linked);
    let event_type = seen.facts.event_type;
    let starts_at = Some(seen.facts.slot.start);
    assert_eq!(
        said,
        [Verdict {
            uid: seen.uid.clone(),
            appointment: None,
            event_type,
            starts_at,
            class: Class::OnlyThere,
            there: Some(seen)
        }]
    );
}

#[test]
fn of_a_changed_host_no_webhook_tells() {
    let differs = |fields: &[Field]| Class::Differs(fields.to_vec());
    let announced =
        [differs(&[Field::Start]), differs(&[Field::Host, Field::Start]), Class::OnlyThere, Class::Moved];
    assert!(announced.iter().all(Class::is_announced));
    let silent = [differs(&[Field::Host]), Class::Unreadable, Class::Same, Class::InHand];
    assert!(!silent.iter().any(Class::is_announced));
}
