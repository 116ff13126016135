//! What callers say about days and times, against what they mean: a table of phrases for each language, and
//! what must hold for any text at all.
//!
//! A row is a phrase (`day`, `day | time` or `| time`), the clock on the wall in Berlin, and what is understood;
//! a row of questions begins with `?`. Open is from Monday to Saturday, 9 to 19, unless a fourth column says
//! else: `unknown`, or hours such as `8-22`.

mod properties;

use domain::company::Locale;
use domain::hours::WeeklyHours;
use domain::spoken::{Days, Here, Meaning, Part, Question, Said, Times, understand};
use jiff::Zoned;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

const BERLIN: &str = "Europe/Berlin";

fn wall(text: &str) -> Zoned {
    let now: DateTime = text.parse().unwrap();
    now.to_zoned(TimeZone::get(BERLIN).unwrap()).unwrap()
}

fn open(from: i8, to: i8) -> WeeklyHours {
    let days: Vec<_> = Weekday::Monday.cycle_forward().take(6).collect();
    WeeklyHours::on(&days, Time::constant(from, 0, 0, 0), Time::constant(to, 0, 0, 0))
}

fn time(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Morning => "morning",
        Part::Noon => "noon",
        Part::Afternoon => "afternoon",
        Part::Evening => "evening",
    }
}

fn written(meaning: &Meaning) -> String {
    let days = match &meaning.days {
        Days::Unsaid => "-".to_owned(),
        Days::Any => "any".to_owned(),
        Days::Soonest => "soonest".to_owned(),
        Days::OneOf(days) => days.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        Days::Span { first, last } => format!("{first}..{last}"),
        Days::From(first) => format!("{first}.."),
    };
    let end = |end: Option<Time>| end.map(time).unwrap_or_default();
    let times = match meaning.times {
        Times::Unsaid => String::new(),
        Times::Any => " any".to_owned(),
        Times::At(at) => format!(" {}", time(at)),
        Times::Around(at) => format!(" ~{}", time(at)),
        Times::Between { from, to } => format!(" {}-{}", end(from), end(to)),
        Times::Part(found) => format!(" {}", part(found)),
    };
    format!("{days}{times}")
}

fn asked(question: &Question) -> String {
    let words = |words: Vec<String>| words.join(" ");
    let days = |days: &[jiff::civil::Date]| words(days.iter().map(ToString::to_string).collect());
    match question {
        Question::NoDay => "? no day".to_owned(),
        Question::NoTime => "? no time".to_owned(),
        Question::Day => "? day".to_owned(),
        Question::Time => "? time".to_owned(),
        Question::WhichDay(several) => format!("? which day: {}", days(several)),
        Question::WhichTime(several) => {
            format!("? which time: {}", words(several.iter().copied().map(time).collect()))
        }
        Question::Weekday { said, readings } => format!("? {said:?}: {}", days(readings)),
        Question::NoSuchDay => "? no such day".to_owned(),
        Question::PastDay(day) => format!("? past: {day}"),
        Question::Past(at) => format!("? past: {}", at.strftime("%Y-%m-%d %H:%M")),
        Question::TooFar(day) => format!("? too far: {day}"),
        Question::NextYear(day) => format!("? next year: {day}"),
        Question::Skipped(at) => format!("? skipped: {}", at.strftime("%Y-%m-%d %H:%M")),
    }
}

fn heard(phrase: &str, now: &str, hours: Option<&str>, language: Locale) -> String {
    let hours = match hours {
        None => Some(open(9, 19)),
        Some("unknown") => None,
        Some(hours) => {
            let (from, to) = hours.split_once('-').unwrap();
            Some(open(from.parse().unwrap(), to.parse().unwrap()))
        }
    };
    let (day, time) = match phrase.split_once('|') {
        Some((day, time)) => (Some(day), Some(time)),
        None => (Some(phrase), None),
    };
    let now = wall(now);
    let here = Here { now: &now, hours: hours.as_ref(), language };
    match understand(Said { day, last_day: None, time }, here) {
        Ok(meaning) => written(&meaning),
        Err(question) => asked(&question),
    }
}

/// Every row of a table, and that there are enough of them.
fn check(table: &str, language: Locale) {
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    let mut wrong = Vec::new();
    for row in &rows {
        let [phrase, now, expected, hours @ ..] = &row[..] else { panic!("not a row: {row:?}") };
        let found = heard(phrase, now, hours.first().copied(), language);
        if found != *expected {
            let hours = hours.first().map(|hours| format!(" [{hours}]")).unwrap_or_default();
            wrong.push(format!("{phrase} @ {now}{hours}: {found} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
    let questions = rows.iter().filter(|row| row[2].starts_with('?')).count();
    assert!(rows.len() >= 300 && questions >= 40, "{} rows, {questions} questions", rows.len());
}

#[test]
fn german() {
    check(include_str!("de.tsv"), Locale::De);
}

#[test]
fn english() {
    check(include_str!("en.tsv"), Locale::En);
}
