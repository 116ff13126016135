//! What follows from calls, looks and changes, step by step.

mod decisions;
mod places;

use jiff::SignedDuration;

use super::*;
use crate::appointment::Segment;
use crate::booking::{PATIENCE, Seen};
use crate::case::tests::{at, case, event_type, seen_as};
use crate::case::{Host, Target};
use crate::observe::Sighting;
use crate::plan::{Attendee, Policy, Winner};
use crate::retry::RetrySchedule;
use crate::{AppointmentStatus, AttemptId, BookingState, BookingUid, Facts, Slot, StaffId};

fn attempt(n: u128) -> AttemptId {
    AttemptId(uuid::Uuid::from_u128(n))
}

fn again(schedule: &RetrySchedule) -> outcomes::Again<'_> {
    outcomes::Again { schedule, jitter: 0.5 }
}

fn hours(case: &Case, n: i64) -> Timestamp {
    case.appointment.slot.start + SignedDuration::from_hours(n)
}

fn conclude(case: &mut Case, now: Timestamp) -> Next {
    case.conclude(Priority::Change, now);
    case.next()
}

/// Sends the call that record `number` wants.
fn send(case: &mut Case, number: u16, push: Push, now: Timestamp) {
    case.conclude(Priority::Change, now);
    assert_eq!(case.next_of(case.record(number).unwrap()), Next::Act(push));
    case.started(number, attempt(1), push, now);
}

/// Cal.com does as it is told, and answers.
fn done(case: &mut Case, number: u16, push: Push, uid: &str, now: Timestamp) {
    send(case, number, push, now);
    let mut answer = seen_as(case, number, uid, now);
    answer.facts = case.record(number).unwrap().doubts[0].wanted.clone();
    answer.via = crate::Via::Answer;
    case.answered(number, attempt(1), &answer, now);
    case.conclude(Priority::Change, now);
}

fn fail(case: &mut Case, failure: &Failure, message: &str, now: Timestamp) {
    let number = case.bookings.iter().find(|record| !record.doubts.is_empty()).unwrap().number;
    case.call_failed(number, attempt(1), failure, message, again(&RetrySchedule::default()), now);
}

const LOST: Failure = Failure::Transient { ambiguous: true, over: false };

fn booked() -> Case {
    let mut case = case();
    done(&mut case, 0, Push::Create, "u1", at(0));
    assert_eq!(case.next(), Next::Rest);
    case
}

#[test]
fn a_lost_answer_is_looked_for_and_not_repeated_while_it_may_still_take_effect() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    fail(&mut case, &LOST, "timed out", at(30));
    assert_eq!(conclude(&mut case, at(30)), Next::Look);
    assert_eq!(case.due[0].1, Due { at: at(31), priority: Priority::Retry });
    // Not there: but it may still come.
    let mut lost = case.clone();
    lost.absent(0, at(31));
    assert_eq!(conclude(&mut lost, at(31)), Next::Look);
    assert!(lost.due[0].1.at > at(0) + PATIENCE);
    // Not there when it cannot come any more: the same wish again, under a new generation.
    lost.absent(0, at(91));
    send(&mut lost, 0, Push::Create, at(91));
    assert_eq!(lost.reference(&lost.bookings[0]).generation, 2);
    // There: it is ours, and nothing is left to do.
    let sighting = seen_as(&case, 0, "u1", at(29));
    case.sighted(0, &sighting, at(31));
    assert_eq!(conclude(&mut case, at(31)), Next::Rest);
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
    assert!(case.entries.iter().any(|entry| matches!(entry.what, What::Recognised { .. })));
}

/// Told of by a webhook, then deleted there: the next try is not looked for by the name of the last one.
#[test]
fn another_try_has_no_name_until_it_is_found() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    case.recognise(0, &BookingUid("u1".into()));
    fail(&mut case, &LOST, "timed out", at(30));
    case.absent(0, at(91));
    send(&mut case, 0, Push::Create, at(91));
    assert_eq!((case.bookings[0].uid.as_ref(), case.bookings[0].generation), (None, 2));
}

