//! One divergence is settled, as it was seen: whoever decides about what Cal.com says decides about nothing that it
//! says since.

use domain::appointment::Actor;
use domain::catalogue::{ServiceCase, Setting};
use domain::{CompanyId, LinkId, ServiceId};
use store::Abort;

use super::ServiceError;
use crate::Engine;

/// Whose word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is said here: it is sent.
    Ours,
    /// What is said there: it is taken over.
    Theirs,
    /// Each its own: the divergence may stay.
    Both,
}

/// A decision about one field of one event type.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Which event type.
    pub link: LinkId,
    /// Which field.
    pub setting: Setting,
    /// Whose word counts.
    pub side: Side,
    /// What Cal.com said when it was decided, as [`Setting::value`] writes it.
    pub theirs: String,
}

impl Engine {
    /// Settles one divergence.
    ///
    /// # Errors
    /// [`ServiceError::SeenOther`] if Cal.com says something else by now, [`ServiceError::NothingToSettle`] if there is
    /// no such divergence or the service has no place for what is said there; nothing is changed then.
    pub async fn settle_divergence(
        &self,
        company: CompanyId,
        id: ServiceId,
        settlement: Settlement,
        actor: Actor,
        version: Option<i64>,
    ) -> Result<ServiceCase, ServiceError> {
        let settled = self.changed_service(company, id, version, move |case, now| {
            let Settlement { link, setting, side, theirs } = &settlement;
            let nothing = || Abort::Because("nothing to settle".to_owned());
            let record = case.current().find(|record| record.id == *link).ok_or_else(nothing)?;
            let mut divergences = record.divergences.iter();
            let divergence = divergences.find(|it| it.setting == *setting).ok_or_else(nothing)?;
            if divergence.theirs != *theirs {
                return Ok(false);
            }
            let done = match side {
                Side::Ours => case.keep(*link, *setting, &actor, now),
                Side::Theirs => case.take(*link, *setting, &actor, now),
                Side::Both => case.dismiss(*link, *setting, &actor, now),
            };
            if done { Ok(true) } else { Err(nothing()) }
        });
        match settled.await? {
            (case, true) => Ok(case),
            (_, false) => Err(ServiceError::SeenOther),
        }
    }

    /// Takes back that what is said here counts, while nothing was sent.
    ///
    /// # Errors
    /// [`ServiceError::NothingToSettle`] if it cannot be taken back any more.
    pub(crate) async fn ask_again(
        &self,
        company: CompanyId,
        id: ServiceId,
        (link, setting): (LinkId, Setting),
        theirs: String,
        actor: Actor,
    ) -> Result<ServiceCase, ServiceError> {
        let asked = self.changed_service(company, id, None, move |case, now| {
            let nothing = || Abort::Because("nothing to settle".to_owned());
            if case.ask_again(link, setting, &theirs, &actor, now) { Ok(()) } else { Err(nothing()) }
        });
        Ok(asked.await?.0)
    }

    /// Asks again about a divergence that somebody has said may stay.
    ///
    /// # Errors
    /// [`ServiceError::NothingToSettle`] if there is no such divergence.
    pub(crate) async fn reopen_divergence(
        &self,
        company: CompanyId,
        id: ServiceId,
        (link, setting): (LinkId, Setting),
        actor: Actor,
    ) -> Result<ServiceCase, ServiceError> {
        let reopened = self.changed_service(company, id, None, move |case, now| {
            let nothing = || Abort::Because("nothing to settle".to_owned());
            if case.reopen(link, setting, &actor, now) { Ok(()) } else { Err(nothing()) }
        });
        Ok(reopened.await?.0)
    }
}
