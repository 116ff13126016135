//! `GET /api/v1/appointments`: filters named as in the pages, places kept by cursors.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
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
use crate::api::words;
use crate::problem::{Place, Problem, Text};
use crate::state::AppState;

/// Appointments on a page, unless asked otherwise.
const LIMIT: u64 = 50;
/// The most that are given at once.
const MOST: u64 = 200;

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
    let cursor = parameters.text("cursor");
    let limit = parameters.one(
        "limit",
        &Text::new("erwartet wird eine Zahl von 1 bis 200", "a number from 1 to 200 is expected"),
        |text| text.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
    );
    let filter = parameters.finish(filter)?;
    let page = state.engine.store.appointments(company, &filter, cursor.as_deref(), limit.unwrap_or(LIMIT));
    let page = page.await.map_err(|error| match error {
        store::Error::InvalidCursor => Problem::bad_query(Vec::new()).at(
            Place::Query("cursor".to_owned()),
            Text::new("kein Cursor, der hier ausgegeben wurde", "not a cursor that was given out here"),
        ),
        other => Problem::internal(&other),
    })?;
    let link = page.next.as_deref().and_then(|next| link(&state, query.as_deref(), next));
    let data = page.items.iter().map(Resource::from).collect();
    let mut response = Json(Answer { data, next_cursor: page.next }).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

pub async fn time_zone(state: &AppState, company: CompanyId) -> Result<TimeZone, Problem> {
    let company = state.engine.store.company(company).await.map_err(|error| Problem::internal(&error))?;
    Ok(TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC))
}

pub fn filter(parameters: &mut Parameters, zone: &TimeZone) -> AppointmentFilter {
    let p = parameters;
    let when = Text::new(
        "erwartet wird ein Tag wie 2026-11-24 oder eine Zeit mit Abstand zu UTC wie 2026-11-24T14:30:00+01:00",
        "a day is expected, such as 2026-11-24, or a time with an offset, such as 2026-11-24T14:30:00+01:00",
    );
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

/// An instant, or the beginning of a day (of the day `later` days after it).
fn instant(text: &str, zone: &TimeZone, later: i64) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let day = text.parse::<Date>().ok()?.checked_add(later.days()).ok()?;
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

/// The same list, one page on.
fn link(state: &AppState, query: Option<&str>, next: &str) -> Option<HeaderValue> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default()).ok()?;
    let kept = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept: Vec<_> = kept.filter(|(name, _)| *name != "cursor").chain([("cursor", next)]).collect();
    let query = serde_urlencoded::to_string(kept).ok()?;
    let public_url = &state.settings.public_url;
    HeaderValue::from_str(&format!("<{public_url}/api/v1/appointments?{query}>; rel=\"next\"")).ok()
}
