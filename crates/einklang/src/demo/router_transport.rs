//! HTTP into a router of this process, without a socket: how the phone rings before the demo listens.

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use tower::ServiceExt;

/// Answers are short ones of our own.
const LONGEST_BODY: usize = 1024 * 1024;

pub struct RouterTransport(pub Router);

#[async_trait]
impl Transport for RouterTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let lost = |message: String| TransportError::Ambiguous { message };
        let answered = self.0.clone().oneshot(request.map(Body::from)).await;
        let (head, body) = answered.map_err(|never| match never {})?.into_parts();
        let body = axum::body::to_bytes(body, LONGEST_BODY).await.map_err(|error| lost(error.to_string()))?;
        Ok(http::Response::from_parts(head, body))
    }
}
