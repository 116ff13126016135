//! Services at Cal.com: the second kind of thing that is kept the same, one event type for each service of each
//! person (or team).
//!
//! The same three snapshots as for bookings, and one difference: the platform is the source of truth. What is
//! changed here is sent; what is changed there is a divergence that a person settles, unless the company lets
//! Cal.com's data through.
//!
//! [`setting`] says field by field what is compared, sent and shown; [`plan`] is the three-way merge; a
//! [`ServiceCase`] is one service with its event types, changed by pure functions and then concluded, as a
//! [`crate::Case`] is.

mod case;
mod outcomes;
mod place;
mod plan;
mod prospect;
mod record;
mod setting;
mod settle;
mod tie;

pub use case::{About, EventTypeNext, Performer, ServiceCase, ServiceDue, ServiceEntry, ServiceWhat};
pub use place::InvalidPlace;
pub use plan::{EventTypePlan, EventTypePush, EventTypeRemote, Verdict, plan, verdicts};
pub use prospect::{LeftOut, Prospect, SettingProspect, WholeAct};
pub use record::{
    Divergence, EventTypeCall, EventTypeProblem, EventTypeRecord, EventTypeRefused, EventTypeRole,
    EventTypeSeen, EventTypeSighting,
};
pub use setting::{
    Compare, Confirmation, Direction, MAPPING, Mapping, NEVER_SYNCED, Place, Setting, Settings, Window,
};
pub use settle::NoPlace;

#[cfg(test)]
mod tests;
