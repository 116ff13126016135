//! How somebody reads: language and theme, from the user's choice, the cookies of this browser, or the
//! browser's own preferences; and the frame that surrounds every page.

use axum::http::{HeaderMap, Uri, header};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use jiff::tz::TimeZone;

use super::{failure::Failure, flash};
use crate::{
    auth::Session,
    frame::{Company, Frame, Theme, User},
    i18n::{Translator, negotiate},
    state::AppState,
};

/// The cookie of the language, for whoever is not signed in.
pub const LANGUAGE: &str = "language";
/// The cookie of the theme.
pub const THEME: &str = "theme";

/// Words and frame of one request.
pub struct Reader {
    pub t: Translator,
    pub frame: Frame,
}

impl Reader {
    /// Somebody, signed in or not.
    pub async fn of(
        state: &AppState,
        headers: &HeaderMap,
        uri: &Uri,
        session: Option<&Session>,
    ) -> Result<Self, Failure> {
        let mut reader = Self::stranger(state, headers, uri);
        let Some(Session { company, user, csrf, .. }) = session else { return Ok(reader) };
        reader.t.zone = zone(&company.time_zone);
        if let Some(language) = user.locale {
            reader.t.language = language;
        }
        let frame = &mut reader.frame;
        frame.csrf.clone_from(csrf);
        frame.open_reviews = state.engine.store.count_reviews_open(company.id, reader.t.now).await?;
        frame.unread = state.engine.store.count_notifications_unread(company.id, user.id).await?;
        frame.demo = state.playground.is_some();
        frame.company = Some(Company { name: company.name.clone(), branch: None });
        frame.user = Some(User { name: user.name.clone(), email: user.email.to_string(), role: user.role });
        frame.flash = flash::read(&CookieJar::from_headers(headers), &reader.t);
        Ok(reader)
    }

    /// Somebody of whom only the browser is known.
    pub fn stranger(state: &AppState, headers: &HeaderMap, uri: &Uri) -> Self {
        let jar = CookieJar::from_headers(headers);
        let cookie = |name| jar.get(name).map(Cookie::value);
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = negotiate(None, cookie(LANGUAGE), accept);
        let frame = Frame {
            theme: cookie(THEME).map(Theme::parse).unwrap_or_default(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            ..Frame::default()
        };
        Self { t: Translator::new(language, TimeZone::UTC, state.engine.ambient.now()), frame }
    }
}

/// A time zone by its IANA name. One that is not known reads as UTC: a page with times that say "UTC" is
/// better than none.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|error| {
        tracing::error!(%error, name, "no such time zone");
        TimeZone::UTC
    })
}
