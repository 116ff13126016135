//! `identify_customer`: whether the number that calls is that of somebody who is known, and nothing more.

use retell::{Answer, Status};

use super::line::{Line, Outcome};
use super::names::{first, is_same};
use super::proof;
use crate::problem::Problem;

/// Runs the function.
pub async fn identify(line: &Line<'_>) -> Result<Outcome, Problem> {
    let Some(number) = line.caller() else { return Ok(unknown(line)) };
    let store = &line.state.engine.store;
    let found = store.customers_of_phone(line.company.id, &number, proof::OF_A_PHONE).await;
    let mut found = found.map_err(|error| Problem::internal(&error))?;
    let name = proof::name(line);
    // A family or an office.
    let is_shared = found.len() > 1;
    if let Some(name) = &name {
        // Who else has this number could be guessed.
        if is_shared && proof::is_doubted(line).await? {
            return Ok(proof::doubted(line));
        }
        found.retain(|customer| is_same(&customer.name, name));
        if is_shared && found.is_empty() {
            proof::doubt(line).await?;
        }
    } else if is_shared {
        return Ok(line.ask("say-whose"));
    }
    let [customer] = found.as_slice() else { return Ok(unknown(line)) };
    Ok(match first(&customer.name) {
        Some(first) => {
            let say = line.speech.0.get("say-known").arg("name", &first).to_string();
            Answer::new(Status::Ok, &say).with("known", true).with("first_name", first).into()
        }
        None => Answer::new(Status::Ok, &line.speech.say("say-known-unnamed")).with("known", true).into(),
    })
}

fn unknown(line: &Line<'_>) -> Outcome {
    // Whoever has said a name is not asked for it, nor told that it is the number.
    let key = if proof::name(line).is_some() { "say-name-not-known" } else { "say-not-known" };
    Answer::new(Status::Ok, &line.speech.say(key)).with("known", false).into()
}
