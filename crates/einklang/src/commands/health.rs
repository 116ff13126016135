//! `einklang health`: asks the process of this configuration whether it can serve, for whoever has nothing else to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use calcom::{HttpTransport, TimeOuts, Transport as _};
use clap::Args;
use serde_json::Value;

use crate::installation::Installation;
use crate::outcome::Outcome;

/// How long a process that serves may take to say so.
const PATIENCE: TimeOuts = TimeOuts { connect: Duration::from_secs(2), total: Duration::from_secs(5) };

/// Ask the running process whether it can serve (`/readyz`); exit code 2 if not. Made for health checks of containers
///
/// It is asked where it shows its measures (`EINKLANG_METRICS_LISTEN`), else where it listens (`EINKLANG_LISTEN`).
#[derive(Debug, Args)]
pub struct Health {}

impl Health {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let Self {} = self;
        let listen = at.config.metrics_listen.as_ref().unwrap_or(&at.config.listen);
        let url = format!("http://{}/readyz", to_ask(&listen.value).await?);
        let request = http::Request::get(&url).body(Bytes::new()).context("no address to ask")?;
        let answer = HttpTransport::new(PATIENCE)?.send(request).await;
        let answer = answer.with_context(|| format!("nobody answers at {url}"))?;
        let ready = answer.status() == http::StatusCode::OK;
        let body: Value = serde_json::from_slice(answer.body())
            .with_context(|| format!("what answers at {url} is not einklang"))?;
        let reasons = body["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut text = if ready { "ready\n" } else { "not ready\n" }.to_owned();
        reasons.for_each(|reason| text.extend([reason, "\n"]));
        Ok(Outcome::new(body, text)?.found(!ready))
    }
}

/// Where a process is asked that listens there: one that listens everywhere, on this machine.
async fn to_ask(listen: &str) -> anyhow::Result<SocketAddr> {
    let found = tokio::net::lookup_host(listen).await.with_context(|| format!("{listen} is no address"))?;
    let mut address = found.into_iter().next().with_context(|| format!("{listen} is no address"))?;
    address.set_ip(match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    });
    Ok(address)
}
