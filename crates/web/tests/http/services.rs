//! Services on their pages: what is seen, changed, settled and told.

use domain::ServiceId;
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
    assert_eq!(
        before.text(&format!("[popovertarget=state-{colour}]")),
        "Zustand von Färben: Nie abgeglichen"
    );
    let status = |page: &Page, id: ServiceId| page.text(&format!("#{id} .states"));
    let told = status(&before, colour);
    assert!(told.ends_with("Nie abgeglichen Aktiv Online Kann gebucht werden"), "{told}");
    let tip = before.text(&format!("#state-{colour}[popover]"));
    for told in ["Termine stehen nur hier", "Ihre Plattform → Cal.com", "noch nie"] {
        assert!(tip.contains(told), "{told}: {tip}");
    }

    // Cal.com says something else than what is said here: both stay as they are, and it is told.
    look(&world).await;
    let after = Page::of(&browser.get("/services").await);
    let told = status(&after, cut);
    assert!(told.contains("2 Abweichungen Aktiv Online Kann gebucht werden"), "{told}");
    let there = format!("/services/{cut}#divergences");
    for place in [format!("#{cut} .states a.chip"), format!("#state-{cut} a.chip")] {
        assert_eq!(after.attribute(&place, "href"), there, "{place}");
    }
    let page = Page::of(&browser.get(&format!("/services/{cut}")).await);
    assert_eq!(page.text(".head a.chip[href='#divergences']"), "2 Abweichungen");
    assert_eq!(page.all("#divergences").len(), 1);
    assert_eq!(page.text(".event-types a.chip[href='#divergences']"), "2 Abweichungen");
    assert!(before.all("a.chip").is_empty());
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

#[tokio::test]
async fn a_service_is_made_on_its_form_and_its_event_type_follows() {
    let world = World::new().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let (anna, ben) = (world.salon.anna.to_string(), world.salon.ben.to_string());
    let connection = world.engine.store.connections(world.salon.id).await.unwrap().remove(0).id;
    world
        .engine
        .store
        .set_staff_connection(world.salon.id, world.salon.anna, Some(connection))
        .await
        .unwrap();
    let blank = Page::of(&admin.get("/services/new").await);
    assert_eq!(blank.all("[name=work_name]").len(), 3);
    assert_eq!((blank.all("[name=active][checked]").len(), blank.all("[name=staff]").len()), (1, 2));
    let mut typed = vec![
        ("intent", "rows"),
        ("name", "Färben & Schnitt"),
        ("price", "viel"),
        ("duration_minutes", ""),
        ("active", "true"),
        ("buffer_after_minutes", "-1"),
        ("staff", anna.as_str()),
        ("work_name", "Färben"),
        ("work_minutes", "45"),
        ("work_pause", "30"),
        ("work_name", ""),
        ("work_minutes", ""),
        ("work_pause", ""),
        ("work_name", "Schneiden"),
        ("work_minutes", ""),
        ("work_pause", ""),
        ("change_notice_hours", "9000"),
    ];
    let more = admin.post("/services", &typed).await;
    assert_eq!((more.status.as_u16(), Page::of(&more).all("[name=work_name]").len()), (200, 5));
    typed[0].1 = "save";
    let wrong = admin.post("/services", &typed).await;
    assert_eq!(wrong.status, 422);
    let wrong = Page::of(&wrong);
    assert!(wrong.text("#price-error").contains("höchstens zwei Stellen"));
    assert!(wrong.text("#buffer_after_minutes-error").contains("von 0 bis"));
    assert!(wrong.text("#works-error").contains("Jeder Abschnitt"));
    assert!(wrong.text("#change_notice_hours-error").contains("von 0 bis"));
    typed[16].1 = "24";
    typed[14].1 = "45";
    typed[15].1 = "20";
    let waits = Page::of(&admin.post("/services", &typed).await).text("#works-error");
    assert!(waits.contains("Nach dem letzten Abschnitt gibt es keine Wartezeit"), "{waits}");
    typed[15].1 = "";
    assert_eq!(wrong.attribute("[name=name]", "value"), "Färben & Schnitt");
    typed[2].1 = "129,00";
    typed[5].1 = "10";
    let made = admin.post("/services", &typed).await;
    let page = admin.follow(&made).await;
    let facts = page.text("dl.facts");
    assert!(
        facts.contains("faerben-schnitt") && facts.contains("2 Std.") && facts.contains("129,00 €"),
        "{facts}"
    );
    assert!(page.text(".timeline").contains("Angelegt gerade eben · Team: Katharina Morgenrot"));
    world.work().await;
    let titles: Vec<_> = world.sim.snapshot()["model"]["event_types"].as_array().unwrap().clone();
    let titles: Vec<_> = titles.iter().filter_map(|it| it["title"].as_str()).collect();
    assert!(
        titles.contains(&"Färben & Schnitt – Färben") && titles.contains(&"Färben & Schnitt – Schneiden"),
        "{titles:?}"
    );
    let again = admin.post("/services", &typed).await;
    assert!(
        Page::of(&again).text("#slug-error").contains("schon eine andere Leistung"),
        "a form sent twice makes one"
    );

    // Ben performs it too, and has no account: nothing more is made, and both stand on the page.
    let here = made.header("location").to_owned();
    let form = Page::of(&admin.get(&format!("{here}/edit")).await);
    let (version, was) = (form.attribute("[name=version]", "value"), form.attribute("[name=was]", "value"));
    let mut edit: Vec<_> = typed.clone();
    edit.extend([("version", version.as_str()), ("was", &was), ("staff", &ben)]);
    edit[1].1 = "Farbe & Schnitt";
    let saved = admin.follow(&admin.post(&format!("{here}/edit"), &edit).await).await;
    assert!(
        saved.text("h1").contains("Farbe & Schnitt")
            && saved.text("dl.facts").contains("Anna Weber, Ben Kaya")
    );
    let changed = saved.text(".timeline");
    assert!(changed.contains("Name: Färben & Schnitt →wird zu Farbe & Schnitt"), "{changed}");

    let staff = Browser::of(&world, &world.salon, Role::Manager).await;
    for path in ["/services/new".to_owned(), format!("{here}/edit"), format!("{here}/delete")] {
        assert_eq!(staff.get(&path).await.status, 403, "{path}");
    }
    assert_eq!(staff.post("/services", &typed).await.status, 403);
    assert_eq!(staff.post(&format!("{here}/edit"), &edit).await.status, 403);
    assert_eq!(staff.post(&format!("{here}/delete"), &[]).await.status, 403);
}

