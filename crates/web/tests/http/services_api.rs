//! Services through the REST API.

use calcom_sim::NewEventType;
use domain::people::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::{Reply, World};

const SERVICES: &str = "/api/v1/services";
const TUESDAY: &str = "2026-11-24T14:30:00+01:00";

#[tokio::test]
async fn a_service_is_made_changed_and_deleted_and_cal_com_follows() {
    let world = World::new().await;
    let salon = &world.salon;
    let connection = world.engine.store.connections(salon.id).await.unwrap().remove(0).id;
    world.engine.store.set_staff_connection(salon.id, salon.anna, Some(connection)).await.unwrap();
    let titles = || -> Vec<(String, bool)> {
        let there = world.sim.snapshot();
        let all = there["model"]["event_types"].as_array().unwrap().iter();
        all.map(|it| (it["title"].as_str().unwrap().to_owned(), it["hidden"].as_bool().unwrap())).collect()
    };
    let wish = json!({
        "name": "Färben & Schneiden", "price_cents": 12_900, "buffer_after_minutes": 10, "booking_window_days": 60,
        "locations": [{ "type": "address", "value": "Kastanienallee 12" }],
        "segments": [
            { "name": "Färben", "minutes": 45, "pause_minutes": 30 }, { "name": "Schneiden", "minutes": 45 },
        ],
        "staff_ids": [salon.anna, salon.ben],
    });
    let made = world.api("POST", SERVICES, wish.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("{SERVICES}/{}", made.id());
    assert_eq!(made.header("location"), path);
    let body = &made.body;
    assert_eq!((&body["slug"], &body["duration_minutes"]), (&json!("faerben-schneiden"), &json!(120)));
    assert_eq!((&body["sync_status"], &body["not_bookable"]), (&json!("pending"), &json!([])));
    let again = world.api("POST", SERVICES, wish).await;
    assert_eq!((again.status.as_u16(), &again.body["code"]), (409, &json!("short_name_taken")));
    world.work().await;
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!((&read.body["sync_status"], &read.body["bookable"]), (&json!("synced"), &json!(true)));
    assert_eq!(read.body["event_types"].as_array().unwrap().len(), 2, "Ben has no account");
    assert_eq!(read.body["locations"], json!([{ "type": "address", "value": "Kastanienallee 12" }]));
    assert!(titles().contains(&("Färben & Schneiden – Färben".into(), false)), "{:?}", titles());

    // Whoever read an older version changes nothing.
    let etag = read.header("etag").to_owned();
    let change = async |method: &str, path: &str, tag: &str, body: Value| {
        let headers = [("if-match", tag)];
        world.request(method, path, &salon.key, body, if tag.is_empty() { &[] } else { &headers }).await
    };
    let price =
        json!({ "price_cents": 13_900, "segments": [], "duration_minutes": 90, "booking_window_days": null });
    assert_eq!(change("PATCH", &path, "", price.clone()).await.status, 428);
    let changed = change("PATCH", &path, &etag, price.clone()).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(
        (&changed.body["price_cents"], &changed.body["duration_minutes"]),
        (&json!(13_900), &json!(90))
    );
    assert_eq!(
        (&changed.body["booking_window_days"], &changed.body["buffer_after_minutes"]),
        (&Value::Null, &json!(10))
    );
    assert_eq!(change("PATCH", &path, &etag, price).await.status, 412);
    world.work().await;
    assert!(titles().contains(&("Färben & Schneiden".into(), false)), "{:?}", titles());

    let gone = change("DELETE", &format!("{path}?event_types=delete"), &etag, Value::Null).await;
    assert_eq!(gone.status, 412);
    let gone =
        change("DELETE", &format!("{path}?event_types=burn"), changed.header("etag"), Value::Null).await;
    assert_eq!(gone.status, 400);
    let gone = change("DELETE", &format!("{path}?event_types=delete"), "*", Value::Null).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    assert_eq!(world.api("GET", &path, Value::Null).await.status, 404);
    assert_eq!(change("PATCH", &path, "*", json!({})).await.status, 404);
    world.work().await;
    let left: Vec<_> = titles().into_iter().filter(|(title, _)| title.starts_with("Färben")).collect();
    assert_eq!(
        left,
        [("Färben & Schneiden – Schneiden".into(), true)],
        "what was let go before stays hidden"
    );
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_service_is_told_at_once() {
    let world = World::new().await;
    let wrong = json!({
        "slug": "Cut!", "duration_minutes": 0, "active": "yes", "minimum_notice_minutes": -1,
        "buffer_after_minutes": 1_441,
        "locations": [{ "type": "moon" }, { "type": "phone" }],
        "segments": [{ "name": "", "minutes": 10, "colour": "red" }, 5],
        "staff_ids": [world.other.anna], "sync_status": "synced",
    });
    let told = world.api("POST", SERVICES, wrong).await;
    assert_eq!((told.status.as_u16(), &told.body["code"]), (422, &json!("validation_failed")));
    let mut pointers: Vec<_> =
        told.body["errors"].as_array().unwrap().iter().map(|it| it["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    let expected = [
        "/active",
        "/buffer_after_minutes",
        "/duration_minutes",
        "/locations/0/type",
        "/locations/1/value",
        "/minimum_notice_minutes",
        "/segments/0/colour",
        "/segments/0/name",
        "/segments/1",
        "/slug",
        "/staff_ids/0",
        "/sync_status",
    ];
    assert_eq!(pointers, expected);
    let nothing = world.api("POST", SERVICES, json!({})).await;
    let pointers: Vec<_> =
        nothing.body["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(pointers, ["/name", "/duration_minutes"]);
    let waits = json!([{ "name": "Färben", "minutes": 45, "pause_minutes": 30 }]);
    let wrong = world.api("POST", SERVICES, json!({ "name": " ", "segments": waits })).await;
    let told: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|it| &it["detail"]).collect();
    let waiting = "nach dem letzten Abschnitt gibt es keine Wartezeit: es folgt keine Arbeit";
    assert_eq!(told, ["wird benötigt", waiting], "{}", wrong.text);
    assert_eq!(world.api("GET", SERVICES, Value::Null).await.body["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_differs_is_listed_and_pushed_or_pulled() {
    let world = World::new().await;
    let cut = format!("{SERVICES}/{}", world.salon.cut);
    let looked = world.api("POST", &format!("{SERVICES}:sync"), Value::Null).await;
    assert_eq!((looked.status.as_u16(), looked.body["connection_ids"].as_array().unwrap().len()), (202, 1));
    world.work().await;
    let differ = world.api("GET", &format!("{cut}/divergences"), Value::Null).await.body;
    let name = &differ["data"][0];
    assert_eq!(
        (&name["field"], &name["ours"], &name["theirs"]),
        (&json!("name"), &json!("Damenhaarschnitt"), &json!("Cut"))
    );
    assert_eq!((&name["staff_id"], &name["dismissed"]), (&json!(world.salon.anna), &json!(false)));
    assert_eq!(world.api("GET", &cut, Value::Null).await.body["open_divergences"], 2);

    let pulled = world.change("POST", &cut, "/pull", json!({})).await;
    assert_eq!(
        (pulled.status.as_u16(), &pulled.body["name"], &pulled.body["slug"]),
        (200, &json!("Cut"), &json!("cut"))
    );
    world.sim.change_event_type(world.salon.event_type, "lengthInMinutes", json!(60));
    world.api("POST", &format!("{SERVICES}:sync"), Value::Null).await;
    world.work().await;
    assert_eq!(
        world.api("GET", &cut, Value::Null).await.body["duration_minutes"],
        45,
        "nothing is overwritten"
    );
    assert_eq!(world.change("POST", &cut, "/push", json!({ "force": true })).await.status, 422);
    assert_eq!(world.change("POST", &cut, "/push", json!({})).await.status, 200);
    world.work().await;
    let differ = world.api("GET", &format!("{cut}/divergences"), Value::Null).await.body;
    assert_eq!(differ["data"], json!([]));
    assert_eq!(world.api("POST", &format!("{cut}/reset"), json!({})).await.status, 200);

    for (method, action, body) in [
        ("GET", "", Value::Null),
        ("GET", "/divergences", Value::Null),
        ("PATCH", "", json!({ "name": "x" })),
        ("DELETE", "", Value::Null),
        ("POST", "/push", json!({})),
        ("POST", "/pull", json!({})),
        ("POST", "/reset", json!({})),
    ] {
        let address = format!("{cut}{action}");
        let headers = [("if-match", "*")];
        let theirs = world.request(method, &address, &world.other.key, body, &headers).await;
        assert_eq!(theirs.status, 404, "{method} {action}: what belongs to another company is not there");
    }
}

#[tokio::test]
async fn what_is_in_error_at_cal_com_is_booked_by_the_people_of_the_salon_alone() {
    let world = World::new().await;
    let salon = &world.salon;
    let connection = world.engine.store.connections(salon.id).await.unwrap().remove(0).id;
    world.engine.store.set_staff_connection(salon.id, salon.anna, Some(connection)).await.unwrap();
    let cut = format!("{SERVICES}/{}", world.salon.cut);
    world.sim.delete_event_type(world.salon.event_type);
    world.api("POST", &format!("{SERVICES}:sync"), Value::Null).await;
    world.work().await;
    let lost = world.api("GET", &cut, Value::Null).await.body;
    assert_eq!(
        (&lost["sync_status"], &lost["not_bookable"]),
        (&json!("error"), &json!(["inactive", "not_synced"]))
    );
    let refused = world.api("POST", "/api/v1/appointments", world.wish(TUESDAY)).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("service_not_bookable")));

    // Whoever switches it on again wants it at Cal.com again; until it is there, what is booked follows it.
    let on = world.change("PATCH", &cut, "", json!({ "active": true })).await.body;
    assert_eq!((&on["sync_status"], &on["bookable"]), (&json!("pending"), &json!(true)));
    let follows = world.api("POST", "/api/v1/appointments", world.wish(TUESDAY)).await;
    assert_eq!(follows.status, 201, "{}", follows.text);
    world.work().await;
    let path = format!("/api/v1/appointments/{}", follows.id());
    assert_eq!(world.api("GET", &path, Value::Null).await.body["sync_status"], "synced");

    // A stranger's event type has the short name: a person has to look at it.
    let user = world.sim.snapshot()["model"]["users"][0]["id"].as_i64().unwrap();
    world.sim.add_event_type(user, NewEventType::new("Something else", "bart", 30));
    let wish = json!({ "name": "Bart", "duration_minutes": 30, "staff_ids": [world.salon.anna] });
    let made = world.api("POST", SERVICES, wish).await;
    world.work().await;
    let beard = world.api("GET", &format!("{SERVICES}/{}", made.id()), Value::Null).await.body;
    assert_eq!((&beard["sync_status"], &beard["not_bookable"]), (&json!("error"), &json!(["not_synced"])));
    let wish = json!({ "service_id": made.id(), "starts_at": "2026-11-24T16:00:00+01:00", "customer": { "name": "Carl" } });
    let refused = world.api("POST", "/api/v1/appointments", wish).await;
    assert_eq!(refused.body["code"], "service_not_bookable");
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let form = Page::of(&browser.get("/appointments/new").await);
    assert!(form.text("select[name=service]").contains("Bart"), "the salon knows what it does");
}

#[tokio::test]
async fn a_divergence_is_settled_as_it_was_read() {
    let world = World::new().await;
    let cut = format!("{SERVICES}/{}", world.salon.cut);
    let (list, settle) = (format!("{cut}/divergences"), format!("{cut}/divergences:settle"));
    let look = async || {
        world.api("POST", &format!("{SERVICES}:sync"), Value::Null).await;
        world.work().await;
    };
    let send = async |wish: &Value, tag: &str| {
        let headers = [("if-match", tag)];
        let headers: &[_] = if tag.is_empty() { &[] } else { &headers };
        world.request("POST", &settle, &world.salon.key, wish.clone(), headers).await
    };
    let told =
        |reply: &Reply| (reply.status.as_u16(), reply.body["code"].as_str().unwrap_or_default().to_owned());
    look().await;
    let read = world.api("GET", &list, Value::Null).await;
    let wish = |field: &str, side: &str| {
        let all = read.body["data"].as_array().unwrap();
        let it = all.iter().find(|it| it["field"] == field).unwrap();
        json!({ "link_id": it["link_id"], "field": field, "theirs": it["theirs"], "side": side })
    };
    let tag = read.header("etag").to_owned();
    assert_eq!(tag, world.api("GET", &cut, Value::Null).await.header("etag"));

    // Without a version, with an old one, about what Cal.com no longer says: nothing is changed.
    let name = wish("name", "ours");
    assert_eq!(told(&send(&name, "").await), (428, "version_required".into()));
    assert_eq!(told(&send(&name, "\"99\"").await), (412, "version_mismatch".into()));
    world.sim.change_event_type(world.salon.event_type, "title", json!("Cut & Go"));
    look().await;
    assert_eq!(told(&send(&name, &tag).await), (412, "version_mismatch".into()));
    let wrong = send(&json!({ "field": "price_cents", "side": "mine", "link_id": "x" }), &tag).await;
    let pointers: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!((wrong.status.as_u16(), pointers.len()), (422, 4), "{}", wrong.text);

    let mut now = name.clone();
    now["theirs"] = json!("Cut & Go");
    let kept = send(&now, &tag).await;
    assert_eq!((kept.status.as_u16(), &kept.body["sync_status"]), (200, &json!("pending")), "{}", kept.text);
    world.work().await;
    assert_eq!(told(&send(&now, &tag).await), (409, "nothing_to_settle".into()));
    let taken = send(&wish("slug", "theirs"), &tag).await;
    assert_eq!((taken.status.as_u16(), &taken.body["slug"]), (200, &json!("cut")));
    assert_eq!(world.api("GET", &list, Value::Null).await.body["data"], json!([]));
    assert_eq!(taken.body["name"], "Damenhaarschnitt");

    // What may stay is told as such, and an empty text is a text.
    let described = json!({ "description": "Mit Waschen" });
    assert_eq!(world.change("PATCH", &cut, "", described).await.status, 200);
    world.work().await;
    world.sim.change_event_type(world.salon.event_type, "description", json!(""));
    look().await;
    let read = world.api("GET", &list, Value::Null).await;
    let it = &read.body["data"][0];
    assert_eq!(
        (&it["field"], &it["theirs"], &it["agreed"]),
        (&json!("description"), &json!(""), &json!("Mit Waschen"))
    );
    let stay = json!({ "link_id": it["link_id"], "field": "description", "theirs": "", "side": "dismiss" });
    let stays = send(&stay, read.header("etag")).await;
    assert_eq!((stays.status.as_u16(), &stays.body["open_divergences"]), (200, &json!(0)), "{}", stays.text);
    assert_eq!(world.api("GET", &list, Value::Null).await.body["data"][0]["dismissed"], true);
    let headers = [("if-match", "*")];
    assert_eq!(world.request("POST", &settle, &world.other.key, stay, &headers).await.status, 404);
}

#[tokio::test]
async fn each_stretch_of_work_is_done_by_those_who_may_do_it() {
    let world = World::new().await;
    let (anna, ben) = (world.salon.anna.to_string(), world.salon.ben.to_string());
    let wish = |ben: &str| {
        json!({
            "name": "Färben & Schneiden", "staff_ids": [anna, ben],
            "segments": [
                { "name": "Färben", "minutes": 45, "pause_minutes": 30, "staff_ids": [ben] },
                { "name": "Schneiden", "minutes": 45 },
            ],
        })
    };
    let strange = world.api("POST", SERVICES, wish(&world.other.ben.to_string())).await;
    let pointers: Vec<_> =
        strange.body["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(pointers, ["/segments/0/staff_ids/0", "/staff_ids/1"]);
    let made = world.api("POST", SERVICES, wish(&ben)).await;
    assert_eq!(made.body["segments"][0]["staff_ids"], json!([ben]), "{}", made.text);
    assert_eq!(made.body["segments"][1]["staff_ids"], json!([]), "all who perform it");

    // Whoever is wanted does what they may, and somebody else the rest.
    let book = async |at: &str, staff: Option<&str>| {
        let customer = json!({ "name": format!("Clara {at}") });
        let wish =
            json!({ "service_id": made.id(), "starts_at": at, "staff_id": staff, "customer": customer });
        world.api("POST", "/api/v1/appointments", wish).await
    };
    let served = |reply: &crate::world::Reply| -> Vec<String> {
        let segments = reply.body["segments"].as_array().unwrap_or_else(|| panic!("{}", reply.text));
        segments.iter().map(|it| it["staff_id"].as_str().unwrap().to_owned()).collect()
    };
    let by_anna = book("2026-11-24T10:00:00+01:00", Some(&anna)).await;
    assert_eq!(served(&by_anna), [ben.clone(), anna.clone()]);
    let by_anybody = book("2026-11-24T12:30:00+01:00", None).await;
    assert_eq!(served(&by_anybody), [ben.clone(), ben.clone()], "whoever began goes on");
    let taken = book("2026-11-24T12:30:00+01:00", Some(&anna)).await;
    assert_eq!(taken.body["code"], "slot_taken", "Ben dyes somebody else's hair: {}", taken.text);
    let path = format!("/api/v1/appointments/{}", by_anna.id());
    let given = world.change("PATCH", &path, "", json!({ "staff_ids": [anna, anna] })).await;
    assert_eq!((given.status.as_u16(), &given.body["code"]), (422, &json!("staff_not_offering")));
    let given = world.change("PATCH", &path, "", json!({ "staff_ids": [ben, ben] })).await;
    assert_eq!(served(&given), [ben.clone(), ben.clone()]);

    // The form shows it, keeps it, and changes it.
    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let here = format!("/services/{}", made.id());
    let works = Page::of(&admin.get(&here).await).text("ol.works");
    let (dye, cut) = works.split_once("Schneiden").unwrap();
    assert!(dye.contains("Ben Kaya") && !dye.contains("Anna Weber"), "{works}");
    assert!(cut.contains("Anna Weber, Ben Kaya"), "{works}");
    let form = Page::of(&admin.get(&format!("{here}/edit")).await);
    assert_eq!(form.attribute("[name=work_staff_1][checked]", "value"), ben);
    assert!(form.all("[name=work_staff_2][checked]").is_empty());
    let value = |name: &str| form.attribute(&format!("main [name={name}]"), "value");
    let (version, was) = (value("version"), value("was"));
    let both = |dyes: &str| {
        let rows = [("Färben", "45", "30"), ("Schneiden", "45", "")];
        let mut typed: Vec<(String, String)> = [
            ("intent", "save"),
            ("name", "Färben & Schneiden"),
            ("slug", "faerben-schneiden"),
            ("active", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        typed.extend(
            [("version", &version), ("was", &was), ("staff", &anna), ("staff", &ben)]
                .map(|(name, value)| (name.to_owned(), value.clone())),
        );
        for (name, minutes, pause) in rows {
            let row = [("work_name", name), ("work_minutes", minutes), ("work_pause", pause)];
            typed.extend(row.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        typed.push(("work_staff_1".to_owned(), dyes.to_owned()));
        typed
    };
    let post = async |typed: Vec<(String, String)>| {
        let typed: Vec<_> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        admin.post(&format!("{here}/edit"), &typed).await
    };
    assert_eq!(post(both(&world.other.ben.to_string())).await.status, 422, "nobody of another company");
    let saved = admin.follow(&post(both(&anna)).await).await;
    let told = saved.text(".timeline");
    assert!(
        told.contains("Färben: 45+30 (Ben Kaya)") && told.contains("Färben: 45+30 (Anna Weber)"),
        "{told}"
    );
    let path = format!("{SERVICES}/{}", made.id());
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!(read.body["segments"][0]["staff_ids"], json!([anna]));
    assert_eq!(read.body["not_bookable"], json!([]));
    let alone = world.change("PATCH", &path, "", json!({ "staff_ids": [ben] })).await;
    assert_eq!(alone.body["not_bookable"], json!(["nobody"]), "nobody is left who dyes: {}", alone.text);
}

#[tokio::test]
async fn what_is_sent_or_taken_is_what_cal_com_says_by_now() {
    let world = World::new().await;
    let cut = format!("{SERVICES}/{}", world.salon.cut);
    world.api("POST", &format!("{SERVICES}:sync"), Value::Null).await;
    world.work().await;
    let there = |field: &str| {
        let all = world.sim.snapshot()["model"]["event_types"].as_array().unwrap().clone();
        all.iter().find(|it| it["id"] == world.salon.event_type).unwrap()[field].clone()
    };
    let unseen =
        |field: &str, value: Value| world.sim.change_event_type(world.salon.event_type, field, value);

    unseen("description", json!("Nobody has seen this"));
    let pulled = world.change("POST", &cut, "/pull", json!({})).await;
    assert_eq!(pulled.body["description"], "Nobody has seen this", "{}", pulled.text);
    unseen("description", json!("Nor this"));
    let differ = world.api("GET", &format!("{cut}/divergences"), Value::Null).await.body;
    assert_eq!(differ["data"], json!([]));
    let pushed = world.change("POST", &cut, "/push", json!({})).await;
    assert_eq!(pushed.status, 200, "{}", pushed.text);
    world.work().await;
    assert_eq!(there("description"), "Nobody has seen this");
    let browser = Browser::of(&world, &world.salon, Role::Admin).await;
    let page = Page::of(&browser.get(&format!("/services/{}", world.salon.cut)).await);
    assert!(page.text(".timeline").contains("Nor this"), "what was overwritten stays in the history");

    // A page that asks tells what is lost now.
    unseen("description", json!("Third"));
    let asks = Page::of(&browser.get(&format!("/services/{}/push", world.salon.cut)).await);
    assert!(asks.text("tbody").contains("Third"), "{}", asks.text("main"));
    // While Cal.com is silent nothing is done.
    let version = world.api("GET", &cut, Value::Null).await.body["version"].clone();
    world.sim.order(calcom_sim::Fault::ServerErrorBefore, None, 2);
    let silent = world.change("POST", &cut, "/push", json!({})).await;
    assert_eq!((silent.status.as_u16(), &silent.body["code"]), (502, &json!("calcom_silent")));
    let asks = Page::of(&browser.get(&format!("/services/{}/push", world.salon.cut)).await);
    assert!(asks.text("main").contains("Cal.com hat gerade nicht geantwortet"), "{}", asks.text("main"));
    assert_eq!(world.api("GET", &cut, Value::Null).await.body["version"], version);

    // Nor when it falls silent between the question and the answer, on the page.
    let here = format!("/services/{}", world.salon.cut);
    let asks = Page::of(&browser.get(&format!("{here}/push")).await);
    let value = |name: &str| asks.attribute(&format!("main [name={name}]"), "value");
    let (version, seen) = (value("version"), value("seen"));
    let answer = [("version", version.as_str()), ("seen", &seen)];
    world.sim.order(calcom_sim::Fault::ServerErrorBefore, None, 1);
    let refused = browser.post(&format!("{here}/push"), &answer).await;
    assert_eq!(refused.status, 422);
    assert!(Page::of(&refused).text("main").contains("Cal.com hat gerade nicht geantwortet"));
    world.work().await;
    assert_eq!(there("description"), "Third");
    assert_eq!(browser.post(&format!("{here}/push"), &answer).await.status, 303);
    world.work().await;
    assert_eq!(there("description"), "Nobody has seen this");
}
