//! One action on many appointments, on the pages and by the API.

use std::collections::BTreeSet;

use domain::people::Role;
use engine::Clock as _;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::world::{Reply, World};

const BULK: &str = "/api/v1/appointments:bulk";

/// Back to back on Tuesday: each takes the time that the next one leaves.
async fn row_of_cuts(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    for start in ["09:00", "09:45", "10:30"] {
        ids.push(world.book(&format!("2026-11-24T{start}:00+01:00")).await.id());
    }
    world.work().await;
    ids
}

async fn starts(world: &World) -> Vec<String> {
    let list = world.api("GET", "/api/v1/appointments", Value::Null).await;
    let start = |one: &Value| one["starts_at"].as_str().unwrap()[11..16].to_owned();
    list.body["data"].as_array().unwrap().iter().map(start).collect()
}

fn counts(reply: &Reply) -> [u64; 3] {
    ["done", "unchanged", "refused"]
        .map(|name| reply.body[name].as_u64().unwrap_or_else(|| panic!("{reply:?}")))
}

#[tokio::test]
async fn a_row_of_appointments_is_moved_by_the_api_once_however_often_it_is_sent() {
    let world = World::new().await;
    let ids = row_of_cuts(&world).await;
    let wish =
        json!({ "action": "move", "minutes": 15, "filter": { "from": "2026-11-24", "to": "2026-11-24" } });
    let mut dry = wish.clone();
    dry["dry_run"] = json!(true);
    let preview = world.api("POST", BULK, dry).await;
    assert_eq!(counts(&preview), [3, 0, 0], "{}", preview.text);
    assert_eq!(preview.body["data"][0]["plan"], "reschedule");
    assert_eq!(starts(&world).await, ["09:00", "09:45", "10:30"], "nothing was done");
    let keyless = world.api("POST", BULK, wish.clone()).await;
    assert_eq!((keyless.status.as_u16(), &keyless.body["code"]), (400, &json!("idempotency_key_invalid")));

    let send = async |body: &Value, key: &str| {
        world.request("POST", BULK, &world.salon.key, body.clone(), &[("idempotency-key", key)]).await
    };
    assert_eq!(counts(&send(&wish, "k1").await), [3, 0, 0]);
    assert_eq!(counts(&send(&wish, "k1").await), [0, 3, 0]);
    assert_eq!(starts(&world).await, ["09:15", "10:00", "10:45"]);
    // At Cal.com too each has to wait until the next one has left its time.
    for _ in 0..5 {
        world.work().await;
        world.clock.set(world.clock.now() + jiff::SignedDuration::from_mins(1));
    }
    let synced = world.api("GET", "/api/v1/appointments?sync=synced", Value::Null).await;
    assert_eq!(synced.body["data"].as_array().unwrap().len(), 3);

    // Ben does no cuts; the other company's appointments are not there.
    let to_ben = json!({ "action": "move", "staff_id": world.salon.ben, "ids": ids });
    let refused = send(&to_ben, "k2").await;
    assert_eq!(counts(&refused), [0, 0, 3]);
    assert_eq!(refused.body["data"][0]["code"], "staff_not_offering");
    let theirs = json!({ "action": "cancel", "ids": ids });
    let headers = [("idempotency-key", "k1")];
    let theirs = world.request("POST", BULK, &world.other.key, theirs, &headers).await;
    assert_eq!(theirs.body["data"], json!([]));
    for (body, pointer) in [
        (json!({ "action": "explode", "ids": ids }), "/action"),
        (json!({ "action": "cancel" }), "/ids"),
        (json!({ "action": "move", "minutes": 10, "ids": ids }), "/minutes"),
        (json!({ "action": "cancel", "ids": ["apt_1"] }), "/ids/0"),
        (json!({ "action": "settle", "ids": ids }), "/side"),
    ] {
        let wrong = send(&body, "k3").await;
        assert_eq!(
            (wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{body}"
        );
    }
    // A key that is used for another wish: nothing is done, in its first round or a later one, on the same
    // appointments or others; what is only previewed needs no key.
    let before = starts(&world).await;
    for other in [
        json!({ "action": "move", "minutes": 30, "filter": { "from": "2026-11-24", "to": "2026-11-24" } }),
        json!({ "action": "cancel", "ids": ids }),
        json!({ "action": "move", "minutes": 15, "filter": { "from": "2026-11-24" } }),
    ] {
        let reused = send(&other, "k1").await;
        assert_eq!(
            (reused.status.as_u16(), &reused.body["code"]),
            (422, &json!("idempotency_key_reused")),
            "{other}"
        );
        let mut preview = other.clone();
        preview["dry_run"] = json!(true);
        assert_eq!(send(&preview, "k1").await.status, 200);
    }
    assert_eq!(starts(&world).await, before);
    assert_eq!(counts(&send(&wish, "k1").await), [0, 3, 0], "the wish itself is as it was");
    let unread = send(&json!({ "action": "cancel", "filter": { "status": "done" } }), "k3").await;
    assert_eq!(unread.body["code"], "query_invalid");
}

#[tokio::test]
async fn more_than_a_round_is_worked_on_in_rounds() {
    let world = World::new().await;
    let mut made = 0;
    'days: for week in 0..4 {
        for day in [24, 25, 26, 27, 28] {
            for hour in 9..17 {
                let date = jiff::civil::date(2026, 11, day) + jiff::Span::new().weeks(week);
                world.book(&format!("{date}T{hour:02}:00:00+01:00")).await;
                made += 1;
                if made == 130 {
                    break 'days;
                }
            }
        }
    }
    // On the pages: what a round changes leaves the filter, and the report counts all the same.
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let all = [("action", "cancel"), ("all", "1"), ("status", "confirmed")];
    let mut shown = Page::of(&browser.post("/appointments/bulk", &all).await);
    assert!(
        shown.text("form.form button").contains("Bei bis zu 130 Terminen"),
        "{}",
        shown.text("form.form")
    );
    let mut form = "form.form";
    for reported in
        ["100 von 130 Terminen bearbeitet. 100 erledigt", "130 von 130 Terminen bearbeitet. 130 erledigt"]
    {
        let fields = hidden(&shown, form);
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = fields
            .filter(|(name, value)| *name != "reason" || !value.is_empty())
            .chain(
                (form == "form.form")
                    .then_some([("intent", "run"), ("reason", "Umbau")])
                    .into_iter()
                    .flatten(),
            )
            .collect();
        shown = Page::of(&browser.post("/appointments/bulk", &fields).await);
        assert!(shown.text("#progress").contains(reported), "{}", shown.text("#progress"));
        form = "#rounds form";
    }
    assert!(shown.all("#rounds form").is_empty());
    // What Cal.com still has to say is not said here, but on a list that keeps itself up to date.
    assert!(shown.text("#progress").contains("ändert sich nicht mehr"), "{}", shown.text("#progress"));
    let follow = Page::of(&browser.get(&shown.attribute("#progress a", "href")).await);
    assert!(!follow.attribute("body", "data-live").is_empty());

    // By the API; each round is sent twice, as after a lost answer. Nothing leaves the filter here: the second
    // round finds the appointments that the first one left, and each only once.
    let send = async |wish: &Value, key: &str| {
        world.request("POST", BULK, &world.salon.key, wish.clone(), &[("idempotency-key", key)]).await
    };
    let mut check = json!({ "action": "check", "filter": { "status": "cancelled" } });
    let mut seen = BTreeSet::new();
    for (looked, last) in [(100, false), (30, true)] {
        let round = send(&check, "look").await;
        assert_eq!(counts(&round), [looked, 0, 0]);
        let again = send(&check, "look").await;
        assert_eq!(counts(&again), [0, looked, 0], "a round that is sent twice changes nothing twice");
        assert_eq!(again.body["next_cursor"], round.body["next_cursor"]);
        let ids = round.body["data"].as_array().unwrap().iter();
        seen.extend(ids.map(|one| one["id"].as_str().unwrap().to_owned()));
        assert_eq!(round.body["next_cursor"].is_null(), last);
        check["cursor"] = round.body["next_cursor"].clone();
    }
    assert_eq!(seen.len(), 130);
    let mut wish = json!({ "action": "delete", "filter": { "status": "cancelled" } });
    let first = send(&wish, "all").await;
    assert_eq!(counts(&first), [100, 0, 0]);
    wish["cursor"] = first.body["next_cursor"].clone();
    // Another wish does not get in by its second round.
    let mut other = wish.clone();
    other["reason"] = json!("Umbau");
    let other = send(&other, "all").await;
    assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("idempotency_key_reused")));
    let second = send(&wish, "all").await;
    assert_eq!((counts(&second), &second.body["next_cursor"]), ([30, 0, 0], &Value::Null));
    let left = world.api("GET", "/api/v1/appointments?status=cancelled", Value::Null).await;
    assert_eq!(left.body["data"], json!([]));
}

