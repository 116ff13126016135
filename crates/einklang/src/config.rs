//! The configuration: the environment, then one TOML file, then defaults. Every value knows where it came
//! from, so that `einklang config` and `doctor` can say so.
//!
//! Secrets can be given as files (`DATABASE_URL_FILE`, `EINKLANG_SECRET_KEY_FILE`, or `secret_key_file` in
//! the TOML file). Reading this never changes anything; the secret key of an SQLite installation is made in
//! `secret_key`.

pub mod ages;
pub mod secret_key;
mod sources;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use engine::notifications::mail::Mailer;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

pub use sources::{Environment, Origin, Setting};
use sources::{Key, Sources};

use crate::cli::Options;
use crate::commands::parse::{every, losses, schedule, waits};

const DATABASE_URL: Key = Key { name: "database_url", variable: "DATABASE_URL" };
const LISTEN: Key = Key { name: "listen", variable: "EINKLANG_LISTEN" };
const METRICS_LISTEN: Key = Key { name: "metrics_listen", variable: "EINKLANG_METRICS_LISTEN" };
const PUBLIC_URL: Key = Key { name: "public_url", variable: "EINKLANG_PUBLIC_URL" };
const SECRET_KEY: Key = Key { name: "secret_key", variable: "EINKLANG_SECRET_KEY" };
const LOG: Key = Key { name: "log", variable: "EINKLANG_LOG" };
const LOG_FORMAT: Key = Key { name: "log_format", variable: "EINKLANG_LOG_FORMAT" };
const RETRIES: Key = Key { name: "retries", variable: "EINKLANG_RETRIES" };
const WORKER: Key = Key { name: "worker", variable: "EINKLANG_WORKER" };
const VERIFY: Key = Key { name: "verify", variable: "EINKLANG_VERIFY" };
const BRAKE: Key = Key { name: "brake", variable: "EINKLANG_BRAKE" };
const POLL: Key = Key { name: "poll", variable: "EINKLANG_POLL" };
const SMTP_URL: Key = Key { name: "smtp_url", variable: "EINKLANG_SMTP_URL" };
const MAIL_FROM: Key = Key { name: "mail_from", variable: "EINKLANG_MAIL_FROM" };
const ROOMS: Key = Key { name: "rooms", variable: "EINKLANG_ROOMS" };
const KEEP: Key = Key { name: "keep", variable: "EINKLANG_KEEP" };
const PHONE_PATIENCE: Key = Key { name: "phone_patience", variable: "EINKLANG_PHONE_PATIENCE" };

/// The shortest secret key that is taken, in characters.
const SHORTEST_KEY: usize = 32;

/// The effective configuration.
pub struct Config {
    pub data_dir: Setting<PathBuf>,
    /// May hold a password: printed only through [`Config::database`].
    pub database_url: Setting<SecretString>,
    pub listen: Setting<String>,
    /// Where the measures are shown, if not under `listen`.
    pub metrics_listen: Option<Setting<String>>,
    /// Without a slash at the end.
    pub public_url: Setting<String>,
    /// As configured; see [`Config::secret_key`].
    secret_key: Option<Setting<SecretString>>,
    pub log: Setting<String>,
    pub log_format: Setting<LogFormat>,
    /// Waits between tries, as written.
    pub retries: Setting<String>,
    /// Whether `serve` works with Cal.com too, or leaves that to `worker` processes.
    pub worker: Setting<bool>,
    /// When all bookings are verified: a cron pattern, or `off`.
    pub verify: Setting<String>,
    /// How often it is asked for what has changed: a wait, or `off`.
    pub poll: Setting<String>,
    /// How many appointments and services of an account may be lost at Cal.com within an hour before a person is asked.
    pub brake: Setting<String>,
    /// How long a caller waits for Cal.com's word: a wait, or `off`.
    pub phone_patience: Setting<String>,
    /// The server that e-mail is sent by; may hold a password.
    smtp_url: Option<Setting<SecretString>>,
    /// Who e-mail comes from.
    pub mail_from: Option<Setting<String>>,
    /// Whether chat rooms may be on this machine or its network.
    pub rooms_anywhere: Setting<bool>,
    /// How long what is old is kept, as written.
    pub keep: Setting<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pretty => "pretty",
            Self::Json => "json",
        })
    }
}

