//! The work of one lane: everything that is due at one Cal.com account, by one worker at a time.
//!
//! Different appointments proceed side by side up to the lane's limit; one appointment has at most one
//! operation in flight, because a piece of work is taken only while it is not in hand.

use std::any::Any;
use std::cell::Cell;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use domain::case::{Due, Priority};
use domain::notify::{self, Occurrence, What};
use domain::{AppointmentId, Reference};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt};
use jiff::Timestamp;
use serde::Deserialize;
use store::{Connection, Lease, Subject, Work};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use tracing::field::{Empty, display};

use crate::pace::Pace;
use crate::signals::Lingering;
use crate::{Engine, Error};

/// How many pieces of work are read ahead at least: few, so that a caller waits for few.
const READ_AHEAD: usize = 8;
/// How long a lane that has nothing to do any more is kept for what may come next: what comes then need not wait
/// until the lane is taken again.
const LINGER: std::time::Duration = std::time::Duration::from_millis(250);
/// How long a lane rests after an error of our own, or a piece of work after the first that is its alone.
const CALM_DOWN: std::time::Duration = std::time::Duration::from_secs(10);
/// How long it rests after each further one.
const POISONED: std::time::Duration = std::time::Duration::from_mins(1);
/// After which time a lane is given up rather than kept for more.
const TURN: std::time::Duration = std::time::Duration::from_secs(5);
/// A call gives up after 30 s; this leaves some time to write its outcome down.
const LONGEST_CALL: std::time::Duration = std::time::Duration::from_secs(40);
/// When a lane whose budget is used up for ordinary work is looked at again.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

tokio::task_local! {
    /// Requests that the piece of work in hand has asked for.
    static REQUESTS: Cell<u64>;
}

/// A lane that is held.
pub(crate) struct Lane<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) connection: Connection,
    pub(crate) client: calcom::Client,
    lease: Mutex<Lease>,
    pace: Mutex<Pace>,
    /// Whether Cal.com did not answer when the lane was taken.
    unreachable: bool,
    stop: &'a CancellationToken,
    errand: Errand,
}

/// What a lane is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// All that is due.
    Everything,
    /// All that is due, and what may come in the moment after.
    Lingering,
    /// A run of verification from which nothing follows; nothing else is touched.
    Checks,
}

