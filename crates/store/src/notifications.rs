//! What people are told of: written in the transaction in which it becomes true, then taken into messages.
//!
//! Whatever is taken in is marked as told in the transaction that writes the messages, so nothing is lost between the
//! two and nothing is told twice. One transaction of a company takes in at a time.

pub(crate) mod channels;
pub(crate) mod messages;
mod sending;

use std::collections::BTreeMap;

use domain::notify::{Channel, ChannelKind, Draft, Occurrence, Recipient, Subject, What, take_in};
use domain::people::User;
use domain::{ChannelId, CompanyId, UserId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
    Statement,
};

pub use sending::{Delivered, Outgoing};

use crate::appointments::numbers::lock_company;
use crate::columns::{from_json, instant, millis, named, parsed, small, to_json};
use crate::entities::{messages as table, occurrences, users};
use crate::unit_of_work::Tx;
use crate::{Result, Store};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Notes that something happened, in the transaction in which it did.
pub(crate) async fn occurred(tx: &Tx, company: CompanyId, occurrence: Occurrence) -> Result<()> {
    use occurrences::Column as C;
    let row = occurrences::Model {
        company_id: company.0,
        what: occurrence.what.as_str().to_owned(),
        subject: occurrence.subject.to_string(),
        happened_at: millis(occurrence.at),
        count: occurrence.count.into(),
        told_at: None,
    };
    let keys =
        OnConflict::columns([C::CompanyId, C::What, C::Subject, C::HappenedAt]).do_nothing().to_owned();
    occurrences::Entity::insert(row.into_active_model())
        .on_conflict(keys)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

impl TryFrom<occurrences::Model> for Occurrence {
    type Error = crate::Error;

    fn try_from(row: occurrences::Model) -> Result<Self> {
        Ok(Self {
            what: named("occurrences.what", &row.what, What::from_name)?,
            subject: parsed::<Subject>("occurrences.subject", &row.subject)?,
            at: instant(row.happened_at)?,
            count: small("occurrences.count", row.count)?,
        })
    }
}

impl Store {
    /// Notes that something happened that stands nowhere else in the database. The same once more is the same.
    pub async fn occurred(&self, company: CompanyId, occurrence: Occurrence) -> Result<()> {
        self.write(move |tx| Box::pin(async move { occurred(tx, company, occurrence).await })).await
    }

    /// Takes what has happened in a company into messages. Says whether anything had.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn take_in(&self, company: CompanyId, now: Timestamp) -> Result<bool> {
        self.write(move |tx| {
            Box::pin(async move {
                let zone = lock_company(tx, company).await?.time_zone;
                let mut happened = untold(tx, company, now).await?;
                if happened.is_empty() {
                    return Ok(false);
                }
                happened.sort_by_key(|occurrence| occurrence.at);
                let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
                let channels: Vec<_> =
                    channels::all(&**tx, company).await?.into_iter().map(|it| it.channel).collect();
                let users =
                    users::Entity::find().filter(users::Column::CompanyId.eq(company.0)).all(&**tx).await?;
                let users: Vec<_> = users.into_iter().map(User::try_from).collect::<Result<_>>()?;
                let open = table::Entity::find()
                    .filter(table::Column::CompanyId.eq(company.0))
                    .filter(table::Column::ClosedAt.is_null())
                    .order_by_asc(table::Column::Number)
                    .lock_exclusive()
                    .all(&**tx)
                    .await?;
                let mut drafts: Vec<_> = open.iter().map(draft).collect::<Result<_>>()?;
                let went = history(tx, company, now).await?;
                // New ones come behind those that are there; one that is empty again falls out.
                let before = drafts.clone();
                take_in(&channels, &users, &mut drafts, &happened, &went, &zone, now);
                write_drafts(tx, company, &open, &before, drafts, &channels, now).await?;
                Ok(true)
            })
        })
        .await
    }
}

