//! `GET /connections`: for managers and admins, to read.

use std::collections::HashMap;

use axum::{extract::State, response::Response};
use domain::{ServiceId, StaffId};
use serde_json::Value;

use super::{
    failure::Failure,
    lanes::{self, Lane},
    visit::{Manager, Visit, page},
};
use crate::{
    pages::{Capability, CapabilityKind, Connection, Connections, EventTypeLink, WebhookState},
    state::AppState,
};

pub async fn show(State(state): State<AppState>, visit: Visit<Manager>) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let services: HashMap<ServiceId, String> =
        store.services(company).await?.into_iter().map(|service| (service.id, service.name)).collect();
    let staff: HashMap<StaffId, String> =
        store.staff(company).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let links = store.links(company).await?;
    let lanes = lanes::all(&state, company).await?;
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
    let connections = lanes
        .into_iter()
        .map(|lane| {
            let links = links_of(&lane);
            let Lane { connection, state, used, limit, waiting, last_answer_at } = lane;
            let registered = connection.webhook_id.is_some();
            Connection {
                id: connection.id.to_string(),
                capabilities: capabilities(&connection.capabilities, registered),
                account: format!("{} ({})", connection.account.username, connection.account.email),
                name: connection.name,
                base_url: connection.base_url,
                state,
                webhook: if registered { WebhookState::Registered } else { WebhookState::Missing },
                links,
                budget_used: used,
                budget_limit: limit,
                waiting,
                last_webhook_at: connection.last_webhook_at,
                last_answer_at,
                connected_at: connection.created_at,
            }
        })
        .collect();
    let unlinked = lanes::unlinked(&state, company).await?;
    let company = store.company(company).await?.slug;
    page(&Connections { company, connections, unlinked, t: visit.t, frame: visit.frame })
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
