//! Dates, times, spans, numbers and money as the reader's country writes them, in the branch's zone.
//! Everything is taken by reference: that is how templates pass it.

use std::fmt::Write as _;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, Zoned};

use super::{Language, Translator};

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
const GERMAN_MONTHS_SHORT: [&str; 12] =
    ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
const GERMAN_DAYS: [&str; 7] =
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const ENGLISH_DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Translator {
    fn zoned(&self, at: &Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// `Europe/Berlin`
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The day in the branch's zone.
    pub fn day_of(&self, at: &Timestamp) -> Date {
        self.zoned(at).date()
    }

    /// `10:30`
    pub fn time(&self, at: &Timestamp) -> String {
        self.zoned(at).strftime("%H:%M").to_string()
    }

    /// `10:30:07`
    pub fn clock(&self, at: &Timestamp) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// `Di., 24. Nov. 2026` · `Tue, 24 Nov 2026`
    pub fn date(&self, at: &Timestamp) -> String {
        self.short_day(self.day_of(at))
    }

    /// `Di., 24. Nov. 2026, 10:30` · `Tue, 24 Nov 2026, 10:30`
    pub fn date_time(&self, at: &Timestamp) -> String {
        format!("{}, {}", self.date(at), self.time(at))
    }

    /// `Di., 24. Nov. 2026, 10:30–11:15`; both days when it ends on another one.
    pub fn date_span(&self, from: &Timestamp, to: &Timestamp) -> String {
        if self.day_of(from) == self.day_of(to) {
            format!("{}–{}", self.date_time(from), self.time(to))
        } else {
            format!("{} – {}", self.date_time(from), self.date_time(to))
        }
    }

    /// The instant with seconds and zone, for titles: `Di., 24. Nov. 2026, 10:30:07 (Europe/Berlin, +01:00)`
    pub fn exact(&self, at: &Timestamp) -> String {
        let zoned = self.zoned(at);
        format!("{}, {} ({}, {})", self.date(at), self.clock(at), self.zone_name(), zoned.strftime("%:z"))
    }

    /// RFC 3339 in the branch's offset, for `<time datetime>`.
    pub fn machine(&self, at: &Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// `Di., 24. Nov. 2026` · `Tue, 24 Nov 2026`
    pub fn short_day(&self, day: Date) -> String {
        match self.language {
            Language::De => {
                let month = GERMAN_MONTHS_SHORT[index(day.month(), 12)];
                let weekday = &GERMAN_DAYS[index(day.weekday().to_monday_one_offset(), 7)][..2];
                format!("{weekday}., {}. {month} {}", day.day(), day.year())
            }
            Language::En => day.strftime("%a, %-d %b %Y").to_string(),
        }
    }

    /// `Dienstag` · `Tuesday`
    pub fn weekday(&self, day: Weekday) -> String {
        let days = match self.language {
            Language::De => GERMAN_DAYS,
            Language::En => ENGLISH_DAYS,
        };
        days[index(day.to_monday_one_offset(), 7)].to_owned()
    }

    /// `Dienstag, 24. November` · `Tuesday, 24 November`
    pub fn long_day(&self, day: Date) -> String {
        match self.language {
            Language::De => {
                let month = GERMAN_MONTHS[index(day.month(), 12)];
                let weekday = GERMAN_DAYS[index(day.weekday().to_monday_one_offset(), 7)];
                format!("{weekday}, {}. {month}", day.day())
            }
            Language::En => day.strftime("%A, %-d %B").to_string(),
        }
    }

    /// How long ago, or how soon: `vor 5 Min.`, `in 2 Tagen`, `gerade eben`. Whole units, rounded down.
    pub fn relative(&self, at: &Timestamp) -> String {
        let seconds = at.as_second() - self.now.as_second();
        let (past, span) = (seconds <= 0, seconds.abs());
        let (key, count) = match (past, span) {
            (_, 0..10) => return self.get("ago-now").to_string(),
            (true, 10..60) => ("ago-seconds", span),
            (false, 10..60) => ("in-seconds", span),
            (true, 60..3_600) => ("ago-minutes", span / 60),
            (false, 60..3_600) => ("in-minutes", span / 60),
            (true, 3_600..86_400) => ("ago-hours", span / 3_600),
            (false, 3_600..86_400) => ("in-hours", span / 3_600),
            (true, _) => ("ago-days", span / 86_400),
            (false, _) => ("in-days", span / 86_400),
        };
        self.get(key).arg("count", count).to_string()
    }

    /// A span of minutes: `45 Min.`, `1 Std. 30 Min.`
    pub fn minutes(&self, minutes: &u32) -> String {
        let minutes = *minutes;
        match (minutes / 60, minutes % 60) {
            (0, rest) => self.get("span-minutes").arg("minutes", rest).to_string(),
            (hours, 0) => self.get("span-hours").arg("hours", hours).to_string(),
            (hours, rest) => {
                self.get("span-hours-minutes").arg("hours", hours).arg("minutes", rest).to_string()
            }
        }
    }

    /// A measured duration: `812 ms`, `1,2 s`
    pub fn millis(&self, millis: &u64) -> String {
        let millis = *millis;
        if millis < 1_000 {
            return format!("{millis}\u{a0}ms");
        }
        let tenths = millis / 100;
        format!("{}{}{}\u{a0}s", grouped_unsigned(self.language, tenths / 10), self.decimal(), tenths % 10)
    }

    /// A duration of any length: `812 ms`, `1,2 s`, `45 Min.`, `1 Std. 30 Min.`
    pub fn span(&self, millis: &u64) -> String {
        match u32::try_from(*millis / 60_000) {
            Ok(0) => self.millis(millis),
            minutes => self.minutes(&minutes.unwrap_or(u32::MAX)),
        }
    }

    /// A share of a whole, rounded down: `99,8 %` · `99.8%`
    pub fn percent(&self, part: &u64, whole: &u64) -> String {
        let tenths = part.saturating_mul(1_000) / (*whole).max(1);
        let number = format!("{}{}{}", tenths / 10, self.decimal(), tenths % 10);
        match self.language {
            Language::De => format!("{number}\u{a0}%"),
            Language::En => format!("{number}%"),
        }
    }

    /// A count with the language's thousands separator: `1.284` · `1,284`
    pub fn count(&self, count: &u64) -> String {
        grouped_unsigned(self.language, *count)
    }

    /// An amount in euro cents: `45,00 €` · `€45.00`
    pub fn euros(&self, cents: &u64) -> String {
        let cents = *cents;
        let whole = grouped_unsigned(self.language, cents / 100);
        match self.language {
            Language::De => format!("{whole},{:02}\u{a0}€", cents % 100),
            Language::En => format!("€{whole}.{:02}", cents % 100),
        }
    }

    fn decimal(&self) -> char {
        match self.language {
            Language::De => ',',
            Language::En => '.',
        }
    }
}

/// One-based month or weekday to an index that cannot leave the table.
fn index(one_based: i8, len: usize) -> usize {
    (usize::from(one_based.unsigned_abs()).saturating_sub(1)).min(len - 1)
}

pub(super) fn grouped(language: Language, value: i64) -> String {
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{}", grouped_unsigned(language, value.unsigned_abs()))
}

fn grouped_unsigned(language: Language, value: u64) -> String {
    let separator = match language {
        Language::De => '.',
        Language::En => ',',
    };
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(separator);
        }
        let _ = out.write_char(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn locale(language: Language) -> Translator {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        Translator::new(language, zone, "2026-11-24T09:30:00Z".parse().unwrap())
    }

    #[test]
    fn each_country_writes_its_own_way() {
        let (de, en) = (locale(Language::De), locale(Language::En));
        let at: Timestamp = "2026-11-24T09:30:07Z".parse().unwrap();
        let end: Timestamp = "2026-11-24T10:15:00Z".parse().unwrap();
        assert_eq!(de.date_time(&at), "Di., 24. Nov. 2026, 10:30");
        assert_eq!(en.date_time(&at), "Tue, 24 Nov 2026, 10:30");
        assert_eq!(de.date_span(&at, &end), "Di., 24. Nov. 2026, 10:30–11:15");
        assert_eq!(de.long_day(de.day_of(&at)), "Dienstag, 24. November");
        assert_eq!(en.long_day(en.day_of(&at)), "Tuesday, 24 November");
        assert_eq!(de.exact(&at), "Di., 24. Nov. 2026, 10:30:07 (Europe/Berlin, +01:00)");
        assert_eq!(de.machine(&at), "2026-11-24T10:30:07+01:00");
        assert_eq!(de.euros(&123_450), "1.234,50\u{a0}€");
        assert_eq!(en.euros(&4_500), "€45.00");
        assert_eq!((de.millis(&812), de.millis(&1_240)), ("812\u{a0}ms".into(), "1,2\u{a0}s".into()));
        assert_eq!((de.minutes(&90), en.minutes(&45)), ("1 Std. 30 Min.".into(), "45 min".into()));
        assert_eq!((de.count(&1_284_000), en.count(&999)), ("1.284.000".into(), "999".into()));
    }

    #[test]
    fn the_day_is_the_branchs_day_also_when_the_clock_changes() {
        let de = locale(Language::De);
        let summer: Timestamp = "2026-10-24T22:30:00Z".parse().unwrap();
        let winter: Timestamp = "2026-10-25T22:30:00Z".parse().unwrap();
        assert_eq!(de.date_time(&summer), "So., 25. Okt. 2026, 00:30");
        assert_eq!(de.date_time(&winter), "So., 25. Okt. 2026, 23:30");
    }

    #[test]
    fn relative_times_speak_in_one_unit() {
        let (de, en) = (locale(Language::De), locale(Language::En));
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        assert_eq!(de.relative(&at("2026-11-24T09:29:55Z")), "gerade eben");
        assert_eq!(de.relative(&at("2026-11-24T09:29:20Z")), "vor 40 Sek.");
        assert_eq!(de.relative(&at("2026-11-24T09:25:00Z")), "vor 5 Min.");
        assert_eq!(de.relative(&at("2026-11-24T12:45:00Z")), "in 3 Std.");
        assert_eq!(de.relative(&at("2026-11-23T09:00:00Z")), "vor 1 Tag");
        assert_eq!(en.relative(&at("2026-11-27T09:31:00Z")), "in 3 days");
    }
}
