//! `GET /team`; `GET` and `POST /branches/{id}` and `/staff/{id}`; `POST /staff/{id}/absences`, and
//! `POST /staff/{id}/absences/{absence}`, which takes one back. For managers. What is booked stays as it is, and is shown.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::company::Branch;
use domain::holidays::Land;
use domain::people::Staff;
use domain::{AbsenceId, BranchId, CompanyId, Slot, StaffId};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use store::Absence;

use super::failure::Failure;
use super::flash::Flash;
use super::moment::{day, midnight, on_clock};
use super::visit::{Manager, Posted, Visit, done, page, refused};
use crate::components::{Field, FieldError};
use crate::i18n::Translator;
use crate::pages::{AbsenceRow, BranchHours, NewAbsence, StaffHours, Team, TeamBranch, TeamMember, WeekForm};
use crate::state::AppState;

/// Public holidays that are shown to check the state by.
const SHOWN: usize = 5;

pub async fn show(State(state): State<AppState>, visit: Visit<Manager>) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let Visit { t, frame, .. } = visit;
    let people = store.staff(company).await?;
    let mut branches = Vec::new();
    for branch in store.branches(company).await? {
        let here: Vec<_> = people.iter().filter(|person| person.branch_id == branch.id).collect();
        let mut rows = Vec::new();
        for person in here {
            let mut away = absences(&state, company, person, &on_the_clock_of(&t, &branch), 1).await?;
            rows.push(TeamMember {
                id: person.id.to_string(),
                name: person.name.clone(),
                active: person.active,
                hours: person.hours.clone(),
                away: away.pop(),
            });
        }
        branches.push(TeamBranch {
            id: branch.id.to_string(),
            name: branch.name,
            address: branch.address,
            hours: branch.hours,
            land: branch.land,
            people: rows,
        });
    }
    page(&Team { t, frame, branches })
}

/// The lines of a week by the names of their fields, and what else stands in the form.
type Fields = HashMap<String, String>;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn week(form: &Fields) -> WeekForm {
    WeekForm(DAYS.map(|day| Field::of(form.get(day).cloned().unwrap_or_default())))
}

pub async fn show_branch(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit<Manager>,
) -> Result<Response, Failure> {
    let branch = branch(&state, visit.company(), &id).await?;
    let land = Field::of(branch.land.map_or("", Land::code));
    page(&fill_branch(visit, &branch, WeekForm::of(&branch.hours), land))
}

pub async fn save_branch(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Fields, Manager>,
) -> Result<Response, Failure> {
    let company = visit.company();
    let branch = branch(&state, company, &id).await?;
    let (mut week, mut land) = (week(&form), Field::of(form.get("land").cloned().unwrap_or_default()));
    let keeps = Land::from_code(&land.value);
    if keeps.is_none() && !land.value.is_empty() {
        land.error = Some(FieldError::Unknown);
    }
    let (Some(hours), None) = (week.read(), &land.error) else {
        return refused(&fill_branch(visit, &branch, week, land));
    };
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    store.set_branch_hours(company, branch.id, hours, keeps, visit.actor(), now).await?;
    state.engine.signals.changed(company, None);
    Ok(done(&state, "/team", Flash::HoursSaved))
}

async fn branch(state: &AppState, company: CompanyId, id: &str) -> Result<Branch, Failure> {
    let id: BranchId = id.parse().map_err(|_| Failure::NotFound)?;
    Ok(state.engine.store.branch(company, id).await?)
}

fn fill_branch(mut visit: Visit<Manager>, branch: &Branch, week: WeekForm, land: Field) -> BranchHours {
    visit.at(branch);
    let Visit { t, frame, .. } = visit;
    let today = t.day_of(&t.now);
    let of_a_year = today.series(1.day()).take(366);
    let holidays = of_a_year.filter(|day| branch.land.is_some_and(|land| land.is_holiday(*day)));
    BranchHours {
        id: branch.id.to_string(),
        name: branch.name.clone(),
        week,
        land,
        holidays: holidays.take(SHOWN).collect(),
        t,
        frame,
    }
}

