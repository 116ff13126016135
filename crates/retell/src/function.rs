//! A custom function call: the agent asks us to do something while somebody is on the line.
//!
//! `POST` only; with "Payload: args only" off, so that the call is in the body.

use std::fmt;

use crate::{Args, BodyError, Call, ToolInvocation, lenient};

/// One function call. Expect it twice: Retell retries on any failure, and a caller who interrupts
/// makes the model call again for the same wish.
#[derive(Clone)]
#[non_exhaustive]
pub struct FunctionCall {
    /// The function's name as configured at Retell; the URL may say it too.
    pub name: Option<String>,
    pub args: Args,
    pub call: Call,
}

impl FunctionCall {
    /// Reads a raw body (verify its signature first). Accept at least 1 MiB: the transcript grows with
    /// the call.
    pub fn parse(raw_body: &[u8]) -> Result<Self, BodyError> {
        let mut body = lenient::object(raw_body)?;
        let call = body.remove("call").and_then(Call::from_value).ok_or(BodyError::NoCall)?;
        let args = lenient::take::<serde_json::Map<_, _>>(&mut body, "args").unwrap_or_default().into();
        Ok(Self { name: lenient::take(&mut body, "name"), args, call })
    }

    /// This invocation in the transcript, where it can be found.
    pub fn tool_invocation(&self) -> Option<ToolInvocation> {
        self.call.tool_invocation(self.name.as_deref()?)
    }

    /// The id of this invocation, for tracing only.
    pub fn tool_call_id(&self) -> Option<String> {
        self.tool_invocation().map(|invocation| invocation.tool_call_id)
    }
}

impl fmt::Debug for FunctionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionCall")
            .field("name", &self.name)
            .field("args", &self.args)
            .field("call", &self.call)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{CallWebhook, CallerNumber, InboundCall};

    fn parse(body: &Value) -> Result<FunctionCall, BodyError> {
        FunctionCall::parse(body.to_string().as_bytes())
    }

    #[test]
    fn reads_the_documented_body() {
        let function = parse(&json!({
            "name": "book_appointment",
            "args": { "service": "Damenhaarschnitt", "confirmed": "true", "staff": "null" },
            "call": {
                "call_type": "phone_call", "call_id": "Jabr9TXYYJHfvl6Syypi88rdAHYHmcq6", "agent_version": 1,
                "call_status": "ongoing", "direction": "inbound", "from_number": "+4915112345678",
                "to_number": "+4930123456", "start_timestamp": 1_703_302_407_333_i64,
                "latency": { "e2e": { "p50": 650 } },
                "transcript_with_tool_calls": [
                    { "role": "user", "content": "Hallo" },
                    { "role": "tool_call_invocation", "tool_call_id": "first", "name": "book_appointment", "arguments": "{}" },
                    { "role": "tool_call_invocation", "tool_call_id": "second", "name": "book_appointment", "arguments": "{\"a\":1}" },
                    { "role": "tool_call_invocation", "tool_call_id": "other", "name": "find_appointments" },
                    { "role": "tool_call_result", "tool_call_id": "second", "content": "…" },
                ],
            },
        }))
        .unwrap();
        assert_eq!(function.name.as_deref(), Some("book_appointment"));
        assert_eq!(function.args.text("service").as_deref(), Some("Damenhaarschnitt"));
        assert_eq!(function.args.flag("confirmed"), Some(true));
        assert_eq!(function.args.text("staff"), None);
        assert_eq!(function.call.caller(), CallerNumber::Given("+4915112345678"));
        assert_eq!(function.call.started_at.unwrap().as_millisecond(), 1_703_302_407_333);
        assert_eq!(function.tool_call_id().as_deref(), Some("second"));
        assert_eq!(function.tool_invocation().unwrap().arguments.as_deref(), Some("{\"a\":1}"));
        assert!(!format!("{function:?}").contains("+49"));
    }

    #[test]
    fn only_the_call_id_is_required() {
        let web_call =
            parse(&json!({ "call": { "call_id": "c", "call_type": "web_call", "agent_version": "x",
            "metadata": 7, "transcript_with_tool_calls": {}, "start_timestamp": 9e300 } }))
            .unwrap();
        assert_eq!(web_call.call.caller(), CallerNumber::Anonymous);
        assert_eq!((web_call.call.agent_version, web_call.call.started_at), (None, None));
        assert_eq!((web_call.tool_call_id(), web_call.args), (None, Args::default()));

        for no_call in [
            json!({ "service": "x" }),
            json!({ "call": {} }),
            json!({ "call": { "call_id": " " } }),
            json!({ "call": { "call_id": "a\u{0}b" } }),
        ] {
            assert_eq!(parse(&no_call).unwrap_err(), BodyError::NoCall);
        }
        assert_eq!(parse(&json!([])).unwrap_err(), BodyError::NotAnObject);
        assert_eq!(FunctionCall::parse(b"\xff").unwrap_err(), BodyError::NotAnObject);
    }

    #[test]
    fn an_outbound_call_is_to_the_person() {
        let call = parse(&json!({ "call": { "call_id": "c", "direction": "outbound",
            "from_number": "+4930123456", "to_number": "+4915112345678" } }))
        .unwrap()
        .call;
        assert_eq!(call.caller(), CallerNumber::Given("+4915112345678"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            Just(json!("{{user_number}}")),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map("[a-z_]{1,6}", inner, 0..6)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        /// Whatever a model writes into the arguments, and whatever Retell adds to a call, is read.
        #[test]
        fn any_arguments_are_read(args in any_json(), extra in any_json()) {
            let body = json!({ "name": extra, "args": args, "call": { "call_id": "c", "from_number": extra,
                "transcript_with_tool_calls": [extra, { "role": "tool_call_invocation", "name": "f", "tool_call_id": extra }] } });
            let function = parse(&body).unwrap();
            let names: Vec<_> = function.args.names().map(str::to_owned).collect();
            for name in &names {
                let text = function.args.text(name);
                prop_assert!(text.is_none_or(|text| !text.is_empty() && !text.contains("{{")));
                function.args.integer(name);
                function.args.flag(name);
            }
            function.call.caller();
            function.call.tool_invocation("f");
        }

        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = FunctionCall::parse(&body);
            let _ = CallWebhook::parse(&body);
            let _ = InboundCall::parse(&body);
        }
    }
}
