//! `POST /reviews/bulk`: what one decision would bring to each of many items of the queue, and then what it did.

use askama::Template;
use domain::review::Choice as Decision;

use super::reviews::ReviewFilter;
use crate::{
    components::{AsChip, Fate, ReviewRow, ReviewSubject, Tally},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/bulk_reviews.html")]
pub struct BulkReviews {
    pub t: Translator,
    pub frame: Frame,
    pub decision: Decision,
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
    /// What was changed since is left alone; milliseconds of Unix time.
    pub seen_at: i64,
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

    pub fn takes_reason(&self) -> bool {
        self.decision == Decision::Cancel || self.decision.sets_aside()
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
        ];
        let rows = ReviewRow::samples(&t).into_iter().zip(outcomes);
        Self {
            decision: Decision::Retry,
            filter: ReviewFilter { cause: "slot_taken".into(), ..ReviewFilter::default() },
            ids: Vec::new(),
            all: true,
            total: 137,
            rows: rows.map(|(row, outcome)| BulkReviewRow { row, outcome }).collect(),
            counts: Tally { done: 1, unchanged: 1, refused: 1 },
            ran: false,
            next: Some("nrev_2".into()),
            reason: String::new(),
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
            decision: Decision::Dismiss,
            ..sample()
        };
        vec![ran(Some("nrev_2")), ran(None), nothing, few]
    }
}
