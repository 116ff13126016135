//! The webhook inbox: what Cal.com delivered, stored before it is answered, processed after.

use domain::{AppointmentId, BookingUid, CompanyId, ConnectionId, DeliveryId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, Statement};

use crate::columns::{instant, instant_opt, millis, text};
use crate::entities::deliveries;
use crate::{Error, Lease, Result, Store};

/// The verdict of a delivery that waits to be processed. Others (a bad signature, …) are kept as evidence
/// and never processed.
pub const ACCEPTED: &str = "accepted";

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
    /// [`ACCEPTED`], or why it is not.
    pub verdict: String,
    /// The body as it came; empty if it must not be kept.
    pub body: String,
    /// SHA-256 of the body as it came: a repeated delivery is told by it.
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
    /// [`ACCEPTED`], or why it is not.
    pub verdict: String,
    /// The body; empty if it was not kept.
    pub body: String,
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
}

impl TryFrom<deliveries::Model> for Delivery {
    type Error = Error;

    fn try_from(row: deliveries::Model) -> Result<Self> {
        Ok(Self {
            id: DeliveryId(row.id),
            connection: ConnectionId(row.connection_id),
            received_at: instant(row.received_at)?,
            trigger: row.trigger_event,
            verdict: row.verdict,
            body: row.body,
            uid: row.uid.map(BookingUid),
            created_at_remote: instant_opt(row.created_at_remote)?,
            effect: row.effect,
            appointment_id: row.appointment_id.map(AppointmentId),
            processed_at: instant_opt(row.processed_at)?,
        })
    }
}

impl Store {
    /// Stores a delivery. When this returns, it is safe.
    pub async fn receive(&self, company: CompanyId, new: NewDelivery) -> Result<Received> {
        let waits = new.verdict == ACCEPTED;
        let row = deliveries::Model {
            company_id: company.0,
            id: new.id.0,
            connection_id: new.connection.0,
            received_at: millis(new.received_at),
            created_at_remote: new.created_at_remote.map(millis),
            trigger_event: new.trigger.as_deref().map(text),
            verdict: new.verdict,
            body: text(&new.body),
            body_hash: new.body_hash.to_vec(),
            uid: new.uid.map(|uid| text(&uid.0)),
            effect: None,
            appointment_id: None,
            processed_at: (!waits).then_some(millis(new.received_at)),
        };
        self.write(move |tx| {
            Box::pin(async move {
                let inserted = deliveries::Entity::insert(row.into_active_model())
                    .on_conflict_do_nothing_on([
                        deliveries::Column::CompanyId,
                        deliveries::Column::ConnectionId,
                        deliveries::Column::BodyHash,
                    ])
                    .exec_without_returning(&**tx)
                    .await?;
                Ok(match inserted {
                    sea_orm::TryInsertResult::Inserted(1..) => Received::New,
                    _ => Received::Repeat,
                })
            })
        })
        .await
    }

    /// The deliveries of a lane that wait, in the order in which they came.
    pub async fn waiting_deliveries(&self, lease: &Lease, limit: u64) -> Result<Vec<Delivery>> {
        // The limit is part of the text: SQLite plans a statement anew for each value that is bound to one.
        let sql = format!(
            "SELECT * FROM deliveries WHERE company_id = $1 AND connection_id = $2 AND processed_at IS NULL \
             ORDER BY received_at, id LIMIT {limit}"
        );
        let values = [lease.company.0.into(), lease.connection.0.into()];
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
