//! The quarters of an hour of a day to choose from: from the first opening to the last closing of whoever
//! could serve, free ones and others.

use domain::{
    AppointmentId, CompanyId, Slot,
    availability::{Candidate, widened},
};
use engine::appointments::{Look, Who};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    failure::Failure,
    moment::{midnight, on_clock},
};
use crate::{pages::TimeChoice, state::AppState};

/// What is known of `day`, wherever on earth it is that day.
pub async fn known(
    state: &AppState,
    company: CompanyId,
    who: Who,
    leaving: Option<AppointmentId>,
    day: Date,
) -> Result<Vec<Candidate>, Failure> {
    let range = widened(&Slot::of(midnight(day, &TimeZone::UTC), 24 * 60), 14 * 60, 12 * 60);
    let look = Look { who, range, leaving, holder: None };
    Ok(state.engine.availability(company, &look).await?.candidates)
}

/// The quarters of `day`; none if nobody works. `slots` are the stretches of work of a visit that begins at a
/// start, and `serves` says whether somebody can do them.
pub fn of_day(
    candidates: &[Candidate],
    slots: impl Fn(Timestamp) -> Vec<Slot>,
    serves: impl Fn(&[Slot]) -> bool,
    day: Date,
    (zone, now): (&TimeZone, Timestamp),
    selected: &str,
) -> Vec<TimeChoice> {
    let at_work = || {
        let active = candidates.iter().filter(|candidate| candidate.staff.active);
        active.flat_map(|candidate| candidate.staff.hours.day(day.weekday()))
    };
    let Some((from, to)) = at_work().map(|open| open.from).min().zip(at_work().map(|open| open.to).max())
    else {
        return Vec::new();
    };
    let ends = |start: Timestamp| slots(start).iter().map(|slot| slot.end).max().unwrap_or(start);
    let length = ends(now).duration_since(now);
    day.to_datetime(jiff::civil::Time::midnight())
        .series(jiff::Span::new().minutes(15))
        .take(96)
        .map(jiff::civil::DateTime::time)
        .filter(|quarter| *quarter >= from && quarter.duration_until(to) >= length)
        .filter_map(|quarter| Some((quarter, on_clock(day, quarter, zone).ok()?)))
        .map(|(quarter, start)| {
            let time = quarter.strftime("%H:%M").to_string();
            let free = start > now && serves(&slots(start));
            TimeChoice { selected: time == selected, free, time }
        })
        .collect()
}
