//! PostgreSQL: the overlap guard, row locks, error codes. Its twin is `sqlite.rs`.

use sea_orm::sqlx::postgres::PgConnectOptions;

use super::Meaning;

/// The overlap guard: two active appointments of one staff member never share an instant, unless one of
/// them is a fact from Cal.com that overlaps (`overlapping`).
pub(crate) const OVERLAP_GUARD: &str = "
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE appointments ADD CONSTRAINT appointments_no_overlap EXCLUDE USING gist (
    company_id WITH =, staff_id WITH =, int8range(starts_at, ends_at) WITH &&
) WHERE (status IN ('requested', 'confirmed') AND NOT overlapping);
";

/// Takes the guard of appointments away; chairs have their own.
pub(crate) const DROP_OVERLAP_GUARD: &str =
    "ALTER TABLE appointments DROP CONSTRAINT appointments_no_overlap;";

/// The guard of chairs: one staff member serves one appointment at a time, unless one of the two is a fact from
/// Cal.com that overlaps. The segments of one appointment are arranged by whoever arranges them.
pub(crate) const CHAIR_GUARD: &str = "
ALTER TABLE chairs ADD CONSTRAINT chairs_no_overlap EXCLUDE USING gist (
    company_id WITH =, staff_id WITH =, int8range(starts_at, ends_at) WITH &&, appointment_id WITH <>
) WHERE (NOT overlapping);
";

/// Chairs are taken by appointments or held by somebody for a while: both stand in one table, so that one constraint
/// keeps them apart. An index knows no clock; whatever expired stays in the way until it is deleted.
pub(crate) const CHAIRS_CAN_BE_HELD: &str = "
ALTER TABLE chairs DROP CONSTRAINT chairs_company_id_appointment_id_fkey;
ALTER TABLE chairs RENAME COLUMN appointment_id TO taken_by;
ALTER TABLE chairs ADD COLUMN expires_at BIGINT;
";

/// Back again; the guard goes with its column.
pub(crate) const CHAIRS_CANNOT_BE_HELD: &str = "
ALTER TABLE chairs DROP COLUMN expires_at;
ALTER TABLE chairs RENAME COLUMN taken_by TO appointment_id;
ALTER TABLE chairs ADD CONSTRAINT chairs_company_id_appointment_id_fkey
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id);
";

/// Only one process migrates at a time; the number is ours and means nothing.
pub(crate) const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7040416061)";

/// Whoever names the same number waits until the transaction of the first one ends.
pub(crate) fn lock_number(number: i64) -> String {
    format!("SELECT pg_advisory_xact_lock({number})")
}

pub(crate) const LOCK_CASES: &str = " FOR NO KEY UPDATE OF a FOR SHARE OF c";

pub(crate) const HOLD: &str = " FOR SHARE";

/// What every connection is set to: the server ends what takes longer than anything does that the store asks for,
/// and what a client has left open that is not there any more, so that its locks stand in nobody's way.
pub(crate) fn settings(options: PgConnectOptions) -> PgConnectOptions {
    options.options([
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("tcp_keepalives_idle", "30s"),
        ("tcp_keepalives_interval", "10s"),
        ("tcp_keepalives_count", "3"),
    ])
}

/// A migration takes as long as it takes.
pub(crate) const NO_TIME_OUTS: &str =
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

pub(crate) fn claim(table: &str) -> String {
    format!(" FOR UPDATE OF {table} SKIP LOCKED")
}

pub(crate) fn meaning(code: &str, constraint: Option<&str>) -> Meaning {
    match code {
        // exclusion_violation
        "23P01" if constraint == Some("chairs_no_overlap") => Meaning::SlotTaken,
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => Meaning::TryAgain,
        // query_canceled (the time-out below), admin_shutdown, crash_shutdown, cannot_connect_now
        "57014" | "57P01" | "57P02" | "57P03" => Meaning::Gone,
        _ => Meaning::Other,
    }
}
