//! `GET /`: is anything wrong, what, and where to go. Counts come in, the verdict is derived.

use askama::Template;
use domain::review::{ReviewCode, Severity};
use domain::{Origin, SyncStatus};
use jiff::{SignedDuration, Timestamp};
use store::Waiting;

use crate::{
    components::{AppointmentRow, AsChip, Chip, Course, Run, Tone, cause_key, needs_person, severity},
    frame::{Frame, Page, Section},
    i18n::{Text, Translator},
};

#[derive(Template)]
#[template(path = "pages/dashboard.html")]
pub struct Dashboard {
    pub t: Translator,
    pub frame: Frame,
    pub counts: SyncCounts,
    pub questions: Questions,
    /// Most urgent first.
    pub attention: Vec<Attention>,
    pub today: Today,
    pub connections: Vec<ConnectionHealth>,
    /// How well it went lately, for those who see the connections.
    pub course: Option<Course>,
    /// Shown until every step is done, or an admin does not want it any more.
    pub setup: Vec<SetupItem>,
    /// The reader may take the list of steps away.
    pub can_hide_setup: bool,
    /// Some of it is left, and was hidden.
    pub setup_hidden: bool,
}

/// Appointments per sync status; a status that is not named has none.
#[derive(Clone, Debug, Default)]
pub struct SyncCounts(pub Vec<(SyncStatus, u64)>);

impl SyncCounts {
    pub fn of(&self, status: SyncStatus) -> u64 {
        self.0.iter().filter(|(known, _)| *known == status).map(|(_, count)| count).sum()
    }

    /// Everything that has a counterpart at Cal.com, or should have.
    pub fn total(&self) -> u64 {
        self.sum(|status| status != SyncStatus::NotConnected)
    }

    fn need_person(&self) -> u64 {
        self.sum(needs_person)
    }

    fn sum(&self, counts: impl Fn(SyncStatus) -> bool) -> u64 {
        self.0.iter().filter(|(status, _)| counts(*status)).map(|(_, count)| count).sum()
    }
}

/// The questions that are open, by cause.
#[derive(Clone, Debug, Default)]
pub struct Questions(pub Vec<Waiting>);

impl Questions {
    /// How many wait for somebody.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|of| of.count).sum()
    }

    fn urgent(&self) -> u64 {
        self.0.iter().filter(|of| of.code.severity() == Severity::Critical).map(|of| of.count).sum()
    }

    fn oldest(&self) -> Option<Timestamp> {
        self.0.iter().filter_map(|of| of.oldest).min()
    }

    pub fn put_off(&self) -> u64 {
        self.0.iter().map(|of| of.put_off).sum()
    }

    /// Bookings at Cal.com without an appointment here.
    fn only_there(&self) -> u64 {
        let of_these = self.0.iter().filter(|of| of.code == ReviewCode::UnknownBooking);
        of_these.map(|of| of.count + of.put_off).sum()
    }
}

/// A number with its name, and the list that it counts.
#[derive(Clone, Debug)]
pub struct Tile {
    pub chip: Chip,
    pub count: u64,
    pub href: String,
    /// Since when the first of them has waited, where that is told.
    pub oldest: Option<Timestamp>,
}

/// One line of "needs attention" and the page that settles it.
#[derive(Clone, Debug)]
pub struct Attention {
    pub kind: AttentionKind,
    pub href: String,
    /// The first appointment that it concerns.
    pub next_at: Option<Timestamp>,
}

impl Attention {
    /// The questions of one cause, and the part of the queue where they are.
    pub fn of(waiting: &Waiting) -> Self {
        Self {
            kind: AttentionKind::Questions { code: waiting.code, count: waiting.count },
            href: format!("/reviews?cause={}", waiting.code.as_str()),
            next_at: waiting.next_at,
        }
    }

    pub fn put_off(count: u64) -> Self {
        Self { kind: AttentionKind::PutOff { count }, href: "/reviews?state=snoozed".into(), next_at: None }
    }

    pub fn on_connections(kind: AttentionKind) -> Self {
        Self { kind, href: "/connections".into(), next_at: None }
    }
}