/// The hidden fields of a form, to be sent as they stand there.
fn hidden(page: &Page, form: &str) -> Vec<(String, String)> {
    let fields = page.all(&format!("{form} input[type=hidden]:not([name=csrf])"));
    let value =
        |field: &scraper::ElementRef<'_>, name: &str| field.value().attr(name).unwrap_or_default().to_owned();
    fields.iter().map(|field| (value(field, "name"), value(field, "value"))).collect()
}

#[tokio::test]
async fn many_are_changed_from_the_list_with_a_preview_and_a_report() {
    let world = World::new().await;
    let ids = row_of_cuts(&world).await;
    let browser = Browser::of(&world, &world.salon, Role::Staff).await;
    let list = Page::of(&browser.get("/appointments?from=2026-11-24").await);
    assert!(list.text(".bulk-bar").contains("Alle 3 Termine"), "{}", list.text(".bulk-bar"));
    assert_eq!(list.all("[name=ids]").len(), 3);
    assert!(list.all("[name=action] [value=delete]").is_empty(), "for managers");

    let two = [("action", "cancel"), ("ids", &ids[0]), ("ids", &ids[2]), ("from", "2026-11-24")];
    let preview = Page::of(&browser.post("/appointments/bulk", &two).await);
    assert!(preview.text("#progress").contains("2 von 2 Terminen geprüft"), "{}", preview.text("#progress"));
    assert!(preview.text(".cell-outcome").contains("An Cal.com: Buchung absagen"));
    assert!(preview.all("#reason-error").is_empty());
    let fields = hidden(&preview, "form.form");
    let send = async |more: &[(&str, &str)]| {
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        browser.post("/appointments/bulk", &fields.chain(more.iter().copied()).collect::<Vec<_>>()).await
    };
    let unreasoned = send(&[("intent", "run")]).await;
    assert_eq!((unreasoned.status.as_u16(), Page::of(&unreasoned).all("#reason-error").len()), (422, 1));
    // One of them is changed before the button is pressed.
    world.clock.set(world.clock.now() + jiff::SignedDuration::from_secs(5));
    world.change("PATCH", &format!("/api/v1/appointments/{}", ids[2]), "", json!({ "notes": "neu" })).await;
    let run = [("intent", "run"), ("reason", "Wasserschaden")];
    let report = Page::of(&send(&run).await);
    assert!(report.text("#progress").contains("1 erledigt"), "{}", report.text("#progress"));
    assert!(report.text("tbody").contains("nach der Vorschau geändert"), "{}", report.text("tbody"));
    let twice = Page::of(&send(&run).await);
    assert!(twice.text("#progress").contains("0 erledigt · 1 ohne Änderung"), "{}", twice.text("#progress"));
    // Back to the form, another reason: the key belongs to what was done, so this is previewed anew.
    let reused = send(&[("intent", "run"), ("reason", "Urlaub")]).await;
    assert_eq!(reused.status, 422);
    let reused = Page::of(&reused);
    assert!(reused.text("[role=alert]").contains("schon einmal mit anderen Angaben"));
    assert!(reused.text("#progress").contains("Vorschau: 2 von 2"), "{}", reused.text("#progress"));
    assert_eq!(reused.text("#reason"), "Urlaub");
    let key = |page: &Page| page.attribute("form.form [name=key]", "value");
    assert_ne!(key(&reused), key(&preview));
    world.work().await;
    let first = world.api("GET", &format!("/api/v1/appointments/{}", ids[0]), Value::Null).await.body;
    assert_eq!((&first["status"], &first["sync_status"]), (&json!("cancelled"), &json!("synced")));

    let all = [
        ("action", "move"),
        ("all", "1"),
        ("from", "2026-11-24"),
        ("minutes", "30"),
        ("status", "confirmed"),
    ];
    let preview = Page::of(&browser.post("/appointments/bulk", &all).await);
    assert!(preview.text("#progress").contains("2 von 2"), "{}", preview.text("#progress"));
    assert!(preview.text("tbody").contains("Neue Zeit: Di."), "{}", preview.text("tbody"));
    // What was not previewed is not carried out: first the new preview, then the change.
    let fields = hidden(&preview, "form.form");
    let send = async |more: &[(&str, &str)]| {
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        browser.post("/appointments/bulk", &fields.chain(more.iter().copied()).collect::<Vec<_>>()).await
    };
    let other = send(&[("intent", "run"), ("minutes", "45")]).await;
    assert_eq!(other.status, 422);
    let other = Page::of(&other);
    assert!(other.text("[role=alert]").contains("nach der Vorschau geändert"));
    assert!(other.text("tbody").contains("10:30–11:15"), "{}", other.text("tbody"));
    let moved = Page::of(&send(&[("intent", "run"), ("minutes", "30")]).await);
    assert!(moved.text("#progress").contains("2 erledigt"), "{}", moved.text("#progress"));
    let again = [("action", "confirm"), ("ids", ids[1].as_str())];
    let again = Page::of(&browser.post("/appointments/bulk", &again).await);
    assert!(again.all("[value=run]").is_empty() && again.text("main").contains("nichts zu tun"));
    let delete = [("action", "delete"), ("all", "1")];
    assert_eq!(browser.post("/appointments/bulk", &delete).await.status, 403);
    let none = Page::of(&browser.post("/appointments/bulk", &[("action", "check")]).await);
    assert!(none.text("main").contains("Kein Termin ausgewählt"));
    let unread = Page::of(&browser.get("/appointments?status=done&from=heute").await);
    assert!(unread.text("[role=alert]").contains("Von, Status"), "{}", unread.text("[role=alert]"));
    let unread = [("action", "check"), ("all", "1"), ("status", "done")];
    assert_eq!(browser.post("/appointments/bulk", &unread).await.status, 400);
}
