//! What differs between services and event types, without changing anything on either side.

use domain::catalogue::{EventTypeRecord, ServiceCase, Setting, Verdict};
use domain::{CompanyId, ConnectionId, ServiceId};
use serde::Serialize;

use super::translate;
use crate::{Engine, Error};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// On which account.
    pub connection: ConnectionId,
    /// What that is called here.
    pub account: String,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The service has no event type yet: it would be made.
    Missing {
        /// Which.
        service: ServiceId,
        /// Its name.
        name: String,
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
        /// What becomes of it.
        then: Then,
    },
    /// Nobody here knows the event type: it would be imported.
    Unknown {
        /// Cal.com's id.
        event_type_id: i64,
        /// What it is called there.
        title: String,
    },
    /// The account could not be compared.
    Unchecked {
        /// Why, in English.
        reason: String,
    },
}

/// What becomes of a field on which both sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It was changed here: it is sent.
    Send,
    /// It was changed there, and the company lets that through.
    Take,
    /// It was changed there: it stays as it is until a person decides.
    Ask,
    /// It was changed there, and a person has said that it may stay.
    Dismissed,
}

impl Difference {
    /// Whether a person or the next sync has something to do about it.
    pub fn is_open(&self) -> bool {
        !matches!(self.what, What::Differs { then: Then::Dismissed, .. })
    }
}

/// Asks every account of a company for its event types and compares them with the services, in one request per
/// account. Nothing is written anywhere. Our hidden field is in no list of Cal.com's, and is not compared.
///
/// # Errors
/// The engine or the database. An account that does not answer is told among the rest.
pub(crate) async fn differences(engine: &Engine, company: CompanyId) -> Result<Vec<Difference>, Error> {
    let cases = engine.store.service_cases(company).await?;
    let links = engine.store.links(company).await?;
    let mut found = Vec::new();
    for connection in engine.store.connections(company).await? {
        let differs = match engine.client(company, &connection)?.event_types().await.result {
            Err(error) => vec![What::Unchecked { reason: error.to_string() }],
            Ok(all) => {
                let known = |id: i64| {
                    links.iter().any(|link| link.connection_id == connection.id && link.event_type_id == id)
                };
                let unknown = all.items.iter().filter(|there| !there.hidden && !known(there.id.0));
                let unknown = unknown
                    .map(|there| What::Unknown { event_type_id: there.id.0, title: there.title.clone() });
                let known = cases.iter().flat_map(|case| compare(case, connection.id, &all.items));
                known.chain(unknown).collect()
            }
        };
        let of_it = |what| Difference { connection: connection.id, account: connection.name.clone(), what };
        found.extend(differs.into_iter().map(of_it));
    }
    Ok(found)
}

fn compare(case: &ServiceCase, connection: ConnectionId, all: &[calcom::EventType]) -> Vec<What> {
    let (service, name) = (case.service.id, || case.service.name.clone());
    let mut found = Vec::new();
    for record in case.current().filter(|record| record.connection == connection) {
        let Some(event_type_id) = record.event_type_id else {
            found.push(What::Missing { service, name: name() });
            continue;
        };
        let Some(there) = all.iter().find(|there| there.id.0 == event_type_id) else {
            // An event type of a team is in no list of a person's.
            if record.staff_id.is_some() && record.host.is_none() {
                found.push(What::Deleted { service, name: name(), event_type_id });
            }
            continue;
        };
        let (wanted, there) = (case.wanted(record), translate::settings(there));
        let verdicts = case.verdicts(record, &there).into_iter().filter(|(setting, _)| !setting.is_ours());
        found.extend(verdicts.map(|(setting, verdict)| {
            let (ours, theirs) = (setting.value(&wanted), setting.value(&there));
            let then = then(record, setting, verdict, &theirs);
            What::Differs {
                service,
                name: name(),
                event_type_id,
                field: setting.as_str(),
                ours,
                theirs,
                then,
            }
        }));
    }
    found
}

fn then(record: &EventTypeRecord, setting: Setting, verdict: Verdict, theirs: &str) -> Then {
    let mut dismissed = record.divergences.iter().filter(|known| known.dismissed);
    match verdict {
        Verdict::Send => Then::Send,
        Verdict::Take => Then::Take,
        Verdict::Diverges if dismissed.any(|known| known.setting == setting && known.theirs == theirs) => {
            Then::Dismissed
        }
        Verdict::Diverges => Then::Ask,
    }
}
