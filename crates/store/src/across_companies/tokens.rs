//! Whose a token is: API keys, webhook addresses, phone agents.

use domain::CompanyId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::columns::first;
use crate::entities::{agents, api_keys, connections};
use crate::{Agent, ApiKey, Connection, Result, Store};

impl Store {
    /// The key of a hash (SHA-256), unless it was withdrawn.
    pub async fn api_key_by_hash(&self, hash: &[u8; 32]) -> Result<Option<(CompanyId, ApiKey)>> {
        let row = api_keys::Entity::find()
            .filter(api_keys::Column::Hash.eq(hash.to_vec()))
            .filter(api_keys::Column::RevokedAt.is_null())
            .one(&self.readers)
            .await?;
        row.map(|row| Ok((CompanyId(row.company_id), row.try_into()?))).transpose()
    }

    /// The connection whose webhooks are sent to this token.
    pub async fn connection_by_webhook_token(&self, token: &str) -> Result<Option<(CompanyId, Connection)>> {
        let find = connections::Entity::find().filter(connections::Column::WebhookToken.eq(token));
        let row = first(find, &self.readers).await?;
        row.map(|row| Ok((CompanyId(row.company_id), row.try_into()?))).transpose()
    }

    /// The phone agent of this token.
    pub async fn agent_by_token(&self, token: &str) -> Result<Option<(CompanyId, Agent)>> {
        let row = agents::Entity::find().filter(agents::Column::Token.eq(token)).one(&self.readers).await?;
        Ok(row.map(|row| (CompanyId(row.company_id), row.into())))
    }
}
