//! `PATCH /api/v1/appointments/{id}`: a JSON merge patch (RFC 7396) of what an appointment is.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::people::{Customer, CustomerDetails};
use domain::{AppointmentStatus, Email, Phone, ServiceId, StaffId};
use engine::appointments::{Act, Edit};
use jiff::Timestamp;
use store::AppointmentView;
use utoipa::ToSchema;

use super::change::{Asked, LONGEST_REASON};
use super::{create, resource};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject, id_expected, one_of};
use crate::api::words;
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// More stretches of work than a service has.
const MOST_SEGMENTS: u16 = 32;

/// What is to be changed, all of it or nothing; what is left out stays.
#[derive(Debug, ToSchema)]
#[schema(as = AppointmentPatch)]
#[expect(clippy::option_option, reason = "a merge patch tells `null` from what is not there")]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Body {
    /// Moves it; its length stays.
    #[schema(value_type = String, required = false, format = DateTime)]
    starts_at: Option<Timestamp>,
    /// Somebody else serves; in a composite appointment, all of it.
    #[schema(value_type = String, required = false)]
    staff_id: Option<StaffId>,
    /// Who serves in each of the appointment's `segments`, in their order.
    #[schema(value_type = Vec<String>, required = false)]
    staff_ids: Option<Vec<StaffId>>,
    /// Something else is booked; the length becomes that of the service.
    #[schema(value_type = String, required = false)]
    service_id: Option<ServiceId>,
    #[schema(required = false, inline)]
    customer: Option<CustomerPatch>,
    /// `null` removes them.
    #[schema(value_type = Option<String>, max_length = 2000)]
    notes: Option<Option<String>>,
    /// `confirmed` confirms what was asked for and takes a no-show back, `cancelled` cancels, `no_show` says
    /// that the customer did not come.
    #[schema(schema_with = words::status, required = false)]
    status: Option<AppointmentStatus>,
    /// Why it is moved or cancelled; Cal.com is told it too.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Who is served, wherever this customer has appointments.
#[derive(Debug, ToSchema)]
#[expect(clippy::option_option, reason = "a merge patch tells `null` from what is not there")]
#[expect(dead_code, reason = "describes what `read_customer` reads")]
pub struct CustomerPatch {
    #[schema(value_type = String, required = false, max_length = 200)]
    name: Option<String>,
    /// `null` removes it.
    #[schema(value_type = Option<String>, format = "email")]
    email: Option<Option<Email>>,
    /// `null` removes it.
    #[schema(value_type = Option<String>)]
    phone: Option<Option<Phone>>,
}

/// Change an appointment
///
/// It is changed here at once, and Cal.com follows; what Cal.com cannot change on a booking becomes another
/// booking there.
#[utoipa::path(
    patch,
    path = "/api/v1/appointments/{id}",
    operation_id = "change_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`apt_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the wish."),
    ),
    request_body(content((Body = "application/merge-patch+json"), (Body = "application/json"))),
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn patch(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let operation = "PATCH /api/v1/appointments/{id}";
    Asked { caller: &caller, state: &state, id: &id, headers: &headers, operation }.make(object, read).await
}

fn read(mut fields: Fields, before: &AppointmentView) -> Result<Vec<Act>, Problem> {
    let f = &mut fields;
    let appointment = &before.appointment;
    let start = f.must_stay("starts_at", |f| f.instant("starts_at"));
    let staff_expected = id_expected(StaffId::PREFIX);
    let one =
        f.must_stay("staff_id", |f| f.parsed("staff_id", staff_expected.clone(), |text| text.parse().ok()));
    let each = f.list("staff_ids", usize::from(MOST_SEGMENTS), &staff_expected, |text| text.parse().ok());
    let service_id = f.must_stay("service_id", |f| {
        f.parsed("service_id", id_expected(ServiceId::PREFIX), |text| text.parse().ok())
    });
    let customer =
        f.must_stay("customer", |f| f.object("customer", |f| Some(read_customer(f, &before.customer))));
    let notes = f.has("notes").then(|| f.text("notes", 2_000));
    let reason = f.text("reason", LONGEST_REASON);
    let words = one_of(["confirmed", "cancelled", "no_show"].into_iter());
    let status = f.must_stay("status", |f| {
        f.parsed("status", words, |text| {
            AppointmentStatus::from_name(text).filter(|status| *status != AppointmentStatus::Requested)
        })
    });
    let staff: Vec<_> = match (one, each) {
        (Some(_), Some(_)) => {
            f.fault("staff_ids", Text::new("nur eines von beiden", "only one of the two"));
            Vec::new()
        }
        (Some(staff), None) => (0..MOST_SEGMENTS).map(|segment| (segment, staff)).collect(),
        (None, Some(staff)) => (0..).zip(staff).collect(),
        (None, None) => Vec::new(),
    };
    // What is as wished already is no wish: the status may not allow to change it any more.
    let serves = |segment: u16, staff: StaffId| {
        let segment = appointment.segments.get(usize::from(segment));
        segment.is_none_or(|segment| segment.staff_id == staff)
    };
    let other_service = service_id.filter(|service| *service != appointment.service_id);
    let same_staff = other_service.is_none() && staff.iter().all(|(segment, staff)| serves(*segment, *staff));
    let edit = Edit {
        start: start.filter(|start| *start != appointment.slot.start),
        staff: if same_staff { Vec::new() } else { staff },
        service_id: other_service,
        customer,
        notes,
        reason: reason.clone(),
    };
    let mut acts = vec![Act::Edit(edit)];
    acts.extend(match (status, appointment.status) {
        (Some(wished), status) if wished == status => None,
        (Some(AppointmentStatus::Cancelled), _) => Some(Act::Cancel { reason }),
        (Some(AppointmentStatus::NoShow), _) => Some(Act::NoShow { absent: true }),
        (Some(_), AppointmentStatus::NoShow) => Some(Act::NoShow { absent: false }),
        (Some(_), _) => Some(Act::Confirm),
        (None, _) => None,
    });
    fields.finish(Some(acts))
}

/// The customer with what is to be changed in it.
fn read_customer(f: &mut Fields, before: &Customer) -> CustomerDetails {
    let name = f.must_stay("name", |f| f.text("name", 200));
    let email = f.has("email").then(|| create::read_email(f));
    let phone = f.has("phone").then(|| create::read_phone(f));
    CustomerDetails {
        name: name.unwrap_or_else(|| before.name.clone()),
        email: email.unwrap_or_else(|| before.email.clone()),
        phone: phone.unwrap_or_else(|| before.phone.clone()),
        locale: before.locale,
    }
}
