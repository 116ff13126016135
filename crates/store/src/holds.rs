//! Times that are held for somebody who has not decided yet, and the short names under which they were offered.
//!
//! A held time is a chair like that of an appointment, with an end: the guard against double bookings keeps everybody
//! else out of it, on every path. An end that has come is nobody's obstacle: whoever meets it takes it away.

use domain::appointment::{Appointment, Segment};
use domain::{CompanyId, Slot};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, JsonValue, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use sha2::{Digest, Sha256};

use crate::columns::{millis, padded, scrubbed};
use crate::dialect::postgres;
use crate::entities::{chairs, handles};
use crate::unit_of_work::Tx;
use crate::{Dialect, Result, Store};

/// For whom times are held: a call, a user, an API key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holder(String);

/// A time that is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Who would work when.
    pub segments: Vec<Segment>,
    /// What its name is to mean.
    pub target: JsonValue,
}

impl Holder {
    /// A phone call, by Retell's id of it.
    pub fn call(id: &str) -> Self {
        Self(format!("call {id}"))
    }

    /// An API key.
    pub fn key(id: domain::ApiKeyId) -> Self {
        Self(format!("key {id}"))
    }

    /// Its own name, as it stands in `chairs.taken_by`; no appointment has it.
    pub fn id(&self, company: CompanyId) -> Uuid {
        let hash =
            Sha256::new().chain_update(company.0.as_bytes()).chain_update(self.0.as_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

impl Store {
    /// Holds the times of `offers` until `until` in place of what was held for the holder before, and names them.
    /// A time that somebody else has by now gets no name. The same offer has the same name again.
    pub async fn offer(
        &self,
        company: CompanyId,
        holder: &Holder,
        offers: Vec<Offer>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Option<String>>> {
        let holder = holder.clone();
        self.write(move |tx| Box::pin(async move { hold(tx, company, &holder, offers, until, now).await }))
            .await
    }

    /// Names things for a holder, the same thing by the same name: `A1`, `A2`, … for `prefix` `A`.
    pub async fn name(
        &self,
        company: CompanyId,
        holder: &Holder,
        prefix: &'static str,
        targets: Vec<JsonValue>,
        now: Timestamp,
    ) -> Result<Vec<String>> {
        let holder = holder.clone();
        self.write(move |tx| {
            Box::pin(async move {
                alone(tx, holder.id(company)).await?;
                names(tx, company, &holder, prefix, targets, now).await
            })
        })
        .await
    }

    /// What a name means that the holder was told; `None` also where it names something of another kind.
    pub async fn named<T: serde::de::DeserializeOwned>(
        &self,
        company: CompanyId,
        holder: &Holder,
        name: &str,
    ) -> Result<Option<T>> {
        let key = (company.0, holder.0.clone(), name.to_owned());
        let row = crate::columns::first(handles::Entity::find_by_id(key), &self.readers).await?;
        Ok(row.and_then(|row| serde_json::from_value(row.target).ok()))
    }

    /// What the holder was told of the kind that `T` can be read from, by name; what was told last comes first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn told<T: serde::de::DeserializeOwned>(
        &self,
        company: CompanyId,
        holder: &Holder,
    ) -> Result<Vec<(String, T)>> {
        let rows = handles::Entity::find()
            .filter(handles::Column::CompanyId.eq(company.0))
            .filter(handles::Column::Holder.eq(holder.0.as_str()))
            .order_by_desc(handles::Column::MadeAt)
            .all(&self.readers)
            .await?;
        let read = |row: handles::Model| Some((row.name, serde_json::from_value(row.target).ok()?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Gives back whatever is held for a holder; says whether anything was.
    pub async fn release(&self, company: CompanyId, holder: &Holder) -> Result<bool> {
        let id = holder.id(company);
        self.write(move |tx| {
            Box::pin(async move {
                give_back(tx, company, Condition::all().add(chairs::Column::TakenBy.eq(id))).await
            })
        })
        .await
    }

    /// Takes away what was held and is over; says whether there was anything.
    pub(crate) async fn end_holds(&self, company: CompanyId, now: Timestamp) -> Result<bool> {
        self.write(move |tx| Box::pin(async move { give_back(tx, company, over(now)).await })).await
    }
}

fn over(now: Timestamp) -> Condition {
    Condition::all().add(chairs::Column::ExpiresAt.lte(millis(now)))
}

/// Takes away what is only held, as far as the condition goes.
async fn give_back(tx: &Tx, company: CompanyId, which: Condition) -> Result<bool> {
    let gone = chairs::Entity::delete_many()
        .filter(chairs::Column::CompanyId.eq(company.0))
        .filter(chairs::Column::ExpiresAt.is_not_null())
        .filter(which)
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Whoever is served then has no use for what is held for the same time.
pub(crate) async fn use_up(tx: &Tx, company: CompanyId, holder: Uuid, segments: &[Segment]) -> Result<()> {
    let times = segments.iter().fold(Condition::any(), |any, segment| any.add(meets(segment)));
    let own = Condition::all().add(chairs::Column::TakenBy.eq(holder)).add(times);
    give_back(tx, company, own).await?;
    Ok(())
}

/// A fact from Cal.com was refused: what is only held gives way to it. Says whether it still overlaps an appointment.
pub(crate) async fn give_way(tx: &Tx, company: CompanyId, fact: &Appointment) -> Result<bool> {
    let times = fact.segments.iter().fold(Condition::any(), |any, segment| any.add(meets(segment)));
    give_back(tx, company, times.clone()).await?;
    let others = chairs::Entity::find()
        .filter(chairs::Column::CompanyId.eq(company.0))
        .filter(chairs::Column::TakenBy.ne(fact.id.0))
        .filter(chairs::Column::Overlapping.eq(false))
        .filter(times)
        .count(&**tx)
        .await?;
    Ok(others > 0)
}

fn meets(segment: &Segment) -> Condition {
    let Slot { start, end } = segment.slot;
    Condition::all()
        .add(chairs::Column::StaffId.eq(segment.staff_id.0))
        .add(chairs::Column::StartsAt.lt(millis(end)))
        .add(chairs::Column::EndsAt.gt(millis(start)))
}

/// Keeps every other unit of work of the same holder out until this one ends. SQLite has one writer anyway.
async fn alone(tx: &Tx, holder: Uuid) -> Result<()> {
    if tx.dialect == Dialect::Postgres {
        let (number, _) = holder.as_u64_pair();
        tx.execute_unprepared(&postgres::lock_number(number.cast_signed())).await?;
    }
    Ok(())
}

async fn hold(
    tx: &Tx,
    company: CompanyId,
    holder: &Holder,
    offers: Vec<Offer>,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<Option<String>>> {
    let id = holder.id(company);
    alone(tx, id).await?;
    let old = over(now);
    give_back(tx, company, Condition::any().add(chairs::Column::TakenBy.eq(id)).add(old)).await?;
    let meeting = offers.iter().flat_map(|offer| &offer.segments);
    let meeting = meeting.fold(Condition::any(), |any, segment| any.add(meets(segment)));
    let taken = if meeting.is_empty() {
        Vec::new()
    } else {
        chairs::Entity::find()
            .filter(chairs::Column::CompanyId.eq(company.0))
            .filter(chairs::Column::Overlapping.eq(false))
            .filter(meeting)
            .all(&**tx)
            .await?
    };
    let is_free = |offer: &&Offer| {
        !offer.segments.iter().any(|segment| {
            taken.iter().any(|chair| {
                chair.staff_id == segment.staff_id.0
                    && chair.starts_at < millis(segment.slot.end)
                    && chair.ends_at > millis(segment.slot.start)
            })
        })
    };
    let mut free: Vec<_> = offers.iter().map(|offer| is_free(&offer)).collect();
    let mut rows = Vec::new();
    // For which offer each of them is.
    let mut whose = Vec::new();
    for (number, offer) in offers.iter().enumerate().filter(|(number, _)| free[*number]) {
        for segment in &offer.segments {
            let row = chairs::Model {
                company_id: company.0,
                taken_by: id,
                segment: i64::try_from(rows.len()).unwrap_or(i64::MAX),
                staff_id: segment.staff_id.0,
                starts_at: millis(segment.slot.start),
                ends_at: millis(segment.slot.end),
                overlapping: false,
                expires_at: Some(millis(until)),
            };
            rows.push(row.into_active_model());
            whose.push(number);
        }
    }
    if !rows.is_empty() {
        // Somebody else may be faster between the look and the write: their time is left out.
        let is_theirs = OnConflict::new().do_nothing().to_owned();
        chairs::Entity::insert_many(rows).on_conflict(is_theirs).exec_without_returning(&**tx).await?;
        let own = Condition::all().add(chairs::Column::TakenBy.eq(id));
        let got = chairs::Entity::find()
            .filter(chairs::Column::CompanyId.eq(company.0))
            .filter(own.clone())
            .all(&**tx)
            .await?;
        let mut left_over = Condition::any();
        for (segment, number) in whose.iter().enumerate() {
            free[*number] &= got.iter().any(|chair| usize::try_from(chair.segment) == Ok(segment));
        }
        for (segment, _) in whose.iter().enumerate().filter(|(_, number)| !free[**number]) {
            left_over = left_over.add(chairs::Column::Segment.eq(i64::try_from(segment).unwrap_or(i64::MAX)));
        }
        if !left_over.is_empty() {
            give_back(tx, company, own.add(left_over)).await?;
        }
    }
    let targets = offers.iter().zip(&free).filter(|(_, free)| **free).map(|(offer, _)| offer.target.clone());
    let mut names = names(tx, company, holder, "S", targets.collect(), now).await?.into_iter();
    Ok(free.into_iter().map(|free| if free { names.next() } else { None }).collect())
}

async fn names(
    tx: &Tx,
    company: CompanyId,
    holder: &Holder,
    prefix: &str,
    targets: Vec<JsonValue>,
    now: Timestamp,
) -> Result<Vec<String>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: Vec<_> = handles::Entity::find()
        .filter(handles::Column::CompanyId.eq(company.0))
        .filter(handles::Column::Holder.eq(holder.0.as_str()))
        .filter(handles::Column::Name.like(format!("{prefix}%")))
        .order_by_asc(handles::Column::Name)
        .all(&**tx)
        .await?;
    let before = known.len();
    let (mut names, mut again) = (Vec::new(), Vec::new());
    for target in targets.into_iter().map(scrubbed) {
        if let Some(same) = known.iter().find(|row| row.target == target) {
            names.push(same.name.clone());
            again.push(same.name.clone());
            continue;
        }
        let name = format!("{prefix}{}", known.len() + 1);
        names.push(name.clone());
        let holder = holder.0.clone();
        known.push(handles::Model { company_id: company.0, holder, name, target, made_at: millis(now) });
    }
    let new: Vec<_> = known.into_iter().skip(before).map(IntoActiveModel::into_active_model).collect();
    if !new.is_empty() {
        handles::Entity::insert_many(new).exec_without_returning(&**tx).await?;
    }
    if !again.is_empty() {
        handles::Entity::update_many()
            .col_expr(handles::Column::MadeAt, millis(now).into())
            .filter(handles::Column::CompanyId.eq(company.0))
            .filter(handles::Column::Holder.eq(holder.0.as_str()))
            .filter(handles::Column::Name.is_in(padded(again)))
            .exec(&**tx)
            .await?;
    }
    Ok(names)
}
