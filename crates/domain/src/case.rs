//! Everything that is known about one appointment and its booking at Cal.com, and what follows from it.
//!
//! A case is loaded, changed by one of the pure functions here, concluded, and written back, all in one
//! short transaction: [`Case::conclude`] derives the sync status, the open questions to people and the
//! next time to work on it. There is no other way to change an appointment, so none forgets to sync.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointment::{Actor, Appointment};
use crate::facts::{EventTypeRef, Facts};
use crate::observe::Sighting;
use crate::people::Customer;
use crate::plan::{Policy, Push};
use crate::review::ReviewCode;
use crate::timeline::{Entry, What};
use crate::{AttemptId, BookingUid, Email};

/// One appointment with its booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The appointment.
    pub appointment: Appointment,
    /// Who is served.
    pub customer: Customer,
    /// Address that stands for a customer who has none.
    pub placeholder: Email,
    /// Its booking; `None` while the service is not linked to Cal.com.
    pub booking: Option<BookingRecord>,
    /// The company's rules.
    pub policy: Policy,
    /// What is to be added to the history.
    pub entries: Vec<Entry>,
    /// The questions that stay or become open, with what to tell the person. Others that were open are closed.
    pub questions: Vec<(ReviewCode, String)>,
    /// When the engine has to work on it next, and how urgent it is; `None` when there is nothing to do.
    pub due: Option<Due>,
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

/// What ties an appointment to its booking at Cal.com.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRecord {
    /// Which segment of the appointment; 0 where there is only one.
    pub segment: u16,
    /// The account and event type that it is booked on.
    pub event_type: EventTypeRef,
    /// How many bookings we meant to make; part of our reference.
    pub generation: u32,
    /// Cal.com's name of it, the end of the chain of names as far as it is known.
    pub uid: Option<BookingUid>,
    /// What Cal.com was last seen to say.
    pub seen: Seen,
    /// What both sides were last seen to share.
    pub agreed: Option<Facts>,
    /// Something may have changed there since: look before anything is concluded.
    pub look: bool,
    /// A call whose outcome is not known.
    pub in_doubt: Option<Call>,
    /// A call that Cal.com refused, or that failed for good.
    pub refused: Option<Refused>,
    /// Failed calls in a row.
    pub failures: u32,
    /// When the last call was sent.
    pub last_attempt_at: Option<Timestamp>,
    /// When both sides were last read to be the same.
    pub verified_at: Option<Timestamp>,
    /// When the next try is due, after a failure.
    pub next_try_at: Option<Timestamp>,
}

/// What is known of Cal.com's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Nothing was ever booked or looked for.
    Never,
    /// Looked for, and not there.
    Absent {
        /// Our time of the look.
        at: Timestamp,
    },
    /// There.
    Booking(Box<Sighting>),
}

/// A call that was written down before it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its record.
    pub attempt: AttemptId,
    /// What it was to do.
    pub push: Push,
    /// The facts that it carried.
    pub wanted: Facts,
    /// When, by our clock.
    pub at: Timestamp,
}

/// A wish that Cal.com did not fulfil. It stands until the wish changes or a person asks for another try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What was wished.
    pub push: Push,
    /// The facts that it carried.
    pub wanted: Facts,
    /// Why.
    pub code: ReviewCode,
    /// What Cal.com said.
    pub message: String,
    /// Whether Cal.com was looked at since: the refusal may be an echo of our own first try.
    pub looked: bool,
}

impl Case {
    /// Adds an entry to the history.
    pub fn tell(&mut self, at: Timestamp, actor: &Actor, what: What) {
        self.entries.push(Entry { at, actor: actor.clone(), what });
    }
}

impl BookingRecord {
    /// The record of a booking that has not been made yet.
    pub fn new(event_type: EventTypeRef) -> Self {
        Self {
            segment: 0,
            event_type,
            generation: 0,
            uid: None,
            seen: Seen::Never,
            agreed: None,
            look: false,
            in_doubt: None,
            refused: None,
            failures: 0,
            last_attempt_at: None,
            verified_at: None,
            next_try_at: None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! A case to decide about.

    use uuid::Uuid;

    use super::*;
    use crate::appointment::{AppointmentStatus, Origin};
    use crate::company::Locale;
    use crate::observe::Via;
    use crate::*;

    pub(crate) fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    pub(crate) fn case() -> Case {
        let event_type = EventTypeRef { connection: ConnectionId(Uuid::nil()), id: 2 };
        Case {
            appointment: Appointment {
                id: AppointmentId(Uuid::from_u128(1)),
                number: 1,
                branch_id: BranchId(Uuid::nil()),
                service_id: ServiceId(Uuid::nil()),
                staff_id: StaffId(Uuid::nil()),
                customer_id: CustomerId(Uuid::nil()),
                slot: Slot::of(at(86_400), 30),
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
            },
            customer: crate::people::Customer {
                id: CustomerId(Uuid::nil()),
                name: "Clara Client".into(),
                email: None,
                phone: None,
                locale: Locale::De,
            },
            placeholder: "apt@customers.example".parse().unwrap(),
            booking: Some(BookingRecord::new(event_type)),
            policy: Policy::default(),
            entries: Vec::new(),
            questions: Vec::new(),
            due: None,
        }
    }

    /// The booking exactly as the appointment says, seen under `uid` in a state of Cal.com's time `at`.
    pub(crate) fn seen_as(case: &Case, uid: &str, at: Timestamp) -> Sighting {
        Sighting {
            uid: BookingUid(uid.into()),
            ics_uid: None,
            moved_to: None,
            facts: case.snapshots().unwrap().local,
            at,
            seen_at: at,
            via: Via::Fetch,
        }
    }
}
