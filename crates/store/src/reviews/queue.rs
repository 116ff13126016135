//! Reading the queue.

use std::collections::BTreeSet;

use domain::review::{Deed, Item, ReviewCode, ReviewItem};
use domain::{AppointmentId, BookingUid, CompanyId, ConnectionId, ReviewId, Sighting};
use jiff::Timestamp;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Statement,
};

use super::ask::{Unknown, looked_at, of_booking};
use super::item;
use crate::appointments::case::columns;
use crate::columns::{at_most, from_json, from_json_opt, instant, millis, named, padded, text, to_json};
use crate::entities::{review_entries, reviews};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// Closed items that are kept in sight: the last ones.
pub const CLOSED_IN_SIGHT: u32 = 1000;

impl Store {
    /// The open questions about appointments, the oldest first, whether or not a person has set them aside.
    pub async fn reviews_open(&self, company: CompanyId, limit: u64) -> Result<Vec<ReviewItem>> {
        let open = reviews::Entity::find()
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::AppointmentId.is_not_null())
            .filter(reviews::Column::ClosedAt.is_null())
            .order_by_asc(reviews::Column::OpenedAt)
            .order_by_asc(reviews::Column::Id);
        let rows = at_most(open, limit, &self.readers).await?;
        rows.into_iter().map(ReviewItem::try_from).collect()
    }

    /// How many items wait for somebody at `now`.
    pub async fn count_reviews_open(&self, company: CompanyId, now: Timestamp) -> Result<u64> {
        let awake = Condition::any()
            .add(reviews::Column::SnoozedUntil.is_null())
            .add(reviews::Column::SnoozedUntil.lte(millis(now)));
        let open = reviews::Entity::find()
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::ClosedAt.is_null())
            .filter(reviews::Column::Aside.is_null())
            .filter(awake);
        Ok(open.count(&self.readers).await?)
    }

    /// Differs whenever something was opened, closed or done about what is open.
    pub(crate) async fn reviews_pulse(&self, company: CompanyId) -> Result<Option<i64>> {
        // Each new item adds more than what is done about the others.
        let sum = reviews::Column::Version.sum().add(reviews::Column::Id.count().mul(1_000_000));
        let sum = sum.cast_as("bigint");
        let sums: Vec<Option<i64>> = reviews::Entity::find()
            .select_only()
            .column_as(sum, "pulse")
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::ClosedAt.is_null())
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(sums.into_iter().next().flatten())
    }

    /// A booking that nobody here knew was looked at. What is asked about it closes; unless it takes place on an event
    /// type of ours and nobody can be written down for it: then people are asked. `there` is how it was seen then.
    pub async fn booking_looked_at(
        &self,
        company: CompanyId,
        (connection, uid): (ConnectionId, &BookingUid),
        there: Option<Sighting>,
        now: Timestamp,
    ) -> Result<()> {
        let uid = uid.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let Some(seen) = there else { return looked_at(tx, company, &uid, now).await };
                let starts_at = Some(millis(seen.facts.slot.start));
                let unknown = Unknown { connection, uid, starts_at };
                of_booking(tx, company, unknown, Some(to_json(&seen)?), now).await
            })
        })
        .await
    }

    /// Asks about a booking of an account that cannot be read, unless anything is asked about it already.
    pub async fn booking_unreadable(
        &self,
        company: CompanyId,
        (connection, uid): (ConnectionId, &BookingUid),
        now: Timestamp,
    ) -> Result<()> {
        let unknown = Unknown { connection, uid: uid.clone(), starts_at: None };
        self.write(move |tx| Box::pin(async move { of_booking(tx, company, unknown, None, now).await })).await
    }

    /// Those of `uids` that nobody here has to know, as a person has said.
    pub async fn bookings_set_aside(
        &self,
        company: CompanyId,
        uids: &[BookingUid],
    ) -> Result<BTreeSet<BookingUid>> {
        if uids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows: Vec<String> = reviews::Entity::find()
            .select_only()
            .column(reviews::Column::Detail)
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::Code.is_in(ReviewCode::OF_BOOKINGS.map(ReviewCode::as_str)))
            .filter(reviews::Column::Detail.is_in(padded(uids.iter().map(|uid| text(&uid.0)).collect())))
            .filter(reviews::Column::ClosedAt.is_null())
            .filter(reviews::Column::Aside.is_not_null())
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(BookingUid).collect())
    }

    /// How the booking was seen that nobody here knows and an open item is about.
    pub async fn unknown_booking(&self, company: CompanyId, id: ReviewId) -> Result<Option<Sighting>> {
        let row = reviews::Entity::find_by_id((company.0, id.0)).one(&self.readers).await?;
        from_json_opt("reviews.there", row.ok_or(Error::NotFound)?.there)
    }

    /// The items of the queue, in no order: all that are not closed, or the last that were.
    pub async fn reviews(&self, company: CompanyId, closed: bool) -> Result<Vec<Item>> {
        let which = if closed {
            format!("r.closed_at IS NOT NULL ORDER BY r.closed_at DESC LIMIT {CLOSED_IN_SIGHT}")
        } else {
            "r.closed_at IS NULL".to_owned()
        };
        let sql = format!("{} {which}", select());
        let backend = self.readers.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, [company.0.into()]);
        self.readers.query_all_raw(statement).await?.iter().map(read).collect()
    }

    /// One item.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn review(&self, company: CompanyId, id: ReviewId) -> Result<Item> {
        one(&self.readers, company, id).await
    }

    /// What people did about an item, in its order.
    pub async fn review_deeds(&self, company: CompanyId, id: ReviewId) -> Result<Vec<Deed>> {
        let rows = review_entries::Entity::find()
            .filter(review_entries::Column::CompanyId.eq(company.0))
            .filter(review_entries::Column::ReviewId.eq(id.0))
            .order_by_asc(review_entries::Column::Seq)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(Deed::try_from).collect()
    }

    /// What people did about the items of an appointment, and about which, in the order of time.
    pub async fn review_deeds_of(
        &self,
        company: CompanyId,
        appointment: AppointmentId,
    ) -> Result<Vec<(ReviewCode, Deed)>> {
        self.read(move |tx| Box::pin(async move { deeds_of(tx, company, appointment).await })).await
    }
}

