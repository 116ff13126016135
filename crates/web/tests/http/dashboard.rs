//! The overview tells whether anything is wrong, also where each appointment agrees.

use calcom_sim::{CallKind, CallMatch, Fault};
use domain::people::Role;
use engine::Clock as _;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::reviews_api::unknown;
use crate::world::World;

/// Two customers in one chair, one of whom booked at Cal.com: both appointments are the same on both sides.
async fn two_in_one_chair(world: &World) {
    let booked = world.book("2026-11-24T15:00:00+01:00").await.id();
    world.work().await;
    world.sim.order(Fault::LoseWebhooks, None, 1);
    let guest = calcom_sim::Guest::new("Gerda Guest", "gerda@guest.example");
    world.sim.book_as_guest(world.salon.event_type, World::at("2026-11-24T09:00:00Z"), guest).await.unwrap();
    world.sim.order(Fault::AllowOverlap, Some(CallMatch::Kind(CallKind::RescheduleBooking)), 1);
    let path = format!("/api/v1/appointments/{booked}");
    let to = json!({ "starts_at": "2026-11-24T10:15:00+01:00" });
    assert_eq!(world.change("POST", &path, "/reschedule", to).await.status, 200);
    let begun = world.api("POST", "/api/v1/verifications", json!({})).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    for _ in 0..5 {
        world.work().await;
        world.clock.set(world.clock.now() + SignedDuration::from_secs(30));
    }
}

#[tokio::test]
async fn it_is_not_green_while_two_customers_wait_for_one_chair() {
    let world = World::new().await;
    two_in_one_chair(&world).await;
    let browser = Browser::of(&world, &world.salon, Role::Manager).await;
    let page = Page::of(&browser.get("/").await);
    let verdict = page.text(".verdict");
    assert_eq!(page.attribute(".verdict", "data-tone"), "bad", "{verdict}");
    assert!(verdict.contains("Alle 2 Termine stimmen") && !verdict.contains("Im Einklang"), "{verdict}");
    assert!(verdict.contains("Eine Frage wartet auf Sie, 1 dringend"), "{verdict}");
    let tile = page.text(".tile[href='/reviews']");
    assert!(tile.contains("Zu klären 1") && tile.contains("Älteste vor 2 Min."), "{tile}");
    let line = page.text(".line[href='/reviews?cause=overlap']");
    assert!(line.contains("Überschneidung: eine Frage wartet") && line.contains("24. Nov."), "{line}");

    // What was put off is not forgotten; what may stay so is.
    let list = world.api("GET", "/api/v1/reviews", Value::Null).await;
    let item = format!("/api/v1/reviews/{}", list.body["data"][0]["id"].as_str().unwrap());
    let until = json!({ "until": "2026-11-21T08:00:00Z" });
    assert_eq!(world.change("POST", &item, "/snooze", until).await.status, 200);
    let page = Page::of(&browser.get("/").await);
    assert_eq!(page.attribute(".verdict", "data-tone"), "wait");
    assert!(page.text(".line[href='/reviews?state=snoozed']").contains("Eine Frage ist zurückgestellt"));
    let decision = json!({ "choice": "accept" });
    assert_eq!(world.change("POST", &item, "/decide", decision).await.status, 200);
    let page = Page::of(&browser.get("/").await);
    assert_eq!(page.attribute(".verdict", "data-tone"), "good");
    assert!(page.text(".verdict").contains("Im Einklang: Alle 2 Termine"));
}

#[tokio::test]
async fn a_booking_without_an_appointment_is_counted() {
    let (world, ..) = unknown().await;
    let browser = Browser::of(&world, &world.salon, Role::Manager).await;
    let page = Page::of(&browser.get("/").await);
    assert_eq!(page.attribute(".verdict", "data-tone"), "bad", "although there is no appointment yet");
    let counted = page.all(".tile[href='/reviews?cause=unknown_booking'] .tile-number");
    assert_eq!(counted[0].inner_html(), "1");
    assert!(page.text(".lines").contains("Buchung ohne Termin: eine Frage wartet"));
    let stranger = Browser::of(&world, &world.other, Role::Manager).await;
    let theirs = Page::of(&stranger.get("/").await);
    assert_eq!(theirs.all(".tile[href='/reviews?cause=unknown_booking'] .tile-number")[0].inner_html(), "0");
    assert_eq!(theirs.attribute(".verdict", "data-tone"), "neutral");
    let overall = world.engine.store.overall(world.clock.now()).await.unwrap();
    assert_eq!(overall.only_there, 1);
}
