//! The buttons of the demo page: what people do at Cal.com and on the phone, and faults to order. Everything
//! goes the way it goes in earnest; only who presses the button is made up.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use calcom_sim::{CallKind, CallMatch, Fault, Guest, Sim};
use domain::{AppointmentId, AppointmentStatus, BookingUid, SyncStatus};
use engine::Engine;
use jiff::{SignedDuration, Timestamp};
use store::{AppointmentFilter, AppointmentView};
use web::pages::DemoAction;
use web::playground::{Happened, Note, Playground, Trouble};

use super::dice::Dice;
use super::phone::Phone;
use super::world::{Seat, World};
use super::{openings, salon};

/// Lines of the log that are kept.
const KEPT: usize = 50;
/// Appointments that are tried for one that can be moved or cancelled.
const TRIED: u64 = 40;
/// Nothing is done to appointments that are nearer than this.
const NOTICE: SignedDuration = SignedDuration::from_hours(2);
const OUTAGE: SignedDuration = SignedDuration::from_mins(2);
const BLOCK: SignedDuration = SignedDuration::from_mins(1);

pub struct Levers {
    pub engine: Engine,
    pub sim: Sim,
    pub simulator_url: String,
    pub world: World,
    pub phone: Phone,
    pub dice: Dice,
    pub log: Mutex<VecDeque<Note>>,
}

/// What a button did, and the appointment it was done to.
type Done = Result<(Happened, Option<AppointmentId>), Trouble>;

#[async_trait]
impl Playground for Levers {
    fn simulator_url(&self) -> String {
        self.simulator_url.clone()
    }

    async fn act(&self, action: DemoAction) -> Result<(), Trouble> {
        let done = match action {
            DemoAction::Ring => self.ring().await,
            DemoAction::Book => self.book().await,
            DemoAction::Move => self.move_one().await,
            DemoAction::Cancel => self.cancel_one().await,
            fault => {
                self.order(fault);
                Ok((Happened::Ordered(fault), None))
            }
        };
        match done {
            Ok((what, appointment)) => {
                self.note(what, appointment);
                Ok(())
            }
            Err(trouble) => {
                self.note(Happened::Failed(trouble.clone()), None);
                Err(trouble)
            }
        }
    }

    fn armed(&self) -> Vec<DemoAction> {
        self.sim.faults().iter().filter_map(|ordered| action_of(ordered.fault)).collect()
    }

    fn down_until(&self) -> Option<Timestamp> {
        let now = self.sim.now();
        self.sim.faults().iter().find_map(|ordered| match ordered.fault {
            Fault::DownUntil(until) if until > now => Some(until),
            _ => None,
        })
    }

