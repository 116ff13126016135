//! `POST /appointments/bulk`: what one action would do to each of many appointments, and then what it did.

use askama::Template;
use domain::{Next, people::Staff, timeline::What};
use engine::appointments::{ChangeError, Preview};

use super::{appointment::push_key, appointments::AppointmentFilter};
use crate::{
    components::{AppointmentRow, AsChip, Choice, Fate, Field, Tally},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/bulk.html")]
pub struct Bulk {
    pub t: Translator,
    pub frame: Frame,
    pub action: BulkAction,
    pub filter: AppointmentFilter,
    /// The selected ones.
    pub ids: Vec<String>,
    /// Instead: all that the filter lets through.
    pub all: bool,
    /// How many there are in all rounds.
    pub total: u64,
    /// Those of this round.
    pub rows: Vec<BulkRow>,
    /// Of this round and those before.
    pub counts: Tally,
    /// Whether it was done; else this is the preview.
    pub ran: bool,
    /// Where the next round begins.
    pub next: Option<String>,
    /// The particulars that the preview is of; others are not carried out before they were previewed.
    pub previewed: String,
    /// The particulars were changed since the preview.
    pub changed: bool,
    /// The form was sent before with something else in it; nothing was done now.
    pub reused: bool,
    pub reason: Field,
    pub minutes: Field,
    pub staff: Vec<Choice>,
    pub give_to: Field,
    pub sides: Vec<Choice>,
    pub side: Field,
    /// Makes two presses of the button one change.
    pub key: String,
    /// What was changed since is left alone; milliseconds of Unix time.
    pub seen_at: i64,
}

/// What can be done about many appointments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAction {
    Cancel,
    Move,
    Confirm,
    NoShow,
    Check,
    Settle,
    Delete,
}

impl BulkAction {
    pub const ALL: [Self; 7] =
        [Self::Move, Self::Cancel, Self::Confirm, Self::NoShow, Self::Check, Self::Settle, Self::Delete];

    pub fn code(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Move => "move",
            Self::Confirm => "confirm",
            Self::NoShow => "no_show",
            Self::Check => "check",
            Self::Settle => "settle",
            Self::Delete => "delete",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == name)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Cancel => "bulk-cancel",
            Self::Move => "bulk-move",
            Self::Confirm => "bulk-confirm",
            Self::NoShow => "bulk-no-show",
            Self::Check => "bulk-check",
            Self::Settle => "bulk-settle",
            Self::Delete => "bulk-delete",
        }
    }

    /// Whether it cannot be taken back.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Cancel | Self::Delete)
    }

    pub fn needs_manager(self) -> bool {
        matches!(self, Self::Settle | Self::Delete)
    }

    pub fn takes_reason(self) -> bool {
        matches!(self, Self::Cancel | Self::Move | Self::Delete)
    }

    /// Whether anything has to be said beside what is to be done.
    pub fn takes_particulars(self) -> bool {
        self.takes_reason() || self == Self::Settle
    }
}

/// One appointment and what became of it, or would.
#[derive(Clone, Debug)]
pub struct BulkRow {
    pub row: AppointmentRow,
    pub outcome: BulkOutcome,
}

#[derive(Clone, Debug)]
pub enum BulkOutcome {
    /// Something has still to be said before anything can be told.
    Open,
    /// It would be changed: what happens here, in words, and at Cal.com, as a message.
    Would {
        here: Vec<String>,
        there: &'static str,
    },
    Done,
    Unchanged,
    /// Why not; a message.
    Refused(&'static str),
}

impl BulkOutcome {
    pub fn fate(&self) -> Fate {
        match self {
            Self::Open => Fate::Open,
            Self::Would { .. } => Fate::Would,
            Self::Done => Fate::Done,
            Self::Unchanged => Fate::Unchanged,
            Self::Refused(_) => Fate::Refused,
        }
    }

    pub fn would(t: &Translator, preview: &Preview, staff: &[Staff]) -> Self {
        let here = preview.told.iter().map(|what| match what {
            What::Rescheduled { to, .. } => {
                t.get("bulk-new-time").arg("time", t.date_span(&to.start, &to.end)).to_string()
            }
            What::Reassigned { to, .. } => {
                let name = staff.iter().find(|person| person.id == *to).map(|person| person.name.clone());
                t.get("bulk-given").arg("staff", name.unwrap_or_default()).to_string()
            }
            What::Cancelled { .. } => t.get("bulk-will-cancel").to_string(),
            What::Confirmed => t.get("bulk-will-confirm").to_string(),
            What::NoShow { .. } => t.get("bulk-will-no-show").to_string(),
            What::Deleted => t.get("bulk-will-delete").to_string(),
            What::Settled { ours: true } => t.get("bulk-ours").to_string(),
            What::Settled { ours: false } => t.get("bulk-theirs").to_string(),
            _ => t.get("bulk-looked").to_string(),
        });
        let there = match &preview.next {
            Next::Act(push) => push_key(*push),
            Next::Look | Next::Wait => "attempt-look",
            Next::NotConnected | Next::Rest => "bulk-there-nothing",
            Next::Ask(_) | Next::Vanished | Next::GivenUp(_) => "bulk-there-asks",
        };
        Self::Would { here: here.collect(), there }
    }

