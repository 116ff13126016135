//! `GET` and `POST /appointments/{id}/reschedule`: the free times of the same person on another day or the
//! same.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{Slot, appointment::Refusal};
use engine::appointments::{Change, ChangeError, Edit, Who};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    cancel::LONGEST_REASON,
    failure::Failure,
    flash::Flash,
    moment,
    subject::{Changing, changing},
    times,
    visit::{Posted, Visit, done, page, refused},
};
use crate::{
    components::{Field, FieldError},
    pages::Reschedule,
    state::AppState,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    version: Option<i64>,
    intent: String,
    date: String,
    time: String,
    reason: String,
}

/// What is wrong with the form.
#[derive(Default)]
struct Wrong {
    date: Option<FieldError>,
    time: Option<FieldError>,
    reason: Option<FieldError>,
    /// What belongs to no field; a message key.
    refused: Option<&'static str>,
}

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut visit: Visit,
) -> Result<Response, Failure> {
    let about = changing(&state, &mut visit, &id).await?;
    let start = about.subject.slot.start;
    let form =
        Form { date: visit.t.day_of(&start).to_string(), time: visit.t.time(&start), ..Form::default() };
    page(&fill(&state, visit, about, form, Wrong::default()).await?)
}

pub async fn submit(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { mut visit, form }: Posted<Form>,
) -> Result<Response, Failure> {
    let about = changing(&state, &mut visit, &id).await?;
    if form.intent == "times" {
        return page(&fill(&state, visit, about, form, Wrong::default()).await?);
    }
    let wrong = match moment::day(&form.date) {
        Err(error) => Wrong { date: Some(error), ..Wrong::default() },
        Ok(_) if form.reason.chars().count() > LONGEST_REASON as usize => {
            Wrong { reason: Some(FieldError::TooLong { max: LONGEST_REASON }), ..Wrong::default() }
        }
        Ok(day) => match moment::start(day, &form.time, &visit.t.zone, visit.t.now) {
            Err(error) => Wrong { time: Some(error), ..Wrong::default() },
            Ok(start) => {
                let reason = Some(form.reason.trim()).filter(|reason| !reason.is_empty()).map(str::to_owned);
                let change = Change { version: form.version, ..visit.change() };
                match state.engine.edit(visit.company(), about.id, Edit::to(start, reason), change).await {
                    Ok(_) => return Ok(done(&state, &about.subject.href, Flash::Rescheduled)),
                    Err(error) => why(error)?,
                }
            }
        },
    };
    refused(&fill(&state, visit, about, form, wrong).await?)
}

fn why(error: ChangeError) -> Result<Wrong, Failure> {
    let time = |error| Wrong { time: Some(error), ..Wrong::default() };
    Ok(match error {
        ChangeError::NotWorking => time(FieldError::Closed),
        ChangeError::SlotTaken => time(FieldError::Taken),
        ChangeError::Refused(Refusal::InThePast) => time(FieldError::Past),
        ChangeError::Refused(Refusal::TooFarAhead) => time(FieldError::TooFar),
        ChangeError::Stale(_) => Wrong { refused: Some("refused-stale"), ..Wrong::default() },
        error => return Err(error.into()),
    })
}

async fn fill(
    state: &AppState,
    visit: Visit,
    about: Changing,
    form: Form,
    wrong: Wrong,
) -> Result<Reschedule, Failure> {
    let Changing { subject, segments, service, id } = about;
    let company = visit.company();
    let Visit { t, frame, .. } = visit;
    let mut times = Vec::new();
    if let Ok(day) = moment::day(&form.date) {
        let who = Who { service: service.id, staff: None, branch: None };
        // Its own times are free for it.
        let mut candidates = times::known(state, company, who, Some(id), day).await?;
        candidates.retain(|candidate| segments.iter().any(|segment| segment.staff_id == candidate.staff.id));
        let slots = |start: Timestamp| -> Vec<Slot> {
            let by = start.duration_since(subject.slot.start);
            segments.iter().map(|segment| segment.slot.shifted(by)).collect()
        };
        let serves = |slots: &[Slot]| {
            slots.iter().zip(&segments).enumerate().all(|(number, (slot, segment))| {
                let mut candidates = candidates.iter();
                let person = candidates.find(|candidate| candidate.staff.id == segment.staff_id);
                person.is_some_and(|person| person.check(&service, number, slot).is_ok())
            })
        };
        times = times::of_day(&candidates, slots, serves, day, (&t.zone, t.now), &form.time);
    }
    let closed = (times.is_empty() && wrong.date.is_none()).then_some(FieldError::ClosedDay);
    Ok(Reschedule {
        subject,
        refused: wrong.refused.map(|key| t.get(key).to_string()),
        first_day: t.day_of(&t.now).to_string(),
        date: Field { value: form.date, error: wrong.date },
        times,
        time: Field { value: form.time, error: wrong.time.or(closed) },
        reason: Field { value: form.reason, error: wrong.reason },
        t,
        frame,
    })
}
