//! Lists of appointments: filters, and pages that stay where they are while appointments come and go.

use domain::people::Customer;
use domain::{
    AppointmentStatus, BranchId, CompanyId, CustomerId, Origin, Phone, ServiceId, StaffId, SyncStatus,
};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::view::{self, AppointmentView};
use crate::columns::{millis, padded};
use crate::cursor::{Way, page};
use crate::entities::{appointments, chairs, customers};
use crate::{Error, Result, Store};

/// Which appointments to list. Empty lists and `None` let everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppointmentFilter {
    /// Part of the customer's name, address or phone number, or a number such as `A-1042` or `1042`.
    pub q: Option<String>,
    /// Starts at this instant or later.
    pub from: Option<Timestamp>,
    /// Starts before this instant.
    pub to: Option<Timestamp>,
    /// One of these.
    pub statuses: Vec<AppointmentStatus>,
    /// One of these.
    pub syncs: Vec<SyncStatus>,
    /// One of these.
    pub origins: Vec<Origin>,
    /// With this person; of those that do not take place, begun by this person.
    pub staff: Option<StaffId>,
    /// In this branch.
    pub branch: Option<BranchId>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of customers with this number.
    pub phone: Option<Phone>,
    /// Also those that were taken off the lists.
    pub deleted: bool,
    /// By start.
    pub order: Order,
}

/// Direction of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The earliest start first.
    #[default]
    Ascending,
    /// The latest start first.
    Descending,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Leads to the page after it; `None` on the last one.
    pub next: Option<String>,
    /// Leads to the page before it; `None` on the first one.
    pub prev: Option<String>,
}

/// A place in a list: between an appointment and the one after or before it.
#[derive(Clone, Copy)]
struct Cursor {
    forward: bool,
    starts_at: i64,
    id: Uuid,
}

impl Cursor {
    fn write(forward: bool, row: &appointments::Model) -> String {
        format!("{}{}.{}", if forward { 'n' } else { 'p' }, row.starts_at, row.id.simple())
    }

    fn read(text: &str) -> Result<Self> {
        let forward = match text.chars().next() {
            Some('n') => true,
            Some('p') => false,
            _ => return Err(Error::InvalidCursor),
        };
        let (starts_at, id) = text[1..].split_once('.').ok_or(Error::InvalidCursor)?;
        Ok(Self {
            forward,
            starts_at: starts_at.parse().map_err(|_| Error::InvalidCursor)?,
            id: Uuid::try_parse(id).map_err(|_| Error::InvalidCursor)?,
        })
    }
}

/// The cursor of the page that begins with the first appointment at `start` or later, in a list in ascending
/// order: a list can be opened in its middle and walked both ways.
pub fn cursor_at(start: Timestamp) -> String {
    format!("n{}.{}", millis(start), Uuid::nil().simple())
}

/// The cursor of the page that ends with the last appointment before `start`, in such a list.
pub fn cursor_before(start: Timestamp) -> String {
    format!("p{}.{}", millis(start), Uuid::nil().simple())
}

