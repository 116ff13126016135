//! `GET /notifications/log`: what was sent by e-mail and to rooms, to whom, and what became of it.

use askama::Template;
use domain::notify::{ChannelKind, Line, Problem, Subject, What};
use domain::review::ReviewCode;
use jiff::{SignedDuration, Timestamp};

use super::notification_settings::kind_icon;
use crate::{
    components::{Chip, Happened as _, Tone},
    frame::{Frame, Page, Section},
    i18n::{Text, Translator},
};

#[derive(Template)]
#[template(path = "pages/notification_log.html")]
pub struct NotificationLog {
    pub t: Translator,
    pub frame: Frame,
    /// The last first.
    pub rows: Vec<SentRow>,
}

/// A message.
#[derive(Clone, Debug)]
pub struct SentRow {
    pub kind: ChannelKind,
    /// The name of the person or the room; empty if it is gone.
    pub to: String,
    pub lines: Vec<Line>,
    pub state: SentState,
    pub tries: u32,
    /// What went wrong the last time.
    pub problem: Option<Problem>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentState {
    /// More is added to it, until then.
    Gathering(Timestamp),
    /// It is tried again then.
    Trying(Timestamp),
    Sent(Timestamp),
    GivenUp(Timestamp),
}

impl SentRow {
    pub fn icon(&self) -> &'static str {
        kind_icon(self.kind)
    }

    pub fn chip(&self) -> Chip {
        let chip = |tone, icon, label| Chip { tone, icon, label };
        match self.state {
            SentState::Gathering(_) => chip(Tone::Neutral, "clock", "sent-gathering"),
            SentState::Trying(_) => chip(Tone::Wait, "refresh", "sent-trying"),
            SentState::Sent(_) => chip(Tone::Good, "check", "sent-sent"),
            SentState::GivenUp(_) => chip(Tone::Bad, "x-circle", "sent-given-up"),
        }
    }

    pub fn at(&self) -> &Timestamp {
        match &self.state {
            SentState::Gathering(at)
            | SentState::Trying(at)
            | SentState::Sent(at)
            | SentState::GivenUp(at) => at,
        }
    }

    pub fn problem<'l>(&self, t: &'l Translator) -> Option<Text<'l>> {
        Some(match self.problem? {
            Problem::NoMail => t.get("undelivered-no-mail"),
            Problem::Unreachable => t.get("undelivered-unreachable"),
            Problem::Refused(status) => t.get("undelivered-refused").arg("status", status.to_string()),
            Problem::Address => t.get("undelivered-address"),
            Problem::Gone => t.get("undelivered-gone"),
            Problem::Unreadable => t.get("undelivered-unreadable"),
        })
    }
}

impl Page for NotificationLog {
    const SECTION: Option<Section> = None;
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let ago = |minutes| t.now - SignedDuration::from_mins(minutes);
        let line = |what, count| {
            let subject = Subject::Company(domain::CompanyId(uuid::Uuid::nil()));
            Line { what, count, subjects: vec![subject], first_at: ago(9), last_at: ago(8) }
        };
        let taken = What::Question(ReviewCode::SlotTaken);
        let row = |kind, to: &str, lines: Vec<Line>, state, tries, problem| SentRow {
            kind,
            to: to.into(),
            lines,
            state,
            tries,
            problem,
        };
        let rows = vec![
            row(
                ChannelKind::Email,
                "Katharina Morgenrot",
                vec![line(taken, 2), line(What::Unreachable, 1)],
                SentState::Gathering(t.now + SignedDuration::from_mins(1)),
                0,
                None,
            ),
            row(
                ChannelKind::Slack,
                "#empfang",
                vec![line(What::Unauthorized, 1)],
                SentState::Trying(ago(-5)),
                3,
                Some(Problem::Refused(503)),
            ),
            row(ChannelKind::Slack, "#empfang", vec![line(What::Test, 1)], SentState::Sent(ago(12)), 1, None),
            row(
                ChannelKind::Email,
                "Selin Kaya",
                vec![line(What::Differences, 4)],
                SentState::GivenUp(ago(90)),
                1,
                Some(Problem::Refused(550)),
            ),
            row(
                ChannelKind::Discord,
                "",
                vec![line(taken, 1)],
                SentState::GivenUp(ago(95)),
                0,
                Some(Problem::Gone),
            ),
            row(
                ChannelKind::Email,
                "Lea Brandt",
                vec![line(taken, 400)],
                SentState::GivenUp(ago(99)),
                1,
                Some(Problem::NoMail),
            ),
        ];
        Self { t, frame, rows }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        vec![Self { rows: Vec::new(), t, frame }]
    }
}
