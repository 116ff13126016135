//! Whether a company still wants to be told what is left to be set up.

use domain::CompanyId;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::columns::{first, millis};
use crate::entities::companies;
use crate::{Error, Result, Store};

impl Store {
    /// Whether somebody has said that the rest is not wanted.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn is_setup_hidden(&self, company: CompanyId) -> Result<bool> {
        let row = first(companies::Entity::find_by_id(company.0), &self.readers).await?;
        Ok(row.ok_or(Error::NotFound)?.setup_hidden_at.is_some())
    }

    /// Notes that it is wanted again.
    pub async fn show_setup(&self, company: CompanyId) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                companies::Entity::update_many()
                    .col_expr(companies::Column::SetupHiddenAt, Option::<i64>::None.into())
                    .filter(companies::Column::Id.eq(company.0))
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that it is not. The first time counts.
    pub async fn hide_setup(&self, company: CompanyId, now: Timestamp) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                companies::Entity::update_many()
                    .col_expr(companies::Column::SetupHiddenAt, millis(now).into())
                    .filter(companies::Column::Id.eq(company.0))
                    .filter(companies::Column::SetupHiddenAt.is_null())
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
