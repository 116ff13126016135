//! `/v2/bookings`, version 2024-08-13, except the list: reading bodies, writing bookings.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::validation::{Complaints, check_metadata, instant, is_time_zone};
use super::{Answer, success};
use crate::Reassignment;
use crate::errors::Refusal;
use crate::flows::answer::{Cancellation, Presence};
use crate::flows::reschedule::Move;
use crate::flows::{Booked, NewBooking};
use crate::model::Model;
use crate::model::bookings::{Attendee, Booking};
use crate::model::event_types::EventTypeId;
use crate::model::users::UserId;

const NOT_A_DATE: &str = "start must be a valid ISO 8601 date string";

pub(super) fn create(model: &mut Model, call: &Call) -> Answer {
    let new = new_booking(model, call)?;
    let Booked { uid, seat, series } = model.create_booking(&new, call.now)?;
    if let Some(series) = series {
        return Ok((StatusCode::CREATED, success(series_json(model, &series, call.user, seat.as_deref()))));
    }
    booked(model, &uid, seat.as_deref(), call.user)
}

pub(super) fn get(model: &mut Model, call: &Call) -> Answer {
    found(model, call)
}

pub(super) fn reschedule(model: &mut Model, call: &Call) -> Answer {
    let text = |name: &str| call.body[name].as_str().map(str::to_owned);
    let Some(start) = call.body["start"].as_str().and_then(instant) else {
        let mut complaints = Complaints::default();
        complaints.about("start", NOT_A_DATE);
        return complaints.refuse_if_any().and(Err(Refusal::Internal));
    };
    let wanted = Move {
        start,
        reason: text("reschedulingReason"),
        by: text("rescheduledBy"),
        acting: call.user,
        through_link: false,
        in_a_race: call.in_a_race,
    };
    let uid = model.reschedule_booking(call.segment(1), &wanted, call.now)?;
    booked(model, &uid, None, call.user)
}

pub(super) fn cancel(model: &mut Model, call: &Call) -> Answer {
    let cancellation = Cancellation {
        reason: call.body["cancellationReason"].as_str().map(str::to_owned),
        acting: call.user,
        by: None,
    };
    let uid = call.segment(1);
    if let Some(seat) = call.body["seatUid"].as_str() {
        model.cancel_seat(uid, seat, cancellation.reason, call.now)?;
    } else if let Some(first) = model.occurrences(uid).first() {
        model.cancel_series(first, call.now, &cancellation, call.now)?;
    } else if call.body["cancelSubsequentBookings"] == true {
        let from = model.booking(uid).map_or(call.now, |booking| booking.start);
        model.cancel_series(uid, from, &cancellation, call.now)?;
    } else {
        model.cancel(uid, &cancellation, call.now)?;
    }
    found(model, call)
}

pub(super) fn confirm(model: &mut Model, call: &Call) -> Answer {
    model.confirm_booking(call.segment(1), call.now)?;
    found(model, call)
}

pub(super) fn decline(model: &mut Model, call: &Call) -> Answer {
    let reason = call.body["reason"].as_str().map(str::to_owned);
    model.decline_booking(call.segment(1), reason, call.now)?;
    found(model, call)
}

pub(super) fn mark_absent(model: &mut Model, call: &Call) -> Answer {
    let attendees: Option<Vec<Presence>> = call.body["attendees"].as_array().map(|attendees| {
        attendees
            .iter()
            .filter_map(|a| {
                Some(Presence { email: a["email"].as_str()?.to_owned(), absent: a["absent"].as_bool()? })
            })
            .collect()
    });
    let host = call.body["host"].as_bool();
    model.mark_absent(call.segment(1), host, attendees.as_deref(), call.now)?;
    found(model, call)
}

pub(super) fn reassign(model: &mut Model, call: &Call) -> Answer {
    let uid = call.segment(1);
    let to = match call.segments.get(3) {
        None => None,
        Some(id) => Some(id.parse().map_err(|_| Refusal::Internal)?),
    };
    let host = match model.settings.reassignment {
        Reassignment::InPlace => model.reassign_booking(uid, to, call.now)?,
        Reassignment::Ignored => model.pretend_to_reassign(uid, to)?,
    };
    let user = model.user(host).ok_or(Refusal::Internal)?;
    let reassigned_to =
        json!({"id": user.id, "name": user.name, "email": user.email, "displayEmail": user.email});
    Ok((StatusCode::OK, success(json!({"bookingUid": uid, "reassignedTo": reassigned_to}))))
}

