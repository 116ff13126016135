//! One appointment through every schedule of changes here, changes at Cal.com, and faults between the two:
//! when all is quiet again there is exactly one booking for each of its segments, and nothing else.

mod cal_com;
mod steps;
mod world;

use std::sync::atomic::{AtomicU32, Ordering};

use domain::Policy;
use domain::plan::{Attendee, Cancellation, Winner};
use proptest::prelude::*;
use proptest::sample::select;

use cal_com::House;
use steps::{Answer, Effect, Step};
use world::World;

fn policies() -> impl Strategy<Value = Policy> {
    let cancellation = select(vec![Cancellation::Wins, Cancellation::Ask]);
    let times = select(vec![Winner::PlatformWins, Winner::CalcomWins, Winner::Ask]);
    let attendee =
        select(vec![Attendee::PlatformWins, Attendee::Replace, Attendee::CalcomWins, Attendee::Ask]);
    (cancellation, times, attendee).prop_map(|(cancellation, times, attendee)| Policy {
        allow_calcom_overwrites: false,
        cancellation,
        times,
        attendee,
    })
}

fn houses() -> impl Strategy<Value = House> {
    (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.8))
        .prop_map(|(confirms, rewrites, reassigns)| House { confirms, rewrites, reassigns })
}

/// Cases of each of the two tests, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 30_000;

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(CASES), ..ProptestConfig::default() }
}

/// Courses that were played to the end.
static PLAYED: AtomicU32 = AtomicU32::new(0);

/// Everything happens; then all becomes calm, and is looked at.
fn play(house: House, policy: Policy, targets: &[u8], course: &[Step]) {
    let mut world = World::new(house, policy, targets);
    for step in course {
        world.step(step);
    }
    world.calm_down();
    let calls = world.run_to_quiet();
    let segments = targets.len().max(world.case.appointment.segments.len());
    assert!(calls <= 8 * segments, "{calls} calls after all was calm: {}", world.picture());
    world.check_quiet();
    // At rest it stays.
    world.case.hint(None);
    assert_eq!(world.run_to_quiet(), 0, "calls although nothing had changed: {}", world.picture());
    world.check_quiet();
    // Whatever a person decides then leads to rest as well.
    for ours in [true, false] {
        world.step(&Step::Settle(ours));
        world.step(&Step::Undo);
        world.step(&Step::Settle(ours));
        world.step(&Step::Retry);
        world.run_to_quiet();
        world.check_quiet();
    }
    let played = PLAYED.fetch_add(1, Ordering::Relaxed) + 1;
    if played.is_multiple_of(CASES) {
        println!("{played} courses of things");
    }
}

/// Two segments kept for each other what the other needed, for ever.
#[test]
fn segments_that_change_places_do_not_wait_for_each_other() {
    let house = House { confirms: false, rewrites: false, reassigns: false };
    let policy = Policy {
        cancellation: Cancellation::Ask,
        times: Winner::PlatformWins,
        attendee: Attendee::PlatformWins,
        allow_calcom_overwrites: false,
    };
    let course = [
        Step::Work(29, Answer::Clear, Effect::Now),
        Step::Work(50, Answer::Clear, Effect::Late(7)),
        Step::ThereMove(0, 118),
        Step::Book(21, 18),
        Step::Book(55, 8),
        Step::Pass(8),
        Step::Cancel,
        Step::ThereMove(19, 158),
    ];
    play(house, policy, &[0, 2, 0], &course);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_an_appointment_ends_with_one_booking(
        house in houses(), policy in policies(), target in 0u8..7, course in steps::course(),
    ) {
        play(house, policy, &[target], &course);
    }

    #[test]
    fn whatever_happens_every_segment_of_a_composite_appointment_ends_with_one_booking(
        house in houses(),
        policy in policies(),
        targets in proptest::collection::vec(0u8..7, 2..=3),
        course in steps::course(),
    ) {
        play(house, policy, &targets, &course);
    }
}
