//! `/api/v1/appointments`: one operation per file.

pub mod actions;
pub mod bulk;
pub mod change;
pub mod create;
pub mod list;
pub mod patch;
pub mod read;
pub mod resource;
pub mod sync_status;

use axum::response::Response;
use domain::{AppointmentId, CompanyId};
use engine::appointments::ChangeError;
use store::{AppointmentView, Dedupe};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{etag, idempotency};
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read, patch::patch, actions::delete))
        .routes(routes!(bulk::bulk))
        .routes(routes!(actions::cancel))
        .routes(routes!(actions::reschedule))
        .routes(routes!(actions::confirm))
        .routes(routes!(actions::reject))
        .routes(routes!(actions::no_show))
        .routes(routes!(actions::check))
        .routes(routes!(actions::settle))
        .routes(routes!(sync_status::sync_status))
        .routes(routes!(sync_status::sync_status_at_its_old_address))
}

/// The appointment of an id in an address. What is no id, unknown, or somebody else's is not found.
async fn find(state: &AppState, company: CompanyId, id: &str) -> Result<AppointmentView, Problem> {
    let id: AppointmentId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    state.engine.store.appointment(company, id).await.map_err(|error| match error {
        store::Error::NotFound => Problem::new(Code::NotFound),
        other => Problem::internal(&other),
    })
}

/// The answer to a change that was made before under the same key.
async fn replay(
    state: &AppState,
    company: CompanyId,
    dedupe: Option<&Dedupe>,
) -> Result<Option<Response>, Problem> {
    let Some(dedupe) = dedupe else { return Ok(None) };
    let done = state.engine.store.deduped(company, dedupe).await.map_err(|error| match error {
        store::Error::DedupeMismatch => Problem::new(Code::IdempotencyKeyReused),
        other => Problem::internal(&other),
    })?;
    let Some(id) = done else { return Ok(None) };
    let mut response = resource::answer(&find(state, company, &id.to_string()).await?);
    idempotency::replayed(&mut response);
    Ok(Some(response))
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        use domain::appointment::Refusal;
        match error {
            ChangeError::NotFound => Self::new(Code::NotFound),
            ChangeError::Refused(Refusal::Cancelled) => Self::new(Code::AppointmentCancelled),
            ChangeError::Refused(Refusal::Over) => Self::new(Code::AppointmentOver),
            ChangeError::Refused(Refusal::InThePast) => Self::new(Code::InThePast)
                .at(starts_at(), Text::new("liegt nicht in der Zukunft", "is not in the future")),
            ChangeError::Refused(Refusal::TooFarAhead) => Self::new(Code::TooFarAhead).at(
                starts_at(),
                Text::new("liegt mehr als zwei Jahre voraus", "is more than two years ahead"),
            ),
            ChangeError::Refused(Refusal::NotStarted | Refusal::NotRequested | Refusal::NoShow) => {
                Self::new(Code::WrongStatus)
            }
            ChangeError::Service => Self::new(Code::ServiceNotBookable).at(
                Place::Body("/service_id".to_owned()),
                Text::new(
                    "gibt es nicht oder kann nicht gebucht werden",
                    "does not exist or cannot be booked",
                ),
            ),
            ChangeError::NotOnline => Self::new(Code::ServiceNotOnline).at(
                Place::Body("/service_id".to_owned()),
                Text::new(
                    "wird nicht online angeboten, nur telefonisch und im Salon",
                    "is not offered online, only by phone and at the salon",
                ),
            ),
            ChangeError::Staff => Self::new(Code::StaffNotOffering),
            ChangeError::NotWorking => Self::new(Code::OutsideWorkingHours)
                .at(starts_at(), Text::new("außerhalb der Arbeitszeit", "outside the working hours")),
            ChangeError::SlotTaken => Self::new(Code::SlotTaken),
            ChangeError::Stale(version) => etag::stale(version),
            ChangeError::KeyReused => Self::new(Code::IdempotencyKeyReused),
            ChangeError::Engine(error) => Self::internal(&error),
        }
    }
}

fn starts_at() -> Place {
    Place::Body("/starts_at".to_owned())
}
