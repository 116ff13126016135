//! One appointment through every schedule of changes here, changes at Cal.com, and faults between the two:
//! when all is quiet again there is exactly one booking for each of its segments, and nothing else.

mod cal_com;
mod steps;
mod world;

use domain::Policy;
use domain::plan::{Attendee, Cancellation, Winner};
use proptest::prelude::*;
use proptest::sample::select;

use cal_com::House;
use world::World;

fn policies() -> impl Strategy<Value = Policy> {
    let cancellation = select(vec![Cancellation::Wins, Cancellation::Ask]);
    let times = select(vec![Winner::PlatformWins, Winner::CalcomWins, Winner::Ask]);
    let attendee =
        select(vec![Attendee::PlatformWins, Attendee::Replace, Attendee::CalcomWins, Attendee::Ask]);
    (cancellation, times, attendee).prop_map(|(cancellation, times, attendee)| Policy {
        cancellation,
        times,
        attendee,
    })
}

fn houses() -> impl Strategy<Value = House> {
    (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.8))
        .prop_map(|(confirms, rewrites, reassigns)| House { confirms, rewrites, reassigns })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_segment_ends_with_one_booking(
        house in houses(),
        policy in policies(),
        targets in proptest::collection::vec(0u8..7, 1..=3),
        course in steps::course(),
    ) {
        let mut world = World::new(house, policy, &targets);
        for step in &course {
            world.step(step);
        }
        world.calm_down();
        let calls = world.run_to_quiet();
        prop_assert!(calls <= 8 * targets.len().max(world.case.appointment.segments.len()), "{} calls after all was calm: {}", calls, world.picture());
        world.check_quiet();
        // At rest it stays.
        world.case.hint(None);
        prop_assert_eq!(world.run_to_quiet(), 0, "calls although nothing had changed: {}", world.picture());
        world.check_quiet();
    }
}
