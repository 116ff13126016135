//! `GET /demo` and its buttons. Only the demo has a playground; everywhere else these addresses are not there.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    failure::Failure,
    row::href,
    visit::{Admin, Posted, Visit, page},
};
use crate::{
    pages::{Demo, DemoAction, DemoEntry, DemoEvent},
    playground::{Happened, Note, Playground, Trouble},
    state::AppState,
};

pub async fn show(State(state): State<AppState>, visit: Visit<Admin>) -> Result<Response, Failure> {
    let playground = playground(&state)?;
    let log = playground.log();
    let mut ids: Vec<_> = log.iter().filter_map(|note| note.appointment).collect();
    ids.sort_unstable();
    ids.dedup();
    let views = state.engine.store.views(visit.company(), &ids).await?;
    let named = |id| {
        let view = views.iter().find(|view| Some(view.appointment.id) == id)?;
        Some((view.appointment.label(), href(&view.appointment)))
    };
    page(&Demo {
        simulator_url: playground.simulator_url(),
        armed: playground.armed(),
        down_until: playground.down_until(),
        log: log
            .into_iter()
            .map(|Note { at, what, appointment }| DemoEntry {
                at,
                what: event(what),
                appointment: named(appointment),
            })
            .collect(),
        t: visit.t,
        frame: visit.frame,
    })
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn act(
    State(state): State<AppState>,
    Path(action): Path<String>,
    Posted { visit, .. }: Posted<Nothing, Admin>,
) -> Result<Response, Failure> {
    let action = DemoAction::parse(&action).ok_or(Failure::NotFound)?;
    // What could not be done stands in the log, with the reason.
    if let Err(trouble) = playground(&state)?.act(action).await {
        tracing::warn!(%trouble, action = action.code(), "the demo could not do it");
    }
    state.engine.signals.changed(visit.company(), None);
    Ok(Redirect::to("/demo").into_response())
}

fn playground(state: &AppState) -> Result<Arc<dyn Playground>, Failure> {
    state.playground.clone().ok_or(Failure::NotFound)
}

fn event(what: Happened) -> DemoEvent {
    match what {
        Happened::Rang { customer, service } => DemoEvent::Rang { customer, service },
        Happened::Said(words) => DemoEvent::Said(words),
        Happened::Booked { customer, start } => DemoEvent::Booked { customer, start },
        Happened::Moved { from, to } => DemoEvent::Moved { from, to },
        Happened::Cancelled { start } => DemoEvent::Cancelled { start },
        Happened::Ordered(action) => DemoEvent::Ordered(action),
        Happened::Failed(Trouble::NothingToActOn) => DemoEvent::NothingToActOn,
        Happened::Failed(Trouble::NothingFree) => DemoEvent::NothingFree,
        Happened::Failed(Trouble::Refused(words)) => DemoEvent::Refused(words),
    }
}
