//! Loading a case: an appointment with its customer, its booking and the company's rules.

use domain::{Appointment, AppointmentId, BookingRecord, Case, CompanyId, Email, Policy};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{from_json, parsed};
use crate::entities::{appointments, bookings, companies, customers};
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
        self.read(move |tx| Box::pin(async move { load(&**tx, company, id, Lock::No).await })).await
    }
}

pub(crate) async fn load(
    db: &impl ConnectionTrait,
    company: CompanyId,
    id: AppointmentId,
    lock: Lock,
) -> Result<Case> {
    let mut query = appointments::Entity::find_by_id((company.0, id.0));
    if lock == Lock::Yes {
        query = query.lock(LockType::NoKeyUpdate);
    }
    let appointment: Appointment = query.one(db).await?.ok_or(Error::NotFound)?.try_into()?;
    let customer = customers::Entity::find_by_id((company.0, appointment.customer_id.0))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?
        .try_into()?;
    let booking = bookings::Entity::find()
        .filter(bookings::Column::CompanyId.eq(company.0))
        .filter(bookings::Column::AppointmentId.eq(id.0))
        .order_by_asc(bookings::Column::Segment)
        .one(db)
        .await?
        .map(BookingRecord::try_from)
        .transpose()?;
    let rules = companies::Entity::find_by_id(company.0).one(db).await?.ok_or(Error::NotFound)?;
    Ok(Case {
        placeholder: placeholder(&rules, id)?,
        policy: policy(rules)?,
        appointment,
        customer,
        booking,
        entries: Vec::new(),
        questions: Vec::new(),
        due: None,
    })
}

/// The address that stands for a customer who has none; it names the appointment.
pub(crate) fn placeholder(company: &companies::Model, id: AppointmentId) -> Result<Email> {
    parsed("companies.placeholder_domain", &format!("{id}@{}", company.placeholder_domain))
}

pub(crate) fn policy(company: companies::Model) -> Result<Policy> {
    from_json("companies.policy", company.policy)
}
