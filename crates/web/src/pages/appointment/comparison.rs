//! The three snapshots of a booking beside each other, fact by fact, with a verdict for each.

use domain::{
    BookingRecord, BookingState, Case, Email, EventTypeRef, Facts, Field, Remote, Sighting, Slot,
    booking::{Role, Seen},
    plan::{Accepted, Reason, Snapshots, Winner},
};
use jiff::Timestamp;

use crate::{
    components::{AsChip, Chip, Tone},
    i18n::Translator,
};

/// One booking: what stands here, what both sides last shared, what stands at Cal.com. Texts are in the
/// reader's language; `None` is "nothing".
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Which stretch of work of a composite appointment it is of.
    pub part: Option<String>,
    /// It makes way for another one: all that is wanted of it is its end.
    pub leaving: bool,
    /// When Cal.com was last looked at; `None` before the first look.
    pub seen_at: Option<Timestamp>,
    /// Empty while no booking is known: there is nothing to compare with.
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

/// How people call what Cal.com has numbers for.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// Of an event type.
    pub event_type: &'a dyn Fn(EventTypeRef) -> String,
    /// Of a user of Cal.com on an event type of a team.
    pub host: &'a dyn Fn(EventTypeRef, i64) -> String,
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
    /// Differs, and stays so, for this reason.
    Accepted(Reason),
    /// There is no booking yet, or what it says is being asked.
    Open,
    /// It was there, and is there no longer.
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
            Self::Accepted(_) => "accepted",
            Self::Open => "open",
            Self::Missing => "missing",
        }
    }

    /// Why it stays different; a message.
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::Accepted(Reason::CannotBeCarried) => Some("why-cannot-be-carried"),
            Self::Accepted(Reason::PlatformWins) => Some("why-platform-wins"),
            Self::Accepted(Reason::Cancelled) => Some("why-cancelled"),
            Self::Accepted(Reason::TooLate) => Some("why-too-late"),
            _ => None,
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
            Self::Accepted(_) => (Tone::Neutral, "info", "verdict-accepted"),
            Self::Open => (Tone::Neutral, "clock", "verdict-open"),
            Self::Missing => (Tone::Bad, "cloud-off", "verdict-missing"),
        };
        Chip { tone, icon, label }
    }
}

impl Comparison {
    /// Of one of the bookings of a case; `None` for one that is no more.
    pub fn of(
        t: &Translator,
        case: &Case,
        record: &BookingRecord,
        part: Option<String>,
        names: Names<'_>,
    ) -> Option<Self> {
        if record.role == Role::Gone {
            return None;
        }
        let snapshots = case.snapshots(record);
        let accepted = case.accepted(record);
        let leaving = record.role.is_leaving();
        // What Cal.com was last seen to say is worth showing while it is being asked again.
        let there = record.sighting().map(|seen| &seen.facts);
        let say = |field, facts: &Facts| say(t, field, facts, Some(&case.placeholder), names);
        let row = |field: Field| ComparisonRow {
            label: label(field),
            here: say(field, &snapshots.local),
            agreed: snapshots.agreed.as_ref().and_then(|facts| say(field, facts)),
            there: there.and_then(|facts| say(field, facts)),
            verdict: verdict(field, &snapshots, &accepted, case.policy.times),
        };
        let known = there.is_some() || snapshots.agreed.is_some();
        let told = |row: &ComparisonRow, field: Field| match field {
            _ if !known => false,
            // Where the event type decides who serves, nobody is wished for.
            Field::Host => row.here.is_some() || row.verdict != Verdict::Same,
            Field::Absent => row.here.is_some() || row.agreed.is_some() || row.there.is_some(),
            _ => !leaving || matches!(field, Field::State | Field::Start | Field::EventType),
        };
        let rows = Field::ALL.into_iter().map(|field| (row(field), field));
        Some(Self {
            part,
            leaving,
            seen_at: match &record.seen {
                Seen::Never => None,
                Seen::Absent { at } => Some(*at),
                Seen::Booking(sighting) => Some(sighting.seen_at),
            },
            rows: rows.filter(|(row, field)| told(row, *field)).map(|(row, _)| row).collect(),
        })
    }

