//! A service and its event types at a small Cal.com that loses answers: whatever happens, both say the same in the
//! end, but for what was changed there, which nobody here takes over unasked.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::appointment::{Actor, Origin};
use crate::case::Priority;
use crate::decide::{Again, Failure};
use crate::retry::RetrySchedule;
use crate::service::{Service, ServiceSync, Terms, Work};
use crate::{AttemptId, ConnectionId, LinkId, ServiceId, StaffId};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn service() -> Service {
    Service {
        id: ServiceId(Uuid::nil()),
        name: "Haarschnitt".into(),
        slug: "haarschnitt".into(),
        description: String::new(),
        duration_minutes: 30,
        price_cents: Some(4200),
        active: true,
        terms: Terms::default(),
        sync: ServiceSync::Never,
        version: 1,
        segments: Vec::new(),
    }
}

fn case() -> ServiceCase {
    let mut case = ServiceCase {
        service: service(),
        event_types: Vec::new(),
        performers: vec![performer(1)],
        people: vec![performer(1), performer(2)],
        overwrites: false,
        entries: Vec::new(),
        due: Vec::new(),
    };
    case.arrange(|| link(1));
    case.conclude(Priority::Change, at(0));
    case
}

fn performer(person: u128) -> Performer {
    Performer {
        staff_id: StaffId(Uuid::from_u128(person)),
        name: format!("Person {person}"),
        connection: Some(ConnectionId(Uuid::from_u128(person))),
        place: Some(Place::Address("Hauptstr. 1".into())),
    }
}

fn link(person: u128) -> LinkId {
    LinkId(Uuid::from_u128(person))
}

fn admin() -> Actor {
    Actor::of(Origin::Admin)
}

/// Cal.com's event types of one account, and the calls that are under way to it.
#[derive(Debug, Clone, Default)]
struct Account {
    event_type: Option<(i64, Settings)>,
    ids: i64,
    calls: u32,
    late: Vec<(Timestamp, EventTypePush, Settings)>,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Answered,
    /// It has its effect, and nobody is told.
    AnswerLost,
    /// It never arrives.
    RequestLost,
    /// It arrives after its sender has given up.
    Late,
}

impl Account {
    fn see(&self, now: Timestamp) -> Option<EventTypeSighting> {
        self.event_type.as_ref().map(|(id, settings)| EventTypeSighting {
            id: *id,
            settings: settings.clone(),
            booking_fields: serde_json::Value::Null,
            booking_url: None,
            at: now,
        })
    }

    fn take(&mut self, push: &EventTypePush, wanted: &Settings) {
        match push {
            EventTypePush::Create if self.event_type.is_none() => {
                self.ids += 1;
                self.event_type = Some((self.ids, wanted.clone()));
            }
            // The slug is taken.
            EventTypePush::Create => {}
            EventTypePush::Update(settings) => {
                if let Some((_, there)) = &mut self.event_type {
                    for setting in settings {
                        setting.copy(wanted, there);
                    }
                }
            }
            EventTypePush::Delete => self.event_type = None,
        }
    }

    fn arrive(&mut self, now: Timestamp) {
        for (_, push, wanted) in self.late.extract_if(.., |(at, ..)| *at <= now).collect::<Vec<_>>() {
            self.take(&push, &wanted);
        }
    }
}

