//! Every recorded exchange: the client sends the recorded request, and reads the recorded answer as the
//! value it shows or as the class of error that is written down here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use calcom::{BookingsQuery, Client, Error, EventTypeId, InvalidReason, SlotBound, SlotsQuery};
use http::{Method, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::canned::{BASE_URL, Canned};
use crate::replay::{Outcome, call, one, page};

#[derive(Deserialize)]
struct Recording {
    request: RecordedRequest,
    response: RecordedResponse,
}

#[derive(Deserialize)]
struct RecordedRequest {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Value,
}

#[derive(Deserialize)]
struct RecordedResponse {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

/// Which method reads the answer to a request that the client never sends.
#[derive(Clone, Copy)]
enum By {
    EventTypes,
    EventType,
    Slots,
    Bookings,
    Booking,
}

/// Requests that the client cannot be made to send.
const NEVER_SENT: &[(u16, By, &str)] = &[
    (10, By::EventType, "title, slug and length are always sent"),
    (15, By::EventType, "ids of event types are numbers"),
    (24, By::EventType, "lengths are numbers"),
    (26, By::EventType, "unknown fields cannot be set"),
    (27, By::EventType, "metadata of event types cannot be set"),
    (28, By::EventTypes, "a version is always sent"),
    (29, By::EventTypes, "the version is always the same"),
    (43, By::Slots, "both bounds are always sent"),
    (44, By::Slots, "bounds are days or instants"),
    (47, By::Slots, "a version is always sent"),
    (59, By::Booking, "an attendee is always sent"),
    (63, By::Booking, "a start is an instant"),
    (68, By::Booking, "bodies are JSON"),
    (69, By::Booking, "a version is always sent"),
    (70, By::Booking, "the version is always the same"),
    (84, By::Booking, "a start is always sent"),
    (93, By::Booking, "a reason to cancel is always sent"),
    (95, By::Booking, "a reason to cancel is always sent"),
    (132, By::Booking, "metadata is text"),
    (133, By::Booking, "metadata is text"),
    (146, By::Bookings, "states are a closed list"),
    (156, By::Bookings, "bounds are instants"),
    (167, By::Bookings, "only filters that exist"),
    (168, By::Bookings, "a version is always sent"),
    (196, By::Booking, "a reason to cancel is always sent"),
    (197, By::Booking, "a version is always sent"),
    (198, By::Booking, "a version is always sent"),
    (205, By::Booking, "there is no such call"),
    (206, By::Booking, "there is no such call"),
    (207, By::Booking, "there is no such call"),
];

/// Fields of recorded requests that the client leaves out because Cal.com drops them or nobody needs them.
const LEFT_OUT: &[(u16, &[&str])] = &[(7, &["price", "currency"]), (16, &["price"]), (265, &["color"])];

/// Facts in answers that the types do not carry.
const UNREAD: &[&str] = &[
    // bookings
    "rating",
    "isPlatformManagedUserBooking",
    // people
    "avatarUrl",
    "bio",
    "brandColor",
    "darkBrandColor",
    "timeFormat",
    "weekStart",
    // event types
    "allowReschedulingCancelledBookings",
    "allowReschedulingPastBookings",
    "assignAllTeamMembers",
    "bookerActiveBookingsLimit",
    "bookingRequiresAuthentication",
    "calVideoSettings",
    "color",
    "disableCancelling",
    "disableOnPrefill",
    "disableRescheduling",
    "forwardParamsSuccessRedirect",
    "hideCalendarEventDetails",
    "hideCalendarNotes",
    "hideOrganizerEmail",
    "interfaceLanguage",
    "isInstantEvent",
    "lockTimeZoneToggleOnBookingPage",
    "offsetStart",
    "onlyShowFirstAvailableSlot",
    "requiresBookerEmailVerification",
    "rescheduleWithSameRoundRobinHost",
    "rrHostSubsetEnabled",
    "showOptimizedSlots",
    "team",
    "useDestinationCalendarEmail",
];

/// The recordings that do not succeed, each with its class.
const ERRORS: &[(u16, &str)] = &[
    (2, "Unauthorized"),
    (3, "Unauthorized"),
    (4, "Unauthorized"),
    (9, "Conflict"),
    (10, "Fields lengthInMinutes lengthInMinutes slug"),
    (14, "NotFound EventType"),
    (15, "Transient 500"),
    (22, "NotFound EventType"),
    (23, "NotFound EventType"),
    (24, "Fields lengthInMinutes lengthInMinutes"),
    (25, "Fields lengthInMinutes"),
    (28, "Unreadable"),
    (29, "Unreadable"),
    (33, "Conflict"),
    (34, "Fields triggers"),
    (35, "Fields subscriberUrl"),
    (36, "Fields subscriberUrl"),
    (43, "Fields start end"),
    (44, "Fields start end"),
    (46, "NotFound EventType"),
    (47, "UnknownRoute"),
    (52, "SlotTaken"),
    (53, "SlotTaken"),
    (54, "InThePast"),
    (55, "SlotTaken"),
    (56, "SlotTaken"),
    (58, "NotFound EventType"),
    (59, "Fields attendee"),
    (60, "Fields responses.email"),
    (61, "Fields attendee.timeZone"),
    (63, "Fields start"),
    (65, "Fields responses.email"),
    (67, "NotFound Booking"),
    (68, "Other"),
    (69, "Fields timeZone language metadata"),
    (70, "Fields timeZone language metadata"),
    (75, "AlreadyRescheduled ugaBQWnTtWMwTt1j1n1VhT"),
    (81, "SlotTaken"),
    (82, "SlotTaken"),
    (83, "InThePast"),
    (84, "Fields start"),
    (85, "NotFound Booking"),
    (88, "AlreadyCancelled"),
    (90, "AlreadyCancelled"),
    (91, "NotFound Booking"),
    (93, "CancellationReasonRequired"),
    (95, "CancellationReasonRequired"),
    (96, "AlreadyCancelled"),
    (100, "AlreadyConfirmed"),
    (107, "AlreadyConfirmed"),
    (108, "NotStarted"),
    (109, "NotStarted"),
    (112, "SlotTaken"),
    (122, "NotFound User"),
    (129, "Fields metadata"),
    (130, "Fields metadata"),
    (131, "Fields metadata"),
    (132, "Fields metadata"),
    (133, "Fields metadata.b metadata.n"),
    (146, "Fields status"),
    (152, "MissingEventType"),
    (156, "Fields afterStart"),
    (165, "Fields take"),
    (166, "Fields take"),
    (168, "Unreadable"),
    (169, "Unauthorized"),
    (175, "RateLimited 60"),
    (176, "RateLimited 60"),
    (181, "RateLimited 60"),
    (182, "RateLimited 60"),
    (183, "RateLimited 58"),
    (192, "AlreadyEnded"),
    (197, "Unreadable"),
    (198, "AlreadyCancelled"),
    (199, "Fields lengthInMinutes"),
    (201, "Fields location"),
    (204, "SlotTaken"),
    (205, "UnknownRoute"),
    (206, "UnknownRoute"),
    (207, "UnknownRoute"),
    (223, "NotFound EventType"),
    (224, "NotAllowed"),
    (226, "MissingEventType"),
    (227, "NotFound EventType"),
    (228, "NotFound EventType"),
    (245, "SlotTaken"),
    (253, "NotFound Webhook"),
    (256, "SlotTaken"),
    (263, "OutsideBookingWindow"),
    (264, "OutsideBookingWindow"),
    (266, "Fields client-phone"),
    (285, "SlotTaken"),
    (286, "SlotTaken"),
    (287, "SlotTaken"),
    (293, "SlotTaken"),
    (295, "SlotTaken"),
    (296, "SlotTaken"),
];

#[tokio::test]
async fn every_exchange_is_sent_and_read_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/http");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let errors: BTreeMap<u16, &str> = ERRORS.iter().copied().collect();
    let mut failed = BTreeSet::new();
    let (mut sent, mut read) = (0, 0);
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let number: u16 = name[..3].parse().unwrap();
        let recording: Recording = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let transport = Canned::new(Ok(response(&recording.response)));
        let key = recording
            .request
            .headers
            .get("Authorization")
            .map_or("cal_ours", |header| header.strip_prefix("Bearer ").unwrap());
        let client = transport.client(key);
        let never = NEVER_SENT.iter().find(|(never, ..)| *never == number);
        let outcome = if let Some((_, by, _)) = never {
            answer(&client, *by).await
        } else {
            let RecordedRequest { method, path, body, .. } = &recording.request;
            let mut body = body.clone();
            for (_, fields) in LEFT_OUT.iter().filter(|(left_out, _)| *left_out == number) {
                body.as_object_mut().unwrap().retain(|field, _| !fields.contains(&field.as_str()));
            }
            let outcome = call(&client, &method.parse().unwrap(), path, &body).await;
            assert_request(name, &transport.request(), &recording.request, &body, key);
            sent += 1;
            outcome
        };
        assert_outcome(name, &outcome, &recording.response);
        assert!(!format!("{client:?} {:?}", outcome.exchange).contains(key), "{name} shows the key");
        match (&outcome.result, errors.get(&number)) {
            (Ok(value), None) => assert_value(name, value, &recording),
            (Err(error), Some(class)) => {
                assert_eq!(label(error), *class, "{name}: {error}");
                failed.insert(number);
            }
            (Ok(_), Some(class)) => panic!("{name} should be {class}"),
            (Err(error), None) => panic!("{name} should succeed: {error}"),
        }
        read += 1;
    }
    println!("recordings replayed: {read} http ({sent} of them sent)");
    assert_eq!(sent + NEVER_SENT.len(), files.len(), "no recording is skipped");
    assert_eq!(failed, errors.into_keys().collect(), "no expectation is left over");
    assert_eq!(read, 291);
}

