//! `POST /preferences`: language and theme. Kept in the browser; the language also with the user,
//! so that it follows to other browsers.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;

use super::{
    failure::Failure,
    reader::{LANGUAGE, THEME},
    visit::{PostedByAnyone, own_path},
};
use crate::{frame::Theme, i18n::Language, state::AppState};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    language: Option<String>,
    theme: Option<String>,
    back: String,
}

pub async fn submit(
    State(state): State<AppState>,
    PostedByAnyone { session, form, .. }: PostedByAnyone<Form, true>,
) -> Result<Response, Failure> {
    let keep = |name: &'static str, value: &'static str| {
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(state.settings.secure_cookies)
            .permanent()
            .build()
    };
    let mut jar = CookieJar::new();
    if let Some(language) = form.language.as_deref().and_then(Language::from_tag) {
        jar = jar.add(keep(LANGUAGE, language.tag()));
        if let Some(session) = session {
            let store = &state.engine.store;
            store.set_user_locale(session.company.id, session.user.id, Some(language)).await?;
        }
    }
    if let Some(theme) = form.theme.as_deref() {
        jar = jar.add(keep(THEME, Theme::parse(theme).code()));
    }
    Ok((jar, Redirect::to(own_path(&form.back))).into_response())
}
