//! Everything that is known about one appointment and its bookings at Cal.com, and what follows from it.
//!
//! A case is loaded, changed by one of the pure functions in `decide`, concluded, and written back, all in
//! one short transaction: [`Case::conclude`] derives the sync status, the open questions to people and the
//! next time to work on it. There is no other way to change an appointment, so none forgets to sync.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointment::{Actor, Appointment};
use crate::booking::{BookingRecord, Role};
use crate::facts::{BookingState, EventTypeRef, Facts, Field};
use crate::people::Customer;
use crate::plan::{Policy, Remote, Snapshots};
use crate::reference::Reference;
use crate::review::ReviewCode;
use crate::timeline::{Entry, What};
use crate::{BookingUid, ConnectionId, Email, StaffId};

/// One appointment with its bookings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The appointment.
    pub appointment: Appointment,
    /// Who is served.
    pub customer: Customer,
    /// Address that stands for a customer who has none.
    pub placeholder: Email,
    /// Its bookings: one per segment that is linked to Cal.com, and those that still have to be cancelled
    /// because others have taken their place.
    pub bookings: Vec<BookingRecord>,
    /// Who is who on the event types of teams that the bookings are on.
    pub hosts: Vec<Host>,
    /// The company's rules.
    pub policy: Policy,
    /// The questions that were open when it was loaded.
    pub open: Vec<(ReviewCode, String)>,
    /// What is to be added to the history.
    pub entries: Vec<Entry>,
    /// Further names that its bookings go or went by, each with the number of its record: earlier links of a
    /// chain of moves that were passed on the way to its end. To be remembered.
    pub names: Vec<(u16, BookingUid)>,
    /// Names that its bookings go by no more, because they were never its own; each with its account.
    pub forgotten: Vec<(ConnectionId, BookingUid)>,
    /// The questions that stay or become open, with what to tell the person. Others that were open are closed.
    pub questions: Vec<(ReviewCode, String)>,
    /// When each account's lane has to work on it next; none where there is nothing to do.
    pub due: Vec<(ConnectionId, Due)>,
}

/// A host of an event type of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Host {
    /// The event type.
    pub event_type: EventTypeRef,
    /// Cal.com's user id.
    pub user: i64,
    /// Who that is here.
    pub staff_id: StaffId,
}

/// Where a segment is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The account and event type.
    pub event_type: EventTypeRef,
    /// Whom it is to be with, on an event type of a team, as Cal.com's user id.
    pub host: Option<i64>,
}

/// When to work on something, and before what else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Not before.
    pub at: Timestamp,
    /// Before what else.
    pub priority: Priority,
}

/// Who waits for it; the request budget is spent in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// A caller on the phone.
    Caller = 0,
    /// A change by a person or a program.
    Change = 1,
    /// Another try.
    Retry = 2,
    /// Verification.
    Check = 3,
}

impl Due {
    /// Puts an account's due time on a list that names each account once: the earlier and the more urgent count.
    pub(crate) fn put(self, list: &mut Vec<(ConnectionId, Self)>, connection: ConnectionId) {
        match list.iter_mut().find(|(lane, _)| *lane == connection) {
            Some((_, first)) => {
                first.at = first.at.min(self.at);
                first.priority = first.priority.min(self.priority);
            }
            None => list.push((connection, self)),
        }
    }
}

impl Case {
    /// A case about which nothing is asked and nothing is due.
    pub fn new(appointment: Appointment, customer: Customer, placeholder: Email, policy: Policy) -> Self {
        Self {
            appointment,
            customer,
            placeholder,
            bookings: Vec::new(),
            hosts: Vec::new(),
            policy,
            open: Vec::new(),
            entries: Vec::new(),
            names: Vec::new(),
            forgotten: Vec::new(),
            questions: Vec::new(),
            due: Vec::new(),
        }
    }

    /// Adds an entry to the history.
    pub fn tell(&mut self, at: Timestamp, actor: &Actor, what: What) {
        self.entries.push(Entry { at, actor: actor.clone(), what });
    }

    /// The record of a number.
    pub fn record(&self, number: u16) -> Option<&BookingRecord> {
        self.bookings.iter().find(|record| record.number == number)
    }

    pub(crate) fn record_mut(&mut self, number: u16) -> Option<&mut BookingRecord> {
        self.bookings.iter_mut().find(|record| record.number == number)
    }

    /// The bookings of its segments, in their order.
    pub fn current(&self) -> impl Iterator<Item = &BookingRecord> {
        self.bookings.iter().filter(|record| record.role == Role::Current)
    }

    /// The booking of a segment.
    pub fn current_of(&self, segment: u16) -> Option<&BookingRecord> {
        self.current().find(|record| record.segment == segment)
    }

    /// The record whose booking goes by this name now.
    pub fn record_by_uid(&self, uid: &BookingUid) -> Option<&BookingRecord> {
        self.bookings.iter().find(|record| record.uid.as_ref() == Some(uid))
    }

    /// The record that the booking with this reference was made for.
    pub fn record_by_reference(&self, reference: Reference) -> Option<&BookingRecord> {
        self.bookings.iter().find(|record| {
            reference.appointment == self.appointment.id
                && record.segment == reference.segment
                && (record.before + 1..=record.generation).contains(&reference.generation)
        })
    }

    /// Our reference on the booking that the current generation of a record means.
    pub fn reference(&self, record: &BookingRecord) -> Reference {
        Reference { appointment: self.appointment.id, segment: record.segment, generation: record.generation }
    }

    /// The three snapshots of a booking.
    pub fn snapshots(&self, record: &BookingRecord) -> Snapshots {
        Snapshots { local: self.wanted(record), agreed: base(record), remote: record.remote() }
    }

