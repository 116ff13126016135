//! `GET /appointments/new`, the same form with more to choose from (`POST /appointments/new`), and
//! `POST /appointments`, which books. Whatever is refused comes back as it was typed, with the reason beside
//! it.

use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{
    CustomerId, Email, Phone, Slot,
    appointment::Refusal,
    availability::arrange,
    company::Branch,
    people::{CustomerDetails, Staff},
    service::Service,
};
use engine::appointments::{BookError, CustomerWish, Who, Wish};
use jiff::tz::TimeZone;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use store::Dedupe;

use super::{
    failure::Failure,
    flash::Flash,
    moment,
    reader::zone,
    row, times,
    visit::{Posted, Visit, done, page, refused},
};
use crate::{
    components::{Choice, Field, FieldError},
    pages::{CustomerChoice, NewAppointment},
    state::AppState,
};

/// Customers that are offered for a search.
const OFFERED: u64 = 8;
/// Characters of the longest name, and of the longest note.
pub const LONGEST_NAME: u32 = 120;
pub const LONGEST_NOTES: u32 = 2_000;

/// The form as it was sent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    idempotency_key: String,
    branch: String,
    service: String,
    staff: String,
    date: String,
    time: String,
    search: String,
    customer: String,
    name: String,
    phone: String,
    email: String,
    notes: String,
}

/// What an address may fill in: nothing about a person stands in one.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Prefilled {
    branch: String,
    service: String,
    staff: String,
    date: String,
}

/// What is wrong with it, by the name of the field.
#[derive(Default)]
struct Wrong {
    fields: Vec<(&'static str, FieldError)>,
    /// What belongs to no field; a message key.
    refused: Option<&'static str>,
}

/// What there is to choose from.
struct Choices {
    branches: Vec<Branch>,
    services: Vec<Service>,
    /// The branch chosen; `None` is any.
    branch: Option<Branch>,
    service: Option<Service>,
    /// Who serves there: the chosen service, if one is chosen.
    able: Vec<Staff>,
    zone: TimeZone,
}

/// The form; what stands in the address is filled in, so that other pages can lead here with a choice made.
pub async fn show(
    State(state): State<AppState>,
    mut visit: Visit,
    Query(Prefilled { branch, service, staff, date }): Query<Prefilled>,
) -> Result<Response, Failure> {
    visit.frame.path = "/appointments/new".into();
    let form = Form { branch, service, staff, date, ..Form::default() };
    page(&fill(&state, visit, form, Wrong::default()).await?)
}

/// The form again, with the times of the day chosen and the people found.
pub async fn refresh(
    State(state): State<AppState>,
    Posted { mut visit, form }: Posted<Form>,
) -> Result<Response, Failure> {
    visit.frame.path = "/appointments/new".into();
    page(&fill(&state, visit, form, Wrong::default()).await?)
}

pub async fn book(
    State(state): State<AppState>,
    Posted { mut visit, mut form }: Posted<Form>,
) -> Result<Response, Failure> {
    visit.frame.path = "/appointments/new".into();
    let company = visit.company();
    let choices = choices(&state, &visit, &form).await?;
    let wrong = match check(&state, &visit, &form, &choices).await? {
        Err(wrong) => wrong,
        Ok(wish) => {
            let dedupe = Some(dedupe(&visit, &form)).filter(|dedupe| !dedupe.key.is_empty());
            match state.engine.book(company, wish, visit.actor(), dedupe).await {
                Ok(booked) => {
                    return Ok(done(&state, &format!("/appointments/{}", booked.id()), Flash::Booked));
                }
                Err(error) => why(error)?,
            }
        }
    };
    if wrong.refused.is_some() {
        // The key belongs to the appointment that it made.
        form.idempotency_key.clear();
    }
    refused(&fill(&state, visit, form, wrong).await?)
}

/// The field that a refusal is about.
fn why(error: BookError) -> Result<Wrong, Failure> {
    let field = |name, error| Wrong { fields: vec![(name, error)], refused: None };
    Ok(match error {
        BookError::Service | BookError::NotOnline => field("service", FieldError::Unknown),
        BookError::Staff => field("staff", FieldError::Unknown),
        BookError::Refused(Refusal::TooFarAhead) => field("time", FieldError::TooFar),
        BookError::Refused(_) | BookError::Terms => field("time", FieldError::Past),
        BookError::NotWorking => field("time", FieldError::Closed),
        BookError::SlotTaken => field("time", FieldError::Taken),
        BookError::KeyReused => Wrong { fields: Vec::new(), refused: Some("refused-repeated") },
        BookError::Engine(error) => return Err(error.into()),
    })
}

/// Two presses of the button are one appointment; the same form with other facts in it is another one.
fn dedupe(visit: &Visit, form: &Form) -> Dedupe {
    let facts = [
        &form.service,
        &form.staff,
        &form.branch,
        &form.date,
        &form.time,
        &form.customer,
        &form.name,
        &form.phone,
        &form.email,
        &form.notes,
    ];
    let fingerprint =
        facts.iter().fold(Sha256::new(), |hash, fact| hash.chain_update(fact).chain_update("\0"));
    Dedupe {
        scope: format!("form:{}", visit.session.user.id),
        key: form.idempotency_key.clone(),
        fingerprint: hex::encode(fingerprint.finalize()),
    }
}

async fn choices(state: &AppState, visit: &Visit, form: &Form) -> Result<Choices, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let branches = store.branches(company).await?;
    let mut services = store.services(company).await?;
    services.retain(|service| service.active);
    let branch = branches.iter().find(|branch| branch.id.to_string() == form.branch).cloned();
    let service = services.iter().find(|service| service.id.to_string() == form.service).cloned();
    let mut able = match &service {
        Some(service) => store.staff_for_service(company, service.id).await?,
        None => store.staff(company).await?,
    };
    able.retain(|staff| staff.active && branch.as_ref().is_none_or(|branch| staff.branch_id == branch.id));
    // Without a branch times are meant on the clock that all of them share, or else on the company's.
    let mut zones: Vec<_> = branches.iter().map(|branch| branch.time_zone.as_str()).collect();
    zones.dedup();
    let zone = match (&branch, zones.as_slice()) {
        (Some(branch), _) => zone(&branch.time_zone),
        (None, [shared]) => zone(shared),
        (None, _) => visit.t.zone.clone(),
    };
    Ok(Choices { branches, services, branch, service, able, zone })
}

