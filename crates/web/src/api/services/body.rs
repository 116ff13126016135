//! What programs say of a service they want: the same fields for a new one and for a change.

use domain::StaffId;
use domain::catalogue::Place;
use domain::people::Staff;
use domain::service::{InvalidService, Service, Terms, Work};
use engine::services::ServiceEdit;
use utoipa::ToSchema;

use crate::api::input::{Fields, id_expected, one_of};
use crate::problem::Text;

/// Minutes of a day, and of the longest year.
const DAY: i64 = 24 * 60;
/// Entries of the longest list.
const MOST: usize = 50;

/// A service to be made, or what is to be changed of one; what is left out stays, or is as usual.
#[derive(Debug, ToSchema)]
#[schema(as = ServiceWish)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Body {
    /// Required of a new one.
    #[schema(max_length = 120)]
    name: Option<String>,
    /// Lower-case letters, digits and single hyphens. Left out of a new one: made from the name.
    #[schema(example = "damenhaarschnitt")]
    slug: Option<String>,
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Required of a new one without `segments`; with them it is theirs.
    #[schema(minimum = 1, maximum = 1440)]
    duration_minutes: Option<u32>,
    /// `null` removes it.
    #[schema(minimum = 0)]
    price_cents: Option<i64>,
    active: Option<bool>,
    /// Whether programs may book it over the internet; left out of a new one: yes. Cal.com never hears of it.
    online: Option<bool>,
    buffer_before_minutes: Option<u32>,
    buffer_after_minutes: Option<u32>,
    minimum_notice_minutes: Option<u32>,
    /// `null`: as far as the calendar goes.
    #[schema(minimum = 1, maximum = 366)]
    booking_window_days: Option<u32>,
    /// How many hours before its start a caller can still cancel or move an appointment. Cal.com never hears of it.
    #[schema(maximum = 8784)]
    change_notice_hours: Option<u32>,
    requires_confirmation: Option<bool>,
    disable_guests: Option<bool>,
    /// All of them; empty: at the address of the branch.
    locations: Option<Vec<LocationWish>>,
    /// All of them; empty for a service that is done in one go.
    segments: Option<Vec<SegmentWish>>,
    /// All who perform it.
    staff_ids: Option<Vec<String>>,
}

/// Where it takes place.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read")]
pub struct LocationWish {
    /// `address`, `phone`, `link` (each with a `value`), `customers_phone`, `customers_address`.
    r#type: String,
    value: Option<String>,
}

/// A stretch of work.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read")]
pub struct SegmentWish {
    #[schema(max_length = 120)]
    name: String,
    #[schema(minimum = 1, maximum = 1440)]
    minutes: u32,
    pause_minutes: Option<u32>,
    /// Who of those who perform the service may do it; left out or empty: all of them.
    staff_ids: Option<Vec<String>>,
}

/// What a short name looks like.
pub fn slug_expected() -> Text {
    Text::new(
        "erwartet werden Kleinbuchstaben, Ziffern und einzelne Bindestriche",
        "lower-case letters, digits and single hyphens are expected",
    )
}

/// What waiting time needs.
pub fn work_expected() -> Text {
    Text::new(
        "nach dem letzten Abschnitt gibt es keine Wartezeit: es folgt keine Arbeit",
        "there is no waiting time after the last segment: no work follows",
    )
}

