//! Appointments as time taken up, and as numbers on the dashboard.

use std::collections::BTreeMap;

use domain::{AppointmentId, CompanyId, Origin, ServiceId, Slot, StaffId, SyncStatus};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Order as OrderDirection, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use crate::columns::{instant, millis, origin, padded, sync};
use crate::entities::{appointments, chairs};
use crate::{Result, Store};

/// A time that somebody has something, or that is held for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whose time.
    pub staff_id: StaffId,
    /// From when to when.
    pub slot: Slot,
    /// The appointment, or the holder.
    pub by: Uuid,
    /// What is booked; `None` for what is only held.
    pub service_id: Option<ServiceId>,
}

impl Store {
    /// What is taken or held of these people's time and shares an instant with `range`, in order.
    pub async fn taken(
        &self,
        company: CompanyId,
        staff: &[StaffId],
        range: Slot,
        now: Timestamp,
    ) -> Result<Vec<Taken>> {
        let booked = Expr::col((appointments::Entity, appointments::Column::CompanyId))
            .eq(Expr::col((chairs::Entity, chairs::Column::CompanyId)))
            .and(
                Expr::col((appointments::Entity, appointments::Column::Id))
                    .eq(Expr::col((chairs::Entity, chairs::Column::TakenBy))),
            );
        let query = Query::select()
            .column((chairs::Entity, chairs::Column::StaffId))
            .column((chairs::Entity, chairs::Column::StartsAt))
            .column((chairs::Entity, chairs::Column::EndsAt))
            .column((chairs::Entity, chairs::Column::TakenBy))
            .column((appointments::Entity, appointments::Column::ServiceId))
            .from(chairs::Entity)
            .left_join(appointments::Entity, booked)
            .and_where(chairs::Column::CompanyId.eq(company.0))
            .and_where(chairs::Column::StaffId.is_in(padded(staff.iter().map(|id| id.0).collect())))
            .and_where(chairs::Column::StartsAt.lt(millis(range.end)))
            .and_where(chairs::Column::EndsAt.gt(millis(range.start)))
            .and_where(chairs::Column::ExpiresAt.is_null().or(chairs::Column::ExpiresAt.gt(millis(now))))
            .order_by((chairs::Entity, chairs::Column::StartsAt), OrderDirection::Asc)
            .take();
        let rows = self.readers.query_all(&query).await?;
        let taken = rows.into_iter().map(|row| {
            let slot =
                Slot { start: instant(row.try_get_by_index(1)?)?, end: instant(row.try_get_by_index(2)?)? };
            Ok(Taken {
                staff_id: StaffId(row.try_get_by_index(0)?),
                slot,
                by: row.try_get_by_index(3)?,
                service_id: row.try_get_by_index::<Option<Uuid>>(4)?.map(ServiceId),
            })
        });
        taken.collect()
    }

    /// The slots of active appointments of these people that share an instant with `range`, in order.
    /// Everybody asked for is in the answer.
    pub async fn busy(
        &self,
        company: CompanyId,
        staff: &[StaffId],
        range: Slot,
    ) -> Result<BTreeMap<StaffId, Vec<Slot>>> {
        let rows: Vec<(Uuid, i64, i64)> = chairs::Entity::find()
            .select_only()
            .columns([chairs::Column::StaffId, chairs::Column::StartsAt, chairs::Column::EndsAt])
            .filter(chairs::Column::CompanyId.eq(company.0))
            .filter(chairs::Column::StaffId.is_in(staff.iter().map(|id| id.0)))
            .filter(chairs::Column::StartsAt.lt(millis(range.end)))
            .filter(chairs::Column::EndsAt.gt(millis(range.start)))
            .filter(chairs::Column::ExpiresAt.is_null())
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
        let sql = "SELECT DISTINCT o.taken_by FROM chairs c \
                   JOIN chairs o ON o.company_id = c.company_id AND o.staff_id = c.staff_id \
                   AND o.taken_by <> c.taken_by AND o.ends_at > c.starts_at AND o.starts_at < c.ends_at \
                   AND o.expires_at IS NULL \
                   WHERE c.company_id = $1 AND c.taken_by = $2";
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