async fn deeds_of(
    tx: &Tx,
    company: CompanyId,
    appointment: AppointmentId,
) -> Result<Vec<(ReviewCode, Deed)>> {
    let items = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::AppointmentId.eq(appointment.0))
        .all(&**tx)
        .await?;
    let mut deeds = Vec::new();
    for item in items {
        let code = named("reviews.code", &item.code, ReviewCode::from_name)?;
        let rows = review_entries::Entity::find()
            .filter(review_entries::Column::CompanyId.eq(company.0))
            .filter(review_entries::Column::ReviewId.eq(item.id))
            .order_by_asc(review_entries::Column::Seq)
            .all(&**tx)
            .await?;
        for row in rows {
            deeds.push((code, Deed::try_from(row)?));
        }
    }
    deeds.sort_by_key(|(_, deed)| deed.at);
    Ok(deeds)
}

impl TryFrom<review_entries::Model> for Deed {
    type Error = Error;

    fn try_from(row: review_entries::Model) -> Result<Self> {
        Ok(Self {
            at: instant(row.at)?,
            actor: from_json("review_entries.actor", row.actor)?,
            what: from_json("review_entries.what", row.what)?,
        })
    }
}

pub(super) async fn one(db: &impl ConnectionTrait, company: CompanyId, id: ReviewId) -> Result<Item> {
    let sql = format!("{} r.id = $2", select());
    let values = [company.0.into(), id.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut rows = db.query_all_raw(statement).await?;
    read(&rows.pop().ok_or(Error::NotFound)?)
}

/// Items with the times of their appointments.
fn select() -> String {
    format!(
        "SELECT {}, a.starts_at AS a_starts_at, a.ends_at AS a_ends_at FROM reviews r \
         LEFT JOIN appointments a ON a.company_id = r.company_id AND a.id = r.appointment_id \
         WHERE r.company_id = $1 AND",
        columns::<reviews::Entity>("r"),
    )
}

fn read(row: &QueryResult) -> Result<Item> {
    let start: Option<i64> = row.try_get("a_", "starts_at")?;
    let end: Option<i64> = row.try_get("a_", "ends_at")?;
    item(reviews::Model::from_query_result(row, "r_")?, start.zip(end))
}
