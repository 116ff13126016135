//! The judge: after some quiet and one look at everything, do the nine invariants hold? It asks
//! the two systems themselves, the simulator's model and our database, and what people were told; never the
//! engine.

use std::collections::BTreeMap;

use calcom_sim::{Booking, BookingStatus};
use domain::appointment::{Actor, AppointmentStatus, Segment};
use domain::catalogue::ServiceCase;
use domain::plan::Push;
use domain::review::ReviewCode;
use domain::service::ServiceSync;
use domain::timeline::{Entry, What};
use domain::verify::Window;
use domain::{Appointment, AppointmentId, BookingUid, Origin, SyncStatus};
use engine::verify::Wish;
use jiff::SignedDuration;
use rand::RngExt;
use store::{AppointmentFilter, Attempt, History};

use crate::ledger::Word;
use crate::network::{is_live, reference, whose};
use crate::people::hour;
use crate::run::Run;
use crate::salon::Company;
use crate::service_oracle::look_at_all_event_types;

/// Calls that an appointment may cost when everything is over and each is looked at once.
const CALLS_EACH: usize = 6;

/// Brings the world to rest and judges it; what does not hold is in the log.
pub async fn judge(run: &mut Run) {
    let before = run.world.sim.requests().len();
    let at_rest = run.quiet().await && {
        run.world.log.say("one look at everything");
        look_at_everything(run).await
    };
    let calls = run.world.sim.requests().len() - before;
    let bookings = run.world.sim.bookings();
    let things = bookings.len() + run.known.len() + run.services.there.len();
    // Each link of a chain of moves may lead to a walk along it.
    let mut chains: BTreeMap<String, usize> = BTreeMap::new();
    for booking in bookings.iter().filter(|booking| booking.rescheduled_from.is_some()) {
        *chains.entry(whose(&bookings, booking)).or_default() += 1;
    }
    let walks: usize = chains.values().map(|links| links * links).sum();
    if !at_rest || calls > 20 + CALLS_EACH * things + walks {
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
    for request in run.world.sim.requests().split_off(before) {
        if request.method != http::Method::GET {
            let what = format!("sent although all was over: {} {}", request.method, request.path);
            run.world.log.violated(5, what);
        }
    }
}

/// All event types are looked at, then all bookings are verified. Says whether all came to rest.
async fn look_at_everything(run: &mut Run) -> bool {
    look_at_all_event_types(run).await;
    let at_rest = run.quiet().await;
    run.world.learn().await;
    verify_all_bookings(run).await;
    at_rest && run.quiet().await
}

/// Has all bookings of every account verified, whenever they start.
async fn verify_all_bookings(run: &Run) {
    let window = Some(Window { from: run.world.now() - SignedDuration::from_hours(24 * 400), to: None });
    for company in &run.world.companies {
        for account in &company.accounts {
            let wish = Wish { window, check_only: false };
            let actor = Actor::of(Origin::System);
            let begun = run.world.free.verify(company.id, account.connection, wish, actor);
            begun.await.expect("the database answers");
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
            break;
        }
    }
    // Those that were taken off the lists.
    for said in run.ledger.0.iter().filter(|said| said.word == Word::Cancelled) {
        let Ok(id) = said.whose.parse::<AppointmentId>() else { continue };
        if !all.iter().any(|known: &Appointment| known.id == id)
            && let Ok(view) = run.world.free.store.appointment(company.id, id).await
        {
            all.push(view.appointment);
        }
    }
    all
}

pub struct Judge<'a> {
    pub run: &'a Run,
    bookings: Vec<Booking>,
    /// Per company.
    appointments: Vec<Vec<Appointment>>,
    reviews: Vec<Vec<(AppointmentId, ReviewCode)>>,
    services: Vec<Vec<ServiceCase>>,
    pub event_types: Vec<serde_json::Value>,
    /// The appointment of a chain that carries no reference of ours, by its first booking.
    pub roots: BTreeMap<String, AppointmentId>,
}

impl<'a> Judge<'a> {
    async fn of(run: &'a Run) -> Self {
        let bookings = run.world.sim.bookings();
        let store = &run.world.free.store;
        let mut roots = BTreeMap::new();
        for booking in bookings.iter().filter(|booking| reference(booking).is_none()) {
            let Some(place) = run.world.place(booking) else { continue };
            let uid = BookingUid(booking.uid.clone());
            let company = run.world.companies[place.company].id;
            let owner = store.appointment_by_uid(company, &uid).await;
            if let Some((id, _)) = owner.expect("the database answers") {
                let root = whose(&bookings, booking);
                if !roots.contains_key(&root) {
                    run.world.log.say(format!("{} is {}", run.world.log.name(&root), run.short(id)));
                }
                if let Some(other) = roots.insert(root, id).filter(|other| *other != id) {
                    let what = format!("{} and {} share a booking", run.short(other), run.short(id));
                    run.world.log.violated(2, what);
                }
            }
        }
        let (mut all, mut reviews, mut services) = (Vec::new(), Vec::new(), Vec::new());
        for company in &run.world.companies {
            all.push(appointments(run, company).await);
            services.push(store.service_cases(company.id).await.expect("the database answers"));
            let open = store.reviews_open(company.id, 1000).await.expect("the database answers");
            reviews.push(open.into_iter().map(|item| (item.appointment_id, item.code)).collect());
        }
        let event_types = run.world.sim.event_types();
        Self { run, bookings, event_types, appointments: all, reviews, services, roots }
    }

