//! Rate limits as the throttler keeps them: so many requests per window and key, then a block. Time comes
//! in as a parameter; which caller is meant is decided by the routes.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How many requests one key may send before it is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    pub requests: u32,
    pub per: SignedDuration,
    pub blocked_for: SignedDuration,
}

impl RateLimit {
    /// Cal.com's default for API keys and, per address, for callers without one.
    pub const DEFAULT: Self = Self {
        requests: 120,
        per: SignedDuration::from_secs(60),
        blocked_for: SignedDuration::from_secs(60),
    };

    /// What an OAuth client or access token may send.
    pub(crate) const ACCESS_TOKEN: Self = Self { requests: 500, ..Self::DEFAULT };

    pub fn of(requests: u32) -> Self {
        Self { requests, ..Self::DEFAULT }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Window {
    since: Timestamp,
    used: u32,
    blocked_until: Option<Timestamp>,
}

/// What the throttler says about one request: the three headers, and whether it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) refused: bool,
    limit: u32,
    remaining: u32,
    reset_seconds: i64,
}

impl Verdict {
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit-default", HeaderValue::from(self.limit));
        headers.insert("x-ratelimit-remaining-default", HeaderValue::from(self.remaining));
        headers.insert("x-ratelimit-reset-default", HeaderValue::from(self.reset_seconds));
    }
}

/// One window per caller.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Throttler {
    windows: BTreeMap<String, Window>,
}

impl Throttler {
    /// Counts one request of `caller`. A blocked caller's requests do not lengthen the block.
    pub(crate) fn count(&mut self, caller: &str, limit: RateLimit, now: Timestamp) -> Verdict {
        let fresh = Window { since: now, used: 0, blocked_until: None };
        let window = self.windows.entry(caller.to_owned()).or_insert(fresh);
        if let Some(until) = window.blocked_until {
            if now < until {
                return refused(limit, until, now);
            }
            *window = fresh;
        }
        if now >= window.since + limit.per {
            *window = fresh;
        }
        window.used += 1;
        if window.used > limit.requests {
            let until = now + limit.blocked_for;
            window.blocked_until = Some(until);
            return refused(limit, until, now);
        }
        Verdict {
            refused: false,
            limit: limit.requests,
            remaining: limit.requests - window.used,
            reset_seconds: whole_seconds(window.since + limit.per, now),
        }
    }

    /// Blocks a caller now, as if the limit had just been passed.
    pub(crate) fn block(&mut self, caller: &str, until: Timestamp, now: Timestamp) {
        let blocked = Window { since: now, used: 0, blocked_until: Some(until) };
        self.windows.insert(caller.to_owned(), blocked);
    }

    pub(crate) fn forget_all(&mut self) {
        self.windows.clear();
    }
}

fn refused(limit: RateLimit, until: Timestamp, now: Timestamp) -> Verdict {
    Verdict { refused: true, limit: limit.requests, remaining: 0, reset_seconds: whole_seconds(until, now) }
}

fn whole_seconds(until: Timestamp, now: Timestamp) -> i64 {
    let left = until.duration_since(now).as_millis();
    i64::try_from((left + 999) / 1000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{RateLimit, Throttler};

    #[test]
    fn the_first_request_over_the_limit_starts_a_block_that_ends_by_itself() {
        let mut throttler = Throttler::default();
        let start: Timestamp = "2026-11-20T22:41:48Z".parse().unwrap();
        let at = |seconds| start + SignedDuration::from_secs(seconds);
        let limit = RateLimit::of(2);
        assert_eq!(throttler.count("a", limit, at(0)).remaining, 1);
        assert_eq!(throttler.count("a", limit, at(1)).reset_seconds, 59);
        let third = throttler.count("a", limit, at(2));
        assert!(third.refused);
        assert_eq!(third.reset_seconds, 60);
        assert_eq!(throttler.count("a", limit, at(4)).reset_seconds, 58, "the block is not lengthened");
        assert!(!throttler.count("b", limit, at(4)).refused, "another key is not affected");
        assert!(!throttler.count("a", limit, at(62)).refused);
    }

    #[test]
    fn a_window_ends_after_its_length_whatever_was_used() {
        let mut throttler = Throttler::default();
        let start: Timestamp = "2026-11-20T22:41:48Z".parse().unwrap();
        let limit = RateLimit::of(2);
        throttler.count("a", limit, start);
        throttler.count("a", limit, start);
        assert!(!throttler.count("a", limit, start + limit.per).refused);
    }
}
