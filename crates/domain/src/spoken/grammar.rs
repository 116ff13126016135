//! How words go together, in both languages: days, times, and what ties them.
//!
//! The whole has to be read; a word that is left over means that something was said that is not understood.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::calendar::{self, Portion, Which};
use super::clock::{self, Heard};
use super::lexer::{self, Unit, Word};
use super::{Days, Here, Note, Question};
use crate::company::Locale;

mod hands;

/// Which argument it is; a bare `7` is a time in one and nothing in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Day,
    Time,
}

/// What one argument says.
#[derive(Debug)]
pub struct Read {
    pub days: Days,
    pub times: Heard,
}

/// Longer is no day and no time, in characters.
const LONGEST: usize = 160;

/// Reads an argument in the language of the call, and in the other one where that says nothing.
pub fn read(
    text: Option<&str>,
    field: Field,
    here: Here<'_>,
    notes: &mut Vec<Note>,
) -> Result<Read, Question> {
    let Some(text) = text else { return Ok(Read { days: Days::Unsaid, times: Heard::default() }) };
    let nothing = match field {
        Field::Day => Question::Day,
        Field::Time => Question::Time,
    };
    if text.chars().count() > LONGEST {
        return Err(nothing);
    }
    let other = match here.language {
        Locale::De => Locale::En,
        Locale::En => Locale::De,
    };
    for language in [here.language, other] {
        let mut found = Vec::new();
        let Some(words) = lexer::words(text, language, &mut found) else { continue };
        let here = Here { language, ..here };
        let (words, week) = lifted(&words);
        let mut grammar = Grammar { words: &words, at: 0, field, here, week, notes: found, after: None };
        match grammar.phrase() {
            Ok(Some(read)) => {
                notes.append(&mut grammar.notes);
                return Ok(read);
            }
            Ok(None) => {}
            Err(question) => return Err(question),
        }
    }
    Err(nothing)
}

/// The week that days of the week belong to: `nächster Woche`, `in zwei Wochen`.
#[derive(Debug, Clone, Copy)]
enum OfWeek {
    /// Counted from this one.
    Counted(i32),
    /// `in zwei Wochen`, which can be counted from today or from the day.
    In(i32),
}

/// Takes the week out of `Dienstag oder Mittwoch nächster Woche`, where it stands before or behind all days.
fn lifted(words: &[Word]) -> (Vec<Word>, Option<OfWeek>) {
    let is_weekday = |word: &Word| matches!(word, Word::Weekday(_));
    let unchanged = || (words.to_vec(), None);
    let (Some(first), Some(last)) = (words.iter().position(is_weekday), words.iter().rposition(is_weekday))
    else {
        return unchanged();
    };
    for at in 0..words.len() {
        let (week, length) = match words[at..] {
            [Word::Of | Word::In, Word::This, Word::Unit(Unit::Week), ..] => (OfWeek::Counted(0), 3),
            [Word::Of | Word::In, Word::Next | Word::Coming, Word::Unit(Unit::Week), ..] => {
                (OfWeek::Counted(1), 3)
            }
            [Word::Of | Word::In, Word::AfterNext, Word::Unit(Unit::Week), ..] => (OfWeek::Counted(2), 3),
            [Word::This, Word::Unit(Unit::Week), ..] => (OfWeek::Counted(0), 2),
            [Word::Next | Word::Coming, Word::Unit(Unit::Week), ..] => (OfWeek::Counted(1), 2),
            [Word::AfterNext, Word::Unit(Unit::Week), ..] => (OfWeek::Counted(2), 2),
            [Word::In, Word::Number(1, _) | Word::Article, Word::Unit(Unit::Week), ..]
            | [Word::In, Word::Number(7 | 8, _), Word::Unit(Unit::Day), ..] => (OfWeek::In(1), 3),
            [Word::In, Word::Number(14, _), Word::Unit(Unit::Day), ..] => (OfWeek::In(2), 3),
            [Word::In, Word::Number(weeks @ 2..=52, _), Word::Unit(Unit::Week), ..] => {
                (OfWeek::In(i32::try_from(weeks).unwrap_or(0)), 3)
            }
            _ => continue,
        };
        // `ab nächster Woche Dienstag`, `Anfang nächster Woche`: the week is not that of the day alone.
        let tied = at.checked_sub(1).is_some_and(|before| {
            matches!(words[before], Word::Begin | Word::Middle | Word::End | Word::Or | Word::And)
        });
        if !tied && (at < first || at > last) {
            let mut left = words.to_vec();
            left.drain(at..at + length);
            return (left, Some(week));
        }
    }
    unchanged()
}

