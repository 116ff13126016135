//! What is remembered of one event type: where it is, what was seen of it, what was tried.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::{EventTypePush, EventTypeRemote};
use super::setting::{Setting, Settings};
use crate::booking::PATIENCE;
use crate::planted::{self, Bug};
use crate::{AttemptId, ConnectionId, LinkId, StaffId};

/// What ties a service (a stretch of work of it) of a person or a team to an event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTypeRecord {
    /// Which.
    pub id: LinkId,
    /// Which stretch of work of a composite service; 0 for others.
    pub segment: u16,
    /// Who serves; `None` for an event type of a team, where Cal.com chooses the host.
    pub staff_id: Option<StaffId>,
    /// Who that is at Cal.com, as user id, where the event type is one of a team.
    pub host: Option<i64>,
    /// The account that owns it.
    pub connection: ConnectionId,
    /// Cal.com's id of it, once it is known.
    pub event_type_id: Option<i64>,
    /// What is wanted of it.
    pub role: EventTypeRole,
    /// What Cal.com was last seen to say.
    pub seen: EventTypeSeen,
    /// The base of the comparison: whichever side differs from it was changed. Of what the two never shared it is what
    /// was said here when they were tied.
    pub agreed: Option<Settings>,
    /// What both sides were last seen to share, by field, as [`Setting::value`] writes it; what they never shared is
    /// not in it.
    pub shared: BTreeMap<Setting, String>,
    /// Where the two differ by what was changed there.
    pub divergences: Vec<Divergence>,
    /// Something may have changed there since: look before anything is concluded.
    pub look: bool,
    /// Calls that may have had their effect, or may still have it; oldest first.
    pub doubts: Vec<EventTypeCall>,
    /// A call that Cal.com refused, or that failed for good.
    pub refused: Option<EventTypeRefused>,
    /// Failed calls in a row.
    pub failures: u32,
    /// When the last call was sent.
    pub last_attempt_at: Option<Timestamp>,
    /// When both sides last agreed after a call or a look that succeeded.
    pub last_synced_at: Option<Timestamp>,
    /// When the next try is due, after a failure.
    pub next_try_at: Option<Timestamp>,
}

/// What is wanted of an event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventTypeRole {
    /// It is to say what the service says.
    Current,
    /// It is not booked any more: it is hidden, and its bookings stay.
    Hidden,
    /// It is to be deleted.
    Deleted,
    /// Nothing is wanted of it any more.
    Gone,
}

/// What is known of Cal.com's side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventTypeSeen {
    /// Never looked for.
    #[default]
    Never,
    /// Looked for, and not there.
    Absent {
        /// Our time of the look.
        at: Timestamp,
    },
    /// There.
    Present(Box<EventTypeSighting>),
}

/// An event type as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeSighting {
    /// Cal.com's id.
    pub id: i64,
    /// What it said.
    pub settings: Settings,
    /// Its custom booking fields as Cal.com writes them: whoever adds one has to name them all.
    pub booking_fields: Value,
    /// The public page.
    pub booking_url: Option<String>,
    /// Our time of the look.
    pub at: Timestamp,
}

/// A field that was changed at Cal.com.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// Which.
    pub setting: Setting,
    /// What Cal.com says, as [`Setting::value`] writes it.
    pub theirs: String,
    /// When it was seen first.
    pub first_seen_at: Timestamp,
    /// When it was seen last.
    pub last_seen_at: Timestamp,
    /// A person has said that it may stay.
    pub dismissed: bool,
}

/// A call that was written down before it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeCall {
    /// Its record.
    pub attempt: AttemptId,
    /// What it was to do.
    pub push: EventTypePush,
    /// The settings that it carried.
    pub wanted: Settings,
    /// When, by our clock.
    pub at: Timestamp,
    /// Whether Cal.com has done with it, so that it takes effect now or never.
    pub over: bool,
    /// Whether Cal.com was looked at since.
    pub looked: bool,
}

/// A wish that Cal.com did not fulfil. It stands until the wish changes or a person asks for another try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeRefused {
    /// What was wished.
    pub push: EventTypePush,
    /// The settings that it carried.
    pub wanted: Settings,
    /// Why.
    pub problem: EventTypeProblem,
    /// What Cal.com said.
    pub message: String,
    /// Whether Cal.com was looked at since: the refusal may be an echo of our own first try.
    pub looked: bool,
}

/// Why an event type is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventTypeProblem {
    /// The account has another event type with this slug.
    SlugTaken,
    /// The account may not change it.
    NotAllowed,
    /// Cal.com refuses what was sent.
    Refused,
    /// Every retry failed.
    RetriesUsedUp,
    /// Cal.com accepted a change and did not make it.
    NoEffect,
    /// It was deleted at Cal.com.
    Deleted,
}

