//! `GET /calls/{id}`: one call: what was said in short, the functions that the agent called with what they were
//! answered, and what it led to.

pub(super) mod words;

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::CallRow;
use crate::{
    components::{AsChip, Chip, Tone},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/call.html")]
pub struct CallPage {
    pub t: Translator,
    pub frame: Frame,
    pub id: String,
    pub row: CallRow,
    /// Why it ended, in Retell's word.
    pub ended_because: Option<String>,
    /// How the caller seemed to feel, in Retell's word.
    pub sentiment: Option<String>,
    pub successful: Option<bool>,
    /// Where the caller could not be served: what was said, word by word.
    pub transcript: Option<String>,
    /// May read it.
    pub reads_transcript: bool,
    pub functions: Vec<FunctionRow>,
    pub events: Vec<EventRow>,
}

/// A function that was called.
#[derive(Clone, Debug)]
pub struct FunctionRow {
    pub at: Timestamp,
    pub name: String,
    /// Names and values, as far as they are kept.
    pub arguments: Vec<(String, String)>,
    pub status: Answered,
    /// The sentence that was to be spoken.
    pub say: String,
}

/// A report of Retell's.
#[derive(Clone, Debug)]
pub struct EventRow {
    pub at: Timestamp,
    /// Retell's name of it.
    pub event: String,
    pub repeats: u64,
}

/// What a function was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Ok,
    Requested,
    NeedsInput,
    NotFound,
    Conflict,
    Error,
}

impl Answered {
    /// The status of an answer as it is kept; what is not known is an error.
    pub fn of(answer: &Value) -> Self {
        match answer["status"].as_str() {
            Some("ok") => Self::Ok,
            Some("requested" | "pending") => Self::Requested,
            Some("needs_input") => Self::NeedsInput,
            Some("not_found") => Self::NotFound,
            Some("conflict") => Self::Conflict,
            _ => Self::Error,
        }
    }
}

impl AsChip for Answered {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Ok => (Tone::Good, "check", "answered-ok"),
            Self::Requested => (Tone::Wait, "clock", "answered-requested"),
            Self::NeedsInput => (Tone::Info, "info", "answered-needs-input"),
            Self::NotFound => (Tone::Neutral, "search", "answered-not-found"),
            Self::Conflict => (Tone::Split, "split", "answered-conflict"),
            Self::Error => (Tone::Bad, "alert", "answered-error"),
        };
        Chip { tone, icon, label }
    }
}

impl FunctionRow {
    /// One function as it is kept.
    pub fn of(at: Timestamp, name: String, arguments: &Value, answer: &Value) -> Self {
        let words = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let arguments = arguments.as_object().into_iter().flatten();
        Self {
            at,
            name,
            arguments: arguments.map(|(name, value)| (name.clone(), words(value))).collect(),
            status: Answered::of(answer),
            say: answer["say"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl CallPage {
    /// The message that says why it ended, where Retell's word is known.
    fn ending(word: &str) -> Option<&'static str> {
        words::said(words::ENDINGS, word)
    }

    fn feeling(word: &str) -> Option<&'static str> {
        words::said(words::FEELINGS, word)
    }

    fn report(word: &str) -> Option<&'static str> {
        words::said(words::REPORTS, word)
    }

    fn function(word: &str) -> Option<&'static str> {
        words::said(words::FUNCTIONS, word)
    }
}

impl Page for CallPage {
    const SECTION: Option<Section> = Some(Section::Calls);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let row = CallRow::sample(t.now);
        let at = |seconds| row.started_at + SignedDuration::from_secs(seconds);
        let function = |seconds, name: &str, arguments: Value, answer: Value| {
            FunctionRow::of(at(seconds), name.into(), &arguments, &answer)
        };
        let event =
            |seconds, event: &str, repeats| EventRow { at: at(seconds), event: event.into(), repeats };
        Self {
            id: "call_0193a5b0c1d2".into(),
            ended_because: Some("user_hangup".into()),
            sentiment: Some("Positive".into()),
            successful: Some(true),
            transcript: Some(
                "Agent: Guten Tag, hier ist Luise, eine Telefonassistentin.\nUser: Ich möchte …".into(),
            ),
            reads_transcript: true,
            functions: vec![
                function(
                    31,
                    "check_availability",
                    json!({ "service": "Färben", "date": "Dienstag", "time_preference": "nachmittags" }),
                    json!({ "status": "ok", "say": "Frei wäre Dienstag, der 24. November um 14 Uhr 30." }),
                ),
                function(
                    62,
                    "book_appointment",
                    json!({ "slot_id": "S1", "customer_name": "•••" }),
                    json!({ "status": "requested", "say": "Ich habe Ihren Terminwunsch notiert." }),
                ),
            ],
            events: vec![
                event(0, "call_started", 0),
                event(95, "call_ended", 1),
                event(110, "call_analyzed", 0),
            ],
            row,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let bare = CallRow {
            millis: None,
            from: None,
            branch: None,
            summary: None,
            functions: 0,
            appointments: Vec::new(),
            ..sample().row
        };
        let unreported = Self {
            row: bare,
            ended_because: None,
            sentiment: None,
            successful: None,
            transcript: None,
            functions: Vec::new(),
            events: Vec::new(),
            ..sample()
        };
        let unknown = Self {
            reads_transcript: false,
            successful: Some(false),
            ended_because: Some("moon_rose".into()),
            sentiment: Some("Puzzled".into()),
            events: vec![EventRow { at: sample().row.started_at, event: "moon_rose".into(), repeats: 2 }],
            ..sample()
        };
        vec![unreported, unknown]
    }
}
