//! The judge bites: every mistake that can be planted is found, by a seed that shows nothing without it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use domain::planted::{Bug, plant};

use crate::seeds::{number, on_all_cores, run};

/// So many seeds may pass before a mistake is found.
const SEEDS: u64 = 2000;
/// As many are tried before it is looked at what was found.
const AT_ONCE: u64 = 60;

/// Plants one mistake after the other. `BUG=name` plants one of them only.
pub fn are_found() -> bool {
    let only = std::env::var("BUG").ok().filter(|name| !name.is_empty());
    let wanted = |bug: &Bug| only.as_ref().is_none_or(|name| *name == format!("{bug:?}"));
    let mut sound = BTreeMap::new();
    let mut missed = Vec::new();
    let bugs: Vec<_> = Bug::ALL.into_iter().filter(wanted).collect();
    for bug in &bugs {
        match find(*bug, &mut sound) {
            Some((seed, violation)) => println!("{bug:?}: SEED={seed} {violation}"),
            None => missed.push(bug),
        }
    }
    println!("{} mistakes planted, not found: {missed:?}", bugs.len());
    missed.is_empty()
}

/// The first seed that shows a mistake, and nothing without it; and what it shows. `sound` remembers which
/// seeds show nothing without a mistake.
fn find(bug: Bug, sound: &mut BTreeMap<u64, bool>) -> Option<(u64, String)> {
    let last = number("SEEDS").unwrap_or(SEEDS);
    for first in (1..=last).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let seeds: Vec<u64> = (first..(first + AT_ONCE).min(last + 1)).collect();
        if !sound.contains_key(&first) {
            plant(None);
            sound.extend(shown(&seeds, false).into_iter().map(|(seed, shown)| (seed, shown.is_none())));
        }
        let seeds: Vec<u64> = seeds.into_iter().filter(|seed| sound.get(seed) == Some(&true)).collect();
        plant(Some(bug));
        let found = shown(&seeds, true).into_iter().find_map(|(seed, shown)| Some((seed, shown?)));
        if found.is_some() {
            return found;
        }
    }
    None
}

/// What each seed shows; only up to the first that shows something, if that is `enough`.
fn shown(seeds: &[u64], enough: bool) -> BTreeMap<u64, Option<String>> {
    let (shown, done) = (Mutex::default(), AtomicBool::new(false));
    on_all_cores(seeds, |seed| {
        if !done.load(Ordering::Relaxed) {
            let violation = run(*seed).violations.into_iter().next();
            done.fetch_or(enough && violation.is_some(), Ordering::Relaxed);
            let mut shown: MutexGuard<'_, BTreeMap<_, _>> = shown.lock().expect("no panic");
            shown.insert(*seed, violation);
        }
    });
    shown.into_inner().expect("no panic")
}
