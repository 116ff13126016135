//! Whatever a language model makes up: every function answers with something that can be spoken, and nothing breaks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestRunner};
use retell::rehearsal::breaches;
use serde_json::{Map, Value, json};

use crate::world::{Reply, SIGNING_KEY, World, send};

const FUNCTIONS: [&str; 6] = [
    "check_availability",
    "book_appointment",
    "reschedule_appointment",
    "cancel_appointment",
    "find_appointments",
    "identify_customer",
];
const NAMES: [&str; 22] = [
    "send_code",
    "code",
    "service",
    "staff",
    "date",
    "date_end",
    "time",
    "time_preference",
    "max_results",
    "slot_id",
    "appointment_id",
    "customer_name",
    "name",
    "phone",
    "email",
    "notes",
    "appointment_date",
    "appointment_time",
    "reason",
    "branch",
    "language",
    "confirmed",
];
/// What a model sends when it is right, nearly right, and quite wrong.
const WORDS: [&str; 42] = [
    "Damenhaarschnitt",
    "färben",
    "Haarschnitt",
    "Anna",
    "Frau Weber",
    "egal",
    "morgen",
    "Dienstag",
    "nächsten Dienstag",
    "2026-11-24",
    "24.11.",
    "31.02.",
    "Montag, der 24. November",
    "2023-11-24",
    "2026-11-24T14:30:00Z",
    "in 14 Tagen",
    "next Friday",
    "9999-12-31",
    "-9999-01-01",
    "halb drei",
    "viertel drei",
    "14:30",
    "25:99",
    "nachmittags",
    "after 5 pm",
    "02:30",
    "A1",
    "S1",
    "S99",
    "Clara Client",
    "+4915112345678",
    "0151 12345678",
    "clara at example",
    "de",
    "en-GB",
    "xx",
    "",
    "null",
    "undefined",
    "{{x}}",
    "true",
    "\u{0}\u{202e}💇",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(&WORDS[..]).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[a-zäöüß0-9 .:,-]{0,60}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        8 => word().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::from("x".repeat(5_000))),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((word(), inner), 0..3).prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

fn object(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let name = prop_oneof![9 => select(names).prop_map(str::to_owned), 1 => any::<String>()];
    vec((name, value()), 0..8).prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into())
}

/// Arguments, mostly named as they are called, and what is said of the call.
fn asked() -> impl Strategy<Value = (&'static str, Value, Value)> {
    let args = prop_oneof![9 => object(&NAMES), 1 => value()];
    let of_call = &["from_number", "to_number", "direction", "start_timestamp", "transcript_with_tool_calls"];
    (select(&FUNCTIONS[..]), args, object(of_call))
}

async fn post(world: &World, name: &str, body: Vec<u8>) -> Reply {
    let signature = retell::sign(SIGNING_KEY, &body, world.engine.ambient.now());
    let path = format!("/voice/retell/{}/functions/{name}", world.salon.agent_token);
    let request = Request::post(path).header("x-retell-signature", signature);
    send(&world.app, request.body(Body::from(body)).unwrap()).await
}

/// Plays generated input in one salon, which keeps what was booked before.
fn for_all<T: std::fmt::Debug>(
    input: impl Strategy<Value = T>,
    judge: impl AsyncFn(&World, usize, T) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (world, played) = (runtime.block_on(World::new()), AtomicUsize::new(0));
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    config.max_shrink_iters = 200;
    TestRunner::new(config)
        .run(&input, move |input| {
            runtime.block_on(judge(&world, played.fetch_add(1, Ordering::Relaxed), input))
        })
        .unwrap();
}

#[test]
fn whatever_is_asked_is_answered_with_a_sentence() {
    for_all(asked(), async |world, number, (name, args, mut call)| {
        // The same few calls again and again: names that were told in them mean something.
        call["call_id"] = format!("call_{}", number % 7).into();
        let body = json!({ "name": name, "args": args, "call": call }).to_string();
        let reply = post(world, name, body.into_bytes()).await;
        let answered = Some((reply.status.as_u16(), reply.text.as_bytes()));
        let wrong = breaches("functions/x", answered, Duration::ZERO);
        prop_assert!(wrong.is_empty(), "{wrong:?}: {}", reply.text);
        Ok(())
    });
}

#[test]
fn what_is_no_call_is_refused_and_breaks_nothing() {
    let bodies = prop_oneof![
        vec(any::<u8>(), 0..200),
        value().prop_map(|value| value.to_string().into_bytes()),
        object(&["name", "args", "call"]).prop_map(|value| value.to_string().into_bytes()),
    ];
    for_all((select(&FUNCTIONS[..]), bodies), async |world, _, (name, body)| {
        let reply = post(world, name, body).await;
        prop_assert!(matches!(reply.status.as_u16(), 200 | 400), "{} {}", reply.status, reply.text);
        Ok(())
    });
}
