//! Who calls the API. A handler gets a company only from an [`ApiCaller`], which only a valid key with the
//! handler's scope can become: no route can forget to ask.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use domain::appointment::Actor;
use domain::{CompanyId, Origin};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use store::ApiKey;

use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// What keys start with, so that scanners find one that was published.
pub const KEY_PREFIX: &str = "ek_live_";

/// What a key may be used for. None contains another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// See appointments with their customers.
    AppointmentsRead,
    /// Make and change appointments.
    AppointmentsWrite,
    /// See what was done, by whom.
    AuditRead,
    /// See services, staff and branches.
    CatalogueRead,
    /// Make and change services.
    CatalogueWrite,
    /// See the accounts at Cal.com.
    ConnectionsRead,
    /// Stop the work of an account, take it up again, have its webhook put right.
    ConnectionsWrite,
    /// See by which ways people are told, and what became of the messages.
    NotificationsRead,
    /// Say by which ways people are told.
    NotificationsWrite,
}

impl Scope {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::AppointmentsRead,
        Self::AppointmentsWrite,
        Self::AuditRead,
        Self::CatalogueRead,
        Self::CatalogueWrite,
        Self::ConnectionsRead,
        Self::ConnectionsWrite,
        Self::NotificationsRead,
        Self::NotificationsWrite,
    ];

    /// The stored and documented name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppointmentsRead => "appointments:read",
            Self::AppointmentsWrite => "appointments:write",
            Self::AuditRead => "audit:read",
            Self::CatalogueRead => "catalogue:read",
            Self::CatalogueWrite => "catalogue:write",
            Self::ConnectionsRead => "connections:read",
            Self::ConnectionsWrite => "connections:write",
            Self::NotificationsRead => "notifications:read",
            Self::NotificationsWrite => "notifications:write",
        }
    }

    /// The scope of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A scope as a type, for the signature of a handler.
pub trait Needs: Send + Sync + 'static {
    /// Which.
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident),+) => {$(
        #[doc = concat!("[`Scope::", stringify!($name), "`].")]
        pub struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+};
}
needs!(
    AppointmentsRead,
    AppointmentsWrite,
    AuditRead,
    CatalogueRead,
    CatalogueWrite,
    ConnectionsRead,
    ConnectionsWrite,
    NotificationsRead,
    NotificationsWrite
);

/// A program with a valid key that has the scope `S`.
pub struct ApiCaller<S> {
    company: CompanyId,
    key: ApiKey,
    scope: PhantomData<S>,
}

impl<S> ApiCaller<S> {
    /// Whose data it may see.
    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// The key that it called with.
    pub fn key(&self) -> &ApiKey {
        &self.key
    }

    /// Who the history says it was: the API, by the name of the key.
    pub fn actor(&self) -> Actor {
        Actor { via: Some(self.key.name.clone()), ..Actor::of(Origin::Api) }
    }
}

/// The hash by which a key is found. A plain hash is enough for 256 random bits.
pub fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

impl<S: Needs> FromRequestParts<AppState> for ApiCaller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let unauthorized = || Problem::new(Code::Unauthorized);
        let header = parts.headers.get(header::AUTHORIZATION).ok_or_else(unauthorized)?;
        let (scheme, key) =
            header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorized());
        }
        let found = state.engine.store.api_key_by_hash(&hash(key.trim())).await;
        let (company, key) = found.map_err(|error| Problem::internal(&error))?.ok_or_else(unauthorized)?;
        note_use(state, company, &key).await;
        if !key.scopes.iter().any(|scope| scope == S::SCOPE.as_str()) {
            let scope = S::SCOPE.as_str();
            return Err(Problem::new(Code::Forbidden).because(Text::new(
                format!("Dem Schlüssel fehlt die Berechtigung „{scope}“."),
                format!("The key lacks the scope `{scope}`."),
            )));
        }
        Ok(Self { company, key, scope: PhantomData })
    }
}

/// At most once a minute: a busy key must not make every read a write.
async fn note_use(state: &AppState, company: CompanyId, key: &ApiKey) {
    let now = state.engine.ambient.now();
    if key.last_used_at.is_some_and(|last| now.duration_since(last) < SignedDuration::from_mins(1)) {
        return;
    }
    if let Err(error) = state.engine.store.touch_api_key(company, key.id, now).await {
        tracing::warn!(%error, key = %key.id, "the use of an API key was not noted");
    }
}
