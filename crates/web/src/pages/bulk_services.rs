//! `POST /services/bulk`: what one action would do to each of many services, field by field, and then what it did.

use askama::Template;
use domain::catalogue::{LeftOut, WholeAct};

use super::{Owner, ServiceChange, ServiceFilter};
use crate::{
    components::{AsChip, Fate, Tally},
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/bulk_services.html")]
pub struct BulkServices {
    pub t: Translator,
    pub frame: Frame,
    pub action: BulkServiceAction,
    /// Of the list that it was chosen from.
    pub filter: ServiceFilter,
    pub rows: Vec<BulkServiceRow>,
    pub counts: Tally,
    /// Whether it was done; else this is the preview.
    pub ran: bool,
}

/// What can be done about many services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkServiceAction {
    Push,
    Dismiss,
}

impl BulkServiceAction {
    pub const ALL: [Self; 2] = [Self::Push, Self::Dismiss];

    pub fn code(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Dismiss => "dismiss",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == name)
    }

    pub fn act(self) -> WholeAct {
        match self {
            Self::Push => WholeAct::Push,
            Self::Dismiss => WholeAct::Dismiss,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Push => "services-bulk-push",
            Self::Dismiss => "services-bulk-dismiss",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Push => "send",
            Self::Dismiss => "check",
        }
    }

    /// What is said before it is done.
    pub fn warning(self) -> &'static str {
        match self {
            Self::Push => "push-warning",
            Self::Dismiss => "services-bulk-dismiss-text",
        }
    }

    /// What is said once it was done.
    pub fn done(self) -> &'static str {
        match self {
            Self::Push => "services-bulk-pushed",
            Self::Dismiss => "services-bulk-dismissed",
        }
    }

    pub fn run(self) -> &'static str {
        match self {
            Self::Push => "services-bulk-run-push",
            Self::Dismiss => "services-bulk-run-dismiss",
        }
    }

    /// The heads of the columns: before and after, or both as they stay.
    pub fn columns(self, ran: bool) -> [&'static str; 2] {
        match (self, ran) {
            (Self::Push, false) => ["push-before", "push-after"],
            (Self::Push, true) => ["services-bulk-was", "services-bulk-sent"],
            (Self::Dismiss, _) => ["side-calcom", "side-here"],
        }
    }
}

/// One service and what becomes of it.
#[derive(Clone, Debug)]
pub struct BulkServiceRow {
    /// `svc_…`
    pub id: String,
    pub name: String,
    pub fate: Fate,
    /// Why nothing becomes of it; a message.
    pub why: Option<&'static str>,
    /// Fields with what stands at Cal.com and what stands here; whether a person has said before that it may stay.
    pub changes: Vec<(Owner, ServiceChange, bool)>,
    /// Event types that are made again, with the id that was deleted.
    pub remade: Vec<(Owner, i64)>,
    /// Event types that are tried again.
    pub retried: Vec<Owner>,
    pub left: Vec<LeftRow>,
    /// Names in the form what was shown.
    pub seen: String,
}

/// What is left as it is.
#[derive(Clone, Debug)]
pub struct LeftRow {
    pub owner: Owner,
    /// The field; `None`: all of the event type.
    pub label: Option<&'static str>,
    pub why: &'static str,
}

impl LeftRow {
    pub fn why(why: LeftOut) -> &'static str {
        match why {
            LeftOut::OnItsWay => "left-on-its-way",
            LeftOut::Dismissed => "left-dismissed",
            LeftOut::Deleted => "left-deleted",
            LeftOut::Refused => "left-refused",
            LeftOut::Same => "left-same",
        }
    }
}

impl BulkServiceRow {
    pub fn href(&self) -> String {
        format!("/services/{}", self.id)
    }
}

impl BulkServices {
    /// Those that something becomes of, or that refuse it.
    pub fn touched(&self) -> impl Iterator<Item = &BulkServiceRow> {
        self.rows.iter().filter(|row| row.fate != Fate::Unchanged)
    }

    pub fn skipped(&self) -> Vec<&BulkServiceRow> {
        self.rows.iter().filter(|row| row.fate == Fate::Unchanged).collect()
    }
}

impl Page for BulkServices {
    const SECTION: Option<Section> = Some(Section::Services);
    const LIVE: bool = false;

    fn sample(t: Translator, frame: Frame) -> Self {
        let owner = |name: &str| Owner { staff: Some(name.into()), work: None };
        let change = |person, field, before: &str, after: &str, dismissed| {
            (owner(person), ServiceChange::of(&t, field, before, after), dismissed)
        };
        let left = |person, label, why| LeftRow { owner: owner(person), label, why };
        let row = |id: &str, name: &str, fate| BulkServiceRow {
            id: id.into(),
            name: name.into(),
            fate,
            why: None,
            changes: Vec::new(),
            remade: Vec::new(),
            retried: Vec::new(),
            left: Vec::new(),
            seen: "0a1b".into(),
        };
        let rows = vec![
            BulkServiceRow {
                changes: vec![
                    change("Mira Hoffmann", "name", "Damenschnitt (neu)", "Damenschnitt", false),
                    change("Mira Hoffmann", "duration_minutes", "30", "45", true),
                    change("Jonas Weber", "description", "Mit Kopfmassage", "", false),
                ],
                left: vec![left("Jonas Weber", Some("setting-slug"), "left-on-its-way")],
                ..row("svc_1", "Damenschnitt", Fate::Would)
            },
            BulkServiceRow {
                remade: vec![(owner("Mira Hoffmann"), 4711)],
                retried: vec![owner("Jonas Weber")],
                ..row("svc_2", "Farbe & Schnitt", Fate::Would)
            },
            BulkServiceRow {
                left: vec![left("Mira Hoffmann", None, "left-same")],
                ..row("svc_3", "Herrenschnitt", Fate::Unchanged)
            },
            BulkServiceRow { why: Some("left-nobody"), ..row("svc_4", "Brautfrisur", Fate::Unchanged) },
        ];
        Self {
            action: BulkServiceAction::Push,
            filter: ServiceFilter::Divergent,
            rows,
            counts: Tally { done: 2, unchanged: 2, refused: 0 },
            ran: false,
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let sample = || Self::sample(t.clone(), frame.clone());
        let mut ran = Self { ran: true, counts: Tally { done: 1, unchanged: 2, refused: 1 }, ..sample() };
        ran.rows[0].fate = Fate::Done;
        ran.rows[1] = BulkServiceRow {
            fate: Fate::Refused,
            why: Some("services-bulk-stale"),
            remade: Vec::new(),
            retried: Vec::new(),
            ..ran.rows[1].clone()
        };
        let mut dismissed = Self { action: BulkServiceAction::Dismiss, ..sample() };
        dismissed.rows.remove(1);
        let nothing = Self { counts: Tally::default(), rows: sample().rows.split_off(2), ..sample() };
        let none = Self { rows: Vec::new(), ..sample() };
        vec![ran, dismissed, nothing, none]
    }
}
