//! Appointments through the REST API.

use calcom_sim::BookingStatus;
use domain::appointment::{Actor, Origin};
use domain::service::Terms;
use engine::services::{ServiceAct, ServiceEdit};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::world::{Reply, World, without_ids};

const TUESDAY: &str = "2026-11-24T14:30:00+01:00";

#[tokio::test]
async fn an_appointment_is_made_moved_and_cancelled_and_cal_com_follows() {
    let world = World::new().await;
    let made = world.book(TUESDAY).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.id();
    let path = format!("/api/v1/appointments/{id}");
    assert_eq!((made.header("location"), made.header("etag")), (path.as_str(), "\"1\""));
    assert!(made.header("x-request-id").starts_with("req_"));
    insta::assert_json_snapshot!("appointment", without_ids(&made.body));
    let before = world.api("GET", &format!("{path}/sync-status"), Value::Null).await;
    insta::assert_json_snapshot!("sync_status_pending", without_ids(&before.body));

    world.work().await;
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!(read.body["sync_status"], "synced");
    let uid = read.body["calcom_booking_uid"].as_str().unwrap().to_owned();
    let booking = world.sim.booking(&uid).unwrap();
    assert_eq!(booking.start, World::at(TUESDAY));
    assert_eq!(booking.attendees[0].email, "clara@client.example");
    let status = world.api("GET", &format!("/api/appointments/{id}/sync-status"), Value::Null).await;
    assert_eq!(status.body["plan"], "rest");
    assert_eq!(status.body["calcom_booking_uids"], json!([uid]));
    assert_eq!(status.body["verified_at"], "2026-11-20T09:00:00+01:00");

    let to = json!({ "starts_at": "2026-11-25T09:00:00Z", "reason": "Kundin ist krank" });
    let moved = world.change("POST", &path, "/reschedule", to).await;
    assert_eq!((moved.status.as_u16(), &moved.body["starts_at"]), (200, &json!("2026-11-25T10:00:00+01:00")));
    world.work().await;
    let status = world.api("GET", &format!("{path}/sync-status"), Value::Null).await;
    let uids = status.body["calcom_booking_uids"].as_array().unwrap();
    assert_eq!((uids.len(), &uids[0]), (2, &json!(uid)), "a move has a new name");

    let cancelled = world.change("POST", &path, "/cancel", json!({ "reason": "Urlaub" })).await;
    assert_eq!((cancelled.status.as_u16(), &cancelled.body["status"]), (200, &json!("cancelled")));
    world.work().await;
    let gone = world.sim.booking(uids[1].as_str().unwrap()).unwrap();
    assert_eq!(
        (gone.status, gone.cancellation_reason.as_deref()),
        (BookingStatus::Cancelled, Some("Urlaub"))
    );
    let read = world.api("GET", &path, Value::Null).await;
    assert_eq!((&read.body["sync_status"], &read.body["reason"]), (&json!("synced"), &json!("Urlaub")));

    let back = world.change("POST", &path, "/reschedule", json!({ "starts_at": TUESDAY })).await;
    assert_eq!(back.body["code"], "appointment_cancelled");
}

