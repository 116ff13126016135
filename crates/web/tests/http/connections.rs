//! Connections that were stopped, and how they are set going again.

use std::sync::Arc;

use domain::people::Role;
use engine::Clock as _;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

#[tokio::test]
async fn a_brake_says_what_happened_and_how_to_go_on() {
    let world = World::new().await;
    let (store, salon) = (&world.engine.store, &world.salon);
    let connection = store.connections(salon.id).await.unwrap().remove(0);
    let state = store::ConnectionState::Braked;
    store.stop_connection(salon.id, connection.id, state, String::new(), world.clock.now()).await.unwrap();
    let browser = Browser::of(&world, salon, Role::Manager).await;
    let shown = Page::of(&browser.get("/connections").await);
    let told = shown.text(".connection .notice");
    assert!(told.contains("ungewöhnlich viele Termine") && told.contains("„Administration“"), "{told}");
    assert!(Page::of(&browser.get("/").await).text("main").contains("ist angehalten: ungewöhnlich vieles"));
}

#[tokio::test]
async fn a_connection_whose_key_is_refused_gets_a_new_one_and_goes_on() {
    let world = World::new().await;
    let (store, salon, sim) = (&world.engine.store, &world.salon, &world.sim);
    let connection = store.connections(salon.id).await.unwrap().remove(0);
    let now = async || store.connection(salon.id, connection.id).await.unwrap();
    sim.revoke_api_key("cal_salon");
    let id = world.book("2026-11-24T14:30:00+01:00").await.id();
    world.work().await;
    assert_eq!(now().await.state, store::ConnectionState::Unauthorized);
    let (page, here) = (format!("/appointments/{id}"), format!("/connections#{}", connection.id));
    let (key, resume) =
        (format!("/connections/{}/key", connection.id), format!("/connections/{}/resume", connection.id));

    // Who may not is told whom to ask, and cannot.
    let staff = Browser::of(&world, salon, Role::Staff).await;
    let told = Page::of(&staff.get(&page).await);
    assert!(told.text(".explanation").contains("„Administration“"), "{}", told.text(".explanation"));
    let manager = Browser::of(&world, salon, Role::Manager).await;
    assert!(Page::of(&manager.get(&page).await).links().contains(&"/connections".to_owned()));
    let read_only = Page::of(&manager.get("/connections").await);
    assert!(read_only.all(".connection form").is_empty());
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    for (browser, status) in [(&staff, 403), (&manager, 403), (&stranger, 404)] {
        assert_eq!(browser.post(&key, &[("api_key", "cal_new")]).await.status, status);
        assert_eq!(browser.post(&resume, &[]).await.status, status);
    }

    let admin = Browser::of(&world, salon, Role::Admin).await;
    let shown = Page::of(&admin.get(&page).await);
    assert_eq!(shown.attribute(".explanation a", "href"), here);
    let form = Page::of(&admin.get("/connections").await);
    let action = form.attribute(".connection .new-key form", "action");
    assert_eq!(action, format!("{key}#{}", connection.id), "what is wrong is in sight");
    assert!(!form.attribute("body", "data-live").is_empty());
    let again = admin.follow(&admin.post(&resume, &[]).await).await;
    assert!(again.text(".toast p").contains("nimmt den Schlüssel nicht an"), "{}", again.text(".toast p"));

    // What Cal.com does not accept as a key of this account changes nothing, and is not shown.
    let before = now().await;
    for (typed, error) in [
        (" ", "Bitte füllen Sie"),
        ("cal_wrong", "nimmt diesen Schlüssel nicht an"),
        ("cal_other", "gehört zum Konto anna@other.example"),
    ] {
        let wrong = admin.post(&key, &[("api_key", typed)]).await;
        assert_eq!(wrong.status, 422, "{typed}");
        assert!(!wrong.text.contains("cal_wrong") && !wrong.text.contains("cal_other"));
        let wrong = Page::of(&wrong);
        assert_eq!(wrong.attribute("body", "data-live"), "", "nothing takes the answer away");
        assert!(wrong.text(".new-key[open] .error").contains(error), "{}", wrong.text(".new-key"));
        assert_eq!(now().await, before);
    }
    sim.order(calcom_sim::Fault::Down, None, 100);
    let down = Page::of(&admin.post(&key, &[("api_key", "cal_new")]).await);
    assert!(down.text(".new-key .error").contains("antwortet gerade nicht"), "{}", down.text(".new-key"));
    assert_eq!(now().await, before);
    sim.clear_faults();

    sim.add_api_key(connection.account.id, "cal_new");
    let saved = admin.post(&key, &[("api_key", " cal_new ")]).await;
    assert_eq!(saved.header("location"), here);
    assert!(admin.follow(&saved).await.text(".toast p").contains("geprüft und gespeichert"));
    assert_eq!(now().await.state, store::ConnectionState::Active);
    world.work().await;
    let read = world.api("GET", &format!("/api/v1/appointments/{id}"), Value::Null).await.body;
    assert_eq!(read["sync_status"], "synced", "what was collected is sent");

    // A new key does not set going what was stopped for another reason; the button does.
    let braked = store::ConnectionState::Braked;
    store.stop_connection(salon.id, connection.id, braked, String::new(), world.clock.now()).await.unwrap();
    assert_eq!(admin.post(&key, &[("api_key", "cal_new")]).await.status, 303);
    assert_eq!(now().await.state, store::ConnectionState::Braked);
    let resumed = admin.follow(&admin.post(&resume, &[]).await).await;
    assert!(resumed.text(".toast p").contains("läuft wieder"), "{}", resumed.text(".toast p"));
    assert_eq!(now().await.state, store::ConnectionState::Active);
    assert!(resumed.all(".connection .notice").is_empty());
}

