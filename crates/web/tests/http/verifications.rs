//! Verifications: begun by a program and by a person, and what is told of them.

use std::collections::BTreeMap;

use calcom_sim::{Fault, Guest};
use domain::people::Role;
use engine::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::World;

const RUNS: &str = "/api/v1/verifications";

/// Four appointments, of which one was cancelled and one erased at Cal.com, and one more that somebody booked there,
/// while no webhook arrived. Names at Cal.com.
struct Behind {
    world: World,
    /// `apt_…` of those that stayed, of the cancelled one and of the erased one.
    ids: [String; 4],
    cancelled: String,
    erased: String,
    guest: String,
}

async fn behind() -> Behind {
    let world = World::new().await;
    let book = async |time: &str| world.book(&format!("2026-11-24T{time}:00+01:00")).await.id();
    let ids = [book("10:00").await, book("11:00").await, book("12:00").await, book("13:00").await];
    world.work().await;
    world.sim.order(Fault::LoseWebhooks, None, 20);
    let (cancelled, erased) = (uid(&world, &ids[2]).await, uid(&world, &ids[3]).await);
    world.sim.cancel_booking(&cancelled, "Krank").await.unwrap();
    world.sim.erase_booking(&erased);
    let guest = Guest::new("Gerda Guest", "gerda@guest.example");
    let start = World::at("2026-11-24T14:00:00Z");
    let guest = world.sim.book_as_guest(world.salon.event_type, start, guest).await.unwrap();
    world.work().await;
    Behind { world, ids, cancelled, erased, guest }
}

async fn uid(world: &World, id: &str) -> String {
    let read = world.api("GET", &format!("/api/v1/appointments/{id}"), Value::Null).await;
    read.body["calcom_booking_uid"].as_str().unwrap_or_else(|| panic!("{}", read.text)).to_owned()
}

async fn begin(world: &World, wish: Value) -> String {
    let begun = world.api("POST", RUNS, wish).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let id = begun.body["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(begun.header("location"), format!("{RUNS}/{id}"));
    id
}

async fn read(world: &World, id: &str) -> Value {
    let read = world.api("GET", &format!("{RUNS}/{id}"), Value::Null).await;
    assert_eq!(read.status, 200, "{}", read.text);
    read.body
}

/// Works until the run has come to its end.
async fn finished(world: &World, id: &str) -> Value {
    for _ in 0..120 {
        world.work().await;
        let now = read(world, id).await;
        if now["state"] == "finished" {
            return now;
        }
        world.clock.set(world.clock.now() + SignedDuration::from_secs(10));
    }
    panic!("it does not end: {}", read(world, id).await);
}

/// What was found: class and whether it has healed, by name at Cal.com.
fn found(report: &Value) -> BTreeMap<&str, (&str, bool)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let one = |it: &'_ Value| (!it["healed_at"].is_null(), it["found_at"].is_string());
    findings
        .map(|it| {
            let (healed, dated) = one(it);
            assert!(dated, "{it}");
            (it["booking_uid"].as_str().unwrap(), (it["class"].as_str().unwrap(), healed))
        })
        .collect()
}

