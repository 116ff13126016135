//! What a form tells of a service, as texts: what it was filled with, what was typed, and what is so now are three
//! versions of the same facts. What somebody else has changed meanwhile is taken over where nothing was typed, and told
//! beside what was typed where something was.

use std::collections::{BTreeMap, HashMap};

use domain::{StaffId, service::Service};
use serde::{Deserialize, Serialize};

use crate::{
    components::setting_label,
    i18n::{Language, Translator},
    pages::{Meanwhile, PlaceRow, WorkRow, place_label},
};

/// Fields with a text.
const TEXTS: [&str; 10] = [
    "name",
    "slug",
    "description",
    "duration_minutes",
    "price",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "minimum_notice_minutes",
    "booking_window_days",
    "change_notice_hours",
];
/// Fields that are ticked or not.
const TICKS: [&str; 4] = ["active", "online", "requires_confirmation", "disable_guests"];
const STAFF: &str = "staff";
const WORKS: &str = "segments";
const PLACES: &str = "locations";

/// By the name of the field; lists have a line for each entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts(BTreeMap<String, String>);

impl Facts {
    /// Of a service as it is, performed by `staff`.
    pub fn of(service: &Service, staff: &[StaffId], t: &Translator) -> Self {
        let terms = &service.terms;
        let number = |number: Option<u32>| number.map(|it| it.to_string()).unwrap_or_default();
        let tick = |on: bool| if on { "true".to_owned() } else { String::new() };
        let works = service.segments.iter().map(|work| WorkRow {
            name: work.name.clone(),
            minutes: work.minutes.to_string(),
            pause: work.pause_minutes.to_string(),
            staff: work.staff.iter().map(ToString::to_string).collect(),
        });
        let mut facts = Self(BTreeMap::from_iter(
            [
                ("name", service.name.clone()),
                ("slug", service.slug.clone()),
                ("description", service.description.clone()),
                ("duration_minutes", service.duration_minutes.to_string()),
                ("price", service.price_cents.map(|cents| price(cents, t.language)).unwrap_or_default()),
                ("buffer_before_minutes", terms.buffer_before_minutes.to_string()),
                ("buffer_after_minutes", terms.buffer_after_minutes.to_string()),
                ("minimum_notice_minutes", terms.minimum_notice_minutes.to_string()),
                ("booking_window_days", number(terms.booking_window_days)),
                ("change_notice_hours", terms.change_notice_hours.to_string()),
                ("active", tick(service.active)),
                ("online", tick(terms.online)),
                ("requires_confirmation", tick(terms.requires_confirmation)),
                ("disable_guests", tick(terms.disable_guests)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        ));
        facts.set_staff(staff.iter().map(ToString::to_string).collect());
        facts.set_works(&works.collect::<Vec<_>>());
        facts.set_places(&terms.places.iter().map(PlaceRow::of).collect::<Vec<_>>());
        facts
    }

    /// Of the fields of a form.
    pub fn typed(pairs: &[(String, String)]) -> Self {
        let all = |wanted: &str| -> Vec<String> {
            let fitting = pairs.iter().filter(|(name, _)| name == wanted);
            fitting.map(|(_, value)| value.trim().replace("\r\n", "\n")).collect()
        };
        let mut facts = Self::default();
        for name in TEXTS.into_iter().chain(TICKS) {
            facts.0.insert(name.to_owned(), all(name).pop().unwrap_or_default());
        }
        facts.set_staff(all("staff"));
        let (names, minutes, pauses) = (all("work_name"), all("work_minutes"), all("work_pause"));
        let rows = (1..).zip(names.into_iter().zip(minutes).zip(pauses));
        let rows = rows.map(|(number, ((name, minutes), pause))| {
            let mut staff = all(&format!("work_staff_{number}"));
            staff.sort();
            WorkRow { name, minutes, pause, staff }
        });
        facts.set_works(&rows.filter(|row| *row != WorkRow::default()).collect::<Vec<_>>());
        let removed = all("place_removed");
        let places = (1..).zip(all("place_kind").into_iter().zip(all("place_value")));
        let places = places.filter(|(number, _): &(u32, _)| !removed.contains(&number.to_string()));
        let places = places.map(|(_, (kind, value))| PlaceRow { kind, value });
        facts.set_places(&places.filter(|row| *row != PlaceRow::default()).collect::<Vec<_>>());
        facts
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn is_ticked(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// Ids of those who perform it.
    pub fn staff(&self) -> impl Iterator<Item = &str> {
        self.get(STAFF).lines()
    }

    pub fn works(&self) -> Vec<WorkRow> {
        let row = |line: &str| {
            let mut parts = line.split('\t').map(str::to_owned);
            let mut part = || parts.next().unwrap_or_default();
            let (name, minutes, pause) = (part(), part(), part());
            WorkRow { name, minutes, pause, staff: part().split_whitespace().map(str::to_owned).collect() }
        };
        self.get(WORKS).lines().map(row).collect()
    }

    pub fn places(&self) -> Vec<PlaceRow> {
        let row = |line: &str| {
            let (kind, value) = line.split_once('\t').unwrap_or((line, ""));
            PlaceRow { kind: kind.to_owned(), value: value.to_owned() }
        };
        self.get(PLACES).lines().map(row).collect()
    }

    fn set_places(&mut self, rows: &[PlaceRow]) {
        let line = |row: &PlaceRow| format!("{}\t{}", plain(&row.kind), plain(&row.value));
        self.0.insert(PLACES.to_owned(), rows.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    fn set_staff(&mut self, mut staff: Vec<String>) {
        staff.sort();
        staff.dedup();
        self.0.insert(STAFF.to_owned(), staff.join("\n"));
    }

    fn set_works(&mut self, rows: &[WorkRow]) {
        let line = |row: &WorkRow| {
            let pause = if row.pause == "0" { "" } else { &row.pause };
            let staff = row.staff.join(" ");
            format!("{}\t{}\t{}\t{}", plain(&row.name), plain(&row.minutes), plain(pause), plain(&staff))
        };
        self.0.insert(WORKS.to_owned(), rows.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    /// Takes over what has changed since the form was filled with `was`, where nothing else was typed; tells what has
    /// changed.
    pub fn catch_up(
        &mut self,
        was: Option<&Self>,
        now: &Self,
        t: &Translator,
        names: &HashMap<StaffId, String>,
    ) -> Vec<Meanwhile> {
        let mut meanwhile = Vec::new();
        for (name, now) in &now.0 {
            let before = was.map(|was| was.get(name));
            let typed = self.get(name).to_owned();
            if before == Some(now) || (before.is_none() && typed == *now) {
                continue;
            }
            let untouched = before == Some(typed.as_str());
            let say = |value: &str| said(name, value, t, names);
            meanwhile.push(Meanwhile {
                label: setting_label(if name == "price" { "price_cents" } else { name }),
                before: before.map(say),
                now: say(now),
                typed: (!untouched).then(|| say(&typed)),
            });
            if untouched {
                self.0.insert(name.clone(), now.clone());
            }
        }
        meanwhile
    }
}

/// A text that keeps to its line.
pub fn plain(text: &str) -> String {
    text.replace(['\t', '\n'], " ").trim().to_owned()
}

/// A fact as people say it.
fn said(name: &str, value: &str, t: &Translator, names: &HashMap<StaffId, String>) -> String {
    let person = |id: &str| id.parse().ok().and_then(|id: StaffId| names.get(&id).cloned());
    match name {
        name if TICKS.contains(&name) => t.get(if value == "true" { "yes" } else { "no" }).to_string(),
        STAFF => value.lines().filter_map(person).collect::<Vec<_>>().join(", "),
        WORKS => {
            let work = |line: &str| {
                let words =
                    line.split(['\t', ' ']).map(|word| person(word).unwrap_or_else(|| word.to_owned()));
                words.collect::<Vec<_>>().join(" ").trim().to_owned()
            };
            value.lines().map(work).collect::<Vec<_>>().join(", ")
        }
        PLACES => {
            let place = |line: &str| {
                let (kind, value) = line.split_once('\t').unwrap_or((line, ""));
                let kind = place_label(kind).map(|key| t.get(key).to_string()).unwrap_or_default();
                format!("{kind} {value}").trim().to_owned()
            };
            value.lines().map(place).collect::<Vec<_>>().join(", ")
        }
        _ => value.to_owned(),
    }
}

/// An amount in cents as it is typed: `49,00` · `49.00`
fn price(cents: i64, language: Language) -> String {
    let separator = if language == Language::De { ',' } else { '.' };
    format!("{}{separator}{:02}", cents / 100, cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;

    #[test]
    fn what_others_saved_is_taken_over_and_what_was_typed_stays() {
        let form = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            Facts::typed(&pairs)
        };
        let was = form(&[("name", "Cut"), ("price", "49,00"), ("active", "true")]);
        let now = form(&[("name", "Haircut"), ("price", "49,00"), ("duration_minutes", "60")]);
        let mut typed = form(&[("name", "Schnitt"), ("price", "55"), ("active", "true")]);
        let t = Translator::new(Language::En, TimeZone::UTC, Timestamp::UNIX_EPOCH);
        let told = typed.catch_up(Some(&was), &now, &t, &HashMap::new());
        let told: Vec<_> = told.iter().map(|it| (it.label, it.now.as_str(), it.typed.as_deref())).collect();
        let expected = [
            ("service-active", "no", None),
            ("duration", "60", None),
            ("setting-name", "Haircut", Some("Schnitt")),
        ];
        assert_eq!(told, expected);
        assert_eq!(
            (typed.get("name"), typed.get("price"), typed.get("duration_minutes")),
            ("Schnitt", "55", "60")
        );
        assert!(!typed.is_ticked("active"));
    }
}
