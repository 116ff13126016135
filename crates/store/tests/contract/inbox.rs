//! The webhook inbox.

use domain::*;
use store::*;

use crate::world::*;

pub async fn a_delivery_is_stored_once_and_settled_once(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    assert_eq!(salon.lease("w", now()).await, None);
    let delivery = |body: &str, verdict| NewDelivery {
        id: DeliveryId(id()),
        connection: salon.connection,
        received_at: now(),
        trigger: Some("BOOKING_CREATED".into()),
        verdict,
        body: body.into(),
        body_hash: [u8::try_from(body.len()).unwrap(); 32],
        uid: Some(BookingUid("u1".into())),
        created_at_remote: Some(later(-1)),
    };
    let race = (0..10).map(|_| {
        let (store, company, new) = (store.clone(), salon.id(), delivery("{}", Verdict::Accepted));
        tokio::spawn(async move { store.receive(company, new).await.unwrap() })
    });
    let received = futures::future::join_all(race).await;
    assert_eq!(received.iter().filter(|one| matches!(one, Ok(Received::New))).count(), 1);
    assert_eq!(
        store.receive(salon.id(), delivery("[]]", Verdict::BadSignature)).await.unwrap(),
        Received::New
    );
    assert_eq!(store.next_due().await.unwrap(), Some(now()));

    let lease = salon.lease("w", now()).await.unwrap();
    let waiting = store.waiting_deliveries(&lease, 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].body.as_str()), (1, "{}"));
    assert_eq!(waiting[0].created_at_remote, Some(later(-1)));
    let lost = Lease { token: lease.token + 1, ..lease.clone() };
    let fenced = store.settle_delivery(&lost, waiting[0].id, "x", None, false, now()).await;
    assert!(matches!(fenced, Err(Error::Fenced)));
    let about = salon.booked(slot(0, 30)).await;
    store.settle_delivery(&lease, waiting[0].id, "looked", Some(about), true, later(1)).await.unwrap();
    assert!(store.waiting_deliveries(&lease, 10).await.unwrap().is_empty());
    let told = store.history(salon.id(), about).await.unwrap().deliveries;
    assert_eq!((told[0].effect.as_deref(), told[0].body.as_str()), (Some("looked"), ""));
    assert_eq!(told[0].processed_at, Some(later(1)));
    assert_eq!(told[0].repeats, 9);
    // Scrubbed or not, the same delivery is still known.
    assert_eq!(store.receive(salon.id(), delivery("{}", Verdict::Accepted)).await.unwrap(), Received::Repeat);
    let (told, _) = store.delivery(salon.id(), told[0].id).await.unwrap();
    assert_eq!((told.repeats, told.repeated_at), (10, Some(now())));
}

/// A delivery with a body of its own.
fn new(salon: &Salon, number: u16, verdict: Verdict) -> NewDelivery {
    let mut body_hash = [u8::from(verdict.is_refused()); 32];
    body_hash[..2].copy_from_slice(&number.to_be_bytes());
    NewDelivery {
        id: DeliveryId(id()),
        connection: salon.connection,
        received_at: later(i64::from(number)),
        trigger: Some("BOOKING_CREATED".into()),
        verdict,
        body: format!("{{\"number\":{number}}}"),
        body_hash,
        uid: None,
        created_at_remote: None,
    }
}

pub async fn whoever_knocks_without_our_signature_fills_no_disk(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let genuine = new(&salon, 0, Verdict::Accepted);
    store.receive(salon.id(), genuine.clone()).await.unwrap();
    let read = new(&salon, 0, Verdict::NoSecret);
    store.receive(salon.id(), read.clone()).await.unwrap();
    let by = domain::appointment::Actor::of(Origin::Admin);
    store.reveal_delivery(salon.id(), read.id, by, now()).await.unwrap();
    for number in 1..=130 {
        store.receive(salon.id(), new(&salon, number, Verdict::BadSignature)).await.unwrap();
    }
    let all = store.deliveries(salon.id(), &DeliveryFilter::default(), None, 200).await.unwrap().items;
    let refused = all.iter().filter(|one| one.verdict == Verdict::BadSignature).count();
    assert_eq!((refused, all.len()), (100, 102), "and the genuine one, and the one that somebody has read");
    assert_eq!(all[0].received_at, later(130), "the latest stay");
    assert_eq!(store.delivery(salon.id(), genuine.id).await.unwrap().0.verdict, Verdict::Accepted);
}

