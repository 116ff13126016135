//! What the inbox keeps, for people: lists of deliveries, what they did with them, and processing them again.

use std::collections::HashMap;

use domain::appointment::{Actor, Origin};
use domain::timeline::Entry;
use domain::{AppointmentId, CompanyId, ConnectionId, DeliveryId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use serde::{Deserialize, Serialize};

use super::{Delivery, Verdict};
use crate::columns::{at_most, from_json, instant, millis, padded, to_json};
use crate::cursor::newest_first;
use crate::entities::{booking_uids, deliveries, delivery_entries, detections, entries};
use crate::unit_of_work::Tx;
use crate::{Error, Page, Result, Store};

/// The effect of a delivery that does not concern the company: its content is not kept.
const FOREIGN: &str = "out_of_scope";

/// What people are told of a delivery: the verdict, and what turned out when it was processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// It is genuine, and about something of this company.
    Valid,
    /// So it is, and tells of something long ago.
    Stale,
    /// It is one that came more than once.
    Repeat,
    /// It is genuine, and about nothing of this company.
    Foreign,
    /// It is genuine, and nothing that is understood.
    Unreadable,
    /// It is not signed with our secret.
    BadSignature,
    /// Cal.com has no secret to sign with.
    NoSecret,
}

impl Judgement {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Valid,
        Self::Stale,
        Self::Repeat,
        Self::Foreign,
        Self::Unreadable,
        Self::BadSignature,
        Self::NoSecret,
    ];

    /// The name, as it stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Stale => "stale",
            Self::Repeat => "repeat",
            Self::Foreign => "foreign",
            Self::Unreadable => "unreadable",
            Self::BadSignature => "bad_signature",
            Self::NoSecret => "no_secret",
        }
    }

    /// The judgement of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|judgement| judgement.as_str() == name)
    }
}

impl Delivery {
    /// What people are told of it. That it came more than once is told by its number of repetitions.
    pub fn judgement(&self) -> Judgement {
        match self.verdict {
            _ if self.effect.as_deref() == Some(FOREIGN) => Judgement::Foreign,
            Verdict::Accepted => Judgement::Valid,
            Verdict::Stale => Judgement::Stale,
            Verdict::Unreadable => Judgement::Unreadable,
            Verdict::BadSignature => Judgement::BadSignature,
            Verdict::NoSecret => Judgement::NoSecret,
        }
    }

    /// Whether it can be processed again: it was processed, and its body is still there.
    pub fn can_be_replayed(&self) -> bool {
        self.verdict.is_processed() && self.processed_at.is_some() && !self.body.is_empty()
    }
}

/// Which deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only these; all if there are none.
    pub ids: Vec<DeliveryId>,
    /// Of this account.
    pub connection: Option<ConnectionId>,
    /// Of which people are told so.
    pub judgement: Option<Judgement>,
    /// With one of these effects; whatever it is, if there are none.
    pub effects: Vec<String>,
    /// That wait to be processed.
    pub waiting: bool,
    /// That tell of this.
    pub trigger: Option<String>,
    /// That came at this instant or later.
    pub from: Option<Timestamp>,
    /// That came before this instant.
    pub until: Option<Timestamp>,
}

/// What somebody did with a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeliveryDeed {
    /// Read its whole body.
    Revealed,
    /// Had it processed again.
    Replayed {
        /// What it had led to before.
        effect: Option<String>,
    },
}

/// What somebody did with a delivery, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub deed: DeliveryDeed,
}

impl TryFrom<delivery_entries::Model> for DeliveryEntry {
    type Error = Error;

    fn try_from(row: delivery_entries::Model) -> Result<Self> {
        Ok(Self {
            at: instant(row.at)?,
            actor: from_json("delivery_entries.actor", row.actor)?,
            deed: from_json("delivery_entries.what", row.what)?,
        })
    }
}

