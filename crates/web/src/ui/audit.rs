//! `GET /audit`: what was done about services, newest first.

use std::collections::{HashMap, hash_map::Entry};

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::ServiceId;
use serde::Deserialize;

use super::{
    failure::Failure,
    service::{event, user_names},
    visit::{Visit, page},
};
use crate::{
    pages::{Audit, AuditRow},
    state::AppState,
};

/// Entries that are looked through: the traffic with Cal.com is far more than what people do.
const READ: u64 = 2_000;
/// Entries on the page.
const SHOWN: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    traffic: String,
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(shown): Query<Shown>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let traffic = !shown.traffic.is_empty();
    let users = user_names(&state, company).await?;
    let entries = store.audit_trail(company, READ).await?;
    let mut more = entries.len() as u64 == READ;
    let told = entries.into_iter().map(|(service, entry)| (service, event(entry, &users)));
    let mut told: Vec<_> = told.filter(|(_, event)| traffic || !event.is_traffic()).collect();
    more |= told.len() > SHOWN;
    told.truncate(SHOWN);
    let mut names: HashMap<ServiceId, String> =
        store.services(company).await?.into_iter().map(|service| (service.id, service.name)).collect();
    let mut rows = Vec::with_capacity(told.len());
    for (id, event) in told {
        // One that was deleted is on no list, and still has its name.
        let service = match names.entry(id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(store.service(company, id).await?.name).clone(),
        };
        rows.push(AuditRow { service_id: id.to_string(), service, event });
    }
    page(&Audit { rows, traffic, more, t: visit.t, frame: visit.frame })
}
