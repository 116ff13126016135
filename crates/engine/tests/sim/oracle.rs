//! The judge: after some quiet and one look at everything, do the nine invariants (DESIGN, section 9) hold? It asks
//! the two systems themselves, the simulator's model and our database, and what people were told; never the
//! engine.

use std::collections::BTreeMap;

use calcom_sim::{Booking, BookingStatus};
use domain::appointment::AppointmentStatus;
use domain::case::{Due, Priority};
use domain::review::ReviewCode;
use domain::timeline::{Entry, What};
use domain::{Appointment, AppointmentId, BookingUid, SyncStatus};
use engine::Clock;
use rand::RngExt;
use store::{AppointmentFilter, Change, Subject};

use crate::network::{is_live, reference, whose};
use crate::people::hour;
use crate::run::Run;
use crate::world::Company;

/// Calls that an appointment may cost when everything is over and each is looked at once.
const CALLS_EACH: usize = 6;

/// Brings the world to rest and judges it; what does not hold is in the log.
pub async fn judge(run: &mut Run) {
    let before = run.world.sim.requests().len();
    let mut at_rest = run.quiet().await;
    run.world.log.say("one look at everything");
    look_at_everything(run).await;
    at_rest &= run.quiet().await;
    let calls = run.world.sim.requests().len() - before;
    let things = run.world.sim.bookings().len() + run.known.len();
    if !at_rest || calls > 20 + CALLS_EACH * things {
        run.world.log.violated(5, format!("{calls} calls and no end for {things} things"));
        return;
    }
    // It costs as much as the first one, so only every fourth run is asked.
    if run.dice.random_ratio(1, 4) {
        nothing_more_is_sent(run).await;
    }
    let judge = Judge::of(run).await;
    for company in 0..run.world.companies.len() {
        judge.company(company).await;
    }
    judge.nobodys();
}

/// 5: another look at everything changes nothing.
async fn nothing_more_is_sent(run: &mut Run) {
    run.world.log.say("another look: nothing may be changed any more");
    let before = run.world.sim.requests().len();
    look_at_everything(run).await;
    run.quiet().await;
    for request in run.world.sim.requests().split_off(before) {
        if request.method != http::Method::GET {
            let what = format!("sent although all was over: {} {}", request.method, request.path);
            run.world.log.violated(5, what);
        }
    }
}

/// What a verification run does: every appointment is looked at, and every booking that is unknown here.
async fn look_at_everything(run: &Run) {
    let (store, now) = (&run.world.free.store, run.world.ours.now());
    for company in &run.world.companies {
        for appointment in appointments(run, company).await {
            let change = Change::at(now);
            let hinted = store.apply(company.id, appointment.id, change, move |case| {
                case.hint(None);
                case.conclude(Priority::Check, now);
                Ok(())
            });
            hinted.await.expect("the database answers");
        }
    }
    for booking in run.world.sim.bookings().iter().filter(|booking| is_live(booking)) {
        let Some(event_type) = booking.event_type_id else { continue };
        let Some((company, account, _)) = run.world.account_of(event_type) else { continue };
        let uid = BookingUid(booking.uid.clone());
        let known = store.appointment_by_uid(company.id, account.connection, &uid).await;
        if known.expect("the database answers").is_none() {
            let due = Due { at: now, priority: Priority::Check };
            let marked = store.mark(company.id, account.connection, Subject::Booking(uid), due);
            marked.await.expect("the database answers");
        }
    }
}

async fn appointments(run: &Run, company: &Company) -> Vec<Appointment> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let filter = AppointmentFilter::default();
        let page = run.world.free.store.appointments(company.id, &filter, cursor.as_deref(), 200).await;
        let page = page.expect("the database answers");
        all.extend(page.items.into_iter().map(|view| view.appointment));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

pub struct Judge<'a> {
    pub run: &'a Run,
    bookings: Vec<Booking>,
    /// Per company.
    appointments: Vec<Vec<Appointment>>,
    reviews: Vec<Vec<(AppointmentId, ReviewCode)>>,
    /// The appointment of a chain that carries no reference of ours, by its first booking.
    pub roots: BTreeMap<String, AppointmentId>,
}

