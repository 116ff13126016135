//! What has happened to a service.

use domain::catalogue::{About, ServiceEntry, ServiceWhat};
use domain::{CompanyId, ServiceId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::columns::{at_most, from_json, instant};
use crate::entities::service_entries;
use crate::{Error, Result, Store};

/// What an entry says, as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Said {
    #[serde(flatten)]
    pub(super) what: ServiceWhat,
    /// Which event type it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<About>,
}

impl TryFrom<service_entries::Model> for ServiceEntry {
    type Error = Error;

    fn try_from(row: service_entries::Model) -> Result<Self> {
        let Said { what, about } = from_json("service_entries.what", row.what)?;
        let actor = from_json("service_entries.actor", row.actor)?;
        Ok(Self { at: instant(row.at)?, actor, about, what })
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
            .order_by_desc(service_entries::Column::Seq);
        let rows = at_most(rows, limit, &self.readers).await?;
        rows.into_iter().map(ServiceEntry::try_from).collect()
    }
}
