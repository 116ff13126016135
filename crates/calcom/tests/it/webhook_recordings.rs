//! Every recorded webhook: its signature is checked, its facts are read.

use std::collections::BTreeMap;
use std::path::Path;

use calcom::webhook::{Party, Refusal, SIGNATURE_HEADER, Trigger, UNSIGNED, parse, sign, verify};
use calcom::{BookingStatus, EventTypeId};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Recording {
    headers: BTreeMap<String, String>,
    secret: Option<String>,
    body: String,
}

#[test]
fn every_delivery_is_verified_and_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/webhooks");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut unsigned = 0;
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let recording: Recording = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        unsigned += usize::from(!assert_signature(name, &recording));
        assert_facts(name, &recording.body);
        let trigger = name.split_once('-').unwrap().1;
        *seen.entry(trigger.to_owned()).or_default() += 1;
    }
    println!("recordings replayed: {} webhooks", files.len());
    assert_eq!(unsigned, 30);
    let expected = [
        ("BOOKING_CANCELLED", 9),
        ("BOOKING_CREATED", 72),
        ("BOOKING_NO_SHOW_UPDATED", 4),
        ("BOOKING_REJECTED", 3),
        ("BOOKING_REQUESTED", 15),
        ("BOOKING_RESCHEDULED", 10),
        ("MEETING_ENDED", 1),
        ("MEETING_STARTED", 1),
        ("PING", 1),
    ];
    assert_eq!(seen, expected.map(|(trigger, count)| (trigger.to_owned(), count)).into());
    assert_eq!(files.len(), 116);
}

/// Whether the delivery is signed.
fn assert_signature(name: &str, recording: &Recording) -> bool {
    let header = recording.headers[SIGNATURE_HEADER].as_str();
    let body = recording.body.as_bytes();
    let Some(secret) = &recording.secret else {
        assert_eq!(header, UNSIGNED, "{name}");
        assert_eq!(verify(&"any".into(), body, Some(header)), Err(Refusal::Unsigned), "{name}");
        return false;
    };
    let secret = SecretString::from(secret.as_str());
    assert_eq!(verify(&secret, body, Some(header)), Ok(()), "{name}");
    assert_eq!(sign(&secret, body), header, "{name}");
    let mut tampered = body.to_vec();
    *tampered.last_mut().unwrap() = b' ';
    assert_eq!(verify(&secret, &tampered, Some(header)), Err(Refusal::Mismatch), "{name}");
    assert_eq!(verify(&"another".into(), body, Some(header)), Err(Refusal::Mismatch), "{name}");
    true
}

