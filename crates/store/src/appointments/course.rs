//! How well it went lately: calls to Cal.com, how soon its changes are known, how long questions are open. Each figure
//! from an index.

use domain::{CompanyId, Origin};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Statement};

use super::attempts::Outcome;
use crate::columns::{instant, instant_opt, millis};
use crate::entities::attempts;
use crate::{Result, Store, Subject};

/// Milliseconds of an hour.
const HOUR: i64 = 60 * 60 * 1000;

/// The calls to Cal.com of an hour that were to change something. Those that were to wait are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallsOfAnHour {
    /// When the hour began.
    pub from: Timestamp,
    /// That did what they were to do.
    pub ok: u64,
    /// That did not.
    pub failed: u64,
    /// Milliseconds that all took together.
    pub millis: u64,
    /// Milliseconds of the longest.
    pub longest: u64,
}

/// Some spans of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spans {
    /// How many.
    pub count: u64,
    /// Milliseconds of all together.
    pub millis: u64,
    /// Milliseconds of the longest.
    pub longest: u64,
}

/// What was settled of what was asked or found: how long it took, and how much of it without a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// All of it.
    pub spans: Spans,
    /// How much of it healed by itself.
    pub alone: u64,
}

/// What was settled, a row each: questions that were closed, and findings of verifications that healed; by themselves, if
/// nobody decided about them or did anything about the appointment meanwhile. What the first run of an account finds was
/// not lost but never told: it does not count. `$1` is the company, if there is but one.
pub(crate) fn settled(of: &str, since: &str) -> String {
    format!(
        "SELECT r.closed_at - r.opened_at AS millis, CASE WHEN r.closed_by IN ('{}', '{}') AND NOT EXISTS ( \
         SELECT 1 FROM review_entries e WHERE e.company_id = r.company_id AND e.review_id = r.id \
         AND e.what ->> 'kind' = 'chosen') AND NOT EXISTS ( \
         SELECT 1 FROM entries e WHERE e.company_id = r.company_id AND e.appointment_id = r.appointment_id \
         AND e.at >= r.opened_at AND e.at <= r.closed_at AND e.origin IN ('{}', '{}')) THEN 1 ELSE 0 END AS alone \
         FROM reviews r WHERE r.company_id {of} AND r.closed_at >= {since} \
         UNION ALL SELECT f.healed_at - f.found_at, CASE WHEN NOT EXISTS ( \
         SELECT 1 FROM entries e WHERE e.company_id = f.company_id AND e.appointment_id = f.appointment_id \
         AND e.at >= f.found_at AND e.at <= f.healed_at AND e.origin IN ('{}', '{}')) AND (f.appointment_id IS NOT NULL \
         OR NOT EXISTS (SELECT 1 FROM reviews r JOIN review_entries e \
         ON e.company_id = r.company_id AND e.review_id = r.id AND e.at >= f.found_at AND e.at <= f.healed_at \
         AND e.what ->> 'kind' = 'chosen' \
         WHERE r.company_id = f.company_id AND r.detail = f.uid)) THEN 1 ELSE 0 END \
         FROM findings f JOIN verifications v ON v.company_id = f.company_id AND v.id = f.verification_id \
         WHERE f.company_id {of} AND f.healed_at >= {since} AND EXISTS (SELECT 1 FROM verifications b \
         WHERE b.company_id = v.company_id AND b.connection_id = v.connection_id AND b.started_at < v.started_at \
         AND NOT b.check_only)",
        Origin::System.as_str(),
        Origin::Calcom.as_str(),
        Origin::Admin.as_str(),
        Origin::Api.as_str(),
        Origin::Admin.as_str(),
        Origin::Api.as_str(),
    )
}

#[derive(FromQueryResult)]
struct SettledRow {
    count: i64,
    millis: Option<i64>,
    longest: Option<i64>,
    alone: Option<i64>,
}

#[derive(FromQueryResult)]
struct HourRow {
    hour: i64,
    ok: i64,
    calls: i64,
    millis: Option<i64>,
    longest: Option<i64>,
}

#[derive(FromQueryResult)]
struct SpansRow {
    count: i64,
    millis: Option<i64>,
    longest: Option<i64>,
}

#[derive(FromQueryResult)]
struct Earliest {
    due_at: Option<i64>,
}

