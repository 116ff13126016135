//! The HTTP face: which route and version a request means, who is calling, whether they may, and how the
//! answer is framed. One file per resource; what happens to bookings belongs to `flows`.

mod bookings;
mod call;
mod event_types;
mod legacy;
mod listing;
mod slots;
mod validation;
mod webhooks;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::errors::Refusal;
use crate::limits::{RateLimit, Verdict};
use crate::model::Model;
use crate::model::users::UserId;
use call::{Call, Version};

pub(crate) use bookings::booking_json;
pub(crate) use event_types::{apply as apply_settings, event_type_json};

/// What a handler answers: a status and a body, or a refusal.
type Answer = Result<(StatusCode, Value), Refusal>;

type Handler = fn(&mut Model, &Call) -> Answer;

/// What a route asks of its caller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Anyone,
    /// Without a key: 401.
    Key,
    /// Without a key: 403, from another guard.
    Permission,
}

pub(crate) fn answer(
    model: &mut Model,
    request: &Request<Bytes>,
    in_a_race: bool,
    now: Timestamp,
) -> Response<Bytes> {
    let path = path_and_query(request);
    let request_id = model.ids.uuid();
    let body = match call::parse_body(request) {
        Ok(body) => body,
        Err(refusal) => {
            return respond(refusal.status(), &refusal.body(&path, now), None, "unknown-request-id", now);
        }
    };
    let mut verdict = None;
    let result = route(model, request, body, in_a_race, now, &path, &mut verdict);
    let (status, body) = match result {
        Ok((status, body)) => (status, body),
        Err(refusal) => (refusal.status(), refusal.body(&path, now)),
    };
    respond(status, &body, verdict, &request_id, now)
}

fn route(
    model: &mut Model,
    request: &Request<Bytes>,
    body: Value,
    in_a_race: bool,
    now: Timestamp,
    path: &str,
    verdict: &mut Option<Verdict>,
) -> Answer {
    let version = Version::of(request.headers());
    let segments = call::segments(request.uri().path());
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (access, handler) =
        find(request.method(), &names, version).ok_or_else(|| Refusal::no_route(request.method(), path))?;
    let caller = caller(model, request)?;
    let said = model.throttler.count(&caller.throttled_as, caller.limit, now);
    *verdict = Some(said);
    if said.refused {
        return Err(Refusal::Throttled);
    }
    if caller.user.is_none() {
        refuse_stranger(access, caller.presented_token)?;
    }
    let call = Call {
        segments: segments.clone(),
        query: call::query(request.uri().query().unwrap_or_default()),
        body,
        user: caller.user,
        in_a_race,
        now,
    };
    handler(model, &call)
}

/// The routes that exist, by version. A known path in a version it does not serve does not exist.
fn find(method: &Method, path: &[&str], version: Version) -> Option<(Access, Handler)> {
    use Access::{Anyone, Key, Permission};
    use Version::{V20240415, V20240611, V20240614, V20240813, V20240904};
    let old = matches!(version, V20240415 | V20240611);
    let found: (Access, Handler) = match (method.as_str(), path) {
        ("GET", ["me"]) => (Key, me),
        ("GET", ["schedules"]) if version == V20240611 => (Key, schedules),

        ("GET", ["event-types"]) if version == V20240614 => (Anyone, event_types::list),
        ("GET", ["event-types"]) if old => (Key, legacy::event_types),
        ("POST", ["event-types"]) if version == V20240614 => (Key, event_types::create),
        ("GET", ["event-types", _]) if version == V20240614 => (Key, event_types::get),
        ("PATCH", ["event-types", _]) if version == V20240614 => (Key, event_types::patch),
        ("DELETE", ["event-types", _]) if version == V20240614 => (Key, event_types::delete),

        ("GET", ["webhooks"] | ["event-types", _, "webhooks"]) => (Key, webhooks::list),
        ("POST", ["webhooks"] | ["event-types", _, "webhooks"]) => (Key, webhooks::create),
        ("GET", ["webhooks", _] | ["event-types", _, "webhooks", _]) => (Key, webhooks::get),
        ("PATCH", ["webhooks", _] | ["event-types", _, "webhooks", _]) => (Key, webhooks::patch),
        ("DELETE", ["webhooks", _] | ["event-types", _, "webhooks", _]) => (Key, webhooks::delete),

        ("GET", ["slots"]) if version == V20240904 => (Anyone, slots::list),
        ("POST", ["slots", "reservations"]) if version == V20240904 => (Anyone, slots::reserve),
        ("GET", ["slots", "reservations", _]) if version == V20240904 => (Anyone, slots::get_reservation),
        ("DELETE", ["slots", "reservations", _]) if version == V20240904 => {
            (Anyone, slots::delete_reservation)
        }

        ("GET", ["bookings"]) if version == V20240813 => (Permission, listing::list),
        ("GET", ["bookings"]) if old || version == V20240614 => (Permission, legacy::bookings),
        ("POST", ["bookings"]) if version == V20240813 => (Anyone, bookings::create),
        ("POST", ["bookings"]) if old || version == V20240614 => (Anyone, legacy::create_booking),
        ("GET", ["bookings", _]) if version == V20240813 => (Anyone, bookings::get),
        ("GET", ["bookings", _]) if old || version == V20240614 => (Anyone, legacy::booking),
        ("POST", ["bookings", _, "cancel"]) if version != V20240904 => (Anyone, bookings::cancel),
        ("POST", ["bookings", _, "reschedule"]) if version == V20240813 => (Anyone, bookings::reschedule),
        ("POST", ["bookings", _, "confirm"]) if version == V20240813 => (Key, bookings::confirm),
        ("POST", ["bookings", _, "decline"]) if version == V20240813 => (Key, bookings::decline),
        ("POST", ["bookings", _, "mark-absent"]) if version == V20240813 => (Key, bookings::mark_absent),
        ("POST", ["bookings", _, "reassign"] | ["bookings", _, "reassign", _]) if version == V20240813 => {
            (Key, bookings::reassign)
        }
        _ => return None,
    };
    Some(found)
}

