//! What programs are told when something is wrong.

use axum::body::Body;
use axum::http::Request;
use domain::case::{Due, Priority};
use serde_json::{Value, json};

use crate::world::{World, send, without_ids};

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_in_the_language_asked_for() {
    let world = World::new().await;
    let wrong = json!({
        "service_id": "apt_1", "starts_at": "2026-11-24T14:30:00", "staff": "Anna",
        "customer": { "email": "clara", "phone": "110110110110110110110", "birth/day": "1990" },
    });
    for language in ["de", "en"] {
        let headers = [("accept-language", language)];
        let path = "/api/v1/appointments";
        let reply = world.request("POST", path, &world.salon.key, wrong.clone(), &headers).await;
        assert_eq!(reply.status, 422);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.header("content-language"), language);
        assert_eq!(reply.body["request_id"], reply.header("x-request-id"));
        insta::assert_json_snapshot!(format!("validation_{language}"), without_ids(&reply.body));
    }
    let query = "/api/v1/appointments?status=done&limit=500&from=yesterday&colour=red&cursor=x";
    let reply = world.api("GET", query, Value::Null).await;
    insta::assert_json_snapshot!("query", without_ids(&reply.body));
}

#[tokio::test]
async fn each_refusal_has_its_status_and_code() {
    let world = World::new().await;
    let path = "/api/v1/appointments";
    let with = |field: &str, value: Value| {
        let mut wish = world.wish("2026-11-24T14:30:00+01:00");
        wish[field] = value;
        wish
    };
    for (method, path, body, status, code) in [
        ("POST", path, with("starts_at", "2020-01-01T10:00:00Z".into()), 422, "in_the_past"),
        ("POST", path, with("starts_at", "2026-11-24T20:00:00+01:00".into()), 422, "outside_working_hours"),
        ("POST", path, with("staff_id", json!(world.salon.ben)), 422, "staff_not_offering"),
        ("POST", path, with("service_id", json!(world.other.cut)), 422, "service_not_bookable"),
        ("POST", path, with("starts_at", "2026-11-24T14:30:30+01:00".into()), 422, "validation_failed"),
        ("POST", path, json!([]), 400, "malformed"),
        ("DELETE", path, Value::Null, 405, "method_not_allowed"),
        ("POST", path, with("notes", "x".repeat(70_000).into()), 413, "body_too_large"),
        ("POST", path, Value::Null, 415, "unsupported_media_type"),
        ("GET", "/api/v1/appointments/", Value::Null, 404, "not_found"),
        ("GET", "/api/v2", Value::Null, 404, "not_found"),
    ] {
        let reply = world.api(method, path, body).await;
        assert_eq!((reply.status.as_u16(), reply.body["code"].as_str()), (status, Some(code)), "{reply:?}");
        assert_eq!(reply.body["type"], format!("http://127.0.0.1:8080/docs/errors/{code}"));
    }
    let allowed = world.api("DELETE", path, Value::Null).await;
    assert_eq!(allowed.header("allow"), "GET,HEAD,POST");
    for key in ["", "ek_live_unknown", world.engine.ambient.token().as_str()] {
        let reply = world.request("GET", path, key, Value::Null, &[]).await;
        assert_eq!((reply.status.as_u16(), reply.header("www-authenticate")), (401, "Bearer"));
    }
    let headers = [("idempotency-key", "")];
    let reply =
        world.request("POST", path, &world.salon.key, world.wish("2026-11-24T14:30:00Z"), &headers).await;
    assert_eq!(reply.body["errors"][0]["header"], "Idempotency-Key");
}

#[tokio::test]
async fn a_withdrawn_key_opens_nothing() {
    let world = World::new().await;
    let keys = world.engine.store.api_keys(world.salon.id).await.unwrap();
    let used = keys.iter().find(|key| !key.scopes.is_empty()).unwrap();
    assert_eq!(world.api("GET", "/api/v1/services", Value::Null).await.status, 200);
    world.engine.store.revoke_api_key(world.salon.id, used.id, world.engine.ambient.now()).await.unwrap();
    assert_eq!(world.api("GET", "/api/v1/services", Value::Null).await.status, 401);
}

#[tokio::test]
async fn health_is_told() {
    let world = World::new().await;
    let get = async |path: &str| send(&world.app, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(get("/livez").await.text, "ok");
    let ready = get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.body["status"]), (200, &json!("ready")));
    assert_eq!(get("/metrics").await.status, 404, "not configured");
    // What an error of our own keeps from being done again and again is told, and makes nobody unfit.
    let id = world.book("2026-11-24T14:30:00+01:00").await.id();
    let (store, now) = (&world.engine.store, world.engine.ambient.now());
    for _ in 0..store::Work::FAILING {
        assert_eq!(get("/readyz").await.body["checks"]["work"], "ok");
        let lease = store.claim_lanes("w", now, std::time::Duration::from_secs(9), 9).await.unwrap();
        let lease = &lease[0].0;
        let due = Due { at: now, priority: Priority::Change };
        let work = store.due_work(lease, now, 1).await.unwrap().remove(0);
        store.failed(lease, &work, due).await.unwrap();
        store.release_lane(lease.clone(), Value::Null, now).await.unwrap();
    }
    let ready = get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.body["checks"]["work"]), (200, &json!("failing")));
    assert!(ready.body["reasons"][0].as_str().unwrap().starts_with("1 piece(s) of work"), "{}", ready.text);
    let status = world.api("GET", &format!("/api/v1/appointments/{id}/sync-status"), Value::Null).await;
    assert_eq!(status.body["error"]["code"], "internal_error");
    world.work().await;
    assert_eq!(get("/readyz").await.body["checks"]["work"], "ok");
    world.engine.store.migrate_down(1).await.unwrap();
    let behind = get("/readyz").await;
    assert_eq!((behind.status.as_u16(), &behind.body["checks"]["migrations"]), (503, &json!("failed")));
}
