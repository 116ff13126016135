//! How the week ended: both sides compared by what they say themselves, what was left to people, and how long it took
//! until what a lost webhook would have told was known.

use std::collections::{BTreeMap, BTreeSet};

use calcom_sim::Booking;
use domain::plan::Winner;
use domain::review::ReviewCode;
use domain::timeline::What;
use domain::{Appointment, AppointmentId, Origin, SyncStatus};
use engine::Clock;
use jiff::SignedDuration;
use store::{AppointmentFilter, History};

use super::{HEALED, REPAIRED, Week, Word};
use crate::network::{is_live, reference, whose};
use crate::salon::Company;

impl Week {
    /// Compares both sides, and says how it went.
    pub(super) async fn judge(&self) -> bool {
        let bookings = self.sim.bookings();
        let mut figures = Figures { repaired: Vec::new(), ..Figures::default() };
        for index in 0..self.salons.len() {
            self.compare(index, &bookings, &mut figures).await;
        }
        let lost = self.repairs(&mut figures).await;
        figures.repaired.sort_unstable();
        let at = |part: usize| {
            figures.repaired.get(figures.repaired.len() * part / 100).copied().unwrap_or_default()
        };
        let wire = self.network.wire();
        println!(
            "{} salons, {} days, {} requests, {} webhooks, {} of them lost; {} appointments had trouble",
            self.salons.len(),
            self.days,
            self.sim.requests().len(),
            wire.webhooks,
            lost,
            figures.troubled
        );
        println!(
            "a lost webhook was made up for in {}, 99 of 100 in {}, the slowest in {} ({} of them)",
            short(at(50)),
            short(at(99)),
            short(figures.repaired.last().copied().unwrap_or_default()),
            figures.repaired.len()
        );
        println!("open: {:?}", figures.open);
        for said in figures.wrong.iter().take(20) {
            println!("{said}");
        }
        let open: usize = figures.open.values().sum();
        let healed = figures.troubled.saturating_sub(figures.unhealed);
        let part = |of: usize| f64::from(u32::try_from(of).unwrap_or(u32::MAX));
        let healed =
            if figures.troubled == 0 { 100.0 } else { 100.0 * part(healed) / part(figures.troubled) };
        println!(
            "appointments {}, differences {}, open {open}, healed {healed:.1} %",
            figures.appointments, figures.differences
        );
        figures.wrong.is_empty() && figures.differences == 0 && healed >= HEALED && figures.appointments > 0
    }

    /// The appointments of a salon with its bookings.
    async fn compare(&self, index: usize, bookings: &[Booking], figures: &mut Figures) {
        let (salon, store) = (&self.salons[index], &self.engine.store);
        let is_linked = |booking: &&Booking| {
            salon.linked.iter().any(|linked| booking.event_type_id == Some(linked.event_type))
        };
        let mut live: BTreeMap<AppointmentId, Vec<&Booking>> = BTreeMap::new();
        let mut lost = BTreeSet::new();
        for booking in bookings.iter().filter(is_linked) {
            let owner = match reference(booking) {
                Some(reference) => Some(reference.appointment),
                None => self.appointment_of(index, &booking.uid).await,
            };
            match owner {
                Some(id) if is_live(booking) => live.entry(id).or_default().push(booking),
                None if is_live(booking) => figures.differs(format!("nobody here knows {}", booking.uid)),
                _ => {}
            }
            if self.network.wire().lost.iter().any(|(uid, _)| *uid == booking.uid) {
                lost.extend(owner);
            }
        }
        let open = store.reviews_open(salon.id, 10_000).await.expect("the database answers");
        let appointments = self.appointments(salon).await;
        for item in &open {
            *figures.open.entry(item.code.as_str()).or_default() += 1;
            let about = appointments.iter().find(|appointment| appointment.id == item.appointment_id);
            if !about.is_some_and(|about| asks_a_person(salon, item.code, about, &appointments, &live)) {
                figures.wrong.push(format!("{} was left to a person: {:?}", item.appointment_id, item.code));
            }
        }
        let nobody: Vec<&Booking> = Vec::new();
        for appointment in appointments {
            figures.appointments += 1;
            let id = appointment.id;
            let history = store.history(salon.id, id).await.expect("the database answers");
            let is_open = open.iter().any(|item| item.appointment_id == id);
            let difference = if is_open {
                None
            } else {
                self.difference(salon, &appointment, live.get(&id).unwrap_or(&nobody))
            };
            if lost.contains(&id) || had_trouble(&history) {
                figures.troubled += 1;
                figures.unhealed += usize::from(is_open || difference.is_some());
            }
            if let Some(difference) = difference {
                figures.differs(format!("{id} {difference}"));
            }
        }
    }

