//! Notices between the processes on one PostgreSQL: hints that there is work, or that something changed.
//! They may be lost (a connection that breaks, a database that restarts); nothing depends on them.
//!
//! A notice is never sent in the transaction that it tells about: commits that notify wait for each other.
//! A [`Teller`] sends from a connection of its own, afterwards, and as many as have gathered in one statement.

use sea_orm::sqlx::postgres::{PgConnection, PgListener, PgPool};
use sea_orm::sqlx::{self, Connection, Executor};
use sea_orm::{DbErr, RuntimeErr};
use tokio::time::Duration;

use crate::{Dialect, Error, Result, Store};

/// How long the database may take to send a notice before its connection counts as broken.
const LONGEST: Duration = Duration::from_secs(5);
/// PostgreSQL's limit is 8,000 bytes.
const LONGEST_TEXT: usize = 7_999;

/// What notices are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// There may be work.
    Work,
    /// Something changed that somebody may be looking at.
    Changes,
}

impl Channel {
    fn name(self) -> &'static str {
        match self {
            Self::Work => "einklang_work",
            Self::Changes => "einklang_changes",
        }
    }
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody said this.
    Heard(Channel, String),
    /// The connection was lost: anything may have been said meanwhile.
    Missed,
}

/// Sends notices.
pub struct Teller {
    pool: PgPool,
    connection: Option<PgConnection>,
}

/// Hears them.
pub struct Listener(PgListener);

impl Store {
    /// The way to tell the other processes on this database; `None` on SQLite, which has no others.
    pub fn teller(&self) -> Option<Teller> {
        let pool = self.postgres_pool()?.clone();
        Some(Teller { pool, connection: None })
    }

    /// Listens to the other processes on this database; `None` on SQLite.
    pub async fn listen(&self, channels: &[Channel]) -> Result<Option<Listener>> {
        let Some(pool) = self.postgres_pool() else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await.map_err(failed)?;
        listener.listen_all(channels.iter().map(|channel| channel.name())).await.map_err(failed)?;
        Ok(Some(Listener(listener)))
    }

    fn postgres_pool(&self) -> Option<&PgPool> {
        (self.dialect == Dialect::Postgres).then(|| self.readers.get_postgres_connection_pool())
    }
}

impl Teller {
    /// Sends these texts, in one statement. Texts that are too long for PostgreSQL are left out.
    pub async fn tell(&mut self, channel: Channel, mut texts: Vec<String>) -> Result<()> {
        texts.retain(|text| text.len() <= LONGEST_TEXT);
        let sent = tokio::time::timeout(LONGEST, self.send(channel, texts)).await;
        let sent = sent.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut));
        if sent.is_err() {
            // Whatever state it is in, it is not used again.
            self.connection = None;
        }
        sent.map_err(failed)
    }

    async fn send(&mut self, channel: Channel, texts: Vec<String>) -> sqlx::Result<()> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let mut connection = PgConnection::connect_with(&self.pool.connect_options()).await?;
            // A notice that is lost with the power was for processes that are gone too.
            connection.execute("SET synchronous_commit = off").await?;
            connection
        };
        sqlx::query("SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text")
            .bind(channel.name())
            .bind(texts)
            .execute(&mut connection)
            .await?;
        self.connection = Some(connection);
        Ok(())
    }
}

impl Listener {
    /// The next notice. After an error the listener is of no use any more.
    pub async fn next(&mut self) -> Result<Notice> {
        loop {
            let Some(heard) = self.0.try_recv().await.map_err(failed)? else { return Ok(Notice::Missed) };
            let channels = [Channel::Work, Channel::Changes];
            if let Some(channel) = channels.into_iter().find(|channel| channel.name() == heard.channel()) {
                return Ok(Notice::Heard(channel, heard.payload().to_owned()));
            }
        }
    }
}

fn failed(error: sqlx::Error) -> Error {
    Error::from(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}
