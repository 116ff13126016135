//! `einklang config`: the effective configuration, secrets left out.

use clap::Args;

use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// Show the effective configuration and where each value comes from.
#[derive(Debug, Args)]
pub struct Config {}

impl Config {
    pub fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let Self {} = self;
        let rows: Vec<_> = at
            .config
            .describe()
            .into_iter()
            .map(|(name, value, origin)| [name.to_owned(), value, origin])
            .collect();
        Outcome::new(at.config.describe_json(), table(["setting", "value", "from"], &rows))
    }
}
