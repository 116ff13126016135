//! What is kept of a call: that it was, which functions were called, what came of them. Of the people in it
//! nothing is kept here; they are found through the appointment. Whatever a model writes into an argument, only what was
//! understood of it is kept: words of our own names, of days and of times, and what can be one of a few.

use domain::BranchId;
use domain::company::Company;
use domain::spoken::{Here, Question, Said, understand};
use jiff::Zoned;
use jiff::tz::TimeZone;
use retell::{Answer, Args};
use serde_json::{Map, Value};
use store::{Call, CallFunction};

use super::Asked;
use super::line::{self, Outcome};
use super::names;
use crate::i18n::Language;
use crate::state::AppState;

/// What stands for all else.
pub(super) const HIDDEN: &str = "•••";
/// The longest that is kept of an argument, in characters.
const LONGEST: usize = 60;
/// Arguments of which something may be kept.
const KEPT: [&str; 15] = [
    "service",
    "date",
    "date_end",
    "time",
    "time_preference",
    "staff",
    "branch",
    "language",
    "confirmed",
    "max_results",
    "slot_id",
    "appointment_id",
    "appointment_date",
    "appointment_time",
    "send_code",
];
/// Arguments that are a person's; those that an answer may repeat come first.
const OF_PEOPLE: [&str; 7] = ["customer_name", "name", "phone", "email", "code", "notes", "reason"];
const REPEATED: usize = 5;

/// By what an argument is understood.
struct Known {
    services: Vec<String>,
    staff: Vec<String>,
    branches: Vec<String>,
    language: Language,
    now: Zoned,
}

/// Writes the call down. That this fails is no reason to fail the caller, whose appointment is made.
pub async fn record(asked: &Asked<'_>, company: &Company, branch: Option<BranchId>, outcome: &Outcome) {
    let Asked { state, agent, name, function, request, .. } = *asked;
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    let call = &function.call;
    let status = serde_json::to_value(outcome.answer.status()).unwrap_or_default();
    let word = status.as_str().unwrap_or_default().to_owned();
    metrics::counter!("einklang_phone_functions_total", "function" => name.to_owned(), "status" => word)
        .increment(1);
    let known = Call {
        call_id: call.call_id.clone(),
        agent_id: agent.id,
        branch_id: branch,
        from_masked: call.caller().given().map(masked),
        to_number: line::ours(call).unwrap_or_default().to_owned(),
        started_at: call.started_at.unwrap_or(now),
        updated_at: now,
    };
    let arguments = arguments(&function.args, &Known::of(state, company, &function.args).await);
    let function = CallFunction {
        call_id: call.call_id.clone(),
        name: name.to_owned(),
        arguments: Value::Object(arguments),
        answer: unnamed(&outcome.answer, &function.args),
        at: now,
        appointment_id: outcome.appointment,
        request: Some(request.to_owned()),
    };
    if let Err(error) = store.record_call(company.id, known, Some(function)).await {
        tracing::warn!(%error, call_id = %call.call_id, "a phone call was not written down");
    }
}

impl Known {
    /// Only what the arguments ask for; what cannot be looked up is not understood.
    async fn of(state: &AppState, company: &Company, args: &Args) -> Self {
        let store = &state.engine.store;
        let is_said = |name: &str| args.text(name).is_some();
        let services = if is_said("service") { store.services(company.id).await } else { Ok(Vec::new()) };
        let staff = if is_said("staff") { store.staff(company.id).await } else { Ok(Vec::new()) };
        let branches = if is_said("branch") { store.branches(company.id).await } else { Ok(Vec::new()) };
        let zone = TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC);
        Self {
            services: services.unwrap_or_default().into_iter().map(|service| service.name).collect(),
            staff: staff.unwrap_or_default().into_iter().map(|person| person.name).collect(),
            branches: branches.unwrap_or_default().into_iter().map(|branch| branch.name).collect(),
            language: line::language(args, company),
            now: state.engine.ambient.now().to_zoned(zone),
        }
    }

    /// Whether words are about a day or a time, be it one that does not exist. Of what stands in brackets behind a time of
    /// a machine nothing is read.
    fn is_time(&self, text: &str, said: Said<'_>) -> bool {
        let here = Here { now: &self.now, hours: None, language: self.language };
        !text.contains('[') && !matches!(understand(said, here), Err(Question::Day | Question::Time))
    }

    /// What is kept of an argument.
    fn kept(&self, name: &str, args: &Args) -> Option<String> {
        let text = args.text(name)?;
        let some = |of: &[String]| Some(names::only(&text, of.iter().map(String::as_str)));
        let kept = |is_understood: bool| is_understood.then(|| text.clone());
        let kept = match name {
            "service" => some(&self.services),
            "staff" => some(&self.staff),
            "branch" => some(&self.branches),
            "date" | "date_end" | "appointment_date" => {
                kept(self.is_time(&text, Said { day: Some(&text), ..Said::default() }))
            }
            "time" | "time_preference" | "appointment_time" => {
                kept(self.is_time(&text, Said { time: Some(&text), ..Said::default() }))
            }
            "language" => Language::from_tag(&text).map(|language| language.tag().to_owned()),
            "confirmed" | "send_code" => kept(args.flag(name).is_some()),
            "max_results" => kept(args.integer(name).is_some_and(|number| (0..100).contains(&number))),
            "slot_id" | "appointment_id" => kept(is_handle(&text)),
            _ => None,
        };
        kept.map(|kept| kept.chars().take(LONGEST).collect())
    }
}

