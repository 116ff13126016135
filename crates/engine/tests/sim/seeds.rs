//! Many seeds on all cores, what they covered, and which of them failed.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use crate::coverage::Coverage;
use crate::log::Kept;
use crate::run;

/// Seeds that once failed. Each stays as a test of what was mended.
pub const ONCE_FAILED: [u64; 56] = [
    86, 110, 147, 161, 188, 220, 232, 242, 280, 361, 405, 446, 474, 524, 566, 602, 603, 823, 934, 1168, 2041,
    2101, 2759, 3377, 3806, 5167, 5543, 6108, 6264, 10683, 20019, 30117, 30253, 30261, 1033, 1884, 2437,
    770_126, 770_538, 770_887, 2_003_876, 2_201_339, 2_300_543, 761_299, 5_001_740, 7_007_359, 7_009_865,
    7_007_880, 7_015_686, 767, 27_202, 7986, 17_062, 17_355, 32_277, 32_962,
];
/// Seeds tried unless `SEEDS` says otherwise.
const SEEDS: u64 = 24;
/// Failing seeds of which the steps are printed.
const TOLD: usize = 3;

thread_local! {
    /// Whether anything has panicked in the run of this thread: a worker goes on after a panic.
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}
/// Panics are noted from now on.
static NOTED: Once = Once::new();

/// Runs one seed, on a runtime of its own.
pub fn run(seed: u64) -> Kept {
    NOTED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICKED.set(true);
            usual(panic);
        }));
    });
    PANICKED.set(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // What panics is a violation too, of whatever the code was sure of.
    let run = std::panic::AssertUnwindSafe(|| runtime.block_on(run::run(seed)));
    let mut kept = std::panic::catch_unwind(run).unwrap_or_default();
    if PANICKED.get() {
        kept.violations.push("(0) something panicked".to_owned());
    }
    kept
}

/// Whether there is time: `make sim`, not one of many tests in an unoptimised build.
pub fn is_thorough() -> bool {
    number("SEEDS").is_some()
}

pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().filter(|n| !n.is_empty()).map(|n| n.parse().expect("a number"))
}

/// Does something with each item, on all cores.
pub fn on_all_cores<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let next = &next;
        let each = &each;
        for core in 0..cores {
            scope.spawn(move || {
                stay_on(core);
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(item);
                }
            });
        }
    });
}

/// Keeps this thread, and those that it starts, on one core. A run and its database never work at the same time,
/// they wake each other all the time, and that is cheapest on one core: half as many seeds again in a second.
#[cfg(target_os = "linux")]
pub fn stay_on(core: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    if let Some(core) = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).nth(core) {
        let mut one = CpuSet::new();
        one.set(core);
        // Where it is not allowed it is slower, and that is all.
        let _ = sched_setaffinity(None, &one);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn stay_on(_: usize) {}

/// Whatever happens, the invariants hold. `SEED=s` runs one seed and prints its steps.
#[expect(clippy::disallowed_methods, reason = "how fast the machine is")]
pub fn all_hold() -> bool {
    let one = number("SEED");
    let first = number("FIRST").unwrap_or(1);
    let seeds: Vec<u64> = match one {
        Some(seed) => vec![seed],
        None => ONCE_FAILED.into_iter().chain(first..first + number("SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let begun = std::time::Instant::now();
    let (coverage, failed) = (Mutex::new(Coverage::default()), Mutex::new(BTreeMap::new()));
    on_all_cores(&seeds, |seed| {
        let (seed, kept) = (*seed, run(*seed));
        coverage.lock().expect("no panic").add(&kept.coverage);
        if one.is_some() {
            println!("{}", kept.trace.join("\n"));
            println!("hash of the trace: {:016x}", kept.hash());
        }
        if !kept.violations.is_empty() {
            println!("SEED={seed}: {}", kept.violations.join("; "));
            failed.lock().expect("no panic").insert(seed, kept);
        }
    });
    let coverage = coverage.into_inner().expect("no panic");
    let failed = failed.into_inner().expect("no panic");
    if one.is_none() {
        for (seed, kept) in failed.iter().take(TOLD) {
            println!("\n=== SEED={seed} ===\n{}", kept.trace.join("\n"));
        }
    }
    println!("\n{}", coverage.table());
    let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (seed, kept) in &failed {
        for violation in &kept.violations {
            // Without the names, which differ from seed to seed.
            let words: Vec<_> =
                violation.split(' ').filter(|word| !word.contains(|c: char| c.is_ascii_digit())).collect();
            kinds.entry(format!("{} {}", &violation[..3], words.join(" "))).or_default().push(*seed);
        }
    }
    for (kind, seeds) in &kinds {
        println!("{:>5} × {kind}; first seeds {:?}", seeds.len(), &seeds[..seeds.len().min(5)]);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rate = f64::from(u32::try_from(seeds.len()).unwrap_or(u32::MAX)) / seconds;
    println!("{rate:.1} seeds/s, {} operations", coverage.operated());
    let violations: usize = failed.values().map(|kept| kept.violations.len()).sum();
    println!("{} seeds, {} faults injected, {violations} violations", seeds.len(), coverage.struck());
    violations == 0
}

/// The same seed takes the same steps.
pub fn repeat_themselves() -> bool {
    let seeds: Vec<u64> = (0..if is_thorough() { 50 } else { 4 }).flat_map(|seed| [seed, seed]).collect();
    let hashes: Mutex<BTreeMap<u64, Vec<Kept>>> = Mutex::default();
    on_all_cores(&seeds, |seed| {
        let kept = run(*seed);
        hashes.lock().expect("no panic").entry(*seed).or_default().push(kept);
    });
    let hashes = hashes.into_inner().expect("no panic");
    let mut same = true;
    for (seed, runs) in &hashes {
        let differs = runs[0].trace.iter().zip(&runs[1].trace).find(|(one, other)| one != other);
        if runs[0].hash() != runs[1].hash() {
            same = false;
            println!("SEED={seed} does not repeat itself: {differs:?}");
        }
    }
    println!("{} seeds run twice: {}", hashes.len(), if same { "the same steps" } else { "DIFFERENT" });
    same
}
