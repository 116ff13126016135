//! What is under way and arrives later, by the simulator's clock: requests whose callers have given up, and
//! webhooks that are delayed. Nothing here waits; whatever comes first once the time is there (a call, a
//! person, [`Sim::arrive_due`]) lets it arrive.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Sim;
use crate::model::webhooks::Outgoing;

/// Something under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Late {
    pub(crate) due: Timestamp,
    pub(crate) what: UnderWay,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum UnderWay {
    Request(KeptRequest),
    Webhook(Outgoing),
}

/// A request in a form that can be written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptRequest {
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl KeptRequest {
    pub(crate) fn new(request: &Request<Bytes>) -> Self {
        let headers = request.headers().iter();
        Self {
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            headers: headers
                .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
                .collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        }
    }

    /// `None` for what was never a request; a snapshot that somebody has edited may hold that.
    fn request(self) -> Option<Request<Bytes>> {
        let builder = Request::builder().method(self.method.as_str()).uri(self.uri);
        let builder =
            self.headers.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        builder.body(Bytes::from(self.body)).ok()
    }
}

impl Sim {
    /// How many requests and webhooks are under way.
    pub fn under_way(&self) -> usize {
        self.state().late.len()
    }

    /// When the next of them arrives.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state().late.iter().map(|late| late.due).min()
    }

    /// Lets everything arrive that is due by now, in order. Every call and every action of a person begins
    /// with this.
    pub async fn arrive_due(&self) {
        self.arrive(self.now()).await;
    }

    /// Lets everything arrive that is under way, due or not.
    pub async fn arrive_all(&self) {
        self.arrive(Timestamp::MAX).await;
    }

    async fn arrive(&self, until: Timestamp) {
        while let Some(late) = self.take_next(until) {
            let at = late.due.min(self.now());
            match late.what {
                UnderWay::Webhook(outgoing) => self.deliver_late(outgoing).await,
                UnderWay::Request(kept) => {
                    let Some(request) = kept.request() else { continue };
                    let (_, outbox) = self.answer(&request, false, at);
                    self.send_webhooks(outbox).await;
                }
            }
        }
    }

    fn take_next(&self, until: Timestamp) -> Option<Late> {
        let late = &mut self.state().late;
        let (index, _) = late.iter().enumerate().min_by_key(|(index, late)| (late.due, *index))?;
        (late[index].due <= until).then(|| late.remove(index))
    }

    pub(crate) fn keep_for_later(&self, what: UnderWay, by: SignedDuration) {
        let due = self.now() + by;
        self.state().late.push(Late { due, what });
        self.wake_at(due);
    }

    /// After a restart nobody is waiting for what is under way.
    pub(crate) fn wake_for_what_is_late(&self) {
        let due: Vec<Timestamp> = self.state().late.iter().map(|late| late.due).collect();
        for due in due {
            self.wake_at(due);
        }
    }

    fn wake_at(&self, due: Timestamp) {
        if self.keeps_real_time()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let sim = self.clone();
            let wait = Duration::try_from(due.duration_since(self.now())).unwrap_or_default();
            runtime.spawn(async move {
                tokio::time::sleep(wait).await;
                sim.arrive_due().await;
            });
        }
    }
}
