//! Every fault, ordered and felt through the typed client: what the caller sees, and what took effect.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use calcom::Error;
use calcom_sim::{CallKind, CallMatch, Fate, Fault, WebhookDelivery, WebhookSink};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, at, clara, kind};

const CREATE: Option<CallMatch> = Some(CallMatch::Kind(CallKind::CreateBooking));

#[tokio::test]
async fn faults_of_the_network_differ_in_what_took_effect() {
    let world = World::new();
    let expected = [
        (Fault::DropRequest, true, 0),
        (Fault::Down, false, 0),
        (Fault::ServerErrorBefore, true, 0),
        (Fault::DropAnswerAfterEffect, true, 1),
        (Fault::ServerErrorAfterEffect, true, 2),
    ];
    for (hour, (fault, ambiguous, bookings)) in (9..).zip(expected) {
        world.sim.order(fault, CREATE, 1);
        world.client.me().await.result.expect("other calls are not struck");
        let error = world.book(&format!("2026-11-23T{hour:02}:00:00Z")).await.unwrap_err();
        assert_eq!(error.may_have_had_effect(), ambiguous, "{fault:?}: {error}");
        assert_eq!(world.sim.bookings().len(), bookings, "{fault:?}");
        assert_eq!(world.heard.triggers().len(), bookings, "{fault:?}: webhooks go with the effect");
        assert_eq!(world.sim.faults(), [], "{fault:?} strikes once");
    }
    world.book("2026-11-23T15:00:00Z").await.expect("nothing is ordered any more");
}

#[tokio::test]
async fn an_ordered_429_blocks_the_key_until_the_time_is_over() {
    let world = World::new();
    world.sim.order(Fault::RateLimited { block: SignedDuration::from_secs(60) }, None, 1);
    let error = world.book("2026-11-23T09:00:00Z").await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { retry_after } if retry_after.as_secs() == 60));
    world.pass(59);
    assert!(world.client.me().await.result.is_err());
    world.pass(1);
    world.book("2026-11-23T09:00:00Z").await.unwrap();
}

#[tokio::test]
async fn an_outage_ends_by_the_clock() {
    let world = World::new();
    world.sim.order(Fault::DownUntil(at("2026-11-20T08:02:00Z")), None, 1);
    for _ in 0..3 {
        assert!(!world.book("2026-11-23T09:00:00Z").await.unwrap_err().may_have_had_effect());
        world.pass(39);
    }
    world.pass(3);
    world.book("2026-11-23T09:00:00Z").await.unwrap();
}

#[tokio::test]
async fn webhooks_are_lost_doubled_delayed_and_reordered_as_ordered() {
    let world = World::new();
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.sim.order(Fault::DuplicateWebhooks, None, 1);
    world.sim.order(Fault::DelayWebhooks { by: SignedDuration::from_secs(90) }, None, 1);
    world.sim.order(Fault::ReorderWebhooks, None, 2);
    world.sim.order(Fault::RepeatWebhooks { by: SignedDuration::from_secs(120) }, None, 1);
    world.book("2026-11-23T09:00:00Z").await.unwrap();
    assert_eq!(world.heard.triggers().len(), 0, "lost");
    world.book("2026-11-23T10:00:00Z").await.unwrap();
    assert_eq!(world.heard.triggers().len(), 2, "doubled");
    world.book("2026-11-23T11:00:00Z").await.unwrap();
    assert_eq!(world.heard.triggers().len(), 2, "delayed");
    let uid = world.book("2026-11-23T12:00:00Z").await.unwrap();
    assert_eq!(world.heard.triggers().len(), 2, "held back");
    world.client.cancel(&uid, "closed").await.result.unwrap();
    assert_eq!(world.heard.triggers()[2..], ["BOOKING_CANCELLED", "BOOKING_CREATED"], "last first");
    world.book("2026-11-23T13:00:00Z").await.unwrap();
    assert_eq!(world.heard.triggers().len(), 5, "once for now");
    assert_eq!((world.sim.under_way(), world.sim.next_due()), (2, Some(at("2026-11-20T08:01:30Z"))));
    world.pass(89);
    world.sim.arrive_due().await;
    assert_eq!(world.heard.triggers().len(), 5);
    world.pass(1);
    world.client.me().await.result.unwrap();
    assert_eq!(world.heard.all().pop().unwrap(), late_twin(&world, 1), "late, but as it was sent");
    world.sim.arrive_all().await;
    assert_eq!(world.heard.all()[6], world.heard.all()[4], "the same once more");
}

