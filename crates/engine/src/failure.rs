//! What an error of the client means, whatever was called. Why Cal.com refused is the caller's to say.

use domain::decide::Failure;

/// The class of an error; `refused` names the reason where Cal.com says no.
pub fn failure<R>(error: &calcom::Error, refused: impl FnOnce() -> R) -> Failure<R> {
    match error {
        calcom::Error::Transient { ambiguous, status, .. } => {
            // What stands in between says nothing of what Cal.com still does behind it.
            let over = status.is_some_and(|status| !matches!(status, 408 | 502..=504));
            Failure::Transient { ambiguous: *ambiguous, over }
        }
        calcom::Error::Unreadable { .. } => Failure::Transient { ambiguous: true, over: true },
        calcom::Error::RateLimited { retry_after } => Failure::RateLimited { wait: *retry_after },
        calcom::Error::Unauthorized { .. } => Failure::Unauthorized,
        calcom::Error::SlotTaken { .. } | calcom::Error::NotFound { .. } | calcom::Error::Invalid { .. } => {
            Failure::Refused(refused())
        }
    }
}
