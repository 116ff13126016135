//! What follows for a case from a call that was started, answered, refused or lost, from a look at Cal.com,
//! and from a person who wants another try.

use std::time::Duration;

use jiff::Timestamp;

use super::Case;
use crate::appointment::{Actor, AppointmentStatus, Origin, Segment};
use crate::booking::{Call, PATIENCE, Refused, Role, Seen, has_our_reason};
use crate::facts::{BookingState, Facts, Field};
use crate::observe::{News, Sighting, Via, news};
use crate::plan::{Plan, Push, plan};
use crate::planted::{self, Bug};
use crate::retry::RetrySchedule;
use crate::review::ReviewCode;
use crate::timeline::What;
use crate::{AttemptId, BookingUid, Slot, StaffId};

/// Why a call or a look brought nothing; `R` says why Cal.com refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<R = ReviewCode> {
    /// Network, time-out, 5xx, unreadable answer.
    Transient {
        /// Whether it may have had its effect.
        ambiguous: bool,
        /// Whether Cal.com has done with it: what it has not done by now it never will.
        over: bool,
    },
    /// Too many requests: it surely had no effect, and costs no try.
    RateLimited {
        /// How long to wait, from now.
        wait: Duration,
    },
    /// The key is not accepted: the connection is paused, and no try is used up.
    Unauthorized,
    /// Cal.com says no.
    Refused(R),
}

/// When a failed call is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    /// The waits.
    pub schedule: &'a RetrySchedule,
    /// In 0..1; spreads the next try.
    pub jitter: f64,
}

impl Case {
    /// A call is about to be sent. Must be stored before it is.
    pub fn started(&mut self, number: u16, attempt: AttemptId, push: Push, now: Timestamp) {
        let Some(wanted) = self.record(number).map(|record| self.wanted(record)) else { return };
        let Some(record) = self.record_mut(number) else { return };
        if push == Push::Create {
            record.generation += 1;
            // What was there under that name is no more: the new one is found by our reference.
            record.uid = None;
        }
        record.doubts.retain(|call| !call.is_past(now) || !call.looked);
        if !planted::is(Bug::AttemptNotWrittenDown) {
            record.doubts.push(Call { attempt, push, wanted, at: now, over: false, looked: false });
        }
        record.decided = None;
        record.last_attempt_at = Some(now);
    }

    /// Cal.com answered a call with the booking as it is now.
    pub fn answered(&mut self, number: u16, attempt: AttemptId, sighting: &Sighting, now: Timestamp) {
        if let Some(record) = self.record_mut(number) {
            record.failures = 0;
            record.refused = record.refused.take().filter(|refused| !refused.retried);
            for call in record.doubts.iter_mut().filter(|call| call.attempt == attempt) {
                call.over = true;
            }
        }
        if planted::is(Bug::ChangedMeanwhileLost) {
            let slot = sighting.facts.slot;
            self.appointment.arrange(vec![Segment { staff_id: self.appointment.staff_id, slot }]);
        }
        self.sighted(number, sighting, now);
        // What stands now lets others go.
        for record in &mut self.bookings {
            record.look_before_declining();
        }
    }

    /// Cal.com accepted a call and did not say what became of it: only a look tells. If it shows no effect, a
    /// person is asked instead of trying again and again.
    pub fn accepted_blindly(&mut self, number: u16, attempt: AttemptId, now: Timestamp) {
        let Some(record) = self.record_mut(number) else { return };
        let Some(index) = record.doubts.iter().position(|call| call.attempt == attempt) else { return };
        let Call { push, wanted, .. } = record.doubts.remove(index);
        let message = String::new();
        let code = ReviewCode::NoEffect;
        record.refused = Some(Refused { push, wanted, code, message, looked: false, retried: false });
        record.look = true;
        record.failures = 0;
        record.last_attempt_at = Some(now);
    }

