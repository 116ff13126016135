//! What can be done with appointments. Every entrance (pages, API, phone, commands) comes through here, so
//! that each change is checked, told in the history, and synced, in the same way.
//!
//! Nothing here waits for Cal.com: the change is committed, marked for the engine, and answered. Whoever
//! wants to know what Cal.com says calls [`Engine::settled`].

mod act;
mod arrangement;
mod availability;
mod book;
mod change;
mod many;
mod settle;

use domain::appointment::{Actor, Refusal, Segment};
use domain::availability::Unavailable;
use domain::case::Priority;
use domain::people::CustomerDetails;
use domain::timeline::What;
use domain::{BranchId, CustomerId, Origin, ServiceId, StaffId};
use jiff::Timestamp;
use store::{Dedupe, Holder};

use crate::Error;

pub use act::{Act, Ahead, Preview};
pub use availability::{Availability, Calcom, Look};
pub use many::{One, Outcome, Round, Wanted, Which};

/// An appointment that somebody wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What.
    pub service_id: ServiceId,
    /// With whom; `None` takes the best free one.
    pub staff_id: Option<StaffId>,
    /// Who works when, where that was offered: these and nobody else. Empty leaves it open.
    pub exactly: Vec<Segment>,
    /// Where, if it matters.
    pub branch_id: Option<BranchId>,
    /// When it starts.
    pub start: Timestamp,
    /// For whom.
    pub customer: CustomerWish,
    /// Notes of the customer.
    pub notes: Option<String>,
    /// Whether the notice and the booking window of the service count: callers and programs get what is offered, people of
    /// the salon may know better.
    pub in_terms: bool,
    /// For whom times are held that it may take.
    pub holder: Option<Holder>,
    /// What led to it, for the history: a phone call.
    pub story: Vec<What>,
}

/// Who the appointment is for.
#[derive(Debug, Clone)]
pub enum CustomerWish {
    /// A customer who is known.
    Known(CustomerId),
    /// Whoever fits these details, or a new customer.
    Details(CustomerDetails),
}

/// Whom a service is wanted of.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// What.
    pub service: ServiceId,
    /// With whom; `None` is anybody who does it.
    pub staff: Option<StaffId>,
    /// Where, if it matters.
    pub branch: Option<BranchId>,
}

/// Why a wish was not granted. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// There is no such service, or it cannot be booked.
    #[error("the service cannot be booked")]
    Service,
    /// A program asks for it, and it is not offered online.
    #[error("the service is not offered online")]
    NotOnline,
    /// Nobody, or not this person, does this service.
    #[error("the staff member does not offer the service")]
    Staff,
    /// The start is not in the future, or too far in it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nobody, or not this person, works then.
    #[error("nobody works at that time")]
    NotWorking,
    /// It is taken.
    #[error("the time is taken")]
    SlotTaken,
    /// It is asked for sooner than the service allows, or later.
    #[error("the service cannot be booked at such short notice, or so far ahead")]
    Terms,
    /// The key of an earlier request was used for another one.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The engine or the database.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Why a change was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such appointment.
    #[error("there is no such appointment")]
    NotFound,
    /// It does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such service, or it cannot be booked.
    #[error("the service cannot be booked")]
    Service,
    /// A program asks for it, and it is not offered online.
    #[error("the service is not offered online")]
    NotOnline,
    /// The staff member does not offer the service.
    #[error("the staff member does not offer the service")]
    Staff,
    /// The staff member does not work then.
    #[error("the staff member does not work at that time")]
    NotWorking,
    /// The staff member has another appointment then.
    #[error("the time is taken")]
    SlotTaken,
    /// It was changed since the caller last saw it.
    #[error("it was changed meanwhile; it is at version {0}")]
    Stale(i64),
    /// The key of an earlier request was used for another one.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The engine or the database.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// What is to be changed of an appointment; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// When it starts; its length stays.
    pub start: Option<Timestamp>,
    /// Who serves, by segment (0 where there is only one).
    pub staff: Vec<(u16, StaffId)>,
    /// What is booked; its length becomes that of the service.
    pub service_id: Option<ServiceId>,
    /// Name, address and number of the customer.
    pub customer: Option<CustomerDetails>,
    /// Notes; `Some(None)` takes them away.
    pub notes: Option<Option<String>>,
    /// Why, in somebody's words; told to Cal.com with a move or a cancellation that follows.
    pub reason: Option<String>,
}

impl Edit {
    /// Only a move.
    pub fn to(start: Timestamp, reason: Option<String>) -> Self {
        Self { start: Some(start), reason, ..Self::default() }
    }

    /// Whether who serves what when is touched.
    fn is_of_time(&self) -> bool {
        self.start.is_some() || !self.staff.is_empty() || self.service_id.is_some()
    }
}

/// How a change is to be made.
#[derive(Debug, Clone)]
pub struct Change {
    /// By whom.
    pub actor: Actor,
    /// Only if it is still at this version.
    pub version: Option<i64>,
    /// Only once for this key.
    pub dedupe: Option<Dedupe>,
    /// For whom times are held that it may take.
    pub holder: Option<Holder>,
    /// Whether a new time or another person has to be free as for a new appointment: callers and programs get what is
    /// offered, people of the salon may know better, as long as nobody is in two places.
    pub as_offered: bool,
    /// What led to it, for the history.
    pub story: Vec<What>,
}

impl Change {
    /// A change by `actor`, without conditions.
    pub fn by(actor: Actor) -> Self {
        Self { actor, version: None, dedupe: None, holder: None, as_offered: false, story: Vec::new() }
    }
}

/// Callers come first.
fn priority(actor: &Actor) -> Priority {
    if actor.origin == Origin::Phone { Priority::Caller } else { Priority::Change }
}

impl From<Unavailable> for BookError {
    fn from(reason: Unavailable) -> Self {
        match reason {
            Unavailable::Inactive => Self::Staff,
            Unavailable::NotWorking => Self::NotWorking,
            Unavailable::Busy => Self::SlotTaken,
        }
    }
}

impl From<Unavailable> for ChangeError {
    fn from(reason: Unavailable) -> Self {
        match reason {
            Unavailable::Inactive => Self::Staff,
            Unavailable::NotWorking => Self::NotWorking,
            Unavailable::Busy => Self::SlotTaken,
        }
    }
}

impl From<store::Error> for BookError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::SlotTaken => Self::SlotTaken,
            store::Error::DedupeMismatch => Self::KeyReused,
            other => Self::Engine(other.into()),
        }
    }
}

impl From<store::Error> for ChangeError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            store::Error::SlotTaken => Self::SlotTaken,
            store::Error::Stale { current_version } => Self::Stale(current_version),
            store::Error::Refused(refusal) => Self::Refused(refusal),
            store::Error::DedupeMismatch => Self::KeyReused,
            other => Self::Engine(other.into()),
        }
    }
}
