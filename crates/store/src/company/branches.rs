//! Branches.

use domain::company::Branch;
use domain::holidays::Land;
use domain::{BranchId, CompanyId, Phone};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::{from_json, named, phone_opt, to_json};
use crate::entities::branches;
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

    /// Says whose public holidays a branch keeps; `None` for none.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_branch_land(&self, company: CompanyId, id: BranchId, land: Option<Land>) -> Result<()> {
        let code = land.map(|land| land.code().to_owned());
        self.write(move |tx| {
            Box::pin(async move {
                let updated = branches::Entity::update_many()
                    .col_expr(branches::Column::Land, code.into())
                    .filter(branches::Column::CompanyId.eq(company.0))
                    .filter(branches::Column::Id.eq(id.0))
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
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
