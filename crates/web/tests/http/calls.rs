//! What Retell reports of calls and is told while it rings, and the calls as people and programs see them.

use axum::body::Body;
use axum::http::Request;
use domain::people::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::phone::{call, cut, ring};
use crate::world::{Reply, SIGNING_KEY, World, send};

/// Posts as Retell does, to what stands behind the token.
async fn post(world: &World, what: &str, body: &Value, late: i64) -> Reply {
    let body = body.to_string();
    let then = world.engine.ambient.now() - SignedDuration::from_secs(late);
    let request = Request::post(format!("/voice/retell/{}/{what}", world.salon.agent_token))
        .header("x-retell-signature", retell::sign(SIGNING_KEY, body.as_bytes(), then))
        .body(Body::from(body))
        .unwrap();
    send(&world.app, request).await
}

/// A report of a call that began when the world did.
fn report(world: &World, event: &str, call_id: &str, more: &Value) -> Value {
    let start = world.engine.ambient.now().as_millisecond();
    let mut call = call(world, call_id, "+4915112345678");
    call["start_timestamp"] = start.into();
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "event": event, "call": call })
}

fn ended(world: &World) -> Value {
    let end = (world.engine.ambient.now() + SignedDuration::from_secs(94)).as_millisecond();
    let more = json!({
        "end_timestamp": end, "disconnection_reason": "user_hangup", "transcript": "User: Hier ist Clara Client",
        "recording_url": "https://audio.example/secret.wav",
        "scrubbed_recording_url": "https://audio.example/scrubbed.wav",
    });
    report(world, "call_ended", "call_1", &more)
}

fn analyzed(world: &World) -> Value {
    let more = json!({
        "transcript": "User: Hier ist Clara Client", "recording_url": "https://audio.example/secret.wav",
        "call_analysis": { "call_summary": "Frau Client möchte schneiden lassen.", "user_sentiment": "Positive",
            "call_successful": true },
    });
    report(world, "call_analyzed", "call_1", &more)
}

#[tokio::test]
async fn a_call_is_told_from_ring_to_summary() {
    let world = World::new().await;
    let line = call(&world, "call_1", "+4915112345678");
    let booked = ring(&world, line, "book_appointment", cut("Clara Client", "14:30")).await;
    assert_eq!(booked.body["status"], "requested", "{}", booked.text);
    // The analysis overtakes the end, and the end comes twice.
    for body in [analyzed(&world), ended(&world), ended(&world)] {
        assert_eq!(post(&world, "calls", &body, 0).await.status, 204);
    }

    let list = world.api("GET", "/api/v1/calls", Value::Null).await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1, "{}", list.text);
    let read = world.api("GET", "/api/v1/calls/call_1", Value::Null).await;
    let told = &read.body;
    assert_eq!(told["summary"], "Frau Client möchte schneiden lassen.");
    assert_eq!((&told["ended_because"], &told["successful"]), (&json!("user_hangup"), &json!(true)));
    assert_eq!((&told["from"], &told["functions_called"]), (&json!("•••678"), &json!(1)));
    assert_eq!(told["functions"][0]["arguments"]["customer_name"], "•••");
    let appointment = told["appointment_ids"][0].as_str().unwrap();
    assert_eq!(told["functions"][0]["appointment_id"], appointment);
    assert_eq!(list.body["data"][0]["appointment_ids"][0], appointment);

    let everything = format!(
        "{:?} {:?}",
        world.engine.store.call(world.salon.id, "call_1").await.unwrap(),
        world.engine.store.call_events(world.salon.id, "call_1").await.unwrap()
    );
    assert!(!everything.contains("audio.example"), "where sound can be heard is not kept: {everything}");
    assert!(!everything.contains("12345678"), "no number is kept: {everything}");

    let manager = Browser::of(&world, &world.salon, Role::Manager).await;
    let calls = Page::of(&manager.get("/calls").await);
    assert_eq!(calls.text(".calls .cell-summary"), "Frau Client möchte schneiden lassen.");
    assert_eq!(calls.text(".calls .cell-result a"), "A-1");
    let href = calls.attribute(".calls .cell-time a", "href");
    let page = Page::of(&manager.get(&href).await);
    assert!(page.text(".functions").contains("book_appointment"), "{}", page.text(".functions"));
    assert!(page.text(".functions .said").contains("notiert"));
    assert!(page.text(".transcript pre").contains("Clara Client"));
    assert_eq!(page.links().iter().filter(|link| link.starts_with("/appointments/apt_")).count(), 1);
    let staff = Browser::of(&world, &world.salon, Role::Staff).await;
    let page = Page::of(&staff.get(&href).await);
    assert!(page.all(".transcript").is_empty(), "what was said word by word is for managers");

    let none = Page::of(&manager.get("/calls?result=none").await);
    assert!(none.all(".calls").is_empty());
    let wrong = Page::of(&manager.get("/calls?result=moon&after=x").await);
    assert_eq!((wrong.all(".calls tbody tr").len(), wrong.all("[role=alert]").len()), (1, 1));

    let stranger = Browser::of(&world, &world.other, Role::Admin).await;
    assert_eq!(stranger.get(&href).await.status, 404);
    assert!(Page::of(&stranger.get("/calls").await).all(".calls").is_empty());
    let theirs = world.request("GET", "/api/v1/calls/call_1", &world.other.key, Value::Null, &[]).await;
    assert_eq!(theirs.status, 404);
    let powerless = &world.salon.powerless_key;
    assert_eq!(world.request("GET", "/api/v1/calls", powerless, Value::Null, &[]).await.status, 403);
}

