//! Loading a service with its event types, and the rows that they stand in.

use std::collections::BTreeMap;

use domain::catalogue::{
    Divergence, EventTypeCall, EventTypeRecord, EventTypeRefused, EventTypeRole, EventTypeSeen, Performer,
    Place, ServiceCase, Setting, Settings,
};
use domain::{CompanyId, ConnectionId, LinkId, ServiceId, StaffId};
use jiff::Timestamp;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::appointments::case::policy;
use crate::columns::{at_most, from_json, instant, millis, named, scrubbed, small, to_json};
use crate::entities::{branches, companies, dirty, event_types, service_staff, services, staff};
use crate::unit_of_work::Tx;
use crate::{Error, Result, Store};

/// What is remembered of an event type beside what it is looked up by.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    seen: EventTypeSeen,
    agreed: Option<Settings>,
    shared: BTreeMap<Setting, String>,
    divergences: Vec<Divergence>,
    look: bool,
    doubts: Vec<EventTypeCall>,
    refused: Option<EventTypeRefused>,
    failures: u32,
    last_attempt_at: Option<Timestamp>,
    last_synced_at: Option<Timestamp>,
    next_try_at: Option<Timestamp>,
}

/// The row of an event type.
pub(crate) fn row(
    company: CompanyId,
    service: ServiceId,
    record: &EventTypeRecord,
) -> Result<event_types::Model> {
    let state = State {
        seen: record.seen.clone(),
        agreed: record.agreed.clone(),
        shared: record.shared.clone(),
        divergences: record.divergences.clone(),
        look: record.look,
        doubts: record.doubts.clone(),
        refused: record.refused.clone(),
        failures: record.failures,
        last_attempt_at: record.last_attempt_at,
        last_synced_at: record.last_synced_at,
        // As exactly as the list of work says when it is due, and no later.
        next_try_at: record.next_try_at.map(|at| instant(millis(at))).transpose()?,
    };
    Ok(event_types::Model {
        company_id: company.0,
        id: record.id.0,
        service_id: service.0,
        segment: i64::from(record.segment),
        staff_id: record.staff_id.map(|staff| staff.0),
        host: record.host,
        connection_id: record.connection.0,
        event_type_id: record.event_type_id,
        role: record.role.as_str().to_owned(),
        reference_field: record.sighting().is_some_and(|seen| seen.settings.reference_field),
        state: scrubbed(to_json(&state)?),
    })
}

impl TryFrom<event_types::Model> for EventTypeRecord {
    type Error = Error;

    fn try_from(row: event_types::Model) -> Result<Self> {
        let state: State = from_json("event_types.state", row.state)?;
        Ok(Self {
            id: LinkId(row.id),
            segment: small("event_types.segment", row.segment)?,
            staff_id: row.staff_id.map(StaffId),
            host: row.host,
            connection: ConnectionId(row.connection_id),
            event_type_id: row.event_type_id,
            role: named("event_types.role", &row.role, EventTypeRole::from_name)?,
            seen: state.seen,
            agreed: state.agreed,
            shared: state.shared,
            divergences: state.divergences,
            look: state.look,
            doubts: state.doubts,
            refused: state.refused,
            failures: state.failures,
            last_attempt_at: state.last_attempt_at,
            last_synced_at: state.last_synced_at,
            next_try_at: state.next_try_at,
        })
    }
}

