//! The history of an appointment: what happened, the calls that were sent, the webhooks that came.

use domain::review::ReviewItem;
use domain::timeline::Entry;
use domain::{AppointmentId, CompanyId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::attempts::Attempt;
use crate::columns::{from_json, instant};
use crate::entities::{attempts, deliveries, entries, reviews};
use crate::{Delivery, Error, Result, Store};

/// Everything that is written about an appointment, each in the order in which it happened.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// What happened.
    pub entries: Vec<Entry>,
    /// Calls to Cal.com.
    pub attempts: Vec<Attempt>,
    /// Webhooks.
    pub deliveries: Vec<Delivery>,
    /// Questions to people, open and closed.
    pub reviews: Vec<ReviewItem>,
}

impl TryFrom<entries::Model> for Entry {
    type Error = Error;

    fn try_from(row: entries::Model) -> Result<Self> {
        Ok(Self {
            at: instant(row.at)?,
            actor: from_json("entries.actor", row.actor)?,
            what: from_json("entries.what", row.what)?,
        })
    }
}

impl Store {
    /// The history of an appointment; empty for one that the company does not have.
    pub async fn history(&self, company: CompanyId, id: AppointmentId) -> Result<History> {
        self.read(move |tx| {
            Box::pin(async move {
                let entries = entries::Entity::find()
                    .filter(entries::Column::CompanyId.eq(company.0))
                    .filter(entries::Column::AppointmentId.eq(id.0))
                    .order_by_asc(entries::Column::Seq)
                    .all(&**tx)
                    .await?;
                let attempts = attempts::Entity::find()
                    .filter(attempts::Column::CompanyId.eq(company.0))
                    .filter(attempts::Column::AppointmentId.eq(id.0))
                    .order_by_asc(attempts::Column::StartedAt)
                    .order_by_asc(attempts::Column::Id)
                    .all(&**tx)
                    .await?;
                let deliveries = deliveries::Entity::find()
                    .filter(deliveries::Column::CompanyId.eq(company.0))
                    .filter(deliveries::Column::AppointmentId.eq(id.0))
                    .order_by_asc(deliveries::Column::ReceivedAt)
                    .order_by_asc(deliveries::Column::Id)
                    .all(&**tx)
                    .await?;
                let reviews = reviews::Entity::find()
                    .filter(reviews::Column::CompanyId.eq(company.0))
                    .filter(reviews::Column::AppointmentId.eq(id.0))
                    .order_by_asc(reviews::Column::OpenedAt)
                    .order_by_asc(reviews::Column::Id)
                    .all(&**tx)
                    .await?;
                Ok(History {
                    entries: entries.into_iter().map(Entry::try_from).collect::<Result<_>>()?,
                    attempts: attempts.into_iter().map(Attempt::try_from).collect::<Result<_>>()?,
                    deliveries: deliveries.into_iter().map(Delivery::try_from).collect::<Result<_>>()?,
                    reviews: reviews.into_iter().map(ReviewItem::try_from).collect::<Result<_>>()?,
                })
            })
        })
        .await
    }
}
