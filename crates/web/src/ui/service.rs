//! `GET /services/{id}`: one service with its event types, divergences and history. `POST …/divergences`: an admin
//! settles one field.

use std::collections::HashMap;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    CompanyId, ConnectionId, LinkId, ServiceId, UserId,
    catalogue::{
        Divergence, EventTypeNext, EventTypeRecord, EventTypeRole, NoPlace, ServiceCase, ServiceEntry,
        Setting,
    },
    people::Role,
    service::{Service, ServiceSync, Terms},
};
use engine::services::{ServiceError, Settlement, Side};
use serde::Deserialize;

use super::{
    failure::Failure,
    flash::Flash,
    service_link,
    services::staff_names,
    visit::{Admin, Posted, Visit, done, page},
};
use crate::{
    components::{AsChip, Chip, ServiceState, Tone, WorksBar, problem_key, said, setting_label},
    i18n::Translator,
    pages::{DivergenceRow, EventTypeOf, EventTypeRow, Owner, ServiceEvent, ServicePage},
    state::AppState,
};

/// Entries on the page.
const SHOWN: u64 = 100;

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Failure> {
    let company = visit.company();
    let Found { case, deleted } = find(&state, company, &id).await?;
    let names = Names::of(&state, company).await?;
    let users = user_names(&state, company).await?;
    let entries = state.engine.store.service_history(company, case.service.id, SHOWN).await?;
    let Visit { t, frame, session, .. } = visit;
    let service = &case.service;
    let mut staff: Vec<_> = case.performers.iter().map(|it| names.person(it.staff_id)).collect();
    staff.sort();
    let kept = case.event_types.iter().filter(|record| record.role != EventTypeRole::Gone);
    let works = (0..).zip(&service.segments).map(|(number, work)| {
        let may = case.performers.iter().filter(|it| service.may_do(number, it.staff_id));
        let mut who: Vec<_> = may.map(|it| names.person(it.staff_id)).collect();
        who.sort();
        (work.name.as_str(), work.minutes, work.pause_minutes, who)
    });
    let can_change = session.user.role >= Role::Admin && !deleted;
    page(&ServicePage {
        id: service.id.to_string(),
        name: service.name.clone(),
        version: service.version,
        state: ServiceState::of(&case),
        deleted,
        can_change,
        facts: facts(&t, service),
        works: WorksBar::of(works),
        staff,
        event_types: kept.map(|record| event_type(&case, record, &names)).collect(),
        linkable: if can_change { service_link::targets(&case) } else { Vec::new() },
        divergences: divergences(&t, &case, &names),
        events: entries.into_iter().map(|entry| event(entry, &users, &names)).collect(),
        t,
        frame,
    })
}

#[derive(Deserialize)]
pub struct Decision {
    version: Option<i64>,
    link: String,
    setting: String,
    /// What the person has seen to stand at Cal.com.
    theirs: String,
    side: String,
}

/// Settles one field of one event type, as it was seen.
pub async fn settle(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Decision, Admin>,
) -> Result<Response, Failure> {
    let Found { case, deleted } = find(&state, visit.company(), &id).await?;
    let link: LinkId = form.link.parse().map_err(|_| Failure::Unreadable)?;
    let setting = Setting::from_name(&form.setting).ok_or(Failure::Unreadable)?;
    let side = match form.side.as_str() {
        "ours" => Side::Ours,
        "theirs" => Side::Theirs,
        "dismiss" => Side::Both,
        _ => return Err(Failure::Unreadable),
    };
    let id = case.service.id;
    let settlement = Settlement { link, setting, side, theirs: form.theirs };
    let flash = if deleted {
        Flash::NothingToSettle
    } else {
        look(&state, visit.company(), id).await?;
        let settled =
            state.engine.settle_divergence(visit.company(), id, settlement, visit.actor(), form.version);
        match settled.await {
            Ok(_) if side == Side::Both => Flash::Dismissed,
            Ok(_) => Flash::Settled,
            Err(ServiceError::Stale(_) | ServiceError::SeenOther) => Flash::ServiceStale,
            Err(ServiceError::NothingToSettle | ServiceError::Invalid(_) | ServiceError::SlugTaken) => {
                Flash::NothingToSettle
            }
            Err(error) => return Err(error.into()),
        }
    };
    Ok(done(&state, &format!("/services/{id}"), flash))
}

/// Whoever decides about what Cal.com says decides about what it says now, if it can be asked.
async fn look(state: &AppState, company: CompanyId, id: ServiceId) -> Result<(), Failure> {
    match state.engine.look_at_service(company, id).await {
        Err(ServiceError::Silent) => Ok(()),
        looked => Ok(looked?),
    }
}

/// A service of the reader's company.
pub struct Found {
    pub case: ServiceCase,
    /// It is on no list any more.
    pub deleted: bool,
}

/// The service of an id in an address.
pub async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<Found, Failure> {
    let id: ServiceId = id.parse().map_err(|_| Failure::NotFound)?;
    let case = state.engine.store.service_case(company, id).await?;
    let listed = state.engine.store.services(company).await?;
    Ok(Found { deleted: listed.iter().all(|service| service.id != id), case })
}

/// What people call those who perform, and the accounts.
pub struct Names {
    staff: HashMap<domain::StaffId, String>,
    connections: HashMap<ConnectionId, String>,
}

