//! `GET /events`: tells a page that something of its company changed; the page then asks for itself again.
//!
//! Changes of this process come at once. Those of other processes (commands, other servers) are found by
//! taking the company's pulse every few seconds. A session that has ended ends its stream.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use domain::CompanyId;
use engine::Changed;
use futures::stream::unfold;
use store::Pulse;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use crate::{auth::Session, state::AppState, ui::Failure};

/// How soon a change of another process is seen.
const PULSE: Duration = Duration::from_secs(3);
/// Changes within this time are told as one.
const GATHER: Duration = Duration::from_millis(100);

pub fn routes() -> Router<AppState> {
    Router::new().route("/events", get(events))
}

struct Watch {
    state: AppState,
    session: Session,
    changes: Receiver<Changed>,
    ticks: Interval,
    pulse: Option<Pulse>,
    stop: CancellationToken,
}

async fn events(
    State(state): State<AppState>,
    Extension(stop): Extension<CancellationToken>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // No redirect: an event source would follow it and take the sign-in page for a broken stream.
    let Some(session) = Session::of(&state, &headers).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    // The pulse is taken after the watch has begun, so nothing falls between the two.
    let changes = state.engine.signals.watch();
    let pulse = Some(state.engine.store.pulse(session.company.id).await?);
    let mut ticks = interval(PULSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let watch = Watch { state, session, changes, ticks, pulse, stop };
    let stream = unfold(watch, async |mut watch| {
        watch.changed().await.then(|| (Ok::<_, Infallible>(Event::default().data("changed")), watch))
    });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(20));
    // Proxies that gather answers would hold the events back.
    Ok(([("x-accel-buffering", "no")], Sse::new(stream).keep_alive(keep_alive)).into_response())
}

impl Watch {
    /// Waits for the next change; `false` ends the stream.
    async fn changed(&mut self) -> bool {
        let company = self.session.company.id;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return false,
                change = self.changes.recv() => match change {
                    Ok(change) if change.company != company => {}
                    Ok(_) => return self.gather(company).await,
                    // Fallen behind: anything may have changed.
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                },
                _ = self.ticks.tick() => {
                    let store = &self.state.engine.store;
                    match (self.session.is_open(&self.state).await, store.pulse(company).await) {
                        (Ok(false), _) => return false,
                        (Ok(true), Ok(pulse)) => {
                            if self.pulse.replace(pulse.clone()) != Some(pulse) {
                                return true;
                            }
                        }
                        // The database will be back; the next tick asks again.
                        (Err(error), _) | (_, Err(error)) => tracing::warn!(%error, "no pulse"),
                    }
                }
            }
        }
    }

    /// Lets what happens in the same moment be one change.
    async fn gather(&mut self, company: CompanyId) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => return false,
            () = tokio::time::sleep(GATHER) => {}
        }
        while self.changes.try_recv().is_ok() {}
        let pulse = self.state.engine.store.pulse(company).await;
        self.pulse = pulse.ok().or(self.pulse.take());
        true
    }
}
