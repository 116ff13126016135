//! `POST /api/v1/appointments`.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::people::CustomerDetails;
use domain::{BranchId, CompanyId, Email, Phone, ServiceId, StaffId};
use engine::appointments::{BookError, ChangeError, CustomerWish, Wish};
use jiff::Timestamp;
use serde_json::{Map, Value};
use store::Booked;
use utoipa::ToSchema;

use super::{find, resource, starts_at};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::idempotency;
use crate::api::input::{Fields, JsonObject, id_expected};
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

/// An appointment to be made.
#[derive(Debug, ToSchema)]
#[schema(as = NewAppointment)]
pub struct Body {
    #[schema(value_type = String, example = "svc_0199f3a2c5d07c1e9b7a3c5d7e9f1a2b")]
    service_id: ServiceId,
    /// RFC 3339 with an offset, in whole minutes, in the future.
    #[schema(value_type = String, format = DateTime, example = "2026-11-24T14:30:00+01:00")]
    starts_at: Timestamp,
    #[schema(inline)]
    customer: Customer,
    /// Left out: whoever is free and has least to do.
    #[schema(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// Left out: any branch in which the service is done.
    #[schema(value_type = Option<String>)]
    branch_id: Option<BranchId>,
    #[schema(max_length = 2000)]
    notes: Option<String>,
    /// Books it although it is sooner than the notice of the service, or later than its booking window.
    #[schema(required = false, default = false)]
    r#override: bool,
}

/// Who is served. A customer with the same name and the same phone or e-mail is recognised.
#[derive(Debug, ToSchema)]
#[schema(as = NewCustomer)]
pub struct Customer {
    #[schema(max_length = 200)]
    name: String,
    #[schema(value_type = Option<String>, format = "email")]
    email: Option<Email>,
    /// With the country's code, or as it is dialled in Germany.
    #[schema(value_type = Option<String>, example = "+4930123456")]
    phone: Option<Phone>,
}

/// Make an appointment
///
/// It is made here at once and sent to Cal.com afterwards: see its sync status.
#[utoipa::path(
    post,
    path = "/api/v1/appointments",
    operation_id = "create_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the wish: the same key with the same body gives the same appointment.")),
    request_body = Body,
    responses((
        status = 201, body = resource::Resource, description = "It is made.",
        headers(
            ("Location" = String, description = "Its address."),
            ("ETag" = String, description = "Its version."),
            ("Idempotency-Replayed" = Option<String>, description = "`true` if it was made by an earlier request with this key."),
        ),
    )),
)]
pub async fn create(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let dedupe = idempotency::dedupe(&headers, "POST /api/v1/appointments", "", &object)?;
    let body = read(object)?;
    let company = caller.company();
    let wish = wish(&state, company, body).await?;
    let booked = state.engine.book(company, wish, caller.actor(), dedupe).await.map_err(refusal)?;
    let view = find(&state, company, &booked.id().to_string()).await?;
    let mut response = resource::answer(&view);
    *response.status_mut() = StatusCode::CREATED;
    // An id is letters, digits and an underscore.
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/appointments/{}", view.appointment.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if matches!(booked, Booked::Repeat(_)) {
        idempotency::replayed(&mut response);
    }
    Ok(response)
}

fn read(object: Map<String, Value>) -> Result<Body, Problem> {
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let service_id = f.required("service_id", |f| {
        f.parsed("service_id", id_expected(ServiceId::PREFIX), |text| text.parse().ok())
    });
    let starts_at = f.required("starts_at", |f| f.instant("starts_at"));
    let customer = f.required("customer", |f| f.object("customer", read_customer));
    let staff_id = f.parsed("staff_id", id_expected(StaffId::PREFIX), |text| text.parse().ok());
    let branch_id = f.parsed("branch_id", id_expected(BranchId::PREFIX), |text| text.parse().ok());
    let notes = f.text("notes", 2_000);
    let r#override = f.flag("override").unwrap_or(false);
    let body = match (service_id, starts_at, customer) {
        (Some(service_id), Some(starts_at), Some(customer)) => {
            Some(Body { service_id, starts_at, customer, staff_id, branch_id, notes, r#override })
        }
        _ => None,
    };
    fields.finish(body)
}

fn read_customer(f: &mut Fields) -> Option<Customer> {
    let name = f.required("name", |f| f.text("name", 200));
    let (email, phone) = (read_email(f), read_phone(f));
    Some(Customer { name: name?, email, phone })
}

/// The field `email`.
pub fn read_email(f: &mut Fields) -> Option<Email> {
    let expected = Text::new("erwartet wird eine E-Mail-Adresse", "an e-mail address is expected");
    f.parsed("email", expected, |text| text.parse().ok())
}

/// The field `phone`.
pub fn read_phone(f: &mut Fields) -> Option<Phone> {
    let expected = Text::new("erwartet wird eine Telefonnummer", "a phone number is expected");
    f.parsed("phone", expected, |text| text.parse().ok())
}

async fn wish(state: &AppState, company: CompanyId, body: Body) -> Result<Wish, Problem> {
    // People made through the API are spoken to in the company's language.
    let locale = state.engine.store.company(company).await.map_err(|error| Problem::internal(&error))?.locale;
    let Customer { name, email, phone } = body.customer;
    Ok(Wish {
        service_id: body.service_id,
        staff_id: body.staff_id,
        branch_id: body.branch_id,
        start: body.starts_at,
        customer: CustomerWish::Details(CustomerDetails { name, email, phone, locale }),
        notes: body.notes,
        exactly: Vec::new(),
        in_terms: !body.r#override,
        holder: None,
        story: Vec::new(),
    })
}

fn refusal(error: BookError) -> Problem {
    let body = |pointer: &str| Place::Body(pointer.to_owned());
    match error {
        BookError::Service => Problem::new(Code::ServiceNotBookable).at(
            body("/service_id"),
            Text::new("gibt es nicht oder kann nicht gebucht werden", "does not exist or cannot be booked"),
        ),
        BookError::NotOnline => ChangeError::NotOnline.into(),
        BookError::Staff => Problem::new(Code::StaffNotOffering),
        BookError::Refused(refusal) => ChangeError::Refused(refusal).into(),
        BookError::Terms => Problem::new(Code::OutsideTerms).at(
            starts_at(),
            Text::new(
                "ist früher als die Vorlaufzeit der Leistung oder später als ihr Buchungszeitraum; „override“ bucht trotzdem",
                "is sooner than the notice of the service or later than its booking window; `override` books it all the same",
            ),
        ),
        BookError::NotWorking => Problem::new(Code::OutsideWorkingHours)
            .at(starts_at(), Text::new("außerhalb der Arbeitszeit", "outside the working hours")),
        BookError::SlotTaken => Problem::new(Code::SlotTaken),
        BookError::KeyReused => Problem::new(Code::IdempotencyKeyReused),
        BookError::Engine(error) => Problem::internal(&error),
    }
}