#[test]
fn what_cal_com_has_answered_with_an_error_is_repeated_after_one_look() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    fail(&mut case, &Failure::Transient { ambiguous: true, over: true }, "500", at(1));
    case.absent(0, at(2));
    assert_eq!(conclude(&mut case, at(2)), Next::Act(Push::Create));
}

#[test]
fn a_move_that_takes_effect_after_it_was_given_up_is_ours_and_no_conflict() {
    let mut case = booked();
    let (first, second) = (hours(&case, 1), hours(&case, 2));
    assert_eq!(case.appointment.reschedule(first, None, at(2)), Ok(true));
    send(&mut case, 0, Push::Reschedule, at(2));
    let mut late = seen_as(&case, 0, "u2", at(40));
    fail(&mut case, &LOST, "timed out", at(32));
    let mut before = case.bookings[0].sighting().unwrap().clone();
    before.at = at(0);
    case.sighted(0, &before, at(33));
    assert_eq!(case.appointment.reschedule(second, None, at(34)), Ok(true));
    assert_eq!(conclude(&mut case, at(34)), Next::Act(Push::Reschedule));
    // Meanwhile the first one takes effect.
    late.at = at(40);
    case.hint(None);
    case.sighted(0, &late, at(41));
    assert_eq!(conclude(&mut case, at(41)), Next::Act(Push::Reschedule));
    assert_eq!(case.appointment.slot.start, second);
}

#[test]
fn a_change_made_while_the_create_was_in_doubt_is_still_sent() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    let sighting = seen_as(&case, 0, "u1", at(0));
    let moved = hours(&case, 1);
    assert_eq!(case.appointment.reschedule(moved, None, at(1)), Ok(true));
    case.sighted(0, &sighting, at(2));
    assert_eq!(conclude(&mut case, at(2)), Next::Act(Push::Reschedule));
}

/// Moved there while our own move was on its way, which Cal.com then refused: the old name is no more.
#[test]
fn a_settled_conflict_is_carried_out_although_the_move_was_refused_before() {
    let mut case = booked();
    let seen = case.bookings[0].sighting().unwrap().clone();
    let (ours_at, theirs_at) = (hours(&case, 1), hours(&case, 2));
    assert_eq!(case.appointment.reschedule(ours_at, None, at(2)), Ok(true));
    send(&mut case, 0, Push::Reschedule, at(2));
    fail(&mut case, &Failure::Refused(ReviewCode::Refused), "already rescheduled", at(3));
    let mut there = Sighting { uid: BookingUid("u2".into()), at: at(2), ..seen };
    there.facts.slot = Slot::of(theirs_at, 30);
    case.sighted(0, &there, at(3));
    assert!(matches!(conclude(&mut case, at(3)), Next::Ask(_)));
    for ours in [true, false] {
        let mut settled = case.clone();
        assert!(settled.settle_conflict(ours, at(4)));
        assert_eq!(conclude(&mut settled, at(4)), Next::Look);
        settled.sighted(0, &Sighting { at: at(4), ..there.clone() }, at(4));
        let next = if ours { Next::Act(Push::Reschedule) } else { Next::Rest };
        assert_eq!(conclude(&mut settled, at(4)), next, "ours: {ours}");
        assert_eq!(settled.appointment.slot.start, if ours { ours_at } else { theirs_at });
    }
}

#[test]
fn a_refusal_is_looked_at_and_then_told_until_the_wish_changes() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    fail(&mut case, &Failure::Refused(ReviewCode::SlotTaken), "not available", at(1));
    assert_eq!(conclude(&mut case, at(1)), Next::Look);
    case.absent(0, at(2));
    assert_eq!(conclude(&mut case, at(2)), Next::GivenUp(ReviewCode::SlotTaken));
    assert_eq!(case.appointment.sync, SyncStatus::Failed);
    assert_eq!(case.questions, [(ReviewCode::SlotTaken, "not available".to_owned())]);
    let other = hours(&case, 2);
    assert_eq!(case.appointment.reschedule(other, None, at(3)), Ok(true));
    assert_eq!(conclude(&mut case, at(3)), Next::Act(Push::Create));
    assert!(case.questions.is_empty());
}

