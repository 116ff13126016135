//! The queue in parts, and one deed about many of its items: a decision, a note, who sees to them, until when they rest.

use domain::appointment::Actor;
use domain::review::{Filter, Handled, Item, State};
use domain::{CompanyId, ReviewId};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::{Decision, PATIENCE, Patience, Prospect, ReviewError, patience};
use crate::appointments::ChangeError;
use crate::services::ServiceError;
use crate::{Engine, Error};

/// A part of the queue, with how to get to what stands before and after it.
#[derive(Debug)]
pub struct Part {
    /// Its items, the most urgent first.
    pub items: Vec<Item>,
    /// A place after the items before it; `None` if there are none.
    pub prev: Option<String>,
    /// A place before the items after it; `None` if there are none.
    pub next: Option<String>,
}

/// Which items.
#[derive(Debug, Clone)]
pub enum Which {
    /// These.
    These(Vec<ReviewId>),
    /// All that a filter lets through.
    All(Filter),
}

/// One deed about many items.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which.
    pub which: Which,
    /// What.
    pub what: Handled,
    /// By whom.
    pub actor: Actor,
    /// Only says what would happen.
    pub dry: bool,
    /// What was opened or changed since then is left alone: whoever decided has not seen that.
    pub seen_at: Option<Timestamp>,
}

/// What became of one item, or would.
#[derive(Debug)]
pub enum Outcome {
    /// This is what would happen; nothing but what the item says, where no decision is made.
    Would(Option<Prospect>),
    /// It was done.
    Done,
    /// Cal.com has not answered within the time of a request: its part goes on, and the rest has to be decided then.
    Underway,
    /// It was left as it is.
    Refused(ReviewError),
}

/// Items that are decided side by side: each may wait for Cal.com.
const SIDE_BY_SIDE: usize = 8;

/// A part of the work.
#[derive(Debug)]
pub struct Round {
    /// The items of it, as they were before.
    pub items: Vec<(Item, Outcome)>,
    /// Where the next round begins; `None` after the last one.
    pub next: Option<String>,
}

impl Engine {
    /// The part of at most `limit` items that begins, or ends, at a place that a part gave out.
    ///
    /// # Errors
    /// [`store::Error::InvalidCursor`], or if the database fails.
    pub async fn review_part(
        &self,
        company: CompanyId,
        queue: &[Item],
        place: Option<&str>,
        limit: usize,
    ) -> Result<Part, Error> {
        let now = self.ambient.now();
        let (start, end) = match place.map(read).transpose()? {
            None => (0, queue.len().min(limit)),
            Some((after, id)) => {
                // What stood there may have been settled since: it still has a place.
                let item = match self.store.review(company, id).await {
                    Err(store::Error::NotFound) => return Err(store::Error::InvalidCursor.into()),
                    item => item?,
                };
                let closed_at = item.closed_at.filter(|_| is_closed(queue));
                let here = Item { closed_at, ..item }.place(now);
                if after {
                    let start = queue.partition_point(|item| item.place(now) <= here);
                    (start, queue.len().min(start.saturating_add(limit)))
                } else {
                    let end = queue.partition_point(|item| item.place(now) < here);
                    (end.saturating_sub(limit), end)
                }
            }
        };
        let items = queue[start..end].to_vec();
        let prev = items.first().filter(|_| start > 0).map(|item| format!("p{}", item.id));
        let next = items.last().filter(|_| end < queue.len()).map(|item| format!("n{}", item.id));
        Ok(Part { items, prev, next })
    }

    /// Decides, or says what it would bring, of the round of at most `limit` items that begins at `place` (a `next` of
    /// the round before). `may` says of which items whoever wants it may decide.
    ///
    /// # Errors
    /// [`store::Error::InvalidCursor`], or if the database fails.
    pub async fn decide_reviews(
        &self,
        company: CompanyId,
        wanted: &Wanted,
        may: impl Fn(&Item) -> bool,
        place: Option<&str>,
        limit: usize,
    ) -> Result<Round, Error> {
        let seen = |item: &Item| wanted.seen_at.is_none_or(|at| item.updated_at <= at);
        let Part { items, next, .. } = match &wanted.which {
            Which::All(filter) => {
                let mut queue = self.review_queue(company, filter).await?;
                queue.retain(seen);
                self.review_part(company, &queue, place, limit).await?
            }
            Which::These(ids) => {
                let mut items = Vec::new();
                for id in ids {
                    match self.store.review(company, *id).await {
                        Err(store::Error::NotFound) => {}
                        item => items.push(item?),
                    }
                }
                let now = self.ambient.now();
                items.sort_by_key(|item| item.place(now));
                items.dedup_by_key(|item| item.id);
                Part { items, prev: None, next: None }
            }
        };
        let patience = patience(PATIENCE);
        let one = async |item: Item| {
            let one = if may(&item) {
                self.one(company, wanted, &item, patience.clone()).await
            } else {
                Err(ReviewError::NotAllowed)
            };
            let outcome = match one {
                Ok(outcome) => outcome,
                Err(ReviewError::Silent) => Outcome::Underway,
                // What the database refuses ends the round; anything else is a result.
                Err(
                    ReviewError::Engine(error)
                    | ReviewError::Change(ChangeError::Engine(error))
                    | ReviewError::Service(ServiceError::Engine(error)),
                ) => return Err(error),
                Err(error) => Outcome::Refused(error),
            };
            Ok((item, outcome))
        };
        let items = stream::iter(items).map(one).buffered(SIDE_BY_SIDE).try_collect().await?;
        Ok(Round { items, next })
    }

    async fn one(
        &self,
        company: CompanyId,
        wanted: &Wanted,
        item: &Item,
        patience: Patience,
    ) -> Result<Outcome, ReviewError> {
        let choice = match &wanted.what {
            Handled::Chosen { choice, .. } => Some(*choice),
            Handled::Commented { .. } => None,
            // What is settled needs nobody, and no rest.
            _ if item.state(self.ambient.now()) == State::Closed => return Err(ReviewError::NotOffered),
            _ => None,
        };
        if wanted.dry {
            let Some(choice) = choice else { return Ok(Outcome::Would(None)) };
            let mut prospects = self.review_prospects(company, item).await?.into_iter();
            let prospect = prospects.find(|it| it.choice == choice);
            return prospect.map(|it| Outcome::Would(Some(it))).ok_or(ReviewError::NotOffered);
        }
        if wanted.seen_at.is_some_and(|at| item.updated_at > at) {
            return Err(ReviewError::Stale(item.version));
        }
        let (actor, version) = (wanted.actor.clone(), Some(item.version));
        match wanted.what.clone() {
            Handled::Chosen { choice, reason } => {
                let decision = Decision { choice, reason, booking: None, actor, version };
                self.decide_in_time(company, item.id, decision, patience).await?;
            }
            what => {
                self.handle_review(company, item.id, actor, version, what).await?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn is_closed(queue: &[Item]) -> bool {
    queue.first().is_some_and(|item| item.closed_at.is_some())
}

/// Whether it leads to what comes after, and the item that it is beside.
fn read(place: &str) -> Result<(bool, ReviewId), Error> {
    let wrong = || Error::Store(store::Error::InvalidCursor);
    let after = match place.chars().next() {
        Some('n') => true,
        Some('p') => false,
        _ => return Err(wrong()),
    };
    Ok((after, place[1..].parse().map_err(|_| wrong())?))
}
