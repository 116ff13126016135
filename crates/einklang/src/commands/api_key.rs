//! `einklang api-key`: keys for the REST API.

use clap::Subcommand;
use domain::ApiKeyId;
use engine::Ambient;
use serde_json::json;
use store::NewApiKey;
use web::api::caller;
pub use web::api::caller::Scope;

use super::{lookup, parse};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum ApiKey {
    /// Make a key; it is shown once and cannot be shown again
    Create {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// What it is for
        #[arg(long, value_parser = parse::name)]
        name: String,
        /// What it may be used for, such as appointments:read,appointments:write
        #[arg(long, required = true, value_delimiter = ',', value_parser = scope)]
        scopes: Vec<Scope>,
    },
    /// Show the keys of a company, without what would open anything
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
    /// Withdraw a key for good
    Revoke {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Name, first characters or id of the key
        #[arg(long)]
        key: String,
    },
}

impl ApiKey {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, name, scopes } => {
                let company = lookup::company(&store, &company).await?;
                let (key, new) = make(&at.ambient, &name, &scopes);
                let id = new.id;
                store.add_api_key(company.id, new, at.ambient.now()).await?;
                let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
                let text =
                    format!("{key}\nThis is the key {name} of {}; it is not shown again.", company.name);
                Outcome::new(json!({ "id": id, "name": name, "key": key, "scopes": scopes }), text)
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let all = store.api_keys(company.id).await?;
                let at = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
                let rows: Vec<_> = all
                    .iter()
                    .map(|key| {
                        let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
                        [
                            key.name.clone(),
                            format!("{}…", key.prefix),
                            key.scopes.join(","),
                            state.to_owned(),
                            at(key.last_used_at),
                        ]
                    })
                    .collect();
                let data: Vec<_> = all
                    .iter()
                    .map(|key| {
                        json!({
                            "id": key.id, "name": key.name, "prefix": key.prefix, "scopes": key.scopes,
                            "created_at": key.created_at, "last_used_at": key.last_used_at,
                            "revoked_at": key.revoked_at,
                        })
                    })
                    .collect();
                Outcome::new(
                    json!({ "data": data }),
                    table(["name", "begins with", "scopes", "state", "last used"], &rows),
                )
            }
            Self::Revoke { company, key } => {
                let company = lookup::company(&store, &company).await?;
                let keys = store.api_keys(company.id).await?;
                let active = keys.into_iter().filter(|key| key.revoked_at.is_none()).collect();
                let key = lookup::one("active key", &key, active, |key| {
                    vec![key.id.to_string(), key.prefix.clone(), key.name.clone()]
                })?;
                store.revoke_api_key(company.id, key.id, at.ambient.now()).await?;
                let text = format!("The key {} is withdrawn.", key.name);
                Outcome::new(json!({ "id": key.id, "name": key.name, "revoked": true }), text)
            }
        }
    }
}

fn scope(name: &str) -> Result<Scope, String> {
    Scope::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("the scopes are {}", names.join(", "))
    })
}

/// How much of a key is kept, so that people recognise it: the prefix and a few characters.
const SHOWN: usize = 12;

/// A fresh key in the clear, and what is stored of it.
pub fn make(ambient: &Ambient, name: &str, scopes: &[Scope]) -> (String, NewApiKey) {
    let key = format!("{}{}", caller::KEY_PREFIX, ambient.token());
    let new = NewApiKey {
        id: ApiKeyId(ambient.id()),
        name: name.to_owned(),
        prefix: key.chars().take(SHOWN).collect(),
        hash: caller::hash(&key),
        scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
    };
    (key, new)
}
