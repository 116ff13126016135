//! What a webhook is about.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! triggers {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What happened. Reads `BOOKING_CREATED` and the older spelling `BOOKING.CREATED` alike.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Trigger {
            $($(#[$doc])* $name,)*
            /// One this crate does not know, as it came.
            Unknown(String),
        }

        impl Trigger {
            /// Today's spelling.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for Trigger {
            fn from(text: &str) -> Self {
                match text.trim().to_ascii_uppercase().replace('.', "_").as_str() {
                    $($text => Self::$name,)*
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }
    };
}

triggers! {
    /// Booked, or confirmed after it was requested (then without metadata).
    BookingCreated = "BOOKING_CREATED",
    /// Booked on an event type that asks for confirmation, or such a booking moved by an attendee (then
    /// without any link to the old one).
    BookingRequested = "BOOKING_REQUESTED",
    /// Moved: the uid is the new one, the reschedule uid the old one.
    BookingRescheduled = "BOOKING_RESCHEDULED",
    BookingCancelled = "BOOKING_CANCELLED",
    BookingRejected = "BOOKING_REJECTED",
    BookingNoShowUpdated = "BOOKING_NO_SHOW_UPDATED",
    BookingPaymentInitiated = "BOOKING_PAYMENT_INITIATED",
    BookingPaid = "BOOKING_PAID",
    MeetingStarted = "MEETING_STARTED",
    MeetingEnded = "MEETING_ENDED",
    /// The test that a person can send from Cal.com's pages.
    Ping = "PING",
    /// Not sent by Cal.com today.
    EventTypeCreated = "EVENT_TYPE_CREATED",
    /// Not sent by Cal.com today.
    EventTypeUpdated = "EVENT_TYPE_UPDATED",
    /// Not sent by Cal.com today.
    EventTypeDeleted = "EVENT_TYPE_DELETED",
    FormSubmitted = "FORM_SUBMITTED",
    FormSubmittedNoEvent = "FORM_SUBMITTED_NO_EVENT",
    RecordingReady = "RECORDING_READY",
    RecordingTranscriptionGenerated = "RECORDING_TRANSCRIPTION_GENERATED",
    OooCreated = "OOO_CREATED",
    AfterHostsCalVideoNoShow = "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    AfterGuestsCalVideoNoShow = "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    DelegationCredentialError = "DELEGATION_CREDENTIAL_ERROR",
    WrongAssignmentReport = "WRONG_ASSIGNMENT_REPORT",
    InstantMeeting = "INSTANT_MEETING",
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Trigger {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(from)?.as_str()))
    }
}
