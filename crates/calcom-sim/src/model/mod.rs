//! The world inside the simulated Cal.com: its tables and their lookups. What happens to rows belongs to
//! `flows`, how they look over HTTP to `routes`.

pub(crate) mod bookings;
pub(crate) mod event_types;
pub(crate) mod users;
pub(crate) mod webhooks;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::limits::{RateLimit, Throttler};
use bookings::Booking;
use event_types::EventType;
use users::{ApiKey, Schedule, Team, User};
use webhooks::{Outgoing, Subscription};

/// A slot that somebody holds while filling in the form. It keeps others from reserving the same slot;
/// it does not keep anyone from booking it, and it does not hide the slot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pub(crate) uid: String,
    pub(crate) event_type_id: i64,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) until: Timestamp,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Model {
    pub(crate) ids: Ids,
    pub(crate) settings: Settings,
    pub(crate) users: Vec<User>,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) teams: Vec<Team>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) event_types: Vec<EventType>,
    pub(crate) bookings: Vec<Booking>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) reservations: Vec<Reservation>,
    /// What of which bookings is told so that nobody can read it, by their names.
    #[serde(default)]
    pub(crate) garbled: BTreeMap<String, Vec<String>>,
    pub(crate) throttler: Throttler,
    /// Webhooks of the call being answered, in the order they were caused.
    #[serde(skip)]
    pub(crate) outbox: Vec<Outgoing>,
    /// The id sequence of bookings; a refused insert uses one up, as in the real database.
    pub(crate) last_booking_id: i64,
    pub(crate) last_event_type_id: i64,
}

/// What an operator of the real server decides.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) web_url: String,
    pub(crate) rate_limit: RateLimit,
    pub(crate) reassignment: crate::Reassignment,
}

impl Model {
    pub(crate) fn new(seed: u64, settings: Settings) -> Self {
        Self {
            ids: Ids::from_seed(seed),
            settings,
            users: Vec::new(),
            keys: Vec::new(),
            teams: Vec::new(),
            schedules: Vec::new(),
            event_types: Vec::new(),
            bookings: Vec::new(),
            subscriptions: Vec::new(),
            reservations: Vec::new(),
            garbled: BTreeMap::new(),
            throttler: Throttler::default(),
            outbox: Vec::new(),
            last_booking_id: 0,
            last_event_type_id: 0,
        }
    }
}
