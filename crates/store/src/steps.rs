//! Where a caller can be held: before and after each unit of work that writes.
//!
//! A simulation decides with it in which order callers go on, and drops one between two of its steps, as a
//! crash would. The store of a server has none. Reading has no steps: what was read may be old by the time of
//! the next write in any case.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::Store;

/// A caller's step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The unit of work, by the name of its function; for people to read, nothing may depend on it.
    pub unit: &'static str,
    /// On which side of it.
    pub moment: Moment,
}

/// A side of a unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Nothing has been written.
    Before,
    /// It is committed, or it has failed.
    After,
}

/// Is told of every step, and awaited in it.
pub trait Steps: fmt::Debug + Send + Sync {
    /// The caller goes on when the future is ready. A caller may be dropped while it waits.
    fn step(&self, step: Step) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl Store {
    /// The same database, with `steps` told of each write.
    pub fn with_steps(self, steps: Arc<dyn Steps>) -> Self {
        Self { steps: Some(steps), ..self }
    }

    pub(crate) async fn step(&self, unit: &'static str, moment: Moment) {
        if let Some(steps) = &self.steps {
            steps.step(Step { unit, moment }).await;
        }
    }
}