/// One step of the plan. Says whether there was one.
fn step(case: &mut ServiceCase, account: &mut Account, fate: Fate, now: Timestamp) -> bool {
    let schedule = RetrySchedule::default();
    let again = Again { schedule: &schedule, jitter: 0.5 };
    let connection = case.event_types[0].connection;
    let lost = |over| Failure::Transient { ambiguous: true, over };
    account.arrive(now);
    match case.next_in(connection, now) {
        Some((id, EventTypeNext::Look)) => match account.see(now) {
            _ if fate != Fate::Answered => case.look_failed(id, &lost(false), "lost", again, now),
            Some(seen) => case.sighted(id, &seen, now),
            None => case.absent(id, now),
        },
        Some((id, EventTypeNext::Act(push))) => {
            let attempt = AttemptId(Uuid::from_u128(u128::from(account.calls)));
            account.calls += 1;
            let wanted = case.wanted(case.record(id).unwrap());
            case.started(id, attempt, push.clone(), now);
            case.conclude(Priority::Change, now);
            match fate {
                Fate::Answered => {
                    account.take(&push, &wanted);
                    match account.see(now) {
                        Some(seen) => case.answered(id, attempt, &seen, now),
                        None => case.deleted(id, attempt, now),
                    }
                }
                Fate::AnswerLost => {
                    account.take(&push, &wanted);
                    case.call_failed(id, attempt, &lost(false), "lost", again, now);
                }
                Fate::RequestLost => case.call_failed(id, attempt, &lost(false), "lost", again, now),
                Fate::Late => {
                    account.late.push((now + SignedDuration::from_secs(70), push, wanted));
                    case.call_failed(id, attempt, &lost(false), "lost", again, now);
                }
            }
        }
        _ => return false,
    }
    case.conclude(Priority::Change, now);
    true
}

/// Everything is answered until nothing is due any more.
fn quiet(case: &mut ServiceCase, account: &mut Account, mut now: Timestamp) -> Timestamp {
    for _ in 0..40 {
        while step(case, account, Fate::Answered, now) {}
        let connection = case.event_types[0].connection;
        let Some((_, due)) = case.due.iter().find(|(lane, _)| *lane == connection) else {
            // What is under way arrives, and is found by the next look.
            now += SignedDuration::from_secs(200);
            account.arrive(now);
            return now;
        };
        now = due.at.max(now);
    }
    panic!("no end: {case:?}");
}

#[test]
fn every_setting_has_a_row_and_is_compared_and_copied() {
    let ours = case().wanted(&case().event_types[0]);
    let mut theirs = Settings {
        title: "Cut".into(),
        slug: "cut".into(),
        description: "Wash".into(),
        minutes: 45,
        active: false,
        buffer_before: 5,
        buffer_after: 10,
        notice: 60,
        confirmation: Confirmation::Always,
        disable_guests: true,
        places: vec![Place::CustomersPhone],
        window: Window::Days(30),
        reference_field: false,
    };
    for setting in Setting::ALL {
        assert_eq!(MAPPING.iter().filter(|row| row.setting == Some(setting)).count(), 1);
        assert_eq!(Setting::from_name(setting.as_str()), Some(setting));
        assert!(!setting.same(&ours, &theirs), "{setting:?}");
        setting.copy(&ours, &mut theirs);
        assert!(setting.same(&ours, &theirs), "{setting:?}");
    }
    assert_eq!(ours, theirs);
}

#[test]
fn the_page_for_users_says_what_the_table_says() {
    let page = include_str!("../../../../docs/sync-strategy.md");
    for row in MAPPING {
        let older = row.older.map_or(String::new(), |older| format!("`{older}`"));
        let who = match row.direction {
            Direction::ToCalcom => "the platform: it is sent",
            Direction::PlatformAlone => "the platform alone: Cal.com's API cannot carry it",
            Direction::CalcomAlone => "Cal.com alone",
        };
        let line = format!("| `{}` | `{}` | {older} | {who} |", row.ours, row.calcom);
        assert!(page.contains(&line), "{line}");
    }
    let never = format!("in no direction: {}.", NEVER_SYNCED.join(", "));
    assert!(page.split_whitespace().collect::<Vec<_>>().join(" ").contains(&never), "{never}");
}

#[test]
fn a_new_service_is_made_at_cal_com_once_and_each_change_sent_by_itself() {
    let (mut case, mut account) = (case(), Account::default());
    assert_eq!(case.service.sync, ServiceSync::Pending);
    let now = quiet(&mut case, &mut account, at(0));
    assert_eq!((account.calls, account.ids, case.service.sync), (1, 1, ServiceSync::Synced));
    case.service.name = "Schnitt".into();
    case.conclude(Priority::Change, now);
    let next = case.next_of(&case.event_types[0]);
    assert_eq!(next, EventTypeNext::Act(EventTypePush::Update(vec![Setting::Title])));
    assert_eq!(case.service.sync, ServiceSync::Pending);
    quiet(&mut case, &mut account, now);
    assert_eq!(account.event_type.unwrap().1.title, "Schnitt");
    assert!(
        case.entries.iter().any(|entry| entry.what == ServiceWhat::Sent { settings: vec![Setting::Title] })
    );
}

