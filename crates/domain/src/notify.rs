//! Notifications: what people are told of, whom, where and when.
//!
//! An *occurrence* is a fact that somebody may want to hear of. It is gathered into *messages*: one for each recipient,
//! to which whatever else happens is added until it goes. So an outage is one message and not four hundred. When a
//! message goes is one rule ([`goes_at`]), asked when it is begun, when something is added, and once more before it is
//! sent.
//!
//! A message holds codes, counts and ids. There is no text in it that a person or Cal.com wrote, so no name, address or
//! number of a customer can be told by it; words are given to it where it is read.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::people::Role;
use crate::review::{ReviewCode, Severity};
use crate::{ChannelId, CompanyId, ConnectionId, InvalidId, ReviewId, VerificationId};

mod rules;

pub use rules::{Draft, Recipient, closes_at, goes_at, take_in};

/// Seconds of a day.
const DAY: i64 = 24 * 3600;
/// Subjects that a line names; of more it knows the number.
const NAMED: usize = 20;

/// What rules are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A question was opened that cannot wait.
    UrgentQuestion,
    /// A question was opened.
    Question,
    /// A verification has left findings to people.
    Differences,
    /// An account was stopped: its key is not accepted, or too much was lost at once.
    ConnectionStopped,
    /// Cal.com does not answer.
    Unreachable,
    /// Cal.com answers again.
    Reachable,
    /// A change was made at Cal.com that no webhook told of.
    WebhookSilent,
    /// An event type says something else than the service.
    ServiceDiffers,
    /// Many calls to Cal.com fail.
    FailureRate,
    /// A message could not be delivered.
    Undelivered,
    /// Somebody tries a channel.
    Test,
}

impl Event {
    /// All that rules name, in the order in which people see them.
    pub const ALL: [Self; 10] = [
        Self::UrgentQuestion,
        Self::Question,
        Self::Differences,
        Self::ConnectionStopped,
        Self::WebhookSilent,
        Self::Unreachable,
        Self::Reachable,
        Self::FailureRate,
        Self::ServiceDiffers,
        Self::Undelivered,
    ];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UrgentQuestion => "urgent_question",
            Self::Question => "question",
            Self::Differences => "differences",
            Self::ConnectionStopped => "connection_stopped",
            Self::Unreachable => "unreachable",
            Self::Reachable => "reachable",
            Self::WebhookSilent => "webhook_silent",
            Self::ServiceDiffers => "service_differs",
            Self::FailureRate => "failure_rate",
            Self::Undelivered => "undelivered",
            Self::Test => "test",
        }
    }

    /// Whether it goes at once, at night too.
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::UrgentQuestion | Self::ConnectionStopped | Self::Test)
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A question to people was opened.
    Question(ReviewCode),
    /// A verification has left findings to people.
    Differences,
    /// Cal.com does not accept the key.
    Unauthorized,
    /// So much was lost at once that the account waits for a person.
    Braked,
    /// Cal.com does not answer.
    Unreachable,
    /// It does again.
    Reachable,
    /// Cal.com has stopped to tell of changes.
    WebhookSilent,
    /// Many calls fail.
    FailureRate,
    /// A message could not be delivered.
    Undelivered,
    /// Somebody tries a channel.
    Test,
}

impl What {
    /// Those without a code of their own.
    const PLAIN: [Self; 9] = [
        Self::Differences,
        Self::Unauthorized,
        Self::Braked,
        Self::Unreachable,
        Self::Reachable,
        Self::WebhookSilent,
        Self::FailureRate,
        Self::Undelivered,
        Self::Test,
    ];

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        ReviewCode::ALL.into_iter().map(Self::Question).chain(Self::PLAIN)
    }

    /// Which rule it falls under.
    pub fn event(self) -> Event {
        match self {
            Self::Question(ReviewCode::Divergence | ReviewCode::EventType) => Event::ServiceDiffers,
            Self::Question(code) if code.severity() == Severity::Critical => Event::UrgentQuestion,
            Self::Question(_) => Event::Question,
            Self::Differences => Event::Differences,
            Self::Unauthorized | Self::Braked => Event::ConnectionStopped,
            Self::Unreachable => Event::Unreachable,
            Self::Reachable => Event::Reachable,
            Self::WebhookSilent => Event::WebhookSilent,
            Self::FailureRate => Event::FailureRate,
            Self::Undelivered => Event::Undelivered,
            Self::Test => Event::Test,
        }
    }

    /// The stored and documented name; that of a question is its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Question(code) => code.as_str(),
            Self::Differences => "differences",
            Self::Unauthorized => "unauthorized",
            Self::Braked => "braked",
            Self::Unreachable => "unreachable",
            Self::Reachable => "reachable",
            Self::WebhookSilent => "webhook_silent",
            Self::FailureRate => "failure_rate",
            Self::Undelivered => "undelivered",
            Self::Test => "test",
        }
    }

    /// What a name stands for.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|what| what.as_str() == name)
    }
}

