//! What has happened to services: the history of one, and the audit trail of all.

use domain::appointment::Origin;
use domain::catalogue::{About, ServiceEntry, ServiceWhat};
use domain::{CompanyId, ServiceId, UserId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::columns::{from_json, instant, millis, to_json};
use crate::entities::service_entries;
use crate::{Error, Page, Result, Store};

/// Which entries of the audit trail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// About this service.
    pub service: Option<ServiceId>,
    /// By whom.
    pub who: Option<Who>,
    /// At this instant or later.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// The traffic with Cal.com too, which is far more than what people do.
    pub traffic: bool,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Somebody who signs in.
    User(UserId),
    /// Whatever came this way.
    Origin(Origin),
}

/// What an entry says, as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Said {
    #[serde(flatten)]
    pub(super) what: ServiceWhat,
    /// Which event type it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<About>,
}

/// A place in the trail: between an entry and the one after or before it.
#[derive(Clone, Copy)]
struct Cursor {
    older: bool,
    at: i64,
    service: Uuid,
    seq: i64,
}

impl Cursor {
    fn write(older: bool, row: &service_entries::Model) -> String {
        format!("{}{}.{}.{}", if older { 'n' } else { 'p' }, row.at, row.service_id.simple(), row.seq)
    }

    fn read(text: &str) -> Result<Self> {
        let read = || {
            let older = match text.chars().next()? {
                'n' => true,
                'p' => false,
                _ => return None,
            };
            let mut parts = text[1..].split('.');
            let (at, service, seq) = (parts.next()?, parts.next()?, parts.next()?);
            let service = Uuid::try_parse(service).ok()?;
            Some(Self { older, at: at.parse().ok()?, service, seq: seq.parse().ok()? })
        };
        read().ok_or(Error::InvalidCursor)
    }
}

impl TryFrom<service_entries::Model> for ServiceEntry {
    type Error = Error;

    fn try_from(row: service_entries::Model) -> Result<Self> {
        let Said { what, about } = from_json("service_entries.what", row.what)?;
        let actor = from_json("service_entries.actor", row.actor)?;
        Ok(Self { at: instant(row.at)?, actor, about, what })
    }
}

impl Store {
    /// The history of a service, newest first.
    pub async fn service_history(
        &self,
        company: CompanyId,
        service: ServiceId,
        limit: u64,
    ) -> Result<Vec<ServiceEntry>> {
        let rows = service_entries::Entity::find()
            .filter(service_entries::Column::CompanyId.eq(company.0))
            .filter(service_entries::Column::ServiceId.eq(service.0))
            .order_by_desc(service_entries::Column::Seq)
            .limit(limit)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(ServiceEntry::try_from).collect()
    }

    /// A page of at most `limit` entries of what has happened to all services of a company, newest first. `cursor` is
    /// one that a page of the same filter gave out.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`].
    pub async fn audit_trail(
        &self,
        company: CompanyId,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<(ServiceId, ServiceEntry)>> {
        use service_entries::Column::{At, Seq, ServiceId as Service};
        let cursor = cursor.map(Cursor::read).transpose()?;
        let older = cursor.is_none_or(|cursor| cursor.older);
        let mut query = service_entries::Entity::find().filter(condition(company, filter)?);
        if let Some(Cursor { at, service, seq, .. }) = cursor {
            let place = Expr::tuple([Expr::col(At), Expr::col(Service), Expr::col(Seq)]);
            let here = Expr::tuple([at.into(), service.into(), seq.into()]);
            query = query.filter(if older { place.lt(here) } else { place.gt(here) });
        }
        let direction = if older { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        let mut rows = query
            .order_by(At, direction.clone())
            .order_by(Service, direction.clone())
            .order_by(Seq, direction)
            .limit(limit + 1)
            .all(&self.readers)
            .await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        if !older {
            rows.reverse();
        }
        let (after, before) = if older { (more, cursor.is_some()) } else { (true, more) };
        let next = rows.last().filter(|_| after).map(|row| Cursor::write(true, row));
        let prev = rows.first().filter(|_| before).map(|row| Cursor::write(false, row));
        let items = rows.into_iter().map(|row| Ok((ServiceId(row.service_id), row.try_into()?)));
        Ok(Page { items: items.collect::<Result<_>>()?, next, prev })
    }
}

fn condition(company: CompanyId, filter: &AuditFilter) -> Result<Condition> {
    use service_entries::Column;
    let AuditFilter { service, who, from, until, traffic } = filter;
    // Both databases read a field of JSON as text with this operator.
    let kind = || Expr::cust("what ->> 'kind'");
    let who = match who {
        None => None,
        Some(Who::Origin(origin)) => Some(Column::Origin.eq(origin.as_str())),
        Some(Who::User(user)) => {
            let user = to_json(user)?;
            Some(Expr::cust("actor ->> 'user_id'").eq(user.as_str().unwrap_or_default()))
        }
    };
    Ok(Condition::all()
        .add(Column::CompanyId.eq(company.0))
        .add_option(service.map(|service| Column::ServiceId.eq(service.0)))
        .add_option(who)
        .add_option(from.map(|from| Column::At.gte(millis(from))))
        .add_option(until.map(|until| Column::At.lt(millis(until))))
        .add_option((!traffic).then(|| kind().is_not_in(["called", "sent"]))))
}
