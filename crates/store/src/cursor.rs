//! Pages of lists that go by ids, which begin with their time: the newest first, walked both ways.

use sea_orm::prelude::Uuid;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, Select,
};

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
    let way = Way { forward: older, begins: cursor.is_none() };
    let name = |forward, row: &E::Model| format!("{}{}", if forward { 'n' } else { 'p' }, id(row).simple());
    page(query, limit, way, name, db).await
}

/// How a list is walked.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    /// On from a cursor or from the beginning, and not back.
    pub forward: bool,
    /// From the beginning.
    pub begins: bool,
}

/// A page of at most `limit` rows, in the order of the list. The query is ordered in the direction of the walk and begins
/// beside the cursor; `name` gives out the cursor that leads forward or back from a row.
pub(crate) async fn page<E: EntityTrait>(
    query: Select<E>,
    limit: u64,
    Way { forward, begins }: Way,
    name: impl Fn(bool, &E::Model) -> String,
    db: &impl ConnectionTrait,
) -> Result<Page<E::Model>> {
    let mut rows = at_most(query, limit + 1, db).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if !forward {
        rows.reverse();
    }
    let (after, before) = if forward { (more, !begins) } else { (true, more) };
    let next = rows.last().filter(|_| after).map(|row| name(true, row));
    let prev = rows.first().filter(|_| before).map(|row| name(false, row));
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