impl<'a> Judge<'a> {
    async fn of(run: &'a Run) -> Self {
        let bookings = run.world.sim.bookings();
        let store = &run.world.free.store;
        let mut roots = BTreeMap::new();
        for booking in bookings.iter().filter(|booking| reference(booking).is_none()) {
            let Some(event_type) = booking.event_type_id else { continue };
            let Some((company, account, _)) = run.world.account_of(event_type) else { continue };
            let uid = BookingUid(booking.uid.clone());
            let owner = store.appointment_by_uid(company.id, account.connection, &uid).await;
            if let Some((id, _)) = owner.expect("the database answers") {
                let root = whose(&bookings, booking);
                if let Some(other) = roots.insert(root, id).filter(|other| *other != id) {
                    let what = format!("{} and {} share a booking", run.short(other), run.short(id));
                    run.world.log.violated(2, what);
                }
            }
        }
        let (mut all, mut reviews) = (Vec::new(), Vec::new());
        for company in &run.world.companies {
            all.push(appointments(run, company).await);
            let open = store.reviews_open(company.id, 1000).await.expect("the database answers");
            reviews.push(open.into_iter().map(|item| (item.appointment_id, item.code)).collect());
        }
        Self { run, bookings, appointments: all, reviews, roots }
    }

    fn owner(&self, booking: &Booking) -> Option<AppointmentId> {
        let named = reference(booking).map(|reference| reference.appointment);
        named.or_else(|| self.roots.get(&whose(&self.bookings, booking)).copied())
    }

    /// Nothing is left that could be cancelled: what has ended, Cal.com keeps.
    pub fn is_gone(&self, live: &[&Booking]) -> bool {
        live.iter().all(|booking| booking.end <= self.run.world.now())
    }

    pub fn violated(&self, invariant: u8, what: &str) {
        self.run.world.log.violated(invariant, what);
    }

    async fn company(&self, index: usize) {
        let company = &self.run.world.companies[index];
        for appointment in &self.appointments[index] {
            let id = appointment.id;
            let live: Vec<&Booking> = self
                .bookings
                .iter()
                .filter(|booking| is_live(booking) && self.owner(booking) == Some(id))
                .collect();
            let reviews: Vec<_> =
                self.reviews[index].iter().filter(|(of, _)| *of == id).map(|(_, code)| *code).collect();
            self.both_sides(appointment, &live, &reviews);
            self.status(company, appointment, &live, &reviews);
            let history = self.run.world.free.store.history(company.id, id).await;
            let history = history.expect("the database answers");
            self.conclusions(&history.entries);
            self.words(index, appointment, &live, &reviews, &history.entries);
        }
        self.chairs(index);
        self.services(company).await;
    }

    /// 1, 2: one active appointment, one active booking, or somebody is asked.
    fn both_sides(&self, appointment: &Appointment, live: &[&Booking], reviews: &[ReviewCode]) {
        let name = self.run.short(appointment.id);
        if live.len() > 1 {
            let uids: Vec<_> = live.iter().map(|booking| &booking.uid).collect();
            self.violated(2, &format!("{name} has {} bookings at the end: {uids:?}", live.len()));
        }
        let asked = !reviews.is_empty();
        if appointment.status.is_active() && live.is_empty() && !asked {
            self.violated(1, &format!("{name} takes place and has no booking"));
        }
        if appointment.status == AppointmentStatus::Cancelled && !self.is_gone(live) && !asked {
            self.violated(2, &format!("{name} is cancelled and its booking {} lives", live[0].uid));
        }
    }

