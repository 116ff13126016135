//! `GET /deliveries`: the webhooks that came, whether each was believed, and what it led to.

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::Judgement;

use super::Effect;
use crate::{
    components::{AsChip, Chip, Choice, Pager, Tone},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/deliveries.html")]
pub struct Deliveries {
    pub t: Translator,
    pub frame: Frame,
    pub filter: InboxFilter,
    /// Filters that cannot be read, by the messages that name them: they let everything through.
    pub unread: Vec<&'static str>,
    pub connections: Vec<Choice>,
    pub triggers: Vec<Choice>,
    /// Newest first.
    pub rows: Vec<DeliveryRow>,
    pub pager: Pager,
    /// Accounts where changes were made that no webhook told of, and none has come since.
    pub silent: Vec<String>,
    /// May have them processed again.
    pub can_replay: bool,
}

/// The filter as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxFilter {
    /// An account.
    pub connection: String,
    pub verdict: String,
    pub effect: String,
    pub trigger: String,
    /// First day, `2026-11-24`, in the reader's zone.
    pub from: String,
    /// Last day, included.
    pub to: String,
}

impl InboxFilter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The address of the list with this filter.
    pub fn href(&self) -> String {
        self.address(&[])
    }

    /// The address of another page of the same list; `parameter` is `after` or `before`.
    pub fn page(&self, parameter: &str, cursor: &str) -> String {
        self.address(&[(parameter, cursor)])
    }

    /// What is set, by name.
    pub fn set(&self) -> Vec<(&'static str, &str)> {
        let pairs = [
            ("connection", self.connection.as_str()),
            ("verdict", &self.verdict),
            ("effect", &self.effect),
            ("trigger", &self.trigger),
            ("from", &self.from),
            ("to", &self.to),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn address(&self, more: &[(&str, &str)]) -> String {
        let query: Vec<_> = self.set().into_iter().chain(more.iter().copied()).collect();
        match serde_urlencoded::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("/deliveries?{query}"),
            _ => "/deliveries".into(),
        }
    }
}

/// A delivery in the list.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    pub href: String,
    pub received_at: Timestamp,
    pub connection: String,
    /// Cal.com's word: `BOOKING_RESCHEDULED`; empty if it says none.
    pub trigger: String,
    pub judgement: Judgement,
    /// How often the same one came again.
    pub repeats: u64,
    /// `None` for what is not processed.
    pub effect: Option<Effect>,
    pub appointment: Option<ToldAppointment>,
    /// What was taken over from Cal.com after it.
    pub taken_over: Vec<String>,
}

/// The appointment that a delivery turned out to be about.
#[derive(Clone, Debug)]
pub struct ToldAppointment {
    pub href: String,
    /// `A-1042`
    pub number: String,
}

impl AsChip for Judgement {
    fn chip(&self) -> Chip {
        let (tone, icon, label) = match self {
            Self::Valid => (Tone::Good, "check", "judged-valid"),
            Self::Stale => (Tone::Wait, "clock", "judged-stale"),
            Self::Repeat => (Tone::Neutral, "refresh", "judged-repeat"),
            Self::Foreign => (Tone::Neutral, "unlink", "judged-foreign"),
            Self::Unreadable => (Tone::Bad, "alert", "judged-unreadable"),
            Self::BadSignature => (Tone::Bad, "ban", "judged-bad-signature"),
            Self::NoSecret => (Tone::Bad, "ban", "judged-no-secret"),
        };
        Chip { tone, icon, label }
    }
}

impl Deliveries {
    pub fn verdicts(&self) -> Vec<Choice> {
        let choice = |judgement: Judgement| {
            Choice::new(judgement.as_str(), self.t.get(judgement.chip().label).to_string())
                .selected(judgement.as_str() == self.filter.verdict)
        };
        Judgement::ALL.map(choice).into()
    }

    pub fn effects(&self) -> Vec<Choice> {
        let choice = |effect: Effect| {
            Choice::new(effect.name(), self.t.get(effect.chip().label).to_string())
                .selected(effect.name() == self.filter.effect)
        };
        Effect::FILTERED.map(choice).into()
    }
}

impl Page for Deliveries {
    const SECTION: Option<Section> = Some(Section::Connections);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let row = |minutes, trigger: &str, judgement, effect| DeliveryRow {
            href: "/deliveries/whd_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            received_at: t.now - SignedDuration::from_mins(minutes),
            connection: "Prenzlauer Berg".into(),
            trigger: trigger.into(),
            judgement,
            repeats: 0,
            effect,
            appointment: None,
            taken_over: Vec::new(),
        };
        let appointment = || {
            let href = "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into();
            Some(ToldAppointment { href, number: "A-1042".into() })
        };
        let rows = vec![
            row(1, "BOOKING_CREATED", Judgement::Valid, Some(Effect::Waiting)),
            DeliveryRow {
                appointment: appointment(),
                taken_over: vec![t.get("entry-cancelled").to_string()],
                ..row(4, "BOOKING_CANCELLED", Judgement::Valid, Some(Effect::Look))
            },
            DeliveryRow {
                appointment: appointment(),
                repeats: 2,
                ..row(9, "BOOKING_RESCHEDULED", Judgement::Valid, Some(Effect::NoChange))
            },
            row(60, "BOOKING_CREATED", Judgement::Foreign, Some(Effect::OutOfScope)),
            row(300, "BOOKING_CREATED", Judgement::Stale, Some(Effect::Look)),
            row(310, "", Judgement::Unreadable, None),
            row(900, "BOOKING_CREATED", Judgement::BadSignature, None),
            row(901, "PING", Judgement::NoSecret, None),
        ];
        let filter = InboxFilter { from: "2026-11-20".into(), ..InboxFilter::default() };
        Self {
            connections: vec![Choice::new("con_1", "Prenzlauer Berg"), Choice::new("con_2", "Neukölln")],
            triggers: vec![Choice::new("BOOKING_CREATED", "BOOKING_CREATED")],
            unread: Vec::new(),
            rows,
            pager: Pager { previous: None, next: Some(filter.page("after", "n1")) },
            silent: vec!["Neukölln".into()],
            can_replay: true,
            filter,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let none = |filter| Self {
            rows: Vec::new(),
            pager: Pager::default(),
            silent: Vec::new(),
            can_replay: false,
            filter,
            ..Self::sample(t.clone(), frame.clone())
        };
        let found = InboxFilter { verdict: "moon".into(), ..InboxFilter::default() };
        vec![none(InboxFilter::default()), Self { unread: vec!["verdict"], ..none(found) }]
    }
}
