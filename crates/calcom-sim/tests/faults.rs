//! Every fault, ordered and felt through the typed client: what the caller sees, and what took effect.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use calcom::{BookingUid, Client, Error, EventTypeId, NewAttendee, NewBooking, Rescheduling};
use calcom_sim::{
    CallKind, CallMatch, Fault, Guest, NewEventType, NewUser, Options, Sim, WebhookDelivery, WebhookSink,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

const KEY: &str = "cal_test_owner";
const SECRET: &str = "whsec";
const CREATE: Option<CallMatch> = Some(CallMatch::Kind(CallKind::CreateBooking));

struct World {
    sim: Sim,
    client: Client,
    clock: Arc<Mutex<Timestamp>>,
    heard: Arc<Heard>,
    event_type: i64,
}

/// What the subscriber received, in order: trigger and uid.
#[derive(Default)]
struct Heard(Mutex<Vec<(String, String)>>);

#[async_trait]
impl WebhookSink for Heard {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let signature = delivery.headers["x-cal-signature-256"].to_str().unwrap();
        assert_eq!(signature, calcom::webhook::sign(&SecretString::from(SECRET), &delivery.body));
        let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
        let uid = body["payload"]["uid"].as_str().unwrap().to_owned();
        self.0.lock().unwrap().push((delivery.trigger, uid));
        Some(200)
    }
}

impl Heard {
    fn triggers(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(trigger, _)| trigger.clone()).collect()
    }
}

fn world() -> World {
    let clock = Arc::new(Mutex::new(at("2026-11-20T08:00:00Z")));
    let reading = Arc::clone(&clock);
    let sim = Sim::new(Options::new(Arc::new(move || *reading.lock().unwrap()), 1));
    let owner = sim.add_user(NewUser::new("owner", "Salon Owner", "owner@salon.example"));
    sim.add_api_key(owner, KEY);
    let event_type = sim.add_event_type(owner, NewEventType::new("Haircut", "haircut", 30));
    let heard = Arc::new(Heard::default());
    sim.set_webhook_sink(heard.clone());
    let client = Client::new(Arc::new(sim.transport()), "http://cal.example".parse().unwrap(), KEY.into());
    sim.add_webhook(
        owner,
        "http://127.0.0.1/hook",
        Some(SECRET),
        &["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"],
    );
    World { sim, client, clock, heard, event_type }
}

impl World {
    async fn book(&self, start: &str) -> Result<BookingUid, Error> {
        let attendee = NewAttendee {
            name: "Clara Client".to_owned(),
            email: Some("clara@client.example".to_owned()),
            time_zone: "Europe/Berlin".to_owned(),
            language: None,
            phone_number: None,
        };
        let booking = NewBooking::new(EventTypeId(self.event_type), at(start), attendee);
        self.client.create_booking(&booking).await.result.map(|booking| booking.uid)
    }

    fn pass(&self, seconds: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn faults_of_the_network_differ_in_what_took_effect() {
    let world = world();
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
    let world = world();
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
    let world = world();
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
    let world = world();
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
    let world = world();
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
    let world = world();
    let slow = Arc::new(Slow(Mutex::new(0)));
    world.sim.set_webhook_sink(slow.clone());
    let gave_up = tokio::time::timeout(Duration::from_secs(10), world.book("2026-11-23T09:00:00Z")).await;
    assert!(gave_up.is_err(), "the answer waits for the subscriber");
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(*slow.0.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_race_double_books_overlapping_times_but_not_the_very_same_slot() {
    let world = world();
    world.book("2026-11-23T09:00:00Z").await.unwrap();
    assert!(matches!(world.book("2026-11-23T09:15:00Z").await, Err(Error::SlotTaken { .. })));
    world.sim.order(Fault::AllowOverlap, CREATE, 2);
    world.book("2026-11-23T09:15:00Z").await.expect("both requests saw a free slot");
    assert!(matches!(world.book("2026-11-23T09:00:00Z").await, Err(Error::SlotTaken { .. })));
}

#[tokio::test]
async fn what_people_do_at_cal_com_is_seen_by_the_client_and_told_by_webhook() {
    let world = world();
    let uid = world
        .sim
        .book_as_guest(
            world.event_type,
            at("2026-11-23T09:00:00Z"),
            Guest::new("Dora", "dora@client.example"),
        )
        .await
        .unwrap();
    let moved =
        world.sim.move_booking(&uid, at("2026-11-23T10:00:00Z"), Some("Stylist is late")).await.unwrap();
    world.sim.cancel_booking(&moved, "Ill").await.unwrap();
    assert_eq!(world.heard.triggers(), ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"],);
    let seen = world.client.booking(&BookingUid(moved.clone())).await.result.unwrap();
    assert_eq!(seen.rescheduled_from_uid, Some(BookingUid(uid.clone())));
    assert_eq!(seen.cancelled_by_email.as_deref(), Some("owner@salon.example"));
    let to = Rescheduling::to(at("2026-11-23T11:00:00Z"));
    assert!(world.client.reschedule(&BookingUid(uid), &to).await.result.is_err());
    assert_eq!(world.sim.bookings().len(), 2);
}
