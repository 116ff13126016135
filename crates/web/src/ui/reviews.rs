//! `GET /reviews`: the open questions, the most urgent first; of those, the one whose appointment is next.

use std::{cmp::Reverse, collections::HashMap};

use axum::{extract::State, response::Response};

use super::{
    failure::Failure,
    row::row,
    visit::{Visit, page},
};
use crate::{
    components::Pager,
    pages::{Review, Reviews},
    state::AppState,
};

/// Questions on the page. Whoever has more open has a common cause to find first.
const SHOWN: u64 = 200;

pub async fn show(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (store, company) = (&state.engine.store, visit.company());
    let open = store.reviews_open(company, SHOWN).await?;
    let mut ids: Vec<_> = open.iter().map(|item| item.appointment_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: HashMap<_, _> =
        store.views(company, &ids).await?.into_iter().map(|view| (view.appointment.id, row(view))).collect();
    let mut items: Vec<_> = open
        .into_iter()
        .filter_map(|item| {
            let appointment = rows.get(&item.appointment_id)?.clone();
            Some(Review { code: item.code, message: item.message, opened_at: item.opened_at, appointment })
        })
        .collect();
    // What is over can wait; of what is to come the next goes first.
    items.sort_by_key(|item| {
        let at = item.appointment.starts_at;
        (item.code.severity(), at < visit.t.now, at, Reverse(item.opened_at))
    });
    page(&Reviews { items, pager: Pager::default(), t: visit.t, frame: visit.frame })
}
