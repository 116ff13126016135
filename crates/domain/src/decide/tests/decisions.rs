//! What people decide is taken back, as long as nothing has come of it.

use proptest::prelude::*;

use super::*;
use crate::plan::Cancellation;

/// Moved here to one time and there to another, before Cal.com was told.
fn conflict() -> (Case, Sighting) {
    let mut case = booked();
    let (here, there) = (hours(&case, 1), hours(&case, 2));
    let mut seen = case.bookings[0].sighting().unwrap().clone();
    assert_eq!(case.appointment.reschedule(here, None, at(2)), Ok(true));
    (seen.uid, seen.at, seen.facts.slot) = (BookingUid("u2".into()), at(2), Slot::of(there, 30));
    case.sighted(0, &seen, at(3));
    assert!(matches!(conclude(&mut case, at(3)), Next::Ask(_)));
    (case, seen)
}

fn settled(ours: bool) -> (Case, Sighting) {
    let (mut case, there) = conflict();
    assert!(case.settle_conflict(ours, at(4)));
    conclude(&mut case, at(4));
    assert_eq!(case.decided_at(at(5)), Some(at(4)));
    (case, there)
}

#[test]
fn a_settled_conflict_is_asked_again_when_it_is_taken_back() {
    let (before, there) = conflict();
    for ours in [true, false] {
        let (mut case, _) = settled(ours);
        let told = case.undo(at(5));
        assert_eq!(told[0], What::TakenBack);
        assert_eq!(told.len() > 1, !ours, "what was taken over is moved back: {told:?}");
        assert_eq!(case.appointment.slot, before.appointment.slot);
        // Cal.com is looked at, as the decision wanted, and nothing is sent.
        assert_eq!(conclude(&mut case, at(5)), Next::Look);
        case.sighted(0, &Sighting { at: at(6), ..there.clone() }, at(6));
        assert!(matches!(conclude(&mut case, at(6)), Next::Ask(_)));
        assert!(case.undo(at(7)).is_empty(), "once");
    }
}

#[test]
fn what_has_come_of_a_decision_is_not_taken_back() {
    // It was sent.
    let (mut ours, there) = settled(true);
    ours.sighted(0, &Sighting { at: at(5), ..there.clone() }, at(5));
    assert_eq!(ours.decided_at(at(5)), Some(at(4)), "nothing new was seen");
    send(&mut ours, 0, Push::Reschedule, at(6));
    assert!(ours.decided_at(at(6)).is_none() && ours.undo(at(6)).is_empty());

    // Somebody went on from there, here or at Cal.com, or the time is over.
    let (theirs, there) = settled(false);
    let mut moved = theirs.clone();
    let later = hours(&moved, 5);
    assert_eq!(moved.appointment.reschedule(later, None, at(5)), Ok(true));
    assert!(moved.undo(at(6)).is_empty());
    let mut news = theirs.clone();
    let mut again = Sighting { at: at(7), ..there };
    again.facts.slot = Slot::of(hours(&news, 3), 30);
    news.sighted(0, &again, at(7));
    assert!(news.undo(at(8)).is_empty());
    let over = hours(&theirs, 24);
    assert!(theirs.clone().undo(over).is_empty());
    assert!(!theirs.clone().undo(at(8)).is_empty());
}

#[test]
fn an_appointment_whose_booking_has_vanished_takes_place_again() {
    let mut case = booked();
    case.hint(None);
    case.absent(0, at(2));
    assert_eq!(conclude(&mut case, at(2)), Next::Vanished);
    assert!(case.settle_conflict(false, at(3)));
    case.absent(0, at(4));
    assert_eq!(conclude(&mut case, at(4)), Next::Rest);
    assert!(case.undo(at(5)).contains(&What::Confirmed));
    assert_eq!(case.appointment.status, AppointmentStatus::Confirmed);
    case.absent(0, at(6));
    assert_eq!(conclude(&mut case, at(6)), Next::Vanished);
}

#[test]
fn a_link_is_undone_and_its_booking_is_free() {
    let mut vanished = booked();
    let mut made = seen_as(&vanished, 0, "made-by-hand", at(3));
    made.facts.slot = Slot::of(hours(&vanished, 5), 30);
    vanished.hint(None);
    vanished.absent(0, at(2));
    conclude(&mut vanished, at(2));
    let mut case = vanished.clone();
    assert!(case.link(&made, at(3)));
    assert_eq!(conclude(&mut case, at(3)), Next::Rest);
    assert_eq!(case.appointment.slot, made.facts.slot);
    assert_eq!(case.undo(at(4))[0], What::TakenBack);
    assert_eq!(case.forgotten, [(event_type(0, 2).connection, made.uid)]);
    assert_eq!(case.appointment.slot, vanished.appointment.slot);
    assert_eq!(conclude(&mut case, at(4)), Next::Look);
    case.absent(0, at(5));
    assert_eq!(conclude(&mut case, at(5)), Next::Vanished);
}

/// How a side was changed: so many hours later, cancelled, and by another name.
type Changed = (Option<i64>, bool, bool);

fn changed() -> impl Strategy<Value = Changed> {
    (proptest::option::of(1_i64..6), proptest::bool::weighted(0.2), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// Whatever was changed on the two sides, and whoever was right: nothing is left of a decision that is taken back.
    #[test]
    fn taking_back_leaves_everything_as_it_was(
        (moved, cancelled, _) in changed(),
        (moved_there, cancelled_there, renamed) in changed(),
        ours in any::<bool>(),
    ) {
        let mut case = booked();
        let attendee = Attendee::Ask;
        case.policy = Policy { cancellation: Cancellation::Ask, attendee, ..Policy::default() };
        let start = case.appointment.slot.start;
        let mut there = case.bookings[0].sighting().unwrap().clone();
        there.at = at(2);
        if let Some(hours) = moved_there {
            there.facts.slot = Slot::of(start + SignedDuration::from_hours(hours), 30);
        }
        if cancelled_there {
            (there.facts.state, there.facts.reason) = (BookingState::Cancelled, Some("krank".into()));
        }
        if renamed {
            there.facts.name = "Clara Kunde".into();
        }
        if let Some(hours) = moved {
            case.appointment.reschedule(start + SignedDuration::from_hours(hours), None, at(1)).unwrap();
        }
        if cancelled {
            case.appointment.cancel(None, at(1)).unwrap();
        }
        case.sighted(0, &there, at(3));
        conclude(&mut case, at(3));
        let before = case.clone();
        if !case.settle_conflict(ours, at(4)) {
            return Ok(());
        }
        conclude(&mut case, at(4));
        prop_assert!(case.decided_at(at(5)).is_some());
        prop_assert_eq!(&case.undo(at(5))[0], &What::TakenBack);
        let facts = |case: &Case| (case.customer.clone(), case.own(&case.bookings[0]), case.bookings[0].agreed.clone());
        prop_assert_eq!(facts(&case), facts(&before));
        case.sighted(0, &Sighting { at: at(6), ..there }, at(6));
        prop_assert_eq!(conclude(&mut case, at(6)), before.next());
    }
}
