//! `POST /api/v1/appointments/{id}/…` and `DELETE`: what can be done about an appointment, each by its name.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::AppointmentStatus;
use engine::appointments::{Act, Edit};
use jiff::Timestamp;
use serde_json::{Map, Value};
use store::AppointmentView;
use utoipa::{IntoParams, ToSchema};

use super::change::{Asked, LONGEST_REASON};
use super::resource;
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, OptionalObject, Parameters, one_of};
use crate::problem::Problem;
use crate::state::AppState;

/// Why.
#[derive(Debug, ToSchema)]
#[schema(as = Because)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Because {
    /// Cal.com is told it too.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Where to, and why.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Rescheduling {
    /// RFC 3339 with an offset, in whole minutes, in the future. The length stays.
    #[schema(value_type = String, format = DateTime, example = "2026-11-24T14:30:00+01:00")]
    starts_at: Timestamp,
    /// Cal.com is told it too.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Whether the customer was absent.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Attendance {
    /// Left out: yes. `false` takes it back.
    #[schema(default = true)]
    absent: Option<bool>,
}

/// Whose word counts.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Settlement {
    /// `ours`: what is said here; `theirs`: what Cal.com says.
    #[schema(example = "ours")]
    side: String,
}

/// Why it is deleted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Deletion {
    /// Cal.com is told it too, if the appointment still takes place.
    #[param(max_length = 500)]
    reason: Option<String>,
}

macro_rules! action {
    (
        $(#[doc = $doc:literal])+
        $name:ident($($body:ident)?) = $path:literal, $id:literal,
        |$fields:ident, $before:ident| $acts:expr
    ) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            operation_id = $id,
            tag = "appointments",
            security(("api_key" = ["appointments:write"])),
            params(
                ("id" = String, Path, description = "`apt_…`"),
                ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
                ("Idempotency-Key" = Option<String>, Header, description = "Names the wish."),
            ),
            $(request_body = $body,)?
            responses((
                status = 200, body = resource::Resource, description = "As it is now.",
                headers(("ETag" = String, description = "Its version.")),
            )),
        )]
        pub async fn $name(
            caller: ApiCaller<AppointmentsWrite>,
            State(state): State<AppState>,
            Path(id): Path<String>,
            headers: HeaderMap,
            OptionalObject(object): OptionalObject,
        ) -> Result<Response, Problem> {
            let operation = concat!("POST ", $path);
            let asked = Asked { caller: &caller, state: &state, id: &id, headers: &headers, operation };
            let act = |$fields: &mut Fields, $before: &AppointmentView| $acts;
            asked
                .make(object, |mut fields, before| {
                    let act = act(&mut fields, before);
                    fields.finish(act.map(|act| vec![act]))
                })
                .await
        }
    };
}

action! {
    /// Cancel an appointment
    ///
    /// Cancelling what is cancelled changes nothing and succeeds. What waits for a confirmation is declined at
    /// Cal.com. What nobody came to is not cancelled any more.
    cancel(Because) = "/api/v1/appointments/{id}/cancel", "cancel_appointment",
    |fields, _before| Some(Act::Cancel { reason: fields.text("reason", LONGEST_REASON) })
}

action! {
    /// Move an appointment
    ///
    /// Moving it to where it is changes nothing and succeeds.
    reschedule(Rescheduling) = "/api/v1/appointments/{id}/reschedule", "reschedule_appointment",
    |fields, _before| {
        let starts_at = fields.required("starts_at", |fields| fields.instant("starts_at"));
        let reason = fields.text("reason", LONGEST_REASON);
        starts_at.map(|starts_at| Act::Edit(Edit::to(starts_at, reason)))
    }
}

action! {
    /// Confirm an appointment that was asked for
    ///
    /// Confirming what is confirmed changes nothing and succeeds.
    confirm() = "/api/v1/appointments/{id}/confirm", "confirm_appointment",
    |_fields, _before| Some(Act::Confirm)
}

action! {
    /// Reject an appointment that was asked for
    ///
    /// Rejecting what is cancelled changes nothing and succeeds.
    reject(Because) = "/api/v1/appointments/{id}/reject", "reject_appointment",
    |fields, _before| Some(Act::Reject { reason: fields.text("reason", LONGEST_REASON) })
}

action! {
    /// Write down that the customer did not come
    ///
    /// Only once the appointment has begun.
    no_show(Attendance) = "/api/v1/appointments/{id}/no-show", "mark_no_show",
    |fields, before| {
        let absent = fields.flag("absent").unwrap_or(true);
        // A confirmed appointment needs nothing taken back.
        let came = !absent && before.appointment.status == AppointmentStatus::Confirmed;
        Some(if came { Act::Edit(Edit::default()) } else { Act::NoShow { absent } })
    }
}

action! {
    /// Settle what was changed on both sides
    ///
    /// Without a conflict nothing happens.
    settle(Settlement) = "/api/v1/appointments/{id}/settle", "settle_conflict",
    |fields, _before| {
        let sides = one_of(["ours", "theirs"].into_iter());
        let side = fields.required("side", |fields| {
            fields.parsed("side", sides, |text| match text {
                "ours" => Some(true),
                "theirs" => Some(false),
                _ => None,
            })
        });
        side.map(|ours| Act::Settle { ours })
    }
}

/// Look at Cal.com again
///
/// And try again what was given up. The appointment stays as it is, so no version is asked for.
#[utoipa::path(
    post,
    path = "/api/v1/appointments/{id}/check",
    operation_id = "check_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`apt_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the wish."),
    ),
    responses((
        status = 200, body = resource::Resource, description = "As it is now; its sync status tells the rest.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn check(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    OptionalObject(object): OptionalObject,
) -> Result<Response, Problem> {
    let operation = "POST /api/v1/appointments/{id}/check";
    let asked = Asked { caller: &caller, state: &state, id: &id, headers: &headers, operation };
    asked.ask(object, Act::CheckAgain).await
}

/// Delete an appointment
///
/// It is taken off the lists. One that still takes place is cancelled first, at Cal.com too. It can be read
/// further on, with its history.
#[utoipa::path(
    delete,
    path = "/api/v1/appointments/{id}",
    operation_id = "delete_appointment",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`apt_…`"),
        Deletion,
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the wish."),
    ),
    responses((
        status = 200, body = resource::Resource, description = "As it is now, with `deleted_at`.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn delete(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(query.as_deref())?;
    let reason = parameters.text("reason").map(Value::String);
    let reason = parameters.finish(reason)?;
    let object: Map<_, _> = reason.into_iter().map(|reason| ("reason".to_owned(), reason)).collect();
    let operation = "DELETE /api/v1/appointments/{id}";
    let asked = Asked { caller: &caller, state: &state, id: &id, headers: &headers, operation };
    asked
        .make(object, |mut fields, _| {
            let reason = fields.text("reason", LONGEST_REASON);
            fields.finish(Some(vec![Act::Delete { reason }]))
        })
        .await
}
