//! `GET /verifications`: the runs in which all bookings of an account were compared with what is known of them here.

use askama::Template;

use crate::{
    components::{AsChip as _, Choice, Field, FieldError, Pager, Run},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/verifications.html")]
pub struct Verifications {
    pub t: Translator,
    pub frame: Frame,
    /// The accounts that can be verified.
    pub connections: Vec<Choice>,
    pub wanted: WantedRun,
    /// The last first.
    pub runs: Vec<Run>,
    pub pager: Pager,
}

/// What is to be verified, as somebody fills it in.
#[derive(Clone, Debug, Default)]
pub struct WantedRun {
    /// The first and the last day; empty for the usual time.
    pub from: Field,
    pub to: Field,
    pub check_only: bool,
    /// How many days back the usual time begins.
    pub days_back: i64,
}

impl Page for Verifications {
    const SECTION: Option<Section> = Some(Section::Connections);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        Self {
            connections: vec![Choice::new("con_1", "Prenzlauer Berg"), Choice::new("con_2", "Neukölln")],
            wanted: WantedRun { days_back: 30, ..WantedRun::default() },
            runs: Run::samples(t.now),
            pager: Pager { previous: None, next: Some("/verifications?after=n1".into()) },
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let never = Self {
            connections: vec![Choice::new("con_1", "Prenzlauer Berg")],
            runs: Vec::new(),
            pager: Pager::default(),
            ..Self::sample(t.clone(), frame.clone())
        };
        let unconnected = Self { connections: Vec::new(), ..Self::sample(t, frame) };
        let unconnected = Self { runs: Vec::new(), pager: Pager::default(), ..unconnected };
        let wanted = WantedRun {
            from: Field::of("2026-11-24"),
            to: Field::wrong("2026-11-23", FieldError::Backwards),
            check_only: true,
            days_back: 30,
        };
        let backwards = Self { wanted, ..Self::sample(never.t.clone(), never.frame.clone()) };
        vec![never, unconnected, backwards]
    }
}
