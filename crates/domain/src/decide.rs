//! What follows from an event in the life of an appointment: a call was started, answered, refused or
//! lost; a booking was seen or not found; a person wants another try. Pure functions on a [`Case`].
//!
//! Two rules hold everywhere. A call whose outcome is not known leads to a look before anything else is
//! done, and so does a refusal: it may be the echo of our own first try.

use std::time::Duration;

use jiff::Timestamp;

use crate::appointment::{Actor, AppointmentStatus, Origin};
use crate::case::{BookingRecord, Call, Case, Due, Priority, Refused, Seen};
use crate::facts::{BookingState, Facts, Field};
use crate::observe::{News, Sighting, Via, news};
use crate::plan::{Plan, Push, Remote, Snapshots, plan, settle};
use crate::reference::Reference;
use crate::retry::RetrySchedule;
use crate::review::ReviewCode;
use crate::timeline::What;
use crate::{AttemptId, Slot, SyncStatus};

/// What to do next about an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the service is not linked to Cal.com.
    NotConnected,
    /// Nothing: both sides say the same.
    Rest,
    /// Look at Cal.com.
    Look,
    /// One call.
    Act(Push),
    /// A person decides about these fields.
    Ask(Vec<Field>),
    /// A person decides: the booking is gone.
    Vanished,
    /// A person decides: the call was refused, or failed for good.
    GivenUp(ReviewCode),
}

/// Why a call or a look brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Network, time-out, 5xx, unreadable answer; `ambiguous` if it may have had its effect.
    Transient {
        /// Whether it may have had its effect.
        ambiguous: bool,
    },
    /// Too many requests: it surely had no effect, and costs no try.
    RateLimited {
        /// How long to wait, from now.
        wait: Duration,
    },
    /// The key is not accepted: the connection is paused, and no try is used up.
    Unauthorized,
    /// Cal.com says no.
    Refused(ReviewCode),
}

impl Case {
    /// The three snapshots; `None` while the service is not linked.
    pub fn snapshots(&self) -> Option<Snapshots> {
        let booking = self.booking.as_ref()?;
        Some(Snapshots {
            local: self.local(booking),
            agreed: booking.agreed.clone(),
            remote: booking.remote(),
        })
    }

    fn local(&self, booking: &BookingRecord) -> Facts {
        Facts::of(&self.appointment, &self.customer, booking.event_type, &self.placeholder)
    }

    /// What to do next.
    pub fn next(&self) -> Next {
        let (Some(booking), Some(snapshots)) = (&self.booking, self.snapshots()) else {
            return Next::NotConnected;
        };
        let standing = booking.refused.as_ref().filter(|refused| refused.wanted == snapshots.local);
        match (plan(&snapshots, self.policy), standing) {
            (Plan::Look | Plan::Adopt(_) | Plan::Act(_), Some(refused))
                if refused.code == ReviewCode::RetriesUsedUp =>
            {
                Next::GivenUp(refused.code)
            }
            (Plan::Act(push), Some(refused)) if refused.push == push => {
                if refused.looked {
                    Next::GivenUp(refused.code)
                } else {
                    Next::Look
                }
            }
            // What is there to be taken over is taken over at a sighting.
            (Plan::Look | Plan::Adopt(_), _) => Next::Look,
            (Plan::Act(push), _) => Next::Act(push),
            (Plan::Ask(fields), _) => Next::Ask(fields),
            (Plan::Vanished, _) => Next::Vanished,
            (Plan::Rest, _) => Next::Rest,
        }
    }

    /// Our reference on the booking that the current generation means; `None` while not linked.
    pub fn reference(&self) -> Option<Reference> {
        let booking = self.booking.as_ref()?;
        Some(Reference {
            appointment: self.appointment.id,
            segment: booking.segment,
            generation: booking.generation,
        })
    }

    /// A call is about to be sent. Must be stored before it is.
    pub fn started(&mut self, attempt: AttemptId, push: Push, now: Timestamp) {
        let Some(wanted) = self.snapshots().map(|snapshots| snapshots.local) else { return };
        let Some(booking) = &mut self.booking else { return };
        if push == Push::Create {
            booking.generation += 1;
        }
        booking.in_doubt = Some(Call { attempt, push, wanted, at: now });
        booking.last_attempt_at = Some(now);
    }

