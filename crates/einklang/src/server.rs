//! A running Einklang: the HTTP side and the worker, and how both end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use engine::Engine;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use web::playground::Playground;
use web::state::{AppState, WebSettings};

/// How long requests in hand may take after the signal.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How long calls to Cal.com that are under way may take after that. What is cut off is looked for by the
/// lane's next holder.
const LAST_CALLS: Duration = Duration::from_secs(35);

/// Everything that answers HTTP, on this engine; with a playground in the demo.
pub fn router(
    engine: &Engine,
    metrics: Option<PrometheusHandle>,
    playground: Option<Arc<dyn Playground>>,
    stop: &CancellationToken,
) -> Router {
    let public_url = engine.settings.public_url.clone();
    let secure_cookies = public_url.starts_with("https://");
    let settings = Arc::new(WebSettings { public_url, secure_cookies, ..WebSettings::default() });
    web::app(AppState { engine: engine.clone(), metrics, settings, playground }, stop.clone())
}

/// Starts to measure. Once per process.
pub fn measure() -> anyhow::Result<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().context("the measures of this process cannot be kept")
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

/// Answers requests and works with Cal.com until `stop` is cancelled, and then ends both in order.
pub async fn run(
    engine: Engine,
    router: Router,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let worker = tokio::spawn(engine::worker::run(engine.clone(), owner(&engine), stop.clone()));
    serve(router, listener, stop.clone()).await?;
    // The web side may also end because it failed.
    stop.cancel();
    if tokio::time::timeout(LAST_CALLS, worker).await.is_err() {
        tracing::warn!("work was cut off; it is looked at again");
    }
    tracing::info!("stopped");
    Ok(())
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

/// Who holds a lane: this process, told apart from all others.
fn owner(engine: &Engine) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}/{}/{}", host.trim(), std::process::id(), engine.ambient.id().simple())
}
