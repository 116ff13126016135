//! `einklang worker`: the work with Cal.com without pages, until it is told to stop.

use anyhow::bail;
use clap::Args;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::installation::{Installation, post};
use crate::outcome::{Outcome, say};
use crate::{measures, server};

/// Work with Cal.com, beside other workers and servers, on PostgreSQL.
///
/// As many as wanted, on as many machines as wanted: they share the work through the database alone. What a
/// worker that dies had in hand another one takes over, and looks first what became of it.
///
/// SIGTERM or SIGINT: begins nothing more, finishes the calls that are under way, gives its lanes up, ends
/// with 0. A second signal ends it at once.
#[derive(Debug, Args)]
pub struct Worker {}

impl Worker {
    pub async fn run(self, at: &Installation, json: bool) -> anyhow::Result<Outcome> {
        if at.config.is_sqlite() {
            bail!(
                "a worker of its own needs PostgreSQL (DATABASE_URL=postgres://…): SQLite is for one process, and `einklang serve` is that one"
            );
        }
        let engine = at.engine(at.store().await?)?;
        let watched = measures::listener(&at.config).await?;
        let stop = CancellationToken::new();
        if let Some(listener) = watched {
            measures::show(listener, server::watch(&engine, measures::start()?), stop.clone());
        }
        server::stop_on_signals(stop.clone())?;
        let owner = server::owner(&engine);
        say(&if json {
            json!({ "owner": owner }).to_string()
        } else {
            format!("Einklang works as {owner}.")
        });
        let post = post(&engine, at.config.mailer()?)?;
        server::work(&engine, &post, owner, &at.config.workers_folder(), stop).await;
        at.close(engine).await;
        Ok(Outcome::silent())
    }
}
