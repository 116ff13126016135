//! Looking at one service's event types at once, because somebody decides about them: what is overwritten or taken over
//! is what stands there now, not what stood there when it was last looked at.

use std::time::Duration;

use calcom::EventTypeId;
use domain::case::Priority;
use domain::catalogue::ServiceCase;
use domain::{CompanyId, LinkId, ServiceId};
use jiff::Timestamp;

use super::ServiceError;
use crate::Engine;
use crate::event_types::look::Found;

/// How long a person waits for it.
const PATIENCE: Duration = Duration::from_secs(8);

/// What was found of an event type, and when it was looked for.
type Seen = (LinkId, Found, Timestamp);

impl Engine {
    /// Looks at all event types of a service now, and writes down what it sees. Changes nothing at Cal.com.
    ///
    /// # Errors
    /// [`ServiceError::Silent`] if one of its accounts does not answer in time or not as it should; what the others say
    /// is written down all the same. Else as [`Engine::act_on_service`].
    pub async fn look_at_service(&self, company: CompanyId, id: ServiceId) -> Result<(), ServiceError> {
        let case = self.store.service_case(company, id).await?;
        let (found, answered) = self.found_now(company, &case).await?;
        if !found.is_empty() {
            self.changed_service(company, id, None, move |case, now| {
                put(case, &found, now);
                Ok(())
            })
            .await?;
        }
        if answered { Ok(()) } else { Err(ServiceError::Silent) }
    }

    /// A service as it is here and, as far as Cal.com answers, there now. Writes nothing down. Says whether all of
    /// its accounts have answered.
    ///
    /// # Errors
    /// As [`Engine::act_on_service`].
    pub async fn service_as_it_is(
        &self,
        company: CompanyId,
        id: ServiceId,
    ) -> Result<(ServiceCase, bool), ServiceError> {
        let mut case = self.store.service_case(company, id).await?;
        let (found, answered) = self.found_now(company, &case).await?;
        let now = self.ambient.now();
        put(&mut case, &found, now);
        case.conclude(Priority::Change, now);
        Ok((case, answered))
    }

    async fn found_now(
        &self,
        company: CompanyId,
        case: &ServiceCase,
    ) -> Result<(Vec<Seen>, bool), ServiceError> {
        let mut found = Vec::new();
        let answered = tokio::select! {
            answered = self.find_all(company, case, &mut found) => answered?,
            () = self.ambient.sleep(PATIENCE) => false,
        };
        Ok((found, answered))
    }

    /// Finds what it can; says whether every account answered.
    async fn find_all(
        &self,
        company: CompanyId,
        case: &ServiceCase,
        found: &mut Vec<Seen>,
    ) -> Result<bool, ServiceError> {
        let mut answered = true;
        for record in case.current() {
            let Some(event_type) = record.event_type_id else { continue };
            let client = self.client(company, &self.store.connection(company, record.connection).await?)?;
            let now = self.ambient.now();
            let id = EventTypeId(event_type);
            let there = match Found::by_id(&client.event_type(id).await.result, now) {
                Some(there) => there,
                None => Found::in_list(&client.event_types().await.result, id),
            };
            match there {
                Found::Unclear(_) => answered = false,
                there => found.push((record.id, there, now)),
            }
        }
        Ok(answered)
    }
}

fn put(case: &mut ServiceCase, found: &[Seen], now: Timestamp) {
    for (link, there, looked_at) in found {
        match there {
            Found::EventType(seen) => case.sighted(*link, seen, now),
            Found::Nothing => case.absent(*link, *looked_at),
            // Nothing is concluded.
            Found::AnothersSlug | Found::Unclear(_) => {}
        }
    }
}
