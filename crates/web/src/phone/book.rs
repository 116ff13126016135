//! `book_appointment`: a wish that was spoken becomes an appointment, exactly once per call and meaning.
//!
//! "Confirmed" is only said after Cal.com has accepted it; until then it is "requested". What Cal.com says is
//! taken is given back here too, so that no appointment stays that the caller was told does not exist.

use domain::appointment::Refusal;
use domain::people::{CustomerDetails, Staff};
use domain::service::Service;
use domain::timeline::What;
use domain::{AppointmentId, Email, Origin, Phone, ServiceId, Slot, StaffId, SyncStatus};
use engine::appointments::{BookError, Change, CustomerWish, Who, Wish};
use jiff::Timestamp;
use retell::{Answer, Status};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{AppointmentView, Dedupe};

use super::line::{Line, Outcome};
use super::names::{Meant, folded, meant, person};
use super::wall_clock::{Unclear, instant};
use crate::problem::Problem;

/// How often the same wish can be granted in one call, when what was booked is cancelled in between.
const AGAIN: u32 = 5;

/// What the caller wants, once everything is clear.
struct Wanted {
    service: Service,
    staff: Option<StaffId>,
    start: Timestamp,
    customer: CustomerDetails,
    notes: Option<String>,
}

/// Runs the function.
pub async fn book(line: &Line<'_>) -> Result<Outcome, Problem> {
    let wanted = match understand(line).await? {
        Ok(wanted) => wanted,
        Err(question) => return Ok(question),
    };
    for time in 0..AGAIN {
        let dedupe = dedupe(line, &wanted, time);
        match line.state.engine.book(line.company.id, wish(line, &wanted), line.actor(), Some(dedupe)).await {
            Ok(booked) => {
                let view = look(line, booked.id()).await?;
                // Booked and cancelled before in this call: whoever asks again wants it again.
                if view.appointment.status.is_active() {
                    return settle(line, &wanted, booked.id()).await;
                }
                if is_taken(&view) {
                    return taken(line, &wanted, "say-taken").await;
                }
            }
            Err(error) => return refused(line, &wanted, error).await,
        }
    }
    taken(line, &wanted, "say-taken").await
}

/// Finds out what is wanted, or what has to be asked first.
async fn understand(line: &Line<'_>) -> Result<Result<Wanted, Outcome>, Problem> {
    let service = match service(line).await? {
        Ok(service) => service,
        Err(question) => return Ok(Err(question)),
    };
    let staff = match staff(line, &service).await? {
        Ok(staff) => staff,
        Err(question) => return Ok(Err(question)),
    };
    Ok(rest(line, service, staff))
}

async fn service(line: &Line<'_>) -> Result<Result<Service, Outcome>, Problem> {
    let services = line.state.engine.store.services(line.company.id).await;
    let mut services = services.map_err(|error| Problem::internal(&error))?;
    services.retain(|service| service.can_be_booked_by(Origin::Phone));
    let Some(spoken) = line.args.text("service") else {
        return Ok(Err(which_service(line, "say-which-service", services.iter().take(3))));
    };
    Ok(match meant(&spoken, &services, |service| &service.name) {
        Meant::One(service) => Ok(service.clone()),
        Meant::Several(some) => Err(which_service(line, "say-service-several", some.into_iter())),
        Meant::Unknown(closest) => Err(which_service(line, "say-service-unknown", closest.into_iter())),
    })
}

fn which_service<'a>(line: &Line<'_>, key: &str, services: impl Iterator<Item = &'a Service>) -> Outcome {
    let names: Vec<_> = services.map(|service| service.name.clone()).collect();
    if names.is_empty() {
        return Answer::new(Status::Error, &line.speech.say("say-no-services")).into();
    }
    question(line, key, "service", "services", names)
}

fn question(line: &Line<'_>, key: &str, missing: &str, list: &str, names: Vec<String>) -> Outcome {
    let say = line.speech.0.get(key).arg("names", line.speech.choice(&names)).to_string();
    Answer::new(Status::NeedsInput, &say).with("missing", missing).with(list, names).into()
}

/// The person who was asked for; `None` for anybody.
async fn staff(line: &Line<'_>, service: &Service) -> Result<Result<Option<StaffId>, Outcome>, Problem> {
    const ANYBODY: [&str; 8] =
        ["egal", "alle", "irgendwer", "irgendjemand", "beliebig", "any", "anyone", "anybody"];
    let able = line.state.engine.store.staff_for_service(line.company.id, service.id).await;
    let mut able: Vec<Staff> = able.map_err(|error| Problem::internal(&error))?;
    able.retain(|person| person.active && person.branch_id == line.branch.id);
    if able.is_empty() {
        let say = line.speech.0.get("say-nobody").arg("service", &service.name).to_string();
        return Ok(Err(Answer::new(Status::Conflict, &say).into()));
    }
    let Some(spoken) = line.args.text("staff").filter(|name| !ANYBODY.contains(&folded(name).as_str()))
    else {
        return Ok(Ok(None));
    };
    let names = |people: Vec<&Staff>| people.into_iter().map(|person| person.name.clone()).collect();
    Ok(match person(&spoken, &able, |person| &person.name) {
        Meant::One(person) => Ok(Some(person.id)),
        Meant::Several(some) => Err(question(line, "say-staff-several", "staff", "staff", names(some))),
        Meant::Unknown(closest) => Err(question(line, "say-staff-unknown", "staff", "staff", names(closest))),
    })
}

