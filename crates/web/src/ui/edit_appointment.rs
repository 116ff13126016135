//! `GET` and `POST /appointments/{id}/edit`: service, staff, time, customer and notes in one form. Whatever is
//! refused comes back as it was typed, with the reason beside it. Only what differs from the appointment is
//! changed.

mod meanwhile;

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    Email, Phone, Slot,
    appointment::Refusal,
    availability::Candidate,
    people::{CustomerDetails, Staff},
    plan::Attendee,
    service::Service,
};
use engine::appointments::{Change, ChangeError, Edit, Who};
use jiff::Timestamp;
use store::AppointmentView;

use self::meanwhile::{Facts, catch_up};
use super::{
    appointment::find,
    cancel::LONGEST_REASON,
    failure::Failure,
    flash::Flash,
    moment,
    new_appointment::{LONGEST_NAME, LONGEST_NOTES},
    row::href,
    subject::subject,
    times,
    visit::{Posted, Visit, done, page, refused},
};
use crate::{
    components::{Choice, Field, FieldError},
    i18n::Translator,
    pages::{EditAppointment, Meanwhile, StaffChoice},
    state::AppState,
};

/// The form as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The version that the person has seen.
    version: Option<i64>,
    intent: String,
    typed: Facts,
    /// What the form was filled with.
    was: Option<Facts>,
    reason: String,
}

/// What is wrong with it, by the name of the field.
#[derive(Default)]
struct Wrong {
    fields: Vec<(String, FieldError)>,
    /// What belongs to no field; a message key.
    refused: Option<&'static str>,
    /// What somebody else has changed since the form was filled.
    meanwhile: Vec<Meanwhile>,
}

impl Wrong {
    fn at(field: &str, error: FieldError) -> Self {
        Self { fields: vec![(field.to_owned(), error)], ..Self::default() }
    }
}

impl Form {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "version" => form.version = value.parse().ok(),
                "intent" => form.intent = value,
                "reason" => form.reason = value,
                name if Facts::take_was(&mut form.was, name, &value) => {}
                name => {
                    form.typed.take(name, &value);
                }
            }
        }
        form
    }

    /// The appointment as it is.
    fn from(view: &AppointmentView, t: &Translator) -> Self {
        let facts = Facts::of(view, t);
        Self {
            version: Some(view.appointment.version),
            was: Some(facts.clone()),
            typed: facts,
            ..Self::default()
        }
    }

    /// Whether it tells of an appointment that has changed since. Customers change with other appointments too.
    fn is_stale(&self, view: &AppointmentView, t: &Translator) -> bool {
        self.version != Some(view.appointment.version)
            || self.was.as_ref().is_some_and(|was| *was != Facts::of(view, t))
    }
}

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut visit: Visit,
) -> Result<Response, Failure> {
    let view = find(&state, visit.company(), &id).await?;
    visit.at(&view.branch);
    let form = Form::from(&view, &visit.t);
    page(&fill(&state, visit, view, form, Wrong::default()).await?)
}

pub async fn submit(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { mut visit, form }: Posted<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let mut form = Form::of(form);
    let view = find(&state, visit.company(), &id).await?;
    visit.at(&view.branch);
    if form.intent == "times" {
        return page(&fill(&state, visit, view, form, Wrong::default()).await?);
    }
    let wrong = if form.is_stale(&view, &visit.t) {
        None
    } else {
        match read(&state, &visit, &view, &form).await? {
            Err(wrong) => Some(wrong),
            Ok(edit) => {
                let change = Change { version: form.version, ..visit.change() };
                match state.engine.edit(visit.company(), view.appointment.id, edit, change).await {
                    Ok(_) => return Ok(done(&state, &href(&view.appointment), Flash::Saved)),
                    Err(ChangeError::Stale(_)) => None,
                    Err(error) => Some(why(error)?),
                }
            }
        }
    };
    let view = find(&state, visit.company(), &id).await?;
    let wrong = match wrong {
        Some(wrong) => wrong,
        None => overtaken(&state, &visit, &view, &mut form).await?,
    };
    refused(&fill(&state, visit, view, form, wrong).await?)
}

