//! Making a new booking.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{OUT_OF_BOUNDS, PAST, TAKEN, TAKEN_BY_TEAM};
use crate::availability::out_of_bounds;
use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::{Attendee, Booking, BookingStatus, idempotency_key};
use crate::model::event_types::{EventType, EventTypeId};
use crate::payloads;

/// Everything a booker says; already valid in form, not yet in meaning.
#[derive(Debug, Clone)]
pub(crate) struct NewBooking {
    pub(crate) start: Timestamp,
    pub(crate) event_type_id: EventTypeId,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) time_zone: String,
    pub(crate) language: String,
    pub(crate) guests: Vec<String>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) responses: Map<String, Value>,
    pub(crate) length_minutes: Option<i64>,
    pub(crate) location: Option<Value>,
    /// The check for a free slot is skipped, as when two requests pass it at the same moment.
    pub(crate) in_a_race: bool,
}

impl Model {
    /// Creates a booking, or finds the one that the same attendee already has. Answers its uid.
    pub(crate) fn create_booking(&mut self, new: &NewBooking, now: Timestamp) -> Result<String, Refusal> {
        let event_type = self.event_type(new.event_type_id).cloned().ok_or_else(|| {
            Refusal::not_found(format!("Event type with id {} not found.", new.event_type_id))
        })?;
        let length = length(&event_type, new.length_minutes)?;
        let location = location(&event_type, new)?;
        require_custom_fields(&event_type, &new.responses)?;
        let email = email(new)?;
        let metadata = metadata(&new.metadata)?;
        let interval = (new.start, new.start + SignedDuration::from_mins(length));
        if interval.0 <= now {
            return Err(Refusal::bad_request(PAST));
        }
        if out_of_bounds(&event_type, new.start, now) {
            return Err(Refusal::bad_request(OUT_OF_BOUNDS));
        }
        if (event_type.needs_confirmation() || event_type.is_round_robin())
            && let Some(existing) = self.same_attendee_same_start(&event_type, new, email)
        {
            return Ok(existing);
        }
        let host = if new.in_a_race {
            event_type.hosts().first().copied()
        } else {
            self.choose_host(&event_type, interval, None)
        };
        let taken = if event_type.is_round_robin() { TAKEN_BY_TEAM } else { TAKEN };
        let host = host.ok_or_else(|| Refusal::bad_request(taken))?;

        self.last_booking_id += 1;
        let id = self.last_booking_id;
        let status =
            if event_type.needs_confirmation() { BookingStatus::Pending } else { BookingStatus::Accepted };
        let key = (status == BookingStatus::Accepted).then(|| idempotency_key(interval.0, interval.1, host));
        if let Some(key) = &key {
            self.refuse_duplicate_key(key)?;
        }
        let uid = self.ids.uid();
        let host_name = self.user(host).map_or("", |user| user.name.as_str());
        let booking = Booking {
            id,
            ics_uid: format!("{uid}@Cal.com"),
            title: format!("{} between {host_name} and {}", event_type.title, new.name),
            uid: uid.clone(),
            status,
            start: interval.0,
            end: interval.1,
            host,
            event_type_id: Some(event_type.id),
            notes: new.responses.get("notes").and_then(Value::as_str).unwrap_or_default().to_owned(),
            attendees: attendees(new, email),
            guests: new.guests.clone(),
            metadata,
            responses: responses(new, email),
            location,
            ics_sequence: 0,
            cancellation_reason: None,
            cancelled_by: None,
            rejection_reason: None,
            rescheduling_reason: None,
            rescheduled_by: None,
            rescheduled_from: None,
            rescheduled_to: None,
            reschedule_requested: false,
            was_confirmed: false,
            absent_host: false,
            created_at: now,
            updated_at: now,
            idempotency_key: key,
        };
        self.bookings.push(booking.clone());
        if status == BookingStatus::Pending {
            let payload = payloads::requested(self, &booking);
            self.emit("BOOKING_REQUESTED", host, booking.event_type_id, &payload, now);
        } else {
            let payload = payloads::created(self, &booking);
            self.emit("BOOKING_CREATED", host, booking.event_type_id, &payload, now);
        }
        Ok(uid)
    }

    fn same_attendee_same_start(
        &self,
        event_type: &EventType,
        new: &NewBooking,
        email: &str,
    ) -> Option<String> {
        self.bookings
            .iter()
            .filter(|b| b.event_type_id == Some(event_type.id) && b.start == new.start && !b.status.is_over())
            .find(|b| {
                b.attendees.first().is_some_and(|booker| {
                    booker.email == email && (new.phone.is_none() || booker.phone == new.phone)
                })
            })
            .map(|b| b.uid.clone())
    }
}

