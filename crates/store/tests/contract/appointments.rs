//! Booking, importing, and what both databases refuse.

use domain::appointment::Segment;
use domain::booking::{Call, Refused, Role, Seen};
use domain::review::ReviewCode;
use domain::timeline::What;
use domain::*;
use store::*;

use crate::world::*;

pub async fn a_case_is_read_back_as_it_was_written(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let mut expected = store.case(salon.id(), id).await.unwrap();
    assert_eq!(expected.appointment.number, 1);
    assert_eq!(expected.appointment.version, 1);
    assert_eq!(expected.appointment.origin, Origin::Phone);
    assert_eq!(expected.appointment.sync, SyncStatus::Pending);
    assert_eq!(expected.placeholder.as_str(), format!("{id}@kunden.example"));
    assert_eq!(expected.bookings, [BookingRecord::new(salon.event_type, None)]);

    // Every field gets a value of its own.
    let sighting = sighting(&expected, "uid-1", later(5));
    let facts = sighting.facts.clone();
    expected.appointment = Appointment {
        id,
        number: 1,
        branch_id: salon.branch,
        service_id: salon.unlinked,
        staff_id: salon.staff[1],
        customer_id: expected.customer.id,
        slot: slot(90, 75),
        segments: vec![
            Segment { staff_id: salon.staff[1], slot: slot(90, 45) },
            Segment { staff_id: salon.staff[0], slot: slot(150, 15) },
        ],
        time_zone: "Europe/Vienna".into(),
        status: AppointmentStatus::Requested,
        reason: Some("verschoben".into()),
        notes: None,
        origin: Origin::Phone,
        overlapping: false,
        version: 2,
        sync: SyncStatus::Conflict,
        created_at: now(),
        updated_at: later(6),
        deleted_at: Some(later(5)),
    };
    expected.customer.email = Some("clara@client.example".parse().unwrap());
    expected.bookings = vec![BookingRecord {
        decided: None,
        number: 0,
        segment: 1,
        role: Role::Current,
        event_type: EventTypeRef { connection: salon.connection, id: 43 },
        host: Some(12),
        before: 2,
        generation: 3,
        uid: Some(sighting.uid.clone()),
        seen: Seen::Booking(Box::new(sighting)),
        agreed: Some(facts.clone()),
        home: Some(at(60)),
        look: true,
        doubts: vec![
            Call {
                attempt: AttemptId(crate::world::id()),
                push: Push::Create,
                wanted: facts.clone(),
                at: later(1),
                over: true,
                looked: true,
            },
            Call {
                attempt: AttemptId(crate::world::id()),
                push: Push::MarkAbsent,
                wanted: Facts { absent: true, host: Some(12), ..facts.clone() },
                at: later(2),
                over: false,
                looked: false,
            },
        ],
        refused: Some(Refused {
            push: Push::Create,
            wanted: facts,
            code: ReviewCode::SlotTaken,
            message: "„nicht frei“".into(),
            looked: true,
            retried: true,
        }),
        failures: 4,
        last_attempt_at: Some(later(2)),
        verified_at: Some(later(3)),
        next_try_at: Some(later(4)),
    }];
    let other =
        BookingRecord { number: 3, role: Role::Withdrawn, ..BookingRecord::new(salon.event_type, None) };
    expected.bookings.push(other);
    let wanted = expected.clone();
    let write = move |case: &mut Case| {
        *case = wanted.clone();
        Ok(())
    };
    let applied = store.apply(salon.id(), id, Change::at(later(6)), write).await.unwrap();
    assert_eq!(applied.appointment, expected.appointment);
    assert_eq!(store.case(salon.id(), id).await.unwrap(), expected);
    let view = store.appointment(salon.id(), id).await.unwrap();
    assert_eq!((view.appointment, view.customer), (expected.appointment, expected.customer));
    assert_eq!((view.bookings, view.service.slug.as_str()), (expected.bookings, "farbe"));
    assert_eq!((view.staff.name.as_str(), view.branch.name.as_str()), ("Ben", "Mitte"));
    assert_eq!(view.connection.map(|connection| connection.id), Some(salon.connection));
    let by_uid = store.appointment_by_uid(salon.id(), &BookingUid("uid-1".into())).await;
    assert_eq!(by_uid.unwrap(), Some((id, 0)));

    // A move gives the booking a new name; the old one still leads here.
    let moved = |case: &mut Case| {
        case.bookings[0].uid = Some(BookingUid("uid-0".into()));
        Ok(())
    };
    store.apply(salon.id(), id, Change::at(later(7)), moved).await.unwrap();
    let chain = store.booking_uids(salon.id(), id).await.unwrap();
    assert_eq!(chain, [BookingUid("uid-1".into()), BookingUid("uid-0".into())]);
}

