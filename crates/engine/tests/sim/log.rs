//! What is kept of a run: the steps that were taken, what was covered, and what must never have happened.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::coverage::Coverage;

/// Clones write to the same log.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Kept>>);

/// The log of one run.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub trace: Vec<String>,
    pub coverage: Coverage,
    pub violations: Vec<String>,
    names: BTreeMap<String, String>,
}

impl Log {
    pub fn say(&self, line: impl AsRef<str>) {
        let mut kept = self.kept();
        let line = format!("{:>5} {}", kept.trace.len(), line.as_ref());
        kept.trace.push(line);
    }

    /// The invariant of this number (DESIGN, section 9) does not hold.
    pub fn violated(&self, invariant: u8, what: impl AsRef<str>) {
        let what = format!("({invariant}) {}", what.as_ref());
        self.say(format!("VIOLATION {what}"));
        self.kept().violations.push(what);
    }

    pub fn cover(&self, count: impl FnOnce(&mut Coverage)) {
        count(&mut self.kept().coverage);
    }

    /// How many lines the trace has: the time of the run, for what came before what.
    pub fn step(&self) -> usize {
        self.kept().trace.len()
    }

    /// A short name for something with a long one: `A3` for the third appointment, `B2` for the second chain of
    /// bookings that was begun at Cal.com.
    pub fn name(&self, id: &str) -> String {
        let mut kept = self.kept();
        // Ids of appointments are UUIDs; uids of bookings are shorter.
        let kind = if id.len() == 36 { 'A' } else { 'B' };
        if let Some(name) = kept.names.get(id) {
            return name.clone();
        }
        let number = 1 + kept.names.values().filter(|name| name.starts_with(kind)).count();
        let name = format!("{kind}{number}");
        kept.names.insert(id.to_owned(), name.clone());
        name
    }

    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The same for the same steps in the same order.
    pub fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.trace.hash(&mut hasher);
        hasher.finish()
    }
}
