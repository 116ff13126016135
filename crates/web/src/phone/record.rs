//! What is kept of a call: that it was, which functions were called, what came of them. Of the people in it
//! nothing is kept here; they are found through the appointment.

use domain::{BranchId, CompanyId};
use retell::{Args, FunctionCall};
use serde_json::{Map, Value};
use store::{Agent, Call, CallFunction};

use super::line::Outcome;
use crate::state::AppState;

/// Arguments that say nothing about a person.
const KEPT: [&str; 14] = [
    "service",
    "date",
    "date_end",
    "time",
    "time_preference",
    "staff",
    "branch",
    "language",
    "confirmed",
    "max_results",
    "slot_id",
    "appointment_id",
    "appointment_date",
    "send_code",
];

/// Writes the call down. That this fails is no reason to fail the caller, whose appointment is made.
pub async fn record(
    state: &AppState,
    company: CompanyId,
    agent: &Agent,
    branch: Option<BranchId>,
    name: &str,
    function: &FunctionCall,
    outcome: &Outcome,
) {
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    let call = &function.call;
    let status = serde_json::to_value(outcome.answer.status()).unwrap_or_default();
    let word = status.as_str().unwrap_or_default().to_owned();
    metrics::counter!("einklang_phone_functions_total", "function" => name.to_owned(), "status" => word)
        .increment(1);
    let known = Call {
        call_id: call.call_id.clone(),
        agent_id: agent.id,
        branch_id: branch,
        from_masked: call.caller().given().map(masked),
        to_number: call.to_number.clone().unwrap_or_default(),
        started_at: call.started_at.unwrap_or(now),
        updated_at: now,
    };
    let function = CallFunction {
        call_id: call.call_id.clone(),
        name: name.to_owned(),
        arguments: Value::Object(arguments(&function.args)),
        answer: serde_json::to_value(&outcome.answer).unwrap_or_default(),
        at: now,
        appointment_id: outcome.appointment,
    };
    if let Err(error) = store.record_call(company, known, Some(function)).await {
        tracing::warn!(%error, call_id = %call.call_id, "a phone call was not written down");
    }
}

fn arguments(args: &Args) -> Map<String, Value> {
    let kept = |name: &str| if KEPT.contains(&name) { args.text(name).map(Value::from) } else { None };
    args.names().map(|name| (name.to_owned(), kept(name).unwrap_or_else(|| "•••".into()))).collect()
}

/// `•••678`: enough to recognise a call in a list.
pub(super) fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let end: String = digits[digits.len().saturating_sub(3)..].iter().collect();
    format!("•••{end}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nobody_is_recognised_in_what_is_kept() {
        let args = json!({ "service": "Färben", "customer_name": "Zoë", "phone": "+4930123", "x": "y" });
        let Value::Object(args) = args else { unreachable!() };
        let kept = Value::Object(arguments(&args.into()));
        assert_eq!(kept, json!({ "service": "Färben", "customer_name": "•••", "phone": "•••", "x": "•••" }));
        assert_eq!(masked("+49 151 12345678"), "•••678");
        assert_eq!(masked("7"), "•••7");
    }
}
