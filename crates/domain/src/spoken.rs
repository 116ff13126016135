//! What a caller means by the words for a day and a time: a [`Meaning`], or the [`Question`] that has to be
//! asked. Never a guess.
//!
//! German and English, as people say it and as a language model writes it: `übermorgen halb drei`, `next Friday
//! after five`, `2026-11-24T14:30:00Z`. The words are read by the clock on the branch's wall; whether `um drei`
//! is at night or in the afternoon is told by the opening hours, and asked where they do not tell.
//!
//! A table per language (`german`, `english`) turns words into their roles, which `lexer` cuts out; `grammar`
//! knows how roles go together, once for both; `calendar` and `clock` decide which day and time is meant; `words`
//! says it back. No library that is kept reads spoken German, and those for English guess where we must ask.

mod calendar;
mod clock;
mod english;
mod german;
mod grammar;
mod lexer;
mod numbers;
mod words;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};

use crate::company::Locale;
use crate::hours::WeeklyHours;

/// Where the words are heard.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// The clock on the branch's wall.
    pub now: &'a Zoned,
    /// When the branch is open; where they are unknown, `um drei` has to be asked.
    pub hours: Option<&'a WeeklyHours>,
    /// The language of the call. Words that only make sense in the other one are understood too.
    pub language: Locale,
}

/// The words, argument by argument. Each may hold a day, a time, or both; `null`, `undefined`, nothing and a
/// template that was never replaced (`{{date}}`) are the same as no words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// `übermorgen`, `2026-11-24`, `next Friday after five`
    pub day: Option<&'a str>,
    /// The last day that would do.
    pub last_day: Option<&'a str>,
    /// `halb drei`, `14:30`, `nachmittags`
    pub time: Option<&'a str>,
}

/// What was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The days that would do.
    pub days: Days,
    /// The times of day that would do.
    pub times: Times,
    /// What was put right on the way; worth a line in a log.
    pub notes: Vec<Note>,
}

/// The days that would do. None is before today, none more than a year away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// Nothing was said about the day.
    Unsaid,
    /// Any day: `egal`.
    Any,
    /// The first that is free: `so bald wie möglich`.
    Soonest,
    /// One of these, earliest first; never empty. A single day is the usual case.
    OneOf(Vec<Date>),
    /// From the first to the last, both included.
    Span { first: Date, last: Date },
    /// That day or later.
    From(Date),
}

/// The times that would do for the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Nothing was said about the time.
    Unsaid,
    /// Any time: `egal`.
    Any,
    /// Exactly then.
    At(Time),
    /// About then: `gegen fünf`.
    Around(Time),
    /// From (included) to (excluded); `None` is open: `nach fünf`, `vor zwölf`.
    Between { from: Option<Time>, to: Option<Time> },
    /// `nachmittags`
    Part(Part),
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Before noon.
    Morning,
    /// From eleven to two.
    Noon,
    /// From noon to six.
    Afternoon,
    /// From five on.
    Evening,
}

/// What was put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A year long gone, as language models invent them, became the coming one.
    Year,
    /// An offset was sent with the time: the clock on the wall counts.
    Offset,
}

/// What has to be asked. Days and times in it are what the words can mean, to be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// No day was said, and one is needed.
    NoDay,
    /// No time was said, and one is needed.
    NoTime,
    /// The words for the day say nothing to us.
    Day,
    /// The words for the time say nothing to us.
    Time,
    /// Several days can be meant.
    WhichDay(Vec<Date>),
    /// Several times can be meant: three at night or in the afternoon.
    WhichTime(Vec<Time>),
    /// The day of the week is not that of the date: `Dienstag, der 7.`, which is a Wednesday. The readings are
    /// the nearest such weekday and the date.
    Weekday { said: Weekday, readings: [Date; 2] },
    /// The date does not exist: the 31st of February.
    NoSuchDay,
    /// The day is over.
    PastDay(Date),
    /// The time is over.
    Past(DateTime),
    /// More than a year away.
    TooFar(Date),
    /// A date of long ago, or without its year, that comes again only in many months. The reading is that.
    NextYear(Date),
    /// The clocks skip this time.
    Skipped(DateTime),
}

/// Understands what was said.
///
/// # Errors
/// What has to be asked.
pub fn understand(said: Said<'_>, here: Here<'_>) -> Result<Meaning, Question> {
    let mut notes = Vec::new();
    let day = grammar::read(given(said.day), grammar::Field::Day, here, &mut notes)?;
    let last = grammar::read(given(said.last_day), grammar::Field::Day, here, &mut notes)?;
    let time = grammar::read(given(said.time), grammar::Field::Time, here, &mut notes)?;
    let days = calendar::until(calendar::same(day.days, time.days, here)?, &last.days, here)?;
    let times = clock::times(&clock::same(day.times, time.times)?, &days, here)?;
    let meaning = Meaning { days, times, notes };
    meaning.is_ahead(here)?;
    Ok(meaning)
}