impl Config {
    /// Reads the configuration that the command line, the environment and the file give.
    pub fn read(options: &Options, environment: &Environment) -> anyhow::Result<Self> {
        let data_dir = match &options.data_dir {
            Some(path) => Setting { value: path.clone(), origin: Origin::CommandLine },
            None => Setting { value: PathBuf::from("data"), origin: Origin::Default },
        };
        let sources = Sources::read(options.config.as_deref(), &data_dir.value, environment)?;
        let database_url =
            sources.get(&DATABASE_URL)?.map_or_else(|| default(sqlite_url(&data_dir.value)), Ok)?;
        let scheme = database_url.value.split(':').next().unwrap_or_default();
        if !matches!(scheme, "sqlite" | "postgres" | "postgresql") {
            bail!("DATABASE_URL has to start with sqlite: or postgres:, not {scheme:?}");
        }
        let listen = sources.get(&LISTEN)?.map_or_else(|| default("127.0.0.1:8080".to_owned()), Ok)?;
        let metrics_listen = sources.get(&METRICS_LISTEN)?;
        for (key, listen) in [(LISTEN, Some(&listen)), (METRICS_LISTEN, metrics_listen.as_ref())] {
            let Some(text) = listen.map(|setting| &setting.value) else { continue };
            let parts = text.rsplit_once(':');
            if parts.is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err()) {
                bail!(
                    "{} has to be an address and a port such as 127.0.0.1:8080, not {text:?}",
                    key.variable
                );
            }
        }
        let public_url = match sources.get(&PUBLIC_URL)? {
            Some(setting) => setting.try_map(|text| base_url(&text))?,
            None => default(format!("http://{}", listen.value))?,
        };
        let log_format = match sources.get(&LOG_FORMAT)? {
            Some(setting) => setting.try_map(|text| match text.as_str() {
                "pretty" => Ok(LogFormat::Pretty),
                "json" => Ok(LogFormat::Json),
                other => bail!("EINKLANG_LOG_FORMAT is pretty or json, not {other:?}"),
            })?,
            None => default(LogFormat::Pretty)?,
        };
        let retries = sources.get(&RETRIES)?.map_or_else(|| default("1s 5s 30s 1m 5m 15m".to_owned()), Ok)?;
        if let Err(wrong) = waits(&retries.value) {
            bail!("EINKLANG_RETRIES: {wrong}");
        }
        let worker = match sources.get(&WORKER)? {
            Some(setting) => setting.try_map(|text| match text.as_str() {
                "on" => Ok(true),
                "off" => Ok(false),
                other => bail!("EINKLANG_WORKER is on or off, not {other:?}"),
            })?,
            None => default(true)?,
        };
        let verify = sources.get(&VERIFY)?.map_or_else(|| default("0 */6 * * *".to_owned()), Ok)?;
        if let Err(wrong) = schedule(&verify.value) {
            bail!("EINKLANG_VERIFY: {wrong}");
        }
        let poll = sources.get(&POLL)?.map_or_else(|| default("5m".to_owned()), Ok)?;
        if let Err(wrong) = every(&poll.value) {
            bail!("EINKLANG_POLL: {wrong}");
        }
        let brake = sources.get(&BRAKE)?.map_or_else(|| default("30".to_owned()), Ok)?;
        if let Err(wrong) = losses(&brake.value) {
            bail!("EINKLANG_BRAKE: {wrong}");
        }
        let phone_patience = sources.get(&PHONE_PATIENCE)?.map_or_else(|| default("3s".to_owned()), Ok)?;
        if let Err(wrong) = every(&phone_patience.value) {
            bail!("EINKLANG_PHONE_PATIENCE: {wrong}");
        }
        let rooms_anywhere = match sources.get(&ROOMS)? {
            Some(setting) => setting.try_map(|text| match text.as_str() {
                "public" => Ok(false),
                "anywhere" => Ok(true),
                other => bail!("EINKLANG_ROOMS is public or anywhere, not {other:?}"),
            })?,
            None => default(false)?,
        };
        let smtp_url = sources.get(&SMTP_URL)?.map(|setting| setting.map(SecretString::from));
        let mail_from = sources.get(&MAIL_FROM)?;
        match (&smtp_url, &mail_from) {
            (Some(url), Some(from)) => {
                Mailer::new(&url.value, &from.value).context("EINKLANG_SMTP_URL and EINKLANG_MAIL_FROM")?;
            }
            (Some(_), None) => {
                bail!("EINKLANG_SMTP_URL is set, but not EINKLANG_MAIL_FROM, who e-mail comes from")
            }
            (None, Some(_)) => {
                bail!("EINKLANG_MAIL_FROM is set, but not EINKLANG_SMTP_URL, how e-mail is sent")
            }
            (None, None) => {}
        }
        let keep = sources.get(&KEEP)?.map_or_else(|| default(ages::USUAL.to_owned()), Ok)?;
        if let Err(wrong) = ages::keep(&keep.value) {
            bail!("EINKLANG_KEEP: {wrong}");
        }
        let secret_key = sources.get(&SECRET_KEY)?.map(|setting| setting.map(SecretString::from));
        let log = sources.get(&LOG)?.map_or_else(|| default("info,sea_orm_migration=warn".to_owned()), Ok)?;
        sources.refuse_unknown()?;
        Ok(Self {
            smtp_url,
            mail_from,
            rooms_anywhere,
            verify,
            poll,
            brake,
            phone_patience,
            keep,
            retries,
            database_url: database_url.map(SecretString::from),
            listen,
            metrics_listen,
            public_url,
            secret_key,
            log,
            log_format,
            worker,
            data_dir,
        })
    }

    /// Whether the database is a file of this machine.
    pub fn is_sqlite(&self) -> bool {
        self.database_url.value.expose_secret().starts_with("sqlite:")
    }

    /// The file of an SQLite database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.database_url.value.expose_secret();
        let path = url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or_default();
        (!path.starts_with(':')).then(|| PathBuf::from(path))
    }

    /// Where the workers of this machine show that they live.
    pub fn workers_folder(&self) -> PathBuf {
        self.data_dir.value.join("workers")
    }

    /// The database's address, without a password.
    pub fn database(&self) -> String {
        let text = self.database_url.value.expose_secret();
        match Url::parse(text) {
            Ok(mut url) if url.password().is_some() => {
                // Fails only for URLs without a host, which have no password.
                let _ = url.set_password(Some("…"));
                url.as_str().replace("%E2%80%A6", "…")
            }
            _ => text.to_owned(),
        }
    }

    /// The key that stored secrets are sealed with. With SQLite and none given it is made in the data folder.
    pub fn secret_key(&self) -> anyhow::Result<SecretString> {
        if let Some(key) = &self.secret_key {
            if key.value.expose_secret().chars().count() < SHORTEST_KEY {
                bail!(
                    "EINKLANG_SECRET_KEY is shorter than {SHORTEST_KEY} characters; make one with `openssl rand -base64 32`"
                );
            }
            return Ok(key.value.clone());
        }
        if !self.is_sqlite() {
            bail!(
                "EINKLANG_SECRET_KEY is not set: with PostgreSQL every process needs the same key, which encrypts stored API keys; make one with `openssl rand -base64 32`"
            );
        }
        secret_key::of_folder(&self.data_dir.value)
    }

    /// The way to mailboxes, if there is one.
    pub fn mailer(&self) -> anyhow::Result<Option<Mailer>> {
        let (Some(url), Some(from)) = (&self.smtp_url, &self.mail_from) else { return Ok(None) };
        Ok(Some(Mailer::new(&url.value, &from.value)?))
    }

    /// How long a caller waits for Cal.com's word.
    pub fn phone_patience(&self) -> std::time::Duration {
        // Read once already, when the configuration was checked.
        let patience = every(&self.phone_patience.value).ok().flatten();
        patience.and_then(|wait| wait.try_into().ok()).unwrap_or_default()
    }

    /// Where the secret key comes from.
    pub fn secret_key_origin(&self) -> Option<Origin> {
        match &self.secret_key {
            Some(setting) => Some(setting.origin.clone()),
            None if self.is_sqlite() => Some(Origin::File(secret_key::path(&self.data_dir.value))),
            None => None,
        }
    }

    /// Every effective value with its origin, secrets left out.
    pub fn describe(&self) -> Vec<(&'static str, String, String)> {
        let row = |name, value: String, origin: &Origin| (name, value, origin.to_string());
        let key_origin = self.secret_key_origin();
        vec![
            row("data_dir", self.data_dir.value.display().to_string(), &self.data_dir.origin),
            row("database_url", self.database(), &self.database_url.origin),
            row("listen", self.listen.value.clone(), &self.listen.origin),
            match &self.metrics_listen {
                Some(listen) => row("metrics_listen", listen.value.clone(), &listen.origin),
                None => row("metrics_listen", "(under listen)".to_owned(), &Origin::Default),
            },
            row("public_url", self.public_url.value.clone(), &self.public_url.origin),
            match &key_origin {
                Some(origin) => row("secret_key", "(secret)".to_owned(), origin),
                None => row("secret_key", "(missing)".to_owned(), &Origin::Default),
            },
            row("log", self.log.value.clone(), &self.log.origin),
            row("retries", self.retries.value.clone(), &self.retries.origin),
            row("verify", self.verify.value.clone(), &self.verify.origin),
            row("poll", self.poll.value.clone(), &self.poll.origin),
            row("brake", self.brake.value.clone(), &self.brake.origin),
            row("phone_patience", self.phone_patience.value.clone(), &self.phone_patience.origin),
            row("keep", self.keep.value.clone(), &self.keep.origin),
            row("log_format", self.log_format.value.to_string(), &self.log_format.origin),
            row("worker", if self.worker.value { "on" } else { "off" }.to_owned(), &self.worker.origin),
            match &self.smtp_url {
                Some(setting) => row("smtp_url", "(secret)".to_owned(), &setting.origin),
                None => row("smtp_url", "(none)".to_owned(), &Origin::Default),
            },
            match &self.mail_from {
                Some(setting) => row("mail_from", setting.value.clone(), &setting.origin),
                None => row("mail_from", "(none)".to_owned(), &Origin::Default),
            },
            row(
                "rooms",
                if self.rooms_anywhere.value { "anywhere" } else { "public" }.to_owned(),
                &self.rooms_anywhere.origin,
            ),
        ]
    }

    /// The same as an object: `{"listen":{"value":…,"origin":…},…}`.
    pub fn describe_json(&self) -> Value {
        let entry = |(name, value, origin): (&str, String, String)| {
            (name.to_owned(), json!({ "value": value, "origin": origin }))
        };
        Value::Object(self.describe().into_iter().map(entry).collect())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "stands beside values that are read and may fail")]
fn default<T>(value: T) -> anyhow::Result<Setting<T>> {
    Ok(Setting { value, origin: Origin::Default })
}

/// The URL of the database in a data folder.
pub fn sqlite_url(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("einklang.sqlite").display())
}

fn base_url(text: &str) -> anyhow::Result<String> {
    let url = Url::parse(text).with_context(|| format!("EINKLANG_PUBLIC_URL {text:?} is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        bail!("EINKLANG_PUBLIC_URL has to start with https:// (or http://), not {text:?}");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests;