/// The webhook of the booking at eleven, which the simulator logs when it is delivered.
fn late_twin(world: &World, from_the_end: usize) -> Value {
    let log = world.sim.webhooks();
    let body: Value = serde_json::from_slice(&log[log.len() - from_the_end].delivery.body).unwrap();
    assert_eq!(body["payload"]["startTime"], "2026-11-23T11:00:00Z");
    body
}

#[tokio::test]
async fn a_request_takes_effect_after_its_caller_has_given_up() {
    let world = World::new();
    world.sim.order(Fault::AppliedLate { by: SignedDuration::from_secs(45) }, CREATE, 1);
    assert!(world.book("2026-11-23T09:00:00Z").await.unwrap_err().may_have_had_effect());
    world.pass(44);
    world.client.me().await.result.unwrap();
    assert_eq!((world.sim.bookings().len(), world.heard.triggers().len()), (0, 0), "not yet");
    world.pass(10);
    let listed = world.client.bookings(&calcom::BookingsQuery::default()).await.result.unwrap();
    assert_eq!((listed.items.len(), world.heard.triggers().len()), (1, 1), "whoever looks then sees it");
    assert_eq!(listed.items[0].created_at, at("2026-11-20T08:00:45Z"), "it arrived when it was due");
    let creates: Vec<_> = world
        .sim
        .requests()
        .into_iter()
        .filter(|r| r.method == http::Method::POST)
        .map(|r| r.status)
        .collect();
    assert_eq!(creates, [None, Some(http::StatusCode::CREATED)]);

    // Meanwhile somebody else may have taken the slot, or the same caller on a second try.
    world.sim.order(Fault::AppliedLate { by: SignedDuration::from_secs(45) }, CREATE, 1);
    world.book("2026-11-23T10:00:00Z").await.unwrap_err();
    world.book("2026-11-23T10:00:00Z").await.unwrap();
    world.sim.arrive_all().await;
    assert_eq!(world.sim.bookings().len(), 2, "it came too late");
    assert_eq!(world.sim.under_way(), 0);
}

#[tokio::test]
async fn answers_break_off_come_from_a_proxy_or_say_more_than_is_known() {
    let world = World::new();
    let gateway = |status, after_effect| Fault::Gateway { status, after_effect };
    world.sim.order(gateway(502, false), CREATE, 1);
    let error = world.book("2026-11-23T09:00:00Z").await.unwrap_err();
    assert!(matches!(error, Error::Transient { ambiguous: true, status: Some(502), .. }), "{error:?}");
    assert_eq!(world.sim.bookings().len(), 0);
    world.sim.order(gateway(504, true), CREATE, 1);
    let error = world.book("2026-11-23T09:00:00Z").await.unwrap_err();
    assert!(matches!(error, Error::Transient { ambiguous: true, status: Some(504), .. }), "{error:?}");
    world.sim.order(Fault::HalfAnswer, CREATE, 1);
    let error = world.book("2026-11-23T10:00:00Z").await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }) && error.may_have_had_effect(), "{error:?}");
    assert_eq!((world.sim.bookings().len(), world.heard.triggers().len()), (2, 2));

    let plain = world.client.bookings(&calcom::BookingsQuery::default()).await.result.unwrap();
    world.sim.order(Fault::UnknownFields, None, 1);
    let strange = world.client.bookings(&calcom::BookingsQuery::default()).await;
    assert!(strange.exchange.response.unwrap().to_string().contains("ofTomorrow"));
    assert_eq!(strange.result.unwrap().items, plain.items);
}

