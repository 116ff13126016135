//! An appointment: who is served when by whom, and what may be done with it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AppointmentId, BranchId, CustomerId, ServiceId, Slot, StaffId, SyncStatus, UserId};

/// How far ahead an appointment is made or moved to: two years. Nobody plans a visit to a salon that far ahead;
/// a later time is a slip in the year, and would lie in the books where nobody looks. What stands at Cal.com
/// already is taken as it is.
pub const FARTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// Whether something may begin at `start`.
///
/// # Errors
/// [`Refusal::InThePast`] if that is not after `now`, [`Refusal::TooFarAhead`] if it is more than
/// [`FARTHEST_AHEAD`] after it.
pub fn check_start(start: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if start <= now {
        Err(Refusal::InThePast)
    } else if start.duration_since(now) > FARTHEST_AHEAD {
        Err(Refusal::TooFarAhead)
    } else {
        Ok(())
    }
}

/// An appointment of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Which. Stable through every move and every new booking at Cal.com.
    pub id: AppointmentId,
    /// Counts the appointments of the company; people see it as `A-1042`.
    pub number: i64,
    /// Where.
    pub branch_id: BranchId,
    /// What.
    pub service_id: ServiceId,
    /// Who serves; in a composite appointment: who begins.
    pub staff_id: StaffId,
    /// Who is served.
    pub customer_id: CustomerId,
    /// When, from the first start to the last end.
    pub slot: Slot,
    /// The stretches of work that it is made of, at least one. Between them its staff are free for others.
    pub segments: Vec<Segment>,
    /// IANA name of the time zone in which the time was agreed on.
    pub time_zone: String,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Why it was cancelled or last moved, in somebody's words.
    pub reason: Option<String>,
    /// What the customer or the staff noted.
    pub notes: Option<String>,
    /// Where it came from first.
    pub origin: Origin,
    /// A fact from Cal.com that overlaps another appointment: kept, and exempt from the overlap guard.
    pub overlapping: bool,
    /// Counts changes, from 1; the entity tag of the REST API.
    pub version: i64,
    /// What the comparison with Cal.com says; derived from the plan, never set by hand.
    pub sync: SyncStatus,
    /// When it was made here.
    pub created_at: Timestamp,
    /// When it was last changed here.
    pub updated_at: Timestamp,
    /// When it was taken off the lists; its booking is still cancelled properly, and its history stays.
    pub deleted_at: Option<Timestamp>,
}

/// A stretch of work in an appointment: an ordinary service has one, a composite one (colouring, waiting,
/// cutting) several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segment {
    /// Who works.
    pub staff_id: StaffId,
    /// When.
    pub slot: Slot,
}

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Asked for; Cal.com or a person has to confirm it.
    Requested,
    /// It takes place.
    Confirmed,
    /// It does not.
    Cancelled,
    /// The customer did not come.
    NoShow,
}

/// Who started a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// It happened at Cal.com.
    Calcom,
    /// A caller, through the phone agent.
    Phone,
    /// A user of the admin pages.
    Admin,
    /// A program, through the REST API.
    Api,
    /// Einklang itself.
    System,
}

/// Who did it, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The entrance.
    pub origin: Origin,
    /// The user, where one signed in.
    pub user_id: Option<UserId>,
    /// What identifies it otherwise: the name of an API key, a call id.
    pub via: Option<String>,
}

impl Actor {
    /// An actor of whom only the entrance is known.
    pub fn of(origin: Origin) -> Self {
        Self { origin, user_id: None, via: None }
    }
}

impl AppointmentStatus {
    /// All.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Confirmed, Self::Cancelled, Self::NoShow];

    /// Whether it takes up its staff member's time.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Requested | Self::Confirmed)
    }

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// The status of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl Origin {
    /// All.
    pub const ALL: [Self; 5] = [Self::Calcom, Self::Phone, Self::Admin, Self::Api, Self::System];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calcom => "calcom",
            Self::Phone => "phone",
            Self::Admin => "admin",
            Self::Api => "api",
            Self::System => "system",
        }
    }

    /// The origin of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == name)
    }
}

