//! `GET /api/v1/appointments`: filters named as in the pages, places kept by cursors.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{AppointmentStatus, BranchId, CompanyId, Origin, ServiceId, StaffId, SyncStatus};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use store::{AppointmentFilter, Order};
use utoipa::{IntoParams, ToSchema};

use super::resource::Resource;
use crate::api::caller::{ApiCaller, AppointmentsRead};
use crate::api::input::{Parameters, id_expected, one_of};
use crate::api::paging::{self, Paging};
use crate::api::words;
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// A page of appointments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppointmentPage)]
pub struct Answer {
    pub data: Vec<Resource>,
    /// Leads to the next page, as `cursor`; `null` on the last one.
    pub next_cursor: Option<String>,
}

/// Which appointments, by name as in the pages.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `filter` reads")]
pub struct Query {
    /// Part of the customer's name, address or phone number, or the appointment's number.
    q: Option<String>,
    /// Starts then or later: an instant (RFC 3339 with an offset) or a day in the company's time zone.
    #[param(example = "2026-11-24")]
    from: Option<String>,
    /// Starts before that instant, or on that day or before.
    to: Option<String>,
    /// One of these; may be given several times.
    #[param(schema_with = words::statuses, required = false)]
    status: Vec<String>,
    /// One of these; may be given several times.
    #[param(schema_with = words::sync_statuses, required = false)]
    sync: Vec<String>,
    /// One of these; may be given several times.
    #[param(schema_with = words::origins, required = false)]
    origin: Vec<String>,
    /// Of this staff member.
    staff: Option<String>,
    /// In this branch.
    branch: Option<String>,
    /// Of this service.
    service: Option<String>,
    /// `asc` (the default) or `desc`, by start.
    order: Option<String>,
    /// A `next_cursor`; the other parameters must be those of the page that gave it.
    cursor: Option<String>,
    /// At most this many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// List appointments
///
/// By start. The pages stay where they are while appointments come and go.
#[utoipa::path(
    get,
    path = "/api/v1/appointments",
    operation_id = "list_appointments",
    tag = "appointments",
    security(("api_key" = ["appointments:read"])),
    params(Query),
    responses((
        status = 200, body = Answer, description = "A page.",
        headers(("Link" = Option<String>, description = "`rel=\"next\"` leads to the next page.")),
    )),
)]
pub async fn list(
    caller: ApiCaller<AppointmentsRead>,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let company = caller.company();
    let zone = time_zone(&state, company).await?;
    let mut parameters = Parameters::of(query.as_deref())?;
    let filter = filter(&mut parameters, &zone);
    let Paging { cursor, limit } = Paging::read(&mut parameters);
    let filter = parameters.finish(filter)?;
    let page = state.engine.store.appointments(company, &filter, cursor.as_deref(), limit).await;
    let page = page.map_err(|error| paging::failure(&error))?;
    let answer = Answer { data: page.items.iter().map(Resource::from).collect(), next_cursor: page.next };
    let next = answer.next_cursor.clone();
    Ok(paging::answer(&state, ("/api/v1/appointments", query.as_deref()), answer, next.as_deref()))
}

pub async fn time_zone(state: &AppState, company: CompanyId) -> Result<TimeZone, Problem> {
    let company = state.engine.store.company(company).await.map_err(|error| Problem::internal(&error))?;
    Ok(TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC))
}

pub fn filter(parameters: &mut Parameters, zone: &TimeZone) -> AppointmentFilter {
    let p = parameters;
    let when = when_expected();
    let order = p.one("order", &one_of(["asc", "desc"].into_iter()), |text| match text {
        "asc" => Some(Order::Ascending),
        "desc" => Some(Order::Descending),
        _ => None,
    });
    AppointmentFilter {
        q: p.text("q"),
        from: p.one("from", &when, |text| instant(text, zone, 0)),
        to: p.one("to", &when, |text| instant(text, zone, 1)),
        statuses: p.all(
            "status",
            &one_of(AppointmentStatus::ALL.into_iter().map(AppointmentStatus::as_str)),
            AppointmentStatus::from_name,
        ),
        syncs: p.all(
            "sync",
            &one_of(SyncStatus::ALL.into_iter().map(SyncStatus::as_str)),
            SyncStatus::from_name,
        ),
        origins: p.all("origin", &one_of(Origin::ALL.into_iter().map(Origin::as_str)), Origin::from_name),
        staff: p.one("staff", &id_expected(StaffId::PREFIX), |text| text.parse().ok()),
        branch: p.one("branch", &id_expected(BranchId::PREFIX), |text| text.parse().ok()),
        service: p.one("service", &id_expected(ServiceId::PREFIX), |text| text.parse().ok()),
        order: order.unwrap_or_default(),
        ..AppointmentFilter::default()
    }
}

/// What [`instant`] reads.
pub fn when_expected() -> Text {
    Text::new(
        "erwartet wird ein Tag wie 2026-11-24 oder eine Zeit mit Abstand zu UTC wie 2026-11-24T14:30:00+01:00",
        "a day is expected, such as 2026-11-24, or a time with an offset, such as 2026-11-24T14:30:00+01:00",
    )
}

/// An instant, or the beginning of a day (of the day `later` days after it).
pub fn instant(text: &str, zone: &TimeZone, later: i64) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let day = text.parse::<Date>().ok()?.checked_add(later.days()).ok()?;
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}
