//! Links: which event type of which account stands for a service of a staff member or a team.

use domain::service::Link;
use domain::{CompanyId, ConnectionId, LinkId, ServiceId, StaffId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};

use crate::columns::small;
use crate::entities::links;
use crate::{Error, Result, Store};

impl TryFrom<links::Model> for Link {
    type Error = Error;

    fn try_from(row: links::Model) -> Result<Self> {
        Ok(Self {
            id: LinkId(row.id),
            service_id: ServiceId(row.service_id),
            staff_id: row.staff_id.map(StaffId),
            connection_id: ConnectionId(row.connection_id),
            event_type_id: row.event_type_id,
            reference_field: row.reference_field,
            segment: small("links.segment", row.segment)?,
            host: row.host,
        })
    }
}

impl Store {
    /// All links.
    pub async fn links(&self, company: CompanyId) -> Result<Vec<Link>> {
        self.links_where(company, Condition::all()).await
    }

    /// The links of one account.
    pub async fn links_of_connection(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Vec<Link>> {
        self.links_where(company, Condition::all().add(links::Column::ConnectionId.eq(connection.0))).await
    }

    /// The links of one event type: several when it stands for a service of several people.
    pub async fn link_by_event_type(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        event_type_id: i64,
    ) -> Result<Vec<Link>> {
        let condition = Condition::all()
            .add(links::Column::ConnectionId.eq(connection.0))
            .add(links::Column::EventTypeId.eq(event_type_id));
        self.links_where(company, condition).await
    }

    /// Where a segment of a service of a person is booked: at this person's own link, else the team's.
    pub async fn link_for(
        &self,
        company: CompanyId,
        service: ServiceId,
        segment: u16,
        staff: StaffId,
    ) -> Result<Option<Link>> {
        find_for(&self.readers, company, service, segment, staff).await
    }

    /// Adds a link. Appointments that are there already are not tied to it.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the service of this person (or of the team) is linked, [`Error::NotFound`]
    /// if the company has no such service, person or connection.
    pub async fn add_link(&self, company: CompanyId, link: Link) -> Result<()> {
        let row = links::Model {
            company_id: company.0,
            id: link.id.0,
            service_id: link.service_id.0,
            staff_id: link.staff_id.map(|staff| staff.0),
            connection_id: link.connection_id.0,
            event_type_id: link.event_type_id,
            reference_field: link.reference_field,
            segment: i64::from(link.segment),
            host: link.host,
        };
        self.write(move |tx| {
            Box::pin(async move {
                links::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("link"))?;
                Ok(())
            })
        })
        .await
    }

    async fn links_where(&self, company: CompanyId, condition: Condition) -> Result<Vec<Link>> {
        let rows = of(company).filter(condition).order_by_asc(links::Column::Id).all(&self.readers).await?;
        rows.into_iter().map(Link::try_from).collect()
    }
}

fn of(company: CompanyId) -> Select<links::Entity> {
    links::Entity::find().filter(links::Column::CompanyId.eq(company.0))
}

pub(crate) async fn find_for(
    db: &impl ConnectionTrait,
    company: CompanyId,
    service: ServiceId,
    segment: u16,
    staff: StaffId,
) -> Result<Option<Link>> {
    let rows = of(company)
        .filter(links::Column::ServiceId.eq(service.0))
        .filter(links::Column::Segment.eq(i64::from(segment)))
        .filter(
            Condition::any().add(links::Column::StaffId.eq(staff.0)).add(links::Column::StaffId.is_null()),
        )
        .all(db)
        .await?;
    rows.into_iter().max_by_key(|row| row.staff_id.is_some()).map(Link::try_from).transpose()
}
