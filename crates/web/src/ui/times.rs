//! The quarters of an hour of a day to choose from: from the first opening to the last closing of whoever
//! could serve, free ones and others.

use domain::{CompanyId, Slot, availability::Candidate, company::Branch, people::Staff};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{
    moment::{midnight, on_clock},
    reader::zone,
};
use crate::{pages::TimeChoice, state::AppState};

const HALF_DAY: SignedDuration = SignedDuration::from_hours(12);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// These people with what is booked on `day`, wherever on earth it is that day.
pub async fn candidates(
    state: &AppState,
    company: CompanyId,
    staff: Vec<Staff>,
    branches: &[Branch],
    day: Date,
) -> Result<Vec<Candidate>, store::Error> {
    let noon = midnight(day, &TimeZone::UTC).saturating_add(HALF_DAY).unwrap_or(Timestamp::MAX);
    let range = Slot {
        start: noon.saturating_sub(DAY).unwrap_or(noon),
        end: noon.saturating_add(DAY + HALF_DAY).unwrap_or(noon),
    };
    let ids: Vec<_> = staff.iter().map(|person| person.id).collect();
    let mut busy = state.engine.store.busy(company, &ids, range).await?;
    let candidate = |staff: Staff| {
        let branch = branches.iter().find(|branch| branch.id == staff.branch_id)?;
        let busy = busy.remove(&staff.id).unwrap_or_default();
        Some(Candidate { staff, zone: zone(&branch.time_zone), busy })
    };
    Ok(staff.into_iter().filter_map(candidate).collect())
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
