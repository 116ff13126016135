//! How many items wait for somebody, by cause: for who wants to know whether anything is wrong.

use domain::CompanyId;
use domain::review::ReviewCode;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Statement};

use crate::columns::{instant_opt, millis, named};
use crate::{Result, Store};

/// The items of one cause that are neither closed nor set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Why a person is asked.
    pub code: ReviewCode,
    /// How many wait for somebody.
    pub count: u64,
    /// When the first of them was asked.
    pub oldest: Option<Timestamp>,
    /// When the next thing begins that one of them is about.
    pub next_at: Option<Timestamp>,
    /// How many more somebody has put off.
    pub put_off: u64,
}

#[derive(FromQueryResult)]
struct Row {
    code: String,
    open: i64,
    awake: i64,
    oldest: Option<i64>,
    next_at: Option<i64>,
}

impl Store {
    /// What waits for somebody at `now`, by cause.
    pub async fn reviews_waiting(&self, company: CompanyId, now: Timestamp) -> Result<Vec<Waiting>> {
        let now = millis(now);
        let sql = format!(
            "SELECT q.code, COUNT(*) AS open, CAST(SUM(q.awake) AS BIGINT) AS awake, \
             MIN(CASE WHEN q.awake = 1 THEN q.opened_at END) AS oldest, \
             MIN(CASE WHEN q.awake = 1 AND q.starts_at >= {now} THEN q.starts_at END) AS next_at FROM ( \
             SELECT r.code, r.opened_at, COALESCE(a.starts_at, r.starts_at) AS starts_at, \
             CASE WHEN r.snoozed_until > {now} THEN 0 ELSE 1 END AS awake FROM reviews r \
             LEFT JOIN appointments a ON a.company_id = r.company_id AND a.id = r.appointment_id \
             WHERE r.company_id = $1 AND r.closed_at IS NULL AND r.aside IS NULL) q \
             GROUP BY q.code ORDER BY q.code"
        );
        let statement =
            Statement::from_sql_and_values(self.readers.get_database_backend(), sql, [company.0.into()]);
        let rows = Row::find_by_statement(statement).all(&self.readers).await?;
        let waiting = |row: Row| {
            Ok(Waiting {
                code: named("reviews.code", &row.code, ReviewCode::from_name)?,
                count: row.awake.unsigned_abs(),
                oldest: instant_opt(row.oldest)?,
                next_at: instant_opt(row.next_at)?,
                put_off: (row.open - row.awake).unsigned_abs(),
            })
        };
        rows.into_iter().map(waiting).collect()
    }
}
