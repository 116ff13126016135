//! `GET /appointments/{id}/reschedule`, `…/cancel` and `…/delete`: changes of an appointment, each on a page
//! that first says what it is about and what will happen.

use askama::Template;
use domain::Slot;

use super::new_appointment::{TimeChoice, sample_times};
use crate::{
    components::{Field, FieldError, Tone},
    frame::{Flash, Frame, Page, Section},
    i18n::Translator,
};

/// What is about to be changed.
#[derive(Clone, Debug)]
pub struct Subject {
    /// `A-1042`
    pub number: String,
    /// Address of the appointment's page; the forms go to `{href}/reschedule` and `{href}/cancel`.
    pub href: String,
    pub customer: String,
    pub service: String,
    pub staff: String,
    pub slot: Slot,
    /// The version that the person saw: a change made meanwhile is not overwritten.
    pub version: i64,
    /// Cal.com will be told.
    pub connected: bool,
    /// It waits for a confirmation: cancelling it is rejecting it.
    pub requested: bool,
}

#[derive(Template)]
#[template(path = "pages/reschedule.html")]
pub struct Reschedule {
    pub t: Translator,
    pub frame: Frame,
    pub subject: Subject,
    /// Something is wrong that belongs to no single field; in the reader's language.
    pub refused: Option<String>,
    /// `2026-11-24`
    pub date: Field,
    pub first_day: String,
    pub times: Vec<TimeChoice>,
    pub time: Field,
    pub reason: Field,
}

#[derive(Template)]
#[template(path = "pages/cancel.html")]
pub struct Cancel {
    pub t: Translator,
    pub frame: Frame,
    pub subject: Subject,
    pub refused: Option<String>,
    pub reason: Field,
}

#[derive(Template)]
#[template(path = "pages/delete.html")]
pub struct Delete {
    pub t: Translator,
    pub frame: Frame,
    pub subject: Subject,
    pub refused: Option<String>,
    /// It still takes place: deleting it cancels it.
    pub cancels: bool,
    /// What happens at Cal.com; a message.
    pub there: &'static str,
    pub reason: Field,
}

impl Subject {
    pub(super) fn sample() -> Self {
        Self {
            number: "A-1042".into(),
            href: "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            customer: "Aylin Demir".into(),
            service: "Damenschnitt".into(),
            staff: "Mira Hoffmann".into(),
            slot: Slot::of("2026-11-26T13:30:00Z".parse().unwrap_or_default(), 45),
            version: 3,
            connected: true,
            requested: false,
        }
    }
}

impl Page for Reschedule {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        Self {
            subject: Subject::sample(),
            refused: None,
            date: Field::of("2026-11-27"),
            first_day: "2026-11-24".into(),
            times: sample_times("10:15"),
            time: Field::wrong("10:15", FieldError::Taken),
            reason: Field::default(),
            t,
            frame,
        }
    }
}

impl Page for Cancel {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let reason = Field::wrong("", FieldError::Required);
        Self { subject: Subject::sample(), refused: None, reason, t, frame }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let frame =
            Frame { flash: Some(Flash { tone: Tone::Good, text: "A-1042".into(), undo: None }), ..frame };
        let sample = Self::sample(t, frame);
        let subject = Subject { connected: false, requested: true, ..Subject::sample() };
        vec![Self { subject, refused: Some("409".into()), reason: Field::default(), ..sample }]
    }
}

impl Page for Delete {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        Self {
            subject: Subject::sample(),
            refused: None,
            cancels: true,
            there: "delete-there-cancel",
            reason: Field::default(),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let over = Self {
            cancels: false,
            there: "delete-there-stays",
            refused: Some("409".into()),
            ..Self::sample(t, frame)
        };
        vec![over]
    }
}
