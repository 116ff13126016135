//! `/v2/event-types`, version 2024-06-14.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::validation::whitelisted;
use super::{Answer, success};
use crate::errors::{Refusal, invalid_property};
use crate::model::Model;
use crate::model::event_types::{
    ATTENDEE_PHONE, BookingWindow, Confirmation, ECHOED_SETTINGS, EventType, EventTypeId, Owner,
};
use crate::model::users::UserId;

/// Settings that change what this model does.
const SETTINGS: &[&str] = &[
    "afterEventBuffer",
    "beforeEventBuffer",
    "bookingFields",
    "bookingWindow",
    "confirmationPolicy",
    "description",
    "disableGuests",
    "hidden",
    "lengthInMinutes",
    "lengthInMinutesOptions",
    "locations",
    "minimumBookingNotice",
    "scheduleId",
    "slotInterval",
    "slug",
    "title",
];

#[expect(clippy::unnecessary_wraps, reason = "every handler answers alike")]
pub(super) fn list(model: &mut Model, call: &Call) -> Answer {
    let owner = match call.parameter("username") {
        Some(username) => model.user_named(username).map(|user| user.id),
        None => call.user,
    };
    let slug = call.parameter("eventSlug");
    let listed: Vec<Value> = model
        .event_types
        .iter()
        .filter(|e| owner.is_some() && e.owner_user() == owner)
        .filter(|e| !e.hidden || call.user == owner)
        .filter(|e| slug.is_none_or(|slug| e.slug == slug))
        .map(|e| without_hidden_fields(event_type_json(model, e)))
        .collect();
    Ok((StatusCode::OK, success(json!(listed))))
}

pub(super) fn get(model: &mut Model, call: &Call) -> Answer {
    let id = number(call)?;
    let visible = |e: &&EventType| {
        let member_of = e.team_id().and_then(|team| model.team(team)).map(|team| &team.members);
        e.owner_user() == call.user || call.user.is_some_and(|me| member_of.is_some_and(|m| m.contains(&me)))
    };
    let event_type = model.event_type(id).filter(visible).ok_or_else(|| unknown(id))?;
    Ok((StatusCode::OK, success(event_type_json(model, event_type))))
}

pub(super) fn create(model: &mut Model, call: &Call) -> Answer {
    let owner = call.user.ok_or(Refusal::Internal)?;
    let body = settings_of(&call.body);
    check(&body, true)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    if model.event_types.iter().any(|e| e.owner_user() == Some(owner) && e.slug == text("slug")) {
        return Err(Refusal::bad_request("User already has an event type with this slug."));
    }
    let length = body.get("lengthInMinutes").and_then(Value::as_i64).unwrap_or_default();
    let mut event_type = EventType::new(Owner::User(owner), text("title"), text("slug"), length);
    apply(&mut event_type, &body);
    let id = model.add_event_type(event_type);
    let created = model.event_type(id).ok_or(Refusal::Internal)?;
    Ok((StatusCode::CREATED, success(event_type_json(model, created))))
}

pub(super) fn patch(model: &mut Model, call: &Call) -> Answer {
    let id = number(call)?;
    let mut body = settings_of(&call.body);
    check(&body, false)?;
    let of_the_caller = |e: &EventType| e.owner_user().is_some() && e.owner_user() == call.user;
    let slug_taken = model
        .event_types
        .iter()
        .any(|e| e.id != id && of_the_caller(e) && body.get("slug").is_some_and(|slug| *slug == e.slug));
    let event_type =
        model.event_types.iter_mut().find(|e| e.id == id && of_the_caller(e)).ok_or_else(|| unknown(id))?;
    if slug_taken {
        return Err(Refusal::trpc("error_event_type_url_duplicate"));
    }
    // All booking fields are written anew, and whether guests are allowed is said by one of them.
    if body.contains_key("disableGuests") {
        body.entry("bookingFields").or_insert_with(|| json!([]));
    } else if body.contains_key("bookingFields") {
        body.insert("disableGuests".to_owned(), json!(false));
    }
    apply(event_type, &body);
    let changed = event_type.clone();
    Ok((StatusCode::OK, success(event_type_json(model, &changed))))
}

