//! What every method of the client returns: the result, what the server said about its limits, and the
//! exchange itself for a history.

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use crate::Error;

/// One call and what came of it.
#[derive(Debug, Clone)]
pub struct Call<T> {
    pub result: Result<T, Error>,
    /// `None` if the answer said nothing about them, or there was no answer.
    pub limits: Option<RateLimits>,
    pub exchange: Exchange,
}

impl<T> Call<T> {
    /// The same call with another result.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Call<U> {
        Call { result: self.result.map(change), limits: self.limits, exchange: self.exchange }
    }
}

/// The request budget of the key, as the last answer told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests in a window.
    pub limit: u32,
    pub remaining: u32,
    /// Until the window starts anew, or until a block is over.
    pub reset: Duration,
}

impl RateLimits {
    /// Reads `X-RateLimit-{Limit,Remaining,Reset}-{name}`; the name is `Default` unless the key has limits
    /// of its own. Of several, the one with the least left counts.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        const LIMIT: &str = "x-ratelimit-limit";
        headers
            .keys()
            .filter_map(|name| name.as_str().strip_prefix(LIMIT))
            .filter_map(|suffix| {
                let number = |kind: &str| {
                    let value = headers.get(format!("x-ratelimit-{kind}{suffix}"))?.to_str().ok()?;
                    value.trim().parse::<u32>().ok()
                };
                Some(Self {
                    limit: number("limit")?,
                    remaining: number("remaining")?,
                    reset: Duration::from_secs(number("reset")?.into()),
                })
            })
            .min_by_key(|limits| limits.remaining)
    }
}

/// What was sent and what came back, for a history. It holds personal data, but neither the key nor the
/// secret of a webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    pub method: http::Method,
    /// From `/v2`, with the query.
    pub path: String,
    pub request: Option<Value>,
    /// `None` if there was no answer.
    pub status: Option<u16>,
    /// The body; text that is not JSON is kept as a JSON string, shortened.
    pub response: Option<Value>,
    /// The `X-Request-Id` that Cal.com gave the call.
    pub request_id: Option<String>,
}

/// Replaces every `secret`, however deep.
pub(crate) fn redact(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for (key, entry) in entries {
                if key == "secret" && entry.is_string() {
                    *entry = Value::String("[redacted]".to_owned());
                } else {
                    redact(entry);
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(redact),
        _ => {}
    }
}
