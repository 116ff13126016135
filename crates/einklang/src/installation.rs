//! The wiring: from a configuration to a database and an engine.

use std::sync::Arc;

use anyhow::{Context, bail};
use calcom::{HttpTransport, TimeOuts};
use engine::{Ambient, Engine, Parts, Settings, Signals, Vault};
use secrecy::ExposeSecret;
use store::Store;

use crate::config::Config;

/// One installation: a configuration and what follows from it.
pub struct Installation {
    pub config: Config,
    pub ambient: Ambient,
}

impl Installation {
    pub fn new(config: Config) -> Self {
        Self { config, ambient: Ambient::system() }
    }

    /// The database, in whatever state it is. An SQLite file is made only if `make` says so.
    pub async fn open(&self, make: bool) -> anyhow::Result<Store> {
        if let Some(file) = self.config.sqlite_file() {
            if make {
                let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
                if let Some(folder) = folder {
                    std::fs::create_dir_all(folder)
                        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
                }
            } else if !file.exists() {
                bail!("there is no database at {} yet; `einklang migrate` makes it", file.display());
            }
        }
        Store::connect(self.config.database_url.value.expose_secret())
            .await
            .with_context(|| format!("the database {} does not answer", self.config.database()))
    }

    /// The database, if its form is the one that this version needs.
    pub async fn store(&self) -> anyhow::Result<Store> {
        let store = self.open(false).await?;
        let missing = missing_migrations(&store).await?;
        if missing > 0 {
            bail!("the database lacks {missing} migration(s); run `einklang migrate` first");
        }
        Ok(store)
    }

    /// An engine on that database, which reaches Cal.com over the network.
    pub fn engine(&self, store: Store) -> anyhow::Result<Engine> {
        let transport = HttpTransport::new(TimeOuts::default()).context("HTTPS is not available")?;
        Ok(Engine::new(Parts {
            store,
            ambient: self.ambient.clone(),
            vault: Vault::new(&self.config.secret_key()?),
            transport: Arc::new(transport),
            settings: Settings {
                public_url: self.config.public_url.value.clone(),
                // Read once already, when the configuration was checked.
                retries: crate::commands::parse::waits(&self.config.retries.value).unwrap_or_default(),
                ..Settings::default()
            },
            signals: Signals::default(),
        }))
    }
}

/// How many migrations the database lacks.
pub async fn missing_migrations(store: &Store) -> anyhow::Result<usize> {
    let status = store.migration_status().await.context("the state of the database cannot be read")?;
    Ok(status.iter().filter(|(_, applied)| !applied).count())
}
