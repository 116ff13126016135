//! Booking: who can serve, who should, and making the appointment.

use domain::appointment::{Actor, AppointmentStatus, check_start};
use domain::availability::{Candidate, Unavailable, arrange, free_starts};
use domain::company::Branch;
use domain::service::{NotBookable, Service};
use domain::{AppointmentId, CompanyId, CustomerId, Slot, StaffId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{Booked, CustomerRef, Dedupe, NewAppointment};

use super::{BookError, CustomerWish, SEARCHED, Who, Wish, priority};
use crate::{Engine, Error};

/// How often the next best is asked when somebody else was faster.
const TRIES: usize = 16;

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
            Ok(service) => match service.not_bookable_by(actor.origin).as_slice() {
                [] => service,
                [NotBookable::NotOnline] => return Err(BookError::NotOnline),
                _ => return Err(BookError::Service),
            },
            Err(store::Error::NotFound) => return Err(BookError::Service),
            Err(error) => return Err(error.into()),
        };
        check_start(wish.start, now)?;
        let branches = self.store.branches(company).await?;
        let who = Who { service: wish.service_id, staff: wish.staff_id, branch: wish.branch_id };
        let slots = service.slots(wish.start);
        let range = day_around(&slots);
        // Somebody else may take the chosen one at the same moment: then the next best is asked.
        for _ in 0..TRIES {
            let candidates = self.candidates(company, &service, who, range, &branches).await?;
            if !can_be_served(&candidates, &service, slots.len()) {
                return Err(BookError::Staff);
            }
            let Some(segments) = arrange(&candidates, &service, &slots, who.staff) else {
                // The same wish may have been granted between the first look and this one.
                if let Some(dedupe) = &dedupe
                    && let Some(id) = self.store.deduped(company, dedupe).await?
                {
                    return Ok(Booked::Repeat(id));
                }
                return Err(refusal(&candidates, &slots));
            };
            // The best is one of the candidates, and each of them works at a branch of the list.
            let staff = candidates.iter().map(|candidate| &candidate.staff);
            let Some(branch) = segments
                .first()
                .and_then(|first| staff.clone().find(|staff| staff.id == first.staff_id))
                .and_then(|staff| branches.iter().find(|branch| branch.id == staff.branch_id))
            else {
                return Err(BookError::Staff);
            };
            let appointment = NewAppointment {
                id: AppointmentId(self.ambient.id()),
                service_id: wish.service_id,
                segments,
                branch_id: branch.id,
                customer: match &wish.customer {
                    CustomerWish::Known(id) => CustomerRef::Existing(*id),
                    CustomerWish::Details(details) => {
                        CustomerRef::Details(CustomerId(self.ambient.id()), details.clone())
                    }
                },
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
                Err(store::Error::SlotTaken) => {}
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
        Err(BookError::SlotTaken)
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
        let service = self.store.service(company, who.service).await?;
        let range = Slot { start: after, end: after.saturating_add(SEARCHED).unwrap_or(after) };
        let branches = self.store.branches(company).await?;
        let candidates = self.candidates(company, &service, who, range, &branches).await?;
        Ok(free_starts(&candidates, &service, who.staff, range).take(count).collect())
    }

    /// Who could serve: everybody who does the service (or the one who is wanted, with whoever does what that person
    /// may not do), with their appointments in `range`.
    async fn candidates(
        &self,
        company: CompanyId,
        service: &Service,
        who: Who,
        range: Slot,
        branches: &[Branch],
    ) -> Result<Vec<Candidate>, Error> {
        let mut able = self.store.staff_for_service(company, who.service).await?;
        able.retain(|staff| who.branch.is_none_or(|id| staff.branch_id == id));
        if let Some(wanted) = who.staff {
            let stretches = 0..service.segments.len().max(1);
            let may = |number| service.may_do(number, wanted);
            if !able.iter().any(|staff| staff.id == wanted) || !stretches.clone().any(may) {
                return Ok(Vec::new());
            }
            able.retain(|staff| staff.id == wanted || !stretches.clone().all(may));
        }
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
}

/// Whether there is somebody for every stretch of work, at whatever time.
fn can_be_served(candidates: &[Candidate], service: &Service, stretches: usize) -> bool {
    (0..stretches).all(|number| candidates.iter().any(|it| service.may_do(number, it.staff.id)))
}

/// Long enough to tell who has least to do that day.
fn day_around(slots: &[Slot]) -> Slot {
    let half = jiff::SignedDuration::from_hours(12);
    let start = slots.iter().map(|slot| slot.start).min().unwrap_or(Timestamp::MIN);
    let end = slots.iter().map(|slot| slot.end).max().unwrap_or(start);
    Slot { start: start.saturating_sub(half).unwrap_or(start), end: end.saturating_add(half).unwrap_or(end) }
}

/// Why none of them can serve: somebody who works but is taken is the more helpful answer.
fn refusal(candidates: &[Candidate], slots: &[Slot]) -> BookError {
    let mut reasons =
        candidates.iter().flat_map(|candidate| slots.iter().filter_map(|slot| candidate.check(slot).err()));
    if candidates.is_empty() || reasons.any(|reason| reason == Unavailable::Busy) {
        BookError::SlotTaken
    } else {
        BookError::NotWorking
    }
}
