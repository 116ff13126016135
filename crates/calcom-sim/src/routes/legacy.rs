//! What a request without `cal-api-version`, or with an unknown one, gets: the shapes of 2024-04-15. They
//! are here because a client that forgets the header must be seen to read nonsense; they carry the facts
//! of this model, not every column of the web app.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::validation::is_time_zone;
use super::{Answer, success};
use crate::errors::{Refusal, invalid_property};
use crate::model::Model;
use crate::model::bookings::{Booking, BookingStatus};
use crate::model::event_types::{EventType, Owner};
use crate::model::users::UserId;

const USUAL_PAGE: usize = 10;

/// `GET /v2/event-types`: grouped as the web app shows them, hidden ones included.
pub(super) fn event_types(model: &mut Model, call: &Call) -> Answer {
    let me = call.user.ok_or(Refusal::Internal)?;
    let user = model.user(me).ok_or(Refusal::Internal)?;
    let web_url = &model.settings.web_url;
    let rows = |wanted: &dyn Fn(&EventType) -> bool| -> Vec<Value> {
        model.event_types.iter().filter(|e| wanted(e)).map(|e| row(model, e)).collect()
    };
    let profile = json!({
        "slug": user.username, "name": user.name, "image": format!("{web_url}/avatar.svg"),
    });
    let mut groups = vec![json!({
        "teamId": null,
        "bookerUrl": web_url,
        "membershipRole": null,
        "profile": profile,
        "eventTypes": rows(&|e| e.owner_user() == Some(me)),
        "metadata": {"membershipCount": 1, "readOnly": false},
    })];
    for team in model.teams.iter().filter(|team| team.members.contains(&me)) {
        groups.push(json!({
            "teamId": team.id,
            "bookerUrl": web_url,
            "membershipRole": if team.members.first() == Some(&me) { "OWNER" } else { "MEMBER" },
            "profile": {"name": team.name},
            "eventTypes": rows(&|e| e.team_id() == Some(team.id)),
            "metadata": {"membershipCount": team.members.len()},
        }));
    }
    let profiles: Vec<Value> = groups.iter().map(|group| group["profile"].clone()).collect();
    let data = json!({"eventTypeGroups": groups, "profiles": profiles, "allUsersAcrossAllEventTypes": {}});
    Ok((StatusCode::OK, success(data)))
}

fn row(model: &Model, event_type: &EventType) -> Value {
    let (user_id, hosts): (Option<UserId>, &[UserId]) = match &event_type.owner {
        Owner::User(id) => (Some(*id), &[]),
        Owner::RoundRobin { hosts, .. } => (None, hosts),
    };
    let users: Vec<UserId> = event_type.hosts();
    let hosts: Vec<Value> = hosts.iter().map(|id| json!({"userId": id})).collect();
    json!({
        "id": event_type.id,
        "teamId": event_type.team_id(),
        "schedulingType": event_type.is_round_robin().then_some("ROUND_ROBIN"),
        "userId": user_id,
        "description": Some(&event_type.description).filter(|text| !text.is_empty()),
        "hidden": event_type.hidden,
        "slug": event_type.slug,
        "length": event_type.length_minutes,
        "title": event_type.title,
        "requiresConfirmation": event_type.may_need_confirmation(),
        "disableGuests": event_type.disable_guests,
        "minimumBookingNotice": event_type.minimum_notice_minutes,
        "beforeEventBuffer": event_type.before_buffer_minutes,
        "afterEventBuffer": event_type.after_buffer_minutes,
        "scheduleId": event_type.schedule_id,
        "slotInterval": event_type.slot_interval,
        "price": 0,
        "currency": "usd",
        "owner": user_id.and_then(|id| model.user(id)).map(|user| json!({"timeZone": user.time_zone})),
        "hosts": hosts,
        "userIds": users,
    })
}

