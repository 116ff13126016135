//! `GET /connections`: for managers and admins, to read. `POST /connections/{id}/pause`, `…/resume`, `…/key` and
//! `…/webhook`: for admins, to stop one for a while and to get one going again.

use std::collections::HashMap;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{CompanyId, ConnectionId, ServiceId, StaffId, UserId, people::Role};
use engine::connect::{self, ConnectError, Webhook};
use serde::Deserialize;
use serde_json::Value;
use store::SetupEntry;

use super::{
    failure::Failure,
    flash::Flash,
    lanes::{self, Lane},
    service::user_names,
    visit::{Admin, Manager, Posted, Rank, Visit, done, page, refused},
};
use crate::{
    components::{AsChip as _, Field, FieldError, SetupRow},
    i18n::Translator,
    pages::{Capability, CapabilityKind, Connection, Connections, EventTypeLink, WebhookState},
    state::AppState,
};

/// Deeds that are told of each connection.
const DEEDS: usize = 10;

pub async fn show(State(state): State<AppState>, visit: Visit<Manager>) -> Result<Response, Failure> {
    page(&fill(&state, visit, None).await?)
}

#[derive(Deserialize)]
pub struct Nothing {}

/// Goes on with a connection that was stopped, if Cal.com accepts its key.
pub async fn resume(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let id: ConnectionId = id.parse().map_err(|_| Failure::NotFound)?;
    let resumed = connect::resume(&state.engine, visit.company(), id, visit.actor()).await;
    told(&state, &visit, id, "resume", resumed.map(|()| Flash::Resumed))
}

/// Stops the work of a connection for a while.
pub async fn pause(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let id: ConnectionId = id.parse().map_err(|_| Failure::NotFound)?;
    connect::pause(&state.engine, visit.company(), id, visit.actor()).await?;
    told(&state, &visit, id, "pause", Ok(Flash::Paused))
}

/// Has the webhook of a connection looked up at Cal.com, and put right.
pub async fn webhook(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let id: ConnectionId = id.parse().map_err(|_| Failure::NotFound)?;
    let done = connect::repair_webhook(&state.engine, visit.company(), id, visit.actor()).await;
    let flash = |done| match done {
        Webhook::Right => Flash::WebhookRight,
        Webhook::Registered | Webhook::Corrected => Flash::WebhookCorrected,
    };
    told(&state, &visit, id, "webhook", done.map(flash))
}

/// What became of what an admin wanted of a connection, on its part of the page and in the log.
fn told(
    state: &AppState,
    visit: &Visit<Admin>,
    id: ConnectionId,
    what: &str,
    done: Result<Flash, ConnectError>,
) -> Result<Response, Failure> {
    let (company, user) = (visit.company(), visit.session.user.id);
    let flash = match done {
        Ok(flash) => {
            tracing::info!(target: "einklang::audit", %company, %user, connection = %id, what, "connection");
            flash
        }
        Err(ConnectError::Engine(error)) => return Err(error.into()),
        Err(error) => {
            tracing::info!(target: "einklang::audit", %company, %user, connection = %id, what, %error, "connection unchanged");
            match error {
                ConnectError::CalCom(calcom::Error::Unauthorized { .. }) => Flash::KeyRefused,
                ConnectError::CalCom(_) => Flash::Unreachable,
                _ => Flash::NotNow,
            }
        }
    };
    Ok(super::visit::done(state, &format!("/connections#{id}"), flash))
}

#[derive(Deserialize)]
pub struct NewKey {
    #[serde(default)]
    api_key: String,
}

/// Replaces the key of a connection, if Cal.com accepts the new one as one of the same account.
pub async fn replace_key(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<NewKey, Admin>,
) -> Result<Response, Failure> {
    let id: ConnectionId = id.parse().map_err(|_| Failure::NotFound)?;
    let (company, user) = (visit.company(), visit.session.user.id);
    let key = form.api_key.trim();
    let wrong = if key.is_empty() {
        FieldError::Required
    } else {
        match connect::replace_key(&state.engine, company, id, key.into(), visit.actor()).await {
            Ok(()) => {
                tracing::info!(target: "einklang::audit", %company, %user, connection = %id, "key replaced");
                return Ok(done(&state, &format!("/connections#{id}"), Flash::KeyReplaced));
            }
            Err(ConnectError::Engine(error)) => return Err(error.into()),
            Err(error) => {
                tracing::info!(target: "einklang::audit", %company, %user, connection = %id, %error, "key not replaced");
                match error {
                    ConnectError::OtherAccount(account) => FieldError::OtherAccount { account },
                    ConnectError::CalCom(calcom::Error::Unauthorized { .. }) => FieldError::KeyRefused,
                    _ => FieldError::Unreachable,
                }
            }
        }
    };
    refused(&fill(&state, visit, Some((id, wrong))).await?)
}

