//! What people do: here through the engine's functions, as pages, API and phone call them, each a request
//! that can be dropped at any gate; and at Cal.com itself, at once.

use calcom_sim::{Booking, BookingStatus, EventTypeId, Guest};
use domain::appointment::Actor as By;
use domain::company::Locale;
use domain::people::CustomerDetails;
use domain::{AppointmentId, BookingUid, CompanyId, Origin};
use engine::appointments::{BookError, Change, ChangeError, CustomerWish, Edit, Wish};
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;

use crate::ledger::{Side, Word};
use crate::network::{is_live, reference, root, short, whose};
use crate::run::{Done, Run};
use crate::salon::TEAM;

/// The grid on which people book.
const GRID: SignedDuration = SignedDuration::from_mins(15);

impl Run {
    /// A person does something here.
    pub async fn somebody_here(&mut self) {
        let roll = self.dice.random_range(0..40);
        if roll < 10 {
            return self.book();
        }
        if roll == 39 {
            if let Some((company, id)) = self.some_conflict().await {
                let ours = self.dice.random_bool(0.5);
                self.settle(company, id, ours);
            }
            return;
        }
        let Some((company, id)) = self.some_appointment().await else { return self.book() };
        let name = self.short(id);
        let engine = self.world.engine.clone();
        match roll {
            10..20 => {
                let to = self.some_start();
                self.edit(company, id, Edit::to(to, None), "time");
            }
            20..28 => self.edit_something(company, id),
            28..32 => {
                let reason = self.dice.random_bool(0.5).then(|| "Krank".to_owned());
                self.cancel(company, id, reason);
            }
            32 => {
                let said = self.say_here(id, Word::Cancelled);
                self.request(&format!("delete {name}"), Some(said), async move {
                    changed(engine.delete(company, id, None, change()).await.map(drop))
                });
            }
            33..35 => {
                let said = self.say_here(id, Word::Confirmed);
                self.request(&format!("confirm {name}"), Some(said), async move {
                    changed(engine.confirm(company, id, change()).await.map(drop))
                });
            }
            35..37 => {
                let absent = self.dice.random_bool(0.7);
                let (company, id) = self.some_that_began().await.unwrap_or((company, id));
                self.mark_no_show(company, id, absent);
            }
            _ => {
                let said = self.say_here(id, Word::Settled);
                self.request(&format!("check {name} again"), Some(said), async move {
                    changed(engine.check_again(company, id, By::of(Origin::Admin)).await)
                });
            }
        }
    }

    /// Other staff, another service, another customer, other notes; sometimes with another time.
    fn edit_something(&mut self, company: CompanyId, id: AppointmentId) {
        let salon = self.world.companies.iter().find(|salon| salon.id == company).expect("one of ours");
        let staff = salon.accounts[self.dice.random_range(0..salon.accounts.len())].staff;
        let service = salon.services[self.dice.random_range(0..salon.services.len())];
        let number = self.next_number();
        let mut edit = Edit::default();
        let what = match self.dice.random_range(0..8) {
            0..3 => {
                edit.staff = vec![(0, staff)];
                "staff"
            }
            3 | 4 => {
                edit.service_id = Some(service);
                "service"
            }
            5 => {
                edit.service_id = Some(service);
                edit.staff = vec![(0, staff)];
                "service and staff"
            }
            6 => {
                let email = format!("new{number}@client.example").parse().expect("an address");
                edit.customer = Some(CustomerDetails {
                    name: format!("New {number}"),
                    email: Some(email),
                    phone: None,
                    locale: Locale::De,
                });
                "customer"
            }
            _ => {
                edit.notes = Some(Some(format!("Notiz {number}")));
                "notes"
            }
        };
        if self.dice.random_bool(0.2) {
            edit.start = Some(self.some_start());
        }
        self.edit(company, id, edit, what);
    }

