//! What is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ::calcom::{HttpTransport, TimeOuts};
use calcom_sim::Sim;
use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::{AppointmentId, Origin};
use engine::appointments::{Act, Change, Edit};
use engine::{Engine, worker};
use jiff::{SignedDuration, Timestamp};
use store::{Store, Subject as Marked};
use tokio_util::sync::CancellationToken;

use crate::calcom::AtOnce;
use crate::ceiling::Ceiling;
use crate::cost::{self, Cost};
use crate::per_second;
use crate::salon::{Salon, connect, database, engine};
use crate::table::{Table, percentile};

/// Accounts of the busy company, and operations that each has in flight: enough that it is the engine that is
/// measured. Against a real Cal.com a few are enough.
const ACCOUNTS: usize = 4;
const IN_FLIGHT: usize = 64;
/// Operations of one round.
const OPERATIONS: usize = 1000;
/// Operations of one round over HTTP.
const FULL: usize = 300;
/// How long changes are made, per sample.
const CHANGING: Duration = Duration::from_millis(500);
/// Changes of one round that are followed to their call, and the time between two of them.
const FOLLOWED: usize = 100;
const APART: Duration = Duration::from_millis(20);
/// What waits in the other company while fairness is measured, and how many changes are followed meanwhile.
const WAITING: usize = 100_000;
const BETWEEN: usize = 40;
/// Accounts of another company, at which nothing is due.
const RESTING: usize = 200;
/// How long an idle worker is watched: CPU time is told in hundredths of a second.
const WATCHED: Duration = Duration::from_secs(20);
/// How often a worker is started for its first call.
const STARTS: usize = 5;
/// Against a Cal.com that does.
const AT_ONCE: &str = "operations, Cal.com answers at once";
/// Ask this program for the memory of a worker on a database, for what it takes while it has nothing to do, and to
/// work until its first call.
const MEMORY: &str = "--memory-of-a-worker-on";
const IDLE: &str = "--an-idle-worker-on";
const FIRST_CALL: &str = "--the-first-call-on";
pub const WORKER: [&str; 3] = [MEMORY, IDLE, FIRST_CALL];

/// A database under measurement.
pub struct Subject {
    pub name: &'static str,
    place: String,
    ceiling: Ceiling,
    cost: Cost,
    at_once: Arc<AtOnce>,
    engine: Engine,
    over_http: Engine,
    busy: Salon,
    quiet: Salon,
    served: Salon,
    notes: Vec<AppointmentId>,
    changes: AtomicU64,
    /// Operations per second, as often as they were measured.
    rates: Vec<f64>,
}