/// The wish that the form tells, or everything that is wrong with it.
async fn check(
    state: &AppState,
    visit: &Visit,
    form: &Form,
    choices: &Choices,
) -> Result<Result<Wish, Wrong>, Failure> {
    let mut wrong = Wrong::default();
    let service = choices.service.as_ref().map(|service| service.id);
    if service.is_none() {
        let error = if form.service.is_empty() { FieldError::Required } else { FieldError::Unknown };
        wrong.fields.push(("service", error));
    }
    let staff_id = choices.able.iter().map(|staff| staff.id).find(|id| id.to_string() == form.staff);
    if staff_id.is_none() && !form.staff.is_empty() {
        wrong.fields.push(("staff", FieldError::Unknown));
    }
    let start = match moment::day(&form.date) {
        Ok(day) => moment::start(day, &form.time, &choices.zone, visit.t.now)
            .map_err(|error| wrong.fields.push(("time", error)))
            .ok(),
        Err(error) => {
            wrong.fields.push(("date", error));
            None
        }
    };
    let customer = if form.customer.is_empty() {
        stranger(visit, form, &mut wrong)
    } else {
        let known = known(state, visit, form).await?;
        if known.is_none() {
            wrong.fields.push(("customer", FieldError::Unknown));
        }
        known.map(|choice| CustomerWish::Known(choice.0))
    };
    let notes = form.notes.trim();
    if notes.chars().count() > LONGEST_NOTES as usize {
        wrong.fields.push(("notes", FieldError::TooLong { max: LONGEST_NOTES }));
    }
    let complete = service.zip(start).zip(customer).filter(|_| wrong.fields.is_empty());
    let Some(((service_id, start), customer)) = complete else { return Ok(Err(wrong)) };
    Ok(Ok(Wish {
        service_id,
        staff_id,
        branch_id: choices.branch.as_ref().map(|branch| branch.id),
        start,
        customer,
        notes: (!notes.is_empty()).then(|| notes.to_owned()),
        exactly: Vec::new(),
        in_terms: false,
        holder: None,
        story: Vec::new(),
    }))
}

/// Somebody new, by name and a way to be reached.
fn stranger(visit: &Visit, form: &Form, wrong: &mut Wrong) -> Option<CustomerWish> {
    let name = form.name.trim();
    match name.chars().count() {
        0 => wrong.fields.push(("name", FieldError::Required)),
        n if n > LONGEST_NAME as usize => {
            wrong.fields.push(("name", FieldError::TooLong { max: LONGEST_NAME }));
        }
        _ => {}
    }
    let phone = Some(form.phone.trim()).filter(|text| !text.is_empty()).map(Phone::parse);
    let email = Some(form.email.trim()).filter(|text| !text.is_empty()).map(str::parse::<Email>);
    if phone.is_none() && email.is_none() {
        wrong.fields.push(("phone", FieldError::PhoneOrEmail));
    }
    if matches!(phone, Some(Err(_))) {
        wrong.fields.push(("phone", FieldError::Phone));
    }
    if matches!(email, Some(Err(_))) {
        wrong.fields.push(("email", FieldError::Email));
    }
    Some(CustomerWish::Details(CustomerDetails {
        name: name.to_owned(),
        phone: phone.transpose().ok()?,
        email: email.transpose().ok()?,
        locale: visit.session.company.locale,
    }))
}

