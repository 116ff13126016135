//! Appointments as time taken up, and as numbers on the dashboard.

use std::collections::BTreeMap;

use domain::{AppointmentId, CompanyId, Origin, Slot, StaffId, SyncStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use crate::columns::{instant, millis, origin, sync};
use crate::entities::{appointments, chairs};
use crate::{Result, Store};

impl Store {
    /// The slots of active appointments of these people that share an instant with `range`, in order.
    /// Everybody asked for is in the answer.
    pub async fn busy(
        &self,
        company: CompanyId,
        staff: &[StaffId],
        range: Slot,
    ) -> Result<BTreeMap<StaffId, Vec<Slot>>> {
        let rows: Vec<(sea_orm::prelude::Uuid, i64, i64)> = chairs::Entity::find()
            .select_only()
            .columns([chairs::Column::StaffId, chairs::Column::StartsAt, chairs::Column::EndsAt])
            .filter(chairs::Column::CompanyId.eq(company.0))
            .filter(chairs::Column::StaffId.is_in(staff.iter().map(|id| id.0)))
            .filter(chairs::Column::StartsAt.lt(millis(range.end)))
            .filter(chairs::Column::EndsAt.gt(millis(range.start)))
            .order_by_asc(chairs::Column::StartsAt)
            .into_tuple()
            .all(&self.readers)
            .await?;
        let mut busy: BTreeMap<_, Vec<_>> = staff.iter().map(|id| (*id, Vec::new())).collect();
        for (id, start, end) in rows {
            let slot = Slot { start: instant(start)?, end: instant(end)? };
            busy.entry(StaffId(id)).or_default().push(slot);
        }
        Ok(busy)
    }

    /// The active appointments that need a person of this one while it does, in no order.
    pub async fn overlapping(
        &self,
        company: CompanyId,
        appointment: AppointmentId,
    ) -> Result<Vec<AppointmentId>> {
        let sql = "SELECT DISTINCT o.appointment_id FROM chairs c \
                   JOIN chairs o ON o.company_id = c.company_id AND o.staff_id = c.staff_id \
                   AND o.appointment_id <> c.appointment_id AND o.ends_at > c.starts_at AND o.starts_at < c.ends_at \
                   WHERE c.company_id = $1 AND c.appointment_id = $2";
        let values = [company.0.into(), appointment.0.into()];
        let statement = Statement::from_sql_and_values(self.readers.get_database_backend(), sql, values);
        let rows = self.readers.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok(AppointmentId(row.try_get_by_index(0)?))).collect()
    }

    /// How many appointments have each sync status, in the order of the dashboard; all are listed.
    pub async fn counts_by_sync(&self, company: CompanyId) -> Result<Vec<(SyncStatus, u64)>> {
        let rows: Vec<(String, i64)> = appointments::Entity::find()
            .select_only()
            .column(appointments::Column::Sync)
            // Of rows, not of a column: from the index alone.
            .column_as(Expr::cust("COUNT(*)"), "count")
            .filter(appointments::Column::CompanyId.eq(company.0))
            .filter(appointments::Column::DeletedAt.is_null())
            .group_by(appointments::Column::Sync)
            .into_tuple()
            .all(&self.readers)
            .await?;
        let mut counts = SyncStatus::ALL.map(|status| (status, 0)).to_vec();
        for (name, count) in rows {
            let status = sync(&name)?;
            counts.iter_mut().filter(|(s, _)| *s == status).for_each(|(_, c)| *c = count.unsigned_abs());
        }
        Ok(counts)
    }

    /// How many appointments were made in `range` (of creation, not of the slot), by where they came from;
    /// all origins are listed.
    pub async fn today(&self, company: CompanyId, range: Slot) -> Result<Vec<(Origin, u64)>> {
        let rows: Vec<(String, i64)> = appointments::Entity::find()
            .select_only()
            .column(appointments::Column::Origin)
            .column_as(appointments::Column::Id.count(), "count")
            .filter(appointments::Column::CompanyId.eq(company.0))
            .filter(appointments::Column::CreatedAt.gte(millis(range.start)))
            .filter(appointments::Column::CreatedAt.lt(millis(range.end)))
            .filter(appointments::Column::DeletedAt.is_null())
            .group_by(appointments::Column::Origin)
            .into_tuple()
            .all(&self.readers)
            .await?;
        let mut counts = Origin::ALL.map(|origin| (origin, 0)).to_vec();
        for (name, count) in rows {
            let from = origin(&name)?;
            counts.iter_mut().filter(|(o, _)| *o == from).for_each(|(_, c)| *c = count.unsigned_abs());
        }
        Ok(counts)
    }
}
