//! What people decide about the items of the queue. A decision is carried out by what the appointment or the service
//! offers for it, and written down with who made it.

mod link;
mod many;
mod undo;

use std::time::Duration;

use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::review::{About, Choice, Filter, Handled, Item, Situation, State};
use domain::{AppointmentId, BookingUid, CompanyId, ConnectionId, Origin, ReviewId, ServiceId};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use store::{Handling, Subject};

use crate::appointments::{Act, Ahead, Change, ChangeError, Preview};
use crate::services::{ServiceAct, ServiceError, Settlement, Side};
use crate::{Engine, Error};

use undo::Cause;

pub use many::{Outcome, Part, Round, Wanted, Which};

/// How long somebody waits for a booking to be read before it is cancelled.
const PATIENCE: Duration = Duration::from_secs(10);
/// Is over when somebody has waited long enough; several may wait together.
type Patience = Shared<BoxFuture<'static, ()>>;

fn patience(patience: Duration) -> Patience {
    tokio::time::sleep(patience).boxed().shared()
}

/// How often it is looked for meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// A decision of somebody.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What.
    pub choice: Choice,
    /// Why, in somebody's words; Cal.com is told it with a cancellation.
    pub reason: Option<String>,
    /// Which booking is linked, by Cal.com's name of it.
    pub booking: Option<BookingUid>,
    /// By whom.
    pub actor: Actor,
    /// Only if the item is still at this version.
    pub version: Option<i64>,
}

/// What can be decided, and what it would bring.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// What.
    pub choice: Choice,
    /// What would become of the appointment, where one is changed or looked at.
    pub preview: Option<Box<Preview>>,
}

/// Why nothing was decided. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such item.
    #[error("there is no such item")]
    NotFound,
    /// The person that it is to be given to does not sign in here.
    #[error("there is no such person")]
    NoSuchUser,
    /// Whoever wants it may not decide it.
    #[error("that is for others to decide")]
    NotAllowed,
    /// That cannot be decided about it, or not any more.
    #[error("that cannot be decided about it now")]
    NotOffered,
    /// There is no such booking on the event type of the appointment that takes place and is nobody else's.
    #[error("there is no such booking on the event type of the appointment")]
    NoSuchBooking,
    /// Something was done about it since the caller last saw it.
    #[error("it was changed meanwhile; it is at version {0}")]
    Stale(i64),
    /// The service of the booking is performed by nobody here: there is nobody to write down for it.
    #[error("nobody here performs the service that is booked; say who does first")]
    NobodyPerforms,
    /// Cal.com has not answered yet.
    #[error("Cal.com has not told of the booking yet; try again in a minute")]
    Silent,
    /// The appointment does not allow it.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The service does not allow it.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The engine or the database.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<store::Error> for ReviewError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            store::Error::Stale { current_version } => Self::Stale(current_version),
            other => Self::Engine(other.into()),
        }
    }
}