/// The customer that was chosen, unless there is none.
async fn known(
    state: &AppState,
    visit: &Visit,
    form: &Form,
) -> Result<Option<(CustomerId, CustomerChoice)>, Failure> {
    let Ok(id) = form.customer.parse::<CustomerId>() else { return Ok(None) };
    match state.engine.store.customer(visit.company(), id).await {
        Ok(customer) => Ok(Some((id, choice(customer, true)))),
        Err(store::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn choice(customer: domain::people::Customer, selected: bool) -> CustomerChoice {
    let contact = customer.phone.map(String::from).or(customer.email.map(String::from));
    CustomerChoice {
        id: customer.id.to_string(),
        name: customer.name,
        contact: contact.unwrap_or_default(),
        selected,
    }
}

/// The people found, with the one who was chosen before.
async fn people(state: &AppState, visit: &Visit, form: &Form) -> Result<Vec<CustomerChoice>, Failure> {
    let mut people: Vec<_> = known(state, visit, form).await?.into_iter().map(|(_, choice)| choice).collect();
    let sought = row::sought(&form.search);
    if !sought.is_empty() {
        for customer in state.engine.store.customers(visit.company(), &sought, OFFERED).await? {
            if people.iter().all(|other| other.id != customer.id.to_string()) {
                people.push(choice(customer, false));
            }
        }
    }
    Ok(people)
}

async fn fill(
    state: &AppState,
    visit: Visit,
    mut form: Form,
    wrong: Wrong,
) -> Result<NewAppointment, Failure> {
    let Choices { branches, services, branch, service, able, zone } = choices(state, &visit, &form).await?;
    let customers = people(state, &visit, &form).await?;
    if !customers.iter().any(|choice| choice.selected) {
        form.customer.clear();
    }
    let today = visit.t.now.to_zoned(zone.clone()).date();
    if form.date.is_empty() && wrong.fields.is_empty() {
        form.date = today.to_string();
    }
    let wanted = able.iter().find(|staff| staff.id.to_string() == form.staff).map(|staff| staff.id);
    let day = moment::day(&form.date).ok();
    let mut times = Vec::new();
    let mut closed = None;
    if let (Some(service), Some(day)) = (&service, day) {
        let who = Who { service: service.id, staff: wanted, branch: branch.as_ref().map(|branch| branch.id) };
        let candidates = times::known(state, visit.company(), who, None, day).await?;
        let slots = |start| service.slots(start);
        let serves = |slots: &[Slot]| arrange(&candidates, service, slots, wanted).is_some();
        times = times::of_day(&candidates, slots, serves, day, (&zone, visit.t.now), &form.time);
        closed = times.is_empty().then_some(FieldError::ClosedDay);
    }
    let field = |name: &str, value: &str| {
        let error = wrong.fields.iter().find(|(field, _)| *field == name).map(|(_, error)| error.clone());
        Field { value: value.to_owned(), error }
    };
    let mut time = field("time", &form.time);
    time.error = time.error.or(closed);
    let mut t = visit.t;
    t.zone = zone;
    let chosen = branch.map_or(String::new(), |branch| branch.id.to_string());
    let select = |value: String, label: String, chosen: &str| {
        let selected = value == chosen;
        Choice::new(value, label).selected(selected)
    };
    Ok(NewAppointment {
        idempotency_key: match form.idempotency_key.as_str() {
            "" => state.engine.ambient.id().to_string(),
            key => key.chars().take(100).collect(),
        },
        refused: wrong.refused.map(|key| t.get(key).to_string()),
        branches: branches
            .into_iter()
            .map(|branch| select(branch.id.to_string(), branch.name, &chosen))
            .collect(),
        branch: field("branch", &chosen),
        services: services
            .into_iter()
            .map(|service| {
                let label = format!("{} ({})", service.name, t.minutes(&service.duration_minutes));
                select(service.id.to_string(), label, &form.service)
            })
            .collect(),
        service: field("service", &form.service),
        staff: able.into_iter().map(|staff| select(staff.id.to_string(), staff.name, &form.staff)).collect(),
        staff_member: field("staff", &form.staff),
        date: field("date", &form.date),
        first_day: today.to_string(),
        times,
        time,
        search: form.search.clone(),
        customers,
        customer: field("customer", &form.customer),
        name: field("name", &form.name),
        phone: field("phone", &form.phone),
        email: field("email", &form.email),
        notes: field("notes", &form.notes),
        t,
        frame: visit.frame,
    })
}
