//! What can be done with services. Every entrance (pages, API, commands) comes through here, so that each change is
//! checked, told in the history, and brought to Cal.com, in the same way. Nothing here waits for Cal.com.

mod fresh;
mod link;
mod settle;
mod whole;

use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::catalogue::{EventTypeRole, ServiceCase, ServiceWhat, Setting};
use domain::service::{InvalidService, Service, Terms, Work};
use domain::{AppointmentStatus, CompanyId, ConnectionId, LinkId, ServiceId, StaffId};
use store::{Abort, Subject};

pub use self::link::{LinkError, LinkProspect, LinkWish, Linkable, Linked, link_token};
pub use self::settle::{Settlement, Side};
pub use self::whole::{WholeOutcome, token};
pub use crate::event_types::check::{Difference, Then, What};
use crate::{Engine, Error, event_types};

/// What is to be changed of a service; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ServiceEdit {
    /// The name that customers see and say.
    pub name: Option<String>,
    /// Short name in URLs.
    pub slug: Option<String>,
    /// For customers.
    pub description: Option<String>,
    /// How long it takes, in minutes.
    pub duration_minutes: Option<u32>,
    /// What it costs, in cents; `Some(None)` takes the price away.
    pub price_cents: Option<Option<i64>>,
    /// Whether it can be booked at all.
    pub active: Option<bool>,
    /// How it can be booked.
    pub terms: Option<Terms>,
    /// The stretches of work of a composite service; empty for one that is done in one go.
    pub segments: Option<Vec<Work>>,
    /// Who performs it.
    pub staff: Option<Vec<StaffId>>,
}

/// Something to be done about a service.
#[derive(Debug, Clone)]
pub enum ServiceAct {
    /// Change what is named.
    Edit(Box<ServiceEdit>),
    /// Send everything that is said here; what was deleted there is made again.
    Push,
    /// Take over everything that Cal.com says.
    Pull,
    /// Forget what failed, and look anew.
    Reset,
    /// What is said here of one setting counts.
    SendOurs(LinkId, Setting),
    /// What is said there of one setting counts.
    TakeTheirs(LinkId, Setting),
    /// A divergence may stay.
    Dismiss(LinkId, Setting),
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such service.
    #[error("there is no such service")]
    NotFound,
    /// It cannot be what somebody wants it to be.
    #[error(transparent)]
    Invalid(#[from] InvalidService),
    /// Another service has this short name.
    #[error("another service has this short name")]
    SlugTaken,
    /// The two sides do not differ in it, or the service has no place for what is said there.
    #[error("there is nothing to settle")]
    NothingToSettle,
    /// It was changed since the caller last saw it.
    #[error("it was changed meanwhile; it is at version {0}")]
    Stale(i64),
    /// Cal.com says something else than when it was decided about.
    #[error("Cal.com says something else by now")]
    SeenOther,
    /// Cal.com did not answer in time, or not as it should.
    #[error("Cal.com did not answer; try again in a minute")]
    Silent,
    /// The engine or the database.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<store::Error> for ServiceError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            store::Error::Duplicate { .. } => Self::SlugTaken,
            store::Error::Stale { current_version } => Self::Stale(current_version),
            store::Error::GivenUp(_) => Self::NothingToSettle,
            other => Self::Engine(other.into()),
        }
    }
}

impl Engine {
    /// Adds a service, with an event type for each of those who perform it and have an account.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing is added then.
    pub async fn create_service(
        &self,
        company: CompanyId,
        service: Service,
        staff: &[StaffId],
        actor: Actor,
    ) -> Result<ServiceCase, ServiceError> {
        service.check()?;
        let (now, ambient, staff) = (self.ambient.now(), self.ambient.clone(), staff.to_vec());
        let created = move |case: &mut ServiceCase| {
            case.tell(now, &actor, ServiceWhat::Created);
            case.perform(&staff);
            case.arrange(|| LinkId(ambient.id()));
            case.conclude(Priority::Change, now);
        };
        let created = self.store.create_service(company, service, created).await?;
        self.told(company, &created.marked);
        Ok(created.case)
    }

