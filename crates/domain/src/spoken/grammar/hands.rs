//! Times: `halb drei`, `Viertel vor vier`, `zwischen zwei und vier`, `2:30 pm`, `nachmittags`.

use jiff::civil::Time;

use super::{Field, Grammar};
use crate::company::Locale;
use crate::spoken::clock::{Hands, Heard, Shape};
use crate::spoken::lexer::{Unit, Word};
use crate::spoken::{Part, Question};

/// Hands that were read, and whether they are a time on their own: `14 Uhr`, not `14`.
struct Pointed {
    hands: Vec<Hands>,
    marked: bool,
}

impl Grammar<'_> {
    /// Times and what ties them.
    pub(super) fn times(&mut self) -> Result<Option<Heard>, Question> {
        self.attempt(|this| {
            if let Some(part) = this.part() {
                return Ok(Some(part));
            }
            let Some(word) = this.peek() else { return Ok(None) };
            let shape = match word {
                Word::Any => {
                    this.at += 1;
                    Some(Shape::Any)
                }
                Word::Between => {
                    this.at += 1;
                    this.stretch(&[Word::And, Word::Dash, Word::Until, Word::To])
                }
                Word::From => {
                    this.at += 1;
                    let ties = [Word::Until, Word::To, Word::Dash];
                    this.stretch_or(&ties).or_else(|| this.single(true).map(Shape::After))
                }
                Word::After => {
                    this.at += 1;
                    this.single(true).map(Shape::After)
                }
                Word::Before | Word::Until => {
                    this.at += 1;
                    this.single(true).map(Shape::Before)
                }
                Word::About => {
                    this.at += 1;
                    this.take(&[Word::At]);
                    this.single(true).map(Shape::Around)
                }
                _ => this.pointed(),
            };
            Ok(shape.map(|shape| Heard { shape, part: None }))
        })
    }

    /// `nachmittags`, `am frühen Nachmittag`
    fn part(&mut self) -> Option<Heard> {
        let start = self.at;
        let found = self.part_at();
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn part_at(&mut self) -> Option<Heard> {
        // `Dienstag-Nachmittag`, `gegen Abend`, `in the early morning`
        let tie =
            self.take(&[Word::Dash, Word::About, Word::In, Word::On, Word::From, Word::Before, Word::Until]);
        let word = self.peek()?;
        self.at += 1;
        let hour = |hour| Some(Time::constant(hour, 0, 0, 0));
        let twelve = Hands { hour: 12, minute: 0, known: true };
        let shape = |shape| Some(Heard { shape, part: None });
        let part = |part| Some(Heard { shape: Shape::Unsaid, part: Some(part) });
        match (tie, word) {
            (Some(Word::From), Word::Part(Part::Noon)) => shape(Shape::After(twelve)),
            (Some(Word::Before | Word::Until), Word::Part(Part::Noon)) => shape(Shape::Before(twelve)),
            (Some(Word::From | Word::Before | Word::Until), _) => None,
            (_, Word::Part(found)) => part(found),
            (Some(Word::On) | None, Word::Morgen) => part(Part::Morning),
            (_, Word::Early | Word::Late) => {
                self.take(&[Word::On]);
                let early = word == Word::Early;
                match self.peek() {
                    Some(Word::Part(found)) => {
                        self.at += 1;
                        let (from, to) = match (found, early) {
                            (Part::Morning, true) => (None, hour(10)),
                            (Part::Morning, false) => (hour(10), hour(12)),
                            (Part::Afternoon, true) => (hour(12), hour(15)),
                            (Part::Afternoon, false) => (hour(15), hour(18)),
                            (Part::Evening, true) => (hour(17), hour(19)),
                            (Part::Evening, false) => (hour(19), None),
                            (Part::Noon, _) => return None,
                        };
                        shape(Shape::Stretch(from, to))
                    }
                    // `morgen früh`, `um acht früh`
                    _ if early && self.here.language == Locale::De => part(Part::Morning),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `zwei und vier` of `zwischen zwei und vier`.
    fn stretch(&mut self, ties: &[Word]) -> Option<Shape> {
        let [from] = self.clock(true, true)?.hands[..] else { return None };
        self.take(ties)?;
        self.take(&[Word::At]);
        let [to] = self.clock(true, true)?.hands[..] else { return None };
        Some(Shape::Between(from, to))
    }

    /// The same, or nothing is taken.
    fn stretch_or(&mut self, ties: &[Word]) -> Option<Shape> {
        let start = self.at;
        let found = self.stretch(ties);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// One clock that is certain about its minutes.
    fn single(&mut self, introduced: bool) -> Option<Hands> {
        let found = self.clock(introduced, false)?;
        match found.hands[..] {
            [hands] => Some(hands),
            _ => None,
        }
    }

    /// `um drei`, `zwei bis vier Uhr`, `um zehn oder elf`
    fn pointed(&mut self) -> Option<Shape> {
        let introduced = self.take(&[Word::At]).is_some() || self.field == Field::Time;
        let start = self.at;
        // A range first, so that `10 to 4 pm` is one.
        if let Some(first) = self.clock(true, true)
            && let [from] = first.hands[..]
            && let Some(tie) = self.take(&[Word::Until, Word::To, Word::Dash])
            && let Some(last) = self.clock(true, true)
            && let [to] = last.hands[..]
            && (introduced || first.marked || last.marked)
            // `ten to four` is ten minutes before.
            && !(tie == Word::To && self.is_minutes(start))
        {
            return Some(Shape::Between(from, to));
        }
        self.at = start;
        let first = self.clock(introduced, false)?;
        let (mut hands, mut marked) = (first.hands, first.marked || introduced);
        while let Some(Word::Or) = self.peek() {
            let before = self.at;
            self.at += 1;
            let again = self.take(&[Word::At]).is_some();
            let Some(more) = self.clock(marked || again, false) else {
                self.at = before;
                break;
            };
            hands.extend(more.hands);
            marked |= more.marked;
        }
        match hands[..] {
            [one] => Some(Shape::At(one)),
            _ => Some(Shape::Several(hands)),
        }
    }

    /// Whether minutes before an hour begin there: a number in words that is a multiple of five.
    fn is_minutes(&self, at: usize) -> bool {
        matches!(self.words.get(at), Some(Word::Number(5 | 10 | 15 | 20 | 25, false) | Word::Quarter))
    }

    /// One clock. A bare number only where it was introduced; `whole` leaves out minutes before or after.
    fn clock(&mut self, introduced: bool, whole: bool) -> Option<Pointed> {
        let start = self.at;
        let found = (if whole { None } else { self.relative() })
            .or_else(|| {
                self.at = start;
                self.fraction()
            })
            .or_else(|| {
                self.at = start;
                self.plain(introduced)
            });
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// `Viertel vor vier`, `zehn nach halb drei`, `twenty to five`
    fn relative(&mut self) -> Option<Pointed> {
        let (minutes, digits) = match self.peek()? {
            Word::Quarter => (15, false),
            Word::Number(minutes @ 1..=29, digits) => (i16::try_from(minutes).ok()?, digits),
            _ => return None,
        };
        self.at += 1;
        let counted = self.take(&[Word::Unit(Unit::Minute)]).is_some();
        let sign = match self.peek()? {
            Word::Before | Word::Of => -1,
            // `10 to 4` may be a range.
            Word::To if counted || !digits && minutes % 5 == 0 => -1,
            Word::After | Word::Past => 1,
            _ => return None,
        };
        self.at += 1;
        let base = if self.here.language == Locale::De && self.take(&[Word::Half]).is_some() {
            moved(self.hour()?, -30)
        } else {
            self.hour()?
        };
        Some(Pointed { hands: vec![moved(base, sign * minutes)], marked: true })
    }

    /// `halb drei`, `half past two`, `dreiviertel vier`, and what has two readings: `viertel drei`, `half three`.
    fn fraction(&mut self) -> Option<Pointed> {
        let german = self.here.language == Locale::De;
        let word = self.take(&[Word::Half, Word::Quarter, Word::ThreeQuarters])?;
        let past = self.take(&[Word::Past, Word::After]).is_some();
        let hour = self.hour()?;
        let hands = match (word, past) {
            (Word::Half, true) if !german => vec![moved(hour, 30)],
            (Word::Half, false) if german => vec![moved(hour, -30)],
            (Word::Half, false) => vec![moved(hour, -30), moved(hour, 30)],
            (Word::Quarter, false) if german => vec![moved(hour, -45), moved(hour, 15)],
            (Word::ThreeQuarters, false) => vec![moved(hour, -15)],
            _ => return None,
        };
        Some(Pointed { hands, marked: true })
    }

    /// The hour of `halb drei`.
    fn hour(&mut self) -> Option<Hands> {
        let hands = match self.peek()? {
            Word::Number(hour @ 0..=23, _) | Word::Ordinal(hour @ 0..=23) => {
                let hour = i8::try_from(hour).ok()?;
                Hands { hour, minute: 0, known: hour == 0 || hour > 12 }
            }
            Word::Hour(hour) => Hands { hour, minute: 0, known: true },
            _ => return None,
        };
        self.at += 1;
        self.take(&[Word::Oclock]);
        self.half_of_day(hands)
    }

    /// `14:30`, `14 Uhr 30`, `3 pm`, `three thirty`, `noon`
    fn plain(&mut self, introduced: bool) -> Option<Pointed> {
        let start = self.at;
        let word = self.peek()?;
        self.at += 1;
        let known = |hour: i8| hour == 0 || hour > 12;
        match word {
            Word::Hour(hour) => {
                self.take(&[Word::Oclock]);
                Some(Pointed { hands: vec![Hands { hour, minute: 0, known: true }], marked: true })
            }
            Word::Clock(hour, minute, wide) => {
                self.take(&[Word::Oclock]);
                self.checked(Hands { hour, minute, known: wide || known(hour) }, true)
            }
            Word::Numeric(hour, minute, None, true) if self.is_clock(start) || introduced => {
                self.take(&[Word::Oclock]);
                self.checked(Hands { hour, minute, known: known(hour) }, true)
            }
            Word::Number(hour, digits) => {
                let hour = i8::try_from(hour).ok()?;
                let oclock = self.take(&[Word::Oclock]).is_some();
                let minutes = self.minutes(oclock);
                let hands = Hands { hour, minute: minutes.unwrap_or(0), known: known(hour) };
                let named = oclock || minutes.is_some() && !digits;
                self.checked(hands, named).filter(|found| found.marked || introduced)
            }
            Word::Ordinal(hour) if introduced || self.peek() == Some(Word::Oclock) => {
                let hour = i8::try_from(hour).ok()?;
                self.take(&[Word::Oclock]);
                self.checked(Hands { hour, minute: 0, known: known(hour) }, true)
            }
            _ => None,
        }
    }

    /// `30` of `14 Uhr 30`, `thirty` of `two thirty`, `oh five`.
    fn minutes(&mut self, oclock: bool) -> Option<i8> {
        let (minute, taken) = match (self.peek()?, self.ahead(1)) {
            (Word::Number(0, _), Some(Word::Number(minute @ 1..=9, _))) => (minute, 2),
            (Word::Number(minute @ 10..=59, _), _) => (minute, 1),
            (Word::Number(minute @ 0..=9, _), _) if oclock => (minute, 1),
            _ => return None,
        };
        // `14 Uhr 30 bis 16 Uhr` is a range; `um drei zehn vor` nothing.
        if matches!(self.ahead(taken), Some(Word::Before | Word::After | Word::Past | Word::Oclock))
            && !oclock
        {
            return None;
        }
        self.at += taken;
        self.take(&[Word::Unit(Unit::Minute)]);
        i8::try_from(minute).ok()
    }

    /// Hands that exist, with the half of the day that follows.
    fn checked(&mut self, hands: Hands, marked: bool) -> Option<Pointed> {
        let before = self.at;
        let hands = self.half_of_day(hands)?;
        let marked = marked || self.at > before;
        ((0..24).contains(&hands.hour) && (0..60).contains(&hands.minute))
            .then(|| Pointed { hands: vec![hands], marked })
    }

    /// `am`, `pm`
    fn half_of_day(&mut self, hands: Hands) -> Option<Hands> {
        let Some(half) = self.take(&[Word::Am, Word::Pm]) else { return Some(hands) };
        let afternoon = if half == Word::Pm { 12 } else { 0 };
        match hands.hour {
            1..=12 => Some(Hands { hour: hands.hour % 12 + afternoon, known: true, ..hands }),
            // `14:30 pm` says it twice.
            13..=23 if half == Word::Pm => Some(Hands { known: true, ..hands }),
            _ => None,
        }
    }

    /// Whether two numbers with a dot are a time: `14.30 Uhr`, `um 10.15`.
    pub(super) fn is_clock(&self, at: usize) -> bool {
        let Some(Word::Numeric(_, second, None, true)) = self.words.get(at) else { return false };
        let before = at.checked_sub(1).and_then(|before| self.words.get(before));
        *second > 12
            || self.field == Field::Time
            || self.words.get(at + 1) == Some(&Word::Oclock)
            || matches!(before, Some(Word::At | Word::About))
    }

    /// Whether a time goes on here, so that the number before is its hour.
    pub(super) fn is_time_next(&self) -> bool {
        matches!(
            self.peek(),
            Some(Word::Oclock | Word::Am | Word::Pm | Word::Past | Word::Unit(Unit::Minute))
        )
    }
}

/// So many minutes later; where the half of the day is not known, on the face of a clock.
fn moved(hands: Hands, minutes: i16) -> Hands {
    let round = if hands.known { 24 * 60 } else { 12 * 60 };
    let total = (i16::from(hands.hour) * 60 + i16::from(hands.minute) + minutes).rem_euclid(round);
    let part = |number: i16| i8::try_from(number).unwrap_or(0);
    Hands { hour: part(total / 60), minute: part(total % 60), known: hands.known }
}
