//! The three snapshots of a booking beside each other, fact by fact, with a verdict for each.

use domain::{
    BookingState, Email, EventTypeRef, Facts, Field, Policy, Remote, Slot,
    plan::{Snapshots, Winner, accepted},
};
use jiff::Timestamp;

use crate::{
    components::{AsChip, Chip, Tone},
    i18n::Translator,
};

/// What stands here, what both sides last shared, what stands at Cal.com. Texts are in the reader's
/// language; `None` is "nothing".
#[derive(Clone, Debug)]
pub struct Comparison {
    /// When Cal.com was last looked at; `None` before the first look.
    pub seen_at: Option<Timestamp>,
    pub rows: Vec<ComparisonRow>,
}

#[derive(Clone, Debug)]
pub struct ComparisonRow {
    /// The message that names the fact.
    pub label: &'static str,
    pub here: Option<String>,
    pub agreed: Option<String>,
    pub there: Option<String>,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    /// Changed here: goes to Cal.com.
    Here,
    /// Changed there: comes here.
    There,
    /// Changed on both sides.
    Both,
    /// Differs, and stays so: Cal.com cannot be told.
    Accepted,
    /// Not known or not there.
    Missing,
}

impl Verdict {
    /// What the style sheet calls it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Here => "here",
            Self::There => "there",
            Self::Both => "both",
            Self::Accepted => "accepted",
            Self::Missing => "missing",
        }
    }
}

impl AsChip for Verdict {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Same => (Tone::Good, "check", "verdict-same"),
            Self::Here => (Tone::Wait, "send", "verdict-here"),
            Self::There => (Tone::Wait, "webhook", "verdict-there"),
            Self::Both => (Tone::Split, "split", "verdict-conflict"),
            Self::Accepted => (Tone::Neutral, "info", "verdict-accepted"),
            Self::Missing => (Tone::Bad, "cloud-off", "verdict-missing"),
        };
        Chip { tone, icon, label }
    }
}

/// How things are named for people.
pub struct Names<'a> {
    /// The address that stands for a customer without one; it is not shown.
    pub placeholder: &'a Email,
    /// The name of an event type.
    pub event_type: &'a dyn Fn(EventTypeRef) -> String,
    /// The name of a host, by Cal.com's user id.
    pub host: &'a dyn Fn(i64) -> String,
}

impl Comparison {
    pub fn of(
        t: &Translator,
        snapshots: &Snapshots,
        policy: Policy,
        seen_at: Option<Timestamp>,
        names: &Names<'_>,
    ) -> Self {
        let there = match &snapshots.remote {
            Remote::Present(facts) => Some(facts),
            Remote::Unknown | Remote::Absent => None,
        };
        let say = |field, facts: &Facts| say(t, field, facts, names);
        let row = |field: Field| ComparisonRow {
            label: label(field),
            here: say(field, &snapshots.local),
            agreed: snapshots.agreed.as_ref().and_then(|facts| say(field, facts)),
            there: there.and_then(|facts| say(field, facts)),
            verdict: verdict(field, snapshots, policy),
        };
        // Who serves is a fact of its own only on an event type of a team, absence only once there is one.
        let told = |field: &Field| match field {
            Field::Host => snapshots.local.host.is_some(),
            Field::Absent => snapshots.local.absent || there.is_some_and(|facts| facts.absent),
            _ => true,
        };
        Self { seen_at, rows: Field::ALL.into_iter().filter(told).map(row).collect() }
    }

    pub fn differences(&self) -> usize {
        self.rows.iter().filter(|row| row.verdict != Verdict::Same).count()
    }
}

fn verdict(field: Field, snapshots: &Snapshots, policy: Policy) -> Verdict {
    let Snapshots { local: here, agreed, remote: Remote::Present(there) } = snapshots else {
        return Verdict::Missing;
    };
    if field.same(here, there) {
        return Verdict::Same;
    }
    if accepted(snapshots, policy).iter().any(|accepted| accepted.field == field) {
        return Verdict::Accepted;
    }
    let base = agreed.as_ref().unwrap_or(there);
    match (field.same(here, base), field.same(there, base)) {
        (false, false) => match policy.times {
            Winner::Ask => Verdict::Both,
            Winner::PlatformWins => Verdict::Here,
            Winner::CalcomWins => Verdict::There,
        },
        (true, false) => Verdict::There,
        (_, true) => Verdict::Here,
    }
}

/// The message that names a fact.
pub fn label(field: Field) -> &'static str {
    match field {
        Field::State => "fact-state",
        Field::Start => "fact-start",
        Field::Duration => "fact-duration",
        Field::EventType => "fact-event-type",
        Field::Host => "fact-host",
        Field::Absent => "fact-absent",
        Field::Name => "fact-name",
        Field::Email => "fact-email",
        Field::Phone => "fact-phone",
        Field::Notes => "fact-notes",
    }
}

fn say(t: &Translator, field: Field, facts: &Facts, names: &Names<'_>) -> Option<String> {
    match field {
        Field::State => Some(match facts.state {
            BookingState::Requested => t.get("status-requested").to_string(),
            BookingState::Active => t.get("status-confirmed").to_string(),
            BookingState::Cancelled => t.get("status-cancelled").to_string(),
        }),
        Field::Start => Some(t.date_time(&facts.slot.start)),
        Field::Duration => Some(t.minutes(&facts.slot.minutes())),
        Field::EventType => facts.event_type.map(names.event_type),
        Field::Host => facts.host.map(names.host),
        Field::Absent => {
            Some(t.get(if facts.absent { "fact-absent-yes" } else { "fact-absent-no" }).to_string())
        }
        Field::Name => Some(facts.name.clone()),
        Field::Email => {
            facts.email.as_ref().filter(|email| *email != names.placeholder).map(ToString::to_string)
        }
        Field::Phone => facts.phone.as_ref().map(ToString::to_string),
        Field::Notes => facts.notes.clone(),
    }
    .filter(|text| !text.is_empty())
}

impl Comparison {
    pub(super) fn sample(t: &Translator, here: Slot, there: Slot) -> Self {
        let row =
            |field, here: Option<&str>, agreed: Option<&str>, there: Option<&str>, verdict| ComparisonRow {
                label: label(field),
                here: here.map(Into::into),
                agreed: agreed.map(Into::into),
                there: there.map(Into::into),
                verdict,
            };
        let same = |field, text| row(field, Some(text), Some(text), Some(text), Verdict::Same);
        let state = t.get("status-confirmed").to_string();
        let day = jiff::SignedDuration::from_hours(24);
        let (start, agreed, moved) =
            (t.date_time(&here.start), t.date_time(&(here.start - day)), t.date_time(&there.start));
        Self {
            seen_at: Some(t.now - jiff::SignedDuration::from_mins(3)),
            rows: vec![
                same(Field::State, &state),
                row(Field::Start, Some(&start), Some(&agreed), Some(&moved), Verdict::Both),
                same(Field::Duration, &t.minutes(&here.minutes())),
                same(Field::EventType, "Damenschnitt (Mira Hoffmann)"),
                same(Field::Name, "Aylin Demir"),
                row(Field::Email, None, None, None, Verdict::Same),
                row(Field::Phone, Some("+49 30 5550142"), Some("+49 30 5550142"), None, Verdict::Accepted),
                row(
                    Field::Notes,
                    Some("Bitte ohne Föhnen, Termin danach um 16 Uhr."),
                    Some("Bitte ohne Föhnen."),
                    Some("Bitte ohne Föhnen."),
                    Verdict::Accepted,
                ),
            ],
        }
    }
}