    /// 8: what is told of it is true.
    fn status(
        &self,
        company: &Company,
        appointment: &Appointment,
        live: &[&Booking],
        reviews: &[ReviewCode],
    ) {
        let name = self.run.short(appointment.id);
        match appointment.sync {
            SyncStatus::Synced if appointment.status == AppointmentStatus::NoShow => {}
            SyncStatus::Synced => {
                let active = appointment.status.is_active();
                if !active && self.is_gone(live) {
                    return;
                }
                let [booking] = live else {
                    if active || !live.is_empty() {
                        let what = format!(
                            "{name} is synced, {:?}, with {} bookings",
                            appointment.status,
                            live.len()
                        );
                        self.violated(8, &what);
                    }
                    return;
                };
                let there = booking.event_type_id.and_then(|id| self.run.world.account_of(id));
                let there = there.map(|(company, account, service)| (company.id, account.staff, service));
                let here = (company.id, appointment.staff_id, appointment.service_id);
                let waits = booking.status == BookingStatus::Pending;
                if !active
                    || (booking.start, booking.end) != (appointment.slot.start, appointment.slot.end)
                    || there != Some(here)
                    || waits != (appointment.status == AppointmentStatus::Requested)
                {
                    let what = format!(
                        "{name} is synced and differs: {:?} at {} here, {:?} at {} there",
                        appointment.status,
                        hour(appointment.slot.start),
                        booking.status,
                        hour(booking.start)
                    );
                    self.violated(8, &what);
                }
            }
            SyncStatus::Failed
            | SyncStatus::Conflict
            | SyncStatus::OrphanedLocal
            | SyncStatus::OrphanedCalcom => {
                if reviews.is_empty() {
                    self.violated(1, &format!("{name} is {:?} and nobody is asked", appointment.sync));
                }
            }
            SyncStatus::Pending | SyncStatus::NotConnected => {
                self.violated(1, &format!("{name} is {:?} at the end", appointment.sync));
            }
        }
    }

    fn conclusions(&self, entries: &[Entry]) {
        self.run.world.log.cover(|coverage| {
            for entry in entries {
                match &entry.what {
                    What::Observed { adopted, .. } => {
                        for field in adopted {
                            coverage.conclude(&format!("adopt {field:?}"));
                        }
                    }
                    What::Recognised { .. } => coverage.conclude("recognise"),
                    What::ReviewOpened { code } => coverage.conclude(&format!("ask {code:?}")),
                    What::ReviewClosed { code } => coverage.conclude(&format!("answered {code:?}")),
                    What::Verified => coverage.conclude("verify"),
                    _ => {}
                }
            }
        });
    }

    /// 7: no two customers in one chair.
    fn chairs(&self, index: usize) {
        let active: Vec<&Appointment> = self.appointments[index]
            .iter()
            .filter(|appointment| appointment.status.is_active() && !appointment.overlapping)
            .collect();
        for (n, one) in active.iter().enumerate() {
            for other in &active[n + 1..] {
                if one.staff_id == other.staff_id && one.slot.overlaps(&other.slot) {
                    let (one, other) = (self.run.short(one.id), self.run.short(other.id));
                    self.violated(7, &format!("{one} and {other} overlap"));
                }
            }
        }
    }

    /// 4: Cal.com changes no service.
    async fn services(&self, company: &Company) {
        for (service, was) in company.services.iter().zip(&company.as_made) {
            let is = self.run.world.free.store.service(company.id, *service).await;
            if is.expect("the database answers") != *was {
                self.violated(4, &format!("{} has changed", was.name));
            }
        }
    }

    /// 2, 6: every booking of ours has its appointment, in its own company.
    fn nobodys(&self) {
        for booking in &self.bookings {
            let Some(event_type) = booking.event_type_id else { continue };
            let Some((company, _, _)) = self.run.world.account_of(event_type) else { continue };
            let index = self.run.world.companies.iter().position(|c| c.id == company.id).unwrap_or_default();
            let owner = self.owner(booking);
            let known = owner.is_some_and(|id| self.appointments[index].iter().any(|a| a.id == id));
            if is_live(booking) && !known {
                let name = self.run.world.log.name('A', &whose(&self.bookings, booking));
                let invariant = if owner.is_some() { 6 } else { 2 };
                self.violated(invariant, &format!("nobody here knows {name} ({})", booking.uid));
            }
        }
    }
}
