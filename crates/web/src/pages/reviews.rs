//! `GET /reviews`: the queue of what people have to look at, most urgent first; its filters stand in the address.

use askama::Template;
use domain::people::Role;
use domain::review::{Choice as Decision, Kind, ReviewCode, Severity, State};
use serde::{Deserialize, Serialize};

use super::bulk_reviews::BulkDeed;
use crate::{
    components::{AsChip, Choice, Pager, ReviewRow, ReviewSubject, cause_key, severity},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/reviews.html")]
pub struct Reviews {
    pub t: Translator,
    pub frame: Frame,
    pub filter: ReviewFilter,
    /// How many there are for each cause, whichever is chosen; the most frequent first.
    pub causes: Vec<(ReviewCode, u64)>,
    /// Those who may see to items; the one of the filter is selected.
    pub people: Vec<Choice>,
    pub items: Vec<ReviewRow>,
    /// How many the filter lets through, on all pages.
    pub total: u64,
    /// What this reader may do about many at once.
    pub deeds: Vec<BulkDeed>,
    pub pager: Pager,
}

/// The query of the queue, as it stands in the address. Empty means "all", and of the state "open".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReviewFilter {
    pub state: String,
    pub cause: String,
    pub severity: String,
    pub about: String,
    /// `nobody` or `usr_…`.
    pub assigned: String,
}

impl ReviewFilter {
    /// The address of the queue with this filter.
    pub fn href(&self) -> String {
        self.address("/reviews", &[])
    }

    /// The address of another page of the same queue; `parameter` is `after` or `before`.
    pub fn page(&self, parameter: &str, place: &str) -> String {
        self.address("/reviews", &[(parameter, place)])
    }

    /// The address of an item, from which the way leads on through the same queue.
    pub fn item(&self, id: &str) -> String {
        self.address(&format!("/reviews/{id}"), &[])
    }

    /// The same with another cause, or all of them.
    pub fn with_cause(&self, cause: Option<&ReviewCode>) -> String {
        let cause = cause.map_or("", |code| code.as_str());
        Self { cause: cause.into(), ..self.clone() }.href()
    }

    /// What is set, by name.
    pub fn set(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("state", &self.state),
            ("cause", &self.cause),
            ("severity", &self.severity),
            ("about", &self.about),
            ("assigned", &self.assigned),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect()
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn is(&self, cause: &ReviewCode) -> bool {
        self.cause == cause.as_str()
    }

    fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let query: Vec<_> = self.set().into_iter().chain(more.iter().copied()).collect();
        match serde_urlencoded::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("{path}?{query}"),
            _ => path.to_owned(),
        }
    }
}

/// Who may decide: the same people as on the page of the appointment or of the service.
pub fn least(kind: Kind, choice: Decision) -> Role {
    match (kind, choice) {
        (Kind::Service, _) => Role::Admin,
        (_, Decision::Retry) => Role::Staff,
        _ => Role::Manager,
    }
}

impl Reviews {
    /// The message that names a cause.
    pub fn cause(&self, code: &ReviewCode) -> &'static str {
        cause_key(*code)
    }

    pub fn states(&self) -> Vec<Choice> {
        let label = |state| match state {
            State::Open => "review-open",
            State::Snoozed => "review-snoozed",
            State::Aside => "review-aside",
            State::Closed => "review-closed",
        };
        let others = State::ALL.into_iter().filter(|state| *state != State::Open);
        others.map(|state| self.choice(state.as_str(), label(state), &self.filter.state)).collect()
    }

    pub fn severities(&self) -> Vec<Choice> {
        let one = |one: Severity| self.choice(one.as_str(), severity(one).label, &self.filter.severity);
        Severity::ALL.map(one).into()
    }

    pub fn kinds(&self) -> Vec<Choice> {
        let label = |kind| match kind {
            Kind::Appointment => "nav-appointments",
            Kind::Service => "nav-services",
            Kind::Booking => "review-bookings",
        };
        Kind::ALL.map(|kind| self.choice(kind.as_str(), label(kind), &self.filter.about)).into()
    }

    fn choice(&self, value: &str, label: &'static str, chosen: &str) -> Choice {
        Choice::new(value, self.t.get(label).to_string()).selected(value == chosen)
    }
}

impl Page for Reviews {
    const SECTION: Option<Section> = Some(Section::Reviews);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let people = ["Katharina Morgenrot", "Mira Hoffmann"].map(|name| Choice::new(name, name));
        Self {
            filter: ReviewFilter::default(),
            causes: vec![(ReviewCode::SlotTaken, 6), (ReviewCode::Conflict, 2), (ReviewCode::Divergence, 1)],
            people: people.into(),
            items: ReviewRow::samples(&t),
            total: 9,
            deeds: [Decision::Retry, Decision::Ours, Decision::Theirs, Decision::Accept, Decision::Dismiss]
                .map(BulkDeed::Decide)
                .into_iter()
                .chain(BulkDeed::OTHERS)
                .collect(),
            pager: Pager { previous: None, next: Some("/reviews?after=nrev_9".into()) },
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let frame = Frame { open_reviews: 0, ..frame };
        let nothing = |filter| Self {
            items: Vec::new(),
            total: 0,
            causes: Vec::new(),
            pager: Pager::default(),
            filter,
            ..Self::sample(t.clone(), frame.clone())
        };
        let filter =
            ReviewFilter { cause: "slot_taken".into(), state: "snoozed".into(), ..ReviewFilter::default() };
        let rows = ReviewRow::samples(&t).into_iter();
        let rested = Self {
            items: rows.map(|row| ReviewRow { snoozed_until: Some(t.now), ..row }).collect(),
            deeds: vec![BulkDeed::Decide(Decision::Reopen)],
            filter: filter.clone(),
            ..Self::sample(t.clone(), frame.clone())
        };
        vec![nothing(ReviewFilter::default()), nothing(filter), rested]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_goes_with_every_address() {
        let filter =
            ReviewFilter { cause: "conflict".into(), assigned: "nobody".into(), ..Default::default() };
        assert_eq!(filter.href(), "/reviews?cause=conflict&assigned=nobody");
        assert_eq!(filter.page("after", "nrev_1"), "/reviews?cause=conflict&assigned=nobody&after=nrev_1");
        assert_eq!(filter.item("rev_1"), "/reviews/rev_1?cause=conflict&assigned=nobody");
        assert_eq!(filter.with_cause(None), "/reviews?assigned=nobody");
        assert_eq!(ReviewFilter::default().href(), "/reviews");
    }
}
