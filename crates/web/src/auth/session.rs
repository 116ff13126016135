//! Sessions: a random token in a cookie, its hash in the database. They end at sign-out, after twelve hours
//! without use, and after two weeks in any case, by the engine's clock.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use domain::{CompanyId, company::Company, people::User};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::NewSession;

use super::csrf;
use crate::state::AppState;

/// Without use.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// In any case.
const LONGEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How exactly the last use is known: reading a page does not write each time.
const GRAIN: SignedDuration = SignedDuration::from_mins(10);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub company: Company,
    pub user: User,
    /// What the forms of this session carry.
    pub csrf: String,
    hash: [u8; 32],
}

/// `__Host-` makes browsers refuse the cookie from another host or path; they allow it with HTTPS only.
fn cookie_name(state: &AppState) -> &'static str {
    if state.settings.secure_cookies { "__Host-einklang" } else { "einklang" }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

impl Session {
    /// Opens a session under a new token and answers its cookie.
    pub async fn open(
        state: &AppState,
        company: CompanyId,
        user: &User,
    ) -> Result<Cookie<'static>, store::Error> {
        let ambient = &state.engine.ambient;
        let (now, secret) = (ambient.now(), ambient.token());
        let new = NewSession { token_hash: hash(&secret), user_id: user.id, expires_at: expiry(now, now) };
        state.engine.store.open_session(company, new, now).await?;
        Ok(cookie(state, secret))
    }

    /// The session that a request belongs to; `None` if nobody is signed in, or no longer.
    pub async fn of(state: &AppState, headers: &HeaderMap) -> Result<Option<Self>, store::Error> {
        let jar = CookieJar::from_headers(headers);
        let Some(secret) = jar.get(cookie_name(state)).map(Cookie::value) else { return Ok(None) };
        let (store, now) = (&state.engine.store, state.engine.ambient.now());
        let hash = hash(secret);
        let Some((company, user, session)) = store.session_by_token_hash(&hash, now).await? else {
            return Ok(None);
        };
        if session.last_seen_at + GRAIN <= now {
            store.touch_session(&hash, now, expiry(session.created_at, now)).await?;
        }
        let company = store.company(company).await?;
        Ok(Some(Self { company, user, csrf: csrf::token(secret), hash }))
    }

    /// Ends it, and answers the cookie that makes the browser forget it.
    pub async fn close(&self, state: &AppState) -> Result<Cookie<'static>, store::Error> {
        state.engine.store.close_session(&self.hash).await?;
        let mut cookie = cookie(state, String::new());
        cookie.make_removal();
        Ok(cookie)
    }

    /// Whether it is still open: for connections that live longer than a request.
    pub async fn is_open(&self, state: &AppState) -> Result<bool, store::Error> {
        let now = state.engine.ambient.now();
        Ok(state.engine.store.session_by_token_hash(&self.hash, now).await?.is_some())
    }
}

fn cookie(state: &AppState, secret: String) -> Cookie<'static> {
    Cookie::build((cookie_name(state), secret))
        .path("/")
        .http_only(true)
        .secure(state.settings.secure_cookies)
        .same_site(SameSite::Lax)
        .build()
}

fn expiry(created_at: Timestamp, now: Timestamp) -> Timestamp {
    (now + IDLE).min(created_at + LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_prolongs_a_session_but_not_for_ever() {
        let day = SignedDuration::from_hours(24);
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        assert_eq!(expiry(start, start + day), start + day + IDLE);
        assert_eq!(expiry(start, start + day * 13), start + day * 13 + IDLE);
        assert_eq!(expiry(start, start + day * 14 - IDLE / 2), start + day * 14);
    }
}