#[tokio::test]
async fn a_program_begins_a_verification_and_reads_what_it_found() {
    let Behind { world, ids, cancelled, erased, guest } = behind().await;
    let id = begin(&world, Value::Null).await;
    // One that is under way is answered as it is.
    assert_eq!(begin(&world, json!({ "check_only": true })).await, id);
    let begun = read(&world, &id).await;
    assert_eq!((&begun["state"], &begun["check_only"]), (&json!("reading"), &json!(false)));
    assert_eq!((&begun["read_until"], &begun["compared"]), (&begun["from"], &json!(0)));

    let report = finished(&world, &id).await;
    let expected =
        [(&*cancelled, ("differs", true)), (&*erased, ("only_here", false)), (&*guest, ("only_there", true))];
    assert_eq!(found(&report), expected.into());
    let counts = ["compared", "same", "in_hand", "found", "healed", "open", "pages"];
    assert_eq!(counts.map(|name| report[name].as_u64().unwrap()), [5, 2, 0, 3, 2, 1, 1], "{report}");
    assert_eq!((&report["from"], &report["to"]), (&json!("2026-10-21T10:00:02+02:00"), &Value::Null));
    assert_eq!((&report["origin"], &report["read_until"]), (&json!("api"), &Value::Null));
    let of = |uid: &str| {
        let all = report["findings"].as_array().unwrap();
        all.iter().find(|it| it["booking_uid"] == uid).unwrap().clone()
    };
    assert_eq!(
        (&of(&cancelled)["appointment_id"], &of(&cancelled)["fields"]),
        (&json!(ids[2]), &json!(["state"]))
    );
    assert_eq!((&of(&guest)["appointment_id"], &of(&guest)["fields"]), (&Value::Null, &json!([])));
    let cancelled = world.api("GET", &format!("/api/v1/appointments/{}", ids[2]), Value::Null).await;
    assert_eq!(cancelled.body["status"], "cancelled", "what was found is taken over");

    // Findings page by page, what is open first; one class alone.
    let classes = json!([
        { "class": "differs", "found": 1, "healed": 1 },
        { "class": "only_here", "found": 1, "healed": 0 },
        { "class": "only_there", "found": 1, "healed": 1 },
    ]);
    assert_eq!(report["classes"], classes);
    let (mut pages, mut query) = (Vec::new(), "?limit=1".to_owned());
    loop {
        let page = world.api("GET", &format!("/api/v1/verifications/{id}{query}"), Value::Null).await;
        pages.extend(page.body["findings"].as_array().unwrap().clone());
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        assert!(page.header("link").contains("rel=\"next\""), "{}", page.header("link"));
        query = format!("?limit=1&cursor={next}");
    }
    assert_eq!(json!(pages), report["findings"], "the same, one by one");
    assert_eq!(pages[0]["class"], "only_here", "what is open goes first");
    let moved = format!("/api/v1/verifications/{id}?class=moved");
    assert_eq!(world.api("GET", &moved, Value::Null).await.body["findings"], json!([]));
    let differs = format!("/api/v1/verifications/{id}?class=differs");
    let differs = world.api("GET", &differs, Value::Null).await.body["findings"].clone();
    assert_eq!((&differs[0]["fields"], differs.as_array().unwrap().len()), (&json!(["state"]), 1));
    for wrong in ["class=same", "cursor=n.2.x", "limit=0"] {
        let path = format!("/api/v1/verifications/{id}?{wrong}");
        assert_eq!(world.api("GET", &path, Value::Null).await.status, 400, "{wrong}");
    }
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let page = Page::of(&manager.get(&format!("/verifications/{id}?class=only_here")).await);
    assert_eq!(page.all(".findings tbody tr").len(), 1);
    assert!(page.text(".tabs [aria-current]").contains("Nur hier 1"), "{}", page.text(".tabs"));
    assert!(page.links().contains(&format!("/verifications/{id}?class=differs")));

    // The last first, page by page.
    let again =
        begin(&world, json!({ "from": "2026-11-24T12:00:00+01:00", "to": "2026-11-24T13:00:00+01:00" }))
            .await;
    let report = finished(&world, &again).await;
    let window = (&report["from"], &report["to"], &report["compared"]);
    let expected = (&json!("2026-11-24T12:00:00+01:00"), &json!("2026-11-24T13:00:00+01:00"), &json!(1));
    assert_eq!(window, expected, "what lies outside is not compared");
    let page = world.api("GET", &format!("{RUNS}?limit=1"), Value::Null).await;
    assert_eq!(page.body["data"][0]["id"], again);
    let next = page.body["next_cursor"].as_str().unwrap();
    let link = format!("<http://127.0.0.1:8080{RUNS}?limit=1&cursor={next}>; rel=\"next\"");
    assert_eq!(page.header("link"), link);
    let page = world.api("GET", &format!("{RUNS}?limit=1&cursor={next}"), Value::Null).await;
    assert_eq!((&page.body["data"][0]["id"], &page.body["next_cursor"]), (&json!(id), &Value::Null));
    assert_eq!((&page.body["data"][0]["found"], &page.body["data"][0]["open"]), (&json!(3), &json!(1)));
    for wrong in ["limit=0", "cursor=x", "cursor=nx", "state=finished"] {
        let refused = world.api("GET", &format!("{RUNS}?{wrong}"), Value::Null).await;
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
    }

    // Nobody else sees any of it.
    let other = &world.other.key;
    let theirs = world.request("GET", &format!("{RUNS}/{id}"), other, Value::Null, &[]).await;
    assert_eq!((theirs.status.as_u16(), &theirs.body["code"]), (404, &json!("not_found")));
    assert_eq!(world.request("GET", RUNS, other, Value::Null, &[]).await.body["data"], json!([]));
}

