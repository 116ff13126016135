//! Services on their pages: what is seen, changed, settled and told.

use domain::case::Priority;
use domain::people::Role;
use domain::service::ServiceSync;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

/// The cut's event type as the simulator has it.
fn there(world: &World) -> Value {
    let world_of_calcom = world.sim.snapshot();
    let all = world_of_calcom["model"]["event_types"].as_array().unwrap();
    all.iter().find(|it| it["id"] == world.salon.event_type).unwrap().clone()
}

/// All event types are looked at, and what follows is done.
async fn look(world: &World) {
    world.engine.look_at_event_types(world.salon.id, Priority::Change).await.unwrap();
    world.work().await;
}

#[tokio::test]
async fn the_list_tells_how_each_service_is_and_why() {
    let world = World::new().await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let (cut, colour) = (world.salon.cut, world.salon.colour);
    let before = Page::of(&browser.get("/services").await);
    assert_eq!(before.text(".nav [aria-current]"), "Leistungen");
    let row = before.text(&format!("#{colour}"));
    assert!(
        row.contains("1 Std. 30 Min.") && row.contains("49,00 €") && row.contains("Anna Weber, Ben Kaya")
    );
    let state = format!("[popovertarget=state-{colour}]");
    assert_eq!(
        before.attribute(&state, "aria-label"),
        "Zustand von Färben: Nie abgeglichen, Aktiv, Kann nicht gebucht werden"
    );
    let tip = before.text(&format!("#state-{colour}[popover]"));
    for told in ["Die Leistung ist nicht mit Cal.com abgeglichen.", "Ihre Plattform → Cal.com", "noch nie"]
    {
        assert!(tip.contains(told), "{told}: {tip}");
    }

    // Cal.com says something else than what is said here: both stay as they are, and it is told.
    look(&world).await;
    let after = Page::of(&browser.get("/services").await);
    let label = after.attribute(&format!("[popovertarget=state-{cut}]"), "aria-label");
    assert!(label.contains("Kann gebucht werden, 2 Abweichungen offen"), "{label}");
    let tip = after.text(&format!("#state-{cut}"));
    assert!(tip.contains(&world.salon.event_type.to_string()) && tip.contains("gerade eben"), "{tip}");

    // Whoever may not change anything is offered nothing to change.
    assert!(after.all("a[href='/services/new'], main form").is_empty());
    assert_eq!(browser.post("/services/look", &[]).await.status, 403);
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let looked = admin.follow(&admin.post("/services/look", &[]).await).await;
    assert!(looked.text(".toast").contains("Cal.com wird gefragt"));
    assert_eq!(looked.all("a[href='/services/new']").len(), 1);
}

#[tokio::test]
async fn a_divergence_is_settled_field_by_field_as_it_was_seen() {
    let world = World::new().await;
    look(&world).await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let here = format!("/services/{}", world.salon.cut);
    let read = async || world.engine.store.service_case(world.salon.id, world.salon.cut).await.unwrap();
    let settle = format!("{here}/divergences");
    // The fields of the form of a row that says this, with the button pressed.
    let form = |page: &Page, told: &str, side: &'static str| -> Vec<(String, String)> {
        let rows = page.all(".divergences tbody tr");
        let row = rows.into_iter().find(|row| row.text().collect::<String>().contains(told)).unwrap();
        let inputs = scraper::Selector::parse("input[type=hidden]:not([name=csrf])").unwrap();
        let value = |field: scraper::ElementRef, name| field.value().attr(name).unwrap().to_owned();
        row.select(&inputs)
            .map(|field| (value(field, "name"), value(field, "value")))
            .chain([("side".to_owned(), side.to_owned())])
            .collect()
    };
    let post = async |browser: &Browser, fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        browser.post(&settle, &fields).await
    };
    let page = Page::of(&admin.get(&here).await);
    let shown = page.text(".divergences tbody");
    assert!(
        shown.contains("Damenhaarschnitt") && shown.contains("Cut") && shown.contains("Anna Weber"),
        "{shown}"
    );
    let (take, ours) = (form(&page, "Cut", "theirs"), form(&page, "Kurzname", "ours"));

    // Only admins settle, and staff is not even offered it.
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    assert!(Page::of(&staff.get(&here).await).all("main form").is_empty());
    assert_eq!(post(&staff, &take).await.status, 403);

    // What was seen is not what stands there now: nothing is taken over.
    let mut other = take.clone();
    other[3].1 = "Cut & Go".to_owned();
    let refused = admin.follow(&post(&admin, &other).await).await;
    assert!(refused.text(".toast").contains("inzwischen geändert"), "{}", refused.text(".toast"));
    assert_eq!(read().await.service.name, "Damenhaarschnitt");

    let dismissed = admin.follow(&post(&admin, &form(&page, "Cut", "dismiss")).await).await;
    assert!(dismissed.text(".divergences tbody").contains("bleibt so"));
    let taken = admin.follow(&post(&admin, &take).await).await;
    assert!(taken.text("h1").contains("Cut"));
    let told = taken.text(".timeline");
    assert!(told.contains("Damenhaarschnitt →wird zu Cut gerade eben · Team: Katharina Morgenrot"), "{told}");
    // The version is another since.
    assert!(admin.follow(&post(&admin, &ours).await).await.text(".toast").contains("inzwischen geändert"));
    let ours = form(&Page::of(&admin.get(&here).await), "Kurzname", "ours");
    let kept = admin.follow(&post(&admin, &ours).await).await.text(".timeline");
    assert!(kept.contains("cut →wird zu 45 gerade eben · Team: Katharina Morgenrot"), "{kept}");
    world.work().await;
    assert_eq!(there(&world)["slug"], "45");
    let case = read().await;
    assert_eq!((case.service.sync, case.service.slug.as_str()), (ServiceSync::Synced, "45"));
    assert!(Page::of(&admin.get(&here).await).all(".divergences").is_empty());
}