#[test]
fn retries_end_with_a_question_that_stays_open_while_somebody_looks_again() {
    let mut case = case();
    let schedule = RetrySchedule::default();
    let mut now = at(0);
    for _ in 0..=schedule.0.len() {
        send(&mut case, 0, Push::Create, now);
        fail(&mut case, &Failure::Transient { ambiguous: false, over: true }, "refused", now);
        conclude(&mut case, now);
        now = case.due.first().map_or(now, |(_, due)| due.at);
    }
    assert_eq!(case.next(), Next::GivenUp(ReviewCode::RetriesUsedUp));
    assert_eq!(case.due, []);
    case.open = case.questions.clone();
    case.hint(None);
    assert_eq!(conclude(&mut case, now), Next::Look);
    assert_eq!(case.questions, case.open);
    case.absent(0, now);
    assert_eq!(conclude(&mut case, now), Next::Act(Push::Create));
    assert_eq!(case.questions, case.open);
    let mut again = case.clone();
    done(&mut case, 0, Push::Create, "u1", now);
    conclude(&mut case, now);
    assert_eq!((case.next(), case.questions), (Next::Rest, vec![]));
    // Other words about the same are the same question.
    send(&mut again, 0, Push::Create, now);
    fail(&mut again, &Failure::Refused(ReviewCode::SlotTaken), "taken", now);
    again.absent(0, now);
    assert_eq!(conclude(&mut again, now), Next::GivenUp(ReviewCode::SlotTaken));
    again.open = again.questions.clone();
    again.retry();
    again.absent(0, now);
    assert_eq!(conclude(&mut again, now), Next::Act(Push::Create));
    assert_eq!(again.questions, again.open);
}

/// A move that nobody answered, and the time is changed back meanwhile: both sides say the same, and yet it may
/// still come.
#[test]
fn what_is_as_wanted_is_looked_at_once_more_when_a_lost_call_can_no_longer_change_it() {
    let mut case = booked();
    let (here, there) = (case.appointment.slot, Slot::of(hours(&case, 3), 30));
    let unmoved = case.bookings[0].sighting().unwrap().clone();
    case.appointment.arrange(vec![Segment { slot: there, ..case.appointment.segments[0] }]);
    send(&mut case, 0, Push::Reschedule, at(60));
    fail(&mut case, &LOST, "timed out", at(90));
    case.appointment.arrange(vec![Segment { slot: here, ..case.appointment.segments[0] }]);
    case.sighted(0, &Sighting { seen_at: at(91), ..unmoved.clone() }, at(91));
    assert_eq!(conclude(&mut case, at(91)), Next::Look);
    assert_eq!((case.appointment.sync, case.questions.len()), (SyncStatus::Pending, 0));
    let later = case.due[0].1.at;
    assert!(later > at(60) + PATIENCE);
    // It has not come.
    let mut rest = case.clone();
    rest.sighted(0, &Sighting { seen_at: later, ..unmoved.clone() }, later);
    assert_eq!((conclude(&mut rest, later), rest.appointment.slot), (Next::Rest, here));
    // It has: it was ours, and is taken back.
    let mut moved = Sighting { uid: BookingUid("u2".into()), at: at(140), seen_at: later, ..unmoved };
    moved.facts.slot = there;
    case.sighted(0, &moved, later);
    assert_eq!((conclude(&mut case, later), case.appointment.slot), (Next::Act(Push::Reschedule), here));
}

#[test]
fn a_limit_costs_no_try() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    fail(&mut case, &Failure::RateLimited { wait: std::time::Duration::from_mins(1) }, "", at(1));
    assert_eq!(conclude(&mut case, at(1)), Next::Act(Push::Create));
    assert_eq!(case.due[0].1, Due { at: at(61), priority: Priority::Change });
}

