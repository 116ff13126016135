//! `GET /`: is anything wrong? A handful of counts, each from an index. `POST /setup/hide`, `…/show`: an admin does not want
//! what is left of the setting up, or wants it again.

use axum::{extract::State, response::Response};
use domain::{
    AppointmentStatus, Slot,
    notify::{Channel, ChannelKind},
    people::Role,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    connections::Nothing,
    failure::Failure,
    flash::Flash,
    lanes::{self, Lane},
    moment::midnight,
    row::row,
    visit::{Admin, Posted, Visit, done, page},
};
use crate::{
    components::{Calls, Course},
    pages::{
        Attention, AttentionKind, ConnectionHealth, ConnectionState, Dashboard, Questions, SetupItem,
        SetupStep, SyncCounts, Today,
    },
    state::AppState,
};

/// Days whose calls are drawn.
const DAYS: i64 = 30;
/// Appointments of today that are shown.
const UPCOMING: u64 = 8;

pub async fn show(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let company = visit.company();
    let counts = SyncCounts(state.engine.store.counts_by_sync(company).await?);
    let lanes = lanes::all(&state, company).await?;
    let unlinked = lanes::unlinked(&state, company).await?.len();
    let manages = visit.session.user.role >= Role::Manager;
    let mut attention = Vec::new();
    if manages {
        attention.extend(lanes.iter().filter_map(ailing));
    }
    let questions = Questions(state.engine.store.reviews_waiting(company, visit.t.now).await?);
    attention.extend(asked(&questions));
    if manages && unlinked > 0 && !lanes.is_empty() {
        attention.push(Attention::on_connections(AttentionKind::UnlinkedServices { count: unlinked as u64 }));
    }
    let mut setup = setup(&state, &visit, &lanes, unlinked).await?;
    let hidden = state.engine.store.is_setup_hidden(company).await?;
    let is_left = setup.iter().any(|item| !item.done);
    if hidden {
        setup.clear();
    }
    let today = today(&state, &visit).await?;
    let course = if manages && !lanes.is_empty() { Some(course(&state, &visit).await?) } else { None };
    page(&Dashboard {
        counts,
        questions,
        attention,
        today,
        course,
        connections: lanes.into_iter().filter(|_| manages).map(health).collect(),
        setup,
        can_hide_setup: visit.session.user.role >= Role::Admin,
        setup_hidden: hidden && is_left,
        t: visit.t,
        frame: visit.frame,
    })
}

/// What is wrong with a connection, if it needs somebody.
fn ailing(lane: &Lane) -> Option<Attention> {
    let connection = lane.connection.name.clone();
    match lane.state {
        ConnectionState::Unauthorized => Some(AttentionKind::Unauthorized { connection }),
        ConnectionState::Braked => Some(AttentionKind::Braked { connection }),
        ConnectionState::Paused => Some(AttentionKind::Paused { connection }),
        ConnectionState::Unreachable => Some(AttentionKind::Unreachable { connection }),
        _ if lane.connection.webhook_id.is_none() || lane.connection.is_silent() => {
            Some(AttentionKind::WebhooksSilent { connection })
        }
        _ => None,
    }
    .map(Attention::on_connections)
}

/// What people are asked, the most urgent cause first, and among equals the one whose next appointment is soonest.
fn asked(questions: &Questions) -> Vec<Attention> {
    let mut waiting: Vec<_> = questions.0.iter().filter(|of| of.count > 0).collect();
    waiting.sort_by_key(|of| (of.code.severity(), of.next_at.unwrap_or(Timestamp::MAX)));
    let put_off = Some(questions.put_off()).filter(|count| *count > 0).map(Attention::put_off);
    waiting.into_iter().map(Attention::of).chain(put_off).collect()
}

async fn today(state: &AppState, visit: &Visit) -> Result<Today, Failure> {
    let (store, company, t) = (&state.engine.store, visit.company(), &visit.t);
    let day = t.day_of(&t.now);
    let end = day.tomorrow().map_or(Timestamp::MAX, |day| midnight(day, &t.zone));
    let whole = Slot { start: midnight(day, &t.zone), end };
    let (calls, calls_booked) = store.count_calls(company, whole).await?;
    let mut booked = store.today(company, whole).await?;
    booked.retain(|(_, count)| *count > 0);
    let filter = store::AppointmentFilter {
        from: Some(t.now),
        to: Some(end),
        statuses: AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect(),
        ..store::AppointmentFilter::default()
    };
    let upcoming = store.appointments(company, &filter, None, UPCOMING).await?;
    Ok(Today { calls, calls_booked, booked, upcoming: upcoming.items.into_iter().map(row).collect() })
}

