//! The worker: leases the lanes that have something to do and works them, each on its own.
//!
//! It is woken by a signal, by the next due time, and by a steady look at the database, which is how other
//! processes (commands, other workers) hand work over.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Engine, Error};

/// How often the database is looked at without any signal.
const LOOK: Duration = Duration::from_millis(500);
/// After an error of the database.
const CALM_DOWN: Duration = Duration::from_secs(2);
/// Lanes that are leased in one go.
const LANES: u64 = 16;
/// Lanes that one worker holds at most.
const HELD: usize = 64;

/// Works until `stop` is cancelled; then what is in hand is finished and the lanes are given up.
pub async fn run(engine: Engine, owner: String, stop: CancellationToken) {
    let mut lanes = JoinSet::new();
    loop {
        let wait = if lanes.len() >= HELD {
            LOOK
        } else {
            match claim(&engine, &owner, &mut lanes).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(target: "einklang::sync", %error, "work cannot be claimed");
                    CALM_DOWN
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = engine.signals.work() => {}
            () = tokio::time::sleep(wait) => {}
            // A lane that was given up may have got new work in that moment.
            Some(_) = lanes.join_next() => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

/// Leases what is due and starts to work it; returns how long to wait at most.
async fn claim(engine: &Engine, owner: &str, lanes: &mut JoinSet<()>) -> Result<Duration, Error> {
    let now = engine.ambient.now();
    let claimed = engine.store.claim_lanes(owner, now, engine.settings.lease, LANES).await?;
    for (lease, pace) in claimed {
        let engine = engine.clone();
        lanes.spawn(async move { crate::lane::work(&engine, lease, pace).await });
    }
    let next = engine.store.next_due().await?;
    Ok(next.map_or(LOOK, |at| until(at, now).min(LOOK)))
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default().max(Duration::from_millis(10))
}

/// Works everything that is due at this moment, and returns when nothing is left that could be done now:
/// the worker of tests and simulations, which move the clock themselves. Returns whether there was any work.
///
/// # Errors
/// If the database fails.
pub async fn turn(engine: &Engine, owner: &str) -> Result<bool, Error> {
    turn_of(engine, owner, LANES).await
}

/// A turn in which at most so many lanes are leased.
///
/// # Errors
/// If the database fails.
pub async fn turn_of(engine: &Engine, owner: &str, lanes: u64) -> Result<bool, Error> {
    let now = engine.ambient.now();
    let claimed = engine.store.claim_lanes(owner, now, engine.settings.lease, lanes).await?;
    let any = !claimed.is_empty();
    let lanes = claimed.into_iter().map(|(lease, pace)| crate::lane::work(engine, lease, pace));
    futures::future::join_all(lanes).await;
    Ok(any)
}
