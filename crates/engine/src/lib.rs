//! The engine: the only thing that moves appointments between the platform and Cal.com.
//!
//! Its public face is small. Entrances (pages, API, phone, commands) change appointments through the
//! functions of [`appointments`]; [`inbox`] takes webhooks in; [`worker`] carries plans out; [`connect`]
//! ties a company to a Cal.com account. The clock, randomness, the store and the way to Cal.com are
//! parameters, so that whole histories can be run in a test.

mod absences;
pub mod ambient;
pub mod appointments;
mod changes;
pub mod connect;
mod event_types;
mod failure;
mod free_slots;
mod import;
pub mod inbox;
mod lane;
mod look;
pub mod notices;
pub mod notifications;
mod operation;
pub mod pace;
pub mod reach;
pub mod redact;
mod request;
pub mod retention;
pub mod reviews;
pub mod rounds;
pub mod schedule;
pub mod services;
pub mod signals;
mod translate;
pub mod vault;
pub mod verify;
pub mod worker;

use std::sync::Arc;
use std::time::Duration;

use calcom::{Client, Transport};
use domain::CompanyId;
use domain::retry::RetrySchedule;
use store::{Connection, Store};

use crate::retention::Keep;
use crate::rounds::Rounds;

pub use ambient::{Ambient, Clock, Entropy};
pub use signals::{Changed, Signals};
pub use vault::Vault;

/// Everything that the engine works with. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Whole>);

struct Whole {
    parts: Parts,
    free_slots: free_slots::FreeSlots,
}

/// What an engine is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Clock and randomness.
    pub ambient: Ambient,
    /// Opens and seals stored secrets.
    pub vault: Vault,
    /// The way to Cal.com.
    pub transport: Arc<dyn Transport>,
    /// What can be configured.
    pub settings: Settings,
    /// Wake-up calls of this process.
    pub signals: Signals,
}

/// What can be configured of the engine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When failed calls are tried again.
    pub retries: RetrySchedule,
    /// How long a lane is leased; renewed while it is worked on.
    pub lease: Duration,
    /// Operations of different appointments that one lane has in flight at once.
    pub in_flight: usize,
    /// How many appointments of one account may be lost at Cal.com within an hour before a person is asked.
    pub brake: u32,
    /// Bookings that are asked for at once, 2 to 250.
    pub page: u32,
    /// What recurs at every account; by default nothing.
    pub rounds: Rounds,
    /// How long what is old is kept.
    pub keep: Keep,
    /// The base of the addresses under which Cal.com reaches us, without a slash at the end.
    pub public_url: String,
    /// Whether messages may be sent to rooms on this machine and its network.
    pub rooms_anywhere: bool,
    /// How long a caller on the phone waits for Cal.com's word on what was made or changed.
    pub phone_patience: Duration,
    /// How long whoever asks for free times waits for Cal.com's word on them.
    pub slots_patience: Duration,
    /// The address that e-mail is sent from, for people to see; `None` where none is sent.
    pub mail_from: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            retries: RetrySchedule::default(),
            lease: Duration::from_mins(1),
            in_flight: 4,
            brake: 30,
            page: calcom::BookingsQuery::MAX_TAKE,
            rounds: Rounds::default(),
            keep: Keep::default(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            rooms_anywhere: false,
            phone_patience: Duration::from_secs(3),
            slots_patience: Duration::from_millis(800),
            mail_from: None,
        }
    }
}

/// Why the engine could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A stored secret.
    #[error(transparent)]
    Secret(#[from] vault::Unopenable),
    /// A stored base URL that is none.
    #[error("the base URL of a connection is not a URL: {0}")]
    BaseUrl(String),
    /// A mistake of ours.
    #[error("panicked: {0}")]
    Panicked(String),
}

impl Engine {
    /// An engine of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Whole { parts, free_slots: free_slots::FreeSlots::default() }))
    }

    /// Whether nothing else in the lane could be worked either: the lease is lost, or the database is. What it refuses,
    /// and what panics, is one piece of work's alone.
    async fn is_of_the_lane(&self, error: &Error) -> bool {
        match error {
            Error::Store(store::Error::Fenced) => true,
            Error::Store(store::Error::Database(_) | store::Error::Interrupted) => {
                self.store.ping().await.is_err()
            }
            _ => false,
        }
    }

    /// A client for the account of a connection.
    ///
    /// # Errors
    /// If its key does not open or its base URL is none.
    pub fn client(&self, company: CompanyId, connection: &Connection) -> Result<Client, Error> {
        let key = self.vault.open(company, connect::API_KEY, &connection.api_key.0)?;
        let base_url =
            connection.base_url.parse().map_err(|_| Error::BaseUrl(connection.base_url.clone()))?;
        Ok(Client::new(Arc::clone(&self.transport), base_url, key))
    }
}

impl std::ops::Deref for Engine {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

/// Measures how long it took until a change at Cal.com was known here: told by a `webhook`, or found by asking for `changes`
/// or by a `verification`.
fn detected(by: &'static str, changed_at: jiff::Timestamp, now: jiff::Timestamp) {
    let took = now.duration_since(changed_at).as_secs_f64().max(0.0);
    metrics::histogram!("einklang_detection_seconds", "by" => by).record(took);
}
