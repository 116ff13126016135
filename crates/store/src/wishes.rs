//! Wishes about many appointments, by the keys that name them. Each change under such a key has a key of its own;
//! what stands here says what the key as a whole was used for.

use domain::{AppointmentId, CompanyId};
use jiff::Timestamp;

use crate::appointments::book::claim_dedupe;
use crate::{Dedupe, Result, Store};

impl Store {
    /// Takes the key of a wish into use, before the first appointment (`first`) is changed for it. The same wish
    /// may take it again.
    ///
    /// # Errors
    /// [`Error::DedupeMismatch`](crate::Error::DedupeMismatch) if the key was taken for another wish.
    pub async fn claim_wish(
        &self,
        company: CompanyId,
        wish: Dedupe,
        first: AppointmentId,
        now: Timestamp,
    ) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                claim_dedupe(tx, company, &wish, first, now).await?;
                Ok(())
            })
        })
        .await
    }
}
