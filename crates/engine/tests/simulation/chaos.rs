//! Anything in any order: people here and at Cal.com, lost and doubled webhooks, lost requests and answers,
//! limits, outages, a worker that dies. Whatever happens, after some quiet and one look at everything both
//! sides say the same, or a person is asked.
//!
//! A failing seed is printed and replays with `SEED=… cargo test -p engine chaos`; `SEEDS=n` tries more.

use std::collections::HashMap;

use calcom_sim::{Booking, BookingStatus, Fault};
use domain::{AppointmentId, SyncStatus};
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use crate::world::{Hours, World, empty_postgres};

const STEPS: usize = 40;

#[tokio::test]
async fn whatever_happens_both_sides_end_the_same_or_a_person_is_asked() {
    if let Ok(seed) = std::env::var("SEED") {
        let seed = seed.parse().unwrap();
        return run(&World::new(seed).await, seed).await;
    }
    let seeds = std::env::var("SEEDS").ok().map_or(40, |n| n.parse().unwrap());
    for seed in 0..seeds {
        println!("SEED={seed}");
        run(&World::new(seed).await, seed).await;
    }
}

#[tokio::test]
async fn the_same_on_postgres() {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        return println!("skipped: TEST_POSTGRES_URL names no server");
    };
    for seed in 0..5 {
        println!("SEED={seed}");
        let database = empty_postgres(&server, &format!("chaos_{seed}")).await;
        run(&World::on(&database, seed).await, seed).await;
    }
}

async fn run(world: &World, seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed ^ 0x9e37_79b9);
    for _ in 0..STEPS {
        step(world, &mut dice).await;
    }
    world.sim.clear_faults();
    world.sim.release_webhooks().await;
    world.pass(SignedDuration::from_hours(2));
    world.quiet().await;
    // Webhooks that were lost for good are what a verification run is for: one look at every appointment.
    world.look_at_everything().await;
    world.quiet().await;
    check(world, seed).await;
}

async fn step(world: &World, dice: &mut StdRng) {
    let appointments = world.appointments().await;
    let some = |dice: &mut StdRng| -> Option<AppointmentId> {
        (!appointments.is_empty()).then(|| appointments[dice.random_range(0..appointments.len())])
    };
    let hour = Hours(dice.random_range(30..60));
    match dice.random_range(0..20) {
        0..=3 => drop(world.book(hour).await),
        4..=5 => {
            if let Some(id) = some(dice) {
                drop(world.reschedule(id, hour).await);
            }
        }
        6 => {
            if let Some(id) = some(dice) {
                drop(world.cancel(id, None).await);
            }
        }
        7 => drop(world.try_guest_books(hour).await),
        8..=9 => {
            if let Some(uid) = world.some_live_booking(dice.next_u32()) {
                drop(world.sim.move_booking(&uid, world.at(hour), None).await);
            }
        }
        10 => {
            if let Some(uid) = world.some_live_booking(dice.next_u32()) {
                drop(world.sim.cancel_booking(&uid, "Krank").await);
            }
        }
        11..=14 => {
            let fault = match dice.random_range(0..11) {
                0 => Fault::DropRequest,
                1 | 2 => Fault::DropAnswerAfterEffect,
                3 => Fault::ServerErrorBefore,
                4 => Fault::ServerErrorAfterEffect,
                5 => Fault::RateLimited { block: SignedDuration::from_secs(60) },
                6 => Fault::Down,
                7 => Fault::DownUntil(world.now() + SignedDuration::from_mins(dice.random_range(1..30))),
                8 => Fault::LoseWebhooks,
                9 => Fault::DuplicateWebhooks,
                _ => Fault::ReorderWebhooks,
            };
            world.sim.order(fault, None, dice.random_range(1..4));
        }
        15 => world.worker_dies().await,
        16..=17 => world.pass(SignedDuration::from_secs(dice.random_range(1..400))),
        _ => world.turn().await,
    }
}

async fn check(world: &World, seed: u64) {
    let mut live: HashMap<AppointmentId, Vec<Booking>> = HashMap::new();
    for booking in world.sim.bookings() {
        if booking.status == BookingStatus::Accepted && world.is_linked(&booking) {
            let owner = world.owner(&booking).await;
            let owner = owner.unwrap_or_else(|| panic!("SEED={seed} nobody here knows {booking:?}"));
            live.entry(owner).or_default().push(booking);
        }
    }
    for id in world.appointments().await {
        let case = world.case(id).await;
        let reviews = world.open_reviews(id).await;
        let live = live.remove(&id).unwrap_or_default();
        let appointment = &case.appointment;
        let history = world.engine.store.history(world.company, id).await.unwrap();
        let context = || format!("SEED={seed} {case:#?}\n{live:#?}\n{reviews:?}\n{history:#?}");
        assert!(live.len() <= 1, "bookings have multiplied: {}", context());
        match appointment.sync {
            SyncStatus::Synced => {
                // `synced` is told only where both sides really are the same.
                assert_eq!(appointment.status.is_active(), live.len() == 1, "{}", context());
                if let Some(booking) = live.first() {
                    assert_eq!(booking.start, appointment.slot.start, "{}", context());
                }
            }
            SyncStatus::Failed | SyncStatus::Conflict | SyncStatus::OrphanedLocal => {
                assert!(!reviews.is_empty(), "nobody is asked: {}", context());
            }
            other => panic!("not at rest ({other:?}): {}", context()),
        }
    }
    assert!(live.is_empty(), "SEED={seed} bookings of appointments that are not there: {live:?}");
    let active = world.active_slots().await;
    for (index, (staff, slot, overlapping)) in active.iter().enumerate() {
        for (other_staff, other, other_overlapping) in &active[index + 1..] {
            assert!(
                staff != other_staff || !slot.overlaps(other) || *overlapping || *other_overlapping,
                "SEED={seed} two customers in one chair"
            );
        }
    }
    assert!(world.requests().len() < 30 * STEPS, "SEED={seed} calls without end");
}
