//! `PATCH /api/v1/branches/{id}` and `/staff/{id}`: when a place is open and somebody works. `/api/v1/absences`: when
//! somebody is away, and what is booked then.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::holidays::Land;
use domain::hours::{Interval, WeeklyHours};
use domain::{AbsenceId, BranchId, CompanyId, Slot, StaffId};
use jiff::Timestamp;
use serde::Serialize;
use store::Absence;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{ApiCaller, CatalogueRead, CatalogueWrite};
use super::catalogue::{All, BranchResource, StaffResource};
use super::input::{Fields, JsonObject, Parameters, id_expected};
use super::time::Clock;
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// More stretches than a day has.
const MOST_A_DAY: usize = 12;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(change_branch))
        .routes(routes!(change_staff))
        .routes(routes!(absences, add_absence))
        .routes(routes!(remove_absence))
}

/// The hours of a week by the clock of the branch; a day without any is closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeekHours {
    #[schema(example = json!(["09:00-12:30", "13:30-18:00"]))]
    pub monday: Vec<String>,
    pub tuesday: Vec<String>,
    pub wednesday: Vec<String>,
    pub thursday: Vec<String>,
    pub friday: Vec<String>,
    pub saturday: Vec<String>,
    pub sunday: Vec<String>,
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl WeekHours {
    pub fn of(hours: &WeeklyHours) -> Self {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            hours.0.each_ref().map(|day| {
                let clock = |open: &Interval| {
                    format!("{}-{}", open.from.strftime("%H:%M"), open.to.strftime("%H:%M"))
                };
                day.iter().map(clock).collect()
            });
        Self { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    }
}

/// Reads `hours`; what is wrong is noted at its place.
fn hours(f: &mut Fields) -> Option<WeeklyHours> {
    let expected =
        Text::new("erwartet werden Zeiten wie 09:00-12:30", "hours such as 09:00-12:30 are expected");
    f.must_stay("hours", |f| {
        f.object("hours", |f| {
            let days = DAYS.map(|name| {
                let mut day = f.list(name, MOST_A_DAY, &expected, |text| text.parse::<Interval>().ok());
                if let Some(day) = &mut day
                    && domain::hours::in_order(day).is_err()
                {
                    f.fault(name, Text::new("die Zeiten überschneiden sich", "the hours overlap"));
                }
                day.unwrap_or_default()
            });
            Some(WeeklyHours(days))
        })
    })
}

/// What is to be changed of a branch; what is left out stays.
#[derive(Debug, ToSchema)]
#[schema(as = BranchPatch)]
#[expect(clippy::option_option, reason = "a merge patch tells `null` from what is not there")]
#[expect(dead_code, reason = "describes what is read")]
pub struct BranchPatch {
    /// The whole week: days that are left out are closed.
    #[schema(required = false, inline)]
    hours: Option<WeekHours>,
    /// The German state whose public holidays it keeps; `null` for none.
    #[schema(value_type = Option<String>, example = "BE")]
    holidays: Option<Option<String>>,
}

/// Change the opening hours of a branch
///
/// What is booked stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/branches/{id}",
    operation_id = "change_branch",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(("id" = String, Path, description = "`brn_…`")),
    request_body(content((BranchPatch = "application/merge-patch+json"), (BranchPatch = "application/json"))),
    responses((status = 200, body = BranchResource, description = "As it is now.")),
)]
pub async fn change_branch(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    JsonObject(object): JsonObject,
) -> Result<Json<BranchResource>, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let id: BranchId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let before = store.branch(company, id).await.map_err(not_found)?;
    let mut fields = Fields::of(object);
    let week = hours(&mut fields);
    let codes = Land::ALL.map(Land::code).join(", ");
    let expected =
        Text::new(format!("erwartet wird {codes} oder null"), format!("{codes} or null is expected"));
    let land = fields.has("holidays").then(|| fields.parsed("holidays", expected, Land::from_code));
    let (week, land) = fields.finish(Some((week.unwrap_or(before.hours), land.unwrap_or(before.land))))?;
    let now = state.engine.ambient.now();
    store.set_branch_hours(company, id, week, land, caller.actor(), now).await.map_err(not_found)?;
    state.engine.signals.changed(company, None);
    let branch = store.branch(company, id).await.map_err(not_found)?;
    Ok(Json(BranchResource::of(branch)))
}

/// What is to be changed of somebody's hours.
#[derive(Debug, ToSchema)]
#[schema(as = StaffPatch)]
#[expect(dead_code, reason = "describes what is read")]
pub struct StaffPatch {
    /// The whole week: days that are left out are free.
    #[schema(required = false, inline)]
    hours: Option<WeekHours>,
}

/// Change the working hours of a staff member
///
/// What is booked stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/staff/{id}",
    operation_id = "change_staff",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(("id" = String, Path, description = "`stf_…`")),
    request_body(content((StaffPatch = "application/merge-patch+json"), (StaffPatch = "application/json"))),
    responses((status = 200, body = StaffResource, description = "As it is now.")),
)]
pub async fn change_staff(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    JsonObject(object): JsonObject,
) -> Result<Json<StaffResource>, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let id: StaffId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let before = store.staff_member(company, id).await.map_err(not_found)?;
    let mut fields = Fields::of(object);
    let week = hours(&mut fields);
    let week = fields.finish(Some(week.unwrap_or(before.hours)))?;
    let now = state.engine.ambient.now();
    store.set_staff_hours(company, id, week, caller.actor(), now).await.map_err(not_found)?;
    state.engine.signals.changed(company, None);
    let all = super::catalogue::people(&state, company).await?;
    let id = id.to_string();
    all.into_iter().find(|person| person.id == id).map(Json).ok_or(Problem::new(Code::NotFound))
}

