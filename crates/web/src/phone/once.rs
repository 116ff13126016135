//! What is one wish, however often and in whatever words it is said in a call; and how many appointments a call may touch.
//!
//! What is changed for a call is written down under a key that the wish makes: for whom, what, when. Who has it granted,
//! cancels it and asks again has a new wish, with the next key.

use std::collections::HashSet;

use domain::people::CustomerDetails;
use domain::timeline::What;
use domain::{AppointmentId, ServiceId, Slot};
use engine::appointments::Change;
use retell::{Answer, Status};
use sha2::{Digest, Sha256};
use store::{AppointmentView, Dedupe};

use super::line::{Line, Outcome};
use super::names::bare;
use crate::problem::Problem;

/// Appointments that can be made or changed in one call.
const IN_A_CALL: usize = 5;

fn scope(line: &Line<'_>) -> String {
    format!("call {}", line.call.call_id)
}

fn key(line: &Line<'_>, function: &str, meaning: &str, time: u32) -> Dedupe {
    let key = hex::encode(Sha256::digest(format!("{function}\n{meaning}\n{time}").as_bytes()));
    Dedupe { scope: scope(line), fingerprint: key.clone(), key }
}

/// The key of a wish for the next time that it is granted in this call, and what came of it the last time.
async fn next(
    line: &Line<'_>,
    function: &str,
    meaning: &str,
) -> Result<(Dedupe, Option<AppointmentId>), Problem> {
    let mut last = None;
    for time in 0.. {
        let dedupe = key(line, function, meaning, time);
        let granted = line.state.engine.store.deduped(line.company.id, &dedupe).await;
        match granted.map_err(|error| Problem::internal(&error))? {
            Some(id) => last = Some(id),
            None => return Ok((dedupe, last)),
        }
    }
    unreachable!("a call ends before the numbers do")
}

/// Nobody is served twice at the same time: the key says for whom, what and when, and not by whom.
pub async fn of_booking(
    line: &Line<'_>,
    customer: &CustomerDetails,
    service: ServiceId,
    slot: Slot,
) -> Result<(Dedupe, Option<AppointmentView>), Problem> {
    let meaning = format!("{}\n{service}\n{}", bare(&customer.name), slot.start);
    let (dedupe, last) = next(line, super::BOOK_APPOINTMENT, &meaning).await?;
    let last = match last {
        Some(id) => Some(look(line, id).await?),
        None => None,
    };
    if last.as_ref().is_some_and(|last| last.appointment.status.is_active()) {
        return Ok((dedupe, last));
    }
    // "Maria" and then "Maria Schmidt".
    let views = changed(line).await?;
    let same = |view: &AppointmentView| {
        let (appointment, known) = (&view.appointment, &view.customer);
        let number = known.phone.is_some() && known.phone == customer.phone;
        let address = known.email.is_some() && known.email == customer.email;
        appointment.status.is_active()
            && appointment.service_id == service
            && appointment.slot.overlaps(&slot)
            && (number || address)
            && is_short_for(&known.name, &customer.name)
    };
    Ok((dedupe, views.into_iter().find(same).or(last)))
}

/// Whether one of two names is the other without its last words, or both are the same words. By a family name alone a
/// mother and her daughter are not told apart.
fn is_short_for(one: &str, other: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    let words = |name: &str| -> Vec<String> { name.split(' ').map(str::to_owned).collect() };
    let (one, other) = (words(&one), words(&other));
    let all = |words: &[String]| words.iter().cloned().collect::<HashSet<_>>();
    one.starts_with(&other) || other.starts_with(&one) || all(&one) == all(&other)
}

/// A change, once per call and meaning. An appointment that is elsewhere although it was moved there before has been moved
/// on since: whoever asks again wants it again.
pub async fn of_change(line: &Line<'_>, function: &'static str, meaning: &str) -> Result<Change, Problem> {
    let (dedupe, _) = next(line, function, meaning).await?;
    Ok(Change {
        dedupe: Some(dedupe),
        holder: Some(line.holder()),
        as_offered: true,
        story: vec![called(line, function)],
        ..Change::by(line.actor())
    })
}

/// What the history tells.
pub fn called(line: &Line<'_>, function: &str) -> What {
    What::Called { call_id: line.call.call_id.clone(), function: function.to_owned() }
}

/// The appointments that were made or changed in this call, as they are now.
pub async fn changed(line: &Line<'_>) -> Result<Vec<AppointmentView>, Problem> {
    let ids: Vec<_> = touched(line).await?.into_iter().collect();
    let views = line.state.engine.store.views(line.company.id, &ids).await;
    views.map_err(|error| Problem::internal(&error))
}

/// Which those are.
pub async fn touched(line: &Line<'_>) -> Result<HashSet<AppointmentId>, Problem> {
    let touched = line.state.engine.store.deduped_in(line.company.id, &scope(line)).await;
    Ok(touched.map_err(|error| Problem::internal(&error))?.into_iter().collect())
}

/// Refuses what would be one appointment too many for a call: nobody books or cancels a whole day by telephone.
pub async fn too_many(line: &Line<'_>, but: Option<AppointmentId>) -> Result<Option<Outcome>, Problem> {
    let mut touched = touched(line).await?;
    but.map(|but| touched.remove(&but));
    let refusal = || Answer::new(Status::Conflict, &line.speech.say("say-too-many")).with("transfer", true);
    Ok((touched.len() >= IN_A_CALL).then(|| refusal().into()))
}

/// An appointment as it is now.
pub async fn look(line: &Line<'_>, id: AppointmentId) -> Result<AppointmentView, Problem> {
    let view = line.state.engine.store.appointment(line.company.id, id).await;
    view.map_err(|error| Problem::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::is_short_for;

    #[test]
    fn a_name_is_short_for_another_by_whole_words() {
        for (one, other, same) in [
            ("Maria", "Maria Schmidt", true),
            ("Schmidt, Maria", "maria schmidt", true),
            ("Frau Lena Vogel", "Lena Vogel", true),
            ("Frau Vogel", "Herr Vogel", true),
            ("Müller-Lüdenscheidt", "Mueller Luedenscheidt", true),
            ("Schmidt", "Lena Schmidt", false),
            ("Maria", "Peter", false),
            ("Maria", "Mariana Schmidt", false),
            ("Maria Schmidt", "Maria Meier", false),
        ] {
            assert_eq!((is_short_for(one, other), is_short_for(other, one)), (same, same), "{one} {other}");
        }
    }
}
