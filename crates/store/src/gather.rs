//! What many ask for at the same time is done together: whoever finds nobody at work starts somebody, who takes
//! everything that has gathered by then, again and again, until nothing is left. Nobody waits for company: what
//! is asked for alone is done at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::{Error, Result};

/// The most that is done together; more would make the first wait for the last.
const MOST: usize = 128;

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

impl<Q: Send + 'static, A: Send + 'static> Gather<Q, A> {
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
                    work(together).await;
                }
            });
        }
        // Nobody answers when the program ends.
        answer.await.map_err(|_| Error::Interrupted)?
    }

    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody at work; no more once this is gone, however it came to that.
struct AtWork<Q: Send + 'static, A: Send + 'static> {
    gather: Gather<Q, A>,
    ended: bool,
}

impl<Q: Send + 'static, A: Send + 'static> AtWork<Q, A> {
    /// What has gathered. With `None` the work has ended, for whoever asks from this moment on.
    fn take(&mut self) -> Option<Vec<Asked<Q, A>>> {
        let mut state = self.gather.state();
        let count = state.waiting.len().min(MOST);
        if count == 0 {
            state.at_work -= 1;
            self.ended = true;
            return None;
        }
        Some(state.waiting.drain(..count).collect())
    }
}

impl<Q: Send + 'static, A: Send + 'static> Drop for AtWork<Q, A> {
    fn drop(&mut self) {
        if !self.ended {
            self.gather.state().at_work -= 1;
        }
    }
}
