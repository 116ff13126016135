//! `GET /services`: for everybody. `POST /services/look`: for admins, who have all event types looked at now.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{CompanyId, StaffId, case::Priority, catalogue::ServiceCase, people::Role};
use serde::Deserialize;

use super::{
    failure::Failure,
    flash::Flash,
    visit::{Admin, Posted, Visit, done, page},
};
use crate::{
    components::ServiceState,
    pages::{ServiceFilter, ServiceRow, Services},
    state::AppState,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    show: String,
}

pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(shown): Query<Shown>,
) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let names = staff_names(&state, company).await?;
    let filter = ServiceFilter::from_name(&shown.show).unwrap_or_default();
    let all = store.service_cases(company).await?;
    let rows = all.iter().map(|case| row(case, &names)).filter(|row| filter.lets_through(&row.state));
    let can_change = visit.session.user.role >= Role::Admin;
    page(&Services { rows: rows.collect(), filter, can_change, t: visit.t, frame: visit.frame })
}

fn row(case: &ServiceCase, names: &HashMap<StaffId, String>) -> ServiceRow {
    let service = &case.service;
    let mut staff: Vec<_> =
        case.performers.iter().filter_map(|performer| names.get(&performer.staff_id).cloned()).collect();
    staff.sort();
    ServiceRow {
        id: service.id.to_string(),
        name: service.name.clone(),
        minutes: service.duration_minutes,
        segments: service.segments.len(),
        price_cents: service.price_cents.map(i64::unsigned_abs),
        staff,
        state: ServiceState::of(case),
    }
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn look(
    State(state): State<AppState>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    state.engine.look_at_event_types(visit.company(), Priority::Change).await?;
    Ok(done(&state, "/services", Flash::Checking))
}

/// Everybody's name.
pub async fn staff_names(state: &AppState, company: CompanyId) -> Result<HashMap<StaffId, String>, Failure> {
    let staff = state.engine.store.staff(company).await?;
    Ok(staff.into_iter().map(|person| (person.id, person.name)).collect())
}
