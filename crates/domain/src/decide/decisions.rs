//! What people decide about the bookings of an appointment, and that they take it back.
//!
//! A decision moves what is taken to be shared, and what is said here; Cal.com is told by the plan that follows. Taking
//! it back is a change here like any other: it asks again what was asked. It undoes nothing at Cal.com, so it ends where
//! something was sent, and where what was decided about has changed on either side.

use jiff::Timestamp;

use super::{Case, Next};
use crate::appointment::AppointmentStatus;
use crate::booking::{BookingRecord, Decided, Role};
use crate::facts::{BookingState, Facts, Field};
use crate::observe::Sighting;
use crate::plan::{Remote, Snapshots};
use crate::timeline::What;

impl Case {
    /// Whether a segment has no booking that anybody has seen to take place, so that a person may say which it is.
    pub fn lacks_booking(&self, record: &BookingRecord) -> bool {
        let seen = record.sighting().is_some_and(|seen| seen.facts.state.is_live());
        record.role == Role::Current && self.appointment.status.is_active() && !seen
    }

    /// A person says which booking at Cal.com is that of a segment that has none. Both sides are compared as after any
    /// look: what was agreed before decides which of them has changed. Says whether it can be.
    pub fn link(&mut self, sighting: &Sighting, now: Timestamp) -> bool {
        let fits = |record: &&BookingRecord| {
            self.lacks_booking(record) && sighting.facts.event_type == Some(record.event_type)
        };
        let Some(record) = self.bookings.iter().find(fits) else { return false };
        if !sighting.facts.state.is_live() {
            return false;
        }
        let (number, before, here) = (record.number, record.clone(), self.own(record));
        if let Some(record) = self.record_mut(number) {
            record.refused = None;
            record.failures = 0;
            record.next_try_at = None;
        }
        self.sighted(number, sighting, now);
        self.remember(before, here, true, now);
        true
    }

    /// A person settles what both sides changed: what is said here counts (`ours`), or what is said there.
    /// Moves the merge base so that only the other side differs from it; the plan does the rest. A booking that
    /// has vanished is made again, or its appointment is cancelled. Says whether there was anything to settle.
    pub fn settle_conflict(&mut self, ours: bool, now: Timestamp) -> bool {
        let mut settled = Vec::new();
        for index in 0..self.bookings.len() {
            let record = &self.bookings[index];
            let heard = self.heard(record, record.remote());
            let Some(Snapshots { local, agreed, remote }) = heard else { continue };
            let next = self.next_of(record);
            let (before, here) = (record.clone(), self.own(record));
            let base = match (next, remote) {
                (Next::Ask(_), Remote::Present(there)) => Some(if ours { there } else { local }),
                (Next::Vanished, _) => {
                    if !ours {
                        self.appointment.status = AppointmentStatus::Cancelled;
                        self.appointment.touch(now);
                    }
                    agreed.map(|base| Facts { state: BookingState::Cancelled, ..base })
                }
                _ => continue,
            };
            let record = &mut self.bookings[index];
            record.agreed = base;
            record.refused = None;
            let number = record.number;
            // What is said there counts from now on, so that a later word here is said about it.
            self.adopt(number, now);
            self.bookings[index].look = true;
            settled.push((before, here));
        }
        let any = !settled.is_empty();
        for (before, here) in settled {
            self.remember(before, here, false, now);
        }
        any
    }

    /// Keeps what is needed to take a decision back.
    fn remember(&mut self, before: BookingRecord, here: Facts, linked: bool, at: Timestamp) {
        let number = before.number;
        let Some(since) = self.record(number).map(|record| self.own(record)) else { return };
        let asked = self.open.clone();
        if let Some(record) = self.record_mut(number) {
            let before = BookingRecord { decided: None, ..before };
            record.decided = Some(Box::new(Decided { at, here, since, before, linked, asked }));
        }
    }

    /// When the last decision about it was made that can be taken back still.
    pub fn decided_at(&self, now: Timestamp) -> Option<Timestamp> {
        let decided = |record: &BookingRecord| record.decided.as_ref().map(|decided| decided.at);
        let at = self.bookings.iter().filter_map(decided).max()?;
        let mut those = self.bookings.iter().filter(|record| decided(record) == Some(at));
        let holds = |record: &BookingRecord| {
            let unchanged =
                |decided: &Decided| decided.before.role == record.role && decided.since == self.own(record);
            record.decided.as_deref().is_some_and(unchanged)
        };
        (now < self.appointment.slot.end && those.all(holds)).then_some(at)
    }

    /// A person takes the last decision back: what was asked is asked again. Says what the history is to tell, nothing if
    /// there is nothing that can be taken back.
    pub fn undo(&mut self, now: Timestamp) -> Vec<What> {
        let Some(at) = self.decided_at(now) else { return Vec::new() };
        let mut told = vec![What::TakenBack];
        for index in 0..self.bookings.len() {
            let taken = self.bookings[index].decided.take_if(|decided| decided.at == at);
            let Some(decided) = taken else { continue };
            let Decided { mut here, since, before, linked, asked, .. } = *decided;
            // What was asked is asked again at once, and not after the next look only.
            let new: Vec<_> = asked.into_iter().filter(|it| !self.open.contains(it)).collect();
            self.open.extend(new);
            let record = &mut self.bookings[index];
            let number = record.number;
            if linked {
                let connection = record.event_type.connection;
                let name = record.uid.take().filter(|uid| before.uid.as_ref() != Some(uid));
                *record = before;
                self.forgotten.extend(name.map(|uid| (connection, uid)));
            } else {
                record.agreed = before.agreed;
                record.refused = before.refused;
            }
            self.bookings[index].look = true;
            if here.email.as_ref() == Some(&self.placeholder) {
                here.email = None;
            }
            let event_type = self.bookings[index].event_type;
            let staff = |user: i64| {
                let known = self.hosts.iter().find(|it| it.event_type == event_type && it.user == user);
                known.map(|known| (user, known.staff_id))
            };
            let host = here.host.and_then(staff);
            let fields: Vec<_> = Field::ALL.into_iter().filter(|field| !field.same(&here, &since)).collect();
            if !fields.is_empty() {
                told.extend(self.take_over(number, &fields, &here, host, now));
            }
        }
        told
    }
}
