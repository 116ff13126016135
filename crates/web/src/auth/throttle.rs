//! The brake on guessing passwords: some attempts at once, then one every half minute, per address of the
//! account and network address together. Nobody can lock the owner out: another network address has its own
//! count, and every count refills by itself.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use engine::Ambient;
use governor::{
    Quota, RateLimiter, clock, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DashMapStateStore,
};
use tokio::sync::Semaphore;

/// Attempts at once for one account from one network address, and how soon one more is allowed.
const PER_ACCOUNT: (u32, Duration) = (12, Duration::from_secs(30));
/// The same for all accounts together from one network address.
const PER_ADDRESS: (u32, Duration) = (100, Duration::from_secs(3));
/// Passwords that are hashed at one time: each takes 19 MiB of memory.
const HASHING: usize = 4;
/// Counts that are kept before those that are full again are thrown away.
const KEPT: usize = 10_000;

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, EngineClock, NoOpMiddleware<Nanos>>;

/// Counts attempts to sign in.
pub struct Throttle {
    accounts: Limiter<(String, IpAddr)>,
    addresses: Limiter<IpAddr>,
    hashing: Semaphore,
    clock: EngineClock,
}

#[derive(Clone)]
struct EngineClock(Ambient);

impl clock::Clock for EngineClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let nanos = self.0.now().as_nanosecond();
        Nanos::from(u64::try_from(nanos).unwrap_or(0))
    }
}

impl Throttle {
    pub fn new(ambient: Ambient) -> Self {
        let clock = EngineClock(ambient);
        Self {
            accounts: RateLimiter::new(quota(PER_ACCOUNT), DashMapStateStore::default(), clock.clone()),
            addresses: RateLimiter::new(quota(PER_ADDRESS), DashMapStateStore::default(), clock.clone()),
            hashing: Semaphore::new(HASHING),
            clock,
        }
    }

    /// Counts one attempt on `account` from `address`.
    ///
    /// # Errors
    /// How long to wait, if there were too many. The attempt must then not be made.
    pub fn attempt(&self, account: &str, address: IpAddr) -> Result<(), Duration> {
        if self.accounts.len() > KEPT {
            self.accounts.retain_recent();
            self.addresses.retain_recent();
        }
        let now = clock::Clock::now(&self.clock);
        let wait = |not_until: governor::NotUntil<Nanos>| not_until.wait_time_from(now);
        self.addresses.check_key(&address).map_err(wait)?;
        let account: String = account.trim().to_lowercase().chars().take(254).collect();
        self.accounts.check_key(&(account, address)).map_err(wait)
    }

    /// Runs the hashing of a password where it holds nobody up, and not too many at once.
    pub async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _permit = self.hashing.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

fn quota((burst, every): (u32, Duration)) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(every).map_or(Quota::per_second(burst), |quota| quota.allow_burst(burst))
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, sync::Arc};

    use engine::ambient::{ManualClock, SeededEntropy};
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn guessing_is_slowed_down_and_nobody_is_locked_out() {
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let clock = ManualClock::at(start);
        let throttle = Throttle::new(Ambient::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(1))));
        let [here, there] = [1, 2].map(|n| IpAddr::from(Ipv4Addr::new(192, 0, 2, n)));
        for _ in 0..PER_ACCOUNT.0 {
            assert_eq!(throttle.attempt("Owner@salon.example", here), Ok(()));
        }
        let wait = throttle.attempt(" owner@SALON.example", here).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= PER_ACCOUNT.1, "{wait:?}");
        assert_eq!(throttle.attempt("owner@salon.example", there), Ok(()));
        assert_eq!(throttle.attempt("staff@salon.example", here), Ok(()));
        clock.set(start + SignedDuration::try_from(wait).unwrap());
        assert_eq!(throttle.attempt("owner@salon.example", here), Ok(()));
        assert!(throttle.attempt("owner@salon.example", here).is_err());
    }
}
