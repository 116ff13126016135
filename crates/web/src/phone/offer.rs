//! Times that are offered: held for the call, told by short names, spoken in one sentence.

use std::collections::BTreeMap;

use domain::appointment::Segment;
use domain::availability::{Opening, Unavailable, joined, spread, without};
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
use super::wanted::{self, Wanted};
use super::{when, wish};
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

/// How often is looked again when somebody else was faster between the look and the write.
pub const TRIES: usize = 16;

/// What a name such as `S1` means.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offered {
    pub service: ServiceId,
    /// Who is wanted; `None` if it may be anybody, and it only happens to be these.
    pub staff: Option<StaffId>,
    /// Who works when.
    pub segments: Vec<Segment>,
}

impl Offered {
    /// When it begins.
    pub fn start(&self) -> Option<Timestamp> {
        self.segments.iter().map(|segment| segment.slot.start).min()
    }
}

/// Why a time cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody else has it.
    Taken,
    /// Cal.com has refused it, whatever we know.
    Refused,
    /// Whoever is wanted does not work then, or nobody does.
    NotWorking,
    /// Whoever is wanted does not do it any more, or nobody does.
    Nobody,
    /// It is too soon or too far ahead for the service.
    Terms,
}

impl From<Unavailable> for Why {
    fn from(reason: Unavailable) -> Self {
        match reason {
            Unavailable::Inactive => Self::Nobody,
            Unavailable::NotWorking => Self::NotWorking,
            Unavailable::Busy => Self::Taken,
        }
    }
}

/// How far is looked.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// In the days that are meant.
    Meant,
    /// Around them too, far enough for alternatives.
    Around,
}

/// Looks at what is meant.
pub async fn look(
    line: &Line<'_>,
    who: Who,
    leaving: Option<AppointmentId>,
    (days, reach): (&Days, Reach),
) -> Result<Availability, Problem> {
    let today = line.speech.0.day_of(&line.now);
    let (first, last) = days.bounds(today);
    let last = last.unwrap_or(first.saturating_add(AFTER.days())).min(first.saturating_add(LONGEST.days()));
    let (before, after) = match reach {
        Reach::Meant => (0, 1),
        Reach::Around => (BEFORE, AFTER),
    };
    let from = first.saturating_sub(before.days()).max(today);
    let at = |day: Date| {
        let day = day.to_zoned(when::zone(line).clone());
        day.map(|day| day.timestamp()).map_err(|error| Problem::internal(&error))
    };
    let (start, end) = (at(from)?, at(last.saturating_add(after.days()))?);
    let range = Slot { start: start.max(line.now), end };
    let look = Look { who, range, leaving, holder: Some(line.holder()) };
    line.state.engine.availability(line.company.id, &look).await.map_err(|error| Problem::internal(&error))
}

/// Looks at what is meant, and holds what `choose` finds there for the call. What somebody else gets in between is
/// looked for once more.
pub async fn find(
    line: &Line<'_>,
    (who, wanted): (Who, Option<StaffId>),
    leaving: Option<AppointmentId>,
    days: (&Days, Reach),
    choose: impl Fn(&Availability) -> Vec<Opening>,
) -> Result<(Availability, Vec<(String, Opening)>), Problem> {
    let mut tries = 0;
    loop {
        let known = look(line, who, leaving, days).await?;
        let chosen = choose(&known);
        let is_nothing = chosen.is_empty();
        let held = hold(line, &known, wanted, chosen).await?;
        tries += 1;
        if is_nothing || !held.is_empty() || tries == TRIES {
            return Ok((known, held));
        }
    }
}

/// Whether a time is one that is meant.
pub fn fits(line: &Line<'_>, meaning: &Meaning, opening: &Opening) -> bool {
    let start = when::zone(line).to_datetime(opening.slot().start);
    meaning.days.contain(start.date()) && meaning.times.contain(start.time())
}

/// At most `count` of the times that are meant.
pub fn fitting(line: &Line<'_>, known: &Availability, meaning: &Meaning, count: usize) -> Vec<Opening> {
    let found = known.openings(known.range).filter(|opening| fits(line, meaning, opening));
    match meaning.days {
        Days::Unsaid | Days::Any | Days::Soonest | Days::From(_) => {
            spread(&found.take(FIRST).collect::<Vec<_>>(), count)
        }
        Days::OneOf(_) | Days::Span { .. } => spread(&found.collect::<Vec<_>>(), count),
    }
}

