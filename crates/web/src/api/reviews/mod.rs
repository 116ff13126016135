//! `/api/v1/reviews`: what people have to look at, and what they do about it.

pub mod actions;
pub mod bulk;
pub mod list;
pub mod read;
pub mod resource;

use axum::http::HeaderMap;
use domain::review::{Item, Kind};
use domain::{CompanyId, ReviewId};
use engine::reviews::ReviewError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{ApiCaller, AppointmentsWrite, Scope};
use super::etag;
use super::time::Clock;
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(read::read))
        .routes(routes!(actions::decide))
        .routes(routes!(actions::assign))
        .routes(routes!(actions::snooze))
        .routes(routes!(actions::comment))
        .routes(routes!(bulk::bulk))
}

/// The item of an address. What is no id, is not there or belongs to another company is not found, all in the same way.
async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<Item, Problem> {
    let id: ReviewId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    state.engine.store.review(company, id).await.map_err(|error| Problem::from(ReviewError::from(error)))
}

/// The item of an address, at the version that its caller has read.
async fn find_at(
    state: &AppState,
    company: CompanyId,
    id: &str,
    headers: &HeaderMap,
) -> Result<(Item, Option<i64>), Problem> {
    let item = find(state, company, id).await?;
    let version = etag::condition(headers, item.version)?;
    Ok((item, version))
}

async fn clock(state: &AppState, company: CompanyId) -> Result<Clock, Problem> {
    let company = state.engine.store.company(company).await.map_err(|error| Problem::internal(&error))?;
    Ok(Clock::of(&company.time_zone))
}

/// Whether the key may decide about things of this kind: what is decided of a service changes the catalogue.
fn may(caller: &ApiCaller<AppointmentsWrite>, kind: Kind) -> bool {
    kind != Kind::Service || caller.key().scopes.iter().any(|scope| scope == Scope::CatalogueWrite.as_str())
}

fn lacks_catalogue() -> Problem {
    let scope = Scope::CatalogueWrite.as_str();
    Problem::new(Code::Forbidden).because(Text::new(
        format!("Dem Schlüssel fehlt die Berechtigung „{scope}“."),
        format!("The key lacks the scope `{scope}`."),
    ))
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::NotFound => Self::new(Code::NotFound),
            ReviewError::NoSuchUser => Self::invalid(Vec::new()).at(
                Place::Body("/user_id".to_owned()),
                Text::new(
                    "niemand mit dieser Kennung meldet sich hier an",
                    "nobody with this id signs in here",
                ),
            ),
            ReviewError::NoSuchBooking => Self::invalid(Vec::new()).at(
                Place::Body("/booking_uid".to_owned()),
                Text::new(
                    "keine Buchung auf dem Event-Typ des Termins, die stattfindet und keinem anderen Termin gehört",
                    "not a booking on the event type of the appointment that takes place and belongs to no other",
                ),
            ),
            ReviewError::NotAllowed => lacks_catalogue(),
            ReviewError::NotOffered => Self::new(Code::NothingToSettle),
            ReviewError::Stale(version) => etag::stale(version),
            ReviewError::NobodyPerforms => Self::new(Code::NothingToSettle).because(Text::new(
                "Die gebuchte Leistung erbringt hier niemand: erst jemanden zuordnen.",
                "Nobody here performs the service that is booked: say who does first.",
            )),
            ReviewError::Silent => Self::new(Code::CalcomSilent),
            ReviewError::Change(error) => error.into(),
            ReviewError::Service(error) => error.into(),
            ReviewError::Engine(error) => Self::internal(&error),
        }
    }
}
