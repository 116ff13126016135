//! Which booking takes the place of which, and who has to wait for whom.
//!
//! A booking that Cal.com cannot change as wanted (another service, another account, other attendee data) is
//! replaced: a new record becomes the segment's, the old one leaves. The new booking is made first and the
//! old one cancelled afterwards, so that nothing is lost if the first fails; only where both want the same
//! account at overlapping times the old one gives way first, because Cal.com has one chair there. The
//! segments of a composite appointment are booked all or none.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Case, Next};
use crate::appointment::{Actor, Origin};
use crate::booking::{BookingRecord, Role, Seen};
use crate::case::{Host, Target};
use crate::observe::Sighting;
use crate::plan::{Plan, Push, plan};
use crate::review::ReviewCode;
use crate::timeline::What;
use crate::{Facts, Reference, StaffId};

impl Case {
    /// Where the segments of the appointment are to be booked from now on, in their order; `None` where a
    /// segment is not linked to Cal.com. What is booked elsewhere leaves.
    pub fn rebook(&mut self, targets: &[Option<Target>], now: Timestamp) {
        let beyond = |record: &BookingRecord| usize::from(record.segment) >= targets.len();
        let surplus: Vec<_> = self.current().filter(|r| beyond(r)).map(|r| r.number).collect();
        // While the appointment is booked elsewhere, a cancellation of what it no longer needs is still one of it.
        let role = if targets.iter().any(Option::is_some) { Role::Replaced } else { Role::Withdrawn };
        for number in surplus {
            self.retire(number, role);
        }
        for (segment, target) in targets.iter().enumerate() {
            let segment = u16::try_from(segment).unwrap_or(u16::MAX);
            self.book_segment(segment, *target, now);
        }
    }

    /// The same for one segment.
    pub fn book_segment(&mut self, segment: u16, target: Option<Target>, now: Timestamp) {
        let current = self.current_of(segment).map(|record| (record.number, record.event_type));
        match (current, target) {
            (Some((number, event_type)), Some(target)) if event_type == target.event_type => {
                if let Some(record) = self.record_mut(number) {
                    record.host = target.host;
                }
            }
            (current, target) => {
                if let Some((number, _)) = current {
                    self.retire(number, if target.is_some() { Role::Replaced } else { Role::Withdrawn });
                    self.tell(now, &Actor::of(Origin::System), What::Replaced);
                }
                if let Some(target) = target {
                    self.add(segment, target);
                }
            }
        }
    }

    /// Another booking is to take the place of this one, on the same event type.
    fn replace(&mut self, number: u16, role: Role, now: Timestamp) {
        let Some(record) = self.record(number) else { return };
        let target = Target { event_type: record.event_type, host: record.host };
        let segment = record.segment;
        self.retire(number, role);
        self.tell(now, &Actor::of(Origin::System), What::Replaced);
        self.add(segment, target);
    }

    /// It is not the segment's booking any more. What was never tried leaves no trace.
    fn retire(&mut self, number: u16, role: Role) {
        let untried = |record: &BookingRecord| record.is_unmade() && record.generation == record.before;
        self.bookings.retain(|record| record.number != number || !untried(record));
        if let Some(record) = self.record_mut(number) {
            record.role = if record.is_unmade() { Role::Gone } else { role };
            record.look_before_declining();
            record.refused = None;
            record.failures = 0;
            record.next_try_at = None;
        }
    }

    /// What was leaving a segment is its booking again where it is just what the segment needs and has not: minds
    /// were changed back before another was made.
    fn take_back(&mut self) {
        let missing: Vec<_> = self.current().filter(|record| record.is_unmade()).cloned().collect();
        for current in missing {
            let as_current = |record: &BookingRecord| BookingRecord {
                role: Role::Current,
                host: current.host,
                refused: None,
                ..record.clone()
            };
            let fits = |record: &&BookingRecord| {
                matches!(record.role, Role::Replaced | Role::Doubled)
                    && record.segment == current.segment
                    && record.event_type == current.event_type
                    && record.stands()
                    && !matches!(
                        plan(&self.snapshots(&as_current(record)), self.policy),
                        Plan::Replace | Plan::Look
                    )
            };
            let Some(back) = self.bookings.iter().rfind(fits).map(as_current) else { continue };
            self.retire(current.number, Role::Gone);
            let number = back.number;
            if let Some(record) = self.record_mut(number) {
                *record = back;
            }
        }
    }

    fn add(&mut self, segment: u16, target: Target) {
        let before = self.generations(segment);
        let number = self.free_number();
        self.bookings.push(BookingRecord {
            number,
            segment,
            before,
            generation: before,
            ..BookingRecord::new(target.event_type, target.host)
        });
    }

    fn generations(&self, segment: u16) -> u32 {
        let of_segment = self.bookings.iter().filter(|record| record.segment == segment);
        of_segment.map(|record| record.generation).max().unwrap_or(0)
    }

    fn free_number(&self) -> u16 {
        self.bookings.iter().map(|record| record.number + 1).max().unwrap_or(0)
    }