    /// A booking was seen, and it is the end of its chain.
    pub fn sighted(&mut self, number: u16, sighting: &Sighting, now: Timestamp) {
        let Some(wish) = self.record(number).map(|record| self.wish(record)) else { return };
        let Some(record) = self.record_mut(number) else { return };
        record.looked();
        if matches!(news(record.sighting(), sighting), News::Stale | News::Follow) {
            return;
        }
        let another = record.uid.as_ref() != Some(&sighting.uid);
        if another || record.sighting().is_none_or(|held| held.facts != sighting.facts) {
            record.decided = None;
        }
        let recognised = another && sighting.via != Via::Answer;
        // An earlier try, of which nobody had heard any more, has cancelled what was to leave.
        if record.role.is_leaving()
            && record.last_attempt_at.is_some()
            && !sighting.facts.state.is_live()
            && has_our_reason(&wish, &sighting.facts)
            && let Some(agreed) = &mut record.agreed
        {
            Field::State.copy(&sighting.facts, agreed);
        }
        if another {
            // What was refused of the link before says nothing about this one.
            record.refused = None;
        }
        // Whatever was to cancel an earlier link of the chain has not cancelled this one, and what somebody
        // else has cancelled was not cancelled by us.
        let moved_on = another && record.uid.is_some();
        record.doubts.retain(|call| match call.push {
            // Cal.com cancels only once: what was answered with success is ours, whatever became of the words.
            Push::Cancel if sighting.via == Via::Answer => !moved_on,
            Push::Cancel | Push::Decline => !moved_on && !call.is_forestalled(&sighting.facts),
            _ => true,
        });
        for call in &record.doubts {
            record.agreed = Some(settle_call(record.agreed.as_ref(), call, &sighting.facts));
        }
        // Whose cancellation of a booking that leaves it was is to be known to its end.
        let ours = |call: &Call| matches!(call.push, Push::Cancel | Push::Decline);
        let leaving = record.role.is_leaving();
        let live = sighting.facts.state.is_live();
        record.doubts.retain(|call| {
            let may_come = !call.is_past(now);
            (leaving && ours(call) && (may_come || !live)) || (may_come && !call.shows(&sighting.facts))
        });
        record.uid = Some(sighting.uid.clone());
        record.seen = Seen::Booking(Box::new(sighting.clone()));
        record.verified_at = Some(now);
        if recognised {
            self.tell(now, &Actor::of(Origin::System), What::Recognised { uid: sighting.uid.clone() });
        }
        self.adopt(number, now);
    }

    /// Takes over what was changed at Cal.com. It is never sent back: afterwards the plan has nothing to say
    /// about these fields.
    pub(super) fn adopt(&mut self, number: u16, now: Timestamp) {
        let Some(record) = self.record(number) else { return };
        let Some(sighting) = record.sighting().cloned() else { return };
        let heard = self.heard(record, record.remote());
        let Some(Plan::Adopt(fields)) = heard.map(|heard| plan(&heard, self.policy)) else { return };
        let (there, host) = (&sighting.facts, self.host_there(record));
        let fields: Vec<_> =
            fields.into_iter().filter(|field| *field != Field::Host || host.is_some()).collect();
        if fields.is_empty() {
            return;
        }
        let told = self.take_over(number, &fields, there, host, now);
        if let Some(agreed) = self.record_mut(number).and_then(|record| record.agreed.as_mut()) {
            for field in &fields {
                field.copy(there, agreed);
            }
        }
        let actor = Actor::of(Origin::Calcom);
        self.tell(now, &actor, What::Observed { via: sighting.via, adopted: fields });
        if planted::is(Bug::TakenOverUntold) {
            return;
        }
        for what in told {
            self.tell(now, &actor, what);
        }
    }

