//! Appointments with everything that a page shows of them.

use std::collections::HashMap;

use domain::booking::Role;
use domain::company::Branch;
use domain::people::{Customer, Staff};
use domain::service::Service;
use domain::{Appointment, AppointmentId, BookingRecord, BookingUid, CompanyId, ConnectionId, SyncStatus};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{first, instant, small, sync};
use crate::company::connections::accounts_of;
use crate::entities::{
    appointments, booking_uids, bookings, branches, connections, customers, services, staff,
};
use crate::{Error, Result, Store};

/// An appointment with the people and things that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentView {
    /// The appointment.
    pub appointment: Appointment,
    /// Who is served.
    pub customer: Customer,
    /// What.
    pub service: Service,
    /// Who serves.
    pub staff: Staff,
    /// Where.
    pub branch: Branch,
    /// What ties it to Cal.com, one record per segment that is linked, and those that have left or are
    /// leaving.
    pub bookings: Vec<BookingRecord>,
    /// The account of the first segment's booking.
    pub connection: Option<ConnectionLabel>,
}

impl AppointmentView {
    /// The booking of its first segment.
    pub fn current(&self) -> Option<&BookingRecord> {
        self.bookings.iter().find(|record| record.role == Role::Current)
    }
}

/// A connection as pages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLabel {
    /// Which.
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// The address of the Cal.com.
    pub base_url: String,
}

impl Store {
    /// One appointment.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn appointment(&self, company: CompanyId, id: AppointmentId) -> Result<AppointmentView> {
        self.views(company, &[id]).await?.pop().ok_or(Error::NotFound)
    }

    /// How it stands at Cal.com.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn sync_status(&self, company: CompanyId, id: AppointmentId) -> Result<SyncStatus> {
        let word: Option<String> = appointments::Entity::find_by_id((company.0, id.0))
            .select_only()
            .column(appointments::Column::Sync)
            .into_tuple()
            .one(&self.readers)
            .await?;
        word.map_or(Err(Error::NotFound), |word| sync(&word))
    }

    /// The appointments of these ids, in their order; ids that the company does not have are left out.
    pub async fn views(&self, company: CompanyId, ids: &[AppointmentId]) -> Result<Vec<AppointmentView>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        self.read(move |tx| {
            Box::pin(async move {
                let rows = appointments::Entity::find()
                    .filter(appointments::Column::CompanyId.eq(company.0))
                    .filter(appointments::Column::Id.is_in(ids.clone()))
                    .all(&**tx)
                    .await?;
                let mut views = of(&**tx, company, rows).await?;
                views.sort_by_key(|view| ids.iter().position(|id| *id == view.appointment.id.0));
                Ok(views)
            })
        })
        .await
    }

    /// The appointment and the record that a booking belongs to, by any name that it ever had. Whichever of the
    /// company's accounts tells of it: a booking of a team is heard of from each of its hosts.
    pub async fn appointment_by_uid(
        &self,
        company: CompanyId,
        uid: &BookingUid,
    ) -> Result<Option<(AppointmentId, u16)>> {
        by_uid(&self.readers, company, uid).await
    }

    /// Every name that an appointment's booking ever had at Cal.com, the oldest first: a move gives it a new
    /// one.
    pub async fn booking_uids(&self, company: CompanyId, id: AppointmentId) -> Result<Vec<BookingUid>> {
        Ok(self.booking_chain(company, id).await?.into_iter().map(|(uid, _)| uid).collect())
    }

    /// The same names, each with the time when it was first seen here.
    pub async fn booking_chain(
        &self,
        company: CompanyId,
        id: AppointmentId,
    ) -> Result<Vec<(BookingUid, Timestamp)>> {
        let rows = booking_uids::Entity::find()
            .filter(booking_uids::Column::CompanyId.eq(company.0))
            .filter(booking_uids::Column::AppointmentId.eq(id.0))
            .order_by_asc(booking_uids::Column::FirstSeenAt)
            .order_by_asc(booking_uids::Column::Uid)
            .all(&self.readers)
            .await?;
        let current = bookings::Entity::find()
            .filter(bookings::Column::CompanyId.eq(company.0))
            .filter(bookings::Column::AppointmentId.eq(id.0))
            .filter(bookings::Column::Role.eq(Role::Current.as_str()))
            .all(&self.readers)
            .await?;
        let chain: Result<Vec<_>> =
            rows.into_iter().map(|row| Ok((BookingUid(row.uid), instant(row.first_seen_at)?))).collect();
        let mut chain = chain?;
        // Two names that were first seen in one moment: the one that counts now is the later one.
        chain.sort_by_key(|(uid, at)| {
            (*at, current.iter().any(|booking| booking.uid.as_ref() == Some(&uid.0)))
        });
        Ok(chain)
    }
}

