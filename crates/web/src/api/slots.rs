//! `GET /api/v1/slots`: when a service can be had. The same answer that the pages and the phone agent get.

use axum::Json;
use axum::extract::{RawQuery, State};
use domain::availability::Opening;
use domain::{BranchId, ServiceId, Slot, StaffId};
use engine::appointments::{Availability, Look, Who};
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::appointments::list::{instant, time_zone, when_expected};
use super::caller::{ApiCaller, CatalogueRead};
use super::input::{Parameters, id_expected};
use super::time::Clock;
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// The longest range.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24 + 1);
/// Times that are told when nobody says how many.
const USUAL: usize = 100;
const MOST: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(slots))
}

/// Free times.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeTimes {
    /// The earliest first.
    pub data: Vec<FreeTime>,
    /// Whether what Cal.com says is in it: `included`; `unavailable` if an account has not answered in time, and our
    /// own calendar alone decided; `not_connected` if nothing of this is booked there.
    #[schema(example = "included")]
    pub calcom: &'static str,
}

/// A time at which somebody is free.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeTime {
    /// RFC 3339, with the offset of the branch's clock.
    #[schema(format = DateTime, example = "2026-11-24T14:30:00+01:00")]
    pub starts_at: String,
    /// When it is over, with all stretches of work and pauses.
    #[schema(format = DateTime, example = "2026-11-24T15:15:00+01:00")]
    pub ends_at: String,
    /// Who would begin: of those who are free, who has least to do that day.
    pub staff_id: String,
    pub branch_id: String,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `slots` reads")]
pub struct Query {
    /// What is wanted.
    service: String,
    /// From then: an instant (RFC 3339 with an offset) or a day in the company's time zone.
    #[param(example = "2026-11-24")]
    from: String,
    /// Until then; a day is included. At most 31 days after `from`.
    #[param(example = "2026-11-28")]
    to: String,
    /// With this staff member.
    staff: Option<String>,
    /// In this branch.
    branch: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
}

/// List free times
///
/// Every quarter of an hour at which the service can be had: by opening and working hours, absences and public
/// holidays, notice and buffers, what is booked here or held for somebody, and what Cal.com says.
#[utoipa::path(
    get,
    path = "/api/v1/slots",
    operation_id = "list_slots",
    tag = "appointments",
    security(("api_key" = ["catalogue:read"])),
    params(Query),
    responses((status = 200, body = FreeTimes, description = "The earliest first.")),
)]
pub async fn slots(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Json<FreeTimes>, Problem> {
    let company = caller.company();
    let zone = time_zone(&state, company).await?;
    let mut parameters = Parameters::of(query.as_deref())?;
    let p = &mut parameters;
    let service: Option<ServiceId> =
        p.one("service", &id_expected(ServiceId::PREFIX), |text| text.parse().ok());
    let from = p.one("from", &when_expected(), |text| instant(text, &zone, 0));
    let to = p.one("to", &when_expected(), |text| instant(text, &zone, 1));
    let staff = p.one("staff", &id_expected(StaffId::PREFIX), |text| text.parse().ok());
    let branch = p.one("branch", &id_expected(BranchId::PREFIX), |text| text.parse().ok());
    let limit = p.one("limit", &Text::new("erwartet wird 1 bis 1000", "expected is 1 to 1000"), |text| {
        text.parse().ok().filter(|limit| (1..=MOST).contains(limit))
    });
    let needed = || Text::new("wird benötigt", "is required");
    for (name, given) in [("service", service.is_some()), ("from", from.is_some()), ("to", to.is_some())] {
        if !given && p.is_well() {
            p.fault(name, needed());
        }
    }
    if let (Some(from), Some(to)) = (from, to)
        && (to <= from || to.duration_since(from) > LONGEST)
    {
        let detail =
            Text::new("liegt nach „from“, höchstens 31 Tage", "lies after `from`, by 31 days at most");
        p.fault("to", detail);
    }
    let wanted = parameters.finish(service.zip(from.zip(to)))?;
    let Some((service, (start, end))) = wanted else { return Err(Problem::new(Code::Malformed)) };
    let who = Who { service, staff, branch };
    let look = Look { who, range: Slot { start, end }, leaving: None, holder: None };
    let known = match state.engine.availability(company, &look).await {
        Err(engine::Error::Store(store::Error::NotFound)) => {
            let mut parameters = Parameters::of(None)?;
            parameters.fault("service", Text::new("gibt es nicht", "does not exist"));
            return parameters.finish(Json(FreeTimes { data: Vec::new(), calcom: "" }));
        }
        known => known.map_err(|error| Problem::internal(&error))?,
    };
    let openings = known.openings(look.range).take(limit.unwrap_or(USUAL));
    let data = openings.filter_map(|opening| free_time(&known, &opening)).collect();
    Ok(Json(FreeTimes { data, calcom: known.calcom.as_str() }))
}

fn free_time(known: &Availability, opening: &Opening) -> Option<FreeTime> {
    let first = known.candidates.iter().find(|it| Some(it.staff.id) == opening.staff())?;
    let clock = Clock::of(first.place.zone.iana_name().unwrap_or("UTC"));
    let slot = opening.slot();
    Some(FreeTime {
        starts_at: clock.write(slot.start),
        ends_at: clock.write(slot.end),
        staff_id: first.staff.id.to_string(),
        branch_id: first.staff.branch_id.to_string(),
    })
}
