//! Reading the form of a service: what is wished, or everything that is wrong with it.

use domain::{
    StaffId,
    catalogue::Place,
    people::Staff,
    service::{InvalidService, Service, Terms, Work},
};

use super::facts::{Facts, plain};
use crate::{
    components::FieldError,
    i18n::Language,
    pages::{PlaceRow, WorkRow},
};

/// Characters of the longest name.
pub const LONGEST_NAME: u32 = 120;
const LONGEST_DESCRIPTION: u32 = 2_000;
/// Minutes of the longest service.
const DAY: u32 = 24 * 60;

/// What is wrong, by the name of the field.
pub type Wrong = Vec<(&'static str, FieldError)>;

/// What somebody wants a service to be.
pub struct Wished {
    pub name: String,
    pub slug: String,
    pub description: String,
    pub duration_minutes: u32,
    pub price_cents: Option<i64>,
    pub active: bool,
    pub terms: Terms,
    pub segments: Vec<Work>,
    pub staff: Vec<StaffId>,
}

/// What the facts say, in terms of the service; `before` are its terms until now.
pub fn read(facts: &Facts, people: &[Staff], before: &Terms, language: Language) -> Result<Wished, Wrong> {
    let mut wrong = Wrong::new();
    let name = facts.get("name").to_owned();
    if name.is_empty() {
        wrong.push(("name", FieldError::Required));
    }
    too_long("name", &name, LONGEST_NAME, &mut wrong);
    let slug = Some(facts.get("slug").to_owned()).filter(|slug| !slug.is_empty());
    let slug = slug.unwrap_or_else(|| Service::short_name(&name));
    if !Service::is_short_name(&slug) {
        wrong.push(("slug", FieldError::Slug));
    }
    let description = facts.get("description").to_owned();
    too_long("description", &description, LONGEST_DESCRIPTION, &mut wrong);
    let segments = works(&facts.works(), people).unwrap_or_else(|error| {
        wrong.push(("works", error));
        Vec::new()
    });
    let duration_minutes = if facts.works().is_empty() {
        number(facts, "duration_minutes", (1, DAY), &mut wrong).unwrap_or_default()
    } else {
        segments.iter().map(|work| work.minutes + work.pause_minutes).sum()
    };
    let price_cents = match facts.get("price") {
        "" => None,
        text => cents(text, language).or_else(|| {
            wrong.push(("price", FieldError::Money));
            None
        }),
    };
    let mut minutes = |name: &'static str, longest| match facts.get(name) {
        "" => 0,
        _ => number(facts, name, (0, longest), &mut wrong).unwrap_or_default(),
    };
    let terms = Terms {
        online: facts.is_ticked("online"),
        buffer_before_minutes: minutes("buffer_before_minutes", Terms::LONGEST_BUFFER),
        buffer_after_minutes: minutes("buffer_after_minutes", Terms::LONGEST_BUFFER),
        minimum_notice_minutes: minutes("minimum_notice_minutes", Terms::LONGEST_NOTICE),
        booking_window_days: match facts.get("booking_window_days") {
            "" => None,
            _ => number(facts, "booking_window_days", (1, 366), &mut wrong),
        },
        change_notice_hours: match facts.get("change_notice_hours") {
            "" => 0,
            _ => number(facts, "change_notice_hours", (0, Terms::LONGEST_CHANGE_NOTICE), &mut wrong)
                .unwrap_or_default(),
        },
        requires_confirmation: facts.is_ticked("requires_confirmation"),
        disable_guests: facts.is_ticked("disable_guests"),
        places: places(&facts.places(), &before.places).unwrap_or_else(|error| {
            wrong.push(("places", error));
            Vec::new()
        }),
    };
    let of_id = |id: &str| people.iter().map(|person| person.id).find(|known| known.to_string() == id);
    let staff = facts.staff().filter_map(of_id).collect();
    let active = facts.is_ticked("active");
    if wrong.is_empty() {
        Ok(Wished { name, slug, description, duration_minutes, price_cents, active, terms, segments, staff })
    } else {
        Err(wrong)
    }
}

fn too_long(name: &'static str, text: &str, max: u32, wrong: &mut Wrong) {
    if text.chars().count() > max as usize {
        wrong.push((name, FieldError::TooLong { max }));
    }
}

fn number(facts: &Facts, name: &'static str, (min, max): (u32, u32), wrong: &mut Wrong) -> Option<u32> {
    let number = facts.get(name).parse().ok().filter(|number| (min..=max).contains(number));
    if number.is_none() {
        wrong.push((name, FieldError::Number { min, max }));
    }
    number
}

