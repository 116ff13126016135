//! `GET /calls` and `GET /calls/{id}`: what the phone agents did.

use std::collections::{BTreeSet, HashMap};

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{AgentId, AppointmentId, BranchId, CompanyId, people::Role};
use jiff::civil::Date;
use serde::Deserialize;
use store::{Agent, AgentItem, CallFilter, CallView};

use super::{
    failure::Failure,
    moment::midnight,
    row::href,
    service::user_names,
    visit::{Visit, page},
};
use crate::{
    components::{Choice, Pager},
    i18n::Translator,
    pages::{
        CallPage, CallRow, Calls, CallsFilter, EventRow, FunctionRow, NoticeRow, ToldAppointment, call_href,
    },
    state::AppState,
};

/// Calls on one page.
const PER_PAGE: u64 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: Option<String>,
    before: Option<String>,
}

pub async fn list(
    State(state): State<AppState>,
    visit: Visit,
    Query(filter): Query<CallsFilter>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let (wanted, unread) = wanted(&visit.t, &filter);
    let place = place.after.or(place.before);
    let found = match store.calls_page(company, &wanted, place.as_deref(), PER_PAGE).await {
        // An old or mangled address: the list from its beginning.
        Err(store::Error::InvalidCursor) => store.calls_page(company, &wanted, None, PER_PAGE).await?,
        found => found?,
    };
    let agents = store.agents(company).await?;
    let users = user_names(&state, company).await?;
    let checks = store.agent_checks(company).await?;
    let notice = |agent: &Agent| {
        let check = checks.iter().find(|it| it.agent == agent.id && it.item == AgentItem::Notice);
        NoticeRow {
            id: agent.id.to_string(),
            agent: agent.name.clone(),
            checked_at: check.map(|check| check.at),
            by: check.and_then(|check| users.get(&check.by).cloned()),
        }
    };
    let notices = agents.iter().map(notice).collect();
    let choice = |agent: Agent| {
        let id = agent.id.to_string();
        let chosen = id == filter.agent;
        Choice::new(id, agent.name).selected(chosen)
    };
    page(&Calls {
        rows: rows(&state, company, found.items).await?,
        pager: Pager {
            previous: found.prev.map(|cursor| filter.page("before", &cursor)),
            next: found.next.map(|cursor| filter.page("after", &cursor)),
        },
        notices,
        manages: visit.session.user.role >= Role::Manager,
        agents: agents.into_iter().map(choice).collect(),
        unread,
        filter,
        t: visit.t,
        frame: visit.frame,
    })
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let view = store.call(company, &id).await?;
    let functions = store.call_functions(company, &id).await?;
    let events = store.call_events(company, &id).await?;
    let news = view.news.clone();
    let row = rows(&state, company, vec![view]).await?.pop().ok_or(Failure::NotFound)?;
    page(&CallPage {
        id,
        row,
        ended_because: news.ended_because,
        sentiment: news.sentiment,
        successful: news.successful,
        transcript: news.transcript,
        reads_transcript: visit.session.user.role >= Role::Manager,
        functions: functions
            .into_iter()
            .map(|called| FunctionRow::of(called.at, called.name, &called.arguments, &called.answer))
            .collect(),
        events: events
            .into_iter()
            .map(|event| EventRow { at: event.received_at, event: event.event, repeats: event.repeats })
            .collect(),
        t: visit.t,
        frame: visit.frame,
    })
}

/// What the store is asked for, and what cannot be read: that lets everything through, as the page says.
fn wanted(t: &Translator, filter: &CallsFilter) -> (CallFilter, Vec<&'static str>) {
    let mut unread = Vec::new();
    let mut note = |name, text: &str, read: bool| {
        if !text.is_empty() && !read {
            unread.push(name);
        }
    };
    let agent = filter.agent.parse::<AgentId>().ok();
    note("call-agent", &filter.agent, agent.is_some());
    let with_appointment = match filter.result.as_str() {
        "appointment" => Some(true),
        "none" => Some(false),
        _ => None,
    };
    note("calls-result", &filter.result, with_appointment.is_some());
    let day = |text: &str| text.parse::<Date>().ok();
    let (from, to) = (day(&filter.from), day(&filter.to).and_then(|day| day.tomorrow().ok()));
    note("filter-from", &filter.from, from.is_some());
    note("filter-to", &filter.to, to.is_some());
    let wanted = CallFilter {
        agent,
        with_appointment,
        from: from.map(|day| midnight(day, &t.zone)),
        until: to.map(|day| midnight(day, &t.zone)),
    };
    (wanted, unread)
}

/// Calls with the names of what they are about.
async fn rows(state: &AppState, company: CompanyId, calls: Vec<CallView>) -> Result<Vec<CallRow>, Failure> {
    let store = &state.engine.store;
    let agents: HashMap<AgentId, String> =
        store.agents(company).await?.into_iter().map(|agent| (agent.id, agent.name)).collect();
    let branches = store.branches(company).await?;
    // Where there is one there is nothing to tell.
    let branches: HashMap<BranchId, String> = match branches.len() {
        0 | 1 => HashMap::new(),
        _ => branches.into_iter().map(|branch| (branch.id, branch.name)).collect(),
    };
    let ids: BTreeSet<_> = calls.iter().flat_map(|call| call.appointments.iter().copied()).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let told = told_appointments(state, company, &ids).await?;
    let row = |view: CallView| {
        let CallView { call, news, functions, appointments } = view;
        let is_rehearsal = call.is_rehearsal();
        let took = news.ended_at.map(|end| end.duration_since(call.started_at).as_millis());
        CallRow {
            href: call_href(&call.call_id),
            started_at: call.started_at,
            millis: took.map(|millis| u64::try_from(millis).unwrap_or(0)),
            from: call.from_masked,
            agent: agents.get(&call.agent_id).cloned().unwrap_or_default(),
            branch: call.branch_id.and_then(|id| branches.get(&id).cloned()),
            summary: news.summary,
            functions,
            is_rehearsal,
            appointments: appointments.iter().filter_map(|id| told.get(id).cloned()).collect(),
        }
    };
    Ok(calls.into_iter().map(row).collect())
}

/// How appointments are told of.
pub async fn told_appointments(
    state: &AppState,
    company: CompanyId,
    ids: &[AppointmentId],
) -> Result<HashMap<AppointmentId, ToldAppointment>, Failure> {
    let views = state.engine.store.views(company, ids).await?;
    let told = views.into_iter().map(|view| {
        let it = view.appointment;
        (it.id, ToldAppointment { href: href(&it), number: it.label() })
    });
    Ok(told.collect())
}
