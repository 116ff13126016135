//! A call that is played from a script: what Retell would send, in order, and whether what is answered can be spoken.
//!
//! This owns no connection: whoever plays takes the next [`Ask`], sends it signed, and says what came back. Every call
//! begins with the inbound webhook and ends with the report that it has ended, as a real one does.

mod contract;
mod script;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use contract::{Breach, breaches};
pub use script::{Script, ScriptError};

use script::{Step, What, Word};

/// Functions by which something is another way afterwards: their answers tell of which appointment.
const CHANGES: [&str; 3] = ["book_appointment", "reschedule_appointment", "cancel_appointment"];

/// One request to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Where to, below the address of the agent: `inbound`, `functions/{name}` or `calls`.
    pub path: String,
    /// What is sent, to be signed as it stands.
    pub body: String,
    /// The arguments of a function, for people.
    pub args: Value,
    /// What the script wants and no answer has told.
    unknown: Vec<String>,
    expected: Vec<String>,
    again: bool,
}

/// What was asked, and what came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// As in [`Ask::path`].
    pub path: String,
    pub args: Value,
    /// The HTTP status; `None` if there was no answer at all.
    pub http_status: Option<u16>,
    /// `null` if it was not JSON.
    pub answer: Value,
    pub took: Duration,
    /// What must not be so.
    pub breaches: Vec<Breach>,
}

/// A call under way.
#[derive(Debug)]
pub struct Rehearsal {
    script: Script,
    call: Map<String, Value>,
    /// Its steps that were taken; the first and the last are not in the script.
    taken: usize,
    ended: bool,
    /// What was answered so far.
    told: Vec<Value>,
    last: Option<(String, Value)>,
}

impl Turn {
    /// The sentence that the agent is to speak.
    pub fn say(&self) -> &str {
        self.answer["say"].as_str().unwrap_or_default()
    }

    /// The function that was called, if it was one.
    pub fn function(&self) -> Option<&str> {
        self.path.strip_prefix("functions/")
    }
}

impl Rehearsal {
    /// A call to a number of ours, by an id that no other call has.
    pub fn new(script: Script, call_id: &str, to_number: Option<&str>, now: Timestamp) -> Self {
        let call = json!({
            "call_id": call_id, "call_type": "phone_call", "call_status": "ongoing",
            "direction": "inbound", "from_number": script.caller, "to_number": to_number,
            "start_timestamp": now.as_millisecond(),
        });
        let Value::Object(call) = call else { unreachable!("an object was written") };
        Self { script, call, taken: 0, ended: false, told: Vec::new(), last: None }
    }

    /// Retell's id of the call.
    pub fn call_id(&self) -> &str {
        self.call["call_id"].as_str().unwrap_or_default()
    }

    /// What is sent next; `None` when the call is over.
    pub fn next(&mut self, now: Timestamp) -> Option<Ask> {
        let taken = self.taken;
        self.taken += 1;
        if taken == 0 {
            let told =
                json!({ "from_number": self.call["from_number"], "to_number": self.call["to_number"] });
            return Some(Ask::of("inbound", &json!({ "event": "call_inbound", "call_inbound": told })));
        }
        let Some(Step { what, expected }) = self.script.steps.get(taken - 1).cloned() else {
            if self.ended {
                return None;
            }
            self.ended = true;
            let mut call = self.call.clone();
            call.insert("call_status".into(), "ended".into());
            call.insert("end_timestamp".into(), now.as_millisecond().into());
            call.insert("disconnection_reason".into(), "user_hangup".into());
            return Some(Ask::of("calls", &json!({ "event": "call_ended", "call": call })));
        };
        let (mut unknown, again) = (Vec::new(), matches!(what, What::Again));
        let (name, args) = match what {
            What::Again => self.last.clone()?,
            What::Function { name, args } => {
                let mut filled = Map::new();
                for (argument, word) in args {
                    match self.meant(&word) {
                        Some(value) => _ = filled.insert(argument, value),
                        None => unknown.push(argument),
                    }
                }
                (name, Value::Object(filled))
            }
        };
        self.last = Some((name.clone(), args.clone()));
        self.invoke(&name, &args);
        let body = json!({ "name": name, "args": args, "call": self.call });
        Some(Ask { args, unknown, expected, again, ..Ask::of(&format!("functions/{name}"), &body) })
    }

