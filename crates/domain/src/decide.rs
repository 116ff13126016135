//! What is to be done next about an appointment, and how it is concluded. Pure functions on a [`Case`].
//!
//! What follows from a call or a look is in `outcomes`; what people decide, in `decisions`; which booking takes the place
//! of which, and who has to wait for whom, in `places`. Two rules hold everywhere. A call whose outcome is not known leads to a
//! look before anything else is done, and so does a refusal: it may be the echo of our own first try.

mod decisions;
mod outcomes;
mod places;

use jiff::Timestamp;

use crate::appointment::{Actor, Origin};
use crate::booking::{BookingRecord, Role};
use crate::case::{Case, Due, Priority};
use crate::facts::Field;
use crate::plan::{Accepted, Plan, Push, Reason, Remote, Snapshots, accepted, plan, settle};
use crate::planted::{self, Bug};
use crate::review::ReviewCode;
use crate::timeline::What;
use crate::{ConnectionId, SyncStatus};

pub use outcomes::{Again, Failure};

/// What to do next about an appointment, or about one of its bookings.
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
    /// Nothing yet: another booking of the appointment comes first.
    Wait,
    /// A person decides about these fields.
    Ask(Vec<Field>),
    /// A person decides: the booking is gone.
    Vanished,
    /// A person decides: the call was refused, or failed for good.
    GivenUp(ReviewCode),
}

impl Case {
    /// What to do next about the appointment: the most pressing of its bookings.
    pub fn next(&self) -> Next {
        let wanted = self.bookings.iter().filter(|record| record.role != Role::Gone);
        wanted.map(|record| self.next_of(record)).min_by_key(urgency).unwrap_or(Next::NotConnected)
    }

    /// The first of its bookings on an account that something can be done about at `now`, and what.
    pub fn next_in(&self, connection: ConnectionId, now: Timestamp) -> Option<(u16, Next)> {
        self.bookings
            .iter()
            .filter(|record| record.event_type.connection == connection)
            .filter(|record| record.next_try_at.is_none_or(|at| at <= now))
            .map(|record| (record.number, self.next_of(record)))
            .find(|(_, next)| matches!(next, Next::Look | Next::Act(_)))
    }

    /// What to do next about one of its bookings.
    pub fn next_of(&self, record: &BookingRecord) -> Next {
        if record.role == Role::Gone || (record.role == Role::Replaced && planted::is(Bug::OldBookingLeft)) {
            return Next::Rest;
        }
        let snapshots = self.snapshots(record);
        let plan = match plan(&snapshots, self.policy) {
            Plan::Rest if record.in_doubt_until().is_some() => Plan::Look,
            plan => plan,
        };
        let standing = record.refusal_of(&snapshots.local);
        if let Some(asked) = self.heard_of_leaving(record) {
            return asked;
        }
        match (plan, standing) {
            (Plan::Look | Plan::Adopt(_) | Plan::Act(_), Some(refused))
                if refused.code == ReviewCode::RetriesUsedUp =>
            {
                Next::GivenUp(refused.code)
            }
            (Plan::Act(push), Some(refused)) if refused.push == push => match refused.code {
                _ if !refused.looked => Next::Look,
                // What can no longer change is not a failure.
                ReviewCode::TooLate if push != Push::Create => Next::Rest,
                code => Next::GivenUp(code),
            },
            (Plan::Adopt(fields), _) if self.is_unknown_host(record, &fields) => {
                Next::GivenUp(ReviewCode::UnknownHost)
            }
            // What is there to be taken over is taken over at a sighting.
            (Plan::Look | Plan::Adopt(_), _) => Next::Look,
            (Plan::Act(_), _) if self.has_to_wait(record) => Next::Wait,
            (Plan::Act(push), _) => Next::Act(push),
            // Concluding a case puts another record in its place.
            (Plan::Replace, _) => Next::Act(Push::Create),
            (Plan::Ask(fields), _) => Next::Ask(fields),
            (Plan::Vanished, _) => Next::Vanished,
            (Plan::Rest, _) if self.is_strangers(record) => Next::GivenUp(ReviewCode::UnknownHost),
            (Plan::Rest, _) => Next::Rest,
        }
    }

    /// What people at Cal.com did to a booking that leaves, if it is still to be taken over or settled.
    fn heard_of_leaving(&self, record: &BookingRecord) -> Option<Next> {
        self.heard_in(record, record.remote())
    }

    /// Whether that was so when it was last seen, whatever may have changed since.
    pub(super) fn was_heard_of_leaving(&self, record: &BookingRecord) -> bool {
        let last = record.sighting().map(|seen| Remote::Present(seen.facts.clone()));
        last.is_some_and(|last| self.heard_in(record, last).is_some())
    }

    fn heard_in(&self, record: &BookingRecord, remote: Remote) -> Option<Next> {
        if record.role == Role::Current {
            return None;
        }
        match plan(&self.heard(record, remote)?, self.policy) {
            Plan::Adopt(_) => Some(Next::Look),
            Plan::Ask(fields) => Some(Next::Ask(fields)),
            _ => None,
        }
    }

    /// The differences between the two sides that are left as they are, with the reason.
    pub fn accepted(&self, record: &BookingRecord) -> Vec<Accepted> {
        let snapshots = self.snapshots(record);
        let mut accepted = accepted(&snapshots, self.policy);
        if let Remote::Present(there) = &snapshots.remote
            && record.refusal_of(&snapshots.local).is_some_and(|refused| refused.code == ReviewCode::TooLate)
        {
            let differs = |field: &Field| !field.same(&snapshots.local, there);
            for field in Field::ALL.into_iter().filter(differs) {
                if accepted.iter().all(|known| known.field != field) {
                    accepted.push(Accepted { field, why: Reason::TooLate });
                }
            }
        }
        accepted
    }

