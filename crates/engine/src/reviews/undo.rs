//! A person takes the last decision back, while that is possible: what was asked is asked again. What was done at Cal.com
//! stays done.

use domain::appointment::Actor;
use domain::case::Priority;
use domain::catalogue::ServiceCase;
use domain::review::{About, Choice, Handled, Item};
use domain::{AppointmentId, Case, CompanyId, ServiceId};
use store::{Abort, Change};

use super::ReviewError;
use crate::Engine;
use crate::appointments::ChangeError;

/// What an item is about, as it is.
pub(super) enum Cause {
    Appointment(Box<Case>),
    Service(Box<ServiceCase>),
    Booking,
}

impl Engine {
    /// Whether the last decision about an item can be taken back. What was set aside is not: it is asked again.
    pub(super) async fn can_undo(
        &self,
        company: CompanyId,
        item: &Item,
        cause: &Cause,
    ) -> Result<bool, ReviewError> {
        let possible = match (&item.about, cause) {
            _ if item.aside.is_some() => return Ok(false),
            (_, Cause::Appointment(case)) => case.decided_at(self.ambient.now()),
            (About::EventType { link, setting: Some(setting), .. }, Cause::Service(case)) => {
                case.can_ask_again(*link, *setting, &item.message).then_some(item.opened_at)
            }
            _ => None,
        };
        let Some(since) = possible else { return Ok(false) };
        let deeds = self.store.review_deeds(company, item.id).await?;
        let last = deeds.iter().rev().find_map(|deed| match deed.what {
            Handled::Chosen { choice, .. } => Some((choice, deed.at)),
            _ => None,
        });
        // An older decision about the same thing is not the last one.
        Ok(last.is_some_and(|(choice, at)| choice.undone_by() == Some(Choice::Undo) && at >= since))
    }

    /// Takes the last decision about an appointment back.
    pub(super) async fn take_back(
        &self,
        company: CompanyId,
        id: AppointmentId,
        actor: Actor,
    ) -> Result<(), ReviewError> {
        let now = self.ambient.now();
        let taken = self.store.apply(company, id, Change::at(now), move |case| {
            let told = case.undo(now);
            if told.is_empty() {
                return Err(Abort::Because("nothing can be taken back".to_owned()));
            }
            for what in told {
                case.tell(now, &actor, what);
            }
            case.conclude(Priority::Change, now);
            Ok(())
        });
        match taken.await {
            Err(store::Error::GivenUp(_)) => Err(ReviewError::NotOffered),
            taken => {
                taken.map_err(ChangeError::from)?;
                self.signals.wake();
                Ok(())
            }
        }
    }

    /// Takes back what was decided about one field of an event type.
    pub(super) async fn take_back_of_service(
        &self,
        company: CompanyId,
        service: ServiceId,
        item: &Item,
        actor: Actor,
    ) -> Result<(), ReviewError> {
        let About::EventType { link, setting: Some(setting), .. } = &item.about else {
            return Err(ReviewError::NotOffered);
        };
        self.ask_again(company, service, (*link, *setting), item.message.clone(), actor).await?;
        Ok(())
    }

    /// The open item about the same as one that was settled, if it is asked again.
    pub(super) async fn asked_again(&self, company: CompanyId, item: Item) -> Result<Item, ReviewError> {
        if item.closed_at.is_none() {
            return Ok(item);
        }
        let open = self.store.reviews(company, false).await?;
        let again = open.into_iter().find(|open| open.about == item.about && open.code == item.code);
        Ok(again.unwrap_or(item))
    }
}