impl Serialize for What {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for What {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom("not something that happens"))
    }
}

/// What it happened to: leads to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A question to people.
    Review(ReviewId),
    /// An account at Cal.com.
    Connection(ConnectionId),
    /// A run of verification.
    Verification(VerificationId),
    /// The whole company.
    Company(CompanyId),
    /// A way to tell people.
    Channel(ChannelId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Review(id) => id.fmt(f),
            Self::Connection(id) => id.fmt(f),
            Self::Verification(id) => id.fmt(f),
            Self::Company(id) => id.fmt(f),
            Self::Channel(id) => id.fmt(f),
        }
    }
}

impl FromStr for Subject {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.split_once('_').map_or("", |(prefix, _)| prefix) {
            ConnectionId::PREFIX => text.parse().map(Self::Connection),
            VerificationId::PREFIX => text.parse().map(Self::Verification),
            CompanyId::PREFIX => text.parse().map(Self::Company),
            ChannelId::PREFIX => text.parse().map(Self::Channel),
            _ => text.parse().map(Self::Review),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// What.
    pub what: What,
    /// To what.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
    /// How often, where one fact stands for many: the findings of a verification.
    pub count: u32,
}

impl Occurrence {
    /// It happened once.
    pub fn once(what: What, subject: Subject, at: Timestamp) -> Self {
        Self { what, subject, at, count: 1 }
    }
}

/// What a message says of one kind of thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub what: What,
    /// To how many.
    pub count: u64,
    /// To what, the first of them.
    pub subjects: Vec<Subject>,
    /// When first.
    pub first_at: Timestamp,
    /// When last.
    pub last_at: Timestamp,
}

impl Line {
    /// The only thing it is about, if it is one.
    pub fn only(&self) -> Option<Subject> {
        match *self.subjects {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// Adds something that happened to what a message says. What happens to the same thing again is told once.
pub fn add(lines: &mut Vec<Line>, occurrence: &Occurrence) {
    let Occurrence { what, subject, at, count } = *occurrence;
    let Some(line) = lines.iter_mut().find(|line| line.what == what) else {
        let count = u64::from(count);
        return lines.push(Line { what, count, subjects: vec![subject], first_at: at, last_at: at });
    };
    if !line.subjects.contains(&subject) {
        line.count += u64::from(count);
        if line.subjects.len() < NAMED {
            line.subjects.push(subject);
        }
    }
    line.first_at = line.first_at.min(at);
    line.last_at = line.last_at.max(at);
}

/// Where people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// Behind the bell of the pages. There is one.
    App,
    /// By e-mail to those who sign in. There is one.
    Email,
    /// An address that takes `{"text": …}`: Slack, Mattermost, Rocket.Chat.
    Slack,
    /// An address that takes `{"content": …}`.
    Discord,
}

impl ChannelKind {
    /// All.
    pub const ALL: [Self; 4] = [Self::App, Self::Email, Self::Slack, Self::Discord];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Email => "email",
            Self::Slack => "slack",
            Self::Discord => "discord",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether people are told one by one, and not a room of them.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::App | Self::Email)
    }
}