    /// A booking was seen, and it is the end of its chain.
    pub fn sighted(&mut self, sighting: &Sighting, now: Timestamp) {
        let Some(booking) = &mut self.booking else { return };
        booking.clear_doubt();
        let in_doubt = booking.in_doubt.take();
        let held = match &booking.seen {
            Seen::Booking(held) => Some(&**held),
            Seen::Never | Seen::Absent { .. } => None,
        };
        if matches!(news(held, sighting), News::Stale | News::Follow) {
            return;
        }
        let another = booking.uid.as_ref() != Some(&sighting.uid);
        let recognised = another && sighting.via != Via::Answer;
        if another {
            // What was refused of the link before says nothing about this one.
            booking.refused = None;
        }
        if let Some(call) = in_doubt {
            booking.agreed = Some(settle_call(booking.agreed.as_ref(), &call, &sighting.facts));
        }
        booking.uid = Some(sighting.uid.clone());
        booking.seen = Seen::Booking(Box::new(sighting.clone()));
        if recognised {
            self.tell(now, &Actor::of(Origin::System), What::Recognised { uid: sighting.uid.clone() });
        }
        self.adopt(sighting, now);
        if let Some(booking) = &mut self.booking {
            booking.verified_at = Some(now);
            if sighting.via == Via::Answer {
                booking.failures = 0;
            }
        }
    }

    /// Moves the merge base to whatever both sides say alike.
    fn settle(&mut self) {
        let Some(Snapshots { local, agreed, remote: Remote::Present(there) }) = self.snapshots() else {
            return;
        };
        if let Some(booking) = &mut self.booking {
            booking.agreed = Some(settle(&local, agreed.as_ref(), &there));
        }
    }

    /// Takes over what was changed at Cal.com. It is never sent back: afterwards the plan has nothing to say
    /// about these fields.
    fn adopt(&mut self, sighting: &Sighting, now: Timestamp) {
        let Some(Plan::Adopt(fields)) = self.snapshots().map(|snapshots| plan(&snapshots, self.policy))
        else {
            return;
        };
        let actor = Actor::of(Origin::Calcom);
        let before = self.appointment.slot;
        let there = &sighting.facts;
        for field in &fields {
            match field {
                Field::State => {
                    self.appointment.status = match there.state {
                        BookingState::Requested => AppointmentStatus::Requested,
                        BookingState::Active => AppointmentStatus::Confirmed,
                        BookingState::Cancelled => AppointmentStatus::Cancelled,
                    };
                    self.appointment.reason.clone_from(&there.reason);
                }
                Field::Start => {
                    self.appointment.slot = Slot::of(there.slot.start, self.appointment.slot.minutes());
                }
                Field::Duration => {
                    self.appointment.slot = Slot::of(self.appointment.slot.start, there.slot.minutes());
                }
                Field::EventType | Field::Name | Field::Email | Field::Phone | Field::Notes => {}
            }
        }
        self.tell(now, &actor, What::Observed { via: sighting.via, adopted: fields.clone() });
        if fields.contains(&Field::State) {
            self.tell(
                now,
                &actor,
                match there.state {
                    BookingState::Cancelled => What::Cancelled { reason: there.reason.clone() },
                    BookingState::Active | BookingState::Requested => What::Confirmed,
                },
            );
        }
        if self.appointment.slot != before {
            let reason = there.reason.clone();
            self.tell(now, &actor, What::Rescheduled { from: before, to: self.appointment.slot, reason });
        }
        self.appointment.touch(now);
    }

    /// The booking was looked for, and is not there.
    pub fn absent(&mut self, now: Timestamp) {
        let Some(booking) = &mut self.booking else { return };
        booking.clear_doubt();
        booking.in_doubt = None;
        booking.seen = Seen::Absent { at: now };
    }