fn length(event_type: &EventType, wanted: Option<i64>) -> Result<i64, Refusal> {
    match wanted {
        None => Ok(event_type.length_minutes),
        Some(_) if event_type.length_options.is_empty() => Err(Refusal::bad_request(
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. Please, remove the 'lengthInMinutes' field from the request.",
        )),
        Some(length) if event_type.length_options.contains(&length) => Ok(length),
        Some(_) => {
            let options: Vec<String> = event_type.length_options.iter().map(ToString::to_string).collect();
            Err(Refusal::bad_request(format!(
                "Provided 'lengthInMinutes' is not one of the possible lengths for the event type. The possible lengths are: {}",
                options.join(", ")
            )))
        }
    }
}

/// Where the booking takes place: the place asked for, if the event type offers its kind, else the first
/// one of the event type, else Cal Video.
fn location(event_type: &EventType, new: &NewBooking) -> Result<String, Refusal> {
    let kind_of = |location: &Value| location["type"].as_str().unwrap_or_default().to_owned();
    let place = |location: &Value| -> String {
        let own = ["address", "link", "phone", "location"].iter().find_map(|key| location[*key].as_str());
        match kind_of(location).as_str() {
            "attendeePhone" => own.map(str::to_owned).or_else(|| new.phone.clone()).unwrap_or_default(),
            "integration" if location["integration"] == "cal-video" => "integrations:daily".to_owned(),
            "integration" => format!("integrations:{}", location["integration"].as_str().unwrap_or_default()),
            _ => own.unwrap_or_default().to_owned(),
        }
    };
    let Some(wanted) = &new.location else {
        return Ok(event_type.locations.first().map_or_else(|| "integrations:daily".to_owned(), place));
    };
    let kind = wanted.as_str().map_or_else(|| kind_of(wanted), str::to_owned);
    let Some(offered) = event_type.locations.iter().find(|offered| kind_of(offered) == kind) else {
        let kinds: Vec<String> = event_type.locations.iter().map(kind_of).collect();
        return Err(Refusal::bad_request(format!(
            "Booking location with type {kind} not valid for event type with id={}. The event type has following location types: {}, and only these types are allowed for booking location.",
            event_type.id,
            kinds.join(", ")
        )));
    };
    let given_by_attendee = kind.starts_with("attendee") && wanted.is_object();
    Ok(place(if given_by_attendee { wanted } else { offered }))
}

fn require_custom_fields(event_type: &EventType, responses: &Map<String, Value>) -> Result<(), Refusal> {
    let missing = event_type.custom_fields.iter().find_map(|field| {
        let slug = field["slug"].as_str()?;
        (field["required"] == true && !responses.contains_key(slug)).then_some(slug)
    });
    match missing {
        None => Ok(()),
        Some(slug) => Err(Refusal::bad_request(format!(
            "Missing required booking field response: {slug} - it is required by the event type booking fields, but missing in the bookingFieldsResponses. You can fetch the event type with ID {} to see the required fields.",
            event_type.id
        ))),
    }
}

fn email(new: &NewBooking) -> Result<&str, Refusal> {
    let refused = |why: &str| Refusal::Zod { message: format!("responses - {{email}}{why}, ") };
    let email = new.email.as_deref().ok_or_else(|| refused("error_required_field"))?;
    let (local, domain) = email.split_once('@').ok_or_else(|| refused("email_validation_error"))?;
    let sound = !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !email.contains(char::is_whitespace)
        && !domain.contains('@');
    if sound { Ok(email) } else { Err(refused("email_validation_error")) }
}

/// Numbers and booleans pass the first check of the body and fail here: metadata values are strings.
fn metadata(given: &Map<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let sorted: BTreeMap<&String, &Value> = given.iter().collect();
    let mut complaints = Vec::new();
    let mut metadata = BTreeMap::new();
    for (key, value) in sorted {
        let received = match value {
            Value::String(text) => {
                metadata.insert(key.clone(), text.clone());
                continue;
            }
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Null => "null",
        };
        complaints.push(format!("metadata.{key} - Expected string, received {received}, "));
    }
    if complaints.is_empty() { Ok(metadata) } else { Err(Refusal::Zod { message: complaints.concat() }) }
}

fn attendees(new: &NewBooking, email: &str) -> Vec<Attendee> {
    let booker = Attendee {
        name: new.name.clone(),
        email: email.to_owned(),
        time_zone: new.time_zone.clone(),
        language: new.language.clone(),
        phone: new.phone.clone(),
        absent: false,
    };
    let guests = new.guests.iter().map(|guest| Attendee {
        name: String::new(),
        email: guest.clone(),
        language: "en".to_owned(),
        phone: None,
        ..booker.clone()
    });
    std::iter::once(booker.clone()).chain(guests).collect()
}

fn responses(new: &NewBooking, email: &str) -> Map<String, Value> {
    let mut responses = new.responses.clone();
    responses.insert("name".to_owned(), json!(new.name));
    responses.insert("email".to_owned(), json!(email));
    if let Some(phone) = &new.phone {
        responses.insert("attendeePhoneNumber".to_owned(), json!(phone));
    }
    if !new.guests.is_empty() {
        responses.insert("guests".to_owned(), json!(new.guests));
    }
    responses
}