    /// A live booking was found that carries our reference and goes by a name that no record has: made by a
    /// call that took effect unseen. It is that of a record that has none, else one too many, which is cancelled.
    /// Of two records that have none it is that of the one whose create the reference names. `target` is where it
    /// was found.
    pub fn found(
        &mut self,
        segment: u16,
        target: Target,
        reference: Option<Reference>,
        sighting: &Sighting,
        now: Timestamp,
    ) {
        if !sighting.facts.state.is_live() {
            return;
        }
        // An event type of a team is seen with the keys of all of its hosts. What another has taken the place of
        // meanwhile still speaks for the appointment.
        let missing = |record: &&BookingRecord| {
            record.segment == segment
                && record.event_type.id == target.event_type.id
                && record.uid.is_none()
                && record.sighting().is_none()
                && (record.role == Role::Current || record.role.is_leaving() && record.may_come())
        };
        let named = reference.and_then(|reference| self.record_by_reference(reference));
        let named = named.map(|record| record.number);
        let missing = self.bookings.iter().filter(missing);
        if let Some(record) =
            missing.min_by_key(|record| (Some(record.number) != named, record.role != Role::Current))
        {
            let number = record.number;
            return self.sighted(number, sighting, now);
        }
        let known = self.bookings.iter_mut().find(|record| record.uid.as_ref() == Some(&sighting.uid));
        if let Some(record) = known {
            if record.role == Role::Gone {
                record.role = Role::Doubled;
                record.seen = Seen::Booking(Box::new(sighting.clone()));
            }
            return;
        }
        let (before, number) = (self.generations(segment), self.free_number());
        self.bookings.push(BookingRecord {
            number,
            segment,
            role: Role::Doubled,
            before,
            generation: before,
            uid: Some(sighting.uid.clone()),
            seen: Seen::Booking(Box::new(sighting.clone())),
            agreed: Some(sighting.facts.clone()),
            ..BookingRecord::new(target.event_type, target.host)
        });
        self.tell(now, &Actor::of(Origin::System), What::Doubled { uid: sighting.uid.clone() });
    }

    /// Puts records in the place of those that cannot become what is wanted, lets go what has left, and takes
    /// back what then stands alone of a composite appointment.
    pub(super) fn take_places(&mut self, now: Timestamp) {
        let replaced: Vec<_> = self
            .current()
            .filter(|record| plan(&self.snapshots(record), self.policy) == Plan::Replace)
            .map(|record| record.number)
            .collect();
        for number in replaced {
            self.replace(number, Role::Replaced, now);
        }
        self.take_back();
        let gone: Vec<_> = self
            .bookings
            .iter()
            .filter(|record| record.role.is_leaving() && record.is_clear() && !record.may_come())
            .filter(|record| self.next_of(record) == Next::Rest)
            .map(|record| record.number)
            .collect();
        for number in gone {
            if let Some(record) = self.record_mut(number) {
                record.role = Role::Gone;
            }
        }
        let alone: Vec<_> = self
            .current()
            .filter(|record| !record.is_unmade() && self.stands_alone(record.segment))
            .map(|record| record.number)
            .collect();
        for number in alone {
            self.replace(number, Role::Withdrawn, now);
        }
    }

    /// Whether another booking of the appointment comes first.
    pub(super) fn has_to_wait(&self, record: &BookingRecord) -> bool {
        // One call for one appointment at a time, whatever account it goes to.
        if self.bookings.iter().any(|other| other.number != record.number && !other.is_clear()) {
            return true;
        }
        match record.role {
            Role::Gone | Role::Withdrawn => false,
            Role::Replaced | Role::Doubled => self.is_kept(record),
            Role::Current if !self.appointment.status.is_active() => false,
            Role::Current if record.sighting().is_some() => {
                let ring = self.ring(record);
                let begins = ring.first() == Some(&record.number);
                let in_the_way = self.waits_for(record);
                in_the_way.iter().any(|other| !begins || !ring.contains(&other.number))
            }
            Role::Current => {
                let wanted = self.wanted(record);
                let collides =
                    |other: &BookingRecord| other.role.is_leaving() && collide(other, record, &wanted);
                // Of those that leave, one at most is kept meanwhile.
                let leaving =
                    |other: &&BookingRecord| other.role.is_leaving() && other.segment == record.segment;
                let kept = self.bookings.iter().filter(leaving).filter(|other| other.may_hold().is_some());
                // What was said of the old one at Cal.com comes first.
                let heard = |other: &BookingRecord| self.was_heard_of_leaving(other);
                self.bookings.iter().any(heard)
                    || self.bookings.iter().any(|other| self.is_to_be_seen_first(other, record))
                    || self.create_is_refused_beside(record)
                    || self.bookings.iter().any(collides)
                    || kept.count() > 1
            }
        }
    }

    /// Whether a booking that leaves is looked at on the same account before another is made: it may be what is
    /// wanted again, or people there may have changed it.
    fn is_to_be_seen_first(&self, other: &BookingRecord, record: &BookingRecord) -> bool {
        other.role.is_leaving()
            && other.held().is_some()
            && other.event_type.connection == record.event_type.connection
            && self.next_of(other) == Next::Look
    }

