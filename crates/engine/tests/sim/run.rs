//! One run: actors that go on one at a time, from gate to gate, as the dice of the seed say. Between two of
//! their steps people act at Cal.com, faults are ordered, time passes, clocks are set, and actors are dropped.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use calcom_sim::WebhookDelivery;
use domain::AppointmentId;
use domain::service::Service;
use engine::worker::Errand;
use engine::{Clock, Engine, connect, inbox, worker};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::ConnectionState;
use tokio_util::sync::CancellationToken;

use crate::gates::Ticket;
use crate::ledger::Ledger;
use crate::log::Kept;
use crate::oracle;
use crate::service_ledger::ServiceLedger;
use crate::watch::Watched;
use crate::world::World;

/// A run goes on until so much has happened.
const OPERATIONS: u64 = 50;
const FAULTS: u64 = 20;
/// It ends in any case.
const EVENTS: usize = 6000;
/// More calls than any run needs to come to rest.
const ENDLESS: usize = 1000;
/// Requests of people and webhooks that are under way at once.
const CROWD: usize = 4;

pub struct Run {
    pub world: World,
    pub dice: StdRng,
    pub ledger: Ledger,
    pub services: ServiceLedger,
    /// Appointments that people here were told of, with the company's index.
    pub known: Vec<(usize, AppointmentId)>,
    /// Times that somebody has named.
    pub starts: BTreeSet<Timestamp>,
    pub actors: Vec<Actor>,
    /// Per worker, whether there was nothing to do for it.
    pub idle: [bool; 2],
    pub delivered: Vec<WebhookDelivery>,
    number: u32,
}

/// Somebody who acts step by step.
pub struct Actor {
    pub name: String,
    pub role: Role,
    future: Pin<Box<dyn Future<Output = Done>>>,
    pub ticket: Option<Ticket>,
    pub frozen_until: Option<Timestamp>,
    pub watched: Watched,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Worker(usize),
    /// With the number of what is said, in the ledger.
    Person(Option<usize>),
    Postman,
}

/// How an actor ended.
pub enum Done {
    Worked(bool),
    /// Company, appointment and start.
    Booked(usize, AppointmentId, Timestamp),
    Changed,
    /// What was said about a service was done, with its number in the ledger; as the service was then.
    Served(usize, Box<Service>),
    Unserved(usize, String),
    Refused(String),
    Delivered,
    Broken(String),
}

/// Runs a seed to its end.
pub async fn run(seed: u64) -> Kept {
    let mut run = Run::new(World::new(seed).await, seed);
    run.world.gates.close(true);
    for _ in 0..EVENTS {
        let enough = {
            let kept = run.world.log.kept();
            kept.coverage.operated() >= OPERATIONS && kept.coverage.struck() >= FAULTS
        };
        if enough {
            break;
        }
        run.event().await;
    }
    run.finish().await;
    oracle::judge(&mut run).await;
    run.world.log.kept().clone()
}

impl Run {
    pub fn new(world: World, seed: u64) -> Self {
        let mut services = ServiceLedger::default();
        for event_type in world.sim.event_types() {
            services.tell(&event_type);
        }
        Self {
            world,
            services,
            dice: StdRng::seed_from_u64(seed ^ 0x9e37_79b9),
            ledger: Ledger::default(),
            known: Vec::new(),
            starts: BTreeSet::new(),
            actors: Vec::new(),
            idle: [false; 2],
            delivered: Vec::new(),
            number: 0,
        }
    }

    pub fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    pub fn short(&self, id: AppointmentId) -> String {
        self.world.log.name(&id.to_string())
    }

    async fn event(&mut self) {
        match self.dice.random_range(0..200) {
            0..8 if self.crowd() < CROWD => self.somebody_here().await,
            8..13 => self.somebody_there().await,
            13..22 => self.something_goes_wrong(),
            22..32 => {
                let by = self.some_time();
                self.pass(by).await;
            }
            32 => self.a_worker_crashes(),
            33 => self.a_worker_stands_still(),
            34 => self.a_request_is_dropped(),
            35 => self.a_clock_is_set().await,
            36 => self.a_key_is_touched(),
            37 => self.a_webhook_comes_again(),
            38 => {
                if self.dice.random_bool(0.5) {
                    self.somebody_offers().await;
                } else {
                    self.somebody_offers_there().await;
                }
            }
            39 => self.a_round_begins().await,
            _ => self.somebody_goes_on().await,
        }
    }

