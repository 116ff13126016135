//! What has happened to services: the history of one, and the audit trail of all.

use domain::catalogue::ServiceEntry;
use domain::{CompanyId, ServiceId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{from_json, instant};
use crate::entities::service_entries;
use crate::{Error, Result, Store};

impl TryFrom<service_entries::Model> for ServiceEntry {
    type Error = Error;

    fn try_from(row: service_entries::Model) -> Result<Self> {
        Ok(Self {
            at: instant(row.at)?,
            actor: from_json("service_entries.actor", row.actor)?,
            what: from_json("service_entries.what", row.what)?,
        })
    }
}

impl Store {
    /// The history of a service, newest first.
    pub async fn service_history(
        &self,
        company: CompanyId,
        service: ServiceId,
        limit: u64,
    ) -> Result<Vec<ServiceEntry>> {
        let rows = service_entries::Entity::find()
            .filter(service_entries::Column::CompanyId.eq(company.0))
            .filter(service_entries::Column::ServiceId.eq(service.0))
            .order_by_desc(service_entries::Column::Seq)
            .limit(limit)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(ServiceEntry::try_from).collect()
    }

    /// What has happened to all services of a company, newest first.
    pub async fn audit_trail(
        &self,
        company: CompanyId,
        limit: u64,
    ) -> Result<Vec<(ServiceId, ServiceEntry)>> {
        let rows = service_entries::Entity::find()
            .filter(service_entries::Column::CompanyId.eq(company.0))
            .order_by_desc(service_entries::Column::At)
            .order_by_desc(service_entries::Column::Seq)
            .limit(limit)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(|row| Ok((ServiceId(row.service_id), row.try_into()?))).collect()
    }
}