    pub fn refused(error: &ChangeError) -> Self {
        use domain::appointment::Refusal;
        Self::Refused(match error {
            ChangeError::Refused(Refusal::InThePast) => "bulk-refused-past",
            ChangeError::Refused(Refusal::TooFarAhead) => "bulk-refused-far",
            ChangeError::Refused(Refusal::Cancelled) => "bulk-refused-cancelled",
            ChangeError::Refused(Refusal::Over) => "bulk-refused-over",
            ChangeError::Refused(Refusal::NotStarted) => "bulk-refused-not-started",
            ChangeError::Refused(Refusal::NotRequested) => "bulk-refused-not-requested",
            ChangeError::Refused(Refusal::NoShow) => "bulk-refused-no-show",
            ChangeError::Service | ChangeError::NotOnline | ChangeError::Staff => "bulk-refused-staff",
            ChangeError::NotWorking => "bulk-refused-closed",
            ChangeError::SlotTaken => "bulk-refused-taken",
            ChangeError::KeyReused => "bulk-refused-other",
            ChangeError::Stale(_) | ChangeError::NotFound | ChangeError::Engine(_) => "bulk-refused-stale",
        })
    }
}

impl Bulk {
    /// Where what Cal.com has not said yet is followed: a list that keeps itself up to date.
    pub fn pending_href(&self) -> &'static str {
        "/appointments?sync=pending"
    }

    /// How many the button would change, as far as is known; `None` where there is nothing to do. The rounds
    /// that were not previewed may hold more.
    pub fn promised(&self) -> Option<u64> {
        let promised = if self.next.is_some() { self.total } else { self.counts.done };
        Some(promised).filter(|count| *count > 0 && !self.is_open())
    }

    /// Whether something has still to be said before anything can be told.
    pub fn is_open(&self) -> bool {
        self.rows.iter().any(|one| matches!(one.outcome, BulkOutcome::Open))
    }
}

impl Page for Bulk {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let would = |key: &str| BulkOutcome::Would {
            here: vec![t.get("bulk-given").arg("staff", key).to_string()],
            there: "attempt-reschedule",
        };
        let outcomes =
            [would("Jonas Weber"), BulkOutcome::Refused("bulk-refused-taken"), BulkOutcome::Unchanged];
        let rows = AppointmentRow::samples(t.now).into_iter().zip(outcomes);
        Self {
            action: BulkAction::Move,
            filter: AppointmentFilter { from: "2026-11-24".into(), ..AppointmentFilter::default() },
            ids: Vec::new(),
            all: true,
            total: 137,
            rows: rows.map(|(row, outcome)| BulkRow { row, outcome }).collect(),
            counts: Tally { done: 1, unchanged: 1, refused: 1 },
            ran: false,
            next: Some("n1.2".into()),
            previewed: String::new(),
            changed: true,
            reused: false,
            reason: Field::default(),
            minutes: Field::of("15"),
            staff: ["Mira Hoffmann", "Jonas Weber"].map(|name| Choice::new(name, name)).into(),
            give_to: Field::default(),
            sides: Vec::new(),
            side: Field::default(),
            key: "0193a5b0-c1d2-7f3e-8a4b-5c6d7e8f9012".into(),
            seen_at: 0,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let ran = |next: Option<&str>| {
            let sample = Self::sample(t.clone(), frame.clone());
            let done = |row: BulkRow| BulkRow { outcome: BulkOutcome::Done, ..row };
            Self {
                ran: true,
                next: next.map(Into::into),
                rows: sample.rows.into_iter().map(done).collect(),
                ..Self::sample(t.clone(), frame.clone())
            }
        };
        let settle = Self {
            action: BulkAction::Settle,
            rows: AppointmentRow::samples(t.now)
                .into_iter()
                .map(|row| BulkRow { row, outcome: BulkOutcome::Open })
                .collect(),
            all: false,
            next: None,
            sides: ["settle-ours", "settle-theirs"]
                .map(|key| Choice::new(key, t.get(key).to_string()))
                .into(),
            ..Self::sample(t.clone(), frame.clone())
        };
        let nothing =
            Self { rows: Vec::new(), total: 0, next: None, ..Self::sample(t.clone(), frame.clone()) };
        let last =
            Self { next: None, changed: false, reused: true, ..Self::sample(t.clone(), frame.clone()) };
        let delete = Self { action: BulkAction::Delete, ..Self::sample(t.clone(), frame.clone()) };
        let checked = Self { action: BulkAction::Check, ..ran(None) };
        vec![ran(Some("n1.2")), ran(None), checked, settle, nothing, last, delete]
    }
}
