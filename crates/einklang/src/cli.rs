//! The command line: what can be asked for, and the options that every command takes. What a command takes
//! of its own stands beside the command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    agent, api_key, backup, branch, company, config, connection, doctor, health, migrate, notify, retell,
    review, serve, service, simulator, staff, sync, user, verify, webhooks, worker,
};
use crate::demo;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it could not be done; one sentence on standard error says why
     (with --json: {\"error\":{\"code\",\"message\"}} on standard output)
  2  the command line was not understood, or a check found something

Configuration: the environment, then einklang.toml, then defaults; `einklang config` shows the outcome.
  DATABASE_URL           sqlite:///path/to/file or postgres://user:password@host/database
                         (default: einklang.sqlite in the data folder)
  EINKLANG_LISTEN        address and port (default: 127.0.0.1:8080)
  EINKLANG_PUBLIC_URL    how the world reaches this server, for webhooks and links
  EINKLANG_SECRET_KEY    encrypts stored API keys; with SQLite it is made in the data folder
  EINKLANG_LOG           such as info,einklang::sync=debug
  EINKLANG_LOG_FORMAT    pretty or json
  EINKLANG_SMTP_URL      the server that e-mail is sent by, such as smtps://user:password@mail.example
  EINKLANG_MAIL_FROM     who e-mail comes from, such as Einklang <einklang@salon.example>
  EINKLANG_WORKER        off: serve leaves the work with Cal.com to einklang worker (default: on)
Each of them can be the name of a file instead: DATABASE_URL_FILE and so on.";

/// Appointments that stay the same here and at Cal.com.
///
/// Commands work beside a running server: they talk through the database. See the whole with no account
/// anywhere: `einklang demo`.
#[derive(Debug, Parser)]
#[command(name = "einklang", version, after_long_help = EXIT_CODES, after_help = "More: einklang help, einklang help <COMMAND>")]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Command,
}

/// Where the help lists what every command takes.
const EVERYWHERE: &str = "Options of every command";

/// What every command takes.
#[derive(Debug, Args)]
pub struct Options {
    /// Answer with one JSON value on standard output
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// Folder of the database, the secret key and einklang.toml [default: data]
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "EINKLANG_DATA_DIR",
        hide_env_values = true,
        help_heading = EVERYWHERE
    )]
    pub data_dir: Option<PathBuf>,
    /// Configuration file [default: einklang.toml in the data folder, if it is there]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "EINKLANG_CONFIG",
        hide_env_values = true,
        help_heading = EVERYWHERE
    )]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(serve::Serve),
    Worker(worker::Worker),
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    /// Companies
    #[command(subcommand)]
    Company(company::Company),
    /// People who sign in
    #[command(subcommand)]
    User(user::User),
    /// Branches: places where customers are served
    #[command(subcommand)]
    Branch(branch::Branch),
    /// Staff members, their hours and what they do
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Services, and the event types at Cal.com that stand for them
    #[command(subcommand)]
    Service(service::Service),
    /// Cal.com accounts
    #[command(subcommand)]
    Connection(connection::Connection),
    /// Phone agents
    #[command(subcommand)]
    Agent(agent::Agent),
    /// What a phone agent at Retell AI has to be told, and calls to try it with
    #[command(subcommand)]
    Retell(retell::Retell),
    /// Keys for the REST API
    #[command(subcommand)]
    ApiKey(api_key::ApiKey),
    /// Bring what is here and at Cal.com together now
    #[command(subcommand)]
    Sync(sync::Sync),
    Verify(verify::Verify),
    /// What waits for a person, and what is decided about it
    #[command(subcommand)]
    Review(review::Review),
    /// Telling people what happens
    #[command(subcommand)]
    Notify(notify::Notify),
    /// The webhooks that came from Cal.com
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    Doctor(doctor::Doctor),
    Health(health::Health),
    Config(config::Config),
    Simulator(simulator::Simulator),
    Demo(demo::Demo),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