pub async fn a_strange_text_stops_no_database(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let customer = CustomerRef::Details(CustomerId(id()), details("Nul\0l 'x' \u{1f600}", None, None));
    let wish = NewAppointment { customer, notes: Some("\0".into()), ..salon.wish(slot(0, 30)) };
    let id = salon.book(wish).await.unwrap().id();
    let seen = |case: &mut Case| {
        let sighting = sighting(case, "u1", now());
        case.sighted(0, &Sighting { ics_uid: Some("a\0b".into()), ..sighting }, now());
        case.appointment.reason = Some("c\0d".into());
        case.questions.push((ReviewCode::Refused, "e\0f".into()));
        Ok(())
    };
    store.apply(salon.id(), id, Change::at(now()), seen).await.unwrap();
    let case = store.case(salon.id(), id).await.unwrap();
    assert_eq!(case.customer.name, "Nul\u{fffd}l 'x' \u{1f600}");
    assert_eq!(case.appointment.reason.as_deref(), Some("c\u{fffd}d"));
}

pub async fn of_fifty_bookings_of_one_slot_one_wins(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    // Different starts and lengths, all over 9:29.
    let race = (0..50).map(|n| {
        let (salon, wish) = (salon.clone(), salon.wish(slot(n % 30, 30)));
        tokio::spawn(async move { salon.book(wish).await })
    });
    let mut won = 0;
    for result in futures::future::join_all(race).await {
        match result.unwrap() {
            Ok(Booked::New(_)) => won += 1,
            Err(Error::SlotTaken) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    let busy = store.busy(salon.id(), &salon.staff, slot(0, 600)).await.unwrap();
    assert_eq!((busy[&salon.staff[0]].len(), busy[&salon.staff[1]].len()), (1, 0));
}

pub async fn what_overlaps_is_refused_unless_it_is_a_fact(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let first = salon.booked(slot(0, 30)).await;
    let second = salon.booked(slot(30, 30)).await;
    salon.book(salon.wish_of_ben(slot(0, 30))).await.unwrap();

    let onto_the_first = |case: &mut Case| {
        case.appointment.reschedule(at(10), None, now())?;
        conclude(case);
        Ok(())
    };
    let refused = store.apply(salon.id(), second, Change::at(now()), onto_the_first).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
    assert_eq!(store.case(salon.id(), second).await.unwrap().appointment.slot, slot(30, 30));

    // The same as a fact from Cal.com: written, marked, and a person is asked.
    let lease = salon.lease("w", now()).await.unwrap();
    let fact = Change::in_lane(&lease, now());
    let applied = store.apply(salon.id(), second, fact, onto_the_first).await.unwrap();
    assert!(applied.appointment.overlapping);
    let open = store.reviews_open(salon.id(), 9).await.unwrap();
    assert_eq!(
        open.iter().map(|item| (item.appointment_id, item.code)).collect::<Vec<_>>(),
        [(second, ReviewCode::Overlap)]
    );

    // A cancelled appointment takes up no time; what was marked is marked no more once it moves on.
    let cancel = |case: &mut Case| {
        case.appointment.cancel(None, now())?;
        conclude(case);
        Ok(())
    };
    store.apply(salon.id(), first, Change::at(now()), cancel).await.unwrap();
    let away = |case: &mut Case| {
        case.appointment.reschedule(at(15), None, now())?;
        conclude(case);
        Ok(())
    };
    let applied = store.apply(salon.id(), second, Change::at(now()), away).await.unwrap();
    assert!(!applied.appointment.overlapping);
    assert!(store.reviews_open(salon.id(), 9).await.unwrap().is_empty());

    // And what is cancelled comes back only where there is room.
    let back = |case: &mut Case| {
        case.appointment.status = AppointmentStatus::Confirmed;
        Ok(())
    };
    let refused = store.apply(salon.id(), first, Change::at(now()), back).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
}

pub async fn a_key_books_once_however_often_it_is_used(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let dedupe = |fingerprint: &str| {
        Some(Dedupe { scope: "key".into(), key: "k1".into(), fingerprint: fingerprint.into() })
    };
    let race = (0..20).map(|n| {
        // Even where the slots would not collide.
        let wish = NewAppointment { dedupe: dedupe("f"), ..salon.wish(slot(n * 30, 30)) };
        let salon = salon.clone();
        tokio::spawn(async move { salon.book(wish).await.unwrap() })
    });
    let booked: Vec<_> =
        futures::future::join_all(race).await.into_iter().map(|result| result.unwrap()).collect();
    assert_eq!(booked.iter().filter(|booked| matches!(booked, Booked::New(_))).count(), 1);
    assert!(booked.iter().all(|one| one.id() == booked[0].id()));
    let all = store.appointments(salon.id(), &AppointmentFilter::default(), None, 50).await.unwrap();
    assert_eq!(all.items.len(), 1);

    let known = async |fingerprint| store.deduped(salon.id(), &dedupe(fingerprint).unwrap()).await;
    assert_eq!(known("f").await.unwrap(), Some(booked[0].id()));
    assert!(matches!(known("g").await, Err(Error::DedupeMismatch)));
    let other = salon.book(NewAppointment { dedupe: dedupe("g"), ..salon.wish(slot(0, 30)) }).await;
    assert!(matches!(other, Err(Error::DedupeMismatch)), "{other:?}");

    // A wish that was refused may be repeated.
    let taken = slot(600, 30);
    salon.booked(taken).await;
    let again = Some(Dedupe { scope: "key".into(), key: "k2".into(), fingerprint: "f".into() });
    let refused = salon.book(NewAppointment { dedupe: again.clone(), ..salon.wish(taken) }).await;
    assert!(matches!(refused, Err(Error::SlotTaken)));
    let free = salon.book(NewAppointment { dedupe: again, ..salon.wish(slot(700, 30)) }).await;
    let free = free.unwrap();
    assert!(matches!(free, Booked::New(_)));
    let of = async |scope: &str| store.deduped_in(salon.id(), scope).await.unwrap();
    let in_scope = of("key").await;
    assert!(in_scope.len() == 2 && in_scope.contains(&booked[0].id()) && in_scope.contains(&free.id()));
    assert!(of("another").await.is_empty());

    // The same for changes.
    let id = booked[0].id();
    let wish = async |fingerprint: &str| {
        let wish = Dedupe { scope: "many".into(), ..dedupe(fingerprint).unwrap() };
        store.claim_wish(salon.id(), wish, id, now()).await
    };
    assert!(wish("f").await.is_ok() && wish("f").await.is_ok());
    assert!(matches!(wish("g").await, Err(Error::DedupeMismatch)));
    let cancel = |case: &mut Case| {
        case.appointment.cancel(None, now())?;
        conclude(case);
        Ok(())
    };
    let once = Change::at(now()).once(Some(Dedupe { scope: "c".into(), ..dedupe("f").unwrap() }));
    let first = store.apply(salon.id(), id, once.clone(), cancel).await.unwrap();
    let repeat = store.apply(salon.id(), id, once, cancel).await.unwrap();
    assert_eq!((first.value, repeat.value), (Some(()), None));
    assert_eq!(first.appointment, repeat.appointment);
}

pub async fn customers_are_found_again_and_never_overwritten(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let mut next = 0;
    let mut book = async |name: &str, phone: Option<&str>, email: Option<&str>| {
        next += 30;
        let customer = CustomerRef::Details(CustomerId(id()), details(name, phone, email));
        let wish = NewAppointment { customer, ..salon.wish(slot(next, 30)) };
        let id = salon.book(wish).await.unwrap().id();
        store.appointment(salon.id(), id).await.unwrap().customer
    };
    let clara = book("Clara Müller", Some("0151 1234567"), None).await;
    assert_eq!(book(" CLARA MÜLLER", Some("+49 151 1234567"), Some("c@client.example")).await, clara);
    let family = book("Paul Müller", Some("0151 1234567"), None).await;
    assert_ne!(family.id, clara.id);
    let by_mail = book("Dora", None, Some("dora@client.example")).await;
    assert_eq!(book("dora", Some("0151 7654321"), Some("DORA@client.example")).await, by_mail);
    let nobody = book("Eva", None, None).await;
    assert_ne!(book("Eva", None, None).await.id, nobody.id);

    let found = store.customers(salon.id(), "müller", 10).await.unwrap();
    assert_eq!(found, [clara.clone(), family]);
    assert!(store.customers(salon.id(), "%", 10).await.unwrap().is_empty());
    assert_eq!(store.customers(salon.id(), "", 10).await.unwrap().len(), 5);
    let changed = people::Customer { name: "Clara Maier".into(), ..clara };
    store.update_customer(salon.id(), changed.clone(), now()).await.unwrap();
    assert_eq!(store.customers(salon.id(), "MAIER", 10).await.unwrap(), [changed]);
}

pub async fn numbers_have_no_gaps(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let race = (0..12).map(|n| {
        // Every third one collides with the one before.
        let (salon, wish) =
            (salon.clone(), salon.wish(slot(if n % 3 == 2 { 30 * (n - 1) } else { 30 * n }, 30)));
        tokio::spawn(async move { salon.book(wish).await })
    });
    futures::future::join_all(race).await;
    let all = store.appointments(salon.id(), &AppointmentFilter::default(), None, 50).await.unwrap();
    let mut numbers: Vec<_> = all.items.iter().map(|view| view.appointment.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
}

pub async fn a_booking_found_at_cal_com_is_imported_once(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let ours = salon.booked(slot(0, 30)).await;
    let lease = salon.lease("w", now()).await.unwrap();
    let found = sighting(&store.case(salon.id(), ours).await.unwrap(), "there", now());
    let record = BookingRecord {
        uid: Some(found.uid.clone()),
        agreed: Some(found.facts.clone()),
        seen: Seen::Booking(Box::new(found)),
        verified_at: Some(now()),
        ..BookingRecord::new(salon.event_type, None)
    };
    let race = (0..5).map(|_| {
        let (store, lease, record) = (store.clone(), lease.clone(), record.clone());
        let wish =
            NewAppointment { actor: appointment::Actor::of(Origin::Calcom), ..salon.wish(slot(15, 30)) };
        let company = salon.id();
        tokio::spawn(async move { store.import(company, &lease, wish, record, now(), conclude).await })
    });
    let ids: Vec<_> =
        futures::future::join_all(race).await.into_iter().map(|result| result.unwrap().unwrap()).collect();
    assert!(ids.iter().all(|id| *id == ids[0] && *id != ours));
    let case = store.case(salon.id(), ids[0]).await.unwrap();
    assert!(case.appointment.overlapping);
    assert_eq!((case.appointment.number, &case.bookings[..]), (2, &[record.clone()][..]));
    let history = store.history(salon.id(), ids[0]).await.unwrap();
    assert!(matches!(history.entries[0].what, What::Booked { .. }));
    assert_eq!(history.reviews.len(), 1);

    let lost = Lease { token: lease.token - 1, ..lease };
    let record = BookingRecord { uid: Some(BookingUid("other".into())), ..record };
    let fenced = store.import(salon.id(), &lost, salon.wish(slot(60, 30)), record, now(), conclude).await;
    assert!(matches!(fenced, Err(Error::Fenced)));
}
