//! When a failed call is tried again.

use std::time::Duration;

/// Waits between tries; when they are used up, a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule(pub Vec<Duration>);

impl Default for RetrySchedule {
    /// 1 s, 5 s, 30 s for a hiccup, then 1, 5 and 15 minutes for longer trouble.
    fn default() -> Self {
        Self([1, 5, 30, 60, 300, 900].map(Duration::from_secs).to_vec())
    }
}

impl RetrySchedule {
    /// How long to wait after the `failures`-th failure in a row (from 1); `None` when no try is left.
    /// `jitter` in 0..1 spreads the wait over 75 % to 125 %, so that many do not come back at once.
    pub fn wait_after(&self, failures: u32, jitter: f64) -> Option<Duration> {
        let index = usize::try_from(failures).ok()?.checked_sub(1)?;
        self.0.get(index).map(|wait| wait.mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let schedule = RetrySchedule::default();
        let waits: Vec<_> = (1..=7).map(|n| schedule.wait_after(n, 0.5)).collect();
        assert_eq!(waits[0], Some(Duration::from_secs(1)));
        assert!(waits[..6].windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(waits[6], None);
        assert_eq!(schedule.wait_after(2, 0.0), Some(Duration::from_millis(3750)));
    }
}
