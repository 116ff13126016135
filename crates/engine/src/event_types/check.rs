//! What differs between services and event types, without changing anything on either side.

use domain::catalogue::{EventTypeRole, ServiceCase, Setting};
use domain::{CompanyId, ConnectionId, ServiceId};
use serde::Serialize;

use super::translate;
use crate::Engine;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// The service has no event type yet: it would be made.
    Missing {
        /// Which.
        service: ServiceId,
        /// Its name.
        name: String,
        /// On which account.
        connection: ConnectionId,
    },
    /// The event type was deleted at Cal.com.
    Deleted {
        /// Which.
        service: ServiceId,
        /// Its name.
        name: String,
        /// Cal.com's id.
        event_type_id: i64,
    },
    /// A field says something else there.
    Differs {
        /// Which.
        service: ServiceId,
        /// Its name.
        name: String,
        /// Cal.com's id.
        event_type_id: i64,
        /// Which field, in our words.
        field: &'static str,
        /// What is said here.
        ours: String,
        /// What is said there.
        theirs: String,
    },
    /// Nobody here knows the event type: it would be imported.
    Unknown {
        /// Cal.com's id.
        event_type_id: i64,
        /// What it is called there.
        title: String,
        /// On which account.
        connection: ConnectionId,
    },
}

/// Asks every account of a company for its event types and compares them with the services, in one request per
/// account. Nothing is written anywhere.
///
/// # Errors
/// The first account that does not answer, or the database.
pub(crate) async fn differences(
    engine: &Engine,
    company: CompanyId,
) -> Result<Vec<Difference>, crate::services::CheckError> {
    let cases = engine.store.service_cases(company).await?;
    let links = engine.store.links(company).await?;
    let mut found = Vec::new();
    for connection in engine.store.connections(company).await? {
        let client = engine.client(company, &connection)?;
        let all = client.event_types().await.result?.items;
        for case in &cases {
            compare(case, connection.id, &all, &mut found);
        }
        let known = |id: i64| {
            links.iter().any(|link| link.connection_id == connection.id && link.event_type_id == id)
        };
        let unknown = all.iter().filter(|there| !there.hidden && !known(there.id.0));
        found.extend(unknown.map(|there| Difference::Unknown {
            event_type_id: there.id.0,
            title: there.title.clone(),
            connection: connection.id,
        }));
    }
    Ok(found)
}

fn compare(
    case: &ServiceCase,
    connection: ConnectionId,
    all: &[calcom::EventType],
    found: &mut Vec<Difference>,
) {
    let (service, name) = (case.service.id, || case.service.name.clone());
    let here = |record: &&domain::catalogue::EventTypeRecord| {
        record.connection == connection && record.role == EventTypeRole::Current
    };
    for record in case.event_types.iter().filter(here) {
        let Some(event_type_id) = record.event_type_id else {
            found.push(Difference::Missing { service, name: name(), connection });
            continue;
        };
        let Some(there) = all.iter().find(|there| there.id.0 == event_type_id) else {
            // An event type of a team is in no list of a person's.
            if record.staff_id.is_some() && record.host.is_none() {
                found.push(Difference::Deleted { service, name: name(), event_type_id });
            }
            continue;
        };
        let (wanted, there) = (case.wanted(record), translate::settings(there));
        let differs = |setting: &Setting| !setting.is_ours() && !setting.same(&wanted, &there);
        found.extend(Setting::ALL.into_iter().filter(differs).map(|setting| Difference::Differs {
            service,
            name: name(),
            event_type_id,
            field: setting.as_str(),
            ours: setting.value(&wanted),
            theirs: setting.value(&there),
        }));
    }
}
