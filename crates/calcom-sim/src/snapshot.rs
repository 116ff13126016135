//! The whole world as JSON, so that a simulator can be stopped and go on where it was: its tables, keys,
//! rate limits, ordered faults, and what is held back or under way. Not the logs, not the webhook sink, and
//! not the clock, which runs on meanwhile.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Sim;
use crate::faults::FaultPlan;
use crate::late::Late;
use crate::model::Model;
use crate::model::webhooks::Outgoing;

/// Counts up when an older snapshot can no longer be read.
const FORMAT: u32 = 1;

/// Why a snapshot is not taken over; the world stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("a snapshot of format {0:?}, not {FORMAT}")]
    Format(Option<u64>),
    #[error("no snapshot: {0}")]
    Unreadable(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Told<'a> {
    format: u32,
    model: &'a Model,
    faults: &'a FaultPlan,
    held: &'a [Outgoing],
    late: &'a [Late],
}

#[derive(Deserialize)]
struct Kept {
    model: Model,
    faults: FaultPlan,
    held: Vec<Outgoing>,
    late: Vec<Late>,
}

impl Sim {
    /// Everything, API keys and webhook secrets included. Two simulators that go on from here hand out the
    /// same uids, which are not those that would have come without the snapshot.
    pub fn snapshot(&self) -> Value {
        let mut state = self.state();
        state.model.ids.begin_anew();
        let state = &*state;
        json!(Told {
            format: FORMAT,
            model: &state.model,
            faults: &state.faults,
            held: &state.held,
            late: &state.late,
        })
    }

    /// Replaces the world. What became due since the snapshot arrives with the next call, or by itself where
    /// the simulator is a server.
    pub fn restore(&self, snapshot: Value) -> Result<(), RestoreError> {
        let format = snapshot["format"].as_u64();
        if format != Some(FORMAT.into()) {
            return Err(RestoreError::Format(format));
        }
        let Kept { model, faults, held, late } = serde_json::from_value(snapshot)?;
        let mut state = self.state();
        state.model = model;
        state.faults = faults;
        state.held = held;
        state.late = late;
        drop(state);
        self.wake_for_what_is_late();
        Ok(())
    }
}
