//! What a function answers: a status to branch on, a sentence to speak, a few fields.
//!
//! An agent reads everything out and pays for every word, so an answer is short by construction. What
//! went well, was taken, or is unclear is a 200 with one of these; an HTTP error makes the model
//! improvise and is for broken authentication and real outages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An answer is never longer, counted in characters of its JSON. Retell cuts at 15,000; a person
/// listens to far less.
pub const MAX_ANSWER_CHARS: usize = 1_500;

/// Leaves room for data beside the longest sentence, even when every character of it is escaped.
const MAX_SAY_CHARS: usize = 600;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Done, and final.
    Ok,
    /// The sentence asks for what is missing or unclear.
    NeedsInput,
    NotFound,
    /// Taken meanwhile, or against a rule.
    Conflict,
    /// Being worked on; the outcome will be told another way.
    Pending,
    /// Noted here, not confirmed by the calendar yet. Never announce it as confirmed.
    Requested,
    Error,
}

/// An answer to a function call. At most [`MAX_ANSWER_CHARS`] when serialised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    status: Status,
    say: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    data: Map<String, Value>,
}

impl Answer {
    /// An answer with a sentence in the call's language, ready to be spoken: times in words, no ids.
    /// Control characters become spaces; beyond 600 characters it ends at a word, with "…".
    pub fn new(status: Status, say: &str) -> Self {
        let say: String = say.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { status, say: shorten(say.trim()), data: Map::new() }
    }

    /// Adds a field for the machine: a handle, a list of slots.
    ///
    /// Most important first: when the answer becomes too long, lists lose their last items and then
    /// this field is left out, and `data.truncated` says that something is missing.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let mut value = value.into();
        loop {
            self.data.insert(name.to_owned(), value.clone());
            if self.fits() {
                return self;
            }
            self.data.insert("truncated".to_owned(), Value::Bool(true));
            match &mut value {
                Value::Array(items) if items.len() > 1 => _ = items.pop(),
                _ => break,
            }
        }
        self.data.remove(name);
        self
    }

    pub fn status(&self) -> Status {
        self.status
    }

    pub fn say(&self) -> &str {
        &self.say
    }

    pub fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    /// Room is kept for the note that something was left out.
    fn fits(&self) -> bool {
        let note = if self.data.contains_key("truncated") { "" } else { r#","truncated":true"# };
        serde_json::to_string(self)
            .is_ok_and(|json| json.chars().count() + note.len() + r#","data":{}"#.len() <= MAX_ANSWER_CHARS)
    }
}

fn shorten(say: &str) -> String {
    let Some((limit, _)) = say.char_indices().nth(MAX_SAY_CHARS) else { return say.to_owned() };
    let word = say[..limit].rfind(' ').unwrap_or(limit);
    let last = say[..word].char_indices().next_back().map_or(0, |(at, _)| at);
    // A single endless word fills the limit: its last character makes room for the ellipsis.
    let end = if word == limit { last } else { word };
    format!("{}…", say[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn has_the_shape_that_prompts_are_written_for() {
        let answer =
            Answer::new(Status::NeedsInput, "Für welchen Tag?\n").with("days", json!(["Montag", "Dienstag"]));
        assert_eq!(
            serde_json::to_value(&answer).unwrap(),
            json!({ "status": "needs_input", "say": "Für welchen Tag?", "data": { "days": ["Montag", "Dienstag"] } })
        );
        let bare = serde_json::to_string(&Answer::new(Status::Requested, "Notiert.")).unwrap();
        assert_eq!(bare, r#"{"status":"requested","say":"Notiert."}"#);
    }

    #[test]
    fn lists_lose_their_tail_and_say_so() {
        let slots: Vec<_> = (1..=50)
            .map(|n| json!({ "slot_id": format!("S{n}"), "spoken": "Dienstag, 6. Oktober, 14 Uhr 30" }))
            .collect();
        let answer = Answer::new(Status::Ok, "Es gibt mehrere Termine.")
            .with("appointment_id", "A1")
            .with("slots", slots)
            .with("notes", "x".repeat(5_000));
        let data = answer.data();
        assert_eq!(data["appointment_id"], "A1");
        assert_eq!(data["truncated"], true);
        assert_eq!(data["slots"][0]["slot_id"], "S1");
        assert!((10..50).contains(&data["slots"].as_array().unwrap().len()));
        assert!(!data.contains_key("notes"));
    }

    #[test]
    fn a_long_sentence_ends_at_a_word() {
        let answer = Answer::new(Status::Ok, &"Größe ".repeat(200));
        assert!(answer.say().ends_with("Größe…"), "{}", answer.say());
        assert_eq!(Answer::new(Status::Ok, &"ß".repeat(700)).say().chars().count(), MAX_SAY_CHARS);
    }

    proptest! {
        #[test]
        fn never_longer_than_promised(say in ".{0,900}", items in prop::collection::vec("\\PC{0,200}", 0..20), last in "\"{0,900}") {
            let answer = Answer::new(Status::Conflict, &say).with("items", items).with("last", last);
            prop_assert!(serde_json::to_string(&answer).unwrap().chars().count() <= MAX_ANSWER_CHARS);
        }
    }
}