#[tokio::test]
async fn who_edits_second_sees_what_was_saved_and_loses_nothing_that_was_typed() {
    let world = World::new().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let here = format!("/services/{}", world.salon.colour);
    let (edit, ben) = (format!("{here}/edit"), world.salon.ben.to_string());
    let fields = |page: &Page| -> Vec<(String, String)> {
        let value = |name: &str| page.attribute(&format!("main [name={name}]"), "value");
        let names = ["version", "was", "name", "slug", "duration_minutes", "price"];
        names
            .into_iter()
            .map(|name| (name.to_owned(), value(name)))
            .chain([("active".to_owned(), "true".to_owned()), ("staff".to_owned(), ben.clone())])
            .collect()
    };
    let post = async |fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        admin.post(&edit, &fields).await
    };
    let set = |fields: &mut Vec<(String, String)>, name: &str, value: &str| {
        fields.iter_mut().find(|(known, _)| known == name).unwrap().1 = value.to_owned();
    };
    let form = Page::of(&admin.get(&edit).await);
    let (mut first, mut second) = (fields(&form), fields(&form));
    set(&mut first, "name", "Haare färben");
    set(&mut first, "duration_minutes", "100");
    assert_eq!(post(&first).await.status, 303);
    set(&mut second, "name", "Farbe");
    set(&mut second, "price", "55");
    let stale = post(&second).await;
    assert_eq!(stale.status, 422);
    let stale = Page::of(&stale);
    assert!(stale.text("[role=alert]").contains("inzwischen geändert"));
    let rows: Vec<String> =
        stale.all(".sides tbody tr").iter().map(|row| row.text().collect::<Vec<_>>().join(" ")).collect();
    assert!(
        rows.iter()
            .any(|row| row.contains("Färben") && row.contains("Haare färben") && row.contains("Farbe")),
        "{rows:?}"
    );
    assert!(
        rows.iter().any(|row| row.contains("90") && row.contains("100") && row.contains("übernommen")),
        "{rows:?}"
    );
    let mut third = fields(&stale);
    let shown = |name: &str| third.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(
        (shown("name"), shown("price"), shown("duration_minutes")),
        ("Farbe".into(), "55".into(), "100".into())
    );
    // What the form says now is saved as it stands.
    set(&mut third, "price", "55,50");
    assert_eq!(post(&third).await.status, 303);
    let service = world.engine.store.service(world.salon.id, world.salon.colour).await.unwrap();
    assert_eq!(
        (service.name.as_str(), service.price_cents, service.duration_minutes),
        ("Farbe", Some(5_550), 100)
    );
}

