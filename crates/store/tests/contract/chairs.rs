//! Chairs: who is taken when. Nobody serves two appointments at a time, and everybody is free in pauses.

use domain::appointment::{Actor, Segment};
use domain::booking::Seen;
use domain::review::ReviewCode;
use domain::*;
use store::*;

use crate::world::*;

const ADA: usize = 0;
const BEN: usize = 1;

/// Puts an appointment on other chairs, whatever it was before.
fn seat(segments: Vec<Segment>) -> impl Fn(&mut Case) -> Result<(), Abort> + Send + Sync + Clone + 'static {
    move |case| {
        case.appointment.arrange(segments.clone());
        case.appointment.touch(now());
        conclude(case);
        Ok(())
    }
}

fn become_status(
    status: AppointmentStatus,
) -> impl Fn(&mut Case) -> Result<(), Abort> + Send + Sync + 'static {
    move |case| {
        case.appointment.status = status;
        case.appointment.touch(now());
        conclude(case);
        Ok(())
    }
}

pub async fn pauses_are_free_for_others(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let colouring = salon.composite(&[(ADA, slot(0, 30)), (ADA, slot(90, 30))]);
    let Booked::New(colouring) = salon.book(colouring).await.unwrap() else { panic!("it is new") };
    assert_eq!((colouring.slot, colouring.staff_id), (slot(0, 120), salon.staff[ADA]));
    let in_the_pause = salon.booked(slot(30, 60)).await;
    for taken in [slot(20, 20), slot(110, 30), slot(-30, 200), slot(60, 5)] {
        let refused = salon.book(salon.wish(taken)).await;
        assert!(matches!(refused, Err(Error::SlotTaken)), "{taken:?}: {refused:?}");
    }
    let busy = store.busy(salon.id(), &salon.staff, slot(0, 600)).await.unwrap();
    assert_eq!(busy[&salon.staff[ADA]], [slot(0, 30), slot(30, 60), slot(90, 30)]);
    assert_eq!(store.busy(salon.id(), &salon.staff, slot(30, 60)).await.unwrap()[&salon.staff[ADA]].len(), 1);

    // What lies in the pause cannot grow out of it.
    let longer = seat(salon.wish(slot(30, 61)).segments);
    let refused = store.apply(salon.id(), in_the_pause, Change::at(now()), longer).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
}

pub async fn two_appointments_share_no_chair(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let first = salon.booked(slot(0, 30)).await;
    salon.book(salon.wish_of_ben(slot(60, 30))).await.unwrap();
    // On insert, with a segment that is not the first.
    let refused = salon.book(salon.composite(&[(ADA, slot(30, 30)), (BEN, slot(80, 30))])).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
    // On edit, of the time, of the staff, and of the number of segments; nothing is changed then.
    let before = store.case(salon.id(), first).await.unwrap();
    let wishes = [
        salon.wish_of_ben(slot(45, 30)),
        salon.wish_of_ben(slot(89, 1)),
        salon.composite(&[(ADA, slot(0, 30)), (BEN, slot(40, 60))]),
    ];
    for wish in wishes {
        let refused = store.apply(salon.id(), first, Change::at(now()), seat(wish.segments)).await;
        assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
    }
    assert_eq!(store.case(salon.id(), first).await.unwrap(), before);
    // What touches does not overlap, and the segments of one appointment are its own affair.
    let both = salon.composite(&[(BEN, slot(30, 30)), (BEN, slot(50, 10)), (ADA, slot(0, 30))]);
    store.apply(salon.id(), first, Change::at(now()), seat(both.segments)).await.unwrap();

    // A fact from Cal.com is written beside what it overlaps, on import and on a change in the lane.
    let lease = salon.lease("w", now()).await.unwrap();
    let found = sighting(&before, "there", now());
    let record = BookingRecord {
        uid: Some(found.uid.clone()),
        seen: Seen::Booking(Box::new(found)),
        ..BookingRecord::new(salon.event_type, None)
    };
    let wish = NewAppointment { actor: Actor::of(Origin::Calcom), ..salon.wish_of_ben(slot(70, 10)) };
    let fact = store.import(salon.id(), &lease, wish, record, now(), conclude).await.unwrap();
    let shown = store.case(salon.id(), fact).await.unwrap();
    assert!(shown.appointment.overlapping);
    assert_eq!(shown.open, [(ReviewCode::Overlap, String::new())]);
    // Nobody is kept out by it, and others are still kept out by each other.
    salon.book(salon.composite(&[(BEN, slot(90, 30)), (ADA, slot(70, 10))])).await.unwrap();
    let onto = seat(salon.composite(&[(BEN, slot(100, 10))]).segments);
    let refused = store.apply(salon.id(), fact, Change::at(now()), onto.clone()).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "its exemption is for where it was: {refused:?}");
    let applied = store.apply(salon.id(), fact, Change::in_lane(&lease, now()), onto).await.unwrap();
    assert!(applied.appointment.overlapping);
    let refused = salon.book(salon.wish_of_ben(slot(80, 20))).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
}

