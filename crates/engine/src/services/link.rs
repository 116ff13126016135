//! A service is tied to an event type that was there before: looked at, previewed and done by the same steps, whoever
//! asks (pages, API, commands).

mod examine;

use std::time::Duration;

use calcom::EventType;
use domain::appointment::Actor;
use domain::catalogue::{EventTypeRecord, ServiceCase, Setting};
use domain::service::Link;
use domain::{CompanyId, ConnectionId, ServiceId, StaffId};
use sha2::{Digest as _, Sha256};
use store::Connection;

use self::examine::Examined;
use super::ServiceError;
use crate::{Engine, Error};

/// How long Cal.com is waited for while somebody looks at a page.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is to be tied to what.
#[derive(Debug, Clone)]
pub struct LinkWish {
    /// The service.
    pub service: ServiceId,
    /// Which stretch of work of a composite service, from 0; 0 for others.
    pub segment: u16,
    /// Whose it is; `None` for an event type of a team that stands for everybody.
    pub staff: Option<StaffId>,
    /// The account; `None` for this person's own.
    pub connection: Option<ConnectionId>,
    /// Cal.com's id.
    pub event_type: i64,
    /// Cal.com's user id of this person, on an event type of a team; `None` for the host of the same name.
    pub host: Option<i64>,
    /// Whether an event type that stands for it already may be hidden for this one.
    pub replace: bool,
}

/// An event type that an account has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linkable {
    /// Cal.com's id.
    pub id: i64,
    /// What it is called there.
    pub title: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Whether nobody sees it there.
    pub hidden: bool,
}

/// What tying would do. Two that are equal do the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkProspect {
    /// The event type.
    pub event_type: Linkable,
    /// What differs: the setting, what is said here and what there. It becomes divergences, or is taken over if the
    /// company lets that through.
    pub differs: Vec<(Setting, String, String)>,
    /// Whether the company lets Cal.com's data through.
    pub overwrites: bool,
    /// The event type that stands for it now, and is hidden then.
    pub replaces: Option<i64>,
    /// Whether this person performs the service from then on, and did not before.
    pub joins: bool,
    /// Whether our hidden reference field is added there.
    pub adds_reference: bool,
}

/// What was tied.
#[derive(Debug)]
pub struct Linked {
    /// The service as it is now.
    pub case: ServiceCase,
    /// The tie.
    pub link: Link,
    /// What the event type is called at Cal.com.
    pub title: String,
    /// Appointments that were booked here before, and are booked there now.
    pub appointments: usize,
}

/// Why nothing was tied.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody has said on which account, and this person has none.
    #[error("this person has no account at Cal.com")]
    NoAccount,
    /// An event type of one person is booked on this person's own account.
    #[error("this person's own account is another one")]
    OtherAccount,
    /// The service has no such stretch of work.
    #[error("the service has {parts} part(s), and none of this number")]
    NoSuchPart {
        /// How many it has.
        parts: usize,
    },
    /// The account has no such event type.
    #[error("the account {account} has no event type {id}; it has: {}", named(.has))]
    NoSuchEventType {
        /// The account.
        account: String,
        /// Cal.com's id that was given.
        id: i64,
        /// What there is.
        has: Vec<Linkable>,
    },
    /// A service of another length is another booking.
    #[error("the event type takes {there} minutes and the service takes {here}; make them equal first")]
    Minutes {
        /// At Cal.com.
        there: u32,
        /// Here.
        here: u32,
    },
    /// Nobody on the event type of a team has this name.
    #[error("nobody on the event type is called so; say who it is: {}", one_of(.hosts))]
    NoHost {
        /// Its hosts with their user ids.
        hosts: Vec<String>,
    },
    /// It stands for another service, or another person, already.
    #[error("the event type stands for {0} already")]
    Taken(String),
    /// The service of this person has an event type, and nobody has said that it may be replaced.
    #[error("this service is linked already")]
    Already(Option<i64>),
    /// Something else would be done than what was shown.
    #[error("what would be done has changed meanwhile")]
    SeenOther,
    /// Cal.com did not answer in time.
    #[error("Cal.com does not answer")]
    Silent,
    /// Cal.com did not answer as it should.
    #[error("the event type cannot be read at Cal.com")]
    CalCom(#[from] calcom::Error),
    /// The service, or the engine.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<store::Error> for LinkError {
    fn from(error: store::Error) -> Self {
        Self::Service(error.into())
    }
}

