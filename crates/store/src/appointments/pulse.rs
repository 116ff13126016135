//! Whether anything changed that somebody may be looking at, at the price of a few look-ups in indexes:
//! for pages that follow changes made by other processes.

use domain::{CompanyId, SyncStatus};
use sea_orm::JsonValue;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::{attempts, companies, connections, deliveries, verifications};
use crate::{Result, Store};

/// Equal for two moments between which nothing was booked, synced, asked, verified, sent to Cal.com or heard from it,
/// and no account was stopped or went on.
/// A change of an appointment that is not connected to Cal.com may pass unnoticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    booked: Option<i64>,
    syncs: Vec<(SyncStatus, u64)>,
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
            syncs: self.counts_by_sync(company).await?,
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
}