/// When, and for whom.
fn rest(line: &Line<'_>, service: Service, staff: Option<StaffId>) -> Result<Wanted, Outcome> {
    let (date, time) = (line.args.text("date"), line.args.text("time"));
    let start = instant(date.as_deref(), time.as_deref(), &line.speech.0.zone, line.now)
        .map_err(|unclear| which_time(line, unclear))?;
    let missing = |key: &str, what: &str| {
        let answer = Answer::new(Status::NeedsInput, &line.speech.say(key)).with("missing", what);
        Outcome::from(answer)
    };
    let name = line.args.text("customer_name").ok_or_else(|| missing("say-which-name", "customer_name"))?;
    // What was said counts, if it is a number; else the one that the caller shows.
    let phone: Option<Phone> =
        line.args.text("phone").and_then(|text| text.parse().ok()).or_else(|| line.caller());
    // Spelled addresses are often wrong: never a reason not to book.
    let email: Option<Email> = line.args.text("email").and_then(|text| text.parse().ok());
    if phone.is_none() && email.is_none() {
        return Err(missing("say-which-phone", "phone"));
    }
    if line.args.flag("confirmed") == Some(false) {
        let when = line.speech.when(start);
        let say =
            line.speech.0.get("say-read-back").arg("service", &service.name).arg("when", when).to_string();
        return Err(Answer::new(Status::NeedsInput, &say).with("missing", "confirmed").into());
    }
    let customer = CustomerDetails { name, email, phone, locale: line.speech.0.language };
    let notes = line.args.text("notes").map(|notes| notes.chars().take(2_000).collect());
    Ok(Wanted { service, staff, start, customer, notes })
}

fn which_time(line: &Line<'_>, unclear: Unclear) -> Outcome {
    let (key, missing, expected) = match unclear {
        Unclear::NoDay => ("say-which-day", "date", "YYYY-MM-DD"),
        Unclear::Day => ("say-day-unclear", "date", "YYYY-MM-DD"),
        Unclear::NoTime => ("say-which-time", "time", "HH:MM"),
        Unclear::Time => ("say-time-unclear", "time", "HH:MM"),
        Unclear::Skipped => ("say-time-skipped", "time", "HH:MM"),
        Unclear::Past(_) => ("say-past", "date", "YYYY-MM-DD"),
    };
    let say = match unclear {
        Unclear::Past(at) => line.speech.0.get(key).arg("when", line.speech.when(at)).to_string(),
        _ => line.speech.say(key),
    };
    Answer::new(Status::NeedsInput, &say).with("missing", missing).with("expected", expected).into()
}

fn wish(line: &Line<'_>, wanted: &Wanted) -> Wish {
    Wish {
        service_id: wanted.service.id,
        staff_id: wanted.staff,
        branch_id: Some(line.branch.id),
        start: wanted.start,
        customer: CustomerWish::Details(wanted.customer.clone()),
        notes: wanted.notes.clone(),
        story: vec![What::Called {
            call_id: line.call.call_id.clone(),
            function: super::BOOK_APPOINTMENT.to_owned(),
        }],
    }
}

/// What makes two requests of one call the same wish: for whom, what, with whom, when. So a repetition
/// books nothing, and two people on one line get two appointments.
fn dedupe(line: &Line<'_>, wanted: &Wanted, time: u32) -> Dedupe {
    let staff = wanted.staff.map_or("any".to_owned(), |staff| staff.to_string());
    let (name, service, start) = (folded(&wanted.customer.name), wanted.service.id, wanted.start);
    let meaning = format!("{}\n{name}\n{service}\n{staff}\n{start}\n{time}", super::BOOK_APPOINTMENT);
    let key = hex::encode(Sha256::digest(meaning.as_bytes()));
    Dedupe { scope: format!("call {}", line.call.call_id), fingerprint: key.clone(), key }
}

