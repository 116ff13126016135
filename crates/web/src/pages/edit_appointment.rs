//! `GET /appointments/{id}/edit`: everything of an appointment that can be changed, in one form.

use askama::Template;

use super::{
    change_appointment::Subject,
    new_appointment::{TimeChoice, sample_times},
};
use crate::{
    components::{Choice, Field, FieldError},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/edit_appointment.html")]
pub struct EditAppointment {
    pub t: Translator,
    pub frame: Frame,
    pub subject: Subject,
    /// The version that the person has seen.
    pub version: i64,
    /// Hidden fields: what the form was filled with.
    pub was: Vec<(String, String)>,
    /// What somebody else has changed since.
    pub meanwhile: Vec<Meanwhile>,
    /// Something is wrong that belongs to no single field; in the reader's language.
    pub refused: Option<String>,
    /// It takes place and has not begun: service, staff and time can be changed.
    pub movable: bool,
    /// Other customer data lead to another booking at Cal.com; else they stay different there.
    pub replaces: bool,
    pub services: Vec<Choice>,
    pub service: Field,
    /// One per stretch of work.
    pub staff: Vec<StaffChoice>,
    /// `2026-11-24`
    pub date: Field,
    pub first_day: String,
    pub times: Vec<TimeChoice>,
    pub time: Field,
    pub name: Field,
    pub phone: Field,
    pub email: Field,
    pub notes: Field,
    pub reason: Field,
}

/// Something that somebody else has changed while the form was open, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    pub label: &'static str,
    /// What the form was filled with, where that is known.
    pub before: Option<String>,
    pub now: String,
    /// What was typed here instead; `None`: nothing, and the form says what is so now.
    pub typed: Option<String>,
}

/// Who serves in a stretch of work.
#[derive(Clone, Debug)]
pub struct StaffChoice {
    /// Of the select; its name is `staff` in every one.
    pub id: String,
    /// What is done, where there are several.
    pub work: Option<String>,
    pub choices: Vec<Choice>,
    pub field: Field,
}

impl StaffChoice {
    /// Nobody is chosen yet.
    pub fn is_open(&self) -> bool {
        self.choices.iter().all(|choice| !choice.selected)
    }
}

impl Page for EditAppointment {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let choices = |names: &[&str], selected: usize| -> Vec<Choice> {
            let choice =
                |(n, name): (usize, &&str)| Choice::new(n.to_string(), *name).selected(n == selected);
            names.iter().enumerate().map(choice).collect()
        };
        let staff = |id: &str, work: Option<&str>, selected| StaffChoice {
            id: id.into(),
            work: work.map(Into::into),
            choices: choices(&["Mira Hoffmann", "Jonas Weber"], selected),
            field: Field::of(selected.to_string()),
        };
        Self {
            subject: Subject::sample(),
            version: 3,
            was: vec![("was_notes".into(), String::new())],
            meanwhile: Vec::new(),
            refused: None,
            movable: true,
            replaces: false,
            services: choices(&["Damenschnitt (45 Min.)", "Farbe & Schnitt (2 Std. 30 Min.)"], 1),
            service: Field::of("1"),
            staff: vec![staff("staff", Some("Farbe auftragen"), 0), staff("staff-1", Some("Schneiden"), 1)],
            date: Field::of("2026-11-26"),
            first_day: "2026-11-24".into(),
            times: sample_times("14:00"),
            time: Field::wrong("14:00", FieldError::Taken),
            name: Field::of("Aylin Demir"),
            phone: Field::of("+49 30 5550142"),
            email: Field::wrong("aylin@", FieldError::Email),
            notes: Field::of("Bitte ohne Föhnen, Termin danach um 16 Uhr."),
            reason: Field::default(),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let meanwhile = |label, before: &str, now: &str, typed: Option<&str>| Meanwhile {
            label,
            before: Some(before.into()),
            now: now.into(),
            typed: typed.map(Into::into),
        };
        let sample = Self::sample(t.clone(), frame.clone());
        let stale = Self {
            refused: Some(t.get("refused-stale").to_string()),
            meanwhile: vec![
                meanwhile("time", "Do., 26. Nov. 2026, 13:30", "Do., 26. Nov. 2026, 14:00", None),
                meanwhile("notes", "", "Hintereingang", Some("Bitte ohne Föhnen")),
            ],
            notes: Field::wrong("Bitte ohne Föhnen", FieldError::Meanwhile { now: "Hintereingang".into() }),
            ..sample
        };
        let over = Self {
            movable: false,
            replaces: true,
            times: Vec::new(),
            refused: Some("409".into()),
            ..Self::sample(t, frame)
        };
        vec![over, stale]
    }
}