#[tokio::test]
async fn a_connection_that_somebody_pauses_keeps_everything_and_catches_up() {
    let world = World::new().await;
    let (store, salon) = (&world.engine.store, &world.salon);
    let connection = store.connections(salon.id).await.unwrap().remove(0);
    let booked = world.book("2026-11-24T10:00:00+01:00").await.id();
    world.work().await;
    let path = |action: &str| format!("/connections/{}/{action}", connection.id);
    let manager = Browser::of(&world, salon, Role::Manager).await;
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    for (browser, status) in [(&manager, 403), (&stranger, 404)] {
        assert_eq!(browser.post(&path("pause"), &[]).await.status, status);
        assert_eq!(browser.post(&path("webhook"), &[]).await.status, status);
    }
    let admin = Browser::of(&world, salon, Role::Admin).await;
    let offered = Page::of(&admin.get("/connections").await);
    assert_eq!(offered.attribute(".pause form", "action"), path("pause"));
    assert!(offered.text(".pause").contains("weiß keine Seite von der anderen"));
    let paused = admin.follow(&admin.post(&path("pause"), &[]).await).await;
    assert!(paused.text(".toast p").contains("angehalten"), "{}", paused.text(".toast p"));

    // Changes here wait, and so does what Cal.com tells.
    let waiting = world.book("2026-11-24T12:00:00+01:00").await.id();
    let uid = world.api("GET", &format!("/api/v1/appointments/{booked}"), Value::Null).await.body
        ["calcom_booking_uid"]
        .clone();
    let there = World::at("2026-11-24T14:00:00Z");
    world.sim.move_booking(uid.as_str().unwrap(), there, None).await.unwrap();
    let requests = world.sim.requests().len();
    world.work().await;
    assert_eq!(world.sim.requests().len(), requests, "nothing is sent");
    let told = Page::of(&admin.get("/connections").await);
    let notice = told.text(".connection .notice");
    assert!(notice.contains("Es warten eine Änderung und ein Webhook"), "{notice}");
    let done = told.text(".connection .history");
    assert!(done.contains("Abgleich angehalten Katharina Morgenrot"), "{done}");
    assert!(told.all(".pause").is_empty());
    let overview = Page::of(&admin.get("/").await);
    assert_eq!(overview.attribute(".verdict", "data-tone"), "wait");
    assert!(overview.text("main").contains("ist angehalten"), "{}", overview.text("main"));
    let listed = world.api("GET", "/api/v1/connections", Value::Null).await.body["data"][0].clone();
    assert_eq!(
        (&listed["state"], &listed["changes_waiting"], &listed["webhooks_waiting"]),
        (&json!("paused"), &json!(1), &json!(1)),
        "{listed}"
    );

    let resumed = admin.follow(&admin.post(&path("resume"), &[]).await).await;
    assert!(resumed.text(".toast p").contains("läuft wieder"), "{}", resumed.text(".toast p"));
    world.work().await;
    for (id, start) in [(booked, "2026-11-24T15:00:00+01:00"), (waiting, "2026-11-24T12:00:00+01:00")] {
        let read = world.api("GET", &format!("/api/v1/appointments/{id}"), Value::Null).await.body;
        assert_eq!((&read["sync_status"], &read["starts_at"]), (&json!("synced"), &json!(start)), "{read}");
    }
}

#[tokio::test]
async fn a_webhook_that_somebody_changed_at_cal_com_is_put_right_by_the_button() {
    let world = World::new().await;
    let (store, salon) = (&world.engine.store, &world.salon);
    let connection = store.connections(salon.id).await.unwrap().remove(0);
    let admin = Browser::of(&world, salon, Role::Admin).await;
    let here = format!("/connections/{}/webhook", connection.id);
    assert!(Page::of(&admin.get("/connections").await).all(&format!("form[action='{here}']")).is_empty());
    // What is as it should be is left alone.
    let right = admin.follow(&admin.post(&here, &[]).await).await;
    assert!(right.text(".toast p").contains("wie er sein soll"), "{}", right.text(".toast p"));
    let now = world.clock.now();
    store.changes_read(salon.id, connection.id, now, Some(now)).await.unwrap();
    let silent = Page::of(&admin.get("/connections").await);
    assert_eq!(silent.attribute(".connection .notice form", "action"), here);
    let url = "http://cal.example".parse().unwrap();
    let client = calcom::Client::new(Arc::new(world.sim.transport()), url, "cal_salon".into());
    let registered = client.webhooks().await.result.unwrap().items.remove(0);
    client.delete_webhook(&registered.id).await.result.unwrap();
    let corrected = admin.follow(&admin.post(&here, &[]).await).await;
    assert!(corrected.text(".toast p").contains("neu eingerichtet"), "{}", corrected.text(".toast p"));
    let again = store.connection(salon.id, connection.id).await.unwrap();
    assert_ne!(again.webhook_id, connection.webhook_id);
    assert_eq!(client.webhooks().await.result.unwrap().items.len(), 1);
    world.sim.order(calcom_sim::Fault::Down, None, 5);
    let down = admin.follow(&admin.post(&here, &[]).await).await;
    assert!(down.text(".toast p").contains("antwortet gerade nicht"), "{}", down.text(".toast p"));
    let history = store.setup_history(salon.id, connection.id.0).await.unwrap();
    let deeds: Vec<_> = history.into_iter().map(|entry| entry.deed).collect();
    let checked = |corrected| store::SetupDeed::WebhookChecked { corrected };
    assert_eq!(deeds, [checked(true), checked(false), store::SetupDeed::Connected]);
}
