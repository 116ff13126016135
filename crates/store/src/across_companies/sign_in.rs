//! Signing in: whose address it is, and whose session.

use domain::people::User;
use domain::{CompanyId, Email, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use crate::columns::{instant, millis};
use crate::entities::{sessions, users};
use crate::{Error, Result, Store};

/// A session to be opened. Only the hash of its token is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// SHA-256 of the token in the cookie.
    pub token_hash: [u8; 32],
    /// Who signed in.
    pub user_id: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Store {
    /// The user of an address, with the hash of the password.
    pub async fn user_for_sign_in(&self, email: &Email) -> Result<Option<(CompanyId, User, String)>> {
        let row =
            users::Entity::find().filter(users::Column::Email.eq(email.as_str())).one(&self.readers).await?;
        row.map(|row| {
            let (company, hash) = (CompanyId(row.company_id), row.password_hash.clone());
            Ok((company, row.try_into()?, hash))
        })
        .transpose()
    }

    /// Opens a session, and forgets the sessions of this user that are over.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the company has no such user.
    pub async fn open_session(&self, company: CompanyId, new: NewSession, now: Timestamp) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                sessions::Entity::delete_many()
                    .filter(sessions::Column::CompanyId.eq(company.0))
                    .filter(sessions::Column::UserId.eq(new.user_id.0))
                    .filter(sessions::Column::ExpiresAt.lte(millis(now)))
                    .exec(&**tx)
                    .await?;
                let row = sessions::Model {
                    token_hash: new.token_hash.to_vec(),
                    company_id: company.0,
                    user_id: new.user_id.0,
                    created_at: millis(now),
                    last_seen_at: millis(now),
                    expires_at: millis(new.expires_at),
                };
                sessions::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("session"))?;
                Ok(())
            })
        })
        .await
    }

    /// Whose session it is, unless it is over.
    pub async fn session_by_token_hash(
        &self,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(CompanyId, User, Session)>> {
        let found = sessions::Entity::find_by_id(token_hash.to_vec())
            .filter(sessions::Column::ExpiresAt.gt(millis(now)))
            .one(&self.readers)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let Some(user) = users::Entity::find_by_id((row.company_id, row.user_id)).one(&self.readers).await?
        else {
            return Ok(None);
        };
        let session = Session {
            created_at: instant(row.created_at)?,
            last_seen_at: instant(row.last_seen_at)?,
            expires_at: instant(row.expires_at)?,
        };
        Ok(Some((CompanyId(row.company_id), user.try_into()?, session)))
    }

    /// Notes that a session was used, and prolongs it to `expires_at`.
    pub async fn touch_session(
        &self,
        token_hash: &[u8; 32],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        let hash = token_hash.to_vec();
        self.write(move |tx| {
            Box::pin(async move {
                let change = sessions::ActiveModel {
                    last_seen_at: Set(millis(now)),
                    expires_at: Set(millis(expires_at)),
                    ..Default::default()
                };
                sessions::Entity::update_many()
                    .set(change)
                    .filter(sessions::Column::TokenHash.eq(hash))
                    .exec(&**tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Ends a session. Ending one that is not there does nothing.
    pub async fn close_session(&self, token_hash: &[u8; 32]) -> Result<()> {
        let hash = token_hash.to_vec();
        self.write(move |tx| {
            Box::pin(async move {
                sessions::Entity::delete_by_id(hash).exec(&**tx).await?;
                Ok(())
            })
        })
        .await
    }
}
