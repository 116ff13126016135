//! Real processes and real trouble: one server, three workers and a Cal.com, all of them killed, their database
//! crashed and their wires cut, while programs book, move and cancel. Nothing that was answered may be lost,
//! nothing may be there twice.
//!
//! Needs a PostgreSQL of this machine (skipped without). `make chaos` runs it long; `CHAOS_SECONDS` of trouble,
//! `CHAOS_SEED` to choose when what happens.

mod calcom;
mod dice;
mod judge;
mod load;
mod postgres;
mod processes;
mod proxy;
mod salon;
mod stop;
mod trouble;
mod wakeup;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::load::Ledger;
use crate::salon::Salon;

/// How long there is trouble in an ordinary test run, in seconds.
const TROUBLE: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_doubled() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("CHAOS_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let seconds = number("CHAOS_SECONDS").unwrap_or(TROUBLE);
    let Some(mut salon) = Salon::open(seed) else {
        return println!("skipped: there is no PostgreSQL on this machine");
    };
    salon.staff().await;
    let (ledger, count) = (Arc::new(Ledger::default()), trouble::Count::default());
    let (no_more, over) = (CancellationToken::new(), CancellationToken::new());
    let timer = async {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        no_more.cancel();
    };
    let judged = async {
        tokio::join!(
            timer,
            load::work(&salon, &ledger, seed, &no_more),
            trouble::make(&salon, seed, &count, &no_more)
        );
        let verdict = judge::judge(&salon, &ledger).await;
        over.cancel();
        verdict
    };
    let (mut verdict, doubled) = tokio::join!(judged, judge::watch(&salon.calcom.sim, &over));
    verdict.doubled.extend(doubled);

    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    println!(
        "chaos (seed {seed}): kills {}, restarts {}, cuts {}, Cal.com killed {}, requests repeated {}, changes {}, appointments {}, reviews {}, lost {}, doubled {}",
        read(&count.kills),
        read(&count.restarts),
        read(&count.cuts),
        read(&count.calcom),
        read(&ledger.repeated),
        read(&ledger.changes),
        ledger.promises.lock().unwrap().len(),
        verdict.reviews,
        verdict.lost.len(),
        verdict.doubled.len()
    );
    assert!(ledger.promises.lock().unwrap().len() > 10, "hardly anything was done: this proves nothing");
    assert!(verdict.is_clean(), "{verdict:#?}");
}
