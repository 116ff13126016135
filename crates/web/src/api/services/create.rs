//! `POST /api/v1/services`.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::ServiceId;
use domain::service::{Service, ServiceSync, Terms};
use engine::services::ServiceEdit;

use super::{body, clock, resource};
use crate::api::caller::{ApiCaller, CatalogueWrite};
use crate::api::input::{Fields, JsonObject};
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// Make a service
///
/// Its event types at Cal.com are made by themselves, one for each who performs it and has an account. No two
/// services have the same short name: a request that is repeated makes no second one.
#[utoipa::path(
    post,
    path = "/api/v1/services",
    operation_id = "create_service",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    request_body = body::Body,
    responses((
        status = 201, body = resource::Resource, description = "It is made.",
        headers(
            ("Location" = String, description = "Its address."),
            ("ETag" = String, description = "Its version."),
        ),
    )),
)]
pub async fn create(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let people = state.engine.store.staff(company).await.map_err(|error| Problem::internal(&error))?;
    let mut fields = Fields::of(object);
    let edit = body::read(&mut fields, (&Terms::default(), &[]), &people);
    let staff = edit.staff.clone().unwrap_or_default();
    let service = made(ServiceId(state.engine.ambient.id()), edit, &mut fields);
    let service = fields.finish(service)?;
    let case = state.engine.create_service(company, service, &staff, caller.actor()).await?;
    let mut response = resource::answer(&case, &clock(&state, company).await?);
    *response.status_mut() = StatusCode::CREATED;
    // An id is letters, digits and an underscore.
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/services/{}", case.service.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

fn made(id: ServiceId, edit: ServiceEdit, fields: &mut Fields) -> Option<Service> {
    let segments = edit.segments.unwrap_or_default();
    let required = || Text::new("wird benötigt", "is required");
    // What is there and wrong was told already.
    let well = fields.is_well();
    if well && edit.name.is_none() {
        fields.fault("name", required());
    }
    if well && segments.is_empty() && edit.duration_minutes.is_none() {
        fields.fault("duration_minutes", required());
    }
    let name = edit.name?;
    let duration_minutes = if segments.is_empty() {
        edit.duration_minutes?
    } else {
        segments.iter().map(|work| work.minutes + work.pause_minutes).sum()
    };
    Some(Service {
        id,
        slug: edit.slug.unwrap_or_else(|| Service::short_name(&name)),
        name,
        description: edit.description.unwrap_or_default(),
        duration_minutes,
        price_cents: edit.price_cents.flatten(),
        active: edit.active.unwrap_or(true),
        terms: edit.terms.unwrap_or_default(),
        sync: ServiceSync::Never,
        version: 1,
        segments,
    })
}
