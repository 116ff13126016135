//! Messages on their way: taken by one sender at a time, and what became of them.
//!
//! That a message goes is written down before it does. A sender that dies leaves it until its time is over; then it goes
//! again, because nobody knows whether it had gone: at least once, and the same message.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};

use domain::company::Company;
use domain::notify::{Channel, Line, Occurrence, Problem, Recipient, Subject, What, goes_at};
use domain::people::User;
use domain::{ChannelId, CompanyId, UserId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, Statement};

use super::{channels, history, last_number, occurred};
use crate::appointments::numbers::lock_company;
use crate::columns::{Sealed, first, from_json, instant, millis, to_json};
use crate::entities::{companies, messages as table, users};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// A message that is to go now.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Whose.
    pub company: Company,
    /// Its number.
    pub number: i64,
    /// Which try this is, from 1.
    pub tries: u32,
    /// By which channel.
    pub channel: Channel,
    /// The address of the channel, encrypted.
    pub target: Option<Sealed>,
    /// To whom; `None` for a room.
    pub user: Option<User>,
    /// What it says.
    pub lines: Vec<Line>,
    /// Since when it was gathered.
    pub begun_at: Timestamp,
    /// When it went first.
    pub went_at: Timestamp,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The other side has it.
    Sent,
    /// It goes again.
    Again {
        /// When.
        at: Timestamp,
        /// Why.
        problem: Problem,
    },
    /// It is given up, and admins are told so.
    Never(Problem),
}

impl Store {
    /// Takes up to `max` messages of all companies that are due. They are due again after `lease`, unless it is said
    /// what became of them. One that cannot be read is given up, and those of a company that cannot be read wait: the
    /// others go.
    pub async fn claim_messages(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        max: u64,
    ) -> Result<Vec<Outgoing>> {
        self.write(move |tx| {
            Box::pin(async move {
                let sql = format!(
                    "SELECT * FROM messages WHERE due_at <= $1 ORDER BY due_at, number LIMIT {max}{}",
                    tx.dialect.claim("messages")
                );
                let statement =
                    Statement::from_sql_and_values(tx.get_database_backend(), sql, [millis(now).into()]);
                let mut houses: HashMap<CompanyId, Option<House>> = HashMap::new();
                let mut claimed = Vec::new();
                for row in table::Entity::find().from_raw_sql(statement).all(&**tx).await? {
                    let company = CompanyId(row.company_id);
                    let house = match houses.entry(company) {
                        Entry::Occupied(known) => known.into_mut(),
                        Entry::Vacant(new) => {
                            new.insert(readable(company, House::of(tx, company, now).await)?)
                        }
                    };
                    let Some(house) = house else {
                        let mut later = row.into_active_model();
                        later.due_at = Set(Some(millis(now + lease)));
                        table::Entity::update(later).exec_without_returning(&**tx).await?;
                        continue;
                    };
                    match readable(company, house.claim(tx, row.clone(), now, lease).await)? {
                        Some(outgoing) => claimed.extend(outgoing),
                        None => spoilt(tx, row, now).await?,
                    }
                }
                Ok(claimed)
            })
        })
        .await
    }

