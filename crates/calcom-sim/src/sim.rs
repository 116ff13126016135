//! The simulator's handle: one call in, one answer out, with webhooks and faults in between. It owns the
//! lock; nothing is awaited while it is held.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::deliveries::{WebhookRecord, WebhookSink};
use crate::distortions;
use crate::faults::{CallMatch, Fault, FaultPlan, Ordered};
use crate::late::{KeptRequest, Late, UnderWay};
use crate::limits::RateLimit;
use crate::model::webhooks::Outgoing;
use crate::model::{Model, Settings};
use crate::routes;

/// The simulator's clock.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What `POST /v2/bookings/{uid}/reassign` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Reassignment {
    /// The booking moves to the other host in place, as on hosted Cal.com.
    #[default]
    InPlace,
    /// 200, and nothing changes, as in the community edition of July 2026.
    Ignored,
}

/// How a simulator is set up.
#[derive(Clone)]
pub struct Options {
    pub now: Now,
    /// Every uid comes from it.
    pub seed: u64,
    /// For keys that have no limit of their own, and for callers without a key.
    pub rate_limit: RateLimit,
    pub reassignment: Reassignment,
    /// Where the web app would be, as named in answers and webhooks.
    pub web_url: String,
}

impl Options {
    pub fn new(now: Now, seed: u64) -> Self {
        Self {
            now,
            seed,
            rate_limit: RateLimit::DEFAULT,
            reassignment: Reassignment::default(),
            web_url: "http://localhost:3000".to_owned(),
        }
    }
}

/// One line of the request log. `status` is what the server answered, also when the answer was lost;
/// `None` means that the request had no effect because it did not arrive. One that arrives late has a second
/// line then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    pub at: Timestamp,
    pub method: Method,
    pub path: String,
    pub status: Option<StatusCode>,
}

/// How a call ended on the wire.
#[derive(Debug)]
pub enum Exchange {
    Answered(Response<Bytes>),
    /// No connection: certainly no effect.
    NotConnected,
    /// The request was lost, without effect; the caller cannot tell it from [`Exchange::AnswerLost`].
    RequestLost,
    /// The request took effect, or will, and the answer was lost.
    AnswerLost,
}

/// A Cal.com to talk to. Clones share the same world.
#[derive(Clone)]
pub struct Sim {
    shared: Arc<Shared>,
}

struct Shared {
    now: Now,
    state: Mutex<State>,
    sink: Mutex<Option<Arc<dyn WebhookSink>>>,
    real_time: AtomicBool,
}

pub(crate) struct State {
    pub(crate) model: Model,
    pub(crate) faults: FaultPlan,
    pub(crate) requests: Vec<RequestRecord>,
    pub(crate) webhooks: Vec<WebhookRecord>,
    pub(crate) held: Vec<Outgoing>,
    pub(crate) late: Vec<Late>,
}

