//! `einklang migrate`: the form of the database.

use clap::Args;
use serde_json::json;

use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// Bring the database to the form that this version needs. Safe to run again, and from several machines.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Only show what is applied; exit code 2 if something is missing
    #[arg(long, conflicts_with = "down")]
    status: bool,
    /// Take the last N migrations back, WITH THE DATA in what they made
    #[arg(long, value_name = "N")]
    down: Option<u32>,
}

impl Migrate {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.open(!self.status && self.down.is_none()).await?;
        match self.down {
            Some(steps) => store.migrate_down(steps).await?,
            None if self.status => {}
            None => {
                store.migrate().await?;
                if at.config.is_sqlite() {
                    // Made now, not in the middle of some later command.
                    at.config.secret_key()?;
                }
            }
        }
        let status = store.migration_status().await?;
        let missing = status.iter().filter(|(_, applied)| !applied).count();
        let rows: Vec<_> = status
            .iter()
            .map(|(name, applied)| [name.clone(), if *applied { "applied" } else { "missing" }.to_owned()])
            .collect();
        let migrations: Vec<_> =
            status.iter().map(|(name, applied)| json!({ "name": name, "applied": applied })).collect();
        let json =
            json!({ "database": at.config.database(), "current": missing == 0, "migrations": migrations });
        let text = format!("{}\n{}", at.config.database(), table(["migration", "state"], &rows));
        Ok(Outcome::new(json, text)?.found(self.status && missing > 0))
    }
}
