//! The server over real sockets: the typed client talks to it, its webhooks arrive, and the levers work.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use bytes::Bytes;
use calcom::{BookingUid, Client, Error, HttpTransport, TimeOuts, Transport};
use calcom_sim::{HttpSink, NewEventType, NewUser, Options, Sim, server};
use http::Request;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

const KEY: &str = "cal_test_owner";

struct World {
    http: Arc<HttpTransport>,
    client: Client,
    url: Url,
    heard: Arc<Mutex<Vec<Value>>>,
}

async fn world() -> World {
    let now: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
    let sim = Sim::new(Options::new(Arc::new(move || now), 1));
    let owner = sim.add_user(NewUser::new("owner", "Salon Owner", "owner@salon.example"));
    sim.add_api_key(owner, KEY);
    sim.add_event_type(owner, NewEventType::new("Haircut", "haircut", 30));
    let http = Arc::new(HttpTransport::new(TimeOuts::default()).unwrap());
    sim.set_webhook_sink(Arc::new(HttpSink::new(http.clone())));

    let heard = Arc::new(Mutex::new(Vec::new()));
    let subscriber = axum::Router::new().route("/hook", post(hear)).with_state(heard.clone());
    let hook = serve(subscriber).await.join("hook").unwrap();
    sim.add_webhook(owner, hook.as_str(), None, &["BOOKING_CREATED", "BOOKING_CANCELLED"]);
    let url = serve(server(sim)).await;
    let client = Client::new(http.clone(), url.clone(), KEY.into());
    World { http, client, url, heard }
}

async fn serve(router: axum::Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/").parse().unwrap()
}

async fn hear(State(heard): State<Arc<Mutex<Vec<Value>>>>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["x-cal-signature-256"], "no-secret-provided");
    heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
}

impl World {
    async fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let request = Request::builder()
            .method(method)
            .uri(self.url.join(path).unwrap().as_str())
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = self.http.send(request).await.unwrap();
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }
}

