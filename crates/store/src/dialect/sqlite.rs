//! SQLite: the overlap guard, type names, error codes, settings of a connection. Its twin is `postgres.rs`.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::Meaning;

/// The overlap guard (see `postgres.rs`). A trigger runs inside the one write transaction that SQLite
/// allows at a time, so nothing can slip in between its look and the write.
pub(crate) const OVERLAP_GUARD: &str = "
CREATE TRIGGER appointments_no_overlap_insert BEFORE INSERT ON appointments
WHEN NEW.status IN ('requested', 'confirmed') AND NOT NEW.overlapping
BEGIN
    SELECT RAISE(ABORT, 'appointments_no_overlap') FROM appointments
    WHERE company_id = NEW.company_id AND staff_id = NEW.staff_id AND id <> NEW.id
      AND status IN ('requested', 'confirmed') AND NOT overlapping
      AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at;
END;
CREATE TRIGGER appointments_no_overlap_update BEFORE UPDATE ON appointments
WHEN NEW.status IN ('requested', 'confirmed') AND NOT NEW.overlapping
BEGIN
    SELECT RAISE(ABORT, 'appointments_no_overlap') FROM appointments
    WHERE company_id = NEW.company_id AND staff_id = NEW.staff_id AND id <> NEW.id
      AND status IN ('requested', 'confirmed') AND NOT overlapping
      AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at;
END;
";

/// Takes the guard of appointments away; chairs have their own.
pub(crate) const DROP_OVERLAP_GUARD: &str = "
DROP TRIGGER appointments_no_overlap_insert;
DROP TRIGGER appointments_no_overlap_update;
";

/// The guard of chairs (see `postgres.rs`). Chairs are written anew when they change, never updated.
pub(crate) const CHAIR_GUARD: &str = "
CREATE TRIGGER chairs_no_overlap BEFORE INSERT ON chairs WHEN NOT NEW.overlapping
BEGIN
    SELECT RAISE(ABORT, 'chairs_no_overlap') FROM chairs
    WHERE company_id = NEW.company_id AND staff_id = NEW.staff_id AND appointment_id <> NEW.appointment_id
      AND NOT overlapping AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at;
END;
CREATE TRIGGER chairs_are_written_anew BEFORE UPDATE ON chairs
BEGIN
    SELECT RAISE(ABORT, 'chairs are written anew');
END;
";

/// Chairs are taken by appointments or held by somebody for a while (see `postgres.rs`). SQLite changes no keys of a
/// table that is there: it is written anew.
pub(crate) const CHAIRS_CAN_BE_HELD: &str = "
CREATE TABLE chairs_anew (
    company_id UUID NOT NULL,
    taken_by UUID NOT NULL,
    segment BIGINT NOT NULL,
    staff_id UUID NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    overlapping BOOLEAN NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (company_id, taken_by, segment),
    CHECK (starts_at < ends_at),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);
INSERT INTO chairs_anew
SELECT company_id, appointment_id, segment, staff_id, starts_at, ends_at, overlapping, NULL FROM chairs;
DROP TABLE chairs;
ALTER TABLE chairs_anew RENAME TO chairs;
CREATE INDEX chairs_by_staff ON chairs (company_id, staff_id, ends_at, starts_at);
CREATE TRIGGER chairs_no_overlap BEFORE INSERT ON chairs WHEN NOT NEW.overlapping
BEGIN
    SELECT RAISE(ABORT, 'chairs_no_overlap') FROM chairs
    WHERE company_id = NEW.company_id AND staff_id = NEW.staff_id AND taken_by <> NEW.taken_by
      AND NOT overlapping AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at;
END;
CREATE TRIGGER chairs_are_written_anew BEFORE UPDATE ON chairs
BEGIN
    SELECT RAISE(ABORT, 'chairs are written anew');
END;
";

/// Back again; [`CHAIR_GUARD`] follows.
pub(crate) const CHAIRS_CANNOT_BE_HELD: &str = "
CREATE TABLE chairs_anew (
    company_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    segment BIGINT NOT NULL,
    staff_id UUID NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    overlapping BOOLEAN NOT NULL,
    PRIMARY KEY (company_id, appointment_id, segment),
    CHECK (starts_at < ends_at),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);
INSERT INTO chairs_anew
SELECT company_id, taken_by, segment, staff_id, starts_at, ends_at, overlapping FROM chairs;
DROP TABLE chairs;
ALTER TABLE chairs_anew RENAME TO chairs;
CREATE INDEX chairs_by_staff ON chairs (company_id, staff_id, ends_at, starts_at);
";

/// `BEGIN IMMEDIATE` lets one writer in at a time, so rows need no locks of their own.
pub(crate) const WRITERS_ARE_ALONE: &str = "";

/// How long a writer waits for a writer of another process before the work is begun again.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) fn column_types(schema: &str) -> String {
    schema.replace(" UUID", " BLOB").replace(" BYTEA", " BLOB").replace(" JSONB", " TEXT")
}

/// What every connection is set to: nothing that was committed is lost with the power (`FULL`), and
/// readers never wait for the writer (`WAL`).
pub(crate) fn settings(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
}

pub(crate) fn meaning(code: &str, message: &str) -> Meaning {
    let primary = code.parse::<i32>().map_or(0, |code| code & 0xff);
    match primary {
        // SQLITE_CONSTRAINT
        19 if message.contains("chairs_no_overlap") => Meaning::SlotTaken,
        // SQLITE_BUSY, SQLITE_LOCKED
        5 | 6 => Meaning::TryAgain,
        _ => Meaning::Other,
    }
}
