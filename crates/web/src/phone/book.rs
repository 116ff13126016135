//! `book_appointment`: a wish that was spoken becomes an appointment, exactly once per call and meaning, after the caller
//! has heard what it will be and has said yes.
//!
//! "Confirmed" is only said after Cal.com has accepted it; until then it is "requested". What Cal.com says is
//! taken is given back here too, so that no appointment stays that the caller was told does not exist.

use domain::appointment::Refusal;
use domain::booking::Role;
use domain::people::CustomerDetails;
use domain::review::ReviewCode;
use domain::spoken::Question;
use domain::{AppointmentId, Email, Phone, SyncStatus};
use engine::appointments::{BookError, Change, CustomerWish, Wish};
use retell::{Answer, Status};
use store::AppointmentView;

use super::line::{Line, Outcome};
use super::names::{is_same, untitled};
use super::offer::{self, TRIES, Why};
use super::once::{self, look};
use super::proof::OF_A_PHONE;
use super::wanted::{self, Free, Wanted};
use super::{when, wish};
use crate::problem::Problem;

/// What the caller wants, once everything is clear.
struct Order {
    wanted: Wanted,
    customer: CustomerDetails,
    notes: Option<String>,
}

/// Runs the function.
pub async fn book(line: &Line<'_>) -> Result<Outcome, Problem> {
    let wanted = match wanted::read(line).await? {
        Ok(wanted) => wanted,
        Err(question) => return Ok(question),
    };
    let mut order = match for_whom(line, wanted) {
        Ok(order) => order,
        Err(question) => return Ok(question),
    };
    order.customer.name = written(line, &order.customer).await?;
    let granted = {
        let _turn = line.turn().await;
        grant(line, &order).await?
    };
    match granted {
        Ok(id) => settle(line, &order, id).await,
        Err(outcome) => Ok(outcome),
    }
}

fn for_whom(line: &Line<'_>, wanted: Wanted) -> Result<Order, Outcome> {
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
    let customer = CustomerDetails { name, email, phone, locale: line.speech.0.language };
    let notes = line.args.text("notes").map(|notes| notes.chars().take(2_000).collect());
    Ok(Order { wanted, customer, notes })
}

/// The name as it is known at that number, else as it was said: in another spelling nobody becomes another customer.
async fn written(line: &Line<'_>, customer: &CustomerDetails) -> Result<String, Problem> {
    let known = match &customer.phone {
        Some(phone) => {
            let store = &line.state.engine.store;
            let known = store.customers_of_phone(line.company.id, phone, OF_A_PHONE).await;
            known.map_err(|error| Problem::internal(&error))?
        }
        None => Vec::new(),
    };
    let same = known.into_iter().find(|known| is_same(&known.name, &customer.name));
    Ok(same.map_or_else(|| untitled(&customer.name), |known| known.name))
}

/// The appointment that the wish leads to, or led to before; or what is said instead.
async fn grant(line: &Line<'_>, order: &Order) -> Result<Result<AppointmentId, Outcome>, Problem> {
    let Order { wanted, customer, .. } = order;
    let (dedupe, before) = once::of_booking(line, customer, wanted.service.id, wanted.slot()).await?;
    if let Some(before) = before {
        // Booked and cancelled before in this call: whoever asks again wants it again.
        if before.appointment.status.is_active() {
            let is_then = before.appointment.slot.start == wanted.start;
            return Ok(if is_then { Ok(before.appointment.id) } else { Err(already(line, &before).await?) });
        }
        if is_taken(&before) {
            return Ok(Err(offer::instead(line, wanted, Why::Refused).await?));
        }
    }
    if let Some(refusal) = once::too_many(line, None).await? {
        return Ok(Err(refusal));
    }
    // Somebody else may be faster between the look and the write: then it is looked at once more.
    for _ in 0..TRIES {
        let free = match wanted::free(line, wanted).await? {
            Ok(free) => free,
            Err(outcome) => {
                // Another process may have granted the same wish meanwhile.
                let granted = line.state.engine.store.deduped(line.company.id, &dedupe).await;
                return Ok(granted.map_err(|error| Problem::internal(&error))?.ok_or(outcome));
            }
        };
        if !line.is_confirmed() {
            match wanted::keep(line, wanted, &free).await? {
                Some(name) => return Ok(Err(read_back(line, wanted, &free, &name))),
                None => continue,
            }
        }
        let (engine, dedupe) = (&line.state.engine, Some(dedupe.clone()));
        match engine.book(line.company.id, just_so(line, order, free), line.actor(), dedupe).await {
            Ok(booked) => return Ok(Ok(booked.id())),
            Err(BookError::SlotTaken) => {}
            Err(error) => return Ok(Err(refused(line, wanted, error).await?)),
        }
    }
    Ok(Err(offer::instead(line, wanted, Why::Taken).await?))
}

