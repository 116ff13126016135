//! The real transport: HTTP over the network. The only place in the workspace that builds an HTTP client.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::transport::{Transport, TransportError};

/// The longest body that is read; the largest page of bookings is far below.
const LONGEST_BODY: usize = 32 * 1024 * 1024;

/// How long a call may take. Cal.com waits for its webhook subscribers before it answers a write, so the
/// total has to leave room for slow ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOuts {
    pub connect: Duration,
    /// From the first byte sent to the last byte read, the connection included.
    pub total: Duration,
}

impl Default for TimeOuts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(30) }
    }
}

/// HTTP with rustls, time-outs, connection reuse and without redirects: a redirect would carry the key to
/// another server, and would turn a POST into a GET.
#[derive(Debug, Clone)]
pub struct HttpTransport(reqwest::Client);

impl HttpTransport {
    /// Fails only if the system offers no TLS.
    pub fn new(time_outs: TimeOuts) -> Result<Self, TransportError> {
        Self::build(time_outs, |builder| builder)
    }

    /// One that connects only to addresses that are `welcome`: names are looked up here, and what they lead to is asked
    /// for, so that a name cannot lead elsewhere than it did when it was checked. An address that stands in a URL itself
    /// is looked up by nobody: whoever sends there has checked it.
    pub fn only_to(time_outs: TimeOuts, welcome: fn(&IpAddr) -> bool) -> Result<Self, TransportError> {
        // A proxy would look names up by itself.
        Self::build(time_outs, |builder| builder.no_proxy().dns_resolver(Arc::new(Welcome(welcome))))
    }

    fn build(
        time_outs: TimeOuts,
        more: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, TransportError> {
        #[expect(clippy::disallowed_methods, reason = "this is the one constructor")]
        let builder = more(reqwest::Client::builder());
        builder
            .user_agent(concat!("calcom-rs/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(time_outs.connect)
            .timeout(time_outs.total)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map(Self)
            .map_err(|error| not_sent(&error))
    }
}

/// Looks names up, and leaves out addresses that are not welcome.
struct Welcome(fn(&IpAddr) -> bool);

impl Resolve for Welcome {
    fn resolve(&self, name: Name) -> Resolving {
        let welcome = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<_> = found.filter(|address| welcome(&address.ip())).collect();
            if found.is_empty() {
                return Err("no address that is welcome".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|error| not_sent(&error))?;
        let mut answer = self.0.execute(request).await.map_err(|error| {
            if error.is_connect() || error.is_builder() { not_sent(&error) } else { ambiguous(&error) }
        })?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| ambiguous(&error))? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(TransportError::Ambiguous { message: "the answer is too long".to_owned() });
            }
            body.extend_from_slice(&chunk);
        }
        *response.body_mut() = body.freeze();
        Ok(response)
    }
}

fn not_sent(error: &reqwest::Error) -> TransportError {
    TransportError::NotSent { message: root(error) }
}

fn ambiguous(error: &reqwest::Error) -> TransportError {
    TransportError::Ambiguous { message: root(error) }
}

/// The innermost cause: the outer ones repeat the address, which may hold an e-mail address.
fn root(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = if error.is_timeout() { "time-out".to_owned() } else { String::new() };
    while let Some(inner) = cause {
        if inner.source().is_none() && text.is_empty() {
            text = inner.to_string();
        }
        cause = inner.source();
    }
    if text.is_empty() { "the request failed".to_owned() } else { text }
}
