//! Times and lists as they are spoken. The sentences themselves are messages (`locales/*/phone.ftl`).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::i18n::{Language, Translator};

/// How one call is spoken to: its language, the branch's clock.
pub struct Speech(pub Translator);

impl Speech {
    /// A sentence without values.
    pub fn say(&self, key: &str) -> String {
        self.0.get(key).to_string()
    }

    /// "Dienstag, der 24. November um 14 Uhr 30" · "Tuesday, 24 November at 2:30 pm"
    pub fn when(&self, at: Timestamp) -> String {
        self.on_the_clock(self.0.zone.to_datetime(at))
    }

    /// The same of what the clock on the wall shows.
    pub fn on_the_clock(&self, at: DateTime) -> String {
        self.0.get("say-when").arg("day", self.day(at.date())).arg("time", self.clock(at.time())).to_string()
    }

    /// "Dienstag, der 24. November" · "Tuesday, 24 November"
    pub fn day(&self, day: Date) -> String {
        self.dated("say-day", day)
    }

    /// Behind "am": "Dienstag, dem 24. November"
    pub fn on(&self, day: Date) -> String {
        self.dated("say-day-dative", day)
    }

    /// Behind "meinen Sie": "Dienstag, den 24. November"
    pub fn meant(&self, day: Date) -> String {
        self.dated("say-day-accusative", day)
    }

    fn dated(&self, key: &str, day: Date) -> String {
        let long = self.0.long_day(day);
        // A long day is its weekday, a comma, its date.
        let (weekday, date) = long.split_once(", ").unwrap_or(("", &long));
        self.0.get(key).arg("weekday", weekday).arg("date", date).to_string()
    }

    /// "14 Uhr 30" · "2:30 pm"
    pub fn time(&self, at: Timestamp) -> String {
        self.clock(self.0.zone.to_datetime(at).time())
    }

    /// The same of what the clock on the wall shows.
    pub fn clock(&self, clock: Time) -> String {
        match (self.0.language, clock.minute()) {
            (Language::De, 0) => format!("{} Uhr", clock.hour()),
            (Language::De, minute) => format!("{} Uhr {minute}", clock.hour()),
            (Language::En, 0) => clock.strftime("%-I %P").to_string(),
            (Language::En, _) => clock.strftime("%-I:%M %P").to_string(),
        }
    }

    /// "Anna, Ben oder Clara"
    pub fn choice(&self, names: &[String]) -> String {
        self.list("say-or", names)
    }

    /// "Anna, Ben und Clara"
    pub fn all(&self, names: &[String]) -> String {
        self.list("say-and", names)
    }

    fn list(&self, key: &str, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [one] => one.clone(),
            [some @ .., last] => self.0.get(key).arg("some", some.join(", ")).arg("last", last).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn speech(language: Language) -> Speech {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        Speech(Translator::new(language, berlin, Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn times_are_words() {
        let (de, en) = (speech(Language::De), speech(Language::En));
        for (at, german, english) in [
            (
                "2026-11-24T13:30:00Z",
                "Dienstag, der 24. November um 14 Uhr 30",
                "Tuesday, 24 November at 2:30 pm",
            ),
            ("2026-10-03T07:05:00Z", "Samstag, der 3. Oktober um 9 Uhr 5", "Saturday, 3 October at 9:05 am"),
            ("2027-03-01T11:00:00Z", "Montag, der 1. März um 12 Uhr", "Monday, 1 March at 12 pm"),
            ("2027-02-28T23:15:00Z", "Montag, der 1. März um 0 Uhr 15", "Monday, 1 March at 12:15 am"),
        ] {
            let at = at.parse().unwrap();
            assert_eq!((de.when(at), en.when(at)), (german.to_owned(), english.to_owned()));
            // In German the article goes with what rules it.
            let (day, spoken) = (de.0.day_of(&at), german.split(" um ").next().unwrap());
            assert_eq!(de.on(day), spoken.replace(" der ", " dem "));
            assert_eq!(de.meant(day), spoken.replace(" der ", " den "));
            let spoken = english.split(" at ").next().unwrap();
            assert_eq!([en.on(day), en.meant(day)], [spoken, spoken]);
        }
    }

    #[test]
    fn lists_end_with_a_word() {
        let names = ["Anna", "Ben", "Clara"].map(String::from);
        assert_eq!(speech(Language::De).choice(&names), "Anna, Ben oder Clara");
        assert_eq!(speech(Language::En).all(&names[..2]), "Anna and Ben");
        assert_eq!(speech(Language::En).all(&names[..1]), "Anna");
    }
}