/// Somebody is away; nothing can be booked with this person then.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Absence)]
pub struct AbsenceResource {
    pub id: String,
    pub staff_id: String,
    /// RFC 3339, with the offset of the branch's clock.
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub until: String,
    pub reason: Option<String>,
    /// What is booked with this person then. It stays until somebody moves or cancels it.
    pub appointment_ids: Vec<String>,
}

/// An absence to be written down.
#[derive(Debug, ToSchema)]
#[schema(as = NewAbsence)]
#[expect(dead_code, reason = "describes what is read")]
pub struct NewAbsence {
    #[schema(value_type = String)]
    staff_id: StaffId,
    /// RFC 3339 with an offset, in whole minutes.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// The first instant after it.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Only if somebody has to know it; nothing about health.
    #[schema(max_length = 100)]
    reason: Option<String>,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `absences` reads")]
pub struct Query {
    /// Of this staff member.
    staff: Option<String>,
}

/// List absences
///
/// Those that are not over.
#[utoipa::path(
    get,
    path = "/api/v1/absences",
    operation_id = "list_absences",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    params(Query),
    responses((status = 200, body = All<AbsenceResource>, description = "All, the earliest first.")),
)]
pub async fn absences(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Json<All<AbsenceResource>>, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let mut parameters = Parameters::of(query.as_deref())?;
    let of = parameters.one("staff", &id_expected(StaffId::PREFIX), |text| text.parse::<StaffId>().ok());
    let of = parameters.finish(of)?;
    let people = store.staff(company).await.map_err(not_found)?;
    let people: Vec<_> =
        people.iter().map(|person| person.id).filter(|id| of.is_none_or(|of| of == *id)).collect();
    let coming = Slot { start: state.engine.ambient.now(), end: Timestamp::MAX };
    let mut told = Vec::new();
    for absence in store.absences(company, &people, coming).await.map_err(not_found)? {
        told.push(tell(&state, company, absence).await?);
    }
    Ok(All::of(told))
}

/// Write down that somebody is away
///
/// Appointments that are in it stay as they are; the answer names them.
#[utoipa::path(
    post,
    path = "/api/v1/absences",
    operation_id = "add_absence",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    request_body = NewAbsence,
    responses((
        status = 201, body = AbsenceResource, description = "It is written down.",
        headers(("Location" = String, description = "Its address.")),
    )),
)]
pub async fn add_absence(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let now = state.engine.ambient.now();
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let staff = f.required("staff_id", |f| {
        f.parsed("staff_id", id_expected(StaffId::PREFIX), |text| text.parse::<StaffId>().ok())
    });
    let (from, until) =
        (f.required("from", |f| f.instant("from")), f.required("until", |f| f.instant("until")));
    let reason = f.text("reason", Absence::LONGEST_REASON);
    if let (Some(from), Some(until)) = (from, until) {
        if until <= from {
            f.fault("until", Text::new("liegt nicht nach „from“", "does not lie after `from`"));
        } else if until <= now {
            f.fault("until", Text::new("ist schon vorbei", "is over already"));
        }
    }
    if let Some(id) = staff {
        match store.staff_member(company, id).await {
            Err(store::Error::NotFound) => {
                f.fault("staff_id", Text::new("gibt es nicht", "does not exist"));
            }
            found => {
                found.map_err(not_found)?;
            }
        }
    }
    let read = staff.zip(from.zip(until));
    let (staff_id, (start, end)) = fields.finish(read)?;
    let absence =
        Absence { id: AbsenceId(state.engine.ambient.id()), staff_id, slot: Slot { start, end }, reason };
    store.add_absence(company, absence.clone(), caller.actor(), now).await.map_err(not_found)?;
    state.engine.signals.changed(company, None);
    let location = format!("/api/v1/absences/{}", absence.id);
    let mut response = (StatusCode::CREATED, Json(tell(&state, company, absence).await?)).into_response();
    // An id is letters, digits and an underscore.
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Take an absence back
#[utoipa::path(
    delete,
    path = "/api/v1/absences/{id}",
    operation_id = "remove_absence",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(("id" = String, Path, description = "`abs_…`")),
    responses((status = 204, description = "It is gone.")),
)]
pub async fn remove_absence(
    caller: ApiCaller<CatalogueWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: AbsenceId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let (company, now) = (caller.company(), state.engine.ambient.now());
    state.engine.store.remove_absence(company, id, caller.actor(), now).await.map_err(not_found)?;
    state.engine.signals.changed(company, None);
    Ok(StatusCode::NO_CONTENT)
}

async fn tell(state: &AppState, company: CompanyId, absence: Absence) -> Result<AbsenceResource, Problem> {
    let store = &state.engine.store;
    let Absence { id, staff_id, slot, reason } = absence;
    let person = store.staff_member(company, staff_id).await.map_err(not_found)?;
    let clock = Clock::of(&store.branch(company, person.branch_id).await.map_err(not_found)?.time_zone);
    let booked = state.engine.booked_within(company, staff_id, slot).await;
    let booked = booked.map_err(|error| Problem::internal(&error))?;
    Ok(AbsenceResource {
        id: id.to_string(),
        staff_id: staff_id.to_string(),
        from: clock.write(slot.start),
        until: clock.write(slot.end),
        reason,
        appointment_ids: booked.iter().map(|view| view.appointment.id.to_string()).collect(),
    })
}

fn not_found(error: store::Error) -> Problem {
    match error {
        store::Error::NotFound => Problem::new(Code::NotFound),
        error => Problem::internal(&error),
    }
}