impl Engine {
    /// The items that a filter lets through, the most urgent first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn review_queue(&self, company: CompanyId, filter: &Filter) -> Result<Vec<Item>, Error> {
        let items = self.store.reviews(company, filter.state == State::Closed).await?;
        Ok(filter.queue(items, self.ambient.now()))
    }

    /// What can be decided about an item, each with what it would bring.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn review_prospects(
        &self,
        company: CompanyId,
        item: &Item,
    ) -> Result<Vec<Prospect>, ReviewError> {
        let state = item.state(self.ambient.now());
        let kind = item.about.kind();
        let (mut next, mut can_take, mut lacks_booking) = (None, false, false);
        let cause = match &item.about {
            About::Appointment(id) => {
                let case = self.store.case(company, *id).await?;
                lacks_booking = case.current().any(|record| case.lacks_booking(record));
                next = Some(case.next());
                Cause::Appointment(Box::new(case))
            }
            About::EventType { service, link, setting: Some(setting) } => {
                let case = self.store.service_case(company, *service).await?;
                let seen = case.record(*link).and_then(|record| record.sighting());
                can_take = seen.is_some_and(|seen| case.can_take(*setting, &seen.settings));
                Cause::Service(Box::new(case))
            }
            About::Booking { .. } => {
                let seen = self.store.unknown_booking(company, item.id).await?;
                can_take = seen.is_some_and(|seen| seen.facts.event_type.is_some());
                Cause::Booking
            }
            About::EventType { .. } => Cause::Booking,
        };
        let can_undo = self.can_undo(company, item, &cause).await?;
        let mut prospects = Vec::new();
        let next = next.as_ref();
        let situation = Situation { kind, code: item.code, state, next, can_take, lacks_booking, can_undo };
        for choice in Choice::offered(&situation) {
            let preview = match (&item.about, act(choice)) {
                (About::Appointment(id), Some(act)) => {
                    let ahead = &mut Ahead::default();
                    Some(Box::new(self.preview(company, *id, &[act], Origin::Admin, ahead).await?))
                }
                _ => None,
            };
            prospects.push(Prospect { choice, preview });
        }
        Ok(prospects)
    }

    /// Carries a decision out, and writes it down. Answers the item as it is then, or the one that asks again; what
    /// Cal.com says to it shows later.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub async fn decide_review(
        &self,
        company: CompanyId,
        id: ReviewId,
        decision: Decision,
    ) -> Result<Item, ReviewError> {
        self.decide_in_time(company, id, decision, patience(PATIENCE)).await
    }

    async fn decide_in_time(
        &self,
        company: CompanyId,
        id: ReviewId,
        decision: Decision,
        patience: Patience,
    ) -> Result<Item, ReviewError> {
        let item = self.store.review(company, id).await?;
        if decision.version.is_some_and(|version| version != item.version) {
            return Err(ReviewError::Stale(item.version));
        }
        let prospects = self.review_prospects(company, &item).await?;
        if prospects.iter().all(|it| it.choice != decision.choice) {
            return Err(ReviewError::NotOffered);
        }
        match (&item.about, decision.choice) {
            (About::EventType { service, link, setting: Some(setting) }, Choice::Accept) => {
                let settlement =
                    Settlement { link: *link, setting: *setting, side: Side::Both, theirs: item.message };
                self.settle_seen(company, *service, settlement, &decision.actor).await?;
            }
            (About::EventType { service, link, setting: Some(setting) }, Choice::Reopen) => {
                self.reopen_divergence(company, *service, (*link, *setting), decision.actor.clone()).await?;
            }
            (_, Choice::Accept | Choice::Dismiss | Choice::Reopen) => {}
            (About::Appointment(appointment), Choice::Link) => {
                let uid = decision.booking.as_ref().ok_or(ReviewError::NoSuchBooking)?;
                self.link_booking(company, *appointment, uid, &decision.actor).await?;
            }
            (About::Appointment(appointment), Choice::Undo) => {
                self.take_back(company, *appointment, decision.actor.clone()).await?;
            }
            (About::EventType { service, .. }, Choice::Undo) => {
                self.take_back_of_service(company, *service, &item, decision.actor.clone()).await?;
            }
            (About::Appointment(appointment), choice) => {
                let acts = act(choice).into_iter().collect();
                self.act(company, *appointment, acts, Change::by(decision.actor.clone())).await?;
            }
            (About::EventType { service, link, setting }, choice) => {
                let side = if choice == Choice::Ours { Side::Ours } else { Side::Theirs };
                match setting {
                    Some(setting) if choice != Choice::Retry => {
                        let settlement =
                            Settlement { link: *link, setting: *setting, side, theirs: item.message };
                        self.settle_seen(company, *service, settlement, &decision.actor).await?;
                    }
                    _ => {
                        let actor = decision.actor.clone();
                        self.act_on_service(company, *service, ServiceAct::Reset, actor, None).await?;
                    }
                }
            }
            (About::Booking { connection, uid }, choice) => {
                if choice != Choice::Retry {
                    self.is_performed(company, id).await?;
                }
                self.read_booking(company, *connection, uid).await?;
                if choice == Choice::Cancel {
                    let appointment = self.appears(company, uid, patience).await?;
                    let acts = vec![Act::Cancel { reason: decision.reason.clone() }];
                    self.act(company, appointment, acts, Change::by(decision.actor.clone())).await?;
                }
            }
        }
        // What only the item says is said of the item that was read; the others are held to their own versions.
        let on_the_item = matches!(decision.choice, Choice::Accept | Choice::Dismiss | Choice::Reopen)
            && !matches!(item.about, About::EventType { setting: Some(_), .. });
        let version = on_the_item.then_some(item.version);
        let what = Handled::Chosen { choice: decision.choice, reason: decision.reason };
        let item = self.handle_review(company, id, decision.actor, version, what).await?;
        if decision.choice == Choice::Undo { self.asked_again(company, item).await } else { Ok(item) }
    }

    /// Writes down what somebody did about an item beside deciding it: gave it to somebody, put it off, commented.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub async fn handle_review(
        &self,
        company: CompanyId,
        id: ReviewId,
        actor: Actor,
        version: Option<i64>,
        what: Handled,
    ) -> Result<Item, ReviewError> {
        if let Handled::Assigned { to: Some(user) } = &what
            && self.store.users(company).await?.iter().all(|known| known.id != *user)
        {
            return Err(ReviewError::NoSuchUser);
        }
        let how = Handling { actor, at: self.ambient.now(), version };
        let item = self.store.handle_review(company, id, how, what).await?;
        let appointment = match item.about {
            About::Appointment(id) => Some(id),
            About::EventType { .. } | About::Booking { .. } => None,
        };
        self.signals.changed(company, appointment);
        Ok(item)
    }

    /// Whoever decides about what Cal.com says decides about what it says now, if it can be asked.
    async fn settle_seen(
        &self,
        company: CompanyId,
        service: ServiceId,
        settlement: Settlement,
        actor: &Actor,
    ) -> Result<(), ReviewError> {
        match self.look_at_service(company, service).await {
            Err(ServiceError::Silent) => {}
            looked => looked?,
        }
        self.settle_divergence(company, service, settlement, actor.clone(), None).await?;
        Ok(())
    }

    /// Whether there is somebody to write down for the booking that an item is about, as far as that is known.
    async fn is_performed(&self, company: CompanyId, id: ReviewId) -> Result<(), ReviewError> {
        let seen = self.store.unknown_booking(company, id).await?;
        let Some(event_type) = seen.and_then(|seen| seen.facts.event_type) else { return Ok(()) };
        let links = self.store.link_by_event_type(company, event_type.connection, event_type.id).await?;
        for link in &links {
            if link.staff_id.is_some()
                || !self.store.staff_for_service(company, link.service_id).await?.is_empty()
            {
                return Ok(());
            }
        }
        if links.is_empty() { Ok(()) } else { Err(ReviewError::NobodyPerforms) }
    }

    /// Has a booking read that nobody here knows: it becomes an appointment, or is none of ours. What was asked about it is
    /// settled then.
    ///
    /// # Errors
    /// If the database fails, or there is no such account.
    pub async fn read_booking(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        uid: &BookingUid,
    ) -> Result<(), Error> {
        let due = Due { at: self.ambient.now(), priority: Priority::Change };
        self.store.mark(company, connection, Subject::Booking(uid.clone()), due).await?;
        self.signals.wake_lanes(&[connection]);
        Ok(())
    }

    /// Waits until a booking has become an appointment.
    async fn appears(
        &self,
        company: CompanyId,
        uid: &BookingUid,
        patience: Patience,
    ) -> Result<AppointmentId, ReviewError> {
        let appears = async {
            loop {
                if let Some((id, _)) = self.store.appointment_by_uid(company, uid).await? {
                    return Ok(id);
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::select! {
            appeared = appears => appeared,
            () = patience => Err(ReviewError::Silent),
        }
    }
}

/// What is done about an appointment.
fn act(choice: Choice) -> Option<Act> {
    match choice {
        Choice::Retry => Some(Act::CheckAgain),
        Choice::Ours => Some(Act::Settle { ours: true }),
        Choice::Theirs => Some(Act::Settle { ours: false }),
        Choice::Link
        | Choice::Import
        | Choice::Cancel
        | Choice::Accept
        | Choice::Dismiss
        | Choice::Reopen
        | Choice::Undo => None,
    }
}