#[test]
fn what_was_seen_with_a_fast_clock_is_not_newer_for_ever() {
    let mut case = case();
    let mut account = Account::default();
    account.take(&EventTypePush::Create, &case.wanted(&case.event_types[0]));
    case.sighted(link(1), &account.see(at(90_000)).unwrap(), at(90_000));
    case.conclude(Priority::Change, at(90_000));
    // The clock is set right, and somebody changes the service.
    case.service.duration_minutes = 45;
    case.conclude(Priority::Change, at(10));
    let update = EventTypePush::Update(vec![Setting::Duration]);
    assert_eq!(case.next_of(&case.event_types[0]), EventTypeNext::Act(update.clone()));
    let attempt = AttemptId(Uuid::from_u128(1));
    case.started(link(1), attempt, update.clone(), at(11));
    account.take(&update, &case.wanted(&case.event_types[0]));
    case.answered(link(1), attempt, &account.see(at(12)).unwrap(), at(12));
    case.conclude(Priority::Change, at(12));
    assert_eq!(case.next_of(&case.event_types[0]), EventTypeNext::Rest, "it was sent, and seen there");
}

#[test]
fn what_is_changed_at_cal_com_waits_for_a_person_and_stays_as_it_is_here() {
    let (mut case, mut account) = (case(), Account::default());
    let now = quiet(&mut case, &mut account, at(0));
    let synced_at = case.event_types[0].last_synced_at;
    account.event_type.as_mut().unwrap().1.minutes = 60;
    case.hint();
    case.conclude(Priority::Check, now);
    assert_eq!(case.service.sync, ServiceSync::Synced, "a look is no change");
    let now = quiet(&mut case, &mut account, now);
    let open: Vec<_> = case.event_types[0].open_divergences().cloned().collect();
    assert_eq!((open.len(), open[0].setting, open[0].theirs.as_str()), (1, Setting::Duration, "60"));
    assert_eq!((case.service.duration_minutes, case.service.sync), (30, ServiceSync::Synced));
    assert_eq!(case.event_types[0].last_synced_at, synced_at);
    let id = case.event_types[0].id;

    // It may stay, until something else is said there.
    let mut dismissed = case.clone();
    assert!(dismissed.dismiss(id, Setting::Duration, &admin(), now));
    let mut there = account.clone();
    dismissed.hint();
    dismissed.conclude(Priority::Check, now);
    let later = quiet(&mut dismissed, &mut there, now);
    assert_eq!(dismissed.event_types[0].open_divergences().count(), 0);
    there.event_type.as_mut().unwrap().1.minutes = 75;
    dismissed.hint();
    dismissed.conclude(Priority::Check, later);
    quiet(&mut dismissed, &mut there, later);
    assert_eq!(dismissed.event_types[0].open_divergences().count(), 1);

    // Theirs is taken, and nothing is sent.
    let (mut taken, mut there) = (case.clone(), account.clone());
    assert!(taken.take(id, Setting::Duration, &admin(), now));
    taken.conclude(Priority::Change, now);
    quiet(&mut taken, &mut there, now);
    assert_eq!((taken.service.duration_minutes, there.calls), (60, account.calls));
    assert_eq!(taken.event_types[0].divergences, []);

    // Ours is sent.
    assert!(case.send_ours(id, Setting::Duration));
    case.conclude(Priority::Change, now);
    quiet(&mut case, &mut account, now);
    assert_eq!(account.event_type.unwrap().1.minutes, 30);
    assert_eq!(case.event_types[0].divergences, []);
}