/// `S1`, `A12`
fn is_handle(text: &str) -> bool {
    let mut signs = text.chars();
    let kind = signs.next().is_some_and(|kind| kind.is_ascii_alphabetic());
    kind && (1..=3).contains(&signs.as_str().len()) && signs.all(|sign| sign.is_ascii_digit())
}

/// The arguments as they are kept; a name that no function has may say anything, too.
fn arguments(args: &Args, known: &Known) -> Map<String, Value> {
    let kept = |name: &str| match known.kept(name, args) {
        Some(kept) => (name.to_owned(), kept.into()),
        None if KEPT.contains(&name) || OF_PEOPLE.contains(&name) => (name.to_owned(), HIDDEN.into()),
        None => (HIDDEN.to_owned(), HIDDEN.into()),
    };
    args.names().map(kept).collect()
}

/// An answer as it is kept: without the name that it greets by, and without what it repeats of a person.
fn unnamed(answer: &Answer, args: &Args) -> Value {
    let greeted = answer.data().get("first_name").and_then(Value::as_str).map(str::to_owned);
    let repeated = OF_PEOPLE[..REPEATED].iter().filter_map(|name| args.text(name));
    let mut people: Vec<_> =
        greeted.into_iter().chain(repeated.filter(|text| text.chars().count() > 2)).collect();
    // A whole name before a part of it.
    people.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut kept = serde_json::to_value(answer).unwrap_or_default();
    hide(&mut kept, &people);
    kept
}

fn hide(value: &mut Value, people: &[String]) {
    match value {
        Value::String(text) => people.iter().for_each(|person| *text = text.replace(person, HIDDEN)),
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, people)),
        Value::Object(fields) => fields.values_mut().for_each(|value| hide(value, people)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `•••678`: enough to recognise a call in a list.
pub(super) fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let end: String = digits[digits.len().saturating_sub(3)..].iter().collect();
    format!("•••{end}")
}

#[cfg(test)]
mod tests {
    use retell::Status;
    use serde_json::json;

    use super::*;

    fn args(value: Value) -> Args {
        let Value::Object(args) = value else { unreachable!() };
        args.into()
    }

    fn known() -> Known {
        Known {
            services: vec!["Damenhaarschnitt".into(), "Färben".into()],
            staff: vec!["Anna Weber".into()],
            branches: vec!["Mitte".into()],
            language: Language::De,
            now: "2026-11-20T09:00[Europe/Berlin]".parse().unwrap(),
        }
    }

    #[test]
    fn what_was_understood_is_kept() {
        let said = json!({
            "service": "färben", "staff": "Frau Weber", "branch": "Mitte", "date": "nächsten Dienstag",
            "date_end": "31.02.", "appointment_date": "2026-11-24T14:30:00Z", "time": "halb drei",
            "time_preference": "nachmittags", "appointment_time": "um drei", "language": "en-GB",
            "confirmed": true, "send_code": "ja", "max_results": 3, "slot_id": "s12", "appointment_id": "A1",
        });
        let mut expected = said.clone();
        expected["staff"] = "••• Weber".into();
        expected["language"] = "en".into();
        expected["confirmed"] = "true".into();
        expected["max_results"] = "3".into();
        assert_eq!(Value::Object(arguments(&args(said), &known())), expected);
    }

    #[test]
    fn nobody_is_recognised_in_what_is_kept() {
        let of_people = "Zoë Müller, 0151 99887766, zoe@kundin.example, Code 123456";
        for name in KEPT.into_iter().chain(OF_PEOPLE).chain(["x"]) {
            for text in [of_people, "Zoë Müller", "0151 99887766", "Zoë", "123456", "14:30[Zoë Müller]"]
            {
                let kept = arguments(&args(json!({ name: text })), &known());
                let name = if name == "x" { HIDDEN } else { name };
                assert_eq!(Value::Object(kept), json!({ name: HIDDEN }), "{text}");
            }
        }
        let kept = |said| known().kept("service", &args(json!({ "service": said }))).unwrap();
        assert_eq!(kept(format!("Färben für {of_people}")), "Färben •••");
        assert_eq!(kept("Färben Damenhaarschnitt ".repeat(50)).chars().count(), LONGEST);
        assert_eq!(
            Value::Object(arguments(&args(json!({ "Zoë Müller": 1, "0151": 2 })), &known())),
            json!({ HIDDEN: HIDDEN })
        );
        assert_eq!(masked("+49 151 12345678"), "•••678");
        assert_eq!(masked("7"), "•••7");
    }

    #[test]
    fn nobody_is_named_in_an_answer_that_is_kept() {
        let answer = Answer::new(Status::Ok, "Guten Tag, Zoë, schön, dass Sie anrufen.")
            .with("first_name", "Zoë")
            .with("list", json!([{ "spoken": "Färben für Zoë Müller" }]));
        let kept = unnamed(&answer, &args(json!({ "name": "Zoë Müller", "notes": "an" })));
        assert_eq!(
            kept,
            json!({ "status": "ok", "say": "Guten Tag, •••, schön, dass Sie anrufen.",
                "data": { "first_name": HIDDEN, "list": [{ "spoken": "Färben für •••" }] } })
        );
    }
}
