//! One action on many services: previewed field by field, done once, reported.

use domain::case::Priority;
use domain::people::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

const BULK: &str = "/services/bulk";

/// All event types are looked at, and what follows is done.
async fn look(world: &World) {
    world.engine.look_at_event_types(world.salon.id, Priority::Change).await.unwrap();
    world.work().await;
}

fn title_there(world: &World) -> Value {
    let snapshot = world.sim.snapshot();
    let all = snapshot["model"]["event_types"].as_array().unwrap();
    all.iter().find(|it| it["id"] == world.salon.event_type).unwrap()["title"].clone()
}

/// The form of a preview as it stands there, with the button pressed.
fn confirmed(preview: &Page) -> Vec<(String, String)> {
    let fields = preview.all("main form.form input[type=hidden]:not([name=csrf])");
    let value = |field: &scraper::ElementRef<'_>, name| field.value().attr(name).unwrap().to_owned();
    let fields = fields.iter().map(|field| (value(field, "name"), value(field, "value")));
    fields.chain([("intent".to_owned(), "run".to_owned())]).collect()
}

async fn send(browser: &Browser<'_>, fields: &[(String, String)]) -> Page {
    let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let reply = browser.post(BULK, &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    Page::of(&reply)
}

#[tokio::test]
async fn many_are_pushed_as_previewed_and_once() {
    let world = World::new().await;
    look(&world).await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let (cut, colour) = (world.salon.cut.to_string(), world.salon.colour.to_string());
    let list = Page::of(&admin.get("/services?show=divergent").await);
    assert_eq!(list.all("tbody tr").len(), 1, "only the cut differs");
    assert!(list.text(".bulk-bar").contains("Die eine Leistung dieser Liste"));

    // By hand, and all that match: the preview lists what stands there, what comes instead, and what is skipped.
    let chosen = [("action", "push"), ("ids", cut.as_str()), ("ids", colour.as_str())];
    let preview = Page::of(&admin.post(BULK, &chosen).await);
    let told = preview.text("tbody");
    for told_of in ["Name", "Anna Weber", "Cut", "Damenhaarschnitt", "Kurzname"] {
        assert!(told.contains(told_of), "{told_of}: {told}");
    }
    assert!(
        preview.text(".skipped").contains("Färben Es gibt keinen Event-Typ"),
        "{}",
        preview.text(".skipped")
    );
    assert!(preview.text("#progress").contains("2 Leistungen geprüft. 1 möglich · 1 ohne Änderung"));
    let matching = [("action", "push"), ("all", "1"), ("show", "divergent")];
    let matching = Page::of(&admin.post(BULK, &matching).await);
    assert_eq!((matching.all("section.card").len(), matching.text("tbody")), (1, told));
    assert_eq!(title_there(&world), "Cut", "nothing was sent");

    // Since the preview something else stands there: nothing is done, and it is told.
    world.sim.change_event_type(world.salon.event_type, "title", json!("Cut & Go"));
    look(&world).await;
    let stale = send(&admin, &confirmed(&preview)).await;
    assert!(stale.text("main").contains("nach der Vorschau geändert"), "{}", stale.text("main"));
    world.work().await;
    assert_eq!(title_there(&world), "Cut & Go");

    let preview = Page::of(&admin.post(BULK, &chosen).await);
    let form = confirmed(&preview);
    let report = send(&admin, &form).await;
    assert!(report.text("#progress").contains("1 erledigt · 1 ohne Änderung · 0 nicht möglich"));
    // Sent twice, before and after Cal.com was told: done once.
    let twice = send(&admin, &form).await;
    assert!(twice.text("#progress").contains("0 erledigt · 2 ohne Änderung"), "{}", twice.text("#progress"));
    assert!(twice.text(".skipped").contains("ist schon unterwegs"), "{}", twice.text(".skipped"));
    world.work().await;
    assert_eq!(title_there(&world), "Damenhaarschnitt");
    let after = send(&admin, &form).await;
    assert!(after.text(".skipped").contains("stimmt überein"));
    let history = Page::of(&admin.get(&format!("/services/{cut}")).await).text(".timeline");
    let pushed = "Alles zu Cal.com gesendet gerade eben · Team: Katharina Morgenrot";
    assert_eq!(history.matches(pushed).count(), 1, "{history}");

    // Whoever may not, and whatever belongs to others.
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    assert_eq!(manager.post(BULK, &chosen).await.status, 403);
    assert!(Page::of(&manager.get("/services").await).all(".bulk-bar, [name=ids]").is_empty());
    let theirs = world.other.cut.to_string();
    let none = Page::of(&admin.post(BULK, &[("action", "push"), ("ids", theirs.as_str())]).await);
    assert!(none.text("main").contains("Keine Leistung ausgewählt"));
    let forged = format!("{theirs} 00");
    let none = [("action", "push"), ("intent", "run"), ("seen", forged.as_str())];
    assert!(Page::of(&admin.post(BULK, &none).await).text("main").contains("Keine Leistung ausgewählt"));
    assert_eq!(admin.post(BULK, &[("action", "push"), ("all", "1"), ("show", "soon")]).await.status, 400);
}

#[tokio::test]
async fn many_divergences_are_dismissed_as_previewed_and_once() {
    let world = World::new().await;
    look(&world).await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let all = [("action", "dismiss"), ("all", "1"), ("show", "")];
    let preview = Page::of(&admin.post(BULK, &all).await);
    assert!(preview.text("main").contains("Es wird nichts gesendet"), "{}", preview.text("main"));
    assert_eq!(preview.all("tbody tr").len(), 2);
    let form = confirmed(&preview);
    let report = send(&admin, &form).await;
    assert!(
        report.text("#progress").contains("1 erledigt · 1 ohne Änderung"),
        "{}",
        report.text("#progress")
    );
    let twice = send(&admin, &form).await;
    assert!(twice.text(".skipped").contains("schon belassen"), "{}", twice.text(".skipped"));
    look(&world).await;
    let here = format!("/services/{}", world.salon.cut);
    let page = Page::of(&admin.get(&here).await);
    let told = page.text(".timeline");
    assert_eq!(told.matches("Abweichung belassen").count(), 2, "{told}");
    assert!(told.contains("Team: Katharina Morgenrot"));
    assert_eq!(title_there(&world), "Cut");
    assert_eq!(page.text("h1"), "Damenhaarschnitt");
    // A push says what was dismissed before.
    let push = Page::of(&admin.post(BULK, &[("action", "push"), ("all", "1"), ("show", "")]).await);
    assert!(push.text("tbody").contains("bisher belassen"), "{}", push.text("tbody"));
}