    /// The transcript grows with every function, also with one that is called once more: that is another request.
    fn invoke(&mut self, name: &str, args: &Value) {
        let invocation = json!({
            "role": "tool_call_invocation", "tool_call_id": format!("tool_call_{}", self.taken),
            "name": name, "arguments": args.to_string(),
        });
        let transcript = self.call.entry("transcript_with_tool_calls").or_insert_with(|| json!([]));
        if let Some(transcript) = transcript.as_array_mut() {
            transcript.push(invocation);
        }
    }

    /// What came back: the HTTP status and the body, or nothing.
    pub fn hear(&mut self, ask: Ask, answered: Option<(u16, &[u8])>, took: Duration) -> Turn {
        let answer: Value =
            answered.and_then(|(_, body)| serde_json::from_slice(body).ok()).unwrap_or_default();
        let mut wrong = breaches(&ask.path, answered, took);
        wrong.extend(ask.unknown.into_iter().map(|argument| Breach::NothingToldFor { argument }));
        let status = answer["status"].as_str().unwrap_or_default();
        if !ask.expected.is_empty() && !ask.expected.iter().any(|expected| expected == status) {
            wrong.push(Breach::Unexpected { wanted: ask.expected.join(", "), got: status.to_owned() });
        }
        let before = self.told.last().filter(|_| ask.again);
        if before.is_some_and(|before| !is_same(&ask.path, before, &answer)) {
            wrong.push(Breach::NotTheSame);
        }
        self.told.push(answer.clone());
        let http_status = answered.map(|(status, _)| status);
        Turn { path: ask.path, args: ask.args, http_status, answer, took, breaches: wrong }
    }

    /// A word of the script: as it stands, or what the last answer that tells it has told.
    fn meant(&self, word: &Word) -> Option<Value> {
        let (name, place) = match word {
            Word::Plain(value) => return Some(value.clone()),
            Word::Told { name, place } => (name, *place),
        };
        self.told.iter().rev().find_map(|answer| told(answer, name, place))
    }
}

/// Whether the same wish came to the same: to the same appointment, and that has to be told of what changes one. Where
/// nothing came about, it has to be answered alike.
fn is_same(path: &str, before: &Value, answer: &Value) -> bool {
    let reference = |answer: &Value| answer["data"]["reference"].as_str().map(str::to_owned);
    match (reference(before), reference(answer)) {
        (Some(before), Some(now)) => before == now,
        (None, None) => {
            let done = ["ok", "requested"].iter().any(|done| answer["status"] == *done);
            let changes = CHANGES.iter().any(|function| path.strip_prefix("functions/") == Some(function));
            !(done && changes) && before["status"] == answer["status"] && answer["status"].is_string()
        }
        _ => false,
    }
}

/// A field of an answer, or of the `place`th thing in a list of it.
fn told(answer: &Value, name: &str, place: usize) -> Option<Value> {
    let variables = &answer["call_inbound"]["dynamic_variables"];
    if name == "service" {
        let list = variables["services_list"].as_str()?;
        return list.split(", ").nth(place - 1).filter(|name| !name.is_empty()).map(Value::from);
    }
    let fields = answer["data"].as_object().or(variables.as_object())?;
    if place == 1
        && let Some(value) = fields.get(name)
    {
        return Some(value.clone());
    }
    fields.values().filter_map(Value::as_array).find_map(|list| list.get(place - 1)?.get(name)).cloned()
}

