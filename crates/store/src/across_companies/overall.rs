//! How an installation is, in a few figures without names: for whoever watches over all companies at once.

use domain::review::ReviewCode;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ConnectionTrait, Statement, Value};

use crate::appointments::course::settled;
use crate::columns::{instant_opt, millis};
use crate::inbox::WAITING;
use crate::{Result, Store, Subject, Work};

/// The figures of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overall {
    /// Appointments that are not the same on both sides, by the name of their status.
    pub unsynced: Vec<(String, u64)>,
    /// Accounts, by the name of their state.
    pub connections: Vec<(String, u64)>,
    /// Bookings that only Cal.com knows, as far as they were found and no person has said that they may stay so.
    pub only_there: u64,
    /// What was asked or found and is settled since thirty days: without a person, and in all.
    pub settled: (u64, u64),
    /// Open questions that were neither put off nor set aside.
    pub reviews: u64,
    /// Work of accounts that are not stopped that is due, apart from what recurs.
    pub due: u64,
    /// Since when the longest due of it is.
    pub due_since: Option<Timestamp>,
    /// Work of accounts that are not stopped that errors of our own keep from being done, again and again.
    pub failing: u64,
    /// Webhooks that wait to be processed.
    pub webhooks: u64,
    /// Since when each account has been verified: the earliest of the last ends of a run, or of the connecting of one that
    /// never was.
    pub verified_at: Option<Timestamp>,
}

impl Store {
    /// The figures of all companies together.
    pub async fn overall(&self, now: Timestamp) -> Result<Overall> {
        let recurring = Subject::RECURRING.map(|subject| format!("'{}'", subject.kind())).join(", ");
        // By company, so that the index on the status finds them among those that are in sync.
        let unsynced = "SELECT a.sync, COUNT(*) FROM companies c CROSS JOIN appointments a \
            WHERE a.company_id = c.id AND a.deleted_at IS NULL \
            AND a.sync IN ('pending', 'failed', 'conflict', 'orphaned_local') \
            GROUP BY a.sync ORDER BY a.sync";
        let connections = "SELECT state, COUNT(*) FROM connections GROUP BY state ORDER BY state";
        let due = format!(
            "SELECT COUNT(*), MIN(d.due_at) FROM dirty d \
             JOIN connections c ON c.company_id = d.company_id AND c.id = d.connection_id \
             WHERE c.state = 'active' AND d.due_at <= $1 AND d.subject_kind NOT IN ({recurring})"
        );
        let reviews = format!(
            "SELECT COUNT(*) FROM reviews WHERE closed_at IS NULL AND aside IS NULL \
             AND (snoozed_until IS NULL OR snoozed_until <= {})",
            millis(now)
        );
        let only_there = format!(
            "SELECT COUNT(*) FROM reviews WHERE closed_at IS NULL AND aside IS NULL AND code = '{}'",
            ReviewCode::UnknownBooking.as_str()
        );
        // The first condition is that of the index.
        let failing = format!(
            "SELECT COUNT(*) FROM dirty d \
             JOIN connections c ON c.company_id = d.company_id AND c.id = d.connection_id \
             WHERE c.state = 'active' AND d.failures > 0 AND d.failures >= {}",
            Work::FAILING
        );
        let webhooks = format!("SELECT COUNT(*) FROM deliveries WHERE {WAITING}");
        // One that never was counts from when it was connected.
        let verified = "SELECT MIN(x.last) FROM (SELECT COALESCE(MAX(v.finished_at), MIN(c.created_at)) AS last \
            FROM connections c LEFT JOIN verifications v \
            ON v.company_id = c.company_id AND v.connection_id = c.id AND NOT v.check_only \
            WHERE c.state = 'active' GROUP BY c.company_id, c.id) x";
        let count = |count: i64| count.unsigned_abs();
        let mut overall = Overall::default();
        for (into, sql) in [(&mut overall.unsynced, unsynced), (&mut overall.connections, connections)] {
            for row in self.rows(sql, vec![]).await? {
                into.push((row.try_get_by_index(0)?, count(row.try_get_by_index(1)?)));
            }
        }
        for row in self.rows(&due, vec![millis(now).into()]).await? {
            overall.due = count(row.try_get_by_index(0)?);
            overall.due_since = instant_opt(row.try_get_by_index(1)?)?;
        }
        let counts = [
            (&mut overall.only_there, only_there.as_str()),
            (&mut overall.reviews, &reviews),
            (&mut overall.failing, &failing),
            (&mut overall.webhooks, &webhooks),
        ];
        for (into, sql) in counts {
            for row in self.rows(sql, vec![]).await? {
                *into = count(row.try_get_by_index(0)?);
            }
        }
        let month = now - SignedDuration::from_hours(30 * 24);
        let settled = format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(x.alone), 0) AS BIGINT) FROM ({}) x",
            settled("IN (SELECT id FROM companies)", &millis(month).to_string())
        );
        for row in self.rows(&settled, vec![]).await? {
            overall.settled = (count(row.try_get_by_index(1)?), count(row.try_get_by_index(0)?));
        }
        for row in self.rows(verified, vec![]).await? {
            overall.verified_at = instant_opt(row.try_get_by_index(0)?)?;
        }
        Ok(overall)
    }

    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<sea_orm::QueryResult>> {
        let backend = self.readers.get_database_backend();
        Ok(self.readers.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?)
    }
}
