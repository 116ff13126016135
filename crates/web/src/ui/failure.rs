//! Why a page cannot be shown. A failure becomes a bare status here; [`super::dress`] makes a page of it, in
//! the reader's language. What went wrong inside is logged and never shown.

use std::error::Error;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use engine::{appointments::ChangeError, reviews::ReviewError, services::ServiceError};

#[derive(Debug)]
pub enum Failure {
    /// Nobody is signed in; where to go back to afterwards.
    SignIn(String),
    /// The form is not ours, or the role does not suffice.
    Forbidden,
    /// There is none, or it belongs to another company.
    NotFound,
    /// It no longer allows it.
    Conflict,
    /// It no longer allows it, and this page says why.
    Told(Box<Response>),
    /// Not a form.
    Unreadable,
    /// The form is larger than any of ours.
    TooLarge,
    Internal(Box<dyn Error + Send + Sync>),
}

/// The address of the sign-in that leads back to `next`.
fn sign_in_address(next: &str) -> String {
    match serde_urlencoded::to_string([("next", next)]) {
        Ok(query) if next != "/" => format!("/sign-in?{query}"),
        _ => "/sign-in".into(),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(next) => Redirect::to(&sign_in_address(&next)).into_response(),
            Self::Forbidden => StatusCode::FORBIDDEN.into_response(),
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Conflict => StatusCode::CONFLICT.into_response(),
            Self::Told(page) => *page,
            Self::Unreadable => StatusCode::BAD_REQUEST.into_response(),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            Self::Internal(error) => {
                let mut causes = Vec::new();
                let mut cause = error.source();
                while let Some(inner) = cause {
                    causes.push(inner.to_string());
                    cause = inner.source();
                }
                tracing::error!(%error, ?causes, "a page failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            store::Error::Stale { .. } | store::Error::Refused(_) | store::Error::SlotTaken => Self::Conflict,
            other => Self::Internal(other.into()),
        }
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Store(error) => error.into(),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound,
            ChangeError::Engine(error) => error.into(),
            _ => Self::Conflict,
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::NotFound,
            ServiceError::Engine(error) => error.into(),
            _ => Self::Conflict,
        }
    }
}

impl From<ReviewError> for Failure {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::NotFound => Self::NotFound,
            ReviewError::Engine(error) => error.into(),
            ReviewError::Change(error) => error.into(),
            ReviewError::Service(error) => error.into(),
            ReviewError::NoSuchUser
            | ReviewError::NotAllowed
            | ReviewError::NotOffered
            | ReviewError::NoSuchBooking
            | ReviewError::NobodyPerforms
            | ReviewError::Stale(_)
            | ReviewError::Silent => Self::Conflict,
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.into())
    }
}