impl Sim {
    pub fn new(options: Options) -> Self {
        let settings = Settings {
            web_url: options.web_url,
            rate_limit: options.rate_limit,
            reassignment: options.reassignment,
        };
        let state = State {
            model: Model::new(options.seed, settings),
            faults: FaultPlan::default(),
            requests: Vec::new(),
            webhooks: Vec::new(),
            held: Vec::new(),
            late: Vec::new(),
        };
        let shared = Shared {
            now: options.now,
            state: Mutex::new(state),
            sink: Mutex::new(None),
            real_time: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    pub fn set_webhook_sink(&self, sink: Arc<dyn WebhookSink>) {
        *self.shared.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }

    /// Answers one request as the server would. Webhooks are delivered before it returns. Faults of the
    /// network become 503 (not connected, request lost) or 504 (answer lost).
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let path = path_of(&request);
        let gateway = |status| routes::plain_error(status, &path, self.now());
        match self.exchange(request).await {
            Exchange::Answered(response) => response,
            Exchange::NotConnected | Exchange::RequestLost => gateway(StatusCode::SERVICE_UNAVAILABLE),
            Exchange::AnswerLost => gateway(StatusCode::GATEWAY_TIMEOUT),
        }
    }

    /// Like [`Sim::handle`], telling the faults of the network apart.
    pub async fn exchange(&self, request: Request<Bytes>) -> Exchange {
        self.arrive_due().await;
        let now = self.now();
        let path = path_of(&request);
        let server_error = || routes::plain_error(StatusCode::INTERNAL_SERVER_ERROR, &path, now);
        let fault = self.state().faults.take_for_call(request.method(), request.uri().path(), now);
        let without_effect = match fault {
            Some(Fault::DropRequest) => Some(Exchange::RequestLost),
            Some(Fault::Down | Fault::DownUntil(_)) => Some(Exchange::NotConnected),
            Some(Fault::AppliedLate { by }) => {
                self.keep_for_later(UnderWay::Request(KeptRequest::new(&request)), by);
                Some(Exchange::AnswerLost)
            }
            Some(Fault::ServerErrorBefore) => Some(Exchange::Answered(server_error())),
            Some(Fault::Gateway { status, after_effect: false }) => {
                Some(Exchange::Answered(distortions::gateway_page(status)))
            }
            _ => None,
        };
        if let Some(exchange) = without_effect {
            let status = match &exchange {
                Exchange::Answered(response) => Some(response.status()),
                _ => None,
            };
            self.state().requests.push(RequestRecord {
                at: now,
                method: request.method().clone(),
                path,
                status,
            });
            return exchange;
        }
        if let Some(Fault::RateLimited { block }) = fault {
            routes::block_caller(&mut self.state().model, &request, now + block, now);
        }
        let (response, outbox) = self.answer(&request, fault == Some(Fault::AllowOverlap), now);
        self.send_webhooks(outbox).await;
        Exchange::Answered(match fault {
            Some(Fault::DropAnswerAfterEffect) => return Exchange::AnswerLost,
            Some(Fault::ServerErrorAfterEffect) => server_error(),
            Some(Fault::Gateway { status, .. }) => distortions::gateway_page(status),
            Some(Fault::HalfAnswer) => distortions::cut_in_half(response),
            Some(Fault::UnknownFields) => distortions::with_unknown_fields(response),
            Some(Fault::Slow(by)) => {
                tokio::time::sleep(by).await;
                response
            }
            _ => response,
        })
    }

    /// The answer and what it causes; the request is logged.
    pub(crate) fn answer(
        &self,
        request: &Request<Bytes>,
        in_a_race: bool,
        now: Timestamp,
    ) -> (Response<Bytes>, Vec<Outgoing>) {
        let mut state = self.state();
        let response = routes::answer(&mut state.model, request, in_a_race, now);
        state.requests.push(RequestRecord {
            at: now,
            method: request.method().clone(),
            path: path_of(request),
            status: Some(response.status()),
        });
        (response, std::mem::take(&mut state.model.outbox))
    }

    /// From now on what is under way arrives by itself, because the clock is the machine's.
    pub(crate) fn keep_real_time(&self) {
        self.shared.real_time.store(true, Ordering::Relaxed);
    }

    pub(crate) fn keeps_real_time(&self) -> bool {
        self.shared.real_time.load(Ordering::Relaxed)
    }

    /// Orders a fault for the next `times` matching calls; for webhook faults, the next `times` webhooks.
    pub fn order(&self, fault: Fault, matching: Option<CallMatch>, times: u32) {
        let matching = matching.unwrap_or_default();
        self.state().faults.order(Ordered { fault, matching, times });
    }

    /// Faults that have not struck yet.
    pub fn faults(&self) -> Vec<Ordered> {
        self.state().faults.pending()
    }

    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.state().requests.clone()
    }

    /// Every webhook so far, delivered or not, in the order they left.
    pub fn webhooks(&self) -> Vec<WebhookRecord> {
        self.state().webhooks.clone()
    }

    pub fn now(&self) -> Timestamp {
        (self.shared.now)()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sink(&self) -> Option<Arc<dyn WebhookSink>> {
        self.shared.sink.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn path_of(request: &Request<Bytes>) -> String {
    request.uri().path_and_query().map_or_else(|| request.uri().path().to_owned(), ToString::to_string)
}