/// Why a piece of work stopped before it was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The lane has to be silent until then.
    #[error("silent until {0}")]
    Silent(Timestamp),
    /// The key is not accepted any more.
    #[error("the key is not accepted")]
    Unauthorized,
    /// More appointments were lost than a mishap may take with it.
    #[error("too many appointments were lost at once")]
    Braked,
    /// Another worker holds the lane, or the database failed.
    #[error(transparent)]
    Error(#[from] Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Error(error.into())
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Stop {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Stop::Error(Error::Panicked(words.unwrap_or("without words").to_owned()))
}

/// Works through everything that is due in a lane, then gives it up. Errors are logged: the lane stays due,
/// and whoever takes it next finds what is left. Once `stop` is cancelled nothing more is begun.
pub(crate) async fn work(
    engine: &Engine,
    lease: Lease,
    pace: serde_json::Value,
    stop: &CancellationToken,
    errand: Errand,
) {
    let connection = lease.connection;
    match Lane::open(engine, lease.clone(), &pace, stop, errand).await {
        Ok(lane) => {
            let result = lane.run().await;
            if let Err(stop) = &result
                && !matches!(stop, Stop::Silent(_))
            {
                tracing::warn!(target: "einklang::sync", %connection, %stop, "lane stopped");
            }
            if let Err(error) = lane.close(&result).await {
                tracing::warn!(target: "einklang::sync", %connection, %error, "lane could not be given up");
            }
        }
        Err(error) => {
            tracing::error!(target: "einklang::sync", %connection, %error, "lane cannot be worked");
            let until = engine.ambient.now() + crate::pace::LONGEST_PAUSE;
            if let Err(error) = engine.store.release_lane(lease, pace, until).await {
                tracing::warn!(target: "einklang::sync", %connection, %error, "lane could not be given up");
            }
        }
    }
}

impl<'a> Lane<'a> {
    async fn open(
        engine: &'a Engine,
        lease: Lease,
        pace: &serde_json::Value,
        stop: &'a CancellationToken,
        errand: Errand,
    ) -> Result<Self, Error> {
        let connection = engine.store.connection(lease.company, lease.connection).await?;
        let client = engine.client(lease.company, &connection)?;
        // A pace that does not read is that of a lane that was never worked.
        let pace = Mutex::new(Pace::deserialize(pace).unwrap_or_default());
        let unreachable = pace.lock().unwrap_or_else(PoisonError::into_inner).is_probing();
        Ok(Self { engine, connection, client, lease: Mutex::new(lease), pace, unreachable, stop, errand })
    }

    /// Gives the lane up until the silence is over. A budget that is used up for ordinary work still serves
    /// callers, so such a lane is looked at again soon.
    async fn close(&self, result: &Result<(), Stop>) -> Result<(), Error> {
        let now = self.engine.ambient.now();
        let silent = self.with_pace(|pace| pace.silent_until(now)).or(match result {
            Err(Stop::Silent(until)) => Some((*until).min(now + LOOK_AGAIN)),
            // What fails here fails again at once: no lane may spin.
            Err(Stop::Error(_)) => Some(now + CALM_DOWN),
            Err(Stop::Unauthorized | Stop::Braked) | Ok(()) => None,
        });
        self.tell_of_the_breaker(now).await?;
        Ok(self.engine.store.release_lane(self.lease(), self.stored_pace(), silent.unwrap_or(now)).await?)
    }

    /// People are told that Cal.com does not answer, and that it does again. Before that is stored: a holder that dies
    /// in between leaves it to the next one to say it once more.
    async fn tell_of_the_breaker(&self, now: Timestamp) -> Result<(), Error> {
        let unreachable = self.with_pace(|pace| pace.is_probing());
        if unreachable != self.unreachable {
            let what = if unreachable { What::Unreachable } else { What::Reachable };
            let told = Occurrence::once(what, notify::Subject::Connection(self.connection.id), now);
            self.engine.store.occurred(self.lease().company, told).await?;
        }
        Ok(())
    }

    fn stored_pace(&self) -> serde_json::Value {
        // Plain numbers and times: always JSON.
        self.with_pace(|pace| serde_json::to_value(pace)).unwrap_or_default()
    }

    async fn run(&self) -> Result<(), Stop> {
        self.probe().await?;
        if self.errand == Errand::Checks {
            return self.check().await;
        }
        // Heard from now on: what is marked after it was looked for is not missed.
        let lingering = (self.errand == Errand::Lingering)
            .then(|| self.engine.signals.linger(self.connection.id))
            .flatten();
        let until = self.engine.ambient.now() + TURN;
        let read_ahead = READ_AHEAD.max(2 * self.engine.settings.in_flight) as u64;
        while !self.is_stopping() && self.goes_on().await? {
            let taken_in = crate::inbox::process(self).await?;
            let now = self.engine.ambient.now();
            let due = self.engine.store.due_work(&self.lease(), now, read_ahead).await?;
            if due.is_empty() && taken_in == 0 {
                match &lingering {
                    Some(lingering) if now < until && self.more_comes(lingering).await => {
                        self.renew_in_time().await?;
                        continue;
                    }
                    _ => return Ok(()),
                }
            }
            self.work_all(due).await?;
            self.renew().await?;
        }
        Ok(())
    }

    /// Goes on with a run from which nothing follows, to its end.
    async fn check(&self) -> Result<(), Stop> {
        while !self.is_stopping() && self.goes_on().await? && crate::verify::only_checks(self).await? {
            let now = self.engine.ambient.now();
            let Some(due) = self.engine.store.due(&self.lease(), &Subject::Bookings, now).await? else {
                break;
            };
            self.work_all(vec![due]).await?;
            self.renew().await?;
        }
        Ok(())
    }

    /// Whether nobody has paused the account meanwhile.
    async fn goes_on(&self) -> Result<bool, Error> {
        let connection = self.engine.store.connection(self.lease().company, self.connection.id).await?;
        Ok(connection.state == store::ConnectionState::Active)
    }

    /// Waits a moment for more work, and says whether there may be some.
    async fn more_comes(&self, lingering: &Lingering<'_>) -> bool {
        tokio::select! {
            () = lingering.work() => true,
            () = tokio::time::sleep(LINGER) => false,
            () = self.stop.cancelled() => false,
        }
    }

    /// Whether what is in hand is to be finished and nothing more begun.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// After an outage: asks Cal.com something harmless before any work is risked, so that an outage uses up
    /// nobody's tries, however long it lasts.
    async fn probe(&self) -> Result<(), Stop> {
        if !self.with_pace(|pace| pace.is_probing()) {
            return Ok(());
        }
        self.take(Priority::Caller)?;
        self.learn(&self.client.me().await).await?;
        let now = self.engine.ambient.now();
        self.with_pace(|pace| pace.silent_until(now)).map_or(Ok(()), |until| Err(Stop::Silent(until)))
    }

    /// Works on all of `due`, as many side by side as the lane allows.
    async fn work_all(&self, due: Vec<Work>) -> Result<(), Stop> {
        let mut waiting = due.into_iter();
        let mut in_hand = HashSet::new();
        let mut running = FuturesUnordered::new();
        let mut stopped = Ok(());
        loop {
            while stopped.is_ok() && !self.is_stopping() && running.len() < self.engine.settings.in_flight {
                let Some(work) = waiting.next() else { break };
                if in_hand.insert(work.subject.clone()) {
                    running.push(async { (self.work_one(&work).await, work) });
                }
            }
            let next = tokio::select! {
                next = running.next() => next,
                // A call may last longer than the lease.
                () = self.engine.ambient.sleep(self.engine.settings.lease / 3) => {
                    // A database that does not answer is no reason to hang up in the middle of a call.
                    stopped = stopped.and(self.renew().await);
                    continue;
                }
            };
            match next {
                Some((Ok(()), _)) => {}
                // What cannot be worked must not hold up what can.
                Some((Err(Stop::Error(error)), work)) if !self.engine.is_of_the_lane(&error).await => {
                    let failures = work.failures + 1;
                    tracing::error!(target: "einklang::sync", connection = %self.connection.id, subject = %work.subject, failures, %error, "put off");
                    metrics::counter!("einklang_work_errors_total", "subject" => work.subject.kind())
                        .increment(1);
                    let rest = if failures == 1 { CALM_DOWN } else { POISONED };
                    let due = Due { at: self.engine.ambient.now() + rest, priority: work.priority };
                    let put_off = self.engine.store.failed(&self.lease(), &work, due).await;
                    stopped = stopped.and(put_off.map_err(Stop::from));
                }
                // What runs already is finished; nothing new is begun.
                Some((Err(stop), _)) => stopped = stopped.and(Err(stop)),
                None => return stopped,
            }
            stopped = stopped.and(self.renew_in_time().await);
        }
    }

    /// Traced by kinds and by ids of ours: whoever has a booking's name at Cal.com can cancel it there.
    async fn work_one(&self, work: &Work) -> Result<(), Stop> {
        let span = tracing::debug_span!(
            target: "einklang::sync", "work", connection = %self.connection.id, subject = work.subject.kind(),
            appointment = Empty, service = Empty, stopped = Empty
        );
        match &work.subject {
            Subject::Appointment(id) => _ = span.record("appointment", display(id)),
            Subject::Service(id) => _ = span.record("service", display(id)),
            _ => {}
        }
        // A mistake in one piece of work must not take with it what the lane has in hand beside it.
        let step = async {
            let worked = AssertUnwindSafe(self.step(work)).catch_unwind().await;
            (worked.unwrap_or_else(|panic| Err(panicked(&*panic))), REQUESTS.with(Cell::get))
        };
        let (worked, requests) = REQUESTS.scope(Cell::new(0), step).instrument(span.clone()).await;
        if let Err(stop) = &worked {
            span.record("stopped", display(stop));
        }
        if worked.is_ok() && work.failures > 0 {
            self.engine.store.recovered(&self.lease(), work.subject.clone()).await?;
        }
        // What a verification found is looked at behind everything else.
        if work.priority == Priority::Check && requests > 0 {
            let counted = self.engine.store.reread(self.lease().company, &work.subject, requests).await;
            return worked.and(counted.map_err(Stop::from));
        }
        worked
    }

    async fn step(&self, work: &Work) -> Result<(), Stop> {
        match &work.subject {
            Subject::Appointment(id) => crate::operation::advance(self, *id, work.priority).await,
            Subject::Booking(uid) => crate::import::import(self, uid, work).await,
            Subject::Service(id) => crate::event_types::operation::advance(self, *id, work.priority).await,
            Subject::EventTypes => crate::event_types::look::look_at_all(self, work).await,
            Subject::Bookings => crate::verify::go_on(self, work).await,
            Subject::Changes => crate::changes::ask(self, work).await,
            Subject::Retention => crate::retention::trim(self, work).await,
        }
    }

    /// The lease as it stands.
    pub(crate) fn lease(&self) -> Lease {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The appointment that a reference on one of this account's bookings names. A reference can be copied by
    /// anybody who sees it: it counts only where we book on this account.
    pub(crate) async fn appointment_by_reference(
        &self,
        reference: Reference,
    ) -> Result<Option<AppointmentId>, Stop> {
        let (company, connection) = (self.lease().company, self.connection.id);
        match self.engine.store.case(company, reference.appointment).await {
            Ok(case) => Ok(case
                .bookings
                .iter()
                .any(|record| record.event_type.connection == connection)
                .then_some(reference.appointment)),
            Err(store::Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes sure that the lease lasts longer than a call can: nobody else may take the lane over while an
    /// answer is waited for.
    pub(crate) async fn hold_for_a_call(&self) -> Result<(), Stop> {
        // A short lease is kept alive by the timer of `work_all` meanwhile.
        let enough = LONGEST_CALL.min(self.engine.settings.lease * 2 / 3);
        if self.engine.ambient.now() + enough > self.lease().until {
            self.renew().await?;
        }
        Ok(())
    }

    async fn renew_in_time(&self) -> Result<(), Stop> {
        if self.engine.ambient.now() + self.engine.settings.lease / 2 > self.lease().until {
            self.renew().await?;
        }
        Ok(())
    }

    async fn renew(&self) -> Result<(), Stop> {
        let (engine, lease) = (self.engine, self.lease());
        let renewed = engine
            .store
            .renew_lane(&lease, engine.ambient.now(), engine.settings.lease, self.stored_pace())
            .await?;
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    pub(crate) fn with_pace<R>(&self, change: impl FnOnce(&mut Pace) -> R) -> R {
        change(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks for a call's share of the budget.
    pub(crate) fn take(&self, priority: Priority) -> Result<(), Stop> {
        let now = self.engine.ambient.now();
        self.with_pace(|pace| pace.take(priority, now)).map_err(Stop::Silent)?;
        // What is not asked for by a piece of work is nobody's.
        let _ = REQUESTS.try_with(|requests| requests.set(requests.get() + 1));
        Ok(())
    }

    /// An appointment or a service was lost because of what Cal.com says. Many at once are a mishap more often than a wish:
    /// then the connection waits until a person has looked. What is taken over already stays so, and is told.
    pub(crate) async fn lost(&self) -> Result<(), Stop> {
        let (now, most) = (self.engine.ambient.now(), self.engine.settings.brake);
        if !self.with_pace(|pace| pace.lost(most, now)) {
            return Ok(());
        }
        self.with_pace(Pace::forget_losses);
        let lease = self.lease();
        let message = format!(
            "more than {most} appointments or services were cancelled, deleted or vanished within an hour"
        );
        let state = store::ConnectionState::Braked;
        self.engine.store.stop_connection(lease.company, lease.connection, state, message, now).await?;
        tracing::error!(target: "einklang::sync", connection = %lease.connection, most, "braked");
        Err(Stop::Braked)
    }

    /// Learns from an answer how fast the lane may go on. An answer that the key is not accepted pauses the
    /// connection: no attempt is burnt on it until an admin has looked.
    pub(crate) async fn learn<T>(&self, call: &calcom::Call<T>) -> Result<(), Stop> {
        let now = self.engine.ambient.now();
        self.with_pace(|pace| {
            if let Some(limits) = call.limits {
                pace.told(limits.remaining, limits.reset, now);
            }
            match &call.result {
                Err(calcom::Error::Transient { .. }) => pace.unanswered(now),
                Err(calcom::Error::RateLimited { retry_after }) => pace.limited(*retry_after, now),
                _ => pace.answered(),
            }
        });
        if let Err(calcom::Error::Unauthorized { message }) = &call.result {
            let lease = self.lease();
            let stored = self.engine.store.connection(lease.company, lease.connection).await?;
            if stored.api_key != self.connection.api_key {
                // A new key was stored meanwhile: whoever takes the lane next has it.
                return Err(Stop::Unauthorized);
            }
            let state = store::ConnectionState::Unauthorized;
            let message = crate::redact::without_addresses(message);
            self.engine.store.stop_connection(lease.company, lease.connection, state, message, now).await?;
            tracing::error!(target: "einklang::sync", connection = %lease.connection, "key not accepted: paused");
            return Err(Stop::Unauthorized);
        }
        Ok(())
    }
}
