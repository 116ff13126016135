//! Making a new booking: one, a series of them, or one more seat in a booking that is there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{OUT_OF_BOUNDS, PAST, TAKEN, TAKEN_BY_TEAM, series};
use crate::availability::out_of_bounds;
use crate::errors::Refusal;
use crate::model::Model;
use crate::model::bookings::{Attendee, Booking, BookingStatus, Seat, idempotency_key};
use crate::model::event_types::{EventType, EventTypeId};
use crate::model::users::UserId;
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
    /// For event types that recur; `None` means as often as the event type says.
    pub(crate) recurrence_count: Option<i64>,
    pub(crate) location: Option<Value>,
    /// The check for a free slot is skipped, as when two requests pass it at the same moment.
    pub(crate) in_a_race: bool,
}

/// What came of it. Of a series this is the first occurrence.
#[derive(Debug)]
pub(crate) struct Booked {
    pub(crate) uid: String,
    pub(crate) seat: Option<String>,
    pub(crate) series: Option<String>,
}

/// What a booker said, checked.
struct Facts<'a> {
    email: &'a str,
    location: String,
    metadata: BTreeMap<String, String>,
    series: Option<String>,
}

/// Where a start leads to.
enum Place {
    Free(UserId, Timestamp, Timestamp),
    Shared(String),
}

impl Model {
    /// Creates a booking or a series, takes a seat, or finds the booking that the same attendee already has.
    pub(crate) fn create_booking(&mut self, new: &NewBooking, now: Timestamp) -> Result<Booked, Refusal> {
        let event_type = self.event_type(new.event_type_id).cloned().ok_or_else(|| {
            Refusal::not_found(format!("Event type with id {} not found.", new.event_type_id))
        })?;
        let length = length(&event_type, new.length_minutes)?;
        let location = location(&event_type, new)?;
        require_custom_fields(&event_type, &new.responses)?;
        let email = email(new)?;
        let metadata = metadata(&new.metadata)?;
        if new.start <= now {
            return Err(Refusal::bad_request(PAST));
        }
        if out_of_bounds(&event_type, new.start, now) {
            return Err(Refusal::bad_request(OUT_OF_BOUNDS));
        }
        if (event_type.needs_confirmation(new.start, now) || event_type.is_round_robin())
            && let Some(existing) = self.same_attendee_same_start(&event_type, new, email)
        {
            return Ok(Booked { uid: existing, seat: None, series: None });
        }
        let mut places = Vec::new();
        for start in series::starts(&event_type, new)? {
            let end = start + SignedDuration::from_mins(length);
            places.push(match self.shared_booking(&event_type, start) {
                Some(uid) => Place::Shared(uid),
                None => Place::Free(self.host_for(&event_type, new.in_a_race, (start, end))?, start, end),
            });
        }
        let series = event_type.recurrence().map(|_| self.ids.uuid());
        let facts = Facts { email, location, metadata, series: series.clone() };
        let mut first = None;
        for place in places {
            let seat = event_type.seats().map(|_| self.ids.uuid());
            let uid = match place {
                Place::Free(host, start, end) => {
                    self.insert_booking(&event_type, new, &facts, seat.as_deref(), (host, start, end), now)?
                }
                Place::Shared(uid) => {
                    let attendee = attendees(new, &facts, seat.as_deref()).swap_remove(0);
                    self.take_seat(&uid, event_type.seats().unwrap_or_default(), &attendee, now)?;
                    uid
                }
            };
            first.get_or_insert(Booked { uid, seat, series: series.clone() });
        }
        first.ok_or_else(|| Refusal::bad_request("There is nothing to book."))
    }

    fn host_for(
        &self,
        event_type: &EventType,
        in_a_race: bool,
        interval: (Timestamp, Timestamp),
    ) -> Result<UserId, Refusal> {
        let host = if in_a_race {
            event_type.hosts().first().copied()
        } else {
            self.choose_host(event_type, interval, None)
        };
        let taken = if event_type.is_round_robin() { TAKEN_BY_TEAM } else { TAKEN };
        host.ok_or_else(|| Refusal::bad_request(taken))
    }

    fn insert_booking(
        &mut self,
        event_type: &EventType,
        new: &NewBooking,
        facts: &Facts,
        seat: Option<&str>,
        (host, start, end): (UserId, Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<String, Refusal> {
        self.last_booking_id += 1;
        let id = self.last_booking_id;
        let status = if event_type.needs_confirmation(start, now) {
            BookingStatus::Pending
        } else {
            BookingStatus::Accepted
        };
        let key = (status == BookingStatus::Accepted).then(|| idempotency_key(start, end, host));
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
            start,
            end,
            host,
            event_type_id: Some(event_type.id),
            notes: new.responses.get("notes").and_then(Value::as_str).unwrap_or_default().to_owned(),
            attendees: attendees(new, facts, seat),
            guests: new.guests.clone(),
            metadata: facts.metadata.clone(),
            responses: responses(new, facts.email),
            location: facts.location.clone(),
            ics_sequence: 0,
            cancellation_reason: None,
            cancelled_by: None,
            rejection_reason: None,
            rescheduling_reason: None,
            rescheduled_by: None,
            rescheduled_from: None,
            rescheduled_to: None,
            reschedule_requested: false,
            recurring_uid: facts.series.clone(),
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
            let payload = payloads::seat_taken(self, &booking, &booking.attendees[0]);
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

fn attendees(new: &NewBooking, facts: &Facts, seat: Option<&str>) -> Vec<Attendee> {
    let email = facts.email;
    let booker = Attendee {
        name: new.name.clone(),
        email: email.to_owned(),
        time_zone: new.time_zone.clone(),
        language: new.language.clone(),
        phone: new.phone.clone(),
        absent: false,
        seat: seat.map(|uid| Seat {
            uid: uid.to_owned(),
            responses: responses(new, email),
            metadata: facts.metadata.clone(),
        }),
    };
    let guests = new.guests.iter().map(|guest| Attendee {
        name: String::new(),
        email: guest.clone(),
        language: "en".to_owned(),
        phone: None,
        seat: None,
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
