//! A week of many salons, with what recurs at work: people book, move and cancel on both sides, three of a hundred
//! webhooks are lost, Cal.com is down for hours, and once our own line is cut while people go on there. Nobody settles
//! anything. Half a day later both sides are compared (`judging`).
//!
//! `make soak`; `SALONS`, `APPOINTMENTS` (of all together) and `DAYS` say how much, `SEED` which week.

mod judging;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use calcom_sim::{Guest, Sim, WebhookDelivery, WebhookSink};
use domain::appointment::Actor;
use domain::company::Locale;
use domain::people::CustomerDetails;
use domain::plan::{Attendee, Cancellation, Winner};
use domain::{AppointmentId, BookingUid, Origin, Policy};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::appointments::{Change, CustomerWish, Edit, Wish};
use engine::rounds::Rounds;
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault, inbox, worker};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::Store;

use crate::salon::{City, Company};
use crate::seeds::{number, stay_on};

/// One of so many webhooks is lost: three of a hundred.
const LOST: f64 = 0.03;
/// Work is looked for this often: what falls due in between is done together.
const BEAT: SignedDuration = SignedDuration::from_secs(5);
/// How long both sides have afterwards: two verifications, six hours apart.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(13);
/// A lost webhook is made up for in this time, as long as Cal.com can be reached: changes are asked for every five
/// minutes, a tenth more or less, and what has changed a moment before is left for the next time.
const REPAIRED: SignedDuration = SignedDuration::from_mins(12);
/// Most of what went wrong heals without a person.
const HEALED: f64 = 95.0;

/// Whether everything heals that a rule can heal.
pub fn is_survived() -> bool {
    stay_on(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let salons = number("SALONS").unwrap_or(2);
        let appointments = number("APPOINTMENTS").unwrap_or(60);
        let days = i64::try_from(number("DAYS").unwrap_or(2)).expect("few days");
        let mut week = Week::new(number("SEED").unwrap_or(1), salons, days).await;
        week.plan(appointments);
        week.run().await;
        week.judge().await
    })
}

/// What reaches whom.
#[derive(Default)]
struct Wire {
    /// No request goes out and no webhook comes in.
    cut: bool,
    /// Where webhooks go.
    inbox: Option<Engine>,
    dice: Option<StdRng>,
    webhooks: usize,
    /// Bookings of which a webhook was lost.
    lost: Vec<(String, Timestamp)>,
}

/// The network between the two sides. Clones are the same.
#[derive(Clone)]
struct Network {
    sim: Sim,
    clock: ManualClock,
    wire: Arc<Mutex<Wire>>,
}

impl Network {
    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if self.wire().cut {
            return Err(TransportError::NotSent { message: "no route to host".to_owned() });
        }
        self.sim.transport().send(request).await
    }
}

/// What Cal.com tells comes at once, while the call that caused it is still unanswered, or never.
#[async_trait]
impl WebhookSink for Network {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let engine = {
            let mut wire = self.wire();
            wire.webhooks += 1;
            let lost = wire.dice.as_mut().is_some_and(|dice| dice.random_bool(LOST));
            if lost || wire.cut {
                let body: serde_json::Value = serde_json::from_slice(&delivery.body).ok()?;
                let uid = body["payload"]["uid"].as_str()?.to_owned();
                let now = self.clock.now();
                wire.lost.push((uid, now));
                return None;
            }
            wire.inbox.clone()?
        };
        let token = delivery.url.rsplit('/').next()?;
        let (company, connection) = engine.store.connection_by_webhook_token(token).await.ok()??;
        let signature = delivery.headers.get("x-cal-signature-256")?.to_str().ok();
        match inbox::receive(&engine, company, &connection, &delivery.body, signature).await {
            Ok(inbox::Receipt::Stored | inbox::Receipt::Repeat) => Some(200),
            Ok(inbox::Receipt::Refused(_)) => Some(401),
            Err(_) => Some(500),
        }
    }
}

