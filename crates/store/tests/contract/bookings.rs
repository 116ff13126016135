//! Several bookings of one appointment: written, found by their names, worked on lane by lane.

use domain::booking::{Call, Role, Seen};
use domain::case::{Due, Host, Priority};
use domain::people::Customer;
use domain::*;
use store::*;

use crate::world::*;

fn write(
    change: impl Fn(&mut Case) + Send + Sync + 'static,
) -> impl Fn(&mut Case) -> Result<(), Abort> + Send + Sync + 'static {
    move |case| {
        change(case);
        Ok(())
    }
}

pub async fn bookings_come_change_and_go(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let elsewhere = salon.account("second", &[(1, 1, 7, None)]).await;
    let wish = salon.composite(&[(0, slot(0, 30)), (1, slot(60, 30))]);
    let id = salon.book(wish).await.unwrap().id();
    let there = EventTypeRef { connection: elsewhere, id: 7 };
    let case = store.case(salon.id(), id).await.unwrap();
    let second = BookingRecord { number: 1, segment: 1, ..BookingRecord::new(there, None) };
    assert_eq!(case.bookings, [BookingRecord::new(salon.event_type, None), second]);

    // Each is seen under a name of its own; the first is replaced by another on the same account.
    let seen = |number: usize, uid: &str| {
        let facts = case.snapshots(&case.bookings[number]).local;
        Sighting { facts, ..sighting(&case, uid, later(1)) }
    };
    let doubt = Call {
        attempt: AttemptId(crate::world::id()),
        push: Push::Cancel,
        wanted: seen(0, "u0").facts,
        at: later(1),
        over: false,
        looked: true,
    };
    let mut wanted = case.bookings.clone();
    for (record, uid) in wanted.iter_mut().zip(["u0", "u1"]) {
        record.uid = Some(BookingUid(uid.into()));
        record.seen = Seen::Booking(Box::new(seen(usize::from(record.number), uid)));
        record.home = Some(at(60));
    }
    wanted[0].role = Role::Replaced;
    wanted[0].doubts = vec![doubt];
    wanted.push(BookingRecord { number: 2, before: 1, ..BookingRecord::new(salon.event_type, None) });
    let expect = async |wanted: &[BookingRecord], seconds| {
        let copy = wanted.to_vec();
        let change = write(move |case| case.bookings.clone_from(&copy));
        store.apply(salon.id(), id, Change::at(later(seconds)), change).await.unwrap();
        assert_eq!(store.case(salon.id(), id).await.unwrap().bookings, wanted);
        assert_eq!(store.appointment(salon.id(), id).await.unwrap().bookings, wanted);
    };
    expect(&wanted, 2).await;
    let named =
        async |uid: &str| store.appointment_by_uid(salon.id(), &BookingUid(uid.into())).await.unwrap();
    assert_eq!((named("u0").await, named("u1").await), (Some((id, 0)), Some((id, 1))));
    assert_eq!(named("u2").await, None);

    // The old one is gone, the new one has a name and was moved since, the second segment is given up.
    wanted[0].role = Role::Gone;
    wanted[0].doubts.clear();
    wanted[2].uid = Some(BookingUid("u3".into()));
    wanted[2].seen = Seen::Booking(Box::new(seen(0, "u2")));
    wanted.remove(1);
    expect(&wanted, 3).await;
    let chain = store.booking_chain(salon.id(), id).await.unwrap();
    let names: Vec<_> = chain.iter().map(|(uid, at)| (uid.0.as_str(), *at)).collect();
    assert_eq!(names, [("u0", later(2)), ("u1", later(2)), ("u2", later(3)), ("u3", later(3))]);
    // A name stays with whom it was first; the names of what was taken away still lead here.
    wanted[1].uid = Some(BookingUid("u0".into()));
    expect(&wanted, 4).await;
    for (uid, number) in [("u0", 0), ("u1", 1), ("u2", 2), ("u3", 2)] {
        assert_eq!(named(uid).await, Some((id, number)), "{uid}");
    }
    // Links that were passed on the way to the end of the chain lead here too.
    let passed = write(|case| case.names.push((2, BookingUid("u2a".into()))));
    store.apply(salon.id(), id, Change::at(later(5)), passed).await.unwrap();
    assert_eq!(named("u2a").await, Some((id, 2)));
    expect(&[], 6).await;
}

