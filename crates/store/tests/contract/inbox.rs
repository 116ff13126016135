//! The webhook inbox.

use domain::*;
use store::*;

use crate::world::*;

pub async fn a_delivery_is_stored_once_and_settled_once(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    assert_eq!(salon.lease("w", now()).await, None);
    let delivery = |body: &str, verdict: &str| NewDelivery {
        id: DeliveryId(id()),
        connection: salon.connection,
        received_at: now(),
        trigger: Some("BOOKING_CREATED".into()),
        verdict: verdict.into(),
        body: body.into(),
        body_hash: [u8::try_from(body.len()).unwrap(); 32],
        uid: Some(BookingUid("u1".into())),
        created_at_remote: Some(later(-1)),
    };
    let race = (0..10).map(|_| {
        let (store, company, new) = (store.clone(), salon.id(), delivery("{}", ACCEPTED));
        tokio::spawn(async move { store.receive(company, new).await.unwrap() })
    });
    let received = futures::future::join_all(race).await;
    assert_eq!(received.iter().filter(|one| matches!(one, Ok(Received::New))).count(), 1);
    assert_eq!(store.receive(salon.id(), delivery("[]]", "bad signature")).await.unwrap(), Received::New);
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
    // Scrubbed or not, the same delivery is still known.
    assert_eq!(store.receive(salon.id(), delivery("{}", ACCEPTED)).await.unwrap(), Received::Repeat);
}
