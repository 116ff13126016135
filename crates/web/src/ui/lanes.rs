//! How the connections are: what the store and the lanes' last holders wrote down of each.

use domain::CompanyId;
use engine::pace::Pace;
use jiff::Timestamp;
use serde::Deserialize;
use store::Connection;

use super::{failure::Failure, verifications};
use crate::{components::Run, pages::ConnectionState, state::AppState};

/// Requests that Cal.com allows a key in a minute, unless it tells otherwise (recording 175).
const BUDGET: u32 = 120;

/// A connection and how it is.
pub struct Lane {
    pub connection: Connection,
    pub state: ConnectionState,
    /// Requests of the running minute.
    pub used: u32,
    pub limit: u32,
    /// Changes that wait to be sent.
    pub waiting: u64,
    /// Webhooks that wait to be processed.
    pub webhooks_waiting: u64,
    pub last_answer_at: Option<Timestamp>,
    /// When all of its bookings were last compared, and with what result.
    pub verified: Option<Run>,
}

/// All of a company, by name.
pub async fn all(state: &AppState, company: CompanyId) -> Result<Vec<Lane>, Failure> {
    let (store, now) = (&state.engine.store, state.engine.ambient.now());
    let waiting = store.waiting_work(company).await?;
    let webhooks = store.waiting_webhooks(company).await?;
    let known = store.lanes(company).await?;
    let mut lanes = Vec::new();
    for connection in store.connections(company).await? {
        let lane = known.iter().find(|lane| lane.connection == connection.id);
        // A lane that nobody has held yet has nothing written down.
        let pace = lane.and_then(|lane| Pace::deserialize(&lane.budget).ok()).unwrap_or_default();
        let left = pace.budget().filter(|(_, resets_at)| *resets_at > now).map_or(BUDGET, |(left, _)| left);
        let limit = BUDGET.max(left);
        lanes.push(Lane {
            state: match connection.state {
                store::ConnectionState::Unauthorized => ConnectionState::Unauthorized,
                store::ConnectionState::Paused => ConnectionState::Paused,
                store::ConnectionState::Braked => ConnectionState::Braked,
                store::ConnectionState::Active if pace.is_probing() => ConnectionState::Unreachable,
                store::ConnectionState::Active if pace.silent_until(now).is_some() => {
                    ConnectionState::Throttled
                }
                store::ConnectionState::Active => ConnectionState::Healthy,
            },
            used: limit - left,
            limit,
            waiting: waiting.iter().find(|(id, _)| *id == connection.id).map_or(0, |(_, count)| *count),
            webhooks_waiting: webhooks
                .iter()
                .find(|(id, _)| *id == connection.id)
                .map_or(0, |(_, count)| *count),
            last_answer_at: store.last_answer(company, connection.id).await?,
            verified: verifications::last(state, company, connection.id).await?,
            connection,
        });
    }
    Ok(lanes)
}

/// Names of active services that no event type stands for.
pub async fn unlinked(state: &AppState, company: CompanyId) -> Result<Vec<String>, Failure> {
    let links = state.engine.store.links(company).await?;
    let services = state.engine.store.services(company).await?.into_iter();
    let unlinked = services
        .filter(|service| service.active && links.iter().all(|link| link.service_id != service.id))
        .map(|service| service.name);
    Ok(unlinked.collect())
}
