//! Acts on services as a whole, many at a time: what would be done is shown first, and nothing else is done then.

use domain::appointment::Actor;
use domain::catalogue::{Prospect, ServiceCase, WholeAct};
use domain::{CompanyId, ServiceId};
use sha2::{Digest as _, Sha256};

use super::ServiceError;
use crate::Engine;

/// What became of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WholeOutcome {
    /// It was done.
    Done,
    /// There was nothing to do, or nothing any more.
    Unchanged,
    /// Something else would be done now than what was shown: it was left as it is.
    Stale,
}

/// Names a prospect in a form: the same text stands for the same prospect, and for no other.
pub fn token(prospect: &Prospect) -> String {
    hex::encode(&Sha256::digest(format!("{prospect:?}"))[..12])
}

impl Engine {
    /// Does something about a service as a whole, if that is what was shown: `seen` is the [`token`] of the prospect.
    /// Sent twice, it is done once: afterwards nothing is left to do.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or if the database fails; nothing is changed then.
    pub async fn act_on_whole_service(
        &self,
        company: CompanyId,
        id: ServiceId,
        act: WholeAct,
        seen: &str,
        actor: Actor,
    ) -> Result<(ServiceCase, WholeOutcome), ServiceError> {
        let seen = seen.to_owned();
        self.changed_service(company, id, None, move |case, now| {
            let prospect = case.prospect(act);
            if prospect.is_nothing() {
                return Ok(WholeOutcome::Unchanged);
            }
            if token(&prospect) != seen {
                return Ok(WholeOutcome::Stale);
            }
            case.act_whole(act, &actor, now);
            Ok(WholeOutcome::Done)
        })
        .await
    }
}
