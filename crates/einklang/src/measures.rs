//! What this process measures: the recorder, what each measure means, and the listener that shows them.

use anyhow::Context;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::server;

/// From a few milliseconds, which a page takes, to the minutes that a change waits during an outage.
const BUCKETS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0];

/// From the second that a webhook takes to the hours until a verification finds what no webhook told of.
const DETECTION: [f64; 12] =
    [0.25, 1.0, 5.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21_600.0, 86_400.0];

/// How often what was measured is put in order.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);

/// Starts to measure. Once per process.
pub fn start() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .and_then(|it| {
            it.set_buckets_for_metric(Matcher::Full("einklang_detection_seconds".to_owned()), &DETECTION)
        })
        .and_then(PrometheusBuilder::install_recorder)
        .context("the measures of this process cannot be kept")?;
    describe();
    // Samples are put into their buckets, also where nobody reads them.
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    metrics::gauge!("einklang_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

fn describe() {
    describe_gauge!("einklang_build_info", "The version that runs.");
    describe_counter!(
        "einklang_sync_operations_total",
        "Calls to Cal.com that change something, by outcome."
    );
    describe_histogram!("einklang_sync_call_duration_seconds", Unit::Seconds, "How long those calls took.");
    describe_histogram!(
        "einklang_sync_lag_seconds",
        Unit::Seconds,
        "From a change of an appointment here until Cal.com was seen to say the same."
    );
    describe_counter!(
        "einklang_sync_retries_total",
        "Calls to Cal.com and looks there that are to be made once more, by what came of them."
    );
    describe_histogram!(
        "einklang_detection_seconds",
        Unit::Seconds,
        "From a change at Cal.com until it was known here, by how."
    );
    describe_counter!("einklang_webhooks_total", "Webhooks of Cal.com, by verdict.");
    describe_counter!(
        "einklang_verification_items_total",
        "Bookings that were verified, by what was said of them."
    );
    describe_counter!("einklang_retention_rows_total", "Rows that went because they were old, by class.");
    describe_counter!("einklang_notifications_total", "Messages to people, by what became of them.");
    describe_counter!("einklang_phone_functions_total", "Functions that phone agents called, by status.");
    describe_counter!("einklang_phone_refused_total", "Calls of phone agents without our signature.");
    describe_counter!(
        "einklang_phone_codes_total",
        "One-time codes of callers, by whether they were sent and right."
    );
    describe_counter!("einklang_phone_reports_total", "Reports of calls of phone agents, by event.");
    describe_histogram!("einklang_http_request_duration_seconds", Unit::Seconds, "How long answers took.");
    describe_gauge!("einklang_database_up", "Whether the database answers.");
    describe_gauge!("einklang_appointments_unsynced", "Appointments that are not the same on both sides.");
    describe_gauge!("einklang_connections", "Cal.com accounts, by state.");
    describe_gauge!("einklang_reviews_open", "Questions that wait for a person.");
    describe_gauge!(
        "einklang_settled_within_30_days",
        "What was asked or found and is settled, by itself or by a person."
    );
    describe_gauge!("einklang_queue_items", "Work that is due.");
    describe_gauge!(
        "einklang_queue_oldest_age_seconds",
        Unit::Seconds,
        "How long the longest due of it has been."
    );
    describe_counter!(
        "einklang_work_errors_total",
        "Pieces of work that an error of our own kept from being done, by what they are about."
    );
    describe_gauge!("einklang_work_failing", "Work that such errors keep from being done, again and again.");
    describe_gauge!("einklang_webhooks_waiting", "Webhooks that wait to be processed.");
    describe_gauge!(
        "einklang_verification_finished_timestamp_seconds",
        Unit::Seconds,
        "When every active account had been verified last."
    );
}

/// The listener that shows the measures to whoever watches, if one is configured.
pub async fn listener(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.metrics_listen.as_ref().map(|setting| &setting.value) else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).with_context(|| format!("cannot listen on {address} (EINKLANG_METRICS_LISTEN)"))
}

/// Shows them there until `stop` is cancelled.
pub fn show(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    tokio::spawn(async move {
        if let Err(error) = server::serve(router, listener, stop).await {
            tracing::error!(%error, "the measures are shown no more");
        }
    });
}