#[tokio::test]
async fn what_is_only_checked_is_noted_and_stays() {
    let Behind { world, ids, .. } = behind().await;
    let id = begin(&world, json!({ "check_only": true })).await;
    let report = finished(&world, &id).await;
    assert_eq!((&report["found"], &report["healed"], &report["open"]), (&json!(3), &json!(0), &json!(3)));
    world.work().await;
    let cancelled = world.api("GET", &format!("/api/v1/appointments/{}", ids[2]), Value::Null).await;
    assert_eq!(
        (&cancelled.body["status"], &cancelled.body["sync_status"]),
        (&json!("confirmed"), &json!("synced"))
    );
    assert_eq!(
        world.api("GET", "/api/v1/appointments", Value::Null).await.body["data"].as_array().unwrap().len(),
        4
    );

    let browser = Browser::of(&world, &world.salon, Role::Manager).await;
    let page = Page::of(&browser.get(&format!("/verifications/{id}")).await);
    assert_eq!(page.text("#verdict"), "3 Abweichungen festgestellt.");
    assert!(page.text("main").contains("Es wurde nur geprüft"));
    assert!(page.all(".findings .chip").iter().all(|chip| chip.text().any(|word| word == "Festgestellt")));
}

#[tokio::test]
async fn what_is_no_wish_is_refused() {
    let world = World::new().await;
    let theirs = world.engine.store.connections(world.other.id).await.unwrap().remove(0).id;
    for (wrong, place) in [
        (json!({ "from": "2026-11-24T10:00:00Z", "to": "2026-11-24T10:00:00Z" }), "/to"),
        (json!({ "from": "2026-11-24T10:00:00Z", "to": "2026-11-23T10:00:00Z" }), "/to"),
        (json!({ "to": "2026-11-24T10:00:00Z" }), "/from"),
        (json!({ "from": "2026-11-24" }), "/from"),
        (json!({ "check_only": "yes" }), "/check_only"),
        (json!({ "connection_id": "salon" }), "/connection_id"),
        (json!({ "company": "salon" }), "/company"),
    ] {
        let refused = world.api("POST", RUNS, wrong.clone()).await;
        let told = (refused.status.as_u16(), refused.body["errors"][0]["pointer"].as_str());
        assert_eq!(told, (422, Some(place)), "{wrong}: {}", refused.text);
    }
    for unknown in [theirs.to_string(), format!("con_{}", "0".repeat(32))] {
        let refused = world.api("POST", RUNS, json!({ "connection_id": unknown })).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (404, &json!("not_found")));
    }
    for unknown in ["ver_1", &format!("ver_{}", "0".repeat(32))] {
        assert_eq!(world.api("GET", &format!("{RUNS}/{unknown}"), Value::Null).await.status, 404);
    }
    assert_eq!(world.api("GET", RUNS, Value::Null).await.body["data"], json!([]), "nothing was begun");
}