impl Ask {
    fn of(path: &str, body: &Value) -> Self {
        let (path, body) = (path.to_owned(), body.to_string());
        Self { path, body, args: Value::Null, unknown: Vec::new(), expected: Vec::new(), again: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_TIME: Duration = Duration::ZERO;

    fn play(script: &str, answers: &[Value]) -> (Vec<Ask>, Vec<Turn>) {
        let now = Timestamp::UNIX_EPOCH;
        let mut rehearsal = Rehearsal::new(script.parse().unwrap(), "test-1", Some("+4930111111"), now);
        let (mut asked, mut turns, mut answers) = (Vec::new(), Vec::new(), answers.iter());
        while let Some(ask) = rehearsal.next(now) {
            asked.push(ask.clone());
            let answer = answers.next().map(Value::to_string);
            turns.push(rehearsal.hear(ask, answer.as_ref().map(|it| (200, it.as_bytes())), NO_TIME));
        }
        (asked, turns)
    }

    #[test]
    fn what_was_told_is_used_and_what_was_not_is_missed() {
        let inbound =
            json!({ "call_inbound": { "dynamic_variables": { "services_list": "Schnitt, Färben" } } });
        let free = json!({ "status": "ok", "say": "Frei.", "data": {
            "slots": [{ "slot_id": "S1" }, { "slot_id": "S2" }] } });
        let booked = json!({ "status": "requested", "say": "Notiert.", "data": { "reference": "A-1" } });
        let other = json!({ "status": "requested", "say": "Notiert.", "data": { "reference": "A-2" } });
        let script = "from withheld\ncheck_availability service=$service.2\nbook_appointment slot_id=$slot_id.2 \
            confirmed=true customer_name=\"Test Anruf\"\nexpect ok\nagain\ncancel_appointment appointment_id=$appointment_id";
        let (asked, turns) = play(script, &[inbound, free, booked, other, json!({}), json!({})]);
        let paths: Vec<_> = asked.iter().map(|ask| ask.path.as_str()).collect();
        let expected = ["inbound", "functions/check_availability", "functions/book_appointment"];
        assert_eq!(paths[..3], expected);
        assert_eq!(paths[3..], ["functions/book_appointment", "functions/cancel_appointment", "calls"]);
        assert_eq!(asked[1].args, json!({ "service": "Färben" }));
        let wish = json!({ "slot_id": "S2", "confirmed": true, "customer_name": "Test Anruf" });
        assert_eq!((&asked[2].args, &asked[3].args), (&wish, &wish));
        let body: Value = serde_json::from_str(&asked[2].body).unwrap();
        assert_eq!(
            (&body["call"]["call_id"], &body["call"]["from_number"]),
            (&json!("test-1"), &Value::Null)
        );
        assert_ne!(asked[2].body, asked[3].body, "asked again, not sent again");
        let breaches: Vec<_> = turns.iter().map(|turn| turn.breaches.as_slice()).collect();
        assert_eq!(breaches[2], [Breach::Unexpected { wanted: "ok".into(), got: "requested".into() }]);
        assert_eq!(breaches[3], [Breach::NotTheSame]);
        let missed = Breach::NothingToldFor { argument: "appointment_id".into() };
        assert!(breaches[4].contains(&missed), "{:?}", breaches[4]);
        assert_eq!(serde_json::from_str::<Value>(&asked[5].body).unwrap()["event"], "call_ended");
    }

    #[test]
    fn what_is_asked_again_comes_to_the_same() {
        let answer = |status: &str, reference: Option<&str>| {
            let data = reference.map_or(json!({}), |reference| json!({ "reference": reference }));
            json!({ "status": status, "say": "So ist es.", "data": data })
        };
        let judged = |function: &str, before: Value, now: Value| {
            let (_, turns) = play(&format!("{function}\nagain"), &[json!({}), before, now]);
            turns[2].breaches.is_empty()
        };
        let (one, other) = (Some("A-1"), Some("A-2"));
        assert!(judged("book_appointment", answer("requested", one), answer("ok", one)));
        assert!(!judged("book_appointment", answer("ok", one), answer("ok", other)));
        assert!(!judged("book_appointment", answer("ok", one), answer("conflict", None)));
        // Of two that tell nothing, nobody knows whether they are one.
        for function in CHANGES {
            assert!(!judged(function, answer("ok", None), answer("ok", None)), "{function}");
            assert!(judged(function, answer("conflict", None), answer("conflict", None)), "{function}");
            assert!(!judged(function, answer("conflict", None), answer("not_found", None)), "{function}");
        }
        assert!(judged("find_appointments", answer("ok", None), answer("ok", None)));
        assert!(!judged("find_appointments", answer("ok", None), answer("not_found", None)));
        assert!(!judged("find_appointments", Value::Null, Value::Null));
    }
}
