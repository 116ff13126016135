//! `GET /appointments`: the list, its filters in the address, its pages by cursor.

use askama::Template;
use domain::{AppointmentStatus, Origin, SyncStatus};
use serde::{Deserialize, Serialize};

use super::bulk::BulkAction;
use crate::{
    components::{AppointmentRow, AsChip, Choice, Pager},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/appointments.html")]
pub struct Appointments {
    pub t: Translator,
    pub frame: Frame,
    pub filter: AppointmentFilter,
    /// Values are ids; the one of the filter is selected.
    pub staff: Vec<Choice>,
    pub branches: Vec<Choice>,
    pub services: Vec<Choice>,
    pub rows: Vec<AppointmentRow>,
    /// How many appointments the filter lets through, on all pages.
    pub total: u64,
    /// What this reader may do about many at once.
    pub actions: Vec<BulkAction>,
    /// Filters of the address that could not be read and are not applied; messages that name them.
    pub unread: Vec<&'static str>,
    pub pager: Pager,
}

/// The query of the list, as it stands in the address. Empty means "all"; what cannot be read is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppointmentFilter {
    /// Part of a name, a number, a telephone number.
    pub q: String,
    /// First day, `2026-11-24`, in the zone of the branch.
    pub from: String,
    /// Last day, included.
    pub to: String,
    pub status: String,
    pub sync: String,
    pub origin: String,
    pub staff: String,
    pub branch: String,
    pub service: String,
}

impl AppointmentFilter {
    pub fn status(&self) -> Option<AppointmentStatus> {
        AppointmentStatus::from_name(&self.status)
    }

    pub fn sync(&self) -> Option<SyncStatus> {
        SyncStatus::from_name(&self.sync)
    }

    pub fn origin(&self) -> Option<Origin> {
        Origin::from_name(&self.origin)
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
        self.pairs().into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn address(&self, more: &[(&str, &str)]) -> String {
        let query: Vec<_> = self.set().into_iter().chain(more.iter().copied()).collect();
        match serde_urlencoded::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("/appointments?{query}"),
            _ => "/appointments".into(),
        }
    }

    fn pairs(&self) -> [(&'static str, &str); 9] {
        [
            ("q", &self.q),
            ("from", &self.from),
            ("to", &self.to),
            ("status", &self.status),
            ("sync", &self.sync),
            ("origin", &self.origin),
            ("staff", &self.staff),
            ("branch", &self.branch),
            ("service", &self.service),
        ]
    }

    /// The same filter with another sync status, or all of them.
    pub fn with_sync(&self, sync: Option<&SyncStatus>) -> String {
        let sync = sync.map_or("", |status| status.as_str());
        Self { sync: sync.into(), ..self.clone() }.href()
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many of the less frequent filters are set.
    pub fn folded(&self) -> usize {
        let folded = [&self.status, &self.origin, &self.staff, &self.branch, &self.service];
        folded.into_iter().filter(|value| !value.is_empty()).count()
    }
}

impl Appointments {
    pub fn statuses(&self) -> Vec<Choice> {
        let choice = |status: AppointmentStatus| {
            Choice::new(status.as_str(), self.t.get(status.chip().label).to_string())
                .selected(status.as_str() == self.filter.status)
        };
        AppointmentStatus::ALL.map(choice).into()
    }

    pub fn origins(&self) -> Vec<Choice> {
        let choice = |origin: Origin| {
            Choice::new(origin.as_str(), self.t.get(origin.chip().label).to_string())
                .selected(origin.as_str() == self.filter.origin)
        };
        Origin::ALL.map(choice).into()
    }
}

impl Page for Appointments {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let filter = AppointmentFilter {
            from: "2026-11-23".into(),
            branch: "brn_1".into(),
            ..AppointmentFilter::default()
        };
        let choices = |names: &[&str]| -> Vec<Choice> {
            names
                .iter()
                .enumerate()
                .map(|(n, name)| Choice::new(format!("brn_{n}"), *name).selected(n == 1))
                .collect()
        };
        let staff = ["Mira Hoffmann", "Jonas Weber", "Selin Kaya", "Lea Brandt"];
        Self {
            staff: staff.map(|name| Choice::new(name, name)).into(),
            branches: choices(&["Prenzlauer Berg", "Neukölln"]),
            services: ["Damenschnitt", "Herrenschnitt", "Farbe & Schnitt"].map(|n| Choice::new(n, n)).into(),
            rows: AppointmentRow::samples(t.now),
            total: 137,
            actions: BulkAction::ALL.into(),
            unread: Vec::new(),
            pager: Pager { previous: None, next: Some(filter.page("after", "eyJzIjoxNzY0")) },
            filter,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let nothing = |filter| Self {
            rows: Vec::new(),
            total: 0,
            unread: vec!["filter-from", "status"],
            pager: Pager::default(),
            filter,
            ..Self::sample(t.clone(), frame.clone())
        };
        let unmatched =
            AppointmentFilter { q: "Zzyzx".into(), sync: "failed".into(), ..AppointmentFilter::default() };
        vec![nothing(AppointmentFilter::default()), nothing(unmatched)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_the_address() {
        let filter =
            AppointmentFilter { q: "Müller & Co".into(), sync: "failed".into(), ..Default::default() };
        assert_eq!(filter.href(), "/appointments?q=M%C3%BCller+%26+Co&sync=failed");
        assert_eq!(filter.page("after", "x="), "/appointments?q=M%C3%BCller+%26+Co&sync=failed&after=x%3D");
        assert_eq!(filter.with_sync(None), "/appointments?q=M%C3%BCller+%26+Co");
        assert_eq!(AppointmentFilter::default().href(), "/appointments");
        let query = filter.href().split_once('?').unwrap().1.to_owned();
        assert_eq!(serde_urlencoded::from_str::<AppointmentFilter>(&query).unwrap(), filter);
    }
}