#[tokio::test]
async fn what_was_held_for_a_call_is_free_when_it_has_ended() {
    let world = World::new().await;
    let check = async |id: &str| {
        let args = json!({ "service": "Damenhaarschnitt", "date": "24.11.", "time": "13 Uhr" });
        let reply = ring(&world, call(&world, id, "+4915112345678"), "check_availability", args).await;
        reply.body["data"]["slots"][0]["spoken"].clone()
    };
    let offered = json!("Dienstag, der 24. November um 13 Uhr");
    assert_eq!(check("call_1").await, offered);
    // Only the end of the very call gives back what is held for it.
    let begun = report(&world, "call_started", "call_1", &json!({}));
    let other = report(&world, "call_ended", "call_2", &json!({}));
    for body in [begun, other] {
        assert_eq!(post(&world, "calls", &body, 0).await.status, 204);
        assert_eq!(world.book("2026-11-24T13:00:00+01:00").await.body["code"], "slot_taken");
    }
    for _ in 0..2 {
        assert_eq!(post(&world, "calls", &ended(&world), 0).await.status, 204);
    }
    assert_eq!(check("call_3").await, offered);
}

#[tokio::test]
async fn what_is_not_signed_or_no_report_is_refused() {
    let world = World::new().await;
    let body = ended(&world);
    assert_eq!(post(&world, "calls", &body, 301).await.status, 401, "too old");
    assert_eq!(post(&world, "calls", &body, 300).await.status, 204);
    assert_eq!(post(&world, "calls", &json!({ "event": "call_ended" }), 0).await.status, 400);
    assert_eq!(post(&world, "calls", &json!([]), 0).await.status, 400);
    assert_eq!(post(&world, "inbound", &json!({}), 0).await.status, 400);
    let unsigned = Request::post(format!("/voice/retell/{}/calls", world.salon.agent_token));
    let unsigned = unsigned.body(Body::from(body.to_string())).unwrap();
    assert_eq!(send(&world.app, unsigned).await.status, 401);
    let foreign = Request::post("/voice/retell/nobody/calls").body(Body::from(body.to_string())).unwrap();
    assert_eq!(send(&world.app, foreign).await.status, 404);
    // An event that nobody knows yet is noted and changes nothing; a web call has no numbers.
    let web = json!({ "event": "dog_barked", "call": { "call_id": "web", "call_type": "web_call" } });
    assert_eq!(post(&world, "calls", &web, 0).await.status, 204);
    let read = world.api("GET", "/api/v1/calls/web", Value::Null).await;
    assert_eq!((&read.body["from"], &read.body["ended_at"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn while_it_rings_the_agent_is_told_where_the_call_goes() {
    let world = World::new().await;
    let ringing = |from: &str| {
        json!({ "event": "call_inbound",
            "call_inbound": { "agent_id": "agent_1", "from_number": from, "to_number": world.salon.number } })
    };
    let ask = async |from: &str| {
        let reply = post(&world, "inbound", &ringing(from), 0).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["call_inbound"].clone()
    };
    let told = ask("anonymous").await;
    let variables = &told["dynamic_variables"];
    assert_eq!(told["metadata"]["branch_id"], world.salon.branch.to_string());
    assert_eq!(variables["known_customer"], "false");
    assert_eq!(variables["now_local"], "Freitag, 20. November 2026, 09:00");
    assert_eq!(
        (&variables["branch_timezone"], &variables["today"]),
        (&json!("Europe/Berlin"), &json!("2026-11-20"))
    );
    assert_eq!(variables["opening_hours"], "Dienstag bis Samstag 9 Uhr bis 18 Uhr");
    assert!(variables["services_list"].as_str().unwrap().contains("Damenhaarschnitt"));
    assert!(variables.as_object().unwrap().values().all(Value::is_string), "Retell takes strings only");

    let line = call(&world, "call_1", "+4915112345678");
    ring(&world, line.clone(), "book_appointment", cut("Clara Client", "14:30")).await;
    let known = ask("+4915112345678").await;
    assert_eq!(known["dynamic_variables"]["known_customer"], "true");
    assert!(!known.to_string().contains("Clara"), "who may be calling is not told: {known}");
    // What is told and what is documented are the same.
    let page = include_str!("../../../../docs/phone.md");
    let page = page.split("the agent is told").nth(1).unwrap().split("Use").next().unwrap();
    let mut documented: Vec<_> =
        page.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap()).collect();
    documented.sort_unstable();
    let told: Vec<_> = known["dynamic_variables"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(told, documented);
}
