//! Status words as chips: a tone, an icon and a text, never a colour alone.

use domain::{AppointmentStatus, Origin, SyncStatus};

/// What a state means for the reader; the style sheet gives each its colours in light and dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Info,
    Good,
    Wait,
    Bad,
    Split,
}

impl Tone {
    pub fn code(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
            Self::Split => "split",
        }
    }

    /// The icon of a message in this tone.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Neutral | Self::Info => "info",
            Self::Good => "check-circle",
            Self::Wait => "clock",
            Self::Bad => "alert",
            Self::Split => "split",
        }
    }
}

/// Icon and text in a tone; `label` is a message key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chip {
    pub tone: Tone,
    pub icon: &'static str,
    pub label: &'static str,
}

const fn chip(tone: Tone, icon: &'static str, label: &'static str) -> Chip {
    Chip { tone, icon, label }
}

/// A state that is shown as a chip.
pub trait AsChip {
    fn chip(&self) -> Chip;
}

impl AsChip for SyncStatus {
    fn chip(&self) -> Chip {
        match self {
            Self::Pending => chip(Tone::Wait, "clock", "sync-pending"),
            Self::Synced => chip(Tone::Good, "check", "sync-synced"),
            Self::Failed => chip(Tone::Bad, "alert", "sync-failed"),
            Self::Conflict => chip(Tone::Split, "split", "sync-conflict"),
            Self::OrphanedLocal => chip(Tone::Bad, "cloud-off", "sync-orphaned-local"),
            Self::NotConnected => chip(Tone::Neutral, "plug", "sync-not-connected"),
        }
    }
}

/// A person has to look at it: nothing more happens by itself.
pub fn needs_person(status: SyncStatus) -> bool {
    match status {
        SyncStatus::Failed | SyncStatus::Conflict | SyncStatus::OrphanedLocal => true,
        SyncStatus::Pending | SyncStatus::Synced | SyncStatus::NotConnected => false,
    }
}

impl AsChip for AppointmentStatus {
    fn chip(&self) -> Chip {
        match self {
            Self::Requested => chip(Tone::Wait, "clock", "status-requested"),
            Self::Confirmed => chip(Tone::Info, "check-circle", "status-confirmed"),
            Self::Cancelled => chip(Tone::Neutral, "ban", "status-cancelled"),
            Self::NoShow => chip(Tone::Bad, "x-circle", "status-no-show"),
        }
    }
}

impl AsChip for Origin {
    fn chip(&self) -> Chip {
        match self {
            Self::Calcom => chip(Tone::Neutral, "cloud", "origin-calcom"),
            Self::Phone => chip(Tone::Neutral, "phone", "origin-phone"),
            Self::Admin => chip(Tone::Neutral, "user", "origin-admin"),
            Self::Api => chip(Tone::Neutral, "code", "origin-api"),
            Self::System => chip(Tone::Neutral, "bolt", "origin-system"),
        }
    }
}