pub(crate) async fn by_uid(
    db: &impl ConnectionTrait,
    company: CompanyId,
    uid: &BookingUid,
) -> Result<Option<(AppointmentId, u16)>> {
    // Where two accounts know it, the one that knew it first.
    let known = booking_uids::Entity::find()
        .filter(booking_uids::Column::CompanyId.eq(company.0))
        .filter(booking_uids::Column::ConnectionId.in_subquery(accounts_of(company)))
        .filter(booking_uids::Column::Uid.eq(uid.0.as_str()))
        .order_by_desc(booking_uids::Column::FirstSeenAt);
    let row = first(known, db).await?;
    row.map(|row| Ok((AppointmentId(row.appointment_id), small("booking_uids.number", row.number)?)))
        .transpose()
}

/// The views of `rows`, in their order: one query per kind of thing, however many rows.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    company: CompanyId,
    rows: Vec<appointments::Model>,
) -> Result<Vec<AppointmentView>> {
    macro_rules! load {
        ($table:ident, $column:ident = $key:ident, $ids:expr) => {{
            let ids: Vec<Uuid> = $ids;
            if ids.is_empty() {
                HashMap::new()
            } else {
                $table::Entity::find()
                    .filter($table::Column::CompanyId.eq(company.0))
                    .filter($table::Column::$column.is_in(ids))
                    .all(db)
                    .await?
                    .into_iter()
                    .map(|row| (row.$key, row))
                    .collect::<HashMap<Uuid, $table::Model>>()
            }
        }};
    }
    let customers = load!(customers, Id = id, distinct(rows.iter().map(|row| row.customer_id)));
    let services = load!(services, Id = id, distinct(rows.iter().map(|row| row.service_id)));
    let staff = load!(staff, Id = id, distinct(rows.iter().map(|row| row.staff_id)));
    let branches = load!(branches, Id = id, distinct(rows.iter().map(|row| row.branch_id)));
    let mut records = records(db, company, &rows).await?;
    let accounts = records.values().flatten().map(|record| record.event_type.connection.0);
    let connections = load!(connections, Id = id, distinct(accounts));
    rows.into_iter()
        .map(|row| {
            let bookings = records.remove(&row.id).unwrap_or_default();
            let first = bookings.iter().find(|record| record.role == Role::Current);
            let connection = first.and_then(|record| connections.get(&record.event_type.connection.0));
            Ok(AppointmentView {
                customer: customers.get(&row.customer_id).cloned().ok_or(Error::NotFound)?.try_into()?,
                service: services.get(&row.service_id).cloned().ok_or(Error::NotFound)?.try_into()?,
                staff: staff.get(&row.staff_id).cloned().ok_or(Error::NotFound)?.try_into()?,
                branch: branches.get(&row.branch_id).cloned().ok_or(Error::NotFound)?.try_into()?,
                connection: connection.map(|connection| ConnectionLabel {
                    id: ConnectionId(connection.id),
                    name: connection.name.clone(),
                    base_url: connection.base_url.clone(),
                }),
                bookings,
                appointment: row.try_into()?,
            })
        })
        .collect()
}

/// The bookings of each appointment, in the order of their numbers.
async fn records(
    db: &impl ConnectionTrait,
    company: CompanyId,
    appointments: &[appointments::Model],
) -> Result<HashMap<Uuid, Vec<BookingRecord>>> {
    let mut records: HashMap<_, Vec<_>> = HashMap::new();
    if appointments.is_empty() {
        return Ok(records);
    }
    let rows = bookings::Entity::find()
        .filter(bookings::Column::CompanyId.eq(company.0))
        .filter(bookings::Column::AppointmentId.is_in(appointments.iter().map(|row| row.id)))
        .order_by_asc(bookings::Column::Number)
        .all(db)
        .await?;
    for row in rows {
        records.entry(row.appointment_id).or_default().push(row.try_into()?);
    }
    Ok(records)
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
