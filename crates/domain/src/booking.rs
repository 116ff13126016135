//! What is remembered of one booking at Cal.com: where it is, what was seen of it, what was tried.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::facts::{BookingState, EventTypeRef, Facts, Field};
use crate::observe::Sighting;
use crate::plan::{Push, Remote};
use crate::planted::{self, Bug};
use crate::review::ReviewCode;
use crate::{AttemptId, BookingUid, Slot};

/// How long after it was sent a call that nobody answered may still take effect: our time-out is 30 s, and
/// a server in trouble may go on working for a while after that.
pub const PATIENCE: SignedDuration = SignedDuration::from_secs(90);

/// What Cal.com is told when nobody gave a reason; it refuses to cancel without one (recording 093).
pub const NO_REASON: &str = "Cancelled";

/// What ties a segment of an appointment to a booking at Cal.com.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRecord {
    /// Which of the appointment's records.
    pub number: u16,
    /// Which segment of the appointment; 0 where there is only one.
    pub segment: u16,
    /// Whether it is the segment's booking or one that another has taken the place of.
    pub role: Role,
    /// The account and event type that it is booked on.
    pub event_type: EventTypeRef,
    /// Whom it is to be with, on an event type of a team, as Cal.com's user id.
    pub host: Option<i64>,
    /// How many bookings were meant for the segment before this record.
    pub before: u32,
    /// How many bookings we meant to make for the segment by now; part of our reference.
    pub generation: u32,
    /// Cal.com's name of it, the end of the chain of names as far as it is known.
    pub uid: Option<BookingUid>,
    /// What Cal.com was last seen to say.
    pub seen: Seen,
    /// What both sides were last seen to share.
    pub agreed: Option<Facts>,
    /// Where all segments of the appointment were last at rest together.
    pub home: Option<Timestamp>,
    /// Something may have changed there since: look before anything is concluded.
    pub look: bool,
    /// Calls that may have had their effect, or may still have it; oldest first.
    pub doubts: Vec<Call>,
    /// A call that Cal.com refused, or that failed for good.
    pub refused: Option<Refused>,
    /// Failed calls in a row.
    pub failures: u32,
    /// When the last call was sent.
    pub last_attempt_at: Option<Timestamp>,
    /// When both sides were last read to be the same.
    pub verified_at: Option<Timestamp>,
    /// When the next try is due, after a failure.
    pub next_try_at: Option<Timestamp>,
    /// A person's decision about it that can be taken back: nothing was sent and nothing new was seen since.
    pub decided: Option<Box<Decided>>,
}

/// What a person has decided about a booking, with what is needed to take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// What was said here before.
    pub here: Facts,
    /// What is said here since: whoever changes that has built on the decision.
    pub since: Facts,
    /// The record as it was before.
    pub before: BookingRecord,
    /// It was about which booking it is, not about what it says.
    pub linked: bool,
    /// What was asked then.
    pub asked: Vec<(ReviewCode, String)>,
}

/// What a booking is for an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is the segment's booking.
    Current,
    /// Another takes its place: it is cancelled once that one stands. Until then it is what people at Cal.com
    /// see, and what they do to it is meant for the appointment.
    Replaced,
    /// It is one too many: it is cancelled once the right one stands.
    Doubled,
    /// It must not stand alone, or is not wanted at all: it is cancelled at once.
    Withdrawn,
    /// It is no more; its names still lead to the appointment.
    Gone,
}

impl Role {
    /// All.
    pub const ALL: [Self; 5] = [Self::Current, Self::Replaced, Self::Doubled, Self::Withdrawn, Self::Gone];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Replaced => "replaced",
            Self::Doubled => "doubled",
            Self::Withdrawn => "withdrawn",
            Self::Gone => "gone",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether all that is wanted of it is its end.
    pub fn is_leaving(self) -> bool {
        matches!(self, Self::Replaced | Self::Doubled | Self::Withdrawn)
    }
}

/// What is known of Cal.com's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Nothing was ever booked or looked for.
    Never,
    /// Looked for, and not there.
    Absent {
        /// Our time of the look.
        at: Timestamp,
    },
    /// There.
    Booking(Box<Sighting>),
}

/// A call that was written down before it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its record.
    pub attempt: AttemptId,
    /// What it was to do.
    pub push: Push,
    /// The facts that it carried.
    pub wanted: Facts,
    /// When, by our clock.
    pub at: Timestamp,
    /// Whether Cal.com has done with it, so that it takes effect now or never.
    pub over: bool,
    /// Whether Cal.com was looked at since.
    pub looked: bool,
}

/// A wish that Cal.com did not fulfil. It stands until the wish changes or a person asks for another try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What was wished.
    pub push: Push,
    /// The facts that it carried.
    pub wanted: Facts,
    /// Why.
    pub code: ReviewCode,
    /// What Cal.com said.
    pub message: String,
    /// Whether Cal.com was looked at since: the refusal may be an echo of our own first try.
    pub looked: bool,
    /// It is tried once more. Its question stays open until that has shown whether the cause is gone.
    #[serde(default)]
    pub retried: bool,
}

impl BookingRecord {
    /// Whether nothing more is tried by itself after tries that all failed.
    pub fn has_given_up(&self) -> bool {
        self.refused.as_ref().is_some_and(|refused| refused.code == ReviewCode::RetriesUsedUp)
    }

    /// Whether it is to be looked at anyway, or a call may have changed it that no look has shown, or still may at `now`.
    pub fn is_in_doubt(&self, now: Timestamp) -> bool {
        // What nobody looks at any more is in no doubt: it is as it was last seen to be.
        let looks = self.look && !self.has_given_up();
        looks || self.doubts.iter().any(|call| !call.looked || !call.is_past(now))
    }

