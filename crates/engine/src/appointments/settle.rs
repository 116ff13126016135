//! What a person does about an appointment and Cal.com: look again, decide what counts; and waiting for
//! Cal.com's word.

use std::time::Duration;

use domain::appointment::Actor;
use domain::{AppointmentId, CompanyId, SyncStatus};

use super::{Act, Change, ChangeError};
use crate::Engine;

impl Engine {
    /// Looks at Cal.com again, and tries again what was given up.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn check_again(
        &self,
        company: CompanyId,
        id: AppointmentId,
        actor: Actor,
    ) -> Result<(), ChangeError> {
        self.act(company, id, vec![Act::CheckAgain], Change::by(actor)).await.map(drop)
    }

    /// Settles a conflict: what is said here counts (`ours`), or what is said at Cal.com. A booking that is
    /// gone from Cal.com is made again, or the appointment is cancelled. Without a conflict nothing happens.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn settle_conflict(
        &self,
        company: CompanyId,
        id: AppointmentId,
        ours: bool,
        actor: Actor,
    ) -> Result<(), ChangeError> {
        self.act(company, id, vec![Act::Settle { ours }], Change::by(actor)).await.map(drop)
    }

    /// Waits until Cal.com's word on an appointment is known, or the time is up; returns what is known then.
    ///
    /// # Errors
    /// If there is no such appointment, or the database fails.
    pub async fn settled(
        &self,
        company: CompanyId,
        id: AppointmentId,
        patience: Duration,
    ) -> Result<SyncStatus, ChangeError> {
        let mut changes = self.signals.watch();
        let settled = async {
            loop {
                let sync = self.store.sync_status(company, id).await?;
                if sync != SyncStatus::Pending {
                    return Ok(sync);
                }
                let told = async {
                    while let Ok(change) = changes.recv().await {
                        if change.company == company && change.appointment.is_none_or(|it| it == id) {
                            return;
                        }
                    }
                    // Fallen behind: this may have been among what was missed.
                };
                // Another process may do the work: then no signal comes, and looking now and then does.
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    () = told => {}
                }
            }
        };
        match tokio::time::timeout(patience, settled).await {
            Ok(result) => result,
            Err(_) => Ok(self.store.sync_status(company, id).await?),
        }
    }
}

/// How often an awaited appointment is looked at without any signal.
const LOOK: Duration = Duration::from_millis(200);
