//! Loading a case: an appointment with its customer, its booking and the company's rules.

use domain::case::Host;
use domain::review::ReviewCode;
use domain::{
    Appointment, AppointmentId, BookingRecord, Case, CompanyId, ConnectionId, Email, EventTypeRef, Policy,
    StaffId,
};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{first, from_json, parsed};
use crate::entities::{appointments, bookings, companies, customers, links, reviews};
use crate::{Error, Result, Store};

/// Whether the appointment stays as it is until the transaction ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Yes,
    No,
}

impl Store {
    /// The case of an appointment, for reading. Nothing is due and nothing asked in it.
    pub async fn case(&self, company: CompanyId, id: AppointmentId) -> Result<Case> {
        self.read(move |tx| Box::pin(async move { Ok(load(&**tx, company, id, Lock::No).await?.0) })).await
    }
}

/// The case with the rows of its open questions. The appointment is locked before the rest is read; the customer
/// is held as it is, because others' appointments change it too.
pub(crate) async fn load(
    db: &impl ConnectionTrait,
    company: CompanyId,
    id: AppointmentId,
    lock: Lock,
) -> Result<(Case, Vec<reviews::Model>)> {
    let mut query = appointments::Entity::find_by_id((company.0, id.0));
    if lock == Lock::Yes {
        query = query.lock(LockType::NoKeyUpdate);
    }
    let appointment: Appointment = first(query, db).await?.ok_or(Error::NotFound)?.try_into()?;
    let mut query = customers::Entity::find_by_id((company.0, appointment.customer_id.0));
    if lock == Lock::Yes {
        query = query.lock(LockType::Share);
    }
    let customer = first(query, db).await?.ok_or(Error::NotFound)?.try_into()?;
    let bookings: Result<Vec<_>> = bookings::Entity::find()
        .filter(bookings::Column::CompanyId.eq(company.0))
        .filter(bookings::Column::AppointmentId.eq(id.0))
        .order_by_asc(bookings::Column::Number)
        .all(db)
        .await?
        .into_iter()
        .map(BookingRecord::try_from)
        .collect();
    let rules = first(companies::Entity::find_by_id(company.0), db).await?.ok_or(Error::NotFound)?;
    let placeholder = placeholder(&rules, id)?;
    let mut case = Case::new(appointment, customer, placeholder, policy(rules)?);
    case.bookings = bookings?;
    if case.bookings.iter().any(|record| record.host.is_some()) {
        case.hosts = hosts(db, company, &case.bookings).await?;
    }
    let open = reviews::Entity::find()
        .filter(reviews::Column::CompanyId.eq(company.0))
        .filter(reviews::Column::AppointmentId.eq(id.0))
        .filter(reviews::Column::ClosedAt.is_null())
        .order_by_asc(reviews::Column::OpenedAt)
        .all(db)
        .await?;
    let question = |row: &reviews::Model| Some((ReviewCode::from_name(&row.code)?, row.message.clone()));
    case.open = open.iter().filter_map(question).collect();
    Ok((case, open))
}

/// Who is who on the event types of teams.
async fn hosts(
    db: &impl ConnectionTrait,
    company: CompanyId,
    bookings: &[BookingRecord],
) -> Result<Vec<Host>> {
    let event_types: Vec<_> = bookings.iter().map(|record| record.event_type.id).collect();
    let rows = links::Entity::find()
        .filter(links::Column::CompanyId.eq(company.0))
        .filter(links::Column::EventTypeId.is_in(event_types))
        .filter(links::Column::Host.is_not_null())
        .filter(links::Column::StaffId.is_not_null())
        .all(db)
        .await?;
    let host = |row: links::Model| {
        Some(Host {
            event_type: EventTypeRef { connection: ConnectionId(row.connection_id), id: row.event_type_id },
            user: row.host?,
            staff_id: StaffId(row.staff_id?),
        })
    };
    Ok(rows.into_iter().filter_map(host).collect())
}

/// The address that stands for a customer who has none; it names the appointment.
pub(crate) fn placeholder(company: &companies::Model, id: AppointmentId) -> Result<Email> {
    parsed("companies.placeholder_domain", &format!("{id}@{}", company.placeholder_domain))
}

pub(crate) fn policy(company: companies::Model) -> Result<Policy> {
    from_json("companies.policy", company.policy)
}
