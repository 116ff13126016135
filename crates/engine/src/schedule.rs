//! When something recurs by a cron pattern, in the time zone of a company.
//!
//! Many accounts have the same pattern. Each is moved by its own part of the way to the time after, so that they do
//! not all come at once.

use std::str::FromStr;

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A cron pattern such as `0 */6 * * *`.
#[derive(Debug, Clone)]
pub struct Schedule(Cron);

impl FromStr for Schedule {
    type Err = croner::errors::CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Cron::from_str(text).map(Self)
    }
}

impl Schedule {
    /// The first time after `after`. Each time of the pattern, read in `zone`, is moved by `part` (0 to 1, without 1)
    /// of the way to the next one. `None`: there is none any more.
    pub fn next(&self, after: Timestamp, zone: &TimeZone, part: f64) -> Option<Timestamp> {
        let after = after.to_zoned(zone.clone());
        let earlier = self.0.find_previous_occurrence(&after, true).ok();
        let mut time = earlier.or_else(|| self.0.find_next_occurrence(&after, false).ok())?;
        loop {
            let following = self.0.find_next_occurrence(&time, false).ok()?;
            // In whole seconds: a list of work keeps no finer times than milliseconds.
            let distance = following.timestamp().duration_since(time.timestamp()).mul_f64(part);
            let moved = time.timestamp() + SignedDuration::from_secs(distance.as_secs());
            if moved > after.timestamp() {
                return Some(moved);
            }
            time = following;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(pattern: &str, zone: &str, part: f64, from: &str, count: usize) -> Vec<String> {
        let (schedule, zone): (Schedule, _) = (pattern.parse().unwrap(), TimeZone::get(zone).unwrap());
        let mut at: Timestamp = from.parse().unwrap();
        let mut times = Vec::new();
        for _ in 0..count {
            at = schedule.next(at, &zone, part).unwrap();
            times.push(at.to_string());
        }
        times
    }

    #[test]
    fn times_are_those_of_the_clock_of_the_company() {
        // The clocks go back in the night to the 25th.
        assert_eq!(
            times("0 3 * * *", "Europe/Berlin", 0.0, "2026-10-24T00:00:00Z", 3),
            ["2026-10-24T01:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"]
        );
        // And forward in the night to the 29th, past the time.
        let spring = times("30 2 * * *", "Europe/Berlin", 0.0, "2026-03-27T12:00:00Z", 3);
        assert_eq!(spring[0], "2026-03-28T01:30:00Z");
        assert!(*spring[1] > *"2026-03-29T00:59:59Z" && spring[2] > spring[1], "{spring:?}");
    }

    #[test]
    fn accounts_are_spread_and_each_keeps_its_distance() {
        let quarter = times("0 */6 * * *", "UTC", 0.25, "2026-11-22T00:00:00Z", 3);
        assert_eq!(quarter, ["2026-11-22T01:30:00Z", "2026-11-22T07:30:00Z", "2026-11-22T13:30:00Z"]);
        // Uneven distances keep their order.
        let uneven = times("0 8,9,20 * * *", "UTC", 0.5, "2026-11-22T00:00:00Z", 4);
        assert_eq!(
            uneven,
            ["2026-11-22T02:00:00Z", "2026-11-22T08:30:00Z", "2026-11-22T14:30:00Z", "2026-11-23T02:00:00Z"]
        );
        assert_eq!("1 2 3".parse::<Schedule>().ok().map(|_| ()), None);
    }
}
