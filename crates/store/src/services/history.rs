//! What has happened to services: the history of one, and the audit trail of all, in which stands too what people did
//! about the items of the queue.

use std::collections::HashMap;

use domain::appointment::Origin;
use domain::catalogue::{About, ServiceEntry, ServiceWhat};
use domain::review::{Deed, ReviewCode};
use domain::{CompanyId, ReviewId, ServiceId, UserId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, Select};
use serde::{Deserialize, Serialize};

use crate::columns::{at_most, from_json, instant, millis, named, padded, to_json};
use crate::entities::{review_entries, reviews, service_entries};
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

/// An entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audited {
    /// Something was done about a service.
    Service(ServiceId, ServiceEntry),
    /// Somebody did something about an item of the queue, which is there for this reason.
    Review(ReviewId, ReviewCode, Deed),
}

/// Where an entry stands: its time, what it is about, its number there.
type Spot = (i64, Uuid, i64);

/// A place in the trail: between an entry and the one after or before it.
#[derive(Clone, Copy)]
struct Cursor {
    older: bool,
    at: i64,
    about: Uuid,
    seq: i64,
}

impl Cursor {
    fn write(older: bool, (at, about, seq): Spot) -> String {
        format!("{}{at}.{}.{seq}", if older { 'n' } else { 'p' }, about.simple())
    }

