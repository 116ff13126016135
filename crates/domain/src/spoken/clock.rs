//! Which time is meant: the hands of a clock against the opening hours.
//!
//! `drei` has two readings. The part of the day that was said with it decides, else the opening hours of the
//! days that are meant; where both readings are open, or none, it is asked.

use jiff::civil::{Date, Time};

use super::{Days, Here, Part, Question, Times};
use crate::hours::Interval;

/// The hands of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hands {
    pub hour: i8,
    pub minute: i8,
    /// Whether the half of the day is known: `14 Uhr`, `3 pm`, `09:30`.
    pub known: bool,
}

/// What was said about the time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    pub shape: Shape,
    /// `nachmittags`, which also tells the half of the day.
    pub part: Option<Part>,
}

/// How hands were said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Unsaid,
    Any,
    At(Hands),
    Around(Hands),
    After(Hands),
    Before(Hands),
    Between(Hands, Hands),
    /// A stretch that needs no hands: `am frühen Nachmittag`.
    Stretch(Option<Time>, Option<Time>),
    /// Different times can be meant: `viertel drei`, `um zehn oder elf`.
    Several(Vec<Hands>),
}

/// What two arguments say about the time, or two parts of one.
pub fn same(one: Heard, other: Heard) -> Result<Heard, Question> {
    let part = match (one.part, other.part) {
        (Some(one), Some(other)) if one != other => return Err(Question::Time),
        (one, other) => one.or(other),
    };
    let vagueness = |shape: &Shape| match shape {
        Shape::Unsaid => 2,
        Shape::Any => 1,
        _ => 0,
    };
    let shape = match (one.shape, other.shape) {
        (one, other) if vagueness(&one) > vagueness(&other) => other,
        (one, other) if vagueness(&other) > 0 => one,
        (one, other) if one == other => one,
        (Shape::At(one), Shape::At(other)) => Shape::Several(vec![one, other]),
        // `nach fünf, vor sieben`
        (Shape::After(from), Shape::Before(to)) | (Shape::Before(to), Shape::After(from)) => {
            Shape::Between(from, to)
        }
        _ => return Err(Question::Time),
    };
    Ok(Heard { shape, part })
}

/// The times that are meant on these days.
pub fn times(heard: &Heard, days: &Days, here: Here<'_>) -> Result<Times, Question> {
    let wall = Wall { days, here, part: heard.part };
    Ok(match &heard.shape {
        Shape::Unsaid => heard.part.map_or(Times::Unsaid, Times::Part),
        Shape::Any => heard.part.map_or(Times::Any, Times::Part),
        Shape::At(hands) => Times::At(wall.time(*hands, false)?),
        Shape::Around(hands) => Times::Around(wall.time(*hands, false)?),
        Shape::After(hands) => Times::Between { from: Some(wall.time(*hands, true)?), to: None },
        Shape::Before(hands) => Times::Between { from: None, to: Some(wall.time(*hands, true)?) },
        Shape::Between(from, to) => wall.between(*from, *to)?,
        Shape::Stretch(from, to) => Times::Between { from: *from, to: *to },
        Shape::Several(several) => {
            let mut readings: Vec<Time> = Vec::new();
            for hands in several {
                match wall.time(*hands, false) {
                    Ok(time) => readings.push(time),
                    Err(Question::WhichTime(both)) => readings.extend(both),
                    Err(question) => return Err(question),
                }
            }
            readings.sort_unstable();
            readings.dedup();
            match readings[..] {
                [time] => Times::At(time),
                _ => return Err(Question::WhichTime(readings)),
            }
        }
    })
}

/// What the hands are read against.
struct Wall<'a> {
    days: &'a Days,
    here: Here<'a>,
    part: Option<Part>,
}

