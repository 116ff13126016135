//! Opening and working hours: what is open on which day of the week, in the clock of a place.

use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Slot;

/// Why the hours of a day are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// Not of the form `9:00-12:30, 13:30-18:00`.
    #[error("hours look like 9:00-12:30, 13:30-18:00")]
    Unreadable,
    /// It ends before it begins.
    #[error("hours end after they begin")]
    Backwards,
    /// Two of them have an instant in common.
    #[error("hours of one day do not overlap")]
    Overlapping,
}

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

    /// Days in a row with the same hours, from Monday on: the first, the last, and their hours.
    pub fn runs(&self) -> Vec<(Weekday, Weekday, &[Interval])> {
        let mut runs: Vec<(Weekday, Weekday, &[Interval])> = Vec::new();
        for day in Weekday::Monday.cycle_forward().take(7) {
            let hours = self.day(day);
            match runs.last_mut() {
                Some((_, last, same)) if *same == hours && last.next() == day => *last = day,
                _ => runs.push((day, day, hours)),
            }
        }
        runs
    }

    /// Whether nothing is open on any day.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

impl FromStr for Interval {
    type Err = InvalidHours;

    /// `9-12`, `9:00–12:30`, `9.00 - 12.30`
    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let (from, to) = text.split_once(['-', '–', '—']).ok_or(InvalidHours::Unreadable)?;
        let (from, to) =
            (clock(from).ok_or(InvalidHours::Unreadable)?, clock(to).ok_or(InvalidHours::Unreadable)?);
        if from < to { Ok(Self { from, to }) } else { Err(InvalidHours::Backwards) }
    }
}

fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let digits =
        |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let whole = digits(hour, 2) && minute.len() == 2 && digits(minute, 2);
    if whole { Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok() } else { None }
}

/// Puts the hours of a day in their order.
///
/// # Errors
/// [`InvalidHours::Overlapping`].
pub fn in_order(day: &mut [Interval]) -> Result<(), InvalidHours> {
    day.sort_by_key(|open| open.from);
    let overlap = day.windows(2).any(|two| two[0].to > two[1].from);
    if overlap { Err(InvalidHours::Overlapping) } else { Ok(()) }
}

/// The hours of a day as people write them: `9:00-12:30, 13:30-18:00`; nothing is closed.
///
/// # Errors
/// [`InvalidHours`].
pub fn read_day(text: &str) -> Result<Vec<Interval>, InvalidHours> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut day = text.split([',', ';']).map(str::parse).collect::<Result<Vec<Interval>, _>>()?;
    in_order(&mut day)?;
    Ok(day)
}

/// What [`read_day`] reads: `09:00–12:30, 13:30–18:00`.
pub fn write_day(day: &[Interval]) -> String {
    let open = |open: &Interval| format!("{}–{}", open.from.strftime("%H:%M"), open.to.strftime("%H:%M"));
    day.iter().map(open).collect::<Vec<_>>().join(", ")
}

fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;
    use proptest::prelude::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        let open = |from: (i8, i8), to: (i8, i8)| Interval {
            from: time(from.0, from.1, 0, 0),
            to: time(to.0, to.1, 0, 0),
        };
        for (text, hours) in [
            ("", vec![]),
            ("  ", vec![]),
            ("9-18", vec![open((9, 0), (18, 0))]),
            ("9:00–18:30", vec![open((9, 0), (18, 30))]),
            ("09.00 - 12.30; 13:30—18", vec![open((9, 0), (12, 30)), open((13, 30), (18, 0))]),
            ("14-18,9-14", vec![open((9, 0), (14, 0)), open((14, 0), (18, 0))]),
        ] {
            assert_eq!(read_day(text), Ok(hours), "{text}");
        }
        for text in
            ["9", "9 bis 18", "9-18-20", "9-25", "9:5-18", "9-18,", "-", "9-1\u{661}", "009-18", "+9-18"]
        {
            assert_eq!(read_day(text), Err(InvalidHours::Unreadable), "{text}");
        }
        assert_eq!(read_day("18-9"), Err(InvalidHours::Backwards));
        assert_eq!(read_day("9-9"), Err(InvalidHours::Backwards));
        assert_eq!(read_day("9-13, 12-18"), Err(InvalidHours::Overlapping));
    }

    #[test]
    fn days_with_the_same_hours_are_told_together() {
        let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Thursday];
        let hours = WeeklyHours::on(&days, time(9, 0, 0, 0), time(18, 0, 0, 0));
        let runs: Vec<_> =
            hours.runs().into_iter().map(|(first, last, hours)| (first, last, hours.len())).collect();
        assert_eq!(
            runs,
            [
                (Weekday::Monday, Weekday::Tuesday, 1),
                (Weekday::Wednesday, Weekday::Wednesday, 0),
                (Weekday::Thursday, Weekday::Thursday, 1),
                (Weekday::Friday, Weekday::Sunday, 0),
            ]
        );
    }

    proptest! {
        /// Whatever is written is read, and whatever is read is in order and apart.
        #[test]
        fn what_is_written_is_read(minutes in proptest::collection::vec(0i16..1440, 0..12), text in ".{0,40}") {
            let mut minutes = minutes;
            minutes.sort_unstable();
            minutes.dedup();
            let at = |minute: i16| time(i8::try_from(minute / 60).unwrap(), i8::try_from(minute % 60).unwrap(), 0, 0);
            let day: Vec<_> = minutes.chunks_exact(2).map(|two| Interval { from: at(two[0]), to: at(two[1]) }).collect();
            prop_assert_eq!(read_day(&write_day(&day)), Ok(day));
            if let Ok(read) = read_day(&text) {
                prop_assert!(read.iter().all(|open| open.from < open.to));
                prop_assert!(read.windows(2).all(|two| two[0].to <= two[1].from));
            }
        }
    }

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
