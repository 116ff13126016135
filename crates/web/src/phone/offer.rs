//! Times that are offered: held for the call, told by short names, spoken in one sentence.

use std::collections::BTreeMap;

use domain::appointment::Segment;
use domain::availability::{Opening, joined, spread, without};
use domain::spoken::{Days, Meaning, Times};
use domain::{AppointmentId, ServiceId, Slot, StaffId};
use engine::appointments::{Availability, Look, Who};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use retell::{Answer, Status};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Offer;

use super::line::{Line, Outcome};
use super::when;
use crate::problem::Problem;

/// How long an offered time is held: long enough to think, short enough to be forgotten.
const HELD: SignedDuration = SignedDuration::from_mins(5);
/// Days that are looked through for something else, before and after what was wanted.
const BEFORE: i64 = 3;
const AFTER: i64 = 14;
/// The longest stretch of wanted days.
const LONGEST: i64 = 31;
/// Free times from which the first are chosen when any will do.
const FIRST: usize = 12;

/// What a name such as `S1` means.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offered {
    pub service: ServiceId,
    pub staff: StaffId,
    pub start: Timestamp,
}

/// Looks around what is meant, far enough for alternatives.
pub async fn look(
    line: &Line<'_>,
    who: Who,
    leaving: Option<AppointmentId>,
    days: &Days,
) -> Result<Availability, Problem> {
    let today = line.speech.0.day_of(&line.now);
    let (first, last) = days.bounds(today);
    let last = last.unwrap_or(first.saturating_add(AFTER.days())).min(first.saturating_add(LONGEST.days()));
    let from = first.saturating_sub(BEFORE.days()).max(today);
    let at = |day: Date| {
        let day = day.to_zoned(when::zone(line).clone());
        day.map(|day| day.timestamp()).map_err(|error| Problem::internal(&error))
    };
    let (start, end) = (at(from)?, at(last.saturating_add(AFTER.days()))?);
    let range = Slot { start: start.max(line.now), end };
    let look = Look { who, range, leaving, holder: Some(line.holder()) };
    line.state.engine.availability(line.company.id, &look).await.map_err(|error| Problem::internal(&error))
}

/// At most `count` of the times that are meant.
pub fn fitting(line: &Line<'_>, known: &Availability, meaning: &Meaning, count: usize) -> Vec<Opening> {
    let fits = |opening: &Opening| {
        let start = when::zone(line).to_datetime(opening.slot().start);
        meaning.days.contain(start.date()) && meaning.times.contain(start.time())
    };
    let found = known.openings(known.range).filter(fits);
    match meaning.days {
        Days::Unsaid | Days::Any | Days::Soonest | Days::From(_) => {
            spread(&found.take(FIRST).collect::<Vec<_>>(), count)
        }
        Days::OneOf(_) | Days::Span { .. } => spread(&found.collect::<Vec<_>>(), count),
    }
}

/// At most `count` other times: on the wanted days at other times, else on the nearest other days, two of each. Times
/// near the one that was wanted come first, and never the one that was refused.
pub fn others(
    line: &Line<'_>,
    known: &Availability,
    meaning: &Meaning,
    (refused, count): (Option<Timestamp>, usize),
) -> Vec<Opening> {
    let today = line.speech.0.day_of(&line.now);
    let (first, last) = meaning.days.bounds(today);
    let last = last.unwrap_or(first);
    let mut days: BTreeMap<Date, Vec<Opening>> = BTreeMap::new();
    for opening in known.openings(known.range).filter(|it| Some(it.slot().start) != refused) {
        days.entry(line.speech.0.day_of(&opening.slot().start)).or_default().push(opening);
    }
    let distance = |day: &Date| match *day {
        day if day < first => (first - day).get_days(),
        day if day > last => (day - last).get_days(),
        _ => 0,
    };
    let mut days: Vec<_> = days.into_iter().collect();
    days.sort_by_key(|(day, _)| (distance(day), *day));
    let of_day =
        if days.first().is_some_and(|(day, _)| distance(day) == 0) { count } else { count.div_ceil(2) };
    let mut chosen = Vec::new();
    for (_, openings) in days.into_iter().take(2) {
        let fits = |it: &Opening| meaning.times.contain(when::zone(line).to_datetime(it.slot().start).time());
        let same_time: Vec<_> = openings.iter().filter(|it| fits(it)).cloned().collect();
        let pool = if same_time.is_empty() { openings } else { same_time };
        chosen.extend(nearest(line, pool, meaning.times, of_day.min(count - chosen.len())));
        if chosen.len() == count {
            break;
        }
    }
    chosen.sort_by_key(|opening| opening.slot().start);
    chosen
}

