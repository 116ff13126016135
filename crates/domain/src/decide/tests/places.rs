//! Bookings that take each other's place, wait for each other, and stand or fall together.

use super::*;

fn elsewhere(account: u128) -> Target {
    Target { event_type: event_type(account, 9), host: None }
}

#[test]
fn another_account_is_booked_first_and_the_old_booking_cancelled_afterwards() {
    let mut case = booked();
    case.rebook(&[Some(elsewhere(1))], at(1));
    conclude(&mut case, at(1));
    assert_eq!(case.next_of(&case.bookings[0]), Next::Wait);
    assert_eq!(case.due.iter().map(|(lane, _)| *lane).collect::<Vec<_>>(), [event_type(1, 9).connection]);
    // The new one is refused: nothing is lost.
    let mut refused = case.clone();
    send(&mut refused, 1, Push::Create, at(2));
    fail(&mut refused, &Failure::Refused(ReviewCode::SlotTaken), "taken", at(3));
    refused.absent(1, at(4));
    assert_eq!(conclude(&mut refused, at(4)), Next::GivenUp(ReviewCode::SlotTaken));
    assert!(refused.bookings[0].stands() && refused.due.is_empty());
    // Back to where it was: the old booking is there already.
    refused.rebook(&[Some(Target { event_type: event_type(0, 2), host: None })], at(5));
    assert_eq!(conclude(&mut refused, at(5)), Next::Rest);

    done(&mut case, 1, Push::Create, "u2", at(2));
    assert_eq!(case.next_in(event_type(0, 2).connection, at(9)), Some((0, Next::Act(Push::Cancel))));
    done(&mut case, 0, Push::Cancel, "u1", at(3));
    assert_eq!((case.next(), case.bookings[0].role), (Next::Rest, Role::Gone));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

#[test]
fn what_people_at_cal_com_do_to_a_booking_that_is_being_replaced_is_meant_for_the_appointment() {
    let mut case = booked();
    case.rebook(&[Some(elsewhere(1))], at(1));
    conclude(&mut case, at(1));
    let before = case.bookings[0].sighting().unwrap().clone();
    // Cancelled there: nothing is booked elsewhere.
    let mut cancelled = case.clone();
    let mut there = Sighting { at: at(5), ..before.clone() };
    there.facts.state = BookingState::Cancelled;
    cancelled.sighted(0, &there, at(6));
    assert_eq!(conclude(&mut cancelled, at(6)), Next::Rest);
    assert_eq!(cancelled.appointment.status, AppointmentStatus::Cancelled);
    // Moved there: it is booked elsewhere at that time.
    let mut there = Sighting { at: at(5), uid: BookingUid("u2".into()), ..before.clone() };
    there.facts.slot = Slot::of(hours(&case, 3), 30);
    case.sighted(0, &there, at(6));
    conclude(&mut case, at(6));
    assert_eq!(case.appointment.slot, there.facts.slot);
    done(&mut case, 1, Push::Create, "v1", at(7));
    // Our own cancellation of it, of which no answer came, is none of theirs.
    send(&mut case, 0, Push::Cancel, at(8));
    fail(&mut case, &LOST, "timed out", at(38));
    there.facts.state = BookingState::Cancelled;
    case.sighted(0, &Sighting { at: at(9), ..there }, at(200));
    assert_eq!(conclude(&mut case, at(200)), Next::Rest);
    assert_eq!(case.appointment.status, AppointmentStatus::Confirmed);
}

#[test]
fn however_often_minds_change_one_old_booking_at_most_is_kept() {
    let mut case = booked();
    case.rebook(&[Some(elsewhere(1))], at(1));
    done(&mut case, 1, Push::Create, "u2", at(2));
    case.rebook(&[Some(elsewhere(2))], at(3));
    conclude(&mut case, at(3));
    // The first goes at once, the second stays until the third stands.
    assert_eq!(case.next_of(&case.bookings[2]), Next::Wait);
    done(&mut case, 0, Push::Cancel, "u1", at(4));
    assert_eq!(case.next_of(&case.bookings[1]), Next::Wait);
    done(&mut case, 2, Push::Create, "u3", at(5));
    done(&mut case, 1, Push::Cancel, "u2", at(6));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

#[test]
fn a_booking_that_was_found_and_not_made_by_its_record_is_cancelled_when_it_is_replaced() {
    let mut case = case();
    let sighting = seen_as(&case, 0, "u1", at(0));
    case.found(0, Target { event_type: event_type(0, 2), host: None }, None, &sighting, at(1));
    case.rebook(&[Some(elsewhere(1))], at(2));
    done(&mut case, 1, Push::Create, "u2", at(3));
    done(&mut case, 0, Push::Cancel, "u1", at(4));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

#[test]
fn a_replaced_booking_that_can_no_longer_be_cancelled_stays_at_rest() {
    let mut case = booked();
    case.rebook(&[Some(elsewhere(1))], at(1));
    done(&mut case, 1, Push::Create, "u2", at(2));
    // Moved there, which is meant for the appointment; then it is too late for both bookings.
    let mut moved = Sighting { at: at(3), ..case.bookings[0].sighting().unwrap().clone() };
    moved.facts.slot = Slot::of(hours(&case, 1), 30);
    case.sighted(0, &moved, at(3));
    let end = case.appointment.slot.end;
    for (number, push) in [(0, Push::Cancel), (1, Push::Reschedule)] {
        send(&mut case, number, push, end);
        fail(&mut case, &Failure::Refused(ReviewCode::TooLate), "has already ended", end);
        let same = case.record(number).unwrap().sighting().unwrap().clone();
        case.sighted(number, &same, end);
        conclude(&mut case, end);
    }
    for _ in 0..3 {
        assert_eq!((conclude(&mut case, end), case.due.len()), (Next::Rest, 0));
    }
}

#[test]
fn where_both_want_one_chair_the_old_booking_gives_way_first() {
    let mut case = booked();
    case.rebook(&[Some(elsewhere(0))], at(1));
    conclude(&mut case, at(1));
    assert_eq!(case.next_of(&case.bookings[1]), Next::Wait);
    done(&mut case, 0, Push::Cancel, "u1", at(2));
    done(&mut case, 1, Push::Create, "u2", at(3));
    assert_eq!(case.next(), Next::Rest);
    assert_eq!(case.reference(&case.bookings[1]).generation, 2);
}

/// The old booking was to give way, nobody answered, and it is wanted again at another time: it is not left for a
/// second one beside it, and looked at again when it can no longer go.
#[test]
fn what_was_to_give_way_and_stands_is_taken_back() {
    let mut case = booked();
    let home = Target { event_type: case.bookings[0].event_type, host: None };
    let other = Target { event_type: event_type(0, 3), host: None };
    case.rebook(&[Some(other)], at(60));
    send(&mut case, 0, Push::Cancel, at(60));
    fail(&mut case, &LOST, "timed out", at(90));
    let still = case.bookings[0].sighting().unwrap().clone();
    case.rebook(&[Some(home)], at(90));
    let slot = Slot::of(hours(&case, 3), 30);
    case.appointment.arrange(vec![Segment { slot, ..case.appointment.segments[0] }]);
    assert_eq!(conclude(&mut case, at(90)), Next::Look);
    case.sighted(0, &Sighting { seen_at: at(91), ..still }, at(91));
    assert_eq!(conclude(&mut case, at(91)), Next::Act(Push::Reschedule));
    assert_eq!((case.current().count(), case.current_of(0).unwrap().number), (1, 0));
}

#[test]
fn a_change_of_mind_before_anything_was_made_leaves_nothing() {
    let mut case = case();
    case.rebook(&[Some(elsewhere(1))], at(1));
    conclude(&mut case, at(1));
    assert_eq!(case.bookings.len(), 1);
    let number = case.bookings[0].number;
    send(&mut case, number, Push::Create, at(2));
    // In doubt it is not nothing: it may have been made.
    case.rebook(&[Some(elsewhere(2))], at(3));
    conclude(&mut case, at(3));
    assert_eq!(case.bookings.len(), 2);
    assert_eq!(case.next_in(event_type(1, 9).connection, at(9)).map(|(_, next)| next), Some(Next::Look));
}

#[test]
fn attendee_data_is_accepted_or_replaces_the_booking_as_the_company_wishes() {
    let mut case = booked();
    case.customer.name = "Clara Neu".into();
    assert_eq!(conclude(&mut case, at(1)), Next::Rest);
    assert_eq!(case.accepted(&case.bookings[0])[0].field, Field::Name);
    case.policy = Policy { attendee: Attendee::Replace, ..Policy::default() };
    conclude(&mut case, at(2));
    done(&mut case, 0, Push::Cancel, "u1", at(3));
    send(&mut case, 1, Push::Create, at(4));
    let mut answer = seen_as(&case, 1, "u2", at(4));
    answer.facts.name = "Clara  Neu (Cal.com)".into();
    case.answered(1, attempt(1), &answer, at(4));
    assert_eq!(conclude(&mut case, at(5)), Next::Rest, "what Cal.com makes of it is no reason to book anew");
}

#[test]
fn a_booking_with_our_reference_is_ours_or_one_too_many() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    let (first, second) = (seen_as(&case, 0, "u1", at(1)), seen_as(&case, 0, "u2", at(1)));
    let target = Target { event_type: event_type(0, 2), host: None };
    case.found(0, target, None, &first, at(2));
    assert_eq!(conclude(&mut case, at(2)), Next::Rest);
    case.found(0, target, None, &second, at(3));
    done(&mut case, 1, Push::Cancel, "u2", at(4));
    assert_eq!((case.next(), case.appointment.sync), (Next::Rest, SyncStatus::Synced));
    // Heard of again, it is looked at and cancelled again only if it lives.
    case.found(0, target, None, &second, at(5));
    assert_eq!(conclude(&mut case, at(5)), Next::Act(Push::Cancel));
}

#[test]
fn what_was_made_unseen_belongs_to_the_record_that_asked_for_it() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    let (made, reference) = (seen_as(&case, 0, "u1", at(1)), case.reference(&case.bookings[0]));
    let here = Target { event_type: event_type(0, 2), host: None };
    for (there_and_back, second) in [(elsewhere(1), 1), (here, 2)] {
        case.rebook(&[Some(there_and_back)], at(second));
        conclude(&mut case, at(second));
    }
    case.found(0, here, Some(reference), &made, at(3));
    conclude(&mut case, at(3));
    let holders: Vec<_> = case.bookings.iter().filter(|record| record.uid.is_some()).collect();
    assert_eq!(
        holders.iter().map(|record| (record.number, record.role)).collect::<Vec<_>>(),
        [(0, Role::Current)]
    );
}

/// On the account where the old one is, it is looked at before the new one is made, too.
#[test]
fn a_request_that_is_replaced_is_looked_at_before_it_is_declined() {
    for (account, push) in [(0, Push::Decline), (1, Push::Cancel)] {
        let mut case = case();
        send(&mut case, 0, Push::Create, at(0));
        let mut request = seen_as(&case, 0, "u1", at(1));
        request.facts.state = BookingState::Requested;
        case.answered(0, attempt(1), &request, at(1));
        let later = hours(&case, 3);
        case.appointment.reschedule(later, None, at(2)).unwrap();
        case.rebook(&[Some(elsewhere(account))], at(2));
        conclude(&mut case, at(2));
        assert_eq!(case.next_of(&case.bookings[0]), Next::Look);
        if account == 0 {
            case.sighted(0, &Sighting { seen_at: at(2), ..request.clone() }, at(2));
        }
        let mut answer = seen_as(&case, 1, "u2", at(3));
        if push == Push::Decline {
            answer.facts.state = BookingState::Requested;
        }
        send(&mut case, 1, Push::Create, at(3));
        case.answered(1, attempt(1), &answer, at(3));
        conclude(&mut case, at(3));
        assert_eq!(case.next_of(&case.bookings[0]), Next::Look);
        // The salon has declined it there meanwhile: that is meant for the appointment.
        let mut declined = Sighting { at: at(4), ..request };
        declined.facts.state = BookingState::Cancelled;
        case.sighted(0, &declined, at(4));
        conclude(&mut case, at(4));
        assert_eq!(case.appointment.status, AppointmentStatus::Cancelled);
        assert_eq!(case.next_of(&case.bookings[1]), Next::Act(push));
    }
}

/// Two stylists: colouring with one, cutting with the other after a pause.
fn composite() -> Case {
    let mut case = case();
    let start = case.appointment.slot.start;
    let segment = |staff: u128, minutes: i64| Segment {
        staff_id: StaffId(uuid::Uuid::from_u128(staff)),
        slot: Slot::of(start + SignedDuration::from_mins(minutes), 30),
    };
    case.appointment.arrange(vec![segment(1, 0), segment(2, 60)]);
    case.rebook(&[Some(Target { event_type: event_type(0, 2), host: None }), Some(elsewhere(1))], at(0));
    case
}

#[test]
fn the_segments_of_a_composite_appointment_are_booked_all_or_none() {
    let mut case = composite();
    assert_eq!(case.appointment.slot.minutes(), 90);
    done(&mut case, 0, Push::Create, "a1", at(1));
    send(&mut case, 1, Push::Create, at(2));
    fail(&mut case, &Failure::Refused(ReviewCode::SlotTaken), "taken", at(3));
    case.absent(1, at(4));
    assert_eq!(conclude(&mut case, at(4)), Next::GivenUp(ReviewCode::SlotTaken));
    // What stands alone is taken back, and not made again.
    done(&mut case, 0, Push::Cancel, "a1", at(5));
    assert_eq!(case.next(), Next::GivenUp(ReviewCode::SlotTaken));
    assert!(case.due.is_empty());
    // At another time both are made.
    let other = hours(&case, 3);
    assert_eq!(case.appointment.reschedule(other, None, at(6)), Ok(true));
    done(&mut case, 1, Push::Create, "b1", at(7));
    done(&mut case, 2, Push::Create, "a2", at(8));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
    // And one cancellation, wherever it comes from, cancels both.
    let mut there = case.record(2).unwrap().sighting().unwrap().clone();
    (there.facts.state, there.at) = (BookingState::Cancelled, at(9));
    case.sighted(2, &there, at(10));
    assert_eq!(conclude(&mut case, at(10)), Next::Act(Push::Cancel));
    done(&mut case, 1, Push::Cancel, "b1", at(11));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

#[test]
fn of_a_composite_appointment_all_keep_what_they_have_where_one_cannot_be_booked_elsewhere() {
    let mut case = composite();
    done(&mut case, 0, Push::Create, "a1", at(1));
    done(&mut case, 1, Push::Create, "b1", at(2));
    case.rebook(&[Some(Target { event_type: event_type(0, 2), host: None }), Some(elsewhere(2))], at(3));
    send(&mut case, 2, Push::Create, at(4));
    fail(&mut case, &Failure::Refused(ReviewCode::SlotTaken), "taken", at(5));
    case.absent(2, at(6));
    assert_eq!(conclude(&mut case, at(6)), Next::GivenUp(ReviewCode::SlotTaken));
    assert!(case.due.is_empty() && case.bookings[0].stands() && case.bookings[1].stands());
    assert_eq!(case.bookings[0].role, Role::Current);
}

#[test]
fn what_can_no_longer_be_cancelled_is_not_waited_for() {
    let mut case = booked();
    let end = case.appointment.slot.end;
    case.rebook(&[Some(elsewhere(0))], at(1));
    send(&mut case, 0, Push::Cancel, end);
    fail(&mut case, &Failure::Refused(ReviewCode::TooLate), "has already ended", end);
    let same = case.bookings[0].sighting().unwrap().clone();
    case.sighted(0, &same, end);
    assert_eq!(conclude(&mut case, end), Next::Act(Push::Create));
}

#[test]
fn the_segments_of_a_composite_appointment_are_moved_all_or_none() {
    let mut case = composite();
    done(&mut case, 0, Push::Create, "a1", at(1));
    done(&mut case, 1, Push::Create, "b1", at(2));
    let (home, away, further) = (case.appointment.slot.start, hours(&case, 3), hours(&case, 5));
    assert_eq!(case.appointment.reschedule(away, None, at(3)), Ok(true));
    done(&mut case, 0, Push::Reschedule, "a2", at(4));
    send(&mut case, 1, Push::Reschedule, at(5));
    fail(&mut case, &Failure::Refused(ReviewCode::SlotTaken), "taken", at(6));
    let stays = case.record(1).unwrap().sighting().unwrap().clone();
    case.sighted(1, &stays, at(7));
    assert_eq!(conclude(&mut case, at(7)), Next::GivenUp(ReviewCode::SlotTaken));
    // The one that was moved goes back to the other.
    done(&mut case, 0, Push::Reschedule, "a3", at(8));
    assert_eq!(case.record(0).unwrap().held().map(|slot| slot.start), Some(home));
    assert!(case.due.is_empty() && case.next() == Next::GivenUp(ReviewCode::SlotTaken));
    assert_eq!(case.appointment.slot.start, away, "the wish stands");
    assert_eq!(case.appointment.reschedule(further, None, at(9)), Ok(true));
    done(&mut case, 1, Push::Reschedule, "b2", at(10));
    done(&mut case, 0, Push::Reschedule, "a4", at(11));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

#[test]
fn the_segment_that_is_in_the_way_of_another_is_moved_first() {
    let mut case = composite();
    let anna = Target { event_type: event_type(0, 3), host: None };
    case.rebook(&[Some(Target { event_type: event_type(0, 2), host: None }), Some(anna)], at(0));
    done(&mut case, 0, Push::Create, "a1", at(1));
    done(&mut case, 1, Push::Create, "b1", at(2));
    // An hour later the first part lies where the second was.
    let later = hours(&case, 1);
    assert_eq!(case.appointment.reschedule(later, None, at(3)), Ok(true));
    conclude(&mut case, at(3));
    assert_eq!(case.next_of(&case.bookings[0]), Next::Wait);
    done(&mut case, 1, Push::Reschedule, "b2", at(4));
    done(&mut case, 0, Push::Reschedule, "a2", at(5));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

/// People at Cal.com moved a booking to the time that another segment has.
fn moved_there(case: &mut Case, number: u16, start: Timestamp, now: Timestamp) {
    let mut there = Sighting { at: now, ..case.record(number).unwrap().sighting().unwrap().clone() };
    there.facts.slot = there.facts.slot.shifted(start.duration_since(there.facts.slot.start));
    case.sighted(number, &there, now);
    conclude(case, now);
}

#[test]
fn of_segments_that_keep_what_the_others_need_the_first_gives_way() {
    let mut case = composite();
    case.policy.times = Winner::PlatformWins;
    done(&mut case, 0, Push::Create, "a1", at(1));
    done(&mut case, 1, Push::Create, "b1", at(2));
    let (first, second) = (hours(&case, 3), hours(&case, 4));
    // From now on later, and each with the other's stylist; and at Cal.com each at the time of the other.
    assert_eq!(case.appointment.reschedule(first, None, at(3)), Ok(true));
    let elsewhere_too = Target { event_type: event_type(0, 3), host: None };
    case.rebook(&[Some(elsewhere(1)), Some(elsewhere_too)], at(3));
    moved_there(&mut case, 0, second, at(4));
    moved_there(&mut case, 1, first, at(5));
    assert_eq!(case.next_of(&case.bookings[1]), Next::Wait);
    done(&mut case, 0, Push::Cancel, "a1", at(6));
    done(&mut case, 3, Push::Create, "b2", at(7));
    done(&mut case, 1, Push::Cancel, "b1", at(8));
    done(&mut case, 2, Push::Create, "a2", at(9));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
}

#[test]
fn of_segments_that_are_in_each_others_way_all_around_the_first_begins() {
    let mut case = composite();
    case.policy.times = Winner::PlatformWins;
    let start = hours(&case, 0);
    let anna = |id| Some(Target { event_type: event_type(0, id), host: None });
    let segments = (0..3).map(|n| Segment {
        staff_id: StaffId(uuid::Uuid::from_u128(1)),
        slot: Slot::of(start + SignedDuration::from_hours(n), 30),
    });
    case.appointment.arrange(segments.collect());
    case.rebook(&[anna(2), anna(3), anna(4)], at(0));
    for (number, uid) in [(0, "a1"), (1, "b1"), (2, "c1")] {
        done(&mut case, number, Push::Create, uid, at(1));
    }
    let start = hours(&case, 5);
    assert_eq!(case.appointment.reschedule(start, None, at(2)), Ok(true));
    for (number, hour) in [(0, 1), (1, 2), (2, 0)] {
        moved_there(&mut case, number, start + SignedDuration::from_hours(hour), at(3));
    }
    let nexts: Vec<_> = case.current().map(|record| case.next_of(record)).collect();
    assert_eq!(nexts, [Next::Act(Push::Reschedule), Next::Wait, Next::Wait]);
}

#[test]
fn a_cancellation_of_what_is_being_replaced_is_asked_about_where_the_company_wants_to_be_asked() {
    let mut case = booked();
    case.policy.cancellation = crate::plan::Cancellation::Ask;
    let moved = hours(&case, 2);
    assert_eq!(case.appointment.reschedule(moved, None, at(1)), Ok(true));
    case.rebook(&[Some(elsewhere(1))], at(1));
    let mut there = Sighting { at: at(5), ..case.bookings[0].sighting().unwrap().clone() };
    there.facts.state = BookingState::Cancelled;
    case.sighted(0, &there, at(6));
    assert_eq!(conclude(&mut case, at(6)), Next::Ask(vec![Field::State]));
    assert_eq!(case.next_of(&case.bookings[1]), Next::Wait);
    for ours in [true, false] {
        let mut settled = case.clone();
        assert!(settled.settle_conflict(ours, at(7)));
        conclude(&mut settled, at(7));
        settled.sighted(0, &Sighting { at: at(8), ..there.clone() }, at(8));
        let next = if ours { Next::Act(Push::Create) } else { Next::Rest };
        assert_eq!(conclude(&mut settled, at(8)), next, "ours: {ours}");
    }
}

#[test]
fn a_booking_made_at_cal_com_is_replaced_like_one_of_ours() {
    let mut case = case();
    let theirs = seen_as(&case, 0, "u1", at(0));
    case.bookings[0].uid = Some(theirs.uid.clone());
    case.bookings[0].agreed = Some(theirs.facts.clone());
    case.bookings[0].seen = Seen::Booking(Box::new(theirs));
    case.rebook(&[Some(elsewhere(1))], at(1));
    done(&mut case, 1, Push::Create, "v1", at(2));
    done(&mut case, 0, Push::Cancel, "u1", at(3));
    assert_eq!(case.next(), Next::Rest);
}

#[test]
fn a_replaced_booking_that_is_over_stands_in_nobodys_way() {
    let mut case = booked();
    case.rebook(&[Some(elsewhere(0))], at(1));
    send(&mut case, 0, Push::Cancel, at(2));
    fail(&mut case, &Failure::Refused(ReviewCode::TooLate), "has already ended", at(3));
    let seen = case.bookings[0].sighting().unwrap().clone();
    case.sighted(0, &seen, at(4));
    assert_eq!(conclude(&mut case, at(4)), Next::Act(Push::Create));
}