    async fn appointments(&self, salon: &Company) -> Vec<Appointment> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let filter = AppointmentFilter::default();
            let page = self.engine.store.appointments(salon.id, &filter, cursor.as_deref(), 200).await;
            let page = page.expect("the database answers");
            all.extend(page.items.into_iter().map(|view| view.appointment));
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }

    /// What the two sides do not say the same of.
    fn difference(&self, salon: &Company, appointment: &Appointment, live: &[&Booking]) -> Option<String> {
        if appointment.sync != SyncStatus::Synced {
            return Some(format!("is {:?}", appointment.sync));
        }
        if !appointment.status.is_active() {
            // What has ended, Cal.com keeps.
            let stands = live.iter().any(|booking| booking.end > self.clock.now());
            return stands.then(|| format!("is {:?} and its booking stands", appointment.status));
        }
        let [booking] = live else { return Some(format!("has {} bookings", live.len())) };
        let host = salon.accounts.iter().find(|account| account.user == booking.host).map(|it| it.staff);
        if booking.start != appointment.slot.start || booking.end != appointment.slot.end {
            return Some(format!("is at {:?} and at {}", appointment.slot, booking.start));
        }
        (host != Some(appointment.staff_id)).then(|| "is with somebody else there".to_owned())
    }

    /// How long it took until what a lost webhook would have told was known here. Answers how many were lost.
    async fn repairs(&self, figures: &mut Figures) -> usize {
        let lost = std::mem::take(&mut self.network.wire().lost);
        let bookings = self.sim.bookings();
        let whose = |uid: &str| {
            bookings.iter().find(|booking| booking.uid == uid).map(|booking| whose(&bookings, booking))
        };
        let lost_of: BTreeSet<_> = lost.iter().filter_map(|(uid, at)| Some((whose(uid)?, *at))).collect();
        for said in &self.said_there {
            let was_lost = whose(&said.uid).is_some_and(|whose| lost_of.contains(&(whose, said.at)));
            let until = said.at + REPAIRED;
            if !was_lost || self.cuts.iter().any(|(from, to)| said.at < *to && until > *from) {
                continue;
            }
            let Some(id) = self.appointment_of(said.salon, &said.uid).await else { continue };
            let history = self.engine.store.history(self.salons[said.salon].id, id).await;
            let entries = history.expect("the database answers").entries;
            let heard = entries.iter().find(|entry| {
                entry.at >= said.at
                    && entry.actor.origin == Origin::Calcom
                    && match &entry.what {
                        What::Booked { .. } => said.what == Word::Booked,
                        What::Rescheduled { to, .. } => said.what == Word::MovedTo(to.start),
                        What::Cancelled { .. } => said.what == Word::Cancelled,
                        _ => false,
                    }
            });
            // A later word may have been heard instead.
            let Some(heard) = heard else { continue };
            let took = heard.at.duration_since(said.at);
            if took > REPAIRED {
                figures.wrong.push(format!("{id}: it took {} until it was known", short(took)));
            }
            figures.repaired.push(took);
        }
        lost.len()
    }
}

/// What is counted at the end.
#[derive(Default)]
struct Figures {
    appointments: usize,
    differences: usize,
    /// Appointments about which a call failed, a webhook was lost, or a question was asked.
    troubled: usize,
    /// Those of them that a person has to look at, or that differ.
    unhealed: usize,
    open: BTreeMap<&'static str, usize>,
    repaired: Vec<SignedDuration>,
    wrong: Vec<String>,
}

impl Figures {
    fn differs(&mut self, what: String) {
        self.differences += 1;
        self.wrong.push(what);
    }
}

/// Whether no rule of a salon could have settled it: two customers in one chair, a time that Cal.com gave to somebody
/// else, and what both sides changed where the salon wants to be asked. Whoever is in the way has to be there still.
fn asks_a_person(
    salon: &Company,
    code: ReviewCode,
    about: &Appointment,
    here: &[Appointment],
    there: &BTreeMap<AppointmentId, Vec<&Booking>>,
) -> bool {
    let slot = about.slot;
    match code {
        ReviewCode::Overlap => here.iter().any(|other| {
            other.id != about.id
                && other.status.is_active()
                && other.staff_id == about.staff_id
                && other.slot.start < slot.end
                && other.slot.end > slot.start
        }),
        ReviewCode::SlotTaken => {
            let user =
                salon.accounts.iter().find(|account| account.staff == about.staff_id).map(|it| it.user);
            let others = there.iter().filter(|(id, _)| **id != about.id).flat_map(|(_, bookings)| bookings);
            others
                .filter(|other| Some(other.host) == user)
                .any(|other| other.start < slot.end && other.end > slot.start)
        }
        ReviewCode::Conflict => salon.policy.times == Winner::Ask,
        _ => false,
    }
}

fn had_trouble(history: &History) -> bool {
    let failed = |outcome: &store::AttemptOutcome| outcome.outcome != store::Outcome::Ok;
    !history.reviews.is_empty()
        || history.attempts.iter().any(|attempt| attempt.outcome.as_ref().is_none_or(failed))
}

fn short(duration: SignedDuration) -> String {
    format!("{duration:#}")
}
