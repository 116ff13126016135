//! What can go wrong in a call, in the classes that decide what to do next. How an answer is put into
//! its class is in `classify`.

use std::fmt;
use std::time::Duration;

use crate::BookingUid;

/// Why a call did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Network, time-out, 5xx, or an answer that is not Cal.com's: may go away by itself.
    #[error("Cal.com cannot be reached or fails: {message}")]
    Transient {
        /// Whether the call may have had its effect; `false` only if it surely was not sent.
        ambiguous: bool,
        status: Option<u16>,
        message: String,
    },
    /// 429. The call had no effect. Calls before the time is over prolong nothing but are refused too.
    #[error("Cal.com asks to wait for {} s", retry_after.as_secs())]
    RateLimited {
        /// From now; at least a second, at most an hour.
        retry_after: Duration,
    },
    /// 401, or 403 that the key is the cause of.
    #[error("Cal.com does not accept the key: {message}")]
    Unauthorized { message: String },
    /// The time is booked, reserved or not open, or no seat is left. May be the echo of one's own first try.
    #[error("the slot is not free: {message}")]
    SlotTaken { message: String },
    /// 404 from Cal.com itself.
    #[error("Cal.com does not know it: {message}")]
    NotFound { missing: Missing, message: String },
    /// Trying again does not help: something about the call or about the state of the thing is wrong.
    #[error("Cal.com refuses: {}", told(reason, messages))]
    Invalid { reason: InvalidReason, messages: Vec<FieldMessage> },
    /// A success whose body cannot be read. A write has most likely had its effect.
    #[error("the answer of Cal.com cannot be read: {message}")]
    Unreadable { message: String },
}

impl Error {
    /// Whether a write may have had its effect although it failed.
    pub fn may_have_had_effect(&self) -> bool {
        matches!(self, Self::Transient { ambiguous: true, .. } | Self::Unreadable { .. })
    }

    /// What Cal.com itself said, in its own words; `None` where the words are ours.
    pub fn words(&self) -> Option<String> {
        let said = match self {
            Self::Transient { status: Some(_), message, .. }
            | Self::Unauthorized { message }
            | Self::SlotTaken { message }
            | Self::NotFound { message, .. } => message.clone(),
            Self::Invalid { messages, .. } if !messages.is_empty() => joined(messages),
            Self::Transient { .. }
            | Self::RateLimited { .. }
            | Self::Invalid { .. }
            | Self::Unreadable { .. } => return None,
        };
        Some(said).filter(|said| !said.is_empty())
    }

    /// Whether what the booking is by now forbids the call, not what was asked: the same call can never
    /// succeed again for this uid, and somebody else has changed the booking or it has run out of time.
    pub fn can_no_longer_change(&self) -> bool {
        matches!(self, Self::Invalid { reason, .. } if reason.can_no_longer_change())
    }
}

/// What Cal.com says does not exist. A refusal to show it looks the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Booking,
    EventType,
    User,
    Webhook,
    Other,
}

/// Why a call is refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidReason {
    /// The booking has been moved; `successor` is its next uid, if Cal.com names it. Without one the host
    /// has cancelled it and asked the attendee for another time.
    AlreadyRescheduled {
        successor: Option<BookingUid>,
    },
    /// The booking is cancelled. When cancelling, Cal.com says so of moved bookings as well.
    AlreadyCancelled,
    /// The booking was declined by its host and cannot be moved any more.
    AlreadyRejected,
    /// The booking is over and cannot be cancelled any more.
    AlreadyEnded,
    /// The booking has not begun, so nobody can be absent.
    NotStarted,
    /// The booking is confirmed, by whomever.
    AlreadyConfirmed,
    /// The start lies in the past.
    InThePast,
    /// The start is too soon or too far away for the event type.
    OutsideBookingWindow,
    CancellationReasonRequired,
    /// The event type of the booking or of the filter has been deleted. Such a booking cannot be moved; it
    /// can be cancelled.
    MissingEventType,
    /// Who should take over the booking is no host of its event type.
    NotAHost,
    /// No other host of the event type is free to take over the booking.
    NoHostFree,
    /// Some fields are wrong; the messages say which.
    Fields,
    /// There already is one with this slug or this address.
    Conflict,
    /// The key is good, but may not do this to this thing.
    NotAllowed,
    /// The server has no such call: an older edition, or the base URL is wrong.
    UnknownRoute,
    Other,
}

impl InvalidReason {
    /// See [`Error::can_no_longer_change`].
    pub fn can_no_longer_change(&self) -> bool {
        match self {
            Self::AlreadyRescheduled { .. }
            | Self::AlreadyCancelled
            | Self::AlreadyRejected
            | Self::AlreadyEnded
            | Self::AlreadyConfirmed
            | Self::MissingEventType => true,
            Self::NotStarted
            | Self::InThePast
            | Self::OutsideBookingWindow
            | Self::CancellationReasonRequired
            | Self::NotAHost
            | Self::NoHostFree
            | Self::Fields
            | Self::Conflict
            | Self::NotAllowed
            | Self::UnknownRoute
            | Self::Other => false,
        }
    }
}

/// What Cal.com says about one field, or about the whole call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMessage {
    /// Dotted path in the request, e.g. `attendee.timeZone`.
    pub field: Option<String>,
    pub message: String,
}

impl fmt::Display for FieldMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Cal.com's own words; our name of the reason where it has none.
fn told(reason: &InvalidReason, messages: &[FieldMessage]) -> String {
    if messages.is_empty() {
        return format!("{reason:?}");
    }
    joined(messages)
}

fn joined(messages: &[FieldMessage]) -> String {
    messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