    /// The call in doubt failed. `jitter` in 0..1 spreads the next try.
    pub fn call_failed(
        &mut self,
        failure: &Failure,
        message: &str,
        schedule: &RetrySchedule,
        jitter: f64,
        now: Timestamp,
    ) {
        let Some(booking) = &mut self.booking else { return };
        let Some(call) = booking.in_doubt.clone() else { return };
        if *failure != (Failure::Transient { ambiguous: true }) {
            booking.in_doubt = None;
        }
        if let Failure::Refused(code) = failure {
            let (push, wanted, message) = (call.push, call.wanted, message.to_owned());
            booking.refused = Some(Refused { push, wanted, code: *code, message, looked: false });
        } else {
            self.try_again(failure, message, schedule, jitter, now);
        }
    }

    /// A look failed; what is in doubt stays so. `jitter` in 0..1 spreads the next try.
    pub fn look_failed(
        &mut self,
        failure: &Failure,
        message: &str,
        schedule: &RetrySchedule,
        jitter: f64,
        now: Timestamp,
    ) {
        self.try_again(failure, message, schedule, jitter, now);
    }

    fn try_again(
        &mut self,
        failure: &Failure,
        message: &str,
        schedule: &RetrySchedule,
        jitter: f64,
        now: Timestamp,
    ) {
        let Some(wanted) = self.snapshots().map(|snapshots| snapshots.local) else { return };
        let Some(booking) = &mut self.booking else { return };
        match failure {
            Failure::RateLimited { wait } => booking.next_try_at = Some(now + *wait),
            Failure::Unauthorized => booking.next_try_at = None,
            Failure::Transient { .. } | Failure::Refused(_) => {
                booking.failures += 1;
                booking.next_try_at = schedule.wait_after(booking.failures, jitter).map(|wait| now + wait);
                if booking.next_try_at.is_none() {
                    let push = booking.in_doubt.as_ref().map_or(Push::Create, |call| call.push);
                    let code = ReviewCode::RetriesUsedUp;
                    let message = message.to_owned();
                    booking.refused = Some(Refused { push, wanted, code, message, looked: true });
                }
            }
        }
    }

    /// Something says that Cal.com's side may have changed: a webhook, a poll, a person's wish to check.
    pub fn hint(&mut self) {
        if let Some(booking) = &mut self.booking {
            booking.look = true;
            booking.next_try_at = None;
            if booking.refused.as_ref().is_some_and(|refused| refused.code == ReviewCode::RetriesUsedUp) {
                booking.refused = None;
                booking.failures = 0;
            }
        }
    }

    /// A person wants another try, after a look.
    pub fn retry(&mut self) {
        if let Some(booking) = &mut self.booking {
            booking.refused = None;
            booking.failures = 0;
        }
        self.hint();
    }

    /// A person settles what both sides changed: what is said here counts (`ours`), or what is said there.
    /// Moves the merge base so that only the other side differs from it; the plan does the rest. What Cal.com
    /// refused before it was settled is tried anew. Without a conflict there is nothing to settle.
    pub fn settle_conflict(&mut self, ours: bool) {
        if !matches!(self.next(), Next::Ask(_)) {
            return;
        }
        let Some(Snapshots { local, remote: Remote::Present(there), .. }) = self.snapshots() else { return };
        if let Some(booking) = &mut self.booking {
            booking.agreed = Some(if ours { there } else { local });
            booking.refused = None;
            booking.look = true;
        }
    }

