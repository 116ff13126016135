//! Between the settings of the domain and Cal.com's event types (API v2, 2024-06-14). Only event types of one
//! person can be made and changed with that person's key; those of a team are only read.
//!
//! What the platform cannot say is kept as Cal.com's own JSON and sent again as it came, so that nothing is lost
//! by being read. Two settings are one at Cal.com: all booking fields are written anew whenever fields or the
//! guests' switch are changed. Whoever changes one of them therefore names both.

use calcom::{
    BookingField, ConfirmationPolicy, EventType, EventTypeLocation, EventTypePatch, EventTypeSettings,
    InvalidReason, NewBookingField, NewEventType,
};
use domain::catalogue::{
    Confirmation, EventTypeProblem, EventTypePush, EventTypeSighting, Place, Setting, Settings, Window,
};
use domain::decide::Failure;
use domain::reference::FIELD_SLUG;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// What an event type says. Lists leave hidden fields out (recordings 011 and 013), and with them ours: only a
/// call about this one tells of [`Setting::ReferenceField`].
pub(crate) fn settings(event_type: &EventType) -> Settings {
    Settings {
        title: event_type.title.clone(),
        slug: event_type.slug.clone(),
        description: event_type.description.clone(),
        minutes: event_type.length_in_minutes,
        active: !event_type.hidden,
        buffer_before: event_type.before_event_buffer,
        buffer_after: event_type.after_event_buffer,
        notice: event_type.minimum_booking_notice,
        confirmation: match &event_type.confirmation_policy {
            ConfirmationPolicy::Disabled => Confirmation::Never,
            ConfirmationPolicy::Always { .. } => Confirmation::Always,
            other => Confirmation::Other(as_json(other)),
        },
        disable_guests: event_type.disable_guests,
        places: event_type.locations.iter().map(place).collect(),
        window: window(&event_type.booking_window),
        reference_field: event_type.booking_field(FIELD_SLUG).is_some(),
    }
}

/// What was seen of an event type at `at`, by our clock. Never from a list: what it leaves out would be lost with
/// the next change of the fields.
pub(crate) fn sighting(event_type: &EventType, at: Timestamp) -> EventTypeSighting {
    // Those that a change of the fields has to name, or they are lost.
    let custom = event_type.booking_fields.iter().filter(|field| NewBookingField::again(field).is_some());
    EventTypeSighting {
        id: event_type.id.0,
        settings: settings(event_type),
        booking_fields: custom.map(|field| json!(field)).collect(),
        booking_url: event_type.booking_url.clone(),
        at,
    }
}

/// The body that makes an event type.
pub(crate) fn creation(wanted: &Settings) -> NewEventType {
    let EventTypePatch { settings, .. } = patch(&Setting::ALL, wanted, None);
    NewEventType {
        title: wanted.title.clone(),
        slug: wanted.slug.clone(),
        length_in_minutes: wanted.minutes,
        settings: EventTypeSettings {
            booking_fields: wanted.reference_field.then(|| vec![reference_field()]),
            disable_guests: Some(wanted.disable_guests),
            ..settings
        },
    }
}

/// The body that brings `named` to an event type as it was last `seen`. What else is said there stays. Without
/// having seen it nobody can name its booking fields: then neither they nor the guests' switch are sent.
pub(crate) fn patch(
    named: &[Setting],
    wanted: &Settings,
    seen: Option<&EventTypeSighting>,
) -> EventTypePatch {
    let mut patch = EventTypePatch::default();
    let settings = &mut patch.settings;
    for setting in named {
        match setting {
            Setting::Title => patch.title = Some(wanted.title.clone()),
            Setting::Slug => patch.slug = Some(wanted.slug.clone()),
            Setting::Duration => patch.length_in_minutes = Some(wanted.minutes),
            Setting::Description => settings.description = Some(wanted.description.clone()),
            Setting::Active => settings.hidden = Some(!wanted.active),
            Setting::BufferBefore => settings.before_event_buffer = Some(wanted.buffer_before),
            Setting::BufferAfter => settings.after_event_buffer = Some(wanted.buffer_after),
            Setting::Notice => settings.minimum_booking_notice = Some(wanted.notice),
            Setting::Confirmation => settings.confirmation_policy = policy(&wanted.confirmation),
            Setting::Places => settings.locations = locations(&wanted.places),
            Setting::Window => settings.booking_window = booking_window(&wanted.window),
            Setting::DisableGuests | Setting::ReferenceField => {
                let Some(seen) = seen else { continue };
                let of = |setting| if named.contains(&setting) { wanted } else { &seen.settings };
                settings.disable_guests = Some(of(Setting::DisableGuests).disable_guests);
                settings.booking_fields = Some(fields(seen, of(Setting::ReferenceField).reference_field));
            }
        }
    }
    patch
}

