//! Webhooks over the network.

use std::sync::Arc;

use async_trait::async_trait;
use calcom::Transport;
use http::Request;

use crate::deliveries::{WebhookDelivery, WebhookSink};

/// Posts webhooks through a transport, as `calcom::HttpTransport` is one.
pub struct HttpSink {
    transport: Arc<dyn Transport>,
}

impl HttpSink {
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }
}

#[async_trait]
impl WebhookSink for HttpSink {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let mut request = Request::post(&delivery.url).body(delivery.body).ok()?;
        *request.headers_mut() = delivery.headers;
        let response = self.transport.send(request).await.ok()?;
        Some(response.status().as_u16())
    }
}
