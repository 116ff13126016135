//! `GET /calls/agents/{id}`: a phone agent, for managers. `POST …/try` plays a call, as it would come from Retell;
//! `POST …/checks`: somebody answers for what no fact here can tell.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{AgentId, company::Branch};
use jiff::SignedDuration;
use retell::rehearsal::{Rehearsal, Script};
use serde::Deserialize;
use store::{Agent, AgentCheck, AgentItem, REHEARSAL};

use super::{
    calls::told_appointments,
    failure::Failure,
    flash::Flash,
    service::user_names,
    visit::{Manager, Posted, Visit, done, page, refused},
};
use crate::{
    components::{Choice, Field},
    pages::{AgentPage, DutyRow, FactRow, Played, TurnRow, call_href, scenario_label},
    phone::SIGNING_KEY,
    phone::rehearse::{SCENARIOS, rehearse},
    state::AppState,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    scenario: String,
}

/// What is tried.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Try {
    branch: String,
    script: String,
}

/// What somebody has seen to.
#[derive(Deserialize)]
pub struct Duty {
    item: String,
    done: String,
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit<Manager>,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Failure> {
    let agent = agent(&state, &visit, &id).await?;
    let scenario = SCENARIOS.iter().find(|it| it.name == chosen.scenario).unwrap_or(&SCENARIOS[0]);
    let wish = Try { branch: String::new(), script: scenario.script.to_owned() };
    page(&fill(&state, visit, &agent, wish).await?)
}

/// Plays a call. It goes on when nobody waits for it any more: what it has booked is cancelled at its end.
pub async fn try_out(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Try, Manager>,
) -> Result<Response, Failure> {
    let (company, user) = (visit.company(), visit.session.user.id);
    let agent = agent(&state, &visit, &id).await?;
    let script = match form.script.parse::<Script>() {
        Ok(script) => script,
        Err(error) => {
            let shown = fill(&state, visit, &agent, form).await?;
            return refused(&AgentPage { unread: Some(error.line()), ..shown });
        }
    };
    let branches = state.engine.store.branches(company).await?;
    let branch = branches.iter().find(|branch| branch.id.to_string() == form.branch).or(branches.first());
    let number = branch.and_then(|branch| branch.phone.as_ref()).map(ToString::to_string);
    let call_id = format!("{REHEARSAL}{}", state.engine.ambient.id().simple());
    let rehearsal = Rehearsal::new(script, &call_id, number.as_deref(), state.engine.ambient.now());
    tracing::info!(target: "einklang::audit", %company, %user, agent = %agent.id, call_id, "an agent was tried");
    let (playing, played_by) = (state.clone(), agent.clone());
    let turns = tokio::spawn(async move { rehearse(&playing, company, &played_by, rehearsal).await });
    let turns = turns.await.map_err(|error| Failure::Internal(error.into()))?;
    let now = state.engine.ambient.now();
    let mut appointments = Vec::new();
    // What never came to a function is written down nowhere.
    if let Ok(view) = state.engine.store.call(company, &call_id).await {
        let told = told_appointments(&state, company, &view.appointments).await?;
        appointments = view.appointments.iter().filter_map(|id| told.get(id).cloned()).collect();
    }
    let turns = turns.into_iter().map(|turn| TurnRow::of(now, turn)).collect();
    let played = Played { href: call_href(&call_id), turns, appointments };
    page(&AgentPage { played: Some(played), ..fill(&state, visit, &agent, form).await? })
}

pub async fn check(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Duty, Manager>,
) -> Result<Response, Failure> {
    let agent: AgentId = id.parse().map_err(|_| Failure::NotFound)?;
    let item = AgentItem::parse(&form.item).ok_or(Failure::Unreadable)?;
    let (store, company, by) = (&state.engine.store, visit.company(), visit.session.user.id);
    let is_done = form.done == "yes";
    if is_done {
        let check = AgentCheck { agent, item, at: state.engine.ambient.now(), by };
        store.check_agent(company, check).await?;
    } else {
        store.uncheck_agent(company, agent, item).await?;
    }
    tracing::info!(
        target: "einklang::audit", %company, user = %by, %agent, item = item.as_str(), is_done,
        "somebody answers for an agent"
    );
    let flash = if is_done { Flash::DutyDone } else { Flash::DutyOpen };
    Ok(done(&state, &format!("/calls/agents/{agent}"), flash))
}

async fn agent<R>(state: &AppState, visit: &Visit<R>, id: &str) -> Result<Agent, Failure>
where
    R: super::visit::Rank,
{
    let id: AgentId = id.parse().map_err(|_| Failure::NotFound)?;
    let agents = state.engine.store.agents(visit.company()).await?;
    agents.into_iter().find(|agent| agent.id == id).ok_or(Failure::NotFound)
}

async fn fill(
    state: &AppState,
    visit: Visit<Manager>,
    agent: &Agent,
    wish: Try,
) -> Result<AgentPage, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let branches = store.branches(company).await?;
    let users = user_names(state, company).await?;
    let checks = store.agent_checks(company).await?;
    let duty = |item: AgentItem| {
        let check = checks.iter().find(|check| check.agent == agent.id && check.item == item);
        let (label, text) = match item {
            AgentItem::Notice => ("duty-notice", "duty-notice-text"),
            AgentItem::Sound => ("duty-sound", "duty-sound-text"),
            AgentItem::Contract => ("duty-contract", "duty-contract-text"),
        };
        DutyRow {
            item: item.as_str(),
            label,
            text,
            checked_at: check.map(|check| check.at),
            by: check.and_then(|check| users.get(&check.by).cloned()),
        }
    };
    let base = format!("{}/voice/retell/{}", state.settings.public_url, agent.token);
    let choice = |branch: &Branch| {
        let id = branch.id.to_string();
        let chosen = id == wish.branch;
        Choice::new(id, branch.name.clone()).selected(chosen)
    };
    Ok(AgentPage {
        id: agent.id.to_string(),
        name: agent.name.clone(),
        scenarios: SCENARIOS.iter().map(|it| (it.name, scenario_label(it.name))).collect(),
        branches: branches.iter().map(choice).collect(),
        branch: Field::default(),
        script: Field::of(wish.script),
        unread: None,
        played: None,
        facts: facts(state, &visit, agent, &branches).await?,
        duties: AgentItem::ALL.into_iter().map(duty).collect(),
        addresses: vec![
            ("address-functions", format!("{base}/functions/…")),
            ("address-reports", format!("{base}/calls")),
            ("address-inbound", format!("{base}/inbound")),
        ],
        t: visit.t,
        frame: visit.frame,
    })
}

