//! What must not be done at the same time in this process: changes of one call, and a request that is sent again while
//! it is still being answered. Across processes the database decides, by the keys of `super::once`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::CompanyId;
use tokio::sync::OwnedMutexGuard;

type Waiting = HashMap<(CompanyId, String), Arc<tokio::sync::Mutex<()>>>;

/// Who waits for whom. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<Waiting>>);

impl Turns {
    /// Waits until nobody else has the turn; it is over when what is returned is dropped.
    pub async fn wait(&self, company: CompanyId, name: String) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever has the turn or waits for it holds it.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry((company, name)).or_default())
        };
        turn.lock_owned().await
    }
}
