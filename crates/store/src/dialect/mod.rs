//! Where the two databases truly differ: types, locks, the overlap guard, and how their errors read.
//!
//! Everything else is written once, in SQL that both understand (`$1` placeholders, `ON CONFLICT`).

use sea_orm::sqlx;
use sea_orm::{DbBackend, DbErr, RuntimeErr};

pub(crate) mod postgres;
pub(crate) mod sqlite;

/// Which database the store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded database, a file or memory.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// What a database error means to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The overlap guard refused the write.
    SlotTaken,
    /// Another transaction was in the way; the same work may succeed when it is done again.
    TryAgain,
    /// The database does not answer: what it was told last may have been done.
    Gone,
    /// Anything else.
    Other,
}

impl Dialect {
    pub(crate) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// A schema in PostgreSQL's type names, with the names of this database.
    pub(crate) fn column_types(self, schema: &str) -> String {
        match self {
            Self::Postgres => schema.to_owned(),
            Self::Sqlite => sqlite::column_types(schema),
        }
    }

    /// Ends a SELECT that claims rows: other claimers skip what is taken.
    pub(crate) fn claim(self, table: &str) -> String {
        match self {
            Self::Postgres => postgres::claim(table),
            Self::Sqlite => sqlite::WRITERS_ARE_ALONE.to_owned(),
        }
    }

    /// Ends a SELECT of appointments `a` that are changed in the transaction, with their customers `c`.
    pub(crate) fn lock_cases(self) -> &'static str {
        match self {
            Self::Postgres => postgres::LOCK_CASES,
            Self::Sqlite => sqlite::WRITERS_ARE_ALONE,
        }
    }

    /// Ends a SELECT of rows that must stay as they are until the transaction ends.
    pub(crate) fn hold(self) -> &'static str {
        match self {
            Self::Postgres => postgres::HOLD,
            Self::Sqlite => sqlite::WRITERS_ARE_ALONE,
        }
    }
}

pub(crate) fn meaning(error: &DbErr) -> Meaning {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return Meaning::Other;
    };
    let sqlx::Error::Database(cause) = cause.as_ref() else {
        let gone = matches!(
            cause.as_ref(),
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        );
        return if gone { Meaning::Gone } else { Meaning::Other };
    };
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        postgres::meaning(&code, cause.constraint())
    } else {
        sqlite::meaning(&code, cause.message())
    }
}
