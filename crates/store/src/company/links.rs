//! Links: which event type of which account stands for a service of a staff member or a team.

use domain::catalogue::{EventTypeRecord, EventTypeRole};
use domain::service::Link;
use domain::{CompanyId, ConnectionId, LinkId, ServiceId, StaffId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};

use crate::columns::small;
use crate::entities::event_types;
use crate::{Error, Result, Store};

impl TryFrom<event_types::Model> for Link {
    type Error = Error;

    fn try_from(row: event_types::Model) -> Result<Self> {
        Ok(Self {
            id: LinkId(row.id),
            service_id: ServiceId(row.service_id),
            staff_id: row.staff_id.map(StaffId),
            connection_id: ConnectionId(row.connection_id),
            event_type_id: row.event_type_id.ok_or(Error::NotFound)?,
            reference_field: row.reference_field,
            segment: small("event_types.segment", row.segment)?,
            host: row.host,
        })
    }
}

impl Store {
    /// All links, also those that are not booked any more.
    pub async fn links(&self, company: CompanyId) -> Result<Vec<Link>> {
        self.links_where(company, Condition::all()).await
    }

    /// The links of one account.
    pub async fn links_of_connection(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Vec<Link>> {
        self.links_where(company, Condition::all().add(event_types::Column::ConnectionId.eq(connection.0)))
            .await
    }

    /// The links of one event type: several when it stands for a service of several people.
    pub async fn link_by_event_type(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        event_type_id: i64,
    ) -> Result<Vec<Link>> {
        let condition = Condition::all()
            .add(event_types::Column::ConnectionId.eq(connection.0))
            .add(event_types::Column::EventTypeId.eq(event_type_id));
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

    /// Where a service is booked, each segment of each person; `None` for whom stands for a team.
    pub async fn links_of_service(&self, company: CompanyId, service: ServiceId) -> Result<Vec<Link>> {
        let current = Condition::all()
            .add(event_types::Column::ServiceId.eq(service.0))
            .add(event_types::Column::Role.eq(EventTypeRole::Current.as_str()));
        self.links_where(company, current).await
    }

    /// Adds a link. Appointments that are there already are not tied to it.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the service of this person (or of the team) is linked, [`Error::NotFound`]
    /// if the company has no such service, person or connection.
    pub async fn add_link(&self, company: CompanyId, link: Link) -> Result<()> {
        let record = EventTypeRecord {
            segment: link.segment,
            staff_id: link.staff_id,
            host: link.host,
            event_type_id: Some(link.event_type_id),
            look: true,
            ..EventTypeRecord::new(link.id, link.connection_id)
        };
        let row = event_types::Model {
            reference_field: link.reference_field,
            ..crate::services::case::row(company, link.service_id, &record)?
        };
        self.write(move |tx| {
            Box::pin(async move {
                event_types::Entity::insert(row.into_active_model())
                    .exec_without_returning(&**tx)
                    .await
                    .map_err(Error::duplicate("link"))?;
                Ok(())
            })
        })
        .await
    }

    async fn links_where(&self, company: CompanyId, condition: Condition) -> Result<Vec<Link>> {
        let rows =
            of(company).filter(condition).order_by_asc(event_types::Column::Id).all(&self.readers).await?;
        rows.into_iter().map(Link::try_from).collect()
    }
}

/// Those that have been made: nothing can be booked on what Cal.com has no id for.
fn of(company: CompanyId) -> Select<event_types::Entity> {
    event_types::Entity::find()
        .filter(event_types::Column::CompanyId.eq(company.0))
        .filter(event_types::Column::EventTypeId.is_not_null())
}

pub(crate) async fn find_for(
    db: &impl ConnectionTrait,
    company: CompanyId,
    service: ServiceId,
    segment: u16,
    staff: StaffId,
) -> Result<Option<Link>> {
    let rows = of(company)
        .filter(event_types::Column::ServiceId.eq(service.0))
        .filter(event_types::Column::Segment.eq(i64::from(segment)))
        .filter(event_types::Column::Role.eq(EventTypeRole::Current.as_str()))
        .filter(
            Condition::any()
                .add(event_types::Column::StaffId.eq(staff.0))
                .add(event_types::Column::StaffId.is_null()),
        )
        .all(db)
        .await?;
    rows.into_iter().max_by_key(|row| row.staff_id.is_some()).map(Link::try_from).transpose()
}
