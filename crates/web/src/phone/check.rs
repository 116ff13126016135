//! `check_availability`: what is free, held for the call while the caller thinks.

use domain::StaffId;
use domain::spoken::{Days, Meaning, Times};
use engine::appointments::Availability;
use retell::Status;

use super::line::{Line, Outcome};
use super::offer::{self, Reach, Told};
use super::wish::{self, Wish};
use super::{change, proof, wanted, when};
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
    let line = &line.at(moved.as_ref().map_or(line.branch, |view| &view.branch));
    if let Some(view) = &moved
        && let Some(refusal) = change::too_late(line, view).await?
    {
        return Ok(refusal);
    }
    let wish = match &moved {
        Some(view) if line.args.text("staff").is_none() => {
            Wish { service: view.service.clone(), staff: wanted::still_there(line, view).await? }
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
    let who = wish.who(line);
    let leaving = moved.as_ref().map(|view| view.appointment.id);
    let meaning = match when::read(line) {
        Ok(meaning) => meaning,
        Err(question) => return Ok(question),
    };
    let count =
        usize::try_from(line.args.integer("max_results").unwrap_or(USUAL).clamp(1, MOST)).unwrap_or(1);
    let understood = when::in_words(line, &meaning);
    let (who, days) = ((who, wish.staff), &meaning.days);
    let fitting = |known: &Availability| offer::fitting(line, known, &meaning, count);
    let mut found = offer::find(line, who, leaving, (days, Reach::Meant), fitting).await?;
    if found.1.is_empty() {
        // What has become free meanwhile is as good as ever.
        let choose = |known: &Availability| match fitting(known) {
            fitting if fitting.is_empty() => {
                offer::others(line, (known, wish.staff), &meaning, (None, count))
            }
            fitting => fitting,
        };
        found = offer::find(line, who, leaving, (days, Reach::Around), choose).await?;
    }
    let (known, held) = found;
    let told = if held.iter().any(|(_, opening)| offer::fits(line, &meaning, opening)) {
        Told { status: Status::Ok, why: None, under: "slots", held: &held, by_name: false }
    } else {
        let status = if held.is_empty() { Status::NotFound } else { Status::Ok };
        let why = Some((why_not(line, &known, wish.staff, &meaning), meaning.days.single()));
        Told { status, why, under: "alternatives", held: &held, by_name: false }
    };
    let answer = offer::tell(line, &known, told);
    let answer = if understood.is_empty() { answer } else { answer.with("understood", understood) };
    Ok(answer.into())
}

/// Why what was wanted is not there, said of whoever is wanted where others might be free.
fn why_not(line: &Line<'_>, known: &Availability, staff: Option<StaffId>, meaning: &Meaning) -> String {
    let speech = &line.speech;
    let person = known.candidates.iter().find(|it| Some(it.staff.id) == staff);
    let name = person.map(|person| person.staff.name.as_str()).unwrap_or_default();
    let key = |alone: &'static str, with: &'static str| {
        speech.0.get(if name.is_empty() { alone } else { with }).arg("staff", name)
    };
    let none_then = || key("say-none-then", "say-none-then-with").to_string();
    let Some(day) = meaning.days.single() else { return none_then() };
    let holiday = known.candidates.iter().all(|candidate| candidate.place.is_holiday(day));
    if holiday && !known.candidates.is_empty() {
        return speech.0.get("say-holiday").arg("day", speech.day(day)).to_string();
    }
    match (&meaning.days, meaning.times) {
        (Days::OneOf(_) | Days::Span { .. }, Times::Unsaid | Times::Any) => {
            key("say-none-that-day", "say-none-that-day-with").arg("day", speech.on(day)).to_string()
        }
        (_, Times::At(time)) => {
            let when = speech.on_the_clock(day.to_datetime(time));
            key("say-not-free", "say-not-free-with").arg("when", when).to_string()
        }
        _ => none_then(),
    }
}