pub(super) fn delete(model: &mut Model, call: &Call) -> Answer {
    let id = number(call)?;
    let me = call.user.ok_or(Refusal::Internal)?;
    let event_type = model
        .event_type(id)
        .ok_or_else(|| Refusal::not_found(format!("Event type with ID={id} does not exist.")))?;
    if event_type.owner_user() != Some(me) {
        return Err(Refusal::forbidden(format!("User with ID={me} does not own event type with ID={id}")));
    }
    let answer = json!({
        "id": id,
        "lengthInMinutes": event_type.length_minutes,
        "slug": event_type.slug,
        "title": event_type.title,
    });
    model.delete_event_type(id);
    Ok((StatusCode::OK, success(answer)))
}

impl Model {
    /// Bookings stay, without their event type.
    pub(crate) fn delete_event_type(&mut self, id: EventTypeId) {
        self.event_types.retain(|e| e.id != id);
        self.subscriptions.retain(|s| s.scope != crate::model::webhooks::Scope::EventType(id));
        for booking in self.bookings.iter_mut().filter(|b| b.event_type_id == Some(id)) {
            booking.event_type_id = None;
        }
    }
}

/// Nest's number pipe fails inside the handler here: not a 400 but a 500.
fn number(call: &Call) -> Result<EventTypeId, Refusal> {
    call.segment(1).parse().map_err(|_| Refusal::Internal)
}

fn unknown(id: EventTypeId) -> Refusal {
    Refusal::not_found(format!("Event type with id {id} not found"))
}

fn settings_of(body: &Value) -> Map<String, Value> {
    whitelisted(body, &[SETTINGS, ECHOED_SETTINGS].concat())
}

fn check(body: &Map<String, Value>, creating: bool) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    let asked = |name: &str| creating || body.contains_key(name);
    if asked("lengthInMinutes") {
        let length = body.get("lengthInMinutes");
        let mut wrong = Vec::new();
        if !length.is_some_and(Value::is_i64) {
            wrong.push(("isInt", "lengthInMinutes must be an integer number".to_owned()));
        }
        if length.and_then(Value::as_i64).is_none_or(|minutes| minutes < 1) {
            wrong.push(("min", "lengthInMinutes must not be less than 1".to_owned()));
        }
        if !wrong.is_empty() {
            errors.push(invalid_property(body, "lengthInMinutes", &wrong));
        }
    }
    for name in ["title", "slug"] {
        if asked(name) && !body.get(name).is_some_and(Value::is_string) {
            errors.push(invalid_property(body, name, &[("isString", format!("{name} must be a string"))]));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Validation { errors }) }
}

/// Takes over every setting that `body` names.
pub(crate) fn apply(event_type: &mut EventType, body: &Map<String, Value>) {
    for (name, value) in body {
        let text = || value.as_str().unwrap_or_default().to_owned();
        let list = || value.as_array().cloned().unwrap_or_default();
        let minutes = || value.as_i64().unwrap_or_default();
        match name.as_str() {
            "title" => event_type.title = text(),
            "slug" => event_type.slug = text(),
            "description" => event_type.description = text(),
            "lengthInMinutes" => event_type.length_minutes = minutes(),
            "lengthInMinutesOptions" => {
                event_type.length_options = list().iter().filter_map(Value::as_i64).collect();
            }
            "locations" => event_type.locations = list(),
            "bookingFields" => {
                let (own, custom): (Vec<Value>, _) =
                    list().into_iter().map(field).partition(|f| f["isDefault"] == true);
                event_type.phone_field = own.into_iter().next();
                event_type.custom_fields = custom;
            }
            "disableGuests" => event_type.disable_guests = value == true,
            "hidden" => event_type.hidden = value == true,
            "slotInterval" => event_type.slot_interval = value.as_i64(),
            "minimumBookingNotice" => event_type.minimum_notice_minutes = minutes(),
            "beforeEventBuffer" => event_type.before_buffer_minutes = minutes(),
            "afterEventBuffer" => event_type.after_buffer_minutes = minutes(),
            "scheduleId" => event_type.schedule_id = value.as_i64(),
            "confirmationPolicy" => {
                event_type.confirmation = confirmation(value).unwrap_or(event_type.confirmation.clone());
            }
            "bookingWindow" => {
                event_type.booking_window =
                    booking_window(value).unwrap_or(event_type.booking_window.clone());
            }
            _ => {
                event_type.echoed.insert(name.clone(), value.clone());
            }
        }
    }
}

