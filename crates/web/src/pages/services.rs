//! `GET /services`: what can be booked, who does it, and what the comparison with Cal.com says about each.

use askama::Template;
use domain::catalogue::EventTypeProblem;
use domain::service::{NotBookable, ServiceSync};
use jiff::SignedDuration;

use super::BulkServiceAction;
use crate::{
    components::{AsChip, Chip, ServiceState, Tone},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/services.html")]
pub struct Services {
    pub t: Translator,
    pub frame: Frame,
    /// Those that the filter lets through.
    pub rows: Vec<ServiceRow>,
    pub filter: ServiceFilter,
    /// The reader may add services and have Cal.com looked at.
    pub can_change: bool,
}

/// Which services of the list are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceFilter {
    #[default]
    All,
    /// With differences that wait for a person.
    Divergent,
    Sync(ServiceSync),
}

impl ServiceFilter {
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Divergent,
        Self::Sync(ServiceSync::Error),
        Self::Sync(ServiceSync::Pending),
        Self::Sync(ServiceSync::Synced),
        Self::Sync(ServiceSync::Never),
    ];

    /// The name in addresses and forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Divergent => "divergent",
            Self::Sync(sync) => sync.as_str(),
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.code() == name)
    }

    pub fn href(self) -> String {
        if self == Self::All { "/services".into() } else { format!("/services?show={}", self.code()) }
    }

    pub fn chip(self) -> Option<Chip> {
        match self {
            Self::All => None,
            Self::Divergent => Some(Chip { tone: Tone::Split, icon: "split", label: "divergences" }),
            Self::Sync(sync) => Some(sync.chip()),
        }
    }

    pub fn lets_through(self, state: &ServiceState) -> bool {
        match self {
            Self::All => true,
            Self::Divergent => state.divergences > 0,
            Self::Sync(sync) => state.sync == sync,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ServiceRow {
    /// `svc_…`
    pub id: String,
    pub name: String,
    pub minutes: u32,
    /// How many stretches of work it consists of; 0 if it is done in one go.
    pub segments: usize,
    pub price_cents: Option<u64>,
    /// Who performs it, by name.
    pub staff: Vec<String>,
    pub state: ServiceState,
}

impl ServiceRow {
    pub fn href(&self) -> String {
        format!("/services/{}", self.id)
    }
}

/// A state of each kind, for samples.
pub(super) fn sample_state(sync: ServiceSync, t: &Translator) -> ServiceState {
    let (error, online) = (sync == ServiceSync::Error, sync != ServiceSync::Pending);
    let not_bookable = if error { vec![NotBookable::Inactive, NotBookable::NotSynced] } else { Vec::new() };
    let not_online = (!online).then_some(NotBookable::NotOnline);
    ServiceState {
        sync,
        active: !error,
        online,
        not_bookable_online: not_bookable.iter().copied().chain(not_online).collect(),
        not_bookable,
        last_synced_at: (sync != ServiceSync::Never).then(|| t.now - SignedDuration::from_mins(12)),
        event_types: if sync == ServiceSync::Never { Vec::new() } else { vec![4711, 4712] },
        problem: error.then(|| (EventTypeProblem::Deleted, "Event type with id 4711 not found".to_owned())),
        divergences: if sync == ServiceSync::Synced { 2 } else { 0 },
    }
}

impl Services {
    pub fn actions(&self) -> [BulkServiceAction; 2] {
        BulkServiceAction::ALL
    }
}

impl Page for Services {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let rows = [
            ("Damenschnitt", 45, 0, Some(4_900), ServiceSync::Synced),
            ("Farbe & Schnitt", 150, 3, Some(12_900), ServiceSync::Pending),
            ("Herrenschnitt", 30, 0, Some(2_900), ServiceSync::Error),
            ("Brautfrisur mit Probetermin und Make-up", 180, 0, None, ServiceSync::Never),
        ];
        let rows = rows.into_iter().zip(1..).map(|((name, minutes, segments, price_cents, sync), number)| {
            let staff = ["Mira Hoffmann", "Jonas Weber"];
            ServiceRow {
                id: format!("svc_{number}"),
                name: name.into(),
                minutes,
                segments,
                price_cents,
                staff: staff.iter().take(number % 3).map(|name| (*name).to_owned()).collect(),
                state: sample_state(sync, &t),
            }
        });
        Self { rows: rows.collect(), filter: ServiceFilter::All, can_change: true, t, frame }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let none =
            |filter| Self { rows: Vec::new(), filter, can_change: false, t: t.clone(), frame: frame.clone() };
        vec![none(ServiceFilter::All), none(ServiceFilter::Divergent)]
    }
}
