//! The proof that the simulator is a Cal.com: every recorded request is sent to it, in the recorded order
//! and at the recorded time, and what it answers and sends is compared with what the real server answered
//! and sent. What may differ is listed in `differences`, with the reason.

mod compare;
mod differences;
mod recording;
mod world;

use std::collections::BTreeSet;

use bytes::Bytes;
use calcom_sim::Fate;
use http::Request;
use serde_json::{Value, json};

use compare::{Names, difference};
use differences::{DIFFERENCES, Kind};
use recording::{Recorded, RecordedWebhook};
use world::World;

#[tokio::test]
async fn the_requests_of_all_recordings_are_answered_as_the_real_server_did() {
    let recordings = recording::http_in_order();
    let webhooks = recording::webhooks();
    let world = World::as_recorded();
    let mut names = Names::default();
    let mut failures = Vec::new();
    let mut used = BTreeSet::new();
    let mut compared_webhooks = 0;

    for (step, recorded) in recordings.iter().enumerate() {
        world.advance_to(recorded.date, step);
        world.before(recorded, &names).await;
        let sent_before = world.sim.webhooks().len();
        let response = world.sim.handle(request(recorded, &names)).await;
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        names.learn(&recorded.body, &body);

        let listed = DIFFERENCES.iter().find(|difference| difference.recording == recorded.number);
        let expected = names.translate(&recorded.body);
        let mut wrong = Vec::new();
        if response.status().as_u16() != recorded.status {
            wrong.push(format!("status {} instead of {}", response.status(), recorded.status));
        }
        wrong.extend(wrong_headers(recorded, response.headers()));
        let part_only = matches!(listed, Some(difference) if difference.kind == Kind::FewerFields);
        let found = difference(&expected, &body, part_only);
        if part_only && difference(&expected, &body, false).is_some() {
            used.insert(recorded.number);
        }
        wrong.extend(found);
        wrong.extend(names.wrong_update(&recorded.body, &body));

        let sent = world.sim.webhooks().split_off(sent_before);
        let delivered = sent.iter().filter(|record| matches!(record.fate, Fate::Delivered(_)));
        let mut left: Vec<_> = delivered.map(|record| &record.delivery).collect();
        for webhook in webhooks.iter().filter(|webhook| webhook.belongs_to(recorded)) {
            compared_webhooks += 1;
            let twin = left.iter().position(|delivery| webhook.is_like(delivery));
            match twin {
                None => wrong.push(format!("webhook {} was not sent", webhook.name)),
                Some(index) => {
                    let delivery = left.remove(index);
                    wrong.extend(wrong_webhook(webhook, delivery, &names));
                }
            }
        }
        wrong.extend(left.iter().map(|d| format!("webhook {} to {} was sent", d.trigger, d.url)));
        failures.extend(wrong.into_iter().map(|what| format!("{}: {what}", recorded.name)));
    }

    let attributable = webhooks.iter().filter(|webhook| webhook.has_a_cause()).count();
    assert_eq!(compared_webhooks, attributable, "every webhook with a known cause is compared once");
    let unused: Vec<u32> =
        DIFFERENCES.iter().map(|d| d.recording).filter(|number| !used.contains(number)).collect();
    assert_eq!(unused, Vec::<u32>::new(), "listed differences that are none");
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
    println!(
        "recordings replayed against the simulator: {} http, {compared_webhooks} webhooks, {} listed differences",
        recordings.len(),
        DIFFERENCES.len(),
    );
}

fn request(recorded: &Recorded, names: &Names) -> Request<Bytes> {
    let mut request = Request::builder()
        .method(recorded.method.as_str())
        .uri(names.translate_text(&recorded.path).replace('[', "%5B").replace(']', "%5D"));
    for (name, value) in &recorded.headers {
        request = request.header(name, value);
    }
    let body = match &recorded.request_body {
        Value::Null => String::new(),
        // Recorded as text because it is no JSON.
        Value::String(text) => text.clone(),
        json => names.translate_text(&json.to_string()),
    };
    request.body(Bytes::from(body)).unwrap()
}

/// The rate-limit headers: there or not as recorded, and exactly as recorded on a refusal.
fn wrong_headers(recorded: &Recorded, headers: &http::HeaderMap) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_refusal = recorded.status == 429;
    for name in ["X-RateLimit-Limit-Default", "X-RateLimit-Remaining-Default", "X-RateLimit-Reset-Default"] {
        let expected = recorded.response_headers.get(name).map(String::as_str);
        let got = headers.get(name).and_then(|value| value.to_str().ok());
        let same = expected.is_some() == got.is_some();
        let exact = is_refusal || name == "X-RateLimit-Limit-Default";
        if !same || (exact && expected != got) {
            wrong.push(format!("{name}: {got:?} instead of {expected:?}"));
        }
    }
    let unknown = Some("unknown-request-id");
    let expected = recorded.response_headers.get("X-Request-Id").map(String::as_str) == unknown;
    let got = headers.get("X-Request-Id").and_then(|value| value.to_str().ok()) == unknown;
    if expected != got {
        wrong.push("X-Request-Id".to_owned());
    }
    wrong
}

fn wrong_webhook(
    recorded: &RecordedWebhook,
    delivery: &calcom_sim::WebhookDelivery,
    names: &Names,
) -> Vec<String> {
    let name = &recorded.name;
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    let mut wrong = Vec::new();
    if let Some(what) = difference(&names.translate(&recorded.body), &body, false) {
        wrong.push(format!("webhook {name}: {what}"));
    }
    let signature = match &recorded.secret {
        Some(secret) => calcom::webhook::sign(&secret.as_str().into(), &delivery.body),
        None => "no-secret-provided".to_owned(),
    };
    let headers = json!({"X-Cal-Signature-256": signature, "X-Cal-Webhook-Version": "2021-10-20",
        "Content-Type": "application/json"});
    for (header, expected) in headers.as_object().unwrap() {
        let got = delivery.headers.get(header).and_then(|value| value.to_str().ok());
        if got != expected.as_str() {
            wrong.push(format!("webhook {name}: header {header} is {got:?}"));
        }
    }
    wrong
}
