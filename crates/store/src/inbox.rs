//! The webhook inbox: what Cal.com delivered, stored before it is answered, processed after.
//!
//! What came without our signature is kept as evidence, and bounded: nobody fills the disk by knocking.

pub(crate) mod kept;

use domain::{AppointmentId, BookingUid, CompanyId, ConnectionId, DeliveryId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, Statement};

use crate::columns::{instant, instant_opt, millis, named, text};
use crate::entities::deliveries;
use crate::unit_of_work::Tx;
use crate::{Error, Lease, Result, Store};

/// How many refused deliveries of a connection are kept: the latest.
const REFUSED_KEPT: u64 = 100;

/// What waits to be processed. Of the index of that, three columns are asked for: by two SQLite takes it for no better
/// than those of everything that ever came for a connection, and reads that.
pub(crate) const WAITING: &str = "processed_at IS NULL AND received_at > 0";

/// Whether a delivery is believed, decided when it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is genuine and new: it is processed.
    Accepted,
    /// It is genuine and tells of something long ago. It is processed like any other, because it is only a hint.
    Stale,
    /// It is genuine and nothing that is understood.
    Unreadable,
    /// It is not signed with our secret.
    BadSignature,
    /// Cal.com has no secret to sign with.
    NoSecret,
}

impl Verdict {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::Accepted, Self::Stale, Self::Unreadable, Self::BadSignature, Self::NoSecret];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Stale => "stale",
            Self::Unreadable => "unreadable",
            Self::BadSignature => "bad_signature",
            Self::NoSecret => "no_secret",
        }
    }

    /// The verdict of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }

    /// Whether it is processed.
    pub fn is_processed(self) -> bool {
        matches!(self, Self::Accepted | Self::Stale)
    }

    /// Whether the sender was turned away.
    pub fn is_refused(self) -> bool {
        matches!(self, Self::BadSignature | Self::NoSecret)
    }
}

/// A delivery that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose webhook address it came to.
    pub connection: ConnectionId,
    /// Our time.
    pub received_at: Timestamp,
    /// What it says happened (`triggerEvent`).
    pub trigger: Option<String>,
    /// Whether it is believed.
    pub verdict: Verdict,
    /// The body as it came; empty if it must not be kept.
    pub body: String,
    /// SHA-256 of the body as it came: a repeated delivery is told by it. That of a refused one must not be that of a
    /// genuine one with the same body, which would be taken for its repetition.
    pub body_hash: [u8; 32],
    /// The booking that it is about.
    pub uid: Option<BookingUid>,
    /// Cal.com's time (`createdAt`).
    pub created_at_remote: Option<Timestamp>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is stored.
    New,
    /// The same body came to the same connection before.
    Repeat,
}

/// A delivery that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose webhook address it came to.
    pub connection: ConnectionId,
    /// Our time.
    pub received_at: Timestamp,
    /// What it says happened.
    pub trigger: Option<String>,
    /// Whether it is believed.
    pub verdict: Verdict,
    /// The body; empty if it was not kept.
    pub body: String,
    /// By which a repetition is told.
    pub body_hash: Vec<u8>,
    /// The booking that it is about.
    pub uid: Option<BookingUid>,
    /// Cal.com's time.
    pub created_at_remote: Option<Timestamp>,
    /// What it changed, once it was processed.
    pub effect: Option<String>,
    /// The appointment that it turned out to be about.
    pub appointment_id: Option<AppointmentId>,
    /// When it was processed.
    pub processed_at: Option<Timestamp>,
    /// How often the same body came again.
    pub repeats: u64,
    /// When it came last, if it came again.
    pub repeated_at: Option<Timestamp>,
}

impl TryFrom<deliveries::Model> for Delivery {
    type Error = Error;

    fn try_from(row: deliveries::Model) -> Result<Self> {
        Ok(Self {
            id: DeliveryId(row.id),
            connection: ConnectionId(row.connection_id),
            received_at: instant(row.received_at)?,
            trigger: row.trigger_event,
            verdict: named("deliveries.verdict", &row.verdict, Verdict::from_name)?,
            body: row.body,
            body_hash: row.body_hash,
            uid: row.uid.map(BookingUid),
            created_at_remote: instant_opt(row.created_at_remote)?,
            effect: row.effect,
            appointment_id: row.appointment_id.map(AppointmentId),
            processed_at: instant_opt(row.processed_at)?,
            repeats: row.repeats.unsigned_abs(),
            repeated_at: instant_opt(row.repeated_at)?,
        })
    }
}

