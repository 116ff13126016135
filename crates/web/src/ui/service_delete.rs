//! `GET` and `POST /services/{id}/delete`, for admins.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{ServiceId, catalogue::ServiceCase};
use engine::services::ServiceError;
use serde::Deserialize;

use super::{
    failure::Failure,
    flash::Flash,
    service::{Found, Names, find},
    visit::{Admin, Posted, Rank, Visit, done, page, refused},
};
use crate::{pages::ServiceDelete, state::AppState};

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit<Admin>,
) -> Result<Response, Failure> {
    let case = standing(&state, &visit, &id).await?;
    page(&fill(&state, visit, case, None).await?)
}

#[derive(Deserialize)]
pub struct Form {
    version: Option<i64>,
    #[serde(default)]
    event_types: String,
}

pub async fn submit(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Form, Admin>,
) -> Result<Response, Failure> {
    let case = standing(&state, &visit, &id).await?;
    let (company, delete) = (visit.company(), form.event_types == "delete");
    let removed =
        state.engine.remove_service(company, case.service.id, delete, visit.actor(), form.version).await;
    match removed {
        Ok(_) => Ok(done(&state, "/services", Flash::ServiceDeleted)),
        Err(ServiceError::Stale(_)) => {
            let case = standing(&state, &visit, &id).await?;
            refused(&fill(&state, visit, case, Some("service-stale")).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// A service that is not deleted yet.
async fn standing<R: Rank>(state: &AppState, visit: &Visit<R>, id: &str) -> Result<ServiceCase, Failure> {
    let Found { case, deleted } = find(state, visit.company(), id).await?;
    if deleted { Err(Failure::Conflict) } else { Ok(case) }
}

async fn fill<R: Rank>(
    state: &AppState,
    visit: Visit<R>,
    case: ServiceCase,
    why: Option<&'static str>,
) -> Result<ServiceDelete, Failure> {
    let names = Names::of(state, visit.company()).await?;
    let event_type = |record: &domain::catalogue::EventTypeRecord| {
        Some((names.owner(&case.service, record), record.event_type_id?))
    };
    let Visit { t, frame, session, .. } = visit;
    let filter = booked_from(t.now, case.service.id);
    Ok(ServiceDelete {
        id: case.service.id.to_string(),
        name: case.service.name.clone(),
        version: case.service.version,
        event_types: case.current().filter_map(event_type).collect(),
        booked: state.engine.store.count_appointments(session.company.id, &filter).await?,
        refused: why.map(|key| t.get(key).to_string()),
        t,
        frame,
    })
}

/// What keeps event types from being deleted, as the engine asks for it.
fn booked_from(now: jiff::Timestamp, service: ServiceId) -> store::AppointmentFilter {
    store::AppointmentFilter {
        from: Some(now),
        service: Some(service),
        ..store::AppointmentFilter::default()
    }
}