/// `GET /v2/bookings`: the upcoming ones, ten at a time.
pub(super) fn bookings(model: &mut Model, call: &Call) -> Answer {
    let me = call.user.ok_or(Refusal::Internal)?;
    let mut mine: Vec<&Booking> = model
        .bookings
        .iter()
        .filter(|b| model.concerns(me, b) && b.end >= call.now && !b.status.is_over())
        .collect();
    mine.sort_by_key(|b| (b.start, b.id));
    let total = mine.len();
    let page: Vec<Value> = mine
        .into_iter()
        .take(USUAL_PAGE)
        .map(|booking| {
            let mut json = common(model, booking);
            json["createdAt"] = json!(format!("{:.3}", booking.created_at));
            json["updatedAt"] = json!(format!("{:.3}", booking.updated_at));
            json["paid"] = json!(false);
            json["isRecorded"] = json!(false);
            json["attendees"] = booking
                .attendees
                .iter()
                .map(|a| {
                    json!({
                        "email": a.email, "name": a.name, "timeZone": a.time_zone, "locale": a.language,
                        "phoneNumber": a.phone, "noShow": a.absent, "bookingId": booking.id,
                    })
                })
                .collect();
            json
        })
        .collect();
    let next = (total > USUAL_PAGE).then_some(USUAL_PAGE);
    let data = json!({"bookings": page, "recurringInfo": [], "totalCount": total, "nextCursor": next});
    Ok((StatusCode::OK, success(data)))
}

/// `GET /v2/bookings/{uid}`.
pub(super) fn booking(model: &mut Model, call: &Call) -> Answer {
    let uid = call.segment(1);
    let booking = model.booking(uid).ok_or_else(|| Refusal::booking_not_found(uid))?;
    let mut json = common(model, booking);
    json["eventTypeId"] = json!(booking.event_type_id);
    json["smsReminderNumber"] = Value::Null;
    json["seatsReferences"] = json!([]);
    if json["eventType"].is_object() {
        json["eventType"]["timeZone"] = Value::Null;
    }
    json["tracking"] = Value::Null;
    json["assignmentReason"] = json!([]);
    json["attendees"] = booking
        .attendees
        .iter()
        .map(|a| json!({"name": a.name, "email": a.email, "timeZone": a.time_zone, "phoneNumber": a.phone}))
        .collect();
    Ok((StatusCode::OK, success(json)))
}

/// `POST /v2/bookings`: a body of 2024-08-13 lacks what this version asks for. A body that has it all is
/// refused too: bookings are not made through this version here.
pub(super) fn create_booking(_: &mut Model, call: &Call) -> Answer {
    let target: Map<String, Value> = super::validation::whitelisted(
        &call.body,
        &["start", "end", "eventTypeId", "timeZone", "language", "metadata", "responses"],
    );
    let mut errors = Vec::new();
    let mut complain = |property: &str, kind: &str, why: &str| {
        errors.push(invalid_property(&target, property, &[(kind, why.to_owned())]));
    };
    if !target.get("timeZone").and_then(Value::as_str).is_some_and(is_time_zone) {
        complain("timeZone", "isTimeZone", "timeZone must be a valid IANA time-zone");
    }
    if !target.get("language").is_some_and(Value::is_string) {
        complain("language", "isString", "language must be a string");
    }
    if !target.get("metadata").is_some_and(Value::is_object) {
        complain("metadata", "isObject", "metadata must be an object");
    }
    if errors.is_empty() {
        return Err(Refusal::Internal);
    }
    Err(Refusal::Validation { errors })
}

fn common(model: &Model, booking: &Booking) -> Value {
    let user = model.user(booking.host);
    let event_type = booking.event_type_id.and_then(|id| model.event_type(id));
    let moved = booking.rescheduled_to.is_some() || booking.reschedule_requested;
    let moved = booking.status == BookingStatus::Cancelled && moved;
    json!({
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "description": booking.notes,
        "customInputs": {},
        "startTime": format!("{:.3}", booking.start),
        "endTime": format!("{:.3}", booking.end),
        "metadata": booking.metadata,
        "responses": booking.responses,
        "recurringEventId": booking.recurring_uid,
        "location": booking.location,
        "status": booking.status.uppercase(),
        "fromReschedule": booking.rescheduled_from,
        "rescheduled": moved.then_some(true),
        "rescheduledBy": booking.rescheduled_by,
        "cancelledBy": booking.cancelled_by,
        "cancellationReason": booking.cancellation_reason,
        "rejectionReason": booking.rejection_reason,
        "userPrimaryEmail": user.map(|u| u.email.as_str()),
        "user": user.map(|u| json!({
            "id": u.id, "name": u.name, "email": u.email, "username": u.username,
            "timeZone": u.time_zone, "avatarUrl": null,
        })),
        "eventType": event_type.map(|e| json!({
            "slug": e.slug,
            "eventName": null,
            "schedulingType": e.is_round_robin().then_some("ROUND_ROBIN"),
            "hideOrganizerEmail": false,
        })),
    })
}
