//! What has to happen next so that the platform and Cal.com say the same of one booking.
//!
//! [`plan`] is a three-way merge, field by field, of what the platform says, what Cal.com was last seen to
//! say, and what both were last seen to share. It is a pure function; everything that is done, shown or
//! counted about sync is derived from it.
//!
//! - A field that differs from the shared value only here was changed here: it is pushed.
//! - A field that differs only there was changed there: it is taken over.
//! - Changed on both sides to different values: a rule of the company decides, or a person.
//! - A change that Cal.com's API cannot carry stays a difference that is accepted and shown, or the booking
//!   is replaced by another one, as the company wishes.

use serde::{Deserialize, Serialize};

use crate::facts::{BookingState, Carrier, Facts, Field};
use crate::planted::{self, Bug};

/// What Cal.com was last seen to say of a booking.
#[expect(clippy::large_enum_variant, reason = "short-lived; a box would cost every reader a line")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remote {
    /// Not known: never looked at, or an attempt may have changed it.
    Unknown,
    /// Looked for, and not there.
    Absent,
    /// Seen.
    Present(Facts),
}

/// The rules that a company settles conflicts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// It was cancelled on one side and changed on the other.
    pub cancellation: Cancellation,
    /// Time and staff were changed on both sides.
    pub times: Winner,
    /// Name, address, number and notes of the attendee say something else there.
    pub attendee: Attendee,
    /// What is changed about services at Cal.com is taken over without asking.
    pub allow_calcom_overwrites: bool,
}

/// Who is right when both sides changed a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    /// What was said here.
    PlatformWins,
    /// What was said there.
    CalcomWins,
    /// A person decides.
    #[default]
    Ask,
}

/// What a cancellation on one side means when the other side was changed too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancellation {
    /// It wins, whoever cancelled: nobody should wait for a customer who has cancelled.
    #[default]
    Wins,
    /// A person decides.
    Ask,
}

/// What becomes of attendee data, which no call can change once the booking is made (recordings 205, 206).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendee {
    /// What is said here counts; the difference is accepted and shown.
    #[default]
    PlatformWins,
    /// What is said here counts, and is brought there: the booking is replaced by another one.
    Replace,
    /// What is said there is taken over.
    CalcomWins,
    /// A person decides.
    Ask,
}

/// The next thing to do about one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: both sides say the same, apart from differences that are accepted.
    Rest,
    /// Look at Cal.com first: nothing can be concluded from what is known.
    Look,
    /// One call to Cal.com.
    Act(Push),
    /// No call can do it: another booking has to take its place.
    Replace,
    /// Take these fields over from Cal.com.
    Adopt(Vec<Field>),
    /// Both sides changed these fields; a person decides.
    Ask(Vec<Field>),
    /// It was at Cal.com and is there no longer. It is not made again without a person.
    Vanished,
}

/// One call that changes something at Cal.com.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// Make the booking.
    Create,
    /// Move it to where it is here.
    Reschedule,
    /// Cancel it, with the reason given here.
    Cancel,
    /// Confirm it.
    Confirm,
    /// Refuse what waits for a confirmation.
    Decline,
    /// Give it to the host of here.
    Reassign,
    /// Say that the attendee did not come, or did.
    MarkAbsent,
}

impl Push {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Reschedule,
        Self::Cancel,
        Self::Confirm,
        Self::Decline,
        Self::Reassign,
        Self::MarkAbsent,
    ];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Reschedule => "reschedule",
            Self::Cancel => "cancel",
            Self::Confirm => "confirm",
            Self::Decline => "decline",
            Self::Reassign => "reassign",
            Self::MarkAbsent => "mark_absent",
        }
    }
}

/// The three snapshots of one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshots {
    /// What the platform says now.
    pub local: Facts,
    /// What both sides were last seen to share, field by field: the merge base.
    pub agreed: Option<Facts>,
    /// What Cal.com was last seen to say.
    pub remote: Remote,
}