    /// Whether a booking that leaves is what the segment has until its own booking stands: the last one that is
    /// not in its way. Where several segments keep what the others need, the first of them gives way.
    fn is_kept(&self, record: &BookingRecord) -> bool {
        let current = self.current_of(record.segment);
        let begins = |current: &BookingRecord| self.ring(current).first() == Some(&current.number);
        self.is_to_be_kept(record) && !current.is_some_and(begins)
    }

    fn is_to_be_kept(&self, record: &BookingRecord) -> bool {
        let Some(current) = self.current_of(record.segment) else { return false };
        let wanted = self.wanted(current);
        let could_be = |other: &BookingRecord| {
            matches!(other.role, Role::Replaced | Role::Doubled)
                && other.segment == record.segment
                && other.stands()
                && !collide(other, current, &wanted)
        };
        self.appointment.status.is_active()
            && !current.stands()
            && !self.stands_alone(record.segment)
            && could_be(record)
            && !self.bookings.iter().any(|other| other.number > record.number && could_be(other))
    }

    /// The bookings of other segments that have to be moved, or made, before this one can be.
    fn waits_for(&self, record: &BookingRecord) -> Vec<&BookingRecord> {
        let wanted = self.wanted(record);
        let keeps = |other: &BookingRecord| {
            let mut kept = self.bookings.iter().filter(|old| old.segment == other.segment);
            kept.any(|old| collide(old, record, &wanted) && self.is_to_be_kept(old))
        };
        let comes_first = |other: &&BookingRecord| match record.sighting() {
            Some(_) => self.is_in_the_way(other, record),
            None => other.segment != record.segment && keeps(other),
        };
        self.current().filter(comes_first).collect()
    }

    /// The bookings that wait for each other in a ring with this one, in their order. One of them has to begin.
    fn ring(&self, record: &BookingRecord) -> BTreeSet<u16> {
        let mates = self.followed(record).into_iter().filter_map(|number| self.record(number));
        mates.filter(|it| self.followed(it).contains(&record.number)).map(|it| it.number).collect()
    }

    /// What a booking waits for, and what that waits for, and so on.
    fn followed(&self, record: &BookingRecord) -> BTreeSet<u16> {
        let mut found = BTreeSet::new();
        let mut open = self.waits_for(record);
        while let Some(next) = open.pop() {
            if found.insert(next.number) {
                open.extend(self.waits_for(next));
            }
        }
        found
    }

    /// Whether the booking of another segment is still where this one is to be moved to.
    fn is_in_the_way(&self, other: &BookingRecord, record: &BookingRecord) -> bool {
        let (to, its) = (self.wanted(record).slot, self.wanted(other).slot);
        other.number != record.number
            && other.event_type.connection == record.event_type.connection
            && record.held().is_some_and(|held| held.start != to.start)
            && other.held().is_some_and(|held| held.start != its.start && held.overlaps(&to))
    }

    /// Whether the booking of another segment cannot be made.
    fn create_is_refused_beside(&self, record: &BookingRecord) -> bool {
        self.refused_beside(record.segment, Push::Create).next().is_some()
    }

    /// Whether the booking of another segment cannot be moved, or made, where it is wanted.
    pub(crate) fn move_is_refused_beside(&self, record: &BookingRecord) -> bool {
        self.refused_beside(record.segment, Push::Reschedule).next().is_some()
            || self.create_is_refused_beside(record)
    }

    /// Whether the booking of another segment cannot be made, and that one has no old booking either.
    fn stands_alone(&self, segment: u16) -> bool {
        self.refused_beside(segment, Push::Create).any(|refused| {
            let is_old =
                |other: &BookingRecord| other.role == Role::Replaced && other.segment == refused.segment;
            !self.bookings.iter().any(|other| is_old(other) && other.stands())
        })
    }

    /// The bookings of other segments that Cal.com refused to make or to move as they are wanted.
    fn refused_beside(&self, segment: u16, push: Push) -> impl Iterator<Item = &BookingRecord> {
        let refused = move |other: &BookingRecord| {
            other.refusal_of(&self.wish(other)).is_some_and(|refused| {
                refused.push == push
                    && refused.looked
                    && refused.code != ReviewCode::RetriesUsedUp
                    && self.appointment.status.is_active()
            })
        };
        self.current().filter(move |other| other.segment != segment && refused(other))
    }

    /// Who here is the host that Cal.com gave the booking to.
    pub(super) fn host_there(&self, record: &BookingRecord) -> Option<(i64, StaffId)> {
        let host = record.sighting()?.facts.host?;
        let known = |known: &&Host| known.event_type == record.event_type && known.user == host;
        self.hosts.iter().find(known).map(|known| (host, known.staff_id))
    }
}

/// Whether a booking that leaves takes up what another needs: the same account at overlapping times.
fn collide(leaving: &BookingRecord, current: &BookingRecord, wanted: &Facts) -> bool {
    leaving.event_type.connection == current.event_type.connection
        && leaving.may_hold().is_some_and(|there| there.overlaps(&wanted.slot))
}
