//! Reports of runs: lists of them, how much each found, and which one came before.

use std::collections::HashMap;

use domain::{CompanyId, ConnectionId, VerificationId};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::Verification;
use crate::columns::padded;
use crate::entities::{findings, verifications};
use crate::{Error, Page, Result, Store};

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
    /// [`Error::InvalidCursor`].
    pub async fn verifications_page(
        &self,
        company: CompanyId,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Verification>> {
        let cursor = cursor.map(read).transpose()?;
        let older = cursor.is_none_or(|(older, _)| older);
        // Ids of runs begin with their time.
        let id = verifications::Column::Id;
        let mut query = verifications::Entity::find().filter(verifications::Column::CompanyId.eq(company.0));
        if let Some((_, here)) = cursor {
            query = query.filter(if older { id.lt(here) } else { id.gt(here) });
        }
        let query = if older { query.order_by_desc(id) } else { query.order_by_asc(id) };
        let mut rows = query.limit(limit + 1).all(&self.readers).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        if !older {
            rows.reverse();
        }
        let (after, before) = if older { (more, cursor.is_some()) } else { (true, more) };
        let next = rows.last().filter(|_| after).map(|row| format!("n{}", row.id.simple()));
        let prev = rows.first().filter(|_| before).map(|row| format!("p{}", row.id.simple()));
        let items = rows.into_iter().map(Verification::try_from).collect::<Result<_>>()?;
        Ok(Page { items, next, prev })
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

/// Whether it leads to older runs, and the run that it is beside.
fn read(cursor: &str) -> Result<(bool, Uuid)> {
    let older = match cursor.chars().next() {
        Some('n') => true,
        Some('p') => false,
        _ => return Err(Error::InvalidCursor),
    };
    let id = Uuid::parse_str(&cursor[1..]).map_err(|_| Error::InvalidCursor)?;
    Ok((older, id))
}
