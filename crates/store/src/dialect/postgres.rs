//! PostgreSQL: the overlap guard, row locks, error codes. Its twin is `sqlite.rs`.

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

/// Only one process migrates at a time; the number is ours and means nothing.
pub(crate) const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7040416061)";

pub(crate) const LOCK_CASES: &str = " FOR NO KEY UPDATE OF a FOR SHARE OF c";

pub(crate) const HOLD: &str = " FOR SHARE";

pub(crate) fn claim(table: &str) -> String {
    format!(" FOR UPDATE OF {table} SKIP LOCKED")
}

pub(crate) fn meaning(code: &str, constraint: Option<&str>) -> Meaning {
    match code {
        // exclusion_violation
        "23P01" if constraint == Some("chairs_no_overlap") => Meaning::SlotTaken,
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => Meaning::TryAgain,
        _ => Meaning::Other,
    }
}