#[tokio::test]
async fn one_key_is_one_appointment_however_often_it_is_sent() {
    let world = World::new().await;
    let wish = world.wish(TUESDAY);
    let path = "/api/v1/appointments";
    let post = |key: &'static str, body: &Value| {
        let body = body.clone();
        let world = &world;
        async move { world.request("POST", path, &world.salon.key, body, &[("idempotency-key", key)]).await }
    };
    let replies = join_all((0..20).map(|_| post("k1", &wish))).await;
    let ids: std::collections::BTreeSet<_> = replies.iter().map(Reply::id).collect();
    assert_eq!(ids.len(), 1);
    assert!(replies.iter().all(|reply| reply.status == 201));
    let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 19);

    // The same wish, written otherwise: it is the meaning that counts.
    let mut other_order = serde_json::Map::new();
    for (name, value) in wish.as_object().unwrap().iter().rev() {
        other_order.insert(name.clone(), value.clone());
    }
    assert_eq!(post("k1", &Value::Object(other_order)).await.id(), replies[0].id());

    let other = post("k1", &world.wish("2026-11-24T16:00:00+01:00")).await;
    assert_eq!((other.status.as_u16(), &other.body["code"]), (422, &json!("idempotency_key_reused")));
    let taken = post("k2", &wish).await;
    assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("slot_taken")));
    let theirs = json!({
        "service_id": world.other.cut, "starts_at": TUESDAY, "customer": { "name": "Olga Other" },
    });
    let headers = [("idempotency-key", "k1")];
    let theirs = world.request("POST", path, &world.other.key, theirs, &headers).await;
    assert_eq!(theirs.status, 201, "a key is one company's: {}", theirs.text);

    let cancel = format!("{path}/{}/cancel", replies[0].id());
    for replayed in ["", "true", "true"] {
        let headers = [("idempotency-key", "k1"), ("if-match", "\"1\"")];
        let reply = world.request("POST", &cancel, &world.salon.key, json!({}), &headers).await;
        assert_eq!((reply.status.as_u16(), reply.header("idempotency-replayed")), (200, replayed));
        assert_eq!(reply.header("etag"), "\"2\"");
    }
    assert_eq!(world.api("GET", path, Value::Null).await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_belongs_to_another_company_is_not_there() {
    let world = World::new().await;
    let mine = world.book(TUESDAY).await.id();
    let unknown = "apt_0199f3a2c5d07c1e9b7a3c5d7e9f1a2b";
    let to = json!({ "starts_at": "2026-11-25T09:00:00Z" });
    for (method, action, body) in [
        ("GET", "", Value::Null),
        ("GET", "/sync-status", Value::Null),
        ("PATCH", "", json!({ "notes": "x" })),
        ("POST", "/cancel", json!({})),
        ("POST", "/reschedule", to),
        ("POST", "/confirm", json!({})),
        ("POST", "/reject", json!({})),
        ("POST", "/no-show", json!({})),
        ("POST", "/check", json!({})),
        ("POST", "/settle", json!({ "side": "ours" })),
        ("DELETE", "", Value::Null),
    ] {
        let ask = async |id: &str| {
            let path = format!("/api/v1/appointments/{id}{action}");
            let reply = world.request(method, &path, &world.other.key, body.clone(), &[]).await;
            (reply.status.as_u16(), without_ids(&reply.body))
        };
        let answer = ask(&mine).await;
        assert_eq!(answer.0, 404, "{method} {action}");
        assert_eq!(answer, ask(unknown).await, "{method} {action}");
        assert_eq!(answer, ask("no-id").await, "{method} {action}");
    }
    let list = world.request("GET", "/api/v1/appointments", &world.other.key, Value::Null, &[]).await;
    assert_eq!(list.body["data"], json!([]));
    for (field, id) in [("service_id", json!(world.other.cut)), ("staff_id", json!(world.other.anna))] {
        let mut wish = world.wish("2026-11-26T14:30:00+01:00");
        wish[field] = id;
        let reply = world.api("POST", "/api/v1/appointments", wish).await;
        assert_eq!(reply.status, 422, "{field}: {}", reply.text);
    }
    let read = world.api("GET", &format!("/api/v1/appointments/{mine}"), Value::Null).await;
    assert_eq!((&read.body["version"], &read.body["status"]), (&json!(1), &json!("confirmed")));
}

#[tokio::test]
async fn a_change_can_be_bound_to_the_version_that_was_read() {
    let world = World::new().await;
    let path = format!("/api/v1/appointments/{}", world.book(TUESDAY).await.id());
    let patch = async |version: &str, body: Value| {
        let headers = [("if-match", version)];
        world.request("PATCH", &path, &world.salon.key, body, &headers).await
    };
    let noted = patch("\"1\"", json!({ "notes": "Allergie" })).await;
    assert_eq!((noted.header("etag"), &noted.body["notes"]), ("\"2\"", &json!("Allergie")));
    let stale = patch("\"1\"", json!({ "notes": "überholt" })).await;
    assert_eq!((stale.status.as_u16(), &stale.body["code"]), (412, &json!("version_mismatch")));
    let moved = patch("\"2\"", json!({ "notes": null, "starts_at": "2026-11-24T16:00:00+01:00" })).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(moved.body["notes"], Value::Null);
    assert_eq!(moved.body["starts_at"], "2026-11-24T16:00:00+01:00");
    // A move and a note are one change, and each of them counts.
    assert_eq!(moved.header("etag"), "\"4\"");
    let nothing = patch("*", json!({})).await;
    assert_eq!((nothing.status.as_u16(), nothing.header("etag")), (200, "\"4\""));
    let unbound = world.api("PATCH", &path, json!({ "notes": "blind" })).await;
    assert_eq!((unbound.status.as_u16(), &unbound.body["code"]), (428, &json!("version_required")));
    assert_eq!(world.api("DELETE", &path, Value::Null).await.status, 428);
}

#[tokio::test]
async fn whoever_is_free_serves_and_the_list_can_be_narrowed_and_paged() {
    let world = World::new().await;
    let colour = |customer: &str| json!({ "service_id": world.salon.colour, "starts_at": TUESDAY, "customer": { "name": customer } });
    let post = async |body: Value| world.api("POST", "/api/v1/appointments", body).await;
    let first = post(colour("Eins")).await;
    let second = post(colour("Zwei")).await;
    assert_ne!(first.body["staff"]["id"], second.body["staff"]["id"]);
    assert_eq!(first.body["sync_status"], "not_connected");
    assert_eq!(post(colour("Drei")).await.body["code"], "slot_taken");
    for hour in [9, 10, 11, 12] {
        assert_eq!(world.book(&format!("2026-11-25T{hour:02}:00:00+01:00")).await.status, 201);
    }

    let list =
        async |query: &str| world.api("GET", &format!("/api/v1/appointments?{query}"), Value::Null).await;
    let count = async |query: &str| list(query).await.body["data"].as_array().unwrap().len();
    assert_eq!(count("").await, 6);
    assert_eq!(count("q=clara").await, 4);
    assert_eq!(count("from=2026-11-24&to=2026-11-24").await, 2);
    assert_eq!(count("from=2026-11-25T10:00:00%2B01:00&to=2026-11-25T12:00:00%2B01:00").await, 2);
    assert_eq!(count("sync=not_connected&sync=synced&status=").await, 2);
    assert_eq!(count(&format!("service={}&origin=api&status=confirmed", world.salon.cut)).await, 4);
    assert_eq!(count(&format!("staff={}", world.salon.ben)).await, 1);
    assert_eq!(count(&format!("branch={}", world.other.branch)).await, 0);

    let mut starts = Vec::new();
    let mut next = "/api/v1/appointments?limit=4&order=desc".to_owned();
    for last in [false, true] {
        let page = world.api("GET", &next, Value::Null).await;
        let of = |one: &Value| one["starts_at"].as_str().unwrap().to_owned();
        starts.extend(page.body["data"].as_array().unwrap().iter().map(of));
        assert_eq!(page.body["next_cursor"].is_null(), last);
        let link = page.header("link");
        assert_eq!(link.is_empty(), last);
        if let Some((address, rest)) = link.split_once('>') {
            assert_eq!(rest, "; rel=\"next\"");
            next = address.strip_prefix("<http://127.0.0.1:8080").unwrap().to_owned();
        }
    }
    assert_eq!(starts.len(), 6);
    assert!(starts.is_sorted_by(|a, b| a >= b), "{starts:?}");
}

#[tokio::test]
async fn the_catalogue_is_listed() {
    let world = World::new().await;
    let services = world.api("GET", "/api/v1/services", Value::Null).await;
    insta::assert_json_snapshot!("services", without_ids(&services.body));
    let staff = world.api("GET", "/api/v1/staff", Value::Null).await;
    let anna = &staff.body["data"][0];
    assert_eq!((&anna["name"], &anna["branch_id"]), (&json!("Anna Weber"), &json!(world.salon.branch)));
    assert_eq!(anna["service_ids"], json!([world.salon.cut, world.salon.colour]));
    let branches = world.api("GET", "/api/v1/branches", Value::Null).await;
    assert_eq!(branches.body["data"][0]["phone"], "+4930111111");
}

#[tokio::test]
async fn notice_and_window_hold_for_programs_unless_they_say_otherwise() {
    let world = World::new().await;
    let terms = Terms { minimum_notice_minutes: 120, booking_window_days: Some(7), ..Terms::default() };
    let edit = ServiceEdit { terms: Some(terms), ..ServiceEdit::default() };
    let act = ServiceAct::Edit(Box::new(edit));
    let (salon, cut) = (world.salon.id, world.salon.cut);
    world.engine.act_on_service(salon, cut, act, Actor::of(Origin::Admin), None).await.unwrap();
    // It is nine o'clock on Friday, 20 November.
    for (starts_at, status) in [
        ("2026-11-20T10:59:00+01:00", 422),
        ("2026-11-20T11:00:00+01:00", 201),
        ("2026-11-27T17:15:00+01:00", 201),
        ("2026-11-28T09:00:00+01:00", 422),
    ] {
        let booked = world.book(starts_at).await;
        assert_eq!(booked.status, status, "{}", booked.text);
        if status == 422 {
            assert_eq!(booked.body["code"], "outside_terms");
            assert_eq!(booked.body["errors"][0]["pointer"], "/starts_at", "{}", booked.text);
        }
    }
    let overriding = async |starts_at: &str, value: Value| {
        let mut wish = world.wish(starts_at);
        wish["override"] = value;
        world.api("POST", "/api/v1/appointments", wish).await
    };
    let booked = overriding("2026-11-20T10:00:00+01:00", json!(true)).await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    assert_eq!(overriding("2026-11-28T09:00:00+01:00", json!(false)).await.body["code"], "outside_terms");
    assert_eq!(overriding("2026-11-28T09:00:00+01:00", json!("yes")).await.body["code"], "validation_failed");
    // Nothing else is overridden.
    assert_eq!(overriding("2026-11-20T10:15:00+01:00", json!(true)).await.body["code"], "slot_taken");
    let closed = overriding("2026-11-28T20:00:00+01:00", json!(true)).await;
    assert_eq!(closed.body["code"], "outside_working_hours");
}
