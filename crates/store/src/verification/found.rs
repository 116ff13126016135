//! What runs found, page by page: what is open first, then by the names at Cal.com.

use domain::{CompanyId, VerificationId};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect};

use super::Finding;
use crate::cursor::{Way, page};
use crate::entities::findings;
use crate::{Error, Page, Result, Store};

/// How many findings of one class a run has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingsOfClass {
    /// The class, by its name.
    pub class: String,
    /// All of them.
    pub found: u64,
    /// Those that have healed.
    pub healed: u64,
}

#[derive(FromQueryResult)]
struct Row {
    class: String,
    found: i64,
    healed: i64,
}

/// A place in the list: between a finding and the one after or before it.
struct Cursor<'a> {
    later: bool,
    healed: i64,
    uid: &'a str,
}

impl<'a> Cursor<'a> {
    fn read(text: &'a str) -> Result<Self> {
        let mut parts = text.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(way @ ("n" | "p")), Some(healed @ ("0" | "1")), Some(uid)) => {
                Ok(Self { later: way == "n", healed: i64::from(healed == "1"), uid })
            }
            _ => Err(Error::InvalidCursor),
        }
    }
}

fn cursor(later: bool, row: &findings::Model) -> String {
    let way = if later { 'n' } else { 'p' };
    format!("{way}.{}.{}", u8::from(row.healed_at.is_some()), row.uid)
}

impl Store {
    /// A page of at most `limit` findings of a run, of one class or of all. `cursor` is one that a page of the same class
    /// gave out.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`].
    pub async fn findings_page(
        &self,
        company: CompanyId,
        id: VerificationId,
        class: Option<&str>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Finding>> {
        use findings::Column::{Class, CompanyId as Company, Uid, VerificationId as Run};
        let place = cursor.map(Cursor::read).transpose()?;
        let later = place.as_ref().is_none_or(|place| place.later);
        let healed = || Expr::cust("CASE WHEN healed_at IS NULL THEN 0 ELSE 1 END");
        let mut query = findings::Entity::find().filter(Company.eq(company.0)).filter(Run.eq(id.0));
        if let Some(class) = class {
            query = query.filter(Class.eq(class));
        }
        if let Some(Cursor { healed: is_healed, uid, .. }) = place {
            let (row, here) =
                (Expr::tuple([healed(), Expr::col(Uid)]), Expr::tuple([is_healed.into(), uid.into()]));
            query = query.filter(if later { row.gt(here) } else { row.lt(here) });
        }
        let order = if later { Order::Asc } else { Order::Desc };
        let query = query.order_by(healed(), order.clone()).order_by(Uid, order);
        let way = Way { forward: later, begins: cursor.is_none() };
        let Page { items, next, prev } = page(query, limit, way, self::cursor, &self.readers).await?;
        let items = items.into_iter().map(Finding::try_from).collect::<Result<_>>()?;
        Ok(Page { items, next, prev })
    }

    /// How many findings of each class a run has; classes without any are left out.
    pub async fn findings_by_class(
        &self,
        company: CompanyId,
        id: VerificationId,
    ) -> Result<Vec<FindingsOfClass>> {
        let rows: Vec<Row> = findings::Entity::find()
            .select_only()
            .column(findings::Column::Class)
            .column_as(findings::Column::Uid.count(), "found")
            .column_as(findings::Column::HealedAt.count(), "healed")
            .filter(findings::Column::CompanyId.eq(company.0))
            .filter(findings::Column::VerificationId.eq(id.0))
            .group_by(findings::Column::Class)
            .order_by_asc(findings::Column::Class)
            .into_model()
            .all(&self.readers)
            .await?;
        let of_class = |row: Row| FindingsOfClass {
            class: row.class,
            found: row.found.unsigned_abs(),
            healed: row.healed.unsigned_abs(),
        };
        Ok(rows.into_iter().map(of_class).collect())
    }
}