impl From<Error> for LinkError {
    fn from(error: Error) -> Self {
        Self::Service(error.into())
    }
}

fn one_of(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn named(all: &[Linkable]) -> String {
    one_of(&all.iter().map(|it| format!("{} {}", it.id, it.title)).collect::<Vec<_>>())
}

/// Names a prospect in a form.
pub fn link_token(prospect: &LinkProspect) -> String {
    hex::encode(&Sha256::digest(format!("{prospect:?}"))[..12])
}

impl Engine {
    /// The event types of an account that stand for no service, by name. Waits a few seconds for Cal.com.
    ///
    /// # Errors
    /// [`LinkError::Silent`], [`LinkError::CalCom`], or if the database fails.
    pub async fn linkable_event_types(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Vec<Linkable>, LinkError> {
        let mut all =
            self.event_types_there(company, &self.store.connection(company, connection).await?).await?;
        let cases = self.store.service_cases(company).await?;
        let here = |record: &EventTypeRecord| record.connection == connection;
        let taken: Vec<_> = cases
            .iter()
            .flat_map(ServiceCase::current)
            .filter(|record| here(record))
            .filter_map(|record| record.event_type_id)
            .collect();
        all.retain(|it| !taken.contains(&it.id));
        all.sort_by(|a, b| (a.hidden, &a.title, a.id).cmp(&(b.hidden, &b.title, b.id)));
        Ok(all)
    }

    /// What tying would do, by what Cal.com says now. Changes nothing.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn preview_link(&self, company: CompanyId, wish: &LinkWish) -> Result<LinkProspect, LinkError> {
        Ok(self.examine(company, wish).await?.prospect())
    }

    /// Ties a service to an event type that is there. Nothing of it is overwritten: what differs becomes divergences,
    /// unless the company lets Cal.com's data through; only our hidden reference field is added. Appointments ahead
    /// that had no event type yet are booked there. `seen` is the [`link_token`] of what was shown, if anything was.
    ///
    /// # Errors
    /// [`LinkError`]; nothing is tied then.
    pub async fn link_event_type(
        &self,
        company: CompanyId,
        wish: &LinkWish,
        seen: Option<&str>,
        actor: Actor,
        version: Option<i64>,
    ) -> Result<Linked, LinkError> {
        let examined = self.examine(company, wish).await?;
        let prospect = examined.prospect();
        if seen.is_some_and(|seen| seen != link_token(&prospect)) {
            return Err(LinkError::SeenOther);
        }
        let Examined { record, seen, .. } = examined;
        let (connection, host, title) = (record.connection, record.host, prospect.event_type.title);
        // The account of a person's first event type is from then on this person's own.
        if let (Some(person), None) = (wish.staff, host)
            && !self.store.staff_connections(company).await?.contains_key(&person)
        {
            self.store.set_staff_connection(company, person, Some(connection)).await?;
        }
        let reference_field = seen.settings.reference_field;
        let tied = move |case: &mut ServiceCase, now| Ok(case.tie(record.clone(), &seen, &actor, now));
        let (case, id) = self.changed_service(company, wish.service, version, tied).await?;
        let link = Link {
            id,
            service_id: wish.service,
            segment: wish.segment,
            staff_id: wish.staff,
            host,
            connection_id: connection,
            event_type_id: wish.event_type,
            reference_field,
        };
        let appointments = crate::connect::tie(self, company, &link).await?;
        self.signals.wake();
        Ok(Linked { case, link, title, appointments })
    }

    async fn event_types_there(
        &self,
        company: CompanyId,
        connection: &Connection,
    ) -> Result<Vec<Linkable>, LinkError> {
        let client = self.client(company, connection)?;
        let call =
            tokio::time::timeout(PATIENCE, client.event_types()).await.map_err(|_| LinkError::Silent)?;
        Ok(call.result?.items.iter().map(linkable).collect())
    }
}

fn linkable(event_type: &EventType) -> Linkable {
    Linkable {
        id: event_type.id.0,
        title: event_type.title.clone(),
        minutes: event_type.length_in_minutes,
        hidden: event_type.hidden,
    }
}
