//! `/voice/retell/{token}/inbound`: while it rings, the agent is told where the call goes: the branch, its clock, when
//! it is open, what can be booked, and whether the number belongs to a customer.
//!
//! Nobody has proved anything yet, and what is told here stands in the agent's variables from then on: no appointment, and
//! nobody's name. By which name to greet is what `identify_customer` tells.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::company::{Branch, Company};
use domain::{CompanyId, Origin, Phone};
use retell::{InboundAnswer, InboundCall};
use serde_json::Map;

use super::speech::Speech;
use super::{authenticate, line};
use crate::api::input::RawBody;
use crate::i18n::Language;
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// Services that are named: the model reads all of them with every word it says.
const SERVICES: usize = 40;

/// Tells the agent what it should know.
pub async fn inbound(
    State(state): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<InboundAnswer>, Problem> {
    let failed = |error: store::Error| Problem::internal(&error);
    let store = &state.engine.store;
    let (company, agent) =
        store.agent_by_token(&token).await.map_err(failed)?.ok_or(Problem::new(Code::NotFound))?;
    authenticate(&state, company, &agent, &headers, &body)?;
    let call = InboundCall::parse(&body).map_err(|error| {
        tracing::warn!(%error, agent = %agent.id, "unreadable inbound call");
        Problem::new(Code::Malformed)
            .because(Text::new("Das ist kein ankommender Anruf.", "This is no inbound call."))
    })?;
    let company = store.company(company).await.map_err(failed)?;
    let number: Option<Phone> = call.to_number.as_deref().and_then(|number| number.parse().ok());
    let branch = match number {
        Some(number) => store.branch_by_phone(company.id, &number).await.map_err(failed)?,
        None => None,
    };
    let branch = if branch.is_some() {
        branch
    } else {
        let mut branches = store.branches(company.id).await.map_err(failed)?;
        if branches.len() == 1 { branches.pop() } else { None }
    };
    let mut variables = about(&state, &company, branch.as_ref());
    variables.insert("services_list", services(&state, company.id).await?);
    variables.insert("known_customer", is_known(&state, company.id, &call).await?.to_string());
    let mut metadata = Map::new();
    if let Some(branch) = &branch {
        metadata.insert("branch_id".to_owned(), branch.id.to_string().into());
    }
    Ok(Json(InboundAnswer {
        dynamic_variables: variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        metadata,
        ..InboundAnswer::default()
    }))
}

/// The place and its clock.
fn about(state: &AppState, company: &Company, branch: Option<&Branch>) -> BTreeMap<&'static str, String> {
    let now = state.engine.ambient.now();
    let zone = branch.map_or(&company.time_zone, |branch| &branch.time_zone);
    let speech = line::speech(company.locale, zone, now);
    let today = speech.0.day_of(&now);
    let now_local = format!("{} {}, {}", speech.0.long_day(today), today.year(), speech.0.time(&now));
    let mut variables = BTreeMap::from([
        ("company_name", company.name.clone()),
        ("language", company.locale.tag().to_owned()),
        ("branch_timezone", zone.clone()),
        ("now_local", now_local),
        ("today", today.to_string()),
    ]);
    if let Some(branch) = branch {
        variables.insert("branch_name", branch.name.clone());
        variables.insert("opening_hours", opening_hours(&speech, branch));
    }
    variables
}

/// "Montag bis Freitag 9 Uhr bis 18 Uhr; Samstag 9 Uhr bis 14 Uhr"
fn opening_hours(speech: &Speech, branch: &Branch) -> String {
    let said: Vec<String> = branch
        .hours
        .runs()
        .iter()
        .filter(|(.., hours)| !hours.is_empty())
        .map(|(first, last, hours)| {
            let (first_name, last_name) = (speech.0.weekday(*first), speech.0.weekday(*last));
            let days = if first == last { first_name } else { to(speech, &first_name, &last_name) };
            let hours: Vec<_> = hours
                .iter()
                .map(|open| to(speech, &clock(speech, open.from), &clock(speech, open.to)))
                .collect();
            format!("{days} {}", speech.all(&hours))
        })
        .collect();
    said.join("; ")
}

fn to(speech: &Speech, from: &str, to: &str) -> String {
    speech.0.get("say-from-to").arg("from", from).arg("to", to).to_string()
}

fn clock(speech: &Speech, time: jiff::civil::Time) -> String {
    match (speech.0.language, time.minute()) {
        (Language::De, 0) => format!("{} Uhr", time.hour()),
        (Language::De, minute) => format!("{} Uhr {minute}", time.hour()),
        (Language::En, 0) => time.strftime("%-I %P").to_string(),
        (Language::En, _) => time.strftime("%-I:%M %P").to_string(),
    }
}

async fn services(state: &AppState, company: CompanyId) -> Result<String, Problem> {
    let services = state.engine.store.services(company).await.map_err(|error| Problem::internal(&error))?;
    let bookable = services.into_iter().filter(|service| service.can_be_booked_by(Origin::Phone));
    Ok(bookable.take(SERVICES).map(|service| service.name).collect::<Vec<_>>().join(", "))
}

/// Whether the number belongs to somebody.
async fn is_known(state: &AppState, company: CompanyId, call: &InboundCall) -> Result<bool, Problem> {
    let number: Option<Phone> = call.caller().given().and_then(|number| number.parse().ok());
    let Some(number) = number else { return Ok(false) };
    let found = state.engine.store.customers_of_phone(company, &number, 1).await;
    found.map(|found| !found.is_empty()).map_err(|error| Problem::internal(&error))
}
