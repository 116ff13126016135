//! Migrations.

use crate::world::*;

pub async fn they_go_up_down_and_up_again(place: Place) {
    let store = place.connect().await;
    let status = async || store.migration_status().await.unwrap();
    let all = status().await;
    assert!(!all.is_empty() && all.iter().all(|(_, applied)| !applied));
    store.ping().await.unwrap();
    for _ in 0..2 {
        store.migrate().await.unwrap();
        store.migrate().await.unwrap();
        assert!(status().await.iter().all(|(_, applied)| *applied));
        Salon::open(&store, "a").await.booked(slot(0, 30)).await;
        store.migrate_down(u32::try_from(all.len()).unwrap()).await.unwrap();
        assert!(status().await.iter().all(|(_, applied)| !applied));
    }
}

pub async fn many_at_once_migrate_once(place: Place) {
    // A second store on a memory database would be a second database.
    let one = place.connect().await;
    let stores = match place.url.as_str() {
        "sqlite::memory:" => vec![one.clone(), one.clone(), one],
        _ => vec![one, place.connect().await, place.connect().await],
    };
    let race = stores.iter().cloned().map(|store| tokio::spawn(async move { store.migrate().await }));
    for result in futures::future::join_all(race).await {
        result.unwrap().unwrap();
    }
    // Then all of them write: other processes on the same file are waited for, not failed at.
    let salon = Salon::open(&stores[0], "a").await;
    let race = (0..30).zip(stores.iter().cycle()).map(|(n, store)| {
        let salon = Salon { store: store.clone(), ..salon.clone() };
        tokio::spawn(async move { salon.book(salon.wish(slot(n * 30, 30))).await })
    });
    for result in futures::future::join_all(race).await {
        result.unwrap().unwrap();
    }
}
