//! The phone agent: what is asked for again, at once, sent twice, or by another form of a name.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::phone::{appointments, call, cut, ring, signed};
use crate::world::{Reply, SIGNING_KEY, World};

const CLARA: &str = "+4915112345678";

/// What Retell sends: the body and its signature.
struct Request {
    body: String,
    signature: String,
}

impl Request {
    fn of(world: &World, call: &Value, name: &str, args: &Value) -> Self {
        let body = json!({ "name": name, "args": args, "call": call }).to_string();
        let signature = retell::sign(SIGNING_KEY, body.as_bytes(), world.engine.ambient.now());
        Self { body, signature }
    }

    async fn send(&self, world: &World, name: &str) -> Reply {
        let reply = signed(world, &world.salon.agent_token, name, &self.body, &self.signature).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply
    }
}

fn colour(name: &str, time: &str) -> Value {
    json!({ "service": "Färben", "date": "2026-11-24", "time": time, "customer_name": name, "confirmed": true })
}

fn statuses(all: &[Value]) -> Vec<&str> {
    let mut statuses: Vec<_> = all.iter().map(|one| one["status"].as_str().unwrap()).collect();
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn a_request_that_is_sent_again_does_nothing_again() {
    let world = World::new().await;
    let line = call(&world, "c", CLARA);
    let booking = Request::of(&world, &line, "book_appointment", &cut("Clara Client", "10:00"));
    // The first answer was late, and others of the same request came before it.
    let answers = futures::future::join_all((0..4).map(|_| booking.send(&world, "book_appointment"))).await;
    assert!(answers.iter().all(|it| it.text == answers[0].text), "{answers:?}");
    let functions = async || world.engine.store.call_functions(world.salon.id, "c").await.unwrap();
    assert_eq!(functions().await.len(), 1, "one function was called");
    let cancel = json!({ "appointment_id": "A1", "confirmed": true });
    let cancelled = Request::of(&world, &line, "cancel_appointment", &cancel);
    assert_eq!(cancelled.send(&world, "cancel_appointment").await.body["status"], "ok");
    // It was still under way somewhere.
    assert_eq!(booking.send(&world, "book_appointment").await.text, answers[0].text);
    assert_eq!(statuses(&appointments(&world).await), ["cancelled"]);
    assert_eq!(functions().await.len(), 2);
    // Signed anew it is the same request; with another body it is another one.
    world.clock.set(World::at("2026-11-20T08:00:02Z"));
    let later = Request::of(&world, &line, "book_appointment", &cut("Clara Client", "10:00"));
    assert_ne!(later.signature, booking.signature);
    assert_eq!(later.send(&world, "book_appointment").await.text, answers[0].text);
    assert_eq!(statuses(&appointments(&world).await), ["cancelled"]);
    let wish = ring(&world, line, "book_appointment", cut("Clara Client", "10:00")).await;
    assert_eq!(wish.body["status"], "requested", "who asks again wants it again");
    assert_ne!(wish.body["data"]["reference"], answers[0].body["data"]["reference"]);
    assert_eq!(statuses(&appointments(&world).await), ["cancelled", "confirmed"]);
    // A wrong answer that is sent again is one wrong answer.
    let guess = json!({ "name": "Clara Client", "appointment_date": "25.11." });
    let guess = Request::of(&world, &call(&world, "d", "anonymous"), "find_appointments", &guess);
    for _ in 0..4 {
        assert_eq!(guess.send(&world, "find_appointments").await.body["status"], "not_found");
    }
    // Another call that sends the same words is another call.
    let other =
        ring(&world, call(&world, "e", CLARA), "book_appointment", cut("Clara Client", "10:00")).await;
    assert_eq!(other.body["status"], "conflict");
}

#[tokio::test]
async fn new_wishes_at_once_are_one_appointment_that_both_are_told_of() {
    let world = World::new().await;
    let line = call(&world, "c", CLARA);
    let book = |name| ring(&world, line.clone(), "book_appointment", colour(name, "10:00"));
    let answers = futures::future::join_all(["Clara Client", "clara client", "Clara Client"].map(book)).await;
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.body["status"]),
            (StatusCode::OK, &json!("ok")),
            "{}",
            answer.text
        );
        assert_eq!(answer.body["data"]["reference"], answers[0].body["data"]["reference"]);
        assert!(answer.body["data"]["reference"].is_string());
    }
    assert_eq!(appointments(&world).await.len(), 1);
}

