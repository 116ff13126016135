//! How well it went lately: calls to Cal.com of the last day and the last thirty, drawn day by day; how soon changes at
//! Cal.com are known; how long questions stay open. The drawing is for the eye; the figures beside it say the same.

use std::iter::Sum;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::{CallsOfAnHour, Settled, Spans};

use super::Tone;
use crate::i18n::{Text, Translator};

/// How wide and how high the drawing of a day is, in units of the drawing.
const WIDTH: u64 = 10;
const HEIGHT: u64 = 40;
/// Below this many of a thousand calls something is wrong.
const GOOD: u64 = 950;

#[derive(Clone, Debug, Default)]
pub struct Course {
    /// Of the last 24 hours, by whole hours.
    pub day: Calls,
    pub month: Calls,
    /// The last thirty days, today last.
    pub days: Vec<(Date, Calls)>,
    /// From a change at Cal.com until its webhook was here, within the last 24 hours.
    pub told: Spans,
    /// Calls of the last 24 hours that were made once more.
    pub repeated: u64,
    /// What was asked or found and is settled, within the thirty days.
    pub settled: Settled,
    /// Since when the longest due work is.
    pub due_since: Option<Timestamp>,
}

/// Calls that were to change something at Cal.com.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    pub ok: u64,
    pub failed: u64,
    pub millis: u64,
    pub longest: u64,
}

/// A day in the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub x: u64,
    pub ok: u64,
    pub failed: u64,
}

impl Calls {
    pub fn of(hour: &CallsOfAnHour) -> Self {
        Self { ok: hour.ok, failed: hour.failed, millis: hour.millis, longest: hour.longest }
    }

    pub fn total(&self) -> u64 {
        self.ok + self.failed
    }

    pub fn average(&self) -> u64 {
        self.millis / self.total().max(1)
    }

    pub fn tone(&self) -> Tone {
        match self.total() {
            0 => Tone::Neutral,
            total if self.ok * 1_000 >= GOOD * total => Tone::Good,
            _ => Tone::Bad,
        }
    }

    pub fn rate(&self, t: &Translator) -> String {
        if self.total() == 0 { "–".to_owned() } else { t.percent(&self.ok, &self.total()) }
    }
}

impl Sum for Calls {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            ok: sum.ok + one.ok,
            failed: sum.failed + one.failed,
            millis: sum.millis + one.millis,
            longest: sum.longest.max(one.longest),
        })
    }
}

impl Course {
    /// The size of the drawing.
    pub fn view_box(&self) -> String {
        format!("0 0 {} {HEIGHT}", WIDTH * self.days.len() as u64)
    }

    pub fn height(&self) -> u64 {
        HEIGHT
    }

    /// The days to scale; what failed is seen however little it is.
    pub fn bars(&self) -> Vec<Bar> {
        let most = self.days.iter().map(|(_, calls)| calls.total()).max().unwrap_or(0).max(1);
        let high = |calls: u64| if calls == 0 { 0 } else { (calls * HEIGHT / most).max(2) };
        let bar = |(number, (_, calls)): (u64, &(Date, Calls))| {
            let failed = high(calls.failed);
            Bar { x: number * WIDTH, ok: high(calls.ok).min(HEIGHT - failed), failed }
        };
        (0..).zip(&self.days).map(bar).collect()
    }

    /// The drawing in words.
    pub fn words<'l>(&self, t: &'l Translator) -> Text<'l> {
        t.get("course-drawing").arg("total", self.month.total()).arg("failed", self.month.failed)
    }

    pub fn told_average(&self) -> u64 {
        self.told.millis / self.told.count.max(1)
    }

    pub fn settled_average(&self) -> u64 {
        self.settled.spans.millis / self.settled.spans.count.max(1)
    }

    /// How much of what is settled healed without a person.
    pub fn alone(&self, t: &Translator) -> String {
        t.percent(&self.settled.alone, &self.settled.spans.count)
    }

    /// Milliseconds for which the longest due work has been due.
    pub fn due_for(&self, t: &Translator) -> Option<u64> {
        let waited = t.now.duration_since(self.due_since?).as_millis();
        u64::try_from(waited).ok()
    }

    /// As it usually is.
    pub fn sample(t: &Translator) -> Self {
        let last = t.day_of(&t.now);
        let calls = |number: u64| {
            let total = (number * 7) % 40 + 30;
            let failed = if number % 9 == 4 { 6 } else { 0 };
            Calls { ok: total - failed, failed, millis: total * 310, longest: 2_400 }
        };
        let day = |number| {
            let back = i64::try_from(29 - number).unwrap_or(0);
            (last.checked_sub(jiff::Span::new().days(back)).unwrap_or(last), calls(number))
        };
        let days: Vec<_> = (0..30).map(day).collect();
        Self {
            day: calls(29),
            month: days.iter().map(|(_, calls)| *calls).sum(),
            days,
            told: Spans { count: 41, millis: 32_800, longest: 4_100 },
            repeated: 2,
            settled: Settled { spans: Spans { count: 38, millis: 5_400_000, longest: 4_000_000 }, alone: 37 },
            due_since: Some(t.now - SignedDuration::from_secs(4)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_drawn_to_scale_and_what_failed_is_always_seen() {
        let calls = |ok, failed| Calls { ok, failed, millis: 0, longest: 0 };
        let day = jiff::civil::date(2026, 11, 22);
        let days = [calls(1000, 0), calls(500, 0), calls(999, 1), calls(0, 0), calls(0, 1000)];
        let course = Course { days: days.map(|calls| (day, calls)).into(), ..Course::default() };
        let drawn: Vec<_> = course.bars().iter().map(|bar| (bar.x, bar.ok, bar.failed)).collect();
        assert_eq!(drawn, [(0, 40, 0), (10, 20, 0), (20, 38, 2), (30, 0, 0), (40, 0, 40)]);
        assert_eq!(course.view_box(), "0 0 50 40");
    }

    #[test]
    fn a_rate_is_good_from_ninety_five_percent_on() {
        let tone = |ok, failed| Calls { ok, failed, millis: 0, longest: 0 }.tone();
        assert_eq!([tone(0, 0), tone(95, 5), tone(949, 51)], [Tone::Neutral, Tone::Good, Tone::Bad]);
    }
}
