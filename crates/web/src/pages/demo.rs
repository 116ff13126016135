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

/// A line of what happened.
#[derive(Clone, Debug)]
pub struct DemoEntry {
    pub at: Timestamp,
    pub what: DemoEvent,
    /// The appointment it is about: its number and its address.
    pub appointment: Option<(String, String)>,
}

/// What a line of the log tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoEvent {
    /// Somebody calls and wants something.
    Rang {
        customer: String,
        service: String,
    },
    /// What the phone agent was told to say, word for word.
    Said(String),
    /// Somebody booked at Cal.com.
    Booked {
        customer: String,
        start: Timestamp,
    },
    Moved {
        from: Timestamp,
        to: Timestamp,
    },
    Cancelled {
        start: Timestamp,
    },
    /// A fault was ordered.
    Ordered(DemoAction),
    /// No appointment in the future can be moved or cancelled at Cal.com.
    NothingToActOn,
    /// No time is free in the next days.
    NothingFree,
    /// The simulator or the phone entrance has refused; its words.
    Refused(String),
}

impl DemoEntry {
    pub fn tone(&self) -> Tone {
        match self.what {
            DemoEvent::NothingToActOn | DemoEvent::NothingFree | DemoEvent::Refused(_) => Tone::Bad,
            DemoEvent::Ordered(_) => Tone::Wait,
            _ => Tone::Info,
        }
    }

    pub fn icon(&self) -> &'static str {
        match &self.what {
            DemoEvent::Rang { .. } | DemoEvent::Said(_) => "phone",
            DemoEvent::Booked { .. } => DemoAction::Book.icon(),
            DemoEvent::Moved { .. } => DemoAction::Move.icon(),
            DemoEvent::Cancelled { .. } => DemoAction::Cancel.icon(),
            DemoEvent::Ordered(action) => action.icon(),
            DemoEvent::NothingToActOn | DemoEvent::NothingFree | DemoEvent::Refused(_) => "alert",
        }
    }

    pub fn text(&self, t: &Translator) -> String {
        match &self.what {
            DemoEvent::Rang { customer, service } => {
                t.get("demo-rang").arg("customer", customer).arg("service", service).to_string()
            }
            DemoEvent::Said(words) => t.get("demo-said").arg("words", words).to_string(),
            DemoEvent::Booked { customer, start } => {
                t.get("demo-booked").arg("customer", customer).arg("time", t.date_time(start)).to_string()
            }
            DemoEvent::Moved { from, to } => {
                t.get("demo-moved").arg("from", t.date_time(from)).arg("to", t.date_time(to)).to_string()
            }
            DemoEvent::Cancelled { start } => {
                t.get("demo-cancelled").arg("time", t.date_time(start)).to_string()
            }
            DemoEvent::Ordered(action) => {
                t.get("demo-ordered").arg("fault", t.get(action.title())).to_string()
            }
            DemoEvent::NothingToActOn => t.get("demo-nothing-to-act-on").to_string(),
            DemoEvent::NothingFree => t.get("demo-nothing-free").to_string(),
            DemoEvent::Refused(words) => t.get("demo-refused").arg("words", words).to_string(),
        }
    }
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
        let entry = |seconds, what, appointment| DemoEntry {
            at: t.now - SignedDuration::from_secs(seconds),
            what,
            appointment,
        };
        let start = t.now + SignedDuration::from_hours(50);
        let hour = SignedDuration::from_hours(1);
        let words = "Gern, Frau Demir: Donnerstag, 14 Uhr 30 bei Mira.";
        Self {
            simulator_url: "http://127.0.0.1:8090".into(),
            armed: vec![DemoAction::LoseWebhook],
            down_until: None,
            log: vec![
                entry(2, DemoEvent::NothingFree, None),
                entry(4, DemoEvent::Cancelled { start }, appointment()),
                entry(9, DemoEvent::Moved { from: start, to: start + hour }, appointment()),
                entry(14, DemoEvent::Ordered(DemoAction::LoseWebhook), None),
                entry(30, DemoEvent::Booked { customer: "Ole Petersen".into(), start }, appointment()),
                entry(61, DemoEvent::Said(words.into()), appointment()),
                entry(
                    62,
                    DemoEvent::Rang { customer: "Aylin Demir".into(), service: "Damenschnitt".into() },
                    None,
                ),
            ],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let down_until = Some(t.now + SignedDuration::from_secs(94));
        let troubles = [DemoEvent::NothingToActOn, DemoEvent::Refused("503".into())];
        let entry = |what| DemoEntry { at: t.now, what, appointment: None };
        let failed = Self { log: troubles.map(entry).into(), ..Self::sample(t.clone(), frame.clone()) };
        vec![Self { armed: Vec::new(), down_until, log: Vec::new(), ..Self::sample(t, frame) }, failed]
    }
}