impl Store {
    /// The calls since `from`, hour by hour; hours without any are left out.
    pub async fn calls_by_hour(&self, company: CompanyId, from: Timestamp) -> Result<Vec<CallsOfAnHour>> {
        // Sums of 64-bit integers are numerics in PostgreSQL.
        let sql = format!(
            "SELECT started_at / {HOUR} AS hour, SUM(CASE outcome WHEN '{}' THEN 1 ELSE 0 END) AS ok, \
             COUNT(*) AS calls, CAST(SUM(duration_ms) AS BIGINT) AS millis, MAX(duration_ms) AS longest \
             FROM attempts WHERE company_id = $1 AND started_at >= $2 AND kind <> 'look' \
             AND outcome <> '{}' GROUP BY started_at / {HOUR} ORDER BY hour",
            Outcome::Ok.as_str(),
            Outcome::RateLimited.as_str()
        );
        let values = [company.0.into(), millis(from).into()];
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let rows = HourRow::find_by_statement(statement).all(&self.readers).await?;
        let hour = |row: HourRow| {
            Ok(CallsOfAnHour {
                from: instant(row.hour.saturating_mul(HOUR))?,
                ok: row.ok.unsigned_abs(),
                failed: (row.calls - row.ok).unsigned_abs(),
                millis: row.millis.unwrap_or(0).unsigned_abs(),
                longest: row.longest.unwrap_or(0).unsigned_abs(),
            })
        };
        rows.into_iter().map(hour).collect()
    }

    /// How long it took since `from` until what had changed at Cal.com was known here: told by genuine webhooks, or found
    /// by asking.
    pub async fn known_within(&self, company: CompanyId, from: Timestamp) -> Result<Spans> {
        let sql = "SELECT COUNT(*) AS count, CAST(SUM(x.millis) AS BIGINT) AS millis, MAX(x.millis) AS longest \
                   FROM (SELECT received_at - created_at_remote AS millis FROM deliveries \
                   WHERE company_id = $1 AND id >= $2 AND received_at >= $3 \
                   AND created_at_remote <= received_at \
                   UNION ALL SELECT found_at - changed_at FROM detections \
                   WHERE company_id = $1 AND found_at >= $3 AND changed_at <= found_at) x";
        let values = [company.0.into(), crate::retention::first_id(from).into(), millis(from).into()];
        self.spans(sql, values.into()).await
    }

    /// How many calls since `from` were to be made once more, because Cal.com had not answered or could not do it.
    pub async fn repeated_since(&self, company: CompanyId, from: Timestamp) -> Result<u64> {
        let attempts = attempts::Entity::find()
            .filter(attempts::Column::CompanyId.eq(company.0))
            .filter(attempts::Column::StartedAt.gte(millis(from)))
            .filter(attempts::Column::Kind.ne("look"))
            .filter(attempts::Column::NextTryAt.is_not_null());
        Ok(attempts.count(&self.readers).await?)
    }

    /// What was settled since `from`: how long questions were open, and findings of verifications not healed.
    pub async fn settled_within(&self, company: CompanyId, from: Timestamp) -> Result<Settled> {
        let sql = format!(
            "SELECT COUNT(*) AS count, CAST(SUM(x.millis) AS BIGINT) AS millis, MAX(x.millis) AS longest, \
             CAST(SUM(x.alone) AS BIGINT) AS alone FROM ({}) x",
            settled("= $1", "$2")
        );
        let values = [company.0.into(), millis(from).into()];
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let row = SettledRow::find_by_statement(statement).one(&self.readers).await?;
        Ok(row.map_or_else(Settled::default, |row| Settled {
            spans: Spans {
                count: row.count.unsigned_abs(),
                millis: row.millis.unwrap_or(0).unsigned_abs(),
                longest: row.longest.unwrap_or(0).unsigned_abs(),
            },
            alone: row.alone.unwrap_or(0).unsigned_abs(),
        }))
    }

    /// Since when the longest due work of a company is, apart from what recurs; `None` if nothing is due.
    pub async fn due_since(&self, company: CompanyId, now: Timestamp) -> Result<Option<Timestamp>> {
        let recurring = Subject::RECURRING.map(|subject| format!("'{}'", subject.kind())).join(", ");
        let sql = format!(
            "SELECT MIN(due_at) AS due_at FROM dirty \
             WHERE company_id = $1 AND due_at <= $2 AND subject_kind NOT IN ({recurring})"
        );
        let values = [company.0.into(), millis(now).into()];
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let earliest = Earliest::find_by_statement(statement).one(&self.readers).await?;
        instant_opt(earliest.and_then(|row| row.due_at))
    }

    async fn spans(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<Spans> {
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let row = SpansRow::find_by_statement(statement).one(&self.readers).await?;
        Ok(row.map_or_else(Spans::default, |row| Spans {
            count: row.count.unsigned_abs(),
            millis: row.millis.unwrap_or(0).unsigned_abs(),
            longest: row.longest.unwrap_or(0).unsigned_abs(),
        }))
    }
}
