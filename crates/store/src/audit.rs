//! The audit trail: what was done about services, about items of the queue, to accounts and the ways people are told, and
//! with webhooks; by whom, in one list. What is done is written down where it is done; here it is only read.

use std::collections::HashMap;

use domain::appointment::Origin;
use domain::catalogue::ServiceEntry;
use domain::review::{Deed, ReviewCode};
use domain::{CompanyId, DeliveryId, ReviewId, ServiceId, UserId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder};

use crate::columns::{at_most, millis, named, padded, to_json};
use crate::entities::{delivery_entries, review_entries, reviews, service_entries, setup_entries};
use crate::inbox::kept::DeliveryEntry;
use crate::setup::{SetupDeed, SetupEntry};
use crate::{Error, Page, Result, Store};

/// What entries of the audit trail are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditKind {
    /// A service, with its event types.
    Service,
    /// An item of the queue.
    Review,
    /// An account at Cal.com.
    Connection,
    /// A way by which people are told.
    Channel,
    /// Who is there when: hours and absences.
    Hours,
    /// A webhook that came.
    Webhook,
}

impl AuditKind {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::Service, Self::Review, Self::Connection, Self::Channel, Self::Hours, Self::Webhook];

    /// The name, as it stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Review => "review",
            Self::Connection => "connection",
            Self::Channel => "channel",
            Self::Hours => "hours",
            Self::Webhook => "webhook",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Which entries of the audit trail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// About things of this kind.
    pub kind: Option<AuditKind>,
    /// About this service.
    pub service: Option<ServiceId>,
    /// By whom.
    pub who: Option<Who>,
    /// At this instant or later.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// The traffic of services with Cal.com too, which is far more than what people do.
    pub traffic: bool,
}

impl AuditFilter {
    fn shows(&self, kind: AuditKind) -> bool {
        self.kind.is_none_or(|only| only == kind) && (self.service.is_none() || kind == AuditKind::Service)
    }
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Somebody who signs in.
    User(UserId),
    /// Whatever came this way.
    Origin(Origin),
}

impl Who {
    /// Both databases read a field of JSON as text with this operator.
    fn condition(self) -> Result<Expr> {
        match self {
            Self::Origin(origin) => Ok(Expr::cust("actor ->> 'origin'").eq(origin.as_str())),
            Self::User(user) => {
                let user = to_json(&user)?;
                Ok(Expr::cust("actor ->> 'user_id'").eq(user.as_str().unwrap_or_default()))
            }
        }
    }
}

/// An entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audited {
    /// Something was done about a service.
    Service(ServiceId, ServiceEntry),
    /// Somebody did something about an item of the queue, which is there for this reason.
    Review(ReviewId, ReviewCode, Deed),
    /// Somebody did something to an account, a channel, or who is there when.
    Setup(SetupEntry),
    /// Somebody did something with a webhook.
    Webhook(DeliveryId, DeliveryEntry),
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

impl Store {
    /// A page of at most `limit` entries, newest first. What was done about items of services stands in those. `cursor` is
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
    ) -> Result<Page<Audited>> {
        let cursor = cursor.map(Cursor::read).transpose()?;
        let older = cursor.is_none_or(|cursor| cursor.older);
        let trail = Trail { store: self, company, filter, cursor, limit: limit + 1 };
        let mut rows = Vec::new();
        if filter.shows(AuditKind::Service) {
            rows.extend(trail.services().await?);
        }
        if filter.shows(AuditKind::Review) {
            rows.extend(trail.reviews().await?);
        }
        if [AuditKind::Connection, AuditKind::Channel, AuditKind::Hours]
            .into_iter()
            .any(|it| filter.shows(it))
        {
            rows.extend(trail.setup().await?);
        }
        if filter.shows(AuditKind::Webhook) {
            rows.extend(trail.webhooks().await?);
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
}

/// A part of the trail: what each table has of it.
struct Trail<'t> {
    store: &'t Store,
    company: CompanyId,
    filter: &'t AuditFilter,
    cursor: Option<Cursor>,
    limit: u64,
}

/// How entries say what they are.
fn kind() -> Expr {
    Expr::cust("what ->> 'kind'")
}

