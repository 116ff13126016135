//! Log lines: to standard error, so that standard output stays for answers. What moves appointments logs
//! under the target `einklang::sync`, so `EINKLANG_LOG=warn,einklang::sync=debug` follows only that. And traces, if
//! somebody collects them.

#[cfg(feature = "otlp")]
mod traces;

use anyhow::Context;
use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::{Config, LogFormat};

/// Goes on until the process ends.
#[derive(Default)]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    traces: Option<traces::Traces>,
}

impl Telemetry {
    /// Sends what has not been sent yet.
    pub fn end(self) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = self.traces {
            traces.end();
        }
    }
}

/// Starts logging as configured, for a server, and tracing if a collector is named.
pub fn start(config: &Config) -> anyhow::Result<Telemetry> {
    let lines = lines(&config.log.value, config.log_format.value)?;
    #[cfg(feature = "otlp")]
    if let Some((traces, spans)) = traces::start()? {
        begun(tracing_subscriber::registry().with(lines).with(spans).try_init())?;
        return Ok(Telemetry { traces: Some(traces) });
    }
    begun(tracing_subscriber::registry().with(lines).try_init())?;
    Ok(Telemetry::default())
}

/// Starts logging for a command: only what went wrong, unless the configuration says more.
pub fn start_quietly(config: &Config) -> anyhow::Result<()> {
    let filter = if config.log.origin == crate::config::Origin::Default { "warn" } else { &config.log.value };
    begun(tracing_subscriber::registry().with(lines(filter, config.log_format.value)?).try_init())
}

fn begun<E: std::fmt::Display>(started: Result<(), E>) -> anyhow::Result<()> {
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}

fn lines(filter: &str, format: LogFormat) -> anyhow::Result<impl Layer<Registry>> {
    let filter = EnvFilter::try_new(filter).with_context(|| {
        format!("EINKLANG_LOG {filter:?} is not a filter such as info,einklang::sync=debug")
    })?;
    Ok(written(format).with_filter(filter))
}

fn written<S: Subscriber + for<'a> LookupSpan<'a>>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Pretty => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}
