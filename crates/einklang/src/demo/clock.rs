//! A clock that can be set into the past, until it goes with everybody else's. The sample weeks are lived
//! through with it before the demo opens.

use std::sync::{Arc, Mutex, PoisonError};

use engine::{Ambient, Clock};
use jiff::Timestamp;

#[derive(Clone)]
pub struct TravelClock {
    real: Ambient,
    set: Arc<Mutex<Option<Timestamp>>>,
}

impl TravelClock {
    /// Goes with the real clock until it is set.
    pub fn new(real: Ambient) -> Self {
        Self { real, set: Arc::default() }
    }

    /// Stands at `at` until it is set anew.
    pub fn travel_to(&self, at: Timestamp) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Goes with the real clock from now on.
    pub fn arrive(&self) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Clock for TravelClock {
    fn now(&self) -> Timestamp {
        let set = *self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.unwrap_or_else(|| self.real.now())
    }
}
