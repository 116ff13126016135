//! Looking before anything is tied: whether it can be, and what would follow.

use calcom::{EventType, EventTypeId};
use domain::catalogue::{EventTypeRecord, EventTypeRole, EventTypeSighting, ServiceCase, Setting};
use domain::{CompanyId, ConnectionId, LinkId, StaffId};

use super::{LinkError, LinkProspect, LinkWish, Linkable, PATIENCE};
use crate::Engine;
use crate::event_types::translate;
use crate::services::ServiceError;

/// Everything that is known before anything is tied.
pub(super) struct Examined {
    pub(super) case: ServiceCase,
    pub(super) record: EventTypeRecord,
    pub(super) seen: EventTypeSighting,
}

impl Examined {
    /// What would follow.
    pub(super) fn prospect(&self) -> LinkProspect {
        let Self { case, record, seen } = self;
        let there = &seen.settings;
        let mut after = case.clone();
        let performs = |staff: &StaffId| case.performers.iter().any(|performer| performer.staff_id == *staff);
        let joins = record.staff_id.filter(|staff| !performs(staff));
        if let Some(staff) = joins {
            let all: Vec<_> = case.performers.iter().map(|it| it.staff_id).chain([staff]).collect();
            after.perform(&all);
        }
        let wanted = after.wanted(record);
        let differs = Setting::ALL.into_iter().filter(|it| !it.is_ours() && !it.same(&wanted, there));
        LinkProspect {
            event_type: Linkable {
                id: seen.id,
                title: there.title.clone(),
                minutes: there.minutes,
                hidden: !there.active,
            },
            differs: differs.map(|it| (it, it.value(&wanted), it.value(there))).collect(),
            overwrites: case.overwrites,
            replaces: case.stands_for(record.segment, record.staff_id).and_then(|it| it.event_type_id),
            joins: joins.is_some(),
            adds_reference: !there.reference_field,
        }
    }
}

impl Engine {
    /// What there is to be tied, and whether it can be.
    pub(super) async fn examine(&self, company: CompanyId, wish: &LinkWish) -> Result<Examined, LinkError> {
        let case = self.store.service_case(company, wish.service).await?;
        let person = match wish.staff {
            None => None,
            Some(id) => {
                let person = case.people.iter().find(|person| person.staff_id == id);
                Some(person.ok_or(LinkError::Service(ServiceError::NotFound))?)
            }
        };
        let own = person.and_then(|person| person.connection);
        let connection = wish.connection.or(own).ok_or(LinkError::NoAccount)?;
        let connection = self.store.connection(company, connection).await?;
        let parts = case.service.slots(self.ambient.now());
        let part = parts.get(usize::from(wish.segment));
        let here = part.ok_or(LinkError::NoSuchPart { parts: parts.len() })?.minutes();

        let client = self.client(company, &connection)?;
        let call = client.event_type(EventTypeId(wish.event_type));
        let call = tokio::time::timeout(PATIENCE, call).await.map_err(|_| LinkError::Silent)?;
        let event_type = match call.result {
            Err(calcom::Error::NotFound { .. }) => {
                let (account, id) = (connection.account.username.clone(), wish.event_type);
                let has = self.event_types_there(company, &connection).await?;
                return Err(LinkError::NoSuchEventType { account, id, has });
            }
            found => found?,
        };
        let there = event_type.length_in_minutes;
        if there != here {
            return Err(LinkError::Minutes { there, here });
        }
        let host = match person {
            Some(person) => host_of(&event_type, &person.name, wish.host)?,
            None => None,
        };
        if host.is_none() && own.is_some_and(|own| own != connection.id) {
            return Err(LinkError::OtherAccount);
        }
        self.must_be_free(company, wish, connection.id, host).await?;
        if let Some(before) = case.stands_for(wish.segment, wish.staff) {
            let same = before.event_type_id == Some(wish.event_type) && before.connection == connection.id;
            let unmade = before.event_type_id.is_none() && before.doubts.is_empty();
            if same || !(unmade || wish.replace) {
                return Err(LinkError::Already(before.event_type_id));
            }
        }
        let record = EventTypeRecord {
            segment: wish.segment,
            staff_id: wish.staff,
            host,
            ..EventTypeRecord::new(LinkId(self.ambient.id()), connection.id)
        };
        let seen = translate::sighting(&event_type, self.ambient.now());
        Ok(Examined { case, record, seen })
    }

    /// An event type stands for one service of one person; one of a team for one service of its hosts.
    async fn must_be_free(
        &self,
        company: CompanyId,
        wish: &LinkWish,
        connection: ConnectionId,
        host: Option<i64>,
    ) -> Result<(), LinkError> {
        for link in self.store.link_by_event_type(company, connection, wish.event_type).await? {
            let case = self.store.service_case(company, link.service_id).await?;
            let Some(record) = case.record(link.id) else { continue };
            let ours = link.service_id == wish.service;
            let free = match record.role {
                EventTypeRole::Gone => true,
                EventTypeRole::Hidden | EventTypeRole::Deleted => ours,
                EventTypeRole::Current => {
                    ours && record.segment == wish.segment
                        && (record.staff_id == wish.staff || (host.is_some() && record.host.is_some()))
                }
            };
            if !free {
                return Err(LinkError::Taken(case.service.name));
            }
        }
        Ok(())
    }
}

/// Who a person is on an event type of a team; `None` on one of a single person.
fn host_of(event_type: &EventType, name: &str, named: Option<i64>) -> Result<Option<i64>, LinkError> {
    if event_type.team_id.is_none() {
        return Ok(None);
    }
    let same = |host: &&calcom::EventTypeHost| match named {
        Some(id) => host.user_id.0 == id,
        None => host.name.trim().to_lowercase() == name.trim().to_lowercase(),
    };
    if let Some(host) = event_type.hosts.iter().find(same) {
        return Ok(Some(host.user_id.0));
    }
    let hosts = event_type.hosts.iter().map(|host| format!("{} {}", host.user_id, host.name));
    Err(LinkError::NoHost { hosts: hosts.collect() })
}