#[tokio::test]
async fn deleting_a_service_says_what_becomes_of_its_event_types() {
    let world = World::new().await;
    look(&world).await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let here = format!("/services/{}", world.salon.cut);
    let delete = format!("{here}/delete");
    world.book("2026-11-24T14:30:00+01:00").await;
    world.work().await;
    let asked = Page::of(&admin.get(&delete).await);
    let told = asked.text(".notice");
    assert!(told.contains("ein Termin") && told.contains(&world.salon.event_type.to_string()), "{told}");
    assert!(asked.all("[name=event_types]").is_empty(), "a booking needs its event type");
    let version = asked.attribute("[name=version]", "value");
    let stale = admin.post(&delete, &[("version", "99"), ("event_types", "delete")]).await;
    assert_eq!(stale.status, 422);
    // Whoever asks for more than was offered gets no more.
    let gone = admin.post(&delete, &[("version", &version), ("event_types", "delete")]).await;
    let list = admin.follow(&gone).await;
    assert!(
        list.text(".toast").contains("gelöscht") && list.all(&format!("#{}", world.salon.cut)).is_empty()
    );
    world.work().await;
    assert_eq!(there(&world)["hidden"], true);
    let page = Page::of(&admin.get(&here).await);
    assert!(page.text(".notice").contains("gelöscht") && page.all("main form, main .actions a").is_empty());
    assert!(page.text(".timeline").contains("Gelöscht"));
    assert_eq!(admin.get(&format!("{here}/edit")).await.status, 409);

    let colour = format!("/services/{}/delete", world.salon.colour);
    assert!(Page::of(&admin.get(&colour).await).text(".notice").contains("Nichts"));
}

#[tokio::test]
async fn the_audit_trail_names_who_did_what_and_what_was_before() {
    let world = World::new().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    assert!(Page::of(&admin.get("/audit?kind=service").await).text("main").contains("Nichts gefunden"));
    look(&world).await;
    let here = format!("/services/{}", world.salon.cut);
    let form = Page::of(&admin.get(&format!("{here}/pull")).await);
    let field = |name| form.attribute(&format!("main [name={name}]"), "value");
    let (version, seen) = (field("version"), field("seen"));
    admin.post(&format!("{here}/pull"), &[("version", &version), ("seen", &seen)]).await;
    let version = (version.parse::<i64>().unwrap() + 1).to_string();
    assert_eq!(admin.post(&format!("{here}/delete"), &[("version", &version)]).await.status, 303);
    world.work().await;

    // Everybody may read it; what a deleted service was called stays; the traffic with Cal.com is shown if asked for.
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    let told = Page::of(&staff.get("/audit").await);
    let rows: Vec<String> = told.all(".audit tbody tr").iter().map(|row| row.text().collect()).collect();
    let done: Vec<_> = rows.iter().filter(|row| row.contains("Team: Katharina Morgenrot")).collect();
    assert!(done[0].contains("Gelöscht") && done[0].contains("Cut"), "{rows:?}");
    assert!(done[1].contains("neu geladen"), "{rows:?}");
    assert!(done.iter().any(|row| row.contains("Damenhaarschnitt →wird zu Cut")), "{rows:?}");
    assert!(rows.iter().all(|row| !row.contains("An Cal.com:")));
    assert!(
        Page::of(&staff.get("/audit?traffic=1").await)
            .text(".audit")
            .contains("An Cal.com: Event-Typ ändern")
    );
    // One that was deleted can be chosen too, and says so.
    let choices = told.text("#service");
    assert!(choices.contains("Cut (gelöscht)") && !choices.contains("Färben (gelöscht)"), "{choices}");
    let cut = Page::of(&staff.get(&format!("/audit?service={}", world.salon.cut)).await);
    assert!(cut.text(".audit").contains("Gelöscht"), "{}", cut.text("main"));
    // What is about an event type says whose it is.
    assert!(cut.text(".audit").contains("Event-Typ von Anna Weber im Konto"), "{}", cut.text(".audit"));
    // By service, by whoever did it, by day; what cannot be read is told.
    let colour = Page::of(&staff.get(&format!("/audit?service={}", world.salon.colour)).await);
    assert!(colour.text("main").contains("Nichts gefunden"), "{}", colour.text("main"));
    let person = told.all("#who option").into_iter().map(|it| it.value().attr("value").unwrap().to_owned());
    let person = person.filter(|value| value.starts_with("usr_"));
    let mut by_people = 0;
    for person in person {
        let page = Page::of(&staff.get(&format!("/audit?who={person}&from=2026-11-20")).await);
        by_people += page.all(".audit tbody tr").len();
        assert!(page.all(".audit .cell-who").iter().all(|who| who.inner_html().contains("Katharina")));
    }
    assert_eq!(by_people, done.len());
    let unread = Page::of(&staff.get("/audit?who=moon&to=heute&after=x").await);
    assert!(unread.text("[role=alert]").contains("Wer, Bis"), "{}", unread.text("[role=alert]"));
    let others = Browser::of(&world, &world.other, Role::Admin).await;
    assert!(
        Page::of(&others.get("/audit?kind=service").await).all(".audit").is_empty(),
        "another company sees its own"
    );
}
