//! A running Einklang: the HTTP side and the worker, and how both end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use engine::Engine;
use engine::notices::{Ears, carry};
use engine::notifications::mail::Mailer;
use engine::notifications::{self, Post};
use engine::retention;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use web::playground::Playground;
use web::state::{AppState, WebSettings};

use crate::alive::Alive;

/// How long requests in hand may take after the signal.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How long calls to Cal.com that are under way may take after the signal: as long as a call can, and a moment
/// to write its outcome down. What is cut off is looked for by the lane's next holder.
const LAST_CALLS: Duration = Duration::from_secs(33);
/// How long giving up what was cut off may take, should the database not answer.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Everything that answers HTTP, on this engine; with a way to mailboxes if there is one, with a playground in the demo.
pub fn router(
    engine: &Engine,
    metrics: Option<PrometheusHandle>,
    mailer: Option<Mailer>,
    playground: Option<Arc<dyn Playground>>,
    stop: &CancellationToken,
) -> Router {
    web::app(state(engine, metrics, mailer, playground), stop.clone())
}

/// What watches over a process: whether it lives, whether it can serve, its measures.
pub fn watch(engine: &Engine, metrics: PrometheusHandle) -> Router {
    web::health::alone(state(engine, Some(metrics), None, None))
}

fn state(
    engine: &Engine,
    metrics: Option<PrometheusHandle>,
    mailer: Option<Mailer>,
    playground: Option<Arc<dyn Playground>>,
) -> AppState {
    let public_url = engine.settings.public_url.clone();
    let secure_cookies = public_url.starts_with("https://");
    let phone_patience = engine.settings.phone_patience;
    let settings = Arc::new(WebSettings { public_url, secure_cookies, phone_patience });
    AppState { engine: engine.clone(), metrics, settings, mailer, playground }
}

/// Cancels `stop` on SIGTERM or SIGINT; ends the process on the second one.
pub fn stop_on_signals(stop: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be watched")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be watched")?;
    tokio::spawn(async move {
        for last in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if last {
                std::process::exit(1);
            }
            tracing::info!("stopping");
            stop.cancel();
        }
    });
    Ok(())
}

/// Answers requests until `stop` is cancelled, and works with Cal.com and tells people meanwhile if `worker` says where
/// workers show that they live, and how messages leave the house; then ends both in order.
pub async fn run(
    engine: &Engine,
    router: Router,
    listener: TcpListener,
    worker: Option<(&Path, &Post)>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let serving = async {
        let served = serve(router, listener, stop.clone()).await;
        // It may also end because it failed.
        stop.cancel();
        served
    };
    let working = async {
        match worker {
            Some((folder, post)) => work_and_listen(engine, post, owner(engine), folder, true, &stop).await,
            None => carry(engine, Ears { work: false, changes: true }, &stop).await,
        }
    };
    let (served, ()) = tokio::join!(serving, working);
    served
}

/// Works with Cal.com and tells people until `stop` is cancelled; `folder` is where workers show that they live.
pub async fn work(engine: &Engine, post: &Post, owner: String, folder: &Path, stop: CancellationToken) {
    work_and_listen(engine, post, owner, folder, false, &stop).await;
}

async fn work_and_listen(
    engine: &Engine,
    post: &Post,
    owner: String,
    folder: &Path,
    serves: bool,
    stop: &CancellationToken,
) {
    let alive = Alive::show(folder, &owner).inspect_err(|error| {
        tracing::info!(%error, folder = %folder.display(), "this worker cannot show that it lives: if it dies, its lanes are free when their leases end");
    });
    let watching = async {
        if let Ok(alive) = &alive {
            alive.watch_over(engine, stop).await;
        }
    };
    let working = async {
        let worker = tokio::spawn(engine::worker::run(engine.clone(), owner.clone(), stop.clone()));
        let hurry = worker.abort_handle();
        let deadline = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_CALLS).await;
        };
        tokio::select! {
            _ = worker => {}
            () = deadline => {
                hurry.abort();
                tracing::warn!(target: "einklang::sync", "calls were cut off; another worker looks what became of them");
            }
        }
        let given_up = engine::worker::give_up(engine, &owner);
        if !matches!(tokio::time::timeout(LAST_WORDS, given_up).await, Ok(Ok(_))) {
            tracing::warn!(target: "einklang::sync", "lanes could not be given up; they are free when their leases end");
        }
    };
    let carrying = carry(engine, Ears { work: true, changes: serves }, stop);
    // A message that is cut off is sent once more, as after a crash.
    let telling = within(LAST_CALLS, stop, notifications::run(engine, post, stop));
    tokio::join!(working, watching, carrying, telling, retention::run(engine, stop));
}

/// Answers requests until `stop` is cancelled.
pub async fn serve(router: Router, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let stopped = stop.clone();
    // The brake on guessing passwords counts by address.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(async move { stopped.cancelled().await });
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    tokio::select! {
        served = serving.into_future() => served.context("the server failed"),
        () = deadline => Ok(()),
    }
}

/// Does something to its end, but gives it no longer than `wait` once `stop` is cancelled.
async fn within(wait: Duration, stop: &CancellationToken, task: impl Future<Output = ()>) {
    tokio::select! {
        () = task => {}
        () = async {
            stop.cancelled().await;
            tokio::time::sleep(wait).await;
        } => {}
    }
}

/// Who holds a lane: this process, told apart from all others. Fit for a file's name.
pub fn owner(engine: &Engine) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}.{}.{}", host.trim(), std::process::id(), engine.ambient.id().simple())
}