    /// The appointment says of these fields what `facts` say of the booking of a record, with `host` where that is the
    /// host. Returns what the history is to tell of it.
    pub(super) fn take_over(
        &mut self,
        number: u16,
        fields: &[Field],
        facts: &Facts,
        host: Option<(i64, StaffId)>,
        now: Timestamp,
    ) -> Vec<What> {
        let Some(segment) = self.record(number).map(|record| usize::from(record.segment)) else {
            return Vec::new();
        };
        let (before, staff) = (self.appointment.slot, self.appointment.staff_id);
        let revived = !self.appointment.status.is_active();
        let mut segments = self.appointment.segments.clone();
        let mut told = Vec::new();
        for field in fields {
            match (field, segments.get_mut(segment)) {
                (Field::State, _) => {
                    self.appointment.status = status(facts);
                    self.appointment.reason.clone_from(&facts.reason);
                    told.push(match facts.state {
                        BookingState::Cancelled => What::Cancelled { reason: facts.reason.clone() },
                        BookingState::Active | BookingState::Requested => What::Confirmed,
                    });
                }
                (Field::Absent, _) => {
                    self.appointment.status = status(facts);
                    told.push(What::NoShow { absent: facts.absent });
                }
                (Field::Start, Some(Segment { slot, .. })) => {
                    *slot = Slot::of(facts.slot.start, slot.minutes());
                }
                (Field::Duration, Some(Segment { slot, .. })) => {
                    *slot = Slot::of(slot.start, facts.slot.minutes());
                }
                (Field::Host, Some(segment)) => {
                    if let (Some((user, staff_id)), Some(record)) = (host, self.record_mut(number)) {
                        record.host = Some(user);
                        segment.staff_id = staff_id;
                    }
                }
                (Field::Name, _) => self.customer.name.clone_from(&facts.name),
                (Field::Email, _) => self.customer.email.clone_from(&facts.email),
                (Field::Phone, _) => self.customer.phone.clone_from(&facts.phone),
                (Field::Notes, _) => self.appointment.notes.clone_from(&facts.notes),
                (Field::EventType | Field::Start | Field::Duration | Field::Host, _) => {}
            }
        }
        self.appointment.arrange(segments);
        let (slot, service) = (self.appointment.slot, self.appointment.service_id);
        if slot != before {
            told.push(What::Rescheduled { from: before, to: slot, reason: facts.reason.clone() });
        }
        if (revived || slot != before) && self.appointment.status.is_active() {
            // What takes place again must not be hidden.
            self.appointment.deleted_at = None;
        }
        if self.appointment.staff_id != staff {
            let to = self.appointment.staff_id;
            told.push(What::Reassigned { from: staff, to, from_service: service, to_service: service });
        }
        self.appointment.touch(now);
        told
    }

    /// A chain of moves was followed for a while: from now on the record is looked at further along it.
    pub fn passed(&mut self, number: u16, links: &[BookingUid], next: &BookingUid) {
        self.names.extend(links.iter().map(|uid| (number, uid.clone())));
        if let Some(record) = self.record_mut(number) {
            record.uid = Some(next.clone());
            // Nothing is concluded from the link that was seen last: it is not the end.
            record.look = true;
            record.decided = None;
            record.refused = None;
            record.doubts.retain(|call| !matches!(call.push, Push::Cancel | Push::Decline));
        }
    }

    /// The booking was looked for, and is not there. A create that nobody answered may still make it: then it
    /// is looked for once more when that is over.
    pub fn absent(&mut self, number: u16, now: Timestamp) {
        let Some(record) = self.record_mut(number) else { return };
        record.looked();
        record.decided = record.decided.take().filter(|_| record.sighting().is_none());
        record.seen = Seen::Absent { at: now };
        record.doubts.retain(|call| call.push == Push::Create && !call.is_past(now));
        record.next_try_at = record.doubts.iter().map(|call| call.at + PATIENCE).max();
        if let Some(at) = &mut record.next_try_at {
            *at += jiff::SignedDuration::from_millis(1);
        }
    }

    /// A call failed.
    pub fn call_failed(
        &mut self,
        number: u16,
        attempt: AttemptId,
        failure: &Failure,
        message: &str,
        again: Again<'_>,
        now: Timestamp,
    ) {
        let Some(record) = self.record_mut(number) else { return };
        let Some(index) = record.doubts.iter().position(|call| call.attempt == attempt) else { return };
        match failure {
            Failure::Transient { ambiguous: true, over } => record.doubts[index].over = *over,
            Failure::Refused(code) => {
                let Call { push, wanted, .. } = record.doubts.remove(index);
                let message = message.to_owned();
                let looked = planted::is(Bug::RefusalBelieved);
                record.refused = Some(Refused { push, wanted, code: *code, message, looked, retried: false });
                return;
            }
            _ => {
                record.doubts.remove(index);
            }
        }
        self.try_again(number, failure, message, again, now);
    }

