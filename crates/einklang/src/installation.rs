//! The wiring: from a configuration to a database and an engine.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use calcom::{HttpTransport, TimeOuts};
use engine::notifications::{Post, mail::Mailer};
use engine::rounds::Rounds;
use engine::{Ambient, Engine, Parts, Settings, Signals, Vault, reach};
use secrecy::ExposeSecret;
use store::Store;
use web::letters::Letters;

use crate::commands::parse;
use crate::config::{Config, ages};
use crate::sole_process::SoleProcess;

/// How long a lane is leased, renewed while it is worked on. Another machine takes over what a dead worker
/// held when it ends; on the same machine that takes a moment (`alive.rs`).
const LEASE: Duration = Duration::from_secs(15);
/// How long open connections to the database may take to close.
const LAST_STATEMENTS: Duration = Duration::from_secs(5);

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

    /// Keeps other processes from working with the same SQLite file; `None` where that is welcome.
    pub fn sole_process(&self) -> anyhow::Result<Option<SoleProcess>> {
        self.config.sqlite_file().map(|file| SoleProcess::on(&file)).transpose()
    }

    /// Closes the connections of an engine that is not used any more.
    pub async fn close(&self, engine: Engine) {
        let closed = tokio::time::timeout(LAST_STATEMENTS, engine.store.clone().close()).await;
        if !matches!(closed, Ok(Ok(()))) {
            tracing::warn!("connections to the database were cut off");
        }
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
                retries: parse::waits(&self.config.retries.value).unwrap_or_default(),
                rounds: Rounds {
                    changes: parse::every(&self.config.poll.value).unwrap_or_default(),
                    bookings: parse::schedule(&self.config.verify.value).unwrap_or_default(),
                    ..Rounds::usual()
                },
                brake: parse::losses(&self.config.brake.value).unwrap_or(Settings::default().brake),
                keep: ages::keep(&self.config.keep.value).unwrap_or_default(),
                lease: LEASE,
                phone_patience: self.config.phone_patience(),
                rooms_anywhere: self.config.rooms_anywhere.value,
                mail_from: self.config.mail_from.as_ref().map(|from| from.value.clone()),
                ..Settings::default()
            },
            signals: Signals::default(),
        }))
    }
}

/// How messages of an engine leave the house.
pub fn post(engine: &Engine, mailer: Option<Mailer>) -> anyhow::Result<Post> {
    let rooms = if engine.settings.rooms_anywhere {
        HttpTransport::new(TimeOuts::default())
    } else {
        HttpTransport::only_to(TimeOuts::default(), reach::is_public_address)
    };
    Ok(Post {
        words: Arc::new(Letters { public_url: engine.settings.public_url.clone() }),
        mailer,
        rooms: Arc::new(rooms.context("HTTPS is not available")?),
    })
}

/// How many migrations the database lacks.
pub async fn missing_migrations(store: &Store) -> anyhow::Result<usize> {
    let status = store.migration_status().await.context("the state of the database cannot be read")?;
    Ok(status.iter().filter(|(_, applied)| !applied).count())
}