/// Those nearest to the wanted time, or spread over the day.
fn nearest(line: &Line<'_>, mut openings: Vec<Opening>, times: Times, count: usize) -> Vec<Opening> {
    let wanted: Option<Time> = match times {
        Times::At(time) | Times::Around(time) => Some(time),
        _ => times.bounds().0,
    };
    let Some(wanted) = wanted else { return spread(&openings, count) };
    openings.sort_by_key(|opening| {
        let start = when::zone(line).to_datetime(opening.slot().start).time();
        start.duration_since(wanted).abs()
    });
    openings.truncate(count);
    openings
}

/// Holds times for the call and names them. Those that somebody else got meanwhile are left out.
pub async fn hold(
    line: &Line<'_>,
    known: &Availability,
    openings: Vec<Opening>,
) -> Result<Vec<(String, Opening)>, Problem> {
    let offers = openings.iter().filter_map(|opening| {
        let offered =
            Offered { service: known.service.id, staff: opening.staff()?, start: opening.slot().start };
        let segments = opening.segments.iter().flat_map(|segment| to_hold(known, *segment)).collect();
        Some(Offer { segments, target: json!(offered) })
    });
    let (company, until) = (line.company.id, line.now.saturating_add(HELD).unwrap_or(line.now));
    let store = &line.state.engine.store;
    let names = store.offer(company, &line.holder(), offers.collect(), until, line.now).await;
    let names = names.map_err(|error| Problem::internal(&error))?;
    Ok(names.into_iter().zip(openings).filter_map(|(name, opening)| Some((name?, opening))).collect())
}

/// The time of a segment that is not that of the appointment to be moved: its own time is held by itself.
fn to_hold(known: &Availability, segment: Segment) -> Vec<Segment> {
    let own = known.own.iter().filter(|own| own.staff_id == segment.staff_id).map(|own| own.slot);
    let rest = without(segment.slot, &joined(own.collect()));
    rest.into_iter().map(|slot| Segment { slot, ..segment }).collect()
}

/// Times that are held, as an answer; `why` not another one comes first, with the day that it names. `under` is the name
/// of the list.
pub fn tell(
    line: &Line<'_>,
    known: &Availability,
    status: Status,
    why: Option<(String, Option<Date>)>,
    (under, held): (&str, &[(String, Opening)]),
) -> Answer {
    let speech = &line.speech;
    let start = |opening: &Opening| opening.slot().start;
    let staff = |opening: &Opening| {
        let person = known.candidates.iter().find(|it| Some(it.staff.id) == opening.staff());
        person.map(|person| person.staff.name.clone()).unwrap_or_default()
    };
    let days: Vec<_> = held.iter().map(|(_, opening)| speech.0.day_of(&start(opening))).collect();
    let said = why.as_ref().and_then(|(_, day)| *day);
    let offer = match held {
        [] => speech.say("say-offer-none"),
        [(_, only)] => {
            let when = speech.when(start(only));
            speech.0.get("say-offer-one").arg("when", when).arg("staff", staff(only)).to_string()
        }
        _ if days.iter().all(|day| *day == days[0]) => {
            let times: Vec<_> = held.iter().map(|(_, opening)| speech.time(start(opening))).collect();
            let times = speech.choice(&times);
            if said == Some(days[0]) {
                speech.0.get("say-offer-same-day").arg("times", times).to_string()
            } else {
                speech.0.get("say-offer-day").arg("day", speech.on(days[0])).arg("times", times).to_string()
            }
        }
        _ => {
            let times: Vec<_> = held.iter().map(|(_, opening)| speech.when(start(opening))).collect();
            speech.0.get("say-offer").arg("times", speech.choice(&times)).to_string()
        }
    };
    let slots = held.iter().map(|(name, opening)| {
        json!({ "slot_id": name, "spoken": speech.when(start(opening)), "staff": staff(opening) })
    });
    let slots: Vec<_> = slots.collect();
    let say = why.map_or(offer.clone(), |(why, _)| format!("{why} {offer}"));
    Answer::new(status, &say).with(under, slots).with("calcom", known.calcom.as_str())
}

/// Not then: two other times, as near as they can be.
pub async fn instead(
    line: &Line<'_>,
    who: Who,
    leaving: Option<AppointmentId>,
    wanted: Timestamp,
    key: &str,
) -> Result<Outcome, Problem> {
    const OFFERED: usize = 2;
    let clock = when::zone(line).to_datetime(wanted);
    let meaning =
        Meaning { days: Days::OneOf(vec![clock.date()]), times: Times::At(clock.time()), notes: Vec::new() };
    let known = look(line, who, leaving, &meaning.days).await?;
    let held = hold(line, &known, others(line, &known, &meaning, (Some(wanted), OFFERED))).await?;
    let why = line.speech.0.get(key).arg("when", line.speech.when(wanted)).to_string();
    let why = Some((why, Some(clock.date())));
    Ok(tell(line, &known, Status::Conflict, why, ("alternatives", &held)).into())
}
