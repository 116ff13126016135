//! What a page knows of its request. The guards are in the extractors, not beside them: a handler gets a
//! [`Visit`] only for a GET of somebody who is signed in and may, and a [`Posted`] form only if it comes from
//! our own page in this session. There is no other way to a session, so no handler forgets to ask.

use std::marker::PhantomData;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::CookieJar;
use domain::{CompanyId, Origin, ReviewId, appointment::Actor, company::Branch, people::Role};
use engine::appointments::Change;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    failure::Failure,
    flash::Flash,
    reader::{Reader, zone},
};
use crate::{
    auth::{Session, csrf},
    frame::Frame,
    i18n::Translator,
    state::AppState,
};

/// Bytes of the largest form.
const LARGEST_FORM: usize = 64 * 1024;

/// A role that a page asks for.
pub trait Rank: Send + Sync + 'static {
    const LEAST: Role;
}

/// Everybody who is signed in.
pub struct Staff;
/// Managers and admins.
pub struct Manager;
/// Admins.
pub struct Admin;

impl Rank for Staff {
    const LEAST: Role = Role::Staff;
}
impl Rank for Manager {
    const LEAST: Role = Role::Manager;
}
impl Rank for Admin {
    const LEAST: Role = Role::Admin;
}

/// Somebody who is signed in, and may, reads a page.
pub struct Visit<R = Staff> {
    pub session: Session,
    pub t: Translator,
    pub frame: Frame,
    rank: PhantomData<R>,
}

/// Somebody who is signed in, and may, has sent a form of ours.
pub struct Posted<T, R = Staff> {
    pub visit: Visit<R>,
    pub form: T,
}

/// A form of ours from somebody who may be signed in or not. If `TOKEN`, whoever is must send the session's
/// token; the sign-in form needs none, because it is often older than the session.
pub struct PostedByAnyone<T, const TOKEN: bool> {
    pub session: Option<Session>,
    pub reader: Reader,
    pub form: T,
}

impl<R: Rank> Visit<R> {
    async fn enter(parts: &Parts, state: &AppState, next: &str) -> Result<Self, Failure> {
        let session = Session::of(state, &parts.headers).await?;
        let session = session.ok_or_else(|| Failure::SignIn(next.to_owned()))?;
        if session.user.role < R::LEAST {
            return Err(Failure::Forbidden);
        }
        let Reader { t, frame } = Reader::of(state, &parts.headers, &parts.uri, Some(&session)).await?;
        Ok(Self { session, t, frame, rank: PhantomData })
    }

    pub fn company(&self) -> CompanyId {
        self.session.company.id
    }

    /// Tells times as the clock of a branch does, and names the branch.
    pub fn at(&mut self, branch: &Branch) {
        self.t.zone = zone(&branch.time_zone);
        if let Some(company) = &mut self.frame.company {
            company.branch = Some(branch.name.clone());
        }
    }

    /// This user, as whoever changes an appointment.
    pub fn actor(&self) -> Actor {
        Actor { origin: Origin::Admin, user_id: Some(self.session.user.id), via: None }
    }

    /// A change by this user.
    pub fn change(&self) -> Change {
        Change::by(self.actor())
    }
}

impl<R: Rank> FromRequestParts<AppState> for Visit<R> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        // A handler that changes something and takes a visit instead of a form would have no guard.
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            return Err(Failure::Forbidden);
        }
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self::enter(parts, state, &here).await
    }
}

impl<T: DeserializeOwned + Send, R: Rank> FromRequest<AppState> for Posted<T, R> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        // The address of a form may not be one of a page: the sign-in leads back to where it was typed.
        let visit = Visit::enter(&parts, state, &referring_page(&parts.headers)).await?;
        let form = read(&parts.headers, body, Some(&visit.session)).await?;
        Ok(Self { visit, form })
    }
}

impl<T: DeserializeOwned + Send, const TOKEN: bool> FromRequest<AppState> for PostedByAnyone<T, TOKEN> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let session = Session::of(state, &parts.headers).await?;
        let form = read(&parts.headers, body, session.as_ref().filter(|_| TOKEN)).await?;
        let reader = Reader::of(state, &parts.headers, &parts.uri, session.as_ref()).await?;
        Ok(Self { session, reader, form })
    }
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// Reads a form, unless it is forged.
async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    session: Option<&Session>,
) -> Result<T, Failure> {
    if !csrf::from_our_pages(headers) {
        return Err(Failure::Forbidden);
    }
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    if !kind.starts_with(b"application/x-www-form-urlencoded") {
        return Err(Failure::Unreadable);
    }
    let body = to_bytes(body, LARGEST_FORM).await.map_err(|_| Failure::TooLarge)?;
    if let Some(session) = session {
        let token: Token = serde_urlencoded::from_bytes(&body).map_err(|_| Failure::Unreadable)?;
        if !csrf::is_token(&token.csrf, &session.csrf) {
            return Err(Failure::Forbidden);
        }
    }
    serde_urlencoded::from_bytes(&body).map_err(|_| Failure::Unreadable)
}

fn referring_page(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let path = referer.and_then(|referer| url::Url::parse(referer).ok()).map(|url| url.path().to_owned());
    own_path(path.as_deref().unwrap_or("/")).to_owned()
}

/// A path of this site, or the dashboard: what an address asks to be led to may lead elsewhere.
pub fn own_path(path: &str) -> &str {
    let elsewhere = !path.starts_with('/')
        || path.starts_with("//")
        || path.contains('\\')
        || path.chars().any(char::is_control);
    if elsewhere { "/" } else { path }
}

/// A page.
pub fn page(page: &impl askama::Template) -> Result<Response, Failure> {
    Ok(Html(page.render()?).into_response())
}

/// A form that comes back because something in it is wrong.
pub fn refused(page: &impl askama::Template) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
}

/// Leads on after a form did something, and tells it there.
pub fn done(state: &AppState, to: &str, flash: Flash) -> Response {
    leads_on(state, to, flash, None)
}

/// The same after a decision about an item of the queue, which can be taken back from there.
pub fn decided(state: &AppState, to: &str, flash: Flash, item: ReviewId) -> Response {
    leads_on(state, to, flash, Some(item))
}

fn leads_on(state: &AppState, to: &str, flash: Flash, item: Option<ReviewId>) -> Response {
    let jar = CookieJar::new().add(flash.cookie(state.settings.secure_cookies, item));
    (jar, Redirect::to(to)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_stays_on_this_site() {
        for path in ["/", "/appointments?q=a%2Fb", "/appointments/apt_1"] {
            assert_eq!(own_path(path), path);
        }
        for path in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb", "evil"] {
            assert_eq!(own_path(path), "/", "{path}");
        }
    }
}
