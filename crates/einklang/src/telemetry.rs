//! Log lines: to standard error, so that standard output stays for answers. What moves appointments logs
//! under the target `einklang::sync`, so `EINKLANG_LOG=warn,einklang::sync=debug` follows only that.

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Config, LogFormat};

/// Starts logging as configured, for a server.
pub fn start(config: &Config) -> anyhow::Result<()> {
    start_with(&config.log.value, config.log_format.value)
}

/// Starts logging for a command: only what went wrong, unless the configuration says more.
pub fn start_quietly(config: &Config) -> anyhow::Result<()> {
    let filter = if config.log.origin == crate::config::Origin::Default { "warn" } else { &config.log.value };
    start_with(filter, config.log_format.value)
}

fn start_with(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| {
        format!("EINKLANG_LOG {filter:?} is not a filter such as info,einklang::sync=debug")
    })?;
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Pretty => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}