pub async fn every_lane_has_its_own_work(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let elsewhere = salon.account("second", &[(1, 1, 7, None)]).await;
    let wish = salon.composite(&[(0, slot(0, 30)), (1, slot(60, 30))]);
    let id = salon.book(wish).await.unwrap().id();
    let leases = salon.leases("w", now()).await;
    let of = |connection| leases.iter().find(|lease| lease.connection == connection).unwrap().clone();
    let (here, there) = (of(salon.connection), of(elsewhere));
    let work = async |lease: &Lease| {
        let work = store.due_work(lease, later(1000), 10).await.unwrap();
        work.into_iter().map(|work| (work.subject, work.due_at, work.priority)).collect::<Vec<_>>()
    };
    let item = |at, priority| vec![(Subject::Appointment(id), at, priority)];
    // Booked, both segments have to be made.
    assert_eq!(
        (work(&here).await, work(&there).await),
        (item(now(), Priority::Change), item(now(), Priority::Change))
    );

    let plan = async |change: Change, due: &[(ConnectionId, Due)]| {
        let due = due.to_vec();
        store.apply(salon.id(), id, change, write(move |case| case.due.clone_from(&due))).await.unwrap();
        (work(&here).await, work(&there).await)
    };
    let (soon, late) =
        (Due { at: later(5), priority: Priority::Caller }, Due { at: later(90), priority: Priority::Retry });
    let both =
        plan(Change::in_lane(&here, now()), &[(here.connection, late), (there.connection, soon)]).await;
    assert_eq!(both, (item(later(90), Priority::Retry), item(later(5), Priority::Caller)));
    let one = plan(Change::in_lane(&there, now()), &[(here.connection, soon)]).await;
    assert_eq!(one, (item(later(5), Priority::Caller), vec![]));
    assert_eq!(
        plan(Change::at(now()), &[(there.connection, late)]).await,
        (vec![], item(later(90), Priority::Retry))
    );
    // A record that is taken away takes its work along.
    let away = write(|case| {
        case.bookings.pop();
        case.due.clear();
    });
    store.apply(salon.id(), id, Change::at(now()), away).await.unwrap();
    assert_eq!(work(&there).await, vec![]);
    // A mark in a lane where it is not booked goes when that lane has looked; so does nothing else.
    let mark = async |subject| store.mark(salon.id(), elsewhere, subject, soon).await.unwrap();
    let stranger = Subject::Booking(BookingUid("u1".into()));
    mark(Subject::Appointment(id)).await;
    mark(stranger.clone()).await;
    let rest = plan(Change::in_lane(&there, now()), &[(here.connection, late)]).await;
    assert_eq!(rest, (item(later(90), Priority::Retry), vec![(stranger, later(5), Priority::Caller)]));
}

pub async fn what_is_in_the_way_is_found(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let elsewhere = salon.account("second", &[(0, 1, 7, None)]).await;
    let (ours, held) = (salon.booked(slot(300, 30)).await, salon.booked(slot(0, 30)).await);
    salon.book(salon.wish_of_ben(slot(0, 30))).await.unwrap();
    let leases = salon.leases("w", now()).await;
    let of = |connection| leases.iter().find(|lease| lease.connection == connection).unwrap().clone();
    let lease = of(salon.connection);
    let asked = async |lease: &Lease, of, slot, service| {
        store.may_come_first(lease, of, slot, service).await.unwrap()
    };
    let ask = async |slot| asked(&lease, ours, slot, None).await;
    let change = async |change: fn(&mut Case)| {
        store.apply(salon.id(), held, Change::at(now()), write(change)).await.unwrap();
    };
    // What was never seen takes up nothing.
    assert_eq!(ask(slot(0, 30)).await, []);
    change(|case| {
        let sighting = sighting(case, "u1", now());
        case.sighted(0, &sighting, now());
        conclude(case);
    })
    .await;
    // It is where both sides want it: nothing about it will give way.
    assert_eq!(store.case(salon.id(), held).await.unwrap().appointment.sync, SyncStatus::Synced);
    assert_eq!(ask(slot(0, 30)).await, []);
    change(|case| {
        case.appointment.reschedule(at(120), None, now()).unwrap();
        conclude(case);
    })
    .await;
    // Moved here and not yet there: it takes up the time that it is about to leave, and no other.
    let first = Subject::Appointment(held);
    assert_eq!(
        (ask(slot(0, 30)).await, ask(slot(29, 500)).await),
        (vec![first.clone()], vec![first.clone()])
    );
    assert_eq!(
        (ask(slot(30, 30)).await, ask(slot(120, 30)).await, ask(slot(-30, 30)).await),
        (vec![], vec![], vec![])
    );
    assert_eq!(asked(&lease, held, slot(0, 30), None).await, []);
    assert_eq!(asked(&of(elsewhere), ours, slot(0, 30), None).await, []);
    // What many ask for at once is looked for together, and each is told what it asked for. Of a service it is told in
    // the lane where something is to be done about it.
    let service = Subject::Service(salon.linked);
    let soon = Due { at: later(5), priority: Priority::Check };
    store.mark(salon.id(), elsewhere, service.clone(), soon).await.unwrap();
    let other = of(elsewhere);
    let many = (0..20).map(|n| match n % 3 {
        0 => asked(&lease, ours, slot(0, 30), Some(salon.linked)),
        1 => asked(&lease, ours, slot(60, 30), Some(salon.linked)),
        _ => asked(&other, held, slot(0, 30), Some(salon.linked)),
    });
    for (n, told) in futures::future::join_all(many).await.into_iter().enumerate() {
        let expected = [vec![first.clone()], vec![], vec![service.clone()]];
        assert_eq!(told, expected[n % 3], "{n}");
    }
    // Seen to be cancelled, it takes up nothing any more, whatever else is to be done about it.
    change(|case| {
        let mut sighting = sighting(case, "u1", later(1));
        sighting.facts.state = BookingState::Cancelled;
        case.bookings[0].seen = Seen::Booking(Box::new(sighting));
    })
    .await;
    assert_eq!(ask(slot(0, 30)).await, []);
}

