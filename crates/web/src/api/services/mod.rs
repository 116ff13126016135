//! `/api/v1/services`: what can be booked, what Cal.com says otherwise, and what can be done about it.

pub mod actions;
pub mod body;
pub mod change;
pub mod create;
pub mod divergences;
pub mod entry;
pub mod history;
pub mod link;
pub mod list;
pub mod resource;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::catalogue::ServiceCase;
use domain::service::InvalidService;
use domain::{CompanyId, ServiceId};
use engine::services::ServiceError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{ApiCaller, CatalogueWrite};
use super::etag;
use super::time::Clock;
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(list::read, change::patch, change::delete))
        .routes(routes!(divergences::divergences))
        .routes(routes!(divergences::settle))
        .routes(routes!(history::history))
        .routes(routes!(link::link))
        .routes(routes!(actions::push))
        .routes(routes!(actions::pull))
        .routes(routes!(actions::reset))
        .routes(routes!(actions::sync))
}

/// The service of an id in an address. What is no id, unknown, deleted, or somebody else's is not found.
async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<ServiceCase, Problem> {
    let not_found = || Problem::new(Code::NotFound);
    let id: ServiceId = id.parse().map_err(|_| not_found())?;
    let store = &state.engine.store;
    let listed = store.services(company).await.map_err(|error| Problem::internal(&error))?;
    if listed.iter().all(|service| service.id != id) {
        return Err(not_found());
    }
    store.service_case(company, id).await.map_err(|error| match error {
        store::Error::NotFound => not_found(),
        other => Problem::internal(&other),
    })
}

/// A program that wants to change a service, the service of the id in the address, and the version that `If-Match`
/// names: `None` if any will do.
pub struct AtVersion {
    caller: ApiCaller<CatalogueWrite>,
    case: ServiceCase,
    version: Option<i64>,
}

impl FromRequestParts<AppState> for AtVersion {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = ApiCaller::from_request_parts(parts, state).await?;
        let id = Path::<String>::from_request_parts(parts, state).await;
        let Path(id) = id.map_err(|_| Problem::new(Code::NotFound))?;
        let case = find(state, caller.company(), &id).await?;
        let version = etag::condition(&parts.headers, case.service.version)?;
        Ok(Self { caller, case, version })
    }
}

/// The clock of a company.
async fn clock(state: &AppState, company: CompanyId) -> Result<Clock, Problem> {
    let company = state.engine.store.company(company).await.map_err(|error| Problem::internal(&error))?;
    Ok(Clock::of(&company.time_zone))
}

fn place(name: &str) -> Place {
    Place::Body(format!("/{name}"))
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let wrong = |name, de: &'static str, en: &'static str| {
            Self::new(Code::ValidationFailed).at(place(name), Text::new(de, en))
        };
        match error {
            ServiceError::NotFound => Self::new(Code::NotFound),
            ServiceError::SlugTaken => Self::new(Code::ShortNameTaken).at(
                place("slug"),
                Text::new("gehört schon einer anderen Leistung", "belongs to another service already"),
            ),
            ServiceError::Invalid(InvalidService::Name) => wrong("name", "wird benötigt", "is required"),
            ServiceError::Invalid(InvalidService::Slug) => {
                Self::new(Code::ValidationFailed).at(place("slug"), body::slug_expected())
            }
            ServiceError::Invalid(InvalidService::Duration) => {
                wrong("duration_minutes", "1 bis 1440 Minuten", "1 to 1440 minutes")
            }
            ServiceError::Invalid(InvalidService::Waiting) => {
                Self::new(Code::ValidationFailed).at(place("segments"), body::work_expected())
            }
            ServiceError::Invalid(InvalidService::Terms) => wrong(
                "booking_window_days",
                "Puffer sind höchstens ein Tag, Vorlauf und Vorausbuchung höchstens ein Jahr",
                "buffers are at most a day, notice and booking window at most a year",
            ),
            ServiceError::NothingToSettle => Self::new(Code::NothingToSettle),
            ServiceError::SeenOther => Self::new(Code::VersionMismatch).because(Text::new(
                "Bei Cal.com steht inzwischen etwas anderes.",
                "Cal.com says something else by now.",
            )),
            ServiceError::Stale(version) => etag::stale(version),
            ServiceError::Silent => Self::new(Code::CalcomSilent),
            ServiceError::Engine(error) => Self::internal(&error),
        }
    }
}