    fn crowd(&self) -> usize {
        self.actors.iter().filter(|actor| !matches!(actor.role, Role::Worker(_))).count()
    }

    /// Everybody who could take a step now has the same chance.
    async fn somebody_goes_on(&mut self) {
        let ready = self.ready();
        let idle: Vec<usize> = (0..2).filter(|worker| self.is_free(*worker)).collect();
        let mail = if self.crowd() < CROWD { self.world.network.waiting_mail() } else { 0 };
        let lingering = self.world.network.lingering();
        let choices = ready.len() + idle.len() + mail.min(1) + lingering.len().min(1);
        if choices == 0 {
            return self.nothing_to_do().await;
        }
        let mut choice = self.dice.random_range(0..choices);
        if choice < ready.len() {
            return self.go_on(ready[choice]).await;
        }
        choice -= ready.len();
        if choice < idle.len() {
            return self.start_worker(idle[choice]);
        }
        choice -= idle.len();
        if choice < mail.min(1) {
            // Mostly in order.
            let index = if self.dice.random_bool(0.7) { 0 } else { self.dice.random_range(0..mail) };
            if let Some(delivery) = self.world.network.take_mail(index) {
                self.deliver(delivery, None);
            }
        } else {
            let call = lingering[self.dice.random_range(0..lingering.len())].0;
            self.world.network.arrive(call).await;
        }
    }

    fn ready(&self) -> Vec<usize> {
        let now = self.world.now();
        let waits = |until: Option<Timestamp>| until.is_some_and(|until| until > now);
        let ready = self.actors.iter().enumerate().filter(|(_, actor)| {
            !waits(actor.frozen_until) && !waits(actor.ticket.as_ref().and_then(Ticket::not_before))
        });
        ready.map(|(index, _)| index).collect()
    }

    fn is_free(&self, worker: usize) -> bool {
        !self.idle[worker] && !self.actors.iter().any(|actor| actor.role == Role::Worker(worker))
    }

    fn add(&mut self, name: String, role: Role, future: impl Future<Output = Done> + 'static) {
        let future = Box::pin(future);
        let watched = Watched::default();
        self.actors.push(Actor { name, role, future, ticket: None, frozen_until: None, watched });
    }

    /// A person's request begins.
    pub fn request(&mut self, what: &str, said: Option<usize>, future: impl Future<Output = Done> + 'static) {
        let name = format!("person {}: {what}", self.next_number());
        self.world.log.say(&name);
        self.add(name, Role::Person(said), future);
    }

    pub fn start_worker(&mut self, worker: usize) {
        let name = format!("worker {}{}", ["a", "b"][worker], self.next_number());
        let (engine, owner) = (self.world.engine.clone(), name.clone());
        self.add(name, Role::Worker(worker), async move {
            match worker::turn_until(&engine, &owner, Errand::Everything, 1, &CancellationToken::new()).await
            {
                Ok(any) => Done::Worked(any),
                Err(error) => Done::Broken(error.to_string()),
            }
        });
    }

    /// A webhook reaches us, as it was sent or with other bytes for a signature and another company's address.
    pub fn deliver(&mut self, delivery: WebhookDelivery, forged: Option<(String, String)>) {
        let name = format!("webhook {} {}", self.next_number(), delivery.trigger);
        let (engine, log) = (self.world.engine.clone(), self.world.log.clone());
        if forged.is_none() {
            self.delivered.push(delivery.clone());
        }
        self.add(name, Role::Postman, async move {
            let refused = forged.is_some();
            match receive(&engine, &delivery, forged).await {
                Ok(Some(inbox::Receipt::Stored | inbox::Receipt::Repeat)) if refused => {
                    log.violated(6, "a forged webhook was taken in");
                }
                Ok(_) => {}
                Err(error) => return Done::Broken(error.to_string()),
            }
            Done::Delivered
        });
    }

