//! `POST /reviews/bulk`: what one deed would bring to each of many items of the queue, and then what it did.

use askama::Template;
use domain::people::Role;
use domain::review::{Choice as Decision, Kind};

use super::review::RESTS;
use super::reviews::{ReviewFilter, least};
use crate::{
    components::{AsChip, Chip, Choice, Fate, Field, FieldError, ReviewRow, ReviewSubject, Tally, Tone},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/bulk_reviews.html")]
pub struct BulkReviews {
    pub t: Translator,
    pub frame: Frame,
    pub deed: BulkDeed,
    pub filter: ReviewFilter,
    /// The selected ones.
    pub ids: Vec<String>,
    /// Instead: all that the filter lets through.
    pub all: bool,
    /// How many there are in all rounds.
    pub total: u64,
    /// Those of this round.
    pub rows: Vec<BulkReviewRow>,
    /// Of this round and those before.
    pub counts: Tally,
    /// Whether it was done; else this is the preview.
    pub ran: bool,
    /// Where the next round begins.
    pub next: Option<String>,
    pub reason: String,
    /// To whom they can be given; the chosen one is selected.
    pub people: Vec<Choice>,
    /// For how long they rest.
    pub rest: String,
    /// What is noted.
    pub comment: Field,
    /// What was changed since is left alone; milliseconds of Unix time.
    pub seen_at: i64,
}

/// What can be done about many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkDeed {
    Decide(Decision),
    Assign,
    Snooze,
    Comment,
}

impl BulkDeed {
    /// What is no decision.
    pub const OTHERS: [Self; 3] = [Self::Assign, Self::Snooze, Self::Comment];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decide(choice) => choice.as_str(),
            Self::Assign => "assign",
            Self::Snooze => "snooze",
            Self::Comment => "comment",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        let other = Self::OTHERS.into_iter().find(|deed| deed.as_str() == name);
        other.or_else(|| Decision::from_name(name).map(Self::Decide))
    }

    /// Who may do it to anything at all.
    pub fn least(self) -> Role {
        match self {
            Self::Decide(choice) => least(Kind::Appointment, choice),
            _ => Role::Staff,
        }
    }
}

impl AsChip for BulkDeed {
    fn chip(&self) -> Chip {
        let (icon, label) = match self {
            Self::Decide(choice) => return choice.chip(),
            Self::Assign => ("user", "review-assign"),
            Self::Snooze => ("clock", "review-snooze"),
            Self::Comment => ("note", "review-comment"),
        };
        Chip { tone: Tone::Neutral, icon, label }
    }
}

/// One item and what became of it, or would.
#[derive(Clone, Debug)]
pub struct BulkReviewRow {
    pub row: ReviewRow,
    pub outcome: DecisionOutcome,
}

#[derive(Clone, Debug)]
pub enum DecisionOutcome {
    /// It would be decided: what happens here and at Cal.com.
    Would {
        here: Vec<String>,
        there: Vec<String>,
    },
    Done,
    /// Cal.com has still to answer.
    Underway,
    /// It was so already.
    Unchanged,
    /// Why not; a message.
    Refused(&'static str),
}

impl DecisionOutcome {
    pub fn fate(&self) -> Fate {
        match self {
            Self::Would { .. } => Fate::Would,
            Self::Done => Fate::Done,
            Self::Underway => Fate::Underway,
            Self::Unchanged => Fate::Unchanged,
            Self::Refused(_) => Fate::Refused,
        }
    }
}

impl BulkReviews {
    /// How many the button would decide, as far as is known; `None` where there is nothing to do. The rounds that were
    /// not previewed may hold more.
    pub fn promised(&self) -> Option<u64> {
        let promised = if self.next.is_some() { self.total } else { self.counts.done };
        Some(promised).filter(|count| *count > 0)
    }

    /// How many came or changed after the preview and were left, once everything else is done.
    pub fn left(&self) -> Option<u64> {
        let is_over = self.ran && self.next.is_none();
        Some(self.total.saturating_sub(self.counts.seen())).filter(|left| is_over && *left > 0)
    }

    pub fn takes_reason(&self) -> bool {
        matches!(self.deed, BulkDeed::Decide(choice) if choice == Decision::Cancel || choice.sets_aside())
    }

    /// For how long they can rest: value, message.
    pub fn rests(&self) -> Vec<Choice> {
        let rests = RESTS.into_iter().chain([("", "snooze-end")]);
        let choice = |(value, label): (&str, &'static str)| {
            // Nothing was chosen yet: the first, not the end of all rest.
            let selected = !value.is_empty() && value == self.rest;
            Choice::new(value, self.t.get(label).to_string()).selected(selected)
        };
        rests.map(choice).collect()
    }
}

impl Page for BulkReviews {
    const SECTION: Option<Section> = Some(Section::Reviews);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let lines = |key: &'static str| vec![t.get(key).to_string()];
        let outcomes = [
            DecisionOutcome::Would { here: lines("effect-stays"), there: lines("effect-looked") },
            DecisionOutcome::Refused("refused-not-offered"),
            DecisionOutcome::Unchanged,
            DecisionOutcome::Underway,
        ];
        let rows = ReviewRow::samples(&t).into_iter().zip(outcomes);
        Self {
            deed: BulkDeed::Decide(Decision::Retry),
            filter: ReviewFilter { cause: "slot_taken".into(), ..ReviewFilter::default() },
            ids: Vec::new(),
            all: true,
            total: 137,
            rows: rows.map(|(row, outcome)| BulkReviewRow { row, outcome }).collect(),
            counts: Tally { done: 1, unchanged: 2, refused: 1 },
            ran: false,
            next: Some("nrev_2".into()),
            reason: String::new(),
            people: ["Katharina Morgenrot", "Mira Hoffmann"].map(|name| Choice::new(name, name)).into(),
            rest: "tomorrow".into(),
            comment: Field::default(),
            seen_at: 0,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let done = |row: BulkReviewRow| BulkReviewRow { outcome: DecisionOutcome::Done, ..row };
        let ran = |next: Option<&str>| Self {
            ran: true,
            next: next.map(Into::into),
            rows: sample().rows.into_iter().map(done).collect(),
            ..sample()
        };
        let nothing = Self { rows: Vec::new(), total: 0, next: None, counts: Tally::default(), ..sample() };
        let few = Self {
            all: false,
            ids: vec!["rev_1".into()],
            next: None,
            deed: BulkDeed::Decide(Decision::Dismiss),
            ..sample()
        };
        let note = Field::wrong("", FieldError::Required);
        let others = BulkDeed::OTHERS.map(|deed| Self { deed, comment: note.clone(), ..sample() });
        [ran(Some("nrev_2")), ran(None), nothing, few].into_iter().chain(others).collect()
    }
}