#[tokio::test]
async fn a_person_begins_a_verification_and_reads_its_report() {
    let Behind { world, ids, .. } = behind().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let none = Page::of(&manager.get("/verifications").await);
    assert!(none.text(".empty").contains("Was kein Webhook gemeldet hat"), "{}", none.text(".empty"));
    assert!(none.all("form.verify select").is_empty(), "one account is no choice");
    assert_eq!(
        Page::of(&manager.get("/connections").await).text(".facts a[href='/verifications']"),
        "noch nie"
    );

    let begun = manager.post("/verifications", &[]).await;
    let here = begun.header("location").to_owned();
    let page = manager.follow(&begun).await;
    assert_eq!(page.text("#verdict"), "Die Prüfung beginnt gleich.");
    assert!(
        page.text(".toast p").contains("hat begonnen") && !page.attribute("body", "data-live").is_empty()
    );
    assert!(page.text(".facts").contains("Team: Katharina Morgenrot"), "{}", page.text(".facts"));
    let doubled = manager.post("/verifications", &[("check_only", "1")]).await;
    assert_eq!(doubled.header("location"), here);
    assert!(manager.follow(&doubled).await.text(".toast p").contains("läuft schon eine Prüfung"));

    // An account that stands still says so where somebody waits.
    let (store, salon) = (&world.engine.store, &world.salon);
    let connection = store.connections(salon.id).await.unwrap().remove(0).id;
    let by = domain::appointment::Actor::of(domain::Origin::System);
    store.pause_connection(salon.id, connection, by.clone(), world.clock.now()).await.unwrap();
    let waits = Page::of(&manager.get(&here).await);
    assert!(waits.text(".notice").contains("Sie wartet") && waits.text(".notice").contains("Angehalten"));
    store.resume_connection(salon.id, connection, by, world.clock.now()).await.unwrap();

    finished(&world, here.trim_start_matches("/verifications/")).await;
    let page = Page::of(&manager.get(&here).await);
    assert_eq!(page.text("#verdict"), "3 Abweichungen gefunden, eine davon ist offen.");
    let row = page.text(".findings tbody tr");
    for words in [
        "Bei Cal.com nicht mehr da",
        "A-",
        "Damenhaarschnitt, Di., 24. Nov. 2026, 13:00",
        "Offen",
        "Fehlt bei Cal.com",
    ] {
        assert!(row.contains(words), "{words}: {row}");
    }
    let healed = page.text(".findings tbody");
    assert!(healed.contains("Bei Cal.com anders als hier bekannt Status"), "{healed}");
    assert!(healed.contains("Bei Cal.com gebucht, hier unbekannt") && healed.contains("Behoben"), "{healed}");
    let links = page.links();
    assert!(links.contains(&format!("/appointments/{}", ids[3])) && links.contains(&"/reviews".to_owned()));
    assert_eq!(links.iter().filter(|link| link.starts_with("/appointments/apt_")).count(), 3, "{links:?}");
    let text = page.text("main");
    assert!(text.contains("Darüber sagt diese Prüfung nichts"), "{text}");
    assert!(!text.contains("Clara") && !text.contains("Gerda"), "no customers");
    assert!(page.all("#before").is_empty());

    // The next one stands beside it.
    world.clock.set(world.clock.now() + SignedDuration::from_hours(6));
    let next = manager.post("/verifications", &[("connection", &connection.to_string())]).await;
    let next = next.header("location").to_owned();
    finished(&world, next.trim_start_matches("/verifications/")).await;
    let mut english = Browser::of(&world, &world.salon, Role::Manager).await;
    english.language = "en";
    let page = Page::of(&english.get(&next).await);
    assert_eq!(page.text("#verdict"), "No difference: all 4 bookings are as they are known here.");
    assert_eq!(page.attribute("section:has(#before) .card-head a", "href"), here);
    let before = page.text(".before tbody");
    assert!(before.contains("Differences 0 3 −3") && before.contains("Open 0 1 −1"), "{before}");
    let list = Page::of(&english.get("/verifications").await);
    let results: Vec<String> = list.all(".runs .chip").iter().map(|chip| chip.text().collect()).collect();
    assert_eq!(results, ["Open questions", "Open differences"]);
    for place in ["/connections", "/"] {
        let page = Page::of(&english.get(place).await);
        assert_eq!(page.attribute(".last-run a", "href"), next, "{place}");
        assert!(page.text(".last-run").contains("Open questions"), "{place}");
    }

    // Who may not, or belongs elsewhere.
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    let other = [("connection", connection.to_string())];
    let other: Vec<_> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for (browser, status) in [(&staff, 403), (&stranger, 404)] {
        assert_eq!(browser.get(&here).await.status, status);
        assert_eq!(browser.post("/verifications", &other).await.status, status);
    }
    assert_eq!(staff.get("/verifications").await.status, 403);
    assert!(Page::of(&stranger.get("/verifications").await).all(".runs").is_empty());
    assert_eq!(stranger.get("/verifications/ver_1").await.status, 404);
}

#[tokio::test]
async fn a_person_names_the_days() {
    let Behind { world, .. } = behind().await;
    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let text = Page::of(&manager.get("/verifications").await).text("form.verify .hint");
    assert!(text.contains("vor höchstens 30 Tagen"), "{text}");
    for (from, to, wrong, said) in [
        ("", "2026-11-24", "from", "füllen Sie"),
        ("24.11.", "", "from", "füllen Sie"),
        ("2026-11-25", "2026-11-24", "to", "vor dem ersten"),
    ] {
        let refused =
            manager.post("/verifications", &[("from", from), ("to", to), ("check_only", "1")]).await;
        assert_eq!(refused.status, 422, "{from} {to}");
        let page = Page::of(&refused);
        let kept = ["from", "to"].map(|name| page.attribute(&format!("form.verify [name={name}]"), "value"));
        assert_eq!(kept, [from, to]);
        assert_eq!(page.all("form.verify [name=check_only][checked]").len(), 1);
        let error = page.text(&format!("#{wrong}-error"));
        assert!(error.contains(said), "{error}");
        assert_eq!(page.all("form.verify .error").len(), 1);
    }
    assert_eq!(world.api("GET", RUNS, Value::Null).await.body["data"], json!([]), "nothing was begun");

    let days = [("from", "2026-11-23"), ("to", "2026-11-24"), ("check_only", "1")];
    let begun = manager.post("/verifications", &days).await;
    let id = begun.header("location").trim_start_matches("/verifications/").to_owned();
    let run = finished(&world, &id).await;
    assert_eq!(
        (&run["from"], &run["to"], &run["check_only"]),
        (&json!("2026-11-23T00:00:00+01:00"), &json!("2026-11-25T00:00:00+01:00"), &json!(true))
    );
    let begun = manager.post("/verifications", &[("from", "2026-11-25")]).await;
    let id = begun.header("location").trim_start_matches("/verifications/").to_owned();
    let run = finished(&world, &id).await;
    assert_eq!((&run["from"], &run["to"]), (&json!("2026-11-25T00:00:00+01:00"), &Value::Null));
    assert_eq!(run["compared"], json!(0), "they are all the day before");
}
