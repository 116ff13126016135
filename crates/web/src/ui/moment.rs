//! A day and a clock time as somebody types them, as an instant on the clock of a branch. Clock times that
//! do not exist on that day, or exist twice, are told and not guessed.

use domain::appointment::{Refusal, check_start};
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use crate::components::FieldError;

/// A day as `2026-11-24`.
///
/// # Errors
/// [`FieldError::Required`], also for what cannot be read: date fields send nothing else.
pub fn day(text: &str) -> Result<Date, FieldError> {
    text.trim().parse().map_err(|_| FieldError::Required)
}

/// The start of an appointment: a quarter of an hour (`10:15`) that is still to come, and not too far ahead.
///
/// # Errors
/// What is wrong with the clock time.
pub fn start(day: Date, clock: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, FieldError> {
    let clock = clock.trim();
    if clock.is_empty() {
        return Err(FieldError::Required);
    }
    let time = Time::strptime("%H:%M", clock).map_err(|_| FieldError::Step)?;
    if time.minute() % 15 != 0 {
        return Err(FieldError::Step);
    }
    let start = on_clock(day, time, zone)?;
    match check_start(start, now) {
        Ok(()) => Ok(start),
        Err(Refusal::TooFarAhead) => Err(FieldError::TooFar),
        Err(_) => Err(FieldError::Past),
    }
}

/// The instant at which the clock of `zone` shows `time` on `day`.
///
/// # Errors
/// [`FieldError::Gap`] if it never does, [`FieldError::Twice`] if it does twice, [`FieldError::TooFar`] beyond the end of
/// all calendars.
pub fn on_clock(day: Date, time: Time, zone: &TimeZone) -> Result<Timestamp, FieldError> {
    let ambiguous = zone.to_ambiguous_timestamp(day.to_datetime(time));
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.compatible().map_err(|_| FieldError::TooFar),
        AmbiguousOffset::Gap { .. } => Err(FieldError::Gap),
        AmbiguousOffset::Fold { .. } => Err(FieldError::Twice),
    }
}

/// The first instant of a day.
pub fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    // A day whose first hour is skipped begins after the gap.
    zone.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_clock_does_not_show_or_shows_twice_is_told() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let now: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
        let at = |day: &str, clock| start(day.parse().unwrap(), clock, &berlin, now);
        let instant = |text: &str| Ok(text.parse::<Timestamp>().unwrap());
        assert_eq!(at("2026-03-28", "02:30"), instant("2026-03-28T01:30:00Z"));
        assert_eq!(at("2026-03-29", "02:30"), Err(FieldError::Gap));
        assert_eq!(at("2026-03-29", "03:00"), instant("2026-03-29T01:00:00Z"));
        assert_eq!(at("2026-10-25", "02:30"), Err(FieldError::Twice));
        assert_eq!(at("2026-10-25", "03:00"), instant("2026-10-25T02:00:00Z"));
        assert_eq!(at("2026-03-02", "10:10"), Err(FieldError::Step));
        assert_eq!(at("2026-03-02", "soon"), Err(FieldError::Step));
        assert_eq!(at("2026-03-02", ""), Err(FieldError::Required));
        assert_eq!(at("2026-03-01", "09:00"), Err(FieldError::Past));
        assert_eq!(at("2028-03-01", "10:00"), instant("2028-03-01T09:00:00Z"));
        assert_eq!(at("2062-03-01", "10:00"), Err(FieldError::TooFar));
        assert_eq!(day("24.11.2026"), Err(FieldError::Required));
    }
}
