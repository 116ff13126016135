//! Who is speaking, as far as it is proven: whose appointments may be told, moved and cancelled.
//!
//! A number that the network shows proves its one customer. Where it belongs to several, the name tells which. Where it
//! belongs to nobody, or is withheld, the name together with the day of an appointment proves, and its time where two of
//! that name come on that day: these are secrets of the two who agreed on it. Who does not know the day can be sent a
//! code, where e-mail is sent at all. What was proven in a call is told by names that are valid in
//! that call only (`A1`), so a name is a proof.
//!
//! Guessing is dear: after a few wrong answers in a call, or an hour, of a number, a person has to be asked.

use domain::{AppointmentId, AppointmentStatus, Phone};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use retell::{Answer, Status};
use sha2::{Digest, Sha256};
use store::{AppointmentFilter, AppointmentView, Doubt};

use super::line::{Line, Outcome};
use super::names::is_same;
use super::{code, once, when};
use crate::problem::Problem;

/// Wrong answers in one call, and of one number within [`WINDOW`], after which nobody is believed.
const IN_A_CALL: u64 = 3;
const OF_A_NUMBER: u64 = 5;
/// Those of all who withhold their numbers.
const OF_NOBODY: u64 = 30;
/// Customers of one number that are looked through.
pub const OF_A_PHONE: u64 = 50;
/// Appointments of a branch on one day that are looked through.
const OF_A_DAY: u64 = 1_000;
/// How long what a number has done counts against it.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// The coming appointments of whoever is speaking, the earliest first.
pub async fn appointments(line: &Line<'_>) -> Result<Result<Vec<AppointmentView>, Outcome>, Problem> {
    let name = name(line);
    let said: Option<Phone> = match line.said_number() {
        Ok(said) => said,
        Err(question) => return Ok(Err(question)),
    };
    let shown = line.caller().filter(|shown| said.as_ref().is_none_or(|said| said == shown));
    let store = &line.state.engine.store;
    let (mut is_known, mut is_guessed) = (false, false);
    if let Some(number) = &shown {
        let found = store.find_appointments_of_phone(line.company.id, number, line.now).await;
        let mut found = found.map_err(|error| Problem::internal(&error))?;
        // Also those of whom nothing is to come: whoever speaks may be one of them.
        let customers = store.customers_of_phone(line.company.id, number, OF_A_PHONE).await;
        let customers = customers.map_err(|error| Problem::internal(&error))?;
        is_known = !customers.is_empty();
        let several = customers.len() > 1;
        match &name {
            // A family or an office: one of them must not hear of the others.
            None if several => return Ok(Err(line.ask("say-whose"))),
            None if !found.is_empty() => return Ok(Ok(found)),
            Some(_) if several && is_doubted(line).await? => return Ok(Err(doubted(line))),
            Some(name) => {
                found.retain(|view| is_same(&view.customer.name, name));
                if !found.is_empty() {
                    return Ok(Ok(found));
                }
                is_guessed = several && !customers.iter().any(|it| is_same(&it.name, name));
            }
            None => {}
        }
    }
    if is_doubted(line).await? {
        return Ok(Err(doubted(line)));
    }
    // Who else has this number could be guessed; a wrong day or code has been written down, and codes have limits.
    let by_code = line.args.text("code").is_some() || line.args.flag("send_code") == Some(true);
    let told = told(line, name, is_known).await?;
    if is_guessed && told.is_err() && !by_code {
        doubt(line).await?;
    }
    Ok(told)
}

/// Those that are proven by what is said: a code, or the name and the day.
async fn told(
    line: &Line<'_>,
    name: Option<String>,
    is_known: bool,
) -> Result<Result<Vec<AppointmentView>, Outcome>, Problem> {
    let mailer = line.state.mailer.as_ref();
    if let (Some(_), Some(code)) = (mailer, line.args.text("code")) {
        return code::entered(line, &code, name.as_deref()).await;
    }
    let send_code = mailer.filter(|_| line.args.flag("send_code") == Some(true));
    // A number that is only said could be anybody's: the day counts together with the name.
    let Some(name) = name else {
        let said = line.args.text("appointment_date").is_some() || send_code.is_some();
        let nobody = is_known && !said;
        return Ok(if nobody { Ok(Vec::new()) } else { Err(line.ask("say-who-calls")) });
    };
    if let Some(mailer) = send_code {
        return Ok(Err(code::send(line, mailer, &name).await?));
    }
    let day = match when::day(line, "appointment_date") {
        Ok(Some(day)) => day,
        Ok(None) if mailer.is_some() => return Ok(Err(line.ask("say-which-appointment-day-or-code"))),
        Ok(None) => return Ok(Err(line.ask("say-which-appointment-day"))),
        Err(question) => return Ok(Err(question)),
    };
    let mut found = of_day(line, &name, day).await?;
    // Two people of one name on one day: neither must hear of the other, and neither has said what is not so.
    if of_several(&found) {
        match when::time(line, "appointment_time") {
            Ok(Some(time)) => found.retain(|view| time == begins(line, view).time()),
            Ok(None) => return Ok(Err(line.ask_for("say-which-appointment-time", "appointment_time"))),
            Err(question) => return Ok(Err(question)),
        }
        if of_several(&found) {
            return Ok(Err(doubted(line)));
        }
    }
    if found.is_empty() {
        doubt(line).await?;
    }
    Ok(Ok(found))
}