    pub fn edit(&mut self, company: CompanyId, id: AppointmentId, edit: Edit, what: &str) {
        let word = edit.start.map_or(Word::Other, |to| Word::Moved { from: None, to });
        let said = self.say_here(id, word);
        let engine = self.world.engine.clone();
        let when = edit.start.map(|to| format!(" to {}", hour(to))).unwrap_or_default();
        self.request(&format!("{what} of {}{when}", self.short(id)), Some(said), async move {
            changed(engine.edit(company, id, edit, change()).await.map(drop))
        });
    }

    fn book(&mut self) {
        let company = usize::from(self.dice.random_bool(0.2));
        let start = self.some_start();
        let services = self.world.companies[company].services.len();
        let service = self.dice.random_range(0..services + 1) % services;
        let staff = self.dice.random_range(0..=self.world.companies[company].accounts.len());
        self.book_in(company, service, Some(staff), start);
    }

    /// Books; a number of staff that is nobody's leaves the choice open.
    pub fn book_in(&mut self, company: usize, service: usize, staff: Option<usize>, start: Timestamp) {
        let salon = &self.world.companies[company];
        let service_id = salon.services[service];
        let staff_id = staff.and_then(|staff| salon.accounts.get(staff)).map(|account| account.staff);
        let (id, engine, number) = (salon.id, self.world.engine.clone(), self.next_number());
        let email = self.dice.random_bool(0.5).then(|| format!("here{number}@client.example"));
        let wish = Wish {
            service_id,
            staff_id,
            branch_id: None,
            start,
            customer: CustomerWish::Details(CustomerDetails {
                name: format!("Here {number}"),
                email: email.map(|email| email.parse().expect("an address")),
                phone: None,
                locale: Locale::De,
            }),
            notes: None,
            exactly: Vec::new(),
            in_terms: false,
            holder: None,
            story: Vec::new(),
        };
        let origin = if self.dice.random_bool(0.3) { Origin::Phone } else { Origin::Admin };
        self.request(&format!("book {}", hour(start)), None, async move {
            match engine.book(id, wish, By::of(origin), None).await {
                Ok(booked) => Done::Booked(company, booked.id(), start),
                Err(BookError::Engine(error)) => Done::Broken(error.to_string()),
                Err(error) => Done::Refused(error.to_string()),
            }
        });
    }

    pub fn cancel(&mut self, company: CompanyId, id: AppointmentId, reason: Option<String>) {
        let said = self.say_here(id, Word::Cancelled);
        let (engine, change) = (self.world.engine.clone(), change());
        self.request(&format!("cancel {}", self.short(id)), Some(said), async move {
            changed(engine.cancel(company, id, reason, change).await.map(drop))
        });
    }

    pub fn settle(&mut self, company: CompanyId, id: AppointmentId, ours: bool) {
        let said = self.say_here(id, Word::Settled);
        let engine = self.world.engine.clone();
        let what = format!("settle {}: {}", self.short(id), if ours { "ours" } else { "theirs" });
        self.request(&what, Some(said), async move {
            changed(engine.settle_conflict(company, id, ours, By::of(Origin::Admin)).await)
        });
    }

    pub fn mark_no_show(&mut self, company: CompanyId, id: AppointmentId, absent: bool) {
        let said = self.say_here(id, Word::Other);
        let engine = self.world.engine.clone();
        self.request(&format!("{} absent: {absent}", self.short(id)), Some(said), async move {
            changed(engine.mark_no_show(company, id, absent, change()).await.map(drop))
        });
    }

