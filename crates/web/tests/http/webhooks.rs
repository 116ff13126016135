//! What Cal.com tells us.

use axum::body::Body;
use axum::http::Request;
use calcom_sim::{Fate, Guest};
use serde_json::{Value, json};

use crate::world::{World, send};

#[tokio::test]
async fn a_booking_made_at_cal_com_appears_here() {
    let world = World::new().await;
    let start = World::at("2026-11-24T13:00:00Z");
    let guest = Guest::new("Greta Guest", "greta@client.example");
    world.sim.book_as_guest(world.salon.event_type, start, guest).await.unwrap();
    assert!(world.sim.webhooks().iter().all(|webhook| webhook.fate == Fate::Delivered(200)));
    world.work().await;
    let list = world.api("GET", "/api/v1/appointments", Value::Null).await;
    let [one] = &list.body["data"].as_array().unwrap()[..] else { panic!("{}", list.text) };
    assert_eq!((&one["origin"], &one["sync_status"]), (&json!("calcom"), &json!("synced")));
    assert_eq!(
        (&one["customer"]["name"], &one["staff"]["name"]),
        (&json!("Greta Guest"), &json!("Anna Weber"))
    );
}

#[tokio::test]
async fn only_genuine_deliveries_to_a_known_address_are_taken() {
    let world = World::new().await;
    let start = World::at("2026-11-24T13:00:00Z");
    let guest = Guest::new("Greta Guest", "greta@client.example");
    let uid = world.sim.book_as_guest(world.salon.event_type, start, guest).await.unwrap();
    let genuine = world.sim.webhooks().pop().unwrap().delivery;
    let token = genuine.url.rsplit('/').next().unwrap();
    let signature = genuine.headers["x-cal-signature-256"].to_str().unwrap();
    let connections = world.engine.store.connections(world.other.id).await.unwrap();
    let theirs = &connections[0].webhook_token;
    let forged = String::from_utf8_lossy(&genuine.body).replace("Greta", "Grete");
    let deliver = async |token: &str, signature: &str, body: &[u8]| {
        let request = Request::post(format!("/webhooks/calcom/{token}"))
            .header("x-cal-signature-256", signature)
            .body(Body::from(body.to_vec()))
            .unwrap();
        send(&world.app, request).await.status.as_u16()
    };
    assert_eq!(deliver(token, signature, &genuine.body).await, 200, "a repetition");
    assert_eq!(deliver("unknown", signature, &genuine.body).await, 404);
    assert_eq!(deliver(theirs, signature, &genuine.body).await, 401, "another company's address");
    assert_eq!(deliver(token, signature, forged.as_bytes()).await, 401);
    assert_eq!(deliver(token, "no-secret-provided", &genuine.body).await, 401);
    assert_eq!(deliver(token, "", &genuine.body).await, 401);
    assert_eq!(deliver(token, signature, &vec![b'x'; 1024 * 1024]).await, 401);
    assert_eq!(deliver(token, signature, &vec![b'x'; 1024 * 1024 + 1]).await, 413);
    world.work().await;
    let list =
        async |key: &str| world.request("GET", "/api/v1/appointments", key, Value::Null, &[]).await.body;
    assert_eq!(list(&world.other.key).await["data"], json!([]));
    let mine = list(&world.salon.key).await;
    assert_eq!(mine["data"].as_array().unwrap().len(), 1);
    assert_eq!(mine["data"][0]["calcom_booking_uid"], uid);
}