impl Store {
    /// Stores a delivery, or that it came again. When this returns, it is safe. Of those that were refused the latest
    /// [`REFUSED_KEPT`] of a connection stay.
    pub async fn receive(&self, company: CompanyId, new: NewDelivery) -> Result<Received> {
        let verdict = new.verdict;
        let row = deliveries::Model {
            company_id: company.0,
            id: new.id.0,
            connection_id: new.connection.0,
            received_at: millis(new.received_at),
            created_at_remote: new.created_at_remote.map(millis),
            trigger_event: new.trigger.as_deref().map(text),
            verdict: verdict.as_str().to_owned(),
            body: text(&new.body),
            body_hash: new.body_hash.to_vec(),
            uid: new.uid.map(|uid| text(&uid.0)),
            effect: None,
            appointment_id: None,
            processed_at: (!verdict.is_processed()).then_some(millis(new.received_at)),
            first_processed_at: None,
            repeats: 0,
            repeated_at: None,
        };
        self.write(move |tx| {
            Box::pin(async move {
                let (connection, hash, now) = (row.connection_id, row.body_hash.clone(), row.received_at);
                let inserted = deliveries::Entity::insert(row.into_active_model())
                    .on_conflict_do_nothing_on([
                        deliveries::Column::CompanyId,
                        deliveries::Column::ConnectionId,
                        deliveries::Column::BodyHash,
                    ])
                    .exec_without_returning(&**tx)
                    .await?;
                if matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)) {
                    if verdict.is_refused() {
                        forget_refused(tx, company, new.connection).await?;
                    }
                    return Ok(Received::New);
                }
                deliveries::Entity::update_many()
                    .col_expr(deliveries::Column::Repeats, Expr::col(deliveries::Column::Repeats).add(1))
                    .col_expr(deliveries::Column::RepeatedAt, now.into())
                    .filter(deliveries::Column::CompanyId.eq(company.0))
                    .filter(deliveries::Column::ConnectionId.eq(connection))
                    .filter(deliveries::Column::BodyHash.eq(hash))
                    .exec(&**tx)
                    .await?;
                Ok(Received::Repeat)
            })
        })
        .await
    }

    /// The deliveries of a lane that wait, in the order in which they came; those that are processed again last.
    pub async fn waiting_deliveries(&self, lease: &Lease, limit: u64) -> Result<Vec<Delivery>> {
        let (sql, values) = (waiting_of_lane(limit), [lease.company.0.into(), lease.connection.0.into()]);
        let backend = self.readers.get_database_backend();
        deliveries::Entity::find()
            .from_raw_sql(Statement::from_sql_and_values(backend, sql, values))
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Delivery::try_from)
            .collect()
    }

    /// Notes what a delivery changed, and which appointment it is about. `scrub_body` forgets its body: what
    /// is out of scope is not kept.
    ///
    /// # Errors
    /// [`Error::Fenced`], [`Error::NotFound`].
    pub async fn settle_delivery(
        &self,
        lease: &Lease,
        id: DeliveryId,
        effect: &str,
        appointment_id: Option<AppointmentId>,
        scrub_body: bool,
        now: Timestamp,
    ) -> Result<()> {
        let (lease, effect) = (lease.clone(), effect.to_owned());
        self.write(move |tx| {
            Box::pin(async move {
                crate::work::check_fence(tx, lease.company, &lease, now).await?;
                let mut change = deliveries::ActiveModel {
                    effect: Set(Some(effect)),
                    appointment_id: Set(appointment_id.map(|id| id.0)),
                    processed_at: Set(Some(millis(now))),
                    ..Default::default()
                };
                if scrub_body {
                    change.body = Set(String::new());
                }
                let updated = deliveries::Entity::update_many()
                    .set(change)
                    .filter(deliveries::Column::CompanyId.eq(lease.company.0))
                    .filter(deliveries::Column::ConnectionId.eq(lease.connection.0))
                    .filter(deliveries::Column::Id.eq(id.0))
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}

/// Keeps the latest refused deliveries of a connection, and those that somebody has read.
async fn forget_refused(tx: &Tx, company: CompanyId, connection: ConnectionId) -> Result<()> {
    let refused = "company_id = $1 AND connection_id = $2 AND verdict IN ('bad_signature', 'no_secret')";
    let sql = format!(
        "DELETE FROM deliveries WHERE {refused} AND id <= \
         (SELECT id FROM deliveries WHERE {refused} ORDER BY id DESC LIMIT 1 OFFSET {REFUSED_KEPT}) \
         AND NOT EXISTS (SELECT 1 FROM delivery_entries e \
         WHERE e.company_id = deliveries.company_id AND e.delivery_id = deliveries.id)"
    );
    let values = [company.0.into(), connection.0.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The limit is part of the text: SQLite plans a statement anew for each value that is bound to one.
fn waiting_of_lane(limit: u64) -> String {
    format!(
        "SELECT * FROM deliveries d WHERE company_id = $1 AND connection_id = $2 AND {WAITING} \
         ORDER BY EXISTS (SELECT 1 FROM delivery_entries e \
         WHERE e.company_id = d.company_id AND e.delivery_id = d.id), received_at, id LIMIT {limit}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_all_that_ever_came_only_what_waits_is_read() {
        let ids = [sea_orm::prelude::Uuid::nil().into(), sea_orm::prelude::Uuid::nil().into()];
        let plan = crate::in_memory::plan(&waiting_of_lane(10), ids).await;
        let index = "SEARCH d USING INDEX deliveries_waiting (company_id=? AND connection_id=?";
        assert!(plan.iter().any(|step| step.starts_with(index)), "{plan:?}");
    }
}
