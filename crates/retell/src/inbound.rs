//! The inbound-call webhook of a telephone number: asked while it rings, to choose the agent and to
//! tell it what it should know.
//!
//! The caller hears ringing until we answer: do it within half a second.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    BodyError, CallerNumber,
    lenient::{self, maybe},
};

/// A call that rings. Route by `to_number`; agents are shared and cloned, so the agent's id alone says
/// little.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct InboundCall {
    #[serde(default, deserialize_with = "maybe")]
    pub agent_id: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub from_number: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub to_number: Option<String>,
    /// Newer versions send it, to recognise repeated deliveries.
    #[serde(default, deserialize_with = "maybe")]
    pub call_id: Option<String>,
}

impl InboundCall {
    /// Reads a raw body (verify its signature first).
    pub fn parse(raw_body: &[u8]) -> Result<Self, BodyError> {
        let mut body = lenient::object(raw_body)?;
        lenient::take(&mut body, "call_inbound").ok_or(BodyError::NoCall)
    }

    /// Who is calling.
    pub fn caller(&self) -> CallerNumber<'_> {
        CallerNumber::of(self.from_number.as_deref())
    }
}

/// Without numbers: they are a customer's.
impl fmt::Debug for InboundCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundCall")
            .field("agent_id", &self.agent_id)
            .field("call_id", &self.call_id)
            .finish_non_exhaustive()
    }
}

/// What the agent is told. Nothing of it is required; without an agent here and at the number, the
/// call is declined.
///
/// The caller is not identified yet, only a number was transmitted: never put another person's
/// appointments here.
#[derive(Clone, Default, Serialize)]
#[serde(into = "Enveloped")]
pub struct InboundAnswer {
    pub override_agent_id: Option<String>,
    /// Retell takes strings only.
    pub dynamic_variables: BTreeMap<String, String>,
    pub metadata: Map<String, Value>,
}

#[derive(Serialize)]
struct Enveloped {
    call_inbound: Fields,
}

#[derive(Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    override_agent_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    dynamic_variables: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
}

impl From<InboundAnswer> for Enveloped {
    fn from(answer: InboundAnswer) -> Self {
        let InboundAnswer { override_agent_id, dynamic_variables, metadata } = answer;
        Self { call_inbound: Fields { override_agent_id, dynamic_variables, metadata } }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_with_and_without_the_newer_fields() {
        let parse = |body: Value| InboundCall::parse(body.to_string().as_bytes());
        let call = parse(json!({ "event": "call_inbound", "call_inbound": { "agent_id": "agent_1",
            "from_number": "anonymous", "to_number": "+4930123456", "call_id": "c", "new": 1 } }))
        .unwrap();
        assert_eq!(call.to_number.as_deref(), Some("+4930123456"));
        assert_eq!(call.caller(), CallerNumber::Anonymous);
        assert_eq!(call.call_id.as_deref(), Some("c"));
        assert!(parse(json!({ "call_inbound": {} })).unwrap().to_number.is_none());
        assert_eq!(parse(json!({ "event": "call_inbound" })).unwrap_err(), BodyError::NoCall);
    }

    #[test]
    fn answers_in_retells_envelope() {
        let answer = InboundAnswer {
            dynamic_variables: BTreeMap::from([("known_customer".to_owned(), "true".to_owned())]),
            ..InboundAnswer::default()
        };
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({ "call_inbound": { "dynamic_variables": { "known_customer": "true" } } })
        );
        assert_eq!(serde_json::to_value(InboundAnswer::default()).unwrap(), json!({ "call_inbound": {} }));
    }
}