pub async fn deliveries_are_found_page_by_page_and_processed_again(place: Place) {
    let store = place.store().await;
    let (salon, other) = (Salon::open(&store, "a").await, Salon::open(&store, "b").await);
    let mut ids = Vec::new();
    for number in 0..7 {
        let verdict = if number == 3 { Verdict::Stale } else { Verdict::Accepted };
        let new = new(&salon, number, verdict);
        ids.push(new.id);
        store.receive(salon.id(), new).await.unwrap();
    }
    let refused = new(&salon, 7, Verdict::BadSignature);
    store.receive(salon.id(), refused.clone()).await.unwrap();
    store
        .receive(salon.id(), NewDelivery { id: DeliveryId(id()), ..new(&salon, 1, Verdict::Accepted) })
        .await
        .unwrap();
    let lease = salon.lease("w", now()).await.unwrap();
    for (number, delivery) in ids.iter().enumerate().take(6) {
        let (effect, scrub) = if number == 5 { ("out_of_scope", true) } else { ("no_change", false) };
        store.settle_delivery(&lease, *delivery, effect, None, scrub, now()).await.unwrap();
    }

    let found = async |filter: DeliveryFilter| {
        let page = store.deliveries(salon.id(), &filter, None, 20).await.unwrap();
        let place = |one: &Delivery| ids.iter().position(|id| *id == one.id).unwrap_or(7);
        page.items.iter().map(place).collect::<Vec<_>>()
    };
    let all = DeliveryFilter::default;
    let judged = |judgement| DeliveryFilter { judgement: Some(judgement), ..all() };
    assert_eq!(found(all()).await, [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(found(judged(Judgement::Valid)).await, [6, 4, 2, 1, 0]);
    assert_eq!(found(judged(Judgement::Stale)).await, [3]);
    assert_eq!(found(judged(Judgement::Foreign)).await, [5]);
    assert_eq!(found(judged(Judgement::Repeat)).await, [1]);
    assert_eq!(found(judged(Judgement::BadSignature)).await, [7]);
    assert_eq!(found(DeliveryFilter { waiting: true, ..all() }).await, [6]);
    assert_eq!(found(DeliveryFilter { effects: vec!["no_change".into()], ..all() }).await, [4, 3, 2, 1, 0]);
    assert_eq!(found(DeliveryFilter { from: Some(later(2)), until: Some(later(4)), ..all() }).await, [3, 2]);
    assert_eq!(found(DeliveryFilter { trigger: Some("PING".into()), ..all() }).await, [0; 0]);
    assert_eq!(found(DeliveryFilter { connection: Some(other.connection), ..all() }).await, [0; 0]);
    for judgement in Judgement::ALL.into_iter().filter(|it| *it != Judgement::Repeat) {
        let page = store.deliveries(salon.id(), &judged(judgement), None, 20).await.unwrap();
        assert!(page.items.iter().all(|one| one.judgement() == judgement), "{judgement:?}");
    }

    // Page by page, there and back.
    let page = async |cursor: Option<String>| {
        store.deliveries(salon.id(), &DeliveryFilter::default(), cursor.as_deref(), 3).await.unwrap()
    };
    let first = page(None).await;
    let second = page(first.next.clone()).await;
    let third = page(second.next.clone()).await;
    assert_eq!([first.items.len(), second.items.len(), third.items.len()], [3, 3, 2]);
    assert_eq!((first.prev, third.next), (None, None));
    assert_eq!(page(second.prev).await.items, first.items);
    assert!(matches!(store.deliveries(salon.id(), &all(), Some("x"), 3).await, Err(Error::InvalidCursor)));

    // Again: those that were processed and whose content is there, in steps, each once.
    let by = domain::appointment::Actor::of(Origin::Admin);
    let again = async |after, limit| {
        store.replay_deliveries(salon.id(), &all(), after, limit, by.clone(), later(60)).await.unwrap()
    };
    assert_eq!(store.count_replayable(salon.id(), &all()).await.unwrap(), 5);
    assert_eq!(again(None, 3).await, ids[..3]);
    assert_eq!(again(Some(ids[2]), 3).await, ids[3..5]);
    assert_eq!(store.count_replayable(salon.id(), &all()).await.unwrap(), 0, "they wait");
    assert!(again(None, 3).await.is_empty());
    let waiting = store.waiting_deliveries(&lease, 20).await.unwrap();
    assert_eq!(waiting.len(), 6);
    let (told, entries) = store.delivery(salon.id(), ids[3]).await.unwrap();
    assert_eq!((told.judgement(), told.effect), (Judgement::Stale, None));
    let deed = DeliveryDeed::Replayed { effect: Some("no_change".into()) };
    assert_eq!(entries, [DeliveryEntry { at: later(60), actor: by.clone(), deed }]);

    // Whoever reads a whole body is written down, and another company finds nothing.
    let revealed = store.reveal_delivery(salon.id(), ids[3], by.clone(), later(61)).await.unwrap();
    assert_eq!(revealed.body, "{\"number\":3}");
    let (_, entries) = store.delivery(salon.id(), ids[3]).await.unwrap();
    assert_eq!((entries.len(), &entries[1].deed), (2, &DeliveryDeed::Revealed));
    let strange = store.reveal_delivery(other.id(), ids[3], by.clone(), later(62)).await;
    assert!(matches!(strange, Err(Error::NotFound)), "{strange:?}");
    assert!(matches!(store.delivery(other.id(), ids[3]).await, Err(Error::NotFound)));
    assert!(store.replay_deliveries(other.id(), &all(), None, 9, by, later(62)).await.unwrap().is_empty());
    assert!(store.deliveries(other.id(), &all(), None, 9).await.unwrap().items.is_empty());
    let (_, entries) = store.delivery(salon.id(), ids[3]).await.unwrap();
    assert_eq!(entries.len(), 2);
}
