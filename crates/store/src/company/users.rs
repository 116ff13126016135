//! Users: who may sign in.

use domain::company::Locale;
use domain::people::User;
use domain::{CompanyId, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use crate::columns::{locale, millis, parsed, role};
use crate::entities::users;
use crate::{Error, Result, Store};

impl TryFrom<users::Model> for User {
    type Error = Error;

    fn try_from(row: users::Model) -> Result<Self> {
        Ok(Self {
            id: UserId(row.id),
            email: parsed("users.email", &row.email)?,
            name: row.name,
            role: role(&row.role)?,
            locale: row.locale.as_deref().map(locale).transpose()?,
        })
    }
}

impl Store {
    /// All users, by address.
    pub async fn users(&self, company: CompanyId) -> Result<Vec<User>> {
        users::Entity::find()
            .filter(users::Column::CompanyId.eq(company.0))
            .order_by_asc(users::Column::Email)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(User::try_from)
            .collect()
    }

    /// Adds a user. `password_hash` is in PHC form.
    ///
    /// # Errors
    /// [`Error::Duplicate`] for an address that any user of the installation has.
    pub async fn add_user(
        &self,
        company: CompanyId,
        user: User,
        password_hash: String,
        now: Timestamp,
    ) -> Result<()> {
        let row = users::Model {
            company_id: company.0,
            id: user.id.0,
            email: user.email.into(),
            name: user.name,
            role: user.role.as_str().to_owned(),
            password_hash,
            locale: user.locale.map(|locale| locale.tag().to_owned()),
            created_at: millis(now),
        };
        self.write(move |tx| {
            Box::pin(async move {
                users::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("user"))?;
                Ok(())
            })
        })
        .await
    }

    /// Notes the language that a user chose; `None` follows the browser.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_user_locale(
        &self,
        company: CompanyId,
        id: UserId,
        locale: Option<Locale>,
    ) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                let change = users::ActiveModel {
                    locale: Set(locale.map(|locale| locale.tag().to_owned())),
                    ..Default::default()
                };
                let updated = users::Entity::update_many()
                    .set(change)
                    .filter(users::Column::CompanyId.eq(company.0))
                    .filter(users::Column::Id.eq(id.0))
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