impl EventTypeRole {
    /// All.
    pub const ALL: [Self; 4] = [Self::Current, Self::Hidden, Self::Deleted, Self::Gone];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Hidden => "hidden",
            Self::Deleted => "deleted",
            Self::Gone => "gone",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

impl EventTypeProblem {
    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SlugTaken => "slug_taken",
            Self::NotAllowed => "not_allowed",
            Self::Refused => "refused",
            Self::RetriesUsedUp => "retries_used_up",
            Self::NoEffect => "no_effect",
            Self::Deleted => "deleted",
        }
    }
}

impl EventTypeRecord {
    /// The record of an event type that has not been made yet.
    pub fn new(id: LinkId, connection: ConnectionId) -> Self {
        Self {
            id,
            segment: 0,
            staff_id: None,
            host: None,
            connection,
            event_type_id: None,
            role: EventTypeRole::Current,
            seen: EventTypeSeen::Never,
            agreed: None,
            shared: BTreeMap::new(),
            divergences: Vec::new(),
            look: false,
            doubts: Vec::new(),
            refused: None,
            failures: 0,
            last_attempt_at: None,
            last_synced_at: None,
            next_try_at: None,
        }
    }

    /// What Cal.com was last seen to say, if it was there.
    pub fn sighting(&self) -> Option<&EventTypeSighting> {
        match &self.seen {
            EventTypeSeen::Present(sighting) => Some(sighting),
            EventTypeSeen::Never | EventTypeSeen::Absent { .. } => None,
        }
    }

    /// The divergences that wait for a person.
    pub fn open_divergences(&self) -> impl Iterator<Item = &Divergence> {
        self.divergences.iter().filter(|divergence| !divergence.dismissed)
    }

    /// The slugs that it may have at Cal.com although nobody has seen it there: those of the creates that nobody
    /// answered. What is said here may be another by now.
    pub fn slugs_in_doubt(&self) -> impl Iterator<Item = &str> {
        let blind = planted::is(Bug::EventTypeMadeBlindly);
        let creates = self.doubts.iter().filter(move |call| call.push == EventTypePush::Create && !blind);
        creates.map(|call| call.wanted.slug.as_str())
    }

    /// Whether a create that nobody answered may have made it.
    fn may_have_been_made(&self) -> bool {
        self.slugs_in_doubt().next().is_some()
    }

    /// What is known of Cal.com's side, for the plan. A call that may still take effect is waited for.
    pub(super) fn remote(&self) -> EventTypeRemote {
        let blind = |call: &EventTypeCall| {
            call.push == EventTypePush::Create && planted::is(Bug::EventTypeMadeBlindly)
        };
        let unclear = self.doubts.iter().any(|call| !call.looked && !blind(call));
        match &self.seen {
            _ if self.look || unclear => EventTypeRemote::Unknown,
            // Whether the account has one with this slug already is asked before one is made.
            EventTypeSeen::Never => EventTypeRemote::Unknown,
            EventTypeSeen::Absent { .. } if self.may_have_been_made() => EventTypeRemote::Unknown,
            EventTypeSeen::Absent { .. } => EventTypeRemote::Absent,
            EventTypeSeen::Present(sighting) => EventTypeRemote::Present(sighting.settings.clone()),
        }
    }

    /// Cal.com was looked at, or answered.
    pub(super) fn looked(&mut self) {
        self.look = false;
        self.next_try_at = None;
        for call in &mut self.doubts {
            call.looked = true;
        }
        if let Some(refused) = &mut self.refused {
            refused.looked = true;
        }
    }

    /// When calls that nobody answered, and whose effect no look has shown, can no longer take effect.
    pub(super) fn in_doubt_until(&self) -> Option<Timestamp> {
        let unseen = self.doubts.iter().filter(|call| !call.over && call.looked);
        unseen.map(|call| call.at + PATIENCE + SignedDuration::from_millis(1)).max()
    }
}

impl EventTypeCall {
    /// Whether it can no longer take effect after a look at `now`.
    pub(super) fn is_past(&self, now: Timestamp) -> bool {
        self.over || now.duration_since(self.at) > PATIENCE
    }

    /// The settings that it was to set.
    pub(super) fn settings(&self) -> Vec<Setting> {
        match &self.push {
            EventTypePush::Create => Setting::ALL.to_vec(),
            EventTypePush::Update(settings) => settings.clone(),
            EventTypePush::Delete => Vec::new(),
        }
    }

    /// Whether what Cal.com says shows its effect.
    pub(super) fn shows(&self, there: &Settings) -> bool {
        self.push != EventTypePush::Delete
            && self.settings().into_iter().all(|setting| setting.same(&self.wanted, there))
    }
}
