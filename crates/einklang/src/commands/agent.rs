//! `einklang agent`: phone agents (Retell AI).

use clap::Subcommand;
use domain::AgentId;
use serde_json::json;
use store::Sealed;
use web::phone::SIGNING_KEY;

use super::{lookup, parse, standard_input};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum Agent {
    /// Let a phone agent in; the API key that signs its calls is read from standard input
    Create {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// The name that people see
        #[arg(long, value_parser = parse::name)]
        name: String,
    },
    /// Show the phone agents of a company
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
}

impl Agent {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, name } => {
                let company = lookup::company(&store, &company).await?;
                let key = standard_input::secret("the Retell API key with the webhook badge")?;
                let engine = at.engine(store.clone())?;
                let agent = store::Agent {
                    id: AgentId(at.ambient.id()),
                    token: at.ambient.token(),
                    signing_key: Sealed(engine.vault.seal(&at.ambient, company.id, SIGNING_KEY, &key)),
                    name,
                };
                store.add_agent(company.id, agent.clone()).await?;
                let url = functions_url(&at.config.public_url.value, &agent.token);
                let text = format!("Phone agent {} may call {url}/{{function}}.", agent.name);
                Outcome::new(
                    json!({ "id": agent.id, "name": agent.name, "token": agent.token, "functions_url": url }),
                    text,
                )
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let all = store.agents(company.id).await?;
                let url = |agent: &store::Agent| functions_url(&at.config.public_url.value, &agent.token);
                let rows: Vec<_> =
                    all.iter().map(|agent| [agent.name.clone(), url(agent), agent.id.to_string()]).collect();
                let data: Vec<_> = all
                    .iter()
                    .map(|agent| json!({ "id": agent.id, "name": agent.name, "functions_url": url(agent) }))
                    .collect();
                Outcome::new(
                    json!({ "data": data }),
                    table(["name", "address of its functions", "id"], &rows),
                )
            }
        }
    }
}

/// Where the functions of an agent are called, without the function's name.
fn functions_url(public_url: &str, token: &str) -> String {
    format!("{}/functions", base_url(public_url, token))
}

/// Where everything of an agent begins.
pub(super) fn base_url(public_url: &str, token: &str) -> String {
    format!("{public_url}/voice/retell/{token}")
}
