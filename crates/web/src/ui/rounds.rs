//! What every form of an action on many carries from round to round: which ones, and what became of those before. Nothing
//! is kept here between two rounds.

use jiff::Timestamp;

use crate::components::Tally;

/// The part of the form.
#[derive(Clone, Default)]
pub struct Rounds {
    /// It is done; else this is the preview.
    pub run: bool,
    pub ids: Vec<String>,
    /// Instead: all that match.
    pub all: bool,
    /// How many there were at the first round.
    pub total: Option<u64>,
    /// What was changed since is left alone.
    pub seen_at: Option<Timestamp>,
    pub cursor: String,
    pub counts: Tally,
}

impl Rounds {
    /// Takes a field of the form, if it is one of these.
    pub fn take(&mut self, name: &str, value: &str) -> bool {
        match name {
            "intent" => self.run = value == "run",
            "ids" => self.ids.push(value.to_owned()),
            "all" => self.all = true,
            "total" => self.total = value.parse().ok(),
            "seen_at" => {
                self.seen_at = value.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
            }
            "cursor" => value.clone_into(&mut self.cursor),
            "done" => self.counts.done = value.parse().unwrap_or(0),
            "unchanged" => self.counts.unchanged = value.parse().unwrap_or(0),
            "refused" => self.counts.refused = value.parse().unwrap_or(0),
            _ => return false,
        }
        true
    }

    /// Whether a round was done before.
    pub fn begun(&self) -> bool {
        !self.cursor.is_empty()
    }

    /// Where this round begins; `None` for the first.
    pub fn place(&self) -> Option<&str> {
        Some(self.cursor.as_str()).filter(|place| !place.is_empty())
    }

    /// The same before its first round, and as a preview.
    pub fn anew(self) -> Self {
        Self { ids: self.ids, all: self.all, ..Self::default() }
    }

    /// What the next form says was seen; `now`, where this is what was not seen before.
    pub fn seen(&self, ran: bool, now: Timestamp) -> i64 {
        self.seen_at.filter(|_| ran || self.begun()).unwrap_or(now).as_millisecond()
    }
}
