//! What each webhook says. Every trigger has its own set of facts and its own way to write times; the
//! differences are Cal.com's and are kept. Who hears a webhook belongs to `model::webhooks`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::flows::answer::Presence;
use crate::model::Model;
use crate::model::bookings::{Attendee, Booking, BookingStatus};
use crate::model::event_types::EventType;
use crate::model::users::UserId;

/// Which attendee shape a trigger uses.
#[derive(Clone, Copy)]
enum Attendees {
    /// Empty first and last name; no phone key without a phone.
    Booked,
    /// Name split in two, plus the seat.
    Requested,
    /// Read back from the database.
    Stored,
}

/// Which answers to booking fields a trigger tells.
#[derive(Clone, Copy)]
enum Answers {
    /// With the place, and the phone number even where the event type has no such field.
    Booked,
    /// The event type's fields only, without the place.
    Stored,
}

/// `BOOKING_CREATED`, sent when a booking is accepted at once.
pub(crate) fn created(model: &Model, booking: &Booking) -> Value {
    let mut payload = as_booked(model, booking);
    payload["iCalUID"] = json!(booking.ics_uid);
    if booking.location == "integrations:daily" {
        payload["conferenceData"] = json!({"createRequest": {"requestId": booking.uid}});
        payload["appsStatus"] = json!([
            {"appName": "Cal Video", "type": "daily_video", "success": 1, "failures": 0, "errors": []}
        ]);
    }
    payload
}

/// `BOOKING_CREATED`, sent when one more seat of a booking is taken: as if this party had booked alone.
pub(crate) fn seat_taken(model: &Model, booking: &Booking, attendee: &Attendee) -> Value {
    let mut told = booking.clone();
    let Some(seat) = &attendee.seat else { return created(model, booking) };
    told.metadata.clone_from(&seat.metadata);
    told.responses.clone_from(&seat.responses);
    if !event_type(model, booking).is_some_and(EventType::shows_attendees) {
        told.attendees = vec![attendee.clone()];
    }
    let mut payload = created(model, &told);
    payload["attendeeSeatId"] = json!(seat.uid);
    payload
}

/// `BOOKING_RESCHEDULED`: about the new booking, naming the old one; without `iCalUID`.
pub(crate) fn rescheduled(model: &Model, booking: &Booking, old: &Booking) -> Value {
    let mut payload = as_booked(model, booking);
    payload["appsStatus"] = json!([]);
    payload["rescheduleId"] = json!(old.id);
    payload["rescheduleUid"] = json!(old.uid);
    payload["rescheduleStartTime"] = json!(short(old.start));
    payload["rescheduleEndTime"] = json!(short(old.end));
    if let Some(by) = &booking.rescheduled_by {
        payload["rescheduledBy"] = json!(by);
    }
    payload
}

/// `BOOKING_REQUESTED`: a booking that waits. A moved one does not say what it was moved from.
pub(crate) fn requested(model: &Model, booking: &Booking) -> Value {
    let event_type = event_type(model, booking);
    let mut payload = json!({
        "startTime": long(booking.start),
        "endTime": long(booking.end),
        "attendees": attendees(booking, Attendees::Requested),
        "responses": answers(event_type, booking, Answers::Stored),
        "iCalUID": booking.ics_uid,
        "iCalSequence": booking.ics_sequence,
        "requiresConfirmation": true,
        "oneTimePassword": booking.uid,
        "platformClientId": "",
        "platformRescheduleUrl": "",
        "platformCancelUrl": "",
        "platformBookingUrl": "",
        "organizationId": null,
        "hashedLink": null,
        "assignmentReason": [],
        "destinationCalendar": null,
        "seatsShowAttendees": true,
        "seatsShowAvailabilityCount": true,
        "schedulingType": scheduling_type(event_type),
        "metadata": metadata(booking),
    });
    merge(&mut payload, facts(model, booking, event_type));
    merge(&mut payload, settings(event_type));
    merge(&mut payload, commerce(event_type));
    payload
}

/// `BOOKING_CREATED`, sent when a waiting booking is confirmed: the metadata is gone.
pub(crate) fn confirmed(model: &Model, booking: &Booking) -> Value {
    let mut payload = answered(model, booking);
    payload["metadata"] = json!({});
    payload
}

