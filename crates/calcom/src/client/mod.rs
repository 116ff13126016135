//! The client: builds requests, sends each once, and reads the answers. One file for each group of calls;
//! this one holds what they share.

mod bookings;
mod event_types;
mod operation;
mod slots;
mod webhooks;

use std::fmt;
use std::sync::Arc;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::account::Me;
use crate::call::{Call, Exchange, RateLimits, redact};
use crate::classify::classify;
use crate::schedule::Schedule;
use crate::transport::{Transport, TransportError};
use crate::{Error, FieldMessage, InvalidReason, Page};

use operation::Operation;
pub(crate) use operation::Query;

/// The version of bookings, and what is sent where Cal.com knows no versions (me, webhooks).
const BOOKINGS: &str = "2024-08-13";
const EVENT_TYPES: &str = "2024-06-14";
const SCHEDULES: &str = "2024-06-11";
const SLOTS: &str = "2024-09-04";

/// How much of a body that is not JSON is kept.
const KEPT_TEXT: usize = 500;

/// A client of one Cal.com account. Cheap to clone; holds no state between calls.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    base_url: Url,
    api_key: SecretString,
}

impl Client {
    /// A client for the server at `base_url` (`https://api.cal.com`, `https://api.cal.eu`, or one's own;
    /// `/v2` at the end may be there or not) with an API key (`cal_…`).
    pub fn new(transport: Arc<dyn Transport>, mut base_url: Url, api_key: SecretString) -> Self {
        // A name and password would show in logs, and the key takes the place they are sent in.
        let _ = base_url.set_username("").and_then(|()| base_url.set_password(None));
        base_url.set_query(None);
        base_url.set_fragment(None);
        let path = base_url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v2").unwrap_or(path).to_owned();
        base_url.set_path(&path);
        Self { transport, base_url, api_key }
    }

    /// The server this client talks to.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Who the key belongs to.
    pub async fn me(&self) -> Call<Me> {
        self.call(Operation::get(BOOKINGS, "/v2/me", &[]), one).await
    }

    /// The opening hours of the account.
    pub async fn schedules(&self) -> Call<Page<Schedule>> {
        self.call(Operation::get(SCHEDULES, "/v2/schedules", &[]), |data| list(data, None)).await
    }

    /// Sends one request and reads the `data` of the answer.
    async fn call<T>(
        &self,
        operation: Operation,
        read: impl FnOnce(&Value) -> Result<T, String> + Send,
    ) -> Call<T> {
        let mut exchange = Exchange {
            method: operation.method.clone(),
            path: operation.path_and_query(),
            request: operation.body.clone(),
            status: None,
            response: None,
            request_id: None,
        };
        if let Some(body) = &mut exchange.request {
            redact(body);
        }
        let request = match self.request(&operation, &exchange.path) {
            Ok(request) => request,
            Err(error) => return Call { result: Err(error), limits: None, exchange },
        };
        let method = operation.method.as_str();
        let response = match self.transport.send(request).await {
            Ok(response) => response,
            Err(error) => {
                let ambiguous = matches!(error, TransportError::Ambiguous { .. });
                tracing::warn!(target: "calcom", method, path = operation.template, ambiguous, "no answer");
                let error = Error::Transient { ambiguous, status: None, message: error.to_string() };
                return Call { result: Err(error), limits: None, exchange };
            }
        };
        let status = response.status();
        tracing::debug!(target: "calcom", method, path = operation.template, status = status.as_u16(), "answer");
        let limits = RateLimits::read(response.headers());
        exchange.status = Some(status.as_u16());
        exchange.request_id =
            response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(ToOwned::to_owned);
        let mut body = match response.body() {
            body if body.is_empty() => None,
            body => Some(serde_json::from_slice(body).unwrap_or_else(|_| text(body))),
        };
        let result = if status.is_success() {
            success(status, body.as_ref(), read)
        } else {
            Err(classify(status, response.headers(), body.as_ref()))
        };
        if let Some(body) = &mut body {
            redact(body);
        }
        exchange.response = body;
        Call { result, limits, exchange }
    }

    fn request(&self, operation: &Operation, path: &str) -> Result<Request<bytes::Bytes>, Error> {
        if let Some(argument) = &operation.unsendable {
            return Err(Error::Invalid {
                reason: InvalidReason::Fields,
                messages: vec![FieldMessage {
                    field: None,
                    message: format!("{argument:?} cannot be part of {}", operation.template),
                }],
            });
        }
        let mut key = HeaderValue::from_str(&format!("Bearer {}", self.api_key.expose_secret()))
            .map_err(|_| Error::Unauthorized { message: "the key holds characters no key has".to_owned() })?;
        key.set_sensitive(true);
        let mut request = Request::builder()
            .method(operation.method.clone())
            .uri(format!("{}{path}", self.base_url.as_str().trim_end_matches('/')))
            .header(AUTHORIZATION, key)
            .header(ACCEPT, "application/json")
            .header("cal-api-version", operation.version);
        if operation.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = operation.body.as_ref().map(Value::to_string).unwrap_or_default();
        request.body(body.into()).map_err(|error| Error::Transient {
            ambiguous: false,
            status: None,
            message: format!("not sent: {error}"),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

fn text(body: &[u8]) -> Value {
    Value::String(String::from_utf8_lossy(body).chars().take(KEPT_TEXT).collect())
}

fn success<T>(
    status: StatusCode,
    body: Option<&Value>,
    read: impl FnOnce(&Value) -> Result<T, String>,
) -> Result<T, Error> {
    let unreadable = |message: String| Error::Unreadable { message };
    match body {
        Some(body) if body["status"] == "success" => read(&body["data"]).map_err(unreadable),
        Some(body) => Err(unreadable(format!("{status} without success: {}", shape(body)))),
        None => Err(unreadable(format!("{status} without a body"))),
    }
}

fn shape(body: &Value) -> &'static str {
    match body {
        Value::Object(_) => "another object",
        Value::String(_) => "not JSON",
        _ => "not an object",
    }
}

/// Reads one thing.
fn one<T: DeserializeOwned>(data: &Value) -> Result<T, String> {
    T::deserialize(data).map_err(|error| error.to_string())
}

/// Reads a list, of at most `take` if the server pages.
fn list<T: DeserializeOwned>(data: &Value, take: Option<u32>) -> Result<Page<T>, String> {
    match data {
        Value::Array(entries) => Ok(Page::read(entries, take)),
        _ => Err("the list is not a list".to_owned()),
    }
}

/// Reads nothing: that it went well is all there is to know.
#[expect(clippy::unnecessary_wraps, reason = "has the signature of the other readers")]
fn nothing(_: &Value) -> Result<(), String> {
    Ok(())
}