    /// Ties a service to the accounts of those who perform it now.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn arrange_service(
        &self,
        company: CompanyId,
        id: ServiceId,
    ) -> Result<ServiceCase, ServiceError> {
        self.changed_service(company, id, None, |_, _| Ok(())).await.map(|(case, ())| case)
    }

    /// Does something about a service.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing is changed then.
    pub async fn act_on_service(
        &self,
        company: CompanyId,
        id: ServiceId,
        act: ServiceAct,
        actor: Actor,
        version: Option<i64>,
    ) -> Result<ServiceCase, ServiceError> {
        if let ServiceAct::Edit(edit) = &act {
            edited(&self.store.service(company, id).await?, edit).check()?;
        }
        self.changed_service(company, id, version, move |case, now| {
            let nothing = || Abort::Because("nothing to settle".to_owned());
            let done = match &act {
                ServiceAct::Edit(edit) => {
                    let after = edited(&case.service, edit);
                    let mut fields = case.changes_to(&after);
                    let performers = edit.staff.as_ref().and_then(|staff| case.perform(staff));
                    fields.extend(performers.map(|(before, after)| ("staff".to_owned(), before, after)));
                    if !fields.is_empty() {
                        if after.active && !case.service.active {
                            case.make_again();
                        }
                        case.service = after;
                        case.tell(now, &actor, ServiceWhat::Changed { fields });
                    }
                    true
                }
                ServiceAct::Push => {
                    case.push(&actor, now);
                    true
                }
                ServiceAct::Pull => {
                    case.pull(&actor, now);
                    true
                }
                ServiceAct::Reset => {
                    case.reset(&actor, now);
                    true
                }
                ServiceAct::SendOurs(link, setting) => case.keep(*link, *setting, &actor, now),
                ServiceAct::TakeTheirs(link, setting) => case.take(*link, *setting, &actor, now),
                ServiceAct::Dismiss(link, setting) => case.dismiss(*link, *setting, &actor, now),
            };
            if done { Ok(()) } else { Err(nothing()) }
        })
        .await
        .map(|(case, ())| case)
    }

    /// Deletes a service. Its event types are hidden, or deleted if `delete` is said and nothing is booked on them
    /// any more: a booking without its event type cannot be moved (recording 226).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn remove_service(
        &self,
        company: CompanyId,
        id: ServiceId,
        delete: bool,
        actor: Actor,
        version: Option<i64>,
    ) -> Result<ServiceCase, ServiceError> {
        let now = self.ambient.now();
        let filter = store::AppointmentFilter {
            from: Some(now),
            service: Some(id),
            statuses: AppointmentStatus::ALL.into_iter().filter(|status| status.is_active()).collect(),
            ..store::AppointmentFilter::default()
        };
        let booked = self.store.count_appointments(company, &filter).await? > 0;
        let role = if delete && !booked { EventTypeRole::Deleted } else { EventTypeRole::Hidden };
        let change = store::Change::at(now).expecting(version);
        let remove = move |case: &mut ServiceCase| {
            case.service.active = false;
            case.remove(role);
            case.tell(now, &actor, ServiceWhat::Removed);
            case.conclude(Priority::Change, now);
            Ok(())
        };
        let removed = self.store.remove_service(company, id, change, remove).await?;
        self.told(company, &removed.marked);
        Ok(removed.case)
    }

    /// Looks at all event types of the company's accounts as soon as can be. What nobody here knows is imported at
    /// once if a person asks for it (`priority` before [`Priority::Check`]).
    ///
    /// # Errors
    /// If the database fails.
    pub async fn look_at_event_types(&self, company: CompanyId, priority: Priority) -> Result<(), Error> {
        for connection in self.store.connections(company).await? {
            let due = Due { at: self.ambient.now(), priority };
            self.store.mark(company, connection.id, Subject::EventTypes, due).await?;
        }
        self.signals.wake();
        Ok(())
    }

    /// What differs between the company's services and its event types, as Cal.com tells them now. Changes nothing
    /// on either side.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn service_differences(&self, company: CompanyId) -> Result<Vec<Difference>, Error> {
        crate::event_types::check::differences(self, company).await
    }

    async fn changed_service<R: Send + 'static>(
        &self,
        company: CompanyId,
        id: ServiceId,
        version: Option<i64>,
        f: impl Fn(&mut ServiceCase, jiff::Timestamp) -> Result<R, Abort> + Clone + Send + Sync + 'static,
    ) -> Result<(ServiceCase, R), ServiceError> {
        let now = self.ambient.now();
        let ambient = self.ambient.clone();
        let change = store::Change::at(now).expecting(version);
        let changed = self
            .store
            .change_service(company, id, change, move |case| {
                let value = f(case, now)?;
                case.arrange(|| LinkId(ambient.id()));
                case.conclude(Priority::Change, now);
                Ok(value)
            })
            .await?;
        self.told(company, &changed.marked);
        event_types::lost::warn(&changed.case, &changed.entries);
        Ok((changed.case, changed.value))
    }

    fn told(&self, company: CompanyId, marked: &[ConnectionId]) {
        self.signals.wake_lanes(marked);
        self.signals.changed(company, None);
    }
}

fn edited(service: &Service, edit: &ServiceEdit) -> Service {
    let edit = edit.clone();
    let segments = edit.segments.unwrap_or_else(|| service.segments.clone());
    let whole: u32 = segments.iter().map(|work| work.minutes.saturating_add(work.pause_minutes)).sum();
    let duration = edit.duration_minutes.unwrap_or(service.duration_minutes);
    Service {
        name: edit.name.map_or_else(|| service.name.clone(), |name| name.trim().to_owned()),
        slug: edit.slug.unwrap_or_else(|| service.slug.clone()),
        description: edit.description.unwrap_or_else(|| service.description.clone()),
        duration_minutes: if segments.is_empty() { duration } else { whole },
        price_cents: edit.price_cents.unwrap_or(service.price_cents),
        active: edit.active.unwrap_or(service.active),
        terms: edit.terms.unwrap_or_else(|| service.terms.clone()),
        segments,
        ..service.clone()
    }
}