fn response(recorded: &RecordedResponse) -> Response<bytes::Bytes> {
    let mut response = Response::builder().status(recorded.status);
    for (name, value) in &recorded.headers {
        response = response.header(name, value);
    }
    response.body(recorded.body.to_string().into()).unwrap()
}

async fn answer(client: &Client, by: By) -> Outcome {
    match by {
        By::EventTypes => page(client.event_types().await, None),
        By::EventType => one(client.event_type(EventTypeId(2)).await),
        By::Slots => {
            let day = SlotBound::Day("2026-11-23".parse().unwrap());
            one(client.slots(&SlotsQuery::new(EventTypeId(2), day, day)).await)
        }
        By::Bookings => {
            let query = BookingsQuery { take: Some(1), ..BookingsQuery::default() };
            page(client.bookings(&query).await, Some(1))
        }
        By::Booking => one(client.booking(&"any".into()).await),
    }
}

fn assert_request(
    name: &str,
    sent: &http::Request<bytes::Bytes>,
    recorded: &RecordedRequest,
    body: &Value,
    key: &str,
) {
    assert_eq!(sent.method(), recorded.method.parse::<Method>().unwrap(), "{name}");
    let address = |url: Url| {
        let mut query: Vec<_> = url.query_pairs().into_owned().collect();
        query.sort();
        (url.path().to_owned(), query)
    };
    let base = Url::parse(BASE_URL).unwrap();
    assert_eq!(
        address(sent.uri().to_string().parse().unwrap()),
        address(base.join(&recorded.path).unwrap()),
        "{name}"
    );
    let header = |header: &str| sent.headers().get(header).map(|value| value.to_str().unwrap());
    assert_eq!(header("authorization"), Some(format!("Bearer {key}").as_str()), "{name}");
    assert!(sent.headers()["authorization"].is_sensitive());
    // "me" knows no versions and was recorded without one.
    let version = recorded.headers.get("cal-api-version").map_or("2024-08-13", String::as_str);
    assert_eq!(header("cal-api-version"), Some(version), "{name}");
    let sent_body: Value = match sent.body().as_ref() {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    };
    assert_eq!(header("content-type"), (!sent_body.is_null()).then_some("application/json"), "{name}");
    // No body and an empty object are the same to the server.
    let empty = |body: &Value| body.is_null() || *body == json!({});
    assert!(
        empty(&sent_body) && empty(body) || instants(&sent_body) == instants(body),
        "{name}: {sent_body} is not {body}"
    );
}