#[test]
fn a_move_at_cal_com_is_taken_over_once_and_told() {
    let mut case = booked();
    let before = case.bookings[0].sighting().unwrap().clone();
    let mut moved = Sighting { uid: BookingUid("u2".into()), at: at(60), ..before.clone() };
    moved.facts.slot = Slot::of(hours(&case, 3), 30);
    case.hint(None);
    assert_eq!(conclude(&mut case, at(61)), Next::Look);
    case.sighted(0, &moved, at(61));
    assert_eq!(conclude(&mut case, at(61)), Next::Rest);
    assert_eq!(case.appointment.slot, moved.facts.slot);
    let version = case.appointment.version;
    case.sighted(0, &moved, at(62));
    assert_eq!((conclude(&mut case, at(62)), case.appointment.version), (Next::Rest, version));
    // An older look that comes late changes nothing.
    case.sighted(0, &before, at(63));
    assert_eq!(conclude(&mut case, at(63)), Next::Rest);
}

#[test]
fn a_second_move_while_the_first_is_in_flight_is_a_move_and_no_conflict() {
    let mut case = booked();
    let (first, second) = (hours(&case, 1), hours(&case, 2));
    assert_eq!(case.appointment.reschedule(first, None, at(2)), Ok(true));
    send(&mut case, 0, Push::Reschedule, at(2));
    let answer = seen_as(&case, 0, "u2", at(3));
    assert_eq!(case.appointment.reschedule(second, None, at(3)), Ok(true));
    case.answered(0, attempt(1), &answer, at(4));
    assert_eq!(conclude(&mut case, at(4)), Next::Act(Push::Reschedule));
}

#[test]
fn a_booking_that_has_to_be_confirmed_is_confirmed_and_a_shorter_one_keeps_its_move() {
    let mut case = case();
    send(&mut case, 0, Push::Create, at(0));
    let mut answer = seen_as(&case, 0, "u1", at(0));
    answer.facts.state = BookingState::Requested;
    answer.facts.slot = Slot::of(answer.facts.slot.start, 20);
    let moved = hours(&case, 1);
    assert_eq!(case.appointment.reschedule(moved, None, at(1)), Ok(true));
    case.answered(0, attempt(1), &answer, at(2));
    assert_eq!(case.appointment.slot, Slot::of(moved, 20));
    assert_eq!(conclude(&mut case, at(2)), Next::Act(Push::Confirm));
}

#[test]
fn a_conflict_that_people_end_by_agreeing_is_over_and_leaves_no_trace() {
    let mut case = booked();
    let base = case.appointment.slot.start;
    let mut there = seen_as(&case, 0, "u2", at(10));
    there.facts.slot = Slot::of(hours(&case, 3), 30);
    let (one, three, four) = (hours(&case, 1), hours(&case, 3), hours(&case, 4));
    assert_eq!(case.appointment.reschedule(one, None, at(9)), Ok(true));
    case.sighted(0, &there, at(11));
    assert_eq!(conclude(&mut case, at(11)), Next::Ask(vec![Field::Start]));
    // Back to where both were: only Cal.com's change is left, and it is taken over at the next look.
    let mut back = case.clone();
    assert_eq!(back.appointment.reschedule(base, None, at(12)), Ok(true));
    assert_eq!(conclude(&mut back, at(12)), Next::Look);
    assert_eq!(back.appointment.sync, SyncStatus::Pending);
    // To where it is at Cal.com: agreed, and the next move is an ordinary one.
    assert_eq!(case.appointment.reschedule(three, None, at(12)), Ok(true));
    assert_eq!(conclude(&mut case, at(12)), Next::Rest);
    assert_eq!(case.appointment.reschedule(four, None, at(13)), Ok(true));
    assert_eq!(conclude(&mut case, at(13)), Next::Act(Push::Reschedule));
}

