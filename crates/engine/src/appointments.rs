//! What can be done with appointments. Every entrance (pages, API, phone, commands) comes through here, so
//! that each change is checked, told in the history, and synced, in the same way.
//!
//! Nothing here waits for Cal.com: the change is committed, marked for the engine, and answered. Whoever
//! wants to know what Cal.com says calls [`Engine::settled`].

use std::time::Duration;

use domain::appointment::{Actor, Appointment, AppointmentStatus, Refusal};
use domain::availability::{Candidate, Unavailable, best_free, free_starts};
use domain::case::Priority;
use domain::company::Branch;
use domain::people::CustomerDetails;
use domain::timeline::What;
use domain::{
    AppointmentId, BranchId, CompanyId, CustomerId, Field, Origin, ServiceId, Slot, StaffId, SyncStatus,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{Abort, Booked, CustomerRef, Dedupe, NewAppointment};

use crate::{Engine, Error};

/// An appointment that somebody wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What.
    pub service_id: ServiceId,
    /// With whom; `None` takes the best free one.
    pub staff_id: Option<StaffId>,
    /// Where, if it matters.
    pub branch_id: Option<BranchId>,
    /// When it starts.
    pub start: Timestamp,
    /// For whom.
    pub customer: CustomerWish,
    /// Notes of the customer.
    pub notes: Option<String>,
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

/// How far ahead a free time is looked for.
pub const SEARCHED: jiff::SignedDuration = jiff::SignedDuration::from_hours(14 * 24);

/// Why a wish was not granted. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// There is no such service, or it cannot be booked.
    #[error("the service cannot be booked")]
    Service,
    /// Nobody, or not this person, does this service.
    #[error("the staff member does not offer the service")]
    Staff,
    /// The start is not in the future.
    #[error("the wanted time is in the past")]
    InThePast,
    /// Nobody, or not this person, works then.
    #[error("nobody works at that time")]
    NotWorking,
    /// It is taken.
    #[error("the time is taken")]
    SlotTaken,
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

/// How a change is to be made.
#[derive(Debug, Clone)]
pub struct Change {
    /// By whom.
    pub actor: Actor,
    /// Only if it is still at this version.
    pub version: Option<i64>,
    /// Only once for this key.
    pub dedupe: Option<Dedupe>,
    /// What led to it, for the history.
    pub story: Vec<What>,
}

impl Change {
    /// A change by `actor`, without conditions.
    pub fn by(actor: Actor) -> Self {
        Self { actor, version: None, dedupe: None, story: Vec::new() }
    }
}

/// Callers come first.
fn priority(actor: &Actor) -> Priority {
    if actor.origin == Origin::Phone { Priority::Caller } else { Priority::Change }
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

impl Engine {
    /// Books an appointment. The same `dedupe` key gives the same appointment again.
    ///
    /// # Errors
    /// [`BookError`].
    pub async fn book(
        &self,
        company: CompanyId,
        wish: Wish,
        actor: Actor,
        dedupe: Option<Dedupe>,
    ) -> Result<Booked, BookError> {
        let now = self.ambient.now();
        if let Some(dedupe) = &dedupe
            && let Some(id) = self.store.deduped(company, dedupe).await?
        {
            return Ok(Booked::Repeat(id));
        }
        let service = match self.store.service(company, wish.service_id).await {
            Ok(service) if service.active => service,
            Ok(_) | Err(store::Error::NotFound) => return Err(BookError::Service),
            Err(error) => return Err(error.into()),
        };
        if wish.start <= now {
            return Err(BookError::InThePast);
        }
        let slot = Slot::of(wish.start, service.duration_minutes);
        let branches = self.store.branches(company).await?;
        let who = Who { service: wish.service_id, staff: wish.staff_id, branch: wish.branch_id };
        let mut candidates = self.candidates(company, who, day_around(slot), &branches).await?;
        if candidates.is_empty() {
            return Err(BookError::Staff);
        }
        // Somebody else may take the chosen one at the same moment: then the next best is asked.
        loop {
            let Some(staff_id) = best_free(&candidates, &slot) else {
                // The same wish may have been granted between the first look and this one.
                if let Some(dedupe) = &dedupe
                    && let Some(id) = self.store.deduped(company, dedupe).await?
                {
                    return Ok(Booked::Repeat(id));
                }
                return Err(refusal(&candidates, &slot));
            };
            // The best is one of the candidates, and each of them works at a branch of the list.
            let Some(branch) = candidates
                .iter()
                .find(|candidate| candidate.staff.id == staff_id)
                .and_then(|candidate| branches.iter().find(|branch| branch.id == candidate.staff.branch_id))
            else {
                return Err(BookError::Staff);
            };
            let appointment = NewAppointment {
                id: AppointmentId(self.ambient.id()),
                service_id: wish.service_id,
                staff_id,
                branch_id: branch.id,
                customer: match &wish.customer {
                    CustomerWish::Known(id) => CustomerRef::Existing(*id),
                    CustomerWish::Details(details) => {
                        CustomerRef::Details(CustomerId(self.ambient.id()), details.clone())
                    }
                },
                slot,
                time_zone: branch.time_zone.clone(),
                status: AppointmentStatus::Confirmed,
                notes: wish.notes.clone(),
                overlapping: false,
                actor: actor.clone(),
                dedupe: dedupe.clone(),
                extra_entries: wish.story.clone(),
            };
            let priority = priority(&actor);
            let booked =
                self.store.book(company, appointment, now, move |case| case.conclude(priority, now)).await;
            match booked {
                Err(store::Error::SlotTaken) if wish.staff_id.is_none() => {
                    candidates.retain(|candidate| candidate.staff.id != staff_id);
                }
                booked => {
                    let booked = booked?;
                    if let Booked::New(appointment) = &booked {
                        self.signals.wake();
                        self.signals.changed(company, Some(appointment.id));
                    }
                    return Ok(booked);
                }
            }
        }
    }

    /// The next starts at a quarter of an hour at which somebody is free for a service, the earliest first,
    /// within [`SEARCHED`] after `after`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_free(
        &self,
        company: CompanyId,
        who: Who,
        after: Timestamp,
        count: usize,
    ) -> Result<Vec<(Slot, StaffId)>, Error> {
        let minutes = self.store.service(company, who.service).await?.duration_minutes;
        let range = Slot { start: after, end: after.saturating_add(SEARCHED).unwrap_or(after) };
        let branches = self.store.branches(company).await?;
        let candidates = self.candidates(company, who, range, &branches).await?;
        Ok(free_starts(&candidates, minutes, range).take(count).collect())
    }

    /// Who could serve: everybody who does the service (or the one who is wanted), with their appointments
    /// in `range`.
    async fn candidates(
        &self,
        company: CompanyId,
        who: Who,
        range: Slot,
        branches: &[Branch],
    ) -> Result<Vec<Candidate>, Error> {
        let mut able = self.store.staff_for_service(company, who.service).await?;
        able.retain(|staff| {
            who.staff.is_none_or(|id| staff.id == id) && who.branch.is_none_or(|id| staff.branch_id == id)
        });
        let ids: Vec<_> = able.iter().map(|staff| staff.id).collect();
        let mut busy = self.store.busy(company, &ids, range).await?;
        Ok(able
            .into_iter()
            .filter_map(|staff| {
                let branch = branches.iter().find(|branch| branch.id == staff.branch_id)?;
                let zone = TimeZone::get(&branch.time_zone).ok()?;
                let busy = busy.remove(&staff.id).unwrap_or_default();
                Some(Candidate { staff, zone, busy })
            })
            .collect())
    }

    /// Moves an appointment, keeping its length.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn reschedule(
        &self,
        company: CompanyId,
        id: AppointmentId,
        start: Timestamp,
        reason: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        let appointment = self.store.appointment(company, id).await?.appointment;
        if appointment.slot.start != start {
            let slot = Slot::of(start, appointment.slot.minutes());
            let staff = self.store.staff_member(company, appointment.staff_id).await?;
            let branch = self.store.branch(company, appointment.branch_id).await?;
            let zone = TimeZone::get(&branch.time_zone).unwrap_or(TimeZone::UTC);
            if !staff.hours.cover(&slot, &zone) {
                return Err(ChangeError::NotWorking);
            }
        }
        self.change(company, id, change, move |appointment, now| {
            let from = appointment.slot;
            let moved = appointment.reschedule(start, reason.clone(), now)?;
            let (to, reason) = (appointment.slot, reason.clone());
            Ok(moved.then_some(What::Rescheduled { from, to, reason }))
        })
        .await
    }

    /// Cancels an appointment. Cancelling what is cancelled changes nothing.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn cancel(
        &self,
        company: CompanyId,
        id: AppointmentId,
        reason: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, move |appointment, now| {
            let cancelled = appointment.cancel(reason.clone(), now)?;
            Ok(cancelled.then(|| What::Cancelled { reason: reason.clone() }))
        })
        .await
    }

    /// Changes the notes.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn set_notes(
        &self,
        company: CompanyId,
        id: AppointmentId,
        notes: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.change(company, id, change, move |appointment, now| {
            if appointment.notes == notes {
                return Ok(None);
            }
            appointment.notes.clone_from(&notes);
            appointment.touch(now);
            Ok(Some(What::Edited { fields: vec![Field::Notes] }))
        })
        .await
    }

    async fn change(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: Change,
        decide: impl Fn(&mut Appointment, Timestamp) -> Result<Option<What>, Refusal> + Send + Sync + 'static,
    ) -> Result<Appointment, ChangeError> {
        let now = self.ambient.now();
        let priority = priority(&change.actor);
        let how = store::Change::at(now).expecting(change.version).once(change.dedupe);
        let (actor, story) = (change.actor, change.story);
        let applied = self
            .store
            .apply(company, id, how, move |case| {
                if let Some(what) = decide(&mut case.appointment, now).map_err(Abort::Refused)? {
                    for before in &story {
                        case.tell(now, &actor, before.clone());
                    }
                    case.tell(now, &actor, what);
                }
                case.conclude(priority, now);
                Ok(())
            })
            .await?;
        self.signals.wake();
        self.signals.changed(company, Some(id));
        Ok(applied.appointment)
    }

    /// Looks at Cal.com again, and tries again what was given up.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn check_again(&self, company: CompanyId, id: AppointmentId) -> Result<(), ChangeError> {
        self.resume(company, id, domain::Case::retry).await
    }

    /// Settles a conflict: what is said here counts (`ours`), or what is said at Cal.com.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn settle_conflict(
        &self,
        company: CompanyId,
        id: AppointmentId,
        ours: bool,
    ) -> Result<(), ChangeError> {
        self.resume(company, id, move |case| case.settle_conflict(ours)).await
    }

    async fn resume(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: impl Fn(&mut domain::Case) + Send + Sync + 'static,
    ) -> Result<(), ChangeError> {
        let now = self.ambient.now();
        self.store
            .apply(company, id, store::Change::at(now), move |case| {
                change(case);
                case.conclude(Priority::Change, now);
                Ok(())
            })
            .await?;
        self.signals.wake();
        self.signals.changed(company, Some(id));
        Ok(())
    }

    /// Waits until Cal.com's word on an appointment is known, or the time is up; returns what is known then.
    ///
    /// # Errors
    /// If there is no such appointment, or the database fails.
    pub async fn settled(
        &self,
        company: CompanyId,
        id: AppointmentId,
        patience: Duration,
    ) -> Result<SyncStatus, ChangeError> {
        let mut changes = self.signals.watch();
        let settled = async {
            loop {
                let sync = self.store.appointment(company, id).await?.appointment.sync;
                if sync != SyncStatus::Pending {
                    return Ok(sync);
                }
                // Another process may do the work: then no signal comes, and looking now and then does.
                let again = tokio::time::sleep(LOOK);
                tokio::select! {
                    () = again => {}
                    _ = changes.recv() => {}
                }
            }
        };
        match tokio::time::timeout(patience, settled).await {
            Ok(result) => result,
            Err(_) => Ok(self.store.appointment(company, id).await?.appointment.sync),
        }
    }
}

/// How often an awaited appointment is looked at without any signal.
const LOOK: Duration = Duration::from_millis(200);

/// Long enough to tell who has least to do that day.
fn day_around(slot: Slot) -> Slot {
    let half = jiff::SignedDuration::from_hours(12);
    Slot {
        start: slot.start.saturating_sub(half).unwrap_or(slot.start),
        end: slot.end.saturating_add(half).unwrap_or(slot.end),
    }
}

/// Why none of them can serve: somebody who works but is taken is the more helpful answer.
fn refusal(candidates: &[Candidate], slot: &Slot) -> BookError {
    let mut reasons = candidates.iter().filter_map(|candidate| candidate.check(slot).err());
    if candidates.is_empty() || reasons.any(|reason| reason == Unavailable::Busy) {
        BookError::SlotTaken
    } else {
        BookError::NotWorking
    }
}
