//! Three weeks of appointments, lived through before the demo opens: with the clock set back, each is booked
//! through its entrance, carried to the simulator by the engine, and some are moved or cancelled later.
//! Nothing is written past the engine, so what says "in sync" is.

use std::collections::BTreeMap;

use calcom_sim::{Fault, Guest, Sim};
use domain::appointment::Actor;
use domain::company::Locale;
use domain::people::CustomerDetails;
use domain::{AppointmentId, Origin};
use engine::Engine;
use engine::appointments::{Change, CustomerWish, Edit, Wish};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::Booked;

use super::clock::TravelClock;
use super::dice::Dice;
use super::phone::Phone;
use super::world::{PRIVATE, World};

/// Times that are looked at to find three that are apart.
const TRIES: usize = 20;
use super::{openings, salon};

/// Days before and after today that have appointments.
const DAYS: std::ops::RangeInclusive<i64> = -6..=14;

/// Somebody who comes, or came.
struct Visit {
    seat: usize,
    service: usize,
    start: Timestamp,
    customer: usize,
    entrance: Origin,
}

/// Something that happens to a visit.
#[derive(Clone, Copy)]
enum Deed {
    Book,
    Move,
    Cancel,
}

/// Those who live through it.
pub struct Past<'a> {
    pub engine: &'a Engine,
    pub sim: &'a Sim,
    pub clock: &'a TravelClock,
    pub world: &'a World,
    pub phone: &'a Phone,
    pub dice: Dice,
    pub zone: TimeZone,
}

