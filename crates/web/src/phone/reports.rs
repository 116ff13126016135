//! `/voice/retell/{token}/calls`: what Retell reports of a call when it has begun, ended, or was looked through.
//!
//! Of a report only what names nobody is kept as it came; what was said in short, and word by word, stands with the
//! call. Where sound can be heard is never written down.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use domain::CompanyId;
use retell::{CallEvent, CallWebhook};
use serde_json::{Map, Value};
use store::{Agent, Call, CallNews, Holder};

use super::{authenticate, line, record};
use crate::api::input::RawBody;
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// Of the call in a report, what is kept as it came.
const KEPT: [&str; 11] = [
    "call_id",
    "call_type",
    "agent_version",
    "call_status",
    "direction",
    "start_timestamp",
    "end_timestamp",
    "duration_ms",
    "disconnection_reason",
    "latency",
    "call_cost",
];
/// Of its analysis.
const KEPT_OF_ANALYSIS: [&str; 3] = ["user_sentiment", "call_successful", "in_voicemail"];
/// What is said in short, in characters: longer is not short.
const SUMMARY: usize = 4_000;

/// Takes a report.
pub async fn report(
    State(state): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<StatusCode, Problem> {
    let found = state.engine.store.agent_by_token(&token).await.map_err(|error| Problem::internal(&error))?;
    let (company, agent) = found.ok_or(Problem::new(Code::NotFound))?;
    authenticate(&state, company, &agent, &headers, &body)?;
    let webhook = CallWebhook::parse(&body).map_err(|error| {
        tracing::warn!(%error, agent = %agent.id, "unreadable report of a call");
        Problem::new(Code::Malformed)
            .because(Text::new("Das ist kein Bericht über einen Anruf.", "This is no report of a call."))
    })?;
    // A caller of ours who gives up must not stop what has begun.
    let running = tokio::spawn(async move { write_down(&state, company, &agent, &webhook, &body).await });
    running.await.map_err(|error| Problem::internal(&error))??;
    Ok(StatusCode::NO_CONTENT)
}

async fn write_down(
    state: &AppState,
    company: CompanyId,
    agent: &Agent,
    webhook: &CallWebhook,
    body: &Bytes,
) -> Result<(), Problem> {
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    let failed = |error: store::Error| Problem::internal(&error);
    let CallWebhook { event, call, .. } = webhook;
    let branch = match line::dialled(call) {
        Some(number) => store.branch_by_phone(company, &number).await.map_err(failed)?,
        None => None,
    };
    let known = Call {
        call_id: call.call_id.clone(),
        agent_id: agent.id,
        branch_id: branch.map(|branch| branch.id),
        from_masked: call.caller().given().map(record::masked),
        to_number: line::ours(call).unwrap_or_default().to_owned(),
        started_at: call.started_at.unwrap_or(now),
        updated_at: now,
    };
    let report = store::CallEvent {
        key: webhook.dedup_key(),
        event: event.name().to_owned(),
        received_at: now,
        repeats: 0,
        body: kept(body),
    };
    let news = match event {
        CallEvent::Ended | CallEvent::Analyzed => news(call),
        CallEvent::Started | CallEvent::Unknown(_) => CallNews::default(),
    };
    let new = store.record_call_event(company, known, report, news).await.map_err(failed)?;
    if *event == CallEvent::Ended {
        // Nobody is left who could decide.
        store.release(company, &Holder::call(&call.call_id)).await.map_err(failed)?;
    }
    tracing::info!(agent = %agent.id, call_id = %call.call_id, event = event.name(), new, "a call was reported");
    metrics::counter!("einklang_phone_reports_total", "event" => told(event)).increment(1);
    Ok(())
}

/// The names of a measure are few: whatever else there may be is one.
fn told(event: &CallEvent) -> &'static str {
    match event {
        CallEvent::Started => "call_started",
        CallEvent::Ended => "call_ended",
        CallEvent::Analyzed => "call_analyzed",
        CallEvent::Unknown(_) => "other",
    }
}

fn news(call: &retell::Call) -> CallNews {
    let analysis = |field: &str| call.call_analysis.as_ref().and_then(|analysis| analysis.get(field));
    let words = |field: &str| analysis(field).and_then(Value::as_str).map(str::trim);
    let given = |words: &str| !words.is_empty();
    CallNews {
        ended_at: call.ended_at,
        ended_because: call.disconnection_reason.clone(),
        summary: words("call_summary")
            .filter(|words| given(words))
            .map(|it| it.chars().take(SUMMARY).collect()),
        sentiment: words("user_sentiment").filter(|words| given(words)).map(str::to_owned),
        successful: analysis("call_successful").and_then(Value::as_bool),
        transcript: call.transcript.clone().filter(|words| given(words)),
    }
}

/// The report without numbers, words, variables, and places where it can be heard.
fn kept(body: &[u8]) -> Value {
    let some = |object: &Map<String, Value>, names: &[&str]| -> Map<String, Value> {
        object
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect()
    };
    let whole: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(call) = whole.get("call").and_then(Value::as_object) else { return Value::Null };
    let mut kept = some(call, &KEPT);
    if let Some(analysis) = call.get("call_analysis").and_then(Value::as_object) {
        kept.insert("call_analysis".to_owned(), some(analysis, &KEPT_OF_ANALYSIS).into());
    }
    kept.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_sound_no_number_and_no_word_is_kept_of_a_report() {
        let body = json!({ "event": "call_analyzed", "call": {
            "call_id": "c", "from_number": "+4915112345678", "to_number": "+4930123456", "duration_ms": 61000,
            "recording_url": "https://audio.example/r.wav", "scrubbed_recording_url": "https://audio.example/s.wav",
            "recording_multi_channel_url": "https://audio.example/m.wav", "public_log_url": "https://audio.example/log",
            "transcript": "Guten Tag, Clara Client", "transcript_object": [{ "content": "Clara" }],
            "retell_llm_dynamic_variables": { "customer_name": "Clara Client" }, "metadata": { "name": "Clara" },
            "call_analysis": { "call_summary": "Clara will einen Termin", "user_sentiment": "Positive",
                "custom_analysis_data": { "name": "Clara" } },
        } });
        assert_eq!(
            kept(body.to_string().as_bytes()),
            json!({ "call_id": "c", "duration_ms": 61000, "call_analysis": { "user_sentiment": "Positive" } })
        );
        assert_eq!(kept(b"[]"), Value::Null);
    }
}