#[test]
fn a_booking_made_anew_after_its_cancellation_brings_the_appointment_back() {
    let mut case = booked();
    assert_eq!(case.appointment.cancel(Some("Krank".into()), at(1)), Ok(true));
    done(&mut case, 0, Push::Cancel, "u1", at(2));
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
    let mut anew = seen_as(&case, 0, "u2", at(9));
    anew.facts.state = BookingState::Active;
    anew.facts.slot = Slot::of(hours(&case, 5), 30);
    case.sighted(0, &anew, at(10));
    assert_eq!(conclude(&mut case, at(10)), Next::Rest);
    assert_eq!(case.appointment.status, AppointmentStatus::Confirmed);
    assert_eq!(case.appointment.slot, anew.facts.slot);
}

#[test]
fn a_no_show_travels_in_both_directions() {
    let mut case = booked();
    let start = case.appointment.slot.start;
    assert_eq!(case.appointment.mark_no_show(true, start), Ok(true));
    done(&mut case, 0, Push::MarkAbsent, "u1", start);
    assert_eq!(case.appointment.sync, SyncStatus::Synced);
    // Taken back at Cal.com, whose time of the booking does not move.
    let mut came = case.bookings[0].sighting().unwrap().clone();
    came.facts.absent = false;
    case.sighted(0, &came, start);
    assert_eq!(conclude(&mut case, start), Next::Rest);
    assert_eq!(case.appointment.status, AppointmentStatus::Confirmed);
}

#[test]
fn what_can_no_longer_change_is_accepted_and_a_booking_that_came_too_late_is_asked_about() {
    let mut case = booked();
    let end = case.appointment.slot.end - SignedDuration::from_secs(1);
    assert_eq!(case.appointment.cancel(None, end), Ok(true));
    send(&mut case, 0, Push::Cancel, end);
    fail(&mut case, &Failure::Refused(ReviewCode::TooLate), "has already ended", end);
    let seen = case.bookings[0].sighting().unwrap().clone();
    assert_eq!(conclude(&mut case, end), Next::Look);
    case.sighted(0, &seen, end);
    assert_eq!(conclude(&mut case, end), Next::Rest);
    let accepted = case.accepted(&case.bookings[0]);
    assert!(accepted.contains(&Accepted { field: Field::State, why: Reason::TooLate }), "{accepted:?}");
    case.conclude(Priority::Change, end);
    assert_eq!(case.next(), Next::Rest, "it stays so");

    let mut never = crate::case::tests::case();
    send(&mut never, 0, Push::Create, at(0));
    fail(&mut never, &Failure::Refused(ReviewCode::TooLate), "in the past", at(1));
    never.absent(0, at(2));
    assert_eq!(conclude(&mut never, at(2)), Next::GivenUp(ReviewCode::TooLate));
}

#[test]
fn nothing_is_sent_on_the_strength_of_a_link_that_is_not_the_end() {
    let mut case = booked();
    case.appointment.reschedule(at(100_000), None, at(1)).unwrap();
    send(&mut case, 0, Push::Reschedule, at(2));
    fail(&mut case, &Failure::Refused(ReviewCode::Refused), "moved", at(3));
    case.passed(0, &[BookingUid("u1".into())], &BookingUid("u2".into()));
    assert_eq!(conclude(&mut case, at(4)), Next::Look);
    assert_eq!((case.bookings[0].uid.clone(), case.names.len()), (Some(BookingUid("u2".into())), 1));
}

