//! `einklang connection`: Cal.com accounts.

use clap::{Args, Subcommand};
use domain::CompanyId;
use domain::appointment::{Actor, Origin};
use engine::Engine;
use engine::connect::Webhook;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::{Connection as Account, Store};

use super::{lookup, parse, standard_input};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// Where the API key of `connection add` is looked for unless it comes on standard input.
const API_KEY: &str = "EINKLANG_CALCOM_API_KEY";

#[derive(Debug, Subcommand)]
pub enum Connection {
    /// Connect a Cal.com account: ask it who it is and register a webhook
    ///
    /// The API key is read from standard input (--api-key-stdin) or from `EINKLANG_CALCOM_API_KEY`; it
    /// is stored encrypted. Nothing is stored unless Cal.com accepts it.
    Add {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// `https://api.cal.com`, `https://api.cal.eu`, or your own server
        #[arg(long)]
        base_url: String,
        /// Read the API key from standard input
        #[arg(long)]
        api_key_stdin: bool,
        /// The name that people see [default: the account's]
        #[arg(long, value_parser = parse::name)]
        name: Option<String>,
    },
    /// Stop the work of a connection: changes are kept and sent later, webhooks are stored
    Pause(Which),
    /// Take up the work of a connection that was stopped: by somebody, because its key was not accepted, or because many
    /// appointments were lost
    Resume(Which),
    /// Look up the webhook of a connection at Cal.com, and register it anew if it is not as it should be
    Reregister(Which),
    /// Show the connections of a company
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
}

#[derive(Debug, Args)]
pub struct Which {
    /// Slug of the company
    #[arg(long)]
    company: String,
    /// Name or id of the connection [default: all of the company]
    #[arg(long)]
    connection: Option<String>,
}

impl Which {
    async fn all(self, store: &Store) -> anyhow::Result<(CompanyId, Vec<Account>)> {
        let company = lookup::company(store, &self.company).await?.id;
        let all = store.connections(company).await?;
        Ok((
            company,
            match &self.connection {
                Some(name) => vec![lookup::connection(all, name)?],
                None => all,
            },
        ))
    }
}

impl Connection {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Add { company, base_url, api_key_stdin, name } => {
                let company = lookup::company(&store, &company).await?;
                let api_key = if api_key_stdin {
                    standard_input::secret("API key of the Cal.com account")?
                } else {
                    let key = std::env::var(API_KEY).unwrap_or_default();
                    if key.is_empty() {
                        anyhow::bail!("no API key: use --api-key-stdin or set {API_KEY}");
                    }
                    SecretString::from(key)
                };
                let engine = at.engine(store)?;
                let connection =
                    engine::connect::connect(&engine, company.id, name, &base_url, api_key, by()).await?;
                let url =
                    engine::connect::webhook_url(&engine.settings.public_url, &connection.webhook_token);
                let webhook = if connection.webhook_id.is_some() {
                    format!("Cal.com tells us of changes at {url}.")
                } else {
                    format!(
                        "Cal.com did not accept a webhook to {url}: changes made there are found late. Is EINKLANG_PUBLIC_URL reachable from there?"
                    )
                };
                let text = format!(
                    "Connected {} ({}) at {} as {}.\nCapabilities: {}\n{webhook}",
                    connection.account.username,
                    connection.account.email,
                    connection.base_url,
                    connection.name,
                    connection.capabilities,
                );
                Outcome::new(describe(&connection), text)
            }
            Self::Pause(which) => {
                let (company, found) = which.all(&store).await?;
                let engine = at.engine(store)?;
                let mut lines = Vec::new();
                for one in &found {
                    engine::connect::pause(&engine, company, one.id, by()).await?;
                    lines.push(format!(
                        "{} rests: changes are kept and sent later, webhooks are stored.",
                        one.name
                    ));
                }
                told(&engine, company, &found, &lines).await
            }
            Self::Resume(which) => {
                let (company, found) = which.all(&store).await?;
                let engine = at.engine(store)?;
                let mut lines = Vec::new();
                for one in &found {
                    engine::connect::resume(&engine, company, one.id, by()).await?;
                    lines.push(format!("{} works again.", one.name));
                }
                told(&engine, company, &found, &lines).await
            }
            Self::Reregister(which) => {
                let (company, found) = which.all(&store).await?;
                let engine = at.engine(store)?;
                let mut lines = Vec::new();
                for one in &found {
                    let name = &one.name;
                    lines.push(
                        match engine::connect::repair_webhook(&engine, company, one.id, by()).await? {
                            Webhook::Right => format!("The webhook of {name} is registered as it should be."),
                            Webhook::Registered => format!("A webhook is registered for {name}."),
                            Webhook::Corrected => format!("The webhook of {name} is corrected."),
                        },
                    );
                }
                told(&engine, company, &found, &lines).await
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let all = store.connections(company.id).await?;
                let rows: Vec<_> = all
                    .iter()
                    .map(|connection| {
                        let webhook = if connection.webhook_id.is_some() { "registered" } else { "missing" };
                        let last = connection.last_webhook_at.map_or("never".to_owned(), |at| at.to_string());
                        [
                            connection.name.clone(),
                            connection.account.username.clone(),
                            connection.base_url.clone(),
                            connection.state.as_str().to_owned(),
                            webhook.to_owned(),
                            last,
                        ]
                    })
                    .collect();
                let text = table(["name", "account", "server", "state", "webhook", "last webhook"], &rows);
                Outcome::new(json!({ "data": all.iter().map(describe).collect::<Vec<_>>() }), text)
            }
        }
    }
}

/// Whoever runs the command.
fn by() -> Actor {
    Actor { via: Some("einklang connection".to_owned()), ..Actor::of(Origin::System) }
}

/// The connections as they are now.
async fn told(
    engine: &Engine,
    company: CompanyId,
    found: &[Account],
    lines: &[String],
) -> anyhow::Result<Outcome> {
    let mut now = Vec::new();
    for one in found {
        now.push(describe(&engine.store.connection(company, one.id).await?));
    }
    Outcome::new(json!({ "data": now }), lines.join("\n"))
}

fn describe(connection: &Account) -> Value {
    json!({
        "id": connection.id, "name": connection.name, "base_url": connection.base_url,
        "account": connection.account, "capabilities": connection.capabilities,
        "state": connection.state.as_str(), "state_message": connection.state_message,
        "webhook_registered": connection.webhook_id.is_some(),
        "last_webhook_at": connection.last_webhook_at,
    })
}