/// A way to tell people, and its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Which.
    pub id: ChannelId,
    /// Where.
    pub kind: ChannelKind,
    /// The name that admins gave it; empty where there is only one of the kind.
    pub name: String,
    /// Whether anybody is told by it.
    pub active: bool,
    /// What is told, and the weakest role that is told; who is not asked for a role is in the room.
    pub rules: BTreeMap<Event, Role>,
    /// When nothing goes that can wait.
    pub quiet: Option<Quiet>,
    /// For how long a message is gathered, in minutes: 0 to [`Channel::LONGEST_GATHERING`].
    pub gather_minutes: u8,
}

impl Channel {
    /// What happened is told within five minutes.
    pub const LONGEST_GATHERING: u8 = 4;

    /// The channels of a company that says nothing else: everybody is told behind the bell, admins by e-mail.
    pub fn usual(kind: ChannelKind) -> Self {
        use Event as E;
        let rules: BTreeMap<_, _> = match kind {
            ChannelKind::App => E::ALL
                .into_iter()
                .map(|event| match event {
                    E::UrgentQuestion | E::Question => (event, Role::Staff),
                    E::Undelivered => (event, Role::Admin),
                    _ => (event, Role::Manager),
                })
                .collect(),
            _ => E::ALL
                .into_iter()
                .filter(|event| *event != E::Undelivered)
                .map(|e| (e, Role::Admin))
                .collect(),
        };
        let id = ChannelId(uuid::Uuid::from_u128(match kind {
            ChannelKind::App => 1,
            _ => 2,
        }));
        Self { id, kind, name: String::new(), active: true, rules, quiet: None, gather_minutes: 2 }
    }

    /// Whether this is told here to somebody of a role; to the room if there is none.
    pub fn tells(&self, event: Event, role: Option<Role>) -> bool {
        // What says that messages do not arrive must not travel the same way.
        let arrives = event != Event::Undelivered || self.kind == ChannelKind::App;
        let meant = |least: &Role| role.is_none_or(|role| role >= *least);
        self.active && arrives && self.rules.get(&event).is_some_and(meant)
    }
}

/// Quiet hours, by the clock of the company; over midnight if they end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// The first minute that is quiet.
    pub from: Time,
    /// The first that is not.
    pub to: Time,
}

impl Quiet {
    /// Whether it is quiet at an instant.
    pub fn covers(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let time = zone.to_datetime(at).time();
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }

    /// When the quiet that covers an instant ends.
    pub fn end(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let clock = zone.to_datetime(at);
        let on = |day: Date| zone.to_timestamp(day.to_datetime(self.to)).ok();
        // An hour that the clock shows twice has two ends; the one that comes next counts.
        let left = self.to.duration_since(clock.time()).as_secs().rem_euclid(DAY);
        let by_minutes = at.saturating_add(SignedDuration::from_secs(left)).unwrap_or(at);
        let ends = [on(clock.date()), clock.date().tomorrow().ok().and_then(on), Some(by_minutes)];
        let ends = ends.into_iter().flatten().filter(|end| *end > at && !self.covers(*end, zone));
        ends.min().unwrap_or(by_minutes)
    }
}

/// Why a message could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The installation sends no e-mail.
    NoMail,
    /// Nobody answered, or too late.
    Unreachable,
    /// The answer was no, with this status.
    Refused(u16),
    /// The address is none that messages may be sent to.
    Address,
    /// The channel or the recipient is gone.
    Gone,
    /// What is stored of it cannot be read.
    Unreadable,
}

impl Problem {
    /// The stored and documented name, without the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMail => "no_mail",
            Self::Unreachable => "unreachable",
            Self::Refused(_) => "refused",
            Self::Address => "address",
            Self::Gone => "gone",
            Self::Unreadable => "unreadable",
        }
    }

    /// What a name, with the status behind it, stands for.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.split_once(' ') {
            Some(("refused", status)) => status.parse().ok().map(Self::Refused),
            Some(_) => None,
            None => [Self::NoMail, Self::Unreachable, Self::Address, Self::Gone, Self::Unreadable]
                .into_iter()
                .find(|problem| problem.as_str() == name),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "refused {status}"),
            other => f.write_str(other.as_str()),
        }
    }
}

#[cfg(test)]
mod tests;
