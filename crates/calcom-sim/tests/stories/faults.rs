//! Every fault, ordered and felt through the typed client: what the caller sees, and what took effect.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use calcom::Error;
use calcom_sim::{CallKind, CallMatch, Fault, WebhookDelivery, WebhookSink};
use jiff::SignedDuration;

use crate::world::{World, at};

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

#[tokio::test(start_paused = true)]
async fn webhooks_are_lost_doubled_delayed_and_reordered_as_ordered() {
    let world = World::new();
    world.sim.order(Fault::LoseWebhooks, None, 1);
    world.sim.order(Fault::DuplicateWebhooks, None, 1);
    world.sim.order(Fault::DelayWebhooks { by: Duration::from_secs(90) }, None, 1);
    world.sim.order(Fault::ReorderWebhooks, None, 2);
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
    tokio::time::sleep(Duration::from_secs(91)).await;
    assert_eq!(world.heard.triggers().len(), 5, "late, but there");
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