    /// Derives the sync status, the open questions and the next time to work on it. Every change of a case
    /// ends with this.
    pub fn conclude(&mut self, priority: Priority, now: Timestamp) {
        self.settle();
        let next = self.next();
        self.due = None;
        let mut questions = Vec::new();
        let status = match next {
            Next::NotConnected => SyncStatus::NotConnected,
            Next::Rest => {
                if self.appointment.sync != SyncStatus::Synced && self.was_seen() {
                    self.tell(now, &Actor::of(Origin::System), What::Verified);
                }
                if let Some(booking) = &mut self.booking {
                    booking.refused = None;
                    booking.failures = 0;
                    booking.next_try_at = None;
                }
                SyncStatus::Synced
            }
            Next::Look | Next::Act(_) => {
                let booking = self.booking.as_ref();
                let at = booking.and_then(|booking| booking.next_try_at).unwrap_or(now).max(now);
                let priority = match booking {
                    Some(booking) if booking.failures > 0 => priority.max(Priority::Retry),
                    _ => priority,
                };
                self.due = Some(Due { at, priority });
                SyncStatus::Pending
            }
            Next::Ask(_) => {
                questions.push((ReviewCode::Conflict, String::new()));
                SyncStatus::Conflict
            }
            Next::Vanished => {
                questions.push((ReviewCode::Vanished, String::new()));
                SyncStatus::OrphanedLocal
            }
            Next::GivenUp(code) => {
                let refused = self.booking.as_ref().and_then(|booking| booking.refused.as_ref());
                questions.push((code, refused.map(|refused| refused.message.clone()).unwrap_or_default()));
                SyncStatus::Failed
            }
        };
        if self.appointment.overlapping && self.appointment.status.is_active() {
            questions.push((ReviewCode::Overlap, String::new()));
        }
        self.appointment.sync = status;
        self.questions = questions;
    }

    fn was_seen(&self) -> bool {
        self.booking.as_ref().is_some_and(|booking| matches!(booking.seen, Seen::Booking(_)))
    }
}

/// The merge base after a call whose effect was seen: what the call carried and Cal.com now says was shared
/// from then on, whatever was changed here since. A booking that Cal.com wants confirmed first was asked for.
fn settle_call(agreed: Option<&Facts>, call: &Call, there: &Facts) -> Facts {
    let mut base = match (call.push, agreed) {
        (Push::Create, _) | (_, None) => call.wanted.clone(),
        (_, Some(agreed)) => agreed.clone(),
    };
    for field in Field::ALL.into_iter().filter(|field| field.same(&call.wanted, there)) {
        field.copy(there, &mut base);
    }
    if call.push == Push::Create && there.state == BookingState::Requested {
        base.state = BookingState::Requested;
    }
    base
}

impl BookingRecord {
    /// What is known of Cal.com's side, for the plan.
    fn remote(&self) -> Remote {
        match &self.seen {
            _ if self.look || self.in_doubt.is_some() => Remote::Unknown,
            Seen::Never | Seen::Absent { .. } => Remote::Absent,
            Seen::Booking(sighting) => Remote::Present(sighting.facts.clone()),
        }
    }

    /// Cal.com was looked at, or answered.
    fn clear_doubt(&mut self) {
        self.look = false;
        self.next_try_at = None;
        if let Some(refused) = &mut self.refused {
            refused.looked = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::tests::{at, case, seen_as};
    use crate::{BookingUid, Slot};

    fn conclude(case: &mut Case, now: Timestamp) -> Next {
        case.conclude(Priority::Change, now);
        case.next()
    }

    fn started(case: &mut Case, push: Push, now: Timestamp) {
        assert_eq!(conclude(case, now), Next::Act(push));
        case.started(AttemptId(uuid::Uuid::from_u128(1)), push, now);
    }

    #[test]
    fn a_lost_answer_is_looked_for_before_a_second_try() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        case.call_failed(
            &Failure::Transient { ambiguous: true },
            "timed out",
            &RetrySchedule::default(),
            0.5,
            at(30),
        );
        assert_eq!(conclude(&mut case, at(30)), Next::Look);
        assert_eq!(case.due, Some(Due { at: at(31), priority: Priority::Retry }));
        // Not there: the same wish again, under a new generation.
        let mut lost = case.clone();
        lost.absent(at(31));
        started(&mut lost, Push::Create, at(31));
        assert_eq!(lost.reference().map(|reference| reference.generation), Some(2));
        // There: it is ours, and nothing is left to do.
        let sighting = seen_as(&case, "u1", at(29));
        case.sighted(&sighting, at(31));
        assert_eq!(conclude(&mut case, at(31)), Next::Rest);
        assert_eq!(case.appointment.sync, SyncStatus::Synced);
        assert!(case.entries.iter().any(|entry| matches!(entry.what, What::Recognised { .. })));
    }

    #[test]
    fn a_change_made_while_the_create_was_in_doubt_is_still_sent() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        let sighting = seen_as(&case, "u1", at(0));
        let moved = case.appointment.slot.start + jiff::SignedDuration::from_hours(1);
        assert_eq!(case.appointment.reschedule(moved, None, at(1)), Ok(true));
        case.sighted(&sighting, at(2));
        assert_eq!(conclude(&mut case, at(2)), Next::Act(Push::Reschedule));
    }

