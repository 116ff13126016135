//! Times that are held while somebody thinks: nobody else gets them, on any path, until they are given back or over.

use domain::appointment::{Actor, Segment};
use domain::booking::Seen;
use domain::*;
use jiff::Timestamp;
use jiff::civil::{Weekday, time};
use serde_json::{Value, json};
use store::*;

use crate::world::*;

fn offer(segments: &[(StaffId, Slot)], target: Value) -> Offer {
    let segments = segments.iter().map(|(staff_id, slot)| Segment { staff_id: *staff_id, slot: *slot });
    Offer { segments: segments.collect(), target }
}

fn by() -> Actor {
    Actor::of(Origin::Admin)
}

async fn hold(salon: &Salon, holder: &Holder, slots: &[Slot], now: Timestamp) -> Vec<Option<String>> {
    let offers = slots.iter().map(|slot| offer(&[(salon.staff[0], *slot)], json!(slot))).collect();
    salon
        .store
        .offer(salon.id(), holder, offers, now + jiff::SignedDuration::from_mins(5), now)
        .await
        .unwrap()
}

fn held_for(salon: &Salon, holder: &Holder, slot: Slot) -> NewAppointment {
    NewAppointment { holder: Some(holder.clone()), ..salon.wish(slot) }
}

pub async fn what_is_held_is_kept_from_others_and_not_from_its_holder(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (mine, theirs) = (Holder::call("1"), Holder::call("2"));
    // Times of one holder may overlap: only one of them will be taken.
    let offered = [slot(0, 30), slot(15, 30), slot(60, 30)];
    let named = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
    assert_eq!(hold(&salon, &mine, &offered, now()).await, named(&["S1", "S2", "S3"]));
    let meant: Option<Slot> = store.named(salon.id(), &mine, "S2").await.unwrap();
    assert_eq!(meant, Some(slot(15, 30)));
    assert_eq!(store.named::<Slot>(salon.id(), &theirs, "S2").await.unwrap(), None, "names are of a call");

    // Another call, a person, a move of something else.
    assert_eq!(hold(&salon, &theirs, &[slot(70, 30), slot(90, 30)], now()).await, [None, Some("S1".into())]);
    let refused = salon.book(salon.wish(slot(40, 30))).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
    let other = salon.booked(slot(300, 30)).await;
    let onto = |minutes| {
        let segments = salon.wish(slot(minutes, 30)).segments;
        move |case: &mut Case| {
            case.appointment.arrange(segments.clone());
            case.appointment.touch(now());
            conclude(case);
            Ok(())
        }
    };
    let refused = store.apply(salon.id(), other, Change::at(now()), onto(30)).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
    // Somebody else's time is free all the while, and other salons know nothing of it.
    salon.book(salon.wish_of_ben(slot(0, 30))).await.unwrap();
    let elsewhere = Salon::open(&store, "b").await;
    elsewhere.booked(slot(0, 30)).await;

    let taken = store.taken(salon.id(), &salon.staff[..1], slot(0, 120), now()).await.unwrap();
    let held: Vec<_> = taken.iter().filter(|it| it.service_id.is_none()).map(|it| (it.by, it.slot)).collect();
    let (me, them) = (mine.id(salon.id()), theirs.id(salon.id()));
    assert_eq!(held, [(me, slot(0, 30)), (me, slot(15, 30)), (me, slot(60, 30)), (them, slot(90, 30))]);
    assert_eq!(store.busy(salon.id(), &salon.staff[..1], slot(0, 120)).await.unwrap()[&salon.staff[0]], []);

    // Who holds it books it, and what overlaps it is of no use any more.
    salon.book(held_for(&salon, &mine, slot(15, 30))).await.unwrap();
    let left = store.taken(salon.id(), &salon.staff[..1], slot(0, 120), now()).await.unwrap();
    assert_eq!(left.iter().filter(|it| it.by == me).map(|it| it.slot).collect::<Vec<_>>(), [slot(60, 30)]);
    // A move into what is held for it.
    let change = Change::at(now()).held_for(Some(mine.clone()));
    store.apply(salon.id(), other, change, onto(60)).await.unwrap();

    // The next offer takes the place of this one, the same time has the same name again.
    assert_eq!(hold(&salon, &theirs, &[slot(200, 30), slot(90, 30)], now()).await, named(&["S2", "S1"]));
    assert!(store.release(salon.id(), &theirs).await.unwrap());
    assert!(!store.release(salon.id(), &theirs).await.unwrap());
    salon.booked(slot(200, 30)).await;
}

