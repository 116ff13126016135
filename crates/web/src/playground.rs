//! What the demo page can do: things that happen at Cal.com or on the phone, faults that are ordered, and
//! what came of them. The demo command implements it over its simulator; no other installation has one.

use async_trait::async_trait;
use domain::AppointmentId;
use jiff::Timestamp;

use crate::pages::DemoAction;

/// The other side of the demo page.
#[async_trait]
pub trait Playground: Send + Sync {
    /// Where the simulator of Cal.com listens: `http://127.0.0.1:8090`.
    fn simulator_url(&self) -> String;

    /// Does what a button says and writes it down. Returns when it is done, not when everything that follows
    /// from it is.
    ///
    /// # Errors
    /// Why it could not be done, for the log and for whoever pressed the button.
    async fn act(&self, action: DemoAction) -> Result<(), Trouble>;

    /// Faults that are ordered and have not struck yet.
    fn armed(&self) -> Vec<DemoAction>;

    /// Until when the simulator is down; `None` when it is up.
    fn down_until(&self) -> Option<Timestamp>;

    /// What happened, newest first.
    fn log(&self) -> Vec<Note>;
}

/// Why a button did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no appointment in the future that could be moved or cancelled at Cal.com.
    #[error("no appointment to act on")]
    NothingToActOn,
    /// No time is free in the next days.
    #[error("no free time")]
    NothingFree,
    /// The simulator or the phone entrance has refused; its words.
    #[error("{0}")]
    Refused(String),
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub at: Timestamp,
    pub what: Happened,
    /// The appointment that it is about, where one is known.
    pub appointment: Option<AppointmentId>,
}

/// What a line of the log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Somebody calls and wants something.
    Rang { customer: String, service: String },
    /// What the phone agent was told to say, word for word.
    Said(String),
    /// Somebody booked at Cal.com.
    Booked { customer: String, start: Timestamp },
    /// A booking was moved at Cal.com.
    Moved { from: Timestamp, to: Timestamp },
    /// A booking was cancelled at Cal.com.
    Cancelled { start: Timestamp },
    /// A fault was ordered.
    Ordered(DemoAction),
    /// A button could do nothing.
    Failed(Trouble),
}