#[test]
fn on_an_event_type_of_a_team_the_host_is_reassigned_and_a_reassigned_one_taken_over() {
    let mut case = case();
    let (anna, bea) = (StaffId(uuid::Uuid::from_u128(1)), StaffId(uuid::Uuid::from_u128(2)));
    let team = event_type(0, 2);
    case.hosts = vec![
        Host { event_type: team, user: 11, staff_id: anna },
        Host { event_type: team, user: 22, staff_id: bea },
    ];
    case.bookings[0].host = Some(11);
    send(&mut case, 0, Push::Create, at(0));
    let mut answer = seen_as(&case, 0, "u1", at(0));
    answer.facts.host = Some(22);
    case.answered(0, attempt(1), &answer, at(1));
    send(&mut case, 0, Push::Reassign, at(2));
    case.accepted_blindly(0, attempt(1), at(3));
    assert_eq!(conclude(&mut case, at(3)), Next::Look);
    // It changed nothing: a person is told, once.
    let mut same = case.clone();
    same.sighted(0, &answer, at(4));
    assert_eq!(conclude(&mut same, at(4)), Next::GivenUp(ReviewCode::NoEffect));
    let mut with_anna = answer.clone();
    (with_anna.facts.host, with_anna.at) = (Some(11), at(4));
    case.sighted(0, &with_anna, at(5));
    assert_eq!(conclude(&mut case, at(5)), Next::Rest);
    // Given to Bea at Cal.com, and then to somebody whom nobody knows.
    case.sighted(0, &Sighting { at: at(6), ..answer.clone() }, at(7));
    assert_eq!(conclude(&mut case, at(7)), Next::Rest);
    assert_eq!((case.appointment.staff_id, case.bookings[0].host), (bea, Some(22)));
    let mut stranger = answer;
    (stranger.facts.host, stranger.at) = (Some(99), at(8));
    case.sighted(0, &stranger, at(9));
    assert_eq!(conclude(&mut case, at(9)), Next::GivenUp(ReviewCode::UnknownHost));
}

#[test]
fn a_vanished_booking_is_made_again_or_given_up_as_a_person_says() {
    let mut case = booked();
    case.hint(None);
    case.absent(0, at(2));
    assert_eq!(conclude(&mut case, at(2)), Next::Vanished);
    assert!(matches!(case.bookings[0].seen, Seen::Absent { .. }));
    let mut again = case.clone();
    assert!(again.settle_conflict(true, at(3)));
    again.absent(0, at(4));
    assert_eq!(conclude(&mut again, at(4)), Next::Act(Push::Create));
    assert!(case.settle_conflict(false, at(3)));
    case.absent(0, at(4));
    assert_eq!(conclude(&mut case, at(4)), Next::Rest);
    assert_eq!(case.appointment.status, AppointmentStatus::Cancelled);
}

#[test]
fn a_person_says_which_booking_is_that_of_an_appointment_that_has_none() {
    let mut vanished = booked();
    let mut made = seen_as(&vanished, 0, "made-by-hand", at(3));
    assert!(!vanished.clone().link(&made, at(3)), "it has one");
    vanished.hint(None);
    vanished.absent(0, at(2));
    assert_eq!(conclude(&mut vanished, at(2)), Next::Vanished);
    let mut as_wanted = vanished.clone();
    assert!(as_wanted.link(&made, at(3)));
    assert_eq!(conclude(&mut as_wanted, at(3)), Next::Rest);
    assert_eq!(as_wanted.bookings[0].uid, Some(BookingUid("made-by-hand".into())));
    // Whoever made it for another time has moved it, as what was agreed before says.
    made.facts.slot = Slot::of(hours(&vanished, 5), 30);
    let mut moved = vanished.clone();
    assert!(moved.link(&made, at(3)));
    assert_eq!(conclude(&mut moved, at(3)), Next::Rest);
    assert_eq!(moved.appointment.slot, made.facts.slot);

    // What nobody ever saw there has nothing agreed: what is said here counts.
    let mut never = case();
    send(&mut never, 0, Push::Create, at(1));
    fail(&mut never, &Failure::Refused(ReviewCode::Refused), "nein", at(1));
    never.absent(0, at(2));
    assert_eq!(conclude(&mut never, at(2)), Next::GivenUp(ReviewCode::Refused));
    assert!(never.link(&made, at(3)));
    assert_eq!(conclude(&mut never, at(3)), Next::Act(Push::Reschedule));

    // Not what was cancelled, not on another event type, and not for what does not take place.
    let mut other = made.clone();
    other.facts.event_type = Some(event_type(9, 9));
    assert!(!vanished.clone().link(&other, at(3)));
    other =
        Sighting { facts: Facts { state: BookingState::Cancelled, ..made.facts.clone() }, ..made.clone() };
    assert!(!vanished.clone().link(&other, at(3)));
    vanished.appointment.status = AppointmentStatus::Cancelled;
    assert!(!vanished.link(&made, at(3)));
}
