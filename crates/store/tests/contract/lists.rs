//! Lists, filters, counts.

use domain::*;
use store::*;

use crate::world::*;

pub async fn pages_join_without_gaps_while_appointments_come(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    // Two people each half hour: the id decides between equal starts.
    for n in 0..12 {
        let person = usize::try_from(n % 2).unwrap();
        salon.book(salon.composite(&[(person, slot(n / 2 * 30, 30))])).await.unwrap();
    }
    for order in [Order::Ascending, Order::Descending] {
        let filter = AppointmentFilter { to: Some(at(1000)), order, ..AppointmentFilter::default() };
        let all = store.appointments(salon.id(), &filter, None, 100).await.unwrap();
        let whole: Vec<_> = all.items.iter().map(|view| view.appointment.id).collect();
        assert_eq!((all.next, all.prev), (None, None));
        let keys: Vec<_> = all.items.iter().map(|v| (v.appointment.slot.start, v.appointment.id)).collect();
        let mut sorted = keys.clone();
        sorted.sort();
        if order == Order::Descending {
            sorted.reverse();
        }
        assert_eq!(keys, sorted);

        let ids = |page: &Page<AppointmentView>| {
            page.items.iter().map(|view| view.appointment.id).collect::<Vec<_>>()
        };
        let page =
            async |cursor: Option<&str>| store.appointments(salon.id(), &filter, cursor, 5).await.unwrap();
        let first = page(None).await;
        assert_eq!((ids(&first), &first.prev), (whole[..5].to_vec(), &None));
        // One comes and one goes on the page that was read; the next page starts where it would have.
        let before = slot(if order == Order::Ascending { -60 } else { 600 }, 30);
        let newcomer = salon.booked(before).await;
        let second = page(first.next.as_deref()).await;
        assert_eq!(ids(&second), whole[5..10]);
        let last = page(second.next.as_deref()).await;
        assert_eq!((ids(&last), &last.next), (whole[10..].to_vec(), &None));
        let back = page(last.prev.as_deref()).await;
        assert_eq!(ids(&back), whole[5..10]);
        let front = page(back.prev.as_deref()).await;
        assert_eq!(ids(&front), whole[..5]);
        if order == Order::Ascending {
            let middle = page(Some(&cursor_at(at(60)))).await;
            assert_eq!(ids(&middle), whole[4..9]);
            assert_eq!(ids(&page(middle.prev.as_deref()).await), [&[newcomer], &whole[..4]].concat());
            assert_eq!(ids(&page(Some(&cursor_before(at(60)))).await), [&[newcomer], &whole[..4]].concat());
        }
        let newest = page(front.prev.as_deref()).await;
        assert_eq!((ids(&newest), &newest.prev), (vec![newcomer], &None));
        let far = |case: &mut Case| Ok(case.appointment.reschedule(at(5000), None, now())?);
        store.apply(salon.id(), newcomer, Change::at(now()), far).await.unwrap();
        let away = |case: &mut Case| {
            case.appointment.status = AppointmentStatus::Cancelled;
            Ok(())
        };
        store.apply(salon.id(), newcomer, Change::at(now()), away).await.unwrap();
    }
    for bad in ["", "x", "n1", "n1.2", "ä"] {
        let page = store.appointments(salon.id(), &AppointmentFilter::default(), Some(bad), 5).await;
        assert!(matches!(page, Err(Error::InvalidCursor)), "{bad}");
    }
}

pub async fn filters_find_what_they_name(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let clara = salon.booked(slot(0, 30)).await;
    let paul = NewAppointment {
        service_id: salon.unlinked,
        customer: CustomerRef::Details(
            CustomerId(id()),
            details("Paul_Öz", Some("0170 999 888"), Some("paul@client.example")),
        ),
        status: AppointmentStatus::Requested,
        actor: appointment::Actor::of(Origin::Api),
        ..salon.wish_of_ben(slot(30, 30))
    };
    let paul = salon.book(paul).await.unwrap().id();
    let none = AppointmentFilter::default;
    let q = |q: &str| AppointmentFilter { q: Some(q.into()), ..none() };
    let person = store.appointment(salon.id(), paul).await.unwrap().customer;
    for (filter, found) in [
        (none(), vec![clara, paul]),
        (q(" "), vec![clara, paul]),
        (q("KLEIN"), vec![clara]),
        (q("l_ö"), vec![paul]),
        (q("l_k"), vec![]),
        (q("%"), vec![]),
        (q("999888"), vec![paul]),
        (q("client.example"), vec![paul]),
        (q("A-2"), vec![paul]),
        (q("a-1"), vec![clara]),
        (AppointmentFilter { from: Some(at(1)), ..none() }, vec![paul]),
        (AppointmentFilter { to: Some(at(30)), ..none() }, vec![clara]),
        (AppointmentFilter { statuses: vec![AppointmentStatus::Requested], ..none() }, vec![paul]),
        (AppointmentFilter { syncs: vec![SyncStatus::NotConnected], ..none() }, vec![paul]),
        (AppointmentFilter { origins: vec![Origin::Phone, Origin::Admin], ..none() }, vec![clara]),
        (AppointmentFilter { staff: Some(salon.staff[1]), ..none() }, vec![paul]),
        (AppointmentFilter { service: Some(salon.linked), ..none() }, vec![clara]),
        (AppointmentFilter { branch: Some(salon.branch), ..none() }, vec![clara, paul]),
        (AppointmentFilter { customer: Some(person.id), ..none() }, vec![paul]),
        (AppointmentFilter { phone: person.phone.clone(), ..none() }, vec![paul]),
    ] {
        let page = store.appointments(salon.id(), &filter, None, 10).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|view| view.appointment.id).collect();
        assert_eq!(ids, found, "{filter:?}");
    }
    let phone = person.phone.unwrap();
    let coming = async |from| store.find_appointments_of_phone(salon.id(), &phone, from).await.unwrap().len();
    assert_eq!((coming(at(59)).await, coming(at(60)).await), (1, 0));
}

