//! `GET /appointments/new` and the form that comes back: what, with whom, when, for whom.
//!
//! The form is one POST. Its buttons differ in `intent`: `times` and `search` go to
//! `/appointments/new` and only bring the form back with more to choose from; `book` goes to
//! `/appointments`. So nothing about a person ever stands in an address.

use askama::Template;

use crate::{
    components::{Choice, Field, FieldError},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/new_appointment.html")]
pub struct NewAppointment {
    pub t: Translator,
    pub frame: Frame,
    /// Makes two presses of the button one appointment.
    pub idempotency_key: String,
    /// Something is wrong that belongs to no single field; in the reader's language.
    pub refused: Option<String>,
    /// Shown when there is more than one.
    pub branches: Vec<Choice>,
    pub branch: Field,
    pub services: Vec<Choice>,
    pub service: Field,
    /// "Anyone" is added by the page.
    pub staff: Vec<Choice>,
    pub staff_member: Field,
    /// `2026-11-24`
    pub date: Field,
    /// Today, in the branch's zone.
    pub first_day: String,
    pub times: Vec<TimeChoice>,
    pub time: Field,
    /// What was searched for.
    pub search: String,
    /// What was found; empty before the first search too.
    pub customers: Vec<CustomerChoice>,
    /// Id of the chosen customer; empty for a new one.
    pub customer: Field,
    pub name: Field,
    pub phone: Field,
    pub email: Field,
    pub notes: Field,
}

/// A quarter of an hour of the chosen day.
#[derive(Clone, Debug)]
pub struct TimeChoice {
    /// `10:15`, in the branch's zone.
    pub time: String,
    /// Taken or closed: shown, not to be chosen.
    pub free: bool,
    pub selected: bool,
}

#[derive(Clone, Debug)]
pub struct CustomerChoice {
    pub id: String,
    pub name: String,
    /// Telephone or address: what tells two people of one name apart.
    pub contact: String,
    pub selected: bool,
}

/// The free quarters of an hour of a day, as handlers and both forms know them.
pub(super) fn sample_times(selected: &str) -> Vec<TimeChoice> {
    (36..72)
        .map(|quarter| {
            let time = format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
            TimeChoice { free: !matches!(quarter, 40..=42 | 50..=55 | 61), selected: time == selected, time }
        })
        .collect()
}

impl Page for NewAppointment {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let choices = |names: &[&str], selected: usize| -> Vec<Choice> {
            let choice =
                |(n, name): (usize, &&str)| Choice::new(n.to_string(), *name).selected(n == selected);
            names.iter().enumerate().map(choice).collect()
        };
        let customer = |id: &str, name: &str, contact: &str| CustomerChoice {
            id: id.into(),
            name: name.into(),
            contact: contact.into(),
            selected: false,
        };
        Self {
            idempotency_key: "0193a5b0-c1d2-7f3e-8a4b-5c6d7e8f9012".into(),
            refused: None,
            branches: choices(&["Prenzlauer Berg", "Neukölln"], 0),
            branch: Field::of("0"),
            services: choices(
                &["Damenschnitt (45 Min.)", "Herrenschnitt (30 Min.)", "Farbe & Schnitt (90 Min.)"],
                0,
            ),
            service: Field::of("0"),
            staff: choices(&["Mira Hoffmann", "Lea Brandt"], 9),
            staff_member: Field::default(),
            date: Field::of("2026-11-26"),
            first_day: "2026-11-24".into(),
            times: sample_times("14:00"),
            time: Field::of("14:00"),
            search: "Demir".into(),
            customers: vec![
                customer("cus_1", "Aylin Demir", "+49 30 5550142"),
                customer("cus_2", "Cem Demir", "cem@example.org"),
            ],
            customer: Field::default(),
            name: Field::of("Leyla Demir"),
            phone: Field::wrong("030 12", FieldError::Phone),
            email: Field::default(),
            notes: Field::default(),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let first = Self {
            branches: Vec::new(),
            service: Field::default(),
            date: Field::default(),
            times: Vec::new(),
            time: Field::default(),
            search: String::new(),
            customers: Vec::new(),
            name: Field::default(),
            phone: Field::default(),
            ..Self::sample(t.clone(), frame.clone())
        };
        let refused = Self {
            refused: Some("Cal.com: 409".into()),
            customers: Vec::new(),
            customer: Field::wrong("", FieldError::Unknown),
            time: Field::wrong("14:00", FieldError::Taken),
            ..Self::sample(t, frame)
        };
        vec![first, refused]
    }
}
