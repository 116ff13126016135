//! An appointment as programs see it.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::service::Service;
use serde::Serialize;
use store::AppointmentView;
use utoipa::ToSchema;

use crate::api::time::Clock;
use crate::api::{etag, words};

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Appointment)]
pub struct Resource {
    /// It never changes.
    #[schema(example = "apt_0199f3a2c5d07c1e9b7a3c5d7e9f1a2b")]
    pub id: String,
    /// What people call it.
    #[schema(example = "A-1042")]
    pub label: String,
    /// Where it stands.
    #[schema(schema_with = words::status)]
    pub status: &'static str,
    /// RFC 3339, with the offset of the branch.
    #[schema(format = DateTime, example = "2026-11-24T14:30:00+01:00")]
    pub starts_at: String,
    /// RFC 3339, with the offset of the branch.
    #[schema(format = DateTime, example = "2026-11-24T15:15:00+01:00")]
    pub ends_at: String,
    /// IANA name of the zone in which the time was agreed on.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    pub service: Named,
    pub staff: Named,
    pub branch: Named,
    pub customer: CustomerResource,
    /// The stretches of work that it is made of: one, or several of a composite service.
    pub segments: Vec<SegmentResource>,
    /// What the customer or the staff noted.
    pub notes: Option<String>,
    /// Why it was cancelled or last moved.
    pub reason: Option<String>,
    /// Where it came from first.
    #[schema(schema_with = words::origin)]
    pub origin: &'static str,
    /// What the comparison with Cal.com says; see the sync status.
    #[schema(schema_with = words::sync_status)]
    pub sync_status: &'static str,
    /// Cal.com's name of the booking; it changes with every move.
    pub calcom_booking_uid: Option<String>,
    /// Counts changes; the entity tag.
    pub version: i64,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// When it was taken off the lists.
    #[schema(format = DateTime)]
    pub deleted_at: Option<String>,
}

/// A stretch of work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppointmentSegment)]
pub struct SegmentResource {
    pub staff_id: String,
    #[schema(format = DateTime)]
    pub starts_at: String,
    #[schema(format = DateTime)]
    pub ends_at: String,
}

/// Something with a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// Who is served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerResource {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    /// E.164.
    #[schema(example = "+4930123456")]
    pub phone: Option<String>,
}

impl From<&AppointmentView> for Resource {
    fn from(view: &AppointmentView) -> Self {
        let AppointmentView { appointment, customer, service, staff, branch, .. } = view;
        let Service { id: service_id, name: service_name, .. } = service;
        let clock = Clock::of(&appointment.time_zone);
        Self {
            id: appointment.id.to_string(),
            label: appointment.label(),
            status: appointment.status.as_str(),
            starts_at: clock.write(appointment.slot.start),
            ends_at: clock.write(appointment.slot.end),
            time_zone: appointment.time_zone.clone(),
            service: Named { id: service_id.to_string(), name: service_name.clone() },
            staff: Named { id: staff.id.to_string(), name: staff.name.clone() },
            branch: Named { id: branch.id.to_string(), name: branch.name.clone() },
            customer: CustomerResource {
                id: customer.id.to_string(),
                name: customer.name.clone(),
                email: customer.email.as_ref().map(ToString::to_string),
                phone: customer.phone.as_ref().map(ToString::to_string),
            },
            segments: appointment
                .segments
                .iter()
                .map(|segment| SegmentResource {
                    staff_id: segment.staff_id.to_string(),
                    starts_at: clock.write(segment.slot.start),
                    ends_at: clock.write(segment.slot.end),
                })
                .collect(),
            notes: appointment.notes.clone(),
            reason: appointment.reason.clone(),
            origin: appointment.origin.as_str(),
            sync_status: appointment.sync.as_str(),
            calcom_booking_uid: view
                .current()
                .and_then(|booking| booking.uid.as_ref())
                .map(ToString::to_string),
            version: appointment.version,
            created_at: clock.write(appointment.created_at),
            updated_at: clock.write(appointment.updated_at),
            deleted_at: appointment.deleted_at.map(|at| clock.write(at)),
        }
    }
}

/// One appointment with its entity tag.
pub fn answer(view: &AppointmentView) -> Response {
    ([(header::ETAG, etag::of(view.appointment.version))], Json(Resource::from(view))).into_response()
}