/// A difference that stands, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The fact.
    pub field: Field,
    /// Why it is left as it is.
    pub why: Reason,
}

/// Why a difference is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Cal.com's API has no call that changes it.
    CannotBeCarried,
    /// The platform's word counts for it.
    PlatformWins,
    /// The booking or the appointment does not take place.
    Cancelled,
    /// Cal.com changes nothing any more of what is over.
    TooLate,
}

/// The next thing to do.
pub fn plan(snapshots: &Snapshots, policy: Policy) -> Plan {
    let Snapshots { local, agreed, remote } = snapshots;
    let there = match remote {
        Remote::Unknown => return Plan::Look,
        Remote::Absent => return absent(local, agreed.as_ref()),
        Remote::Present(there) => there,
    };
    let mut adopt = Vec::new();
    let mut ask = Vec::new();
    let mut act: Option<Push> = None;
    let mut replace = false;
    for (field, verdict) in verdicts(local, agreed.as_ref(), there, policy) {
        match verdict {
            Verdict::Take => adopt.push(field),
            Verdict::Ask => ask.push(field),
            Verdict::Send(push) => act = act.or(Some(push)),
            Verdict::Replace => replace = true,
            Verdict::Keep(_) => {}
        }
    }
    match (adopt.is_empty(), ask.is_empty(), replace, act) {
        (false, _, _, _) => Plan::Adopt(adopt),
        (true, false, _, _) => Plan::Ask(ask),
        (true, true, true, _) => Plan::Replace,
        (true, true, false, Some(push)) => Plan::Act(push),
        (true, true, false, None) => Plan::Rest,
    }
}

/// The differences that the plan leaves alone, with the reason.
pub fn accepted(snapshots: &Snapshots, policy: Policy) -> Vec<Accepted> {
    let Snapshots { local, agreed, remote: Remote::Present(there) } = snapshots else { return Vec::new() };
    verdicts(local, agreed.as_ref(), there, policy)
        .filter_map(|(field, verdict)| match verdict {
            Verdict::Keep(why) => Some(Accepted { field, why }),
            _ => None,
        })
        .collect()
}

/// The shared facts after a look at both sides: every field on which they meet moves the merge base.
pub fn settle(local: &Facts, agreed: Option<&Facts>, there: &Facts) -> Facts {
    let mut base = agreed.unwrap_or(there).clone();
    for field in Field::ALL.into_iter().filter(|field| field.same(local, there)) {
        field.copy(there, &mut base);
    }
    base
}

fn absent(local: &Facts, agreed: Option<&Facts>) -> Plan {
    match agreed {
        Some(base) if base.state.is_live() && local.state.is_live() => Plan::Vanished,
        // It was cancelled there, and a person wants it all the same.
        Some(_) if local.state.is_live() => Plan::Replace,
        None if local.state.is_live() => Plan::Act(Push::Create),
        _ => Plan::Rest,
    }
}

enum Verdict {
    Send(Push),
    Replace,
    Take,
    Ask,
    Keep(Reason),
}

/// What is to become of each field on which the two sides differ.
fn verdicts<'a>(
    local: &'a Facts,
    agreed: Option<&'a Facts>,
    there: &'a Facts,
    policy: Policy,
) -> impl Iterator<Item = (Field, Verdict)> + 'a {
    // Without a shared past (a booking just found by our reference) what Cal.com says is the base: what
    // differs here is what is wanted.
    let base = agreed.unwrap_or(there);
    let was_cancelled = agreed.is_some_and(|agreed| !agreed.state.is_live());
    let scene = Scene { local, base, there, was_cancelled, policy };
    Field::ALL
        .into_iter()
        .filter(move |field| !field.same(scene.local, scene.there))
        .map(move |field| (field, scene.verdict(field)))
}

#[derive(Clone, Copy)]
struct Scene<'a> {
    local: &'a Facts,
    base: &'a Facts,
    there: &'a Facts,
    /// Both sides had agreed that it does not take place.
    was_cancelled: bool,
    policy: Policy,
}

