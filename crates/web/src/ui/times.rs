//! The quarters of an hour of a day to choose from: from the first opening to the last closing of whoever
//! could serve, free ones and others.

use domain::{
    CompanyId, Slot,
    availability::{Candidate, best_free},
    people::Staff,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::moment::{midnight, on_clock};
use crate::{pages::TimeChoice, state::AppState};

/// These people with what is booked on `day`, in the clock of `zone`.
pub async fn candidates(
    state: &AppState,
    company: CompanyId,
    staff: Vec<Staff>,
    day: Date,
    zone: &TimeZone,
) -> Result<Vec<Candidate>, store::Error> {
    let start = midnight(day, zone);
    let range = Slot { start, end: start.saturating_add(SignedDuration::from_hours(25)).unwrap_or(start) };
    let ids: Vec<_> = staff.iter().map(|person| person.id).collect();
    let mut busy = state.engine.store.busy(company, &ids, range).await?;
    let candidate = |staff: Staff| {
        let busy = busy.remove(&staff.id).unwrap_or_default();
        Candidate { staff, zone: zone.clone(), busy }
    };
    Ok(staff.into_iter().map(candidate).collect())
}

/// The quarters of `day`; none if nobody works.
pub fn of_day(
    candidates: &[Candidate],
    minutes: u32,
    day: Date,
    zone: &TimeZone,
    now: Timestamp,
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
    let length = SignedDuration::from_mins(i64::from(minutes));
    day.to_datetime(jiff::civil::Time::midnight())
        .series(jiff::Span::new().minutes(15))
        .take(96)
        .map(jiff::civil::DateTime::time)
        .filter(|quarter| *quarter >= from && quarter.duration_until(to) >= length)
        .filter_map(|quarter| Some((quarter, on_clock(day, quarter, zone).ok()?)))
        .map(|(quarter, start)| {
            let time = quarter.strftime("%H:%M").to_string();
            let free = start > now && best_free(candidates, &Slot::of(start, minutes)).is_some();
            TimeChoice { selected: time == selected, free, time }
        })
        .collect()
}
