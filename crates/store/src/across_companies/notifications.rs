//! Companies in which something has happened that nobody was told of yet, and those at which many calls fail.

use domain::CompanyId;
use domain::notify::{Occurrence, Subject, What};
use jiff::{SignedDuration, Timestamp};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement};
use uuid::Builder;

use crate::appointments::attempts::Outcome;
use crate::columns::{instant, millis};
use crate::entities::occurrences;
use crate::notifications::occurred;
use crate::{Result, Store};

/// The time in which calls are counted together.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Of fewer calls nothing is said.
const LEAST: u32 = 20;
/// The part of them, one of so many, that may fail.
const PART: u32 = 4;

#[derive(FromQueryResult)]
struct Failing {
    company_id: Uuid,
}

impl Store {
    /// Companies in which something has happened that nobody was told of yet.
    pub async fn companies_to_tell(&self) -> Result<Vec<CompanyId>> {
        let ids: Vec<Uuid> = occurrences::Entity::find()
            .select_only()
            .column(occurrences::Column::CompanyId)
            .distinct()
            .filter(occurrences::Column::ToldAt.is_null())
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(CompanyId).collect())
    }

    /// Notes at which companies a quarter or more of the calls of the last hour have failed, unless that was noted within
    /// this hour. That a time is taken or a booking gone is an answer and no failure.
    pub async fn tell_of_failures(&self, now: Timestamp) -> Result<()> {
        let failed =
            [Outcome::Transient, Outcome::Lost, Outcome::Unauthorized, Outcome::Invalid, Outcome::Unreadable];
        let failed = failed.map(|outcome| format!("'{}'", outcome.as_str())).join(", ");
        // Ids of calls begin with their time.
        let sql = format!(
            "SELECT c.id AS company_id FROM companies c \
             JOIN attempts a ON a.company_id = c.id AND a.id >= $1 AND a.outcome IS NOT NULL \
             WHERE NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.company_id = c.id AND o.what = '{}' \
             AND o.happened_at > $2) GROUP BY c.id HAVING COUNT(*) >= {LEAST} \
             AND {PART} * SUM(CASE WHEN a.outcome IN ({failed}) THEN 1 ELSE 0 END) >= COUNT(*)",
            What::FailureRate.as_str()
        );
        let since = u64::try_from((now - WITHIN).as_millisecond()).unwrap_or(0);
        let first = Builder::from_unix_timestamp_millis(since, &[0; 10]).into_uuid();
        let values = [first.into(), millis(now - WITHIN).into()];
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let failing = Failing::find_by_statement(statement).all(&self.readers).await?;
        let failing: Vec<_> = failing.into_iter().map(|row| row.company_id).collect();
        if failing.is_empty() {
            return Ok(());
        }
        // Processes that find the same at the same time note it once.
        let minute = 60_000;
        let at = instant(now.as_millisecond().div_euclid(minute) * minute)?;
        self.write(move |tx| {
            Box::pin(async move {
                for company_id in failing {
                    let company = CompanyId(company_id);
                    let fails = Occurrence::once(What::FailureRate, Subject::Company(company), at);
                    occurred(tx, company, fails).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
