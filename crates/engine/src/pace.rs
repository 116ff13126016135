//! How fast a lane may go: the request budget of its key, the breaker that keeps an unreachable Cal.com
//! from being flooded, and the brake that keeps a mishap at Cal.com from emptying a salon's calendar. Plain values that live with the lane's lease and are stored with it.
//!
//! Cal.com allows 120 requests in 60 s per key and then answers 429 for a minute; other programs may use
//! the same key, so what the headers say counts, not our own count (recordings 175 to 183).

use std::time::Duration;

use domain::case::Priority;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Calls that failed in a row before the lane stops and probes.
const FAILURES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The time in which losses are counted together.
const BRAKE_WINDOW: Duration = Duration::from_hours(1);

/// The pace of one lane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Requests left in the window, as Cal.com last told.
    remaining: Option<u32>,
    /// When the window starts anew.
    resets_at: Option<Timestamp>,
    /// No request before this time.
    silent_until: Option<Timestamp>,
    /// Calls in a row that Cal.com did not answer.
    failures: u32,
    /// Appointments that were lost because of what Cal.com said, since when.
    #[serde(default)]
    lost: Option<(Timestamp, u32)>,
}

impl Pace {
    /// Whether a call of this urgency may be sent now.
    ///
    /// # Errors
    /// The time from which on it may.
    pub fn take(&mut self, priority: Priority, now: Timestamp) -> Result<(), Timestamp> {
        if let Some(until) = self.silent_until.filter(|until| *until > now) {
            return Err(until);
        }
        if self.resets_at.is_some_and(|at| at <= now) {
            self.remaining = None;
        }
        match (&mut self.remaining, self.resets_at) {
            (Some(remaining), Some(resets_at)) if *remaining <= reserve(priority) => Err(resets_at),
            (Some(remaining), _) => {
                *remaining -= 1;
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    /// Cal.com told its limits.
    pub fn told(&mut self, remaining: u32, reset: Duration, now: Timestamp) {
        self.remaining = Some(remaining);
        self.resets_at = Some(now + reset);
    }

    /// Cal.com asked for silence.
    pub fn limited(&mut self, wait: Duration, now: Timestamp) {
        self.silent_until = Some(now + wait);
    }

    /// Cal.com answered, whatever it said.
    pub fn answered(&mut self) {
        self.failures = 0;
    }

    /// Cal.com did not answer, or failed. After a few in a row the lane falls silent; each further failure
    /// doubles the silence up to a minute.
    pub fn unanswered(&mut self, now: Timestamp) {
        self.failures += 1;
        if let Some(over) = self.failures.checked_sub(FAILURES) {
            let pause = FIRST_PAUSE.saturating_mul(1 << over.min(8)).min(LONGEST_PAUSE);
            self.silent_until = Some(now + pause);
        }
    }

    /// An appointment or a service was lost: cancelled or deleted at Cal.com, or gone. Says whether that are too many
    /// within an hour to go on without asking a person.
    pub fn lost(&mut self, most: u32, now: Timestamp) -> bool {
        let (since, count) = self.lost.filter(|(since, _)| *since + BRAKE_WINDOW > now).unwrap_or((now, 0));
        self.lost = Some((since, count + 1));
        count + 1 > most
    }

    /// A person has looked: the count begins anew.
    pub fn forget_losses(&mut self) {
        self.lost = None;
    }

    /// Whether the breaker is open: Cal.com has to be probed before work goes on.
    pub fn is_probing(&self) -> bool {
        self.failures >= FAILURES
    }

    /// The end of the silence, if there is one.
    pub fn silent_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.silent_until.filter(|until| *until > now)
    }

    /// Requests left, as Cal.com last told, and when the window starts anew.
    pub fn budget(&self) -> Option<(u32, Timestamp)> {
        Some((self.remaining?, self.resets_at?))
    }
}

/// Requests that are kept for what is more urgent.
fn reserve(priority: Priority) -> u32 {
    match priority {
        Priority::Caller => 0,
        Priority::Change => 5,
        Priority::Retry => 15,
        Priority::Check => 40,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn the_last_requests_are_kept_for_callers() {
        let mut pace = Pace::default();
        pace.told(6, Duration::from_secs(30), at(0));
        assert_eq!(pace.take(Priority::Check, at(1)), Err(at(30)));
        assert_eq!(pace.take(Priority::Change, at(1)), Ok(()));
        assert_eq!(pace.take(Priority::Change, at(1)), Err(at(30)));
        for _ in 0..5 {
            assert_eq!(pace.take(Priority::Caller, at(1)), Ok(()));
        }
        assert_eq!(pace.take(Priority::Caller, at(1)), Err(at(30)));
        assert_eq!(pace.take(Priority::Check, at(30)), Ok(()));
    }

    #[test]
    fn many_losses_within_an_hour_are_too_many() {
        let mut pace = Pace::default();
        assert!((0..3).all(|second| !pace.lost(3, at(second))));
        assert!(pace.lost(3, at(3)));
        assert!(!pace.lost(3, at(3601)));
        assert!((0..2).all(|second| !pace.lost(3, at(3602 + second))));
        pace.forget_losses();
        assert!(!pace.lost(3, at(3610)));
    }

    #[test]
    fn an_unreachable_server_is_probed_ever_more_rarely_and_at_once_after_an_answer() {
        let mut pace = Pace::default();
        let mut now = at(0);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            assert_eq!(pace.take(Priority::Change, now), Ok(()));
            pace.unanswered(now);
            let until = pace.silent_until(now).unwrap_or(now);
            pauses.push(until.duration_since(now).as_secs());
            now = until;
        }
        assert_eq!(pauses, [0, 0, 5, 10, 20, 40, 60, 60, 60]);
        pace.answered();
        assert!(!pace.is_probing());
    }
}
