//! How long callers on the phone wait for us while fifty calls are under way in a company with many appointments: whole
//! requests, from the signed body to the last byte of the answer. Cal.com answers at once here, so what is measured is
//! our own time. Beside each figure stands how long it may take.
//!
//! Calls ask at the same instant, which is the worst there is, and spread over a second. What the same database needs
//! at least, to read a row and to commit a change, is measured in between and in the same way; the ratio carries over to
//! another machine.
//!
//! `make bench` (`ONLY=phone` for this alone); PostgreSQL too if `TEST_POSTGRES_URL` names a server.

#[path = "../../../engine/benches/operations/calcom.rs"]
#[expect(dead_code, reason = "the engine's bench uses the rest")]
mod calcom_at_once;
mod callers;
#[path = "../../../engine/benches/operations/ceiling.rs"]
#[expect(dead_code, reason = "the engine's bench uses the rest")]
mod ceiling;
mod free;
#[path = "../../../engine/benches/operations/salon.rs"]
#[expect(dead_code, reason = "the engine's bench uses the rest")]
mod salon;
#[path = "../../../engine/benches/operations/table.rs"]
mod table;

use std::time::{Duration, Instant};

use futures::future::join_all;
use jiff::Timestamp;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;

use crate::callers::{Callers, Staffed};
use crate::ceiling::Ceiling;
use crate::salon::database;
use crate::table::{Table, percentile};

/// Calls that are under way.
pub const CALLS: usize = 50;
/// How often each of them asks for the same.
const ROUNDS: usize = 10;
/// What a caller may wait for us, in milliseconds: for an answer, for a booking; and while it rings.
const READ: f64 = 50.0;
const BOOKED: f64 = 150.0;
const RINGING: f64 = 500.0;

/// How the calls of a round follow each other.
#[derive(Clone, Copy)]
enum Pace {
    AtOnce,
    WithinASecond,
}

impl Pace {
    fn wait(self, number: usize) -> Duration {
        match self {
            Self::AtOnce => Duration::ZERO,
            Self::WithinASecond => Duration::from_secs(1) * u32::try_from(number).expect("few") / 50,
        }
    }
}

fn main() {
    let errors = tracing_subscriber::filter::LevelFilter::ERROR;
    tracing_subscriber::fmt().with_max_level(errors).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut table = Table::default();
        let folder = tempfile::tempdir().expect("a folder");
        let mut databases = vec![("SQLite", format!("sqlite://{}/bench", folder.path().display()))];
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(server) => databases.push(("PostgreSQL", server)),
            Err(_) => println!("PostgreSQL is not measured: TEST_POSTGRES_URL is not set"),
        }
        for (name, place) in databases {
            for (pace, how) in [(Pace::AtOnce, "at once"), (Pace::WithinASecond, "in a second")] {
                eprintln!("{name}: {CALLS} calls {how}");
                let url = database(&place, "phone").await;
                measure(&format!("{name}, {CALLS} {how}"), &url, pace, &mut table).await;
            }
        }
        table.print();
        std::fs::write("../../bench-phone.json", table.json()).expect("bench-phone.json is written");
    });
}

async fn measure(name: &str, url: &str, pace: Pace, table: &mut Table) {
    let callers = Callers::open(url).await;
    let least = Least::open(url).await;
    let (mut reads, mut commits, mut ringing) = (Vec::new(), Vec::new(), Vec::new());
    let (mut known, mut found, mut free) = (Vec::new(), Vec::new(), Vec::new());
    let (mut alone, mut accepted) = (Vec::new(), Vec::new());
    // The connections of a server that has been running are open.
    all(Pace::AtOnce, (0..CALLS).map(|number| callers.inbound(number)).collect()).await;
    for round in 0..ROUNDS {
        reads.extend(together(pace, |_| least.read()).await);
        commits.extend(together(pace, |number| least.commit(number)).await);
        ringing.extend(together(pace, |number| callers.inbound(number)).await);
        let ask = |name: &'static str, args: &dyn Fn(usize) -> serde_json::Value| {
            let asked: Vec<_> =
                (0..CALLS).map(|number| callers.ask(round, number, name, &args(number))).collect();
            asked
        };
        known.extend(all(pace, ask("identify_customer", &|_| json!({}))).await);
        // What is offered is held for minutes: each day has to do for the callers of one round.
        let when = |number: usize| callers.day(30 + 10 * round + number % 10);
        let wanted =
            |number| json!({ "service": "Waschen", "date": when(number), "time_preference": "nachmittags" });
        free.extend(all(pace, ask("check_availability", &wanted)).await);
        alone.extend(
            all(pace, ask("book_appointment", &|number| callers.wish(Staffed::Alone, round, number))).await,
        );
        found.extend(all(pace, ask("find_appointments", &|_| json!({}))).await);
        let with_calcom = |number| callers.wish(Staffed::AtCalcom, round, number);
        accepted.extend(all(pace, ask("book_appointment", &with_calcom)).await);
    }
    callers.end().await;
    for (called, times, most) in [
        ("identify_customer", &known, READ),
        ("find_appointments", &found, READ),
        ("check_availability", &free, READ),
        ("book_appointment, not at Cal.com", &alone, BOOKED),
        ("book_appointment, until Cal.com's word", &accepted, BOOKED),
        ("inbound webhook", &ringing, RINGING),
    ] {
        for percent in [50, 99] {
            table.add(&format!("{name}: {called}, p{percent}"), percentile(times, percent), Some(most), "ms");
        }
    }
    for (called, times) in [("least to read a row", &reads), ("least to commit a change", &commits)] {
        for percent in [50, 99] {
            table.add(&format!("{name}: {called}, p{percent}"), percentile(times, percent), None, "ms");
        }
    }
    for (called, times, least) in [
        ("find_appointments to the least read", &found, &reads),
        ("check_availability to the least commit", &free, &commits),
        ("book_appointment to the least commit", &alone, &commits),
    ] {
        table.add(
            &format!("{name}: {called}, p50"),
            percentile(times, 50) / percentile(least, 50),
            None,
            "x",
        );
    }
}

/// So many at a pace; the milliseconds that each takes from its moment on.
async fn together<F: Future<Output = ()>>(pace: Pace, one: impl Fn(usize) -> F) -> Vec<f64> {
    all(pace, (0..CALLS).map(one).collect()).await
}

async fn all<F: Future<Output = ()>>(pace: Pace, asked: Vec<F>) -> Vec<f64> {
    let begun = begin();
    let timed = asked.into_iter().enumerate().map(async |(number, one)| {
        let wait = pace.wait(number);
        tokio::time::sleep(wait).await;
        one.await;
        (begun.elapsed().saturating_sub(wait)).as_secs_f64() * 1000.0
    });
    join_all(timed).await
}

/// What the same database needs for the least that there is to do.
struct Least {
    database: DatabaseConnection,
    ceiling: Ceiling,
}

impl Least {
    async fn open(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(16).test_before_acquire(false).sqlx_logging(false);
        let database = Database::connect(options).await.expect("the database answers");
        Self { database, ceiling: Ceiling::open(url).await }
    }

    async fn read(&self) {
        let backend = self.database.get_database_backend();
        let statement = Statement::from_string(backend, "SELECT value FROM ceiling_rows WHERE id = 7");
        self.database.query_one_raw(statement).await.expect("an answer").expect("a row");
    }

    async fn commit(&self, number: usize) {
        self.ceiling.change(u64::try_from(number).expect("few")).await;
    }
}

/// How many of them in a second.
#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds")]
pub fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
fn begin() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the simulator's clock is the machine's")]
fn now() -> Timestamp {
    Timestamp::now()
}