/// Somebody who has just booked wants to come at another time that overlaps: one of the two is meant.
async fn already(line: &Line<'_>, view: &AppointmentView) -> Result<Outcome, Problem> {
    let name = line.name(view.appointment.id).await?;
    let say = line.speech.0.get("say-already").arg("when", line.speech.when(view.appointment.slot.start));
    let say = say.arg("service", &view.service.name).to_string();
    Ok(Answer::new(Status::Conflict, &say).with("appointment_id", name).into())
}

fn read_back(line: &Line<'_>, wanted: &Wanted, free: &Free, name: &str) -> Outcome {
    let staff = free.known.candidates.iter().map(|candidate| &candidate.staff);
    let say = line.speech.0.get("say-read-back").arg("service", &wanted.service.name);
    let say = say.arg("when", line.speech.when(wanted.start));
    let say = say.arg("staff", wanted::people(line, staff, &free.segments)).to_string();
    wanted::read_back(&say, name)
}

fn just_so(line: &Line<'_>, order: &Order, free: Free) -> Wish {
    Wish {
        service_id: order.wanted.service.id,
        staff_id: None,
        exactly: free.segments,
        branch_id: Some(order.wanted.branch),
        start: order.wanted.start,
        customer: CustomerWish::Details(order.customer.clone()),
        notes: order.notes.clone(),
        in_terms: true,
        holder: Some(line.holder()),
        story: vec![once::called(line, super::BOOK_APPOINTMENT)],
    }
}

/// Waits for Cal.com's word, and says how it stands.
async fn settle(line: &Line<'_>, order: &Order, id: AppointmentId) -> Result<Outcome, Problem> {
    let (engine, company) = (&line.state.engine, line.company.id);
    let sync = engine.settled(company, id, line.state.settings.phone_patience).await?;
    let view = look(line, id).await?;
    if !view.appointment.status.is_active() {
        // Cal.com said no to another request of this call, or somebody was quicker to cancel.
        return offer::instead(line, &order.wanted, Why::Refused).await;
    }
    if sync == SyncStatus::Failed && is_taken(&view) {
        let when = line.speech.when(view.appointment.slot.start);
        let reason = Some(line.speech.0.get("say-taken").arg("when", when).to_string());
        engine.cancel(company, id, reason, Change::by(line.actor())).await?;
        let Outcome { answer, .. } = offer::instead(line, &order.wanted, Why::Refused).await?;
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
    let staff = wanted::served_by(line, &view.appointment.segments).await?;
    let say = line.speech.0.get(key).arg("when", when).arg("service", &view.service.name);
    let say = say.arg("staff", &staff).to_string();
    let answer = Answer::new(status, &say)
        .with("booking", word)
        .with("appointment_id", line.name(id).await?)
        .with("reference", view.appointment.label())
        .with("staff", staff);
    Ok(Outcome { answer, appointment: Some(id) })
}

/// Whether Cal.com has refused a booking of it, be it that of one stretch of work, because the time is taken.
pub fn is_taken(view: &AppointmentView) -> bool {
    let current = view.bookings.iter().filter(|record| record.role == Role::Current);
    let mut refused = current.filter_map(|record| record.refused.as_ref());
    refused.any(|refused| refused.code == ReviewCode::SlotTaken)
}

async fn refused(line: &Line<'_>, wanted: &Wanted, error: BookError) -> Result<Outcome, Problem> {
    match error {
        BookError::SlotTaken => offer::instead(line, wanted, Why::Taken).await,
        BookError::NotWorking => offer::instead(line, wanted, Why::NotWorking).await,
        BookError::Staff => offer::instead(line, wanted, Why::Nobody).await,
        BookError::Terms => offer::instead(line, wanted, Why::Terms).await,
        BookError::Refused(Refusal::TooFarAhead) => Ok(when::ask(line, &Question::Day)),
        BookError::Refused(_) => {
            let wall = when::zone(line).to_datetime(wanted.start);
            Ok(when::ask(line, &Question::Past(wall)))
        }
        // Switched off since it was looked up.
        BookError::Service | BookError::NotOnline => Ok(wish::nobody(line, &wanted.service)),
        // The key is its own fingerprint.
        error @ BookError::KeyReused => Err(Problem::internal(&error)),
        BookError::Engine(error) => Err(Problem::internal(&error)),
    }
}