#[tokio::test]
async fn an_action_lists_what_is_lost_and_loses_nothing_else() {
    let world = World::new().await;
    look(&world).await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let here = format!("/services/{}", world.salon.cut);
    let read =
        async || world.engine.store.service_case(world.salon.id, world.salon.cut).await.unwrap().service;
    let (push, pull) = (format!("{here}/push"), format!("{here}/pull"));
    let value = |page: &Page, name: &str| page.attribute(&format!("main [name={name}]"), "value");
    let asked = Page::of(&admin.get(&push).await);
    assert!(asked.text(".notice").contains("Die Daten bei Cal.com werden überschrieben"));
    let lost = asked.text("tbody");
    assert!(lost.contains("Cut") && lost.contains("Damenhaarschnitt"), "{lost}");
    let (version, seen) = (value(&asked, "version"), value(&asked, "seen"));
    let before = Page::of(&admin.get(&pull).await);
    assert!(before.text("tbody").contains("Damenhaarschnitt"));
    let (pull_version, pull_seen) = (value(&before, "version"), value(&before, "seen"));

    // Since the page was shown more would be lost: it is shown again, and nothing is done.
    world.sim.change_event_type(world.salon.event_type, "title", json!("Cut & Go"));
    look(&world).await;
    let again = admin.post(&push, &[("version", &version), ("seen", &seen)]).await;
    assert_eq!(again.status, 422);
    let again = Page::of(&again);
    assert!(
        again.text("[role=alert]").contains("inzwischen geändert")
            && again.text("tbody").contains("Cut & Go")
    );
    let refused = admin.post(&pull, &[("version", &pull_version), ("seen", &pull_seen)]).await;
    assert_eq!((refused.status.as_u16(), read().await.name.as_str()), (422, "Damenhaarschnitt"));

    let (version, seen) = (value(&again, "version"), value(&again, "seen"));
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    assert_eq!(manager.get(&push).await.status, 403);
    assert_eq!(manager.post(&push, &[("version", &version), ("seen", &seen)]).await.status, 403);
    let done = admin.post(&push, &[("version", &version), ("seen", &seen)]).await;
    assert!(admin.follow(&done).await.text(".timeline").contains("Alles zu Cal.com gesendet"));
    world.work().await;
    assert_eq!(there(&world)["title"], "Damenhaarschnitt");
    assert!(Page::of(&admin.get(&push).await).text(".notice").contains("Es geht nichts verloren"));

    world.sim.change_event_type(world.salon.event_type, "lengthInMinutes", json!(60));
    look(&world).await;
    let asked = Page::of(&admin.get(&pull).await);
    assert_eq!(asked.text("tbody").replace("Dauer", "").trim(), "45 Min. 1 Std.", "only that");
    let (version, seen) = (value(&asked, "version"), value(&asked, "seen"));
    assert_eq!(admin.post(&pull, &[("version", &version), ("seen", &seen)]).await.status, 303);
    assert_eq!(read().await.duration_minutes, 60);

    // Whatever fails is told, and forgotten by a reset.
    let reset = format!("{here}/reset");
    let asked = Page::of(&admin.get(&reset).await);
    assert!(asked.text(".notice").contains("nichts fehlgeschlagen"));
    assert_eq!(admin.get(&format!("{here}/explode")).await.status, 404);
    let theirs = format!("/services/{}/push", world.other.cut);
    assert_eq!(admin.get(&theirs).await.status, 404);
}
