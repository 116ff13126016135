//! Changing an appointment: the one way to do it.

use std::sync::Arc;

use domain::{Appointment, AppointmentId, Case, CompanyId};
use jiff::Timestamp;
use sea_orm::EntityTrait;

use super::attempts::{self, AttemptWrite};
use super::book::{Dedupe, claim_dedupe};
use super::case::{Lock, load};
use super::write_back::{Before, How, write_back};
use crate::entities::appointments;
use crate::{Abort, Error, Lease, Result, Store, work};

/// How a change is made.
#[derive(Debug, Clone)]
pub struct Change {
    /// Our time.
    pub now: Timestamp,
    /// The lane that the change is made in. The change fails with [`Error::Fenced`] if the lease is lost;
    /// and it is a fact from Cal.com: what overlaps is marked and asked about instead of refused.
    pub fence: Option<Lease>,
    /// The version of the appointment that the caller has read; [`Error::Stale`] if it has another.
    pub expected_version: Option<i64>,
    /// Makes the change once, however often it is asked for.
    pub dedupe: Option<Dedupe>,
}

impl Change {
    /// A change by a person or a program.
    pub fn at(now: Timestamp) -> Self {
        Self { now, fence: None, expected_version: None, dedupe: None }
    }

    /// A change by the engine, in a lane that it holds.
    pub fn in_lane(lease: &Lease, now: Timestamp) -> Self {
        Self { fence: Some(lease.clone()), ..Self::at(now) }
    }

    /// The same, only for the given version of the appointment.
    pub fn expecting(mut self, version: Option<i64>) -> Self {
        self.expected_version = version;
        self
    }

    /// The same, once per key.
    pub fn once(mut self, dedupe: Option<Dedupe>) -> Self {
        self.dedupe = dedupe;
        self
    }
}

/// What a change brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied<R> {
    /// What the change answered; `None` if the dedupe key says that it was made before.
    pub value: Option<R>,
    /// The appointment as it is now.
    pub appointment: Appointment,
}

impl Store {
    /// Changes an appointment: locks it, loads its case, lets `f` change and conclude it, writes back what
    /// follows. Due work is replaced by [`Case::due`], `None` removes it; reviews are opened and closed to
    /// equal [`Case::questions`]. `f` may run more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Fenced`], [`Error::Stale`], [`Error::SlotTaken`],
    /// [`Error::DedupeMismatch`], or what `f` aborts with; nothing is written then.
    pub async fn apply<R: Send + 'static>(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: Change,
        f: impl Fn(&mut Case) -> Result<R, Abort> + Send + Sync + 'static,
    ) -> Result<Applied<R>> {
        self.apply_with(company, id, change, move |case, _| f(case)).await
    }

    /// As [`Store::apply`]; what `f` pushes on the list of attempts is written in the same transaction.
    pub async fn apply_with<R: Send + 'static>(
        &self,
        company: CompanyId,
        id: AppointmentId,
        change: Change,
        f: impl Fn(&mut Case, &mut Vec<AttemptWrite>) -> Result<R, Abort> + Send + Sync + 'static,
    ) -> Result<Applied<R>> {
        let f = Arc::new(f);
        let unit = async |overlaps: bool| {
            let (change, f) = (change.clone(), Arc::clone(&f));
            self.write(move |tx| {
                Box::pin(async move {
                    if let Some(lease) = &change.fence {
                        work::check_fence(tx, company, lease, change.now).await?;
                    }
                    if let Some(dedupe) = &change.dedupe
                        && let Some(first) = claim_dedupe(tx, company, dedupe, id, change.now).await?
                    {
                        let row = appointments::Entity::find_by_id((company.0, first.0)).one(&**tx).await?;
                        let appointment = row.ok_or(Error::NotFound)?.try_into()?;
                        return Ok(Applied { value: None, appointment });
                    }
                    let (mut case, open) = load(&**tx, company, id, Lock::Yes).await?;
                    let current_version = case.appointment.version;
                    if change.expected_version.is_some_and(|expected| expected != current_version) {
                        return Err(Error::Stale { current_version });
                    }
                    let before = Before::of(&case, open);
                    let mut attempts = Vec::new();
                    let value = Some(f(&mut case, &mut attempts)?);
                    let lane = change.fence.as_ref().map(|lease| lease.connection);
                    let how = How { now: change.now, overlaps, lane };
                    write_back(tx, company, Some(&before), &mut case, how).await?;
                    attempts::write(tx, company, id, attempts).await?;
                    Ok(Applied { value, appointment: case.appointment })
                })
            })
            .await
        };
        match unit(false).await {
            Err(Error::SlotTaken) if change.fence.is_some() => unit(true).await,
            result => result,
        }
    }
}
