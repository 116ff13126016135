//! The whole site: every route with what surrounds all of them: an id for each request, answers to panics,
//! security headers, compression, error pages.

use std::{any::Any, sync::Arc};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use tokio_util::sync::CancellationToken;

use crate::{assets, auth::Throttle, live, machines, request, state::AppState, ui};

/// Everything that answers HTTP. Live pages end when `stop` is cancelled. The addresses of clients are known
/// to the brake on guessing passwords only if the service is made
/// `into_make_service_with_connect_info::<SocketAddr>()`.
pub fn app(state: AppState, stop: CancellationToken) -> Router {
    let throttle = Arc::new(Throttle::new(state.engine.ambient.clone()));
    Router::new()
        .merge(ui::routes())
        .merge(live::routes())
        .merge(assets::routes())
        .merge(machines::routes())
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(Extension(throttle))
        .layer(Extension(stop))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .layer(from_fn(ui::forget_flash))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), ui::dress))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), shield))
        .layer(from_fn_with_state(state.clone(), request::identify))
        .with_state(state)
}

/// A panic is a bug: it is told to the log here and to the reader as any other fault of ours.
#[expect(clippy::needless_pass_by_value, reason = "what the layer asks for")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(panic = text.as_deref().unwrap_or("without words"), "a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Pages load and send to nothing but this site, stand in no frame, and are kept by no cache unless they say
/// so themselves.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

async fn shield(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if state.settings.secure_cookies {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}
