//! What is free, for whoever asks: pages, programs and callers get the same answer.

use std::collections::HashMap;

use domain::appointment::Segment;
use domain::availability::{Candidate, Opening, Place, Search, Unavailable, in_terms, widened};
use domain::company::Branch;
use domain::service::Service;
use domain::{AppointmentId, CompanyId, ServiceId, Slot, StaffId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Holder;

use super::Who;
use super::book::serving;
use crate::{Engine, Error};

/// A question for free times.
#[derive(Debug, Clone)]
pub struct Look {
    /// What, with whom, where.
    pub who: Who,
    /// The starts that are looked at.
    pub range: Slot,
    /// The appointment that is to be moved: its own time is free for it.
    pub leaving: Option<AppointmentId>,
    /// What is held for whoever asks is free for them.
    pub holder: Option<Holder>,
}

/// Whether what Cal.com says is in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calcom {
    /// It is.
    Included,
    /// Not all of it: an account has not answered in time.
    Unavailable,
    /// None of this is booked at Cal.com.
    NotConnected,
}

impl Calcom {
    /// The documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Unavailable => "unavailable",
            Self::NotConnected => "not_connected",
        }
    }
}

/// What is known of a range of time; free times are found in it as they are asked for.
#[derive(Debug, Clone)]
pub struct Availability {
    /// What is wanted.
    pub service: Service,
    /// Who could do it.
    pub candidates: Vec<Candidate>,
    /// Whether Cal.com was heard.
    pub calcom: Calcom,
    /// Who works when in the appointment that is to be moved.
    pub own: Vec<Segment>,
    wanted: Option<StaffId>,
    now: Timestamp,
    /// What is known reaches over this range.
    pub range: Slot,
}

impl Availability {
    /// The free times in a part of the range, the earliest first.
    pub fn openings(&self, part: Slot) -> impl Iterator<Item = Opening> + '_ {
        self.openings_with(self.wanted, part)
    }

    /// The same with somebody else: whoever is looked at can be asked for.
    pub fn openings_with(&self, wanted: Option<StaffId>, part: Slot) -> impl Iterator<Item = Opening> + '_ {
        let range = Slot { start: part.start.max(self.range.start), end: part.end.min(self.range.end) };
        let Self { service, candidates, now, .. } = self;
        Search { service, candidates, wanted, range, now: *now }.openings()
    }

    /// Who would work when if it began at `start`: just these if `exactly` they are asked for.
    ///
    /// # Errors
    /// Why nobody would, or not just these.
    pub fn at(&self, start: Timestamp, exactly: &[Segment]) -> Result<Vec<Segment>, Unavailable> {
        let slots = self.service.slots(start);
        serving(&self.candidates, &self.service, &slots, (self.wanted, exactly))
    }

    /// Whether a start keeps the notice and the window of the service, on the clock of whoever begins.
    pub fn in_terms(&self, start: Timestamp, segments: &[Segment]) -> bool {
        let begins = |it: &&Candidate| segments.first().is_some_and(|first| first.staff_id == it.staff.id);
        let first = self.candidates.iter().find(begins);
        first.is_some_and(|first| in_terms(&self.service, &first.place.zone, start, self.now))
    }
}

impl Engine {
    /// What is free: by opening and working hours, absences, holidays, what is booked here and what is held, and by
    /// what Cal.com says, as far as it says so in time.
    ///
    /// # Errors
    /// [`store::Error::NotFound`] if there is no such service, or if the database fails.
    pub async fn availability(&self, company: CompanyId, look: &Look) -> Result<Availability, Error> {
        let service = self.store.service(company, look.who.service).await?;
        let branches = self.store.branches(company).await?;
        let mut candidates = self.candidates(company, &service, look, &branches).await?;
        let own = match look.leaving {
            Some(id) => self.store.appointment(company, id).await?.appointment.segments,
            None => Vec::new(),
        };
        let calcom = self.hear_calcom(company, &service, &mut candidates, (look, &own)).await?;
        let (wanted, now) = (look.who.staff, self.ambient.now());
        Ok(Availability { service, candidates, calcom, own, wanted, now, range: look.range })
    }

