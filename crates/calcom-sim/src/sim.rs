//! The simulator's handle: one call in, one answer out, with webhooks and faults in between. It owns the
//! lock; nothing is awaited while it is held.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;

use crate::deliveries::{WebhookRecord, WebhookSink};
use crate::faults::{CallMatch, Fault, FaultPlan, Ordered};
use crate::limits::RateLimit;
use crate::model::webhooks::Outgoing;
use crate::model::{Model, Settings};
use crate::routes;

/// The simulator's clock.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What `POST /v2/bookings/{uid}/reassign` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
/// `None` means that the request had no effect because it never arrived.
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
    /// The request took effect and the answer was lost.
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
}

pub(crate) struct State {
    pub(crate) model: Model,
    pub(crate) faults: FaultPlan,
    pub(crate) requests: Vec<RequestRecord>,
    pub(crate) webhooks: Vec<WebhookRecord>,
    pub(crate) held: Vec<Outgoing>,
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
        };
        let shared = Shared { now: options.now, state: Mutex::new(state), sink: Mutex::new(None) };
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
        let now = self.now();
        let path = path_of(&request);
        let (fault, answered) = {
            let mut state = self.state();
            let fault = state.faults.take_for_call(request.method(), request.uri().path(), now);
            let answered = match fault {
                Some(Fault::DropRequest | Fault::Down | Fault::DownUntil(_)) => None,
                Some(Fault::ServerErrorBefore) => {
                    let response = routes::plain_error(StatusCode::INTERNAL_SERVER_ERROR, &path, now);
                    Some((response, Vec::new()))
                }
                Some(Fault::RateLimited { block }) => {
                    routes::block_caller(&mut state.model, &request, now + block, now);
                    Some(answer(&mut state, &request, false, now))
                }
                fault => Some(answer(&mut state, &request, fault == Some(Fault::AllowOverlap), now)),
            };
            state.requests.push(RequestRecord {
                at: now,
                method: request.method().clone(),
                path: path.clone(),
                status: answered.as_ref().map(|(response, _)| response.status()),
            });
            (fault, answered)
        };
        let Some((response, outbox)) = answered else {
            return match fault {
                Some(Fault::DropRequest) => Exchange::RequestLost,
                _ => Exchange::NotConnected,
            };
        };
        self.send_webhooks(outbox).await;
        match fault {
            Some(Fault::Slow(by)) => tokio::time::sleep(by).await,
            Some(Fault::DropAnswerAfterEffect) => return Exchange::AnswerLost,
            Some(Fault::ServerErrorAfterEffect) => {
                let response = routes::plain_error(StatusCode::INTERNAL_SERVER_ERROR, &path, now);
                return Exchange::Answered(response);
            }
            _ => {}
        }
        Exchange::Answered(response)
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

fn answer(
    state: &mut State,
    request: &Request<Bytes>,
    in_a_race: bool,
    now: Timestamp,
) -> (Response<Bytes>, Vec<Outgoing>) {
    let response = routes::answer(&mut state.model, request, in_a_race, now);
    (response, std::mem::take(&mut state.model.outbox))
}

fn path_of(request: &Request<Bytes>) -> String {
    request.uri().path_and_query().map_or_else(|| request.uri().path().to_owned(), ToString::to_string)
}
