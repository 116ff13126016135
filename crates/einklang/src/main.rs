//! The `einklang` program: reads its configuration, runs one command, and tells how it ended.
//!
//! What a command does is in `commands/`; what appointments are and how they are synced is in other crates.

mod alive;
mod cli;
mod commands;
mod config;
mod demo;
mod installation;
mod measures;
mod outcome;
mod server;
mod sole_process;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return outcome::usage(&error),
    };
    let json = cli.options.json;
    match Box::pin(commands::run(cli)).await {
        Ok(outcome) => outcome.print(json),
        Err(error) => outcome::failure(&error, json),
    }
}