#[tokio::test]
async fn a_short_name_is_the_same_person_and_another_name_is_not() {
    let world = World::new().await;
    let line = call(&world, "c", CLARA);
    let book = |args| ring(&world, line.clone(), "book_appointment", args);
    // Both Anna and Ben are free: nothing but the name tells that it is one wish.
    let wishes = ["Maria", "Maria Schmidt"].map(|name| book(colour(name, "10:00")));
    let answers = futures::future::join_all(wishes).await;
    let reference = &answers[0].body["data"]["reference"];
    assert!(reference.is_string(), "{answers:?}");
    assert_eq!(reference, &answers[1].body["data"]["reference"]);
    // She is not served twice at half past ten either: nothing is booked, and what she has is named.
    let later = book(colour("Maria Schmidt", "10:30")).await;
    assert_eq!(later.body["status"], "conflict", "{}", later.text);
    assert!(later.body["say"].as_str().unwrap().contains("um 10 Uhr,"), "{}", later.text);
    assert!(later.body["data"]["appointment_id"].is_string(), "{}", later.text);
    assert_eq!(appointments(&world).await.len(), 1);
    let peter = book(colour("Peter", "10:00")).await;
    assert_eq!(peter.body["status"], "ok", "{}", peter.text);
    assert_ne!(reference, &peter.body["data"]["reference"]);
    let afterwards = book(colour("Maria", "13:00")).await;
    assert_eq!(afterwards.body["status"], "ok");
    assert_eq!(appointments(&world).await.len(), 3);
}

#[tokio::test]
async fn titles_and_accents_make_no_second_customer_and_no_second_appointment() {
    let world = World::new().await;
    let reference = async |id: &str, name: &str, time: &str| {
        let answer = ring(&world, call(&world, id, CLARA), "book_appointment", colour(name, time)).await;
        assert_eq!(answer.body["status"], "ok", "{}", answer.text);
        answer.body["data"]["reference"].clone()
    };
    let first = reference("c", "Zoë Özdemir", "10:00").await;
    for name in ["Frau Zoë Özdemir", "Frau Dr. Zoe Oezdemir"] {
        assert_eq!(reference("c", name, "10:00").await, first, "{name}");
    }
    // In another call she is the same customer: her number alone tells who she is.
    reference("d", "Frau Zoe Oezdemir", "15:00").await;
    let names: Vec<_> = appointments(&world).await.iter().map(|it| it["customer"]["name"].clone()).collect();
    assert_eq!(names, ["Zoë Özdemir", "Zoë Özdemir"]);
    let found = ring(&world, call(&world, "e", CLARA), "find_appointments", json!({})).await;
    assert_eq!(found.body["data"]["appointments"].as_array().unwrap().len(), 2, "{}", found.text);
}

#[tokio::test]
async fn no_more_than_five_appointments_by_one_call_however_fast_they_are_asked_for() {
    let world = World::new().await;
    let line = call(&world, "c", CLARA);
    let times = ["9:00", "9:45", "10:30", "11:15", "12:00", "12:45", "13:30", "14:15"];
    let wishes = times.iter().enumerate();
    let wishes = wishes
        .map(|(n, time)| ring(&world, line.clone(), "book_appointment", cut(&format!("Kind {n}"), time)));
    let answers = futures::future::join_all(wishes).await;
    let made = answers.iter().filter(|answer| answer.body["status"] == "requested").count();
    let refused = answers.iter().filter(|answer| answer.body["data"]["transfer"] == true).count();
    assert_eq!((made, refused), (5, 3), "{answers:?}");
    assert_eq!(appointments(&world).await.len(), 5);
    // Each of them may still be changed, and none beside them.
    let cancel = json!({ "appointment_id": "A1", "confirmed": true });
    let cancelled = ring(&world, line.clone(), "cancel_appointment", cancel).await;
    assert_eq!(cancelled.body["status"], "ok", "{}", cancelled.text);
    let one_more = ring(&world, line, "book_appointment", cut("Kind 9", "16:00")).await;
    assert_eq!(one_more.body["data"]["transfer"], true);
}
