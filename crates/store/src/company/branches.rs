//! Branches.

use domain::appointment::Actor;
use domain::company::Branch;
use domain::holidays::Land;
use domain::hours::WeeklyHours;
use domain::{BranchId, CompanyId, Phone};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{first, from_json, named, phone_opt, to_json};
use crate::entities::branches;
use crate::setup::{SetupDeed, SetupEntry, note};
use crate::{Error, Result, Store};

impl TryFrom<branches::Model> for Branch {
    type Error = Error;

    fn try_from(row: branches::Model) -> Result<Self> {
        Ok(Self {
            id: BranchId(row.id),
            name: row.name,
            time_zone: row.time_zone,
            phone: phone_opt("branches.phone", row.phone.as_deref())?,
            address: row.address,
            hours: from_json("branches.hours", row.hours)?,
            land: row.land.map(|code| named("branches.land", &code, Land::from_code)).transpose()?,
        })
    }
}

impl Store {
    /// All branches, by name.
    pub async fn branches(&self, company: CompanyId) -> Result<Vec<Branch>> {
        branches::Entity::find()
            .filter(branches::Column::CompanyId.eq(company.0))
            .order_by_asc(branches::Column::Name)
            .order_by_asc(branches::Column::Id)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Branch::try_from)
            .collect()
    }

    /// One branch.
    pub async fn branch(&self, company: CompanyId, id: BranchId) -> Result<Branch> {
        let row = branches::Entity::find_by_id((company.0, id.0)).one(&self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }

    /// The branch that callers reach by this number.
    pub async fn branch_by_phone(&self, company: CompanyId, phone: &Phone) -> Result<Option<Branch>> {
        branches::Entity::find()
            .filter(branches::Column::CompanyId.eq(company.0))
            .filter(branches::Column::Phone.eq(phone.as_str()))
            .order_by_asc(branches::Column::Id)
            .one(&self.readers)
            .await?
            .map(Branch::try_from)
            .transpose()
    }

    /// Says when a branch is open, and whose public holidays it keeps (`None` for none).
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_branch_hours(
        &self,
        company: CompanyId,
        id: BranchId,
        hours: WeeklyHours,
        land: Option<Land>,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let (hours, code) = (to_json(&hours)?, land.map(|land| land.code().to_owned()));
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                let find = branches::Entity::find_by_id((company.0, id.0)).lock_exclusive();
                let before = first(find, &**tx).await?.ok_or(Error::NotFound)?;
                if before.hours == hours && before.land == code {
                    return Ok(());
                }
                let name = before.name.clone();
                let mut row = before.into_active_model();
                (row.hours, row.land) = (Set(hours), Set(code));
                branches::Entity::update(row).exec_without_returning(&**tx).await?;
                let deed = SetupDeed::HoursChanged;
                note(tx, company, SetupEntry { at: now, actor, subject: id.0, name, deed }).await
            })
        })
        .await
    }

    /// Adds a branch.
    pub async fn add_branch(&self, company: CompanyId, branch: Branch) -> Result<()> {
        let row = branches::Model {
            company_id: company.0,
            id: branch.id.0,
            name: branch.name,
            time_zone: branch.time_zone,
            phone: branch.phone.map(String::from),
            address: branch.address,
            hours: to_json(&branch.hours)?,
            land: branch.land.map(|land| land.code().to_owned()),
        };
        self.write(move |tx| {
            Box::pin(async move {
                branches::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("branch"))?;
                Ok(())
            })
        })
        .await
    }
}