fn assert_outcome(name: &str, outcome: &Outcome, recorded: &RecordedResponse) {
    let header = |header: &str| recorded.headers.get(header).map(String::as_str);
    let number =
        |name: &str| header(&format!("X-RateLimit-{name}-Default")).map(|text| text.parse().unwrap());
    let told = outcome.limits.map(|limits| (limits.limit, limits.remaining, limits.reset));
    let recorded_limits = number("Limit").map(|limit: u32| {
        let reset = Duration::from_secs(number("Reset").unwrap().into());
        (limit, number("Remaining").unwrap(), reset)
    });
    assert_eq!(told, recorded_limits, "{name}");
    let exchange = &outcome.exchange;
    assert_eq!(exchange.status, Some(recorded.status), "{name}");
    assert_eq!(exchange.request_id.as_deref(), header("X-Request-Id"), "{name}");
    assert_eq!(exchange.response.is_none(), recorded.body.is_null(), "{name}");
    let shown = format!("{exchange:?}");
    for secret in ["whsec_test_secret", "anna_secret", "\"s3\""] {
        assert!(!shown.contains(secret), "{name} shows the secret of a webhook");
    }
}

/// Compares the value fact by fact with the recorded answer.
fn assert_value(name: &str, value: &Value, recording: &Recording) {
    let data = &recording.response.body["data"];
    if recording.request.method == "DELETE" {
        return assert!(value.is_null(), "{name}");
    }
    if recording.request.path.starts_with("/v2/slots?") {
        let slots: Vec<&Value> =
            data.as_object().unwrap().values().flat_map(|day| day.as_array().unwrap()).collect();
        assert_eq!(instants(value), instants(&json!(slots)), "{name}");
        return;
    }
    assert_facts(name, &instants(value), &instants(data));
}