    /// A look failed; what is in doubt stays so.
    pub fn look_failed(
        &mut self,
        number: u16,
        failure: &Failure,
        message: &str,
        again: Again<'_>,
        now: Timestamp,
    ) {
        self.try_again(number, failure, message, again, now);
    }

    fn try_again(&mut self, number: u16, failure: &Failure, message: &str, again: Again<'_>, now: Timestamp) {
        let Some(wanted) = self.record(number).map(|record| self.wanted(record)) else { return };
        let Some(record) = self.record_mut(number) else { return };
        match failure {
            Failure::RateLimited { wait } => record.next_try_at = Some(now + *wait),
            Failure::Unauthorized => record.next_try_at = None,
            Failure::Transient { .. } | Failure::Refused(_) => {
                record.failures += 1;
                record.next_try_at =
                    again.schedule.wait_after(record.failures, again.jitter).map(|wait| now + wait);
                if record.next_try_at.is_none() {
                    let push = record.doubts.last().map_or(Push::Create, |call| call.push);
                    let code = ReviewCode::RetriesUsedUp;
                    let message = message.to_owned();
                    record.refused =
                        Some(Refused { push, wanted, code, message, looked: true, retried: false });
                }
            }
        }
    }

    /// What takes the wanted time is about to go: the wish is tried again later, as often as a failed call
    /// would be. Says whether it waits.
    pub fn give_way(&mut self, number: u16, again: Again<'_>, now: Timestamp) -> bool {
        let Some(record) = self.record_mut(number) else { return false };
        record.failures += 1;
        let Some(wait) = again.schedule.wait_after(record.failures, again.jitter) else { return false };
        record.next_try_at = Some(now + wait);
        true
    }

    /// A webhook says by which name the booking of a record goes that nobody has answered for yet.
    pub fn recognise(&mut self, number: u16, uid: &BookingUid) {
        if let Some(record) = self.record_mut(number)
            && record.uid.is_none()
        {
            record.uid = Some(uid.clone());
        }
    }

    /// Something says that Cal.com's side may have changed: a webhook, a poll, a person's wish to check.
    /// `uid` is the booking that is meant; without it, or if nobody has it, all of them.
    pub fn hint(&mut self, uid: Option<&BookingUid>) {
        let only = uid.and_then(|uid| self.record_by_uid(uid)).map(|record| record.number);
        for record in &mut self.bookings {
            if record.role == Role::Gone || only.is_some_and(|number| number != record.number) {
                continue;
            }
            record.look = true;
            record.next_try_at = None;
            if let Some(refused) = &mut record.refused
                && refused.code == ReviewCode::RetriesUsedUp
            {
                refused.retried = true;
                record.failures = 0;
            }
        }
    }

    /// A person wants another try, after a look.
    pub fn retry(&mut self) {
        for record in &mut self.bookings {
            if let Some(refused) = &mut record.refused {
                refused.retried = true;
            }
            record.failures = 0;
        }
        self.hint(None);
    }
}

/// The status of an appointment whose booking is as Cal.com says.
fn status(there: &Facts) -> AppointmentStatus {
    match there.state {
        BookingState::Requested => AppointmentStatus::Requested,
        BookingState::Active if there.absent => AppointmentStatus::NoShow,
        BookingState::Active => AppointmentStatus::Confirmed,
        BookingState::Cancelled => AppointmentStatus::Cancelled,
    }
}

/// The merge base after a call whose effect was seen: what the call carried and Cal.com now says was shared
/// from then on, whatever was changed here since. What only Cal.com chooses when a booking is made (that it
/// has to be confirmed, and on an event type of a team the host) was asked for, not changed there.
fn settle_call(agreed: Option<&Facts>, call: &Call, there: &Facts) -> Facts {
    let mut base = match (call.push, agreed) {
        (Push::Create, _) | (_, None) => call.wanted.clone(),
        (_, Some(agreed)) => agreed.clone(),
    };
    for field in Field::ALL.into_iter().filter(|field| field.same(&call.wanted, there)) {
        field.copy(there, &mut base);
    }
    if call.push == Push::Create {
        base.host = there.host;
        if there.state == BookingState::Requested {
            base.state = BookingState::Requested;
        }
    }
    base
}