fn field(mut field: Value) -> Value {
    field["isDefault"] = json!(field["slug"] == ATTENDEE_PHONE);
    for name in ["disableOnPrefill", "hidden"] {
        if field[name].is_null() {
            field[name] = json!(false);
        }
    }
    field
}

/// `None` for what is no policy: then it stays as it was.
fn confirmation(policy: &Value) -> Option<Confirmation> {
    let blocks_slot = policy["blockUnconfirmedBookingsInBooker"] == true;
    if policy["disabled"] == true {
        return Some(Confirmation::NotNeeded);
    }
    match policy["type"].as_str()? {
        "always" => Some(Confirmation::Always { blocks_slot }),
        "time" => {
            let unit = policy["noticeThreshold"]["unit"].as_str()?.to_owned();
            let unit_minutes = match unit.as_str() {
                "minutes" => 1,
                "hours" => 60,
                "days" => 24 * 60,
                _ => return None,
            };
            let count = policy["noticeThreshold"]["count"].as_i64()?;
            Some(Confirmation::OnShortNotice { unit, unit_minutes, count, blocks_slot })
        }
        _ => None,
    }
}

/// `None` for what is no window: then it stays as it was.
fn booking_window(window: &Value) -> Option<BookingWindow> {
    if window["disabled"] == true {
        return Some(BookingWindow::Unlimited);
    }
    let mut echoed = window.clone();
    let kind = window["type"].as_str()?;
    if kind == "range" {
        let date = |index: usize| window["value"][index].as_str()?.parse().ok();
        return Some(BookingWindow::Dates { from: date(0)?, to: date(1)?, echoed });
    }
    let business_days = kind == "businessDays";
    if !business_days && kind != "calendarDays" {
        return None;
    }
    echoed["rolling"] = json!(window["rolling"] == true);
    Some(BookingWindow::Days { days: window["value"].as_i64()?, business_days, echoed })
}

/// The list, unlike a single answer, leaves hidden booking fields out.
fn without_hidden_fields(mut json: Value) -> Value {
    if let Some(fields) = json["bookingFields"].as_array_mut() {
        fields.retain(|field| field["hidden"] != true);
    }
    json
}

