//! When staff are away. Why is nobody's business, and is not kept.

use domain::{AbsenceId, CompanyId, Slot, StaffId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::{instant, millis};
use crate::entities::absences;
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
}

impl TryFrom<absences::Model> for Absence {
    type Error = Error;

    fn try_from(row: absences::Model) -> Result<Self> {
        Ok(Self {
            id: AbsenceId(row.id),
            staff_id: StaffId(row.staff_id),
            slot: Slot { start: instant(row.starts_at)?, end: instant(row.ends_at)? },
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
    pub async fn add_absence(&self, company: CompanyId, absence: Absence) -> Result<()> {
        let row = absences::Model {
            company_id: company.0,
            id: absence.id.0,
            staff_id: absence.staff_id.0,
            starts_at: millis(absence.slot.start),
            ends_at: millis(absence.slot.end),
        };
        self.write(move |tx| {
            Box::pin(async move {
                absences::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("absence"))?;
                Ok(())
            })
        })
        .await
    }

    /// Takes an absence back.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_absence(&self, company: CompanyId, id: AbsenceId) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                let gone = absences::Entity::delete_by_id((company.0, id.0)).exec(&**tx).await?;
                if gone.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