pub async fn what_was_held_is_free_when_it_is_over(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let holder = Holder::call("1");
    hold(&salon, &holder, &[slot(0, 30), slot(60, 30)], now()).await;
    let over = later(5 * 60);
    let taken = async |at| store.taken(salon.id(), &salon.staff, slot(0, 120), at).await.unwrap().len();
    assert_eq!((taken(later(299)).await, taken(over).await), (2, 0));
    let early = store.book(salon.id(), salon.wish(slot(0, 30)), later(299), conclude).await;
    assert!(matches!(early, Err(Error::SlotTaken)), "{early:?}");
    let booked = store.book(salon.id(), salon.wish(slot(0, 30)), over, conclude).await.unwrap().id();
    let segments = salon.wish(slot(60, 30)).segments;
    hold(&salon, &holder, &[slot(60, 30)], now()).await;
    let onto = move |case: &mut Case| {
        case.appointment.arrange(segments.clone());
        conclude(case);
        Ok(())
    };
    let early = store.apply(salon.id(), booked, Change::at(now()), onto.clone()).await;
    assert!(matches!(early, Err(Error::SlotTaken)), "{early:?}");
    store.apply(salon.id(), booked, Change::at(over), onto).await.unwrap();
    // Another holder finds the place free as well.
    hold(&salon, &holder, &[slot(0, 30)], now()).await;
    assert_eq!(hold(&salon, &Holder::call("2"), &[slot(0, 30)], over).await, [Some("S1".into())]);
}

pub async fn a_fact_from_cal_com_does_not_wait_for_who_hesitates(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let before = store.case(salon.id(), salon.booked(slot(600, 30)).await).await.unwrap();
    hold(&salon, &Holder::call("1"), &[slot(0, 30), slot(120, 30)], now()).await;
    let lease = salon.lease("w", now()).await.unwrap();
    let found = sighting(&before, "there", now());
    let record = BookingRecord {
        uid: Some(found.uid.clone()),
        seen: Seen::Booking(Box::new(found)),
        ..BookingRecord::new(salon.event_type, None)
    };
    let wish = NewAppointment { actor: Actor::of(Origin::Calcom), ..salon.wish(slot(15, 30)) };
    let fact = store.import(salon.id(), &lease, wish, record, now(), conclude).await.unwrap();
    let shown = store.case(salon.id(), fact).await.unwrap();
    assert!(!shown.appointment.overlapping && shown.open.is_empty(), "nobody is served twice");
    let onto = |minutes| {
        let segments = salon.wish(slot(minutes, 30)).segments;
        move |case: &mut Case| {
            case.appointment.arrange(segments.clone());
            conclude(case);
            Ok(())
        }
    };
    let moved = store.apply(salon.id(), fact, Change::in_lane(&lease, now()), onto(110)).await.unwrap();
    assert!(!moved.appointment.overlapping);
    assert_eq!(store.taken(salon.id(), &salon.staff, slot(0, 200), now()).await.unwrap().len(), 1);

    // Where it overlaps an appointment, that alone is told: what is held is none.
    let moved = store.apply(salon.id(), fact, Change::in_lane(&lease, now()), onto(610)).await.unwrap();
    assert!(moved.appointment.overlapping);
    assert_eq!(hold(&salon, &Holder::call("2"), &[slot(635, 30)], now()).await, [Some("S1".into())]);
    assert_eq!(store.overlapping(salon.id(), fact).await.unwrap(), [before.appointment.id]);
}

