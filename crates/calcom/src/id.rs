//! The names Cal.com gives to its things, one type each, so that they cannot be mistaken for each other.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

macro_rules! text {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

number! {
    /// The row number of a booking; calls take the [`BookingUid`].
    BookingId,
    /// An event type, of a person or of a team.
    EventTypeId,
    /// A weekly schedule of opening hours.
    ScheduleId,
    /// A team.
    TeamId,
    /// A person with an account: the owner of a key, or a host.
    UserId,
}

text! {
    /// A booking, as all calls name it. A reschedule makes a new booking with a new uid.
    BookingUid,
    /// A slot that is held for a caller for some minutes.
    ReservationUid,
    /// One attendee's place in a booking with seats.
    SeatUid,
    /// What the occurrences of a recurring booking have in common; each is a booking with its own uid.
    SeriesUid,
    /// A webhook registration.
    WebhookId,
}