fn booked(model: &Model, uid: &str, seat: Option<&str>, viewer: Option<UserId>) -> Answer {
    let booking = model.booking(uid).ok_or(Refusal::Internal)?;
    let mut json = shown_to(viewer, model, booking);
    match seat {
        Some(seat) => json["seatUid"] = json!(seat),
        None => json["isPlatformManagedUserBooking"] = json!(false),
    }
    Ok((StatusCode::CREATED, success(json)))
}

/// By the uid of a booking, or by that of a series: then as a list.
fn found(model: &Model, call: &Call) -> Answer {
    let uid = call.segment(1);
    let data = match model.booking(uid) {
        Some(booking) => shown_to(call.user, model, booking),
        None if model.occurrences(uid).is_empty() => return Err(Refusal::booking_not_found(uid)),
        None => series_json(model, uid, call.user, None),
    };
    Ok((StatusCode::OK, success(data)))
}

fn series_json(model: &Model, series: &str, viewer: Option<UserId>, seat: Option<&str>) -> Value {
    let occurrences = model.occurrences(series);
    let of_series = occurrences.iter().filter_map(|uid| model.booking(uid));
    let shown = of_series.map(|booking| {
        let mut json = shown_to(viewer, model, booking);
        if seat.is_some() {
            json["seatUid"] = json!(booking.attendees.last().and_then(|a| Some(&a.seat.as_ref()?.uid)));
        }
        json
    });
    shown.collect()
}

/// Who shares a booking with seats is not everybody's business.
fn shown_to(viewer: Option<UserId>, model: &Model, booking: &Booking) -> Value {
    let mut json = booking_json(model, booking);
    let event_type = booking.event_type_id.and_then(|id| model.event_type(id));
    let hidden = event_type.is_some_and(|e| {
        e.seats().is_some()
            && !e.shows_attendees()
            && viewer.is_none_or(|viewer| !e.hosts().contains(&viewer))
    });
    if hidden {
        json["attendees"] = json!([]);
    }
    json
}

fn new_booking(model: &Model, call: &Call) -> Result<NewBooking, Refusal> {
    let body = &call.body;
    let mut complaints = Complaints::default();
    let start = body["start"].as_str().and_then(instant);
    if start.is_none() {
        complaints.about("start", NOT_A_DATE);
    }
    let attendee = &body["attendee"];
    if attendee.is_null() {
        complaints.about("attendee", "attendee should not be null or undefined");
    } else {
        if !attendee["name"].is_string() {
            complaints.inside("attendee", "name", "name must be a string");
        }
        if !attendee["timeZone"].as_str().is_some_and(is_time_zone) {
            complaints.inside("attendee", "timeZone", "timeZone must be a valid IANA time-zone");
        }
    }
    if !body["metadata"].is_null() {
        check_metadata(&body["metadata"], &mut complaints);
    }
    complaints.refuse_if_any()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
    Ok(NewBooking {
        start: start.ok_or(Refusal::Internal)?,
        event_type_id: wanted_event_type(model, body)?,
        name: text(&attendee["name"]).unwrap_or_default(),
        email: text(&attendee["email"]),
        phone: text(&attendee["phoneNumber"]),
        time_zone: text(&attendee["timeZone"]).unwrap_or_default(),
        language: text(&attendee["language"]).unwrap_or_else(|| "en".to_owned()),
        guests: body["guests"]
            .as_array()
            .map_or_else(Vec::new, |guests| guests.iter().filter_map(text).collect()),
        metadata: object(&body["metadata"]),
        responses: object(&body["bookingFieldsResponses"]),
        length_minutes: body["lengthInMinutes"].as_i64(),
        recurrence_count: body["recurrenceCount"].as_i64(),
        location: Some(body["location"].clone()).filter(|location| !location.is_null()),
        in_a_race: call.in_a_race,
    })
}

