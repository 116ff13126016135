//! `GET /audit`: what was done: who, when, about what, and of services what was before and after.

use askama::Template;
use domain::Origin;
use domain::appointment::Actor;
use domain::catalogue::{ServiceWhat, Setting};
use domain::review::{Choice as Decision, Handled, ReviewCode};
use jiff::SignedDuration;
use serde::Deserialize;
use store::{AuditKind, ChannelPart, SetupDeed};

use super::{Deed, DeedRow, Done, Effect, ServiceEvent};
use crate::{
    components::{Choice, Pager, SetupRow, cause_key},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/audit.html")]
pub struct Audit {
    pub t: Translator,
    pub frame: Frame,
    pub filter: TrailFilter,
    /// Filters that cannot be read, by the messages that name them: they let everything through.
    pub unread: Vec<&'static str>,
    pub kinds: Vec<Choice>,
    pub services: Vec<Choice>,
    pub people: Vec<Choice>,
    /// Newest first.
    pub rows: Vec<AuditRow>,
    pub pager: Pager,
}

/// The filter as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TrailFilter {
    /// What it is about.
    pub kind: String,
    pub service: String,
    /// A user, or where it came from.
    pub who: String,
    /// First day, `2026-11-24`, in the reader's zone.
    pub from: String,
    /// Last day, included.
    pub to: String,
    /// The traffic with Cal.com is shown too.
    pub traffic: String,
}

impl TrailFilter {
    pub fn is_empty(&self) -> bool {
        Self { traffic: String::new(), ..self.clone() } == Self::default()
    }

    pub fn shows_traffic(&self) -> bool {
        !self.traffic.is_empty()
    }

    /// The same with or without the traffic.
    pub fn with_traffic(&self, traffic: bool) -> String {
        let traffic = if traffic { "1" } else { "" }.to_owned();
        Self { traffic, ..self.clone() }.address(&[])
    }

    /// Without any filter.
    pub fn reset(&self) -> String {
        Self { traffic: self.traffic.clone(), ..Self::default() }.address(&[])
    }

    /// The address of another page of the same trail; `parameter` is `after` or `before`.
    pub fn page(&self, parameter: &str, cursor: &str) -> String {
        self.address(&[(parameter, cursor)])
    }

    fn address(&self, more: &[(&str, &str)]) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("service", &self.service),
            ("who", &self.who),
            ("from", &self.from),
            ("to", &self.to),
            ("traffic", &self.traffic),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<_> = set.chain(more.iter().copied()).collect();
        match serde_urlencoded::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("/audit?{query}"),
            _ => "/audit".into(),
        }
    }
}

#[derive(Clone, Debug)]
pub enum AuditRow {
    Service {
        /// `svc_…`
        id: String,
        name: String,
        event: Box<ServiceEvent>,
    },
    Review {
        /// `rev_…`
        id: String,
        code: ReviewCode,
        /// What people write down there stands there alone.
        deed: DeedRow,
    },
    Setup {
        /// What the account or the channel was called.
        name: String,
        /// Where it is, for whoever may go there.
        href: Option<String>,
        row: SetupRow,
    },
    Webhook {
        href: Option<String>,
        deed: Deed,
    },
}

/// The message that names things of a kind.
pub fn kind_label(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Service => "audit-services",
        AuditKind::Review => "audit-reviews",
        AuditKind::Connection => "audit-connections",
        AuditKind::Channel => "audit-channels",
        AuditKind::Hours => "audit-hours",
        AuditKind::Webhook => "audit-webhooks",
    }
}

impl Audit {
    /// The message that says briefly what an item is there for.
    pub fn cause(&self, code: &ReviewCode) -> &'static str {
        cause_key(*code)
    }
}

impl Page for Audit {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let row = |minutes, origin, by: Option<&str>, what| AuditRow::Service {
            id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            name: "Damenschnitt".into(),
            event: Box::new(ServiceEvent {
                at: t.now - SignedDuration::from_mins(minutes),
                actor: Actor::of(origin),
                by: by.map(Into::into),
                about: None,
                what,
            }),
        };
        let fields = vec![
            ("price_cents".into(), "4900".into(), "5500".into()),
            ("duration_minutes".into(), "45".into(), "60".into()),
        ];
        let (setting, before, after) = (Setting::Title, "Schnitt".into(), "Damenschnitt".into());
        let name = Some("Katharina Morgenrot");
        let setup = |minutes, name: &str, deed| AuditRow::Setup {
            name: name.into(),
            href: None,
            row: SetupRow {
                at: t.now - SignedDuration::from_mins(minutes),
                by: "Katharina Morgenrot".into(),
                deed,
            },
        };
        let filter = TrailFilter { service: "svc_1".into(), ..TrailFilter::default() };
        Self {
            kinds: AuditKind::ALL
                .map(|kind| Choice::new(kind.as_str(), t.get(kind_label(kind)).to_string()))
                .into(),
            services: vec![Choice::new("svc_1", "Damenschnitt").selected(true)],
            people: vec![Choice::new("usr_1", "Katharina Morgenrot"), Choice::new("api", "API")],
            unread: Vec::new(),
            rows: vec![
                AuditRow::Review {
                    id: "rev_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
                    code: ReviewCode::Conflict,
                    deed: DeedRow {
                        at: t.now - SignedDuration::from_mins(2),
                        by: "Katharina Morgenrot".into(),
                        what: Handled::Chosen { choice: Decision::Theirs, reason: None },
                        to: None,
                    },
                },
                AuditRow::Webhook {
                    href: Some("/deliveries/dlv_1".into()),
                    deed: Deed {
                        at: t.now - SignedDuration::from_mins(3),
                        origin: Origin::Admin,
                        by: name.map(Into::into),
                        what: Done::Replayed(Effect::NoChange),
                    },
                },
                setup(3, "Prenzlauer Berg", SetupDeed::WebhookChecked { corrected: true }),
                setup(
                    4,
                    "#empfang",
                    SetupDeed::ChannelChanged { parts: vec![ChannelPart::Rules, ChannelPart::Quiet] },
                ),
                row(4, Origin::Admin, name, ServiceWhat::Taken { setting, before, after }),
                row(30, Origin::Admin, name, ServiceWhat::Changed { fields }),
                row(900, Origin::Api, Some("Kasse"), ServiceWhat::Created),
            ],
            pager: Pager { previous: None, next: Some(filter.page("after", "n1.2")) },
            filter,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let none = |filter| Self {
            rows: Vec::new(),
            pager: Pager::default(),
            filter,
            ..Self::sample(t.clone(), frame.clone())
        };
        let found = TrailFilter { who: "moon".into(), traffic: "1".into(), ..TrailFilter::default() };
        vec![none(TrailFilter::default()), Self { unread: vec!["who"], ..none(found) }]
    }
}
