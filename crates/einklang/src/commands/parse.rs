//! How values are written on a command line: hours, prices, slugs, time zones.

use domain::hours::{Interval, WeeklyHours};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

const DAYS: [(&str, &str, Weekday); 7] = [
    ("mon", "mo", Weekday::Monday),
    ("tue", "di", Weekday::Tuesday),
    ("wed", "mi", Weekday::Wednesday),
    ("thu", "do", Weekday::Thursday),
    ("fri", "fr", Weekday::Friday),
    ("sat", "sa", Weekday::Saturday),
    ("sun", "so", Weekday::Sunday),
];

/// Days and the hours on them, such as `mon-fri 09:00-18:00` or `mo,mi 9:00-12:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    days: Vec<Weekday>,
    interval: Interval,
}

/// Reads one [`Opening`].
pub fn opening(text: &str) -> Result<Opening, String> {
    let wrong = || format!("{text:?} is not of the form \"mon-fri 09:00-18:00\"");
    let (days, hours) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let (from, to) = hours.trim().split_once('-').ok_or_else(wrong)?;
    let interval = Interval { from: time(from).ok_or_else(wrong)?, to: time(to).ok_or_else(wrong)? };
    if interval.from >= interval.to {
        return Err(format!("{text:?} ends before it begins"));
    }
    let mut all = Vec::new();
    for part in days.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first).ok_or_else(wrong)?, day(last).ok_or_else(wrong)?);
        let mut current = first;
        all.push(current);
        while current != last {
            current = current.next();
            all.push(current);
        }
    }
    Ok(Opening { days: all, interval })
}

/// A week of all of them.
pub fn week(openings: &[Opening]) -> WeeklyHours {
    let mut week = WeeklyHours::default();
    for opening in openings {
        for (index, (_, _, day)) in DAYS.iter().enumerate() {
            if opening.days.contains(day) {
                week.0[index].push(opening.interval);
                week.0[index].sort_by_key(|interval| interval.from);
            }
        }
    }
    week
}

/// A week as it would be written: `mon 09:00-18:00, tue …`.
pub fn write_week(week: &WeeklyHours) -> String {
    let mut parts = Vec::new();
    for ((name, _, _), intervals) in DAYS.iter().zip(&week.0) {
        for Interval { from, to } in intervals {
            parts.push(format!("{name} {}-{}", from.strftime("%H:%M"), to.strftime("%H:%M")));
        }
    }
    parts.join(", ")
}

fn day(text: &str) -> Option<Weekday> {
    let text = text.trim().to_lowercase();
    DAYS.into_iter().find(|(english, german, _)| text == *english || text == *german).map(|(_, _, day)| day)
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A price such as `39`, `39.50` or `39,50`, in cents.
pub fn price(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not a price such as 39.50");
    let (whole, cents) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let cents_value: i64 = cents.parse().map_err(|_| wrong())?;
    let cents_value = if cents.len() == 1 { cents_value * 10 } else { cents_value };
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    if whole < 0 || cents.len() > 2 || cents.starts_with(['-', '+']) {
        return Err(wrong());
    }
    whole.checked_mul(100).and_then(|value| value.checked_add(cents_value)).ok_or_else(wrong)
}

/// A short name for commands and URLs.
pub fn slug(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty()
        || text.len() > 63
        || !text.chars().all(allowed)
        || text.starts_with('-')
        || text.ends_with('-')
    {
        return Err(
            "a short name has lower-case letters, digits and hyphens, such as salon-morgenrot".to_owned()
        );
    }
    Ok(text.to_owned())
}

/// The short name that follows from a name: `Waschen & Föhnen` becomes `waschen-foehnen`.
pub fn slug_of(name: &str) -> String {
    domain::service::Service::short_name(name)
}

/// An IANA time zone.
pub fn time_zone(text: &str) -> Result<String, String> {
    match TimeZone::get(text) {
        Ok(zone) => Ok(zone.iana_name().unwrap_or(text).to_owned()),
        Err(_) => Err(format!("{text:?} is not a time zone such as Europe/Berlin")),
    }
}

/// A day, or a time of a day, on some clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrTime {
    Day(Date),
    Time(DateTime),
}