    fn read(text: &str) -> Result<Self> {
        let read = || {
            let older = match text.chars().next()? {
                'n' => true,
                'p' => false,
                _ => return None,
            };
            let mut parts = text[1..].split('.');
            let (at, about, seq) = (parts.next()?, parts.next()?, parts.next()?);
            let about = Uuid::try_parse(about).ok()?;
            Some(Self { older, at: at.parse().ok()?, about, seq: seq.parse().ok()? })
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
            .order_by_desc(service_entries::Column::Seq);
        let rows = at_most(rows, limit, &self.readers).await?;
        rows.into_iter().map(ServiceEntry::try_from).collect()
    }

    /// A page of at most `limit` entries of what has happened to all services of a company, and of what people did about
    /// items of the queue, newest first. What was done about items of services stands in those. `cursor` is one that a
    /// page of the same filter gave out.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`].
    pub async fn audit_trail(
        &self,
        company: CompanyId,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Audited>> {
        let cursor = cursor.map(Cursor::read).transpose()?;
        let older = cursor.is_none_or(|cursor| cursor.older);
        let mut rows = self.services_audited(company, filter, cursor, limit + 1).await?;
        if filter.service.is_none() {
            rows.extend(self.reviews_audited(company, filter, cursor, limit + 1).await?);
        }
        rows.sort_by_key(|(spot, _)| *spot);
        if older {
            rows.reverse();
        }
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        if !older {
            rows.reverse();
        }
        let (after, before) = if older { (more, cursor.is_some()) } else { (true, more) };
        let next = rows.last().filter(|_| after).map(|(spot, _)| Cursor::write(true, *spot));
        let prev = rows.first().filter(|_| before).map(|(spot, _)| Cursor::write(false, *spot));
        Ok(Page { items: rows.into_iter().map(|(_, audited)| audited).collect(), next, prev })
    }

    async fn services_audited(
        &self,
        company: CompanyId,
        filter: &AuditFilter,
        cursor: Option<Cursor>,
        limit: u64,
    ) -> Result<Vec<(Spot, Audited)>> {
        use service_entries::Column::{At, Seq, ServiceId as Service};
        let find = service_entries::Entity::find().filter(condition(company, filter)?);
        let rows = at_most(walk(find, [At, Service, Seq], cursor), limit, &self.readers).await?;
        let audited = |row: service_entries::Model| {
            let (spot, service) = ((row.at, row.service_id, row.seq), ServiceId(row.service_id));
            Ok((spot, Audited::Service(service, row.try_into()?)))
        };
        rows.into_iter().map(audited).collect()
    }

    async fn reviews_audited(
        &self,
        company: CompanyId,
        filter: &AuditFilter,
        cursor: Option<Cursor>,
        limit: u64,
    ) -> Result<Vec<(Spot, Audited)>> {
        use review_entries::Column::{At, CompanyId as Company, ReviewId as Review, Seq};
        let of_services = Query::select()
            .column(reviews::Column::Id)
            .from(reviews::Entity)
            .and_where(reviews::Column::CompanyId.eq(company.0))
            .and_where(reviews::Column::ServiceId.is_not_null())
            .to_owned();
        let who = match filter.who {
            None => None,
            Some(Who::Origin(origin)) => Some(Expr::cust("actor ->> 'origin'").eq(origin.as_str())),
            Some(Who::User(user)) => Some(by(user)?),
        };
        let wanted = Condition::all()
            .add(Company.eq(company.0))
            .add(Review.not_in_subquery(of_services))
            .add(Expr::cust("what ->> 'kind'").ne("returned"))
            .add_option(who)
            .add_option(filter.from.map(|from| At.gte(millis(from))))
            .add_option(filter.until.map(|until| At.lt(millis(until))));
        let find = review_entries::Entity::find().filter(wanted);
        let rows = at_most(walk(find, [At, Review, Seq], cursor), limit, &self.readers).await?;
        let ids = padded(rows.iter().map(|row| row.review_id).collect());
        let items = reviews::Entity::find()
            .filter(reviews::Column::CompanyId.eq(company.0))
            .filter(reviews::Column::Id.is_in(ids))
            .all(&self.readers)
            .await?;
        let codes: HashMap<_, _> = items.into_iter().map(|item| (item.id, item.code)).collect();
        let audited = |row: review_entries::Model| {
            let code = codes.get(&row.review_id).map_or("", String::as_str);
            let code = named("reviews.code", code, ReviewCode::from_name)?;
            let (spot, id) = ((row.at, row.review_id, row.seq), ReviewId(row.review_id));
            Ok((spot, Audited::Review(id, code, row.try_into()?)))
        };
        rows.into_iter().map(audited).collect()
    }
}

/// Entries in the order of the trail, from a place on.
fn walk<E: EntityTrait>(find: Select<E>, spot: [E::Column; 3], cursor: Option<Cursor>) -> Select<E> {
    let older = cursor.is_none_or(|cursor| cursor.older);
    let mut find = find;
    if let Some(Cursor { at, about, seq, .. }) = cursor {
        let place = Expr::tuple(spot.map(Expr::col));
        let here = Expr::tuple([at.into(), about.into(), seq.into()]);
        find = find.filter(if older { place.lt(here) } else { place.gt(here) });
    }
    let direction = if older { Order::Desc } else { Order::Asc };
    spot.into_iter().fold(find, |find, column| find.order_by(column, direction.clone()))
}

/// Done by somebody who signs in. Both databases read a field of JSON as text with this operator.
fn by(user: UserId) -> Result<Expr> {
    let user = to_json(&user)?;
    Ok(Expr::cust("actor ->> 'user_id'").eq(user.as_str().unwrap_or_default()))
}

fn condition(company: CompanyId, filter: &AuditFilter) -> Result<Condition> {
    use service_entries::Column;
    let AuditFilter { service, who, from, until, traffic } = filter;
    let kind = || Expr::cust("what ->> 'kind'");
    let who = match who {
        None => None,
        Some(Who::Origin(origin)) => Some(Column::Origin.eq(origin.as_str())),
        Some(Who::User(user)) => Some(by(*user)?),
    };
    Ok(Condition::all()
        .add(Column::CompanyId.eq(company.0))
        .add_option(service.map(|service| Column::ServiceId.eq(service.0)))
        .add_option(who)
        .add_option(from.map(|from| Column::At.gte(millis(from))))
        .add_option(until.map(|until| Column::At.lt(millis(until))))
        .add_option((!traffic).then(|| kind().is_not_in(["called", "sent"]))))
}