#[test]
fn what_was_there_before_it_was_tied_is_neither_overwritten_nor_taken() {
    let (mut case, mut account) = (case(), Account::default());
    let mut there = case.wanted(&case.event_types[0]);
    (there.minutes, there.title, there.reference_field) = (60, "Cut".into(), false);
    account.event_type = Some((7, there));
    case.event_types[0].event_type_id = Some(7);
    let now = quiet(&mut case, &mut account, at(0));
    let open: Vec<_> = case.event_types[0].open_divergences().map(|open| open.setting).collect();
    assert_eq!(open, [Setting::Title, Setting::Duration]);
    let there = &account.event_type.as_ref().unwrap().1;
    assert!(there.reference_field && there.minutes == 60, "our own field is added, and nothing else changed");
    // What is changed here from now on is sent.
    case.service.description = "Waschen, schneiden".into();
    case.conclude(Priority::Change, now);
    quiet(&mut case, &mut account, now);
    assert_eq!(account.event_type.as_ref().unwrap().1.description, "Waschen, schneiden");
    assert_eq!(account.event_type.unwrap().1.minutes, 60);
}

#[test]
fn tying_to_what_is_there_hides_what_stood_for_it_and_overwrites_nothing() {
    let (mut case, mut account) = (case(), Account::default());
    let now = quiet(&mut case, &mut account, at(0));
    let person = performer(1);
    let record = |name| EventTypeRecord {
        staff_id: Some(person.staff_id),
        ..EventTypeRecord::new(link(name), person.connection.unwrap())
    };
    let seen = |id, settings: &Settings| EventTypeSighting {
        id,
        settings: settings.clone(),
        booking_fields: serde_json::Value::Null,
        booking_url: None,
        at: now,
    };
    let (_, ours) = account.event_type.clone().unwrap();
    let there = Settings { title: "Cut".into(), reference_field: false, ..ours.clone() };
    let tied = case.tie(record(9), &seen(7, &there), &admin(), now);
    case.arrange(|| unreachable!("nothing else is to be made"));
    case.conclude(Priority::Change, now);
    let roles = |case: &ServiceCase| case.event_types.iter().map(|it| it.role).collect::<Vec<_>>();
    assert_eq!(tied, link(9));
    assert_eq!(roles(&case), [EventTypeRole::Hidden, EventTypeRole::Current]);
    let next = |case: &ServiceCase, index: usize| case.next_of(&case.event_types[index]);
    let update = |setting| EventTypeNext::Act(EventTypePush::Update(vec![setting]));
    assert_eq!(next(&case, 0), update(Setting::Active));
    assert_eq!(next(&case, 1), update(Setting::ReferenceField), "nothing else is sent");
    let open: Vec<_> = case.event_types[1].open_divergences().map(|open| open.setting).collect();
    assert_eq!(open, [Setting::Title]);
    // Nothing was changed there: the two have never said the same.
    let shared = &case.event_types[1].shared;
    assert!(!shared.contains_key(&Setting::Title) && shared[&Setting::Duration] == "30", "{shared:?}");
    let since_tied = |it: &ServiceEntry| {
        matches!(it.what, ServiceWhat::Diverged { setting: Setting::Title, since_tied: true, .. })
            && it.about.as_ref().is_some_and(|about| about.link == link(9))
    };
    assert_eq!(case.entries.iter().filter(|it| since_tied(it)).count(), 1);
    let told = |case: &ServiceCase, id| {
        case.entries
            .iter()
            .any(|it| it.what == ServiceWhat::Tied { event_type_id: id } && it.actor.origin == Origin::Admin)
    };
    assert!(told(&case, 7));
    // And back: what was let go is shown again, and nobody hides it.
    let hidden = Settings { active: false, ..ours };
    assert_eq!(case.tie(record(10), &seen(1, &hidden), &admin(), now), link(1));
    case.conclude(Priority::Change, now);
    assert_eq!(roles(&case), [EventTypeRole::Current, EventTypeRole::Hidden]);
    assert_eq!(next(&case, 0), EventTypeNext::Rest);
    let open: Vec<_> = case.event_types[0].open_divergences().map(|open| open.setting).collect();
    assert_eq!(open, [Setting::Active], "that it is hidden there is a person's to settle");
}

