//! The ways to change an appointment, each by its name. All of them are acts ([`super::act`]).

use domain::appointment::Appointment;
use domain::{AppointmentId, CompanyId};

use super::act::Act;
use super::{Change, ChangeError, Edit};
use crate::Engine;

impl Engine {
    /// Changes whatever `edit` names, all of it or nothing. What Cal.com's API cannot change on a booking (who
    /// serves on another account, what is booked) becomes another booking there, and the old one is cancelled.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn edit(
        &self,
        company: CompanyId,
        id: AppointmentId,
        edit: Edit,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.act(company, id, vec![Act::Edit(edit)], change).await
    }

    /// Cancels an appointment. Cancelling what is cancelled changes nothing. What waits for a confirmation is
    /// declined at Cal.com.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn cancel(
        &self,
        company: CompanyId,
        id: AppointmentId,
        reason: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.act(company, id, vec![Act::Cancel { reason }], change).await
    }

    /// Confirms an appointment that was asked for.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn confirm(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.act(company, id, vec![Act::Confirm], change).await
    }

    /// Writes down that the customer did not come, or (`absent` false) did after all.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn mark_no_show(
        &self,
        company: CompanyId,
        id: AppointmentId,
        absent: bool,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.act(company, id, vec![Act::NoShow { absent }], change).await
    }

    /// Takes an appointment off the lists. One that still takes place is cancelled first, at Cal.com too; the
    /// history stays.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn delete(
        &self,
        company: CompanyId,
        id: AppointmentId,
        reason: Option<String>,
        change: Change,
    ) -> Result<Appointment, ChangeError> {
        self.act(company, id, vec![Act::Delete { reason }], change).await
    }
}
