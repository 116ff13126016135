//! `POST /api/v1/verifications`.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ConnectionId;
use domain::verify::Window;
use engine::verify::Wish;
use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{resource, tell};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::catalogue::All;
use crate::api::input::{Fields, OptionalObject, id_expected};
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;

/// What is to be verified.
#[derive(Debug, ToSchema)]
#[schema(as = NewVerification)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Body {
    /// This account; left out: each of the company, in a run of its own.
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// The first start that is checked, RFC 3339 with an offset, in whole minutes; left out: 30 days ago.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-01T00:00:00+01:00")]
    from: Option<Timestamp>,
    /// The first start that is not checked any more, after `from`, which it needs; left out: everything ahead is.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-01T00:00:00+01:00")]
    to: Option<Timestamp>,
    /// Nothing is to follow from what is found.
    #[schema(default = false)]
    check_only: Option<bool>,
}

/// Have all bookings verified
///
/// In the background. While a verification of an account is under way it is answered, with a window and a `check_only`
/// of its own, and there is no second one; so the request can be repeated.
#[utoipa::path(
    post,
    path = "/api/v1/verifications",
    operation_id = "start_verifications",
    tag = "verifications",
    security(("api_key" = ["appointments:write"])),
    request_body = Option<Body>,
    responses((
        status = 202, body = All<resource::Resource>, description = "The runs, one for each account.",
        headers(("Location" = Option<String>, description = "The address of the run, if there is one alone.")),
    )),
)]
pub async fn start(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    OptionalObject(object): OptionalObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let (which, wish) = read(object)?;
    let store = &state.engine.store;
    let failed = |error: &store::Error| Problem::internal(error);
    let mut connections: Vec<_> = store
        .connections(company)
        .await
        .map_err(|error| failed(&error))?
        .into_iter()
        .map(|it| it.id)
        .collect();
    if let Some(which) = which {
        connections.retain(|id| *id == which);
        if connections.is_empty() {
            return Err(Problem::new(Code::NotFound));
        }
    }
    let mut runs = Vec::new();
    for connection in connections {
        let begun = state.engine.verify(company, connection, wish, caller.actor()).await;
        let id = begun.map_err(|error| Problem::internal(&error))?;
        runs.push(store.verification(company, id).await.map_err(|error| failed(&error))?);
    }
    let location = match &*runs {
        [run] => HeaderValue::from_str(&format!("/api/v1/verifications/{}", run.id)).ok(),
        _ => None,
    };
    let mut response = (StatusCode::ACCEPTED, All::of(tell(&state, company, &runs).await?)).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

fn read(object: Map<String, Value>) -> Result<(Option<ConnectionId>, Wish), Problem> {
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let connection = f
        .parsed("connection_id", id_expected(ConnectionId::PREFIX), |text| text.parse::<ConnectionId>().ok());
    let (from, to) = (f.instant("from"), f.instant("to"));
    let check_only = f.flag("check_only").unwrap_or(false);
    match (from, to) {
        (Some(from), Some(to)) if to <= from => {
            f.fault("to", Text::new("liegt nicht nach „from“", "is not after `from`"));
        }
        (None, Some(_)) if f.is_well() => {
            f.fault("from", Text::new("wird mit „to“ benötigt", "is required with `to`"));
        }
        _ => {}
    }
    let window = from.map(|from| Window { from, to });
    fields.finish(Some((connection, Wish { window, check_only })))
}