/// What was not told, which it counts as from now on.
async fn untold(tx: &Tx, company: CompanyId, now: Timestamp) -> Result<Vec<Occurrence>> {
    let sql = "UPDATE occurrences SET told_at = $1 WHERE company_id = $2 AND told_at IS NULL RETURNING *";
    let values = [millis(now).into(), company.0.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let rows = occurrences::Entity::find().from_raw_sql(statement).all(&**tx).await?;
    rows.into_iter().map(Occurrence::try_from).collect()
}

fn draft(row: &table::Model) -> Result<Draft> {
    Ok(Draft {
        to: Recipient { channel: ChannelId(row.channel_id), user: row.user_id.map(UserId) },
        topic: row
            .topic
            .as_deref()
            .map(|topic| named("messages.topic", topic, What::from_name))
            .transpose()?,
        lines: from_json("messages.lines", row.lines.clone())?,
        begun_at: instant(row.begun_at)?,
        due_at: row.due_at.map(instant).transpose()?,
    })
}

/// When messages went to each recipient within the last hour.
async fn history(tx: &Tx, company: CompanyId, now: Timestamp) -> Result<BTreeMap<Recipient, Vec<Timestamp>>> {
    let rows = table::Entity::find()
        .filter(table::Column::CompanyId.eq(company.0))
        .filter(table::Column::Kind.ne(ChannelKind::App.as_str()))
        .filter(table::Column::ClosedAt.gt(millis(now - HOUR)))
        .all(&**tx)
        .await?;
    let mut history: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        let to = Recipient { channel: ChannelId(row.channel_id), user: row.user_id.map(UserId) };
        history.entry(to).or_default().extend(row.closed_at.map(instant).transpose()?);
    }
    Ok(history)
}

async fn write_drafts(
    tx: &Tx,
    company: CompanyId,
    open: &[table::Model],
    before: &[Draft],
    drafts: Vec<Draft>,
    channels: &[Channel],
    now: Timestamp,
) -> Result<()> {
    let same = |a: &Draft, b: &Draft| a.to == b.to && a.topic == b.topic;
    for (row, old) in open.iter().zip(before) {
        match drafts.iter().find(|draft| same(draft, old)) {
            Some(new) if new == old => {}
            Some(new) => {
                let mut active = row.clone().into_active_model();
                active.lines = Set(to_json(&new.lines)?);
                active.due_at = Set(new.due_at.map(millis));
                active.changed_at = Set(millis(now));
                table::Entity::update(active).exec_without_returning(&**tx).await?;
            }
            None => {
                table::Entity::delete_by_id((row.company_id, row.number)).exec(&**tx).await?;
            }
        }
    }
    let mut number = last_number(tx, company).await?;
    for draft in drafts.into_iter().filter(|draft| !before.iter().any(|old| same(old, draft))) {
        let Some(channel) = channels.iter().find(|channel| channel.id == draft.to.channel) else { continue };
        number += 1;
        let row = table::Model {
            company_id: company.0,
            number,
            kind: channel.kind.as_str().to_owned(),
            channel_id: draft.to.channel.0,
            user_id: draft.to.user.map(|user| user.0),
            topic: draft.topic.map(|topic| topic.as_str().to_owned()),
            lines: to_json(&draft.lines)?,
            begun_at: millis(draft.begun_at),
            changed_at: millis(now),
            due_at: draft.due_at.map(millis),
            closed_at: None,
            tries: 0,
            sent_at: None,
            failed_at: None,
            problem: None,
        };
        table::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

async fn last_number(tx: &Tx, company: CompanyId) -> Result<i64> {
    let last: Option<Option<i64>> = table::Entity::find()
        .select_only()
        .column_as(table::Column::Number.max(), "last")
        .filter(table::Column::CompanyId.eq(company.0))
        .into_tuple()
        .one(&**tx)
        .await?;
    Ok(last.flatten().unwrap_or(0))
}
