//! Wake-up calls inside one process: the worker is woken when there is work, and whoever watches an
//! appointment (a page, a phone call) is told when it changed. Both are hints: what is true is in the
//! database, and everybody looks again from time to time.

use domain::{AppointmentId, CompanyId};
use tokio::sync::{Notify, broadcast};

/// Something changed that somebody may be looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Default for Signals {
    fn default() -> Self {
        Self { work: Notify::new(), changes: broadcast::Sender::new(1024) }
    }
}

impl Signals {
    /// There may be work.
    pub fn wake(&self) {
        self.work.notify_one();
    }

    /// Returns when [`Signals::wake`] was called since the last return.
    pub async fn work(&self) {
        self.work.notified().await;
    }

    /// Tells everybody who watches.
    pub fn changed(&self, company: CompanyId, appointment: Option<AppointmentId>) {
        // Nobody watching is no failure.
        let _ = self.changes.send(Changed { company, appointment });
    }

    /// Starts watching. A watcher that falls behind is told so, and looks at everything again.
    pub fn watch(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }
}
