//! `book_appointment`: a wish that was spoken becomes an appointment, exactly once per call and meaning.
//!
//! "Confirmed" is only said after Cal.com has accepted it; until then it is "requested". What Cal.com says is
//! taken is given back here too, so that no appointment stays that the caller was told does not exist.

use domain::appointment::Refusal;
use domain::people::CustomerDetails;
use domain::spoken::Question;
use domain::timeline::What;
use domain::{AppointmentId, Email, Phone, SyncStatus};
use engine::appointments::{BookError, Change, CustomerWish, Wish as Order};
use jiff::Timestamp;
use retell::{Answer, Status};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{AppointmentView, Dedupe};

use super::change;
use super::line::{Line, Outcome};
use super::names::folded;
use super::offer::{self, Offered};
use super::when;
use super::wish::{self, Wish};
use crate::problem::Problem;

/// How often the same wish can be granted in one call, when what was booked is cancelled in between.
pub const AGAIN: u32 = 5;

/// What the caller wants, once everything is clear.
struct Wanted {
    wish: Wish,
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
        let before = line.state.engine.store.deduped(line.company.id, &dedupe).await;
        if before.map_err(|error| Problem::internal(&error))?.is_none()
            && let Some(refusal) = change::too_many(line, None).await?
        {
            return Ok(refusal);
        }
        match line.state.engine.book(line.company.id, order(line, &wanted), line.actor(), Some(dedupe)).await
        {
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

/// Finds out what is wanted, or what has to be asked first: a time that was offered, or natural words.
async fn understand(line: &Line<'_>) -> Result<Result<Wanted, Outcome>, Problem> {
    let store = &line.state.engine.store;
    let name = line.args.text("slot_id").map(|name| name.trim().to_uppercase());
    let offered: Option<Offered> = match &name {
        Some(name) => store
            .named(line.company.id, &line.holder(), name)
            .await
            .map_err(|error| Problem::internal(&error))?,
        None => None,
    };
    let (wish, start) = match offered {
        Some(Offered { service, staff, start }) => {
            let service = store.service(line.company.id, service).await;
            (Wish { service: service.map_err(|error| Problem::internal(&error))?, staff: Some(staff) }, start)
        }
        // A name that nobody was told, and nothing else to go by.
        None if name.is_some() && !when::is_said(line) => {
            let say = line.speech.say("say-slot-unknown");
            return Ok(Err(Answer::new(Status::NeedsInput, &say).with("missing", "slot_id").into()));
        }
        None => {
            let wish = match wish::read(line).await? {
                Ok(wish) => wish,
                Err(question) => return Ok(Err(question)),
            };
            match when::instant(line) {
                Ok(start) => (wish, start),
                Err(question) => return Ok(Err(question)),
            }
        }
    };
    Ok(rest(line, wish, start))
}

/// For whom.
fn rest(line: &Line<'_>, wish: Wish, start: Timestamp) -> Result<Wanted, Outcome> {
    let missing = |key: &str, what: &str| {
        let answer = Answer::new(Status::NeedsInput, &line.speech.say(key)).with("missing", what);
        Outcome::from(answer)
    };
    let name = line.args.text("customer_name").ok_or_else(|| missing("say-which-name", "customer_name"))?;
    // What was said counts, if it is a number; else the one that the caller shows.
    let phone: Option<Phone> = line.said_number()?.or_else(|| line.caller());
    // Spelled addresses are often wrong: never a reason not to book.
    let email: Option<Email> = line.args.text("email").and_then(|text| text.parse().ok());
    if phone.is_none() && email.is_none() {
        return Err(missing("say-which-phone", "phone"));
    }
    if line.args.flag("confirmed") == Some(false) {
        let (service, when) = (&wish.service.name, line.speech.when(start));
        let say = line.speech.0.get("say-read-back").arg("service", service).arg("when", when).to_string();
        return Err(Answer::new(Status::NeedsInput, &say).with("missing", "confirmed").into());
    }
    let customer = CustomerDetails { name, email, phone, locale: line.speech.0.language };
    let notes = line.args.text("notes").map(|notes| notes.chars().take(2_000).collect());
    Ok(Wanted { wish, start, customer, notes })
}

fn order(line: &Line<'_>, wanted: &Wanted) -> Order {
    Order {
        service_id: wanted.wish.service.id,
        staff_id: wanted.wish.staff,
        branch_id: Some(line.branch.id),
        start: wanted.start,
        customer: CustomerWish::Details(wanted.customer.clone()),
        notes: wanted.notes.clone(),
        in_terms: true,
        holder: Some(line.holder()),
        story: vec![What::Called {
            call_id: line.call.call_id.clone(),
            function: super::BOOK_APPOINTMENT.to_owned(),
        }],
    }
}

/// What makes two requests of one call the same wish: for whom, what, when, however it was said; nobody is served
/// twice at the same time. So a repetition books nothing, and two people on one line get two appointments.
fn dedupe(line: &Line<'_>, wanted: &Wanted, time: u32) -> Dedupe {
    let (name, service, start) = (folded(&wanted.customer.name), wanted.wish.service.id, wanted.start);
    let meaning = format!("{}\n{name}\n{service}\n{start}\n{time}", super::BOOK_APPOINTMENT);
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
    let names = engine.store.name(company, &line.holder(), "A", vec![json!(id)], line.now).await;
    let names = names.map_err(|error| Problem::internal(&error))?;
    let answer = Answer::new(status, &say)
        .with("booking", word)
        .with("appointment_id", names.first().cloned().unwrap_or_default())
        .with("reference", view.appointment.label())
        .with("staff", view.staff.name.clone());
    Ok(Outcome { answer, appointment: Some(id) })
}

pub fn is_taken(view: &AppointmentView) -> bool {
    let refused = view.current().and_then(|booking| booking.refused.as_ref());
    refused.is_some_and(|refused| refused.code == domain::review::ReviewCode::SlotTaken)
}

async fn refused(line: &Line<'_>, wanted: &Wanted, error: BookError) -> Result<Outcome, Problem> {
    match error {
        BookError::SlotTaken => taken(line, wanted, "say-taken").await,
        BookError::NotWorking => taken(line, wanted, "say-closed").await,
        BookError::Terms => taken(line, wanted, "say-terms").await,
        BookError::Refused(Refusal::TooFarAhead) => Ok(when::ask(line, &Question::Day)),
        BookError::Refused(_) => {
            let wall = when::zone(line).to_datetime(wanted.start);
            Ok(when::ask(line, &Question::Past(wall)))
        }
        // Switched off, or reassigned, since it was looked up.
        BookError::Service | BookError::NotOnline | BookError::Staff => {
            Ok(wish::nobody(line, &wanted.wish.service))
        }
        // The key is its own fingerprint.
        error @ BookError::KeyReused => Err(Problem::internal(&error)),
        BookError::Engine(error) => Err(Problem::internal(&error)),
    }
}

/// Not then; these are other times.
async fn taken(line: &Line<'_>, wanted: &Wanted, key: &str) -> Result<Outcome, Problem> {
    offer::instead(line, wanted.wish.who(line), None, wanted.start, key).await
}

async fn look(line: &Line<'_>, id: AppointmentId) -> Result<AppointmentView, Problem> {
    let view = line.state.engine.store.appointment(line.company.id, id).await;
    view.map_err(|error| Problem::internal(&error))
}