impl Wall<'_> {
    /// The reading that is left. The moment of closing counts only for the end of a stretch.
    fn time(&self, hands: Hands, bound: bool) -> Result<Time, Question> {
        let readings = self.readings(hands);
        if readings.is_empty() {
            return Err(Question::Time);
        }
        self.left(&readings, |time| self.is_open(*time, bound), |time| *time)
    }

    /// Of both ends only readings count that go together: the first end after the start.
    fn between(&self, from: Hands, to: Hands) -> Result<Times, Question> {
        let ends = self.readings(to);
        let pairs: Vec<(Time, Time)> = self
            .readings(from)
            .into_iter()
            .filter_map(|from| Some((from, *ends.iter().find(|end| **end > from)?)))
            .collect();
        // `2 to 4 pm` are two hours, `10 to 2 pm` four.
        let pairs = if from.known == to.known {
            pairs
        } else {
            pairs.into_iter().min_by_key(|(from, to)| to.duration_since(*from)).into_iter().collect()
        };
        if pairs.is_empty() {
            return Err(Question::Time);
        }
        let open = |(from, to): &(Time, Time)| self.is_open(*from, true) && self.is_open(*to, true);
        let touching = |(from, to): &(Time, Time)| {
            self.intervals().iter().any(|open| open.from < *to && *from < open.to)
        };
        // Only half of it is open: better than the other half of the day.
        let (from, to) = if pairs.iter().any(open) {
            self.left(&pairs, open, |(from, _)| *from)
        } else {
            self.left(&pairs, touching, |(from, _)| *from)
        }
        .and_then(|found| pairs.iter().find(|(from, _)| *from == found).copied().ok_or(Question::Time))?;
        Ok(Times::Between { from: Some(from), to: Some(to) })
    }

    /// One of the readings, where only one is good, or only one is still ahead.
    fn left<T>(
        &self,
        readings: &[T],
        good: impl Fn(&T) -> bool,
        start: impl Fn(&T) -> Time,
    ) -> Result<Time, Question> {
        if let [only] = readings {
            return Ok(start(only));
        }
        let good: Vec<Time> = readings.iter().filter(|reading| good(reading)).map(&start).collect();
        let good = if good.is_empty() { readings.iter().map(&start).collect() } else { good };
        let is_today = self.days.single() == Some(self.here.now.date());
        let ahead: Vec<Time> =
            good.iter().copied().filter(|time| !is_today || *time > self.here.now.time()).collect();
        match (&good[..], &ahead[..]) {
            ([only], _) | (_, [only]) => Ok(*only),
            _ => Err(Question::WhichTime(good)),
        }
    }

    /// What hands can mean in the part of the day that was said; earliest first.
    fn readings(&self, hands: Hands) -> Vec<Time> {
        let hours = if hands.known { vec![hands.hour] } else { vec![hands.hour % 12, hands.hour % 12 + 12] };
        let times = hours.into_iter().filter_map(|hour| Time::new(hour, hands.minute, 0, 0).ok());
        times.filter(|time| self.part.is_none_or(|part| fits(*time, part))).collect()
    }

    fn is_open(&self, time: Time, bound: bool) -> bool {
        let open = |open: &Interval| open.from <= time && (time < open.to || bound && time == open.to);
        self.intervals().iter().any(open)
    }

    /// When it is open on the days that are meant; on days that are closed, as on the others.
    fn intervals(&self) -> Vec<Interval> {
        let Some(hours) = self.here.hours else { return Vec::new() };
        let today = self.here.now.date();
        let (first, last) = self.days.bounds(today);
        let week = (0..7).map(|days| super::calendar::later(first, days));
        let meant = |day: &Date| last.is_none_or(|last| *day <= last) && self.days.contain(*day);
        let open: Vec<Interval> =
            week.filter(meant).flat_map(|day| hours.day(day.weekday()).to_vec()).collect();
        if open.is_empty() { hours.0.iter().flatten().copied().collect() } else { open }
    }
}

/// Whether a time can be called so: `neun Uhr abends`, `zwei Uhr mittags`.
fn fits(time: Time, part: Part) -> bool {
    let (first, last) = match part {
        Part::Morning => (0, 12),
        Part::Noon => (11, 14),
        Part::Afternoon => (12, 19),
        Part::Evening => (16, 23),
    };
    (first..=last).contains(&time.hour())
}
