//! What a person can decide about an item, and which decisions make sense.

use serde::{Deserialize, Serialize};

use super::ReviewCode;
use super::queue::{Kind, State, names};
use crate::decide::Next;

/// A decision about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Look at Cal.com again, and try again what was given up.
    Retry,
    /// What is said here counts: it is sent.
    Ours,
    /// What Cal.com says counts: it is taken over.
    Theirs,
    /// A booking at Cal.com that a person names is that of the appointment.
    Link,
    /// A booking that nobody here knows becomes an appointment.
    Import,
    /// A booking that nobody here knows is cancelled.
    Cancel,
    /// Both sides may stay as they are.
    Accept,
    /// It was a false alarm.
    Dismiss,
    /// What was set aside is asked again.
    Reopen,
    /// The last decision is taken back: what was asked is asked again.
    Undo,
}

names! {
    Choice {
        Retry = "retry",
        Ours = "ours",
        Theirs = "theirs",
        Link = "link",
        Import = "import",
        Cancel = "cancel",
        Accept = "accept",
        Dismiss = "dismiss",
        Reopen = "reopen",
        Undo = "undo",
    }
}

/// An item, and what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// What it is about.
    pub kind: Kind,
    /// Why a person is asked.
    pub code: ReviewCode,
    /// How the item stands.
    pub state: State,
    /// What its appointment waits for.
    pub next: Option<&'a Next>,
    /// Whether its service has a place for what Cal.com says; of a booking, whether that can be read and names a service.
    pub can_take: bool,
    /// Whether its appointment has no booking that takes place.
    pub lacks_booking: bool,
    /// Whether the last decision about it can be taken back.
    pub can_undo: bool,
}

impl Choice {
    /// What can be decided.
    pub fn offered(situation: &Situation<'_>) -> Vec<Self> {
        let Situation { kind, code, state, next, can_take, lacks_booking, can_undo } = *situation;
        let mut all = match (kind, state) {
            (_, State::Closed) => Vec::new(),
            (_, State::Aside) => vec![Self::Reopen],
            (Kind::Appointment, _) if matches!(next, Some(Next::Ask(_) | Next::Vanished)) => {
                vec![Self::Ours, Self::Theirs, Self::Retry, Self::Accept, Self::Dismiss]
            }
            (Kind::Appointment, _) => vec![Self::Retry, Self::Accept, Self::Dismiss],
            (Kind::Service, _) if code == ReviewCode::Divergence && can_take => {
                vec![Self::Ours, Self::Theirs, Self::Retry, Self::Accept]
            }
            (Kind::Service, _) if code == ReviewCode::Divergence => {
                vec![Self::Ours, Self::Retry, Self::Accept]
            }
            (Kind::Service, _) => vec![Self::Retry, Self::Dismiss],
            (Kind::Booking, _) if !can_take => vec![Self::Retry, Self::Dismiss],
            (Kind::Booking, _) => vec![Self::Import, Self::Cancel, Self::Dismiss],
        };
        if lacks_booking && let Some(retry) = all.iter().position(|choice| *choice == Self::Retry) {
            all.insert(retry, Self::Link);
        }
        if can_undo {
            all.push(Self::Undo);
        }
        all
    }

    /// Whether it only says that the item needs nobody, and changes nothing else.
    pub fn sets_aside(self) -> bool {
        matches!(self, Self::Accept | Self::Dismiss)
    }

    /// What takes it back, as far as anything does. What only looks changes nothing; what became an appointment, or was
    /// cancelled, is changed by what can be done about an appointment.
    pub fn undone_by(self) -> Option<Self> {
        match self {
            Self::Accept | Self::Dismiss => Some(Self::Reopen),
            Self::Ours | Self::Theirs | Self::Link => Some(Self::Undo),
            Self::Retry | Self::Import | Self::Cancel | Self::Reopen | Self::Undo => None,
        }
    }
}
