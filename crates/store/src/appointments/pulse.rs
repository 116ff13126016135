//! Whether anything changed that somebody may be looking at, at the price of a few look-ups in indexes:
//! for pages that follow changes made by other processes.

use domain::CompanyId;
use sea_orm::JsonValue;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use crate::entities::{attempts, companies, connections, deliveries, verifications};
use crate::{Result, Store};

/// When the history of an appointment was last continued, and how often at that instant: the end of the index on the time,
/// however long it is.
const LAST_ENTRY: &str = "SELECT at, COUNT(*) FROM entries WHERE company_id = $1 AND at = \
     (SELECT at FROM entries WHERE company_id = $1 ORDER BY at DESC LIMIT 1) GROUP BY at";

/// Equal for two moments between which nothing was booked, changed, synced, asked, verified, sent to Cal.com or heard from
/// it, and no account was stopped or went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    booked: Option<i64>,
    entry: Option<(i64, i64)>,
    reviews: Option<i64>,
    attempt: Option<Uuid>,
    delivery: Option<Uuid>,
    waiting: u64,
    connections: Vec<(Uuid, String)>,
    /// The verifications that are under way, and how far each has come.
    verifying: Vec<(Uuid, Option<JsonValue>)>,
}

impl Store {
    /// The pulse of a company now.
    pub async fn pulse(&self, company: CompanyId) -> Result<Pulse> {
        let waiting = self.waiting_work(company).await?;
        Ok(Pulse {
            booked: companies::Entity::find_by_id(company.0)
                .select_only()
                .column(companies::Column::LastNumber)
                .into_tuple()
                .one(&self.readers)
                .await?,
            entry: self.last_entry(company).await?,
            reviews: self.reviews_pulse(company).await?,
            // Ids of attempts and deliveries begin with their time.
            attempt: attempts::Entity::find()
                .select_only()
                .column(attempts::Column::Id)
                .filter(attempts::Column::CompanyId.eq(company.0))
                .order_by_desc(attempts::Column::Id)
                .into_tuple()
                .one(&self.readers)
                .await?,
            delivery: deliveries::Entity::find()
                .select_only()
                .column(deliveries::Column::Id)
                .filter(deliveries::Column::CompanyId.eq(company.0))
                .order_by_desc(deliveries::Column::Id)
                .into_tuple()
                .one(&self.readers)
                .await?,
            waiting: waiting.iter().map(|(_, count)| count).sum(),
            connections: connections::Entity::find()
                .select_only()
                .columns([connections::Column::Id, connections::Column::State])
                .filter(connections::Column::CompanyId.eq(company.0))
                .order_by_asc(connections::Column::Id)
                .into_tuple()
                .all(&self.readers)
                .await?,
            verifying: verifications::Entity::find()
                .select_only()
                .columns([verifications::Column::Id, verifications::Column::Position])
                .filter(verifications::Column::CompanyId.eq(company.0))
                .filter(verifications::Column::FinishedAt.is_null())
                .order_by_asc(verifications::Column::Id)
                .into_tuple()
                .all(&self.readers)
                .await?,
        })
    }

    async fn last_entry(&self, company: CompanyId) -> Result<Option<(i64, i64)>> {
        let backend = self.readers.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, LAST_ENTRY, [company.0.into()]);
        let rows = self.readers.query_all_raw(statement).await?;
        let row = rows.first().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
        row.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_entry_is_taken_from_the_end_of_an_index() {
        let plan = crate::in_memory::plan(LAST_ENTRY, [sea_orm::prelude::Uuid::nil().into()]).await;
        let of_entries: Vec<_> = plan.iter().filter(|step| step.contains("entries")).collect();
        let index = "SEARCH entries USING COVERING INDEX entries_by_time (company_id=?";
        assert_eq!(of_entries.len(), 2, "{plan:?}");
        assert!(of_entries.iter().all(|step| step.starts_with(index)), "{plan:?}");
        // It would be read to its end to be sorted.
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{plan:?}");
    }
}
