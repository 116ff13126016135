//! Calls that nobody makes: what people try their agents with. A rehearsal goes through the same addresses, signatures
//! and functions as a call that Retell brings; what it books is really booked.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::CompanyId;
use retell::SIGNATURE_HEADER;
use retell::rehearsal::{Ask, Rehearsal, Turn};
use secrecy::ExposeSecret as _;
use store::Agent;
use tower::ServiceExt as _;

use super::{BODY_LIMIT, SIGNING_KEY};
use crate::state::AppState;

/// A call that callers make.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// What it is called by on the command line and in addresses.
    pub name: &'static str,
    /// As [`retell::rehearsal::Script`] reads it.
    pub script: &'static str,
}

/// Calls as they come, the usual ones first.
pub const SCENARIOS: [Scenario; 6] = [
    Scenario { name: "book", script: include_str!("scenarios/book.txt") },
    Scenario { name: "another-time", script: include_str!("scenarios/another_time.txt") },
    Scenario { name: "two-people", script: include_str!("scenarios/two_people.txt") },
    Scenario { name: "cancel", script: include_str!("scenarios/cancel.txt") },
    Scenario { name: "repeated", script: include_str!("scenarios/repeated.txt") },
    Scenario { name: "unknown", script: include_str!("scenarios/unknown.txt") },
];

/// Plays a call through the routes of this process, signed with the agent's own key; without one that opens every answer
/// is a refusal, as it is for Retell.
pub async fn rehearse(
    state: &AppState,
    company: CompanyId,
    agent: &Agent,
    mut rehearsal: Rehearsal,
) -> Vec<Turn> {
    let engine = &state.engine;
    let key = engine.vault.open(company, SIGNING_KEY, &agent.signing_key.0).unwrap_or_default();
    let app = super::routes().with_state(state.clone());
    let mut turns = Vec::new();
    while let Some(ask) = rehearsal.next(engine.ambient.now()) {
        let begun = engine.ambient.now();
        let signature = retell::sign(key.expose_secret(), ask.body.as_bytes(), begun);
        let answered = send(&app, &agent.token, &ask, signature).await;
        let took = engine.ambient.now().duration_since(begun).unsigned_abs();
        let answered = answered.as_ref().map(|(status, body)| (*status, body.as_slice()));
        turns.push(rehearsal.hear(ask, answered, took));
    }
    turns
}

async fn send(app: &Router, token: &str, ask: &Ask, signature: String) -> Option<(u16, Vec<u8>)> {
    let request = Request::post(format!("/voice/retell/{token}/{}", ask.path))
        .header("content-type", "application/json")
        .header(SIGNATURE_HEADER, signature)
        .body(Body::from(ask.body.clone()))
        .ok()?;
    let Ok(answer) = app.clone().oneshot(request).await;
    let status = answer.status().as_u16();
    Some((status, to_bytes(answer.into_body(), BODY_LIMIT).await.ok()?.to_vec()))
}

#[cfg(test)]
mod tests {
    use retell::rehearsal::Script;

    use super::*;

    #[test]
    fn every_scenario_is_understood_and_says_what_it_is() {
        for Scenario { name, script } in SCENARIOS {
            assert!(script.starts_with("# "), "{name}");
            script.parse::<Script>().unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
