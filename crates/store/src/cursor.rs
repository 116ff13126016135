//! Pages of lists that go by ids, which begin with their time: the newest first, walked both ways.

use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::columns::at_most;
use crate::{Error, Page, Result};

/// A page of at most `limit` rows. `cursor` is one that a page of the same rows gave out; `id` is the column that they
/// go by, and how a row's is read.
pub(crate) async fn newest_first<E: EntityTrait>(
    mut query: Select<E>,
    (column, id): (E::Column, impl Fn(&E::Model) -> Uuid),
    cursor: Option<&str>,
    limit: u64,
    db: &DatabaseConnection,
) -> Result<Page<E::Model>> {
    let cursor = cursor.map(read).transpose()?;
    let older = cursor.is_none_or(|(older, _)| older);
    if let Some((_, here)) = cursor {
        query = query.filter(if older { column.lt(here) } else { column.gt(here) });
    }
    let query = if older { query.order_by_desc(column) } else { query.order_by_asc(column) };
    let mut rows = at_most(query, limit + 1, db).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if !older {
        rows.reverse();
    }
    let (after, before) = if older { (more, cursor.is_some()) } else { (true, more) };
    let next = rows.last().filter(|_| after).map(|row| format!("n{}", id(row).simple()));
    let prev = rows.first().filter(|_| before).map(|row| format!("p{}", id(row).simple()));
    Ok(Page { items: rows, next, prev })
}

/// Whether it leads to older rows, and the row that it is beside.
fn read(cursor: &str) -> Result<(bool, Uuid)> {
    let older = match cursor.chars().next() {
        Some('n') => true,
        Some('p') => false,
        _ => return Err(Error::InvalidCursor),
    };
    let id = Uuid::parse_str(&cursor[1..]).map_err(|_| Error::InvalidCursor)?;
    Ok((older, id))
}
