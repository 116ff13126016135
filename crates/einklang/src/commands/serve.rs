//! `einklang serve`: the server, until it is told to stop.

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::installation::{Installation, missing_migrations, post};
use crate::outcome::{Outcome, say};
use crate::{measures, server};

/// Run the server: pages, REST API, phone, webhooks, and the work with Cal.com.
///
/// SIGTERM or SIGINT: takes no more requests and begins no more work, finishes the requests and the calls to
/// Cal.com that are under way, gives its lanes up, ends with 0. A second signal ends it at once.
#[derive(Debug, Args)]
pub struct Serve {
    /// Bring a PostgreSQL database to the form that this version needs first (SQLite: always)
    #[arg(long)]
    migrate: bool,
    /// Leave the work with Cal.com to `einklang worker` (PostgreSQL) (also: `EINKLANG_WORKER=off`)
    #[arg(long)]
    no_worker: bool,
}

impl Serve {
    pub async fn run(self, at: &Installation, json: bool) -> anyhow::Result<Outcome> {
        let works = at.config.worker.value && !self.no_worker;
        if !works && at.config.is_sqlite() {
            bail!(
                "without its worker this server would leave everything undone: SQLite is for one process; a worker of its own needs PostgreSQL"
            );
        }
        let store = at.open(true).await?;
        let _sole = at.sole_process()?;
        if self.migrate || at.config.is_sqlite() {
            store.migrate().await.context("the database cannot be migrated")?;
        } else if missing_migrations(&store).await? > 0 {
            bail!("the database lacks migrations; run `einklang migrate`, or `einklang serve --migrate`");
        }
        let engine = at.engine(store)?;
        let address = &at.config.listen.value;
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        let watched = measures::listener(&at.config).await?;
        let stop = CancellationToken::new();
        server::stop_on_signals(stop.clone())?;
        let url = format!("http://{}", listener.local_addr()?);
        if json {
            say(&json!({ "url": url, "public_url": at.config.public_url.value }).to_string());
        } else {
            say(&format!("Einklang answers on {url} (known as {}).", at.config.public_url.value));
        }
        let measures = measures::start()?;
        // With a listener of their own the measures are shown there alone.
        let public = watched.is_none().then(|| measures.clone());
        if let Some(listener) = watched {
            measures::show(listener, server::watch(&engine, measures), stop.clone());
        }
        let router = server::router(&engine, public, at.config.mailer()?, None, &stop);
        let workers = at.config.workers_folder();
        let post = post(&engine, at.config.mailer()?)?;
        let worker = works.then_some((workers.as_path(), &post));
        let served = server::run(&engine, router, listener, worker, stop).await;
        at.close(engine).await;
        served?;
        tracing::info!("stopped");
        Ok(Outcome::silent())
    }
}
