//! Connections that were stopped, and how they are set going again.

use domain::people::Role;
use serde_json::Value;

use crate::browser::{Browser, Page};
use crate::world::World;

#[tokio::test]
async fn a_brake_says_what_happened_and_how_to_go_on() {
    let world = World::new().await;
    let (store, salon) = (&world.engine.store, &world.salon);
    let connection = store.connections(salon.id).await.unwrap().remove(0);
    let state = store::ConnectionState::Braked;
    store.set_connection_state(salon.id, connection.id, state, None).await.unwrap();
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
    store.set_connection_state(salon.id, connection.id, store::ConnectionState::Braked, None).await.unwrap();
    assert_eq!(admin.post(&key, &[("api_key", "cal_new")]).await.status, 303);
    assert_eq!(now().await.state, store::ConnectionState::Braked);
    let resumed = admin.follow(&admin.post(&resume, &[]).await).await;
    assert!(resumed.text(".toast p").contains("läuft wieder"), "{}", resumed.text(".toast p"));
    assert_eq!(now().await.state, store::ConnectionState::Active);
    assert!(resumed.all(".connection .notice").is_empty());
}
