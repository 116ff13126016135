//! A form field with what was typed and what is wrong with it, so that a form comes back as it was sent.

use domain::catalogue::InvalidPlace;

use crate::i18n::{Text, Translator};

/// A field's value and, after a refused attempt, the reason.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub value: String,
    pub error: Option<FieldError>,
}

impl Field {
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    pub fn wrong(value: impl Into<String>, error: FieldError) -> Self {
        Self { value: value.into(), error: Some(error) }
    }
}

/// Why a value was refused, in words that say what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldError {
    Required,
    Email,
    Phone,
    PhoneOrEmail,
    Past,
    /// More than [`domain::appointment::FARTHEST_AHEAD`].
    TooFar,
    /// Not on a quarter of an hour.
    Step,
    /// Does not exist that day: the clock jumps over it.
    Gap,
    /// Exists twice that day: the clock is set back.
    Twice,
    /// Someone else has it.
    Taken,
    Closed,
    /// Nobody works on that day.
    ClosedDay,
    /// This person does not do this service.
    NotOffering,
    TooLong {
        max: u32,
    },
    /// Somebody else has saved something else here since the form was filled.
    Meanwhile {
        now: String,
    },
    /// Cal.com does not accept it.
    KeyRefused,
    /// It belongs to another account at Cal.com.
    OtherAccount {
        account: String,
    },
    /// Cal.com could not be asked.
    Unreachable,
    /// Not a whole number from one to the other.
    Number {
        min: u32,
        max: u32,
    },
    /// No amount of money.
    Money,
    /// Not lower-case letters, digits and single hyphens.
    Slug,
    /// Another service has it.
    SlugTaken,
    /// A stretch of work without a name or a length.
    Works,
    /// The customer would wait after the last one.
    Waiting,
    /// What is wrong with one of several places, from 1.
    Place {
        number: usize,
        wrong: InvalidPlace,
    },
    /// Not one of the choices, perhaps no longer.
    Unknown,
    /// No time of a clock.
    Clock,
    /// A time that ends before it begins.
    Backwards,
    /// No hours of a day.
    Hours,
    /// Hours that end before they begin.
    HoursBackwards,
    /// Hours of one day that overlap.
    HoursOverlap,
    /// No address that messages can be sent to.
    RoomUrl,
    /// An address of this machine or its network.
    RoomInside,
}

impl FieldError {
    pub fn text<'l>(&self, t: &'l Translator) -> Text<'l> {
        match self {
            Self::Required => t.get("error-required"),
            Self::Email => t.get("error-email"),
            Self::Phone => t.get("error-phone"),
            Self::PhoneOrEmail => t.get("error-phone-or-email"),
            Self::Past => t.get("error-past"),
            Self::TooFar => t.get("error-too-far"),
            Self::Step => t.get("error-step"),
            Self::Gap => t.get("error-gap"),
            Self::Twice => t.get("error-twice"),
            Self::Taken => t.get("error-taken"),
            Self::Closed => t.get("error-closed"),
            Self::ClosedDay => t.get("error-closed-day"),
            Self::NotOffering => t.get("error-not-offering"),
            Self::TooLong { max } => t.get("error-too-long").arg("max", max),
            Self::Meanwhile { now } if now.is_empty() => t.get("error-meanwhile-empty"),
            Self::Meanwhile { now } => t.get("error-meanwhile").arg("now", now),
            Self::KeyRefused => t.get("error-key-refused"),
            Self::OtherAccount { account } => t.get("error-other-account").arg("account", account),
            Self::Unreachable => t.get("error-unreachable"),
            Self::Number { min, max } => t.get("error-number").arg("min", min).arg("max", max),
            Self::Money => t.get("error-money"),
            Self::Slug => t.get("error-slug"),
            Self::SlugTaken => t.get("error-slug-taken"),
            Self::Works => t.get("error-works"),
            Self::Waiting => t.get("error-waiting"),
            Self::Place { number, wrong } => {
                let key = match wrong {
                    InvalidPlace::Kind => "error-place-kind",
                    InvalidPlace::Value => "error-place-value",
                    InvalidPlace::Phone => "error-place-phone",
                    InvalidPlace::Link => "error-place-link",
                };
                t.get(key).arg("number", number)
            }
            Self::Unknown => t.get("error-unknown"),
            Self::Clock => t.get("error-clock"),
            Self::Backwards => t.get("error-backwards"),
            Self::Hours => t.get("error-hours"),
            Self::HoursBackwards => t.get("error-hours-backwards"),
            Self::HoursOverlap => t.get("error-hours-overlap"),
            Self::RoomUrl => t.get("error-room-url"),
            Self::RoomInside => t.get("error-room-inside"),
        }
    }
}

/// An entry of a select or a group of radio buttons.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), selected: false }
    }

    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }
}
