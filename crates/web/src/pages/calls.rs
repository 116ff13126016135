//! `GET /calls`: the calls that the phone agents took, what was said in short, and what each led to; and whether each
//! agent says at once that it is a machine.

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::ToldAppointment;
use crate::{
    components::{Chip, Choice, Pager, Tone},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/calls.html")]
pub struct Calls {
    pub t: Translator,
    pub frame: Frame,
    pub filter: CallsFilter,
    /// Filters that cannot be read, by the messages that name them: they let everything through.
    pub unread: Vec<&'static str>,
    pub agents: Vec<Choice>,
    /// The last first.
    pub rows: Vec<CallRow>,
    pub pager: Pager,
    pub notices: Vec<NoticeRow>,
    /// May try agents and answer for them.
    pub manages: bool,
}

/// The filter as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallsFilter {
    pub agent: String,
    /// `appointment` or `none`.
    pub result: String,
    /// First day, `2026-11-24`, in the reader's zone.
    pub from: String,
    /// Last day, included.
    pub to: String,
}

impl CallsFilter {
    /// What a call can have led to, with the messages that say so.
    pub const RESULTS: [(&'static str, &'static str); 2] =
        [("appointment", "calls-with-appointment"), ("none", "calls-without")];

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The address of another page of the same list; `parameter` is `after` or `before`.
    pub fn page(&self, parameter: &str, cursor: &str) -> String {
        let pairs = [
            ("agent", self.agent.as_str()),
            ("result", &self.result),
            ("from", &self.from),
            ("to", &self.to),
            (parameter, cursor),
        ];
        let query: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(query).map_or_else(|_| "/calls".into(), |query| format!("/calls?{query}"))
    }
}

/// The address of a call; its id is Retell's, whatever stands in it.
pub fn call_href(id: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');
    format!("/calls/{}", utf8_percent_encode(id, PLAIN))
}

/// A call in the list.
#[derive(Clone, Debug)]
pub struct CallRow {
    pub href: String,
    pub started_at: Timestamp,
    /// How long it took; `None` as long as nothing was reported.
    pub millis: Option<u64>,
    /// The end of the caller's number, where it was shown.
    pub from: Option<String>,
    pub agent: String,
    pub branch: Option<String>,
    /// What was said, in short.
    pub summary: Option<String>,
    pub functions: u64,
    /// Nobody has called: somebody tried the agent.
    pub is_rehearsal: bool,
    pub appointments: Vec<ToldAppointment>,
}

/// Whether an agent says at once that it is a machine.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub id: String,
    pub agent: String,
    pub checked_at: Option<Timestamp>,
    pub by: Option<String>,
}

impl Calls {
    pub fn results(&self) -> Vec<Choice> {
        let choice = |(value, label): (&str, &str)| {
            Choice::new(value, self.t.get(label).to_string()).selected(value == self.filter.result)
        };
        CallsFilter::RESULTS.map(choice).into()
    }
}

impl Calls {
    /// Says of a call that nobody has made it.
    pub fn rehearsal() -> Chip {
        Chip { tone: Tone::Info, icon: "flask", label: "call-rehearsal" }
    }
}

impl CallRow {
    pub fn sample(now: Timestamp) -> Self {
        let appointment = ToldAppointment {
            href: "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            number: "A-1042".into(),
        };
        Self {
            href: "/calls/call_0193a5b0c1d2".into(),
            started_at: now - SignedDuration::from_mins(12),
            millis: Some(94_000),
            from: Some("•••678".into()),
            agent: "Luise".into(),
            branch: Some("Prenzlauer Berg".into()),
            summary: Some("Die Anruferin möchte am Dienstag zum Färben kommen und nimmt 14 Uhr 30.".into()),
            functions: 2,
            is_rehearsal: false,
            appointments: vec![appointment],
        }
    }
}

impl Page for Calls {
    const SECTION: Option<Section> = Some(Section::Calls);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let row = CallRow::sample(t.now);
        let ongoing = CallRow {
            started_at: t.now - SignedDuration::from_mins(1),
            millis: None,
            from: None,
            branch: None,
            summary: None,
            functions: 0,
            is_rehearsal: true,
            appointments: Vec::new(),
            ..row.clone()
        };
        let notice = |agent: &str, checked_at, by: Option<&str>| NoticeRow {
            id: format!("agt_{agent}"),
            agent: agent.into(),
            checked_at,
            by: by.map(str::to_owned),
        };
        Self {
            notices: vec![
                notice("Luise", Some(t.now - SignedDuration::from_hours(50)), Some("Katharina Morgenrot")),
                notice("Max", None, None),
            ],
            agents: vec![Choice::new("agt_1", "Luise"), Choice::new("agt_2", "Max")],
            filter: CallsFilter { from: "2026-11-20".into(), ..CallsFilter::default() },
            unread: Vec::new(),
            rows: vec![ongoing, row],
            pager: Pager { previous: None, next: Some("/calls?after=n1".into()) },
            manages: true,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let none = |filter| Self {
            rows: Vec::new(),
            pager: Pager::default(),
            notices: Vec::new(),
            agents: Vec::new(),
            manages: false,
            filter,
            ..Self::sample(t.clone(), frame.clone())
        };
        let found = CallsFilter { result: "moon".into(), ..CallsFilter::default() };
        vec![none(CallsFilter::default()), Self { unread: vec!["calls-result"], ..none(found) }]
    }
}
