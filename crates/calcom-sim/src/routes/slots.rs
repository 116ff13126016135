//! `/v2/slots` and its reservations, version 2024-09-04.

use http::StatusCode;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::validation::{Complaints, instant, range_end};
use super::{Answer, success};
use crate::errors::Refusal;
use crate::model::event_types::EventType;
use crate::model::{Model, Reservation};

const DEFAULT_RESERVATION_MINUTES: i64 = 5;

pub(super) fn list(model: &mut Model, call: &Call) -> Answer {
    let from = call.parameter("start").and_then(instant);
    let to = call.parameter("end").and_then(range_end);
    let mut complaints = Complaints::default();
    for (name, given) in [("start", from), ("end", to)] {
        if given.is_none() {
            complaints.about(name, &format!("{name} must be a valid ISO 8601 date string"));
        }
    }
    complaints.refuse_if_any()?;
    let (Some(from), Some(to)) = (from, to) else { return Err(Refusal::Internal) };
    let event_type = event_type(model, call).ok_or_else(not_found)?;
    let zone = call.parameter("timeZone").and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let length =
        call.parameter("duration").and_then(|text| text.parse().ok()).unwrap_or(event_type.length_minutes);
    let moved = call.parameter("bookingUidToReschedule");
    let with_end = call.parameter("format") == Some("range");

    let mut days: Map<String, Value> = Map::new();
    for start in model.slots(event_type, (from, to), length, moved, call.now) {
        let mut slot = json!({"start": local(start, &zone)});
        if with_end {
            slot["end"] = json!(local(start + SignedDuration::from_mins(length), &zone));
        }
        let day = start.to_zoned(zone.clone()).date().to_string();
        if let Value::Array(slots) = days.entry(day).or_insert_with(|| json!([])) {
            slots.push(slot);
        }
    }
    Ok((StatusCode::OK, json!({"data": days, "status": "success"})))
}

/// A reservation keeps others from reserving the same slot. It neither hides the slot nor keeps anyone
/// from booking it.
pub(super) fn reserve(model: &mut Model, call: &Call) -> Answer {
    let Some(start) = call.body["slotStart"].as_str().and_then(instant) else {
        let mut complaints = Complaints::default();
        complaints.about("slotStart", "slotStart must be a valid ISO 8601 date string");
        return complaints.refuse_if_any().and(Err(Refusal::Internal));
    };
    let id = call.body["eventTypeId"].as_i64().unwrap_or_default();
    let event_type = model
        .event_type(id)
        .ok_or_else(|| Refusal::not_found(format!("Event Type with ID={id} not found")))?;
    let minutes = call.body["slotDuration"].as_i64().unwrap_or(event_type.length_minutes);
    let end = start + SignedDuration::from_mins(minutes);
    let now = call.now;
    model.reservations.retain(|held| held.until > now);
    if model.reservations.iter().any(|held| held.event_type_id == id && held.start == start) {
        return Err(Refusal::unprocessable(
            "This time slot is already reserved by another user. Please choose a different time.",
        ));
    }
    let hold = call.body["reservationDuration"].as_i64().unwrap_or(DEFAULT_RESERVATION_MINUTES);
    let until = now + SignedDuration::from_mins(hold);
    let reservation = Reservation { uid: model.ids.uuid(), event_type_id: id, start, end, until };
    let mut json = reservation_json(&reservation);
    json["reservationDuration"] = json!(hold);
    model.reservations.push(reservation);
    Ok((StatusCode::CREATED, success(json)))
}

pub(super) fn get_reservation(model: &mut Model, call: &Call) -> Answer {
    let uid = call.segment(2);
    let held = model.reservations.iter().find(|held| held.uid == uid);
    let reservation = held.ok_or_else(|| unknown_reservation(uid))?;
    Ok((StatusCode::OK, success(reservation_json(reservation))))
}

pub(super) fn delete_reservation(model: &mut Model, call: &Call) -> Answer {
    let uid = call.segment(2);
    let held = model.reservations.iter().position(|held| held.uid == uid);
    model.reservations.remove(held.ok_or_else(|| unknown_reservation(uid))?);
    Ok((StatusCode::OK, json!({"status": "success"})))
}

fn unknown_reservation(uid: &str) -> Refusal {
    Refusal::not_found(format!("Slot reservation with uid={uid} not found"))
}

fn event_type<'a>(model: &'a Model, call: &Call) -> Option<&'a EventType> {
    if let Some(id) = call.parameter("eventTypeId") {
        return model.event_type(id.parse().ok()?);
    }
    model.event_type_by_slug(call.parameter("username")?, call.parameter("eventTypeSlug")?)
}

fn not_found() -> Refusal {
    Refusal::not_found("Event Type not found")
}

fn reservation_json(reservation: &Reservation) -> Value {
    json!({
        "eventTypeId": reservation.event_type_id,
        "slotStart": format!("{:.3}", reservation.start),
        "slotEnd": format!("{:.3}", reservation.end),
        "slotDuration": reservation.end.duration_since(reservation.start).as_mins(),
        "reservationUid": reservation.uid,
        "reservationUntil": format!("{:.3}", reservation.until),
    })
}

/// `2026-11-23T09:00:00.000+01:00`; UTC is written `Z`.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    let civil = zoned.strftime("%Y-%m-%dT%H:%M:%S.000");
    if zoned.offset().is_zero() { format!("{civil}Z") } else { format!("{civil}{}", zoned.strftime("%:z")) }
}
