//! What a person is told about an appointment and Cal.com.

use serde::{Deserialize, Serialize};

/// The sync status of an appointment. What is at Cal.com and not here has no appointment: it is asked about
/// ([`crate::review::ReviewCode::UnknownBooking`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// The service is not linked to Cal.com: there is nothing to agree with.
    NotConnected,
    /// The plan is not empty; work is queued.
    Pending,
    /// The plan is empty on a fresh observation.
    Synced,
    /// Retries are used up or an error is permanent; a review item exists.
    Failed,
    /// Both sides changed the same fact; a review item shows both.
    Conflict,
    /// Here but not at Cal.com.
    OrphanedLocal,
}

impl SyncStatus {
    /// All, in the order of the dashboard.
    pub const ALL: [Self; 6] =
        [Self::Synced, Self::Pending, Self::Failed, Self::Conflict, Self::OrphanedLocal, Self::NotConnected];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Pending => "pending",
            Self::Synced => "synced",
            Self::Failed => "failed",
            Self::Conflict => "conflict",
            Self::OrphanedLocal => "orphaned_local",
        }
    }

    /// The status of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}
