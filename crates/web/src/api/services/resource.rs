//! A service as the API shows it.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::Origin;
use domain::catalogue::{EventTypeRecord, EventTypeRole, Place, ServiceCase};
use domain::service::{NotBookable, Work};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::time::Clock;
use crate::api::{etag, words};

/// Something that can be booked. What is said here counts; Cal.com follows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Service)]
pub struct Resource {
    pub id: String,
    pub name: String,
    pub slug: String,
    pub description: String,
    pub duration_minutes: u32,
    /// In cents of the company's currency. It stays here: Cal.com's API knows no price.
    pub price_cents: Option<i64>,
    /// Whether it is offered.
    pub active: bool,
    /// Whether programs may book it over the internet. It stays here: Cal.com never hears of it.
    pub online: bool,
    pub buffer_before_minutes: u32,
    pub buffer_after_minutes: u32,
    pub minimum_notice_minutes: u32,
    /// `null`: as far as the calendar goes.
    pub booking_window_days: Option<u32>,
    /// How many hours before its start a caller can still cancel or move an appointment; 0: as long as it has not begun.
    pub change_notice_hours: u32,
    pub requires_confirmation: bool,
    pub disable_guests: bool,
    /// Empty: at the address of the branch.
    pub locations: Vec<LocationResource>,
    /// The stretches of work of a composite service.
    pub segments: Vec<SegmentResource>,
    /// Who performs it, of those who work.
    pub staff_ids: Vec<String>,
    /// Whether callers can book it by phone.
    pub bookable: bool,
    /// Why not: `inactive`, `not_synced` (in error with Cal.com), `nobody` (performs it, or one of its segments).
    pub not_bookable: Vec<&'static str>,
    /// Whether programs can book it by this API.
    pub bookable_online: bool,
    /// Why not: the same, and `not_online`.
    pub not_bookable_online: Vec<&'static str>,
    #[schema(schema_with = words::service_sync)]
    pub sync_status: &'static str,
    /// When it was last seen to be the same at Cal.com; of several event types the one longest ago.
    pub last_synced_at: Option<String>,
    /// Why it is not as it should be there.
    pub problem: Option<ServiceProblem>,
    /// Fields that were changed at Cal.com and wait for a person.
    pub open_divergences: usize,
    pub event_types: Vec<EventTypeResource>,
    pub version: i64,
}

/// Where it takes place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Location)]
pub struct LocationResource {
    /// `address`, `phone`, `link` (each with a `value`), `customers_phone`, `customers_address`, or `other`: what Cal.com
    /// says and the platform cannot.
    pub r#type: &'static str,
    pub value: Option<String>,
}

/// A stretch of work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceSegment)]
pub struct SegmentResource {
    pub name: String,
    pub minutes: u32,
    /// How long the customer waits afterwards, while the staff is free for others.
    pub pause_minutes: u32,
    /// Who of those who perform the service may do it; empty for all of them.
    pub staff_ids: Vec<String>,
}

/// What is wrong at Cal.com.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceProblem {
    /// `slug_taken`, `not_allowed`, `refused`, `retries_used_up`, `no_effect`, `deleted`.
    pub code: &'static str,
    /// What Cal.com said; may be empty.
    pub message: String,
}

/// One of its event types at Cal.com.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventType)]
pub struct EventTypeResource {
    /// Whose it is; `null` for a team's.
    pub staff_id: Option<String>,
    /// Which stretch of work, from 0.
    pub segment: u16,
    pub connection_id: String,
    /// Cal.com's id, once it is known.
    pub calcom_event_type_id: Option<i64>,
    /// `current`, or `hidden` or `deleted` while it is on its way out.
    pub role: &'static str,
    pub last_synced_at: Option<String>,
}

impl Resource {
    pub fn of(case: &ServiceCase, clock: &Clock) -> Self {
        let service = &case.service;
        let terms = &service.terms;
        let event_type = |record: &EventTypeRecord| EventTypeResource {
            staff_id: record.staff_id.map(|id| id.to_string()),
            segment: record.segment,
            connection_id: record.connection.to_string(),
            calcom_event_type_id: record.event_type_id,
            role: record.role.as_str(),
            last_synced_at: record.last_synced_at.map(|at| clock.write(at)),
        };
        let segment = |work: &Work| SegmentResource {
            name: work.name.clone(),
            minutes: work.minutes,
            pause_minutes: work.pause_minutes,
            staff_ids: work.staff.iter().map(ToString::to_string).collect(),
        };
        let not_bookable = case.not_bookable_by(Origin::Phone);
        let not_bookable_online = case.not_bookable_by(Origin::Api);
        let kept = case.event_types.iter().filter(|record| record.role != EventTypeRole::Gone);
        Self {
            id: service.id.to_string(),
            name: service.name.clone(),
            slug: service.slug.clone(),
            description: service.description.clone(),
            duration_minutes: service.duration_minutes,
            price_cents: service.price_cents,
            active: service.active,
            online: terms.online,
            buffer_before_minutes: terms.buffer_before_minutes,
            buffer_after_minutes: terms.buffer_after_minutes,
            minimum_notice_minutes: terms.minimum_notice_minutes,
            booking_window_days: terms.booking_window_days,
            change_notice_hours: terms.change_notice_hours,
            requires_confirmation: terms.requires_confirmation,
            disable_guests: terms.disable_guests,
            locations: terms.places.iter().map(location).collect(),
            segments: service.segments.iter().map(segment).collect(),
            staff_ids: case.performers.iter().map(|performer| performer.staff_id.to_string()).collect(),
            bookable: not_bookable.is_empty(),
            not_bookable: not_bookable.into_iter().map(NotBookable::as_str).collect(),
            bookable_online: not_bookable_online.is_empty(),
            not_bookable_online: not_bookable_online.into_iter().map(NotBookable::as_str).collect(),
            sync_status: service.sync.as_str(),
            last_synced_at: case
                .current()
                .filter_map(|record| record.last_synced_at)
                .min()
                .map(|at| clock.write(at)),
            problem: case
                .problem()
                .map(|(problem, message)| ServiceProblem { code: problem.as_str(), message }),
            open_divergences: case.current().map(|record| record.open_divergences().count()).sum(),
            event_types: kept.map(event_type).collect(),
            version: service.version,
        }
    }
}

fn location(place: &Place) -> LocationResource {
    LocationResource { r#type: place.kind(), value: place.detail().map(str::to_owned) }
}

/// One service with its entity tag.
pub fn answer(case: &ServiceCase, clock: &Clock) -> Response {
    ([(header::ETAG, etag::of(case.service.version))], Json(Resource::of(case, clock))).into_response()
}
