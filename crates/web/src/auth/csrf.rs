//! Forged forms: a form counts only if it carries the token of the session and comes from our own pages.
//! Two guards, because each has failed somewhere (OWASP ASVS 5.0, 3.5.1).

use axum::http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The token of the forms of a session: told by its secret, and tells nothing of it.
pub fn token(session_secret: &str) -> String {
    hex::encode(Sha256::new().chain_update("csrf\0").chain_update(session_secret).finalize())
}

/// Whether a form carried the expected token, in constant time.
pub fn is_token(sent: &str, expected: &str) -> bool {
    !expected.is_empty() && bool::from(sent.as_bytes().ct_eq(expected.as_bytes()))
}

/// Whether the browser says that a form comes from a page of this site. Programs and browsers that say
/// nothing pass here; for them the token speaks.
pub fn from_our_pages(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    matches!((origin, text(header::HOST)), (Some((_, from)), Some(host)) if from.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_post_here() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
        };
        let host = ("host", "termine.example:8080");
        for (sent, ours) in [
            (headers(&[host]), true),
            (headers(&[host, ("sec-fetch-site", "same-origin")]), true),
            (headers(&[host, ("sec-fetch-site", "none")]), true),
            (headers(&[host, ("sec-fetch-site", "same-site")]), false),
            (headers(&[host, ("sec-fetch-site", "cross-site")]), false),
            (headers(&[host, ("origin", "https://Termine.example:8080")]), true),
            (headers(&[host, ("origin", "https://termine.example")]), false),
            (headers(&[host, ("origin", "https://evil.example")]), false),
            (headers(&[host, ("origin", "null")]), false),
            (headers(&[("origin", "https://termine.example")]), false),
        ] {
            assert_eq!(from_our_pages(&sent), ours, "{sent:?}");
        }
    }

    #[test]
    fn a_token_belongs_to_one_session() {
        let mine = token("secret");
        assert!(is_token(&mine, &token("secret")));
        assert!(!is_token(&mine, &token("other")));
        assert!(!is_token("", &mine) && !is_token("", ""));
    }
}