/// By id, or by slug and username.
fn wanted_event_type(model: &Model, body: &Value) -> Result<EventTypeId, Refusal> {
    if let Some(id) = body["eventTypeId"].as_i64() {
        return Ok(id);
    }
    let (slug, username) = (body["eventTypeSlug"].as_str(), body["username"].as_str());
    let (Some(slug), Some(username)) = (slug, username) else {
        return Err(Refusal::bad_request(
            "Either eventTypeId or eventTypeSlug + username or eventTypeSlug + teamSlug must be provided",
        ));
    };
    model.event_type_by_slug(username, slug).map(|event_type| event_type.id).ok_or_else(|| {
        Refusal::not_found(format!("Event type with slug {slug} belonging to user {username} not found."))
    })
}

/// A booking as version 2024-08-13 shows it.
pub(crate) fn booking_json(model: &Model, booking: &Booking) -> Value {
    let event_type = booking.event_type_id.and_then(|id| model.event_type(id));
    let hosts: Vec<Value> = model
        .user(booking.host)
        .map(|user| {
            json!({
                "id": user.id,
                "name": user.name,
                "email": user.email,
                "displayEmail": user.email,
                "username": user.username,
                "timeZone": user.time_zone,
            })
        })
        .into_iter()
        .collect();
    let mut json = json!({
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "description": booking.notes,
        "hosts": hosts,
        "status": booking.status.lowercase(),
        "cancellationReason": booking.cancellation_reason.as_deref().unwrap_or_default(),
        "cancelledByEmail": booking.cancelled_by.as_deref().unwrap_or_default(),
        "rescheduledByEmail": booking.rescheduled_by,
        "start": format!("{:.3}", booking.start),
        "end": format!("{:.3}", booking.end),
        "duration": booking.minutes(),
        "eventTypeId": booking.event_type_id,
        "eventType": event_type.map(|e| json!({"id": e.id, "slug": e.slug})),
        "meetingUrl": booking.location,
        "location": booking.location,
        "absentHost": booking.absent_host,
        "createdAt": format!("{:.3}", booking.created_at),
        "updatedAt": format!("{:.3}", booking.updated_at),
        "metadata": booking.metadata,
        "rating": null,
        "icsUid": booking.ics_uid,
        "attendees": booking.attendees.iter().map(attendee_json).collect::<Vec<Value>>(),
        "bookingFieldsResponses": responses_json(&booking.responses),
    });
    let optional = [
        ("reschedulingReason", &booking.rescheduling_reason),
        ("rescheduledFromUid", &booking.rescheduled_from),
        ("rescheduledToUid", &booking.rescheduled_to),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            json[name] = json!(value);
        }
    }
    if !booking.guests.is_empty() {
        json["guests"] = json!(booking.guests);
    }
    if let Some(series) = &booking.recurring_uid {
        json["recurringBookingUid"] = json!(series);
    }
    if event_type.is_some_and(|e| e.seats().is_some())
        && let Some(facts) = json.as_object_mut()
    {
        facts.remove("bookingFieldsResponses");
    }
    for field in model.garbled.get(&booking.uid).into_iter().flatten() {
        json[field] = json!({ "of": "tomorrow" });
    }
    json
}

fn attendee_json(attendee: &Attendee) -> Value {
    let mut json = json!({
        "name": attendee.name,
        "email": attendee.email,
        "displayEmail": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.language,
        "absent": attendee.absent,
    });
    if let Some(phone) = &attendee.phone {
        json["phoneNumber"] = json!(phone);
    }
    if let Some(seat) = &attendee.seat {
        json["seatUid"] = json!(seat.uid);
        json["bookingFieldsResponses"] = json!(responses_json(&seat.responses));
        json["metadata"] = json!(seat.metadata);
    }
    json
}

fn responses_json(given: &Map<String, Value>) -> Map<String, Value> {
    let mut responses = given.clone();
    if let Some(email) = responses.get("email").cloned() {
        responses.insert("displayEmail".to_owned(), email);
    }
    if let Some(guests) = responses.get("guests").cloned() {
        responses.insert("displayGuests".to_owned(), guests);
    }
    responses
}