impl Trail<'_> {
    async fn services(&self) -> Result<Vec<(Spot, Audited)>> {
        use service_entries::Column::{At, CompanyId, Seq, ServiceId as Service};
        let mut wanted = Condition::all().add_option(self.filter.service.map(|it| Service.eq(it.0)));
        if !self.filter.traffic {
            wanted = wanted.add(kind().is_not_in(["called", "sent"]));
        }
        let rows = self.read::<service_entries::Entity>(CompanyId, [At, Service, Seq], wanted).await?;
        let audited = |row: service_entries::Model| {
            let (spot, service) = ((row.at, row.service_id, row.seq), ServiceId(row.service_id));
            Ok((spot, Audited::Service(service, row.try_into()?)))
        };
        rows.into_iter().map(audited).collect()
    }

    async fn reviews(&self) -> Result<Vec<(Spot, Audited)>> {
        use review_entries::Column::{At, CompanyId, ReviewId as Review, Seq};
        let of_services = Query::select()
            .column(reviews::Column::Id)
            .from(reviews::Entity)
            .and_where(reviews::Column::CompanyId.eq(self.company.0))
            .and_where(reviews::Column::ServiceId.is_not_null())
            .to_owned();
        let wanted = Condition::all().add(Review.not_in_subquery(of_services)).add(kind().ne("returned"));
        let rows = self.read::<review_entries::Entity>(CompanyId, [At, Review, Seq], wanted).await?;
        let ids = padded(rows.iter().map(|row| row.review_id).collect());
        let items = reviews::Entity::find()
            .filter(reviews::Column::CompanyId.eq(self.company.0))
            .filter(reviews::Column::Id.is_in(ids))
            .all(&self.store.readers)
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

    async fn setup(&self) -> Result<Vec<(Spot, Audited)>> {
        use setup_entries::Column::{At, CompanyId, Seq, SubjectId};
        let wanted = match self.filter.kind {
            Some(AuditKind::Channel) => Condition::all().add(kind().is_in(SetupDeed::OF_CHANNELS)),
            Some(AuditKind::Connection) => Condition::all().add(kind().is_in(SetupDeed::OF_CONNECTIONS)),
            Some(AuditKind::Hours) => Condition::all().add(kind().is_in(SetupDeed::OF_HOURS)),
            _ => Condition::all(),
        };
        let rows = self.read::<setup_entries::Entity>(CompanyId, [At, SubjectId, Seq], wanted).await?;
        let audited = |row: setup_entries::Model| {
            let spot = (row.at, row.subject_id, row.seq);
            Ok((spot, Audited::Setup(row.try_into()?)))
        };
        rows.into_iter().map(audited).collect()
    }

    async fn webhooks(&self) -> Result<Vec<(Spot, Audited)>> {
        use delivery_entries::Column::{At, CompanyId, DeliveryId as Delivery, Seq};
        let spot = [At, Delivery, Seq];
        let rows = self.read::<delivery_entries::Entity>(CompanyId, spot, Condition::all()).await?;
        let audited = |row: delivery_entries::Model| {
            let (spot, id) = ((row.at, row.delivery_id, row.seq), DeliveryId(row.delivery_id));
            Ok((spot, Audited::Webhook(id, row.try_into()?)))
        };
        rows.into_iter().map(audited).collect()
    }

    /// The next entries of a table in the order of the trail. `spot`: its columns of [`Spot`].
    async fn read<E: EntityTrait>(
        &self,
        company: E::Column,
        spot: [E::Column; 3],
        wanted: Condition,
    ) -> Result<Vec<E::Model>> {
        let AuditFilter { who, from, until, .. } = self.filter;
        let at = spot[0];
        let wanted = wanted
            .add(company.eq(self.company.0))
            .add_option(who.map(Who::condition).transpose()?)
            .add_option(from.map(|from| at.gte(millis(from))))
            .add_option(until.map(|until| at.lt(millis(until))));
        let mut find = E::find().filter(wanted);
        let older = self.cursor.is_none_or(|cursor| cursor.older);
        if let Some(Cursor { at, about, seq, .. }) = self.cursor {
            let place = Expr::tuple(spot.map(Expr::col));
            let here = Expr::tuple([at.into(), about.into(), seq.into()]);
            find = find.filter(if older { place.lt(here) } else { place.gt(here) });
        }
        let direction = if older { Order::Desc } else { Order::Asc };
        let find = spot.into_iter().fold(find, |find, column| find.order_by(column, direction.clone()));
        at_most(find, self.limit, &self.store.readers).await
    }
}