/// Somebody else was faster: what they changed is shown beside what was typed, and the form is of the new version.
async fn overtaken(
    state: &AppState,
    visit: &Visit,
    view: &AppointmentView,
    form: &mut Form,
) -> Result<Wrong, Failure> {
    let choices = choices(state, visit, view, form).await?;
    let now = Facts::of(view, &visit.t);
    if !is_movable(view, visit.t.now) {
        // It is shown without these, and they are not asked for any more.
        let Facts { service, staff, date, time, .. } = now.clone();
        form.typed = Facts { service, staff, date, time, ..form.typed.clone() };
    }
    let (meanwhile, fields) = catch_up(&mut form.typed, form.was.as_ref(), &now, (&visit.t, &choices));
    form.version = Some(view.appointment.version);
    form.was = Some(now);
    Ok(Wrong { fields, refused: Some("refused-stale"), meanwhile })
}

fn why(error: ChangeError) -> Result<Wrong, Failure> {
    Ok(match error {
        ChangeError::Service | ChangeError::NotOnline => Wrong::at("service", FieldError::Unknown),
        ChangeError::Staff => Wrong::at("staff", FieldError::NotOffering),
        ChangeError::NotWorking => Wrong::at("time", FieldError::Closed),
        ChangeError::SlotTaken => Wrong::at("time", FieldError::Taken),
        ChangeError::Refused(Refusal::InThePast) => Wrong::at("time", FieldError::Past),
        ChangeError::Refused(Refusal::TooFarAhead) => Wrong::at("time", FieldError::TooFar),
        ChangeError::Refused(_) => Wrong { refused: Some("refused-not-now"), ..Wrong::default() },
        error => return Err(error.into()),
    })
}

/// Whether time, staff and service can still be changed: it takes place and has not begun.
fn is_movable(view: &AppointmentView, now: Timestamp) -> bool {
    view.appointment.status.is_active() && view.appointment.slot.start > now
}

/// The edit that the form tells, or everything that is wrong with it.
async fn read(
    state: &AppState,
    visit: &Visit,
    view: &AppointmentView,
    form: &Form,
) -> Result<Result<Edit, Wrong>, Failure> {
    let mut wrong = Wrong::default();
    let mut edit = Edit::default();
    if is_movable(view, visit.t.now) {
        read_visit(state, visit, view, form, (&mut edit, &mut wrong)).await?;
    }
    let customer = read_customer(view, form, &mut wrong);
    let before = &view.customer;
    let changed = |details: &CustomerDetails| {
        details.name != before.name || details.email != before.email || details.phone != before.phone
    };
    edit.customer = customer.filter(changed);
    let notes = Some(form.typed.notes.trim()).filter(|notes| !notes.is_empty()).map(str::to_owned);
    if form.typed.notes.trim().chars().count() > LONGEST_NOTES as usize {
        wrong.fields.push(("notes".into(), FieldError::TooLong { max: LONGEST_NOTES }));
    }
    edit.notes = (notes != view.appointment.notes).then_some(notes);
    if form.reason.chars().count() > LONGEST_REASON as usize {
        wrong.fields.push(("reason".into(), FieldError::TooLong { max: LONGEST_REASON }));
    }
    edit.reason = Some(form.reason.trim()).filter(|reason| !reason.is_empty()).map(str::to_owned);
    Ok(if wrong.fields.is_empty() { Ok(edit) } else { Err(wrong) })
}

/// Service, staff and time.
async fn read_visit(
    state: &AppState,
    visit: &Visit,
    view: &AppointmentView,
    form: &Form,
    (edit, wrong): (&mut Edit, &mut Wrong),
) -> Result<(), Failure> {
    let appointment = &view.appointment;
    let Choices { service, able, .. } = choices(state, visit, view, form).await?;
    let Some(service) = service else {
        wrong.fields.push(("service".into(), FieldError::Unknown));
        return Ok(());
    };
    edit.service_id = (service.id != appointment.service_id).then_some(service.id);
    let segments = if edit.service_id.is_some() {
        service.slots(appointment.slot.start).len()
    } else {
        appointment.segments.len()
    };
    for number in 0..segments {
        let chosen = form.typed.staff.get(number).map_or("", String::as_str);
        let before = appointment.segments.get(number).map(|segment| segment.staff_id);
        let staff = able.iter().map(|staff| staff.id).find(|id| id.to_string() == chosen);
        match staff {
            Some(staff) if before != Some(staff) || edit.service_id.is_some() => {
                edit.staff.push((u16::try_from(number).unwrap_or(u16::MAX), staff));
            }
            Some(_) => {}
            // Whoever serves now may do so even if the service was taken from this person since.
            None if edit.service_id.is_none() && before.is_some_and(|id| id.to_string() == chosen) => {}
            None => {
                let error = if chosen.is_empty() { FieldError::Required } else { FieldError::NotOffering };
                wrong.fields.push((staff_field(number), error));
            }
        }
    }
    let start = appointment.slot.start;
    let kept =
        form.typed.date == visit.t.day_of(&start).to_string() && form.typed.time == visit.t.time(&start);
    match moment::day(&form.typed.date) {
        _ if kept => {}
        Err(error) => wrong.fields.push(("date".into(), error)),
        Ok(day) => match moment::start(day, &form.typed.time, &visit.t.zone, visit.t.now) {
            Err(error) => wrong.fields.push(("time".into(), error)),
            Ok(start) => edit.start = Some(start),
        },
    }
    Ok(())
}

