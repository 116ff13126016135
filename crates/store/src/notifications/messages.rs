//! Messages as people see them: those behind the bell, and the log of those that were sent elsewhere.

use domain::notify::{ChannelKind, Line, Problem};
use domain::{ChannelId, CompanyId, UserId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{at_most, from_json, instant, instant_opt, millis, named, small};
use crate::entities::messages as table;
use crate::{Error, Result, Store};

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its number, counted for each company.
    pub number: i64,
    /// Where.
    pub kind: ChannelKind,
    /// By which channel.
    pub channel: ChannelId,
    /// To whom; `None` for a room.
    pub user: Option<UserId>,
    /// What it says.
    pub lines: Vec<Line>,
    /// Since when it is gathered.
    pub begun_at: Timestamp,
    /// When something was added last.
    pub changed_at: Timestamp,
    /// When it goes, or is tried again.
    pub due_at: Option<Timestamp>,
    /// When it went first, or was read behind the bell.
    pub closed_at: Option<Timestamp>,
    /// How often it was tried.
    pub tries: u32,
    /// When it was taken by the other side.
    pub sent_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub problem: Option<Problem>,
}

impl TryFrom<table::Model> for Message {
    type Error = Error;

    fn try_from(row: table::Model) -> Result<Self> {
        let problem = row.problem.as_deref();
        Ok(Self {
            number: row.number,
            kind: named("messages.kind", &row.kind, ChannelKind::from_name)?,
            channel: ChannelId(row.channel_id),
            user: row.user_id.map(UserId),
            lines: from_json("messages.lines", row.lines)?,
            begun_at: instant(row.begun_at)?,
            changed_at: instant(row.changed_at)?,
            due_at: instant_opt(row.due_at)?,
            closed_at: instant_opt(row.closed_at)?,
            tries: small("messages.tries", row.tries)?,
            sent_at: instant_opt(row.sent_at)?,
            failed_at: instant_opt(row.failed_at)?,
            problem: problem.map(|it| named("messages.problem", it, Problem::from_name)).transpose()?,
        })
    }
}

impl Store {
    /// What somebody was told behind the bell: what is unread first, then the last first.
    pub async fn notifications(&self, company: CompanyId, user: UserId, limit: u64) -> Result<Vec<Message>> {
        let rows = table::Entity::find()
            .filter(table::Column::CompanyId.eq(company.0))
            .filter(table::Column::Kind.eq(ChannelKind::App.as_str()))
            .filter(table::Column::UserId.eq(user.0))
            .order_by_asc(Expr::col(table::Column::ClosedAt).is_not_null())
            .order_by_desc(table::Column::ChangedAt)
            .order_by_desc(table::Column::Number);
        let rows = at_most(rows, limit, &self.readers).await?;
        rows.into_iter().map(Message::try_from).collect()
    }

    /// How much of it is unread.
    pub async fn count_notifications_unread(&self, company: CompanyId, user: UserId) -> Result<u64> {
        let unread = table::Entity::find()
            .filter(table::Column::CompanyId.eq(company.0))
            .filter(table::Column::ClosedAt.is_null())
            .filter(table::Column::Kind.eq(ChannelKind::App.as_str()))
            .filter(table::Column::UserId.eq(user.0));
        Ok(unread.count(&self.readers).await?)
    }

    /// Somebody has read one of them, or all. What happens from now on begins a new one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such message.
    pub async fn read_notifications(
        &self,
        company: CompanyId,
        user: UserId,
        number: Option<i64>,
        now: Timestamp,
    ) -> Result<Vec<Line>> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut find = table::Entity::find()
                    .filter(table::Column::CompanyId.eq(company.0))
                    .filter(table::Column::Kind.eq(ChannelKind::App.as_str()))
                    .filter(table::Column::UserId.eq(user.0));
                find = match number {
                    Some(number) => find.filter(table::Column::Number.eq(number)),
                    None => find.filter(table::Column::ClosedAt.is_null()),
                };
                let rows = find.lock_exclusive().all(&**tx).await?;
                if number.is_some() && rows.is_empty() {
                    return Err(Error::NotFound);
                }
                let mut lines = Vec::new();
                for row in rows {
                    table::Entity::update_many()
                        .col_expr(table::Column::ClosedAt, millis(now).into())
                        .filter(table::Column::CompanyId.eq(company.0))
                        .filter(table::Column::Number.eq(row.number))
                        .filter(table::Column::ClosedAt.is_null())
                        .exec(&**tx)
                        .await?;
                    lines.extend(Message::try_from(row)?.lines);
                }
                Ok(lines)
            })
        })
        .await
    }

    /// The last messages that go elsewhere, or the last before one, and what became of them.
    pub async fn messages_sent(
        &self,
        company: CompanyId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Message>> {
        let rows = table::Entity::find()
            .filter(table::Column::CompanyId.eq(company.0))
            .filter(table::Column::Kind.ne(ChannelKind::App.as_str()))
            .filter(Condition::all().add_option(before.map(|before| table::Column::Number.lt(before))))
            .order_by_desc(table::Column::Number);
        let rows = at_most(rows, limit, &self.readers).await?;
        rows.into_iter().map(Message::try_from).collect()
    }
}
