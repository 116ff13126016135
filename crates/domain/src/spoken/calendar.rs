//! Which day is meant: words about days against the calendar of the branch.
//!
//! A day that is over is asked about, and so is what two people can understand differently: `Dienstag` on a
//! Tuesday, `nächsten Freitag` on a Monday, a day of the week that is not that of the date.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Days, Here, Note, Question};

/// A date without its year that comes again later than this, in days, is over: whoever says it may not know.
/// One that a model gave an old year too.
const SOON: i32 = 270;

/// A part of a week or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portion {
    Whole,
    Begin,
    Middle,
    End,
}

/// Which of several: `diesen`, `kommenden`, `nächsten`, `übernächsten`, or nothing said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Bare,
    This,
    Coming,
    Next,
    AfterNext,
}

/// Today on the branch's wall.
pub fn today(here: Here<'_>) -> Date {
    here.now.date()
}

/// So many days after another; the ends of time are no days that anybody means.
pub fn later(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// A day that can still be meant.
pub fn ahead(day: Date, here: Here<'_>) -> Result<Date, Question> {
    let today = today(here);
    if day < today {
        Err(Question::PastDay(day))
    } else if day > today.saturating_add(1.year()) {
        Err(Question::TooFar(day))
    } else {
        Ok(day)
    }
}

/// One day.
pub fn one(day: Date, here: Here<'_>) -> Result<Days, Question> {
    ahead(day, here).map(|day| Days::OneOf(vec![day]))
}

/// From one day to another, without what is over.
pub fn span(first: Date, last: Date, here: Here<'_>) -> Result<Days, Question> {
    if last < first {
        return Err(Question::WhichDay(vec![last, first]));
    }
    let first = first.max(today(here));
    Ok(Days::Span { first, last: ahead(last, here).map(|_| last)? })
}

/// The Monday of a week, counted from this one.
fn monday(weeks: i32, here: Here<'_>) -> Date {
    let today = today(here);
    later(today, weeks * 7 - i32::from(today.weekday().to_monday_zero_offset()))
}

/// A weekday of a week, counted from this one.
pub fn of_week(weekday: Weekday, weeks: i32, here: Here<'_>) -> Date {
    later(monday(weeks, here), i32::from(weekday.to_monday_zero_offset()))
}

/// The first such weekday after a day.
pub fn following(weekday: Weekday, day: Date) -> Date {
    later(day, i32::from(weekday.since(day.tomorrow().unwrap_or(day).weekday())) + 1)
}

/// A day of the week.
pub fn weekday(weekday: Weekday, which: Which, here: Here<'_>) -> Result<Date, Question> {
    let today = today(here);
    let coming = following(weekday, today);
    let either = |first, second| Err(Question::WhichDay(vec![first, second]));
    match which {
        // Whoever means today says so.
        Which::Bare | Which::This if weekday == today.weekday() => either(today, coming),
        Which::Bare | Which::This | Which::Coming => Ok(coming),
        // The nearest, or that of the next week? Often it is the same.
        Which::Next => {
            let of_next_week = of_week(weekday, 1, here);
            if coming == of_next_week { Ok(coming) } else { either(coming, of_next_week) }
        }
        Which::AfterNext => {
            let (second, of_week) = (later(coming, 7), of_week(weekday, 2, here));
            if second == of_week { Ok(second) } else { either(second, of_week) }
        }
    }
}

/// `Dienstag in zwei Wochen`: in the second week from now, or two weeks after the coming one?
pub fn weekday_in(day: Weekday, weeks: i32, here: Here<'_>) -> Result<Date, Question> {
    let of_week = of_week(day, weeks, here);
    let after = later(following(day, today(here)), weeks * 7);
    if day == today(here).weekday() || of_week == after {
        return Ok(of_week);
    }
    Err(Question::WhichDay(vec![of_week.min(after), of_week.max(after)]))
}

/// A week or a part of it, counted from this one.
pub fn week(weeks: i32, portion: Portion, here: Here<'_>) -> Result<Days, Question> {
    let (first, last) = match portion {
        Portion::Whole => (Weekday::Monday, Weekday::Sunday),
        Portion::Begin => (Weekday::Monday, Weekday::Tuesday),
        Portion::Middle => (Weekday::Tuesday, Weekday::Thursday),
        Portion::End => (Weekday::Thursday, Weekday::Saturday),
    };
    span(of_week(first, weeks, here), of_week(last, weeks, here), here)
}

/// A weekend.
pub fn weekend(which: Which, here: Here<'_>) -> Result<Days, Question> {
    let saturday = |weeks| of_week(Weekday::Saturday, weeks, here);
    let already = today(here) >= saturday(0);
    let weeks = match which {
        Which::Bare | Which::This => 0,
        Which::Coming => i32::from(already),
        Which::Next if already => 1,
        Which::Next => return Err(Question::WhichDay(vec![saturday(0), saturday(1)])),
        Which::AfterNext => 2,
    };
    span(saturday(weeks), later(saturday(weeks), 1), here)
}

/// A month or a part of it; its first day is given.
pub fn month(first: Date, portion: Portion, here: Here<'_>) -> Result<Days, Question> {
    let day = |day| later(first, day - 1);
    let (from, to) = match portion {
        Portion::Whole => (first, first.last_of_month()),
        Portion::Begin => (first, day(10)),
        Portion::Middle => (day(11), day(20)),
        Portion::End => (day(21), first.last_of_month()),
    };
    span(from, to, here)
}

/// The first of a month, counted from this one.
pub fn month_from_now(months: i32, here: Here<'_>) -> Date {
    today(here).first_of_month().saturating_add(months.months())
}

/// The first of the month of that name: this year's, or the next.
pub fn named_month(month: i8, year: Option<i16>, here: Here<'_>) -> Result<Date, Question> {
    let today = today(here);
    let year_now = if month < today.month() { today.year() + 1 } else { today.year() };
    let first = Date::new(year.map_or(year_now, full), month, 1).map_err(|_| Question::NoSuchDay)?;
    match year {
        Some(_) => Ok(first),
        None => soon(first, here),
    }
}

/// `26` is 2026.
fn full(year: i16) -> i16 {
    if (0..100).contains(&year) { 2000 + year } else { year }
}

/// A date that was meant without a year, or with a wrong one.
fn soon(day: Date, here: Here<'_>) -> Result<Date, Question> {
    let distance = day.duration_since(today(here)).as_hours() / 24;
    if distance > i64::from(SOON) { Err(Question::NextYear(day)) } else { Ok(day) }
}

/// A date. A year before this one is not believed; without one the next such date is meant.
pub fn date(
    (day, month, year): (i8, i8, Option<i16>),
    weekday: Option<Weekday>,
    here: Here<'_>,
    notes: &mut Vec<Note>,
) -> Result<Date, Question> {
    let today = today(here);
    if let Some(year) = year.map(full) {
        let date = Date::new(year, month, day).map_err(|_| Question::NoSuchDay)?;
        if date >= today || year >= today.year() {
            return ahead(agreed(date, weekday, here)?, here);
        }
        notes.push(Note::Year);
    }
    // The 29th of February may be years away.
    let coming = (0..=8).filter_map(|years| Date::new(today.year() + years, month, day).ok());
    let coming = coming.into_iter().find(|date| *date >= today).ok_or(Question::NoSuchDay)?;
    soon(ahead(agreed(coming, weekday, here)?, here)?, here)
}

/// `am Siebten`: the next day with that number.
pub fn day_of_month(day: i8, weekday: Option<Weekday>, here: Here<'_>) -> Result<Date, Question> {
    let today = today(here);
    let coming = (0..3).filter_map(|months| {
        let month = month_from_now(months, here);
        Date::new(month.year(), month.month(), day).ok()
    });
    let coming = coming.into_iter().find(|date| *date >= today).ok_or(Question::NoSuchDay)?;
    agreed(coming, weekday, here)
}

/// A date whose day of the week is the one that was said with it.
pub fn agreed(date: Date, weekday: Option<Weekday>, here: Here<'_>) -> Result<Date, Question> {
    match weekday {
        Some(said) if said != date.weekday() => {
            let after = following(said, date);
            let before = later(after, -7);
            let before_is_nearer = date.duration_since(before) < after.duration_since(date);
            let nearest = if before_is_nearer && before >= today(here) { before } else { after };
            Err(Question::Weekday { said, readings: [nearest, date] })
        }
        _ => Ok(date),
    }
}

/// What two arguments say about the day, or two parts of one.
pub fn same(one: Days, other: Days, here: Here<'_>) -> Result<Days, Question> {
    let vagueness = |days: &Days| match days {
        Days::Unsaid => 2,
        Days::Any | Days::Soonest => 1,
        _ => 0,
    };
    match (one, other) {
        (one, other) if vagueness(&one) > vagueness(&other) => Ok(other),
        (one, other) if vagueness(&other) > 0 => Ok(one),
        (one, other) if one == other => Ok(one),
        // `nächste Woche, am besten Dienstag`: the narrower, where it lies in the other.
        (one, other) => match (one.single(), other.single()) {
            (None, Some(day)) if one.contain(day) => Ok(Days::OneOf(vec![day])),
            (Some(day), None) if other.contain(day) => Ok(Days::OneOf(vec![day])),
            _ => Err(Question::WhichDay(vec![one.bounds(today(here)).0, other.bounds(today(here)).0])),
        },
    }
}

/// Up to the last day that would do.
pub fn until(days: Days, last: &Days, here: Here<'_>) -> Result<Days, Question> {
    let Some(last) = last.bounds(today(here)).1 else { return Ok(days) };
    span(days.bounds(today(here)).0, last, here)
}
