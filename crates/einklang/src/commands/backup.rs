//! `einklang backup`: a copy of an SQLite database, beside a running server.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use store::Store;

use crate::installation::{Installation, missing_migrations};
use crate::outcome::Outcome;

/// Write a copy of the SQLite database to a file, beside a running server; PostgreSQL has `pg_dump`
///
/// The copy is of one moment, is checked, and appears under its name only when it is whole. Keep the secret key with it.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file; it must not be there yet
    file: PathBuf,
}

impl Backup {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        if !at.config.is_sqlite() {
            bail!("{} is not SQLite; back it up with pg_dump", at.config.database());
        }
        let file = &self.file;
        if file.exists() {
            bail!("{} is there already", file.display());
        }
        let store = at.open(false).await?;
        let mut partial = file.clone().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        // What an interrupted one left.
        let _ = std::fs::remove_file(&partial);
        // Empty and its owner's alone before anything is in it.
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)
            .with_context(|| format!("{} cannot be written", file.display()))?;
        let text = partial.to_str().with_context(|| format!("{} is no text", file.display()))?;
        store.copy_to(text).await.with_context(|| format!("{} cannot be written", file.display()))?;
        let copy = Store::connect(&format!("sqlite://{text}")).await.context("the copy cannot be opened")?;
        let missing = missing_migrations(&copy).await?;
        let sound = copy.is_sound().await?;
        copy.close().await?;
        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{text}{beside}"));
        }
        if !sound {
            bail!("the copy is damaged; it was left as {text}");
        }
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::rename(&partial, file).with_context(|| format!("{} cannot be written", file.display()))?;
        let bytes = std::fs::metadata(file)?.len();
        let json = json!({ "file": file, "bytes": bytes, "missing_migrations": missing });
        Outcome::new(json, format!("{} ({bytes} bytes). Keep the secret key with it.", file.display()))
    }
}
