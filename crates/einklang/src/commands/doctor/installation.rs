//! What concerns the whole installation: addresses, the secret key, the database.

use std::net::IpAddr;

use store::Store;
use url::{Host, Url};

use super::Examination;
use crate::installation::{Installation, missing_migrations};

pub fn examine(seen: &mut Examination, at: &Installation) {
    let url = &at.config.public_url.value;
    seen.check(
        Url::parse(url).is_ok_and(|url| is_public(&url)),
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

/// Whether the host of a URL can be reached from anywhere, as far as its name tells.
fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_public_address(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_public_address(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let local = ["localhost", "local", "internal", "lan", "home.arpa"];
            name.contains('.')
                && !local.iter().any(|suffix| name == *suffix || name.ends_with(&format!(".{suffix}")))
        }
        None => false,
    }
}

fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_told_from_local_ones() {
        for (url, public) in [
            ("https://termine.salon.example", true),
            ("https://203.0.113.9:8443", true),
            ("https://[2001:db8::1]", true),
            ("http://localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://0.0.0.0", false),
            ("https://192.168.1.4", false),
            ("https://[fd00::1]", false),
            ("https://server", false),
            ("https://nas.local", false),
        ] {
            assert_eq!(is_public(&Url::parse(url).unwrap()), public, "{url}");
        }
    }
}