/// How well it went within the last day and the last thirty days, today among them.
async fn course(state: &AppState, visit: &Visit) -> Result<Course, Failure> {
    let (store, company, t) = (&state.engine.store, visit.company(), &visit.t);
    let last = t.day_of(&t.now);
    let first = last.checked_sub(jiff::Span::new().days(DAYS - 1)).unwrap_or(last);
    let (month, day) = (midnight(first, &t.zone), t.now - SignedDuration::from_hours(24));
    let hours = store.calls_by_hour(company, month.min(day)).await?;
    Ok(Course {
        day: hours.iter().filter(|hour| hour.from >= day).map(Calls::of).sum(),
        month: hours.iter().map(Calls::of).sum(),
        days: first
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day <= last)
            .map(|day| {
                let of_day = hours.iter().filter(|hour| t.day_of(&hour.from) == day);
                (day, of_day.map(Calls::of).sum())
            })
            .collect(),
        told: store.known_within(company, day).await?,
        repeated: store.repeated_since(company, day).await?,
        settled: store.settled_within(company, month).await?,
        due_since: store.due_since(company, t.now).await?,
    })
}

fn health(lane: Lane) -> ConnectionHealth {
    ConnectionHealth {
        href: format!("/connections#{}", lane.connection.id),
        name: lane.connection.name,
        state: lane.state,
        budget_used: lane.used,
        budget_limit: lane.limit,
        waiting: lane.waiting,
        last_webhook_at: lane.connection.last_webhook_at,
        last_answer_at: lane.last_answer_at,
        verified: lane.verified,
    }
}

/// The steps of the setting up; none for whom there is nothing to do about them.
async fn setup(
    state: &AppState,
    visit: &Visit,
    lanes: &[Lane],
    unlinked: usize,
) -> Result<Vec<SetupItem>, Failure> {
    let (store, company, role) = (&state.engine.store, visit.company(), visit.session.user.role);
    if role < Role::Manager {
        return Ok(Vec::new());
    }
    let staff = store.staff(company).await?;
    let services = store.services(company).await?;
    let channels = store.notification_channels(company).await?;
    // Behind the bell only those are told who look.
    let tells = |channel: &Channel| match channel.kind {
        ChannelKind::App => false,
        ChannelKind::Email => state.engine.settings.mail_from.is_some(),
        ChannelKind::Slack | ChannelKind::Discord => true,
    };
    let branches = store.branches(company).await?;
    let agents = store.agents(company).await?;
    let is_done = |step| match step {
        SetupStep::Branch => branches.iter().any(|branch| !branch.hours.is_empty()),
        SetupStep::Staff => staff.iter().any(|person| person.active && !person.hours.is_empty()),
        SetupStep::Connect => !lanes.is_empty(),
        SetupStep::Services => unlinked == 0 && services.iter().any(|service| service.active),
        SetupStep::Verified => !lanes.is_empty() && lanes.iter().all(|lane| lane.verified.is_some()),
        SetupStep::Told => channels.iter().any(|it| it.channel.active && tells(&it.channel)),
        SetupStep::Phone => !agents.is_empty(),
    };
    let href = |step: SetupStep| step.page().filter(|_| step != SetupStep::Told || role >= Role::Admin);
    Ok(SetupStep::ALL.map(|step| SetupItem { step, done: is_done(step), href: href(step) }).into())
}

/// What is left of the setting up is wanted again.
pub async fn show_setup(
    State(state): State<AppState>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let (company, user) = (visit.company(), visit.session.user.id);
    state.engine.store.show_setup(company).await?;
    tracing::info!(target: "einklang::audit", %company, %user, "setup shown");
    Ok(done(&state, "/", Flash::SetupShown))
}

/// What is left of the setting up is not wanted.
pub async fn hide_setup(
    State(state): State<AppState>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let (company, user, now) = (visit.company(), visit.session.user.id, state.engine.ambient.now());
    state.engine.store.hide_setup(company, now).await?;
    tracing::info!(target: "einklang::audit", %company, %user, "setup hidden");
    Ok(done(&state, "/", Flash::SetupHidden))
}
