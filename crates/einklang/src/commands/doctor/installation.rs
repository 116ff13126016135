//! What concerns the whole installation: addresses, the secret key, the database.

use engine::reach;
use store::Store;
use url::Url;

use super::Examination;
use crate::installation::{Installation, missing_migrations};

pub fn examine(seen: &mut Examination, at: &Installation) {
    let url = &at.config.public_url.value;
    seen.check(
        Url::parse(url).is_ok_and(|url| reach::is_public(&url)),
        "public_url_is_local",
        format!("Nobody outside this machine or its network can reach {url}: webhooks and phone calls will not come."),
        "Set EINKLANG_PUBLIC_URL to the address that the world reaches this server by.",
    );
    seen.check(
        url.starts_with("https://"),
        "public_url_is_not_https",
        format!("{url} is not encrypted: Cal.com refuses such webhooks, and passwords travel in the clear."),
        "Put a proxy with a certificate in front and set EINKLANG_PUBLIC_URL to its https address.",
    );
    let fresh = at.config.is_sqlite() && at.config.sqlite_file().is_some_and(|file| !file.exists());
    if !fresh {
        let key = at.config.secret_key();
        let message = key.as_ref().err().map(sentence).unwrap_or_default();
        seen.check(key.is_ok(), "no_secret_key", message, "Stored API keys cannot be opened without it.");
    }
}

/// The database, if it can be worked with.
pub async fn database(seen: &mut Examination, at: &Installation) -> anyhow::Result<Option<Store>> {
    let store = match at.open(false).await {
        Ok(store) => store,
        Err(error) => {
            let advice = "Look at DATABASE_URL; `einklang migrate` makes a new database.";
            seen.check(false, "no_database", sentence(&error), advice);
            return Ok(None);
        }
    };
    let missing = missing_migrations(&store).await?;
    seen.check(
        missing == 0,
        "migrations_missing",
        format!("The database lacks {missing} migration(s)."),
        "Run `einklang migrate`.",
    );
    Ok((missing == 0).then_some(store))
}

/// An error as a sentence of its own.
fn sentence(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
