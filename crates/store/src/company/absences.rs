//! When staff are away, and why, as far as somebody has to know it. Callers and Cal.com are never told why.

use domain::appointment::Actor;
use domain::{AbsenceId, CompanyId, Slot, StaffId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::staff::locked;
use crate::columns::{first, instant, millis, text};
use crate::entities::absences;
use crate::setup::{SetupDeed, SetupEntry, note};
use crate::{Error, Result, Store};

/// Somebody is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Which.
    pub id: AbsenceId,
    /// Who.
    pub staff_id: StaffId,
    /// From when to when.
    pub slot: Slot,
    /// Why, if somebody said so.
    pub reason: Option<String>,
}

impl Absence {
    /// Characters of a reason, at most.
    pub const LONGEST_REASON: usize = 100;
}

impl TryFrom<absences::Model> for Absence {
    type Error = Error;

    fn try_from(row: absences::Model) -> Result<Self> {
        Ok(Self {
            id: AbsenceId(row.id),
            staff_id: StaffId(row.staff_id),
            slot: Slot { start: instant(row.starts_at)?, end: instant(row.ends_at)? },
            reason: row.reason,
        })
    }
}

impl Store {
    /// The absences of these people that share an instant with `range`, the earliest first.
    pub async fn absences(&self, company: CompanyId, staff: &[StaffId], range: Slot) -> Result<Vec<Absence>> {
        absences::Entity::find()
            .filter(absences::Column::CompanyId.eq(company.0))
            .filter(absences::Column::StaffId.is_in(staff.iter().map(|id| id.0)))
            .filter(absences::Column::StartsAt.lt(millis(range.end)))
            .filter(absences::Column::EndsAt.gt(millis(range.start)))
            .order_by_asc(absences::Column::StartsAt)
            .order_by_asc(absences::Column::Id)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Absence::try_from)
            .collect()
    }

    /// Writes down that somebody is away. Appointments that are there already stay.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the company has no such person.
    pub async fn add_absence(
        &self,
        company: CompanyId,
        absence: Absence,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let Absence { id, staff_id, slot, reason } = absence;
        let row = absences::Model {
            company_id: company.0,
            id: id.0,
            staff_id: staff_id.0,
            starts_at: millis(slot.start),
            ends_at: millis(slot.end),
            reason: reason.as_deref().map(text),
        };
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                let name = locked(tx, company, staff_id).await?.name;
                absences::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("absence"))?;
                let deed = SetupDeed::AbsenceAdded { slot };
                note(tx, company, SetupEntry { at: now, actor, subject: staff_id.0, name, deed }).await
            })
        })
        .await
    }

    /// Takes an absence back.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_absence(
        &self,
        company: CompanyId,
        id: AbsenceId,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                let find = absences::Entity::find_by_id((company.0, id.0));
                let Absence { staff_id, slot, .. } =
                    first(find, &**tx).await?.ok_or(Error::NotFound)?.try_into()?;
                let name = locked(tx, company, staff_id).await?.name;
                let gone = absences::Entity::delete_by_id((company.0, id.0)).exec(&**tx).await?;
                if gone.rows_affected == 0 {
                    return Err(Error::NotFound);
                }
                let deed = SetupDeed::AbsenceRemoved { slot };
                note(tx, company, SetupEntry { at: now, actor, subject: staff_id.0, name, deed }).await
            })
        })
        .await
    }
}
