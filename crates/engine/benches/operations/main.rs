//! How much of what the machine allows the engine reaches. Every figure stands beside what the same database
//! can do at most, or what it must not exceed, measured in the same run; both take turns, and the median of
//! the rounds counts. It is the ratios that carry over to another machine.
//!
//! `make bench` (`ONLY=verification` for that alone); PostgreSQL too if `TEST_POSTGRES_URL` names a server. `BENCH_FULL=1` adds what takes minutes:
//! 1,000,000 appointments.

mod calcom;
mod ceiling;
mod cost;
mod measure;
mod salon;
mod table;
mod verification;

use table::Table;

/// Each figure is the median of so many, unless `BENCH_ROUNDS` says otherwise.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if let Some(index) = arguments.iter().position(|argument| measure::WORKER.contains(&argument.as_str()))
        && let Some(url) = arguments.get(index + 1)
    {
        return runtime.block_on(measure::say(&arguments[index], url));
    }
    if let Some(index) = arguments.iter().position(|argument| argument == verification::VERIFY)
        && let Some(task) = arguments.get(index + 1)
    {
        return runtime.block_on(verification::say(task));
    }
    runtime.block_on(async {
        let mut table = Table::default();
        let folder = tempfile::tempdir().expect("a folder");
        let mut databases = vec![("SQLite", format!("sqlite://{}/bench", folder.path().display()))];
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(server) => databases.push(("PostgreSQL", server)),
            Err(_) => println!("PostgreSQL is not measured: TEST_POSTGRES_URL is not set"),
        }
        if !arguments.iter().any(|argument| argument == "verification") {
            work(&databases, &mut table).await;
        }
        for (name, place) in &databases {
            eprintln!("{name}: verification");
            verification::measure_sizes(name, place, &mut table).await;
        }
        table.print();
        std::fs::write("../../bench.json", table.json()).expect("bench.json is written");
    });
}

/// What the engine makes of a machine while it works.
async fn work(databases: &[(&'static str, String)], table: &mut Table) {
    let mut subjects = Vec::new();
    for (name, place) in databases {
        subjects.push(measure::Subject::open(name, place).await);
    }
    let rounds = std::env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    for round in 1..=rounds {
        for subject in &mut subjects {
            eprintln!("round {round} of {rounds}, {}", subject.name);
            subject.round(table).await;
        }
    }
    for subject in &mut subjects {
        eprintln!("{}: fairness, memory, idleness, starts", subject.name);
        subject.once(table).await;
    }
}

/// How many of them in a second.
#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds")]
pub fn per_second(count: u64, time: std::time::Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
