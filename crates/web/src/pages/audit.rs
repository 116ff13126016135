//! `GET /audit`: what was done about services: who, when, what, before and after.

use askama::Template;
use domain::Origin;
use domain::appointment::Actor;
use domain::catalogue::{ServiceWhat, Setting};
use jiff::SignedDuration;

use super::ServiceEvent;
use crate::{
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/audit.html")]
pub struct Audit {
    pub t: Translator,
    pub frame: Frame,
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// The traffic with Cal.com is shown too.
    pub traffic: bool,
    /// Older entries are not shown.
    pub more: bool,
}

#[derive(Clone, Debug)]
pub struct AuditRow {
    /// `svc_…`
    pub service_id: String,
    pub service: String,
    pub event: ServiceEvent,
}

impl Page for Audit {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let row = |minutes, origin, by: Option<&str>, what| AuditRow {
            service_id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            service: "Damenschnitt".into(),
            event: ServiceEvent {
                at: t.now - SignedDuration::from_mins(minutes),
                actor: Actor::of(origin),
                by: by.map(Into::into),
                what,
            },
        };
        let fields = vec![
            ("price_cents".into(), "4900".into(), "5500".into()),
            ("duration_minutes".into(), "45".into(), "60".into()),
        ];
        let (setting, before, after) = (Setting::Title, "Schnitt".into(), "Damenschnitt".into());
        let name = Some("Katharina Morgenrot");
        Self {
            rows: vec![
                row(4, Origin::Admin, name, ServiceWhat::Taken { setting, before, after }),
                row(30, Origin::Admin, name, ServiceWhat::Changed { fields }),
                row(900, Origin::Api, Some("Kasse"), ServiceWhat::Created),
            ],
            traffic: false,
            more: true,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        vec![Self { rows: Vec::new(), more: false, traffic: true, t, frame }]
    }
}
