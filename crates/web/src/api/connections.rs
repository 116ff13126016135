//! `/api/v1/connections`: the accounts at Cal.com, how they are, and what stops and starts their work. A short list, on one
//! page.

use axum::Json;
use axum::extract::{Path, State};
use domain::{CompanyId, ConnectionId};
use engine::connect::{self, ConnectError};
use serde::Serialize;
use store::Connection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{ApiCaller, ConnectionsRead, ConnectionsWrite};
use super::catalogue::All;
use super::input::Nothing;
use super::time::Clock;
use crate::problem::{Code, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(webhook))
}

/// An account at Cal.com.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct Resource {
    pub id: String,
    pub name: String,
    pub base_url: String,
    /// Its name at Cal.com.
    pub account: String,
    /// `active`, `paused` by a person, `unauthorized` or `braked`: but for the first, nothing is sent or taken over.
    #[schema(example = "active")]
    pub state: &'static str,
    /// Whether a webhook is registered.
    pub webhook_registered: bool,
    /// Whether something changed at Cal.com that no webhook told of, and none has come since.
    pub webhook_silent: bool,
    #[schema(format = DateTime)]
    pub last_webhook_at: Option<String>,
    /// Changes that wait to be sent.
    pub changes_waiting: u64,
    /// Webhooks that wait to be processed.
    pub webhooks_waiting: u64,
}

/// List connections
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    operation_id = "list_connections",
    tag = "connections",
    security(("api_key" = ["connections:read"])),
    responses((status = 200, body = All<Resource>, description = "All, by name.")),
)]
pub async fn list(
    caller: ApiCaller<ConnectionsRead>,
    State(state): State<AppState>,
) -> Result<Json<All<Resource>>, Problem> {
    let company = caller.company();
    let connections = state.engine.store.connections(company).await;
    let connections = connections.map_err(|error| Problem::internal(&error))?;
    Ok(All::of(tell(&state, company, connections).await?))
}

/// Stop the work of a connection
///
/// What is changed here is kept, and sent when it goes on; webhooks are stored. One that is paused already stays so.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/pause",
    operation_id = "pause_connection",
    tag = "connections",
    security(("api_key" = ["connections:write"])),
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = Resource, description = "As it is now.")),
)]
pub async fn pause(
    caller: ApiCaller<ConnectionsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<Resource>, Problem> {
    let id = read(&id)?;
    connect::pause(&state.engine, caller.company(), id, caller.actor()).await.map_err(ConnectError::from)?;
    one(&state, caller.company(), id).await
}

/// Take up the work of a connection again
///
/// Whyever it was stopped. Cal.com is asked whether it accepts the key before; 502 `calcom_silent` if it does not, and
/// nothing is changed.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/resume",
    operation_id = "resume_connection",
    tag = "connections",
    security(("api_key" = ["connections:write"])),
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = Resource, description = "As it is now.")),
)]
pub async fn resume(
    caller: ApiCaller<ConnectionsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<Resource>, Problem> {
    let id = read(&id)?;
    connect::resume(&state.engine, caller.company(), id, caller.actor()).await?;
    one(&state, caller.company(), id).await
}

/// Have the webhook of a connection put right
///
/// It is looked up at Cal.com and registered, or corrected where its address, its secret or what it tells are others. 502
/// `calcom_silent` if Cal.com does not answer.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/webhook",
    operation_id = "repair_webhook",
    tag = "connections",
    security(("api_key" = ["connections:write"])),
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = Resource, description = "As it is now.")),
)]
pub async fn webhook(
    caller: ApiCaller<ConnectionsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<Resource>, Problem> {
    let id = read(&id)?;
    connect::repair_webhook(&state.engine, caller.company(), id, caller.actor()).await?;
    one(&state, caller.company(), id).await
}

fn read(id: &str) -> Result<ConnectionId, Problem> {
    id.parse().map_err(|_| Problem::new(Code::NotFound))
}

async fn one(state: &AppState, company: CompanyId, id: ConnectionId) -> Result<Json<Resource>, Problem> {
    let connection = state.engine.store.connection(company, id).await;
    let connection = connection.map_err(|error| Problem::internal(&error))?;
    let mut told = tell(state, company, vec![connection]).await?;
    told.pop().map(Json).ok_or_else(|| Problem::new(Code::NotFound))
}

async fn tell(
    state: &AppState,
    company: CompanyId,
    connections: Vec<Connection>,
) -> Result<Vec<Resource>, Problem> {
    let store = &state.engine.store;
    let internal = |error: store::Error| Problem::internal(&error);
    let changes = store.waiting_work(company).await.map_err(internal)?;
    let webhooks = store.waiting_webhooks(company).await.map_err(internal)?;
    let clock = Clock::of(&store.company(company).await.map_err(internal)?.time_zone);
    let of = |counts: &[(ConnectionId, u64)], id| {
        counts.iter().find(|(of, _)| *of == id).map_or(0, |(_, count)| *count)
    };
    let resource = |connection: Connection| Resource {
        webhook_silent: connection.is_silent(),
        id: connection.id.to_string(),
        changes_waiting: of(&changes, connection.id),
        webhooks_waiting: of(&webhooks, connection.id),
        name: connection.name,
        base_url: connection.base_url,
        account: connection.account.username,
        state: connection.state.as_str(),
        webhook_registered: connection.webhook_id.is_some(),
        last_webhook_at: connection.last_webhook_at.map(|at| clock.write(at)),
    };
    Ok(connections.into_iter().map(resource).collect())
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Engine(engine::Error::Store(store::Error::NotFound)) => Self::new(Code::NotFound),
            ConnectError::CalCom(_) => Self::new(Code::CalcomSilent),
            other => Self::internal(&other),
        }
    }
}
