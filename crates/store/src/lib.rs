//! The database: schema, migrations, and everything that is read from it or written to it.
//!
//! One [`Store`] for SQLite (embedded) and PostgreSQL, with the same meaning on both. A method is one use
//! case in one short transaction; every method takes the company first, apart from those in modules named
//! `across_companies`. The way to change an appointment is [`Store::book`], [`Store::import`] and
//! [`Store::apply`]: they load the [`domain::Case`], let a pure function change it, and write back what
//! follows, so that no change forgets its history, its questions or the work it makes.
//!
//! Decisions, clocks, ids, secrets in the clear and calls to Cal.com do not belong here.

use std::sync::Arc;
use std::time::Duration;

use domain::{AppointmentId, Case, CompanyId};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;

mod across_companies;
mod appointments;
mod audit;
mod calls;
mod columns;
mod company;
mod cursor;
mod dialect;
mod entities;
mod error;
mod gather;
mod holds;
mod in_memory;
mod inbox;
mod migrations;
mod notices;
mod notifications;
mod phone;
mod precedence;
mod proofs;
mod retention;
mod reviews;
mod services;
mod setup;
mod steps;
mod unit_of_work;
mod verification;
mod wishes;
mod work;

use appointments::together::{Made, Wanted};
use gather::Gather;

pub use across_companies::companies::NewCompany;
pub use across_companies::overall::Overall;
pub use across_companies::sign_in::{NewSession, Session};
pub use appointments::apply::{Applied, Change};
pub use appointments::attempts::{Attempt, AttemptOutcome, AttemptWrite, NewAttempt, Outcome};
pub use appointments::book::{Booked, CustomerRef, Dedupe, NewAppointment};
pub use appointments::course::{CallsOfAnHour, Settled, Spans};
pub use appointments::history::History;
pub use appointments::list::{AppointmentFilter, Order, Page, cursor_at, cursor_before};
pub use appointments::pulse::Pulse;
pub use appointments::schedule::Taken;
pub use appointments::view::{AppointmentView, ConnectionLabel};
pub use audit::{AuditFilter, AuditKind, Audited, Who};
pub use calls::{CallEvent, CallFilter, CallNews, CallView};
pub use columns::Sealed;
pub use company::absences::Absence;
pub use company::agents::{Agent, AgentCheck, AgentItem};
pub use company::api_keys::{ApiKey, NewApiKey};
pub use company::connections::{Account, Connection, ConnectionState, LaneState, NewConnection};
pub use dialect::Dialect;
pub use error::{Abort, Error, Result};
pub use holds::{Holder, Offer};
pub use inbox::kept::{DeliveryDeed, DeliveryEntry, DeliveryFilter, Judgement};
pub use inbox::{Delivery, NewDelivery, Received, Verdict};
pub use notices::{Channel, Listener, Notice, Teller};
pub use notifications::channels::NotificationChannel;
pub use notifications::messages::Message;
pub use notifications::{Delivered, Outgoing};
pub use phone::{Call, CallFunction, REHEARSAL};
pub use proofs::{Code, Codes, Doubt};
pub use retention::Cuts;
pub use reviews::handle::Handling;
pub use reviews::{CLOSED_IN_SIGHT, Waiting};
pub use services::change::ServiceChanged;
pub use setup::{ChannelPart, SetupDeed, SetupEntry};
pub use steps::{Moment, Step, Steps};
pub use verification::outcome::Unsettled;
pub use verification::{Finding, FindingsOfClass, KnownBookings, Verification};
pub use work::{Lease, Subject, Work};

/// How long a caller waits for a free connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that was idle for longer is tested before it is used.
const IDLE: Duration = Duration::from_secs(5);
/// Connections for reading, per process.
const READERS: u32 = 8;
/// Connections to PostgreSQL, per process.
const POSTGRES_CONNECTIONS: u32 = 16;

/// A database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    dialect: Dialect,
    /// Every unit of work that writes. One connection on SQLite, which allows one writer at a time.
    writer: DatabaseConnection,
    /// Everything else.
    readers: DatabaseConnection,
    /// Cases that are to be read.
    cases: Gather<(CompanyId, AppointmentId), Case>,
    /// Changes that are to be made.
    changes: Gather<Wanted, Made>,
    /// Calls to Cal.com that are about to be made.
    calls_ahead: Gather<precedence::Ahead, Vec<Subject>>,
    /// Calls on the phone that are to be written down.
    records: Gather<phone::Record, ()>,
    /// Who is told of each write; nobody but in a simulation.
    steps: Option<Arc<dyn Steps>>,
}

