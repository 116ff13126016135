//! The audit trail: what was done to accounts and channels, and with webhooks, on the page and through the API.

use domain::people::Role;
use engine::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

#[tokio::test]
async fn what_was_done_to_accounts_channels_and_webhooks_stands_in_the_audit_trail() {
    let world = World::new().await;
    let (store, salon) = (&world.engine.store, &world.salon);
    let connection = store.connections(salon.id).await.unwrap().remove(0);
    world.book("2026-11-24T14:30:00+01:00").await;
    world.work().await;
    let admin = Browser::of(&world, salon, Role::Admin).await;
    let second = || world.clock.set(world.clock.now() + SignedDuration::from_secs(1));
    second();
    admin.post(&format!("/connections/{}/pause", connection.id), &[]).await;
    second();
    let room = json!({ "kind": "slack", "name": "#empfang", "target": "https://hooks.example.com/geheim" });
    let room = world.api("POST", "/api/v1/notification-channels", room).await.id();
    let address = format!("/api/v1/notification-channels/{room}");
    second();
    world.api("PATCH", &address, json!({ "gather_minutes": 0, "rules": { "question": "admin" } })).await;
    world.api("PATCH", &address, json!({ "gather_minutes": 0 })).await;
    let delivery = store.deliveries(salon.id, &store::DeliveryFilter::default(), None, 1).await.unwrap();
    let webhook = format!("/deliveries/{}", delivery.items[0].id);
    for what in ["reveal", "replay"] {
        second();
        let done = admin.post(&format!("{webhook}/{what}"), &[]).await;
        assert!([200, 303].contains(&done.status.as_u16()), "{}", done.text);
    }

    // The page: the newest first, with links for whoever may follow them; what says nothing new is not told.
    let trail = Page::of(&admin.get("/audit").await);
    let rows: Vec<String> = trail.all(".audit tbody tr").iter().map(|row| row.text().collect()).collect();
    let told = [
        "noch einmal verarbeiten",
        "ganzen Inhalt gelesen",
        "Benachrichtigung geändert: wer was erfährt, Sammelzeit",
        "Benachrichtigung hinzugefügt",
        "Abgleich angehalten",
    ];
    for (row, told) in rows.iter().zip(told) {
        assert!(row.to_lowercase().contains(&told.to_lowercase()), "{told}: {rows:#?}");
    }
    assert!(rows[0].contains("Katharina Morgenrot") && rows[2].contains("Kasse"), "{rows:#?}");
    assert!(rows.last().unwrap().contains("Konto verbunden"), "{rows:#?}");
    let links = |page: &Page, start: &str| page.all(&format!(".audit a[href^='{start}']")).len();
    let places = [("/deliveries/", 2), ("/notifications/settings#chn_", 2), ("/connections#con_", 2)];
    assert_eq!(places.map(|(start, _)| links(&trail, start)), places.map(|(_, count)| count));
    let staff = Browser::of(&world, salon, Role::Staff).await;
    let seen = Page::of(&staff.get("/audit").await);
    assert_eq!(seen.all(".audit tbody tr").len(), rows.len());
    assert_eq!(places.map(|(start, _)| links(&seen, start)), [0, 0, 0], "no link leads nowhere");
    // By kind, which stands in the address.
    for (kind, count) in [("service", 0), ("review", 0), ("connection", 2), ("channel", 2), ("webhook", 2)] {
        let page = Page::of(&admin.get(&format!("/audit?kind={kind}")).await);
        assert_eq!(page.all(".audit tbody tr").len(), count, "{kind}");
        assert_eq!(page.attribute("#kind option[selected]", "value"), kind);
    }
    let unread = Page::of(&admin.get("/audit?kind=moon").await);
    assert!(unread.text("[role=alert]").contains("Bereich"), "{}", unread.text("[role=alert]"));

    // The API tells the same, page by page.
    let all = world.api("GET", "/api/v1/audit", Value::Null).await;
    let entries = all.body["data"].as_array().unwrap().clone();
    assert_eq!((entries.len(), &all.body["next_cursor"]), (rows.len(), &Value::Null), "{}", all.text);
    let what: Vec<_> = entries.iter().map(|it| it["what"].as_str().unwrap()).collect();
    let done = ["replayed", "revealed", "channel_changed", "channel_added", "paused", "connected"];
    assert_eq!(what, done);
    assert_eq!(entries[2]["parts"], json!(["rules", "gather_minutes"]));
    assert_eq!((&entries[2]["kind"], &entries[2]["id"]), (&json!("channel"), &json!(room)));
    assert_eq!((&entries[2]["name"], &entries[2]["by"]["name"]), (&json!("#empfang"), &json!("Kasse")));
    assert_eq!((&entries[4]["id"], &entries[4]["by"]["origin"]), (&json!(connection.id), &json!("admin")));
    let mut read = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.api("GET", &format!("/api/v1/audit?limit=4{cursor}"), Value::Null).await;
        read.extend(page.body["data"].as_array().unwrap().clone());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(read, entries);
    let paused = world.api("GET", "/api/v1/audit?kind=connection&who=admin", Value::Null).await;
    assert_eq!(paused.body["data"], json!([entries[4]]));
    for wrong in ["kind=moon", "who=moon", "service=moon", "cursor=x", "colour=red"] {
        let refused = world.api("GET", &format!("/api/v1/audit?{wrong}"), Value::Null).await;
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
    }
    let theirs = world.request("GET", "/api/v1/audit", &world.other.key, Value::Null, &[]).await;
    let theirs = theirs.body["data"].as_array().unwrap().iter().map(|it| it["what"].clone());
    assert_eq!(theirs.collect::<Vec<_>>(), [json!("connected")]);
}
