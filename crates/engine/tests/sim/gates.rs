//! Where an actor can be held: before and after every unit of work that writes, and every call to Cal.com.
//! Whoever arrives at a gate stands still until the schedule opens it; an actor that is dropped there has
//! crashed between two of its steps.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use jiff::Timestamp;
use store::{Moment, Step, Steps};

/// More gates than anybody has to pass at one time.
const ENDLESS: usize = 10_000;

/// All gates of a world. Clones are the same gates.
#[derive(Debug, Clone, Default)]
pub struct Gates(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    closed: bool,
    arrived: Option<Ticket>,
    /// Gates that were passed since time passed, or since they were opened or closed.
    passed: usize,
}

/// Somebody stands at a gate.
#[derive(Debug, Clone)]
pub struct Ticket(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    place: Place,
    not_before: Option<Timestamp>,
    open: bool,
    waker: Option<Waker>,
}

/// Which gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the step does.
    pub what: String,
    /// On which side of it.
    pub moment: Moment,
    /// The number of the call, if it is one to Cal.com.
    pub call: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = if self.moment == Moment::Before { "before" } else { "after" };
        write!(f, "{moment} {}", self.what)
    }
}

impl Gates {
    /// From now on everybody is held at every gate, or nobody is. Whoever was endless before is not any more.
    pub fn close(&self, closed: bool) {
        *self.state() = State { closed, ..State::default() };
    }

    /// Time has passed.
    pub fn time_passed(&self) {
        self.state().passed = 0;
    }

    /// Whether somebody goes on and on while no time passes. Whoever arrives at an open gate then stands still.
    pub fn are_endless(&self) -> bool {
        self.state().passed > ENDLESS
    }

    /// Stands at a gate until it is opened, and at least until `not_before` of the world's time.
    pub async fn hold(&self, place: Place, not_before: Option<Timestamp>) {
        let ticket = {
            let mut state = self.state();
            state.passed += 1;
            let ticket = Ticket(Arc::new(Mutex::new(Held { place, not_before, open: false, waker: None })));
            if state.closed {
                assert!(state.arrived.replace(ticket.clone()).is_none(), "one actor runs at a time");
            } else if state.passed <= ENDLESS {
                return;
            }
            ticket
        };
        poll_fn(|context| {
            let mut held = ticket.held();
            if held.open {
                return Poll::Ready(());
            }
            held.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Who arrived since the last time.
    pub fn arrived(&self) -> Option<Ticket> {
        self.state().arrived.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Opens the gate.
    pub fn open(&self) {
        let mut held = self.held();
        held.open = true;
        if let Some(waker) = held.waker.take() {
            waker.wake();
        }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.held().place.clone()
    }

    /// Until when it cannot be opened.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.held().not_before
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Steps for Gates {
    fn step(&self, step: Step) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let gates = self.clone();
        Box::pin(async move {
            gates.hold(Place { what: short(step.unit), moment: step.moment, call: None }, None).await;
        })
    }
}

/// The function of a unit of work, and who asked for the change, from the name that the compiler gives it.
fn short(unit: &str) -> String {
    let after = |mark: &str| {
        let rest = unit.split_once(mark).map_or("", |(_, rest)| rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    let function = after("Store>::");
    let function = if function.is_empty() { "change of a service".to_owned() } else { function };
    let from = [
        "engine::operation::",
        "engine::inbox::",
        "engine::import::",
        "engine::look::",
        "engine::event_types::operation::",
        "engine::event_types::look::",
        "engine::services::<impl engine::Engine>::",
    ];
    match from.into_iter().map(after).find(|name| !name.is_empty()) {
        Some(caller) => format!("{function} of {caller}"),
        None => function,
    }
}