struct Grammar<'a> {
    words: &'a [Word],
    at: usize,
    field: Field,
    here: Here<'a>,
    /// The week that bare days of the week belong to.
    week: Option<OfWeek>,
    notes: Vec<Note>,
    /// The first day of a range whose last is being read.
    after: Option<Date>,
}

impl Grammar<'_> {
    /// The whole; `None` where something is left over.
    fn phrase(&mut self) -> Result<Option<Read>, Question> {
        let (mut days, mut times) = (Days::Unsaid, Heard::default());
        let mut read = false;
        while self.at < self.words.len() {
            if let Some(Word::Weekday(said)) = self.peek()
                && let Some(day) = days.single()
                && self.week.is_none()
            {
                // `morgen, Dienstag`
                self.at += 1;
                calendar::agreed(day, Some(said), self.here)?;
            } else if let Some(found) = self.days_in(&days)? {
                days = calendar::same(days, found, self.here)?;
            } else if let Some(found) = self.times()? {
                times = clock::same(times, found)?;
            } else {
                return Ok(None);
            }
            read = true;
        }
        Ok(read.then_some(Read { days, times }))
    }

    fn peek(&self) -> Option<Word> {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> Option<Word> {
        self.words.get(self.at + by).copied()
    }

    fn take(&mut self, any: &[Word]) -> Option<Word> {
        let word = self.peek().filter(|word| any.contains(word))?;
        self.at += 1;
        Some(word)
    }

    /// Reads something, or nothing at all.
    fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Option<T>, Question>,
    ) -> Result<Option<T>, Question> {
        let start = self.at;
        let found = read(self)?;
        if found.is_none() {
            self.at = start;
        }
        Ok(found)
    }

    /// Days, which are looked for in the stretch that was said before: `nächsten Monat am 5.`
    fn days_in(&mut self, said: &Days) -> Result<Option<Days>, Question> {
        if let Days::Span { first, .. } = said {
            self.after = Some(calendar::later(*first, -1));
        }
        let found = self.days(said);
        self.after = None;
        found
    }

    /// Days and what ties them.
    fn days(&mut self, said: &Days) -> Result<Option<Days>, Question> {
        let today = calendar::today(self.here);
        self.attempt(|this| match this.peek() {
            Some(Word::Any) if this.field == Field::Day && *said == Days::Unsaid => {
                this.at += 1;
                Ok(Some(Days::Any))
            }
            Some(Word::Soonest) => {
                this.at += 1;
                Ok(Some(Days::Soonest))
            }
            Some(Word::Between) => {
                this.at += 1;
                let Some(first) = this.day()? else { return Ok(None) };
                if this.take(&[Word::And, Word::Dash]).is_none() {
                    return Ok(None);
                }
                this.range(&first)
            }
            Some(Word::From) => {
                this.at += 1;
                let Some(first) = this.day()? else { return Ok(None) };
                if this.take(&[Word::Until, Word::To, Word::Dash]).is_some() {
                    this.range(&first)
                } else {
                    Ok(Some(Days::From(first.bounds(today).0)))
                }
            }
            Some(Word::Until) => {
                this.at += 1;
                let Some(last) = this.day()?.and_then(|last| last.bounds(today).1) else { return Ok(None) };
                calendar::span(today, last, this.here).map(Some)
            }
            Some(Word::Before) => {
                this.at += 1;
                let Some(day) = this.day()? else { return Ok(None) };
                calendar::span(today, calendar::later(day.bounds(today).0, -1), this.here).map(Some)
            }
            Some(Word::After) => {
                this.at += 1;
                let Some(last) = this.day()?.and_then(|last| last.bounds(today).1) else { return Ok(None) };
                Ok(Some(Days::From(calendar::later(last, 1))))
            }
            _ => this.plain_days(),
        })
    }

    /// `Montag`, `Montag bis Mittwoch`, `Montag oder Mittwoch`
    fn plain_days(&mut self) -> Result<Option<Days>, Question> {
        let Some(first) = self.day()? else { return Ok(None) };
        let range = self.attempt(|this| {
            if this.take(&[Word::Until, Word::To, Word::Dash]).is_none() {
                return Ok(None);
            }
            this.range(&first)
        })?;
        if range.is_some() {
            return Ok(range);
        }
        let Some(day) = first.single() else { return Ok(Some(first)) };
        let mut several = vec![day];
        while let Some(next) = self.attempt(|this| {
            let tied = this.take(&[Word::Or, Word::And]).is_some();
            // `Montag, Mittwoch oder Freitag`
            if !tied && !this.follows_a_weekday() {
                return Ok(None);
            }
            Ok(this.day()?.and_then(|next| next.single()))
        })? {
            several.push(next);
        }
        several.sort_unstable();
        several.dedup();
        Ok(Some(Days::OneOf(several)))
    }

    /// The end of a range, which is after its start.
    fn range(&mut self, first: &Days) -> Result<Option<Days>, Question> {
        let (first, _) = first.bounds(calendar::today(self.here));
        self.after = Some(first);
        let last = self.day();
        self.after = None;
        let Some(last) = last?.and_then(|last| last.bounds(first).1) else { return Ok(None) };
        calendar::span(first, last, self.here).map(Some)
    }

    /// One day, or a stretch that has a name.
    fn day(&mut self) -> Result<Option<Days>, Question> {
        self.attempt(|this| {
            let on = this.take(&[Word::On]).is_some();
            let Some(word) = this.peek() else { return Ok(None) };
            let before = this.at;
            this.at += 1;
            match word {
                Word::Shift(days) => this.shifted(days).map(Some),
                Word::Morgen if !on && !this.follows_a_day(before) => this.shifted(1).map(Some),
                Word::Weekday(weekday) => this.weekday(weekday, Which::Bare).map(Some),
                Word::This => this.named(Which::This),
                Word::Coming => this.named(Which::Coming),
                Word::Next => this.named(Which::Next),
                Word::AfterNext => this.named(Which::AfterNext),
                Word::Unit(Unit::Weekend) => calendar::weekend(Which::Bare, this.here).map(Some),
                Word::Begin => this.portion(Portion::Begin),
                Word::Middle => this.portion(Portion::Middle),
                Word::End => this.portion(Portion::End),
                Word::In => this.within(),
                Word::Article | Word::Number(..) if this.counts_from() => this.counted(word),
                Word::Number(day, _) if on && !this.is_time_next() => {
                    this.at = before;
                    let Some(date) = this.date(None)? else {
                        this.at = before + 1;
                        return this.numbered(day, None).map(Some);
                    };
                    calendar::one(date, this.here).map(Some)
                }
                _ => {
                    this.at = before;
                    match this.date(None)? {
                        Some(date) => calendar::one(date, this.here).map(Some),
                        None => this.whole_month(),
                    }
                }
            }
        })
    }

    /// Whether the word before is a day: then `morgen` is its morning.
    fn follows_a_day(&self, at: usize) -> bool {
        let day = |word: &Word| {
            matches!(
                word,
                Word::Shift(_)
                    | Word::Morgen
                    | Word::Weekday(_)
                    | Word::Month(_)
                    | Word::Ordinal(_)
                    | Word::Iso(..)
                    | Word::Numeric(..)
            )
        };
        at.checked_sub(1).and_then(|before| self.words.get(before)).is_some_and(day)
    }

    /// Whether two bare days of the week stand side by side.
    fn follows_a_weekday(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|before| self.words.get(before));
        matches!((before, self.peek()), (Some(Word::Weekday(_)), Some(Word::Weekday(_))))
    }

    /// `heute`, `heute in acht Tagen`
    fn shifted(&mut self, days: i32) -> Result<Days, Question> {
        let day = calendar::later(calendar::today(self.here), days);
        if let (Some(Word::In), Some(Word::Number(..) | Word::Article), Some(Word::Unit(unit))) =
            (self.peek(), self.ahead(1), self.ahead(2))
            && let Some(count) = self.ahead(1).and_then(count)
            && unit != Unit::Minute
        {
            self.at += 3;
            // Eight days are a week, counted as the Romans did.
            let count = if (unit, count) == (Unit::Day, 8) { 7 } else { count };
            return calendar::one(stepped(day, count, unit).ok_or(Question::Day)?, self.here);
        }
        calendar::one(day, self.here)
    }

    /// `Dienstag`, `Dienstag, der 24. November`
    fn weekday(&mut self, weekday: Weekday, which: Which) -> Result<Days, Question> {
        let dated = self.attempt(|this| {
            this.take(&[Word::On]);
            this.date(Some(weekday))
        })?;
        if let Some(date) = dated {
            return calendar::one(date, self.here);
        }
        let day = match (self.week, self.after, which) {
            (Some(OfWeek::Counted(weeks)), ..) => calendar::of_week(weekday, weeks, self.here),
            (Some(OfWeek::In(weeks)), ..) => calendar::weekday_in(weekday, weeks, self.here)?,
            (None, Some(first), Which::Bare) => calendar::following(weekday, first),
            _ => calendar::weekday(weekday, which, self.here)?,
        };
        calendar::one(day, self.here)
    }

    /// `nächsten Freitag`, `nächste Woche`, `diesen Monat`
    fn named(&mut self, which: Which) -> Result<Option<Days>, Question> {
        let Some(word) = self.peek() else { return Ok(None) };
        let count = match which {
            Which::Bare | Which::This => 0,
            Which::Coming | Which::Next => 1,
            Which::AfterNext => 2,
        };
        self.at += 1;
        match word {
            Word::Weekday(weekday) => self.weekday(weekday, which).map(Some),
            Word::Unit(Unit::Week) => calendar::week(count, Portion::Whole, self.here).map(Some),
            Word::Unit(Unit::Weekend) => calendar::weekend(which, self.here).map(Some),
            Word::Unit(Unit::Month) => {
                calendar::month(calendar::month_from_now(count, self.here), Portion::Whole, self.here)
                    .map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `Anfang nächster Woche`, `Ende Oktober`
    fn portion(&mut self, portion: Portion) -> Result<Option<Days>, Question> {
        self.take(&[Word::Of]);
        self.take(&[Word::In]);
        self.take(&[Word::Dash]);
        let which = self.take(&[Word::This, Word::Coming, Word::Next, Word::AfterNext]);
        let count = match which {
            Some(Word::Coming | Word::Next) => 1,
            Some(Word::AfterNext) => 2,
            _ => 0,
        };
        let Some(word) = self.peek() else { return Ok(None) };
        self.at += 1;
        match word {
            Word::Unit(Unit::Week) => calendar::week(count, portion, self.here).map(Some),
            Word::Unit(Unit::Month) => {
                calendar::month(calendar::month_from_now(count, self.here), portion, self.here).map(Some)
            }
            Word::Month(month) if which.is_none() => {
                let year = self.year();
                calendar::month(calendar::named_month(month, year, self.here)?, portion, self.here).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Behind `in`: `zwei Wochen`, `der nächsten Woche`, `den nächsten drei Tagen`, `Oktober`.
    fn within(&mut self) -> Result<Option<Days>, Question> {
        let today = calendar::today(self.here);
        if let (Some(Word::Next | Word::Coming), Some(number), Some(Word::Unit(unit))) =
            (self.peek(), self.ahead(1), self.ahead(2))
            && let Some(count) = count(number)
        {
            self.at += 3;
            let Some(last) = stepped(today, count, unit) else { return Ok(None) };
            return calendar::span(today, last, self.here).map(Some);
        }
        if let (Some(number), Some(Word::Unit(unit))) = (self.peek(), self.ahead(1))
            && let Some(count) = count(number)
        {
            self.at += 2;
            // A week, or a day more?
            if unit == Unit::Day && [8, 15].contains(&count) {
                let either = vec![calendar::later(today, count - 1), calendar::later(today, count)];
                return Err(Question::WhichDay(either));
            }
            let Some(day) = stepped(today, count, unit) else { return Ok(None) };
            return calendar::one(day, self.here).map(Some);
        }
        match self.peek() {
            Some(Word::Month(_)) => self.whole_month(),
            Some(Word::This | Word::Coming | Word::Next | Word::AfterNext) => self.day(),
            _ => Ok(None),
        }
    }

    /// Whether a count of weeks or days from a day follows.
    fn counts_from(&self) -> bool {
        matches!(self.peek(), Some(Word::Unit(Unit::Day | Unit::Week | Unit::Month)))
            && matches!(self.ahead(1), Some(Word::From | Word::After))
    }

    /// `a week from Tuesday`
    fn counted(&mut self, number: Word) -> Result<Option<Days>, Question> {
        let Some(Word::Unit(unit)) = self.peek() else { return Ok(None) };
        self.at += 2;
        let Some(count) = count(number) else { return Ok(None) };
        let add = |day: Date| stepped(day, count, unit).unwrap_or(day);
        match self.day() {
            Ok(Some(days)) => match days.single() {
                Some(day) => calendar::one(add(day), self.here).map(Some),
                None => Ok(None),
            },
            Ok(None) => Ok(None),
            Err(Question::WhichDay(days)) => Err(Question::WhichDay(days.into_iter().map(add).collect())),
            Err(question) => Err(question),
        }
    }

    /// `Oktober`
    fn whole_month(&mut self) -> Result<Option<Days>, Question> {
        let Some(Word::Month(month)) = self.peek() else { return Ok(None) };
        self.at += 1;
        let year = self.year();
        calendar::month(calendar::named_month(month, year, self.here)?, Portion::Whole, self.here).map(Some)
    }

    /// A date with its month, or the number of a day.
    fn date(&mut self, weekday: Option<Weekday>) -> Result<Option<Date>, Question> {
        let Some(word) = self.peek() else { return Ok(None) };
        let (at, here) = (self.at, self.here);
        self.at += 1;
        let (day, month) = match word {
            Word::Iso(year, month, day) => {
                return calendar::date((day, month, Some(year)), weekday, here, &mut self.notes).map(Some);
            }
            Word::Numeric(first, second, year, dot) if !self.is_clock(at) => {
                let year = year.or_else(|| self.year());
                return self.numeric((first, second, year), dot, weekday).map(Some);
            }
            Word::Month(month) => match self.peek() {
                // `October 6`
                Some(Word::Ordinal(day)) => {
                    self.at += 1;
                    (day, month)
                }
                Some(Word::Number(day @ 1..=31, _)) if here.language == Locale::En => {
                    self.at += 1;
                    (day, month)
                }
                _ => {
                    self.at = at;
                    return Ok(None);
                }
            },
            Word::Ordinal(day) | Word::Number(day, _) => {
                let of = self.take(&[Word::Of]).is_some();
                match self.peek() {
                    Some(Word::Month(month)) => {
                        self.at += 1;
                        (day, month)
                    }
                    // `am siebten Zehnten`
                    Some(Word::Ordinal(month)) if matches!(word, Word::Ordinal(_)) && !of => {
                        self.at += 1;
                        (day, i8::try_from(month).map_err(|_| Question::NoSuchDay)?)
                    }
                    // `am zweiten Dienstag`
                    Some(Word::Weekday(_)) if weekday.is_none() => {
                        self.at = at;
                        return Ok(None);
                    }
                    _ if matches!(word, Word::Ordinal(_)) && !of && !self.is_time_next() => {
                        return self.numbered(day, weekday).map(|days| days.single());
                    }
                    _ => {
                        self.at = at;
                        return Ok(None);
                    }
                }
            }
            _ => {
                self.at = at;
                return Ok(None);
            }
        };
        let day = i8::try_from(day).map_err(|_| Question::NoSuchDay)?;
        let year = self.year();
        calendar::date((day, month, year), weekday, here, &mut self.notes).map(Some)
    }

    /// The number of a day whose month is not said, or said with the end of the range: `vom 3. bis 7. Dezember`.
    fn numbered(&mut self, day: u32, weekday: Option<Weekday>) -> Result<Days, Question> {
        let day = i8::try_from(day).map_err(|_| Question::NoSuchDay)?;
        let rest = self.words.get(self.at..).unwrap_or_default();
        let tied = |word: &Word| matches!(word, Word::Until | Word::To | Word::Dash | Word::And | Word::Or);
        let behind: Vec<Word> = match rest {
            [tie, rest @ ..] if tied(tie) => rest.iter().copied().filter(|word| *word != Word::On).collect(),
            _ => Vec::new(),
        };
        let date = match behind[..] {
            [Word::Ordinal(_) | Word::Number(..), Word::Month(month), ..] => {
                calendar::date((day, month, None), weekday, self.here, &mut self.notes)?
            }
            _ => match self.after {
                Some(first) => {
                    let months = i32::from(day <= first.day());
                    let month = first.first_of_month().saturating_add(months.months());
                    let date =
                        Date::new(month.year(), month.month(), day).map_err(|_| Question::NoSuchDay)?;
                    calendar::agreed(date, weekday, self.here)?
                }
                None => calendar::day_of_month(day, weekday, self.here)?,
            },
        };
        calendar::one(date, self.here)
    }

    /// `6.10.`; of `6/10` nobody knows which is the month where English is spoken.
    fn numeric(
        &mut self,
        (first, second, year): (i8, i8, Option<i16>),
        dot: bool,
        weekday: Option<Weekday>,
    ) -> Result<Date, Question> {
        let mut read = |day, month| calendar::date((day, month, year), weekday, self.here, &mut self.notes);
        let day_first = read(first, second);
        if dot || self.here.language == Locale::De || first == second {
            return day_first;
        }
        match (day_first, read(second, first)) {
            (Ok(one), Ok(other)) => Err(Question::WhichDay(vec![one.min(other), one.max(other)])),
            (Err(Question::NoSuchDay), other) => other,
            (one, Err(Question::NoSuchDay)) => one,
            // The day of the week tells the two apart.
            (Ok(one), Err(Question::Weekday { .. })) | (Err(Question::Weekday { .. }), Ok(one)) => Ok(one),
            (Ok(one), Err(_)) | (Err(_), Ok(one)) => Err(Question::WhichDay(vec![one])),
            (one, _) => one,
        }
    }

    /// The year behind a date.
    fn year(&mut self) -> Option<i16> {
        let Some(Word::Number(year @ 1900..=2999, true)) = self.peek() else { return None };
        self.at += 1;
        i16::try_from(year).ok()
    }
}

/// A count: `drei`, `a`.
fn count(word: Word) -> Option<i32> {
    match word {
        Word::Number(number @ 1..=99, _) => i32::try_from(number).ok(),
        Word::Article => Some(1),
        _ => None,
    }
}

/// So many units after a day.
fn stepped(day: Date, count: i32, unit: Unit) -> Option<Date> {
    match unit {
        Unit::Day => Some(calendar::later(day, count)),
        Unit::Week => Some(calendar::later(day, 7 * count)),
        Unit::Month => Some(day.saturating_add(count.months())),
        Unit::Minute | Unit::Weekend => None,
    }
}
