//! What many ask for at the same time is done together: whoever finds nobody at work starts somebody, who takes
//! everything that has gathered by then, again and again, until nothing is left. Nobody waits for company: what
//! is asked for alone is done at once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::CompanyId;
use tokio::sync::oneshot;

use crate::{Error, Result};

/// The most that is done together; more would make the first wait for the last.
const MOST: usize = 64;
/// After which time it is given up: the network to PostgreSQL may be cut without a word, and others wait.
const LONGEST: Duration = Duration::from_mins(1);

/// What waits, and for whom.
#[derive(Debug)]
pub(crate) struct Gather<Q, A>(Arc<Mutex<State<Q, A>>>);

#[derive(Debug)]
struct State<Q, A> {
    waiting: VecDeque<Asked<Q, A>>,
    at_work: usize,
}

/// A question with the way back to who asked.
pub(crate) type Asked<Q, A> = (Q, oneshot::Sender<Result<A>>);

impl<Q, A> Clone for Gather<Q, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Q, A> Default for Gather<Q, A> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { waiting: VecDeque::new(), at_work: 0 })))
    }
}

/// Is asked for by a company.
pub(crate) trait OfCompany {
    fn company(&self) -> CompanyId;
}

impl<Q: OfCompany + Send + 'static, A: Send + 'static> Gather<Q, A> {
    /// Asks, and has what has gathered done by `work`, by so many at once at most.
    pub(crate) async fn ask<F: Future<Output = ()> + Send>(
        &self,
        question: Q,
        side_by_side: usize,
        work: impl Fn(Vec<Asked<Q, A>>) -> F + Send + 'static,
    ) -> Result<A> {
        let (reply, answer) = oneshot::channel();
        let begins = {
            let mut state = self.state();
            state.waiting.push_back((question, reply));
            let begins = state.at_work < side_by_side;
            state.at_work += usize::from(begins);
            begins
        };
        if begins {
            let mut at_work = AtWork { gather: self.clone(), ended: false };
            tokio::spawn(async move {
                while let Some(together) = at_work.take() {
                    // Whoever was not answered by then is told that the work was interrupted.
                    if tokio::time::timeout(LONGEST, work(together)).await.is_err() {
                        tracing::error!("the database has not answered for {LONGEST:?}");
                    }
                    // Those who were answered may ask for more at once.
                    tokio::task::yield_now().await;
                }
            });
        }
        // Nobody answers when the program ends, or the database does not.
        answer.await.map_err(|_| Error::Interrupted)?
    }
}

impl<Q, A> Gather<Q, A> {
    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes at most [`MOST`]. Where more wait, every company gets as much as the others, and what it asked for
/// first.
fn share_out<Q: OfCompany, A>(waiting: &mut VecDeque<Asked<Q, A>>) -> Vec<Asked<Q, A>> {
    if waiting.len() <= MOST {
        return waiting.drain(..).collect();
    }
    let mut turns: HashMap<CompanyId, usize> = HashMap::new();
    let mut order: Vec<_> = waiting
        .iter()
        .enumerate()
        .map(|(index, (question, _))| {
            let turn = turns.entry(question.company()).or_default();
            *turn += 1;
            (*turn, index)
        })
        .collect();
    order.sort_unstable();
    let taken: HashSet<_> = order.into_iter().take(MOST).map(|(_, index)| index).collect();
    let (now, later): (Vec<_>, Vec<_>) =
        waiting.drain(..).enumerate().partition(|(index, _)| taken.contains(index));
    waiting.extend(later.into_iter().map(|(_, asked)| asked));
    now.into_iter().map(|(_, asked)| asked).collect()
}

/// Somebody at work; no more once this is gone, however it came to that.
struct AtWork<Q: Send + 'static, A: Send + 'static> {
    gather: Gather<Q, A>,
    ended: bool,
}

impl<Q: OfCompany + Send + 'static, A: Send + 'static> AtWork<Q, A> {
    /// What has gathered. With `None` the work has ended, for whoever asks from this moment on.
    fn take(&mut self) -> Option<Vec<Asked<Q, A>>> {
        let mut state = self.gather.state();
        if state.waiting.is_empty() {
            state.at_work -= 1;
            self.ended = true;
            return None;
        }
        Some(share_out(&mut state.waiting))
    }
}

impl<Q: Send + 'static, A: Send + 'static> Drop for AtWork<Q, A> {
    fn drop(&mut self) {
        if !self.ended {
            let mut state = self.gather.state();
            state.at_work -= 1;
            // Nobody else is there to do what waits: whoever asked is told, and may ask again.
            if state.at_work == 0 {
                state.waiting.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    impl OfCompany for (u128, usize) {
        fn company(&self) -> CompanyId {
            CompanyId(Uuid::from_u128(self.0))
        }
    }

    #[test]
    fn a_company_with_much_to_ask_keeps_no_other_waiting() {
        let ask = |question: (u128, usize)| (question, oneshot::channel::<Result<()>>().0);
        let many = (0..3 * MOST).map(|number| (1, number));
        let mut waiting: VecDeque<_> = many.chain([(2, 0), (2, 1)]).map(ask).collect();
        let first: Vec<_> = share_out(&mut waiting).into_iter().map(|(question, _)| question).collect();
        assert_eq!(first.len(), MOST);
        assert_eq!(first[..MOST - 2], (0..MOST - 2).map(|number| (1, number)).collect::<Vec<_>>());
        assert_eq!(first[MOST - 2..], [(2, 0), (2, 1)]);
        let mut next = MOST - 2;
        while !waiting.is_empty() {
            for (question, _) in share_out(&mut waiting) {
                assert_eq!(question, (1, next));
                next += 1;
            }
        }
        assert_eq!(next, 3 * MOST);
    }
}
