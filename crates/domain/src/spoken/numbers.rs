//! Numbers in words, up to fifty-nine: hours, minutes, days of a month, weeks.

use super::lexer::Word;
use crate::company::Locale;

/// Number words below twenty, folded.
const GERMAN: [&str; 20] = [
    "null", "eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn", "elf",
    "zwolf", "dreizehn", "vierzehn", "funfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
];
const GERMAN_TENS: [(&str, u32); 4] = [("zwanzig", 20), ("dreissig", 30), ("vierzig", 40), ("funfzig", 50)];
const ENGLISH: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [(&str, u32); 4] = [("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50)];
const ENGLISH_ORDINALS: [&str; 21] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "thirtieth",
];

/// A folded word as a number.
pub fn read(word: &str, language: Locale) -> Option<Word> {
    match language {
        Locale::De => german(word)
            .map(|number| Word::Number(number, false))
            .or_else(|| german_ordinal(word).map(Word::Ordinal)),
        Locale::En => english(word),
    }
}

fn position(table: &[&str], word: &str) -> Option<u32> {
    u32::try_from(table.iter().position(|known| *known == word)?).ok()
}

fn tens(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(known, _)| *known == word).map(|(_, number)| *number)
}

/// `drei`, `dreizehn`, `einundzwanzig`
fn german(word: &str) -> Option<u32> {
    match word {
        "ein" | "eine" | "einer" | "einem" | "einen" => return Some(1),
        "zwo" => return Some(2),
        "dreizig" | "dreisig" => return Some(30),
        _ => {}
    }
    if let Some(number) = position(&GERMAN, word).or_else(|| tens(&GERMAN_TENS, word)) {
        return Some(number);
    }
    let (ones, rest) = word.split_once("und")?;
    let ones = german(ones).filter(|ones| (1..10).contains(ones) && !ones_with_ending(word))?;
    Some(tens(&GERMAN_TENS, rest)? + ones)
}

/// `einsundzwanzig` is no number.
fn ones_with_ending(word: &str) -> bool {
    word.starts_with("eins")
}

/// `siebten`, `zwanzigste`
fn german_ordinal(word: &str) -> Option<u32> {
    let stem = ["en", "er", "es", "em", "e"].iter().find_map(|ending| word.strip_suffix(ending))?;
    match stem {
        "erst" => Some(1),
        "dritt" => Some(3),
        "siebt" => Some(7),
        "acht" => Some(8),
        _ => {
            let large = stem.strip_suffix("st").and_then(german).filter(|number| *number >= 20);
            large
                .or_else(|| stem.strip_suffix('t').and_then(german).filter(|number| (2..20).contains(number)))
        }
    }
}

fn english(word: &str) -> Option<Word> {
    if let Some(number) = position(&ENGLISH, word).or_else(|| tens(&ENGLISH_TENS, word)) {
        return Some(Word::Number(number, false));
    }
    // The last of the table is the thirtieth.
    position(&ENGLISH_ORDINALS, word).map(|at| Word::Ordinal(if at == 20 { 30 } else { at + 1 }))
}

/// `twenty five` and `twenty-first` as one number each; `nine oh five` keeps its parts.
pub fn joined(words: &[Word]) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let mut rest = words;
    while let [first, behind @ ..] = rest {
        let (word, left) = match (first, behind) {
            (Word::Number(ten, false), [Word::Dash, one, left @ ..] | [one, left @ ..])
                if [20, 30, 40, 50].contains(ten) && small(*one) =>
            {
                let sum = match one {
                    Word::Ordinal(one) => Word::Ordinal(ten + one),
                    Word::Number(one, _) => Word::Number(ten + one, false),
                    other => *other,
                };
                (sum, left)
            }
            _ => (*first, behind),
        };
        joined.push(word);
        rest = left;
    }
    joined
}

fn small(word: Word) -> bool {
    matches!(word, Word::Number(1..=9, false) | Word::Ordinal(1..=9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers() {
        for (word, number) in [
            ("null", 0),
            ("ein", 1),
            ("zwo", 2),
            ("zwolf", 12),
            ("siebzehn", 17),
            ("einundzwanzig", 21),
            ("funfundvierzig", 45),
            ("neunundfunfzig", 59),
        ] {
            assert_eq!(read(word, Locale::De), Some(Word::Number(number, false)), "{word}");
        }
        for (word, number) in [
            ("ersten", 1),
            ("zweiter", 2),
            ("dritten", 3),
            ("siebte", 7),
            ("siebenten", 7),
            ("achten", 8),
            ("zwolften", 12),
            ("zwanzigsten", 20),
            ("einunddreissigsten", 31),
        ] {
            assert_eq!(read(word, Locale::De), Some(Word::Ordinal(number)), "{word}");
        }
        for nothing in ["einsundzwanzig", "zwanzigten", "und", "dreizig zig", "zehnte x", "hunde", "heute"] {
            assert_eq!(read(nothing, Locale::De), None, "{nothing}");
        }
        let english = |text: &str| {
            let words: Vec<_> = text.split(' ').map(|word| read(word, Locale::En).unwrap()).collect();
            joined(&words)
        };
        assert_eq!(english("twenty five"), [Word::Number(25, false)]);
        assert_eq!(english("thirty first"), [Word::Ordinal(31)]);
        assert_eq!(english("thirtieth"), [Word::Ordinal(30)]);
        assert_eq!(english("three thirty"), [Word::Number(3, false), Word::Number(30, false)]);
    }
}
