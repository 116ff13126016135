//! The same acts on many appointments: those that are named, or all that a filter lets through.
//!
//! The work is cut into rounds of a bounded size, so that no request is as long as the list. Each appointment
//! is changed on its own: what one refuses is told and the others go on. Every change carries the key of the
//! whole wish, so that a round that is sent twice changes nothing twice.

use std::collections::HashSet;

use domain::appointment::Actor;
use domain::{AppointmentId, CompanyId};
use jiff::Timestamp;
use store::{AppointmentFilter, AppointmentView, Dedupe, Order};

use super::{Act, Ahead, Change, ChangeError, Preview};
use crate::{Engine, Error};

/// Which appointments.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one per request")]
pub enum Which {
    /// Those of these ids; ids that the company does not have are left out.
    These(Vec<AppointmentId>),
    /// All that the filter lets through.
    All(AppointmentFilter),
}

/// What is to be done about many appointments.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which.
    pub which: Which,
    /// What, in its order.
    pub acts: Vec<Act>,
    /// By whom.
    pub actor: Actor,
    /// Names the wish: each appointment is changed once for it. `None` only says what would happen.
    pub once: Option<Dedupe>,
    /// What was changed since then is left alone: whoever wished it has not seen that.
    pub seen_at: Option<Timestamp>,
}

/// One appointment of a round.
#[derive(Debug)]
pub struct One {
    /// As it is now.
    pub view: AppointmentView,
    /// What became of it, or would.
    pub outcome: Outcome,
}

/// What became of one appointment.
#[derive(Debug)]
pub enum Outcome {
    /// This is what would happen.
    Would(Box<Preview>),
    /// It was changed.
    Done,
    /// It was as wished already, or this wish has changed it before.
    Unchanged,
    /// It was left as it is.
    Refused(ChangeError),
}

/// A part of the work.
#[derive(Debug)]
pub struct Round {
    /// The appointments of it.
    pub items: Vec<One>,
    /// Where the next round begins; `None` after the last one.
    pub next: Option<String>,
}

impl Engine {
    /// Does, or previews, the round of at most `limit` appointments that begins at `place` (a `next` of the
    /// round before).
    ///
    /// Appointments that move later are taken from the last to the first, and the others from the first to
    /// the last: each finds its new time left by the one that had it, and none is met again further on.
    ///
    /// # Errors
    /// [`store::Error::InvalidCursor`]; [`store::Error::DedupeMismatch`] if the wish's key was used for another
    /// one, then nothing was changed; or if the database fails.
    pub async fn many(
        &self,
        company: CompanyId,
        wanted: &Wanted,
        place: Option<&str>,
        limit: u64,
    ) -> Result<Round, Error> {
        let order = order(&wanted.acts);
        let (views, next) = match &wanted.which {
            Which::These(ids) => {
                let ids: HashSet<_> = ids.iter().copied().collect();
                let ids: Vec<_> = ids.into_iter().collect();
                let mut views = self.store.views(company, &ids).await?;
                views.sort_by_key(|view| (view.appointment.slot.start, view.appointment.id.0));
                if order == Order::Descending {
                    views.reverse();
                }
                (views, None)
            }
            Which::All(filter) => {
                let filter = AppointmentFilter { order, ..filter.clone() };
                let page = self.store.appointments(company, &filter, place, limit).await?;
                (page.items, page.next)
            }
        };
        if let (Some(once), Some(first)) = (&wanted.once, views.first()) {
            let wish = Dedupe { scope: format!("{} as a whole", once.scope), ..once.clone() };
            self.store.claim_wish(company, wish, first.appointment.id, self.ambient.now()).await?;
        }
        let mut ahead = Ahead::default();
        let mut items = Vec::new();
        for view in views {
            let outcome = match &wanted.once {
                None => self.would(company, wanted, &view, &mut ahead).await?,
                Some(once) => self.once(company, wanted, once, &view).await?,
            };
            let view = match outcome {
                Outcome::Done => self.store.appointment(company, view.appointment.id).await?,
                _ => view,
            };
            items.push(One { view, outcome });
        }
        Ok(Round { items, next })
    }

    async fn would(
        &self,
        company: CompanyId,
        wanted: &Wanted,
        view: &AppointmentView,
        ahead: &mut Ahead,
    ) -> Result<Outcome, Error> {
        match self.preview(company, view.appointment.id, &wanted.acts, wanted.actor.origin, ahead).await {
            Ok(preview) if preview.told.is_empty() => Ok(Outcome::Unchanged),
            Ok(preview) => Ok(Outcome::Would(Box::new(preview))),
            Err(error) => refused(error),
        }
    }

    async fn once(
        &self,
        company: CompanyId,
        wanted: &Wanted,
        once: &Dedupe,
        view: &AppointmentView,
    ) -> Result<Outcome, Error> {
        let before = &view.appointment;
        let dedupe = Dedupe { key: format!("{} {}", once.key, before.id), ..once.clone() };
        match self.store.deduped(company, &dedupe).await {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(Outcome::Unchanged),
            Err(store::Error::DedupeMismatch) => return Ok(Outcome::Refused(ChangeError::KeyReused)),
            Err(error) => return Err(error.into()),
        }
        if wanted.seen_at.is_some_and(|seen| before.updated_at > seen) {
            return Ok(Outcome::Refused(ChangeError::Stale(before.version)));
        }
        let change = Change {
            version: Some(before.version),
            dedupe: Some(dedupe),
            ..Change::by(wanted.actor.clone())
        };
        match self.act(company, before.id, wanted.acts.clone(), change).await {
            Ok(after) if after.version == before.version && !looks(&wanted.acts) => Ok(Outcome::Unchanged),
            Ok(_) => Ok(Outcome::Done),
            Err(error) => refused(error),
        }
    }
}

/// What an appointment refuses is a result; what the database refuses ends the round.
fn refused(error: ChangeError) -> Result<Outcome, Error> {
    match error {
        ChangeError::Engine(error) => Err(error),
        error => Ok(Outcome::Refused(error)),
    }
}

fn order(acts: &[Act]) -> Order {
    let later = |act: &Act| matches!(act, Act::Shift { minutes, .. } if *minutes > 0);
    if acts.iter().any(later) { Order::Descending } else { Order::Ascending }
}

/// Whether something is done that leaves the appointment's version as it is.
fn looks(acts: &[Act]) -> bool {
    acts.iter().any(|act| matches!(act, Act::CheckAgain | Act::Settle { .. }))
}
