//! What goes wrong, at the same time and in no order: processes, the database, Cal.com and the wires between
//! them. Everything is whole again when it ends.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::dice::Dice;
use crate::salon::Salon;

/// How often what happened.
#[derive(Default)]
pub struct Count {
    pub kills: AtomicU64,
    pub restarts: AtomicU64,
    pub cuts: AtomicU64,
    pub calcom: AtomicU64,
}

/// Makes trouble until `stop`.
pub async fn make(salon: &Salon, seed: u64, count: &Count, stop: &CancellationToken) {
    let dice = |number: u64| Dice::new(seed.wrapping_add(number));
    tokio::join!(
        kill_workers(salon, dice(1), count, stop),
        kill_the_server(salon, dice(2), count, stop),
        crash_the_database(salon, dice(3), count, stop),
        damage_wires(salon, dice(4), count, stop),
        kill_calcom(salon, dice(5), count, stop),
    );
}

/// Waits for so many milliseconds, and half as long again at random; `false` when it is over.
async fn again(stop: &CancellationToken, dice: &mut Dice, milliseconds: u64) -> bool {
    let wait = Duration::from_millis(milliseconds + dice.below(milliseconds / 2));
    stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some()
}

async fn kill_workers(salon: &Salon, mut dice: Dice, count: &Count, stop: &CancellationToken) {
    while again(stop, &mut dice, 800).await {
        let victim = usize::try_from(dice.below(3)).unwrap();
        salon.workers()[victim].kill();
        count.kills.fetch_add(1, Ordering::Relaxed);
    }
}

async fn kill_the_server(salon: &Salon, mut dice: Dice, count: &Count, stop: &CancellationToken) {
    while again(stop, &mut dice, 3_000).await {
        salon.server().kill();
        count.kills.fetch_add(1, Ordering::Relaxed);
    }
}

async fn crash_the_database(salon: &Salon, mut dice: Dice, count: &Count, stop: &CancellationToken) {
    while again(stop, &mut dice, 3_000).await {
        tokio::task::block_in_place(|| salon.postgres.crash());
        count.restarts.fetch_add(1, Ordering::Relaxed);
    }
}

async fn damage_wires(salon: &Salon, mut dice: Dice, count: &Count, stop: &CancellationToken) {
    while again(stop, &mut dice, 2_500).await {
        let wire = &salon.wires[usize::try_from(dice.below(4)).unwrap()];
        let time = Duration::from_millis(300 + dice.below(2_700));
        if dice.below(2) == 0 {
            wire.cut(time).await;
        } else {
            wire.stall(time).await;
        }
        count.cuts.fetch_add(1, Ordering::Relaxed);
    }
}

async fn kill_calcom(salon: &Salon, mut dice: Dice, count: &Count, stop: &CancellationToken) {
    while again(stop, &mut dice, 3_500).await {
        salon.calcom.kill();
        tokio::time::sleep(Duration::from_millis(dice.below(1_000))).await;
        salon.calcom.serve();
        count.calcom.fetch_add(1, Ordering::Relaxed);
    }
}