#[test]
fn a_place_that_is_said_here_reaches_what_has_none_and_what_nobody_says_stays_as_it_is_there() {
    let phone = || vec![Place::CustomersPhone];
    let (mut case, mut account) = (case(), Account::default());
    let now = quiet(&mut case, &mut account, at(0));
    let there = |account: &Account| account.event_type.as_ref().unwrap().1.places.clone();
    assert_eq!(there(&account), [Place::Address("Hauptstr. 1".into())], "the address of the branch");
    // The service has none of its own, and Cal.com asks for none any more: that is nobody's loss.
    account.event_type.as_mut().unwrap().1.places.clear();
    case.hint();
    case.conclude(Priority::Check, now);
    let now = quiet(&mut case, &mut account, now);
    assert_eq!((there(&account), case.event_types[0].divergences.len()), (vec![], 0));
    case.service.terms.places = phone();
    case.conclude(Priority::Change, now);
    assert_eq!(case.service.sync, ServiceSync::Pending);
    let now = quiet(&mut case, &mut account, now);
    assert_eq!((there(&account), case.service.sync), (phone(), ServiceSync::Synced));
    // What was said here and is taken away there is a difference.
    account.event_type.as_mut().unwrap().1.places.clear();
    case.hint();
    case.conclude(Priority::Check, now);
    quiet(&mut case, &mut account, now);
    let open: Vec<_> = case.event_types[0].open_divergences().map(|open| open.setting).collect();
    assert_eq!(open, [Setting::Places]);
}

#[test]
fn where_the_company_lets_it_through_what_is_said_there_is_taken_over() {
    let (mut case, mut account) = (case(), Account::default());
    let now = quiet(&mut case, &mut account, at(0));
    case.overwrites = true;
    let there = &mut account.event_type.as_mut().unwrap().1;
    (there.minutes, there.confirmation) = (60, Confirmation::Other("{}".into()));
    case.hint();
    case.conclude(Priority::Check, now);
    quiet(&mut case, &mut account, now);
    assert_eq!((case.service.duration_minutes, case.service.terms.requires_confirmation), (60, false));
}

#[test]
fn what_is_deleted_there_is_told_and_made_again_only_when_a_person_says_so() {
    let (mut case, mut account) = (case(), Account::default());
    let now = quiet(&mut case, &mut account, at(0));
    account.event_type = None;
    case.hint();
    case.conclude(Priority::Check, now);
    let now = quiet(&mut case, &mut account, now);
    assert_eq!((case.service.active, case.service.sync), (false, ServiceSync::Error));
    assert_eq!(case.problem().unwrap().0, EventTypeProblem::Deleted);
    assert_eq!(account.calls, 1);
    case.service.active = true;
    case.push(&admin(), now);
    case.conclude(Priority::Change, now);
    quiet(&mut case, &mut account, now);
    assert_eq!((case.service.sync, account.ids, account.calls), (ServiceSync::Synced, 2, 2));
}

#[test]
fn a_slug_that_the_account_has_already_is_no_reason_to_take_over_what_is_there() {
    let mut case = case();
    let id = case.event_types[0].id;
    let attempt = AttemptId(Uuid::nil());
    let schedule = RetrySchedule::default();
    case.absent(id, at(0));
    case.started(id, attempt, EventTypePush::Create, at(1));
    let again = Again { schedule: &schedule, jitter: 0.5 };
    let refused = Failure::Refused(EventTypeProblem::SlugTaken);
    case.call_failed(id, attempt, &refused, "User already has an event type with this slug.", again, at(1));
    case.conclude(Priority::Change, at(1));
    assert_eq!(case.next_of(&case.event_types[0]), EventTypeNext::Look);
    case.absent(id, at(2));
    case.conclude(Priority::Change, at(2));
    assert_eq!(case.service.sync, ServiceSync::Error);
    // Another slug is another wish.
    case.service.slug = "schnitt".into();
    case.conclude(Priority::Change, at(3));
    assert_eq!(case.service.sync, ServiceSync::Pending);
}