/// What is to be changed of a service with these terms and stretches of work. `people` are those of the company.
pub fn read(f: &mut Fields, before: (&Terms, &[Work]), people: &[Staff]) -> ServiceEdit {
    let (terms, works) = before;
    let name = if f.has("name") { f.required("name", |f| f.text("name", 120)) } else { None };
    let slug = f.must_stay("slug", |f| {
        f.parsed("slug", slug_expected(), |text| Service::is_short_name(text).then(|| text.to_owned()))
    });
    let description = f.has("description").then(|| f.text("description", 2_000).unwrap_or_default());
    let given = f.has("duration_minutes");
    let duration_minutes = must_be(f, "duration_minutes", (1, DAY));
    let cents = Text::new("erwartet wird ein Betrag in Cent", "an amount in cents is expected");
    let price_cents = f
        .has("price_cents")
        .then(|| f.number("price_cents", cents, |cents| (0..=1_000_000_000).contains(&cents)));
    let active = f.must_stay("active", |f| f.flag("active"));
    let terms = read_terms(f, terms);
    let known = |text: &str| {
        let id = text.parse::<StaffId>().ok()?;
        people.iter().any(|person| person.id == id).then_some(id)
    };
    let segments = f.must_stay("segments", |f| f.objects("segments", MOST, |f| read_segment(f, known)));
    let composite = segments.as_deref().unwrap_or(works);
    if given && !composite.is_empty() {
        let detail = Text::new("folgt aus den Abschnitten", "follows from the segments");
        f.fault("duration_minutes", detail);
    }
    let whole: i64 =
        composite.iter().map(|work| i64::from(work.minutes) + i64::from(work.pause_minutes)).sum();
    if whole > DAY {
        f.fault("segments", Text::new("zusammen höchstens 1440 Minuten", "at most 1440 minutes in all"));
    }
    if segments.as_deref().map(Work::check_all) == Some(Err(InvalidService::Waiting)) {
        f.fault("segments", work_expected());
    }
    let staff = f.must_stay("staff_ids", |f| f.list("staff_ids", MOST, &id_expected(StaffId::PREFIX), known));
    ServiceEdit { name, slug, description, duration_minutes, price_cents, active, terms, segments, staff }
}

fn read_terms(f: &mut Fields, before: &Terms) -> Option<Terms> {
    let mut terms = before.clone();
    for (name, number, longest) in [
        ("buffer_before_minutes", &mut terms.buffer_before_minutes, Terms::LONGEST_BUFFER),
        ("buffer_after_minutes", &mut terms.buffer_after_minutes, Terms::LONGEST_BUFFER),
        ("minimum_notice_minutes", &mut terms.minimum_notice_minutes, Terms::LONGEST_NOTICE),
        ("change_notice_hours", &mut terms.change_notice_hours, Terms::LONGEST_CHANGE_NOTICE),
    ] {
        *number = must_be(f, name, (0, longest.into())).unwrap_or(*number);
    }
    if f.has("booking_window_days") {
        terms.booking_window_days = number(f, "booking_window_days", (1, 366));
    }
    for (name, flag) in [
        ("online", &mut terms.online),
        ("requires_confirmation", &mut terms.requires_confirmation),
        ("disable_guests", &mut terms.disable_guests),
    ] {
        *flag = f.must_stay(name, |f| f.flag(name)).unwrap_or(*flag);
    }
    if let Some(places) = f.must_stay("locations", |f| f.objects("locations", MOST, read_place)) {
        terms.places = places;
    }
    (terms != *before).then_some(terms)
}

fn must_be(f: &mut Fields, name: &str, range: (i64, i64)) -> Option<u32> {
    f.must_stay(name, |f| number(f, name, range))
}

fn number(f: &mut Fields, name: &str, (min, max): (i64, i64)) -> Option<u32> {
    let expected = Text::new(
        format!("erwartet wird eine ganze Zahl von {min} bis {max}"),
        format!("a whole number from {min} to {max} is expected"),
    );
    let number = f.number(name, expected, |number| (min..=max).contains(&number))?;
    u32::try_from(number).ok()
}

fn read_segment(f: &mut Fields, known: impl Fn(&str) -> Option<StaffId>) -> Option<Work> {
    let name = f.required("name", |f| f.text("name", 120));
    let minutes = f.required("minutes", |f| number(f, "minutes", (1, DAY)));
    let pause_minutes = number(f, "pause_minutes", (0, DAY)).unwrap_or_default();
    let mut staff = f.list("staff_ids", MOST, &id_expected(StaffId::PREFIX), known).unwrap_or_default();
    staff.sort_unstable();
    staff.dedup();
    Some(Work { name: name?, minutes: minutes?, pause_minutes, staff })
}

fn read_place(f: &mut Fields) -> Option<Place> {
    let kind = f.required("type", |f| {
        let known = |text: &str| Place::KINDS.into_iter().find(|kind| *kind == text);
        f.parsed("type", one_of(Place::KINDS.into_iter()), known)
    })?;
    if !Place::wants_detail(kind) {
        return Place::read(kind, "").ok();
    }
    let expected = match kind {
        "phone" => Text::new("erwartet wird eine Telefonnummer", "a telephone number is expected"),
        "link" => {
            Text::new("erwartet wird eine Adresse mit https://", "an address with https:// is expected")
        }
        _ => Text::new("höchstens 500 Zeichen", "at most 500 characters"),
    };
    f.required("value", |f| f.parsed("value", expected, |text| Place::read(kind, text).ok()))
}