#[tokio::test]
async fn webhooks_are_forged_or_tell_less_or_more_than_they_should() {
    let world = World::new();
    world.sim.order(Fault::ForgeWebhooks, None, 1);
    world.book("2026-11-23T09:00:00Z").await.unwrap();
    let fates: Vec<_> = world.sim.webhooks().into_iter().map(|r| (r.delivery.trigger, r.fate)).collect();
    let forged = ("BOOKING_CANCELLED".to_owned(), Fate::Delivered(401));
    assert_eq!(fates, [forged, ("BOOKING_CREATED".to_owned(), Fate::Delivered(200))]);
    let with_field =
        kind("Colour", &[("bookingFields", json!([{"type": "text", "slug": "our-ref", "label": "R"}]))]);
    let colour = world.sim.add_event_type(world.owner, with_field);
    let mut wish = calcom::NewBooking::new(calcom::EventTypeId(colour), at("2026-11-23T10:00:00Z"), clara());
    wish.metadata.insert("ref".to_owned(), "A".to_owned());
    wish.booking_fields_responses.insert("our-ref".to_owned(), json!("A"));
    for (fault, said) in [(Fault::BareWebhooks, None), (Fault::StrangeWebhooks, Some("A"))] {
        world.sim.order(fault, None, 1);
        let made = world.client.create_booking(&wish).await.result.unwrap();
        let told = calcom::webhook::parse(world.heard.last().to_string().as_bytes()).unwrap().payload;
        assert_eq!(
            (told.uid.clone(), told.metadata.get("ref").map(String::as_str)),
            (Some(made.uid), said),
            "{fault:?}"
        );
        assert_eq!(told.field("our-ref"), said, "{fault:?}");
        wish.start += SignedDuration::from_hours(1);
    }
}

#[tokio::test]
async fn a_meeting_is_told_flat_and_in_the_recorded_shape() {
    let world = World::new();
    let uid = world.guest_books(world.event_type, "2026-11-23T09:00:00Z").await;
    world.sim.tell_meeting_started(uid.as_str()).await.unwrap();
    world.sim.tell_meeting_ended(uid.as_str()).await.unwrap();
    assert_eq!(world.heard.triggers()[1..], ["MEETING_STARTED", "MEETING_ENDED"]);
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../calcom/tests/recordings/webhooks/068-MEETING_ENDED.json");
    let recorded: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let recorded: Value = serde_json::from_str(recorded["body"].as_str().unwrap()).unwrap();
    let names = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let told = world.heard.last();
    assert_eq!(names(&told), names(&recorded));
    assert_eq!(names(&told["user"]), names(&recorded["user"]));
    assert_eq!(names(&told["attendees"][0]), names(&recorded["attendees"][0]));
    let read = calcom::webhook::parse(told.to_string().as_bytes()).unwrap();
    assert_eq!((read.payload.uid, read.created_at), (Some(uid), None));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_after_its_effect() {
    let world = World::new();
    world.sim.order(Fault::Slow(Duration::from_secs(20)), CREATE, 1);
    let gave_up = tokio::time::timeout(Duration::from_secs(10), world.book("2026-11-23T09:00:00Z")).await;
    assert!(gave_up.is_err());
    assert_eq!(world.sim.bookings().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_hangs_up_does_not_stop_the_webhooks() {
    struct Slow(Mutex<u32>);
    #[async_trait]
    impl WebhookSink for Slow {
        async fn deliver(&self, _: WebhookDelivery) -> Option<u16> {
            tokio::time::sleep(Duration::from_secs(20)).await;
            *self.0.lock().unwrap() += 1;
            Some(200)
        }
    }
    let world = World::new();
    let slow = Arc::new(Slow(Mutex::new(0)));
    world.sim.set_webhook_sink(slow.clone());
    let gave_up = tokio::time::timeout(Duration::from_secs(10), world.book("2026-11-23T09:00:00Z")).await;
    assert!(gave_up.is_err(), "the answer waits for the subscriber");
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(*slow.0.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_race_double_books_overlapping_times_but_not_the_very_same_slot() {
    let world = World::new();
    world.book("2026-11-23T09:00:00Z").await.unwrap();
    assert!(matches!(world.book("2026-11-23T09:15:00Z").await, Err(Error::SlotTaken { .. })));
    world.sim.order(Fault::AllowOverlap, CREATE, 2);
    world.book("2026-11-23T09:15:00Z").await.expect("both requests saw a free slot");
    assert!(matches!(world.book("2026-11-23T09:00:00Z").await, Err(Error::SlotTaken { .. })));
}