/// Waits for Cal.com's word, and says how it stands.
async fn settle(line: &Line<'_>, wanted: &Wanted, id: AppointmentId) -> Result<Outcome, Problem> {
    let (engine, company) = (&line.state.engine, line.company.id);
    let sync = engine.settled(company, id, line.state.settings.phone_patience).await?;
    let view = look(line, id).await?;
    if !view.appointment.status.is_active() {
        // Cal.com said no to another request of this call, or somebody was quicker to cancel.
        return taken(line, wanted, "say-taken").await;
    }
    if sync == SyncStatus::Failed && is_taken(&view) {
        let reason =
            Some(line.speech.0.get("say-taken").arg("when", line.speech.when(wanted.start)).to_string());
        engine.cancel(company, id, reason, Change::by(line.actor())).await?;
        let Outcome { answer, .. } = taken(line, wanted, "say-taken").await?;
        return Ok(Outcome { answer, appointment: Some(id) });
    }
    // Without Cal.com there is nobody else to ask.
    let confirmed = matches!(sync, SyncStatus::Synced | SyncStatus::NotConnected);
    let (status, key, word) = if confirmed {
        (Status::Ok, "say-confirmed", "confirmed")
    } else {
        (Status::Requested, "say-requested", "requested")
    };
    let when = line.speech.when(view.appointment.slot.start);
    let (service, staff) = (&view.service.name, &view.staff.name);
    let say =
        line.speech.0.get(key).arg("when", when).arg("service", service).arg("staff", staff).to_string();
    let answer = Answer::new(status, &say)
        .with("booking", word)
        .with("reference", view.appointment.label())
        .with("staff", view.staff.name.clone());
    Ok(Outcome { answer, appointment: Some(id) })
}

fn is_taken(view: &AppointmentView) -> bool {
    let refused = view.current().and_then(|booking| booking.refused.as_ref());
    refused.is_some_and(|refused| refused.code == domain::review::ReviewCode::SlotTaken)
}

async fn refused(line: &Line<'_>, wanted: &Wanted, error: BookError) -> Result<Outcome, Problem> {
    match error {
        BookError::SlotTaken => taken(line, wanted, "say-taken").await,
        BookError::NotWorking => taken(line, wanted, "say-closed").await,
        BookError::Refused(Refusal::TooFarAhead) => Ok(which_time(line, Unclear::Day)),
        BookError::Refused(_) => Ok(which_time(line, Unclear::Past(wanted.start))),
        // Switched off, or reassigned, since it was looked up.
        BookError::Service | BookError::NotOnline | BookError::Staff => {
            let say = line.speech.0.get("say-nobody").arg("service", &wanted.service.name).to_string();
            Ok(Answer::new(Status::Conflict, &say).into())
        }
        // The key is its own fingerprint.
        error @ BookError::KeyReused => Err(Problem::internal(&error)),
        BookError::Engine(error) => Err(Problem::internal(&error)),
    }
}

/// Not then; these are the next free times.
async fn taken(line: &Line<'_>, wanted: &Wanted, key: &str) -> Result<Outcome, Problem> {
    const OFFERED: usize = 2;
    let service: ServiceId = wanted.service.id;
    let who = Who { service, staff: wanted.staff, branch: Some(line.branch.id) };
    let free = line.state.engine.next_free(line.company.id, who, wanted.start, OFFERED).await;
    let free = free.map_err(|error| Problem::internal(&error))?;
    let why = line.speech.0.get(key).arg("when", line.speech.when(wanted.start)).to_string();
    let offer = offer(line, wanted.start, &free);
    let zone = &line.speech.0.zone;
    let alternatives = free.iter().map(|(slot, _)| {
        let clock = zone.to_datetime(slot.start);
        json!({
            "spoken": line.speech.when(slot.start),
            "date": clock.strftime("%Y-%m-%d").to_string(),
            "time": clock.strftime("%H:%M").to_string(),
        })
    });
    let alternatives: Vec<_> = alternatives.collect();
    Ok(Answer::new(Status::Conflict, &format!("{why} {offer}")).with("alternatives", alternatives).into())
}

/// The free times in one sentence; the day is said once where it is the wanted one.
fn offer(line: &Line<'_>, wanted: Timestamp, free: &[(Slot, StaffId)]) -> String {
    let day = |at: Timestamp| line.speech.0.day_of(&at);
    let starts = free.iter().map(|(slot, _)| slot.start);
    let (key, times): (_, Vec<_>) = if free.is_empty() {
        return line.speech.say("say-offer-none");
    } else if starts.clone().all(|start| day(start) == day(wanted)) {
        ("say-offer-same-day", starts.map(|start| line.speech.time(start)).collect())
    } else {
        ("say-offer", starts.map(|start| line.speech.when(start)).collect())
    };
    line.speech.0.get(key).arg("times", line.speech.choice(&times)).to_string()
}

async fn look(line: &Line<'_>, id: AppointmentId) -> Result<AppointmentView, Problem> {
    let view = line.state.engine.store.appointment(line.company.id, id).await;
    view.map_err(|error| Problem::internal(&error))
}