/// An appointment as those who made it know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    Here(AppointmentId),
    There(String),
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Nobody reaches Cal.com.
    Down(bool),
    /// We do not reach it, nor it us; others do.
    Cut(bool),
    Book {
        there: bool,
    },
    Move {
        what: Known,
        there: bool,
    },
    Cancel {
        what: Known,
        there: bool,
    },
    GiveToAnother {
        what: Known,
    },
}

/// Something that was said at Cal.com, and was to be known here soon.
struct SaidThere {
    salon: usize,
    uid: String,
    what: Word,
    at: Timestamp,
}

#[derive(PartialEq, Eq)]
enum Word {
    Booked,
    MovedTo(Timestamp),
    Cancelled,
}

/// Begins, or ends.
type Outage = fn(bool) -> Event;

struct Week {
    engine: Engine,
    sim: Sim,
    clock: ManualClock,
    network: Network,
    dice: StdRng,
    salons: Vec<Company>,
    begin: Timestamp,
    days: i64,
    /// By time, and those of one time in the order in which they were planned.
    events: BinaryHeap<Reverse<(Timestamp, usize, usize, Event)>>,
    planned: usize,
    booked: usize,
    said_there: Vec<SaidThere>,
    down: bool,
    cuts: Vec<(Timestamp, Timestamp)>,
}

