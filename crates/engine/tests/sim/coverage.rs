//! What a run has gone through: every kind of call with every outcome, every fault that struck, every
//! conclusion that the engine wrote down. A table shows what has never happened.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use calcom_sim::CallKind;

/// How a call ended, as its caller could see it, and as only the simulation knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Ok,
    Refused,
    NotFound,
    Limited,
    Unauthorized,
    /// 5xx without effect.
    Failed,
    /// 5xx after the effect.
    FailedAfter,
    /// Half of an answer, after the effect.
    Cut,
    /// Never arrived.
    RequestLost,
    /// Took effect, and nobody was told.
    AnswerLost,
    NotConnected,
    /// The caller's patience was over before the answer came.
    TimedOut,
    /// Arrived only after the caller had given up.
    Late,
    /// The caller crashed before it was sent.
    CrashBefore,
    /// The caller crashed before it learned the answer.
    CrashAfter,
}

impl Outcome {
    pub const ALL: [Self; 15] = [
        Self::Ok,
        Self::Refused,
        Self::NotFound,
        Self::Limited,
        Self::Unauthorized,
        Self::Failed,
        Self::FailedAfter,
        Self::Cut,
        Self::RequestLost,
        Self::AnswerLost,
        Self::NotConnected,
        Self::TimedOut,
        Self::Late,
        Self::CrashBefore,
        Self::CrashAfter,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::NotFound => "404",
            Self::Limited => "429",
            Self::Unauthorized => "401",
            Self::Failed => "500",
            Self::FailedAfter => "500+",
            Self::Cut => "cut",
            Self::RequestLost => "req.lost",
            Self::AnswerLost => "ans.lost",
            Self::NotConnected => "no conn",
            Self::TimedOut => "timeout",
            Self::Late => "late",
            Self::CrashBefore => "crash<",
            Self::CrashAfter => "crash>",
        }
    }

    /// Whether it can happen to such a call at all.
    fn fits(self, step: &str) -> bool {
        match self {
            // A list or an account is always there.
            Self::NotFound => !matches!(step, "search" | "probe" | "make event type"),
            Self::Refused => !matches!(step, "look" | "search" | "probe" | "look at event type"),
            _ => true,
        }
    }
}

/// What a call is for, in the words of the plan; `None` for what the engine does only while it connects.
pub fn step_of(kind: CallKind) -> Option<&'static str> {
    Some(match kind {
        CallKind::CreateBooking => "create",
        CallKind::RescheduleBooking => "reschedule",
        CallKind::CancelBooking => "cancel",
        CallKind::ConfirmBooking => "confirm",
        CallKind::DeclineBooking => "decline",
        CallKind::MarkAbsent => "mark absent",
        CallKind::ReassignBooking => "reassign",
        CallKind::GetBooking => "look",
        CallKind::ListBookings => "search",
        CallKind::Me => "probe",
        CallKind::CreateEventType => "make event type",
        CallKind::UpdateEventType => "set event type",
        CallKind::EventTypes => "look at event type",
        CallKind::Slots | CallKind::DeleteEventType | CallKind::Webhooks | CallKind::Other => return None,
    })
}

/// The steps that the engine's plans know.
pub const STEPS: [&str; 13] = [
    "create",
    "reschedule",
    "cancel",
    "confirm",
    "decline",
    "reassign",
    "mark absent",
    "look",
    "search",
    "probe",
    "make event type",
    "set event type",
    "look at event type",
];

/// What happened, by name and number of times.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    pub calls: BTreeMap<(&'static str, Outcome), u64>,
    pub faults: BTreeMap<&'static str, u64>,
    pub conclusions: BTreeMap<String, u64>,
    pub operations: BTreeMap<&'static str, u64>,
    /// What people did about services. A run is about bookings: it does not end because of these.
    pub services: BTreeMap<&'static str, u64>,
}

impl Coverage {
    pub fn call(&mut self, kind: CallKind, outcome: Outcome) {
        if let Some(step) = step_of(kind) {
            *self.calls.entry((step, outcome)).or_default() += 1;
        }
    }

    pub fn fault(&mut self, name: &'static str, times: u64) {
        *self.faults.entry(name).or_default() += times;
    }

    pub fn conclude(&mut self, what: &str) {
        *self.conclusions.entry(what.to_owned()).or_default() += 1;
    }

    pub fn operate(&mut self, name: &'static str) {
        *self.operations.entry(name).or_default() += 1;
    }

    pub fn serve(&mut self, name: &'static str) {
        *self.services.entry(name).or_default() += 1;
    }

    pub fn struck(&self) -> u64 {
        self.faults.values().sum()
    }

    pub fn operated(&self) -> u64 {
        self.operations.values().sum()
    }

    pub fn add(&mut self, other: &Self) {
        for (key, n) in &other.calls {
            *self.calls.entry(*key).or_default() += n;
        }
        for (key, n) in &other.faults {
            *self.faults.entry(key).or_default() += n;
        }
        for (key, n) in &other.conclusions {
            *self.conclusions.entry(key.clone()).or_default() += n;
        }
        for (key, n) in &other.operations {
            *self.operations.entry(key).or_default() += n;
        }
        for (key, n) in &other.services {
            *self.services.entry(key).or_default() += n;
        }
    }

    /// The tables, with the cells that stayed empty named below.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let mut list = |title: &str, rows: Vec<(String, u64)>| {
            let rows: Vec<_> = rows.iter().map(|(name, n)| format!("{name} {n}")).collect();
            writeln!(text, "{title}: {}", rows.join(" · ")).expect("a string takes text");
        };
        let named = |rows: &BTreeMap<&'static str, u64>| {
            rows.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>()
        };
        list("operations", named(&self.operations));
        list("services", named(&self.services));
        list("faults", named(&self.faults));
        list("conclusions", self.conclusions.iter().map(|(name, n)| (name.clone(), *n)).collect());
        write!(text, "{:<20}", "step").expect("a string takes text");
        for outcome in Outcome::ALL {
            write!(text, "{:>9}", outcome.name()).expect("a string takes text");
        }
        text.push('\n');
        let mut empty = Vec::new();
        for step in STEPS {
            write!(text, "{step:<20}").expect("a string takes text");
            for outcome in Outcome::ALL {
                let n = self.calls.get(&(step, outcome)).copied().unwrap_or(0);
                let cell = match n {
                    0 if !outcome.fits(step) => "-".to_owned(),
                    0 => {
                        empty.push(format!("{step} × {}", outcome.name()));
                        "0".to_owned()
                    }
                    n => n.to_string(),
                };
                write!(text, "{cell:>9}").expect("a string takes text");
            }
            text.push('\n');
        }
        if empty.is_empty() {
            text.push_str("no cell is empty\n");
        } else {
            writeln!(text, "empty: {}", empty.join(", ")).expect("a string takes text");
        }
        text
    }
}