    /// Moved there while our own move was on its way, which Cal.com then refused: the old name is no more.
    #[test]
    fn a_settled_conflict_is_carried_out_although_the_move_was_refused_before() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        let sighting = seen_as(&case, "u1", at(0));
        case.sighted(&sighting, at(1));
        let hours = |hours| sighting.facts.slot.start + jiff::SignedDuration::from_hours(hours);
        assert_eq!(case.appointment.reschedule(hours(1), None, at(2)), Ok(true));
        started(&mut case, Push::Reschedule, at(2));
        let refusal = Failure::Refused(ReviewCode::Refused);
        case.call_failed(&refusal, "already rescheduled", &RetrySchedule::default(), 0.5, at(3));
        let mut there = Sighting { uid: BookingUid("u2".into()), at: at(2), ..sighting.clone() };
        there.facts.slot = Slot::of(hours(2), 30);
        case.sighted(&there, at(3));
        assert!(matches!(conclude(&mut case, at(3)), Next::Ask(_)));
        for ours in [true, false] {
            let mut settled = case.clone();
            settled.settle_conflict(ours);
            assert_eq!(conclude(&mut settled, at(4)), Next::Look);
            settled.sighted(&Sighting { at: at(4), ..there.clone() }, at(4));
            let next = if ours { Next::Act(Push::Reschedule) } else { Next::Rest };
            assert_eq!(conclude(&mut settled, at(4)), next, "ours: {ours}");
            assert_eq!(settled.appointment.slot.start, if ours { hours(1) } else { hours(2) });
        }
    }

    #[test]
    fn a_refusal_is_looked_at_and_then_told_until_the_wish_changes() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        let refusal = Failure::Refused(ReviewCode::SlotTaken);
        case.call_failed(&refusal, "not available", &RetrySchedule::default(), 0.5, at(1));
        assert_eq!(conclude(&mut case, at(1)), Next::Look);
        case.absent(at(2));
        assert_eq!(conclude(&mut case, at(2)), Next::GivenUp(ReviewCode::SlotTaken));
        assert_eq!(case.appointment.sync, SyncStatus::Failed);
        assert_eq!(case.questions, [(ReviewCode::SlotTaken, "not available".to_owned())]);
        let other = case.appointment.slot.start + jiff::SignedDuration::from_hours(2);
        assert_eq!(case.appointment.reschedule(other, None, at(3)), Ok(true));
        assert_eq!(conclude(&mut case, at(3)), Next::Act(Push::Create));
        assert!(case.questions.is_empty());
    }

    #[test]
    fn retries_end_with_a_question_and_a_hint_that_cal_com_lives_starts_them_again() {
        let mut case = case();
        let schedule = RetrySchedule::default();
        let mut now = at(0);
        for _ in 0..=schedule.0.len() {
            started(&mut case, Push::Create, now);
            case.call_failed(&Failure::Transient { ambiguous: false }, "refused", &schedule, 0.5, now);
            conclude(&mut case, now);
            now = case.due.map_or(now, |due| due.at);
        }
        assert_eq!(case.next(), Next::GivenUp(ReviewCode::RetriesUsedUp));
        assert_eq!(case.due, None);
        case.hint();
        assert_eq!(conclude(&mut case, now), Next::Look);
    }

    #[test]
    fn a_limit_costs_no_try() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        let wait = Duration::from_mins(1);
        case.call_failed(&Failure::RateLimited { wait }, "", &RetrySchedule::default(), 0.5, at(1));
        assert_eq!(conclude(&mut case, at(1)), Next::Act(Push::Create));
        assert_eq!(case.due, Some(Due { at: at(61), priority: Priority::Change }));
    }

    #[test]
    fn a_move_at_cal_com_is_taken_over_once_and_told() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        case.sighted(&seen_as(&case, "u1", at(0)), at(1));
        let mut moved = seen_as(&case, "u2", at(60));
        moved.facts.slot = crate::Slot::of(moved.facts.slot.start + jiff::SignedDuration::from_hours(3), 30);
        case.hint();
        assert_eq!(conclude(&mut case, at(61)), Next::Look);
        case.sighted(&moved, at(61));
        assert_eq!(conclude(&mut case, at(61)), Next::Rest);
        assert_eq!(case.appointment.slot, moved.facts.slot);
        let version = case.appointment.version;
        case.sighted(&moved, at(62));
        assert_eq!((conclude(&mut case, at(62)), case.appointment.version), (Next::Rest, version));
        // An older look that comes late changes nothing.
        let late = seen_as(&case, "u1", at(0));
        case.sighted(&late, at(63));
        assert_eq!(conclude(&mut case, at(63)), Next::Rest);
    }

    #[test]
    fn a_second_move_while_the_first_is_in_flight_is_a_move_and_no_conflict() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        case.sighted(&seen_as(&case, "u1", at(0)), at(1));
        let hours = |n| case.appointment.slot.start + jiff::SignedDuration::from_hours(n);
        let (first, second) = (hours(1), hours(2));
        assert_eq!(case.appointment.reschedule(first, None, at(2)), Ok(true));
        started(&mut case, Push::Reschedule, at(2));
        let answer = seen_as(&case, "u2", at(3));
        assert_eq!(case.appointment.reschedule(second, None, at(3)), Ok(true));
        case.sighted(&answer, at(4));
        assert_eq!(conclude(&mut case, at(4)), Next::Act(Push::Reschedule));
    }

    #[test]
    fn a_booking_that_has_to_be_confirmed_is_confirmed_and_a_shorter_one_keeps_its_move() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        let mut answer = seen_as(&case, "u1", at(0));
        answer.facts.state = BookingState::Requested;
        answer.facts.slot = Slot::of(answer.facts.slot.start, 20);
        let moved = case.appointment.slot.start + jiff::SignedDuration::from_hours(1);
        assert_eq!(case.appointment.reschedule(moved, None, at(1)), Ok(true));
        case.sighted(&answer, at(2));
        assert_eq!(case.appointment.slot, Slot::of(moved, 20));
        assert_eq!(conclude(&mut case, at(2)), Next::Act(Push::Confirm));
    }

    #[test]
    fn a_conflict_that_people_end_by_agreeing_is_over_and_leaves_no_trace() {
        let mut case = case();
        started(&mut case, Push::Create, at(0));
        case.sighted(&seen_as(&case, "u1", at(0)), at(1));
        let base = case.appointment.slot.start;
        let hour = |n| base + jiff::SignedDuration::from_hours(n);
        let mut there = seen_as(&case, "u2", at(10));
        there.facts.slot = Slot::of(hour(3), 30);
        assert_eq!(case.appointment.reschedule(hour(1), None, at(9)), Ok(true));
        case.sighted(&there, at(11));
        assert_eq!(conclude(&mut case, at(11)), Next::Ask(vec![Field::Start]));
        // Back to where both were: only Cal.com's change is left, and it is taken over at the next look.
        let mut back = case.clone();
        assert_eq!(back.appointment.reschedule(base, None, at(12)), Ok(true));
        assert_eq!(conclude(&mut back, at(12)), Next::Look);
        assert_eq!(back.appointment.sync, SyncStatus::Pending);
        // To where it is at Cal.com: agreed, and the next move is an ordinary one.
        assert_eq!(case.appointment.reschedule(hour(3), None, at(12)), Ok(true));
        assert_eq!(conclude(&mut case, at(12)), Next::Rest);
        assert_eq!(case.appointment.reschedule(hour(4), None, at(13)), Ok(true));
        assert_eq!(conclude(&mut case, at(13)), Next::Act(Push::Reschedule));
    }
}
