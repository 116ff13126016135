//! A command that waits for something works on what is due itself: nobody else may be there to do so.

use std::time::Duration;

use engine::Engine;
use engine::worker::{self, Errand};
use tokio_util::sync::CancellationToken;

/// Before it is looked again whether anything is due, or whether what is waited for has come.
pub const LOOK: Duration = Duration::from_millis(100);

/// Works on what is due, beside whoever does so too, until `until` is ready. Calls that are under way then are finished,
/// and the lanes are given up.
pub async fn beside<T>(
    engine: &Engine,
    errand: Errand,
    until: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let (stop, owner) = (CancellationToken::new(), format!("command-{}", engine.ambient.token()));
    let work = async {
        while !stop.is_cancelled() {
            Box::pin(worker::turn_until(engine, &owner, errand, worker::LANES, &stop)).await?;
            tokio::time::sleep(LOOK).await;
        }
        anyhow::Ok(())
    };
    let until = async {
        let done = until.await;
        stop.cancel();
        Ok(done)
    };
    tokio::try_join!(until, work)?.0
}