    /// Has a message sent by a channel to try it: to `user`, where people are told one by one.
    pub async fn try_channel(
        &self,
        company: CompanyId,
        channel: &Channel,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<()> {
        let (kind, channel) = (channel.kind, channel.id);
        let lines = [Line {
            what: What::Test,
            count: 1,
            subjects: vec![Subject::Channel(channel)],
            first_at: now,
            last_at: now,
        }];
        let mut row = table::Model {
            company_id: company.0,
            number: 0,
            kind: kind.as_str().to_owned(),
            channel_id: channel.0,
            user_id: user.filter(|_| kind.is_personal()).map(|user| user.0),
            topic: None,
            lines: to_json(&lines)?,
            begun_at: millis(now),
            changed_at: millis(now),
            due_at: Some(millis(now)),
            // Nothing is added to it.
            closed_at: Some(millis(now)),
            tries: 0,
            sent_at: None,
            failed_at: None,
            problem: None,
        };
        self.write(move |tx| {
            Box::pin(async move {
                lock_company(tx, company).await?;
                row.number = last_number(tx, company).await? + 1;
                table::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
                Ok(())
            })
        })
        .await
    }

    /// Writes down what became of a try. Does nothing if another one was begun since.
    pub async fn settle_message(
        &self,
        message: &Outgoing,
        delivered: Delivered,
        now: Timestamp,
    ) -> Result<()> {
        let (company, number, tries) = (message.company.id, message.number, message.tries);
        let channel = message.channel.id;
        self.write(move |tx| {
            Box::pin(async move {
                let mut change = table::ActiveModel { due_at: Set(None), ..Default::default() };
                match delivered {
                    Delivered::Sent => {
                        change.sent_at = Set(Some(millis(now)));
                        change.problem = Set(None);
                    }
                    Delivered::Again { at, problem } => {
                        change.due_at = Set(Some(millis(at)));
                        change.problem = Set(Some(problem.to_string()));
                    }
                    Delivered::Never(problem) => {
                        change.failed_at = Set(Some(millis(now)));
                        change.problem = Set(Some(problem.to_string()));
                    }
                }
                let updated = table::Entity::update_many()
                    .set(change)
                    .filter(table::Column::CompanyId.eq(company.0))
                    .filter(table::Column::Number.eq(number))
                    .filter(table::Column::Tries.eq(i64::from(tries)))
                    .filter(table::Column::SentAt.is_null())
                    .filter(table::Column::FailedAt.is_null())
                    .exec(&**tx)
                    .await?;
                // That the installation sends no e-mail is not the channel's fault, and said where it is set up.
                let is_news = matches!(delivered, Delivered::Never(problem) if problem != Problem::NoMail);
                if updated.rows_affected > 0 && is_news {
                    undelivered(tx, company, channel, now).await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// `None` for what cannot be read: one company's trouble keeps nobody else's messages.
fn readable<T>(company: CompanyId, read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Error::Unreadable { column, .. }) => {
            // What stands there is not repeated: it may be anything.
            tracing::error!(%company, column, "a message cannot be read");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Gives up a message that cannot be read, and empties it, so that the rest of the log can be.
async fn spoilt(tx: &Tx, row: table::Model, now: Timestamp) -> Result<()> {
    let (company, channel) = (CompanyId(row.company_id), ChannelId(row.channel_id));
    let mut active = row.into_active_model();
    active.lines = Set(to_json(&[(); 0])?);
    active.due_at = Set(None);
    active.closed_at = Set(Some(millis(now)));
    active.failed_at = Set(Some(millis(now)));
    active.problem = Set(Some(Problem::Unreadable.to_string()));
    table::Entity::update(active).exec_without_returning(&**tx).await?;
    undelivered(tx, company, channel, now).await
}

async fn undelivered(tx: &Tx, company: CompanyId, channel: ChannelId, now: Timestamp) -> Result<()> {
    occurred(tx, company, Occurrence::once(What::Undelivered, Subject::Channel(channel), now)).await
}

/// What has to be known of a company to send its messages.
struct House {
    company: Company,
    zone: TimeZone,
    channels: Vec<channels::NotificationChannel>,
    went: BTreeMap<Recipient, Vec<Timestamp>>,
}

impl House {
    async fn of(tx: &Tx, company: CompanyId, now: Timestamp) -> Result<Self> {
        let row = first(companies::Entity::find_by_id(company.0), &**tx).await?;
        let company: Company = row.ok_or(Error::NotFound)?.try_into()?;
        Ok(Self {
            zone: TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC),
            channels: channels::all(&**tx, company.id).await?,
            went: history(tx, company.id, now).await?,
            company,
        })
    }

    /// Takes a message, unless it has to wait after all or there is no way to its recipient any more.
    async fn claim(
        &self,
        tx: &Tx,
        row: table::Model,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<Outgoing>> {
        let lines: Vec<Line> = from_json("messages.lines", row.lines.clone())?;
        let begun_at = instant(row.begun_at)?;
        let to = Recipient { channel: ChannelId(row.channel_id), user: row.user_id.map(UserId) };
        let user = match to.user {
            Some(id) => first(users::Entity::find_by_id((row.company_id, id.0)), &**tx).await?,
            None => None,
        };
        let user = user.map(User::try_from).transpose()?;
        // One that tells nobody can be tried before it does.
        let is_tried = lines.iter().all(|line| line.what == What::Test);
        let channel = self.channels.iter().find(|it| it.channel.id == to.channel);
        let channel = channel.filter(|it| it.channel.active || is_tried);
        let (tries, went_at) = (row.tries + 1, row.closed_at.unwrap_or(millis(now)));
        let mut active = row.clone().into_active_model();
        let Some(channel) = channel.filter(|_| user.is_some() == to.user.is_some()) else {
            active.due_at = Set(None);
            active.closed_at = Set(Some(went_at));
            active.failed_at = Set(Some(millis(now)));
            active.problem = Set(Some(Problem::Gone.to_string()));
            table::Entity::update(active).exec_without_returning(&**tx).await?;
            return Ok(None);
        };
        // A message that went already has its place in the hour.
        let went = match row.closed_at {
            None => self.went.get(&to).map_or(&[][..], Vec::as_slice),
            Some(_) => &[],
        };
        let goes = goes_at(&channel.channel, &lines, begun_at, went, &self.zone, now);
        if goes > now {
            active.due_at = Set(Some(millis(goes)));
            table::Entity::update(active).exec_without_returning(&**tx).await?;
            return Ok(None);
        }
        active.tries = Set(tries);
        active.closed_at = Set(Some(went_at));
        active.due_at = Set(Some(millis(now + lease)));
        table::Entity::update(active).exec_without_returning(&**tx).await?;
        Ok(Some(Outgoing {
            company: self.company.clone(),
            number: row.number,
            tries: crate::columns::small("messages.tries", tries)?,
            channel: channel.channel.clone(),
            target: channel.target.clone(),
            user,
            lines,
            begun_at,
            went_at: instant(went_at)?,
        }))
    }
}