/// At most `count` other times of somebody or anybody: on the wanted days at other times, else on the nearest other days, two of each. Times
/// near the one that was wanted come first, and never the one that was refused.
pub fn others(
    line: &Line<'_>,
    (known, wanted): (&Availability, Option<StaffId>),
    meaning: &Meaning,
    (refused, count): (Option<Timestamp>, usize),
) -> Vec<Opening> {
    let today = line.speech.0.day_of(&line.now);
    let (first, last) = meaning.days.bounds(today);
    let last = last.unwrap_or(first);
    let mut days: BTreeMap<Date, Vec<Opening>> = BTreeMap::new();
    let openings = known.openings_with(wanted, known.range);
    for opening in openings.filter(|it| Some(it.slot().start) != refused) {
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
    wanted: Option<StaffId>,
    openings: Vec<Opening>,
) -> Result<Vec<(String, Opening)>, Problem> {
    let offers = openings.iter().map(|opening| {
        let serves = |staff: &StaffId| opening.segments.iter().any(|segment| segment.staff_id == *staff);
        let staff = wanted.filter(serves);
        let offered = Offered { service: known.service.id, staff, segments: opening.segments.clone() };
        let segments = opening.segments.iter().flat_map(|segment| to_hold(known, *segment)).collect();
        Offer { segments, target: json!(offered) }
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

/// Times that are held, to be told.
pub struct Told<'a> {
    pub status: Status,
    /// Why it is not another one, with the day that this names.
    pub why: Option<(String, Option<Date>)>,
    /// The name of the list in the answer.
    pub under: &'static str,
    pub held: &'a [(String, Opening)],
    /// Whether it has to be said with whom each of them is.
    pub by_name: bool,
}

/// Times that are held, as an answer.
pub fn tell(line: &Line<'_>, known: &Availability, told: Told<'_>) -> Answer {
    let Told { status, why, under, held, by_name } = told;
    let speech = &line.speech;
    let start = |opening: &Opening| opening.slot().start;
    let staff = |opening: &Opening| {
        wanted::people(line, known.candidates.iter().map(|it| &it.staff), &opening.segments)
    };
    let with = |when: String, opening: &Opening| {
        if by_name {
            speech.0.get("say-with").arg("when", when).arg("staff", staff(opening)).to_string()
        } else {
            when
        }
    };
    let days: Vec<_> = held.iter().map(|(_, opening)| speech.0.day_of(&start(opening))).collect();
    let said = why.as_ref().and_then(|(_, day)| *day);
    let offer = match held {
        [] => {
            let last = known.range.end.saturating_sub(SignedDuration::from_nanos(1));
            let last = speech.0.day_of(&last.unwrap_or(known.range.end));
            let from = speech.on(speech.0.day_of(&known.range.start));
            speech.0.get("say-offer-none").arg("from", from).arg("to", speech.on(last)).to_string()
        }
        [(_, only)] => {
            let when = speech.when(start(only));
            speech.0.get("say-offer-one").arg("when", when).arg("staff", staff(only)).to_string()
        }
        _ if days.iter().all(|day| *day == days[0]) => {
            let times = held.iter().map(|(_, opening)| with(speech.time(start(opening)), opening));
            let times = speech.choice(&times.collect::<Vec<_>>());
            if said == Some(days[0]) {
                speech.0.get("say-offer-same-day").arg("times", times).to_string()
            } else {
                speech.0.get("say-offer-day").arg("day", speech.on(days[0])).arg("times", times).to_string()
            }
        }
        _ => {
            let times = held.iter().map(|(_, opening)| with(speech.when(start(opening)), opening));
            let times = speech.choice(&times.collect::<Vec<_>>());
            speech.0.get("say-offer").arg("times", times).to_string()
        }
    };
    let slots = held.iter().map(|(name, opening)| {
        json!({ "slot_id": name, "spoken": speech.when(start(opening)), "staff": staff(opening) })
    });
    let slots: Vec<_> = slots.collect();
    let say = why.map_or(offer.clone(), |(why, _)| format!("{why} {offer}"));
    Answer::new(status, &say).with(under, slots).with("calcom", known.calcom.as_str())
}

/// Not then: two other times, as near as they can be; where somebody is wanted, one of them is with somebody else at the
/// very time, if that can be had.
pub async fn instead(line: &Line<'_>, wanted: &Wanted, why: Why) -> Result<Outcome, Problem> {
    const OFFERED: usize = 2;
    let clock = when::zone(line).to_datetime(wanted.start);
    let meaning =
        Meaning { days: Days::OneOf(vec![clock.date()]), times: Times::At(clock.time()), notes: Vec::new() };
    let person = wanted.staff.filter(|_| why != Why::Nobody);
    let refused = (why == Why::Refused).then_some(wanted.start);
    let choose = |known: &Availability| {
        let of = |person, count| others(line, (known, person), &meaning, (refused, count));
        let Some(person) = person else { return of(None, OFFERED) };
        let then = known.openings_with(None, Slot::of(wanted.start, 1));
        let mut chosen: Vec<_> = then.filter(|it| Some(it.slot().start) != refused).take(1).collect();
        chosen.extend(of(Some(person), OFFERED - chosen.len()));
        if chosen.is_empty() { of(None, OFFERED) } else { chosen }
    };
    let who = (wanted.who(None), person);
    let (known, mut held) = find(line, who, wanted.leaving, (&meaning.days, Reach::Around), choose).await?;
    held.sort_by_key(|(_, opening)| opening.slot().start);
    let is_nobody = why == Why::Nobody && !known.candidates.iter().any(|it| it.staff.active);
    let Some((why, meant)) = in_words(line, wanted, why, &known).await?.filter(|_| !is_nobody) else {
        return Ok(wish::nobody(line, &wanted.service));
    };
    let serves = |opening: &Opening| opening.segments.iter().any(|it| Some(it.staff_id) == meant);
    let by_name = meant.is_some() && !held.iter().all(|(_, opening)| serves(opening));
    let why = Some((why, Some(clock.date())));
    let told = Told { status: Status::Conflict, why, under: "alternatives", held: &held, by_name };
    Ok(tell(line, &known, told).into())
}

/// Why a time cannot be had, said of whoever is meant where others might; `None` if nobody in particular does not do it.
async fn in_words(
    line: &Line<'_>,
    wanted: &Wanted,
    why: Why,
    known: &Availability,
) -> Result<Option<(String, Option<StaffId>)>, Problem> {
    let (slot, settled) = match hindered(wanted, known) {
        Some(segment) => (segment.slot, Some(segment.staff_id)),
        None => (Slot::of(wanted.start, 1), None),
    };
    let several = known.candidates.len() > 1 || why == Why::Nobody;
    let meant = settled.or(wanted.staff).filter(|_| several);
    let key = match (why, meant) {
        (Why::Taken, Some(_)) => "say-taken-with",
        (Why::Taken, None) | (Why::Refused, _) => "say-taken",
        (Why::NotWorking, Some(_)) if known.candidates.iter().any(|it| it.is_at_work(&slot)) => "say-away",
        (Why::NotWorking, _) => "say-closed",
        (Why::Nobody, Some(_)) => "say-gone",
        (Why::Nobody, None) => return Ok(None),
        (Why::Terms, _) => "say-terms",
    };
    let say = line.speech.0.get(key).arg("when", line.speech.when(wanted.start));
    let say = say.arg("service", &wanted.service.name);
    let say = match meant {
        Some(staff) => {
            let person = line.state.engine.store.staff_member(line.company.id, staff).await;
            say.arg("staff", person.map_err(|error| Problem::internal(&error))?.name)
        }
        None => say,
    };
    Ok(Some((say.to_string(), meant)))
}

/// The first stretch of work that whoever is settled for it cannot do.
fn hindered<'a>(wanted: &'a Wanted, known: &Availability) -> Option<&'a Segment> {
    let is_free = |number: usize, segment: &Segment| {
        let person = known.candidates.iter().find(|it| it.staff.id == segment.staff_id);
        person.is_some_and(|it| it.check(&known.service, number, &segment.slot).is_ok())
    };
    let mut settled = wanted.exactly.iter().enumerate();
    settled.find(|(number, segment)| !is_free(*number, segment)).map(|(_, segment)| segment)
}