pub async fn chairs_follow_every_change(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let busy = async || {
        let busy = store.busy(salon.id(), &salon.staff, slot(0, 10_000)).await.unwrap();
        (busy[&salon.staff[ADA]].clone(), busy[&salon.staff[BEN]].clone())
    };
    let sit = async |wish: NewAppointment| {
        store.apply(salon.id(), id, Change::at(now()), seat(wish.segments)).await.unwrap();
        busy().await
    };
    let turn = async |status| {
        store.apply(salon.id(), id, Change::at(now()), become_status(status)).await.unwrap();
        busy().await
    };
    assert_eq!(busy().await, (vec![slot(0, 30)], vec![]));
    assert_eq!(sit(salon.wish(slot(600, 45))).await, (vec![slot(600, 45)], vec![]));
    assert_eq!(sit(salon.wish_of_ben(slot(600, 45))).await, (vec![], vec![slot(600, 45)]));
    let three = || salon.composite(&[(BEN, slot(0, 10)), (ADA, slot(20, 10)), (BEN, slot(40, 10))]);
    assert_eq!(sit(three()).await, (vec![slot(20, 10)], vec![slot(0, 10), slot(40, 10)]));
    assert_eq!(turn(AppointmentStatus::Cancelled).await, (vec![], vec![]));
    salon.booked(slot(20, 10)).await;
    let back = become_status(AppointmentStatus::Requested);
    let refused = store.apply(salon.id(), id, Change::at(now()), back).await;
    assert!(matches!(refused, Err(Error::SlotTaken)), "{refused:?}");
    // Moved while it is cancelled, it takes up nothing; where there is room it comes back.
    assert_eq!(sit(salon.wish_of_ben(slot(90, 30))).await, (vec![slot(20, 10)], vec![]));
    assert_eq!(turn(AppointmentStatus::Requested).await, (vec![slot(20, 10)], vec![slot(90, 30)]));
    assert_eq!(turn(AppointmentStatus::Confirmed).await, (vec![slot(20, 10)], vec![slot(90, 30)]));
    assert_eq!(turn(AppointmentStatus::NoShow).await, (vec![slot(20, 10)], vec![]));
    let note = |case: &mut Case| {
        case.appointment.notes = Some("kommt nie".into());
        Ok(())
    };
    store.apply(salon.id(), id, Change::at(now()), note).await.unwrap();
    assert_eq!(busy().await, (vec![slot(20, 10)], vec![]));
}

pub async fn of_many_at_once_no_two_share_a_chair(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (one, two) = (salon.booked(slot(1000, 30)).await, salon.booked(slot(2000, 30)).await);
    // Crosswise: what one of them takes first the other takes last.
    let crosswise = |n: i64| {
        let (a, b) = if n % 2 == 0 { (ADA, BEN) } else { (BEN, ADA) };
        salon.composite(&[(a, slot(n % 5 * 10, 30)), (b, slot(30 + n % 5 * 10, 30))])
    };
    let bookings = (0..24).map(|n| {
        let (salon, wish) = (salon.clone(), crosswise(n));
        tokio::spawn(async move { salon.book(wish).await.map(|_| ()) })
    });
    let moves = (0..24).map(|n| {
        let (id, wish) = (if n % 2 == 0 { one } else { two }, crosswise(n + 1));
        let segments = if n < 12 { wish.segments } else { salon.wish(slot(1000 * (n % 3), 30)).segments };
        let (store, company) = (store.clone(), salon.id());
        tokio::spawn(
            async move { store.apply(company, id, Change::at(now()), seat(segments)).await.map(|_| ()) },
        )
    });
    let mut made = 0;
    for result in futures::future::join_all(bookings.chain(moves).collect::<Vec<_>>()).await {
        match result.unwrap() {
            Ok(()) => made += 1,
            Err(Error::SlotTaken) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(made > 0);
    let all = store.appointments(salon.id(), &AppointmentFilter::default(), None, 100).await.unwrap().items;
    let taken: Vec<_> = all
        .iter()
        .flat_map(|view| view.appointment.segments.iter().map(|segment| (view.appointment.id, *segment)))
        .collect();
    for (id, segment) in &taken {
        let shared = taken.iter().filter(|(other, theirs)| {
            other != id && theirs.staff_id == segment.staff_id && theirs.slot.overlaps(&segment.slot)
        });
        assert_eq!(shared.count(), 0, "{id} {segment:?} in {taken:?}");
    }
    // What is told to be taken is what the appointments say.
    for staff in salon.staff {
        let mut slots: Vec<_> =
            taken.iter().map(|(_, s)| s).filter(|s| s.staff_id == staff).map(|s| s.slot).collect();
        slots.sort_by_key(|slot| slot.start);
        assert_eq!(store.busy(salon.id(), &[staff], slot(-100, 9000)).await.unwrap()[&staff], slots);
    }
}
