//! `GET /notifications`: what the reader was told. `POST /notifications` marks all of it as read; `POST
//! /notifications/{number}` one, and leads to where it is dealt with.

use std::collections::HashMap;

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::notify::Subject;
use serde::Deserialize;

use super::{
    failure::Failure,
    visit::{Posted, Visit, page},
};
use crate::{
    components::Happened,
    pages::{NotificationRow, Notifications},
    state::AppState,
};

/// Entries on the page; older ones concern nobody any more.
const SHOWN: u64 = 100;

pub async fn show(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let messages = store.notifications(company, visit.session.user.id, SHOWN).await?;
    let connections = store.connections(company).await?.into_iter();
    let connections = connections.map(|it| (Subject::Connection(it.id), it.name));
    let names: HashMap<_, _> = connections.collect();
    let rows = messages.into_iter().flat_map(|message| {
        let (number, unread) = (message.number, message.closed_at.is_none());
        message.lines.into_iter().map(move |line| (number, unread, line))
    });
    let row = |(number, unread, line): (i64, bool, domain::notify::Line)| NotificationRow {
        about: line.only().and_then(|subject| names.get(&subject).cloned()),
        number,
        line,
        unread,
    };
    page(&Notifications { rows: rows.map(row).collect(), t: visit.t, frame: visit.frame })
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn read_all(
    State(state): State<AppState>,
    Posted { visit, .. }: Posted<Nothing>,
) -> Result<Response, Failure> {
    read(&state, &visit, None).await?;
    Ok(Redirect::to("/notifications").into_response())
}

pub async fn open(
    State(state): State<AppState>,
    Path(number): Path<String>,
    Posted { visit, .. }: Posted<Nothing>,
) -> Result<Response, Failure> {
    let number = number.parse().map_err(|_| Failure::NotFound)?;
    let lines = read(&state, &visit, Some(number)).await?;
    let to = lines.first().map_or_else(|| "/notifications".to_owned(), Happened::href);
    Ok(Redirect::to(&to).into_response())
}

/// Marks as read; the bell of the reader's other pages follows.
async fn read(
    state: &AppState,
    visit: &Visit,
    number: Option<i64>,
) -> Result<Vec<domain::notify::Line>, Failure> {
    let (engine, company) = (&state.engine, visit.company());
    let now = engine.ambient.now();
    let lines = engine.store.read_notifications(company, visit.session.user.id, number, now).await?;
    engine.signals.changed(company, None);
    Ok(lines)
}