/// `2026-12-24` or `2026-12-24T13:00`.
pub fn day_or_time(text: &str) -> Result<DayOrTime, String> {
    let wrong = || format!("{text:?} is not a day such as 2026-12-24, or a time such as 2026-12-24T13:00");
    if text.contains('T') {
        text.parse().map(DayOrTime::Time).map_err(|_| wrong())
    } else {
        text.parse().map(DayOrTime::Day).map_err(|_| wrong())
    }
}

impl DayOrTime {
    /// When it begins.
    pub fn begins(self, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Day(day) => Ok(day.to_zoned(zone.clone())?.timestamp()),
            Self::Time(time) => Ok(time.to_zoned(zone.clone())?.timestamp()),
        }
    }

    /// When it is over: a day with its last moment.
    pub fn ends(self, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Day(day) => Self::Day(day.tomorrow()?).begins(zone),
            Self::Time(_) => self.begins(zone),
        }
    }
}

/// A name that is not blank.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("a name must not be empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// One of a few words, as they are stored and documented.
pub fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    // What serde says names the words that there are.
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|error| error.to_string())
}

/// A wait such as `30s`.
fn wait(word: &str) -> Result<std::time::Duration, String> {
    let wrong = || format!("{word:?} is not a wait such as 30s, 5m or 1h");
    let units = [('s', 1), ('m', 60), ('h', 3600)];
    let read = units.into_iter().find_map(|(unit, seconds)| Some((word.strip_suffix(unit)?, seconds)));
    let (digits, seconds) = read.ok_or_else(wrong)?;
    let count: u64 = digits.parse().ok().filter(|count| (1..=86_400).contains(count)).ok_or_else(wrong)?;
    Ok(std::time::Duration::from_secs(count * seconds))
}

/// How often something is done, such as `5m`; `None` for `off`.
pub fn every(text: &str) -> Result<Option<jiff::SignedDuration>, String> {
    if text == "off" {
        return Ok(None);
    }
    jiff::SignedDuration::try_from(wait(text)?).map(Some).map_err(|error| error.to_string())
}

/// A number of losses such as `30`; for `off` as many as there are.
pub fn losses(text: &str) -> Result<u32, String> {
    match text {
        "off" => Ok(u32::MAX),
        number => {
            number.parse().map_err(|_| format!("{number:?} is neither a number such as 30 nor \"off\""))
        }
    }
}

/// A cron pattern such as `0 */6 * * *`; `None` for `off`.
pub fn schedule(text: &str) -> Result<Option<engine::schedule::Schedule>, String> {
    if text == "off" {
        return Ok(None);
    }
    let wrong = |error| format!("{text:?} is not a cron pattern such as \"0 */6 * * *\": {error}");
    text.parse().map(Some).map_err(wrong)
}

/// Waits such as `1s 5s 30s 1m 5m 15m`.
pub fn waits(text: &str) -> Result<domain::retry::RetrySchedule, String> {
    let waits: Result<Vec<_>, _> = text.split([' ', ',']).filter(|word| !word.is_empty()).map(wait).collect();
    match waits? {
        none if none.is_empty() => Err("at least one wait is needed".to_owned()),
        waits => Ok(domain::retry::RetrySchedule(waits)),
    }
}

/// A stretch of work of a composite service, and who may do it, as named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub work: domain::service::Work,
    /// Empty for all who perform the service.
    pub who: Vec<String>,
}

