//! Says a meaning back, in words that mean the same when they are heard: `Dienstag, der 24. November, um 14 Uhr
//! 30`. The year is said where the date comes again only in many months.

use jiff::civil::{Date, Time};

use super::{Days, Here, Meaning, Part, Times, calendar};
use crate::company::Locale;

const GERMAN_DAYS: [&str; 7] =
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The whole.
pub fn meaning(meaning: &Meaning, here: Here<'_>) -> String {
    let said = [days(&meaning.days, here), times(meaning.times, here.language)];
    said.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `Dienstag, der 24. November`
fn day(day: Date, article: &str, here: Here<'_>) -> String {
    let far = calendar::date((day.day(), day.month(), None), None, here, &mut Vec::new()) != Ok(day);
    let year = if far { format!(" {}", day.year()) } else { String::new() };
    match here.language {
        Locale::De => {
            let weekday = GERMAN_DAYS[place(day.weekday().to_monday_zero_offset())];
            let month = GERMAN_MONTHS[place(day.month() - 1)];
            format!("{weekday}, {article} {}. {month}{year}", day.day())
        }
        Locale::En => format!("{}{year}", day.strftime("%A, %-d %B")),
    }
}

/// Days of the week and months are numbered from one place only.
fn place(number: i8) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn days(days: &Days, here: Here<'_>) -> String {
    let german = here.language == Locale::De;
    match days {
        Days::Unsaid => String::new(),
        Days::Any if german => "an jedem Tag".to_owned(),
        Days::Any => "any day".to_owned(),
        Days::Soonest if german => "so bald wie möglich".to_owned(),
        Days::Soonest => "as soon as possible".to_owned(),
        Days::OneOf(several) => {
            let names: Vec<_> = several.iter().map(|one| day(*one, "der", here)).collect();
            names.join(if german { " oder " } else { " or " })
        }
        Days::Span { first, last } if first == last => day(*first, "der", here),
        Days::Span { first, last } => {
            let (first, last) = (day(*first, "dem", here), day(*last, "dem", here));
            if german { format!("von {first} bis {last}") } else { format!("from {first} to {last}") }
        }
        Days::From(first) => {
            let first = day(*first, "dem", here);
            if german { format!("ab {first}") } else { format!("from {first} onwards") }
        }
    }
}

/// `14 Uhr 30` · `2:30 pm`
fn time(time: Time, language: Locale) -> String {
    match (language, time.minute()) {
        (Locale::De, 0) => format!("{} Uhr", time.hour()),
        (Locale::De, minute) => format!("{} Uhr {minute}", time.hour()),
        (Locale::En, 0) => time.strftime("%-I %P").to_string(),
        (Locale::En, _) => time.strftime("%-I:%M %P").to_string(),
    }
}

fn times(times: Times, language: Locale) -> String {
    let german = language == Locale::De;
    let tied = |german_word: &str, english_word: &str, at: Time| {
        format!("{} {}", if german { german_word } else { english_word }, time(at, language))
    };
    match times {
        Times::Unsaid | Times::Between { from: None, to: None } => String::new(),
        Times::Any if german => "zu jeder Zeit".to_owned(),
        Times::Any => "at any time".to_owned(),
        Times::At(at) => tied("um", "at", at),
        Times::Around(at) => tied("gegen", "around", at),
        Times::Between { from: Some(from), to: None } => tied("ab", "from", from),
        Times::Between { from: None, to: Some(to) } => tied("vor", "before", to),
        Times::Between { from: Some(from), to: Some(to) } => {
            let (from, to) = (time(from, language), time(to, language));
            if german { format!("zwischen {from} und {to}") } else { format!("between {from} and {to}") }
        }
        Times::Part(part) => {
            let (german_word, english_word) = match part {
                Part::Morning => ("am Vormittag", "in the morning"),
                Part::Noon => ("mittags", "at lunchtime"),
                Part::Afternoon => ("am Nachmittag", "in the afternoon"),
                Part::Evening => ("am Abend", "in the evening"),
            };
            if german { german_word } else { english_word }.to_owned()
        }
    }
}