    fn owner(&self, booking: &Booking) -> Option<AppointmentId> {
        let named = reference(booking).map(|reference| reference.appointment);
        named.or_else(|| self.roots.get(&whose(&self.bookings, booking)).copied())
    }

    /// Whether a booking of it was refused that we were about to refuse too.
    pub fn is_refused_by_both(&self, whose_it_is: &str, attempts: &[Attempt]) -> bool {
        let is_ours = |attempt: &Attempt, booking: &Booking| {
            attempt.call.kind == Push::Decline.as_str() && attempt.call.path.contains(&booking.uid)
        };
        let rejected = self.bookings.iter().filter(|booking| booking.status == BookingStatus::Rejected);
        let mut its = rejected.filter(|booking| whose(&self.bookings, booking) == whose_it_is);
        its.any(|booking| attempts.iter().any(|attempt| is_ours(attempt, booking)))
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
            let before = self.run.world.log.kept().violations.len();
            let of_it = |booking: &&Booking| self.owner(booking) == Some(id);
            let network = &self.run.world.network;
            if self.bookings.iter().filter(of_it).any(|it| network.was_revived(&whose(&self.bookings, it))) {
                continue;
            }
            let untied = appointment.sync == SyncStatus::NotConnected && self.is_untied(index, appointment);
            self.both_sides(appointment, &live, !reviews.is_empty() || untied);
            self.status(index, appointment, &live, &reviews);
            let history = self.run.world.free.store.history(company.id, id).await;
            let history = history.expect("the database answers");
            self.conclusions(&history.entries);
            self.words(index, appointment, &live, &reviews, &history);
            if self.run.world.log.kept().violations.len() > before {
                self.explain(index, appointment.id, &history).await;
            }
        }
        self.chairs(index);
        self.services(company, &self.services[index]).await;
    }

    /// Everything that is known of an appointment about which something does not hold.
    async fn explain(&self, index: usize, id: AppointmentId, history: &History) {
        let company = self.run.world.companies[index].id;
        let log = &self.run.world.log;
        let case = self.run.world.free.store.case(company, id).await.expect("the database answers");
        log.say(format!("{:?}, {:?}", case.appointment, case.policy));
        for record in &case.bookings {
            log.say(format!("  {record:?}"));
        }
        for entry in &history.entries {
            log.say(format!("  {} {:?} {:?}", hour(entry.at), entry.actor.origin, entry.what));
        }
        log.say(format!("  {:?}", history.reviews));
    }

    /// Whether there is nothing that it could be booked on, and people are told so of the service; or there was
    /// nothing until it was over: a service of this run, or one that lost its event type, may get another late.
    fn is_untied(&self, index: usize, appointment: &Appointment) -> bool {
        let company = &self.run.world.companies[index];
        let is_new = !company.services[..company.at_first].contains(&appointment.service_id);
        let is_over = !appointment.status.is_active() || appointment.slot.start <= self.run.world.now();
        if (is_new || self.run.world.has_lost(company, appointment.service_id)) && is_over {
            return true;
        }
        let its = self.services[index].iter().find(|case| case.service.id == appointment.service_id);
        let untied = |case: &ServiceCase| {
            let mut records = case.event_types.iter();
            records.any(|it| it.staff_id == Some(appointment.staff_id) && it.event_type_id.is_none())
        };
        its.is_some_and(|case| case.service.sync == ServiceSync::Error && untied(case))
    }

    /// 1, 2: one active appointment, one active booking per stretch of work, or somebody is asked.
    fn both_sides(&self, appointment: &Appointment, live: &[&Booking], asked: bool) {
        let name = self.run.short(appointment.id);
        let wanted = appointment.segments.len();
        // What should have gone and has ended stays: Cal.com cancels nothing that is over.
        let ended = live.iter().filter(|booking| booking.end <= self.run.world.now()).count();
        let standing = live.len() - ended.min(live.len().saturating_sub(wanted));
        if standing > wanted && !(asked && standing <= 2 * wanted) {
            let uids: Vec<_> = live.iter().map(|booking| &booking.uid).collect();
            self.violated(2, &format!("{name} has {} bookings at the end: {uids:?}", live.len()));
        }
        if appointment.status.is_active() && live.len() < wanted && !asked {
            self.violated(1, &format!("{name} takes place and has {} bookings of {wanted}", live.len()));
        }
        if appointment.status == AppointmentStatus::Cancelled && !self.is_gone(live) && !asked {
            self.violated(2, &format!("{name} is cancelled and its booking {} lives", live[0].uid));
        }
    }

    /// 8: what is told of it is true.
    fn status(&self, index: usize, appointment: &Appointment, live: &[&Booking], reviews: &[ReviewCode]) {
        let name = self.run.short(appointment.id);
        match appointment.sync {
            SyncStatus::Synced if appointment.status == AppointmentStatus::Cancelled => {
                if !self.is_gone(live) {
                    self.violated(8, &format!("{name} is synced, cancelled, with {} bookings", live.len()));
                }
            }
            SyncStatus::Synced => {
                if let Some(difference) = self.difference(index, appointment, live) {
                    let status = appointment.status.as_str();
                    self.violated(8, &format!("{name} is synced, {status}, and differs: {difference}"));
                }
            }
            SyncStatus::Failed | SyncStatus::Conflict | SyncStatus::OrphanedLocal => {
                if reviews.is_empty() {
                    self.violated(1, &format!("{name} is {:?} and nobody is asked", appointment.sync));
                }
            }
            SyncStatus::NotConnected if live.is_empty() && self.is_untied(index, appointment) => {}
            SyncStatus::Pending | SyncStatus::NotConnected => {
                self.violated(1, &format!("{name} is {:?} at the end", appointment.sync));
            }
        }
    }

    /// What the bookings of an appointment that takes place, or should have, say otherwise. What has ended
    /// cannot be brought into line any more.
    fn difference(&self, index: usize, appointment: &Appointment, live: &[&Booking]) -> Option<String> {
        let now = self.run.world.now();
        for (number, segment) in (0..).zip(&appointment.segments) {
            let of_it = live.iter().filter_map(|booking| Some((booking, self.run.world.place(booking)?)));
            let mut of_it: Vec<_> = of_it.filter(|(_, place)| place.segment == number).collect();
            if of_it.len() > 1 {
                of_it.retain(|(booking, _)| booking.end > now);
            }
            if of_it.is_empty() && live.iter().any(|booking| booking.end <= now) {
                // All that there was is over.
                continue;
            }
            let [(booking, place)] = of_it.as_slice() else {
                return Some(format!("{} bookings of stretch {number}", of_it.len()));
            };
            if booking.end <= now {
                continue;
            }
            if place.company != index
                || place.service != appointment.service_id
                || place.staff != Some(segment.staff_id)
            {
                return Some(format!("staff or service of {}", booking.uid));
            }
            if (booking.start, booking.end) != (segment.slot.start, segment.slot.end) {
                let (here, there) = (hour(segment.slot.start), hour(booking.start));
                return Some(format!("{here} here, {there} there"));
            }
            let waits = booking.status == BookingStatus::Pending;
            if waits != (appointment.status == AppointmentStatus::Requested) {
                return Some(format!("{:?} here, {:?} there", appointment.status, booking.status));
            }
            if booking.attendees[0].absent != (appointment.status == AppointmentStatus::NoShow) {
                return Some("absent on one side only".to_owned());
            }
        }
        None
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
                let taken = |one: &Segment| {
                    let same =
                        |other: &&Segment| one.staff_id == other.staff_id && one.slot.overlaps(&other.slot);
                    other.segments.iter().any(|other| same(&other))
                };
                if one.segments.iter().any(taken) {
                    let (one, other) = (self.run.short(one.id), self.run.short(other.id));
                    self.violated(7, &format!("{one} and {other} overlap"));
                }
            }
        }
    }

    /// 2, 6: every booking of ours has its appointment, in its own company.
    fn nobodys(&self) {
        for booking in &self.bookings {
            let Some(place) = self.run.world.place(booking) else { continue };
            let owner = self.owner(booking);
            // Its event type was deleted before it was heard of: nothing tells what it is.
            if booking.event_type_id.is_none() && owner.is_none() {
                continue;
            }
            let known = owner.is_some_and(|id| self.appointments[place.company].iter().any(|a| a.id == id));
            if is_live(booking) && !known {
                let name = self.run.world.log.name(&whose(&self.bookings, booking));
                let invariant = if owner.is_some() { 6 } else { 2 };
                self.violated(invariant, &format!("nobody here knows {name} ({})", booking.uid));
            }
        }
    }
}
