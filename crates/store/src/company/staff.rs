//! Staff, which services they offer, and whose account is whose.

use std::collections::HashMap;

use domain::appointment::Actor;
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::{BranchId, CompanyId, ConnectionId, ServiceId, StaffId};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::columns::{first, from_json, to_json};
use crate::entities::{service_staff, staff};
use crate::setup::{SetupDeed, SetupEntry, note};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

impl TryFrom<staff::Model> for Staff {
    type Error = Error;

    fn try_from(row: staff::Model) -> Result<Self> {
        Ok(Self {
            id: StaffId(row.id),
            branch_id: BranchId(row.branch_id),
            name: row.name,
            active: row.active,
            hours: from_json("staff.hours", row.hours)?,
        })
    }
}

impl Store {
    /// All staff, by name, also those who take no appointments.
    pub async fn staff(&self, company: CompanyId) -> Result<Vec<Staff>> {
        let query = staff::Entity::find().filter(staff::Column::CompanyId.eq(company.0));
        self.staff_of(query).await
    }

    /// One staff member.
    pub async fn staff_member(&self, company: CompanyId, id: StaffId) -> Result<Staff> {
        let row = staff::Entity::find_by_id((company.0, id.0)).one(&self.readers).await?;
        row.ok_or(Error::NotFound)?.try_into()
    }

    /// The staff who offer a service, by name, also those who take no appointments.
    pub async fn staff_for_service(&self, company: CompanyId, service: ServiceId) -> Result<Vec<Staff>> {
        let offering = Query::select()
            .column(service_staff::Column::StaffId)
            .from(service_staff::Entity)
            .and_where(service_staff::Column::CompanyId.eq(company.0))
            .and_where(service_staff::Column::ServiceId.eq(service.0))
            .take();
        let query = staff::Entity::find()
            .filter(staff::Column::CompanyId.eq(company.0))
            .filter(staff::Column::Id.in_subquery(offering));
        self.staff_of(query).await
    }

    async fn staff_of(&self, query: sea_orm::Select<staff::Entity>) -> Result<Vec<Staff>> {
        query
            .order_by_asc(staff::Column::Name)
            .order_by_asc(staff::Column::Id)
            .all(&self.readers)
            .await?
            .into_iter()
            .map(Staff::try_from)
            .collect()
    }

    /// Adds a staff member.
    pub async fn add_staff(&self, company: CompanyId, person: Staff) -> Result<()> {
        let row = staff::Model {
            company_id: company.0,
            id: person.id.0,
            branch_id: person.branch_id.0,
            name: person.name,
            active: person.active,
            hours: to_json(&person.hours)?,
            connection_id: None,
        };
        self.write(move |tx| {
            Box::pin(async move {
                staff::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("staff member"))?;
                Ok(())
            })
        })
        .await
    }

    /// Says when somebody works.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_staff_hours(
        &self,
        company: CompanyId,
        id: StaffId,
        hours: WeeklyHours,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let hours = to_json(&hours)?;
        self.write(move |tx| {
            let actor = by.clone();
            Box::pin(async move {
                let before = locked(tx, company, id).await?;
                if before.hours == hours {
                    return Ok(());
                }
                let name = before.name.clone();
                let mut row = before.into_active_model();
                row.hours = Set(hours);
                staff::Entity::update(row).exec_without_returning(&**tx).await?;
                let deed = SetupDeed::HoursChanged;
                note(tx, company, SetupEntry { at: now, actor, subject: id.0, name, deed }).await
            })
        })
        .await
    }

    /// The accounts of those who have one of their own.
    pub async fn staff_connections(&self, company: CompanyId) -> Result<HashMap<StaffId, ConnectionId>> {
        let rows: Vec<(Uuid, Uuid)> = staff::Entity::find()
            .select_only()
            .columns([staff::Column::Id, staff::Column::ConnectionId])
            .filter(staff::Column::CompanyId.eq(company.0))
            .filter(staff::Column::ConnectionId.is_not_null())
            .into_tuple()
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(|(person, own)| (StaffId(person), ConnectionId(own))).collect())
    }

    /// Says which account is a person's own; `None` for nobody's.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the company has no such person or connection.
    pub async fn set_staff_connection(
        &self,
        company: CompanyId,
        person: StaffId,
        connection: Option<ConnectionId>,
    ) -> Result<()> {
        if let Some(connection) = connection {
            self.connection(company, connection).await?;
        }
        self.write(move |tx| {
            Box::pin(async move {
                let updated = staff::Entity::update_many()
                    .col_expr(staff::Column::ConnectionId, connection.map(|it| it.0).into())
                    .filter(staff::Column::CompanyId.eq(company.0))
                    .filter(staff::Column::Id.eq(person.0))
                    .exec(&**tx)
                    .await?;
                if updated.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
            })
        })
        .await
    }

    /// Says who offers a service, in place of what was said before.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the company has no such service or one of the people.
    pub async fn set_service_staff(
        &self,
        company: CompanyId,
        service: ServiceId,
        people: &[StaffId],
    ) -> Result<()> {
        let rows: Vec<_> = people
            .iter()
            .map(|person| service_staff::Model {
                company_id: company.0,
                service_id: service.0,
                staff_id: person.0,
            })
            .map(IntoActiveModel::into_active_model)
            .collect();
        self.write(move |tx| {
            Box::pin(async move {
                service_staff::Entity::delete_many()
                    .filter(service_staff::Column::CompanyId.eq(company.0))
                    .filter(service_staff::Column::ServiceId.eq(service.0))
                    .exec(&**tx)
                    .await?;
                for row in rows {
                    service_staff::Entity::insert(row)
                        .exec_without_returning(&**tx)
                        .await
                        .map_err(Error::duplicate("service of a staff member"))?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// A person whom nobody else changes meanwhile.
pub(crate) async fn locked(tx: &Tx, company: CompanyId, id: StaffId) -> Result<staff::Model> {
    let find = staff::Entity::find_by_id((company.0, id.0)).lock_exclusive();
    first(find, &**tx).await?.ok_or(Error::NotFound)
}