impl Store {
    /// A page of at most `limit` appointments, ordered by start and id. `cursor` is one that a page of the
    /// same filter gave out.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`].
    pub async fn appointments(
        &self,
        company: CompanyId,
        filter: &AppointmentFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<AppointmentView>> {
        let cursor = cursor.map(Cursor::read).transpose()?;
        let forward = cursor.is_none_or(|cursor| cursor.forward);
        let ascending = (filter.order == Order::Ascending) == forward;
        let mut query = appointments::Entity::find().filter(condition(company, filter));
        let place =
            Expr::tuple([Expr::col(appointments::Column::StartsAt), Expr::col(appointments::Column::Id)]);
        if let Some(Cursor { starts_at, id, .. }) = cursor {
            let here = Expr::tuple([starts_at.into(), id.into()]);
            query = query.filter(if ascending { place.gt(here) } else { place.lt(here) });
        }
        let direction = if ascending { sea_orm::Order::Asc } else { sea_orm::Order::Desc };
        let query = query
            .order_by(appointments::Column::StartsAt, direction.clone())
            .order_by(appointments::Column::Id, direction);
        let way = Way { forward, begins: cursor.is_none() };
        self.read(move |tx| {
            Box::pin(async move {
                let Page { items, next, prev } = page(query, limit, way, Cursor::write, &**tx).await?;
                Ok(Page { items: view::of(&**tx, company, items).await?, next, prev })
            })
        })
        .await
    }

    /// How many appointments a filter lets through.
    pub async fn count_appointments(&self, company: CompanyId, filter: &AppointmentFilter) -> Result<u64> {
        Ok(appointments::Entity::find().filter(condition(company, filter)).count(&self.readers).await?)
    }

    /// The active appointments of customers with this number that end after `from`, the earliest first.
    pub async fn find_appointments_of_phone(
        &self,
        company: CompanyId,
        phone: &Phone,
        from: Timestamp,
    ) -> Result<Vec<AppointmentView>> {
        let statuses = AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect();
        let filter = AppointmentFilter { statuses, ..AppointmentFilter::default() };
        let customers = customers::Entity::find()
            .select_only()
            .column(customers::Column::Id)
            .filter(customers::Column::CompanyId.eq(company.0))
            .filter(customers::Column::Phone.eq(phone.as_str()));
        // In an order that only the index by customers has: databases think it better to look through all that begin.
        let query = appointments::Entity::find()
            .filter(condition(company, &filter))
            .filter(appointments::Column::EndsAt.gt(millis(from)))
            .order_by_asc(appointments::Column::CustomerId)
            .order_by_asc(appointments::Column::StartsAt);
        self.read(move |tx| {
            Box::pin(async move {
                let ids: Vec<Uuid> = customers.into_tuple().all(&**tx).await?;
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let query = query.filter(appointments::Column::CustomerId.is_in(padded(ids)));
                let mut views = view::of(&**tx, company, query.all(&**tx).await?).await?;
                views.sort_by_key(|view| (view.appointment.slot.start, view.appointment.id));
                Ok(views)
            })
        })
        .await
    }
}

fn condition(company: CompanyId, filter: &AppointmentFilter) -> Condition {
    use appointments::Column;
    let mut all = Condition::all().add(Column::CompanyId.eq(company.0));
    if !filter.deleted {
        all = all.add(Column::DeletedAt.is_null());
    }
    if let Some(from) = filter.from {
        all = all.add(Column::StartsAt.gte(millis(from)));
    }
    if let Some(to) = filter.to {
        all = all.add(Column::StartsAt.lt(millis(to)));
    }
    if !filter.statuses.is_empty() {
        all = all.add(Column::Status.is_in(filter.statuses.iter().map(|status| status.as_str())));
    }
    if !filter.syncs.is_empty() {
        all = all.add(Column::Sync.is_in(filter.syncs.iter().map(|sync| sync.as_str())));
    }
    if !filter.origins.is_empty() {
        all = all.add(Column::Origin.is_in(filter.origins.iter().map(|origin| origin.as_str())));
    }
    if let Some(staff) = filter.staff {
        let besides = Column::Id.in_subquery(with_later_segments(company, staff, filter.from));
        all = all.add(Condition::any().add(Column::StaffId.eq(staff.0)).add(besides));
    }
    if let Some(branch) = filter.branch {
        all = all.add(Column::BranchId.eq(branch.0));
    }
    if let Some(service) = filter.service {
        all = all.add(Column::ServiceId.eq(service.0));
    }
    if let Some(customer) = filter.customer {
        all = all.add(Column::CustomerId.eq(customer.0));
    }
    if let Some(phone) = &filter.phone {
        let with_phone = customers_with(company, customers::Column::Phone.eq(phone.as_str()));
        all = all.add(Column::CustomerId.in_subquery(with_phone));
    }
    if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        let named = customers_with(company, search(q));
        let mut any = Condition::any().add(Column::CustomerId.in_subquery(named));
        let digits = q.strip_prefix("A-").or_else(|| q.strip_prefix("a-")).unwrap_or(q);
        if let Ok(number) = digits.parse::<i64>() {
            any = any.add(Column::Number.eq(number));
        }
        all = all.add(any);
    }
    all
}

/// The active appointments in which somebody works who does not begin them; those that start at `from` or later.
fn with_later_segments(company: CompanyId, staff: StaffId, from: Option<Timestamp>) -> SelectStatement {
    use chairs::Column;
    let mut query = Query::select();
    query
        .column(Column::TakenBy)
        .from(chairs::Entity)
        .and_where(Column::CompanyId.eq(company.0))
        .and_where(Column::StaffId.eq(staff.0))
        .and_where(Column::Segment.gt(0));
    if let Some(from) = from {
        query.and_where(Column::EndsAt.gt(millis(from)));
    }
    query
}

fn customers_with(company: CompanyId, condition: impl Into<Expr>) -> SelectStatement {
    Query::select()
        .column(customers::Column::Id)
        .from(customers::Entity)
        .and_where(customers::Column::CompanyId.eq(company.0))
        .and_where(condition.into())
        .take()
}

/// Customers in whose name, address or number `q` occurs, whatever its case.
pub(crate) fn search(q: &str) -> Expr {
    let mut pattern = String::from("%");
    for c in q.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Expr::col((customers::Entity, customers::Column::Search)).like(LikeExpr::new(pattern).escape('\\'))
}

/// What [`search`] looks at.
pub(crate) fn searchable(customer: &Customer) -> String {
    let email = customer.email.as_ref().map_or("", domain::Email::as_str);
    let phone = customer.phone.as_ref().map_or("", Phone::as_str);
    format!("{} {email} {phone}", customer.name).to_lowercase()
}