fn read_customer(view: &AppointmentView, form: &Form, wrong: &mut Wrong) -> Option<CustomerDetails> {
    let mut fault = |field: &str, error| wrong.fields.push((field.to_owned(), error));
    let name = form.typed.name.trim();
    match name.chars().count() {
        0 => fault("name", FieldError::Required),
        n if n > LONGEST_NAME as usize => fault("name", FieldError::TooLong { max: LONGEST_NAME }),
        _ => {}
    }
    let phone = Some(form.typed.phone.trim()).filter(|text| !text.is_empty()).map(Phone::parse);
    let email = Some(form.typed.email.trim()).filter(|text| !text.is_empty()).map(str::parse::<Email>);
    if matches!(phone, Some(Err(_))) {
        fault("phone", FieldError::Phone);
    }
    if matches!(email, Some(Err(_))) {
        fault("email", FieldError::Email);
    }
    Some(CustomerDetails {
        name: name.to_owned(),
        phone: phone.transpose().ok()?,
        email: email.transpose().ok()?,
        locale: view.customer.locale,
    })
}

/// The name of the select of a segment's staff, as its errors are told.
fn staff_field(number: usize) -> String {
    if number == 0 { "staff".into() } else { format!("staff-{number}") }
}

/// What there is to choose from.
struct Choices {
    services: Vec<Service>,
    service: Option<Service>,
    /// Who does it.
    able: Vec<Staff>,
    /// Who serves, but no longer does this service; they keep what they have.
    former: Vec<Staff>,
    everybody: Vec<Staff>,
}

async fn choices(
    state: &AppState,
    visit: &Visit,
    view: &AppointmentView,
    form: &Form,
) -> Result<Choices, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let mut services = store.services(company).await?;
    services.retain(|service| service.active || service.id == view.appointment.service_id);
    let service = services.iter().find(|service| service.id.to_string() == form.typed.service).cloned();
    let mut able = match &service {
        Some(service) => store.staff_for_service(company, service.id).await?,
        None => Vec::new(),
    };
    let serves = |id| view.appointment.segments.iter().any(|segment| segment.staff_id == id);
    able.retain(|staff| staff.active || serves(staff.id));
    let everybody = store.staff(company).await?;
    let mut former = Vec::new();
    if service.as_ref().is_some_and(|service| service.id == view.appointment.service_id) {
        former.clone_from(&everybody);
        former.retain(|staff| serves(staff.id) && able.iter().all(|one| one.id != staff.id));
    }
    Ok(Choices { services, service, able, former, everybody })
}