#[test]
fn whoever_performs_it_no_longer_is_hidden_and_each_stretch_of_work_has_its_own() {
    let mut case = case();
    let mut account = Account::default();
    let now = quiet(&mut case, &mut account, at(0));
    assert_eq!(case.perform(&[performer(1).staff_id]), None);
    let told = case.perform(&[performer(2).staff_id]);
    assert_eq!(told, Some(("Person 1".to_owned(), "Person 2".to_owned())));
    case.arrange(|| link(2));
    case.conclude(Priority::Change, now);
    quiet(&mut case, &mut account, now);
    assert!(!account.event_type.unwrap().1.active, "hidden, not deleted: its bookings stay");
    assert_eq!(case.event_types[0].role, EventTypeRole::Gone);
    assert_eq!(case.current().map(|record| record.id).collect::<Vec<_>>(), [link(2)]);

    let work = |name: &str, minutes| Work { name: name.into(), minutes, pause_minutes: 0, staff: Vec::new() };
    case.service.segments = vec![work("Färben", 30), work("Schneiden", 45)];
    let mut ids = 3..;
    case.arrange(|| link(ids.next().unwrap()));
    assert_eq!(case.current().count(), 2);
    let wanted = case.wanted(&case.event_types[2]);
    assert_eq!(
        (wanted.title.as_str(), wanted.slug.as_str(), wanted.minutes),
        ("Haarschnitt – Schneiden", "haarschnitt-2", 45)
    );

    // Of what somebody may not do, that person needs no event type.
    case.service.segments[1].staff = vec![performer(1).staff_id];
    case.perform(&[performer(1).staff_id, performer(2).staff_id]);
    case.arrange(|| link(ids.next().unwrap()));
    let stands: Vec<_> = case.current().map(|record| (record.segment, record.staff_id)).collect();
    let [one, two] = [1, 2].map(|number| Some(performer(number).staff_id));
    assert_eq!(stands.len(), 3, "{stands:?}");
    assert!(!stands.contains(&(1, two)) && stands.contains(&(1, one)) && stands.contains(&(0, two)));
}

#[test]
fn what_is_taken_from_one_event_type_decides_nothing_about_another() {
    let now = at(0);
    let mut case = case();
    case.perform(&[performer(1).staff_id, performer(2).staff_id]);
    let mut ids = 2..;
    case.arrange(|| link(ids.next().unwrap()));
    for (number, title) in [(1u32, "Damen A"), (2, "Damen B")] {
        let id = i64::from(number);
        let record = case.event_types.iter_mut().find(|it| it.id == link(number.into())).unwrap();
        record.event_type_id = Some(id);
        let wanted = case.wanted(case.record(link(number.into())).unwrap());
        let account = Account {
            event_type: Some((id, Settings { title: title.into(), ..wanted })),
            ..Account::default()
        };
        case.sighted(link(number.into()), &account.see(now).unwrap(), now);
    }
    case.conclude(Priority::Change, now);
    assert!(case.take(link(1), Setting::Title, &admin(), now));
    case.conclude(Priority::Change, now);
    assert_eq!(case.service.name, "Damen A");
    let other = case.record(link(2)).unwrap();
    let open: Vec<_> = other.open_divergences().map(|it| it.theirs.as_str()).collect();
    assert_eq!(
        (open, case.next_of(other)),
        (vec!["Damen B"], EventTypeNext::Rest),
        "nobody decided about it"
    );
}

#[derive(Debug, Clone)]
enum Event {
    Edit(usize),
    EditThere(usize),
    DeleteThere,
    Step(Fate),
    Wait(i64),
    Look,
    Settle(usize, bool),
}

