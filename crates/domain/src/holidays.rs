//! Public holidays of the German states: a table of fixed days, and those that follow Easter.
//!
//! What is a holiday in the larger part of a state only (Assumption Day in Bavaria) counts for the state; what is one
//! in a few of its municipalities (Corpus Christi in Saxony and Thuringia, Peace Festival in Augsburg) does not: there
//! the branch writes an absence down.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A German state, by its usual code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Land {
    /// Baden-Württemberg.
    Bw,
    /// Bavaria.
    By,
    /// Berlin.
    Be,
    /// Brandenburg.
    Bb,
    /// Bremen.
    Hb,
    /// Hamburg.
    Hh,
    /// Hesse.
    He,
    /// Mecklenburg-Western Pomerania.
    Mv,
    /// Lower Saxony.
    Ni,
    /// North Rhine-Westphalia.
    Nw,
    /// Rhineland-Palatinate.
    Rp,
    /// Saarland.
    Sl,
    /// Saxony.
    Sn,
    /// Saxony-Anhalt.
    St,
    /// Schleswig-Holstein.
    Sh,
    /// Thuringia.
    Th,
}

use Land::{Bb, Be, Bw, By, Hb, He, Hh, Mv, Ni, Nw, Rp, Sh, Sl, Sn, St, Th};

impl Land {
    /// All, in the order of their codes as they are usually listed.
    pub const ALL: [Self; 16] = [Bw, By, Be, Bb, Hb, Hh, He, Mv, Ni, Nw, Rp, Sl, Sn, St, Sh, Th];

    /// The code: `BE`.
    pub fn code(self) -> &'static str {
        match self {
            Bw => "BW",
            By => "BY",
            Be => "BE",
            Bb => "BB",
            Hb => "HB",
            Hh => "HH",
            He => "HE",
            Mv => "MV",
            Ni => "NI",
            Nw => "NW",
            Rp => "RP",
            Sl => "SL",
            Sn => "SN",
            St => "ST",
            Sh => "SH",
            Th => "TH",
        }
    }

    /// The state of a code, in whatever case.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|land| land.code().eq_ignore_ascii_case(code.trim()))
    }

    /// Whether `day` is a public holiday here.
    pub fn is_holiday(self, day: Date) -> bool {
        let fixed = FIXED.iter().any(|(month, of_month, years, lands)| {
            (day.month(), day.day()) == (*month, *of_month)
                && years.contains(&day.year())
                && (lands.is_empty() || lands.contains(&self))
        });
        let from_easter = i64::from((day - easter(day.year())).get_days());
        let moving = MOVING
            .iter()
            .any(|(days, lands)| from_easter == *days && (lands.is_empty() || lands.contains(&self)));
        fixed || moving || (self == Sn && is_repentance(day))
    }
}

type Years = std::ops::RangeInclusive<i16>;
const EVER: Years = i16::MIN..=i16::MAX;

/// Month, day, in which years, and where; no state is everywhere.
const FIXED: [(i8, i8, Years, &[Land]); 15] = [
    (1, 1, EVER, &[]),
    (1, 6, EVER, &[Bw, By, St]),
    (3, 8, 2019..=i16::MAX, &[Be]),
    (3, 8, 2023..=i16::MAX, &[Mv]),
    (5, 1, EVER, &[]),
    (5, 8, 2025..=2025, &[Be]),
    (6, 17, 2028..=2028, &[Be]),
    (8, 15, EVER, &[By, Sl]),
    (9, 20, 2019..=i16::MAX, &[Th]),
    (10, 3, EVER, &[]),
    (10, 31, EVER, &[Bb, Mv, Sn, St, Th]),
    (10, 31, 2018..=i16::MAX, &[Hb, Hh, Ni, Sh]),
    (11, 1, EVER, &[Bw, By, Nw, Rp, Sl]),
    (12, 25, EVER, &[]),
    (12, 26, EVER, &[]),
];

/// Days after Easter Sunday, and where; no state is everywhere.
const MOVING: [(i64, &[Land]); 7] =
    [(-2, &[]), (0, &[Bb]), (1, &[]), (39, &[]), (49, &[Bb]), (50, &[]), (60, &[Bw, By, He, Nw, Rp, Sl])];

/// The Wednesday before 23 November.
fn is_repentance(day: Date) -> bool {
    day.month() == 11 && (16..=22).contains(&day.day()) && day.weekday() == Weekday::Wednesday
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of Meeus, Jones and Butcher).
#[expect(clippy::many_single_char_names, reason = "the letters of the algorithm")]
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y.rem_euclid(19), y.div_euclid(100), y.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 19 * l).div_euclid(433);
    // Days after 22 March, which is the earliest.
    let days = h + l - 7 * m;
    Date::constant(year, 3, 22).saturating_add(days.days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn of(land: Land, year: i16) -> Vec<String> {
        let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
        days.filter(|day| land.is_holiday(*day)).map(|day| day.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn the_days_of_2026_are_those_of_the_calendar() {
        let everywhere = ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"];
        let more = |days: &[&str]| {
            let mut all: Vec<String> = everywhere.iter().chain(days).map(ToString::to_string).collect();
            all.sort();
            all
        };
        for (land, own) in [
            (Be, &["03-08"][..]),
            (By, &["01-06", "06-04", "08-15", "11-01"]),
            (Bb, &["04-05", "05-24", "10-31"]),
            (Sn, &["10-31", "11-18"]),
            (Th, &["09-20", "10-31"]),
            (He, &["06-04"]),
            (Nw, &["06-04", "11-01"]),
            (Mv, &["03-08", "10-31"]),
        ] {
            assert_eq!(of(land, 2026), more(own), "{land:?}");
        }
        assert!(Be.is_holiday(date(2025, 5, 8)) && !Be.is_holiday(date(2026, 5, 8)));
        assert_eq!((Land::from_code("be"), Land::from_code("XX")), (Some(Be), None));
    }

    #[test]
    fn easter_is_when_it_was() {
        for (year, month, day) in
            [(1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2038, 4, 25)]
        {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Easter is a Sunday in its season, and every state has the nine days that all have and at most five more.
        #[test]
        fn every_year_has_its_holidays(year in 1900i16..2200, land in 0usize..16) {
            let easter = easter(year);
            prop_assert_eq!(easter.weekday(), Weekday::Sunday);
            prop_assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&easter));
            let days = of(Land::ALL[land], year).len();
            // A moving holiday may fall on a fixed one.
            prop_assert!((8..=14).contains(&days), "{days}");
            for code in [Land::ALL[land].code().to_owned(), Land::ALL[land].code().to_lowercase()] {
                prop_assert_eq!(Land::from_code(&code), Some(Land::ALL[land]));
            }
        }
    }
}
