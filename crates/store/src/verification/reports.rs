//! Reports of runs: lists of them, how much each found, and which one came before.

use std::collections::HashMap;

use domain::{CompanyId, ConnectionId, VerificationId};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::Verification;
use crate::columns::padded;
use crate::cursor::newest_first;
use crate::entities::{findings, verifications};
use crate::{Page, Result, Store};

#[derive(FromQueryResult)]
struct Tally {
    verification_id: Uuid,
    found: i64,
    healed: i64,
}

impl Store {
    /// A page of at most `limit` runs of a company, the last first. `cursor` is one that a page gave out.
    ///
    /// # Errors
    /// [`crate::Error::InvalidCursor`].
    pub async fn verifications_page(
        &self,
        company: CompanyId,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Verification>> {
        let query = verifications::Entity::find().filter(verifications::Column::CompanyId.eq(company.0));
        let by = (verifications::Column::Id, |row: &verifications::Model| row.id);
        let page = newest_first(query, by, cursor, limit, &self.readers).await?;
        let items = page.items.into_iter().map(Verification::try_from).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next, prev: page.prev })
    }

    /// How many bookings each of these runs found not to be as they were known, and how many of them have healed.
    /// Runs that found none are left out.
    pub async fn findings_counted(
        &self,
        company: CompanyId,
        ids: &[VerificationId],
    ) -> Result<HashMap<VerificationId, (u64, u64)>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<Tally> = findings::Entity::find()
            .select_only()
            .column(findings::Column::VerificationId)
            .column_as(findings::Column::Uid.count(), "found")
            .column_as(findings::Column::HealedAt.count(), "healed")
            .filter(findings::Column::CompanyId.eq(company.0))
            .filter(findings::Column::VerificationId.is_in(padded(ids.iter().map(|id| id.0).collect())))
            .group_by(findings::Column::VerificationId)
            .into_model()
            .all(&self.readers)
            .await?;
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        let rows = rows.into_iter();
        Ok(rows
            .map(|row| (VerificationId(row.verification_id), (count(row.found), count(row.healed))))
            .collect())
    }

    /// The last run of an account that has come to its end; of those that began before `run`, if one is named.
    pub async fn last_verification(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        run: Option<&Verification>,
    ) -> Result<Option<Verification>> {
        let mut query = verifications::Entity::find()
            .filter(verifications::Column::CompanyId.eq(company.0))
            .filter(verifications::Column::ConnectionId.eq(connection.0))
            .filter(verifications::Column::FinishedAt.is_not_null());
        if let Some(run) = run {
            query = query
                .filter(verifications::Column::StartedAt.lte(crate::columns::millis(run.started_at)))
                .filter(verifications::Column::Id.ne(run.id.0));
        }
        let row = query
            .order_by_desc(verifications::Column::StartedAt)
            .order_by_desc(verifications::Column::Id)
            .one(&self.readers)
            .await?;
        row.map(Verification::try_from).transpose()
    }
}