impl Past<'_> {
    /// Lives through everything up to `now`.
    pub async fn live(&self, now: Timestamp) -> anyhow::Result<()> {
        let visits = self.visits(now);
        let mut days: BTreeMap<(Timestamp, usize), Deed> = BTreeMap::new();
        for (index, visit) in visits.iter().enumerate() {
            let booked = self.booked_at(visit, now);
            days.insert((booked, index), Deed::Book);
            let left = visit.start.min(now).duration_since(booked).as_mins();
            if left > 180 && self.dice.percent(14) {
                let later = booked + SignedDuration::from_mins(self.dice.between(60, left - 60));
                let deed = if self.dice.percent(55) { Deed::Move } else { Deed::Cancel };
                days.insert((later, index), deed);
            }
        }
        let mut made: BTreeMap<usize, AppointmentId> = BTreeMap::new();
        for ((at, index), deed) in days {
            self.clock.travel_to(at);
            let visit = &visits[index];
            match (deed, made.get(&index).copied()) {
                (Deed::Book, _) => {
                    if let Some(id) = self.book(visit).await? {
                        made.insert(index, id);
                    }
                }
                (Deed::Move, Some(id)) => self.move_later(id, visit, at).await?,
                (Deed::Cancel, Some(id)) => self.cancel(id).await?,
                (_, None) => {}
            }
        }
        self.settle().await?;
        self.clock.travel_to(now - SignedDuration::from_mins(2));
        self.trouble(now).await
    }

    /// Who comes when: full days now, emptier ones before and later.
    fn visits(&self, now: Timestamp) -> Vec<Visit> {
        let today = self.zone.to_datetime(now).date();
        let mut visits = Vec::new();
        for day in DAYS {
            let date = today.saturating_add(day.days());
            let likelihood = match day {
                ..0 => 30,
                0..=3 => 46,
                _ => 46 - usize::try_from(day - 3).unwrap_or(0) * 3,
            };
            for seat in 0..salon::STAFF.len() {
                self.day(date, seat, likelihood, &mut visits);
            }
        }
        visits
    }

    fn day(&self, date: Date, seat: usize, likelihood: usize, visits: &mut Vec<Visit>) {
        for shift in self.world.seats[seat].staff.hours.day(date.weekday()) {
            let mut time = shift.from.on(date.year(), date.month(), date.day());
            let end = shift.to.on(date.year(), date.month(), date.day());
            // Every round goes on by a quarter of an hour at least.
            while time < end {
                let Some(service) = self.dice.pick(salon::STAFF[seat].offers).copied() else { return };
                let over = time.saturating_add(i64::from(salon::SERVICES[service].minutes).minutes());
                if over > end || !self.dice.percent(likelihood) {
                    time = time.saturating_add((15 * self.dice.between(2, 5)).minutes());
                    continue;
                }
                if let Ok(start) = self.zone.to_timestamp(time) {
                    let entrance = match self.dice.roll(20) {
                        0..5 => Origin::Phone,
                        5..11 => Origin::Calcom,
                        11..17 => Origin::Admin,
                        _ => Origin::Api,
                    };
                    let customer = self.dice.roll(salon::CUSTOMERS.len());
                    visits.push(Visit { seat, service, start, customer, entrance });
                }
                time = over.saturating_add((15 * self.dice.between(0, 3)).minutes());
            }
        }
    }

    /// Some hours to some days before, while people are awake; some of those to come just now.
    fn booked_at(&self, visit: &Visit, now: Timestamp) -> Timestamp {
        let last = visit.start.min(now) - SignedDuration::from_mins(5);
        if visit.start > now && self.dice.percent(8) {
            return now - SignedDuration::from_mins(self.dice.between(5, 150));
        }
        let before = last - SignedDuration::from_mins(self.dice.between(2 * 60, 9 * 24 * 60));
        let awake = self.zone.to_datetime(before).date().at(
            i8::try_from(self.dice.between(8, 20)).unwrap_or(12),
            i8::try_from(self.dice.between(0, 59)).unwrap_or(0),
            i8::try_from(self.dice.between(0, 59)).unwrap_or(0),
            0,
        );
        self.zone.to_timestamp(awake).map_or(before, |at| at.min(last))
    }

    async fn book(&self, visit: &Visit) -> anyhow::Result<Option<AppointmentId>> {
        let customer = salon::customer(visit.customer);
        let seat = &self.world.seats[visit.seat];
        let service = &self.world.services[visit.service];
        let notes = self.dice.percent(12).then(|| self.dice.pick(&salon::NOTES)).flatten();
        match visit.entrance {
            Origin::Calcom => {
                let Some(event_type) = seat.event_types.get(&visit.service) else { return Ok(None) };
                let Some(email) = customer.email else { return Ok(None) };
                let mut guest = Guest::new(&customer.name, &email);
                guest.phone = Some(customer.phone);
                guest.notes = notes.map(|notes| (*notes).to_owned());
                // A time that is taken meanwhile is refused: then nobody comes.
                let Ok(uid) = self.sim.book_as_guest(*event_type, visit.start, guest).await else {
                    return Ok(None);
                };
                self.work().await?;
                let uid = domain::BookingUid(uid);
                let found = self.engine.store.appointment_by_uid(self.world.company, &uid).await?;
                Ok(found.map(|(id, _)| id))
            }
            Origin::Phone => {
                let ring = self.phone.book(&customer, service, &seat.staff, visit.start);
                tokio::pin!(ring);
                // The caller waits for Cal.com's word, which comes from the work done meanwhile.
                let rung = loop {
                    tokio::select! {
                        rung = &mut ring => break rung?,
                        () = self.engine.signals.work() => {}
                    }
                    self.work().await?;
                };
                Ok(rung.appointment)
            }
            _ => {
                let actor = match visit.entrance {
                    Origin::Api => Actor { via: Some("Website".to_owned()), ..Actor::of(Origin::Api) },
                    _ => Actor { user_id: Some(self.world.user), ..Actor::of(Origin::Admin) },
                };
                let wish = Wish {
                    service_id: service.id,
                    staff_id: Some(seat.staff.id),
                    branch_id: None,
                    start: visit.start,
                    customer: CustomerWish::Details(CustomerDetails {
                        name: customer.name,
                        email: customer.email.map(|email| email.parse()).transpose()?,
                        phone: Some(customer.phone.parse()?),
                        locale: Locale::De,
                    }),
                    notes: notes.map(|notes| (*notes).to_owned()),
                    exactly: Vec::new(),
                    in_terms: false,
                    holder: None,
                    story: Vec::new(),
                };
                let booked = self.engine.book(self.world.company, wish, actor, None).await;
                self.work().await?;
                Ok(match booked {
                    Ok(Booked::New(appointment)) => Some(appointment.id),
                    Ok(Booked::Repeat(id)) => Some(id),
                    // Somebody was faster.
                    Err(_) => None,
                })
            }
        }
    }

    async fn move_later(&self, id: AppointmentId, visit: &Visit, at: Timestamp) -> anyhow::Result<()> {
        let company = self.world.company;
        let seat = &self.world.seats[visit.seat];
        let minutes = salon::SERVICES[visit.service].minutes;
        let Some(start) =
            openings::some(self.engine, company, &seat.staff, minutes, visit.start.max(at), &self.dice)
                .await?
        else {
            return Ok(());
        };
        let reason = self.dice.pick(&salon::MOVED_BECAUSE).map(|reason| (*reason).to_owned());
        if self.dice.percent(50) {
            if let Some(uid) = self.uid(id).await? {
                // Refused when something else stands there by now.
                let _ = self.sim.move_booking(&uid, start, reason.as_deref()).await;
            }
        } else {
            let _ = self.engine.edit(company, id, Edit::to(start, reason), self.by_owner()).await;
        }
        self.work().await?;
        Ok(())
    }

    async fn cancel(&self, id: AppointmentId) -> anyhow::Result<()> {
        let reason = self.dice.pick(&salon::CANCELLED_BECAUSE).copied().unwrap_or_default();
        if self.dice.percent(50) {
            if let Some(uid) = self.uid(id).await? {
                let _ = self.sim.cancel_booking(&uid, reason).await;
            }
        } else {
            let _ =
                self.engine.cancel(self.world.company, id, Some(reason.to_owned()), self.by_owner()).await;
        }
        self.work().await?;
        Ok(())
    }

    /// Two things that a person has to look at, each come about as it would: a time that is private at
    /// Cal.com, and an appointment that was moved on both sides.
    async fn trouble(&self, now: Timestamp) -> anyhow::Result<()> {
        let company = self.world.company;
        let tomorrow = now + SignedDuration::from_hours(24);
        let (elif, haircut) = (2, 0);
        let seat = &self.world.seats[elif];
        let minutes = salon::SERVICES[haircut].minutes;
        if let Some(start) =
            openings::some(self.engine, company, &seat.staff, minutes, tomorrow, &self.dice).await?
            && let Some(private) = self.private_event_type(elif).await?
        {
            let guest = Guest::new(&seat.staff.name, "elif@salon-morgenrot.example");
            let _ = self.sim.book_as_guest(private, start, guest).await;
            self.settle().await?;
            let visit = Visit { seat: elif, service: haircut, start, customer: 3, entrance: Origin::Admin };
            self.book(&visit).await?;
            self.settle().await?;
        }
        let jonas = 1;
        let seat = &self.world.seats[jonas];
        let service = 1;
        let minutes = salon::SERVICES[service].minutes;
        // Three times that have nothing to do with each other, or there is nothing to disagree about.
        let mut starts: Vec<Timestamp> = Vec::new();
        for _ in 0..TRIES {
            let start =
                openings::some(self.engine, company, &seat.staff, minutes, tomorrow, &self.dice).await?;
            let apart = |other: &Timestamp| {
                start.is_some_and(|start| start.duration_since(*other).abs() >= SignedDuration::from_hours(2))
            };
            if starts.len() < 3 && starts.iter().all(apart) {
                starts.extend(start);
            }
        }
        if let [first, there, here] = starts[..] {
            let visit = Visit { seat: jonas, service, start: first, customer: 9, entrance: Origin::Admin };
            if let Some(id) = self.book(&visit).await? {
                self.settle().await?;
                if let Some(uid) = self.uid(id).await? {
                    self.sim.order(Fault::LoseWebhooks, None, 1);
                    let _ = self.sim.move_booking(&uid, there, Some("Auf Wunsch des Kunden")).await;
                    self.sim.clear_faults();
                    let reason = Some("Kunde kommt später von der Arbeit".to_owned());
                    let _ = self.engine.edit(company, id, Edit::to(here, reason), self.by_owner()).await;
                }
            }
        }
        self.settle().await
    }

    async fn private_event_type(&self, seat: usize) -> anyhow::Result<Option<calcom_sim::EventTypeId>> {
        let connection =
            self.engine.store.connection(self.world.company, self.world.seats[seat].connection).await?;
        let all = self.engine.client(self.world.company, &connection)?.event_types().await.result?;
        Ok(all.items.iter().find(|event_type| event_type.slug == PRIVATE).map(|event_type| event_type.id.0))
    }

    async fn uid(&self, id: AppointmentId) -> anyhow::Result<Option<String>> {
        let view = self.engine.store.appointment(self.world.company, id).await?;
        Ok(view.current().and_then(|booking| booking.uid.as_ref()).map(|uid| uid.0.clone()))
    }

    fn by_owner(&self) -> Change {
        Change::by(Actor { user_id: Some(self.world.user), ..Actor::of(Origin::Admin) })
    }

    /// Lets the engine do what is due.
    async fn work(&self) -> anyhow::Result<bool> {
        Ok(engine::worker::turn(self.engine, "past").await?)
    }

    /// Lets the engine work until nothing is left that could be done now.
    async fn settle(&self) -> anyhow::Result<()> {
        while self.work().await? {}
        Ok(())
    }
}
