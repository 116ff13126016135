//! Changing an appointment: the one way to do it.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{Appointment, AppointmentId, BookingUid, Case, CompanyId, ConnectionId};
use jiff::Timestamp;

use super::attempts::AttemptWrite;
use super::book::Dedupe;
use super::together::{Made, Wanted};
use crate::{Abort, Error, Holder, Lease, Moment, Result, Store};

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
    /// For whom times may be held that it takes.
    pub holder: Option<Holder>,
    /// The change fails with [`Error::BookingTaken`] if this booking is that of another appointment.
    pub claim: Option<(ConnectionId, BookingUid)>,
}

impl Change {
    /// A change by a person or a program.
    pub fn at(now: Timestamp) -> Self {
        Self { now, fence: None, expected_version: None, dedupe: None, holder: None, claim: None }
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

    /// The same, in the time that is held for somebody.
    pub fn held_for(mut self, holder: Option<Holder>) -> Self {
        self.holder = holder;
        self
    }

    /// The same, only if this booking is nobody else's.
    pub fn claiming(mut self, connection: ConnectionId, uid: BookingUid) -> Self {
        self.claim = Some((connection, uid));
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
    /// The accounts whose lanes have work to do on it. `None` if other appointments were marked too.
    pub marked: Option<Vec<ConnectionId>>,
}

impl Store {
    /// Changes an appointment: locks it, loads its case, lets `f` change and conclude it, writes back what
    /// follows. Due work is replaced by [`Case::due`], `None` removes it; reviews are opened and closed to
    /// equal [`Case::questions`]. `f` may run more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Fenced`], [`Error::Stale`], [`Error::SlotTaken`],
    /// [`Error::DedupeMismatch`], [`Error::BookingTaken`], or what `f` aborts with; nothing is written then.
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
        let once = async |overlaps: bool| {
            let (change, f, said) = (change.clone(), Arc::clone(&f), Arc::new(Mutex::new(None)));
            let says = Arc::clone(&said);
            let decide = move |case: &mut Case, attempts: &mut Vec<AttemptWrite>| {
                *says.lock().unwrap_or_else(PoisonError::into_inner) = Some(f(case, attempts)?);
                Ok(())
            };
            let unit = std::any::type_name_of_val(&decide);
            let decide = Arc::new(decide);
            self.step(unit, Moment::Before).await;
            let made = self.change(Wanted { company, id, change, decide, overlaps }).await;
            self.step(unit, Moment::After).await;
            let Made { changed, appointment, marked } = made?;
            let value = said.lock().unwrap_or_else(PoisonError::into_inner).take().filter(|_| changed);
            Ok(Applied { value, appointment, marked })
        };
        match once(false).await {
            Err(Error::SlotTaken) if change.fence.is_some() => once(true).await,
            Err(Error::SlotTaken) if self.end_holds(company, change.now).await? => once(false).await,
            result => result,
        }
    }
}
