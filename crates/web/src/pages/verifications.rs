//! `GET /verifications`: the runs in which all bookings of an account were compared with what is known of them here.

use askama::Template;

use crate::{
    components::{AsChip as _, Choice, Pager, Run},
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
    /// The last first.
    pub runs: Vec<Run>,
    pub pager: Pager,
}

impl Page for Verifications {
    const SECTION: Option<Section> = Some(Section::Connections);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        Self {
            connections: vec![Choice::new("con_1", "Prenzlauer Berg"), Choice::new("con_2", "Neukölln")],
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
        vec![never, unconnected]
    }
}