    /// A person does something at Cal.com.
    pub async fn somebody_there(&mut self) {
        let bookings = self.world.sim.bookings();
        let live: Vec<&Booking> = bookings.iter().filter(|booking| is_live(booking)).collect();
        if live.iter().any(|booking| booking.event_type_id.is_some() && self.world.place(booking).is_none()) {
            self.world.learn().await;
        }
        let picked = (!live.is_empty()).then(|| live[self.dice.random_range(0..live.len())]);
        match (self.dice.random_range(0..20), picked) {
            (0..4, _) | (_, None) => {
                let company = usize::from(self.dice.random_bool(0.2));
                let salon = &self.world.companies[company];
                let event_type = if self.dice.random_bool(0.1) {
                    salon.accounts[self.dice.random_range(0..salon.accounts.len())].elsewhere
                } else {
                    // Nobody books a single stretch of work.
                    let whole: Vec<_> = salon.linked.iter().filter(|it| it.service <= TEAM).collect();
                    whole[self.dice.random_range(0..whole.len())].event_type
                };
                let start = self.some_start();
                self.guest_books(event_type, start).await;
            }
            (4..13, Some(booking)) => {
                let to = self.some_start();
                self.said_there(booking, Word::Moved { from: Some(booking.start), to }).await;
            }
            (13..16, Some(booking)) => self.said_there(booking, Word::Cancelled).await,
            (16..18, Some(booking)) => self.said_there(booking, Word::Confirmed).await,
            (18, Some(booking)) => match self.dice.random_range(0..40) {
                0..16 => self.an_event_type_is_renamed(booking).await,
                16..32 => self.reassigned_there(booking).await,
                32..36 => self.is_erased(booking).await,
                36..39 => self.a_host_leaves_the_team(booking),
                _ => self.an_event_type_is_deleted(booking).await,
            },
            (_, Some(booking)) => self.said_there(booking, Word::Other).await,
        }
    }

    pub async fn guest_books(&mut self, event_type: EventTypeId, start: Timestamp) {
        let number = self.next_number();
        let guest = Guest::new(&format!("There {number}"), &format!("there{number}@client.example"));
        let booking = self.world.sim.book_as_guest(event_type, start, guest);
        let (booked, _) = self.world.network.watched(booking).await;
        if let Ok(uid) = &booked {
            self.say_there(uid.clone(), Word::Booked(start));
        }
        let name = booked.as_ref().map(|uid| format!("{} ({})", self.world.log.name(uid), short(uid)));
        self.did("guest books", &format!("{} {}", hour(start), name.unwrap_or_default()), booked.is_ok());
    }

    /// The host says something about a booking; one that waits to be confirmed is declined, not cancelled.
    pub async fn said_there(&mut self, booking: &Booking, word: Word) {
        let (sim, uid) = (self.world.sim.clone(), booking.uid.as_str());
        let pending = booking.status == BookingStatus::Pending;
        let (what, (ok, _)) = match word {
            Word::Moved { to, .. } => {
                let reason = self.dice.random_bool(0.3).then_some("Stau");
                let moved = async { sim.move_booking(uid, to, reason).await.is_ok() };
                ("host moves", self.world.network.watched(moved).await)
            }
            Word::Cancelled if pending => {
                let declined = async { sim.decline_booking(uid, None).await.is_ok() };
                ("host declines", self.world.network.watched(declined).await)
            }
            Word::Cancelled => {
                let cancelled = async { sim.cancel_booking(uid, "Krank").await.is_ok() };
                ("host cancels", self.world.network.watched(cancelled).await)
            }
            Word::Confirmed => {
                let confirmed = async { pending && sim.confirm_booking(uid).await.is_ok() };
                ("host confirms", self.world.network.watched(confirmed).await)
            }
            Word::Booked(_) | Word::Settled | Word::Other => {
                let email = &booking.attendees[0].email;
                let marked = async { sim.mark_attendee_absent(uid, email, true).await.is_ok() };
                ("host marks absent", self.world.network.watched(marked).await)
            }
        };
        let bookings = self.world.sim.bookings();
        let whose = whose(&bookings, booking);
        let name = self.world.log.name(&whose);
        // While another booking takes its place, what becomes of this one is not said of the appointment.
        let replaced = self.is_beside_another(&bookings, booking).await;
        if ok {
            self.say_there(whose, word);
            if let Some(said) = self.ledger.0.last_mut() {
                // A confirmation of ours that is still under way revives what is declined.
                let confirming =
                    pending && (sim.under_way() > 0 || !self.world.network.lingering().is_empty());
                said.beside = replaced || confirming;
            }
        }
        let to = if let Word::Moved { to, .. } = word { hour(to) } else { String::new() };
        self.did(what, &format!("{name} ({}) {to}", short(uid)), ok);
    }

