//! Cuts what was said into [`Word`]s: the roles that words play, whatever their spelling or language.
//!
//! Case, umlauts (`ü`, `ue`, `u` are one) and punctuation make no difference. A word that is in no table makes
//! the whole unreadable, because it may turn the meaning around: `außer Montag`.

use jiff::civil::Weekday;

use super::{Note, Part, english, german, numbers};
use crate::company::Locale;

/// The role of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `3`, `drei`; in digits or not.
    Number(u32, bool),
    /// `7.`, `siebten`, `7th`
    Ordinal(u32),
    /// `2026-11-24`
    Iso(i16, i8, i8),
    /// `6.10.`, `6/10/2026`: two numbers, a year, whether dots stand between.
    Numeric(i8, i8, Option<i16>, bool),
    /// `14:30`; `09:30` says the half of the day, `9:30` does not.
    Clock(i8, i8, bool),
    /// Days from today.
    Shift(i32),
    /// `morgen`: tomorrow, or in the morning.
    Morgen,
    Weekday(Weekday),
    Month(i8),
    Unit(Unit),
    This,
    Coming,
    Next,
    AfterNext,
    Begin,
    Middle,
    End,
    In,
    From,
    Until,
    /// `to` of `quarter to four` and of `two to four`.
    To,
    Dash,
    Between,
    And,
    Or,
    Before,
    After,
    Past,
    About,
    At,
    On,
    Of,
    /// `a` of `a week`.
    Article,
    Half,
    Quarter,
    ThreeQuarters,
    Oclock,
    Part(Part),
    Am,
    Pm,
    Early,
    Late,
    /// `noon`: an hour that needs no half of the day.
    Hour(i8),
    Any,
    Soonest,
    /// Says nothing.
    Filler,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Minute,
    Day,
    Week,
    Weekend,
    Month,
}

/// The longest phrase of the tables, in words.
const LONGEST: usize = 5;

/// A piece of text: a word in letters, or one in digits or signs, whose role is plain.
enum Piece {
    Letters(String),
    Plain(Word),
}

/// The words of a text; `None` if one of them is unknown.
pub fn words(text: &str, language: Locale, notes: &mut Vec<Note>) -> Option<Vec<Word>> {
    let pieces = pieces(&fold(text), notes)?;
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        match piece {
            Piece::Plain(word) => {
                words.push(*word);
                at += 1;
            }
            Piece::Letters(letters) => {
                let (roles, taken) =
                    phrase(&pieces[at..], language).or_else(|| Some((alone(letters, language)?, 1)))?;
                words.extend(roles);
                at += taken;
            }
        }
    }
    words.retain(|word| *word != Word::Filler);
    Some(numbers::joined(&words))
}

/// Lower case, without umlauts however they are written.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for sign in text.chars().flat_map(char::to_lowercase) {
        match sign {
            'ä' => folded.push('a'),
            'ö' => folded.push('o'),
            'ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            // Two dots of their own, as some systems write umlauts; apostrophes: `o’clock`.
            '\u{308}' | '\'' | '’' => {}
            // `ae`, `oe`, `ue`
            'e' if folded.ends_with(['a', 'o', 'u']) => {}
            other => folded.push(other),
        }
    }
    folded
}

/// The longest phrase of the table that the pieces begin with.
fn phrase(pieces: &[Piece], language: Locale) -> Option<(Vec<Word>, usize)> {
    let letters: Vec<&str> = pieces
        .iter()
        .map_while(|piece| match piece {
            Piece::Letters(letters) => Some(letters.as_str()),
            Piece::Plain(_) => None,
        })
        .take(LONGEST)
        .collect();
    (1..=letters.len()).rev().find_map(|length| {
        let roles = vocabulary(language, &letters[..length].join(" "))?;
        Some((roles.to_vec(), length))
    })
}

fn vocabulary(language: Locale, phrase: &str) -> Option<&'static [Word]> {
    let table = match language {
        Locale::De => german::VOCABULARY,
        Locale::En => english::VOCABULARY,
    };
    table.iter().find(|(known, _)| *known == phrase).map(|(_, roles)| *roles)
}

/// A word that stands in no table: a number, or two words written as one (`Dienstagnachmittag`, `halbdrei`).
fn alone(letters: &str, language: Locale) -> Option<Vec<Word>> {
    if let Some(number) = numbers::read(letters, language) {
        return Some(vec![number]);
    }
    (2..letters.len()).filter(|at| letters.is_char_boundary(*at)).find_map(|at| {
        let (first, second) = letters.split_at(at);
        let first = vocabulary(language, first)?;
        let joins = matches!(first, [Word::Weekday(_) | Word::Half | Word::ThreeQuarters]);
        let second = vocabulary(language, second)
            .filter(|roles| matches!(roles, [Word::Part(_) | Word::Morgen | Word::Early]))
            .map(<[Word]>::to_vec)
            .or_else(|| numbers::read(second, language).map(|number| vec![number]))?;
        joins.then(|| [first, &second].concat())
    })
}