    /// Of a booking that nobody here knows: all that is said of it comes from Cal.com.
    pub fn unknown(t: &Translator, seen: &Sighting, names: Names<'_>) -> Self {
        let rows = Field::ALL.into_iter().filter_map(|field| {
            let there = Some(say(t, field, &seen.facts, None, names)?);
            Some(ComparisonRow {
                label: label(field),
                here: None,
                agreed: None,
                there,
                verdict: Verdict::There,
            })
        });
        Self { part: None, leaving: false, seen_at: Some(seen.seen_at), rows: rows.collect() }
    }

    pub fn differences(&self) -> usize {
        self.rows.iter().filter(|row| row.verdict != Verdict::Same).count()
    }
}

fn verdict(field: Field, snapshots: &Snapshots, accepted: &[Accepted], times: Winner) -> Verdict {
    let Snapshots { local: here, agreed, remote } = snapshots;
    let there = match remote {
        Remote::Present(there) => there,
        Remote::Absent if agreed.as_ref().is_some_and(|base| base.state.is_live()) => {
            return Verdict::Missing;
        }
        Remote::Absent | Remote::Unknown => return Verdict::Open,
    };
    if field.same(here, there) {
        return Verdict::Same;
    }
    if let Some(accepted) = accepted.iter().find(|accepted| accepted.field == field) {
        return Verdict::Accepted(accepted.why);
    }
    let base = agreed.as_ref().unwrap_or(there);
    match (field.same(here, base), field.same(there, base)) {
        (false, false) => match times {
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

fn say(
    t: &Translator,
    field: Field,
    facts: &Facts,
    placeholder: Option<&Email>,
    names: Names<'_>,
) -> Option<String> {
    match field {
        Field::State => Some(match facts.state {
            BookingState::Requested => t.get("status-requested").to_string(),
            BookingState::Active => t.get("status-confirmed").to_string(),
            BookingState::Cancelled => t.get("status-cancelled").to_string(),
        }),
        Field::Start => Some(t.date_time(&facts.slot.start)),
        Field::Duration => Some(t.minutes(&facts.slot.minutes())),
        Field::EventType => facts.event_type.map(names.event_type),
        Field::Host => facts.event_type.zip(facts.host).map(|(on, host)| (names.host)(on, host)),
        Field::Absent => facts.absent.then(|| t.get("status-no-show").to_string()),
        Field::Name => Some(facts.name.clone()),
        Field::Email => {
            facts.email.as_ref().filter(|email| Some(*email) != placeholder).map(ToString::to_string)
        }
        Field::Phone => facts.phone.as_ref().map(ToString::to_string),
        Field::Notes => facts.notes.clone(),
    }
    .filter(|text| !text.is_empty())
}

impl Comparison {
    pub(in crate::pages) fn sample(t: &Translator, here: Slot, there: Slot) -> Self {
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
            part: None,
            leaving: false,
            seen_at: Some(t.now - jiff::SignedDuration::from_mins(3)),
            rows: vec![
                same(Field::State, &state),
                row(Field::Start, Some(&start), Some(&agreed), Some(&moved), Verdict::Both),
                same(Field::Duration, &t.minutes(&here.minutes())),
                same(Field::EventType, "Damenschnitt (Mira Hoffmann)"),
                same(Field::Name, "Aylin Demir"),
                row(Field::Email, None, None, None, Verdict::Same),
                row(
                    Field::Phone,
                    Some("+49 30 5550142"),
                    Some("+49 30 5550142"),
                    None,
                    Verdict::Accepted(Reason::PlatformWins),
                ),
                row(
                    Field::Notes,
                    Some("Bitte ohne Föhnen, Termin danach um 16 Uhr."),
                    Some("Bitte ohne Föhnen."),
                    Some("Bitte ohne Föhnen."),
                    Verdict::Accepted(Reason::CannotBeCarried),
                ),
            ],
        }
    }
}
