//! What services had to ask before there was a queue enters it with the migration, and not only when it changes.

use domain::ServiceId;
use domain::catalogue::ServiceCase;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::Result;
use crate::entities::services;
use crate::reviews::ask;
use crate::services::case::load;
use crate::unit_of_work::Tx;

/// Brings the items of all services up to how these are.
pub(crate) async fn ask_about_services(tx: &Tx) -> Result<()> {
    let offered = services::Entity::find()
        .filter(services::Column::DeletedAt.is_null())
        .order_by_asc(services::Column::CompanyId)
        .order_by_asc(services::Column::Id)
        .all(&**tx)
        .await?;
    for row in offered {
        let company = domain::CompanyId(row.company_id);
        let case = load(tx, company, ServiceId(row.id)).await?;
        if let Some(at) = last_heard_of(&case) {
            ask::of_service(tx, company, &case, true, at).await?;
        }
    }
    Ok(())
}

/// When something was last seen or tried of its event types: since then it may have had to ask.
fn last_heard_of(case: &ServiceCase) -> Option<Timestamp> {
    let heard = case.current().flat_map(|record| {
        let seen = record.divergences.iter().map(|it| it.first_seen_at);
        seen.chain(record.last_attempt_at).chain(record.last_synced_at)
    });
    heard.max()
}