/// What an error of the client means for an event type; `push` is the call that it answers, `None` for a look.
///
/// [`EventTypeProblem::Deleted`] answers a look or a deletion of what is not there: the caller takes the one for
/// absent, and the other for done. Of a change Cal.com says the same for what is not there and for what belongs
/// to somebody else; the look that follows tells the two apart.
pub(crate) fn failure(error: &calcom::Error, push: Option<&EventTypePush>) -> Failure<EventTypeProblem> {
    crate::failure::failure(error, || match (error, push) {
        (calcom::Error::Invalid { reason: InvalidReason::Conflict, .. }, _) => EventTypeProblem::SlugTaken,
        (calcom::Error::NotFound { .. }, None | Some(EventTypePush::Delete)) => EventTypeProblem::Deleted,
        (calcom::Error::NotFound { .. }, Some(EventTypePush::Update(_)))
        | (
            calcom::Error::Invalid { reason: InvalidReason::NotAllowed, .. },
            None | Some(EventTypePush::Update(_) | EventTypePush::Delete),
        ) => EventTypeProblem::NotAllowed,
        _ => EventTypeProblem::Refused,
    })
}

/// The hidden field that carries our reference.
fn reference_field() -> NewBookingField {
    NewBookingField::hidden_text(FIELD_SLUG, "Einklang")
}

/// All fields that were there, and ours if it is to be there. One that Cal.com's API shows and cannot set makes it
/// refuse the change, so that no question of somebody else's is lost.
fn fields(seen: &EventTypeSighting, with_ours: bool) -> Vec<NewBookingField> {
    let seen = seen.booking_fields.as_array().into_iter().flatten();
    let mut fields: Vec<_> = seen
        .filter_map(|field| serde_json::from_value::<BookingField>(field.clone()).ok())
        .filter_map(|field| NewBookingField::again(&field))
        .filter(|field| with_ours || field.slug != FIELD_SLUG)
        .collect();
    if with_ours && !fields.iter().any(|field| field.slug == FIELD_SLUG) {
        fields.push(reference_field());
    }
    fields
}

/// A number or a link that only those see who have booked is none that the platform can say; an address is the
/// same whoever sees it.
fn place(location: &EventTypeLocation) -> Place {
    match location {
        EventTypeLocation::Address { address, .. } => Place::Address(address.clone()),
        EventTypeLocation::Phone { phone, public: true } => Place::Phone(phone.clone()),
        EventTypeLocation::Link { link, public: true } => Place::Link(link.clone()),
        EventTypeLocation::AttendeePhone => Place::CustomersPhone,
        EventTypeLocation::AttendeeAddress => Place::CustomersAddress,
        other => Place::Other(as_json(other)),
    }
}

/// `None` for no places: Cal.com keeps its own then.
fn locations(places: &[Place]) -> Option<Vec<EventTypeLocation>> {
    let location = |place: &Place| {
        Some(match place {
            Place::Address(address) => EventTypeLocation::Address { address: address.clone(), public: true },
            Place::Phone(phone) => EventTypeLocation::Phone { phone: phone.clone(), public: true },
            Place::Link(link) => EventTypeLocation::Link { link: link.clone(), public: true },
            Place::CustomersPhone => EventTypeLocation::AttendeePhone,
            Place::CustomersAddress => EventTypeLocation::AttendeeAddress,
            Place::Other(json) => serde_json::from_str(json).ok()?,
        })
    };
    Some(places.iter().filter_map(location).collect::<Vec<_>>()).filter(|places| !places.is_empty())
}

fn policy(confirmation: &Confirmation) -> Option<ConfirmationPolicy> {
    Some(match confirmation {
        Confirmation::Never => ConfirmationPolicy::Disabled,
        Confirmation::Always => ConfirmationPolicy::Always { block_unconfirmed_bookings: true },
        Confirmation::Other(json) => serde_json::from_str(json).ok()?,
    })
}

/// Cal.com's `rolling` window is another: it is as long as it takes to find so many days with something free.
fn window(told: &Value) -> Window {
    if told.is_null() || told["disabled"] == true {
        return Window::Unlimited;
    }
    let days = told["value"].as_u64().and_then(|days| u32::try_from(days).ok());
    match days.filter(|_| told["type"] == "calendarDays" && told["rolling"] != true) {
        Some(days) => Window::Days(days),
        None => Window::Other(told.to_string()),
    }
}

fn booking_window(window: &Window) -> Option<Value> {
    match window {
        Window::Unlimited => Some(json!({ "disabled": true })),
        Window::Days(days) => Some(json!({ "type": "calendarDays", "value": days, "rolling": false })),
        Window::Other(json) => serde_json::from_str(json).ok(),
    }
}

fn as_json(told: &impl Serialize) -> String {
    json!(told).to_string()
}

#[cfg(test)]
mod tests;