/// How the agent is set up, as far as it can be seen from here.
async fn facts(
    state: &AppState,
    visit: &Visit<Manager>,
    agent: &Agent,
    branches: &[Branch],
) -> Result<Vec<FactRow>, Failure> {
    let (engine, company, t) = (&state.engine, visit.company(), &visit.t);
    let opens = engine.vault.open(company, SIGNING_KEY, &agent.signing_key.0).is_ok();
    let nameless: Vec<_> =
        branches.iter().filter(|branch| branch.phone.is_none()).map(|branch| branch.name.clone()).collect();
    let (function, report) = engine.store.last_of_agent(company, agent.id).await?;
    let last = |at: Option<jiff::Timestamp>| at.map(|at| t.date_time(&at)).unwrap_or_default();
    let days = |age: Option<SignedDuration>| match age {
        Some(age) => {
            t.get("keep-days").arg("count", u64::try_from(age.as_hours() / 24).unwrap_or(0)).to_string()
        }
        None => t.get("keep-ever").to_string(),
    };
    let fact = |good, label, says| FactRow { good, label, says };
    let keep = &engine.settings.keep;
    Ok(vec![
        fact(Some(opens), if opens { "fact-key" } else { "fact-no-key" }, String::new()),
        fact(
            Some(function.is_some()),
            if function.is_some() { "fact-functions" } else { "fact-no-functions" },
            last(function),
        ),
        fact(
            Some(report.is_some()),
            if report.is_some() { "fact-reports" } else { "fact-no-reports" },
            last(report),
        ),
        // With one branch there is nothing to tell apart.
        fact(
            Some(nameless.is_empty() || branches.len() < 2),
            if nameless.is_empty() || branches.len() < 2 { "fact-numbers" } else { "fact-no-numbers" },
            if branches.len() < 2 { String::new() } else { nameless.join(", ") },
        ),
        fact(Some(true), "fact-no-sound", String::new()),
        fact(None, "fact-keep-words", days(keep.transcripts)),
        fact(None, "fact-keep-calls", days(keep.calls)),
    ])
}
