//! The inbox of webhooks, as a manager and an admin see it.

use axum::body::Body;
use axum::http::Request;
use calcom_sim::{Fault, Guest, NewEventType, WebhookDelivery};
use domain::people::Role;
use engine::Clock;
use jiff::SignedDuration;
use serde_json::Value;

use crate::browser::{Browser, Page};
use crate::world::{World, send};

/// Delivers a webhook of Cal.com's once more, perhaps under another signature.
async fn deliver(world: &World, webhook: &WebhookDelivery, signature: Option<&str>) -> u16 {
    // Each in a millisecond of its own, so that the list has an order.
    world.clock.set(world.clock.now() + SignedDuration::from_secs(1));
    let path = webhook.url.strip_prefix("http://127.0.0.1:8080").unwrap();
    let mut request = Request::post(path).body(Body::from(webhook.body.clone())).unwrap();
    *request.headers_mut() = webhook.headers.clone();
    if let Some(signature) = signature {
        request.headers_mut().insert("x-cal-signature-256", signature.parse().unwrap());
    }
    send(&world.app, request).await.status.as_u16()
}

async fn guest(world: &World, event_type: i64, start: &str) -> String {
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(event_type, World::at(start), guest).await.unwrap()
}

/// The cells of the rows, in words.
fn rows(page: &Page) -> Vec<[String; 2]> {
    let words = |row: &scraper::ElementRef, cell: &str| {
        let selector = scraper::Selector::parse(cell).unwrap();
        let text: String = row.select(&selector).next().unwrap().text().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.all(".deliveries tbody tr")
        .iter()
        .map(|row| [words(row, ".cell-verdict"), words(row, ".cell-effect")])
        .collect()
}

#[tokio::test]
async fn every_webhook_stands_there_with_its_verdict_and_its_effect() {
    let world = World::new().await;
    let uid = guest(&world, world.salon.event_type, "2026-11-24T13:00:00Z").await;
    let created = world.sim.webhooks().pop().unwrap().delivery;
    world.work().await;
    assert_eq!(deliver(&world, &created, None).await, 200);
    assert_eq!(deliver(&world, &created, Some(&"0".repeat(64))).await, 401);
    assert_eq!(deliver(&world, &created, Some("no-secret-provided")).await, 401);
    world.work().await;
    world.sim.cancel_booking(&uid, "Krank").await.unwrap();
    world.work().await;
    // One that is told late, of an event type that stands for nothing here.
    let account = world.engine.store.connections(world.salon.id).await.unwrap()[0].account.id;
    let dentist = world.sim.add_event_type(account, NewEventType::new("Dentist", "dentist", 30));
    world.sim.order(Fault::LoseWebhooks, None, 1);
    guest(&world, dentist, "2026-11-25T13:00:00Z").await;
    let late = world.sim.webhooks().pop().unwrap().delivery;
    world.clock.set(world.clock.now() + SignedDuration::from_hours(1));
    assert_eq!(deliver(&world, &late, None).await, 200);
    world.work().await;

    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let page = Page::of(&manager.get("/deliveries").await);
    let told = rows(&page);
    let told: Vec<_> = told.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    let [foreign, cancelled, unsigned, forged, created] = &told[..] else { panic!("{told:?}") };
    assert_eq!(foreign, &["Nicht unsere", "Nicht unsere Buchung"]);
    assert!(
        cancelled[1].starts_with("Cal.com gefragt A-1") && cancelled[1].ends_with("Abgesagt"),
        "{cancelled:?}"
    );
    assert_eq!(cancelled[0], "Gültig");
    assert_eq!(unsigned, &["Ohne Geheimnis", "nicht verarbeitet"]);
    assert_eq!(forged, &["Falsche Signatur", "nicht verarbeitet"]);
    assert_eq!(created[0], "Gültig kam noch einmal");
    assert!(created[1].contains("A-1") && created[1].contains("Gebucht"), "{created:?}");

    // The filters stand in the address, and what cannot be read is told.
    let count =
        async |query: &str| rows(&Page::of(&manager.get(&format!("/deliveries?{query}")).await)).len();
    for (query, expected) in [
        ("verdict=valid", 2),
        ("verdict=repeat", 1),
        ("verdict=foreign", 1),
        ("verdict=bad_signature", 1),
        ("verdict=no_secret", 1),
        ("verdict=stale", 0),
        ("effect=look", 2),
        ("effect=waiting", 0),
        ("trigger=BOOKING_CANCELLED", 1),
        ("from=2026-11-20&to=2026-11-20", 5),
        ("to=2026-11-19", 0),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let unread = Page::of(&manager.get("/deliveries?verdict=moon&connection=x&from=y").await);
    assert_eq!((rows(&unread).len(), unread.all("p.notice[role=alert]").len()), (5, 1));

    // Nothing of it is another company's.
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    assert!(rows(&Page::of(&stranger.get("/deliveries").await)).is_empty());
    let href = page.attribute(".deliveries tbody tr:last-child .cell-time a", "href");
    assert_eq!(stranger.get(&href).await.status, 404);
    for action in ["reveal", "replay"] {
        assert_eq!(stranger.post(&format!("{href}/{action}"), &[]).await.status, 404);
    }
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert_eq!(staff.get("/deliveries").await.status, 403);
}

#[tokio::test]
async fn a_whole_body_is_read_by_admins_and_that_is_written_down() {
    let world = World::new().await;
    guest(&world, world.salon.event_type, "2026-11-24T13:00:00Z").await;
    world.work().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let href = Page::of(&admin.get("/deliveries").await).attribute(".deliveries .cell-time a", "href");
    let personal = ["Greta", "greta@client.example"];

    let reply = manager.get(&href).await;
    assert!(personal.iter().all(|text| !reply.text.contains(text)), "{}", reply.text);
    let page = Page::of(&reply);
    assert!(page.text("pre").contains("2026-11-24T13:00:00"), "{}", page.text("pre"));
    assert!(page.all("form[action$='/reveal'], form[action$='/replay']").is_empty());
    assert_eq!(manager.post(&format!("{href}/reveal"), &[]).await.status, 403);
    assert_eq!(manager.post(&format!("{href}/replay"), &[]).await.status, 403);
    assert_eq!(manager.post("/deliveries/replay", &[]).await.status, 403);
    assert!(Page::of(&admin.get(&href).await).all("#deeds").is_empty(), "looking is no deed");

    let reply = admin.post(&format!("{href}/reveal"), &[]).await;
    assert!(reply.status == 200 && personal.iter().all(|text| reply.text.contains(text)), "{}", reply.text);
    let page = Page::of(&manager.get(&href).await);
    let deed = page.text("section[aria-labelledby=deeds] li");
    assert!(deed.starts_with("Den ganzen Inhalt gelesen Team: Katharina Morgenrot, Fr., 20. Nov."), "{deed}");
    // Without our form's token nothing is shown and nothing written.
    let forged = admin.send_form(&format!("{href}/reveal"), &[("csrf", "x")], &[]).await;
    assert_eq!(forged.status, 403);
    assert_eq!(Page::of(&manager.get(&href).await).all("section[aria-labelledby=deeds] li").len(), 1);
}

#[tokio::test]
async fn webhooks_are_processed_again() {
    let world = World::new().await;
    let uid = guest(&world, world.salon.event_type, "2026-11-24T13:00:00Z").await;
    world.work().await;
    world.sim.cancel_booking(&uid, "Krank").await.unwrap();
    world.work().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let before = world.api("GET", "/api/v1/appointments", Value::Null).await.body;
    let effects = async || {
        let page = Page::of(&admin.get("/deliveries").await);
        let effect = |row: &[String; 2]| row[1].split_once(" A-1 ").map(|(_, what)| what.to_owned());
        rows(&page).iter().map(effect).collect::<Vec<_>>()
    };
    let changed = effects().await;
    assert!(changed[0].as_ref().is_some_and(|what| what.contains("bgesagt")), "{changed:?}");

    let reply = admin.post("/deliveries/replay", &[("trigger", "BOOKING_CANCELLED")]).await;
    assert_eq!(reply.header("location"), "/deliveries?trigger=BOOKING_CANCELLED");
    let page = admin.follow(&reply).await;
    assert!(page.text(".toast").starts_with("Sie werden noch einmal verarbeitet"), "{}", page.text(".toast"));
    let waiting = Page::of(&admin.get("/deliveries?effect=waiting").await);
    assert_eq!(rows(&waiting).len(), 1);
    world.work().await;
    let page = Page::of(&admin.get("/deliveries").await);
    assert!(rows(&page)[0][1].starts_with("Nichts Neues A-1"), "{:?}", rows(&page));
    assert_eq!(world.api("GET", "/api/v1/appointments", Value::Null).await.body, before, "it is only a hint");
    assert_eq!(effects().await, changed, "what it changed, it changed then");

    let href = page.attribute(".deliveries .cell-time a", "href");
    let again = admin.follow(&admin.post(&format!("{href}/replay"), &[]).await).await;
    assert!(
        again.text("section[aria-labelledby=effect]").contains("Wird gleich bearbeitet"),
        "{}",
        again.text("main")
    );
    let deeds = again.all("section[aria-labelledby=deeds] li").len();
    assert_eq!(deeds, 2);
    // It waits already: there is nothing more to do.
    let page = admin.follow(&admin.post(&format!("{href}/replay"), &[]).await).await;
    assert!(page.text(".toast").starts_with("Hier ist nichts"), "{}", page.text(".toast"));
    assert_eq!(admin.post("/deliveries/replay", &[("verdict", "moon")]).await.status, 400);
}