#[derive(Clone, Debug)]
pub enum AttentionKind {
    /// So many questions of one cause wait for a person.
    Questions { code: ReviewCode, count: u64 },
    /// So many questions were put off.
    PutOff { count: u64 },
    /// Cal.com refuses the key of this connection.
    Unauthorized { connection: String },
    /// Unusually many appointments were lost at Cal.com.
    Braked { connection: String },
    /// Cal.com does not answer.
    Unreachable { connection: String },
    /// Somebody has stopped the synchronisation.
    Paused { connection: String },
    /// Bookings change at Cal.com, but no webhook says so.
    WebhooksSilent { connection: String },
    /// Services without an event type cannot be booked.
    UnlinkedServices { count: u64 },
}

impl AttentionKind {
    pub fn tone(&self) -> Tone {
        match self {
            Self::Questions { code, .. } => severity(code.severity()).tone,
            Self::Unauthorized { .. } | Self::Braked { .. } | Self::Unreachable { .. } => Tone::Bad,
            Self::WebhooksSilent { .. } | Self::UnlinkedServices { .. } => Tone::Wait,
            Self::PutOff { .. } | Self::Paused { .. } => Tone::Neutral,
        }
    }

    pub fn icon(&self) -> &'static str {
        match self {
            Self::Questions { code, .. } => severity(code.severity()).icon,
            Self::PutOff { .. } => "clock",
            Self::Unauthorized { .. } => "plug",
            Self::Braked { .. } => "alert",
            Self::Unreachable { .. } => "cloud-off",
            Self::Paused { .. } => "pause",
            Self::WebhooksSilent { .. } => "bell",
            Self::UnlinkedServices { .. } => "service",
        }
    }

    pub fn text<'l>(&self, t: &'l Translator) -> Text<'l> {
        match self {
            Self::Questions { code, count } => t
                .get("attention-questions")
                .arg("cause", t.get(cause_key(*code)).to_string())
                .arg("count", count),
            Self::PutOff { count } => t.get("attention-put-off").arg("count", count),
            Self::Unauthorized { connection } => {
                t.get("attention-unauthorized").arg("connection", connection)
            }
            Self::Braked { connection } => t.get("attention-braked").arg("connection", connection),
            Self::Unreachable { connection } => t.get("attention-unreachable").arg("connection", connection),
            Self::Paused { connection } => t.get("attention-paused").arg("connection", connection),
            Self::WebhooksSilent { connection } => t.get("attention-silent").arg("connection", connection),
            Self::UnlinkedServices { count } => t.get("attention-unlinked").arg("count", count),
        }
    }
}

/// Calls and bookings since midnight, in the company's zone.
#[derive(Clone, Debug, Default)]
pub struct Today {
    pub calls: u64,
    /// Calls that ended in an appointment.
    pub calls_booked: u64,
    /// New appointments by where they came from; origins without any may be left out.
    pub booked: Vec<(Origin, u64)>,
    /// What is still to come today, soonest first.
    pub upcoming: Vec<AppointmentRow>,
}

impl Today {
    pub fn booked_total(&self) -> u64 {
        self.booked.iter().map(|(_, count)| count).sum()
    }
}

#[derive(Clone, Debug)]
pub struct ConnectionHealth {
    pub name: String,
    pub href: String,
    pub state: ConnectionState,
    /// Requests of the running minute, of how many allowed.
    pub budget_used: u32,
    pub budget_limit: u32,
    /// Changes that wait to be sent.
    pub waiting: u64,
    pub last_webhook_at: Option<Timestamp>,
    pub last_answer_at: Option<Timestamp>,
    /// When all of its bookings were last compared, and with what result.
    pub verified: Option<Run>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    Healthy,
    /// Cal.com asked for silence; work goes on by itself.
    Throttled,
    /// Cal.com does not answer; work goes on by itself as soon as it does.
    Unreachable,
    /// The key is refused: a person has to connect anew.
    Unauthorized,
    /// Switched off by a person; changes are collected.
    Paused,
    /// Unusually many appointments were lost at Cal.com: a person has to look before it goes on.
    Braked,
}

impl ConnectionState {
    /// Whether it goes on only after a person has done something.
    pub fn needs_person(self) -> bool {
        matches!(self, Self::Unauthorized | Self::Braked)
    }
}

impl AsChip for ConnectionState {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Healthy => (Tone::Good, "check", "connection-healthy"),
            Self::Throttled => (Tone::Wait, "clock", "connection-throttled"),
            Self::Unreachable => (Tone::Bad, "cloud-off", "connection-unreachable"),
            Self::Unauthorized => (Tone::Bad, "alert", "connection-unauthorized"),
            Self::Paused => (Tone::Neutral, "pause", "connection-paused"),
            Self::Braked => (Tone::Bad, "alert", "connection-braked"),
        };
        Chip { tone, icon, label }
    }
}