async fn fill(
    state: &AppState,
    visit: Visit,
    view: AppointmentView,
    form: Form,
    wrong: Wrong,
) -> Result<EditAppointment, Failure> {
    let movable = is_movable(&view, visit.t.now);
    let case = state.engine.store.case(visit.company(), view.appointment.id).await?;
    let chosen = choices(state, &visit, &view, &form).await?;
    let times = if movable { free_times(state, &visit, &view, &form, &chosen).await? } else { Vec::new() };
    let error = |name: &str| wrong.fields.iter().find(|(field, _)| field == name).map(|(_, e)| e.clone());
    let field = |name: &str, value: &str| Field { value: value.to_owned(), error: error(name) };
    let closed = (movable && times.is_empty() && wrong.fields.is_empty()).then_some(FieldError::ClosedDay);
    let mut time = field("time", &form.typed.time);
    time.error = time.error.or(closed);
    let segments = match &chosen.service {
        Some(service) if service.id != view.appointment.service_id => service.slots(visit.t.now).len(),
        _ => view.appointment.segments.len(),
    };
    let staff_of = |number: usize| {
        let selected = form.typed.staff.get(number).map_or("", String::as_str);
        let work = chosen.service.as_ref().and_then(|service| service.segments.get(number));
        let choice = |staff: &Staff| {
            let id = staff.id.to_string();
            let selected = id == selected;
            Choice::new(id, staff.name.clone()).selected(selected)
        };
        let t = &visit.t;
        let serves = |staff: &&Staff| {
            view.appointment.segments.get(number).is_some_and(|segment| segment.staff_id == staff.id)
        };
        let may = |staff: &&Staff| {
            serves(staff) || chosen.service.as_ref().is_none_or(|service| service.may_do(number, staff.id))
        };
        let former = chosen.former.iter().filter(serves).map(|staff| {
            let id = staff.id.to_string();
            let label = t.get("edit-no-longer").arg("staff", &staff.name).to_string();
            let selected = id == selected;
            Choice::new(id, label).selected(selected)
        });
        StaffChoice {
            id: staff_field(number),
            work: work.filter(|_| segments > 1).map(|work| work.name.clone()),
            choices: chosen.able.iter().filter(may).map(choice).chain(former).collect(),
            field: field(&staff_field(number), selected),
        }
    };
    let staff = (0..segments).map(staff_of).collect();
    let Visit { t, frame, .. } = visit;
    Ok(EditAppointment {
        staff,
        services: chosen
            .services
            .iter()
            .map(|service| {
                let label = format!("{} ({})", service.name, t.minutes(&service.duration_minutes));
                let id = service.id.to_string();
                let selected = id == form.typed.service;
                Choice::new(id, label).selected(selected)
            })
            .collect(),
        service: field("service", &form.typed.service),
        version: form.version.unwrap_or(view.appointment.version),
        was: form.was.as_ref().map(Facts::hidden).unwrap_or_default(),
        meanwhile: wrong.meanwhile,
        refused: wrong.refused.map(|key| t.get(key).to_string()),
        movable,
        replaces: case.policy.attendee == Attendee::Replace,
        first_day: t.day_of(&t.now).to_string(),
        date: field("date", &form.typed.date),
        times,
        time,
        name: field("name", &form.typed.name),
        phone: field("phone", &form.typed.phone),
        email: field("email", &form.typed.email),
        notes: field("notes", &form.typed.notes),
        reason: field("reason", &form.reason),
        subject: subject(view),
        t,
        frame,
    })
}

/// The quarters of an hour at which the chosen people could do the chosen service on the chosen day; the time
/// that it has is one of them.
async fn free_times(
    state: &AppState,
    visit: &Visit,
    view: &AppointmentView,
    form: &Form,
    chosen: &Choices,
) -> Result<Vec<crate::pages::TimeChoice>, Failure> {
    let (t, appointment) = (&visit.t, &view.appointment);
    let (Ok(day), Some(service)) = (moment::day(&form.typed.date), &chosen.service) else {
        return Ok(Vec::new());
    };
    let by_segment: Option<Vec<&Staff>> = form
        .typed
        .staff
        .iter()
        .map(|id| chosen.able.iter().find(|staff| staff.id.to_string() == *id))
        .collect();
    // Whoever no longer does it is not free for it at any other time.
    let people = by_segment.unwrap_or_default();
    let who = Who { service: service.id, staff: None, branch: None };
    // Its own times are free for it.
    let mut candidates = times::known(state, visit.company(), who, Some(appointment.id), day).await?;
    candidates.retain(|candidate| people.iter().any(|staff| staff.id == candidate.staff.id));
    let same = service.id == appointment.service_id;
    let slots = |start: Timestamp| -> Vec<Slot> {
        if !same {
            return service.slots(start);
        }
        let by = start.duration_since(appointment.slot.start);
        appointment.segments.iter().map(|segment| segment.slot.shifted(by)).collect()
    };
    let serves = |slots: &[Slot]| {
        let of = |number: usize| people.get(number).or(people.last());
        slots.iter().enumerate().all(|(number, slot)| {
            let candidate = of(number).and_then(|staff| {
                candidates.iter().find(|candidate: &&Candidate| candidate.staff.id == staff.id)
            });
            candidate.is_some_and(|candidate| candidate.check(service, number, slot).is_ok())
        })
    };
    let mut times = times::of_day(&candidates, slots, serves, day, (&t.zone, t.now), &form.typed.time);
    let start = appointment.slot.start;
    if t.day_of(&start) == day && !times.iter().any(|choice| choice.time == t.time(&start)) {
        let time = t.time(&start);
        times.push(crate::pages::TimeChoice { free: true, selected: form.typed.time == time, time });
        times.sort_by(|a, b| a.time.cmp(&b.time));
    }
    Ok(times)
}