fn works(rows: &[WorkRow], people: &[Staff]) -> Result<Vec<Work>, FieldError> {
    let work = |row: &WorkRow| {
        let pause = if row.pause.is_empty() { "0" } else { &row.pause };
        let minutes: u32 = row.minutes.parse().ok().filter(|minutes| (1..=DAY).contains(minutes))?;
        let pause_minutes: u32 = pause.parse().ok().filter(|minutes| *minutes <= DAY)?;
        let named = !row.name.is_empty() && row.name.chars().count() <= LONGEST_NAME as usize;
        let known =
            |id: &String| people.iter().map(|person| person.id).find(|known| known.to_string() == *id);
        let staff = row.staff.iter().map(known).collect::<Option<Vec<_>>>()?;
        named.then(|| Work { name: row.name.clone(), minutes, pause_minutes, staff })
    };
    let works: Option<Vec<Work>> = rows.iter().map(work).collect();
    let works = works.ok_or(FieldError::Works)?;
    let whole: u32 = works.iter().map(|work| work.minutes + work.pause_minutes).sum();
    match Work::check_all(&works) {
        Err(InvalidService::Waiting) => Err(FieldError::Waiting),
        Ok(()) if whole <= DAY => Ok(works),
        _ => Err(FieldError::Works),
    }
}

/// A place that was there before and was left as it is stays so, whatever it is: Cal.com says more than the form can.
fn places(rows: &[PlaceRow], before: &[Place]) -> Result<Vec<Place>, FieldError> {
    let place = |(number, row): (usize, &PlaceRow)| {
        let kept = before.iter().find(|place| {
            let known = PlaceRow::of(place);
            known.kind == row.kind && plain(&known.value) == plain(&row.value)
        });
        let read = kept.map_or_else(|| Place::read(&row.kind, &row.value), |kept| Ok(kept.clone()));
        read.map_err(|wrong| FieldError::Place { number, wrong })
    };
    (1..).zip(rows).map(place).collect()
}

/// An amount as people type it, in cents: `49`, `49,5`, `49.50 €`, `1.249,00`. One or two digits after a sign are cents in
/// any language; three are thousands if the reader's language parts them by that sign, and else no amount.
fn cents(text: &str, language: Language) -> Option<i64> {
    let text = text.trim_matches(|c: char| c == '€' || c.is_whitespace());
    let decimal = if language == Language::De { ',' } else { '.' };
    let (whole, part) = match text.rfind([',', '.']) {
        None => (text, None),
        Some(at) => {
            let (whole, part) = (&text[..at], &text[at + 1..]);
            let sign = text[at..].chars().next()?;
            let is_only_one = !whole.contains(sign);
            let parts_cents = sign == decimal || part.len() <= 2 || whole.contains([',', '.']);
            if is_only_one && parts_cents { (whole, Some(part)) } else { (text, None) }
        }
    };
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let part = part.unwrap_or("0");
    if !(1..=2).contains(&part.len()) || !digits(part) {
        return None;
    }
    // Thousands are parted by one sign, everywhere or nowhere.
    let parted = |c: char| matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}');
    let sign = whole.chars().find(|c| parted(*c));
    let mut groups = whole.split(|c| Some(c) == sign);
    let first = groups.next()?;
    let fits = first.len() <= if sign.is_some() { 3 } else { 9 };
    if first.is_empty() || !fits || !digits(first) || !groups.all(|group| group.len() == 3 && digits(group)) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.len() > 9 { None } else { format!("{whole}{part:0<2}").parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, german, english) in [
            ("49", Some(4_900), Some(4_900)),
            ("49,5", Some(4_950), Some(4_950)),
            ("49.50 €", Some(4_950), Some(4_950)),
            ("0", Some(0), Some(0)),
            ("1.249,00", Some(124_900), Some(124_900)),
            ("1.200,50", Some(120_050), Some(120_050)),
            ("1,200.50", Some(120_050), Some(120_050)),
            ("1 249,00", Some(124_900), Some(124_900)),
            ("1.249.000", Some(124_900_000), Some(124_900_000)),
            // Thousands in one language, and neither thousands nor cents in the other.
            ("1.249", Some(124_900), None),
            ("49,500", None, Some(4_950_000)),
            ("12,3456", None, None),
            ("12.3456", None, None),
            ("1.249,005", None, None),
            ("12.49,00", None, None),
            ("1.2.3", None, None),
            ("1.249.00", None, None),
            ("1,249,00", None, None),
            ("1. 249", None, None),
            ("49,", None, None),
            ("-5", None, None),
            ("viel", None, None),
            (",50", None, None),
            ("1234.567", None, None),
            ("9999999999", None, None),
        ] {
            assert_eq!(cents(text, Language::De), german, "{text} in German");
            assert_eq!(cents(text, Language::En), english, "{text} in English");
        }
    }
}
