//! Staff, and which services they offer.

use domain::people::Staff;
use domain::{BranchId, CompanyId, ServiceId, StaffId};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::columns::{from_json, to_json};
use crate::entities::{service_staff, staff};
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