/// `BOOKING_REJECTED`: no metadata at all.
pub(crate) fn rejected(model: &Model, booking: &Booking) -> Value {
    let mut payload = answered(model, booking);
    payload["rejectionReason"] = json!(booking.rejection_reason);
    payload
}

/// `BOOKING_CANCELLED`: no metadata; little is left when the event type is deleted.
pub(crate) fn cancelled(model: &Model, booking: &Booking) -> Value {
    let event_type = event_type(model, booking);
    let mut payload = json!({
        "startTime": offset(booking.start),
        "endTime": offset(booking.end),
        "attendees": attendees(booking, Attendees::Stored),
        "responses": answers(event_type, booking, Answers::Stored),
        "destinationCalendar": [],
        "iCalUID": booking.ics_uid,
        "iCalSequence": booking.ics_sequence,
        "requiresConfirmation": event_type.filter(|e| e.may_need_confirmation()).map(|_| true),
        "price": null,
        "currency": event_type.map(|_| "usd"),
        "length": event_type.map(|e| e.length_minutes),
        "eventTitle": event_type.map(|e| e.title.as_str()),
        "eventDescription": event_type.and_then(described),
        "requestReschedule": false,
    });
    let mut facts = facts(model, booking, event_type);
    if let Some(event_type) = event_type {
        payload["seatsPerTimeSlot"] = json!(event_type.seats());
        payload["seatsShowAttendees"] = json!(false);
        payload["hideOrganizerEmail"] = json!(false);
        payload["customReplyToEmail"] = Value::Null;
        payload["schedulingType"] = scheduling_type(Some(event_type));
    } else {
        remove(&mut facts, "type");
    }
    merge(&mut payload, facts);
    if let Some(reason) = &booking.cancellation_reason {
        payload["cancellationReason"] = json!(reason);
    }
    if let Some(by) = &booking.cancelled_by {
        payload["cancelledBy"] = json!(by);
    }
    payload
}

/// `BOOKING_CANCELLED`, sent when the host asks for another time.
pub(crate) fn reschedule_requested(model: &Model, booking: &Booking) -> Value {
    let mut payload = cancelled(model, booking);
    payload["requestReschedule"] = json!(true);
    if let Some(reason) = &booking.cancellation_reason {
        payload["cancellationReason"] = json!(format!("Please reschedule. {reason}"));
    }
    payload
}

/// `BOOKING_CANCELLED`, sent when one seat is given back while others stay: it says of the booking's uid
/// that it is cancelled, and names only who leaves. Editions of 2025 also claim that another time is wanted.
pub(crate) fn seat_cancelled(model: &Model, booking: &Booking, left: Attendee) -> Value {
    let mut told = booking.clone();
    told.status = BookingStatus::Cancelled;
    told.attendees = vec![left];
    let mut payload = cancelled(model, &told);
    payload["requestReschedule"] = json!(true);
    payload
}

/// `BOOKING_NO_SHOW_UPDATED`: only who, and of which booking.
pub(crate) fn no_show(booking: &Booking, changed: &[Presence]) -> Value {
    let message = match changed {
        [one] if one.absent => format!("{} marked as no-show", one.email),
        [one] => format!("{} unmarked as no-show", one.email),
        _ => "No-show status updated for attendees".to_owned(),
    };
    let attendees: Vec<Value> =
        changed.iter().map(|p| json!({"email": p.email, "noShow": p.absent})).collect();
    json!({
        "message": message,
        "attendees": attendees,
        "bookingUid": booking.uid,
        "bookingId": booking.id,
    })
}

