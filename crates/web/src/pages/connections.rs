//! `GET /connections`: the Cal.com accounts, what each can do, how it is, and which event types stand
//! for which services; and what stops a connection for a while, and gets it going again. Connections are made by the command
//! `einklang connection add`.

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use store::SetupDeed;

use super::dashboard::ConnectionState;
use crate::{
    components::{AsChip, Chip, Field, FieldError, Run, SetupRow, Tone},
    frame::{Frame, Page, Section},
    i18n::{Text, Translator},
};

#[derive(Template)]
#[template(path = "pages/connections.html")]
pub struct Connections {
    pub t: Translator,
    pub frame: Frame,
    pub connections: Vec<Connection>,
    /// The reader may enter keys and set connections going again.
    pub can_change: bool,
    /// Names of active services that no event type stands for.
    pub unlinked: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Connection {
    /// Anchor on this page.
    pub id: String,
    pub name: String,
    /// Who Cal.com says it is: name and address.
    pub account: String,
    pub base_url: String,
    pub state: ConnectionState,
    pub webhook: WebhookState,
    pub capabilities: Vec<Capability>,
    pub links: Vec<EventTypeLink>,
    pub budget_used: u32,
    pub budget_limit: u32,
    pub waiting: u64,
    /// Webhooks that wait to be processed.
    pub webhooks_waiting: u64,
    /// What people did to it, the last first.
    pub history: Vec<SetupRow>,
    pub last_webhook_at: Option<Timestamp>,
    pub last_answer_at: Option<Timestamp>,
    /// When all of its bookings were last compared, and with what result.
    pub verified: Option<Run>,
    pub connected_at: Timestamp,
    /// What is wrong with the key that was entered; keys are never shown again.
    pub key: Field,
}

impl Connection {
    /// Why nothing happens until somebody sets it going again.
    pub fn stopped<'l>(&self, t: &'l Translator) -> Option<Text<'l>> {
        match self.state {
            ConnectionState::Unauthorized => Some(t.get("unauthorized-text")),
            ConnectionState::Paused => {
                Some(t.get("paused-text").arg("changes", self.waiting).arg("webhooks", self.webhooks_waiting))
            }
            ConnectionState::Braked => Some(t.get("braked-text")),
            ConnectionState::Healthy | ConnectionState::Throttled | ConnectionState::Unreachable => None,
        }
    }

    /// A person has stopped it, which is nothing bad.
    pub fn is_paused(&self) -> bool {
        self.state == ConnectionState::Paused
    }

    /// What it means that its webhooks do not come, where that can be put right; a message.
    pub fn webhook_text(&self) -> Option<&'static str> {
        match self.webhook {
            _ if self.state == ConnectionState::Unauthorized => None,
            WebhookState::Registered => None,
            WebhookState::Silent => Some("webhook-silent-text"),
            WebhookState::Missing => Some("webhook-missing-text"),
        }
    }

    /// The id of the field for a key.
    pub fn key_id(&self) -> String {
        format!("key-{}", self.id)
    }

    /// Whether the form for a key is there without being asked for.
    pub fn asks_for_key(&self) -> bool {
        self.state == ConnectionState::Unauthorized || self.key.error.is_some()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookState {
    Registered,
    /// A change was made that none told of, and none has come since.
    Silent,
    /// Cal.com cannot reach this installation's public address, or refused it.
    Missing,
}

impl AsChip for WebhookState {
    fn chip(&self) -> Chip {
        match self {
            Self::Registered => Chip { tone: Tone::Good, icon: "check", label: "webhook-registered" },
            Self::Silent => Chip { tone: Tone::Bad, icon: "alert", label: "webhook-silent" },
            Self::Missing => Chip { tone: Tone::Bad, icon: "alert", label: "webhook-missing" },
        }
    }
}

/// Something that this account can or cannot do, as found when it was connected.
#[derive(Clone, Copy, Debug)]
pub struct Capability {
    pub kind: CapabilityKind,
    pub available: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapabilityKind {
    Bookings,
    EventTypes,
    Slots,
    Webhooks,
    Teams,
    Reassign,
}

impl CapabilityKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Bookings => "capability-bookings",
            Self::EventTypes => "capability-event-types",
            Self::Slots => "capability-slots",
            Self::Webhooks => "capability-webhooks",
            Self::Teams => "capability-teams",
            Self::Reassign => "capability-reassign",
        }
    }
}

