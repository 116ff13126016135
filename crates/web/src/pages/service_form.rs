//! `GET /services/new` and `GET /services/{id}/edit`: everything of a service in one form.

use askama::Template;
use domain::catalogue::{InvalidPlace, Place};

use super::Meanwhile;
use crate::{
    components::{Choice, Field, FieldError, WorksBar},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/service_form.html")]
pub struct ServiceForm {
    pub t: Translator,
    pub frame: Frame,
    /// What is edited; `None`: something new.
    pub edited: Option<EditedService>,
    /// What somebody else has changed since.
    pub meanwhile: Vec<Meanwhile>,
    /// Something is wrong that belongs to no single field; in the reader's language.
    pub refused: Option<String>,
    pub name: Field,
    pub slug: Field,
    pub description: Field,
    pub duration: Field,
    /// `49,00`
    pub price: Field,
    pub active: bool,
    pub online: bool,
    pub buffer_before: Field,
    pub buffer_after: Field,
    pub notice: Field,
    /// Empty: as far as the calendar goes.
    pub window: Field,
    /// Hours before the start.
    pub change_notice: Field,
    pub requires_confirmation: bool,
    pub disable_guests: bool,
    pub staff: Vec<Choice>,
    /// Stretches of work, and some empty rows for more.
    pub works: Vec<WorkRow>,
    /// What is wrong with the stretches of work.
    pub works_error: Field,
    /// Where it takes place, and empty rows for more.
    pub places: Vec<PlaceRow>,
    /// What is wrong with the places.
    pub places_error: Field,
}

/// The service that a form is about.
#[derive(Clone, Debug)]
pub struct EditedService {
    /// `svc_…`
    pub id: String,
    pub name: String,
    /// The version that the person has seen.
    pub version: i64,
    /// What the form was filled with, for the form.
    pub was: String,
}

/// A place as it was typed: its kind as in the REST API, and the address, number or link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceRow {
    pub kind: String,
    pub value: String,
}

impl PlaceRow {
    pub fn of(place: &Place) -> Self {
        Self { kind: place.kind().to_owned(), value: place.detail().unwrap_or_default().to_owned() }
    }

    /// Cal.com says more than the form can: it is shown, and kept unless it is removed.
    pub fn is_fixed(&self) -> bool {
        self.kind == "other"
    }

    /// The kinds to choose from.
    pub fn choices(&self, t: &Translator) -> Vec<Choice> {
        let label = |kind| place_label(kind).map(|key| t.get(key).to_string()).unwrap_or_default();
        let choice = |kind: &'static str| Choice::new(kind, label(kind)).selected(kind == self.kind);
        Place::KINDS.into_iter().map(choice).collect()
    }
}

/// The message that names a kind of place.
pub fn place_label(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "address" => "place-kind-address",
        "phone" => "place-kind-phone",
        "link" => "place-kind-link",
        "customers_phone" => "place-kind-customers-phone",
        "customers_address" => "place-kind-customers-address",
        "other" => "place-kind-other",
        _ => return None,
    })
}

/// A stretch of work as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkRow {
    pub name: String,
    pub minutes: String,
    /// How long the customer waits afterwards.
    pub pause: String,
    /// Ids of those who may do it, sorted; none if all may who perform the service.
    pub staff: Vec<String>,
}

impl WorkRow {
    pub fn names(&self, id: &str) -> bool {
        self.staff.iter().any(|named| named == id)
    }
}

impl ServiceForm {
    /// The stretches of work as far as they can be read.
    pub fn bar(&self) -> WorksBar {
        // Nothing that is typed makes a drawing of more than all minutes of all rows.
        let minutes = |text: &str| text.trim().parse::<u32>().ok().filter(|minutes| *minutes <= 1_440);
        let work = |row: &WorkRow| {
            let does =
                |choice: &&Choice| choice.selected && (row.staff.is_empty() || row.names(&choice.value));
            let who = self.staff.iter().filter(does).map(|choice| choice.label.clone()).collect();
            Some((row.name.clone(), minutes(&row.minutes)?, minutes(&row.pause).unwrap_or(0), who))
        };
        WorksBar::of(self.works.iter().filter_map(work))
    }

    /// Where the form is sent.
    pub fn action(&self) -> String {
        self.edited.as_ref().map_or_else(|| "/services".into(), |it| format!("/services/{}/edit", it.id))
    }

    /// Where it leads back to.
    pub fn back(&self) -> String {
        self.edited.as_ref().map_or_else(|| "/services".into(), |it| format!("/services/{}", it.id))
    }
}

impl Page for ServiceForm {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let work = |name: &str, minutes: &str, pause: &str, staff: &[&str]| WorkRow {
            name: name.into(),
            minutes: minutes.into(),
            pause: pause.into(),
            staff: staff.iter().map(|id| (*id).to_owned()).collect(),
        };
        let mut works =
            vec![work("Färben", "45", "30", &["stf_1"]), work("Waschen und schneiden", "45", "", &[])];
        works.resize(5, WorkRow::default());
        Self {
            edited: Some(EditedService {
                id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
                name: "Farbe & Schnitt".into(),
                version: 3,
                was: "{}".into(),
            }),
            meanwhile: Vec::new(),
            refused: None,
            name: Field::of("Farbe & Schnitt"),
            slug: Field::of("farbe-schnitt"),
            description: Field::of("Färben, waschen, schneiden"),
            duration: Field::of("120"),
            price: Field::of("129,00"),
            active: true,
            online: true,
            buffer_before: Field::of("0"),
            buffer_after: Field::of("10"),
            notice: Field::of("120"),
            window: Field::of("60"),
            change_notice: Field::of("24"),
            requires_confirmation: false,
            disable_guests: true,
            staff: vec![
                Choice::new("stf_1", "Mira Hoffmann").selected(true),
                Choice::new("stf_2", "Jonas Weber"),
            ],
            works,
            works_error: Field::default(),
            places: vec![
                PlaceRow { kind: "address".into(), value: "Kastanienallee 12".into() },
                PlaceRow {
                    kind: "other".into(),
                    value: r#"{"type":"integration","integration":"zoom"}"#.into(),
                },
                PlaceRow::default(),
            ],
            places_error: Field::default(),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let wrong = |value: &str, error| Field::wrong(value, error);
        let new = Self { edited: None, works: vec![WorkRow::default(); 3], ..sample() };
        let refused = Self {
            refused: Some(t.get("service-stale").to_string()),
            meanwhile: vec![Meanwhile {
                label: "setting-name",
                before: Some("Farbe".into()),
                now: "Farbe und Schnitt".into(),
                typed: Some("Farbe & Schnitt".into()),
            }],
            name: wrong("", FieldError::Required),
            slug: wrong("Farbe!", FieldError::Slug),
            duration: wrong("0", FieldError::Number { min: 1, max: 1440 }),
            price: wrong("viel", FieldError::Money),
            works_error: wrong("", FieldError::Works),
            places: vec![PlaceRow { kind: "phone".into(), value: "bei uns".into() }],
            places_error: wrong("", FieldError::Place { number: 1, wrong: InvalidPlace::Phone }),
            ..sample()
        };
        vec![new, refused]
    }
}
