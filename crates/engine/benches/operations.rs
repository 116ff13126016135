//! How much of what the machine allows the engine reaches: bookings made at a simulated Cal.com in the same
//! process, beside a ceiling that does only the unavoidable work (the same call, and two durable commits for
//! intent and outcome). Interleaved, so that both see the same machine; the ratio is what counts.
//!
//! `make bench`; PostgreSQL too if `TEST_POSTGRES_URL` names a server.

#[expect(dead_code, reason = "the simulation's world has more to it than is measured")]
#[path = "../tests/simulation/world.rs"]
mod world;

use std::time::{Duration, Instant};

use calcom_sim::{Guest, RateLimit};
use domain::BookingUid;
use domain::case::{Due, Priority};
use store::Subject;
use world::{Hours, KEY, World};

const OPERATIONS: i64 = 200;
const ROUNDS: usize = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        println!("{:<12} {:>12} {:>12} {:>7}", "database", "ceiling/s", "engine/s", "ratio");
        let folder = tempfile::tempdir().expect("a folder");
        measure("sqlite", |round| {
            let path = folder.path().join(format!("{round}.sqlite"));
            async move { format!("sqlite://{}", path.display()) }
        })
        .await;
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(server) => {
                measure("postgres", |round| {
                    let server = server.clone();
                    async move { world::empty_postgres(&server, &format!("bench_{round}")).await }
                })
                .await;
            }
            Err(_) => println!("postgres     not measured: TEST_POSTGRES_URL is not set"),
        }
    });
}

async fn measure<F: Future<Output = String>>(name: &str, database: impl Fn(usize) -> F) {
    let mut ceilings = Vec::new();
    let mut engines = Vec::new();
    for round in 0..ROUNDS {
        ceilings.push(ceiling(&World::on(&database(2 * round).await, 1).await).await);
        engines.push(engine(&World::on(&database(2 * round + 1).await, 1).await).await);
    }
    let (ceiling, engine) = (median(ceilings), median(engines));
    println!("{name:<12} {ceiling:>12.0} {engine:>12.0} {:>6.0} %", 100.0 * engine / ceiling);
}

/// Operations per second of the engine: `OPERATIONS` new appointments until each is read back as synced.
async fn engine(world: &World) -> f64 {
    world.sim.set_rate_limit(KEY, RateLimit::of(1_000_000));
    for hour in 0..OPERATIONS {
        world.book(Hours(24 + hour)).await.expect("the slot is free");
    }
    let time =
        timed(async { while engine::worker::turn(&world.engine, "bench").await.expect("works") {} }).await;
    assert_eq!(world.sim.bookings().len(), usize::try_from(OPERATIONS).expect("small"));
    per_second(time)
}

/// The same calls, each with two commits of one row.
async fn ceiling(world: &World) -> f64 {
    let time = timed(async {
        for hour in 0..OPERATIONS {
            world.commit(hour).await;
            let guest = Guest::new("Clara", &format!("c{hour}@client.example"));
            world.sim.book_as_guest(world.linked, world.at(Hours(24 + hour)), guest).await.expect("free");
            world.commit(hour).await;
        }
    })
    .await;
    per_second(time)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
async fn timed(work: impl Future<Output = ()>) -> Duration {
    let began = Instant::now();
    work.await;
    began.elapsed()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred operations")]
fn per_second(time: Duration) -> f64 {
    OPERATIONS as f64 / time.as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

impl World {
    /// One durable commit of one row.
    async fn commit(&self, number: i64) {
        let subject = Subject::Booking(BookingUid(number.to_string()));
        let due = Due { at: self.at(Hours(10_000)), priority: Priority::Check };
        self.engine.store.mark(self.company, self.connection, subject, due).await.expect("marked");
    }
}