    /// Whether another live booking is of the same appointment: our reference says so, the chain, or what is
    /// known here.
    async fn is_beside_another(&self, bookings: &[Booking], booking: &Booking) -> bool {
        let (uid, whose) = (&booking.uid, whose(bookings, booking));
        let owner = self.owner(bookings, booking).await;
        for other in bookings.iter().filter(|other| is_live(other)) {
            let itself = other.uid == *uid || other.rescheduled_from.as_ref() == Some(uid);
            let same = self::whose(bookings, other) == whose
                || (owner.is_some() && self.owner(bookings, other).await == owner);
            if same && !itself {
                return true;
            }
        }
        false
    }

    async fn owner(&self, bookings: &[Booking], booking: &Booking) -> Option<AppointmentId> {
        match reference(booking) {
            Some(reference) => Some(reference.appointment),
            None => self.appointment_of(bookings, booking).await.map(|(_, id)| id),
        }
    }

    /// Cal.com gives the booking of a team to somebody else.
    async fn reassigned_there(&mut self, booking: &Booking) {
        let sim = self.world.sim.clone();
        let (given, _) = self.world.network.watched(sim.reassign_booking(&booking.uid, None)).await;
        let bookings = self.world.sim.bookings();
        let name = self.world.log.name(&whose(&bookings, booking));
        self.did("host reassigned", &name, given.is_ok());
    }

    async fn an_event_type_is_renamed(&mut self, booking: &Booking) {
        let number = self.next_number();
        if let Some(event_type) = booking.event_type_id {
            let event_type = serde_json::json!({ "id": event_type });
            let title = format!("Name {number}").into();
            self.change_there("event type renamed", &event_type, "title", title).await;
        }
    }

    async fn an_event_type_is_deleted(&mut self, booking: &Booking) {
        if let Some(event_type) = booking.event_type_id {
            self.delete_there(event_type).await;
        }
    }

    fn a_host_leaves_the_team(&mut self, booking: &Booking) {
        if let Some(event_type) = booking.event_type_id {
            self.world.sim.set_hosts(event_type, &[booking.host]);
            self.did("host leaves the team", &event_type.to_string(), true);
        }
    }

    /// A booking of ours is no more, with all that it was moved from. What was said of it may have been heard or
    /// not.
    async fn is_erased(&mut self, booking: &Booking) {
        let (bookings, now) = (self.world.sim.bookings(), self.world.now());
        // Mostly one about which people here have something to say that they say seldom.
        let seldom = |booking: &&Booking| {
            is_live(booking) && (booking.status == BookingStatus::Pending || booking.start <= now)
        };
        let seldom = bookings.iter().find(seldom).filter(|_| self.dice.random_bool(0.7));
        let booking = seldom.unwrap_or(booking);
        let ours = reference(booking).is_some();
        if ours {
            let (owner, place) = (self.owner(&bookings, booking).await, self.world.place(booking));
            let whose = whose(&bookings, booking);
            let mut next = Some(booking.uid.clone());
            while let Some(uid) = next {
                next = bookings.iter().find(|it| it.uid == uid).and_then(|it| it.rescheduled_from.clone());
                self.world.sim.erase_booking(&uid);
            }
            self.ledger.forget(&whose);
            let name = self.world.log.name(&whose);
            self.did("booking erased", &format!("{name} ({})", short(&booking.uid)), true);
            // Nobody here has heard of it.
            if let (Some(id), Some(place), true) = (owner, place, self.dice.random_bool(0.5)) {
                let company = self.world.companies[place.company].id;
                if booking.status == BookingStatus::Pending {
                    self.cancel(company, id, None);
                } else {
                    self.mark_no_show(company, id, true);
                }
            }
        }
    }

