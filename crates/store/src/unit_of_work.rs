//! The one home of transactions.
//!
//! Each unit of work runs in a task of its own: a caller that goes away (a browser that closes) must not
//! drop the future of a `BEGIN` or `COMMIT` half-way, which could hand a connection with an open
//! transaction to the next user of the pool. What meets another transaction (a deadlock, a serialization
//! failure, a busy file) is done again from its beginning; so units of work have no effect but on the
//! database, and everything they take can be cloned.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, IsolationLevel, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tracing::Instrument;

use crate::{Dialect, Error, Moment, Result, Store};

/// How often a unit of work that meets others is tried.
const TRIES: u32 = 8;

/// The future of a unit of work.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// An open transaction.
pub(crate) struct Tx {
    transaction: DatabaseTransaction,
    /// Which database it is.
    pub dialect: Dialect,
}

impl Deref for Tx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

impl Store {
    /// Runs `work` in a transaction that may write. Committed if it succeeds, else rolled back.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> Work<'a, T> + Clone + Send + 'static,
    {
        let unit = std::any::type_name::<F>();
        self.step(unit, Moment::Before).await;
        let result = self.begin_to_write(work).await;
        self.step(unit, Moment::After).await;
        result
    }

    /// [`Store::write`] for what belongs to several callers: each of them takes its own steps.
    pub(crate) async fn begin_to_write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> Work<'a, T> + Clone + Send + 'static,
    {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.dialect == Dialect::Sqlite)
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.run(self.writer.clone(), options, work).await
    }

    /// Runs `work`, which only reads, on one state of the database.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> Work<'a, T> + Clone + Send + 'static,
    {
        let options = TransactionOptions {
            isolation_level: (self.dialect == Dialect::Postgres).then_some(IsolationLevel::RepeatableRead),
            ..TransactionOptions::default()
        };
        self.run(self.readers.clone(), options, work).await
    }

    async fn run<T, F>(&self, pool: DatabaseConnection, options: TransactionOptions, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> Work<'a, T> + Clone + Send + 'static,
    {
        let dialect = self.dialect;
        let tries = async move {
            let mut tries = 1;
            loop {
                let result = once(&pool, dialect, options, work.clone()).await;
                match result {
                    Err(error) if error.is_passing() && tries < TRIES => {
                        tracing::debug!(%error, tries, "unit of work begins again");
                        tokio::time::sleep(Duration::from_millis(u64::from(tries * tries))).await;
                        tries += 1;
                    }
                    result => return result,
                }
            }
        };
        tokio::spawn(tries.in_current_span()).await.map_err(|error| {
            tracing::error!(%error, "unit of work interrupted");
            Error::Interrupted
        })?
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that opens transactions")]
async fn once<T, F>(
    pool: &DatabaseConnection,
    dialect: Dialect,
    options: TransactionOptions,
    work: F,
) -> Result<T>
where
    F: for<'a> FnOnce(&'a Tx) -> Work<'a, T>,
{
    let tx = Tx { transaction: pool.begin_with_options(options).await?, dialect };
    match work(&tx).await {
        Ok(value) => {
            tx.transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(broken) = tx.transaction.rollback().await {
                tracing::warn!(error = %broken, "rollback failed; the connection is closed");
            }
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use sea_orm::ConnectionTrait;

    use super::*;

    #[tokio::test]
    async fn what_meets_another_writer_is_done_again_and_what_failed_is_rolled_back() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/store.sqlite", folder.path().display());
        let (store, other) = (Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap());
        store.writer.execute_unprepared("CREATE TABLE tries (n INTEGER)").await.unwrap();
        other.writer.execute_unprepared("PRAGMA busy_timeout = 0").await.unwrap();
        let tries = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&tries);
        let last = store.write(move |tx| {
            Box::pin(async move {
                let n = seen.fetch_add(1, Ordering::Relaxed);
                tx.execute_unprepared("INSERT INTO tries VALUES (1)").await?;
                if n < 2 {
                    // We hold the file, so the other store is told that it is busy.
                    other.writer.execute_unprepared("INSERT INTO tries VALUES (2)").await?;
                }
                Ok(n)
            })
        });
        assert_eq!(last.await.unwrap(), 2);
        assert_eq!(tries.load(Ordering::Relaxed), 3);
        let sql = "SELECT COUNT(*), SUM(n) FROM tries";
        let row =
            store.readers.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql));
        let row = row.await.unwrap().unwrap();
        assert_eq!((row.try_get_by::<i64, _>(0).unwrap(), row.try_get_by::<i64, _>(1).unwrap()), (1, 1));
    }
}