/// Why a wish cannot be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The wanted time is over.
    #[error("the wanted time is in the past")]
    InThePast,
    /// The wanted time is farther ahead than [`FARTHEST_AHEAD`].
    #[error("the wanted time is too far ahead")]
    TooFarAhead,
    /// Cancelled appointments are not moved.
    #[error("the appointment is cancelled")]
    Cancelled,
    /// It has begun; Cal.com refuses to move or cancel what is over.
    #[error("the appointment is over")]
    Over,
    /// Nobody can be absent from what has not begun.
    #[error("the appointment has not begun")]
    NotStarted,
    /// It does not wait for a confirmation.
    #[error("the appointment does not wait for a confirmation")]
    NotRequested,
    /// The customer did not come: there is nothing left to cancel.
    #[error("the customer did not come")]
    NoShow,
}

impl Appointment {
    /// `A-1042`: what people call it.
    pub fn label(&self) -> String {
        format!("A-{}", self.number)
    }

    /// Moves it to `start`, keeping its length. Returns whether anything changed: moving it to where
    /// it is changes nothing.
    ///
    /// # Errors
    /// [`Refusal`] if it is not active, over, or [`check_start`] refuses `start`.
    pub fn reschedule(
        &mut self,
        start: Timestamp,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        if !self.status.is_active() {
            return Err(Refusal::Cancelled);
        }
        if self.slot.end <= now {
            return Err(Refusal::Over);
        }
        if start > now && start == self.slot.start {
            return Ok(false);
        }
        check_start(start, now)?;
        let by = start.duration_since(self.slot.start);
        let shifted: Vec<_> = self
            .segments
            .iter()
            .map(|segment| Segment { slot: segment.slot.shifted(by), ..*segment })
            .collect();
        self.arrange(shifted);
        self.reason = reason;
        self.touch(now);
        Ok(true)
    }

    /// Cancels it. Cancelling what is cancelled changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Over`] if it has ended, [`Refusal::NoShow`] if the customer did not come.
    pub fn cancel(&mut self, reason: Option<String>, now: Timestamp) -> Result<bool, Refusal> {
        match self.status {
            AppointmentStatus::Cancelled => return Ok(false),
            AppointmentStatus::NoShow => return Err(Refusal::NoShow),
            AppointmentStatus::Requested | AppointmentStatus::Confirmed => {}
        }
        if self.slot.end <= now {
            return Err(Refusal::Over);
        }
        self.status = AppointmentStatus::Cancelled;
        self.reason = reason;
        self.touch(now);
        Ok(true)
    }

    /// Takes over who works when; the envelope follows.
    pub fn arrange(&mut self, segments: Vec<Segment>) {
        let start = segments.iter().map(|segment| segment.slot.start).min();
        let end = segments.iter().map(|segment| segment.slot.end).max();
        if let (Some(first), Some(start), Some(end)) = (segments.first(), start, end) {
            self.staff_id = first.staff_id;
            self.slot = Slot { start, end };
            self.segments = segments;
        }
    }

    /// Confirms what was asked for. Confirming what is confirmed changes nothing.
    ///
    /// # Errors
    /// [`Refusal::NotRequested`] if it does not take place, [`Refusal::Over`] if it has ended.
    pub fn confirm(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        match self.status {
            AppointmentStatus::Confirmed => Ok(false),
            AppointmentStatus::Requested if self.slot.end <= now => Err(Refusal::Over),
            AppointmentStatus::Requested => {
                self.status = AppointmentStatus::Confirmed;
                self.touch(now);
                Ok(true)
            }
            AppointmentStatus::Cancelled | AppointmentStatus::NoShow => Err(Refusal::NotRequested),
        }
    }

    /// Writes down that the customer did not come (`absent`), or takes that back.
    ///
    /// # Errors
    /// [`Refusal::NotStarted`] before the start (Cal.com refuses it too, recording 108),
    /// [`Refusal::Cancelled`] if it does not take place.
    pub fn mark_no_show(&mut self, absent: bool, now: Timestamp) -> Result<bool, Refusal> {
        let (from, to) = if absent {
            (AppointmentStatus::Confirmed, AppointmentStatus::NoShow)
        } else {
            (AppointmentStatus::NoShow, AppointmentStatus::Confirmed)
        };
        match self.status {
            status if status == to => Ok(false),
            status if status != from => Err(Refusal::Cancelled),
            _ if self.slot.start > now => Err(Refusal::NotStarted),
            _ => {
                self.status = to;
                self.touch(now);
                Ok(true)
            }
        }
    }

    /// Counts a change made at `now`.
    pub fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }
}
