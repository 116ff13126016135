//! What the machine spends: CPU time of this process and of PostgreSQL's, and memory, as `/proc` tells them.

use std::fs;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// Clock ticks of `/proc` per second: 100 on every Linux.
const TICKS: u64 = 100;

/// The processes that are paid for: this one, and those of a PostgreSQL server on this machine.
pub struct Cost {
    server: Option<u32>,
}

impl Cost {
    /// Finds the server that a connection leads to, if it is one of this machine.
    pub async fn of(database: &DatabaseConnection) -> Self {
        if database.get_database_backend() != DbBackend::Postgres {
            return Self { server: None };
        }
        let statement = Statement::from_string(DbBackend::Postgres, "SELECT pg_backend_pid()");
        let row = database.query_one_raw(statement).await.expect("an answer").expect("a row");
        let backend: i32 = row.try_get_by_index(0).expect("a number");
        Self { server: u32::try_from(backend).ok().and_then(|pid| Some(stat(pid)?.parent)) }
    }

    /// CPU time spent so far, in user mode and in the kernel.
    pub fn cpu(&self) -> Duration {
        let mut ticks = stat(std::process::id()).map_or(0, |stat| stat.ticks);
        if let Some(server) = self.server {
            let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
            let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
            let stats = numbers.filter_map(stat).filter(|stat| stat.parent == server);
            ticks += stats.map(|stat| stat.ticks).sum::<u64>();
        }
        Duration::from_millis(ticks * 1000 / TICKS)
    }
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(process: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program is in brackets and may hold anything.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks: number(11)? + number(12)? })
}

/// Memory of this process that is in use, in kilobytes.
pub fn memory() -> u64 {
    kilobytes("VmRSS:")
}

/// The most memory that this process had in use at any time, in kilobytes.
pub fn most_memory() -> u64 {
    kilobytes("VmHWM:")
}

fn kilobytes(of: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(of));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
