//! Opening and working hours: what is open on which day of the week, in the clock of a place.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Slot;

/// Intervals per weekday, in local time; Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WeeklyHours(pub [Vec<Interval>; 7]);

/// From `from` (included) to `to` (excluded) on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Opening.
    pub from: Time,
    /// Closing.
    pub to: Time,
}

impl WeeklyHours {
    /// The same interval on the given days.
    pub fn on(days: &[Weekday], from: Time, to: Time) -> Self {
        let mut hours = Self::default();
        for day in days {
            hours.0[index(*day)].push(Interval { from, to });
        }
        hours
    }

    /// The intervals of a weekday.
    pub fn day(&self, weekday: Weekday) -> &[Interval] {
        &self.0[index(weekday)]
    }

    /// Whether the whole slot lies inside one interval, by the clock of `zone`.
    /// A slot that runs past midnight never does.
    pub fn cover(&self, slot: &Slot, zone: &TimeZone) -> bool {
        let (start, end) = (zone.to_datetime(slot.start), zone.to_datetime(slot.end));
        start.date() == end.date()
            && self
                .day(start.date().weekday())
                .iter()
                .any(|open| open.from <= start.time() && end.time() <= open.to)
    }

    /// Whether nothing is open on any day.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[test]
    fn hours_follow_the_wall_clock_over_the_change_of_summer_time() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let hours = WeeklyHours::on(&[Weekday::Sunday], time(9, 0, 0, 0), time(18, 0, 0, 0));
        // 25 October 2026 has 25 hours; nine o'clock is UTC+1 on that day, UTC+2 a week before.
        for (start, open) in [
            ("2026-10-18T07:00:00Z", true),
            ("2026-10-25T07:00:00Z", false),
            ("2026-10-25T08:00:00Z", true),
            ("2026-10-25T16:30:00Z", true),
            ("2026-10-25T16:45:00Z", false),
            ("2026-10-26T09:00:00Z", false),
        ] {
            assert_eq!(hours.cover(&Slot::of(start.parse().unwrap(), 30), &berlin), open, "{start}");
        }
    }
}