/// What CREATED and RESCHEDULED have in common.
fn as_booked(model: &Model, booking: &Booking) -> Value {
    let event_type = event_type(model, booking);
    let mut payload = json!({
        "startTime": short(booking.start),
        "endTime": short(booking.end),
        "attendees": attendees(booking, Attendees::Booked),
        "responses": answers(event_type, booking, Answers::Booked),
        "iCalSequence": booking.ics_sequence,
        "requiresConfirmation": false,
        "oneTimePassword": null,
        "hashedLink": null,
        "destinationCalendar": null,
        "seatsShowAttendees": true,
        "seatsShowAvailabilityCount": true,
        "schedulingType": scheduling_type(event_type),
        "metadata": metadata(booking),

    });
    merge(&mut payload, facts(model, booking, event_type));
    merge(&mut payload, settings(event_type));
    merge(&mut payload, commerce(event_type));
    payload["length"] = json!(booking.minutes());
    payload
}

/// What confirming and declining have in common.
fn answered(model: &Model, booking: &Booking) -> Value {
    let event_type = event_type(model, booking);
    let mut payload = json!({
        "startTime": long(booking.start),
        "endTime": long(booking.end),
        "attendees": attendees(booking, Attendees::Stored),
        "responses": answers(event_type, booking, Answers::Stored),
        "requiresConfirmation": true,
        "destinationCalendar": [],
        "organizationId": null,
        "assignmentReason": null,
        "seatsShowAttendees": false,
    });
    merge(&mut payload, facts(model, booking, event_type));
    merge(&mut payload, settings(event_type));
    merge(&mut payload, commerce(event_type));
    payload
}

/// What every trigger about a booking says.
fn facts(model: &Model, booking: &Booking, event_type: Option<&EventType>) -> Value {
    let mut facts = json!({
        "bookerUrl": model.settings.web_url,
        "title": booking.title,
        "type": event_type.map(|e| e.slug.as_str()),
        "description": event_type.map_or("", |e| e.description.as_str()),
        "additionalNotes": booking.notes,
        "customInputs": {},
        "eventTypeId": booking.event_type_id,
        "userFieldsResponses": custom_answers(event_type, booking),
        "organizer": organizer(model, booking.host, booking.start),
        "uid": booking.uid,
        "bookingId": booking.id,
        "location": booking.location,
        "hideBranding": false,
        "status": booking.status.uppercase(),
    });
    if let Some(team) = event_type.and_then(EventType::team_id).and_then(|id| model.team(id)) {
        facts["team"] = json!({"id": team.id, "name": team.name, "members": []});
    }
    facts
}

/// Settings of the event type that this model leaves at their defaults.
fn settings(event_type: Option<&EventType>) -> Value {
    json!({
        "hideCalendarNotes": false,
        "hideCalendarEventDetails": false,
        "hideOrganizerEmail": false,
        "seatsPerTimeSlot": event_type.and_then(EventType::seats),
        "customReplyToEmail": null,
        "disableRescheduling": false,
        "disableCancelling": false,
    })
}

fn commerce(event_type: Option<&EventType>) -> Value {
    json!({
        "eventTitle": event_type.map(|e| e.title.as_str()),
        "eventDescription": event_type.and_then(described),
        "price": 0,
        "currency": "usd",
        "length": event_type.map(|e| e.length_minutes),
    })
}

fn metadata(booking: &Booking) -> Value {
    let mut metadata = json!(booking.metadata);
    if booking.was_confirmed {
        metadata["videoCallUrl"] = json!("");
    }
    metadata
}

fn described(event_type: &EventType) -> Option<&str> {
    Some(event_type.description.as_str()).filter(|text| !text.is_empty())
}

fn event_type<'a>(model: &'a Model, booking: &Booking) -> Option<&'a EventType> {
    booking.event_type_id.and_then(|id| model.event_type(id))
}

fn scheduling_type(event_type: Option<&EventType>) -> Value {
    event_type.filter(|e| e.is_round_robin()).map_or(Value::Null, |_| json!("ROUND_ROBIN"))
}

fn organizer(model: &Model, host: UserId, at: Timestamp) -> Value {
    let Some(user) = model.user(host) else { return Value::Null };
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "username": user.username,
        "timeZone": user.time_zone,
        "language": {"locale": "en"},
        "timeFormat": "HH:mm",
        "utcOffset": utc_offset_minutes(&user.time_zone, at),
    })
}

