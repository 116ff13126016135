//! `GET /branches/{id}` and `GET /staff/{id}`: when a place is open, when somebody works and is away, and what is booked then.

use askama::Template;
use domain::holidays::Land;
use domain::hours::{InvalidHours, WeeklyHours, read_day, write_day};
use jiff::civil::{Date, Weekday, date, time};
use jiff::{Timestamp, ToSpan as _};

use crate::{
    components::{Choice, Field, FieldError},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

/// A week as it is typed: a line for each day, from Monday on.
#[derive(Clone, Debug)]
pub struct WeekForm(pub [Field; 7]);

impl WeekForm {
    pub fn of(hours: &WeeklyHours) -> Self {
        Self(hours.0.each_ref().map(|day| Field::of(write_day(day))))
    }

    /// What is meant; what cannot be read is noted beside it.
    pub fn read(&mut self) -> Option<WeeklyHours> {
        let days = self.0.each_mut().map(|field| match read_day(&field.value) {
            Ok(day) => Some(day),
            Err(wrong) => {
                field.error = Some(match wrong {
                    InvalidHours::Unreadable => FieldError::Hours,
                    InvalidHours::Backwards => FieldError::HoursBackwards,
                    InvalidHours::Overlapping => FieldError::HoursOverlap,
                });
                None
            }
        });
        let whole = days.iter().all(Option::is_some);
        whole.then(|| WeeklyHours(days.map(Option::unwrap_or_default)))
    }

    /// Name of the field, name of the day, the field.
    pub fn days(&self, t: &Translator) -> Vec<(&'static str, String, &Field)> {
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let days = Weekday::Monday.cycle_forward().zip(names).zip(&self.0);
        days.map(|((day, name), field)| (name, t.weekday(day), field)).collect()
    }

    fn is_wrong(&self) -> bool {
        self.0.iter().any(|field| field.error.is_some())
    }
}

/// Days with the same hours together, and the hours: `Dienstag–Freitag`, `09:00–18:00`.
pub fn in_words(t: &Translator, hours: &WeeklyHours) -> Vec<(String, String)> {
    let runs = hours.runs().into_iter().filter(|(.., hours)| !hours.is_empty());
    let days = |first, last| {
        if first == last { t.weekday(first) } else { format!("{}–{}", t.weekday(first), t.weekday(last)) }
    };
    runs.map(|(first, last, hours)| (days(first, last), write_day(hours))).collect()
}

/// The name of a German state.
pub fn land_name(t: &Translator, land: Land) -> String {
    let key = match land {
        Land::Bw => "land-bw",
        Land::By => "land-by",
        Land::Be => "land-be",
        Land::Bb => "land-bb",
        Land::Hb => "land-hb",
        Land::Hh => "land-hh",
        Land::He => "land-he",
        Land::Mv => "land-mv",
        Land::Ni => "land-ni",
        Land::Nw => "land-nw",
        Land::Rp => "land-rp",
        Land::Sl => "land-sl",
        Land::Sn => "land-sn",
        Land::St => "land-st",
        Land::Sh => "land-sh",
        Land::Th => "land-th",
    };
    t.get(key).to_string()
}

/// When a place is open.
#[derive(Template)]
#[template(path = "pages/branch_hours.html")]
pub struct BranchHours {
    pub t: Translator,
    pub frame: Frame,
    /// `brn_…`
    pub id: String,
    pub name: String,
    pub week: WeekForm,
    /// The code of the state whose public holidays it keeps.
    pub land: Field,
    /// The next public holidays, as they are stored.
    pub holidays: Vec<Date>,
}

impl BranchHours {
    pub fn lands(&self) -> Vec<Choice> {
        let choice = |land: Land| {
            Choice::new(land.code(), land_name(&self.t, land)).selected(land.code() == self.land.value)
        };
        Land::ALL.map(choice).into()
    }

    pub fn next_holidays(&self) -> String {
        let days: Vec<_> = self.holidays.iter().map(|day| self.t.short_day(*day)).collect();
        days.join(" · ")
    }
}

impl Page for BranchHours {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let days = [Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        Self {
            id: "brn_1".into(),
            name: "Prenzlauer Berg".into(),
            week: WeekForm::of(&WeeklyHours::on(&days, time(9, 0, 0, 0), time(18, 0, 0, 0))),
            land: Field::of("BE"),
            holidays: vec![date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let mut wrong = Self { land: Field::wrong("XX", FieldError::Unknown), ..Self::sample(t, frame) };
        wrong.holidays.clear();
        wrong.week.0[0].value = "9 bis abends".into();
        wrong.week.0[1].value = "18:00–9:00".into();
        wrong.week.0[2].value = "9:00–13:00, 12:00–18:00".into();
        wrong.week.read();
        vec![wrong]
    }
}

/// When somebody works, and is away.
#[derive(Template)]
#[template(path = "pages/staff_hours.html")]
pub struct StaffHours {
    pub t: Translator,
    pub frame: Frame,
    /// `stf_…`
    pub id: String,
    pub name: String,
    /// Where this person works.
    pub branch: String,
    pub week: WeekForm,
    /// From now on, the earliest first.
    pub absences: Vec<AbsenceRow>,
    pub new: NewAbsence,
}

/// Somebody is away.
#[derive(Clone, Debug)]
pub struct AbsenceRow {
    /// `abs_…`
    pub id: String,
    pub from: Timestamp,
    pub until: Timestamp,
    /// Whole days; else times of the clock.
    pub days: Option<(Date, Date)>,
    pub reason: Option<String>,
    /// The appointments that are in it: address and words.
    pub booked: Vec<(String, String)>,
}

/// An absence that is to be written down, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct NewAbsence {
    pub from_day: Field,
    pub from_time: Field,
    pub to_day: Field,
    pub to_time: Field,
    pub reason: Field,
}

impl NewAbsence {
    pub fn is_wrong(&self) -> bool {
        let fields = [&self.from_day, &self.from_time, &self.to_day, &self.to_time, &self.reason];
        fields.into_iter().any(|field| field.error.is_some())
    }
}

impl AbsenceRow {
    pub fn when(&self, t: &Translator) -> String {
        match self.days {
            Some((first, last)) if first == last => t.short_day(first),
            Some((first, last)) => format!("{} – {}", t.short_day(first), t.short_day(last)),
            None => t.date_span(&self.from, &self.until),
        }
    }

    pub(super) fn sample(t: &Translator) -> Self {
        let at = |hours: i64| t.now.saturating_add(hours.hours()).unwrap_or(t.now);
        Self {
            id: "abs_1".into(),
            from: at(48),
            until: at(72),
            days: Some((date(2026, 12, 21), date(2027, 1, 2))),
            reason: Some("Urlaub".into()),
            booked: vec![
                ("/appointments/apt_1".into(), "Di., 22. Dez. 2026, 10:30, Damenschnitt".into()),
                ("/appointments/apt_2".into(), "Mi., 23. Dez. 2026, 14:00, Farbe & Schnitt".into()),
            ],
        }
    }
}

impl StaffHours {
    pub fn is_wrong(&self) -> bool {
        self.week.is_wrong() || self.new.is_wrong()
    }
}

impl Page for StaffHours {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let days = [Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let short = AbsenceRow { days: None, reason: None, booked: Vec::new(), ..AbsenceRow::sample(&t) };
        Self {
            id: "stf_1".into(),
            name: "Mira Hoffmann".into(),
            branch: "Prenzlauer Berg".into(),
            week: WeekForm::of(&WeeklyHours::on(&days, time(9, 0, 0, 0), time(18, 0, 0, 0))),
            absences: vec![AbsenceRow { id: "abs_2".into(), ..short }, AbsenceRow::sample(&t)],
            new: NewAbsence::default(),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let new = NewAbsence {
            from_day: Field::of("2026-12-24"),
            to_day: Field::wrong("2026-12-23", FieldError::Backwards),
            from_time: Field::wrong("25:00", FieldError::Clock),
            reason: Field::wrong("…", FieldError::TooLong { max: 100 }),
            ..NewAbsence::default()
        };
        vec![Self { absences: Vec::new(), new, ..Self::sample(t, frame) }]
    }
}