impl Store {
    /// A page of at most `limit` deliveries, the newest first. `cursor` is one that a page of the same filter gave out.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`].
    pub async fn deliveries(
        &self,
        company: CompanyId,
        filter: &DeliveryFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Delivery>> {
        let by = (deliveries::Column::Id, |row: &deliveries::Model| row.id);
        let page = newest_first(found(company, filter), by, cursor, limit, &self.readers).await?;
        let items = page.items.into_iter().map(Delivery::try_from).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next, prev: page.prev })
    }

    /// A delivery, and what people did with it, in that order.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delivery(
        &self,
        company: CompanyId,
        id: DeliveryId,
    ) -> Result<(Delivery, Vec<DeliveryEntry>)> {
        let row = deliveries::Entity::find_by_id((company.0, id.0)).one(&self.readers).await?;
        let entries = delivery_entries::Entity::find()
            .filter(delivery_entries::Column::CompanyId.eq(company.0))
            .filter(delivery_entries::Column::DeliveryId.eq(id.0))
            .order_by_asc(delivery_entries::Column::Seq)
            .all(&self.readers)
            .await?;
        let entries = entries.into_iter().map(DeliveryEntry::try_from).collect::<Result<_>>()?;
        Ok((row.ok_or(Error::NotFound)?.try_into()?, entries))
    }

    /// A delivery with its whole body, for somebody who reads it; that is written down first.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn reveal_delivery(
        &self,
        company: CompanyId,
        id: DeliveryId,
        by: Actor,
        now: Timestamp,
    ) -> Result<Delivery> {
        self.write(move |tx| {
            Box::pin(async move {
                let row = deliveries::Entity::find_by_id((company.0, id.0)).one(&**tx).await?;
                let delivery = row.ok_or(Error::NotFound)?.try_into()?;
                note(tx, company, id, &by, &DeliveryDeed::Revealed, now).await?;
                Ok(delivery)
            })
        })
        .await
    }

    /// How many deliveries [`Store::replay_deliveries`] would take of a filter.
    pub async fn count_replayable(&self, company: CompanyId, filter: &DeliveryFilter) -> Result<u64> {
        use sea_orm::PaginatorTrait as _;
        Ok(found(company, filter).filter(replayable()).count(&self.readers).await?)
    }

    /// Lets the next `limit` deliveries that can be processed again, after the one that is named, wait to be so, and
    /// writes down who wanted it. Returns them, the oldest first; fewer than `limit` are the last.
    pub async fn replay_deliveries(
        &self,
        company: CompanyId,
        filter: &DeliveryFilter,
        after: Option<DeliveryId>,
        limit: u64,
        by: Actor,
        now: Timestamp,
    ) -> Result<Vec<DeliveryId>> {
        let mut query = found(company, filter).filter(replayable());
        if let Some(after) = after {
            query = query.filter(deliveries::Column::Id.gt(after.0));
        }
        let query = query.order_by_asc(deliveries::Column::Id);
        self.write(move |tx| {
            Box::pin(async move {
                let rows = at_most(query, limit, &**tx).await?;
                let mut taken = Vec::with_capacity(rows.len());
                for row in rows {
                    let id = DeliveryId(row.id);
                    note(tx, company, id, &by, &DeliveryDeed::Replayed { effect: row.effect }, now).await?;
                    taken.push(id);
                }
                deliveries::Entity::update_many()
                    .set(deliveries::ActiveModel {
                        processed_at: Set(None),
                        effect: Set(None),
                        ..Default::default()
                    })
                    .col_expr(
                        deliveries::Column::FirstProcessedAt,
                        Expr::col(deliveries::Column::FirstProcessedAt)
                            .if_null(Expr::col(deliveries::Column::ProcessedAt)),
                    )
                    .filter(deliveries::Column::CompanyId.eq(company.0))
                    .filter(deliveries::Column::Id.is_in(padded(taken.iter().map(|id| id.0).collect())))
                    .exec(&**tx)
                    .await?;
                Ok(taken)
            })
        })
        .await
    }

    /// What was taken over from Cal.com in these appointments, each change after the delivery of the appointment that
    /// was processed last before it: `None` if there was none, or if by then it had been found by asking. In the order
    /// in which it happened.
    pub async fn taken_over(
        &self,
        company: CompanyId,
        ids: &[AppointmentId],
    ) -> Result<Vec<(AppointmentId, Option<DeliveryId>, Entry)>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = padded(ids.iter().map(|id| id.0).collect::<Vec<_>>());
        let changes = entries::Entity::find()
            .filter(entries::Column::CompanyId.eq(company.0))
            .filter(entries::Column::AppointmentId.is_in(ids.clone()))
            .filter(entries::Column::Origin.eq(Origin::Calcom.as_str()))
            .order_by_asc(entries::Column::AppointmentId)
            .order_by_asc(entries::Column::Seq)
            .all(&self.readers)
            .await?;
        let processed: Vec<(uuid::Uuid, uuid::Uuid, Option<i64>, Option<i64>)> = deliveries::Entity::find()
            .select_only()
            .columns([
                deliveries::Column::Id,
                deliveries::Column::AppointmentId,
                deliveries::Column::ProcessedAt,
                deliveries::Column::FirstProcessedAt,
            ])
            .filter(deliveries::Column::CompanyId.eq(company.0))
            .filter(deliveries::Column::AppointmentId.is_in(ids.clone()))
            .into_tuple()
            .all(&self.readers)
            .await?;
        let found = self.found_by_asking(company, ids).await?;
        let before = |row: &entries::Model| {
            let of = processed.iter().filter(|(_, about, ..)| *about == row.appointment_id);
            let times = of.flat_map(|(id, _, last, first)| [*last, *first].map(|at| (at, *id)));
            let times = times.filter_map(|(at, id)| Some((at.filter(|at| *at <= row.at)?, id)));
            let (at, id) = times.max()?;
            let is_late = |(of, found): &(uuid::Uuid, i64)| {
                *of == row.appointment_id && (at + 1..=row.at).contains(found)
            };
            (!found.iter().any(is_late)).then_some(DeliveryId(id))
        };
        changes
            .into_iter()
            .map(|row| Ok((AppointmentId(row.appointment_id), before(&row), row.try_into()?)))
            .collect()
    }

    /// When changes of the bookings of these appointments were found that no webhook had told of.
    async fn found_by_asking(
        &self,
        company: CompanyId,
        ids: Vec<uuid::Uuid>,
    ) -> Result<Vec<(uuid::Uuid, i64)>> {
        let uids: Vec<(String, uuid::Uuid)> = booking_uids::Entity::find()
            .select_only()
            .columns([booking_uids::Column::Uid, booking_uids::Column::AppointmentId])
            .filter(booking_uids::Column::CompanyId.eq(company.0))
            .filter(booking_uids::Column::AppointmentId.is_in(ids))
            .into_tuple()
            .all(&self.readers)
            .await?;
        let of: HashMap<_, _> = uids.into_iter().collect();
        let found: Vec<(String, i64)> = detections::Entity::find()
            .select_only()
            .columns([detections::Column::Uid, detections::Column::FoundAt])
            .filter(detections::Column::CompanyId.eq(company.0))
            .filter(detections::Column::Uid.is_in(padded(of.keys().cloned().collect())))
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(found.into_iter().filter_map(|(uid, at)| Some((*of.get(&uid)?, at))).collect())
    }
}