    /// The record of a booking that has not been made yet.
    pub fn new(event_type: EventTypeRef, host: Option<i64>) -> Self {
        Self {
            number: 0,
            segment: 0,
            role: Role::Current,
            event_type,
            host,
            before: 0,
            generation: 0,
            uid: None,
            seen: Seen::Never,
            agreed: None,
            home: None,
            look: false,
            doubts: Vec::new(),
            refused: None,
            failures: 0,
            last_attempt_at: None,
            verified_at: None,
            next_try_at: None,
            decided: None,
        }
    }

    /// What Cal.com was last seen to say, if it was seen.
    pub fn sighting(&self) -> Option<&Sighting> {
        match &self.seen {
            Seen::Booking(sighting) => Some(sighting),
            Seen::Never | Seen::Absent { .. } => None,
        }
    }

    /// The time that it takes up at Cal.com, as last seen; `None` if it takes up none.
    pub fn held(&self) -> Option<Slot> {
        self.sighting().filter(|seen| seen.facts.state.is_live()).map(|seen| seen.facts.slot)
    }

    /// The time that it takes up at Cal.com, or may by a call whose outcome is not known.
    pub fn may_hold(&self) -> Option<Slot> {
        let may_come = self.doubts.iter().find(|call| call.push == Push::Create);
        self.held().or(may_come.map(|call| call.wanted.slot))
    }

    /// Whether it was seen to take place, and nothing is under way that may have changed that.
    pub fn stands(&self) -> bool {
        self.held().is_some() && self.is_clear()
    }

    /// Whether no call may have had an effect that was not looked at.
    pub(crate) fn is_clear(&self) -> bool {
        self.doubts.iter().all(|call| call.looked) || planted::is(Bug::NoLookAfterALostAnswer)
    }

    /// The refusal of this wish, if it stands.
    pub(crate) fn refusal_of(&self, wanted: &Facts) -> Option<&Refused> {
        self.refused.as_ref().filter(|refused| refused.wanted == *wanted && !refused.retried)
    }

    /// Whether there never was a booking, and none can come into being any more.
    pub fn is_unmade(&self) -> bool {
        self.uid.is_none() && self.doubts.is_empty() && self.sighting().is_none()
    }

    /// Whether a create that was not found may still take effect.
    pub(crate) fn may_come(&self) -> bool {
        self.sighting().is_none() && self.doubts.iter().any(|call| call.push == Push::Create)
    }

    /// When the calls that nobody answered, and whose effect no look has shown, can no longer take effect on what
    /// the segment has now. It is looked at once more then: what is as wanted may not stay so.
    pub(crate) fn in_doubt_until(&self) -> Option<Timestamp> {
        if self.role != Role::Current {
            return None;
        }
        let unseen = self.doubts.iter().filter(|call| !call.over && call.looked);
        unseen.map(|call| call.at + PATIENCE + SignedDuration::from_millis(1)).max()
    }

    /// What is known of Cal.com's side, for the plan. A create that may still take effect is waited for.
    pub(crate) fn remote(&self) -> Remote {
        let may_come = self.may_come() && !planted::is(Bug::NoLookAfterALostAnswer);
        match &self.seen {
            _ if self.look || !self.is_clear() => Remote::Unknown,
            Seen::Never | Seen::Absent { .. } if may_come => Remote::Unknown,
            Seen::Never | Seen::Absent { .. } => Remote::Absent,
            Seen::Booking(sighting) => Remote::Present(sighting.facts.clone()),
        }
    }

    /// A request that is replaced is looked at once more before it is declined. Cal.com declines a second time what
    /// was declined there, and tells neither from the other (recordings 102, 103): afterwards nobody would know that
    /// the salon does not want the appointment.
    pub(crate) fn look_before_declining(&mut self) {
        self.look |= self.role == Role::Replaced
            && self.sighting().is_some_and(|seen| seen.facts.state == BookingState::Requested);
    }

    /// Cal.com was looked at, or answered.
    pub(crate) fn looked(&mut self) {
        self.look = false;
        self.next_try_at = None;
        for call in &mut self.doubts {
            call.looked = true;
        }
        if let Some(refused) = &mut self.refused {
            refused.looked = true;
        }
    }
}

/// Whether a cancelled booking bears the reason that is given with a cancellation for what was wanted.
pub(crate) fn has_our_reason(wanted: &Facts, there: &Facts) -> bool {
    let ours = wanted.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    there.reason.as_deref().is_some_and(|reason| reason.trim() == ours.unwrap_or(NO_REASON))
}

impl Call {
    /// Whether it can no longer take effect after a look at `now`.
    pub(crate) fn is_past(&self, now: Timestamp) -> bool {
        self.over || now.duration_since(self.at) > PATIENCE || planted::is(Bug::NoPatience)
    }

    /// Whether it is somebody else who has cancelled the booking: with a reason that is not the one that this
    /// call gave, or without any, as ours always bears one. What is declined bears none that is told (recordings
    /// 102 to 104).
    pub(crate) fn is_forestalled(&self, there: &Facts) -> bool {
        !there.state.is_live()
            && match self.push {
                Push::Cancel => !has_our_reason(&self.wanted, there),
                Push::Decline => there.reason.is_some(),
                _ => false,
            }
    }

    /// Whether what Cal.com says shows its effect.
    pub(crate) fn shows(&self, there: &Facts) -> bool {
        let same = |field: Field| field.same(&self.wanted, there);
        match self.push {
            Push::Create => true,
            Push::Reschedule => same(Field::Start),
            Push::Cancel | Push::Decline => !there.state.is_live(),
            Push::Confirm => same(Field::State),
            Push::Reassign => same(Field::Host),
            Push::MarkAbsent => same(Field::Absent),
        }
    }
}