    /// Who could serve: everybody who does the service (or the one who is wanted, with whoever does what that person
    /// may not do), with what they have in the range and around it.
    pub(super) async fn candidates(
        &self,
        company: CompanyId,
        service: &Service,
        look: &Look,
        branches: &[Branch],
    ) -> Result<Vec<Candidate>, Error> {
        let who = look.who;
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
        // A day more on either side: who has least to do that day is asked first, and the last start has an end.
        let range = widened(&look.range, 24 * 60, 24 * 60);
        let mut busy = self.busy(company, &ids, range, look).await?;
        let absences = self.store.absences(company, &ids, range).await?;
        let mut candidates = Vec::new();
        for staff in able {
            let Some(place) = branches.iter().find(|branch| branch.id == staff.branch_id).and_then(place)
            else {
                continue;
            };
            let away = absences.iter().filter(|absence| absence.staff_id == staff.id);
            let away = away.map(|absence| absence.slot).collect();
            let busy = busy.remove(&staff.id).unwrap_or_default();
            candidates.push(Candidate { staff, place, away, busy, calcom: Vec::new() });
        }
        Ok(candidates)
    }

    /// What is taken of these people's time: appointments with the buffers of what is booked, and what is held.
    async fn busy(
        &self,
        company: CompanyId,
        staff: &[StaffId],
        range: Slot,
        look: &Look,
    ) -> Result<HashMap<StaffId, Vec<Slot>>, Error> {
        let own = [look.leaving.map(|id| id.0), look.holder.as_ref().map(|holder| holder.id(company))];
        let taken = self.store.taken(company, staff, range, self.ambient.now()).await?;
        let services = self.store.services(company).await?;
        let buffers: HashMap<ServiceId, (u32, u32)> = services
            .iter()
            .map(|it| (it.id, (it.terms.buffer_before_minutes, it.terms.buffer_after_minutes)))
            .collect();
        let mut busy: HashMap<_, Vec<_>> = HashMap::new();
        for taken in taken.into_iter().filter(|taken| !own.contains(&Some(taken.by))) {
            let (before, after) =
                taken.service_id.and_then(|id| buffers.get(&id).copied()).unwrap_or_default();
            busy.entry(taken.staff_id).or_default().push(widened(&taken.slot, before, after));
        }
        Ok(busy)
    }

    /// Asks Cal.com about everybody at once, and takes down what it says.
    async fn hear_calcom(
        &self,
        company: CompanyId,
        service: &Service,
        candidates: &mut [Candidate],
        (look, own): (&Look, &[Segment]),
    ) -> Result<Calcom, Error> {
        let links = self.store.links_of_service(company, service.id).await?;
        let stretches = service.segments.len().max(1);
        let link = |number: usize, staff: StaffId| {
            let of_segment = links.iter().filter(|link| usize::from(link.segment) == number);
            let mut fitting = of_segment.filter(|link| link.staff_id.is_none_or(|id| id == staff));
            // A person's own link comes before that of the team.
            fitting.clone().find(|link| link.staff_id.is_some()).or_else(|| fitting.next())
        };
        let mut event_types = Vec::new();
        for candidate in candidates.iter().filter(|candidate| candidate.staff.active) {
            for number in (0..stretches).filter(|number| service.may_do(*number, candidate.staff.id)) {
                event_types.extend(link(number, candidate.staff.id).map(domain::service::Link::event_type));
            }
        }
        event_types.sort_unstable_by_key(|it| (it.connection, it.id));
        event_types.dedup();
        if event_types.is_empty() {
            return Ok(Calcom::NotConnected);
        }
        let now = self.ambient.now();
        let range = widened(&look.range, 0, 24 * 60);
        let asked: Vec<_> =
            event_types.iter().copied().map(|it| self.free_at_calcom(company, it, range)).collect();
        let told = futures::future::join_all(asked).await;
        let told: HashMap<_, _> = event_types.into_iter().zip(told).collect();
        for candidate in candidates {
            let own = own.iter().filter(|it| it.staff_id == candidate.staff.id);
            let own: Vec<_> = own.map(|segment| segment.slot).collect();
            let lengths: Vec<_> = service.slots(now).iter().map(Slot::minutes).collect();
            for (number, minutes) in lengths.into_iter().enumerate() {
                let event_type = link(number, candidate.staff.id).map(domain::service::Link::event_type);
                if let Some(free) = event_type.and_then(|it| told.get(&it)?.clone()) {
                    let free: Vec<_> = free.into_iter().chain(own.iter().copied()).collect();
                    candidate.hear(
                        number,
                        &free,
                        minutes,
                        Slot { start: range.start.max(now), end: range.end },
                    );
                }
            }
        }
        Ok(if told.values().all(Option::is_some) { Calcom::Included } else { Calcom::Unavailable })
    }
}

/// The clock, the hours and the holidays of a branch; `None` if its time zone is none.
fn place(branch: &Branch) -> Option<Place> {
    let zone = TimeZone::get(&branch.time_zone).ok()?;
    Some(Place { zone, hours: branch.hours.clone(), land: branch.land })
}