fn found(company: CompanyId, filter: &DeliveryFilter) -> Select<deliveries::Entity> {
    use deliveries::Column;
    let DeliveryFilter { ids, connection, judgement, effects, waiting, trigger, from, until } = filter;
    let some = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
    let condition = Condition::all()
        .add(Column::CompanyId.eq(company.0))
        .add_option((!ids.is_empty()).then(|| Column::Id.is_in(padded(ids.iter().map(|id| id.0).collect()))))
        .add_option(connection.map(|connection| Column::ConnectionId.eq(connection.0)))
        .add_option(judgement.map(judged))
        .add_option(some(effects).map(|effects| Column::Effect.is_in(padded(effects))))
        .add_option(waiting.then(|| Column::ProcessedAt.is_null()))
        .add_option(trigger.as_ref().map(|trigger| Column::TriggerEvent.eq(trigger.as_str())))
        .add_option(from.map(|from| Column::ReceivedAt.gte(millis(from))))
        .add_option(until.map(|until| Column::ReceivedAt.lt(millis(until))));
    deliveries::Entity::find().filter(condition)
}

/// As [`Delivery::judgement`] says.
fn judged(judgement: Judgement) -> Condition {
    use deliveries::Column;
    let concerns_us = Condition::any().add(Column::Effect.is_null()).add(Column::Effect.ne(FOREIGN));
    let with = |verdict: Verdict| {
        Condition::all().add(Column::Verdict.eq(verdict.as_str())).add(concerns_us.clone())
    };
    match judgement {
        Judgement::Valid => with(Verdict::Accepted),
        Judgement::Stale => with(Verdict::Stale),
        Judgement::Unreadable => with(Verdict::Unreadable),
        Judgement::BadSignature => with(Verdict::BadSignature),
        Judgement::NoSecret => with(Verdict::NoSecret),
        Judgement::Foreign => Condition::all().add(Column::Effect.eq(FOREIGN)),
        Judgement::Repeat => Condition::all().add(Column::Repeats.gt(0)),
    }
}

/// As [`Delivery::can_be_replayed`] says.
fn replayable() -> Condition {
    use deliveries::Column;
    let processed = Verdict::ALL.into_iter().filter(|verdict| verdict.is_processed());
    Condition::all()
        .add(Column::Verdict.is_in(processed.map(Verdict::as_str)))
        .add(Column::ProcessedAt.is_not_null())
        .add(Column::Body.ne(""))
}

async fn note(
    tx: &Tx,
    company: CompanyId,
    id: DeliveryId,
    by: &Actor,
    deed: &DeliveryDeed,
    now: Timestamp,
) -> Result<()> {
    let last: Option<Option<i64>> = delivery_entries::Entity::find()
        .select_only()
        .column_as(Expr::col(delivery_entries::Column::Seq).max(), "last")
        .filter(delivery_entries::Column::CompanyId.eq(company.0))
        .filter(delivery_entries::Column::DeliveryId.eq(id.0))
        .into_tuple()
        .one(&**tx)
        .await?;
    let row = delivery_entries::Model {
        company_id: company.0,
        delivery_id: id.0,
        seq: last.flatten().unwrap_or(0) + 1,
        at: millis(now),
        actor: to_json(by)?,
        what: to_json(deed)?,
    };
    delivery_entries::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    Ok(())
}
