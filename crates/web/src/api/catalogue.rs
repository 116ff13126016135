//! `GET /api/v1/staff` and `/branches`: with whom can be booked, and where. Short lists, on
//! one page each.

use axum::Json;
use axum::extract::State;
use domain::CompanyId;
use domain::company::Branch;
use domain::holidays::Land;
use domain::people::Staff;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{ApiCaller, CatalogueRead};
use super::hours::WeekHours;
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(staff)).routes(routes!(branches))
}

/// A whole list, in the shape that every list has.
#[derive(Debug, Serialize, ToSchema)]
pub struct All<T> {
    pub data: Vec<T>,
    /// Always `null`: there is one page.
    pub next_cursor: Option<String>,
}

impl<T> All<T> {
    pub fn of(data: Vec<T>) -> Json<Self> {
        Json(Self { data, next_cursor: None })
    }
}

/// Somebody who serves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffMember)]
pub struct StaffResource {
    pub id: String,
    pub name: String,
    /// Where this person works.
    pub branch_id: String,
    /// Whether this person takes new appointments.
    pub active: bool,
    /// What this person does.
    pub service_ids: Vec<String>,
    /// When this person works.
    #[schema(inline)]
    pub hours: WeekHours,
}

/// A place where customers are served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Branch)]
pub struct BranchResource {
    pub id: String,
    pub name: String,
    /// IANA name.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// E.164.
    pub phone: Option<String>,
    pub address: Option<String>,
    /// When it is open.
    #[schema(inline)]
    pub hours: WeekHours,
    /// The German state whose public holidays it keeps.
    #[schema(example = "BE")]
    pub holidays: Option<&'static str>,
}

impl BranchResource {
    pub fn of(branch: Branch) -> Self {
        Self {
            id: branch.id.to_string(),
            name: branch.name,
            time_zone: branch.time_zone,
            phone: branch.phone.map(String::from),
            address: branch.address,
            hours: WeekHours::of(&branch.hours),
            holidays: branch.land.map(Land::code),
        }
    }
}

/// List staff
#[utoipa::path(
    get,
    path = "/api/v1/staff",
    operation_id = "list_staff",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    responses((status = 200, body = All<StaffResource>, description = "All, by name.")),
)]
pub async fn staff(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
) -> Result<Json<All<StaffResource>>, Problem> {
    Ok(All::of(people(&state, caller.company()).await?))
}

/// All staff, by name.
pub(super) async fn people(state: &AppState, company: CompanyId) -> Result<Vec<StaffResource>, Problem> {
    let store = &state.engine.store;
    let internal = |error: store::Error| Problem::internal(&error);
    let mut services_of = std::collections::BTreeMap::<_, Vec<String>>::new();
    for service in store.services(company).await.map_err(internal)? {
        for person in store.staff_for_service(company, service.id).await.map_err(internal)? {
            services_of.entry(person.id).or_default().push(service.id.to_string());
        }
    }
    let staff = store.staff(company).await.map_err(internal)?;
    let resource = |person: Staff| StaffResource {
        id: person.id.to_string(),
        name: person.name,
        branch_id: person.branch_id.to_string(),
        active: person.active,
        service_ids: services_of.remove(&person.id).unwrap_or_default(),
        hours: WeekHours::of(&person.hours),
    };
    Ok(staff.into_iter().map(resource).collect())
}

/// List branches
#[utoipa::path(
    get,
    path = "/api/v1/branches",
    operation_id = "list_branches",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    responses((status = 200, body = All<BranchResource>, description = "All, by name.")),
)]
pub async fn branches(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
) -> Result<Json<All<BranchResource>>, Problem> {
    let branches = state.engine.store.branches(caller.company()).await;
    let branches = branches.map_err(|error| Problem::internal(&error))?;
    Ok(All::of(branches.into_iter().map(BranchResource::of).collect()))
}
