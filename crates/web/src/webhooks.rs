//! `POST /webhooks/calcom/{token}`: the address that a connection registers at Cal.com. Stored before it is
//! answered, understood afterwards; Cal.com waits for the answer inside the call that caused the webhook, so
//! nothing else is done here.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use calcom::webhook::SIGNATURE_HEADER;
use engine::inbox::{Receipt, receive};

use crate::api::input::RawBody;
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// The largest delivery that is taken, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// The address.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/webhooks/calcom/{token}", post(calcom))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn calcom(
    State(state): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<StatusCode, Problem> {
    let found = state.engine.store.connection_by_webhook_token(&token).await;
    let (company, connection) =
        found.map_err(|error| Problem::internal(&error))?.ok_or(Problem::new(Code::NotFound))?;
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    match receive(&state.engine, company, &connection, &body, signature).await {
        Ok(Receipt::Stored | Receipt::Repeat) => Ok(StatusCode::OK),
        Ok(Receipt::Refused(_)) => Err(Problem::new(Code::SignatureInvalid)),
        Err(error) => Err(Problem::internal(&error)),
    }
}