impl Scene<'_> {
    fn changed_here(self, field: Field) -> bool {
        !field.same(self.local, self.base)
    }

    fn changed_there(self, field: Field) -> bool {
        !field.same(self.there, self.base)
    }

    fn verdict(self, field: Field) -> Verdict {
        if field == Field::State {
            return self.state();
        }
        // Where one of them does not take place, the state says it all.
        if !self.there.state.is_live() || (!self.local.state.is_live() && !self.is_revived()) {
            return Verdict::Keep(Reason::Cancelled);
        }
        match field {
            // A booking of a deleted event type has none (recording 225); no call changes it anyway.
            Field::EventType => Verdict::Keep(Reason::CannotBeCarried),
            _ if field.is_of_attendee() => self.attendee(field),
            _ if self.changed_here(field) && self.changed_there(field) => match self.policy.times {
                _ if planted::is(Bug::OursAlways) => send(field),
                _ if planted::is(Bug::TheirsAlways) => Verdict::Take,
                Winner::PlatformWins => send(field),
                Winner::CalcomWins => Verdict::Take,
                Winner::Ask => Verdict::Ask,
            },
            _ if planted::is(Bug::ChangedHereUndone) => Verdict::Take,
            _ if planted::is(Bug::ChangedThereUndone) => send(field),
            _ if self.changed_there(field) => Verdict::Take,
            _ => send(field),
        }
    }

    /// The two differ in whether it takes place.
    fn state(self) -> Verdict {
        let ask = self.policy.cancellation == Cancellation::Ask;
        match (self.local.state, self.there.state) {
            // Cancelled on both sides before, it takes place again there: the customer has booked anew through
            // the link in the cancellation.
            (BookingState::Cancelled, _) if self.is_revived() => Verdict::Take,
            (BookingState::Cancelled, _) if ask && self.changed_there(Field::Start) => Verdict::Ask,
            (BookingState::Cancelled, BookingState::Requested) => Verdict::Send(Push::Decline),
            (BookingState::Cancelled, _) => Verdict::Send(Push::Cancel),
            // Cancelled on both sides before, a person here wants it all the same.
            (_, BookingState::Cancelled) if self.was_cancelled => Verdict::Replace,
            (_, BookingState::Cancelled) if planted::is(Bug::CancelledMadeAgain) => Verdict::Replace,
            (_, BookingState::Cancelled) if ask && self.changed_here(Field::Start) => Verdict::Ask,
            (BookingState::Active, BookingState::Requested) if !self.changed_there(Field::State) => {
                Verdict::Send(Push::Confirm)
            }
            // A confirmation cannot be taken back by any call.
            _ => Verdict::Take,
        }
    }

    /// Cancelled by both, and there again.
    fn is_revived(self) -> bool {
        self.was_cancelled && self.there.state.is_live() && !self.local.state.is_live()
    }

    fn attendee(self, field: Field) -> Verdict {
        match self.policy.attendee {
            // What Cal.com made of what we sent is no reason to book anew, over and over.
            Attendee::Replace if self.changed_here(field) => Verdict::Replace,
            // What was changed here only is no question; no call brings it there.
            _ if !self.changed_there(field) => Verdict::Keep(Reason::CannotBeCarried),
            Attendee::Replace | Attendee::PlatformWins => Verdict::Keep(Reason::PlatformWins),
            Attendee::CalcomWins => Verdict::Take,
            Attendee::Ask => Verdict::Ask,
        }
    }
}

/// What carries a change of a field there.
fn send(field: Field) -> Verdict {
    match field.carrier() {
        Carrier::Reschedule => Verdict::Send(Push::Reschedule),
        Carrier::Reassign => Verdict::Send(Push::Reassign),
        Carrier::MarkAbsent => Verdict::Send(Push::MarkAbsent),
        Carrier::Another => Verdict::Replace,
        Carrier::State | Carrier::Nothing => Verdict::Keep(Reason::CannotBeCarried),
    }
}

#[cfg(test)]
mod tests;
