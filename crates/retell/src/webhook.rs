//! Call webhooks: Retell reports that a call began, ended or was analysed.
//!
//! Ten seconds to answer, three retries without a 2xx; a lost `call_started` does not hold back the
//! `call_ended`. Answer 2xx after storing, with no body.

use crate::{BodyError, Call, lenient};

/// What happened to the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEvent {
    /// Connected.
    Started,
    /// Over, transferred or failed.
    Ended,
    /// The analysis is in `call_analysis`.
    Analyzed,
    /// Another event (`transcript_updated`, `transfer_started`, …), by Retell's name.
    Unknown(String),
}

/// One call webhook.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallWebhook {
    pub event: CallEvent,
    pub call: Call,
}

impl CallWebhook {
    /// Reads a raw body (verify its signature first).
    pub fn parse(raw_body: &[u8]) -> Result<Self, BodyError> {
        let mut body = lenient::object(raw_body)?;
        let event: String = lenient::take(&mut body, "event").ok_or(BodyError::NoEvent)?;
        let call = body.remove("call").and_then(Call::from_value).ok_or(BodyError::NoCall)?;
        Ok(Self { event: event.into(), call })
    }

    /// What recognises a repeated delivery. The events of a call's life come once per call; of transfers
    /// a call may have several, told apart by their start. Two different `transcript_updated` share a
    /// key: the latest is the whole.
    pub fn dedup_key(&self) -> String {
        let Self { event, call } = self;
        match (event, call.started_at) {
            (CallEvent::Unknown(name), Some(start)) if name.starts_with("transfer_") => {
                format!("{name}:{}:{}", call.call_id, start.as_millisecond())
            }
            _ => format!("{}:{}", event.name(), call.call_id),
        }
    }
}

impl CallEvent {
    /// Retell's name of the event.
    pub fn name(&self) -> &str {
        match self {
            Self::Started => "call_started",
            Self::Ended => "call_ended",
            Self::Analyzed => "call_analyzed",
            Self::Unknown(name) => name,
        }
    }
}

impl From<String> for CallEvent {
    fn from(name: String) -> Self {
        match name.as_str() {
            "call_started" => Self::Started,
            "call_ended" => Self::Ended,
            "call_analyzed" => Self::Analyzed,
            _ => Self::Unknown(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(body: &Value) -> Result<CallWebhook, BodyError> {
        CallWebhook::parse(body.to_string().as_bytes())
    }

    #[test]
    fn reads_the_life_of_a_call() {
        let ended = parse(&json!({ "event": "call_ended", "call": { "call_id": "c", "end_timestamp": 1_767_225_600_000_i64,
            "duration_ms": 61000, "disconnection_reason": "user_hangup", "transcript": "Grüß Gott", "call_cost": {} } }))
        .unwrap();
        assert_eq!((&ended.event, ended.dedup_key().as_str()), (&CallEvent::Ended, "call_ended:c"));
        assert_eq!(ended.call.duration_ms, Some(61000));
        assert_eq!(ended.call.ended_at.unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(ended.call.disconnection_reason.as_deref(), Some("user_hangup"));
        assert!(!format!("{ended:?}").contains("Grüß"));

        let analyzed =
            parse(&json!({ "event": "call_analyzed", "call": { "call_id": "c", "call_analysis": { "call_successful": true } } }))
                .unwrap();
        assert_eq!(analyzed.event, CallEvent::Analyzed);
        assert_eq!(analyzed.call.call_analysis.unwrap()["call_successful"], true);
    }

    #[test]
    fn other_events_keep_their_name() {
        let transfer =
            parse(&json!({ "event": "transfer_started", "call": { "call_id": "c", "start_timestamp": 7 } }))
                .unwrap();
        assert_eq!(transfer.event, CallEvent::Unknown("transfer_started".to_owned()));
        assert_eq!(transfer.dedup_key(), "transfer_started:c:7");
        assert_eq!(parse(&json!({ "call": { "call_id": "c" } })).unwrap_err(), BodyError::NoEvent);
        assert_eq!(parse(&json!({ "event": "call_ended" })).unwrap_err(), BodyError::NoCall);
    }
}