    fn did(&mut self, what: &'static str, more: &str, ok: bool) {
        self.world.log.say(format!("there: {what} {more} {}", if ok { "ok" } else { "refused" }));
        if ok {
            self.world.log.cover(|coverage| coverage.operate(what));
        }
    }

    fn say_there(&mut self, whose: String, word: Word) {
        let step = self.world.log.step();
        let said = self.ledger.begin(step, Side::There, whose, word);
        self.ledger.grant(said, step);
    }

    pub fn say_here(&mut self, id: AppointmentId, word: Word) -> usize {
        self.ledger.begin(self.world.log.step(), Side::Here, id.to_string(), word)
    }

    /// A time at which something could be booked: mostly one that nobody has named before.
    pub fn some_start(&mut self) -> Timestamp {
        let now = self.world.ours.clone();
        let now = engine::Clock::now(&now).max(self.world.now());
        let quarters = now.as_second() / GRID.as_secs();
        loop {
            // Some begin before anything has come to rest.
            let ahead = if self.dice.random_bool(0.1) { 1..8 } else { 8..480 };
            let start = (quarters + self.dice.random_range(ahead)) * GRID.as_secs();
            let start = Timestamp::from_second(start).expect("a time of these years");
            if self.starts.insert(start) || self.dice.random_bool(0.15) {
                return start;
            }
        }
    }

    /// An appointment that somebody here might want to change.
    pub async fn some_appointment(&mut self) -> Option<(CompanyId, AppointmentId)> {
        let bookings = self.world.sim.bookings();
        if bookings.is_empty() || self.dice.random_bool(0.6) {
            let (company, id) = *self.known.get(self.dice.random_range(0..self.known.len().max(1)))?;
            return Some((self.world.companies[company].id, id));
        }
        let booking = &bookings[self.dice.random_range(0..bookings.len())];
        self.appointment_of(&bookings, booking).await
    }

    /// One whose time has come.
    async fn some_that_began(&mut self) -> Option<(CompanyId, AppointmentId)> {
        let (bookings, now) = (self.world.sim.bookings(), self.world.now());
        let began: Vec<_> =
            bookings.iter().filter(|booking| is_live(booking) && booking.start <= now).collect();
        let booking = began.get(self.dice.random_range(0..began.len().max(1)))?;
        let id = self.owner(&bookings, booking).await?;
        let company = self.world.companies[self.world.place(booking)?.company].id;
        Some((company, id))
    }

    /// The appointment of a booking, as far as it is known here.
    pub async fn appointment_of(
        &self,
        bookings: &[Booking],
        booking: &Booking,
    ) -> Option<(CompanyId, AppointmentId)> {
        let place = self.world.place(booking)?;
        let company = self.world.companies[place.company].id;
        let uid = BookingUid(root(bookings, booking).uid.clone());
        let found = self.world.free.store.appointment_by_uid(company, &uid).await;
        found.expect("the database answers").map(|(id, _)| (company, id))
    }

    async fn some_conflict(&mut self) -> Option<(CompanyId, AppointmentId)> {
        for company in &self.world.companies {
            let open = self.world.free.store.reviews_open(company.id, 100).await.expect("reviews");
            let conflict = open.iter().find(|item| item.code == domain::review::ReviewCode::Conflict);
            if let Some(item) = conflict {
                return Some((company.id, item.appointment_id));
            }
        }
        None
    }
}

fn change() -> Change {
    Change::by(By::of(Origin::Admin))
}

fn changed(result: Result<(), ChangeError>) -> Done {
    match result {
        Ok(()) => Done::Changed,
        Err(ChangeError::Engine(error)) => Done::Broken(error.to_string()),
        Err(error) => Done::Refused(error.to_string()),
    }
}

/// A time as the trace tells it.
pub fn hour(at: Timestamp) -> String {
    at.strftime("%d.%H:%M").to_string()
}
