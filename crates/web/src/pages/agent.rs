//! `GET /calls/agents/{id}`: a phone agent: calls to try it with, whether it is set up, and what people have to see to.

use std::time::Duration;

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use retell::rehearsal::{Breach, Turn};
use serde_json::{Value, json};

use super::{FunctionRow, ToldAppointment};
use crate::{
    components::{AsChip as _, Choice, Field},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/agent.html")]
pub struct AgentPage {
    pub t: Translator,
    pub frame: Frame,
    pub id: String,
    pub name: String,
    /// The calls that can be chosen, by their names, and what they are called by.
    pub scenarios: Vec<(&'static str, &'static str)>,
    pub branches: Vec<Choice>,
    pub branch: Field,
    pub script: Field,
    /// The line of the script that cannot be read; 0: there is none at all.
    pub unread: Option<usize>,
    pub played: Option<Played>,
    pub facts: Vec<FactRow>,
    pub duties: Vec<DutyRow>,
    /// What is entered at Retell, by the messages that say where.
    pub addresses: Vec<(&'static str, String)>,
}

/// A call that was tried.
#[derive(Clone, Debug)]
pub struct Played {
    pub href: String,
    pub turns: Vec<TurnRow>,
    pub appointments: Vec<ToldAppointment>,
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct TurnRow {
    /// What it was, if no function.
    pub event: Option<&'static str>,
    pub function: FunctionRow,
    pub millis: u64,
    pub http_status: Option<u16>,
    /// As they went, for whoever wants to see it.
    pub request: String,
    pub answer: String,
    pub breaches: Vec<Breach>,
}

/// Something that is known of an agent.
#[derive(Clone, Debug)]
pub struct FactRow {
    /// `None`: neither good nor bad.
    pub good: Option<bool>,
    /// Messages: what, and how it stands.
    pub label: &'static str,
    pub says: String,
}

/// Something that somebody has to see to.
#[derive(Clone, Debug)]
pub struct DutyRow {
    /// As it stands in the form.
    pub item: &'static str,
    pub label: &'static str,
    pub text: &'static str,
    pub checked_at: Option<Timestamp>,
    pub by: Option<String>,
}

/// What a scenario is called by.
pub fn scenario_label(name: &str) -> &'static str {
    match name {
        "book" => "scenario-book",
        "another-time" => "scenario-another-time",
        "two-people" => "scenario-two-people",
        "cancel" => "scenario-cancel",
        "repeated" => "scenario-repeated",
        _ => "scenario-unknown",
    }
}

impl TurnRow {
    /// A turn of a call that was played.
    pub fn of(at: Timestamp, turn: Turn) -> Self {
        let event = match turn.path.as_str() {
            "inbound" => Some("turn-rings"),
            "calls" => Some("turn-ended"),
            _ => None,
        };
        let pretty = |value: &Value| match value {
            Value::Null => String::new(),
            value => serde_json::to_string_pretty(value).unwrap_or_default(),
        };
        let name = turn.function().unwrap_or_default().to_owned();
        Self {
            event,
            millis: u64::try_from(turn.took.as_millis()).unwrap_or(u64::MAX),
            http_status: turn.http_status,
            request: pretty(&turn.args),
            answer: pretty(&turn.answer),
            function: FunctionRow::of(at, name, &turn.args, &turn.answer),
            breaches: turn.breaches,
        }
    }
}

impl AgentPage {
    fn function(name: &str) -> Option<&'static str> {
        super::call::words::said(super::call::words::FUNCTIONS, name)
    }

    /// What must not be, in words.
    fn wrong(&self, breach: &Breach) -> String {
        let t = &self.t;
        let millis = |time: &Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let text = match breach {
            Breach::Silent => t.get("breach-silent"),
            Breach::Failed { http_status } => t.get("breach-failed").arg("status", http_status.to_string()),
            Breach::Late { took, most } => {
                t.get("breach-late").arg("took", millis(took)).arg("most", millis(most))
            }
            Breach::NothingToSay => t.get("breach-nothing-to-say"),
            Breach::NoStatus { found } => t.get("breach-no-status").arg("found", found),
            Breach::NotSpeakable { found } => t.get("breach-not-speakable").arg("found", found),
            Breach::TooLong { chars } => t.get("breach-too-long").arg("chars", *chars as u64),
            Breach::Unexpected { wanted, got } => {
                t.get("breach-unexpected").arg("wanted", wanted).arg("got", got)
            }
            Breach::NotTheSame => t.get("breach-not-the-same"),
            Breach::NothingToldFor { argument } => t.get("breach-nothing-told").arg("argument", argument),
        };
        text.to_string()
    }

    fn is_right(&self) -> bool {
        let turns = self.played.iter().flat_map(|played| &played.turns);
        turns.map(|turn| turn.breaches.len()).sum::<usize>() == 0
    }
}

impl Page for AgentPage {
    const SECTION: Option<Section> = Some(Section::Calls);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let duty = |item, label, text, checked_at, by: Option<&str>| DutyRow {
            item,
            label,
            text,
            checked_at,
            by: by.map(str::to_owned),
        };
        let fact = |good, label, says: &str| FactRow { good, label, says: says.into() };
        Self {
            id: "0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            name: "Luise".into(),
            scenarios: vec![("book", "scenario-book"), ("cancel", "scenario-cancel")],
            branches: vec![Choice::new("1", "Mitte"), Choice::new("2", "Pankow").selected(true)],
            branch: Field::default(),
            script: Field::of("# Somebody books.\ncheck_availability service=$service\n"),
            unread: None,
            played: None,
            facts: vec![
                fact(Some(true), "fact-key", ""),
                fact(Some(false), "fact-functions", ""),
                fact(None, "fact-keep-words", "30 Tage"),
            ],
            duties: vec![
                duty(
                    "notice",
                    "duty-notice",
                    "duty-notice-text",
                    Some(t.now - SignedDuration::from_hours(50)),
                    Some("Katharina Morgenrot"),
                ),
                duty("sound", "duty-sound", "duty-sound-text", None, None),
            ],
            addresses: vec![(
                "address-functions",
                "https://einklang.example/voice/retell/t/functions/…".into(),
            )],
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let turn = |path: &str, answer: Value, breaches| {
            let args = json!({ "service": "Färben" });
            let took = Duration::from_millis(41);
            TurnRow::of(
                t.now,
                Turn { path: path.into(), args, http_status: Some(200), answer, took, breaches },
            )
        };
        let found = || "x".to_owned();
        let wrong = vec![
            Breach::Silent,
            Breach::Failed { http_status: 500 },
            Breach::Late { took: Duration::from_secs(9), most: Duration::from_secs(8) },
            Breach::NothingToSay,
            Breach::NoStatus { found: found() },
            Breach::NotSpeakable { found: found() },
            Breach::TooLong { chars: 1_700 },
            Breach::Unexpected { wanted: "ok".into(), got: "conflict".into() },
            Breach::NotTheSame,
            Breach::NothingToldFor { argument: found() },
        ];
        let answer = json!({ "status": "ok", "say": "Frei wäre Dienstag, der 24. November um 14 Uhr 30." });
        let played = |breaches| Played {
            href: "/calls/test-1".into(),
            turns: vec![
                turn("inbound", Value::Null, Vec::new()),
                turn("functions/check_availability", answer.clone(), breaches),
                turn("calls", Value::Null, Vec::new()),
            ],
            appointments: vec![ToldAppointment { href: "/appointments/apt_1".into(), number: "A-1".into() }],
        };
        vec![
            Self { played: Some(played(Vec::new())), ..sample() },
            Self { played: Some(played(wrong)), branches: Vec::new(), ..sample() },
            Self { unread: Some(3), ..sample() },
            Self { unread: Some(0), addresses: Vec::new(), ..sample() },
        ]
    }
}