pub async fn hosts_of_a_team_are_known(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let team = salon.account("team", &[(1, 0, 9, Some(70)), (1, 1, 9, Some(71)), (2, 1, 42, Some(72))]).await;
    salon.account("other", &[(3, 1, 9, Some(73))]).await;
    let wish = salon.composite(&[(0, slot(0, 30)), (1, slot(60, 30))]);
    let id = salon.book(wish).await.unwrap().id();
    let case = store.case(salon.id(), id).await.unwrap();
    assert_eq!(case.bookings.iter().map(|record| record.host).collect::<Vec<_>>(), [None, Some(71)]);
    let event_type = EventTypeRef { connection: team, id: 9 };
    let host = |user, n: usize| Host { event_type, user, staff_id: salon.staff[n] };
    let mut hosts: Vec<_> = case.hosts.into_iter().filter(|host| host.event_type == event_type).collect();
    hosts.sort_by_key(|host| host.user);
    assert_eq!(hosts, [host(70, 0), host(71, 1)]);
    // Who serves alone on an account of their own is nobody's host.
    let alone = salon.booked(slot(300, 30)).await;
    assert_eq!(store.case(salon.id(), alone).await.unwrap().hosts, []);
}

pub async fn a_customer_who_changes_is_looked_at_everywhere(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let mut ids = Vec::new();
    for start in [0, 60, 120] {
        let id = salon.booked(slot(start, 30)).await;
        let seen = move |case: &mut Case| {
            let sighting = sighting(case, &format!("u{start}"), now());
            case.sighted(0, &sighting, now());
            conclude(case);
            Ok(())
        };
        store.apply(salon.id(), id, Change::at(now()), seen).await.unwrap();
        ids.push(id);
    }
    let stranger = NewAppointment {
        customer: CustomerRef::Details(CustomerId(id()), details("Paul Müller", None, None)),
        ..salon.wish(slot(180, 30))
    };
    let stranger = salon.book(stranger).await.unwrap().id();
    let lease = salon.lease("w", now()).await.unwrap();
    let due = async || {
        let work = store.due_work(&lease, at(9000), 10).await.unwrap();
        let mut due: Vec<_> = work
            .into_iter()
            .filter_map(|work| match work.subject {
                Subject::Appointment(id) => Some(id).filter(|id| *id != stranger),
                _ => None,
            })
            .collect();
        due.sort();
        due
    };
    assert_eq!(due().await, []);
    // Edited with the second appointment, after the first has ended: only the third has to be looked at.
    let rename = write(|case| {
        case.customer.name = "Clara Groß".into();
        case.due.clear();
    });
    store.apply(salon.id(), ids[1], Change::at(at(31)), rename).await.unwrap();
    assert_eq!(due().await, [ids[2]]);
    assert_eq!(store.case(salon.id(), ids[2]).await.unwrap().customer.name, "Clara Groß");
    let customer = store.appointment(salon.id(), ids[0]).await.unwrap().customer;
    let phone = Some(Phone::parse("0151 7654321").unwrap());
    store.update_customer(salon.id(), Customer { phone, ..customer }, now()).await.unwrap();
    assert_eq!(due().await, ids);

    // Two appointments that change different things of one customer at once: neither change is lost.
    for round in 0..10 {
        let name = format!("Clara {round}");
        let email: Email = format!("clara{round}@client.example").parse().unwrap();
        let (new_name, new_email) = (name.clone(), email.clone());
        let (first, second) = tokio::join!(
            store.apply(
                salon.id(),
                ids[0],
                Change::at(now()),
                write(move |case| case.customer.name.clone_from(&new_name))
            ),
            store.apply(
                salon.id(),
                ids[1],
                Change::at(now()),
                write(move |case| case.customer.email = Some(new_email.clone()))
            ),
        );
        first.unwrap();
        second.unwrap();
        let customer = store.case(salon.id(), ids[2]).await.unwrap().customer;
        assert_eq!((customer.name, customer.email), (name, Some(email)));
    }
}