impl Store {
    /// A service with its event types, for reading. Nothing is due in it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn service_case(&self, company: CompanyId, id: ServiceId) -> Result<ServiceCase> {
        self.read(move |tx| Box::pin(async move { load(tx, company, id).await })).await
    }

    /// All services with their event types, by name, for reading; not those that were deleted.
    pub async fn service_cases(&self, company: CompanyId) -> Result<Vec<ServiceCase>> {
        self.read(move |tx| {
            Box::pin(async move {
                let ids = services::Entity::find()
                    .filter(services::Column::CompanyId.eq(company.0))
                    .filter(services::Column::DeletedAt.is_null())
                    .order_by_asc(services::Column::Name)
                    .order_by_asc(services::Column::Id)
                    .all(&**tx)
                    .await?;
                let mut cases = Vec::with_capacity(ids.len());
                for row in ids {
                    cases.push(load(tx, company, ServiceId(row.id)).await?);
                }
                Ok(cases)
            })
        })
        .await
    }

    /// Whether any service of a company, or its event types, are due at `now`.
    pub async fn services_are_due(&self, company: CompanyId, now: Timestamp) -> Result<bool> {
        let due = dirty::Entity::find()
            .filter(dirty::Column::CompanyId.eq(company.0))
            .filter(dirty::Column::SubjectKind.is_in(["service", "event_types"]))
            .filter(dirty::Column::DueAt.lte(millis(now)));
        Ok(!at_most(due, 1, &self.readers).await?.is_empty())
    }

    /// The services that have event types on an account, with the ids of those that are known.
    pub async fn services_of_connection(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Vec<(ServiceId, Option<i64>)>> {
        let rows = event_types::Entity::find()
            .filter(event_types::Column::CompanyId.eq(company.0))
            .filter(event_types::Column::ConnectionId.eq(connection.0))
            .order_by_asc(event_types::Column::Id)
            .all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(|row| (ServiceId(row.service_id), row.event_type_id)).collect())
    }
}

/// The case of a service. The caller has locked it if it is to be changed.
pub(crate) async fn load(tx: &Tx, company: CompanyId, id: ServiceId) -> Result<ServiceCase> {
    let service = services::Entity::find_by_id((company.0, id.0)).one(&**tx).await?;
    let rules = companies::Entity::find_by_id(company.0).one(&**tx).await?.ok_or(Error::NotFound)?;
    let records = event_types::Entity::find()
        .filter(event_types::Column::CompanyId.eq(company.0))
        .filter(event_types::Column::ServiceId.eq(id.0))
        .order_by_asc(event_types::Column::Id)
        .all(&**tx)
        .await?;
    let people = people(&**tx, company, id).await?;
    Ok(ServiceCase {
        service: service.ok_or(Error::NotFound)?.try_into()?,
        event_types: records.into_iter().map(EventTypeRecord::try_from).collect::<Result<_>>()?,
        performers: people.iter().filter(|(_, performs)| *performs).map(|(it, _)| it.clone()).collect(),
        people: people.into_iter().map(|(person, _)| person).collect(),
        overwrites: policy(rules)?.allow_calcom_overwrites,
        entries: Vec::new(),
        due: Vec::new(),
    })
}

/// Everybody who takes appointments, with whether this person performs the service.
async fn people(
    db: &impl ConnectionTrait,
    company: CompanyId,
    service: ServiceId,
) -> Result<Vec<(Performer, bool)>> {
    let offering: Vec<Uuid> = service_staff::Entity::find()
        .select_only()
        .column(service_staff::Column::StaffId)
        .filter(service_staff::Column::CompanyId.eq(company.0))
        .filter(service_staff::Column::ServiceId.eq(service.0))
        .into_tuple()
        .all(db)
        .await?;
    let people = staff::Entity::find()
        .filter(staff::Column::CompanyId.eq(company.0))
        .filter(staff::Column::Active.eq(true))
        .order_by_asc(staff::Column::Id)
        .all(db)
        .await?;
    let places: Vec<(Uuid, Option<String>)> = branches::Entity::find()
        .select_only()
        .columns([branches::Column::Id, branches::Column::Address])
        .filter(branches::Column::CompanyId.eq(company.0))
        .into_tuple()
        .all(db)
        .await?;
    let address =
        |branch| places.iter().find(|(id, _)| *id == branch).and_then(|(_, address)| address.clone());
    let performer = |row: staff::Model| {
        let performs = offering.contains(&row.id);
        let place = address(row.branch_id).filter(|address| !address.trim().is_empty());
        let performer = Performer {
            staff_id: StaffId(row.id),
            name: row.name,
            connection: row.connection_id.map(ConnectionId),
            place: place.map(Place::Address),
        };
        (performer, performs)
    };
    Ok(people.into_iter().map(performer).collect())
}
