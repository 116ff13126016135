//! `GET /services/{id}`: everything about one service: what it says, its event types, where Cal.com differs, and
//! what happened.

mod event;

use askama::Template;
use domain::Origin;
use domain::appointment::Actor;
use domain::catalogue::{ServiceWhat, Setting};
use domain::service::ServiceSync;
use jiff::{SignedDuration, Timestamp};

pub use event::{EventTypeOf, ServiceChange, ServiceEvent};

use super::{LinkTarget, services::sample_state};
use crate::{
    components::{AsChip, Chip, ServiceState, Tone, WorksBar},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/service.html")]
pub struct ServicePage {
    pub t: Translator,
    pub frame: Frame,
    /// `svc_…`
    pub id: String,
    pub name: String,
    pub version: i64,
    pub state: ServiceState,
    /// It is on no list any more; its history stays.
    pub deleted: bool,
    /// The reader may change it.
    pub can_change: bool,
    /// What it says, by the messages that name it; `None` is "nothing".
    pub facts: Vec<(&'static str, Option<String>)>,
    /// The stretches of work of a composite service.
    pub works: WorksBar,
    /// Who performs it, by name.
    pub staff: Vec<String>,
    pub event_types: Vec<EventTypeRow>,
    /// Those for whom an event type that is at Cal.com already can be chosen.
    pub linkable: Vec<LinkTarget>,
    pub divergences: Vec<DivergenceRow>,
    /// Newest first.
    pub events: Vec<ServiceEvent>,
}

/// One event type: of whom, where, and how it is.
#[derive(Clone, Debug)]
pub struct EventTypeRow {
    pub owner: Owner,
    /// The name of the account.
    pub connection: String,
    /// Cal.com's id, once it is known.
    pub event_type: Option<i64>,
    pub booking_url: Option<String>,
    pub chip: Chip,
    /// Differences that wait for a person.
    pub divergences: usize,
    /// Why it is not as it should be; a message.
    pub problem: Option<&'static str>,
    pub last_synced_at: Option<Timestamp>,
    /// After a failure.
    pub next_try_at: Option<Timestamp>,
}

/// Whose event type it is, and of which stretch of work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// `None`: a team, Cal.com chooses.
    pub staff: Option<String>,
    pub work: Option<String>,
}

impl Owner {
    pub fn words(&self, t: &Translator) -> String {
        let staff = self.staff.clone().unwrap_or_else(|| t.get("team").to_string());
        self.work.as_ref().map_or_else(|| staff.clone(), |work| format!("{staff} · {work}"))
    }
}

/// A field that was changed at Cal.com. Texts are in the reader's language; `None` is "nothing".
#[derive(Clone, Debug)]
pub struct DivergenceRow {
    /// Names the event type in forms.
    pub link: String,
    pub setting: Setting,
    pub label: &'static str,
    pub owner: Owner,
    pub ours: Option<String>,
    /// What both last said alike; `None` if they never did.
    pub shared: Option<Option<String>>,
    pub theirs: Option<String>,
    /// As it was seen, for the form: the answer is about this value and no other.
    pub theirs_as_seen: String,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// A person has said that it may stay.
    pub dismissed: bool,
    /// Why the service has no place for what Cal.com says; a message.
    pub cannot_take: Option<&'static str>,
}

impl ServicePage {
    pub fn href(&self) -> String {
        format!("/services/{}", self.id)
    }
}

impl Page for ServicePage {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let ago = |minutes| t.now - SignedDuration::from_mins(minutes);
        let owner = |name: &str| Owner { staff: Some(name.into()), work: None };
        let event_type = |name: &str, id, chip| EventTypeRow {
            owner: owner(name),
            connection: "Prenzlauer Berg".into(),
            event_type: id,
            booking_url: id.map(|id| format!("https://cal.example/morgenrot/{id}")),
            chip,
            divergences: usize::from(name == "Mira Hoffmann"),
            problem: None,
            last_synced_at: id.map(|_| ago(12)),
            next_try_at: None,
        };
        let divergence = |setting: Setting, label, ours: &str, theirs: &str, dismissed: bool| DivergenceRow {
            link: "lnk_1".into(),
            setting,
            label,
            owner: owner("Mira Hoffmann"),
            ours: Some(ours.into()),
            shared: (!dismissed).then(|| Some(ours.into())),
            theirs: Some(theirs.into()),
            theirs_as_seen: theirs.into(),
            first_seen_at: ago(200),
            last_seen_at: ago(5),
            dismissed,
            cannot_take: dismissed.then_some("cannot-take-unknown"),
        };
        let event = |minutes, origin, by: Option<&str>, what| ServiceEvent {
            at: ago(minutes),
            actor: Actor::of(origin),
            by: by.map(Into::into),
            about: matches!(what, ServiceWhat::Diverged { .. } | ServiceWhat::Tied { .. })
                .then(|| EventTypeOf { owner: owner("Mira Hoffmann"), connection: "Prenzlauer Berg".into() }),
            what,
        };
        let (ours, theirs) = ("Damenschnitt".to_owned(), "Damenschnitt (neu)".to_owned());
        let called = |outcome: &str, http_status, message: Option<&str>| ServiceWhat::Called {
            operation: "update".into(),
            settings: vec![Setting::Duration],
            outcome: outcome.into(),
            http_status,
            milliseconds: 412,
            message: message.map(Into::into),
        };
        let events = vec![
            event(
                5,
                Origin::System,
                None,
                ServiceWhat::Diverged { setting: Setting::Title, ours, theirs, since_tied: false },
            ),
            event(29, Origin::System, None, ServiceWhat::Sent { settings: vec![Setting::Duration] }),
            event(29, Origin::System, None, called("ok", Some(200), None)),
            event(30, Origin::System, None, called("invalid", Some(400), Some("length must be positive"))),
            event(
                31,
                Origin::Admin,
                Some("Katharina Morgenrot"),
                ServiceWhat::Changed {
                    fields: vec![
                        ("duration_minutes".into(), "45".into(), "60".into()),
                        ("description".into(), String::new(), "Waschen, schneiden, föhnen".into()),
                    ],
                },
            ),
            event(500, Origin::System, None, ServiceWhat::Tied { event_type_id: 4711 }),
            event(501, Origin::Api, Some("Kasse"), ServiceWhat::Created),
        ];
        Self {
            id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            name: "Damenschnitt".into(),
            version: 3,
            state: sample_state(ServiceSync::Synced, &t),
            deleted: false,
            can_change: true,
            facts: vec![
                ("setting-description", Some("Waschen, schneiden, föhnen".into())),
                ("duration", Some(t.minutes(&60))),
                ("price", Some(t.euros(&4_900))),
                ("setting-places", None),
            ],
            works: WorksBar::default(),
            staff: vec!["Mira Hoffmann".into(), "Jonas Weber".into()],
            event_types: vec![
                event_type("Mira Hoffmann", Some(4711), ServiceSync::Synced.chip()),
                event_type("Jonas Weber", None, ServiceSync::Pending.chip()),
            ],
            linkable: vec![LinkTarget {
                owner: owner("Mira Hoffmann"),
                href: "/services/svc_1/link/stf_1".into(),
            }],
            divergences: vec![
                divergence(Setting::Title, "setting-name", "Damenschnitt", "Damenschnitt (neu)", false),
                divergence(Setting::Places, "setting-places", "Kastanienallee 12", "Zoom", true),
            ],
            events,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let who = || vec!["Mira Hoffmann".to_owned()];
        let works = [("Färben", 45, 30, who()), ("Waschen und schneiden", 45, 0, who())];
        let sample = || Self::sample(t.clone(), frame.clone());
        let mut failed = Self {
            state: sample_state(ServiceSync::Error, &t),
            works: WorksBar::of(works),
            divergences: Vec::new(),
            ..sample()
        };
        for event_type in &mut failed.event_types {
            event_type.owner.work = Some("Färben".into());
            event_type.chip = Chip { tone: Tone::Bad, ..ServiceSync::Error.chip() };
            event_type.divergences = 0;
            event_type.problem = Some("problem-deleted");
            event_type.next_try_at = Some(t.now + SignedDuration::from_mins(5));
        }
        let deleted = Self {
            deleted: true,
            can_change: false,
            state: sample_state(ServiceSync::Never, &t),
            staff: Vec::new(),
            event_types: Vec::new(),
            linkable: Vec::new(),
            events: Vec::new(),
            divergences: Vec::new(),
            ..sample()
        };
        vec![failed, deleted]
    }
}