struct Caller {
    user: Option<UserId>,
    /// A bearer token that is no API key.
    presented_token: bool,
    throttled_as: String,
    limit: RateLimit,
}

fn caller(model: &Model, request: &Request<Bytes>) -> Result<Caller, Refusal> {
    let default_limit = model.settings.rate_limit;
    let Some(token) = call::bearer(request.headers()) else {
        return Ok(Caller {
            user: None,
            presented_token: false,
            throttled_as: "address".to_owned(),
            limit: default_limit,
        });
    };
    if !token.starts_with("cal_") {
        return Ok(Caller {
            user: None,
            presented_token: true,
            throttled_as: format!("token {token}"),
            limit: RateLimit::ACCESS_TOKEN,
        });
    }
    let key = model
        .api_key(token)
        .ok_or_else(|| Refusal::unauthorized("CustomThrottlerGuard - Invalid API Key"))?;
    Ok(Caller {
        user: Some(key.user_id),
        presented_token: false,
        throttled_as: format!("key {token}"),
        limit: key.limit,
    })
}

fn refuse_stranger(access: Access, presented_token: bool) -> Result<(), Refusal> {
    match access {
        Access::Anyone => Ok(()),
        _ if presented_token => Err(Refusal::unauthorized("Invalid Access Token.")),
        Access::Key => Err(Refusal::unauthorized(
            "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers",
        )),
        Access::Permission => Err(Refusal::forbidden(
            "PermissionsGuard - no authentication provided. Provide either authorization bearer token containing managed user access token or oAuth client id in 'x-cal-client-id' header.",
        )),
    }
}

/// Blocks whoever sends `request` until then.
pub(crate) fn block_caller(model: &mut Model, request: &Request<Bytes>, until: Timestamp, now: Timestamp) {
    if let Ok(caller) = caller(model, request) {
        model.throttler.block(&caller.throttled_as, until, now);
    }
}

/// An answer of the server's outer layers, without rate-limit headers.
pub(crate) fn plain_error(status: StatusCode, path: &str, now: Timestamp) -> Response<Bytes> {
    let body = match status {
        StatusCode::INTERNAL_SERVER_ERROR => Refusal::Internal.body(path, now),
        status => json!({"statusCode": status.as_u16(), "message": status.canonical_reason()}),
    };
    respond(status, &body, None, "unknown-request-id", now)
}

fn respond(
    status: StatusCode,
    body: &Value,
    verdict: Option<Verdict>,
    request_id: &str,
    now: Timestamp,
) -> Response<Bytes> {
    let bytes = Bytes::from(body.to_string());
    let mut response = Response::new(bytes);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Some(verdict) = verdict {
        verdict.write(headers);
    }
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (name, text) in [("x-request-id", request_id), ("date", date.as_str())] {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    response
}

fn path_and_query(request: &Request<Bytes>) -> String {
    request.uri().path_and_query().map_or_else(|| request.uri().path().to_owned(), ToString::to_string)
}

fn success(data: impl Into<Value>) -> Value {
    json!({"status": "success", "data": data.into()})
}

fn me(model: &mut Model, call: &Call) -> Answer {
    let user = call.user.and_then(|id| model.user(id)).ok_or(Refusal::Internal)?;
    Ok((
        StatusCode::OK,
        success(json!({
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "avatarUrl": null,
            "bio": null,
            "timeFormat": 24,
            "defaultScheduleId": user.default_schedule_id,
            "weekStart": "Sunday",
            "timeZone": user.time_zone,
            "username": user.username,
            "organizationId": null,
        })),
    ))
}

fn schedules(model: &mut Model, call: &Call) -> Answer {
    let user = call.user.and_then(|id| model.user(id)).ok_or(Refusal::Internal)?;
    let schedules: Vec<Value> = model
        .schedules
        .iter()
        .filter(|schedule| schedule.owner_id == user.id)
        .map(|schedule| schedule.to_json(user.default_schedule_id))
        .collect();
    Ok((StatusCode::OK, success(json!(schedules))))
}
