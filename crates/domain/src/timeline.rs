//! The history of an appointment: what happened, when, and who did it.
//!
//! Attempts (calls to Cal.com) and deliveries (webhooks) have records of their own; the page shows all
//! three in one order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointment::Actor;
use crate::facts::Field;
use crate::observe::Via;
use crate::review::ReviewCode;
use crate::{BookingUid, ServiceId, Slot, StaffId};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, by our clock.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub what: What,
}

/// What happened. Holds no customer data: the history outlives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// It was made.
    Booked {
        /// For when.
        slot: Slot,
        /// Whose.
        staff_id: StaffId,
    },
    /// It was moved.
    Rescheduled {
        /// From when.
        from: Slot,
        /// To when.
        to: Slot,
        /// Why, in somebody's words.
        reason: Option<String>,
    },
    /// It was cancelled.
    Cancelled {
        /// Why, in somebody's words.
        reason: Option<String>,
    },
    /// It was confirmed.
    Confirmed,
    /// The customer did not come, or did after all.
    NoShow {
        /// Whether the customer was absent.
        absent: bool,
    },
    /// Somebody else serves, or something else is booked.
    Reassigned {
        /// Whose it was.
        from: StaffId,
        /// Whose it is.
        to: StaffId,
        /// What was booked.
        from_service: ServiceId,
        /// What is booked.
        to_service: ServiceId,
    },
    /// It was taken off the lists.
    Deleted,
    /// Cal.com cannot change the booking: another one takes its place, and the old one is cancelled.
    Replaced,
    /// A second booking with our reference was found at Cal.com; it is cancelled.
    Doubled {
        /// Its name.
        uid: BookingUid,
    },
    /// Other facts were changed.
    Edited {
        /// Which.
        fields: Vec<Field>,
    },
    /// A call of the phone agent did it.
    Called {
        /// Retell's id of the call.
        call_id: String,
        /// The function that was called.
        function: String,
    },
    /// A look at Cal.com brought this.
    Observed {
        /// How we looked.
        via: Via,
        /// Fields taken over from Cal.com; empty when nothing changed here. Never sent back.
        adopted: Vec<Field>,
    },
    /// A booking at Cal.com was found to be ours, after its answer was lost or before it came.
    Recognised {
        /// Its name.
        uid: BookingUid,
    },
    /// A person asked to look at Cal.com again.
    CheckedAgain,
    /// A person settled what both sides had changed.
    Settled {
        /// Whether what was said here counts.
        ours: bool,
    },
    /// A person said which booking at Cal.com is its own.
    Linked {
        /// Its name.
        uid: BookingUid,
    },
    /// A person took back the last decision about it.
    TakenBack,
    /// Both sides say the same, as read back from Cal.com.
    Verified,
    /// A person is asked.
    ReviewOpened {
        /// Why.
        code: ReviewCode,
    },
    /// The question was settled or its cause went away.
    ReviewClosed {
        /// Which.
        code: ReviewCode,
    },
}
