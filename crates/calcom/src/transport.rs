//! One HTTP exchange with Cal.com, as a trait, so that a simulator can stand in for the network.

use async_trait::async_trait;
use bytes::Bytes;

/// Sends one request and returns whatever the other side answered, error statuses and redirects included.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` once. An implementation must not repeat it, unless it surely was never sent.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;
}

/// Why there is no answer. What counts is whether the request may have had its effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection: the request surely had no effect.
    #[error("not sent: {message}")]
    NotSent { message: String },
    /// Time-out, or the connection was lost after sending: the request may have had its effect.
    #[error("sent, answer lost: {message}")]
    Ambiguous { message: String },
}
