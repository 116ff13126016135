//! The rules that a company settles conflicts by.

use domain::{CompanyId, Policy};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::appointments::case::policy;
use crate::columns::to_json;
use crate::entities::companies;
use crate::{Error, Result, Store};

impl Store {
    /// The rules.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn policy(&self, company: CompanyId) -> Result<Policy> {
        let row = companies::Entity::find_by_id(company.0).one(&self.readers).await?;
        policy(row.ok_or(Error::NotFound)?)
    }

    /// Sets the rules. They count from the next look at each appointment on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_policy(&self, company: CompanyId, policy: Policy) -> Result<()> {
        let policy = to_json(&policy)?;
        self.write(move |tx| {
            Box::pin(async move {
                let updated = companies::Entity::update_many()
                    .col_expr(companies::Column::Policy, policy.into())
                    .filter(companies::Column::Id.eq(company.0))
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
