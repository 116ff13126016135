//! What stands instead of the form of a change that an appointment no longer allows: why not, since when, and whose
//! doing it was.

use askama::Template;
use domain::Origin;
use jiff::{SignedDuration, Timestamp};

use super::change_appointment::Subject;
use crate::{
    components::AsChip as _,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/unchangeable.html")]
pub struct Unchangeable {
    pub t: Translator,
    pub frame: Frame,
    pub subject: Subject,
    pub ended: Ended,
}

/// Why nothing can be changed.
#[derive(Clone, Debug)]
pub enum Ended {
    /// It was cancelled; how, as far as its history tells.
    Cancelled(Option<Cancellation>),
    /// The customer did not come.
    NoShow,
    /// Its time is over.
    Over,
}

/// How an appointment was cancelled.
#[derive(Clone, Debug)]
pub struct Cancellation {
    pub at: Timestamp,
    /// Which side or entrance it came from.
    pub origin: Origin,
    /// The name of the user or the API key, where one is known.
    pub by: Option<String>,
    pub reason: Option<String>,
}

impl Cancellation {
    pub fn who(&self, t: &Translator) -> String {
        let origin = t.get(self.origin.chip().label);
        self.by.as_ref().map_or_else(|| origin.to_string(), |name| format!("{origin}: {name}"))
    }
}

impl Ended {
    pub fn title(&self) -> &'static str {
        match self {
            Self::Cancelled(_) => "unchangeable-cancelled",
            Self::NoShow => "unchangeable-no-show",
            Self::Over => "unchangeable-over",
        }
    }

    pub fn text(&self) -> &'static str {
        match self {
            Self::Cancelled(_) => "unchangeable-cancelled-text",
            Self::NoShow | Self::Over => "unchangeable-over-text",
        }
    }

    pub fn cancellation(&self) -> Option<&Cancellation> {
        match self {
            Self::Cancelled(cancellation) => cancellation.as_ref(),
            Self::NoShow | Self::Over => None,
        }
    }
}

impl Page for Unchangeable {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let cancellation = Cancellation {
            at: t.now - SignedDuration::from_mins(12),
            origin: Origin::Admin,
            by: Some("Mira Hoffmann".into()),
            reason: Some("Krankheit".into()),
        };
        Self { subject: Subject::sample(), ended: Ended::Cancelled(Some(cancellation)), t, frame }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let other = |ended| Self { ended, ..Self::sample(t.clone(), frame.clone()) };
        vec![other(Ended::Cancelled(None)), other(Ended::NoShow), other(Ended::Over)]
    }
}