    /// Only the host is left to be taken over, and nobody here knows who that is.
    fn is_unknown_host(&self, record: &BookingRecord, fields: &[Field]) -> bool {
        fields == [Field::Host] && self.host_there(record).is_none()
    }

    /// It is with a host whom nobody here knows.
    fn is_strangers(&self, record: &BookingRecord) -> bool {
        let known = |host: i64| {
            self.hosts.iter().any(|known| known.event_type == record.event_type && known.user == host)
        };
        record.role == Role::Current
            && self.appointment.status.is_active()
            && record.host.is_some_and(|host| !known(host))
    }

    /// Derives the sync status, the open questions and the next time to work on it. Every change of a case
    /// ends with this.
    pub fn conclude(&mut self, priority: Priority, now: Timestamp) {
        self.settle_all();
        self.take_places(now);
        self.settle_all();
        let next = self.next();
        let nexts: Vec<_> = self.bookings.iter().map(|record| self.next_of(record)).collect();
        let at_rest = nexts.iter().all(|next| *next == Next::Rest);
        self.due = Vec::new();
        self.questions = Vec::new();
        for (index, next) in nexts.iter().enumerate() {
            if index > 0 && planted::is(Bug::FirstBookingOnly) {
                continue;
            }
            self.conclude_record(index, next, at_rest, priority, now);
        }
        if self.appointment.overlapping && self.appointment.status.is_active() {
            self.ask(ReviewCode::Overlap, "");
        }
        let sync = status(&next);
        if sync == SyncStatus::Synced
            && self.appointment.sync != SyncStatus::Synced
            && self.current().any(|record| record.sighting().is_some())
        {
            self.tell(now, &Actor::of(Origin::System), What::Verified);
        }
        self.appointment.sync = sync;
    }

    fn conclude_record(
        &mut self,
        index: usize,
        next: &Next,
        at_rest: bool,
        priority: Priority,
        now: Timestamp,
    ) {
        let record = &self.bookings[index];
        let snapshots = self.snapshots(record);
        let at_rest_but_for_doubts = plan(&snapshots, self.policy) == Plan::Rest;
        let asked = record.refused.as_ref().filter(|it| it.retried && it.wanted == snapshots.local);
        if matches!(next, Next::Look | Next::Act(_) | Next::Wait)
            && let Some((code, message)) = asked.map(|asked| (asked.code, asked.message.clone()))
        {
            self.ask(code, &message);
        }
        let record = &mut self.bookings[index];
        if *next == Next::Look && at_rest_but_for_doubts {
            record.next_try_at = record.next_try_at.max(record.in_doubt_until());
        }
        match next {
            Next::Rest if record.role == Role::Gone => {}
            Next::Rest => {
                if record.refused.as_ref().is_none_or(|it| it.code != ReviewCode::TooLate || it.retried) {
                    record.refused = None;
                }
                record.failures = 0;
                record.next_try_at = None;
                if at_rest && record.stands() {
                    record.home = record.held().map(|slot| slot.start);
                }
            }
            Next::Look | Next::Act(_) => {
                let at = record.next_try_at.unwrap_or(now).max(now);
                let priority = if record.failures > 0 { priority.max(Priority::Retry) } else { priority };
                let connection = record.event_type.connection;
                // What was asked stays asked until a look has shown whether the cause is gone.
                if record.look && *next == Next::Look {
                    for (code, message) in self.open.clone() {
                        self.ask(code, &message);
                    }
                }
                Due { at, priority }.put(&mut self.due, connection);
            }
            Next::Ask(_) if planted::is(Bug::NobodyAsked) => {}
            Next::Ask(_) => self.ask(ReviewCode::Conflict, ""),
            Next::Vanished => self.ask(ReviewCode::Vanished, ""),
            Next::GivenUp(code) => {
                let message = record.refused.as_ref().map(|refused| refused.message.clone());
                self.ask(*code, &message.unwrap_or_default());
            }
            Next::NotConnected | Next::Wait => {}
        }
    }

    fn ask(&mut self, code: ReviewCode, message: &str) {
        if self.questions.iter().all(|(asked, _)| *asked != code) {
            self.questions.push((code, message.to_owned()));
        }
    }

    /// Moves the merge bases to whatever both sides say alike.
    fn settle_all(&mut self) {
        for index in 0..self.bookings.len() {
            let record = &self.bookings[index];
            if record.role == Role::Current
                && let Snapshots { local, agreed, remote: Remote::Present(there) } = self.snapshots(record)
            {
                self.bookings[index].agreed = Some(settle(&local, agreed.as_ref(), &there));
            }
        }
    }
}

/// What a person has to know first.
fn urgency(next: &Next) -> u8 {
    match next {
        Next::GivenUp(_) => 0,
        Next::Ask(_) => 1,
        Next::Vanished => 2,
        Next::Act(_) => 3,
        Next::Look => 4,
        Next::Wait => 5,
        Next::Rest => 6,
        Next::NotConnected => 7,
    }
}

fn status(next: &Next) -> SyncStatus {
    match next {
        Next::NotConnected => SyncStatus::NotConnected,
        Next::Rest => SyncStatus::Synced,
        Next::Look | Next::Act(_) | Next::Wait => SyncStatus::Pending,
        Next::Ask(_) => SyncStatus::Conflict,
        Next::Vanished => SyncStatus::OrphanedLocal,
        Next::GivenUp(_) if planted::is(Bug::FailureToldAsSynced) => SyncStatus::Synced,
        Next::GivenUp(_) => SyncStatus::Failed,
    }
}

#[cfg(test)]
mod tests;
