//! What can be set on an event type (2024-06-14): the bodies of create and change.
//!
//! Price, currency and metadata are missing on purpose: Cal.com drops them without a word.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{BookingField, EventTypeLocation, ScheduleId};

/// `POST /v2/event-types`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewEventType {
    pub title: String,
    /// Unique for its owner.
    pub slug: String,
    pub length_in_minutes: u32,
    #[serde(flatten)]
    pub settings: EventTypeSettings,
}

/// `PATCH /v2/event-types/{id}`: what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventTypePatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_in_minutes: Option<u32>,
    #[serde(flatten)]
    pub settings: EventTypeSettings,
}

/// The settings that may be left to Cal.com.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeSettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Lengths that a booking may choose from; has to contain the length itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_in_minutes_options: Option<Vec<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// Replaces all places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locations: Option<Vec<EventTypeLocation>>,
    /// Replaces all custom fields; see [`NewBookingField::again`] to keep those that are there. A change that
    /// names fields and not `disable_guests` allows guests again (Cal.com API v2, 2024-06-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_fields: Option<Vec<NewBookingField>>,
    /// Hides Cal.com's own field for guests. A change that names this and not `booking_fields` removes all
    /// custom fields (Cal.com API v2, 2024-06-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable_guests: Option<bool>,
    /// Minutes between the starts of slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot_interval: Option<u32>,
    /// Minutes; 120 if not given at creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_booking_notice: Option<u32>,
    /// Minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_event_buffer: Option<u32>,
    /// Minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_event_buffer: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation_policy: Option<ConfirmationPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
    /// How far ahead can be booked, as Cal.com writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_window: Option<Value>,
}

/// A custom question asked when booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBookingField {
    /// `text`, `phone`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub slug: String,
    pub label: String,
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    #[serde(default, rename = "disableOnPrefill", skip_serializing_if = "Option::is_none")]
    pub disable_on_prefill: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Value>,
}

/// Slug of Cal.com's own field for the attendee's phone number.
const ATTENDEE_PHONE: &str = "attendeePhoneNumber";

impl NewBookingField {
    /// A hidden text field: its value travels in every webhook of a booking, which metadata does not.
    pub fn hidden_text(slug: &str, label: &str) -> Self {
        Self {
            kind: "text".to_owned(),
            slug: slug.to_owned(),
            label: label.to_owned(),
            required: false,
            placeholder: Some(String::new()),
            hidden: Some(true),
            disable_on_prefill: None,
            options: Vec::new(),
        }
    }

    /// The same field once more, for a change that has to name all custom fields. `None` for Cal.com's own, which
    /// are there anyway; but the attendee's phone number is not asked for any more unless it is named.
    pub fn again(field: &BookingField) -> Option<Self> {
        let phone_in_use = field.slug == ATTENDEE_PHONE && (field.required || !field.hidden);
        (!field.is_default || phone_in_use).then(|| Self {
            kind: field.kind.clone(),
            slug: field.slug.clone(),
            label: field.label.clone().unwrap_or_default(),
            required: field.required,
            placeholder: Some(field.placeholder.clone().unwrap_or_default()),
            hidden: Some(field.hidden),
            disable_on_prefill: Some(field.disable_on_prefill),
            options: field.options.clone(),
        })
    }
}

/// Whether the host has to confirm each booking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
pub enum ConfirmationPolicy {
    #[default]
    Disabled,
    /// Every booking starts as pending, also one made with the host's own key.
    Always {
        /// Whether pending bookings take their slot out of the offer.
        block_unconfirmed_bookings: bool,
    },
    /// Only bookings on short notice start as pending.
    OnShortNotice { threshold: NoticeThreshold, block_unconfirmed_bookings: bool },
    /// A policy this crate does not know, kept as it came.
    Other(Value),
}

impl ConfirmationPolicy {
    /// Whether a booking may have to be confirmed.
    pub fn may_require_confirmation(&self) -> bool {
        *self != Self::Disabled
    }
}

/// How short the notice is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeThreshold {
    /// `minutes`, `hours`, `days`.
    pub unit: String,
    pub count: u32,
}

impl From<Value> for ConfirmationPolicy {
    fn from(value: Value) -> Self {
        let block = value["blockUnconfirmedBookingsInBooker"].as_bool().unwrap_or_default();
        let threshold = NoticeThreshold::deserialize(&value["noticeThreshold"]);
        match (value["disabled"].as_bool(), value["type"].as_str(), threshold) {
            (Some(true), _, _) => Self::Disabled,
            (_, Some("always"), _) => Self::Always { block_unconfirmed_bookings: block },
            (_, Some("time"), Ok(threshold)) => {
                Self::OnShortNotice { threshold, block_unconfirmed_bookings: block }
            }
            _ if value.is_null() => Self::Disabled,
            _ => Self::Other(value),
        }
    }
}

impl From<ConfirmationPolicy> for Value {
    fn from(policy: ConfirmationPolicy) -> Self {
        match policy {
            ConfirmationPolicy::Disabled => serde_json::json!({ "disabled": true }),
            ConfirmationPolicy::Always { block_unconfirmed_bookings } => serde_json::json!({
                "type": "always",
                "blockUnconfirmedBookingsInBooker": block_unconfirmed_bookings,
            }),
            ConfirmationPolicy::OnShortNotice { threshold, block_unconfirmed_bookings } => {
                serde_json::json!({
                    "type": "time",
                    "noticeThreshold": { "unit": threshold.unit, "count": threshold.count },
                    "blockUnconfirmedBookingsInBooker": block_unconfirmed_bookings,
                })
            }
            ConfirmationPolicy::Other(value) => value,
        }
    }
}
