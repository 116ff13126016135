//! The queue of what people have to look at, for programs.

use calcom_sim::{CallKind, CallMatch};
use domain::people::Role;
use engine::Clock as _;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::user;
use crate::reviews::conflict;
use crate::world::{Reply, World};

const REVIEWS: &str = "/api/v1/reviews";

async fn ids(world: &World, query: &str) -> Vec<String> {
    let list = world.api("GET", &format!("{REVIEWS}{query}"), Value::Null).await;
    assert_eq!(list.status, 200, "{}", list.text);
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    list.body["data"].as_array().unwrap().iter().map(id).collect()
}

fn told(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.body["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn items_are_listed_read_and_decided_at_the_version_that_was_read() {
    let world = World::new().await;
    let mut paths = Vec::new();
    for day in ["2026-11-25", "2026-11-24", "2026-11-26"] {
        paths.push(conflict(&world, day).await);
    }
    let all = ids(&world, "").await;
    let first = world.api("GET", &format!("{REVIEWS}?limit=2"), Value::Null).await;
    assert_eq!((first.body["total"].as_u64(), first.body["data"].as_array().unwrap().len()), (Some(3), 2));
    let item = &first.body["data"][0];
    assert_eq!(
        (&item["code"], &item["severity"], &item["state"], &item["starts_at"]),
        (&json!("conflict"), &json!("critical"), &json!("open"), &json!("2026-11-24T11:00:00+01:00"))
    );
    let cursor = first.body["next_cursor"].as_str().unwrap();
    assert!(first.header("link").contains(cursor));
    assert_eq!(ids(&world, &format!("?limit=2&cursor={cursor}")).await, all[2..]);
    for wrong in ["?state=done", "?cause=weather", "?assigned=me", "?cursor=x", "?limit=0"] {
        assert_eq!(
            told(&world.api("GET", &format!("{REVIEWS}{wrong}"), Value::Null).await).1,
            "query_invalid",
            "{wrong}"
        );
    }

    let path = format!("{REVIEWS}/{}", all[0]);
    let read = world.api("GET", &path, Value::Null).await;
    let choices: Vec<_> =
        read.body["choices"].as_array().unwrap().iter().map(|it| it["choice"].as_str().unwrap()).collect();
    assert_eq!(choices, ["ours", "theirs", "retry", "accept", "dismiss"]);
    let tag = read.header("etag").to_owned();
    let send = async |action: &str, body: Value, tag: &str| {
        let headers = [("if-match", tag)];
        let headers: &[_] = if tag.is_empty() { &[] } else { &headers };
        world.request("POST", &format!("{path}/{action}"), &world.salon.key, body, headers).await
    };
    let ours = json!({ "choice": "ours" });
    assert_eq!(told(&send("decide", ours.clone(), "").await), (428, "version_required"));
    assert_eq!(told(&send("decide", ours.clone(), "\"99\"").await), (412, "version_mismatch"));
    assert_eq!(told(&send("decide", json!({ "choice": "import" }), &tag).await), (409, "nothing_to_settle"));
    assert_eq!(told(&send("decide", json!({ "choice": "maybe" }), &tag).await), (422, "validation_failed"));

    let email = user(&world, &world.salon, Role::Staff).await;
    let users = world.engine.store.users(world.salon.id).await.unwrap();
    let person = users.iter().find(|user| user.email.as_str() == email).unwrap().id;
    let assigned = send("assign", json!({ "user_id": person }), &tag).await;
    assert_eq!(assigned.body["assignee_id"], person.to_string(), "{}", assigned.text);
    assert_eq!(ids(&world, &format!("?assigned={person}")).await, all[..1]);
    let stranger = send("assign", json!({ "user_id": "usr_00000000000000000000000000000001" }), "*").await;
    assert_eq!((told(&stranger).0, &stranger.body["errors"][0]["pointer"]), (422, &json!("/user_id")));
    let past = send("snooze", json!({ "until": "2026-01-01T08:00:00+01:00" }), "*").await;
    assert_eq!(told(&past), (422, "validation_failed"));
    let until = json!({ "until": "2026-11-23T08:00:00+01:00" });
    assert_eq!(send("snooze", until, "*").await.body["state"], "snoozed");
    assert_eq!(ids(&world, "").await.len(), 2);
    assert_eq!(send("snooze", json!({}), "*").await.body["state"], "open");
    assert_eq!(told(&send("comment", json!({ "text": "" }), "").await).0, 422);
    assert_eq!(send("comment", json!({ "text": "Ruft an" }), "").await.status, 200);

    let decided = send("decide", json!({ "choice": "accept", "reason": "Besprochen" }), "*").await;
    assert_eq!((&decided.body["state"], &decided.body["set_aside"]), (&json!("aside"), &json!("accepted")));
    assert_eq!(send("decide", json!({ "choice": "reopen" }), "*").await.body["state"], "open");
    assert_eq!(send("decide", ours, "*").await.status, 200);
    world.work().await;
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!((&read.body["state"], &read.body["choices"]), (&json!("closed"), &json!([])));
    let deeds: Vec<_> =
        read.body["deeds"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(deeds, ["assigned", "snoozed", "snoozed", "commented", "chosen", "chosen", "chosen"]);
    assert_eq!(
        (&read.body["deeds"][4]["text"], &read.body["deeds"][4]["origin"]),
        (&json!("Besprochen"), &json!("api"))
    );

    // Nobody else finds it, and a key without the scope may not.
    for (method, action, key) in [("GET", "", &world.other.key), ("POST", "/decide", &world.other.key)] {
        let headers = [("if-match", "*")];
        let reply = world
            .request(method, &format!("{path}{action}"), key, json!({ "choice": "ours" }), &headers)
            .await;
        assert_eq!(told(&reply), (404, "not_found"), "{method}");
    }
    let powerless = world.request("GET", REVIEWS, &world.salon.powerless_key, Value::Null, &[]).await;
    assert_eq!(told(&powerless), (403, "forbidden"));
}

#[tokio::test]
async fn many_are_decided_by_one_request_or_only_previewed() {
    let world = World::new().await;
    for day in ["2026-11-24", "2026-11-25"] {
        conflict(&world, day).await;
    }
    let all = ids(&world, "").await;
    let bulk = format!("{REVIEWS}:bulk");
    let wish = json!({ "choice": "ours", "filter": { "cause": "conflict" }, "dry_run": true });
    let preview = world.api("POST", &bulk, wish).await;
    assert_eq!(
        (&preview.body["done"], &preview.body["data"][0]["plan"]),
        (&json!(2), &json!("look")),
        "{}",
        preview.text
    );
    assert_eq!(ids(&world, "").await, all, "nothing was done");
    let done = world.api("POST", &bulk, json!({ "choice": "ours", "ids": [all[0]] })).await;
    assert_eq!((&done.body["done"], &done.body["refused"]), (&json!(1), &json!(0)), "{}", done.text);
    world.work().await;
    assert_eq!(ids(&world, "").await, all[1..]);
    let again = world.api("POST", &bulk, json!({ "choice": "ours", "ids": all })).await;
    assert_eq!(
        (&again.body["done"], &again.body["data"][0]["code"]),
        (&json!(1), &json!("nothing_to_settle")),
        "{}",
        again.text
    );
    let deed = async |body: Value| world.api("POST", &bulk, body).await;
    user(&world, &world.salon, Role::Staff).await;
    let users = world.engine.store.users(world.salon.id).await.unwrap();
    let assigned = deed(json!({ "action": "assign", "user_id": users[0].id, "filter": {} })).await;
    assert_eq!(assigned.body["done"], 1, "{}", assigned.text);
    assert_eq!(ids(&world, &format!("?assigned={}", users[0].id)).await.len(), 1);
    let closed = deed(json!({ "action": "snooze", "until": "2026-11-23T08:00:00+01:00", "ids": all })).await;
    assert_eq!((&closed.body["done"], &closed.body["refused"]), (&json!(1), &json!(1)), "{}", closed.text);
    let noted = deed(json!({ "action": "comment", "text": "Ausfall", "ids": all })).await;
    assert_eq!(noted.body["done"], 2, "also of what is settled: {}", noted.text);
    for (body, pointer) in [
        (json!({ "action": "comment", "ids": all }), "/text"),
        (json!({ "action": "dance", "ids": all }), "/action"),
        (json!({ "action": "assign", "choice": "ours", "ids": all }), "/choice"),
        (json!({ "ids": all }), "/choice"),
        (json!({ "choice": "ours" }), "/ids"),
        (json!({ "choice": "ours", "ids": ["apt_1"] }), "/ids/0"),
    ] {
        let wrong = world.api("POST", &bulk, body).await;
        assert_eq!(
            (wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{}",
            wrong.text
        );
    }
}

/// Somebody booked at Cal.com, no webhook came, a run has found it, and it could not be read until now.
pub async fn unknown() -> (World, String, String) {
    let world = World::new().await;
    world.sim.order(calcom_sim::Fault::LoseWebhooks, None, 5);
    let guest = calcom_sim::Guest::new("Gerda Guest", "gerda@guest.example");
    let start = World::at("2026-11-24T14:00:00Z");
    let uid = world.sim.book_as_guest(world.salon.event_type, start, guest).await.unwrap();
    world.sim.clear_faults();
    world.sim.order(calcom_sim::Fault::HalfAnswer, Some(CallMatch::Kind(CallKind::GetBooking)), 99);
    let begun = world.api("POST", "/api/v1/verifications", json!({})).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    for _ in 0..4 {
        world.work().await;
        world.clock.set(world.clock.now() + SignedDuration::from_mins(1));
    }
    world.sim.clear_faults();
    let list = world.api("GET", REVIEWS, Value::Null).await;
    let item = &list.body["data"][0];
    assert_eq!(
        (&item["code"], &item["booking_uid"], &item["starts_at"]),
        (&json!("unknown_booking"), &json!(uid), &json!("2026-11-24T15:00:00+01:00")),
        "{}",
        list.text
    );
    let id = item["id"].as_str().unwrap().to_owned();
    (world, id, uid)
}

#[tokio::test]
async fn a_booking_that_nobody_here_knows_becomes_an_appointment() {
    let (world, id, uid) = unknown().await;
    let decide = async |body: Value| {
        let headers = [("if-match", "*")];
        world.request("POST", &format!("{REVIEWS}/{id}/decide"), &world.salon.key, body, &headers).await
    };
    assert_eq!(decide(json!({ "choice": "import" })).await.status, 200);
    world.work().await;
    assert!(ids(&world, "").await.is_empty());
    let found = world.api("GET", "/api/v1/appointments", Value::Null).await;
    let made = &found.body["data"][0];
    assert_eq!(
        (&made["calcom_booking_uid"], &made["sync_status"]),
        (&json!(uid), &json!("synced")),
        "{}",
        found.text
    );
    let read = world.api("GET", &format!("{REVIEWS}/{id}"), Value::Null).await;
    assert_eq!((&read.body["state"], &read.body["deeds"][0]["choice"]), (&json!("closed"), &json!("import")));
}

#[tokio::test]
async fn a_booking_that_nobody_here_knows_is_cancelled_at_cal_com() {
    let (world, id, uid) = unknown().await;
    let headers = [("if-match", "*")];
    let (path, body) = (format!("{REVIEWS}/{id}/decide"), json!({ "choice": "cancel", "reason": "Doppelt" }));
    let cancelling = world.request("POST", &path, &world.salon.key, body, &headers);
    // Somebody works meanwhile.
    let working = async {
        for _ in 0..100 {
            world.work().await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let cancelled = tokio::select! {
        cancelled = cancelling => cancelled,
        () = working => panic!("it is not cancelled"),
    };
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    // Whoever was dropped while working holds the lane until the lease is over.
    for _ in 0..3 {
        world.clock.set(world.clock.now() + SignedDuration::from_mins(2));
        world.work().await;
    }
    let booking = world.sim.booking(&uid).unwrap();
    assert_eq!(format!("{:?}", booking.status), "Cancelled");
    let found = world.api("GET", "/api/v1/appointments?status=cancelled", Value::Null).await;
    assert_eq!(found.body["data"][0]["calcom_booking_uid"], uid, "{}", found.text);
    assert!(ids(&world, "").await.is_empty());
}

#[tokio::test]
async fn an_appointment_whose_booking_has_vanished_is_linked_with_one_that_was_made_by_hand() {
    let world = World::new().await;
    let booked = world.book("2026-11-24T10:00:00+01:00").await.id();
    let (path, appointment) = (format!("/api/v1/appointments/{booked}"), booked.parse().unwrap());
    world.work().await;
    let uid =
        world.api("GET", &path, Value::Null).await.body["calcom_booking_uid"].as_str().unwrap().to_owned();
    world.sim.erase_booking(&uid);
    world.sim.order(calcom_sim::Fault::LoseWebhooks, None, 5);
    let guest = calcom_sim::Guest::new("Clara Client", "clara@client.example");
    let by_hand = World::at("2026-11-24T12:00:00Z");
    let by_hand = world.sim.book_as_guest(world.salon.event_type, by_hand, guest.clone()).await.unwrap();
    let theirs = World::at("2026-11-24T13:00:00Z");
    let theirs = world.sim.book_as_guest(world.other.event_type, theirs, guest).await.unwrap();
    world.sim.clear_faults();
    world.api("POST", &format!("{path}/check"), Value::Null).await;
    world.work().await;
    let list = world.api("GET", REVIEWS, Value::Null).await;
    assert_eq!(list.body["data"][0]["code"], "vanished", "{}", list.text);
    let id = list.body["data"][0]["id"].as_str().unwrap().to_owned();
    let link = async |uid: &str| {
        let body = json!({ "choice": "link", "booking_uid": uid });
        let headers = [("if-match", "*")];
        world.request("POST", &format!("{REVIEWS}/{id}/decide"), &world.salon.key, body, &headers).await
    };
    // Not one that is not there, nor one of somebody else's.
    for wrong in ["nowhere", &theirs] {
        let refused = link(wrong).await;
        assert_eq!(
            (told(&refused).0, &refused.body["errors"][0]["pointer"]),
            (422, &json!("/booking_uid")),
            "{}",
            refused.text
        );
    }
    assert_eq!(link(&by_hand).await.status, 200);
    world.work().await;
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!(
        (&read.body["calcom_booking_uid"], &read.body["starts_at"]),
        (&json!(by_hand), &json!("2026-11-24T13:00:00+01:00")),
        "what was changed there since both agreed counts: {}",
        read.text
    );
    let item = world.api("GET", &format!("{REVIEWS}/{id}"), Value::Null).await;
    assert_eq!(
        (&item.body["state"], &item.body["deeds"][0]["choice"], &item.body["choices"][0]["choice"]),
        (&json!("closed"), &json!("link"), &json!("undo")),
        "{}",
        item.text
    );
    let entries = world.engine.store.history(world.salon.id, appointment).await.unwrap().entries;
    let linked = entries.iter().find(|it| matches!(it.what, domain::timeline::What::Linked { .. })).unwrap();
    assert_eq!(linked.actor.origin, domain::Origin::Api, "who linked it");

    // Another appointment that has none cannot have it, until the link is undone.
    let headers = [("if-match", "*")];
    let body = json!({ "choice": "undo" });
    let undone =
        world.request("POST", &format!("{REVIEWS}/{id}/decide"), &world.salon.key, body, &headers).await;
    assert_eq!(
        (&undone.body["code"], &undone.body["state"]),
        (&json!("vanished"), &json!("open")),
        "{}",
        undone.text
    );
    world.work().await;
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!(
        (&read.body["starts_at"], &read.body["sync_status"]),
        (&json!("2026-11-24T10:00:00+01:00"), &json!("orphaned_local")),
        "{}",
        read.text
    );
    let uid = domain::BookingUid(by_hand);
    let free = world.engine.store.appointment_by_uid(world.salon.id, &uid).await.unwrap();
    assert!(free.is_none(), "{free:?}");
}