    /// What both sides say of its bookings, whenever that was seen.
    pub fn sides(&self) -> Vec<(Facts, Option<Facts>)> {
        let there = self.bookings.iter().filter(|record| record.role != Role::Gone);
        there.map(|record| (self.wanted(record), record.sighting().map(|seen| seen.facts.clone()))).collect()
    }

    /// What the platform wants a booking to be: the appointment's own facts, in Cal.com's words. While one
    /// segment of a composite appointment cannot be moved, the others stay where all were at rest.
    pub(crate) fn wanted(&self, record: &BookingRecord) -> Facts {
        let mut facts = self.wish(record);
        let refused = record.refusal_of(&facts).is_some();
        if let Some(home) = record.home
            && record.role == Role::Current
            && !refused
            && self.move_is_refused_beside(record)
        {
            facts.slot = crate::Slot::of(home, facts.slot.minutes());
        }
        facts
    }

    /// The same without regard to the other segments.
    pub(crate) fn wish(&self, record: &BookingRecord) -> Facts {
        let mut facts = self.own(record);
        if record.role != Role::Current {
            if let Some(seen) = record.sighting() {
                facts = seen.facts.clone();
            }
            facts.state = BookingState::Cancelled;
            facts.reason.clone_from(&self.appointment.reason);
        }
        facts
    }

    /// What the appointment says of a segment, whatever becomes of the booking.
    pub(crate) fn own(&self, record: &BookingRecord) -> Facts {
        let appointment = &self.appointment;
        let segment = appointment.segments.get(usize::from(record.segment));
        Facts {
            event_type: Some(record.event_type),
            host: record.host,
            slot: segment.map_or(appointment.slot, |segment| segment.slot),
            state: BookingState::of(appointment.status),
            absent: appointment.status == crate::AppointmentStatus::NoShow,
            name: self.customer.name.clone(),
            email: Some(self.customer.email.clone().unwrap_or_else(|| self.placeholder.clone())),
            phone: self.customer.phone.clone(),
            notes: appointment.notes.clone(),
            reason: appointment.reason.clone(),
        }
    }

    /// The snapshots by which it is decided what is taken over from Cal.com. A booking that is being replaced
    /// still speaks for the appointment in whether it takes place and when, one that is taken back in whether it
    /// takes place, and both in nothing else.
    pub(crate) fn heard(&self, record: &BookingRecord, remote: Remote) -> Option<Snapshots> {
        let mut local = match record.role {
            Role::Current => self.wanted(record),
            Role::Replaced | Role::Withdrawn => self.own(record),
            Role::Doubled | Role::Gone => return None,
        };
        let mut agreed = record.agreed.clone();
        if let Remote::Present(there) = &remote
            && record.role != Role::Current
        {
            let is_wanted = usize::from(record.segment) < self.appointment.segments.len();
            let is_heard = |field: &Field| *field == Field::State || *field == Field::Start && is_wanted;
            for field in Field::ALL.into_iter().filter(|field| !is_heard(field)) {
                field.copy(there, &mut local);
                if let Some(agreed) = &mut agreed {
                    field.copy(there, agreed);
                }
            }
        }
        Some(Snapshots { local, agreed, remote })
    }
}

/// What a booking that leaves was seen to be counts as its past: all that is wanted of it is its end.
fn base(record: &BookingRecord) -> Option<Facts> {
    if record.role == Role::Current {
        return record.agreed.clone();
    }
    record.sighting().map(|seen| Facts { state: BookingState::Active, ..seen.facts.clone() })
}

#[cfg(test)]
pub(crate) mod tests {
    //! A case to decide about.

    use uuid::Uuid;

    use super::*;
    use crate::appointment::{AppointmentStatus, Origin, Segment};
    use crate::company::Locale;
    use crate::observe::{Sighting, Via};
    use crate::*;

    pub(crate) fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    pub(crate) fn event_type(account: u128, id: i64) -> EventTypeRef {
        EventTypeRef { connection: ConnectionId(Uuid::from_u128(account)), id }
    }

    pub(crate) fn case() -> Case {
        let slot = Slot::of(at(86_400), 30);
        let staff_id = StaffId(Uuid::nil());
        let appointment = Appointment {
            id: AppointmentId(Uuid::from_u128(1)),
            number: 1,
            branch_id: BranchId(Uuid::nil()),
            service_id: ServiceId(Uuid::nil()),
            staff_id,
            customer_id: CustomerId(Uuid::nil()),
            slot,
            segments: vec![Segment { staff_id, slot }],
            time_zone: "Europe/Berlin".into(),
            status: AppointmentStatus::Confirmed,
            reason: None,
            notes: None,
            origin: Origin::Admin,
            overlapping: false,
            version: 1,
            sync: SyncStatus::Pending,
            created_at: at(0),
            updated_at: at(0),
            deleted_at: None,
        };
        let customer = crate::people::Customer {
            id: CustomerId(Uuid::nil()),
            name: "Clara Client".into(),
            email: None,
            phone: None,
            locale: Locale::De,
        };
        let placeholder = "apt@customers.example".parse().unwrap();
        let mut case = Case::new(appointment, customer, placeholder, Policy::default());
        case.bookings.push(BookingRecord::new(event_type(0, 2), None));
        case
    }

    /// A booking exactly as the platform wants it, seen under `uid` in a state of Cal.com's time `at`.
    pub(crate) fn seen_as(case: &Case, number: u16, uid: &str, at: Timestamp) -> Sighting {
        Sighting {
            uid: BookingUid(uid.into()),
            ics_uid: None,
            moved_to: None,
            facts: case.wish(case.record(number).unwrap()),
            at,
            seen_at: at,
            via: Via::Fetch,
        }
    }
}
