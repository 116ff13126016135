//! The worker: leases the lanes that have something to do and works them, each on its own.
//!
//! It is woken by a signal of this process or another one, by the next due time, and by a steady look at the
//! database, in case a signal was lost.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use crate::lane::Errand;
use crate::{Engine, Error};

/// How often the database is looked at without any signal: by one statement, so that idle workers cost it
/// next to nothing.
const LOOK: Duration = Duration::from_secs(1);
/// After an error of the database.
const CALM_DOWN: Duration = Duration::from_secs(1);
/// Before a lane that is due but was just being taken by somebody else is looked at again.
const SOON: Duration = Duration::from_millis(10);
/// Lanes that are leased in one go.
pub const LANES: u64 = 16;
/// Lanes that one worker holds at most.
const HELD: usize = 64;

/// Works until `stop` is cancelled. Then nothing more is begun, what is in hand is finished, and the lanes
/// are given up. Whoever cannot wait for the end of it drops the future and calls [`give_up`].
pub async fn run(engine: Engine, owner: String, stop: CancellationToken) {
    engine.signals.worked_here(true);
    if let Err(error) = engine.begin_rounds().await {
        tracing::error!(target: "einklang::sync", %error, "what recurs cannot be put on the lists");
    }
    let mut lanes = JoinSet::new();
    let mut woken = true;
    while !stop.is_cancelled() {
        let wait = if lanes.len() >= HELD {
            LOOK
        } else {
            seek(&engine, &owner, &mut lanes, &stop, woken).await.unwrap_or_else(|error| {
                tracing::error!(target: "einklang::sync", %error, "work cannot be claimed");
                CALM_DOWN
            })
        };
        woken = tokio::select! {
            () = stop.cancelled() => break,
            () = engine.signals.work() => true,
            // A lane that was given up may have got new work in that moment.
            Some(_) = lanes.join_next() => true,
            () = tokio::time::sleep(wait) => false,
        };
    }
    while lanes.join_next().await.is_some() {}
    engine.signals.worked_here(false);
}

/// Gives up every lane that `owner` holds still, so that others take them over at once.
///
/// # Errors
/// If the database fails; then the lanes are free when their leases end.
pub async fn give_up(engine: &Engine, owner: &str) -> Result<u64, Error> {
    Ok(engine.store.release_lanes_of(owner, engine.ambient.now()).await?)
}

/// Leases what is due and starts to work it; returns how long to wait at most. Without a wake-up call it
/// asks first whether anything is due, which is cheaper.
async fn seek(
    engine: &Engine,
    owner: &str,
    lanes: &mut JoinSet<()>,
    stop: &CancellationToken,
    woken: bool,
) -> Result<Duration, Error> {
    let now = engine.ambient.now();
    if !woken && let Some(wait) = pause(engine, now).await? {
        return Ok(wait);
    }
    for (lease, pace) in engine.store.claim_lanes(owner, now, engine.settings.lease, LANES).await? {
        let (engine, stop) = (engine.clone(), stop.clone());
        lanes.spawn(async move { crate::lane::work(&engine, lease, pace, &stop, Errand::Lingering).await });
    }
    Ok(pause(engine, now).await?.unwrap_or(SOON))
}

/// How long nothing is due, at most until the next look; `None` if something is due at `now`.
async fn pause(engine: &Engine, now: Timestamp) -> Result<Option<Duration>, Error> {
    let Some(next) = engine.store.next_due().await? else { return Ok(Some(LOOK)) };
    let wait = Duration::try_from(next.duration_since(now)).unwrap_or_default();
    Ok((!wait.is_zero()).then(|| wait.clamp(SOON, LOOK)))
}

/// Works everything that is due at this moment, and returns when nothing is left that could be done now:
/// the worker of tests and simulations, which move the clock themselves. Returns whether there was any work.
///
/// # Errors
/// If the database fails.
pub async fn turn(engine: &Engine, owner: &str) -> Result<bool, Error> {
    turn_until(engine, owner, Errand::Everything, LANES, &CancellationToken::new()).await
}

/// A turn for an errand in which at most so many lanes are leased, and nothing more is begun once `stop` is cancelled: what is in hand
/// is finished, and the lanes are given up.
///
/// # Errors
/// If the database fails.
pub async fn turn_until(
    engine: &Engine,
    owner: &str,
    errand: Errand,
    lanes: u64,
    stop: &CancellationToken,
) -> Result<bool, Error> {
    let now = engine.ambient.now();
    let claimed = engine.store.claim_lanes(owner, now, engine.settings.lease, lanes).await?;
    let any = !claimed.is_empty();
    let lanes = claimed.into_iter().map(|(lease, pace)| crate::lane::work(engine, lease, pace, stop, errand));
    futures::future::join_all(lanes).await;
    Ok(any)
}
