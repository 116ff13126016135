//! `einklang retell`: what a phone agent at Retell AI has to be told, ready to paste; and calls to try it with.

mod simulate;

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;
use store::Agent;

use super::agent::base_url;
use super::lookup;
use crate::installation::Installation;
use crate::outcome::Outcome;

#[derive(Debug, Subcommand)]
pub enum Retell {
    /// Print the functions of an agent as Retell takes them (`general_tools`), and the addresses of its webhooks
    Tools {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Name of the agent; not needed where there is one
        #[arg(long)]
        agent: Option<String>,
    },
    /// Play calls against the running server as Retell makes them, and judge every answer
    Simulate(simulate::Simulate),
}

impl Retell {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let (company, agent) = match self {
            Self::Tools { company, agent } => (company, agent),
            Self::Simulate(simulate) => return simulate.run(at).await,
        };
        let store = at.store().await?;
        let company = lookup::company(&store, &company).await?;
        let agent = chosen(store.agents(company.id).await?, agent.as_deref())?;
        let base = base_url(&at.config.public_url.value, &agent.token);
        let all = json!({
            "general_tools": web::phone::tools(&company, &format!("{base}/functions")),
            "webhook_url": format!("{base}/calls"),
            "inbound_webhook_url": format!("{base}/inbound"),
            "timezone": company.time_zone,
        });
        let text = serde_json::to_string_pretty(&all)?;
        Outcome::new(all, text)
    }
}

/// The agent of that name, or the only one.
fn chosen(mut agents: Vec<Agent>, name: Option<&str>) -> anyhow::Result<Agent> {
    if let Some(name) = name {
        agents.retain(|agent| agent.name == name);
    }
    match &agents[..] {
        [_] => Ok(agents.remove(0)),
        [] => bail!("there is no such phone agent; einklang agent create makes one"),
        several => {
            let names: Vec<_> = several.iter().map(|agent| agent.name.as_str()).collect();
            bail!("which of them: --agent {}", names.join(", --agent "))
        }
    }
}
