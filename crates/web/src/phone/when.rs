//! When a caller means: the words are understood by `domain::spoken`; here they are taken from the arguments, and its
//! questions become sentences.

use domain::spoken::{self, Here, Meaning, Question, Said, Times};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use retell::{Answer, Status};

use super::line::{Line, Outcome};

/// Reads `date`, `date_end` and `time` (or `time_preference`).
pub fn read(line: &Line<'_>) -> Result<Meaning, Outcome> {
    let meaning = meant(line).map_err(|question| ask(line, &question))?;
    if !meaning.notes.is_empty() {
        tracing::info!(notes = ?meaning.notes, call_id = %line.call.call_id, "a date of the model was put right");
    }
    Ok(meaning)
}

/// The same, with the question as it is.
pub fn meant(line: &Line<'_>) -> Result<Meaning, Question> {
    let text = |name: &str| line.args.text(name);
    let (day, last_day) = (text("date"), text("date_end"));
    let time = text("time").or_else(|| text("time_preference"));
    let said = Said { day: day.as_deref(), last_day: last_day.as_deref(), time: time.as_deref() };
    let now = now(line);
    spoken::understand(said, here(line, &now))
}

/// Whether anything was said about the day or the time.
pub fn is_said(line: &Line<'_>) -> bool {
    ["date", "date_end", "time", "time_preference"].iter().any(|name| line.args.text(name).is_some())
}

/// The day that an argument names; `None` where it says nothing.
pub fn day(line: &Line<'_>, name: &str) -> Result<Option<Date>, Outcome> {
    let Some(words) = line.args.text(name) else { return Ok(None) };
    let now = now(line);
    let said = Said { day: Some(&words), ..Said::default() };
    let asked = |question: &Question| about(ask(line, question), name);
    let meaning = spoken::understand(said, here(line, &now)).map_err(|question| asked(&question))?;
    match meaning.days.single() {
        Some(day) => Ok(Some(day)),
        None => Err(asked(&Question::Day)),
    }
}

/// The time of day that an argument names; `None` where it says nothing.
pub fn time(line: &Line<'_>, name: &str) -> Result<Option<Time>, Outcome> {
    let Some(words) = line.args.text(name) else { return Ok(None) };
    let now = now(line);
    let said = Said { time: Some(&words), ..Said::default() };
    let asked = |question: &Question| about(ask(line, question), name);
    match spoken::understand(said, here(line, &now)).map_err(|question| asked(&question))?.times {
        Times::At(time) | Times::Around(time) => Ok(Some(time)),
        _ => Err(asked(&Question::Time)),
    }
}

/// A question that asks for this argument.
fn about(question: Outcome, name: &str) -> Outcome {
    Outcome { answer: question.answer.with("missing", name), ..question }
}

/// The one instant that is meant.
pub fn instant(line: &Line<'_>) -> Result<Timestamp, Outcome> {
    read(line)?.instant(zone(line)).map_err(|question| ask(line, &question))
}

/// What was understood, said back.
pub fn in_words(line: &Line<'_>, meaning: &Meaning) -> String {
    let now = now(line);
    meaning.in_words(here(line, &now))
}

pub fn zone<'a>(line: &'a Line<'_>) -> &'a TimeZone {
    &line.speech.0.zone
}

fn now(line: &Line<'_>) -> Zoned {
    line.now.to_zoned(zone(line).clone())
}

fn here<'a>(line: &'a Line<'_>, now: &'a Zoned) -> Here<'a> {
    let hours = Some(&line.branch.hours).filter(|hours| !hours.is_empty());
    Here { now, hours, language: line.speech.0.language }
}

/// A question of `domain::spoken` as a sentence.
pub fn ask(line: &Line<'_>, question: &Question) -> Outcome {
    let speech = &line.speech;
    let with = |key: &str, name: &'static str, value: String| speech.0.get(key).arg(name, value).to_string();
    let days = |days: &[Date]| speech.choice(&days.iter().map(|day| speech.meant(*day)).collect::<Vec<_>>());
    let (missing, say) = match question {
        Question::NoDay => ("date", speech.say("say-which-day")),
        Question::NoTime => ("time", speech.say("say-which-time")),
        Question::Day => ("date", speech.say("say-day-unclear")),
        Question::Time => ("time", speech.say("say-time-unclear")),
        Question::WhichDay(readings) => ("date", with("say-which-day-of-these", "choice", days(readings))),
        Question::WhichTime(readings) => {
            let times: Vec<_> = readings.iter().map(|time| speech.clock(*time)).collect();
            ("time", with("say-which-of-these", "choice", speech.choice(&times)))
        }
        Question::Weekday { readings, .. } => ("date", with("say-weekday", "choice", days(readings))),
        Question::NoSuchDay => ("date", speech.say("say-no-such-day")),
        Question::PastDay(day) => ("date", with("say-past", "when", speech.day(*day))),
        Question::Past(wall) => {
            let when = speech.on_the_clock(*wall);
            ("date", with("say-past", "when", when))
        }
        Question::TooFar(_) => ("date", speech.say("say-too-far")),
        Question::NextYear(day) => {
            let day = speech
                .0
                .get("say-day-of-year")
                .arg("day", speech.meant(*day))
                .arg("year", day.year().to_string());
            ("date", with("say-next-year", "day", day.to_string()))
        }
        Question::Skipped(_) => ("time", speech.say("say-time-skipped")),
    };
    Answer::new(Status::NeedsInput, &say).with("missing", missing).into()
}
