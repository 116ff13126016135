//! One request, taken apart: version, bearer token, path, query, body.

use bytes::Bytes;
use http::{HeaderMap, Request};
use jiff::Timestamp;
use serde_json::Value;

use crate::errors::Refusal;
use crate::model::users::UserId;

/// The versions the server knows. Anything else, also nothing, means the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V20240415,
    V20240611,
    V20240614,
    V20240813,
    V20240904,
}

impl Version {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get("cal-api-version").and_then(|value| value.to_str().ok()) {
            Some("2024-06-11") => Self::V20240611,
            Some("2024-06-14") => Self::V20240614,
            Some("2024-08-13") => Self::V20240813,
            Some("2024-09-04") => Self::V20240904,
            _ => Self::V20240415,
        }
    }
}

pub(crate) struct Call {
    /// The path behind `/v2`.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) user: Option<UserId>,
    pub(crate) in_a_race: bool,
    pub(crate) now: Timestamp,
}

impl Call {
    pub(crate) fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map_or("", String::as_str)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(http::header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The segments behind `/v2`, percent-decoded; empty for any other path.
pub(crate) fn segments(path: &str) -> Vec<String> {
    let Some(rest) = path.strip_prefix("/v2/") else { return Vec::new() };
    let decode =
        |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
    rest.trim_end_matches('/').split('/').map(decode).collect()
}

pub(crate) fn query(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

/// The JSON body; no body is an empty object.
pub(crate) fn parse_body(request: &Request<Bytes>) -> Result<Value, Refusal> {
    let body = request.body();
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(body).map_err(|_| Refusal::bad_request(as_v8_says(body)))
}

/// The text of the JavaScript parser for the commonest breakages.
fn as_v8_says(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let seen = text.trim_end();
    if seen.ends_with(',') {
        format!("Expected double-quoted property name in JSON at position {}", text.len())
    } else if seen.starts_with('{') || seen.starts_with('[') {
        format!("Expected ',' or '}}' after property value in JSON at position {}", text.len())
    } else {
        let first = seen.chars().next().unwrap_or(' ');
        format!(
            "Unexpected token '{first}', \"{}\" is not valid JSON",
            seen.chars().take(10).collect::<String>()
        )
    }
}