impl Store {
    /// Opens `sqlite:///path/to/file.sqlite` (made if missing), `sqlite::memory:` (empty, one connection,
    /// gone with the store) or `postgres://user:password@host/database`. Does not migrate.
    pub async fn connect(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false).acquire_timeout(ACQUIRE_TIMEOUT);
        // The pool tests a connection when it is given back; that it was lost since then is seen when it has
        // been idle for a while, not by asking before every use.
        options.test_before_acquire(false).test_before_acquire_if_idle_for(IDLE);
        options.map_sqlx_sqlite_opts(dialect::sqlite::settings);
        options.map_sqlx_postgres_opts(dialect::postgres::settings);
        if url.starts_with("postgres") {
            options.max_connections(POSTGRES_CONNECTIONS);
            let pool = Database::connect(options).await?;
            return Ok(Self::of(Dialect::Postgres, pool.clone(), pool));
        }
        // A memory database lives in its connection: there is one, and it is never given up.
        options.min_connections(1).max_connections(1).idle_timeout(None).max_lifetime(None);
        let writer = Database::connect(options.clone()).await?;
        let readers = if url.contains(":memory:") {
            writer.clone()
        } else {
            options.min_connections(0).max_connections(READERS);
            Database::connect(options).await?
        };
        Ok(Self::of(Dialect::Sqlite, writer, readers))
    }

    fn of(dialect: Dialect, writer: DatabaseConnection, readers: DatabaseConnection) -> Self {
        Self {
            dialect,
            writer,
            readers,
            cases: Gather::default(),
            changes: Gather::default(),
            calls_ahead: Gather::default(),
            records: Gather::default(),
            steps: None,
        }
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.readers.ping().await?)
    }

    /// Writes a copy of an SQLite database, as it is at one moment, to a file that is not there yet. Others go on
    /// reading and writing meanwhile.
    pub async fn copy_to(&self, file: &str) -> Result<()> {
        let backend = self.readers.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, "VACUUM INTO $1", [file.into()]);
        self.readers.execute_raw(statement).await?;
        Ok(())
    }

    /// Whether an SQLite database finds itself undamaged.
    pub async fn is_sound(&self) -> Result<bool> {
        let backend = self.readers.get_database_backend();
        let statement = Statement::from_string(backend, "PRAGMA integrity_check");
        let told = self.readers.query_all_raw(statement).await?;
        Ok(told.len() == 1 && told[0].try_get_by_index::<String>(0)? == "ok")
    }

    /// Closes the connections, after the work that is under way.
    pub async fn close(self) -> Result<()> {
        self.readers.close().await?;
        Ok(self.writer.close().await?)
    }

    /// Applies the migrations that are missing. Safe to call from several processes at once.
    pub async fn migrate(&self) -> Result<()> {
        self.write(|tx| {
            Box::pin(async move {
                tx.lock_migrations().await?;
                let pending = migrations::Migrator::get_pending_migrations(&**tx).await?;
                migrations::Migrator::up(&**tx, None).await?;
                if pending.iter().any(|migration| migration.name() == migrations::ASKS_ABOUT_SERVICES) {
                    across_companies::reviews::ask_about_services(tx).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Takes the last `steps` migrations back, with the data in what they made.
    pub async fn migrate_down(&self, steps: u32) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                tx.lock_migrations().await?;
                Ok(migrations::Migrator::down(&**tx, Some(steps)).await?)
            })
        })
        .await
    }

    /// Every migration with whether it is applied, oldest first. Changes nothing.
    pub async fn migration_status(&self) -> Result<Vec<(String, bool)>> {
        let migrations = migrations::Migrator::get_migration_with_status_read_only(&self.readers).await?;
        Ok(migrations
            .iter()
            .map(|migration| {
                let applied = migration.status() == sea_orm_migration::MigrationStatus::Applied;
                (migration.name().to_owned(), applied)
            })
            .collect())
    }
}

impl unit_of_work::Tx {
    async fn lock_migrations(&self) -> Result<()> {
        if self.dialect == Dialect::Postgres {
            self.execute_unprepared(dialect::postgres::NO_TIME_OUTS).await?;
            self.execute_unprepared(dialect::postgres::MIGRATION_LOCK).await?;
        }
        Ok(())
    }
}
