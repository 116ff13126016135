//! `find_appointments`: what a caller has booked, as far as the caller has proven who it is; told are day, time and
//! service, and nothing else.

use retell::{Answer, Status};
use serde_json::{Value, json};
use store::AppointmentView;

use super::line::{Line, Outcome};
use super::proof;
use crate::problem::Problem;

/// How many are told: the agent reads everything out.
const TOLD: usize = 5;

/// Runs the function.
pub async fn find(line: &Line<'_>) -> Result<Outcome, Problem> {
    match proof::appointments(line).await? {
        Ok(found) => tell(line, &found).await,
        Err(question) => Ok(question),
    }
}

/// Asks which of them is meant.
pub async fn which(line: &Line<'_>, found: &[AppointmentView]) -> Result<Outcome, Problem> {
    let (told, appointments) = named(line, found).await?;
    let say = line.speech.0.get("say-which-appointment").arg("choice", line.speech.choice(&told)).to_string();
    let answer = Answer::new(Status::NeedsInput, &say).with("missing", "appointment_id");
    Ok(answer.with("appointments", appointments).into())
}

async fn tell(line: &Line<'_>, found: &[AppointmentView]) -> Result<Outcome, Problem> {
    if found.is_empty() {
        return Ok(Answer::new(Status::NotFound, &line.speech.say("say-found-none")).into());
    }
    let (told, appointments) = named(line, found).await?;
    let key = match found.len() {
        1 => "say-found-one",
        2..=TOLD => "say-found-many",
        _ => "say-found-more",
    };
    let count = found.len().to_string();
    let say =
        line.speech.0.get(key).arg("count", count).arg("appointments", line.speech.all(&told)).to_string();
    Ok(Answer::new(Status::Ok, &say).with("appointments", appointments).into())
}

/// The first of them in words, and by the names that stand for them in this call.
async fn named(line: &Line<'_>, found: &[AppointmentView]) -> Result<(Vec<String>, Vec<Value>), Problem> {
    let spoken = |view: &AppointmentView| {
        let when = line.at(&view.branch).speech.when(view.appointment.slot.start);
        line.speech.0.get("say-appointment").arg("when", when).arg("service", &view.service.name).to_string()
    };
    let told: Vec<_> = found.iter().take(TOLD).map(spoken).collect();
    let targets = found.iter().take(TOLD).map(|view| json!(view.appointment.id)).collect();
    let store = &line.state.engine.store;
    let names = store.name(line.company.id, &line.holder(), "A", targets, line.now).await;
    let names = names.map_err(|error| Problem::internal(&error))?;
    let appointments = names.into_iter().zip(&told);
    let appointments =
        appointments.map(|(name, spoken)| json!({ "appointment_id": name, "spoken": spoken })).collect();
    Ok((told, appointments))
}