impl Names {
    pub async fn of(state: &AppState, company: CompanyId) -> Result<Self, Failure> {
        let connections = state.engine.store.connections(company).await?;
        Ok(Self {
            staff: staff_names(state, company).await?,
            connections: connections.into_iter().map(|one| (one.id, one.name)).collect(),
        })
    }

    fn person(&self, id: domain::StaffId) -> String {
        self.staff.get(&id).cloned().unwrap_or_default()
    }

    pub fn connection(&self, id: ConnectionId) -> String {
        self.connections.get(&id).cloned().unwrap_or_default()
    }

    /// Whose event type it is.
    pub fn owner(&self, service: &Service, record: &EventTypeRecord) -> Owner {
        Owner {
            staff: record.staff_id.map(|id| self.person(id)),
            work: service.segments.get(usize::from(record.segment)).map(|work| work.name.clone()),
        }
    }
}

/// The names of those who sign in.
pub async fn user_names(state: &AppState, company: CompanyId) -> Result<HashMap<UserId, String>, Failure> {
    let users = state.engine.store.users(company).await?;
    Ok(users.into_iter().map(|user| (user.id, user.name)).collect())
}

/// An entry of the history with the names of whoever did it, and of whose event type it is about.
pub fn event(entry: ServiceEntry, users: &HashMap<UserId, String>, names: &Names) -> ServiceEvent {
    let by = entry.actor.user_id.and_then(|id| users.get(&id).cloned());
    let about = entry.about.as_ref().map(|about| EventTypeOf {
        owner: Owner { staff: about.staff_id.map(|id| names.person(id)), work: about.work.clone() },
        connection: names.connection(about.connection),
    });
    ServiceEvent::of(entry, by, about)
}

/// What a service says, in words. Its name is the page's, its stretches of work stand by themselves.
fn facts(t: &Translator, service: &Service) -> Vec<(&'static str, Option<String>)> {
    // Whatever differs from a service that says nothing is said, with the same words as in the history.
    let nothing = Service {
        name: String::new(),
        slug: String::new(),
        description: String::new(),
        duration_minutes: 0,
        price_cents: None,
        active: !service.active,
        terms: Terms {
            online: !service.terms.online,
            requires_confirmation: !service.terms.requires_confirmation,
            disable_guests: !service.terms.disable_guests,
            ..Terms::default()
        },
        segments: service.segments.clone(),
        ..service.clone()
    };
    let all = service.changes(&nothing).into_iter().filter(|(name, ..)| name != "name");
    all.map(|(name, _, value)| (setting_label(&name), said(t, &name, &value))).collect()
}

fn event_type(case: &ServiceCase, record: &EventTypeRecord, names: &Names) -> EventTypeRow {
    let next = case.next_of(record);
    let leaving = record.role != EventTypeRole::Current;
    let sync = match next {
        EventTypeNext::GivenUp(_) => ServiceSync::Error,
        EventTypeNext::Rest => ServiceSync::Synced,
        EventTypeNext::Look if record.last_synced_at.is_some() && record.failures == 0 => ServiceSync::Synced,
        EventTypeNext::Look | EventTypeNext::Act(_) => ServiceSync::Pending,
    };
    let chip = if leaving && sync != ServiceSync::Error {
        Chip { tone: Tone::Wait, icon: "trash", label: "event-type-leaving" }
    } else {
        sync.chip()
    };
    let url = record.sighting().and_then(|seen| seen.booking_url.clone());
    EventTypeRow {
        owner: names.owner(&case.service, record),
        connection: names.connection(record.connection),
        event_type: record.event_type_id,
        // What Cal.com says is no address that a browser should run.
        booking_url: url.filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        chip,
        divergences: if leaving { 0 } else { record.open_divergences().count() },
        problem: match next {
            EventTypeNext::GivenUp(problem) => Some(problem_key(problem)),
            _ => None,
        },
        last_synced_at: record.last_synced_at,
        next_try_at: record.next_try_at,
    }
}

/// Those that wait for a person first.
fn divergences(t: &Translator, case: &ServiceCase, names: &Names) -> Vec<DivergenceRow> {
    let all = case.current().flat_map(|record| record.divergences.iter().map(move |it| (record, it)));
    let mut rows: Vec<_> = all.map(|(record, it)| divergence(t, case, record, it, names)).collect();
    rows.sort_by_key(|row| (row.dismissed, row.setting));
    rows
}

pub fn divergence(
    t: &Translator,
    case: &ServiceCase,
    record: &EventTypeRecord,
    divergence: &Divergence,
    names: &Names,
) -> DivergenceRow {
    let Divergence { setting, theirs, first_seen_at, last_seen_at, dismissed } = divergence.clone();
    let words = |value: &str| said(t, setting.as_str(), value);
    DivergenceRow {
        link: record.id.to_string(),
        setting,
        label: setting_label(setting.as_str()),
        owner: names.owner(&case.service, record),
        ours: words(&setting.value(&case.wanted(record))),
        shared: record.shared.get(&setting).map(|shared| words(shared)),
        theirs: words(&theirs),
        theirs_as_seen: theirs,
        first_seen_at,
        last_seen_at,
        dismissed,
        cannot_take: record.sighting().and_then(|seen| case.cannot_take(setting, &seen.settings)).map(
            |reason| match reason {
                NoPlace::MadeUp => "cannot-take-name",
                NoPlace::NoSuchSetting => "cannot-take-unknown",
            },
        ),
    }
}
