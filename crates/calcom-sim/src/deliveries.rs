//! Sending webhooks: headers, signature, and the faults that strike on the way. One attempt, whatever the
//! subscriber answers, as the real server does it.

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::join_all;
use http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use secrecy::SecretString;

use crate::Sim;
use crate::distortions;
use crate::faults::Fault;
use crate::late::UnderWay;
use crate::model::webhooks::Outgoing;

/// A webhook as it reaches the subscriber.
#[derive(Debug, Clone)]
pub struct WebhookDelivery {
    pub trigger: String,
    pub url: String,
    pub headers: HeaderMap,
    /// Exactly what the signature covers.
    pub body: Bytes,
}

/// Where webhooks go.
#[async_trait]
pub trait WebhookSink: Send + Sync {
    /// Delivers one webhook. Answers the subscriber's HTTP status, or `None` when nobody was reached.
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16>;
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Delivered(u16),
    Unreachable,
    /// A fault swallowed it.
    Lost,
}

/// One line of the webhook log.
#[derive(Debug, Clone)]
pub struct WebhookRecord {
    pub delivery: WebhookDelivery,
    pub fate: Fate,
}

enum Step {
    Now(Outgoing),
    Later(Outgoing, SignedDuration),
    LastFirst(Vec<Outgoing>),
}

impl Sim {
    /// Sends what a call caused, in parallel, and waits for every subscriber, except for webhooks that a
    /// fault delays. A caller that hangs up meanwhile does not stop them.
    pub(crate) async fn send_webhooks(&self, outbox: Vec<Outgoing>) {
        if outbox.is_empty() {
            return;
        }
        let sim = self.clone();
        let sent = tokio::spawn(async move { sim.send_all(outbox).await }).await;
        resume_panic(sent);
    }

    async fn send_all(&self, outbox: Vec<Outgoing>) {
        let mut sending = Vec::new();
        for step in outbox.into_iter().flat_map(|outgoing| self.strike(outgoing)) {
            match step {
                Step::Later(outgoing, by) => self.keep_for_later(UnderWay::Webhook(outgoing), by),
                Step::Now(outgoing) => sending.push(self.deliver_in_order(vec![outgoing])),
                Step::LastFirst(held) => sending.push(self.deliver_in_order(held)),
            }
        }
        join_all(sending).await;
    }

    /// Sends the webhooks that [`Fault::ReorderWebhooks`] still holds back, last first.
    pub async fn release_webhooks(&self) {
        let held = std::mem::take(&mut self.state().held);
        self.deliver_in_order(held.into_iter().rev().collect()).await;
    }

    fn strike(&self, outgoing: Outgoing) -> Vec<Step> {
        let mut state = self.state();
        match state.faults.take_for_webhook(&outgoing.trigger) {
            Some((Fault::LoseWebhooks, _)) => {
                let delivery = delivery(&outgoing);
                state.webhooks.push(WebhookRecord { delivery, fate: Fate::Lost });
                Vec::new()
            }
            Some((Fault::DelayWebhooks { by }, _)) => vec![Step::Later(outgoing, by)],
            Some((Fault::DuplicateWebhooks, _)) => vec![Step::Now(outgoing.clone()), Step::Now(outgoing)],
            Some((Fault::RepeatWebhooks { by }, _)) => {
                vec![Step::Now(outgoing.clone()), Step::Later(outgoing, by)]
            }
            Some((Fault::ForgeWebhooks, _)) => {
                vec![Step::Now(distortions::forged(&outgoing)), Step::Now(outgoing)]
            }
            Some((Fault::BareWebhooks, _)) => vec![Step::Now(distortions::bare(outgoing))],
            Some((Fault::StrangeWebhooks, _)) => vec![Step::Now(distortions::strange(outgoing))],
            Some((Fault::ReorderWebhooks, left)) => {
                state.held.push(outgoing);
                if left > 0 {
                    return Vec::new();
                }
                vec![Step::LastFirst(std::mem::take(&mut state.held).into_iter().rev().collect())]
            }
            _ => vec![Step::Now(outgoing)],
        }
    }

    async fn deliver_in_order(&self, outgoing: Vec<Outgoing>) {
        for one in outgoing {
            self.deliver(one).await;
        }
    }

    /// One that no fault strikes any more.
    pub(crate) async fn deliver_late(&self, outgoing: Outgoing) {
        let sim = self.clone();
        let sent = tokio::spawn(async move { sim.deliver(outgoing).await }).await;
        resume_panic(sent);
    }

    async fn deliver(&self, outgoing: Outgoing) {
        let delivery = delivery(&outgoing);
        let sink = self.sink();
        let status = match &sink {
            Some(sink) => sink.deliver(delivery.clone()).await,
            None => None,
        };
        let fate = status.map_or(Fate::Unreachable, Fate::Delivered);
        self.state().webhooks.push(WebhookRecord { delivery, fate });
    }
}

/// A sink of a test that has failed its assertion has to be seen.
fn resume_panic(sent: Result<(), tokio::task::JoinError>) {
    if let Err(failure) = sent
        && failure.is_panic()
    {
        std::panic::resume_unwind(failure.into_panic());
    }
}

fn delivery(outgoing: &Outgoing) -> WebhookDelivery {
    let signature = match &outgoing.secret {
        Some(secret) => calcom::webhook::sign(&SecretString::from(secret.as_str()), outgoing.body.as_bytes()),
        None => "no-secret-provided".to_owned(),
    };
    let mut headers = HeaderMap::new();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("x-cal-webhook-version", HeaderValue::from_static("2021-10-20"));
    headers.insert(http::header::USER_AGENT, HeaderValue::from_static("node"));
    if let Ok(signature) = HeaderValue::from_str(&signature) {
        headers.insert("x-cal-signature-256", signature);
    }
    WebhookDelivery {
        trigger: outgoing.trigger.clone(),
        url: outgoing.url.clone(),
        headers,
        body: Bytes::from(outgoing.body.clone()),
    }
}
