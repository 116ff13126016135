//! `GET` and `POST /sign-in`, `POST /sign-out`. Which of address and password was wrong is never told, not by
//! words and not by time; each sign-in opens a session under a new token.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Extension,
    extract::{ConnectInfo, Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::CookieJar;
use domain::Email;
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    failure::Failure,
    reader::Reader,
    visit::{Posted, PostedByAnyone, Staff, own_path, page},
};
use crate::{
    auth::{Session, Throttle, password::verify_password},
    components::Field,
    pages::SignIn,
    state::AppState,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Way {
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    email: String,
    password: String,
    next: String,
}

#[derive(Deserialize)]
pub struct Nothing {}

/// The form. Whoever is signed in already is led on.
pub async fn show(
    State(state): State<AppState>,
    Query(way): Query<Way>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Failure> {
    let next = own_path(&way.next);
    if Session::of(&state, &headers).await?.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let Reader { t, frame } = Reader::stranger(&state, &headers, &uri);
    let next = next.to_owned();
    page(&SignIn { t, frame, email: Field::default(), refused: false, wait_minutes: None, next })
}

pub async fn submit(
    State(state): State<AppState>,
    Extension(throttle): Extension<Arc<Throttle>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    PostedByAnyone { session, reader, form }: PostedByAnyone<Form, false>,
) -> Result<Response, Failure> {
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(ConnectInfo(peer))| peer.ip());
    let again = |status: StatusCode, wait: Option<Duration>| -> Result<Response, Failure> {
        let Reader { t, mut frame } = reader;
        // Somebody else may be signed in; the form is a stranger's.
        (frame.user, frame.company) = (None, None);
        frame.path = "/sign-in".into();
        let minutes = wait.map(|wait| u32::try_from(wait.as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1));
        let page = SignIn {
            t,
            frame,
            email: Field::of(form.email.clone()),
            refused: wait.is_none(),
            wait_minutes: minutes,
            next: own_path(&form.next).to_owned(),
        };
        Ok((status, Html(askama::Template::render(&page)?)).into_response())
    };
    if let Err(wait) = throttle.attempt(&form.email, address) {
        tracing::warn!(target: "einklang::audit", "too many attempts to sign in");
        return again(StatusCode::TOO_MANY_REQUESTS, Some(wait));
    }
    let found = match form.email.parse::<Email>() {
        Ok(email) => state.engine.store.user_for_sign_in(&email).await?,
        Err(_) => None,
    };
    let stored = found.as_ref().map(|(_, _, hash)| hash.clone());
    let password = SecretString::from(form.password.clone());
    let right = throttle.hashing(move || verify_password(&password, stored.as_deref())).await;
    let Some((company, user, _)) = found.filter(|_| right == Some(true)) else {
        tracing::info!(target: "einklang::audit", "sign-in refused");
        return again(StatusCode::UNPROCESSABLE_ENTITY, None);
    };
    if let Some(before) = session {
        before.close(&state).await?;
    }
    tracing::info!(target: "einklang::audit", %company, user = %user.id, "signed in");
    let cookie = Session::open(&state, company, &user).await?;
    Ok((CookieJar::new().add(cookie), Redirect::to(own_path(&form.next))).into_response())
}

/// Ends the session, here and in the browser.
pub async fn leave(
    State(state): State<AppState>,
    Posted { visit, .. }: Posted<Nothing, Staff>,
) -> Result<Response, Failure> {
    let cookie = visit.session.close(&state).await?;
    tracing::info!(target: "einklang::audit", user = %visit.session.user.id, "signed out");
    let forget = [("clear-site-data", "\"storage\"")];
    Ok((CookieJar::new().add(cookie), forget, Redirect::to("/sign-in")).into_response())
}
