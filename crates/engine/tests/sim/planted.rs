//! The judge bites: every mistake that can be planted is found, by a seed that shows nothing without it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use domain::planted::{Bug, plant};

use crate::seeds::{ONCE_FAILED, number, on_all_cores, run};

/// So many seeds may pass before a mistake is found.
const SEEDS: u64 = 2000;
/// As many are tried before it is looked at what was found.
const AT_ONCE: usize = 60;

/// Plants one mistake after the other. `BUG=name,name` plants only these.
pub fn are_found() -> bool {
    let only = std::env::var("BUG").ok().filter(|names| !names.is_empty());
    let wanted = |bug: &Bug| {
        let name = format!("{bug:?}");
        only.as_ref().is_none_or(|names| names.split(',').any(|wanted| wanted == name))
    };
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

/// The first seed that shows a mistake, and nothing without it; and what it shows. Those that have shown a mistake
/// before come first. `sound` remembers which seeds show nothing without a mistake.
fn find(bug: Bug, sound: &mut BTreeMap<u64, bool>) -> Option<(u64, String)> {
    let all: Vec<u64> = ONCE_FAILED.into_iter().chain(1..=number("SEEDS").unwrap_or(SEEDS)).collect();
    for seeds in all.chunks(AT_ONCE) {
        let unknown: Vec<_> = seeds.iter().copied().filter(|seed| !sound.contains_key(seed)).collect();
        plant(None);
        sound.extend(shown(&unknown, false).into_iter().map(|(seed, shown)| (seed, shown.is_none())));
        let seeds: Vec<_> = seeds.iter().copied().filter(|seed| sound.get(seed) == Some(&true)).collect();
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
