//! What has to happen next so that an event type says what its service says. A pure function of the three
//! snapshots, field by field.

use serde::{Deserialize, Serialize};

use super::setting::{Setting, Settings};
use crate::planted::{self, Bug};

/// What Cal.com was last seen to say of an event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTypeRemote {
    /// Not known: never looked at, or a call may have changed it.
    Unknown,
    /// Looked for, and not there.
    Absent,
    /// Seen.
    Present(Settings),
}

/// One call that changes an event type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventTypePush {
    /// Make it.
    Create,
    /// Send these settings.
    Update(Vec<Setting>),
    /// Delete it.
    Delete,
}

impl EventTypePush {
    /// The stored and documented name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update(_) => "update",
            Self::Delete => "delete",
        }
    }
}

/// The next thing to do about one event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTypePlan {
    /// Nothing, apart from divergences that wait for a person.
    Rest,
    /// Look at Cal.com first.
    Look,
    /// One call.
    Act(EventTypePush),
    /// Take these settings over.
    Take(Vec<Setting>),
    /// It was at Cal.com and is there no longer. It is not made again without a person.
    Deleted,
}

/// What becomes of a field on which both sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was changed here: it is sent, whatever was changed there.
    Send,
    /// It was changed there, and the company lets that through.
    Take,
    /// It was changed there: a person decides.
    Diverges,
}

/// The fields on which the two sides differ, with what becomes of each. Without a shared past (a service that was
/// tied to an event type that was there already) all that differs was changed there. `takes` says what of it is
/// taken over without asking.
pub fn verdicts<'a>(
    local: &'a Settings,
    agreed: Option<&'a Settings>,
    there: &'a Settings,
    takes: impl Fn(Setting, &Settings) -> bool + 'a,
) -> impl Iterator<Item = (Setting, Verdict)> + 'a {
    Setting::ALL.into_iter().filter(move |setting| !setting.same(local, there)).map(move |setting| {
        let changed_here = agreed.is_some_and(|agreed| !setting.same(local, agreed));
        let verdict = match () {
            () if changed_here || setting.is_ours() || planted::is(Bug::EventTypeOverwritten) => {
                Verdict::Send
            }
            () if takes(setting, there) => Verdict::Take,
            () => Verdict::Diverges,
        };
        (setting, verdict)
    })
}

/// The next thing to do. `was_there` says whether it ever was at Cal.com.
pub fn plan(
    local: &Settings,
    agreed: Option<&Settings>,
    remote: &EventTypeRemote,
    was_there: bool,
    takes: impl Fn(Setting, &Settings) -> bool,
) -> EventTypePlan {
    let there = match remote {
        EventTypeRemote::Unknown => return EventTypePlan::Look,
        EventTypeRemote::Absent if was_there => return EventTypePlan::Deleted,
        EventTypeRemote::Absent => return EventTypePlan::Act(EventTypePush::Create),
        EventTypeRemote::Present(there) => there,
    };
    let (mut send, mut take) = (Vec::new(), Vec::new());
    for (setting, verdict) in verdicts(local, agreed, there, takes) {
        match verdict {
            Verdict::Send => send.push(setting),
            Verdict::Take => take.push(setting),
            Verdict::Diverges => {}
        }
    }
    match (take.is_empty(), send.is_empty()) {
        (false, _) => EventTypePlan::Take(take),
        (true, false) => EventTypePlan::Act(EventTypePush::Update(send)),
        (true, true) => EventTypePlan::Rest,
    }
}