/// `wrong`: what is wrong with the key that was entered for a connection.
async fn fill<R: Rank>(
    state: &AppState,
    visit: Visit<R>,
    wrong: Option<(ConnectionId, FieldError)>,
) -> Result<Connections, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let services: HashMap<ServiceId, String> =
        store.services(company).await?.into_iter().map(|service| (service.id, service.name)).collect();
    let staff: HashMap<StaffId, String> =
        store.staff(company).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let links = store.links(company).await?;
    let lanes = lanes::all(state, company).await?;
    let links_of = |lane: &Lane| {
        let own = links.iter().filter(|link| link.connection_id == lane.connection.id);
        let mut own: Vec<_> = own
            .map(|link| EventTypeLink {
                service: services.get(&link.service_id).cloned().unwrap_or_default(),
                staff: link.staff_id.and_then(|id| staff.get(&id).cloned()),
                event_type: link.event_type_id,
            })
            .collect();
        own.sort_by(|a, b| (&a.service, &a.staff).cmp(&(&b.service, &b.staff)));
        own
    };
    let mut histories = histories(state, &visit.t, company, &lanes).await?;
    let connections = lanes
        .into_iter()
        .map(|lane| {
            let links = links_of(&lane);
            let error =
                wrong.as_ref().filter(|(id, _)| *id == lane.connection.id).map(|(_, error)| error.clone());
            let Lane { connection, state, used, limit, waiting, webhooks_waiting, last_answer_at, verified } =
                lane;
            let registered = connection.webhook_id.is_some();
            let webhook = match registered {
                true if connection.is_silent() => WebhookState::Silent,
                true => WebhookState::Registered,
                false => WebhookState::Missing,
            };
            Connection {
                id: connection.id.to_string(),
                capabilities: capabilities(&connection.capabilities, registered),
                account: format!("{} ({})", connection.account.username, connection.account.email),
                name: connection.name,
                base_url: connection.base_url,
                state,
                webhook,
                links,
                budget_used: used,
                budget_limit: limit,
                waiting,
                webhooks_waiting,
                history: histories.remove(&connection.id).unwrap_or_default(),
                last_webhook_at: connection.last_webhook_at,
                last_answer_at,
                verified,
                connected_at: connection.created_at,
                key: Field { value: String::new(), error },
            }
        })
        .collect();
    let unlinked = lanes::unlinked(state, company).await?;
    let can_change = visit.session.user.role >= Role::Admin;
    let Visit { t, mut frame, .. } = visit;
    frame.path = "/connections".into();
    Ok(Connections { t, frame, connections, can_change, unlinked })
}

/// What people did to each connection lately, the last first.
async fn histories(
    state: &AppState,
    t: &Translator,
    company: CompanyId,
    lanes: &[Lane],
) -> Result<HashMap<ConnectionId, Vec<SetupRow>>, Failure> {
    let users = user_names(state, company).await?;
    let mut histories = HashMap::new();
    for lane in lanes {
        let history = state.engine.store.setup_history(company, lane.connection.id.0).await?;
        let rows = history.into_iter().take(DEEDS).map(|entry| setup_row(t, entry, &users));
        histories.insert(lane.connection.id, rows.collect());
    }
    Ok(histories)
}

/// What was done, with the name of whoever did it.
pub fn setup_row(t: &Translator, entry: SetupEntry, users: &HashMap<UserId, String>) -> SetupRow {
    let SetupEntry { at, actor, deed, .. } = entry;
    let name = actor.user_id.and_then(|id| users.get(&id).cloned()).or(actor.via);
    let by = name.unwrap_or_else(|| t.get(actor.origin.chip().label).to_string());
    SetupRow { at, by, deed }
}

/// What was found when the account was connected; what was not asked is not told.
fn capabilities(found: &Value, webhook: bool) -> Vec<Capability> {
    let told = |kind, name: &str| {
        let available = match found.get(name)? {
            Value::Bool(available) => *available,
            Value::Null => false,
            _ => true,
        };
        Some(Capability { kind, available })
    };
    [
        told(CapabilityKind::Bookings, "bookings"),
        told(CapabilityKind::EventTypes, "event_types"),
        Some(Capability { kind: CapabilityKind::Webhooks, available: webhook }),
        told(CapabilityKind::Teams, "organization"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