pub async fn of_many_who_want_to_hold_a_time_one_does(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let race = (0..24).map(|n: i64| {
        let salon = salon.clone();
        tokio::spawn(async move {
            let (holder, slot) = (Holder::call(&n.to_string()), slot(n % 3 * 10, 30));
            if n % 4 == 0 {
                return salon.book(salon.wish(slot)).await.is_ok();
            }
            hold(&salon, &holder, &[slot], now()).await[0].is_some()
        })
    });
    let got = futures::future::join_all(race.collect::<Vec<_>>()).await;
    assert_eq!(got.into_iter().filter(|got| *got.as_ref().unwrap()).count(), 1);
    // The same call twice at the same moment: one name for the same time, none lost.
    let twice = (0..6).map(|n: i64| {
        let salon = salon.clone();
        tokio::spawn(
            async move { hold(&salon, &Holder::call("x"), &[slot(300 + n % 2 * 60, 30)], now()).await },
        )
    });
    let mut names = Vec::new();
    for result in futures::future::join_all(twice.collect::<Vec<_>>()).await {
        names.extend(result.unwrap());
    }
    names.sort();
    names.dedup();
    assert_eq!(names, [Some("S1".to_owned()), Some("S2".to_owned())]);
    let same = |n: u32| vec![json!(n), json!(1)];
    let holder = Holder::call("x");
    assert_eq!(store.name(salon.id(), &holder, "A", same(7), now()).await.unwrap(), ["A1", "A2"]);
    assert_eq!(store.name(salon.id(), &holder, "A", same(8), now()).await.unwrap(), ["A3", "A2"]);
}

pub async fn absences_are_of_one_person_and_one_company(place: Place) {
    let store = place.store().await;
    let (salon, other) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let absence = |id| Absence {
        id: AbsenceId(id),
        staff_id: salon.staff[0],
        slot: slot(0, 24 * 60),
        reason: Some("Urlaub".into()),
    };
    let (first, second) = (absence(id()), absence(id()));
    store.add_absence(salon.id(), first.clone(), by(), now()).await.unwrap();
    store.add_absence(salon.id(), second.clone(), by(), now()).await.unwrap();
    let of = async |salon: &Salon, range| store.absences(salon.id(), &salon.staff, range).await.unwrap();
    assert_eq!(of(&salon, slot(23 * 60, 600)).await, [first.clone(), second.clone()]);
    assert_eq!(of(&salon, slot(24 * 60, 600)).await, []);
    assert!(matches!(store.add_absence(other.id(), absence(id()), by(), now()).await, Err(Error::NotFound)));
    assert!(matches!(store.remove_absence(other.id(), first.id, by(), now()).await, Err(Error::NotFound)));
    store.remove_absence(salon.id(), first.id, by(), now()).await.unwrap();
    assert_eq!(of(&salon, slot(0, 600)).await, [second]);
    // Whose holidays a branch keeps.
    let land = Some(holidays::Land::Be);
    let week = hours::WeeklyHours::on(&[Weekday::Tuesday], time(9, 0, 0, 0), time(18, 0, 0, 0));
    let set = async |salon: &Salon, branch, land| {
        store.set_branch_hours(salon.id(), branch, week.clone(), land, by(), now()).await
    };
    set(&salon, salon.branch, land).await.unwrap();
    set(&salon, salon.branch, land).await.unwrap();
    let branch = store.branch(salon.id(), salon.branch).await.unwrap();
    assert_eq!((branch.land, &branch.hours), (land, &week));
    assert!(matches!(set(&other, salon.branch, None).await, Err(Error::NotFound)));
    // When somebody works.
    let anna = salon.staff[0];
    store.set_staff_hours(salon.id(), anna, week.clone(), by(), now()).await.unwrap();
    assert_eq!(store.staff_member(salon.id(), anna).await.unwrap().hours, week);
    let foreign = store.set_staff_hours(other.id(), anna, week.clone(), by(), now()).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    // What was done stands in the history, and what changed nothing does not.
    let done = async |subject| {
        let history = store.setup_history(salon.id(), subject).await.unwrap();
        history.into_iter().map(|entry| entry.deed).collect::<Vec<_>>()
    };
    assert_eq!(done(salon.branch.0).await, [SetupDeed::HoursChanged]);
    let slot = slot(0, 24 * 60);
    let added = SetupDeed::AbsenceAdded { slot };
    assert_eq!(
        done(anna.0).await,
        [SetupDeed::HoursChanged, SetupDeed::AbsenceRemoved { slot }, added.clone(), added]
    );
}