pub async fn whoever_works_in_a_later_segment_is_found(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (ada, ben) = (0, 1);
    let both = salon.composite(&[(ada, slot(0, 30)), (ben, slot(60, 30)), (ada, slot(120, 30))]);
    let both = salon.book(both).await.unwrap().id();
    let bens = salon.book(salon.wish_of_ben(slot(30, 30))).await.unwrap().id();
    let adas = salon.booked(slot(60, 30)).await;
    let of = async |person: usize, from: Option<i64>| {
        let staff = Some(salon.staff[person]);
        let filter = AppointmentFilter { staff, from: from.map(at), ..AppointmentFilter::default() };
        let page = store.appointments(salon.id(), &filter, None, 9).await.unwrap();
        page.items.iter().map(|view| view.appointment.id).collect::<Vec<_>>()
    };
    assert_eq!(of(ada, None).await, [both, adas]);
    assert_eq!(of(ben, None).await, [both, bens]);
    assert_eq!((of(ben, Some(0)).await, of(ben, Some(10)).await), (vec![both, bens], vec![bens]));
}

pub async fn what_is_deleted_is_on_no_list(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let (gone, stays) = (salon.booked(slot(0, 30)).await, salon.booked(slot(30, 30)).await);
    let delete = |case: &mut Case| {
        case.appointment.cancel(None, now())?;
        case.appointment.deleted_at = Some(now());
        conclude(case);
        Ok(())
    };
    store.apply(salon.id(), gone, Change::at(now()), delete).await.unwrap();
    let ids = async |deleted| {
        let filter = AppointmentFilter { deleted, ..AppointmentFilter::default() };
        let page = store.appointments(salon.id(), &filter, None, 9).await.unwrap();
        page.items.iter().map(|view| view.appointment.id).collect::<Vec<_>>()
    };
    assert_eq!((ids(false).await, ids(true).await), (vec![stays], vec![gone, stays]));
    let counted = store.counts_by_sync(salon.id()).await.unwrap().iter().map(|(_, count)| count).sum::<u64>();
    assert_eq!(counted, 1);
    let made = store.today(salon.id(), Slot { start: now(), end: later(1) }).await.unwrap();
    assert_eq!(made.iter().map(|(_, count)| count).sum::<u64>(), 1);
    let phone = Phone::parse("0151 1234567").unwrap();
    assert_eq!(store.find_appointments_of_phone(salon.id(), &phone, now()).await.unwrap().len(), 1);
    // Its history stays, and whoever knows it finds it.
    assert_eq!(store.appointment(salon.id(), gone).await.unwrap().appointment.deleted_at, Some(now()));
    assert!(!store.history(salon.id(), gone).await.unwrap().entries.is_empty());
}

pub async fn numbers_of_the_dashboard_add_up(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    salon.booked(slot(0, 30)).await;
    salon.booked(slot(30, 30)).await;
    let alone = NewAppointment {
        service_id: salon.unlinked,
        actor: appointment::Actor::of(Origin::Admin),
        ..salon.wish(slot(60, 30))
    };
    let alone = salon.book(alone).await.unwrap().id();
    let counts = store.counts_by_sync(salon.id()).await.unwrap();
    assert_eq!(counts.len(), SyncStatus::ALL.len());
    let of = |status| counts.iter().find(|(s, _)| *s == status).unwrap().1;
    assert_eq!((of(SyncStatus::Pending), of(SyncStatus::NotConnected), of(SyncStatus::Synced)), (2, 1, 0));
    let today = store.today(salon.id(), Slot { start: now(), end: later(1) }).await.unwrap();
    assert_eq!(
        today.iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>(),
        [&(Origin::Phone, 2), &(Origin::Admin, 1)]
    );
    let yesterday = store.today(salon.id(), Slot { start: later(-9), end: now() }).await.unwrap();
    assert!(yesterday.iter().all(|(_, count)| *count == 0));
    let busy = store.busy(salon.id(), &salon.staff, Slot { start: at(30), end: at(60) }).await.unwrap();
    assert_eq!(busy[&salon.staff[0]], [slot(30, 30)]);
    assert!(busy[&salon.staff[1]].is_empty());

    let today = Slot { start: now(), end: later(1) };
    assert_eq!(store.count_calls(salon.id(), today).await.unwrap(), (0, 0));
    assert_eq!(store.count_reviews_open(salon.id(), now()).await.unwrap(), 0);
    let lane = LaneState { connection: salon.connection, owner: None, budget: serde_json::Value::Null };
    assert_eq!(store.lanes(salon.id()).await.unwrap(), [lane]);
    assert_eq!(store.last_answer(salon.id(), salon.connection).await.unwrap(), None);
    let pulse = store.pulse(salon.id()).await.unwrap();
    assert_eq!(store.pulse(salon.id()).await.unwrap(), pulse);
    salon.booked(slot(120, 30)).await;
    assert_ne!(store.pulse(salon.id()).await.unwrap(), pulse);
    // Nor does what Cal.com has no part in pass unnoticed, twice in a moment.
    for _ in 0..2 {
        let pulse = store.pulse(salon.id()).await.unwrap();
        let confirm = |case: &mut Case| {
            case.tell(later(1), &appointment::Actor::of(Origin::Admin), timeline::What::Confirmed);
            Ok(())
        };
        store.apply(salon.id(), alone, Change::at(later(1)), confirm).await.unwrap();
        assert_ne!(store.pulse(salon.id()).await.unwrap(), pulse);
    }
}