fn attendees(booking: &Booking, shape: Attendees) -> Vec<Value> {
    let one = |attendee: &Attendee| {
        let mut json = json!({
            "name": attendee.name,
            "email": attendee.email,
            "timeZone": attendee.time_zone,
            "language": {"locale": attendee.language},
            "utcOffset": utc_offset_minutes(&attendee.time_zone, booking.start),
        });
        match (shape, &attendee.phone) {
            (Attendees::Booked, None) => {}
            (_, phone) => json["phoneNumber"] = json!(phone),
        }
        match shape {
            Attendees::Booked => {
                json["firstName"] = json!("");
                json["lastName"] = json!("");
            }
            Attendees::Requested => {
                let (first, last) = attendee.name.split_once(' ').unwrap_or((&attendee.name, ""));
                json["firstName"] = json!(first);
                json["lastName"] = json!(last);
                json["bookingSeat"] = Value::Null;
            }
            Attendees::Stored => {}
        }
        json
    };
    booking.attendees.iter().map(one).collect()
}

/// `responses`: the event type's booking fields with label, answer and whether the booker saw them.
fn answers(event_type: Option<&EventType>, booking: &Booking, which: Answers) -> Value {
    let Some(event_type) = event_type else { return bare_answers(booking) };
    let mut answers = Map::new();
    for field in event_type.booking_fields() {
        let Some(slug) = field["slug"].as_str() else { continue };
        let label = field_label(&field);
        let mut answer = json!({"label": label, "isHidden": field["hidden"] == true});
        let value = match (slug, which) {
            ("location", Answers::Booked) => Some(json!({"value": booking.location, "optionValue": ""})),
            ("location", Answers::Stored) => None,
            _ => booking.responses.get(slug).cloned(),
        };
        if let Some(value) = value {
            answer["value"] = value;
        }
        answers.insert(slug.to_owned(), answer);
    }
    let phone = booking.responses.get("attendeePhoneNumber");
    if let (Answers::Booked, Some(phone)) = (which, phone) {
        let answer = json!({"label": "phone_number", "value": phone, "isHidden": true});
        answers.insert("attendeePhoneNumber".to_owned(), answer);
    }
    Value::Object(answers)
}

/// Without an event type there are no labels: the stored answers are told under their own names.
fn bare_answers(booking: &Booking) -> Value {
    let bare = booking.responses.iter().map(|(slug, value)| {
        let answer = json!({"label": slug, "value": value});
        (slug.clone(), answer)
    });
    Value::Object(bare.collect())
}

/// `userFieldsResponses`: the custom fields, and only those the event type defines.
fn custom_answers(event_type: Option<&EventType>, booking: &Booking) -> Value {
    let Some(event_type) = event_type else { return json!({}) };
    let mut answers = Map::new();
    for field in &event_type.custom_fields {
        let Some(slug) = field["slug"].as_str() else { continue };
        if let Some(value) = booking.responses.get(slug) {
            let answer =
                json!({"label": field["label"], "value": value, "isHidden": field["hidden"] == true});
            answers.insert(slug.to_owned(), answer);
        }
    }
    Value::Object(answers)
}

fn field_label(field: &Value) -> Value {
    let system = match field["slug"].as_str().unwrap_or_default() {
        "name" => "your_name",
        "email" => "email_address",
        "attendeePhoneNumber" => "phone_number",
        "location" => "location",
        "title" => "what_is_this_meeting_about",
        "notes" => "additional_notes",
        "guests" => "additional_guests",
        "rescheduleReason" => "reason_for_reschedule",
        _ => return field["label"].clone(),
    };
    json!(system)
}

fn utc_offset_minutes(zone: &str, at: Timestamp) -> i32 {
    TimeZone::get(zone).map_or(0, |zone| zone.to_offset(at).seconds() / 60)
}

/// `2026-11-23T09:00:00Z`, in CREATED and RESCHEDULED.
fn short(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// `2026-11-23T09:00:00.000Z`, in REQUESTED, REJECTED and the confirming CREATED.
fn long(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// `2026-11-23T09:00:00+00:00`, in CANCELLED.
fn offset(at: Timestamp) -> String {
    short(at).replace('Z', "+00:00")
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

fn remove(from: &mut Value, key: &str) {
    if let Value::Object(from) = from {
        from.remove(key);
    }
}