/// Changes one setting of the service or of the event type to the `n`-th of a few values.
fn edit_service(service: &mut Service, n: usize) {
    match n % 6 {
        0 => service.name = format!("Name {n}"),
        1 => service.duration_minutes = 15 + u32::try_from(n).unwrap(),
        2 => service.active = n.is_multiple_of(2),
        3 => service.terms.buffer_after_minutes = u32::try_from(n).unwrap(),
        4 => service.terms.online = n.is_multiple_of(4),
        _ => service.terms.requires_confirmation = n.is_multiple_of(2),
    }
}

fn edit_there(there: &mut Settings, n: usize) {
    match n % 4 {
        0 => there.title = format!("Title {n}"),
        1 => there.minutes = 100 + u32::try_from(n).unwrap(),
        2 => there.buffer_after = 100 + u32::try_from(n).unwrap(),
        _ => there.description = format!("Text {n}"),
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let fate = prop_oneof![
        4 => Just(Fate::Answered), 1 => Just(Fate::AnswerLost), 1 => Just(Fate::RequestLost), 1 => Just(Fate::Late)
    ];
    let event = prop_oneof![
        3 => (0..40usize).prop_map(Event::Edit),
        2 => (0..40usize).prop_map(Event::EditThere),
        1 => Just(Event::DeleteThere),
        8 => fate.prop_map(Event::Step),
        3 => (1..120i64).prop_map(Event::Wait),
        2 => Just(Event::Look),
        1 => (0..13usize, any::<bool>()).prop_map(|(n, ours)| Event::Settle(n, ours)),
    ];
    prop::collection::vec(event, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    /// Invariant 4: no field of a service ever changes because of Cal.com, unless a person says so; and in the end
    /// both say the same but for what was changed there, which is listed.
    #[test]
    fn whatever_happens_the_platform_is_the_source_of_truth(events in events()) {
        let (mut case, mut account, mut now) = (case(), Account::default(), at(0));
        let (mut expected, mut deletions) = (case.service.clone(), 0);
        for event in events {
            match event {
                Event::Edit(n) => {
                    edit_service(&mut case.service, n);
                    edit_service(&mut expected, n);
                }
                Event::EditThere(n) => if let Some((_, there)) = &mut account.event_type { edit_there(there, n) },
                Event::DeleteThere => deletions += i64::from(account.event_type.take().is_some()),
                Event::Step(fate) => { step(&mut case, &mut account, fate, now); }
                Event::Wait(seconds) => now += SignedDuration::from_secs(seconds),
                Event::Look => case.hint(),
                Event::Settle(n, ours) => {
                    let id = case.event_types[0].id;
                    if ours {
                        case.send_ours(id, Setting::ALL[n]);
                    } else if case.take(id, Setting::ALL[n], &admin(), now) {
                        expected = case.service.clone();
                    }
                }
            }
            case.conclude(Priority::Change, now);
            account.arrive(now);
            let told = |what: &ServiceWhat| case.entries.iter().any(|entry| entry.what == *what);
            if told(&ServiceWhat::Deactivated) {
                expected.active = case.service.active;
            }
            let business = Service { sync: expected.sync, ..case.service.clone() };
            prop_assert_eq!(&business, &expected);
        }
        now = quiet(&mut case, &mut account, now);
        case.hint();
        case.conclude(Priority::Check, now);
        quiet(&mut case, &mut account, now);
        let record = &case.event_types[0];
        let wanted = case.wanted(record);
        match (&account.event_type, case.next_of(record)) {
            (Some((id, there)), EventTypeNext::Rest) => {
                prop_assert_eq!(Some(*id), record.event_type_id);
                let differ: Vec<_> = Setting::ALL.into_iter().filter(|it| !it.same(&wanted, there)).collect();
                let listed: Vec<_> = record.divergences.iter().map(|divergence| divergence.setting).collect();
                prop_assert_eq!(differ, listed);
            }
            (None, EventTypeNext::GivenUp(EventTypeProblem::Deleted)) => prop_assert!(!case.service.active),
            (_, EventTypeNext::GivenUp(EventTypeProblem::RetriesUsedUp)) => {}
            (there, next) => prop_assert!(false, "{:?}, {:?}", there, next),
        }
        prop_assert!(account.ids <= 1 + deletions, "made twice");
    }
}
