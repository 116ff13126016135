//! A simulator that is stopped and goes on from its snapshot, and one whose clock is the machine's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use calcom::{BookingsQuery, Client, EventTypeId, NewBooking};
use calcom_sim::{CallKind, CallMatch, Fault, NewEventType, NewUser, Options, RateLimit, Sim, server};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{KEY, World, at, clara, dora, kind};

const CREATE: Option<CallMatch> = Some(CallMatch::Kind(CallKind::CreateBooking));

async fn goes_on(sim: &Sim, course: i64) -> (String, String) {
    let booked = sim.book_as_guest(course, at("2026-11-24T09:00:00Z"), dora()).await.unwrap();
    let sunday = sim.book_as_guest(course, at("2026-11-22T09:00:00Z"), dora()).await.unwrap_err();
    (booked, sunday.to_string())
}

#[tokio::test]
async fn a_restored_world_goes_on_where_the_old_one_was() {
    let world = World::new();
    let seats = json!({"seatsPerTimeSlot": 2, "showAttendeeInfo": true, "showAvailabilityCount": true});
    let weekly = json!({"interval": 1, "occurrences": 3, "frequency": "weekly"});
    let window = json!({"type": "range", "value": ["2026-11-20", "2027-11-20"]});
    let course = world.sim.add_event_type(
        world.anna,
        kind("Course", &[("seats", seats), ("recurrence", weekly), ("bookingWindow", window)]),
    );
    world.guest_books(course, "2026-11-23T09:00:00Z").await;
    let uid = world.guest_books(world.team, "2026-11-23T11:00:00Z").await;
    world.sim.request_reschedule(uid.as_str(), "ill").await.unwrap();
    world.sim.set_rate_limit(KEY, RateLimit::of(4));
    world.client.me().await.result.unwrap();
    let by = SignedDuration::from_secs(45);
    world.sim.order(Fault::AppliedLate { by }, CREATE, 1);
    world.book("2026-11-23T13:00:00Z").await.unwrap_err();
    world.sim.order(Fault::DelayWebhooks { by }, Some(CallMatch::Trigger("BOOKING_CREATED".to_owned())), 1);
    world.guest_books(world.event_type, "2026-11-23T14:00:00Z").await;
    world.sim.order(Fault::RateLimited { block: by }, Some(CallMatch::Path("/v2/me".to_owned())), 2);
    world.sim.order(Fault::ReorderWebhooks, None, 3);
    world.guest_books(world.event_type, "2026-11-23T15:00:00Z").await;

    let text = world.sim.snapshot().to_string();
    let now = world.sim.now();
    let clock = Arc::new(Mutex::new(now));
    let reading = Arc::clone(&clock);
    let other = Sim::new(Options::new(Arc::new(move || *reading.lock().unwrap()), 99));
    other.set_webhook_sink(world.heard.clone());
    other.restore(serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(other.bookings(), world.sim.bookings());
    assert_eq!((other.faults(), other.under_way()), (world.sim.faults(), 2));

    // Both go on alike: the same uids, the same hours, the same budget, the same late arrivals.
    assert_eq!(goes_on(&other, course).await, goes_on(&world.sim, course).await);
    world.pass(45);
    *clock.lock().unwrap() += by;
    let client = Client::new(Arc::new(other.transport()), "http://cal.example".parse().unwrap(), KEY.into());
    let listed = client.bookings(&BookingsQuery::default()).await;
    assert_eq!(listed.limits, world.client.bookings(&BookingsQuery::default()).await.limits);
    assert_eq!(other.under_way(), 0);
    assert_eq!(other.bookings(), world.sim.bookings());
    assert!(
        other.bookings().iter().any(|booking| booking.start == at("2026-11-23T13:00:00Z")),
        "it has arrived"
    );

    let before = other.bookings();
    for broken in [json!({}), json!({"format": 2}), json!({"format": 1, "model": {"users": 5}}), Value::Null]
    {
        assert!(other.restore(broken).is_err());
    }
    assert_eq!(other.bookings(), before, "what cannot be read changes nothing");
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "the paused clock of the runtime stands for the machine's")]
async fn on_a_server_what_is_late_arrives_by_itself_also_after_a_restart() {
    let started = tokio::time::Instant::now();
    let make = || {
        let running =
            move || at("2026-11-20T08:00:00Z") + SignedDuration::try_from(started.elapsed()).unwrap();
        Sim::new(Options::new(Arc::new(running), 1))
    };
    let old = make();
    let owner = old.add_user(NewUser::new("owner", "Owner", "owner@salon.example"));
    old.add_api_key(owner, KEY);
    let haircut = old.add_event_type(owner, NewEventType::new("Haircut", "haircut", 30));
    let _served = server(old.clone());
    let client = Client::new(Arc::new(old.transport()), "http://cal.example".parse().unwrap(), KEY.into());
    let mut wish = NewBooking::new(EventTypeId(haircut), at("2026-11-23T09:00:00Z"), clara());
    for (bookings, seconds) in [(1, 20), (2, 60)] {
        old.order(Fault::AppliedLate { by: SignedDuration::from_secs(seconds) }, CREATE, 1);
        client.create_booking(&wish).await.result.unwrap_err();
        wish.start += SignedDuration::from_hours(1);
        assert_eq!(old.bookings().len(), bookings - 1);
        tokio::time::sleep(Duration::from_secs(21)).await;
        assert_eq!(old.bookings().len(), 1);
    }
    let new = make();
    let _served = server(new.clone());
    new.restore(old.snapshot()).unwrap();
    tokio::time::sleep(Duration::from_secs(38)).await;
    assert_eq!(new.bookings().len(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(new.bookings().len(), 2);
}