/// A step of the setting up, as the software itself can tell whether it is done.
#[derive(Clone, Debug)]
pub struct SetupItem {
    pub step: SetupStep,
    pub done: bool,
    /// Where it is done, unless a command does it or the reader may not.
    pub href: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupStep {
    Branch,
    Staff,
    Connect,
    Services,
    Verified,
    Told,
    Phone,
}

impl SetupStep {
    /// In the order in which they are done.
    pub const ALL: [Self; 7] =
        [Self::Branch, Self::Staff, Self::Connect, Self::Services, Self::Verified, Self::Told, Self::Phone];

    pub fn label(self) -> &'static str {
        match self {
            Self::Branch => "setup-branch",
            Self::Staff => "setup-staff",
            Self::Connect => "setup-connect",
            Self::Services => "setup-services",
            Self::Verified => "setup-verified",
            Self::Told => "setup-told",
            Self::Phone => "setup-phone",
        }
    }

    /// The page on which it is done.
    pub fn page(self) -> Option<&'static str> {
        match self {
            Self::Connect => Some("/connections"),
            Self::Services => Some("/services"),
            Self::Verified => Some("/verifications"),
            Self::Told => Some("/notifications/settings"),
            Self::Branch | Self::Staff | Self::Phone => None,
        }
    }

    /// The command that does it, where no page can.
    pub fn command(self) -> Option<&'static str> {
        match self {
            Self::Branch => Some("einklang branch create"),
            Self::Staff => Some("einklang staff create"),
            Self::Connect => Some("einklang connection add"),
            Self::Phone => Some("einklang agent create"),
            Self::Services | Self::Verified | Self::Told => None,
        }
    }
}

impl Dashboard {
    /// Good, on its way, or in need of a person.
    pub fn verdict_tone(&self) -> Tone {
        let (counts, questions) = (&self.counts, &self.questions);
        let is_bad = questions.urgent() > 0
            || (questions.count() > 0 && counts.need_person() > 0)
            || self.connections.iter().any(|c| c.state.needs_person());
        let is_done = questions.count() + questions.put_off() == 0
            && counts.of(SyncStatus::Synced) == counts.total()
            && self.connections.iter().all(|c| c.state == ConnectionState::Healthy);
        match (is_bad, is_done) {
            (true, _) => Tone::Bad,
            (_, false) => Tone::Wait,
            (_, true) if counts.total() == 0 => Tone::Neutral,
            (_, true) => Tone::Good,
        }
    }

    /// How many appointments agree. Only where nothing else is wrong is that all there is to say.
    pub fn verdict(&self) -> Text<'_> {
        let (total, synced) = (self.counts.total(), self.counts.of(SyncStatus::Synced));
        let text = match self.counts.of(SyncStatus::Pending) {
            _ if total == 0 => return self.t.get("verdict-empty"),
            _ if self.verdict_tone() == Tone::Good => self.t.get("verdict-good"),
            _ if synced == total => self.t.get("verdict-agree"),
            0 => self.t.get("verdict-some"),
            pending => self.t.get("verdict-pending").arg("pending", pending),
        };
        text.arg("synced", synced).arg("total", total)
    }

    /// What waits for a person, if anything does.
    pub fn verdict_questions(&self) -> Option<Text<'_>> {
        let (count, urgent) = (self.questions.count(), self.questions.urgent());
        let text = || self.t.get("verdict-questions").arg("count", count).arg("urgent", urgent);
        (count > 0).then(text)
    }

    /// The numbers at a glance: "not connected" only where there is any.
    pub fn tiles(&self) -> Vec<Tile> {
        let (counts, questions) = (&self.counts, &self.questions);
        let status = |status: SyncStatus| Tile {
            chip: status.chip(),
            count: counts.of(status),
            href: format!("/appointments?sync={}", status.as_str()),
            oldest: None,
        };
        let urgency = if questions.urgent() > 0 { Severity::Critical } else { Severity::Warning };
        let waiting = Tile {
            chip: Chip { tone: severity(urgency).tone, icon: "review", label: "nav-reviews" },
            count: questions.count(),
            href: "/reviews".into(),
            oldest: questions.oldest(),
        };
        let only_there = Tile {
            chip: Chip { tone: Tone::Bad, icon: "unlink", label: "sync-orphaned-calcom" },
            count: questions.only_there(),
            href: format!("/reviews?cause={}", ReviewCode::UnknownBooking.as_str()),
            oldest: None,
        };
        let mut tiles = vec![status(SyncStatus::Synced), status(SyncStatus::Pending), waiting];
        tiles.extend([SyncStatus::Failed, SyncStatus::Conflict, SyncStatus::OrphanedLocal].map(status));
        tiles.push(only_there);
        tiles.extend(Some(status(SyncStatus::NotConnected)).filter(|tile| tile.count > 0));
        tiles
    }

    pub fn setup_done(&self) -> usize {
        self.setup.iter().filter(|item| item.done).count()
    }

    pub fn is_set_up(&self) -> bool {
        self.setup_done() == self.setup.len()
    }
}

