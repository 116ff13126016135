//! `GET /services/{id}/delete`: what becomes of a service and its event types, before it is deleted.

use askama::Template;

use super::Owner;
use crate::{
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/service_delete.html")]
pub struct ServiceDelete {
    pub t: Translator,
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub version: i64,
    /// Its event types, with Cal.com's ids.
    pub event_types: Vec<(Owner, i64)>,
    /// Appointments that are still to come: their bookings need their event types.
    pub booked: u64,
    /// Somebody else was faster; in the reader's language.
    pub refused: Option<String>,
}

impl ServiceDelete {
    pub fn href(&self) -> String {
        format!("/services/{}", self.id)
    }
}

impl Page for ServiceDelete {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let owner = |name: &str| Owner { staff: Some(name.into()), work: None };
        Self {
            id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            name: "Damenschnitt".into(),
            version: 3,
            event_types: vec![(owner("Mira Hoffmann"), 4711), (owner("Jonas Weber"), 4712)],
            booked: 0,
            refused: None,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let booked = Self { booked: 12, refused: Some(t.get("service-stale").to_string()), ..sample() };
        vec![booked, Self { event_types: Vec::new(), ..sample() }]
    }
}