    fn log(&self) -> Vec<Note> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Levers {
    /// A customer rings the salon and books with the phone agent.
    async fn ring(&self) -> Done {
        let (seat, offer, start) = self.opening().await?;
        let customer = salon::customer(self.dice.roll(salon::CUSTOMERS.len()));
        let service = &self.world.services[offer];
        self.note(Happened::Rang { customer: customer.name.clone(), service: service.name.clone() }, None);
        let rung = self.phone.book(&customer, service, &seat.staff, start).await.map_err(refused)?;
        Ok((Happened::Said(rung.say), rung.appointment))
    }

    /// A guest books on Cal.com's page.
    async fn book(&self) -> Done {
        let (seat, offer, start) = self.opening().await?;
        // Booking pages ask for an address: only those who have one.
        let known = (0..salon::CUSTOMERS.len()).map(salon::customer).filter(|one| one.email.is_some());
        let known: Vec<_> = known.collect();
        let Some(customer) = self.dice.pick(&known) else { return Err(Trouble::NothingFree) };
        let mut guest = Guest::new(&customer.name, customer.email.as_deref().unwrap_or_default());
        guest.phone = Some(customer.phone.clone());
        let event_type = seat.event_types.get(&offer).copied().ok_or(Trouble::NothingFree)?;
        self.sim
            .book_as_guest(event_type, start, guest)
            .await
            .map_err(|refusal| Trouble::Refused(refusal.to_string()))?;
        Ok((Happened::Booked { customer: customer.name.clone(), start }, None))
    }

    /// The host moves the next appointment by an hour, or the next one that can be.
    async fn move_one(&self) -> Done {
        let mut words = None;
        for (view, uid) in self.next().await? {
            let (id, from) = (view.appointment.id, view.appointment.slot.start);
            let to = from + SignedDuration::from_hours(1);
            match self.sim.move_booking(&uid.0, to, Some("Auf Wunsch der Kundin")).await {
                Ok(_) => return Ok((Happened::Moved { from, to }, Some(id))),
                Err(refusal) => words = Some(refusal.to_string()),
            }
        }
        Err(words.map_or(Trouble::NothingToActOn, Trouble::Refused))
    }

    /// The host cancels the next appointment.
    async fn cancel_one(&self) -> Done {
        let Some((view, uid)) = self.next().await?.into_iter().next() else {
            return Err(Trouble::NothingToActOn);
        };
        let start = view.appointment.slot.start;
        let reason = self.dice.pick(&salon::CANCELLED_BECAUSE).copied().unwrap_or_default();
        self.sim
            .cancel_booking(&uid.0, reason)
            .await
            .map_err(|refusal| Trouble::Refused(refusal.to_string()))?;
        Ok((Happened::Cancelled { start }, Some(view.appointment.id)))
    }

    fn order(&self, action: DemoAction) {
        let create = Some(CallMatch::Kind(CallKind::CreateBooking));
        match action {
            DemoAction::LoseWebhook => self.sim.order(Fault::LoseWebhooks, None, 1),
            DemoAction::FailAfterEffect => self.sim.order(Fault::ServerErrorAfterEffect, create, 1),
            DemoAction::TooManyRequests => self.sim.order(Fault::RateLimited { block: BLOCK }, None, 1),
            DemoAction::Down => {
                self.sim.order(Fault::DownUntil(self.sim.now() + OUTAGE), None, 1);
            }
            DemoAction::Ring | DemoAction::Book | DemoAction::Move | DemoAction::Cancel => {}
        }
    }

    /// Appointments to come that both sides agree on, the next first, with their bookings.
    async fn next(&self) -> Result<Vec<(AppointmentView, BookingUid)>, Trouble> {
        let filter = AppointmentFilter {
            from: Some(self.engine.ambient.now() + NOTICE),
            statuses: vec![AppointmentStatus::Confirmed],
            syncs: vec![SyncStatus::Synced],
            ..AppointmentFilter::default()
        };
        let page = self.engine.store.appointments(self.world.company, &filter, None, TRIED).await;
        let views = page.map_err(|error| refused(error.into()))?.items;
        Ok(views
            .into_iter()
            .filter_map(|view| {
                let uid = view.current()?.uid.clone()?;
                Some((view, uid))
            })
            .collect())
    }

    /// Somebody who is free for something in the next days.
    async fn opening(&self) -> Result<(&Seat, usize, Timestamp), Trouble> {
        let from = self.engine.ambient.now() + NOTICE;
        for _ in 0..salon::STAFF.len() * 2 {
            let index = self.dice.roll(salon::STAFF.len());
            let seat = &self.world.seats[index];
            let Some(offer) = self.dice.pick(salon::STAFF[index].offers).copied() else { continue };
            let minutes = salon::SERVICES[offer].minutes;
            let company = self.world.company;
            let found = openings::some(&self.engine, company, &seat.staff, minutes, from, &self.dice).await;
            if let Some(start) = found.map_err(refused)? {
                return Ok((seat, offer, start));
            }
        }
        Err(Trouble::NothingFree)
    }

    fn note(&self, what: Happened, appointment: Option<AppointmentId>) {
        let note = Note { at: self.engine.ambient.now(), what, appointment };
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push_front(note);
        log.truncate(KEPT);
        drop(log);
        self.engine.signals.changed(self.world.company, appointment);
    }
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn refused(error: anyhow::Error) -> Trouble {
    Trouble::Refused(format!("{error:#}"))
}

fn action_of(fault: Fault) -> Option<DemoAction> {
    match fault {
        Fault::LoseWebhooks => Some(DemoAction::LoseWebhook),
        Fault::ServerErrorAfterEffect => Some(DemoAction::FailAfterEffect),
        Fault::RateLimited { .. } => Some(DemoAction::TooManyRequests),
        Fault::DownUntil(_) => Some(DemoAction::Down),
        _ => None,
    }
}