impl Page for Dashboard {
    const SECTION: Option<Section> = Some(Section::Dashboard);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let now = t.now;
        let minutes_ago = |minutes| Some(now - SignedDuration::from_mins(minutes));
        let waiting = |code, count, minutes, hours| Waiting {
            code,
            count,
            oldest: minutes_ago(minutes),
            next_at: Some(now + SignedDuration::from_hours(hours)),
            put_off: 0,
        };
        let questions = Questions(vec![
            waiting(ReviewCode::Overlap, 2, 190, 3),
            waiting(ReviewCode::Conflict, 1, 3, 5),
            waiting(ReviewCode::UnknownBooking, 1, 90, 30),
            waiting(ReviewCode::RetriesUsedUp, 1, 1_500, 7),
            Waiting { next_at: None, ..waiting(ReviewCode::Divergence, 1, 200, 0) },
        ]);
        let connection = |name: &str, state, used, waiting, webhook| ConnectionHealth {
            name: name.into(),
            href: "/connections".into(),
            state,
            budget_used: used,
            budget_limit: 120,
            waiting,
            last_webhook_at: webhook,
            last_answer_at: minutes_ago(1),
            verified: Run::samples(now).into_iter().nth(if waiting == 0 { 2 } else { 1 }),
        };
        Self {
            counts: SyncCounts(vec![
                (SyncStatus::Synced, 1_281),
                (SyncStatus::Pending, 2),
                (SyncStatus::Failed, 1),
                (SyncStatus::Conflict, 1),
                (SyncStatus::OrphanedLocal, 1),
            ]),
            attention: [Attention::on_connections(AttentionKind::Unauthorized {
                connection: "Neukölln".into(),
            })]
            .into_iter()
            .chain(questions.0.iter().map(Attention::of))
            .chain([
                Attention::put_off(2),
                Attention::on_connections(AttentionKind::UnlinkedServices { count: 2 }),
            ])
            .collect(),
            questions,
            today: Today {
                calls: 14,
                calls_booked: 6,
                booked: vec![(Origin::Phone, 6), (Origin::Calcom, 3), (Origin::Admin, 2)],
                upcoming: AppointmentRow::samples(now)
                    .into_iter()
                    .filter(|row| row.starts_at > now)
                    .take(4)
                    .collect(),
            },
            connections: vec![
                connection("Prenzlauer Berg", ConnectionState::Healthy, 34, 0, minutes_ago(2)),
                connection("Neukölln", ConnectionState::Unauthorized, 0, 7, minutes_ago(1_610)),
            ],
            course: Some(Course::sample(&t)),
            setup: SetupStep::ALL
                .map(|step| SetupItem {
                    step,
                    done: !matches!(step, SetupStep::Verified | SetupStep::Phone),
                    href: step.page(),
                })
                .into(),
            can_hide_setup: true,
            setup_hidden: false,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let setup = SetupStep::ALL.map(|step| SetupItem { step, done: false, href: None });
        let empty = Self {
            counts: SyncCounts::default(),
            questions: Questions::default(),
            attention: Vec::new(),
            today: Today::default(),
            connections: Vec::new(),
            course: None,
            setup: setup.into(),
            can_hide_setup: false,
            ..Self::sample(t.clone(), frame.clone())
        };
        let sample = Self::sample(t, frame);
        let good = Self {
            counts: SyncCounts(vec![(SyncStatus::Synced, 1_287), (SyncStatus::NotConnected, 3)]),
            questions: Questions::default(),
            attention: Vec::new(),
            connections: sample.connections.iter().take(1).cloned().collect(),
            setup: Vec::new(),
            setup_hidden: true,
            ..sample
        };
        vec![empty, good]
    }
}