pub(crate) fn event_type_json(model: &Model, event_type: &EventType) -> Value {
    let mut json = defaults();
    let own = json!({
        "id": event_type.id,
        "ownerId": event_type.owner_user(),
        "lengthInMinutes": event_type.length_minutes,
        "title": event_type.title,
        "slug": event_type.slug,
        "description": event_type.description,
        "locations": event_type.locations,
        "bookingFields": event_type.booking_fields(),
        "disableGuests": event_type.disable_guests,
        "slotInterval": event_type.slot_interval,
        "minimumBookingNotice": event_type.minimum_notice_minutes,
        "beforeEventBuffer": event_type.before_buffer_minutes,
        "afterEventBuffer": event_type.after_buffer_minutes,
        "scheduleId": event_type.schedule_id,
        "hidden": event_type.hidden,
        "bookingUrl": booking_url(model, event_type),
        "bookingWindow": match &event_type.booking_window {
            BookingWindow::Unlimited => disabled(),
            BookingWindow::Days { echoed, .. } | BookingWindow::Dates { echoed, .. } => echoed.clone(),
        },
        "confirmationPolicy": match &event_type.confirmation {
            Confirmation::NotNeeded => disabled(),
            Confirmation::Always { blocks_slot } => {
                json!({"type": "always", "blockUnconfirmedBookingsInBooker": blocks_slot})
            }
            Confirmation::OnShortNotice { unit, count, blocks_slot, .. } => json!({
                "type": "time",
                "noticeThreshold": {"unit": unit, "count": count},
                "blockUnconfirmedBookingsInBooker": blocks_slot,
            }),
        },
    });
    for settings in [own.as_object(), Some(&event_type.echoed)].into_iter().flatten() {
        for (name, value) in settings {
            json[name] = value.clone();
        }
    }
    if !event_type.length_options.is_empty() {
        json["lengthInMinutesOptions"] = json!(event_type.length_options);
        json["metadata"]["multipleDuration"] = json!(event_type.length_options);
    }
    match &event_type.owner {
        Owner::User(id) => json["users"] = json!([user_json(model, *id)]),
        Owner::RoundRobin { team, hosts } => {
            json["hosts"] = hosts.iter().map(|id| host_json(model, *id)).collect();
            json["teamId"] = json!(team);
            json["team"] = json!({"id": team});
            json["parentEventTypeId"] = Value::Null;
            json["schedulingType"] = json!("roundRobin");
            json["assignAllTeamMembers"] = json!(false);
            json["rescheduleWithSameRoundRobinHost"] = json!(false);
            json["rrHostSubsetEnabled"] = json!(false);
        }
    }
    json
}

/// What Cal.com shows for settings that nobody has touched.
fn defaults() -> Value {
    json!({
        "recurrence": null,
        "metadata": {},
        "price": 0,
        "currency": "usd",
        "lockTimeZoneToggleOnBookingPage": false,
        "forwardParamsSuccessRedirect": true,
        "successRedirectUrl": null,
        "isInstantEvent": false,
        "onlyShowFirstAvailableSlot": false,
        "offsetStart": 0,
        "requiresBookerEmailVerification": false,
        "hideCalendarNotes": false,
        "seats": disabled(),
        "useDestinationCalendarEmail": false,
        "hideCalendarEventDetails": false,
        "hideOrganizerEmail": false,
        "calVideoSettings": {"sendTranscriptionEmails": true},
        "bookingRequiresAuthentication": false,
        "bookerActiveBookingsLimit": disabled(),
        "disableCancelling": {"disabled": false},
        "disableRescheduling": {"disabled": false},
        "interfaceLanguage": null,
        "allowReschedulingPastBookings": false,
        "allowReschedulingCancelledBookings": false,
        "showOptimizedSlots": false,
    })
}

fn disabled() -> Value {
    json!({"disabled": true})
}

fn user_json(model: &Model, id: UserId) -> Value {
    let user = model.user(id);
    json!({
        "id": id,
        "name": user.map(|u| u.name.as_str()),
        "username": user.map(|u| u.username.as_str()),
        "avatarUrl": null,
        "brandColor": null,
        "darkBrandColor": null,
        "weekStart": "Sunday",
        "metadata": {},
    })
}

fn host_json(model: &Model, id: UserId) -> Value {
    let user = model.user(id);
    json!({
        "mandatory": false,
        "priority": "medium",
        "userId": id,
        "name": user.map(|u| u.name.as_str()),
        "username": user.map(|u| u.username.as_str()),
        "avatarUrl": null,
    })
}

fn booking_url(model: &Model, event_type: &EventType) -> String {
    let first_host = event_type.hosts().first().and_then(|id| model.user(*id));
    let username = first_host.map_or("", |user| user.username.as_str());
    format!("{}/{username}/{}", model.settings.web_url, event_type.slug)
}