/// Under which name whoever speaks is known, as they say.
pub fn name(line: &Line<'_>) -> Option<String> {
    line.args.text("name").or_else(|| line.args.text("customer_name"))
}

/// Writes a wrong answer down.
pub async fn doubt(line: &Line<'_>) -> Result<(), Problem> {
    let doubt = Doubt { call_id: line.call.call_id.clone(), caller: caller(line), at: line.now };
    let (engine, company) = (&line.state.engine, line.company.id);
    let written = engine.store.doubt(company, engine.ambient.id(), doubt).await;
    written.map_err(|error| Problem::internal(&error))
}

/// The active appointments of a day under a name.
async fn of_day(line: &Line<'_>, name: &str, day: Date) -> Result<Vec<AppointmentView>, Problem> {
    let midnight = |day: Date| day.to_zoned(when::zone(line).clone()).map(|day| day.timestamp());
    let (Ok(start), Ok(end)) = (midnight(day), day.tomorrow().and_then(midnight)) else {
        return Ok(Vec::new());
    };
    let range = domain::Slot { start: start.max(line.now), end };
    let filter = AppointmentFilter {
        from: Some(range.start),
        to: Some(range.end),
        branch: Some(line.branch.id),
        statuses: AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect(),
        ..AppointmentFilter::default()
    };
    let store = &line.state.engine.store;
    let page = store.appointments(line.company.id, &filter, None, OF_A_DAY).await;
    let mut found = page.map_err(|error| Problem::internal(&error))?.items;
    found.retain(|view| is_same(&view.customer.name, name));
    Ok(found)
}

fn of_several(found: &[AppointmentView]) -> bool {
    found.iter().any(|view| view.customer.id != found[0].customer.id)
}

/// When it begins by the clock of its branch.
fn begins(line: &Line<'_>, view: &AppointmentView) -> DateTime {
    when::zone(&line.at(&view.branch)).to_datetime(view.appointment.slot.start)
}

/// Whether there were so many wrong answers that nobody is believed any more.
pub async fn is_doubted(line: &Line<'_>) -> Result<bool, Problem> {
    let since = line.now.saturating_sub(WINDOW).unwrap_or(line.now);
    let caller = caller(line);
    let most = if caller.is_some() { OF_A_NUMBER } else { OF_NOBODY };
    let store = &line.state.engine.store;
    let counts = store.doubts(line.company.id, &line.call.call_id, caller.as_deref(), since).await;
    let (in_call, of_caller) = counts.map_err(|error| Problem::internal(&error))?;
    Ok(in_call >= IN_A_CALL || of_caller >= most)
}

/// Nobody is believed any more: a person has to be asked.
pub fn doubted(line: &Line<'_>) -> Outcome {
    Answer::new(Status::Conflict, &line.speech.say("say-doubted")).with("transfer", true).into()
}

/// The number of the caller, so that it can be recognised and not be read.
pub fn caller(line: &Line<'_>) -> Option<Vec<u8>> {
    let number = line.caller()?;
    let hash = Sha256::new().chain_update(line.company.id.0.as_bytes()).chain_update(number.as_str());
    Some(hash.finalize().to_vec())
}

/// What `appointment_id` means; `None` too if nobody was told that name in this call.
async fn named(line: &Line<'_>) -> Result<Option<AppointmentId>, Problem> {
    let Some(name) = line.args.text("appointment_id") else { return Ok(None) };
    let name = name.trim().to_uppercase();
    let id = line.state.engine.store.named(line.company.id, &line.holder(), &name).await;
    id.map_err(|error| Problem::internal(&error))
}

/// Whether the caller has said yes to a change of this appointment. A yes that names none was said to another one, if
/// another was cancelled or moved before; one that names what was never told in this call was said to nobody knows what.
pub async fn is_agreed(line: &Line<'_>, id: AppointmentId) -> Result<bool, Problem> {
    let is_meant = match line.args.text("appointment_id") {
        Some(_) => named(line).await? == Some(id),
        None => once::changed(line).await?.iter().all(|it| it.appointment.id == id),
    };
    Ok(line.is_confirmed() && is_meant)
}

/// The appointment that is meant: by a name that was told in this call, else the only one of whoever is speaking (on
/// the day that was said).
pub async fn meant(line: &Line<'_>) -> Result<Result<AppointmentView, Outcome>, Problem> {
    if let Some(id) = named(line).await? {
        let view = line.state.engine.store.appointment(line.company.id, id).await;
        return Ok(Ok(view.map_err(|error| Problem::internal(&error))?));
    }
    let day = match when::day(line, "appointment_date") {
        Ok(day) => day,
        Err(question) => return Ok(Err(question)),
    };
    let is_of_day = |view: &AppointmentView| day.is_none_or(|day| begins(line, view).date() == day);
    // What was cancelled in this call is asked for by the same words once more.
    if let (Some(name), Some(_)) = (name(line), day) {
        let mut before = once::changed(line).await?;
        before.retain(|view| is_same(&view.customer.name, &name) && is_of_day(view));
        if let [view] = before.as_slice()
            && !view.appointment.status.is_active()
            && of_day(line, &name, begins(line, view).date()).await?.is_empty()
        {
            return Ok(Ok(view.clone()));
        }
    }
    let mut found = match appointments(line).await? {
        Ok(found) => found,
        Err(question) => return Ok(Err(question)),
    };
    found.retain(is_of_day);
    Ok(match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Answer::new(Status::NotFound, &line.speech.say("say-found-none")).into()),
        _ => Err(super::find::which(line, &found).await?),
    })
}