#[derive(Clone, Debug)]
pub struct EventTypeLink {
    pub service: String,
    /// `None`: a team event type, Cal.com chooses.
    pub staff: Option<String>,
    /// Cal.com's id.
    pub event_type: i64,
}

impl Page for Connections {
    const SECTION: Option<Section> = Some(Section::Connections);
    const LIVE: bool = true;

    fn is_live(&self) -> bool {
        self.connections.iter().all(|connection| connection.key.error.is_none())
    }

    fn sample(t: Translator, frame: Frame) -> Self {
        use CapabilityKind as C;
        let row = |by: &str, minutes, deed| SetupRow {
            at: t.now - SignedDuration::from_mins(minutes),
            by: by.into(),
            deed,
        };
        let ago = |minutes| Some(t.now - SignedDuration::from_mins(minutes));
        let capabilities = |team| {
            let all = [C::Bookings, C::EventTypes, C::Slots, C::Webhooks, C::Teams, C::Reassign];
            all.map(|kind| Capability { kind, available: team || !matches!(kind, C::Teams | C::Reassign) })
                .into()
        };
        let link = |service: &str, staff: Option<&str>, event_type| EventTypeLink {
            service: service.into(),
            staff: staff.map(Into::into),
            event_type,
        };
        let first = Connection {
            id: "prenzlauer-berg".into(),
            name: "Prenzlauer Berg".into(),
            account: "salon-morgenrot (berlin@salon-morgenrot.example)".into(),
            base_url: "https://api.cal.eu".into(),
            state: ConnectionState::Healthy,
            webhook: WebhookState::Registered,
            capabilities: capabilities(true),
            links: vec![
                link("Damenschnitt", Some("Mira Hoffmann"), 4711),
                link("Damenschnitt", Some("Lea Brandt"), 4712),
                link("Strähnen", None, 4720),
            ],
            budget_used: 34,
            budget_limit: 120,
            waiting: 0,
            webhooks_waiting: 0,
            history: vec![
                row("Katharina Morgenrot", 24 * 60, SetupDeed::KeyReplaced),
                row("System: einklang connection", 25 * 60, SetupDeed::WebhookChecked { corrected: true }),
            ],
            last_webhook_at: ago(2),
            last_answer_at: ago(1),
            verified: Run::samples(t.now).into_iter().nth(1),
            connected_at: t.now - SignedDuration::from_hours(24 * 40),
            key: Field::default(),
        };
        let second = Connection {
            id: "neukoelln".into(),
            name: "Neukölln".into(),
            account: "morgenrot-neukoelln (sonnenallee@salon-morgenrot.example)".into(),
            base_url: "https://termine.salon-morgenrot.example".into(),
            state: ConnectionState::Unauthorized,
            webhook: WebhookState::Missing,
            capabilities: capabilities(false),
            links: vec![link("Herrenschnitt", Some("Selin Kaya"), 12)],
            budget_used: 0,
            waiting: 7,
            last_webhook_at: None,
            verified: None,
            key: Field::wrong(
                "",
                FieldError::OtherAccount { account: "mira@salon-morgenrot.example".into() },
            ),
            ..first.clone()
        };
        Self {
            connections: vec![first, second],
            can_change: true,
            unlinked: vec!["Bart & Kontur".into(), "Balayage".into()],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let read_only = Self { can_change: false, ..Self::sample(t.clone(), frame.clone()) };
        let mut paused = Self::sample(t.clone(), frame.clone());
        for connection in &mut paused.connections {
            connection.state = ConnectionState::Paused;
            connection.webhooks_waiting = 3;
            let (by, deed) = ("Katharina Morgenrot".to_owned(), SetupDeed::Paused);
            connection.history.insert(0, SetupRow { at: t.now - SignedDuration::from_mins(25), by, deed });
            connection.key = Field::default();
        }
        paused.connections[0].webhook = WebhookState::Silent;
        let mut braked = Self::sample(t.clone(), frame.clone());
        for connection in &mut braked.connections {
            connection.state = ConnectionState::Braked;
        }
        vec![
            braked,
            paused,
            read_only,
            Self { connections: Vec::new(), unlinked: Vec::new(), ..Self::sample(t, frame) },
        ]
    }
}
