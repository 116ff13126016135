//! What holds for any text: nothing panics, nothing is in the past, spelling does not matter, and what is said
//! back means the same.

use domain::company::Locale;
use domain::spoken::{Days, Here, Meaning, Note, Part, Said, Times, understand};
use jiff::civil::{Date, Time};
use jiff::{ToSpan, Zoned};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{open, wall};

fn languages() -> impl Strategy<Value = Locale> {
    select(vec![Locale::De, Locale::En])
}

/// Some moment of three years, with both changes of summer time and a leap day.
fn nows() -> impl Strategy<Value = Zoned> {
    (0..3 * 365_i64, 0..24 * 60_i64).prop_map(|(days, minutes)| {
        wall("2026-01-01T00:00").checked_add(days.days()).unwrap().checked_add(minutes.minutes()).unwrap()
    })
}

/// Phrases put together from the words that people use, sensible or not.
fn phrases() -> impl Strategy<Value = String> {
    let words: Vec<&str> = "heute morgen übermorgen gestern Montag Dienstag Samstag in zwei acht 14 Tagen Wochen \
        einer Woche nächsten nächster diesen kommenden übernächste Anfang Mitte Ende ab bis von zwischen und oder \
        vor nach gegen um am Uhr halb viertel dreiviertel drei fünf zwölf siebten 7. 24.11. 24.11.2023 2026-11-24 \
        2023-10-06T14:30:00Z 31.2. 9:30 14:30 14.30 Oktober Februar nachmittags früh mittags egal so bald wie \
        möglich bitte today tomorrow next this Friday Tuesday week weeks from to past quarter half three 2 pm am \
        noon after before between and 10/6 6/10/2027 the 7th of October evening early late Wochenende weekend \
        Monat - , null {{x}} 99 24:00 0 29. Februar"
        .split_whitespace()
        .collect();
    vec(select(words), 0..7).prop_map(|words| words.join(" "))
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![3 => phrases(), 1 => "\\PC{0,40}", 1 => any::<String>(), 1 => "[0-9:./TZ+ -]{0,24}"]
}

/// No day that is over, none that is out of reach.
fn is_ahead(meaning: &Meaning, now: &Zoned) -> bool {
    let (today, end) = (now.date(), now.date().saturating_add(1.year()));
    let good = |day: Date| today <= day && day <= end;
    let days = match &meaning.days {
        Days::Unsaid | Days::Any | Days::Soonest => true,
        Days::OneOf(days) => !days.is_empty() && days.iter().copied().all(good) && days.is_sorted(),
        Days::Span { first, last } => good(*first) && good(*last) && first <= last,
        Days::From(first) => *first >= today,
    };
    let instant = meaning.instant(now.time_zone());
    days && instant.is_ok_and(|at| at > now.timestamp()) | meaning.instant(now.time_zone()).is_err()
}

/// Meanings as they come out, at times when it is open, in the future.
fn meanings(now: &Zoned) -> impl Strategy<Value = Meaning> + use<> {
    let today = now.date();
    let day = (1..360_i32).prop_map(move |days| today.saturating_add(days.days()));
    let days = prop_oneof![
        3 => day.clone().prop_map(|day| Days::OneOf(vec![day])),
        1 => (day.clone(), 1..9_i32).prop_map(|(day, more)| {
            Days::OneOf(vec![day, day.saturating_add(more.days())])
        }).prop_filter("not too far", move |days| days.bounds(today).1 <= Some(today.saturating_add(360.days()))),
        1 => (day.clone(), 1..9_i32).prop_map(|(first, more)| {
            Days::Span { first, last: first.saturating_add(more.days()) }
        }).prop_filter("not too far", move |days| days.bounds(today).1 <= Some(today.saturating_add(360.days()))),
        1 => day.prop_map(Days::From),
        1 => Just(Days::Any),
        1 => Just(Days::Soonest),
    ];
    let time = || (9..19_i8, 0..60_i8).prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0));
    let times = prop_oneof![
        3 => time().prop_map(Times::At),
        1 => time().prop_map(Times::Around),
        1 => time().prop_map(|from| Times::Between { from: Some(from), to: None }),
        1 => time().prop_map(|to| Times::Between { from: None, to: Some(to) }),
        1 => (time(), time()).prop_filter("a stretch", |(from, to)| from < to)
            .prop_map(|(from, to)| Times::Between { from: Some(from), to: Some(to) }),
        1 => select(vec![Part::Morning, Part::Noon, Part::Afternoon, Part::Evening]).prop_map(Times::Part),
        1 => Just(Times::Any),
        1 => Just(Times::Unsaid),
    ];
    (days, times).prop_map(|(days, times)| Meaning { days, times, notes: Vec::new() })
}

