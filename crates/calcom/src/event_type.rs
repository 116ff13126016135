//! An event type as Cal.com tells it (event types 2024-06-14), of a person or of a team. What is sent to
//! make and change one is in `event_type_settings`.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::wire;
use crate::{ConfirmationPolicy, EventTypeId, EventTypeLocation, ScheduleId, TeamId, UserId};

/// One event type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventType {
    pub id: EventTypeId,
    /// The person it belongs to; `None` for one of a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// The team it belongs to; `None` for one of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    pub title: String,
    pub slug: String,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub description: String,
    pub length_in_minutes: u32,
    /// Other lengths that a booking may ask for; empty if there is only one.
    #[serde(default, deserialize_with = "wire::or_default", skip_serializing_if = "Vec::is_empty")]
    pub length_in_minutes_options: Vec<u32>,
    /// Not shown on the public page and in lists of others. It can still be booked by its id.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub hidden: bool,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub locations: Vec<EventTypeLocation>,
    /// Lists leave out the hidden `title` field that a single event type shows.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub booking_fields: Vec<BookingField>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub disable_guests: bool,
    /// Minutes between the starts of slots; `None` means the length.
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub slot_interval: Option<u32>,
    /// Minutes.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub minimum_booking_notice: u32,
    /// Minutes. Counts for availability, not in the times of a booking.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub before_event_buffer: u32,
    /// Minutes. Counts for availability, not in the times of a booking.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub after_event_buffer: u32,
    #[serde(default)]
    pub confirmation_policy: ConfirmationPolicy,
    /// How far ahead can be booked, as Cal.com writes it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub booking_window: Value,
    /// In the smallest unit of the currency. The API cannot set it.
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub price: Option<Number>,
    /// ISO 4217 in lower case.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// `None` means the default schedule of its owner.
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
    /// The API cannot set it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub metadata: Value,
    /// The public page.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub booking_url: Option<String>,
    /// Only for one of a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduling_type: Option<SchedulingType>,
    /// Who performs it; only for one of a team.
    #[serde(default, deserialize_with = "wire::or_default", skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<EventTypeHost>,
    /// Who performs it; only for one of a person.
    #[serde(default, deserialize_with = "wire::or_default", skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<EventTypeUser>,
    /// How it repeats, as Cal.com writes it; see [`EventType::is_recurring`].
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub recurrence: Value,
    /// Seats for several attendees, as Cal.com writes it; see [`EventType::seats_per_slot`].
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub seats: Value,
}

impl EventType {
    /// The custom or built-in booking field with this slug.
    pub fn booking_field(&self, slug: &str) -> Option<&BookingField> {
        self.booking_fields.iter().find(|field| field.slug == slug)
    }

    /// Whether each booking goes to one of several hosts, and can be given to another one of them.
    pub fn is_round_robin(&self) -> bool {
        self.scheduling_type == Some(SchedulingType::RoundRobin)
    }

    /// Who may perform a booking, with names: the hosts of a team's event type, else its owner.
    pub fn performers(&self) -> impl Iterator<Item = (UserId, &str)> {
        let hosts = self.hosts.iter().map(|host| (host.user_id, host.name.as_str()));
        hosts.chain(self.users.iter().map(|user| (user.id, user.name.as_str())))
    }

    /// How many parties can book the same slot; `None` if only one can.
    pub fn seats_per_slot(&self) -> Option<u32> {
        if self.seats["disabled"] == true {
            return None;
        }
        self.seats["seatsPerTimeSlot"].as_u64().and_then(|seats| seats.try_into().ok())
    }

    /// Whether one call books a whole series.
    pub fn is_recurring(&self) -> bool {
        self.recurrence.is_object() && self.recurrence["disabled"] != true
    }

    /// Whether a booking may start as pending.
    pub fn may_require_confirmation(&self) -> bool {
        self.confirmation_policy.may_require_confirmation()
    }
}

/// How a team shares its bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SchedulingType {
    RoundRobin,
    Collective,
    Managed,
    /// A kind this crate does not know.
    #[serde(untagged)]
    Other(String),
}

/// One of the hosts of a team event type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeHost {
    pub user_id: UserId,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub mandatory: bool,
    /// `lowest` to `highest`.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
}

/// The person of a personal event type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeUser {
    pub id: UserId,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// A question asked when booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingField {
    pub slug: String,
    /// `text`, `phone`, `email`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// One of Cal.com's own; it cannot be removed.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub is_default: bool,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub required: bool,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub hidden: bool,
    /// Whether a value in the address of the page is final.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub disable_on_prefill: bool,
    #[serde(default, deserialize_with = "wire::or_default", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Value>,
}
