//! A stretch of time on somebody's day.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// From `start` (included) to `end` (excluded), as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// The first instant that belongs to it.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Slot {
    /// The slot that starts at `start` and lasts `minutes`; the end saturates at the end of time.
    pub fn of(start: Timestamp, minutes: u32) -> Self {
        let length = jiff::SignedDuration::from_mins(i64::from(minutes));
        Self { start, end: start.saturating_add(length).unwrap_or(Timestamp::MAX) }
    }

    /// The same length, `by` later; saturates at the ends of time.
    pub fn shifted(&self, by: jiff::SignedDuration) -> Self {
        let shift = |at: Timestamp| at.saturating_add(by).unwrap_or(at);
        Self { start: shift(self.start), end: shift(self.end) }
    }

    /// Whole minutes from start to end.
    pub fn minutes(&self) -> u32 {
        u32::try_from(self.end.duration_since(self.start).as_secs() / 60).unwrap_or(0)
    }

    /// Whether the two share any instant. Slots that only touch do not overlap.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_slots_do_not_overlap() {
        let first = Slot::of("2026-11-24T09:00:00Z".parse().unwrap(), 30);
        let second = Slot::of(first.end, 30);
        assert_eq!(first.minutes(), 30);
        assert!(!first.overlaps(&second) && !second.overlaps(&first));
        assert!(first.overlaps(&Slot::of("2026-11-24T09:29:00Z".parse().unwrap(), 30)));
    }
}
