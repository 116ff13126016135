//! The call object: what Retell tells about a telephone or web call, in function calls and in webhooks.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    CallerNumber,
    lenient::{maybe, millis},
};

/// A call. Only the id is certain; web calls (the dashboard's test) have no numbers, and fields of
/// another shape than expected are absent.
#[derive(Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Call {
    pub call_id: String,
    /// `phone_call` or `web_call`.
    #[serde(default, deserialize_with = "maybe")]
    pub call_type: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub agent_id: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub agent_version: Option<i64>,
    #[serde(default, deserialize_with = "maybe")]
    pub agent_name: Option<String>,
    /// `registered`, `not_connected`, `ongoing`, `ended` or `error`.
    #[serde(default, deserialize_with = "maybe")]
    pub call_status: Option<String>,
    /// `inbound` or `outbound`.
    #[serde(default, deserialize_with = "maybe")]
    pub direction: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub from_number: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub to_number: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub metadata: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "maybe")]
    pub retell_llm_dynamic_variables: Option<Map<String, Value>>,
    #[serde(default, rename = "start_timestamp", deserialize_with = "millis")]
    pub started_at: Option<Timestamp>,
    #[serde(default, rename = "end_timestamp", deserialize_with = "millis")]
    pub ended_at: Option<Timestamp>,
    /// Milliseconds.
    #[serde(default, deserialize_with = "maybe")]
    pub duration_ms: Option<i64>,
    /// One of more than thirty, and growing: `user_hangup`, `agent_hangup`, `call_transfer`, …
    #[serde(default, deserialize_with = "maybe")]
    pub disconnection_reason: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub transcript: Option<String>,
    /// The conversation with the functions it called, in order; see [`Call::tool_invocation`].
    #[serde(default, deserialize_with = "maybe")]
    transcript_with_tool_calls: Option<Vec<Value>>,
    /// Lives for ten minutes only when the agent stores nothing.
    #[serde(default, deserialize_with = "maybe")]
    pub recording_url: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub public_log_url: Option<String>,
    /// After `call_analyzed`: `call_summary`, `user_sentiment`, `call_successful`, …
    #[serde(default, deserialize_with = "maybe")]
    pub call_analysis: Option<Map<String, Value>>,
}

/// One function call in a transcript.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ToolInvocation {
    pub tool_call_id: String,
    /// The arguments as the model wrote them: JSON in a string.
    #[serde(default, deserialize_with = "maybe")]
    pub arguments: Option<String>,
}

impl Call {
    /// The number of the person: who calls us, or whom we call.
    pub fn caller(&self) -> CallerNumber<'_> {
        let number = match self.direction.as_deref() {
            Some("outbound") => &self.to_number,
            _ => &self.from_number,
        };
        CallerNumber::of(number.as_deref())
    }

    /// The latest invocation of a function in the transcript. A hint for tracing: it may be missing,
    /// and after an interruption the same wish comes again under a new id, so it is no idempotency key.
    pub fn tool_invocation(&self, function: &str) -> Option<ToolInvocation> {
        let turns = self.transcript_with_tool_calls.as_ref()?;
        let invocation = turns.iter().rev().find(|turn| {
            turn.get("role").and_then(Value::as_str) == Some("tool_call_invocation")
                && turn.get("name").and_then(Value::as_str) == Some(function)
        })?;
        serde_json::from_value(invocation.clone()).ok()
    }

    /// A call needs an id.
    pub(crate) fn from_value(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok().filter(|call: &Self| is_id(&call.call_id))
    }
}

/// Neither blank nor with control characters, or what was put in their place.
fn is_id(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}

/// Without numbers, transcript and variables: those are a customer's.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("call_id", &self.call_id)
            .field("call_type", &self.call_type)
            .field("direction", &self.direction)
            .field("call_status", &self.call_status)
            .finish_non_exhaustive()
    }
}