/// Words that say something.
fn given(words: Option<&str>) -> Option<&str> {
    const NOTHING: [&str; 5] = ["null", "undefined", "none", "n/a", "-"];
    let words = words?.trim_matches(|sign: char| sign.is_whitespace() || ",;!?".contains(sign));
    let nothing = words.is_empty()
        || words.contains("{{")
        || NOTHING.iter().any(|nothing| words.eq_ignore_ascii_case(nothing));
    (!nothing).then_some(words)
}

impl Meaning {
    /// The one instant that is meant, where one is: a single day and an exact time. A time that the clocks repeat
    /// is the first of the two.
    ///
    /// # Errors
    /// What has to be asked before: also which day or time of several.
    pub fn instant(&self, zone: &TimeZone) -> Result<Timestamp, Question> {
        let day = self.days.single().ok_or_else(|| match &self.days {
            Days::OneOf(several) => Question::WhichDay(several.clone()),
            _ => Question::NoDay,
        })?;
        let Times::At(time) = self.times else { return Err(Question::NoTime) };
        instant(day.to_datetime(time), zone)
    }

    /// No time that is skipped, none of today that is over.
    fn is_ahead(&self, here: Here<'_>) -> Result<(), Question> {
        let Some(day) = self.days.single() else { return Ok(()) };
        let over = match (self.times, self.times.bounds().1) {
            (Times::At(time), _) => {
                let wall = day.to_datetime(time);
                (instant(wall, here.now.time_zone())? <= here.now.timestamp()).then_some(wall)
            }
            (_, Some(end)) => Some(day.to_datetime(end)).filter(|end| *end <= here.now.datetime()),
            (_, None) => None,
        };
        over.map_or(Ok(()), |over| Err(Question::Past(over)))
    }
}

/// The instant of a time on the wall.
fn instant(wall: DateTime, zone: &TimeZone) -> Result<Timestamp, Question> {
    let moment = zone.to_ambiguous_timestamp(wall);
    if matches!(moment.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Question::Skipped(wall));
    }
    moment.earlier().map_err(|_| Question::TooFar(wall.date()))
}

impl Days {
    /// The day, where it is one.
    pub fn single(&self) -> Option<Date> {
        match self {
            Self::OneOf(days) => match days[..] {
                [day] => Some(day),
                _ => None,
            },
            Self::Span { first, last } => (first == last).then_some(*first),
            _ => None,
        }
    }

    /// Whether a day would do.
    pub fn contain(&self, day: Date) -> bool {
        match self {
            Self::Unsaid | Self::Any | Self::Soonest => true,
            Self::OneOf(days) => days.contains(&day),
            Self::Span { first, last } => (*first..=*last).contains(&day),
            Self::From(first) => *first <= day,
        }
    }

    /// The first day to look at, and the last where there is one.
    pub fn bounds(&self, today: Date) -> (Date, Option<Date>) {
        match self {
            Self::Unsaid | Self::Any | Self::Soonest => (today, None),
            Self::OneOf(days) => (days.first().copied().unwrap_or(today), days.last().copied()),
            Self::Span { first, last } => (*first, Some(*last)),
            Self::From(first) => (*first, None),
        }
    }
}

impl Times {
    /// Whether a start would do. `Around` is half an hour before and after.
    pub fn contain(&self, start: Time) -> bool {
        let (from, to) = self.bounds();
        match self {
            Self::At(time) => *time == start,
            _ => from.is_none_or(|from| from <= start) && to.is_none_or(|to| start < to),
        }
    }

    /// From when (included) to when (excluded); `None` is open.
    pub fn bounds(&self) -> (Option<Time>, Option<Time>) {
        match self {
            Self::Unsaid | Self::Any => (None, None),
            Self::At(time) => (Some(*time), Some(time.saturating_add(1.minute()))),
            Self::Around(time) => {
                (Some(time.saturating_sub(30.minutes())), Some(time.saturating_add(31.minutes())))
            }
            Self::Between { from, to } => (*from, *to),
            Self::Part(part) => part.bounds(),
        }
    }
}

impl Part {
    /// From when (included) to when (excluded); `None` is open.
    pub fn bounds(self) -> (Option<Time>, Option<Time>) {
        let at = |hour| Some(Time::constant(hour, 0, 0, 0));
        match self {
            Self::Morning => (None, at(12)),
            Self::Noon => (at(11), at(14)),
            Self::Afternoon => (at(12), at(18)),
            Self::Evening => (at(17), None),
        }
    }
}

impl Meaning {
    /// What was understood, to be said back: `Dienstag, der 24. November, um 14 Uhr 30`. Empty where nothing was
    /// said. Said again it means the same.
    pub fn in_words(&self, here: Here<'_>) -> String {
        words::meaning(self, here)
    }
}