impl Week {
    async fn new(seed: u64, salons: u64, days: i64) -> Self {
        let begin: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
        let clock = ManualClock::at(begin);
        let sim_clock = clock.clone();
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(move || sim_clock.now()), seed));
        let network = Network { sim: sim.clone(), clock: clock.clone(), wire: Arc::default() };
        let engine = Engine::new(Parts {
            store: Store::in_memory().await.expect("memory"),
            ambient: Ambient::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(seed))),
            vault: Vault::new(&"a key".into()),
            transport: Arc::new(network.clone()),
            settings: Settings { rounds: Rounds::usual(), ..Settings::default() },
            signals: Signals::default(),
        });
        sim.set_webhook_sink(Arc::new(network.clone()));
        let mut opened = Vec::new();
        let city = City { engine: &engine, sim: &sim, seed };
        for salon in 0..salons {
            let names = [format!("anna{salon}"), format!("ben{salon}")];
            let keys = names.clone().map(|name| format!("cal_{name}"));
            let people = [(names[0].as_str(), keys[0].as_str()), (&names[1], &keys[1])];
            opened.push(city.open(&format!("salon{salon}"), &people, policy(salon), 1).await);
        }
        let mut wire = network.wire();
        wire.inbox = Some(engine.clone());
        wire.dice = Some(StdRng::seed_from_u64(seed));
        drop(wire);
        Self {
            engine,
            sim,
            clock,
            network,
            dice: StdRng::seed_from_u64(seed ^ 0x50ac),
            salons: opened,
            begin,
            days,
            events: BinaryHeap::new(),
            planned: 0,
            booked: 0,
            said_there: Vec::new(),
            down: false,
            cuts: Vec::new(),
        }
    }

    /// So many appointments are made, by day, on either side. Cal.com is down for six hours, and our line is cut for two.
    fn plan(&mut self, appointments: u64) {
        for number in 0..appointments {
            let salon = usize::try_from(number).expect("few") % self.salons.len();
            let day = SignedDuration::from_hours(24 * self.dice.random_range(0..self.days));
            let second = SignedDuration::from_secs(self.dice.random_range(8 * 3600..20 * 3600));
            let there = self.dice.random_bool(0.5);
            self.later(self.begin + day + second, salon, Event::Book { there });
        }
        let outages =
            [(self.days / 4, 11, 6, Event::Down as Outage), (self.days * 3 / 4, 13, 2, Event::Cut as Outage)];
        for (day, hour, hours, outage) in outages {
            let from = self.begin + SignedDuration::from_hours(24 * day + hour);
            let to = from + SignedDuration::from_hours(hours);
            self.later(from, 0, outage(true));
            self.later(to, 0, outage(false));
            self.cuts.push((from, to));
        }
    }

    fn later(&mut self, at: Timestamp, salon: usize, event: Event) {
        self.planned += 1;
        self.events.push(Reverse((at, self.planned, salon, event)));
    }

    /// Everything that happens, and half a day in which nobody does anything.
    async fn run(&mut self) {
        self.engine.begin_rounds().await.expect("the database answers");
        let end = self.begin + SignedDuration::from_hours(24 * self.days);
        let end = end + AFTERWARDS;
        while self.clock.now() < end {
            let now = self.clock.now();
            while self.events.peek().is_some_and(|Reverse((at, ..))| *at <= now)
                && let Some(Reverse((_, _, salon, event))) = self.events.pop()
            {
                self.happens(salon, event).await;
            }
            while worker::turn(&self.engine, "worker").await.expect("the database answers") {}
            let due = self.engine.store.next_due().await.expect("the database answers");
            let planned = self.events.peek().map(|Reverse((at, ..))| *at);
            let next = due.into_iter().chain(planned).min().unwrap_or(end);
            self.clock.set(next.max(now + BEAT).min(end));
        }
    }

    async fn happens(&mut self, salon: usize, event: Event) {
        match event {
            Event::Cut(cut) => self.network.wire().cut = cut,
            Event::Down(down) => {
                self.down = down;
                self.network.wire().cut = down;
            }
            // They try again later.
            Event::Book { there: true }
            | Event::Move { there: true, .. }
            | Event::Cancel { there: true, .. }
                if self.down =>
            {
                let wait = SignedDuration::from_secs(self.dice.random_range(600..3 * 3600));
                self.later(self.clock.now() + wait, salon, event);
            }
            Event::Book { there } => {
                let booked = if there { self.guest_books(salon).await } else { self.books(salon).await };
                if let Some(known) = booked {
                    self.booked += 1;
                    self.follow(salon, &known);
                }
            }
            Event::Move { what, there: true } => {
                let Some(uid) = self.uid(salon, &what).await else { return };
                for _ in 0..20 {
                    let start = self.some_start();
                    if self.sim.move_booking(&uid, start, None).await.is_ok() {
                        self.say_there(salon, &uid, Word::MovedTo(start));
                        return;
                    }
                }
            }
            Event::Move { what, there: false } => {
                let Some(id) = self.id(salon, &what).await else { return };
                for _ in 0..20 {
                    let edit = Edit::to(self.some_start(), None);
                    if self.engine.edit(self.salons[salon].id, id, edit, by_a_person()).await.is_ok() {
                        return;
                    }
                }
            }
            Event::Cancel { what, there: true } => {
                let Some(uid) = self.uid(salon, &what).await else { return };
                if self.sim.cancel_booking(&uid, "Krank").await.is_ok() {
                    self.say_there(salon, &uid, Word::Cancelled);
                }
            }
            Event::Cancel { what, there: false } => {
                let Some(id) = self.id(salon, &what).await else { return };
                // What has taken place meanwhile is not cancelled.
                let _ = self.engine.cancel(self.salons[salon].id, id, None, by_a_person()).await;
            }
            Event::GiveToAnother { what } => {
                let Some(id) = self.id(salon, &what).await else { return };
                let salon = &self.salons[salon];
                let staff = salon.accounts[self.dice.random_range(0..salon.accounts.len())].staff;
                let edit = Edit { staff: vec![(0, staff)], ..Edit::default() };
                // They may have no time.
                let _ = self.engine.edit(salon.id, id, edit, by_a_person()).await;
            }
        }
    }

    /// What becomes of some: moved, cancelled, or given to somebody else.
    fn follow(&mut self, salon: usize, known: &Known) {
        let (what, there) = (known.clone(), self.dice.random_bool(0.5));
        let event = match self.dice.random_range(0..100) {
            0..15 => Event::Move { what, there },
            15..25 => Event::Cancel { what, there },
            25..28 => Event::GiveToAnother { what },
            _ => return,
        };
        let end = self.begin + SignedDuration::from_hours(24 * self.days);
        let at = self.clock.now() + SignedDuration::from_secs(self.dice.random_range(60..3 * 24 * 3600));
        if at < end {
            self.later(at, salon, event);
        }
    }

    async fn books(&mut self, salon: usize) -> Option<Known> {
        let origins = [Origin::Phone, Origin::Admin, Origin::Api];
        let (company, service_id) = (self.salons[salon].id, self.salons[salon].services[0]);
        for _ in 0..20 {
            self.planned += 1;
            let (number, start) = (self.planned, self.some_start());
            let email = format!("here{number}@client.example").parse().expect("an address");
            let customer = CustomerDetails {
                name: format!("Here {number}"),
                email: Some(email),
                phone: None,
                locale: Locale::De,
            };
            let wish = Wish {
                service_id,
                staff_id: None,
                branch_id: None,
                start,
                customer: CustomerWish::Details(customer),
                notes: None,
                exactly: Vec::new(),
                in_terms: false,
                holder: None,
                story: Vec::new(),
            };
            let by = Actor::of(origins[self.dice.random_range(0..origins.len())]);
            if let Ok(booked) = self.engine.book(company, wish, by, None).await {
                return Some(Known::Here(booked.id()));
            }
        }
        None
    }

    async fn guest_books(&mut self, salon: usize) -> Option<Known> {
        for _ in 0..20 {
            self.planned += 1;
            let linked = &self.salons[salon].linked;
            let event_type = linked[self.dice.random_range(0..linked.len())].event_type;
            let (start, number) = (self.some_start(), self.planned);
            let guest = Guest::new(&format!("There {number}"), &format!("there{number}@client.example"));
            if let Ok(uid) = self.sim.book_as_guest(event_type, start, guest).await {
                self.say_there(salon, &uid, Word::Booked);
                return Some(Known::There(uid));
            }
        }
        None
    }

    fn say_there(&mut self, salon: usize, uid: &str, what: Word) {
        self.said_there.push(SaidThere { salon, uid: uid.to_owned(), what, at: self.clock.now() });
    }

    /// A time of the next two weeks at which a salon is open.
    fn some_start(&mut self) -> Timestamp {
        let today = self.clock.now().as_second() / (24 * 3600);
        let day = today + self.dice.random_range(1..15);
        let minutes = 9 * 60 + 45 * self.dice.random_range(0..12);
        Timestamp::from_second(day * 24 * 3600 + minutes * 60).expect("a time of these years")
    }

    /// The booking of an appointment as it stands at Cal.com, if it is there yet.
    async fn uid(&self, salon: usize, known: &Known) -> Option<String> {
        let mut uid = match known {
            Known::There(uid) => uid.clone(),
            Known::Here(id) => {
                let case = self.engine.store.case(self.salons[salon].id, *id).await.expect("a case");
                case.bookings.iter().rev().find_map(|record| record.uid.clone())?.0
            }
        };
        while let Some(next) = self.sim.booking(&uid)?.rescheduled_to {
            uid = next;
        }
        Some(uid)
    }

    /// An appointment, if it is known here yet.
    async fn id(&self, salon: usize, known: &Known) -> Option<AppointmentId> {
        match known {
            Known::Here(id) => Some(*id),
            Known::There(uid) => self.appointment_of(salon, uid).await,
        }
    }

    async fn appointment_of(&self, salon: usize, uid: &str) -> Option<AppointmentId> {
        let (company, uid) = (self.salons[salon].id, BookingUid(uid.to_owned()));
        let found = self.engine.store.appointment_by_uid(company, &uid).await;
        found.expect("the database answers").map(|(id, _)| id)
    }
}

fn by_a_person() -> Change {
    Change::by(Actor::of(Origin::Admin))
}

/// The rules differ from salon to salon.
fn policy(salon: u64) -> Policy {
    let times = [Winner::Ask, Winner::PlatformWins, Winner::CalcomWins];
    let times = times[usize::try_from(salon % 3).unwrap_or(0)];
    Policy {
        allow_calcom_overwrites: false,
        times,
        cancellation: Cancellation::Wins,
        attendee: Attendee::PlatformWins,
    }
}
