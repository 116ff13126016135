//! `GET /appointments/{number}`: everything about one appointment: facts, what the sync status means
//! and what to do, both sides beside each other, and the whole story in the order of time.

pub(super) mod comparison;
mod exchange;
mod explanation;
mod timeline;

use askama::Template;
use domain::{AppointmentStatus, Next, Origin, Push, Slot, SyncStatus, review::ReviewCode};
use jiff::{SignedDuration, Timestamp};

pub use comparison::{Comparison, ComparisonRow, Names, Verdict};
pub use exchange::Exchange;
pub use explanation::Explanation;
pub use timeline::{Attempt, Delivery, Effect, Given, Happening, Outcome, TimelineEntry, push_key};

use crate::{
    components::AsChip,
    frame::{Frame, Page, Section},
    i18n::Translator,
};

#[derive(Template)]
#[template(path = "pages/appointment.html")]
pub struct AppointmentPage {
    pub t: Translator,
    pub frame: Frame,
    /// `apt_…`, for the API.
    pub id: String,
    /// `A-1042`
    pub number: String,
    /// `/appointments/…`, the address of this page and the stem of its forms.
    pub href: String,
    pub status: AppointmentStatus,
    pub sync: SyncStatus,
    pub origin: Origin,
    pub slot: Slot,
    pub service: String,
    pub price_cents: Option<u64>,
    pub staff: String,
    pub branch: String,
    pub customer: CustomerFacts,
    pub notes: Option<String>,
    /// Why it was cancelled or last moved.
    pub reason: Option<String>,
    pub created_at: Timestamp,
    /// It takes place and is not over: it can be moved and cancelled.
    pub can_change: bool,
    /// It waits for somebody to confirm or reject it.
    pub can_answer: bool,
    /// It has begun, so that it can be noted that the customer did not come, or did (`false`) after all.
    pub can_mark_absent: Option<bool>,
    /// This reader may delete it.
    pub can_delete: bool,
    /// When it was taken off the lists.
    pub deleted_at: Option<Timestamp>,
    /// The version that the person sees: a change made meanwhile is not overwritten.
    pub version: i64,
    /// Both sides changed the same fact, and this reader may decide whose word counts.
    pub can_settle: bool,
    pub explanation: Explanation,
    /// One per booking; none while the service is not linked to Cal.com.
    pub comparisons: Vec<Comparison>,
    /// The names that Cal.com gave the booking, oldest first; the last is the current one.
    pub chain: Vec<ChainLink>,
    /// Newest first.
    pub timeline: Vec<TimelineEntry>,
}

#[derive(Clone, Debug)]
pub struct CustomerFacts {
    pub name: String,
    pub phone: Option<String>,
    /// Never a placeholder address.
    pub email: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ChainLink {
    pub uid: String,
    pub since: Timestamp,
}

impl AppointmentPage {
    /// `None` while there is nothing to compare with.
    pub fn differences(&self) -> Option<usize> {
        let mut compared = self.comparisons.iter().filter(|one| !one.rows.is_empty()).peekable();
        compared.peek()?;
        Some(compared.map(Comparison::differences).sum())
    }

    /// A number as a telephone wants it: digits and a leading plus.
    pub fn dial(&self, phone: &str) -> String {
        phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

impl Page for AppointmentPage {
    const SECTION: Option<Section> = Some(Section::Appointments);
    const LIVE: bool = true;

    fn sample(t: Translator, frame: Frame) -> Self {
        let day = SignedDuration::from_hours(24);
        let slot = Slot::of("2026-11-26T13:30:00Z".parse().unwrap_or(t.now), 45);
        let moved = Slot::of(slot.start + SignedDuration::from_mins(90), 45);
        Self {
            id: "apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            number: "A-1042".into(),
            href: "/appointments/apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012".into(),
            status: AppointmentStatus::Confirmed,
            sync: SyncStatus::Conflict,
            origin: Origin::Phone,
            slot,
            service: "Damenschnitt".into(),
            price_cents: Some(4_900),
            staff: "Mira Hoffmann".into(),
            branch: "Prenzlauer Berg".into(),
            customer: CustomerFacts {
                name: "Aylin Demir".into(),
                phone: Some("+49 30 5550142".into()),
                email: None,
            },
            notes: Some("Bitte ohne Föhnen, Termin danach um 16 Uhr.".into()),
            reason: Some("Die Kundin hat einen früheren Zug.".into()),
            created_at: t.now - day - day,
            can_change: true,
            can_answer: false,
            can_mark_absent: Some(true),
            can_delete: true,
            deleted_at: None,
            version: 4,
            can_settle: true,
            explanation: Explanation::sample(&t),
            comparisons: vec![Comparison::sample(&t, slot, moved)],
            chain: vec![
                ChainLink { uid: "bT7qYw2mFh4kN9sVxLpR1c".into(), since: t.now - day - day },
                ChainLink {
                    uid: "gK3dZr8uQe5jW6aHtBnM0y".into(),
                    since: t.now - SignedDuration::from_hours(5),
                },
            ],
            timeline: timeline::samples(&t, slot, moved),
            t,
            frame,
        }
    }

    fn edges(t: Translator, frame: Frame) -> Vec<Self> {
        let explanation = |sync, next, message: Option<&str>| Explanation {
            sync,
            next,
            message: message.map(Into::into),
            ..Explanation::sample(&t)
        };
        let page = |explanation: Explanation| Self {
            sync: explanation.sync,
            can_settle: false,
            explanation,
            ..Self::sample(t.clone(), frame.clone())
        };
        let mut failed = page(explanation(
            SyncStatus::Failed,
            Next::GivenUp(ReviewCode::SlotTaken),
            Some("User either already has booking at this time or is not available"),
        ));
        failed.explanation.overlapping = true;
        let pending = Explanation {
            failures: 2,
            next_try_at: Some(t.now + SignedDuration::from_mins(4)),
            ..explanation(SyncStatus::Pending, Next::Act(Push::Create), None)
        };
        let unseen = Self {
            comparisons: vec![Comparison {
                rows: Vec::new(),
                seen_at: None,
                ..Comparison::sample(&t, failed.slot, failed.slot)
            }],
            ..page(explanation(
                SyncStatus::Failed,
                Next::GivenUp(ReviewCode::RetriesUsedUp),
                Some("Cal.com cannot be reached or fails: timed out"),
            ))
        };
        let cancelled = Self {
            status: AppointmentStatus::Cancelled,
            can_change: false,
            can_mark_absent: None,
            deleted_at: Some(t.now),
            ..page(explanation(SyncStatus::Synced, Next::Rest, None))
        };
        let requested = Self {
            status: AppointmentStatus::Requested,
            can_answer: true,
            ..page(Explanation { requested: true, ..explanation(SyncStatus::Synced, Next::Rest, None) })
        };
        let local = Self {
            status: AppointmentStatus::Requested,
            can_answer: true,
            can_mark_absent: Some(false),
            comparisons: Vec::new(),
            chain: Vec::new(),
            notes: None,
            reason: None,
            price_cents: None,
            ..page(explanation(SyncStatus::NotConnected, Next::NotConnected, None))
        };
        vec![failed, page(pending), unseen, cancelled, requested, local]
    }
}
