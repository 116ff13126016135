//! `find_appointments`: what a caller has booked. A shown number, or a name together with its number, says
//! who calls; told are day, time and service, and nothing else.

use domain::Phone;
use retell::{Answer, Status};
use serde_json::json;
use store::AppointmentView;

use super::line::{Line, Outcome};
use super::names::folded;
use crate::problem::Problem;

/// How many are told: the agent reads everything out.
const TOLD: usize = 5;

/// Runs the function.
pub async fn find(line: &Line<'_>) -> Result<Outcome, Problem> {
    let name = line.args.text("name").or_else(|| line.args.text("customer_name")).map(|name| folded(&name));
    let said: Option<Phone> = line.args.text("phone").and_then(|text| text.parse().ok());
    // A number that is only said could be anybody's: it counts together with the name.
    let (number, name_needed) = match (line.caller(), said) {
        (Some(shown), said) if said.as_ref().is_none_or(|said| *said == shown) => (shown, false),
        (_, Some(said)) => (said, true),
        _ => return Ok(line.ask("say-who-calls")),
    };
    if name_needed && name.is_none() {
        return Ok(line.ask("say-who-calls"));
    }
    let store = &line.state.engine.store;
    let found = store.find_appointments_of_phone(line.company.id, &number, line.now).await;
    let mut found = found.map_err(|error| Problem::internal(&error))?;
    match name {
        Some(name) => found.retain(|view| folded(&view.customer.name) == name),
        // A family or an office: one of them must not hear of the others.
        None if found.iter().any(|view| view.customer.id != found[0].customer.id) => {
            return Ok(line.ask("say-whose"));
        }
        None => {}
    }
    tell(line, &found).await
}

async fn tell(line: &Line<'_>, found: &[AppointmentView]) -> Result<Outcome, Problem> {
    if found.is_empty() {
        return Ok(Answer::new(Status::NotFound, &line.speech.say("say-found-none")).into());
    }
    let spoken = |view: &AppointmentView| {
        let when = line.speech.when(view.appointment.slot.start);
        line.speech.0.get("say-appointment").arg("when", when).arg("service", &view.service.name).to_string()
    };
    let told: Vec<_> = found.iter().take(TOLD).map(spoken).collect();
    let key = match found.len() {
        1 => "say-found-one",
        2..=TOLD => "say-found-many",
        _ => "say-found-more",
    };
    let count = found.len().to_string();
    let say =
        line.speech.0.get(key).arg("count", count).arg("appointments", line.speech.all(&told)).to_string();
    let targets = found.iter().take(TOLD).map(|view| json!(view.appointment.id)).collect();
    let store = &line.state.engine.store;
    let names = store.name(line.company.id, &line.holder(), "A", targets, line.now).await;
    let names = names.map_err(|error| Problem::internal(&error))?;
    let appointments = names.into_iter().zip(&told);
    let appointments: Vec<_> =
        appointments.map(|(name, spoken)| json!({ "appointment_id": name, "spoken": spoken })).collect();
    Ok(Answer::new(Status::Ok, &say).with("appointments", appointments).into())
}