impl Subject {
    /// Opens an empty database at a place, with a company that is worked for, one whose changes stay here, and
    /// one whose bookings are made over HTTP.
    pub async fn open(name: &'static str, place: &str) -> Self {
        let url = database(place, "busy").await;
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(now), 1));
        let address = serve(sim.clone()).await;
        let busy = Salon::open(&url, &sim, "http://cal.example", "busy", ACCOUNTS).await;
        let quiet = Salon::open(&url, &sim, "http://cal.example", "quiet", 1).await;
        let served = Salon::open(&url, &sim, &address, "served", ACCOUNTS).await;
        let ceiling = Ceiling::open(&url).await;
        let at_once = Arc::new(AtOnce::default());
        let store = Store::connect(&url).await.expect("the database answers");
        let http = HttpTransport::new(TimeOuts::default()).expect("TLS");
        let engine = engine(store.clone(), at_once.clone(), IN_FLIGHT);
        let mut subject = Self {
            name,
            place: place.to_owned(),
            ceiling,
            cost: Cost::of(&connect(&url).await).await,
            at_once,
            over_http: self::engine(store, Arc::new(http), 16),
            engine,
            busy,
            quiet,
            served,
            notes: Vec::new(),
            changes: AtomicU64::new(0),
            rates: Vec::new(),
        };
        subject.notes = subject.quiet.copy(500, false).await;
        subject
    }

    /// A sample of everything that is measured in rounds.
    pub async fn round(&mut self, table: &mut Table) {
        for side_by_side in [1, 16] {
            let most = self.limit_of_changes(side_by_side).await;
            let name = format!("{}: changes accepted, {side_by_side} at a time", self.name);
            table.add(&name, self.changes(side_by_side).await, Some(most), "/s");
        }
        self.quiet.run("DELETE FROM dirty").await;
        let most = self.ceiling.operations(6_000).await;
        let (rate, cpu) = self.operations(OPERATIONS).await;
        self.rates.push(rate);
        table.add(&format!("{}: {AT_ONCE}", self.name), rate, Some(most), "/s");
        table.add(&format!("{}: CPU of 1,000 operations, database included", self.name), cpu, None, "ms");
        table.add(
            &format!("{}: operations over HTTP, simulator included", self.name),
            self.full().await,
            None,
            "/s",
        );
        let waits = self.waits().await;
        for percent in [50, 99] {
            let name = format!("{}: change to call, 50 a second, p{percent}", self.name);
            let most = match (self.name, percent) {
                ("SQLite", 50) => 0.5,
                (_, 50) => 1.0,
                _ => 5.0,
            };
            table.add(&name, percentile(&waits, percent), Some(most), "ms");
        }
    }

    /// What needs rows by the hundred thousand, once.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
    pub async fn once(&mut self, table: &mut Table) {
        let booked = self.booked(BETWEEN).await;
        self.busy.copy(WAITING, true).await;
        let stop = CancellationToken::new();
        let worker = tokio::spawn(worker::run(self.engine.clone(), "bench".into(), stop.clone()));
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (begun, before) = (Instant::now(), self.busy.waiting().await);
        let waits = self.follow(&booked, Duration::from_millis(40)).await;
        let left = self.busy.waiting().await;
        let done = u64::try_from(before - left).expect("nothing is added");
        let usual = percentile(&self.rates, 50);
        let name = format!("{}: operations, {WAITING} waiting, of what it is with {OPERATIONS}", self.name);
        table.add(&name, per_second(done, begun.elapsed()), Some(usual), "/s");
        stop.cancel();
        worker.await.expect("the worker ends");
        let name = format!("{}: change to call, another company has {WAITING} waiting, p99", self.name);
        table.add(&name, percentile(&waits, 99), Some(100.0), "ms");
        assert!(left > 0, "the other company was done too early to be in the way");
        let mut first = None;
        for size in sizes_of_a_company() {
            let mut large = Large::open(&self.place, usize::try_from(size).expect("small")).await;
            let used = large.memory().await;
            let name = format!("{}: memory of a worker, {size} appointments", self.name);
            table.add(&name, used, Some(first.unwrap_or(48.0)), "MB");
            first = first.or(Some(used));
            let name = format!("{}: idle, {size} appointments, {RESTING} accounts, of a core", self.name);
            table.add(&name, large.idle(), Some(0.5), "%");
            let name = format!("{}: start to first call, {size} appointments", self.name);
            for _ in 0..STARTS {
                let limit = if self.name == "SQLite" { 30.0 } else { 60.0 };
                table.add(&name, large.first_call().await, Some(limit), "ms");
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
    async fn limit_of_changes(&self, side_by_side: usize) -> f64 {
        let (begun, count) = (Instant::now(), AtomicU64::new(0));
        let one = async || {
            while begun.elapsed() < CHANGING {
                self.ceiling.change(count.fetch_add(1, Ordering::Relaxed)).await;
            }
        };
        futures::future::join_all((0..side_by_side).map(|_| one())).await;
        per_second(count.into_inner(), begun.elapsed())
    }

    /// Changes of different appointments that are committed, with the mark for the engine, per second.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
    async fn changes(&self, side_by_side: usize) -> f64 {
        let begun = Instant::now();
        let first = self.changes.load(Ordering::Relaxed);
        let one = |_| async {
            let engine = self.engine.clone();
            while begun.elapsed() < CHANGING {
                let number = self.changes.fetch_add(1, Ordering::Relaxed);
                let id = self.notes[usize::try_from(number).expect("small") % self.notes.len()];
                let edit = Edit { notes: Some(Some(format!("note {number}"))), ..Edit::default() };
                let (company, change) = (self.quiet.company, Change::by(Actor::of(Origin::Admin)));
                // As requests are: each on a task of its own.
                let engine = engine.clone();
                let act = async move { engine.act(company, id, vec![Act::Edit(edit)], change).await };
                tokio::spawn(act).await.expect("no panic").expect("it can be changed");
            }
        };
        futures::future::join_all((0..side_by_side).map(one)).await;
        per_second(self.changes.load(Ordering::Relaxed) - first, begun.elapsed())
    }

    /// New bookings until nothing is left to do: per second, and milliseconds of CPU per thousand.
    async fn operations(&mut self, count: usize) -> (f64, f64) {
        self.at_once.keep(false);
        self.busy.copy(count, true).await;
        let spent = self.cost.cpu();
        let time = drive(&self.engine, &self.busy).await;
        let spent = self.cost.cpu().saturating_sub(spent);
        let count = u64::try_from(count).expect("small");
        (per_second(count, time), 1000.0 * 1000.0 / per_second(count, spent))
    }

    /// The same at the simulator, over HTTP.
    async fn full(&mut self) -> f64 {
        self.served.copy(FULL, true).await;
        let time = drive(&self.over_http, &self.served).await;
        per_second(FULL as u64, time)
    }

    /// Milliseconds from a committed cancellation to the call that tells Cal.com of it, each.
    async fn waits(&mut self) -> Vec<f64> {
        let booked = self.booked(FOLLOWED).await;
        let stop = CancellationToken::new();
        let worker = tokio::spawn(worker::run(self.engine.clone(), "bench".into(), stop.clone()));
        let waits = self.follow(&booked, APART).await;
        stop.cancel();
        worker.await.expect("the worker ends");
        waits
    }

    /// Appointments that are booked at the Cal.com that answers at once, with the names of their bookings.
    async fn booked(&mut self, count: usize) -> Vec<(AppointmentId, String)> {
        self.at_once.keep(true);
        let ids = self.quiet.copy(count, true).await;
        drive(&self.engine, &self.quiet).await;
        self.quiet.uids(&ids).await
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
    async fn follow(&self, booked: &[(AppointmentId, String)], apart: Duration) -> Vec<f64> {
        let mut committed = Vec::new();
        for (id, uid) in booked {
            tokio::time::sleep(apart).await;
            let (company, change) = (self.quiet.company, Change::by(Actor::of(Origin::Admin)));
            let engine = self.engine.clone();
            let (id, acts) = (*id, vec![Act::Cancel { reason: None }]);
            let act = async move { engine.act(company, id, acts, change).await };
            tokio::spawn(act).await.expect("no panic").expect("it can be cancelled");
            committed.push((uid, Instant::now()));
        }
        while self.quiet.waiting().await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let waited = |(uid, committed): (&String, Instant)| {
            let called = self.at_once.changed(uid).expect("each was cancelled");
            called.saturating_duration_since(committed).as_secs_f64() * 1000.0
        };
        committed.into_iter().map(waited).collect()
    }
}

/// Appointments of a company in which memory is measured.
pub fn sizes_of_a_company() -> Vec<u64> {
    let large = std::env::var("BENCH_FULL").is_ok().then_some(1_000_000);
    [10_000].into_iter().chain(large).collect()
}

/// A worker until nothing is left to do for a company.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
async fn drive(engine: &Engine, salon: &Salon) -> Duration {
    let stop = CancellationToken::new();
    let begun = Instant::now();
    let worker = tokio::spawn(worker::run(engine.clone(), "bench".into(), stop.clone()));
    while salon.waiting().await > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let time = begun.elapsed();
    stop.cancel();
    worker.await.expect("the worker ends");
    time
}

/// A database with so many appointments at rest, and a worker there: this program once more.
struct Large {
    url: String,
    salon: Salon,
}

impl Large {
    async fn open(place: &str, size: usize) -> Self {
        let url = database(place, &format!("large{size}")).await;
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(now), 1));
        Salon::open(&url, &sim, "http://cal.example", "resting", RESTING).await;
        let mut salon = Salon::open(&url, &sim, "http://cal.example", "large", ACCOUNTS).await;
        salon.copy(size, false).await;
        Self { url, salon }
    }

    /// Megabytes after a few hundred operations.
    async fn memory(&mut self) -> f64 {
        self.salon.copy(500, true).await;
        self.says(MEMORY) / 1024.0
    }

    /// CPU of this process and the database while nothing is due, in hundredths of a core.
    fn idle(&self) -> f64 {
        self.says(IDLE)
    }

    /// Milliseconds from the start of the process to the call of what waited for it.
    async fn first_call(&mut self) -> f64 {
        self.salon.copy(1, true).await;
        let begun = milliseconds(now());
        self.says(FIRST_CALL) - begun
    }

    fn says(&self, what: &str) -> f64 {
        let program = std::env::current_exe().expect("this program");
        let said = std::process::Command::new(program).args([what, &self.url]).output().expect("it runs");
        String::from_utf8_lossy(&said.stdout).trim().parse().expect("a number")
    }
}

/// Is a worker on a database, and prints what that took.
pub async fn say(what: &str, url: &str) {
    let store = Store::connect(url).await.expect("a database");
    let at_once = Arc::new(AtOnce::default());
    let engine = engine(store, at_once.clone(), IN_FLIGHT);
    if what == MEMORY {
        while worker::turn(&engine, "memory").await.expect("the database answers") {}
        println!("{}", cost::memory());
        return;
    }
    if what == IDLE {
        // As what recurs at every account stands on its list.
        let in_an_hour = engine.ambient.now() + SignedDuration::from_hours(1);
        for subject in [Marked::EventTypes, Marked::Changes, Marked::Bookings, Marked::Retention] {
            let due = Due { at: in_an_hour, priority: Priority::Check };
            engine.store.mark_everywhere(subject, due).await.expect("the database answers");
        }
    }
    at_once.keep(true);
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run(engine.clone(), what.to_owned(), stop.clone()));
    if what == FIRST_CALL {
        let called = loop {
            match at_once.first() {
                Some(called) => break called,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        println!("{}", milliseconds(now()) - called.elapsed().as_secs_f64() * 1000.0);
    } else {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let cost = Cost::of(&connect(url).await).await;
        let spent = cost.cpu();
        tokio::time::sleep(WATCHED).await;
        println!("{}", 100.0 * cost.cpu().saturating_sub(spent).div_duration_f64(WATCHED));
    }
    // So that nobody has to wait for the end of its leases.
    stop.cancel();
    worker.await.expect("the worker ends");
}

/// Since 1970, with fractions.
fn milliseconds(at: Timestamp) -> f64 {
    at.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64() * 1000.0
}

/// The simulator as a server on a port of its own; its address.
async fn serve(sim: Sim) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, calcom_sim::server(sim)).await });
    format!("http://{address}")
}

#[expect(clippy::disallowed_methods, reason = "the simulator's clock is the machine's")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
