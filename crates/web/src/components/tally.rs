//! What became of each of many, or would, and how many became what: the same on every page of work on many.

use super::{AsChip, Chip, Tone};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Something has still to be said before anything can be told.
    Open,
    /// It would be changed.
    Would,
    Done,
    /// Cal.com has still to answer.
    Underway,
    Unchanged,
    Refused,
}

impl AsChip for Fate {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Open => (Tone::Neutral, "clock", "bulk-open"),
            Self::Would => (Tone::Info, "arrow-right", "bulk-would"),
            Self::Done => (Tone::Good, "check", "bulk-done"),
            Self::Underway => (Tone::Wait, "clock", "bulk-underway"),
            Self::Unchanged => (Tone::Neutral, "info", "bulk-unchanged"),
            Self::Refused => (Tone::Bad, "ban", "bulk-refused"),
        };
        Chip { tone, icon, label }
    }
}

/// How many became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub done: u64,
    pub unchanged: u64,
    pub refused: u64,
}

impl Tally {
    pub fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Open => {}
            Fate::Would | Fate::Done => self.done += 1,
            Fate::Unchanged | Fate::Underway => self.unchanged += 1,
            Fate::Refused => self.refused += 1,
        }
    }

    pub fn seen(&self) -> u64 {
        self.done + self.unchanged + self.refused
    }
}