/// Cuts a folded text. Punctuation that says nothing is dropped.
fn pieces(text: &str, notes: &mut Vec<Note>) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut tied = false;
    while let Some(sign) = rest.chars().next() {
        if sign.is_ascii_digit() {
            let (word, taken) = digits(rest, tied, notes)?;
            // `2026-11-24T00:00` is a day and no time.
            if !(tied && matches!(word, Word::Clock(0, 0, _))) {
                pieces.push(Piece::Plain(word));
            }
            tied = matches!(word, Word::Iso(..)) && rest[..taken].ends_with('t');
            rest = &rest[taken..];
        } else if sign.is_alphabetic() {
            let end = rest.find(|sign: char| !sign.is_alphabetic()).unwrap_or(rest.len());
            pieces.push(Piece::Letters(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            match sign {
                '-' | '–' | '—' => pieces.push(Piece::Plain(Word::Dash)),
                '&' => pieces.push(Piece::Plain(Word::And)),
                _ if sign.is_whitespace() || ",.;:!?()\"„“”".contains(sign) => {}
                _ => return None,
            }
            rest = &rest[sign.len_utf8()..];
        }
    }
    Some(pieces)
}

/// What begins with a digit, and how long it is; a time may be `tied` to a date by a `T`.
fn digits(text: &str, tied: bool, notes: &mut Vec<Note>) -> Option<(Word, usize)> {
    let mut cut = Cut { text, at: 0 };
    let (first, width) = cut.number(4)?;
    if width == 4 {
        for sign in ['-', '/', '.'] {
            let mut date = cut;
            if let Some((month, day)) =
                date.after(sign, 2).and_then(|month| Some((month, date.after(sign, 2)?)))
            {
                let word =
                    Word::Iso(i16::try_from(first).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
                // `2026-11-24T14:30`
                if date.rest().starts_with('t') && date.rest()[1..].starts_with(|c: char| c.is_ascii_digit())
                {
                    date.at += 1;
                }
                return Some((word, date.at));
            }
        }
        return Some((Word::Number(first, true), cut.at));
    }
    let small = i8::try_from(first).ok()?;
    if let Some(minute) = cut.after(':', 2) {
        // `14:3` is no time.
        let wide = cut.text[..cut.at].len() == width + 3;
        return if wide {
            clock(cut, (small, i8::try_from(minute).ok()?, width == 2), tied, notes)
        } else {
            None
        };
    }
    for sign in ['.', '/', '-'] {
        let mut date = cut;
        let Some(second) = date.after(sign, 2) else { continue };
        let mut whole = date;
        let year = whole.after(sign, 4);
        if year.is_some() {
            date = whole;
        }
        // `2-4` is no date.
        if sign != '-' || year.is_some() {
            if year.is_none() && sign == '.' && date.rest().starts_with('.') {
                date.at += 1;
            }
            return Some((Word::Numeric(small, i8::try_from(second).ok()?, year, sign == '.'), date.at));
        }
    }
    for suffix in ["st", "nd", "rd", "th", "ten", "ter", "te"] {
        let follows = cut.rest().strip_prefix(suffix);
        if follows.is_some_and(|rest| !rest.starts_with(char::is_alphabetic)) {
            return Some((Word::Ordinal(first), cut.at + suffix.len()));
        }
    }
    if cut.rest().starts_with('.') {
        return Some((Word::Ordinal(first), cut.at + 1));
    }
    Some((Word::Number(first, true), cut.at))
}

/// What follows `14:30`: seconds, which must be none, and an offset, which is dropped.
fn clock(
    mut cut: Cut<'_>,
    (hour, minute, wide): (i8, i8, bool),
    tied: bool,
    notes: &mut Vec<Note>,
) -> Option<(Word, usize)> {
    let exact = cut.rest().starts_with(':');
    if exact {
        let end = cut.rest()[1..].find(|sign: char| !sign.is_ascii_digit() && sign != '.');
        let seconds = &cut.rest()[1..end.map_or(cut.rest().len(), |end| end + 1)];
        if seconds.is_empty() || seconds.contains(|sign| sign != '0' && sign != '.') {
            return None;
        }
        cut.at += 1 + seconds.len();
    }
    let mut offset = cut;
    let found = match cut.rest().chars().next() {
        Some('z') => {
            offset.at += 1;
            !offset.rest().starts_with(char::is_alphabetic)
        }
        // `14:30-16:00` is a range; an offset to the west stands behind a date or seconds only.
        Some(sign) if sign == '+' || (sign == '-' && (exact || tied)) => {
            offset.at += 1;
            let hours = offset.number(4);
            if hours.is_some_and(|(_, width)| width == 2) {
                offset.after(':', 2);
            }
            hours.is_some()
        }
        _ => false,
    };
    if found {
        notes.push(Note::Offset);
        cut = offset;
    }
    if cut.rest().starts_with('[') {
        cut.at += cut.rest().find(']')? + 1;
    }
    Some((Word::Clock(hour, minute, wide), cut.at))
}

/// A place in a text.
#[derive(Clone, Copy)]
struct Cut<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cut<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// A number and its width; `None` if it has more digits than `most`.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let rest = self.rest();
        let width = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        if width == 0 || width > most {
            return None;
        }
        self.at += width;
        Some((rest[..width].parse().ok()?, width))
    }

    /// The number behind a sign; nothing is taken where there is none.
    fn after(&mut self, sign: char, most: usize) -> Option<i16> {
        let mut behind = *self;
        behind.rest().starts_with(sign).then(|| behind.at += sign.len_utf8())?;
        let (number, _) = behind.number(most)?;
        *self = behind;
        i16::try_from(number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_folded_and_say_nothing_twice() {
        for table in [german::VOCABULARY, english::VOCABULARY] {
            for (at, (phrase, _)) in table.iter().enumerate() {
                assert_eq!(fold(phrase), *phrase, "could never be found");
                assert!(phrase.split(' ').count() <= LONGEST, "{phrase} is too long");
                assert!(table[..at].iter().all(|(other, _)| other != phrase), "{phrase} stands there twice");
            }
        }
    }

    #[test]
    fn umlauts_are_one_however_they_are_written() {
        for text in ["Übermorgen", "UEBERMORGEN", "ubermorgen", "u\u{308}bermorgen"] {
            assert_eq!(fold(text), "ubermorgen", "{text}");
        }
        assert_eq!(fold("Dreißig o’clock"), "dreissig oclock");
    }
}
