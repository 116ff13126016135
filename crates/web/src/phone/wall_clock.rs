//! Which instant a caller means: a day and a time by the branch's clock, as a language model writes them.
//!
//! The model does not know the branch's offset; one that it sends is dropped, and what stands before it is
//! the time on the wall. What cannot be read is asked, never guessed.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// What has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// No day was said.
    NoDay,
    /// A day that is no date, or one so far away that it is none.
    Day,
    /// No time was said.
    NoTime,
    /// A time that is none.
    Time,
    /// The clocks skip it.
    Skipped,
    /// It is over.
    Past(Timestamp),
}

/// The instant of `date` (`2026-11-24`) and `time` (`14:30`); a date with a time in it needs no `time`.
/// A time that the clocks repeat is the first of the two.
pub fn instant(
    date: Option<&str>,
    time: Option<&str>,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Timestamp, Unclear> {
    let (day, time_in_date) = split(date.ok_or(Unclear::NoDay)?);
    let day: Date = day.parse().map_err(|_| Unclear::Day)?;
    let time = time.map(|text| split(text).1.unwrap_or(text)).or(time_in_date).ok_or(Unclear::NoTime)?;
    let time = wall_time(time).ok_or(Unclear::Time)?;
    let moment = zone.to_ambiguous_timestamp(day.to_datetime(time));
    if matches!(moment.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Unclear::Skipped);
    }
    let at = moment.earlier().map_err(|_| Unclear::Day)?;
    if at <= now {
        return Err(Unclear::Past(at));
    }
    // A model that invents a year asks for an appointment long from now.
    let year = zone.to_datetime(now).date().checked_add(1.year()).map_err(|_| Unclear::Day)?;
    if day > year { Err(Unclear::Day) } else { Ok(at) }
}

/// A date and what follows it.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.trim().split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (text.trim(), None),
    }
}

/// `9:30`, `09:30`, `09:30:00`, with or without an offset behind it.
fn wall_time(text: &str) -> Option<Time> {
    let end = text.find(['Z', 'z', '+', '-', '[']).unwrap_or(text.len());
    if end < text.len() {
        tracing::info!("the offset of a time that the model sent is dropped");
    }
    let mut parts = text[..end].trim().split(':');
    let (hour, minute) = (number(parts.next()?)?, parts.next()?);
    if minute.len() != 2 {
        return None;
    }
    let rest: Vec<_> = parts.collect();
    let whole = match rest[..] {
        [] => true,
        [seconds] => seconds.split('.').all(|digits| number(digits) == Some(0)),
        _ => false,
    };
    if whole { Time::new(hour, number(minute)?, 0, 0).ok() } else { None }
}

/// Digits only; fractions of seconds may have many, all of them zero.
fn number(digits: &str) -> Option<i8> {
    let good = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    match digits.trim_start_matches('0') {
        _ if !good => None,
        "" => Some(0),
        digits => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(date: &str, time: &str) -> Result<String, Unclear> {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let now = "2026-03-20T12:00:00Z".parse().unwrap();
        let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
        instant(given(date), given(time), &berlin, now).map(|at| at.to_string())
    }

    #[test]
    fn the_wall_clock_counts_and_no_offset() {
        for (date, time) in [
            ("2026-11-24", "14:30"),
            ("2026-11-24", "14:30:00"),
            ("2026-11-24T14:30", ""),
            ("2026-11-24T14:30:00Z", ""),
            ("2026-11-24T14:30:00.000-08:00", ""),
            ("2026-11-24 14:30", ""),
            ("2026-11-24T09:00", "14:30"),
            ("2026-11-24", "2026-11-24T14:30:00+02:00"),
        ] {
            assert_eq!(at(date, time).as_deref(), Ok("2026-11-24T13:30:00Z"), "{date} {time}");
        }
        assert_eq!(at("2026-07-01", "9:05").as_deref(), Ok("2026-07-01T07:05:00Z"));
    }

    #[test]
    fn what_is_not_certain_is_asked() {
        assert_eq!(at("", "14:30"), Err(Unclear::NoDay));
        assert_eq!(at("2026-11-24", ""), Err(Unclear::NoTime));
        for day in ["morgen", "24.11.", "2026-02-30", "next Friday", "2031-11-24"] {
            assert_eq!(at(day, "14:30"), Err(Unclear::Day), "{day}");
        }
        for time in ["nachmittags", "halb drei", "14", "24:30", "14:3", "14:30:15", "14 Uhr 30", "3 pm"] {
            assert_eq!(at("2026-11-24", time), Err(Unclear::Time), "{time}");
        }
        assert!(matches!(at("2023-11-24", "14:30"), Err(Unclear::Past(_))));
        assert!(matches!(at("2026-03-20", "13:00"), Err(Unclear::Past(_))));
    }

    #[test]
    fn the_change_of_summer_time_is_known() {
        assert_eq!(at("2026-03-29", "02:30"), Err(Unclear::Skipped));
        assert_eq!(at("2026-03-29", "03:00").as_deref(), Ok("2026-03-29T01:00:00Z"));
        assert_eq!(at("2026-10-25", "02:30").as_deref(), Ok("2026-10-25T00:30:00Z"));
    }
}
