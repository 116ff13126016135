//! Keys for the REST API. Only their hashes are stored.

use domain::{ApiKeyId, CompanyId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use crate::columns::{from_json, instant, instant_opt, millis, to_json};
use crate::entities::api_keys;
use crate::{Error, Result, Store};

/// A key, without what would open anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Which.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its first characters, by which people recognise it.
    pub prefix: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
}

/// A key to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
    /// What it may be used for.
    pub scopes: Vec<String>,
}

impl TryFrom<api_keys::Model> for ApiKey {
    type Error = Error;

    fn try_from(row: api_keys::Model) -> Result<Self> {
        Ok(Self {
            id: ApiKeyId(row.id),
            name: row.name,
            prefix: row.prefix,
            scopes: from_json("api_keys.scopes", row.scopes)?,
            created_at: instant(row.created_at)?,
            last_used_at: instant_opt(row.last_used_at)?,
            revoked_at: instant_opt(row.revoked_at)?,
        })
    }
}

impl Store {
    /// All keys, also those that were withdrawn, the newest first.
    pub async fn api_keys(&self, company: CompanyId) -> Result<Vec<ApiKey>> {
        api_keys::Entity::find()
            .filter(api_keys::Column::CompanyId.eq(company.0))
            .order_by_desc(api_keys::Column::CreatedAt)
            .order_by_desc(api_keys::Column::Id)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(ApiKey::try_from)
            .collect()
    }

    /// Adds a key.
    pub async fn add_api_key(&self, company: CompanyId, new: NewApiKey, now: Timestamp) -> Result<()> {
        let row = api_keys::Model {
            company_id: company.0,
            id: new.id.0,
            name: new.name,
            prefix: new.prefix,
            hash: new.hash.to_vec(),
            scopes: to_json(&new.scopes)?,
            created_at: millis(now),
            last_used_at: None,
            revoked_at: None,
        };
        self.write(move |tx| {
            Box::pin(async move {
                api_keys::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("API key"))?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that a key was used.
    pub async fn touch_api_key(&self, company: CompanyId, id: ApiKeyId, now: Timestamp) -> Result<()> {
        let change = api_keys::ActiveModel { last_used_at: Set(Some(millis(now))), ..Default::default() };
        self.change_api_key(company, id, change).await
    }

    /// Withdraws a key for good.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn revoke_api_key(&self, company: CompanyId, id: ApiKeyId, now: Timestamp) -> Result<()> {
        let change = api_keys::ActiveModel { revoked_at: Set(Some(millis(now))), ..Default::default() };
        self.change_api_key(company, id, change).await
    }

    async fn change_api_key(
        &self,
        company: CompanyId,
        id: ApiKeyId,
        change: api_keys::ActiveModel,
    ) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                let updated = api_keys::Entity::update_many()
                    .set(change)
                    .filter(api_keys::Column::CompanyId.eq(company.0))
                    .filter(api_keys::Column::Id.eq(id.0))
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
