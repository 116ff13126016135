//! Where a booking takes place: the places an event type offers, and the choice sent with a booking.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A place that an event type offers (event types 2024-06-14).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum EventTypeLocation {
    Address {
        address: String,
        #[serde(default)]
        public: bool,
    },
    Link {
        link: String,
        #[serde(default)]
        public: bool,
    },
    /// A video service, e.g. `cal-video`.
    Integration {
        integration: String,
    },
    Phone {
        phone: String,
        #[serde(default)]
        public: bool,
    },
    AttendeeAddress,
    AttendeePhone,
    AttendeeDefined,
    OrganizersDefaultApp,
    /// A kind this crate does not know, kept as it came.
    #[serde(untagged)]
    Other(Value),
}

/// The place chosen for one booking (bookings 2024-08-13). Its kind must be one the event type offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum BookingLocation {
    Address,
    AttendeeAddress { address: String },
    AttendeeDefined { location: String },
    AttendeePhone { phone: String },
    Integration { integration: String },
    Link,
    Phone,
    OrganizersDefaultApp,
}
