//! `GET /team`: the branches with their opening hours, and who works there when.

use askama::Template;
use domain::holidays::Land;
use domain::hours::WeeklyHours;
use jiff::civil::{Weekday, time};

use super::hours::{AbsenceRow, in_words, land_name};
use crate::{
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/team.html")]
pub struct Team {
    pub t: Translator,
    pub frame: Frame,
    pub branches: Vec<TeamBranch>,
}

#[derive(Clone, Debug)]
pub struct TeamBranch {
    /// `brn_…`
    pub id: String,
    pub name: String,
    pub address: Option<String>,
    pub hours: WeeklyHours,
    pub land: Option<Land>,
    pub people: Vec<TeamMember>,
}

#[derive(Clone, Debug)]
pub struct TeamMember {
    /// `stf_…`
    pub id: String,
    pub name: String,
    /// Takes new appointments.
    pub active: bool,
    pub hours: WeeklyHours,
    /// Now or soonest.
    pub away: Option<AbsenceRow>,
}

impl TeamBranch {
    pub fn href(&self) -> String {
        format!("/branches/{}", self.id)
    }

    pub fn open(&self, t: &Translator) -> Vec<(String, String)> {
        in_words(t, &self.hours)
    }

    pub fn holidays(&self, t: &Translator) -> String {
        match self.land {
            Some(land) => t.get("holidays-of").arg("land", land_name(t, land)).to_string(),
            None => t.get("holidays-none").to_string(),
        }
    }
}

impl TeamMember {
    pub fn href(&self) -> String {
        format!("/staff/{}", self.id)
    }

    pub fn works(&self, t: &Translator) -> Vec<(String, String)> {
        in_words(t, &self.hours)
    }
}

impl Page for Team {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let days = [Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let hours = WeeklyHours::on(&days, time(9, 0, 0, 0), time(18, 0, 0, 0));
        let person = |id: &str, name: &str, away| TeamMember {
            id: id.into(),
            name: name.into(),
            active: true,
            hours: hours.clone(),
            away,
        };
        let branch = TeamBranch {
            id: "brn_1".into(),
            name: "Prenzlauer Berg".into(),
            address: Some("Kastanienallee 12, 10435 Berlin".into()),
            hours: hours.clone(),
            land: Some(Land::Be),
            people: vec![
                person("stf_1", "Mira Hoffmann", Some(AbsenceRow::sample(&t))),
                person("stf_2", "Jonas Weber", None),
            ],
        };
        let empty = TeamBranch {
            id: "brn_2".into(),
            name: "Mitte".into(),
            address: None,
            hours: WeeklyHours::default(),
            land: None,
            people: Vec::new(),
        };
        Self { branches: vec![branch, empty], t, frame }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        vec![Self { branches: Vec::new(), t, frame }]
    }
}
