//! Booking: who can serve, who should, and making the appointment.

use domain::appointment::{Actor, AppointmentStatus, Segment, check_start};
use domain::availability::{Candidate, Unavailable, arrange, check_all, hindrance, in_terms};
use domain::service::{NotBookable, Service};
use domain::{AppointmentId, CompanyId, CustomerId, Slot, StaffId};
use jiff::Timestamp;
use store::{Booked, CustomerRef, Dedupe, NewAppointment};

use super::{BookError, CustomerWish, Look, Who, Wish, priority};
use crate::Engine;

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
        let slots = match wish.exactly.as_slice() {
            [] => service.slots(wish.start),
            exactly => exactly.iter().map(|segment| segment.slot).collect(),
        };
        let look = Look { who, range: envelope(&slots), leaving: None, holder: wish.holder.clone() };
        // Somebody else may take the chosen one at the same moment: then the next best is asked.
        for _ in 0..TRIES {
            let candidates = self.candidates(company, &service, &look, &branches).await?;
            if !can_be_served(&candidates, &service, slots.len()) {
                return Err(BookError::Staff);
            }
            let found = serving(&candidates, &service, &slots, (who.staff, &wish.exactly));
            let segments = match found {
                Ok(segments) => segments,
                Err(reason) => {
                    // The same wish may have been granted between the first look and this one.
                    if let Some(dedupe) = &dedupe
                        && let Some(id) = self.store.deduped(company, dedupe).await?
                    {
                        return Ok(Booked::Repeat(id));
                    }
                    return Err(reason.into());
                }
            };
            if wish.in_terms
                && let Some(first) = candidates.iter().find(|it| it.staff.id == segments[0].staff_id)
                && !in_terms(&service, &first.place.zone, wish.start, now)
            {
                return Err(BookError::Terms);
            }
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
                holder: wish.holder.clone(),
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
}

/// Whether there is somebody for every stretch of work, at whatever time.
fn can_be_served(candidates: &[Candidate], service: &Service, stretches: usize) -> bool {
    (0..stretches).all(|number| candidates.iter().any(|it| service.may_do(number, it.staff.id)))
}

/// From the first start to the last end.
fn envelope(slots: &[Slot]) -> Slot {
    let start = slots.iter().map(|slot| slot.start).min().unwrap_or(Timestamp::MIN);
    let end = slots.iter().map(|slot| slot.end).max().unwrap_or(start);
    Slot { start, end }
}

/// Who works when: just these if `exactly` they were offered, else as it can be arranged.
pub(super) fn serving(
    candidates: &[Candidate],
    service: &Service,
    slots: &[Slot],
    (wanted, exactly): (Option<StaffId>, &[Segment]),
) -> Result<Vec<Segment>, Unavailable> {
    if !exactly.is_empty() {
        return check_all(candidates, service, exactly).map(|()| exactly.to_vec());
    }
    let arranged = arrange(candidates, service, slots, wanted);
    arranged.ok_or_else(|| hindrance(candidates, service, slots, wanted))
}
