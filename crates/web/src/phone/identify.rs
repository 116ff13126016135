//! `identify_customer`: whether the number that calls is that of somebody who is known, and nothing more.

use retell::{Answer, Status};

use super::line::{Line, Outcome};
use super::names::folded;
use crate::problem::Problem;

/// Customers of one number that are looked through.
const OF_A_NUMBER: u64 = 50;

/// Runs the function.
pub async fn identify(line: &Line<'_>) -> Result<Outcome, Problem> {
    let Some(number) = line.caller() else { return Ok(unknown(line)) };
    let store = &line.state.engine.store;
    let found = store.customers_of_phone(line.company.id, &number, OF_A_NUMBER).await;
    let mut found = found.map_err(|error| Problem::internal(&error))?;
    let name = line.args.text("name").or_else(|| line.args.text("customer_name"));
    if let Some(name) = name.map(|name| folded(&name)) {
        found.retain(|customer| folded(&customer.name) == name);
    } else if found.len() > 1 {
        // A family or an office.
        return Ok(line.ask("say-whose"));
    }
    let [customer] = found.as_slice() else { return Ok(unknown(line)) };
    let first = customer.name.split_whitespace().next().unwrap_or_default().to_owned();
    let say = line.speech.0.get("say-known").arg("name", &first).to_string();
    Ok(Answer::new(Status::Ok, &say).with("known", true).with("first_name", first).into())
}

fn unknown(line: &Line<'_>) -> Outcome {
    Answer::new(Status::Ok, &line.speech.say("say-not-known")).with("known", false).into()
}
