//! `check_availability`: what is free, held for the call while the caller thinks.

use domain::spoken::{Days, Times};
use retell::Status;

use super::line::{Line, Outcome};
use super::wish::{self, Wish};
use super::{offer, proof, when};
use crate::problem::Problem;

/// Times that are told when nobody says how many, and at most: a caller cannot remember more.
const USUAL: i64 = 3;
const MOST: i64 = 5;

/// Runs the function.
pub async fn check(line: &Line<'_>) -> Result<Outcome, Problem> {
    // To be moved: what is booked says what and with whom, and its own time is free for it.
    let moved = match line.args.text("appointment_id") {
        Some(_) => match proof::meant(line).await? {
            Ok(view) => Some(view),
            Err(question) => return Ok(question),
        },
        None => None,
    };
    let wish = match &moved {
        Some(view) if line.args.text("staff").is_none() => {
            Wish { service: view.service.clone(), staff: Some(view.appointment.staff_id) }
        }
        Some(view) => match wish::with(line, view.service.clone()).await? {
            Ok(wish) => wish,
            Err(question) => return Ok(question),
        },
        None => match wish::read(line).await? {
            Ok(wish) => wish,
            Err(question) => return Ok(question),
        },
    };
    let leaving = moved.map(|view| view.appointment.id);
    let meaning = match when::read(line) {
        Ok(meaning) => meaning,
        Err(question) => return Ok(question),
    };
    let count =
        usize::try_from(line.args.integer("max_results").unwrap_or(USUAL).clamp(1, MOST)).unwrap_or(1);
    let known = offer::look(line, wish.who(line), leaving, &meaning.days).await?;
    let understood = when::in_words(line, &meaning);
    let held = offer::hold(line, &known, offer::fitting(line, &known, &meaning, count)).await?;
    let answer = if held.is_empty() {
        let held = offer::hold(line, &known, offer::others(line, &known, &meaning, (None, count))).await?;
        let status = if held.is_empty() { Status::NotFound } else { Status::Ok };
        let why = (why_not(line, &known, &meaning), meaning.days.single());
        offer::tell(line, &known, status, Some(why), ("alternatives", &held))
    } else {
        offer::tell(line, &known, Status::Ok, None, ("slots", &held))
    };
    let answer = if understood.is_empty() { answer } else { answer.with("understood", understood) };
    Ok(answer.into())
}

/// Why what was wanted is not there.
fn why_not(
    line: &Line<'_>,
    known: &engine::appointments::Availability,
    meaning: &domain::spoken::Meaning,
) -> String {
    let speech = &line.speech;
    let Some(day) = meaning.days.single() else { return speech.say("say-none-then") };
    let holiday = known.candidates.iter().all(|candidate| candidate.place.is_holiday(day));
    if holiday && !known.candidates.is_empty() {
        return speech.0.get("say-holiday").arg("day", speech.day(day)).to_string();
    }
    match (&meaning.days, meaning.times) {
        (Days::OneOf(_) | Days::Span { .. }, Times::Unsaid | Times::Any) => {
            speech.0.get("say-none-that-day").arg("day", speech.on(day)).to_string()
        }
        (_, Times::At(time)) => {
            speech.0.get("say-not-free").arg("when", speech.on_the_clock(day.to_datetime(time))).to_string()
        }
        _ => speech.say("say-none-then"),
    }
}
