//! `GET /services/{id}/push`, `…/pull`, `…/reset`: what exactly will be overwritten or forgotten, before it is.

use askama::Template;
use domain::catalogue::EventTypeProblem;
use jiff::{SignedDuration, Timestamp};

use super::{Owner, ServiceChange};
use crate::{
    components::problem_key,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/service_action.html")]
pub struct ServiceActionPage {
    pub t: Translator,
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub version: i64,
    pub action: ServiceAction,
    /// When Cal.com was last looked at; `None` before the first look.
    pub seen_at: Option<Timestamp>,
    /// Fields that will be overwritten, as they are and as they will be; with the event type, where there are several.
    pub losses: Vec<(Option<Owner>, ServiceChange)>,
    /// What stays different: the service has no place for it.
    pub stays: Vec<(Option<Owner>, ServiceChange)>,
    /// Event types that will be made.
    pub made: Vec<Owner>,
    /// What will be forgotten.
    pub forgotten: Vec<Forgotten>,
    /// What the form names, so that nothing else is lost than what is listed.
    pub seen: String,
    /// Something changed since the page was first shown; in the reader's language.
    pub refused: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceAction {
    /// Everything that is said here goes to Cal.com.
    Push,
    /// Everything that Cal.com says is taken over.
    Pull,
    /// What failed is forgotten, and Cal.com looked at anew.
    Reset,
}

impl ServiceAction {
    pub const ALL: [Self; 3] = [Self::Push, Self::Pull, Self::Reset];

    /// The end of its address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Pull => "pull",
            Self::Reset => "reset",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Push => "action-push",
            Self::Pull => "action-pull",
            Self::Reset => "action-reset",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Push => "send",
            Self::Pull => "cloud",
            Self::Reset => "refresh",
        }
    }

    pub fn warning(self) -> &'static str {
        match self {
            Self::Push => "push-warning",
            Self::Pull => "pull-warning",
            Self::Reset => "reset-warning",
        }
    }

    /// What is said where nothing is lost.
    pub fn nothing(self) -> &'static str {
        match self {
            Self::Push => "push-nothing",
            Self::Pull => "pull-nothing",
            Self::Reset => "reset-nothing",
        }
    }

    /// The head of the column of what is lost.
    pub fn before(self) -> &'static str {
        match self {
            Self::Push => "push-before",
            Self::Pull | Self::Reset => "pull-before",
        }
    }

    /// The head of the column of what comes instead.
    pub fn after(self) -> &'static str {
        match self {
            Self::Push => "push-after",
            Self::Pull | Self::Reset => "pull-after",
        }
    }

    pub fn confirm(self) -> &'static str {
        match self {
            Self::Push => "push-confirm",
            Self::Pull => "pull-confirm",
            Self::Reset => "reset-confirm",
        }
    }
}

/// What a reset forgets about one event type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    pub owner: Owner,
    pub problem: Option<EventTypeProblem>,
    /// What Cal.com said, in English; may be empty.
    pub message: String,
    /// Failed calls in a row.
    pub failures: u32,
    /// When it would have been tried again.
    pub next_try_at: Option<Timestamp>,
}

impl Forgotten {
    /// The message that names the problem.
    pub fn problem_key(&self) -> Option<&'static str> {
        self.problem.map(problem_key)
    }
}

impl ServiceActionPage {
    pub fn href(&self) -> String {
        format!("/services/{}", self.id)
    }

    pub fn loses(&self) -> bool {
        !(self.losses.is_empty() && self.forgotten.is_empty() && self.made.is_empty())
    }
}

impl Page for ServiceActionPage {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let owner = |name: &str| Owner { staff: Some(name.into()), work: None };
        let loss = |name, before: &str, after: &str| {
            (Some(owner("Mira Hoffmann")), ServiceChange::of(&t, name, before, after))
        };
        Self {
            id: "svc_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            name: "Damenschnitt".into(),
            version: 3,
            action: ServiceAction::Push,
            seen_at: Some(t.now - SignedDuration::from_mins(9)),
            losses: vec![
                loss("name", "Damenschnitt (neu)", "Damenschnitt"),
                loss("duration_minutes", "30", "45"),
            ],
            stays: Vec::new(),
            made: vec![owner("Jonas Weber")],
            forgotten: Vec::new(),
            seen: "0a1b".into(),
            refused: None,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let stays = vec![(None, ServiceChange::of(&t, "booking_window_days", "30", "{\"type\":\"range\"}"))];
        let pull = Self {
            action: ServiceAction::Pull,
            made: Vec::new(),
            stays,
            refused: Some(t.get("service-stale").to_string()),
            ..sample()
        };
        let forgotten = Forgotten {
            owner: Owner { staff: None, work: Some("Färben".into()) },
            problem: Some(EventTypeProblem::Refused),
            message: "length must be positive".into(),
            failures: 2,
            next_try_at: Some(t.now + SignedDuration::from_mins(5)),
        };
        let reset = Self {
            action: ServiceAction::Reset,
            losses: Vec::new(),
            made: Vec::new(),
            forgotten: vec![forgotten],
            ..sample()
        };
        let nothing = Self { losses: Vec::new(), made: Vec::new(), seen_at: None, ..sample() };
        vec![pull, reset, nothing]
    }
}