#[tokio::test]
async fn a_guest_books_by_lever_the_client_sees_it_and_the_webhook_arrives() {
    let world = world().await;
    let wish = json!({
        "eventTypeId": 1,
        "start": "2026-11-23T09:00:00Z",
        "attendee": {"name": "<Dora>", "email": "dora@client.example"},
    });
    let (status, booked) = world.ask("POST", "/sim/bookings", &wish).await;
    assert_eq!(status, 201, "{booked}");
    let booked: Value = serde_json::from_str(&booked).unwrap();
    let uid = booked["uid"].as_str().unwrap();
    let (again, _) = world.ask("POST", "/sim/bookings", &wish).await;
    assert_eq!(again, 400, "the slot is taken");

    let seen = world.client.booking(&BookingUid::from(uid)).await.result.unwrap();
    assert_eq!(seen.attendees[0].name, "<Dora>");
    let (_, page) = world.ask("GET", "/", &Value::Null).await;
    assert!(page.contains(uid) && page.contains("&lt;Dora&gt;") && !page.contains("<Dora>"));

    let (_, moved) = world
        .ask("POST", &format!("/sim/bookings/{uid}/move"), &json!({"start": "2026-11-23T10:00:00Z"}))
        .await;
    let moved: Value = serde_json::from_str(&moved).unwrap();
    assert_eq!(moved["rescheduledFromUid"], uid);
    let path = format!("/sim/bookings/{}/cancel", moved["uid"].as_str().unwrap());
    assert_eq!(world.ask("POST", &path, &json!({"reason": "Ill"})).await.0, 200);
    let triggers: Vec<Value> =
        world.heard.lock().unwrap().iter().map(|body| body["triggerEvent"].clone()).collect();
    assert_eq!(triggers, ["BOOKING_CREATED", "BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn faults_ordered_by_lever_strike_on_the_wire() {
    let world = world().await;
    let (status, _) = world.ask("POST", "/sim/faults", &json!({"fault": "nonsense"})).await;
    assert_eq!(status, 422);
    for (fault, ambiguous) in [("dropRequest", true), ("dropAnswerAfterEffect", true), ("down", true)] {
        let order = json!({"fault": fault, "call": "me"});
        assert_eq!(world.ask("POST", "/sim/faults", &order).await.0, 201);
        let error = world.client.me().await.result.unwrap_err();
        assert!(matches!(error, Error::Transient { .. }), "{fault}: {error}");
        assert_eq!(error.may_have_had_effect(), ambiguous, "{fault}");
    }
    let (_, requests) = world.ask("GET", "/sim/requests", &Value::Null).await;
    let requests: Vec<Value> = serde_json::from_str(&requests).unwrap();
    let statuses: Vec<&Value> = requests.iter().map(|request| &request["status"]).collect();
    assert_eq!(statuses, [&Value::Null, &json!(200), &Value::Null], "only one of them took effect");
    world.client.me().await.result.unwrap();
}

#[tokio::test]
async fn every_fault_can_be_ordered_and_is_told_as_it_was_ordered() {
    let world = world().await;
    let orders = [
        json!({"fault": "dropRequest", "times": 2, "call": "createBooking"}),
        json!({"fault": "dropAnswerAfterEffect", "times": 1, "path": "/v2/me"}),
        json!({"fault": "serverErrorBefore", "times": 1}),
        json!({"fault": "serverErrorAfterEffect", "times": 1}),
        json!({"fault": "gatewayBefore", "status": 503, "times": 1}),
        json!({"fault": "gatewayAfter", "status": 504, "times": 1}),
        json!({"fault": "rateLimited", "seconds": 30, "times": 1}),
        json!({"fault": "appliedLate", "seconds": 45, "times": 1}),
        json!({"fault": "halfAnswer", "times": 1}),
        json!({"fault": "unknownFields", "times": 1}),
        json!({"fault": "slow", "seconds": 5, "times": 1}),
        json!({"fault": "down", "seconds": 120, "times": 1}),
        json!({"fault": "down", "times": 3}),
        json!({"fault": "allowOverlap", "times": 1}),
        json!({"fault": "loseWebhooks", "times": 1, "trigger": "BOOKING_CREATED"}),
        json!({"fault": "delayWebhooks", "seconds": 10, "times": 1}),
        json!({"fault": "duplicateWebhooks", "times": 1}),
        json!({"fault": "repeatWebhooks", "seconds": 600, "times": 1}),
        json!({"fault": "forgeWebhooks", "times": 1}),
        json!({"fault": "bareWebhooks", "times": 1}),
        json!({"fault": "strangeWebhooks", "times": 1}),
        json!({"fault": "reorderWebhooks", "times": 4}),
    ];
    for order in &orders {
        assert_eq!(world.ask("POST", "/sim/faults", order).await.0, 201, "{order}");
    }
    let (_, told) = world.ask("GET", "/sim/faults", &Value::Null).await;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&told).unwrap(), orders);

    // A snapshot keeps them over a clearing, and is refused if it is none.
    let (_, state) = world.ask("GET", "/sim/state", &Value::Null).await;
    world.ask("DELETE", "/sim/faults", &Value::Null).await;
    assert_eq!(world.ask("PUT", "/sim/state", &json!({"format": 0})).await.0, 422);
    let state: Value = serde_json::from_str(&state).unwrap();
    assert_eq!(world.ask("PUT", "/sim/state", &state).await.0, 204);
    let (_, again) = world.ask("GET", "/sim/faults", &Value::Null).await;
    assert_eq!(again, told);
}

#[tokio::test]
async fn a_host_asks_for_another_time_by_lever_and_the_guest_chooses_one() {
    let world = world().await;
    let wish = json!({
        "eventTypeId": 1,
        "start": "2026-11-23T09:00:00Z",
        "attendee": {"name": "Dora", "email": "dora@client.example"},
    });
    let uid = |answer: (u16, String)| -> (u16, String) {
        let booking: Value = serde_json::from_str(&answer.1).unwrap();
        (answer.0, booking["uid"].as_str().unwrap().to_owned())
    };
    let (_, first) = uid(world.ask("POST", "/sim/bookings", &wish).await);
    let path = format!("/sim/bookings/{first}/request-reschedule");
    assert_eq!(uid(world.ask("POST", &path, &json!({"reason": "Ill"})).await), (200, first.clone()));
    let path = format!("/sim/bookings/{first}/move-as-guest");
    let (status, next) = uid(world.ask("POST", &path, &json!({"start": "2026-11-23T10:00:00Z"})).await);
    assert_eq!(status, 201);
    let path = format!("/sim/bookings/{next}/cancel-as-guest");
    assert_eq!(world.ask("POST", &path, &json!({})).await.0, 200);
    let seen = world.client.booking(&BookingUid(next)).await.result.unwrap();
    assert_eq!(seen.rescheduled_from_uid, Some(BookingUid(first)));
    assert_eq!(seen.cancelled_by_email.as_deref(), Some("dora@client.example"));
    assert_eq!(world.ask("DELETE", "/sim/event-types/1", &Value::Null).await.0, 204);
    assert_eq!(world.client.booking(&seen.uid).await.result.unwrap().event_type_id, None);
}
