//! `GET /reviews`: the questions that are open, most urgent first, and what to do about each.

use askama::Template;
use domain::review::{ReviewCode, Severity};
use jiff::{SignedDuration, Timestamp};

use super::appointment::{in_its_words, reason_key, remedy_key};
use crate::{
    components::{AppointmentRow, Chip, Pager, Tone},
    frame::{Frame, Page, Section},
    i18n::{Text, Translator},
};

#[derive(Template)]
#[template(path = "pages/reviews.html")]
pub struct Reviews {
    pub t: Translator,
    pub frame: Frame,
    pub items: Vec<Review>,
    pub pager: Pager,
}

#[derive(Clone, Debug)]
pub struct Review {
    pub code: ReviewCode,
    /// What Cal.com said, or the last error, in English and without customer data; may be empty.
    pub message: String,
    pub opened_at: Timestamp,
    pub appointment: AppointmentRow,
}

impl Review {
    pub fn chip(&self) -> Chip {
        match self.code.severity() {
            Severity::Critical => Chip { tone: Tone::Bad, icon: "alert", label: "severity-critical" },
            Severity::Warning => Chip { tone: Tone::Wait, icon: "info", label: "severity-warning" },
        }
    }

    pub fn reason<'l>(&self, t: &'l Translator) -> Text<'l> {
        t.get(reason_key(self.code))
    }

    /// The message that introduces [`Self::message`].
    pub fn told_by(&self) -> &'static str {
        if in_its_words(self.code) { "calcom-says" } else { "last-error" }
    }

    pub fn remedy<'l>(&self, t: &'l Translator) -> Text<'l> {
        t.get(remedy_key(self.code))
    }
}

impl Page for Reviews {
    const SECTION: Option<Section> = Some(Section::Reviews);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let codes = [
            (ReviewCode::Conflict, "", 3),
            (ReviewCode::SlotTaken, "User either already has booking at this time or is not available", 41),
            (ReviewCode::Vanished, "", 190),
            (ReviewCode::RetriesUsedUp, "504 Gateway Timeout", 1_500),
        ];
        let rows = AppointmentRow::samples(t.now).into_iter().filter(|row| row.starts_at > t.now);
        let review = |((code, message, ago), appointment): ((_, &str, _), _)| Review {
            code,
            message: message.into(),
            opened_at: t.now - SignedDuration::from_mins(ago),
            appointment,
        };
        let items = codes.into_iter().zip(rows).map(review).collect();
        Self { items, pager: Pager::default(), t, frame }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let frame = Frame { open_reviews: 0, ..frame };
        vec![Self { items: Vec::new(), pager: Pager::default(), t, frame }]
    }
}