/// What Cal.com says and we read is the same; what it says and we do not read is in the list; what it does
/// not say is nothing with us too.
fn assert_facts(path: &str, ours: &Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            for key in keys.into_iter().filter(|key| !UNREAD.contains(&key.as_str())) {
                match (ours.get(key).unwrap_or(&Value::Null), theirs.get(key).unwrap_or(&Value::Null)) {
                    (ours, theirs) if nothing(ours) && nothing(theirs) => {}
                    (ours, theirs) => assert_facts(&format!("{path}.{key}"), ours, theirs),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{path}");
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                assert_facts(&format!("{path}[{index}]"), ours, theirs);
            }
        }
        _ => assert_eq!(ours, theirs, "{path}"),
    }
}

fn nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(true) => false,
    }
}

/// The same value with every point in time written in one way.
fn instants(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(instant) => json!(instant.to_string()),
            Err(_) => value.clone(),
        },
        Value::Array(list) => list.iter().map(instants).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), instants(value))).collect(),
        other => other.clone(),
    }
}

/// The class of an error in a few words.
fn label(error: &Error) -> String {
    match error {
        Error::Transient { ambiguous: true, status: Some(status), .. } => format!("Transient {status}"),
        Error::Transient { .. } => "Transient without an answer".to_owned(),
        Error::RateLimited { retry_after } => format!("RateLimited {}", retry_after.as_secs()),
        Error::Unauthorized { .. } => "Unauthorized".to_owned(),
        Error::SlotTaken { .. } => "SlotTaken".to_owned(),
        Error::NotFound { missing, .. } => format!("NotFound {missing:?}"),
        Error::Unreadable { .. } => "Unreadable".to_owned(),
        Error::Invalid { reason: InvalidReason::AlreadyRescheduled { successor }, .. } => {
            format!("AlreadyRescheduled {}", successor.as_ref().map_or("?", |uid| uid.as_str()))
        }
        Error::Invalid { reason: InvalidReason::Fields, messages } => {
            messages.iter().fold("Fields".to_owned(), |text, message| {
                assert!(!message.message.is_empty());
                format!("{text} {}", message.field.as_deref().unwrap_or("?"))
            })
        }
        Error::Invalid { reason, .. } => format!("{reason:?}"),
    }
}
