//! The shapes in which Cal.com says no. Five different bodies leave the same endpoints, depending on the
//! layer that refused; each variant here is one of them. Which request is refused, and why, belongs to
//! the routes and flows.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A refusal, in the shape of the layer that spoke it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// `HttpException`: `error.details` repeats the message.
    #[error("{status}: {message}")]
    Http { status: StatusCode, message: String },
    /// The global validation pipe: `error.details.errors` lists the properties.
    #[error("400: Bad Request Exception")]
    Validation { errors: Vec<Value> },
    /// A library's `HttpError`: bare `{statusCode, message}`.
    #[error("{status}: {message}")]
    Library { status: StatusCode, message: String },
    /// Zod, deep inside the booking code: `error.code` is `BAD_REQUEST`, no details.
    #[error("400: {message}")]
    Zod { message: String },
    /// tRPC: `error.code` is `TRPCError`, no details.
    #[error("400: {message}")]
    Trpc { message: String },
    /// The throttler: `details` is a string.
    #[error("429: too many requests")]
    Throttled,
    /// Anything nobody caught.
    #[error("500: There was an error, please try again later.")]
    Internal,
}

impl Refusal {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::UNAUTHORIZED, message: message.into() }
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::FORBIDDEN, message: message.into() }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::NOT_FOUND, message: message.into() }
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::CONFLICT, message: message.into() }
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::Http { status: StatusCode::UNPROCESSABLE_ENTITY, message: message.into() }
    }

    pub(crate) fn library(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Library { status, message: message.into() }
    }

    pub(crate) fn trpc(message: impl Into<String>) -> Self {
        Self::Trpc { message: message.into() }
    }

    pub(crate) fn booking_not_found(uid: &str) -> Self {
        Self::not_found(format!("Booking with uid={uid} was not found in the database"))
    }

    /// The text of `NestJS` for a route that does not exist, also for a known route in an unknown version.
    pub(crate) fn no_route(method: &http::Method, path_and_query: &str) -> Self {
        Self::not_found(format!("Cannot {method} {path_and_query}"))
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::Http { status, .. } | Self::Library { status, .. } => *status,
            Self::Validation { .. } | Self::Zod { .. } | Self::Trpc { .. } => StatusCode::BAD_REQUEST,
            Self::Throttled => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body as Cal.com writes it; `path` is the request's path with its query.
    pub(crate) fn body(&self, path: &str, now: Timestamp) -> Value {
        let error = match self {
            Self::Library { status, message } => {
                return json!({"statusCode": status.as_u16(), "message": message});
            }
            Self::Http { status, message } => json!({
                "code": exception_name(*status),
                "message": message,
                "details": {
                    "message": message,
                    "error": status.canonical_reason().unwrap_or_default(),
                    "statusCode": status.as_u16(),
                },
            }),
            Self::Validation { errors } => json!({
                "code": "BadRequestException",
                "message": "Bad Request Exception",
                "details": {"errors": errors},
            }),
            Self::Zod { message } => json!({"code": "BAD_REQUEST", "message": message}),
            Self::Trpc { message } => json!({"code": "TRPCError", "message": message}),
            Self::Throttled => {
                let message = "CustomThrottlerGuard - Too many requests. Please try again later.";
                json!({"code": "ThrottlerException", "message": message, "details": message})
            }
            Self::Internal => json!({
                "code": "INTERNAL_SERVER_ERROR",
                "message": "There was an error, please try again later.",
            }),
        };
        json!({"status": "error", "timestamp": format!("{now:.3}"), "path": path, "error": error})
    }
}

fn exception_name(status: StatusCode) -> String {
    let words = status.canonical_reason().unwrap_or("Http").replace([' ', '-'], "");
    format!("{words}Exception")
}

/// One property that the global validation pipe refuses.
pub(crate) fn invalid_property(
    target: &Map<String, Value>,
    property: &str,
    constraints: &[(&str, String)],
) -> Value {
    let constraints: Map<String, Value> =
        constraints.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    let mut error =
        json!({"target": target, "property": property, "children": [], "constraints": constraints});
    if let Some(value) = target.get(property) {
        error["value"] = value.clone();
    }
    error
}