fn assert_facts(name: &str, raw: &str) {
    let body: Value = serde_json::from_str(raw).unwrap();
    let delivery = parse(raw.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let flat = body["payload"].is_null();
    let facts = if flat { &body } else { &body["payload"] };
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let time = |value: &Value| value.as_str().map(|text| text.parse::<Timestamp>().unwrap());

    assert_eq!(delivery.trigger.as_str(), body["triggerEvent"], "{name}");
    assert!(!matches!(delivery.trigger, Trigger::Unknown(_)), "{name}");
    let sent = if flat { None } else { time(&body["createdAt"]) };
    assert_eq!(delivery.created_at, sent, "{name}");
    assert_eq!(delivery.created_at.is_none(), flat, "{name}");

    let payload = delivery.payload;
    let ping = delivery.trigger == Trigger::Ping;
    let uid = if facts["uid"].is_null() { &facts["bookingUid"] } else { &facts["uid"] };
    assert_eq!(payload.uid.as_ref().map(|uid| uid.0.clone()), text(uid), "{name}");
    assert_eq!(payload.uid.is_none(), ping, "{name}: every delivery about a booking names it");
    let id = if flat { &facts["id"] } else { &facts["bookingId"] };
    assert_eq!(payload.booking_id.map(|id| id.0), id.as_i64(), "{name}");
    assert_eq!(
        payload.reschedule_uid.as_ref().map(|uid| uid.0.clone()),
        text(&facts["rescheduleUid"]),
        "{name}"
    );
    assert_eq!(payload.reschedule_start, time(&facts["rescheduleStartTime"]), "{name}");
    assert_eq!(payload.reschedule_end, time(&facts["rescheduleEndTime"]), "{name}");
    assert_eq!(payload.rescheduled_by, text(&facts["rescheduledBy"]), "{name}");
    assert_eq!(payload.event_type_id.map(|id| id.0), facts["eventTypeId"].as_i64(), "{name}");
    assert_eq!(payload.event_type_slug, text(&facts["type"]), "{name}");
    assert_eq!(payload.title, text(&facts["title"]), "{name}");
    assert_eq!(payload.start, time(&facts["startTime"]), "{name}");
    assert_eq!(payload.end, time(&facts["endTime"]), "{name}");
    assert_eq!(payload.length_minutes.map(u64::from), facts["length"].as_u64(), "{name}");
    let status = facts["status"].as_str().map(|status| match status {
        "ACCEPTED" => BookingStatus::Accepted,
        "PENDING" => BookingStatus::Pending,
        "CANCELLED" => BookingStatus::Cancelled,
        "REJECTED" => BookingStatus::Rejected,
        other => panic!("{name}: {other}"),
    });
    assert_eq!(payload.status, status, "{name}");
    let organizer = facts.get("organizer").or_else(|| facts.get("user"));
    assert_eq!(payload.organizer, organizer.map(party), "{name}");
    let attendees: Vec<Party> = facts["attendees"].as_array().unwrap().iter().map(party).collect();
    assert_eq!(payload.attendees, attendees, "{name}");
    let metadata = facts["metadata"].as_object().into_iter().flatten();
    let metadata = metadata.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect();
    assert_eq!(payload.metadata, metadata, "{name}");
    assert_eq!(payload.cancellation_reason, text(&facts["cancellationReason"]), "{name}");
    assert_eq!(payload.rejection_reason, text(&facts["rejectionReason"]), "{name}");
    assert_eq!(payload.cancelled_by, text(&facts["cancelledBy"]), "{name}");
    assert_eq!(payload.request_reschedule, facts["requestReschedule"] == true, "{name}");
    assert_eq!(payload.ics_uid, text(&facts["iCalUID"]), "{name}");
    assert_eq!(payload.location, text(&facts["location"]), "{name}");
    assert_eq!(payload.additional_notes, text(&facts["additionalNotes"]), "{name}");
    assert_eq!(payload.updated_at, time(&facts["updatedAt"]), "{name}");
    for slug in ["our-ref", "client-phone", "notes", "email"] {
        let custom = &facts["userFieldsResponses"][slug]["value"];
        let answer = if custom.is_null() { &facts["responses"][slug]["value"] } else { custom };
        assert_eq!(payload.field(slug), answer.as_str(), "{name}: {slug}");
    }
}

fn party(value: &Value) -> Party {
    let text = |name: &str| value[name].as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let id = value["id"].as_i64();
    Party {
        id: id.map(|id| serde_json::from_value(id.into()).unwrap()),
        name: text("name"),
        email: text("email"),
        phone_number: text("phoneNumber"),
        username: text("username"),
        time_zone: text("timeZone"),
        language: value["language"]["locale"].as_str().map(ToOwned::to_owned).or_else(|| text("locale")),
        no_show: value["noShow"].as_bool(),
    }
}

/// What the recordings cannot show: other spellings, other refusals, other shapes.
#[test]
fn other_spellings_and_refusals() {
    let secret = SecretString::from("s");
    let body =
        br#"{"triggerEvent":"BOOKING.CREATED","createdAt":"2026-11-20T22:36:09.996Z","payload":{"uid":"u",
        "eventTypeId":"not a number","startTime":"soon","status":"SOMETHING_NEW","attendees":null,
        "responses":{"our-ref":"plain"}}}"#;
    let delivery = parse(body).unwrap();
    assert_eq!(delivery.trigger, Trigger::BookingCreated);
    assert_eq!(delivery.payload.uid, Some("u".into()));
    assert_eq!(delivery.payload.event_type_id, None);
    assert_eq!((delivery.payload.start, delivery.payload.status), (None, None));
    assert_eq!(delivery.payload.field("our-ref"), Some("plain"));

    let body = br#"{"triggerEvent":"EVENT_TYPE.UPDATED","createdAt":"2026-11-20T22:36:09Z",
        "payload":{"id":7,"slug":"haircut","title":"Haircut"}}"#;
    let delivery = parse(body).unwrap();
    assert_eq!(delivery.trigger, Trigger::EventTypeUpdated);
    assert_eq!(delivery.payload.event_type_id, Some(EventTypeId(7)));
    assert_eq!(delivery.payload.event_type_slug.as_deref(), Some("haircut"));
    assert_eq!(delivery.payload.booking_id, None);

    assert_eq!(Trigger::from("EVENT_TYPE_DELETED"), Trigger::EventTypeDeleted);
    let unknown = parse(br#"{"triggerEvent":"BRAND_NEW","payload":{}}"#).unwrap().trigger;
    assert_eq!(unknown, Trigger::Unknown("BRAND_NEW".to_owned()));
    for broken in [&b"{"[..], b"[]", b"null", br#"{"payload":{}}"#, br#"{"triggerEvent":5}"#, b"\xff"] {
        assert!(parse(broken).is_err());
    }

    let good = sign(&secret, body);
    for (secret, header, refusal) in [
        ("s", None, Refusal::Missing),
        ("s", Some(""), Refusal::Missing),
        ("s", Some("abc"), Refusal::Malformed),
        ("s", Some(&good[..62]), Refusal::Malformed),
        ("s", Some(UNSIGNED), Refusal::Unsigned),
        ("", Some(good.as_str()), Refusal::NoSecret),
    ] {
        assert_eq!(verify(&secret.into(), body, header), Err(refusal));
    }
    assert_eq!(verify(&secret, body, Some(&good.to_uppercase())), Ok(()));
}
