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
