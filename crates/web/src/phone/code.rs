//! One-time codes: who calls from an unknown number and does not know the day of the appointment proves by the mailbox
//! that the customer left here who is speaking.
//!
//! A code counts in the call that asked for it, for ten minutes, and stands here as a keyed hash alone. Whether a
//! customer of that name is known, has a mailbox, and gets the letter is not told: the same is said, as soon, and as often
//! in any case. So the letter goes on its own, and limits count by the name that was said.

use domain::people::Customer;
use domain::{AppointmentStatus, Phone};
use engine::notifications::mail::Mailer;
use jiff::SignedDuration;
use store::{AppointmentFilter, AppointmentView, Code};
use uuid::Uuid;

use super::line::{Line, Outcome};
use super::names::{folded, is_same};
use super::proof;
use crate::i18n::Translator;
use crate::letters;
use crate::problem::Problem;

/// How long a code counts.
const COUNTS: SignedDuration = SignedDuration::from_mins(10);
/// Codes that are asked for in one call; and within [`proof::WINDOW`] from one number, under one name, and by all who
/// withhold their numbers.
const IN_A_CALL: u64 = 2;
const OF_A_NUMBER: u64 = 4;
const UNDER_A_NAME: u64 = 4;
const OF_NOBODY: u64 = 20;
/// Coming appointments under a name, or of a customer, that are looked through.
const LOOKED_AT: u64 = 200;

/// Sends a code to whoever has a coming appointment under this name, and asks for it.
pub async fn send(line: &Line<'_>, mailer: &Mailer, name: &str) -> Result<Outcome, Problem> {
    let (engine, company) = (&line.state.engine, line.company.id);
    let name_hash = engine.vault.hash(company, "proofs.name", &folded(name).into());
    if is_enough(line, &name_hash).await? {
        count("refused");
        return Ok(proof::doubted(line));
    }
    let to = recipient(line, name).await?;
    let (id, code) = (engine.ambient.id(), engine.ambient.code());
    let hash = engine.vault.hash(company, &field(id), &code);
    let asked = Code {
        id,
        call_id: line.call.call_id.clone(),
        caller: proof::caller(line),
        name: name_hash,
        sent: to.as_ref().map(|to| (to.id, hash)),
        at: line.now,
    };
    engine.store.keep_code(company, asked).await.map_err(|error| Problem::internal(&error))?;
    match to {
        Some(Customer { email: Some(email), locale, .. }) => {
            let t = Translator::new(locale, line.speech.0.zone.clone(), line.now);
            let (mailer, from, now) = (mailer.clone(), line.company.name.clone(), line.now);
            tokio::spawn(async move {
                let letter = letters::code(&from, &code, &t);
                let sent = mailer.send_to(&email, &id.simple().to_string(), letter, now).await;
                count(if sent.is_ok() { "sent" } else { "not_sent" });
                _ = sent.inspect_err(
                    |error| tracing::warn!(problem = %error.problem, "a code could not be sent"),
                );
            });
        }
        _ => count("nobody"),
    }
    Ok(ask(line, "say-code-sent"))
}

/// The coming appointments of whoever got this code in this call.
pub async fn entered(
    line: &Line<'_>,
    code: &str,
    name: Option<&str>,
) -> Result<Result<Vec<AppointmentView>, Outcome>, Problem> {
    let (engine, company) = (&line.state.engine, line.company.id);
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let said = digits.into();
    let since = line.now.saturating_sub(COUNTS).unwrap_or(line.now);
    let codes = engine.store.codes_of_call(company, &line.call.call_id, since).await;
    let codes = codes.map_err(|error| Problem::internal(&error))?;
    let customer = codes.into_iter().find_map(|Code { id, sent, .. }| {
        let (customer, hash) = sent?;
        engine.vault.is_hash_of(company, &field(id), &said, &hash).then_some(customer)
    });
    if let Some(customer) = customer {
        let filter = AppointmentFilter { customer: Some(customer), ..AppointmentFilter::default() };
        let found = coming(line, filter).await?;
        // The code of one is no key to what is told of another.
        if found.iter().all(|view| name.is_none_or(|name| is_same(&view.customer.name, name))) {
            count("right");
            return Ok(Ok(found));
        }
    }
    count("wrong");
    proof::doubt(line).await?;
    Ok(Err(ask(line, "say-code-wrong")))
}

/// Whose coming appointments are under this name, if that is one customer with a mailbox; among several of one name
/// the number tells.
async fn recipient(line: &Line<'_>, name: &str) -> Result<Option<Customer>, Problem> {
    // Blanks and hyphens are a matter of taste: what is found by the longest word is compared as a whole.
    let word = name.split_whitespace().max_by_key(|word| word.chars().count()).map(str::to_owned);
    let filter = AppointmentFilter { q: word, ..AppointmentFilter::default() };
    let mut found: Vec<_> = coming(line, filter).await?.into_iter().map(|view| view.customer).collect();
    found.retain(|customer| is_same(&customer.name, name));
    found.sort_by_key(|customer| customer.id);
    found.dedup_by_key(|customer| customer.id);
    if found.len() > 1 {
        // What cannot be read was asked for before.
        let said: Option<Phone> = line.said_number().ok().flatten();
        let number = said.or_else(|| line.caller());
        found.retain(|customer| number.is_some() && customer.phone == number);
    }
    Ok(match <[_; 1]>::try_from(found) {
        Ok([only]) if only.email.is_some() => Some(only),
        _ => None,
    })
}

/// What is still to come.
async fn coming(line: &Line<'_>, filter: AppointmentFilter) -> Result<Vec<AppointmentView>, Problem> {
    let filter = AppointmentFilter {
        from: Some(line.now),
        statuses: AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect(),
        ..filter
    };
    let page = line.state.engine.store.appointments(line.company.id, &filter, None, LOOKED_AT).await;
    Ok(page.map_err(|error| Problem::internal(&error))?.items)
}

/// Whether so many codes were asked for that no more is sent.
async fn is_enough(line: &Line<'_>, name: &[u8]) -> Result<bool, Problem> {
    let since = line.now.saturating_sub(proof::WINDOW).unwrap_or(line.now);
    let caller = proof::caller(line);
    let most = if caller.is_some() { OF_A_NUMBER } else { OF_NOBODY };
    let (store, call) = (&line.state.engine.store, &line.call.call_id);
    let codes = store.codes(line.company.id, call, caller.as_deref(), name, since).await;
    let codes = codes.map_err(|error| Problem::internal(&error))?;
    Ok(codes.in_call >= IN_A_CALL || codes.of_caller >= most || codes.under_name >= UNDER_A_NAME)
}

fn ask(line: &Line<'_>, key: &str) -> Outcome {
    line.ask_for(key, "code")
}

/// The vault's name of a code.
fn field(id: Uuid) -> String {
    format!("proofs.code {id}")
}

fn count(outcome: &'static str) {
    metrics::counter!("einklang_phone_codes_total", "outcome" => outcome).increment(1);
}