pub async fn show_staff(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit<Manager>,
) -> Result<Response, Failure> {
    let (person, branch) = person(&state, visit.company(), &id).await?;
    let week = WeekForm::of(&person.hours);
    page(&fill_staff(&state, visit, (&person, &branch), week, NewAbsence::default()).await?)
}

pub async fn save_staff(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Fields, Manager>,
) -> Result<Response, Failure> {
    let company = visit.company();
    let (person, branch) = person(&state, company, &id).await?;
    let mut week = week(&form);
    let Some(hours) = week.read() else {
        return refused(&fill_staff(&state, visit, (&person, &branch), week, NewAbsence::default()).await?);
    };
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    store.set_staff_hours(company, person.id, hours, visit.actor(), now).await?;
    state.engine.signals.changed(company, None);
    Ok(done(&state, &format!("/staff/{}", person.id), Flash::HoursSaved))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AbsenceForm {
    from_day: String,
    from_time: String,
    to_day: String,
    to_time: String,
    reason: String,
}

pub async fn add_absence(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { mut visit, form }: Posted<AbsenceForm, Manager>,
) -> Result<Response, Failure> {
    let company = visit.company();
    let (person, branch) = person(&state, company, &id).await?;
    visit.at(&branch);
    let mut new = NewAbsence {
        from_day: Field::of(form.from_day),
        from_time: Field::of(form.from_time),
        to_day: Field::of(form.to_day),
        to_time: Field::of(form.to_time),
        reason: Field::of(form.reason.trim()),
    };
    let Some((slot, reason)) = read(&mut new, &visit.t) else {
        let week = WeekForm::of(&person.hours);
        return refused(&fill_staff(&state, visit, (&person, &branch), week, new).await?);
    };
    let absence = Absence { id: AbsenceId(state.engine.ambient.id()), staff_id: person.id, slot, reason };
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    store.add_absence(company, absence, visit.actor(), now).await?;
    state.engine.signals.changed(company, None);
    Ok(done(&state, &format!("/staff/{}#absences", person.id), Flash::AbsenceAdded))
}

pub async fn remove_absence(
    State(state): State<AppState>,
    Path((id, absence)): Path<(String, String)>,
    Posted { visit, .. }: Posted<AbsenceForm, Manager>,
) -> Result<Response, Failure> {
    let company = visit.company();
    let (person, _) = person(&state, company, &id).await?;
    let absence: AbsenceId = absence.parse().map_err(|_| Failure::NotFound)?;
    state.engine.store.remove_absence(company, absence, visit.actor(), state.engine.ambient.now()).await?;
    state.engine.signals.changed(company, None);
    Ok(done(&state, &format!("/staff/{}#absences", person.id), Flash::AbsenceRemoved))
}

/// From the beginning of the first day, or a time on it, to the end of the last, or a time on it. What is wrong is noted
/// beside it.
fn read(new: &mut NewAbsence, t: &Translator) -> Option<(Slot, Option<String>)> {
    let clock = |field: &Field| match field.value.trim() {
        "" => Ok(None),
        text => Time::strptime("%H:%M", text).map(Some).map_err(|_| FieldError::Clock),
    };
    let noted = |field: &mut Field, wrong: FieldError| field.error = Some(wrong);
    let first = day(&new.from_day.value).map_err(|wrong| noted(&mut new.from_day, wrong)).ok();
    let last = day(&new.to_day.value).map_err(|wrong| noted(&mut new.to_day, wrong)).ok();
    let from_time = clock(&new.from_time).map_err(|wrong| noted(&mut new.from_time, wrong)).ok();
    let to_time = clock(&new.to_time).map_err(|wrong| noted(&mut new.to_time, wrong)).ok();
    if new.reason.value.chars().count() > Absence::LONGEST_REASON {
        noted(&mut new.reason, FieldError::TooLong { max: 100 });
    }
    let start = first.zip(from_time).and_then(|(day, time)| match time {
        Some(time) => on_clock(day, time, &t.zone).map_err(|wrong| noted(&mut new.from_time, wrong)).ok(),
        None => Some(midnight(day, &t.zone)),
    });
    let end = last.zip(to_time).and_then(|(day, time)| match time {
        Some(time) => on_clock(day, time, &t.zone).map_err(|wrong| noted(&mut new.to_time, wrong)).ok(),
        None => Some(midnight(day.tomorrow().unwrap_or(day), &t.zone)),
    });
    let slot = Slot { start: start?, end: end? };
    if slot.start >= slot.end {
        if first == last {
            noted(&mut new.to_time, FieldError::HoursBackwards);
        } else {
            noted(&mut new.to_day, FieldError::Backwards);
        }
    } else if slot.end <= t.now {
        noted(&mut new.to_day, FieldError::Past);
    }
    let reason = Some(new.reason.value.clone()).filter(|reason| !reason.is_empty());
    (!new.is_wrong()).then_some((slot, reason))
}

async fn person(state: &AppState, company: CompanyId, id: &str) -> Result<(Staff, Branch), Failure> {
    let id: StaffId = id.parse().map_err(|_| Failure::NotFound)?;
    let person = state.engine.store.staff_member(company, id).await?;
    let branch = state.engine.store.branch(company, person.branch_id).await?;
    Ok((person, branch))
}

async fn fill_staff(
    state: &AppState,
    mut visit: Visit<Manager>,
    (person, branch): (&Staff, &Branch),
    week: WeekForm,
    new: NewAbsence,
) -> Result<StaffHours, Failure> {
    visit.at(branch);
    let company = visit.company();
    let Visit { t, frame, .. } = visit;
    Ok(StaffHours {
        id: person.id.to_string(),
        name: person.name.clone(),
        branch: branch.name.clone(),
        week,
        absences: absences(state, company, person, &t, usize::MAX).await?,
        new,
        t,
        frame,
    })
}

/// A reader's language on the clock of a branch.
fn on_the_clock_of(t: &Translator, branch: &Branch) -> Translator {
    Translator::new(t.language, super::reader::zone(&branch.time_zone), t.now)
}

/// At most `most` absences that are not over, with the appointments that are in them.
async fn absences(
    state: &AppState,
    company: CompanyId,
    person: &Staff,
    t: &Translator,
    most: usize,
) -> Result<Vec<AbsenceRow>, Failure> {
    let coming = Slot { start: t.now, end: Timestamp::MAX };
    let mut rows = Vec::new();
    for absence in state.engine.store.absences(company, &[person.id], coming).await?.into_iter().take(most) {
        let Absence { id, slot, reason, .. } = absence;
        let booked = state.engine.booked_within(company, person.id, slot).await?;
        let words = |view: &store::AppointmentView| {
            let (start, service) = (&view.appointment.slot.start, &view.service.name);
            (format!("/appointments/{}", view.appointment.id), format!("{}, {service}", t.date_time(start)))
        };
        rows.push(AbsenceRow {
            id: id.to_string(),
            from: slot.start,
            until: slot.end,
            days: days(slot, t),
            reason,
            booked: booked.iter().map(words).collect(),
        });
    }
    Ok(rows)
}

/// The first and the last day of what begins and ends at midnight.
fn days(slot: Slot, t: &Translator) -> Option<(Date, Date)> {
    let (first, after) = (t.day_of(&slot.start), t.day_of(&slot.end));
    let whole = midnight(first, &t.zone) == slot.start && midnight(after, &t.zone) == slot.end;
    whole.then(|| (first, after.yesterday().unwrap_or(after)))
}
