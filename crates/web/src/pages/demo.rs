//! `GET /demo`: things to try, faults to order, and what came of it. Each button is a form that goes to
//! `POST /demo/{action}`; only the demo serves this page.

use askama::Template;
use jiff::{SignedDuration, Timestamp};

use crate::{
    components::Tone,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/demo.html")]
pub struct Demo {
    pub t: Translator,
    pub frame: Frame,
    /// Where the simulator of Cal.com listens.
    pub simulator_url: String,
    /// Faults that are ordered and have not struck yet.
    pub armed: Vec<DemoAction>,
    /// Until when the simulator is down.
    pub down_until: Option<Timestamp>,
    /// Newest first.
    pub log: Vec<DemoEntry>,
}

/// A line of what happened; `text` is in the reader's language already.
#[derive(Clone, Debug)]
pub struct DemoEntry {
    pub at: Timestamp,
    pub tone: Tone,
    pub text: String,
    /// The appointment it is about: its number and its address.
    pub appointment: Option<(String, String)>,
}

/// A button of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoAction {
    Ring,
    Book,
    Move,
    Cancel,
    LoseWebhook,
    FailAfterEffect,
    TooManyRequests,
    Down,
}

impl DemoAction {
    pub const DEEDS: [Self; 4] = [Self::Ring, Self::Book, Self::Move, Self::Cancel];
    pub const FAULTS: [Self; 4] =
        [Self::LoseWebhook, Self::FailAfterEffect, Self::TooManyRequests, Self::Down];

    /// The last part of the address that its form goes to.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Book => "book",
            Self::Move => "move",
            Self::Cancel => "cancel",
            Self::LoseWebhook => "lose-webhook",
            Self::FailAfterEffect => "fail-after-effect",
            Self::TooManyRequests => "too-many-requests",
            Self::Down => "down",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::DEEDS.into_iter().chain(Self::FAULTS).find(|action| action.code() == code)
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Ring => "phone",
            Self::Book => "calendar",
            Self::Move => "arrow-right",
            Self::Cancel => "ban",
            Self::LoseWebhook => "webhook",
            Self::FailAfterEffect => "alert",
            Self::TooManyRequests => "clock",
            Self::Down => "cloud-off",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Ring => "demo-ring",
            Self::Book => "demo-book",
            Self::Move => "demo-move",
            Self::Cancel => "demo-cancel",
            Self::LoseWebhook => "demo-lose-webhook",
            Self::FailAfterEffect => "demo-fail-after-effect",
            Self::TooManyRequests => "demo-too-many-requests",
            Self::Down => "demo-down",
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Ring => "demo-ring-text",
            Self::Book => "demo-book-text",
            Self::Move => "demo-move-text",
            Self::Cancel => "demo-cancel-text",
            Self::LoseWebhook => "demo-lose-webhook-text",
            Self::FailAfterEffect => "demo-fail-after-effect-text",
            Self::TooManyRequests => "demo-too-many-requests-text",
            Self::Down => "demo-down-text",
        }
    }
}

impl Demo {
    pub fn is_armed(&self, action: &DemoAction) -> bool {
        self.armed.contains(action)
    }
}

impl Page for Demo {
    const SECTION: Option<Section> = Some(Section::Demo);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let appointment =
            || Some(("A-1042".to_owned(), "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".to_owned()));
        let entry = |seconds, tone, text: &str, appointment| DemoEntry {
            at: t.now - SignedDuration::from_secs(seconds),
            tone,
            text: text.into(),
            appointment,
        };
        Self {
            simulator_url: "http://127.0.0.1:8090".into(),
            armed: vec![DemoAction::LoseWebhook],
            down_until: None,
            log: vec![
                entry(4, Tone::Good, "Beide Seiten stimmen überein.", appointment()),
                entry(5, Tone::Info, "Cal.com hat die Buchung angenommen.", appointment()),
                entry(6, Tone::Info, "„Gern, Frau Demir: Donnerstag, 14 Uhr 30 bei Mira.“", appointment()),
                entry(7, Tone::Info, "Das Telefon klingelt: Aylin Demir möchte einen Damenschnitt.", None),
            ],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let down_until = Some(t.now + SignedDuration::from_secs(94));
        vec![Self { armed: Vec::new(), down_until, log: Vec::new(), ..Self::sample(t, frame) }]
    }
}
