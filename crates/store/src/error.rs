//! What can go wrong in the store, with fields and not sentences.

use domain::appointment::Refusal;
use sea_orm::DbErr;

use crate::dialect::{self, Meaning};

/// The store's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do it. Nothing was written then, but for [`Error::Interrupted`] and a database that
/// broke off while it was told to commit: then it is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This company has no such thing, or what was to be written refers to one that it does not have.
    #[error("not found")]
    NotFound,
    /// The staff member has another active appointment then.
    #[error("the slot is taken")]
    SlotTaken,
    /// It was changed since the caller read it.
    #[error("changed meanwhile: the current version is {current_version}")]
    Stale {
        /// The version it has now.
        current_version: i64,
    },
    /// The lane belongs to another worker now, or the lease is over.
    #[error("the lease of the lane is lost")]
    Fenced,
    /// Something with this name, address, token … exists already.
    #[error("{what} exists already")]
    Duplicate {
        /// What.
        what: &'static str,
    },
    /// The key was used before for something else.
    #[error("the key was used before for another request")]
    DedupeMismatch,
    /// The domain refuses the change.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The change was given up by whoever asked for it ([`Abort::Because`]).
    #[error("given up: {0}")]
    GivenUp(String),
    /// Not a cursor that the store gave out.
    #[error("not a cursor")]
    InvalidCursor,
    /// The database holds a value that cannot be read.
    #[error("unreadable value in {column}: {value}")]
    Unreadable {
        /// Where.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// The program is ending, the work panicked, or the database does not answer.
    #[error("the unit of work was interrupted")]
    Interrupted,
    /// The database failed.
    #[error(transparent)]
    Database(DbErr),
}

/// Why a change of a case is not made. The whole unit of work is rolled back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Abort {
    /// The domain refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller found another reason.
    #[error("{0}")]
    Because(String),
}

impl From<Abort> for Error {
    fn from(abort: Abort) -> Self {
        match abort {
            Abort::Refused(refusal) => Self::Refused(refusal),
            Abort::Because(reason) => Self::GivenUp(reason),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match (dialect::meaning(&error), error.sql_err()) {
            (Meaning::SlotTaken, _) => Self::SlotTaken,
            // Keys lead with the company: what belongs to another is not there.
            (_, Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_))) => Self::NotFound,
            _ => Self::Database(error),
        }
    }
}

impl Error {
    /// Whether the same work may succeed when it is done again at once.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Database(error) if dialect::meaning(error) == Meaning::TryAgain)
    }

    /// Whether the database does not answer: the work may have been done all the same, and trying once more
    /// keeps everybody waiting.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::Interrupted)
            || matches!(self, Self::Database(error) if dialect::meaning(error) == Meaning::Gone)
    }

    /// A violated unique key, told as a duplicate of `what`.
    pub(crate) fn duplicate(what: &'static str) -> impl Fn(DbErr) -> Self {
        move |error| match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Self::Duplicate { what },
            _ => error.into(),
        }
    }
}
