//! The engine in a world of its own, on the real SQL: every interleaving of two workers, people, webhooks and
//! faults is chosen by a seed, and a run repeats itself exactly. Afterwards a judge looks at both systems.
//!
//! `make sim SEEDS=n` tries n seeds; `make sim SEED=s` runs one and prints its steps.

mod coverage;
mod every_step;
mod gates;
mod ledger;
mod log;
mod network;
mod oracle;
mod people;
#[cfg(feature = "planted")]
mod planted;
mod promises;
mod rounds;
mod run;
mod salon;
mod seeds;
mod service_ledger;
mod service_oracle;
mod services;
mod soak;
mod trouble;
mod watch;
mod world;

use std::process::ExitCode;

/// Says whether it holds.
type Test = fn() -> bool;

/// Everything that can be asked for by name, as `cargo test` and `cargo nextest` do.
const TESTS: &[(&str, Test)] = &[
    #[cfg(feature = "planted")]
    ("planted_mistakes_are_found", planted::are_found),
    ("a_crash_at_every_step_is_survived", every_step::is_survived),
    ("a_week_of_many_salons_ends_well", soak::is_survived),
    ("seeds_repeat_themselves", seeds::repeat_themselves),
    ("seeds", seeds::all_hold),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    // `--format terse` has a value that is no name.
    let names: Vec<_> =
        arguments.iter().filter(|argument| !argument.starts_with('-') && *argument != "terse").collect();
    let wanted = |name: &str| {
        let fits = |filter: &&&String| {
            if has("--exact") { **filter == name } else { name.contains(filter.as_str()) }
        };
        names.is_empty() || names.iter().any(|filter| fits(&filter))
    };
    let mut failed = false;
    for (name, test) in TESTS.iter().filter(|(name, _)| wanted(name)) {
        if has("--list") {
            if !has("--ignored") {
                println!("{name}: test");
            }
        } else if !has("--ignored") {
            failed |= !test();
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