    /// Lets an actor take one step.
    pub async fn go_on(&mut self, index: usize) {
        let gates = self.world.gates.clone();
        let asked = self.asked_before(index).await;
        let actor = &mut self.actors[index];
        if let Some(ticket) = actor.ticket.take() {
            self.world.log.say(format!("{}: {}", actor.name, ticket.place()));
            ticket.open();
        }
        let done = poll_fn(|context| match actor.future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => match gates.arrived() {
                Some(ticket) => {
                    actor.ticket = Some(ticket);
                    Poll::Ready(None)
                }
                None => Poll::Pending,
            },
        })
        .await;
        if let Some(done) = done {
            let actor = self.actors.remove(index);
            self.ended(&actor, done);
        } else {
            self.watch(index, asked).await;
        }
    }

    fn ended(&mut self, actor: &Actor, done: Done) {
        let step = self.world.log.step();
        let how = match done {
            Done::Worked(any) => {
                if let Role::Worker(worker) = actor.role {
                    self.idle[worker] = !any;
                }
                if !any {
                    return;
                }
                "has worked".to_owned()
            }
            Done::Booked(company, id, start) => {
                self.known.push((company, id));
                self.ledger.booked(step, id, start);
                self.world.log.cover(|coverage| coverage.operate("book"));
                self.idle = [false; 2];
                format!("booked {}", self.short(id))
            }
            Done::Changed => {
                if let Role::Person(Some(said)) = actor.role {
                    self.ledger.grant(said, step);
                }
                self.world.log.cover(|coverage| coverage.operate("change"));
                self.idle = [false; 2];
                "granted".to_owned()
            }
            Done::Served(word, service) => {
                let version = service.version;
                self.services.grant(word, *service);
                self.world.log.cover(|coverage| coverage.serve("say"));
                self.idle = [false; 2];
                format!("granted, version {version}")
            }
            Done::Unserved(word, why) => {
                self.services.refuse(word);
                format!("refused: {why}")
            }
            Done::Refused(why) => format!("refused: {why}"),
            Done::Delivered => {
                self.idle = [false; 2];
                "delivered".to_owned()
            }
            Done::Broken(error) => {
                self.world.log.violated(9, format!("{} broke: {error}", actor.name));
                return;
            }
        };
        self.world.log.say(format!("{} {how}", actor.name));
    }

    async fn nothing_to_do(&mut self) {
        let waiting = self
            .actors
            .iter()
            .filter_map(|actor| actor.frozen_until.max(actor.ticket.as_ref().and_then(Ticket::not_before)));
        let by = if let Some(until) = waiting.min() {
            until.duration_since(self.world.now())
        } else {
            let due = self.world.free.store.next_due().await.expect("the database answers");
            due.map_or(SignedDuration::from_secs(30), |at| at.duration_since(self.world.ours.now()))
        };
        self.pass(by.clamp(SignedDuration::from_millis(1), SignedDuration::from_hours(2))).await;
    }

    fn some_time(&mut self) -> SignedDuration {
        match self.dice.random_range(0..40) {
            0..20 => SignedDuration::from_millis(self.dice.random_range(1..8000)),
            20..33 => SignedDuration::from_secs(self.dice.random_range(5..100)),
            33..39 => SignedDuration::from_mins(self.dice.random_range(2..20)),
            _ => SignedDuration::from_hours(self.dice.random_range(1..30)),
        }
    }

    /// Lets time pass. What is under way arrives in time.
    pub async fn pass(&mut self, by: SignedDuration) {
        let until = self.world.now() + by;
        while let Some((call, at)) = self
            .world
            .network
            .lingering()
            .into_iter()
            .min_by_key(|(_, at)| *at)
            .filter(|(_, at)| *at <= until)
        {
            let wait = at.duration_since(self.world.now()) - SignedDuration::from_millis(1);
            self.world.pass(wait.max(SignedDuration::ZERO));
            self.world.network.arrive(call).await;
        }
        self.world.pass(until.duration_since(self.world.now()));
        self.world.gates.time_passed();
        self.world.sim.arrive_due().await;
        self.world.network.tell_arrivals();
        self.idle = [false; 2];
        self.world.log.say(format!("it is {}", self.world.now().strftime("%d.%H:%M:%S%.3f")));
    }

    /// No trouble any more: everybody comes to an end, everything arrives.
    pub async fn finish(&mut self) {
        self.world.log.say("no more trouble");
        self.world.sim.clear_faults();
        self.world.network.clear();
        self.world.sim.release_webhooks().await;
        self.world.sim.arrive_all().await;
        let accounts: Vec<_> = self
            .world
            .companies
            .iter()
            .flat_map(|company| &company.accounts)
            .map(|a| (a.user, a.key.clone()))
            .collect();
        for (user, key) in accounts {
            self.world.sim.revoke_api_key(&key);
            self.world.sim.add_api_key(user, &key);
        }
        loop {
            let ready = self.ready();
            if self.world.gates.are_endless() {
                self.actors.clear();
                break;
            } else if !ready.is_empty() {
                let index = ready[self.dice.random_range(0..ready.len())];
                self.go_on(index).await;
            } else if !self.actors.is_empty() {
                self.pass(SignedDuration::from_secs(30)).await;
            } else if self.world.network.waiting_mail() > 0 {
                self.deliver_all();
            } else if let Some((call, _)) = self.world.network.lingering().first() {
                self.world.network.arrive(*call).await;
            } else {
                break;
            }
        }
        self.world.gates.close(false);
        self.world.sim.forget_rate_limits();
        let wrong = self.world.ours.now().duration_since(self.world.now());
        self.world.set_wrong(-wrong);
        for company in &self.world.companies {
            for account in &company.accounts {
                let store = &self.world.free.store;
                let connection = store.connection(company.id, account.connection).await.expect("ours");
                if connection.state != ConnectionState::Active {
                    let resumed = connect::resume(
                        &self.world.free,
                        company.id,
                        account.connection,
                        domain::appointment::Actor::of(domain::Origin::System),
                    )
                    .await;
                    resumed.expect("the key is good again");
                }
            }
        }
        self.pass(SignedDuration::from_hours(2)).await;
    }

    pub fn deliver_all(&mut self) {
        while let Some(delivery) = self.world.network.take_mail(0) {
            self.deliver(delivery, None);
        }
    }

    /// Works until nothing is planned any more. Says whether that came to pass.
    pub async fn quiet(&mut self) -> bool {
        let before = self.world.sim.requests().len();
        for _ in 0..3000 {
            if self.world.sim.requests().len() > before + ENDLESS {
                return false;
            }
            self.deliver_all();
            while !self.actors.is_empty() {
                self.go_on(0).await;
            }
            match self.turn().await {
                Some(true) => continue,
                Some(false) => {}
                None => return false,
            }
            if self.world.network.waiting_mail() > 0 {
                continue;
            }
            if !self.wait_for_work().await {
                return true;
            }
        }
        false
    }

    /// A worker's turn through open gates. `None`: it has no end.
    async fn turn(&self) -> Option<bool> {
        let gates = &self.world.gates;
        let never = CancellationToken::new();
        let mut turn = pin!(worker::turn_until(&self.world.engine, "quiet", Errand::Everything, 1, &never));
        let any = poll_fn(|context| match turn.as_mut().poll(context) {
            Poll::Ready(any) => Poll::Ready(Some(any)),
            Poll::Pending if gates.are_endless() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        any.await.map(|any| any.expect("the database answers"))
    }

    /// The first of those who are under way, and whether it stands at a gate.
    pub fn first(&self) -> Option<(Role, bool)> {
        self.actors.first().map(|actor| (actor.role, actor.ticket.is_some()))
    }

    /// As [`Run::go_on`], after the time that the actor has to wait.
    pub async fn go_on_in_time(&mut self, index: usize) {
        if let Some(until) = self.actors[index].ticket.as_ref().and_then(Ticket::not_before) {
            let by = until.duration_since(self.world.now());
            self.pass(by.max(SignedDuration::ZERO)).await;
        }
        self.go_on(index).await;
    }

    /// Whether the first worker found nothing to do.
    pub fn is_idle(&self) -> bool {
        self.idle[0]
    }

    /// Lets time pass until something is due. Says whether anything is.
    pub async fn wait_for_work(&mut self) -> bool {
        let Some(at) = self.world.free.store.next_due().await.expect("the database answers") else {
            return false;
        };
        let by = at.duration_since(self.world.ours.now());
        self.pass(by.max(SignedDuration::from_millis(1))).await;
        true
    }
}

async fn receive(
    engine: &Engine,
    delivery: &WebhookDelivery,
    forged: Option<(String, String)>,
) -> Result<Option<inbox::Receipt>, engine::Error> {
    let signature = delivery.headers.get("x-cal-signature-256").and_then(|value| value.to_str().ok());
    let (url, signature) = match &forged {
        Some((url, signature)) => (url, Some(signature.as_str())),
        None => (&delivery.url, signature),
    };
    let token = url.rsplit('/').next().unwrap_or_default();
    let Some((company, connection)) = engine.store.connection_by_webhook_token(token).await? else {
        return Ok(None);
    };
    inbox::receive(engine, company, &connection, &delivery.body, signature).await.map(Some)
}