fn with_meanings() -> impl Strategy<Value = (Zoned, Meaning)> {
    nows().prop_flat_map(|now| {
        let meanings = meanings(&now);
        (Just(now), meanings)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn nothing_panics_and_nothing_is_in_the_past(
        day in texts(),
        last_day in texts(),
        time in texts(),
        now in nows(),
        language in languages(),
        is_open in any::<bool>(),
    ) {
        let hours = open(9, 19);
        let here = Here { now: &now, hours: is_open.then_some(&hours), language };
        for said in [
            Said { day: Some(&day), ..Said::default() },
            Said { time: Some(&time), ..Said::default() },
            Said { day: Some(&day), last_day: Some(&last_day), time: Some(&time) },
        ] {
            if let Ok(meaning) = understand(said, here) {
                prop_assert!(is_ahead(&meaning, &now), "{said:?} at {now} is {meaning:?}");
            }
        }
    }

    #[test]
    fn what_is_said_back_means_the_same((now, meaning) in with_meanings(), language in languages()) {
        let hours = open(9, 19);
        let here = Here { now: &now, hours: Some(&hours), language };
        let words = meaning.in_words(here);
        let again = understand(Said { day: Some(&words), ..Said::default() }, here);
        // What the clocks skip is asked about; it is at night, when nobody is open.
        prop_assert_eq!(again, Ok(meaning), "{}", words);
    }

    #[test]
    fn spelling_does_not_matter(phrase in phrases(), now in nows(), language in languages()) {
        let here = Here { now: &now, hours: None, language };
        let hear = |text: &str| understand(Said { day: Some(text), ..Said::default() }, here);
        let meant = hear(&phrase);
        let plain = phrase.replace('ü', "ue").replace('ä', "ae").replace('ö', "oe");
        let dotted = phrase.replace('ü', "u\u{308}").replace('ä', "a\u{308}").replace('ö', "o\u{308}");
        for variant in [phrase.to_uppercase(), phrase.to_lowercase(), plain, dotted, format!("  {phrase} ,? ")] {
            // Nothing but a comma and a question mark says something that is not understood.
            prop_assume!(!phrase.trim().is_empty());
            prop_assert_eq!(hear(&variant), meant.clone(), "{}", variant);
        }
    }

    #[test]
    fn offsets_and_old_years_are_put_right(day in 1..250_i32, hour in 9..19_i8, now in nows()) {
        let wanted = now.date().saturating_add(day.days());
        prop_assume!(wanted.month() != 2 || wanted.day() != 29);
        let hours = open(9, 19);
        let here = Here { now: &now, hours: Some(&hours), language: Locale::De };
        for year in [2019, 2023] {
            let sent = format!("{year}-{:02}-{:02}T{hour:02}:00:00-08:00", wanted.month(), wanted.day());
            let meaning = understand(Said { day: Some(&sent), ..Said::default() }, here).unwrap();
            prop_assert_eq!(meaning.days, Days::OneOf(vec![wanted]));
            prop_assert_eq!(meaning.times, Times::At(Time::constant(hour, 0, 0, 0)));
            prop_assert_eq!(meaning.notes, vec![Note::Offset, Note::Year]);
        }
    }
}
