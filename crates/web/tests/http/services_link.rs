//! A service is tied to an event type that is at Cal.com already, on the pages and by the API.

use calcom_sim::{Fault, NewEventType};
use domain::people::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

/// A company whose Anna has an account of her own, with one more event type of 90 and one of 45 minutes.
async fn salon() -> (World, i64, i64) {
    let world = World::new().await;
    let connection = world.engine.store.connections(world.salon.id).await.unwrap().remove(0).id;
    world
        .engine
        .store
        .set_staff_connection(world.salon.id, world.salon.anna, Some(connection))
        .await
        .unwrap();
    let user = world.sim.snapshot()["model"]["users"][0]["id"].as_i64().unwrap();
    let add = |title, slug, minutes| world.sim.add_event_type(user, NewEventType::new(title, slug, minutes));
    let (long, short) = (add("Farbe komplett", "farbe-komplett", 90), add("Schnitt", "schnitt", 45));
    (world, long, short)
}

fn there(world: &World, id: i64) -> Value {
    let snapshot = world.sim.snapshot();
    let all = snapshot["model"]["event_types"].as_array().unwrap();
    all.iter().find(|it| it["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn an_event_type_is_chosen_and_what_follows_is_told_before_it_is_done() {
    let (world, long, short) = salon().await;
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let here = format!("/services/{}", world.salon.colour);
    let page = Page::of(&admin.get(&here).await);
    assert_eq!(page.text(".link-existing ul"), "Anna Weber", "Ben has no account");
    let link = page.attribute(".link-existing a", "href");
    let form = Page::of(&admin.get(&link).await);
    let offered = form.text(".options");
    assert!(offered.contains("Farbe komplett") && offered.contains("Schnitt 45 Min."), "{offered}");
    let other = "Dauert 45 Min., die Leistung 1 Std. 30 Min.";
    assert!(offered.contains(other) && !offered.contains("Cut"), "{offered}");
    assert_eq!(form.attribute(".options [disabled]", "value"), short.to_string());

    // What cannot be is told, with the form once more.
    for (chosen, told) in [
        (format!("event_type={short}"), "dauert 45 Min., die Leistung 1 Std. 30 Min."),
        ("typed=4711999".to_owned(), "keinen Event-Typ mit der Nummer 4711999"),
        ("typed=viele".to_owned(), "geben Sie seine Nummer ein"),
        (format!("typed={}", world.salon.event_type), "dauert 45 Min."),
    ] {
        let reply = admin.get(&format!("{link}?{chosen}")).await;
        assert_eq!(reply.status, 422);
        let reply = Page::of(&reply);
        assert!(reply.text("[role=alert]").contains(told), "{}", reply.text("[role=alert]"));
        assert_eq!(reply.all(".options input").len(), 2);
    }
    world.sim.order(Fault::ServerErrorBefore, None, 1);
    let silent = Page::of(&admin.get(&link).await);
    assert!(
        silent.text("form .notice").contains("nicht geantwortet wie erwartet"),
        "{}",
        silent.text("form")
    );
    assert_eq!((silent.all("#typed").len(), silent.all(".options").len()), (1, 0));

    let preview = Page::of(&admin.get(&format!("{link}?typed={long}")).await);
    let told = preview.text("main");
    for text in ["Keine Angabe wird überschrieben", "verstecktes Feld", "werden auf diesem Event-Typ gebucht"]
    {
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(
        !told.contains("ausgeblendet") && preview.text("tbody").contains("FärbenFarbe komplett"),
        "{told}"
    );
    let fields = |page: &Page| -> Vec<(String, String)> {
        let fields = page.all("main form input[type=hidden]:not([name=csrf])");
        let value = |field: &scraper::ElementRef<'_>, name| field.value().attr(name).unwrap().to_owned();
        fields.iter().map(|field| (value(field, "name"), value(field, "value"))).collect()
    };
    let post = async |browser: &Browser<'_>, to: &str, fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        browser.post(to, &fields).await
    };
    // Something else is there by now: it is told, and nothing is tied.
    world.sim.change_event_type(long, "title", json!("Farbe"));
    let stale = post(&admin, &link, &fields(&preview)).await;
    assert_eq!(stale.status, 422);
    assert!(Page::of(&stale).text("[role=alert]").contains("inzwischen geändert"));
    assert!(Page::of(&admin.get(&here).await).all(".divergences").is_empty());

    let preview = Page::of(&admin.get(&format!("{link}?event_type={long}")).await);
    let form = fields(&preview);
    let done = admin.follow(&post(&admin, &link, &form).await).await;
    assert!(done.text(".toast").contains("Verbunden"), "{}", done.text(".toast"));
    let divergences = done.text(".divergences tbody");
    assert!(divergences.contains("Name") && divergences.contains("Farbe"), "{divergences}");
    assert!(
        divergences.contains("seit der Verknüpfung") && divergences.contains("noch nie"),
        "{divergences}"
    );
    assert!(!divergences.contains("bei Cal.com geändert"), "nobody has changed anything: {divergences}");
    let history = done.text(".timeline");
    assert!(history.contains("Seit der Verknüpfung verschieden: Name"), "{history}");
    let tied = format!(
        "Mit dem Event-Typ {long} verknüpft gerade eben · Team: Katharina Morgenrot · Event-Typ von Anna Weber im Konto"
    );
    assert!(history.contains(&tied), "{history}");
    let again = post(&admin, &link, &form).await;
    assert_eq!(again.status, 422, "sent twice it is tied once");
    world.work().await;
    let event_type = there(&world, long);
    assert_eq!((&event_type["title"], &event_type["hidden"]), (&json!("Farbe"), &json!(false)));
    assert!(event_type.to_string().contains("einklang-ref"), "{event_type}");

    // What stood for it is hidden, after it was said so.
    let cut = format!("/services/{}", world.salon.cut);
    let link = Page::of(&admin.get(&cut).await).attribute(".link-existing a", "href");
    let preview = Page::of(&admin.get(&format!("{link}?typed={short}")).await);
    let replaced = format!("Event-Typ {} steht bisher dafür", world.salon.event_type);
    assert!(preview.text("main").contains(&replaced), "{}", preview.text("main"));
    assert_eq!(post(&admin, &link, &fields(&preview)).await.status, 303);
    world.work().await;
    assert_eq!(there(&world, world.salon.event_type)["hidden"], true);
    assert_eq!(there(&world, short)["title"], "Schnitt");
    // And back again: what was let go is not hidden once more.
    let preview = Page::of(&admin.get(&format!("{link}?typed={}", world.salon.event_type)).await);
    assert_eq!(post(&admin, &link, &fields(&preview)).await.status, 303);
    world.work().await;
    let case = world.engine.store.service_case(world.salon.id, world.salon.cut).await.unwrap();
    let current: Vec<_> = case.current().map(|record| record.event_type_id.unwrap()).collect();
    assert_eq!(current, [world.salon.event_type]);
    assert_eq!(there(&world, short)["hidden"], true);

    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    assert_eq!(manager.get(&link).await.status, 403);
    assert_eq!(post(&manager, &link, &form).await.status, 403);
    assert!(Page::of(&manager.get(&cut).await).all(".link-existing").is_empty());
    let others = Browser::of(&world, &world.other, Role::Admin).await;
    assert_eq!(others.get(&link).await.status, 404);
}

#[tokio::test]
async fn programs_tie_by_the_same_rules() {
    let (world, long, short) = salon().await;
    let (colour, cut) =
        (format!("/api/v1/services/{}", world.salon.colour), format!("/api/v1/services/{}", world.salon.cut));
    let send = async |service: &str, wish: Value| world.change("POST", service, "/link", wish).await;
    let wish = |id: i64| json!({ "calcom_event_type_id": id, "staff_id": world.salon.anna });
    let unnamed = world.api("POST", &format!("{colour}/link"), wish(long)).await;
    assert_eq!((unnamed.status.as_u16(), &unnamed.body["code"]), (428, &json!("version_required")));
    let headers = [("if-match", "\"99\"")];
    let key = &world.salon.key;
    let stale = world.request("POST", &format!("{colour}/link"), key, wish(long), &headers).await;
    assert_eq!(stale.status, 412);
    for (body, pointer) in [
        (wish(short), "/calcom_event_type_id"),
        (wish(4_711_999), "/calcom_event_type_id"),
        (json!({ "calcom_event_type_id": long }), "/staff_id"),
        (json!({ "calcom_event_type_id": long, "staff_id": world.salon.ben }), "/staff_id"),
        (json!({ "calcom_event_type_id": long, "staff_id": world.salon.anna, "segment": 1 }), "/segment"),
        (json!({ "staff_id": world.salon.anna }), "/calcom_event_type_id"),
    ] {
        let wrong = send(&colour, body.clone()).await;
        assert_eq!(
            (wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{body}: {}",
            wrong.text
        );
    }
    world.sim.order(Fault::ServerErrorBefore, None, 1);
    let silent = send(&colour, wish(long)).await;
    assert_eq!(
        (silent.status.as_u16(), &silent.body["code"]),
        (502, &json!("calcom_silent")),
        "{}",
        silent.text
    );

    let tied = send(&colour, wish(long)).await;
    assert_eq!((tied.status.as_u16(), &tied.body["open_divergences"]), (200, &json!(2)), "{}", tied.text);
    assert_eq!(tied.body["event_types"][0]["calcom_event_type_id"], long);
    // It stands for something else; or something else stands for it.
    let bald = json!({ "name": "Glatze", "duration_minutes": 90, "staff_ids": [] });
    let bald = format!("/api/v1/services/{}", world.api("POST", "/api/v1/services", bald).await.id());
    for (service, wish) in [(&bald, wish(long)), (&cut, wish(short))] {
        let taken = send(service, wish).await;
        assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("event_type_taken")));
    }
    let mut replace = wish(short);
    replace["replace"] = json!(true);
    assert_eq!(send(&cut, replace).await.status, 200);
    world.work().await;
    assert_eq!(there(&world, world.salon.event_type)["hidden"], true);

    // Where the company lets it through, what Cal.com says is taken over at once.
    let connections = &world.engine.store;
    let mut policy = connections.policy(world.salon.id).await.unwrap();
    policy.allow_calcom_overwrites = true;
    connections.set_policy(world.salon.id, policy).await.unwrap();
    let user = world.sim.snapshot()["model"]["users"][0]["id"].as_i64().unwrap();
    let shave = world.sim.add_event_type(user, NewEventType::new("Kopfrasur", "kopfrasur", 90));
    let over = send(&bald, wish(shave)).await;
    assert_eq!((over.status.as_u16(), &over.body["name"]), (200, &json!("Kopfrasur")), "{}", over.text);
    assert_eq!(over.body["staff_ids"], json!([world.salon.anna]), "she performs it from now on");
}
