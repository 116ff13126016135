//! One file per command. A command takes its arguments and an [`Installation`], does one thing, and returns
//! an [`Outcome`]; how that is printed is not its business.

pub mod agent;
pub mod api_key;
pub mod backup;
pub mod branch;
pub mod company;
pub mod config;
pub mod connection;
pub mod doctor;
pub mod health;
mod lookup;
pub mod migrate;
pub mod notify;
pub mod parse;
pub mod retell;
pub mod review;
pub mod serve;
pub mod service;
pub mod simulator;
pub mod staff;
mod standard_input;
pub mod sync;
pub mod user;
pub mod verify;
pub mod webhooks;
mod work;
pub mod worker;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::telemetry;

/// Runs the command that was asked for.
pub async fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let Cli { options, command } = cli;
    if let Command::Demo(demo) = command {
        return Box::pin(demo.run(&options)).await;
    }
    let config = Config::read(&options, &|name: &str| std::env::var(name).ok())?;
    if matches!(command, Command::Serve(_) | Command::Worker(_) | Command::Simulator(_)) {
        let telemetry = telemetry::start(&config)?;
        let ended = carry_out(command, config, options.json).await;
        telemetry.end();
        return ended;
    }
    telemetry::start_quietly(&config)?;
    carry_out(command, config, options.json).await
}

async fn carry_out(command: Command, config: Config, json: bool) -> anyhow::Result<Outcome> {
    let installation = Installation::new(config);
    let at = &installation;
    match command {
        Command::Serve(serve) => Box::pin(serve.run(at, json)).await,
        Command::Worker(worker) => Box::pin(worker.run(at, json)).await,
        Command::Migrate(migrate) => migrate.run(at).await,
        Command::Backup(backup) => backup.run(at).await,
        Command::Company(company) => company.run(at).await,
        Command::User(user) => user.run(at).await,
        Command::Branch(branch) => branch.run(at).await,
        Command::Staff(staff) => staff.run(at).await,
        Command::Service(service) => service.run(at).await,
        Command::Connection(connection) => connection.run(at).await,
        Command::Agent(agent) => agent.run(at).await,
        Command::Retell(retell) => Box::pin(retell.run(at)).await,
        Command::ApiKey(api_key) => api_key.run(at).await,
        Command::Sync(sync) => Box::pin(sync.run(at)).await,
        Command::Verify(verify) => Box::pin(verify.run(at)).await,
        Command::Review(review) => Box::pin(review.run(at)).await,
        Command::Notify(notify) => notify.run(at).await,
        Command::Webhooks(webhooks) => Box::pin(webhooks.run(at)).await,
        Command::Doctor(doctor) => doctor.run(at).await,
        Command::Health(health) => health.run(at).await,
        Command::Config(config) => config.run(at),
        Command::Simulator(simulator) => simulator.run(at, json).await,
        Command::Demo(_) => unreachable!("handled above, before any configuration is read"),
    }
}