/// `NAME:MINUTES` or `NAME:MINUTES+PAUSE`, each perhaps with `:PERSON,PERSON`.
pub fn work(text: &str) -> Result<Stretch, String> {
    let wrong = || {
        format!("{text:?} is not like Auftragen:30, Auftragen:30+45 or Auftragen:30+45:Anna Weber,Ben Kaya")
    };
    let (front, last) = text.rsplit_once(':').ok_or_else(wrong)?;
    let is_times = last.trim().starts_with(|c: char| c.is_ascii_digit());
    let (front, times, people) = if is_times {
        (front, last, "")
    } else {
        let (name, times) = front.rsplit_once(':').ok_or_else(wrong)?;
        (name, times, last)
    };
    let who: Vec<_> =
        people.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if !is_times && who.is_empty() {
        return Err(wrong());
    }
    let (name, times) = (front, times.trim());
    let (minutes, pause) = times.split_once('+').unwrap_or((times, "0"));
    let number = |digits: &str, least: u32| {
        digits.parse().ok().filter(|minutes| (least..=1440).contains(minutes)).ok_or_else(wrong)
    };
    let name = name.trim();
    if name.is_empty() {
        return Err(wrong());
    }
    let work = domain::service::Work {
        name: name.to_owned(),
        minutes: number(minutes, 1)?,
        pause_minutes: number(pause, 0)?,
        staff: Vec::new(),
    };
    Ok(Stretch { work, who })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written() {
        let read =
            |texts: &[&str]| week(&texts.iter().map(|text| opening(text).unwrap()).collect::<Vec<_>>());
        let hours = read(&["do-fr 10:00-20:00", "mon,Wed 9-12", "mon 13:30-18:00"]);
        assert_eq!(
            write_week(&hours),
            "mon 09:00-12:00, mon 13:30-18:00, wed 09:00-12:00, thu 10:00-20:00, fri 10:00-20:00"
        );
        assert_eq!(
            write_week(&read(&["sat-mon 10:00-11:00"])),
            "mon 10:00-11:00, sat 10:00-11:00, sun 10:00-11:00"
        );
        for bad in ["", "mon", "mon 9", "someday 09:00-10:00", "mon 25:00-26:00", "mon 10:00-10:00"] {
            assert!(opening(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_absence_has_days_or_times() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let read = |from: &str, to: &str| {
            let (from, to) = (day_or_time(from).unwrap(), day_or_time(to).unwrap());
            (from.begins(&berlin).unwrap().to_string(), to.ends(&berlin).unwrap().to_string())
        };
        let days = ("2026-10-23T22:00:00Z".to_owned(), "2026-10-25T23:00:00Z".to_owned());
        assert_eq!(read("2026-10-24", "2026-10-25"), days, "the last day has 25 hours");
        let times = ("2026-12-24T12:00:00Z".to_owned(), "2026-12-24T14:30:00Z".to_owned());
        assert_eq!(read("2026-12-24T13:00", "2026-12-24T15:30"), times);
        for wrong in ["", "24.12.", "2026-02-30", "2026-12-24T25:00", "2026-12-24T12:00Z"] {
            assert!(day_or_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn prices_are_cents() {
        for (text, cents) in [("39", 3900), ("39.5", 3950), ("39,05", 3905), ("0.00", 0)] {
            assert_eq!(price(text), Ok(cents), "{text}");
        }
        for bad in ["", "-3", "1.234", "1.-5", "x", "1.2.3"] {
            assert!(price(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn short_names_follow_from_names() {
        assert_eq!(slug_of("Waschen & Föhnen (lang)"), "waschen-foehnen-lang");
        assert!(slug("salon-morgenrot").is_ok());
        assert!(slug("Salon").is_err() && slug("-a").is_err() && slug("").is_err());
        assert!(time_zone("Europe/Berlin").is_ok() && time_zone("Berlin").is_err());
    }

    #[test]
    fn waits_have_units() {
        let read =
            |text| waits(text).map(|schedule| schedule.0.iter().map(std::time::Duration::as_secs).collect());
        assert_eq!(read("1s 5m,1h"), Ok(vec![1, 300, 3600]));
        for wrong in ["", "5", "s", "0s", "-1s", "5x", "1s ä"] {
            assert!(waits(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_stretch_of_work_has_a_name_minutes_and_perhaps_a_pause() {
        let read = |text| work(text).map(|it| (it.work.name, it.work.minutes, it.work.pause_minutes)).ok();
        assert_eq!(read("Auftragen:30+45"), Some(("Auftragen".into(), 30, 45)));
        assert_eq!(read("Schnitt: Damen:30"), Some(("Schnitt: Damen".into(), 30, 0)));
        for wrong in [
            "Auftragen",
            ":30",
            "Auftragen:0",
            "Auftragen:30+",
            "Auftragen:2000",
            "Auftragen:-5",
            "Auftragen:30:",
        ] {
            assert!(work(wrong).is_err(), "{wrong}");
        }
        let named = work("Auftragen:30+45: Anna Weber, Ben").unwrap();
        assert_eq!((named.work.name.as_str(), named.work.pause_minutes), ("Auftragen", 45));
        assert_eq!(named.who, ["Anna Weber", "Ben"]);
    }
}
