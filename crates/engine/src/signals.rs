//! Wake-up calls: the worker is woken when there is work, and whoever watches an appointment (a page, a phone
//! call) is told when it changed. Both are hints: what is true is in the database, and everybody looks again
//! from time to time.
//!
//! Inside a process they come at once; what other processes have to know waits in the [`Outbox`] for whoever
//! carries it there (`notices.rs`). Where nobody does, it is not kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::{AppointmentId, CompanyId, ConnectionId};
use tokio::sync::{Notify, broadcast, mpsc};

/// Changes that wait to be told elsewhere; more are left out.
const WAITING: usize = 1024;
/// Lanes that wait for more work at once at most; the others' accounts must get their turn.
const LINGERING: usize = 32;

/// Something changed that somebody may be looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Changed {
    /// Whose.
    pub company: CompanyId,
    /// Which appointment, if it was one.
    pub appointment: Option<AppointmentId>,
}

/// The wake-up calls of one process.
pub struct Signals {
    work: Notify,
    changes: broadcast::Sender<Changed>,
    /// Lanes that are held in this process.
    lingering: Mutex<HashMap<ConnectionId, Arc<Notify>>>,
    /// How often something of a company changed, or Cal.com told of it; whoever keeps what he saw compares it.
    generations: Mutex<HashMap<CompanyId, u64>>,
    worked_here: AtomicBool,
    work_elsewhere: Notify,
    changes_elsewhere: OnceLock<mpsc::Sender<Changed>>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            work: Notify::new(),
            changes: broadcast::Sender::new(WAITING),
            lingering: Mutex::default(),
            generations: Mutex::default(),
            worked_here: AtomicBool::new(false),
            work_elsewhere: Notify::new(),
            changes_elsewhere: OnceLock::new(),
        }
    }
}

impl Signals {
    /// There may be work. A worker of another process is woken only where this one has none.
    pub fn wake(&self) {
        self.work_came();
        if !self.worked_here.load(Ordering::Relaxed) {
            self.work_elsewhere.notify_one();
        }
    }

    /// Returns when [`Signals::wake`] was called since the last return.
    pub async fn work(&self) {
        self.work.notified().await;
    }

    /// Tells everybody who watches.
    pub fn changed(&self, company: CompanyId, appointment: Option<AppointmentId>) {
        let changed = Changed { company, appointment };
        self.changed_elsewhere(changed);
        if let Some(others) = self.changes_elsewhere.get() {
            // Too many at once: the others look again from time to time.
            let _ = others.try_send(changed);
        }
    }

    /// Starts watching. A watcher that falls behind is told so, and looks at everything again.
    pub fn watch(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Says whether a worker works in this process.
    pub(crate) fn worked_here(&self, yes: bool) {
        self.worked_here.store(yes, Ordering::Relaxed);
    }

    /// There is work in these lanes. Those that linger here take it; for others it is as [`Signals::wake`].
    pub fn wake_lanes(&self, lanes: &[ConnectionId]) {
        let all_linger = {
            let lingering = self.lingering();
            let poked: Vec<_> =
                lanes.iter().map(|lane| lingering.get(lane).map(|poked| poked.notify_one())).collect();
            poked.iter().all(Option::is_some)
        };
        if !all_linger {
            self.wake();
        }
    }

    /// There may be work in any lane.
    pub(crate) fn work_came(&self) {
        self.work.notify_one();
        self.lingering().values().for_each(|poked| poked.notify_one());
    }

    /// A lane that has nothing to do waits here for more before it is given up, unless many do already.
    pub(crate) fn linger(&self, lane: ConnectionId) -> Option<Lingering<'_>> {
        let poked = Arc::new(Notify::new());
        let mut lingering = self.lingering();
        (lingering.len() < LINGERING).then(|| {
            lingering.insert(lane, Arc::clone(&poked));
            Lingering { signals: self, lane, poked }
        })
    }

    fn lingering(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<Notify>>> {
        self.lingering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something of a company may have changed: what was seen before is old.
    pub(crate) fn stirred(&self, company: CompanyId) {
        *self.generations.lock().unwrap_or_else(PoisonError::into_inner).entry(company).or_default() += 1;
    }

    /// How often [`Signals::stirred`] was called.
    pub(crate) fn generation(&self, company: CompanyId) -> u64 {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).get(&company).copied().unwrap_or(0)
    }

    /// Another process says that something changed.
    pub(crate) fn changed_elsewhere(&self, changed: Changed) {
        self.stirred(changed.company);
        // Nobody watching is no failure.
        let _ = self.changes.send(changed);
    }

    /// What other processes have to know, from now on; the first who asks gets it.
    pub(crate) fn outbox(&self) -> Option<Outbox<'_>> {
        let (sender, changes) = mpsc::channel(WAITING);
        self.changes_elsewhere.set(sender).ok()?;
        Some(Outbox { work: &self.work_elsewhere, changes })
    }
}

/// A lane that hears of work, until this is dropped.
pub(crate) struct Lingering<'a> {
    signals: &'a Signals,
    lane: ConnectionId,
    poked: Arc<Notify>,
}

impl Lingering<'_> {
    /// Returns when there may be work since the last return.
    pub(crate) async fn work(&self) {
        self.poked.notified().await;
    }
}

impl Drop for Lingering<'_> {
    fn drop(&mut self) {
        // Not another's who holds the lane by now.
        let mut lingering = self.signals.lingering();
        if lingering.get(&self.lane).is_some_and(|poked| Arc::ptr_eq(poked, &self.poked)) {
            lingering.remove(&self.lane);
        }
    }
}

/// What other processes have to know.
pub(crate) struct Outbox<'a> {
    /// There may be work, and no worker here.
    pub(crate) work: &'a Notify,
    /// What changed here.
    pub(crate) changes: mpsc::Receiver<Changed>,
}
