//! `GET` and `POST /services/{id}/push`, `…/pull`, `…/reset`, for admins. What will be lost is computed from the case,
//! and the form names it: if something else would be lost by the time it is sent, the page is shown again.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    appointment::Actor,
    catalogue::{EventTypeRecord, EventTypeSeen, ServiceCase, Setting},
};
use engine::services::{ServiceAct, ServiceError};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    failure::Failure,
    flash::Flash,
    service::{Names, find},
    visit::{Admin, Posted, Rank, Visit, done, page, refused},
};
use crate::{
    components::{said, setting_label},
    i18n::Translator,
    pages::{Forgotten, Owner, ServiceAction, ServiceActionPage, ServiceChange},
    state::AppState,
};

pub async fn show(
    State(state): State<AppState>,
    Path((id, action)): Path<(String, String)>,
    visit: Visit<Admin>,
) -> Result<Response, Failure> {
    let (mut case, action) = asked(&state, &visit, &id, &action).await?;
    let mut silent = false;
    if action != ServiceAction::Reset {
        // What is lost is what stands there now.
        let (now, answered) = state.engine.service_as_it_is(visit.company(), case.service.id).await?;
        (case, silent) = (now, !answered);
    }
    let mut shown = fill(&state, visit, case, action).await?;
    shown.refused = silent.then(|| shown.t.get("service-silent").to_string());
    page(&shown)
}

#[derive(Deserialize)]
pub struct Form {
    version: Option<i64>,
    seen: String,
}

pub async fn submit(
    State(state): State<AppState>,
    Path((id, action)): Path<(String, String)>,
    Posted { visit, form }: Posted<Form, Admin>,
) -> Result<Response, Failure> {
    let (mut case, action) = asked(&state, &visit, &id, &action).await?;
    let (company, actor, service) = (visit.company(), visit.actor(), case.service.id);
    let mut silent = false;
    if action != ServiceAction::Reset {
        // What is acted upon is what was shown, if Cal.com still says so.
        match state.engine.look_at_service(company, service).await {
            Err(ServiceError::Silent) => silent = true,
            looked => looked?,
        }
        case = find(&state, company, &id).await?.case;
    }
    let mut shown = fill(&state, visit, case, action).await?;
    if silent {
        shown.refused = Some(shown.t.get("service-silent").to_string());
        return refused(&shown);
    }
    let stale = if form.seen == shown.seen {
        let (act, flash) = match action {
            ServiceAction::Push => (ServiceAct::Push, Flash::Pushed),
            ServiceAction::Pull => (ServiceAct::Pull, Flash::Pulled),
            ServiceAction::Reset => (ServiceAct::Reset, Flash::Checking),
        };
        match state.engine.act_on_service(company, service, act, actor, form.version).await {
            Ok(_) => return Ok(done(&state, &shown.href(), flash)),
            Err(ServiceError::Stale(_)) => true,
            Err(ServiceError::SlugTaken) => false,
            Err(error) => return Err(error.into()),
        }
    } else {
        true
    };
    let why = if stale { "service-stale" } else { "error-slug-taken" };
    shown.refused = Some(shown.t.get(why).to_string());
    refused(&shown)
}

async fn asked<R: Rank>(
    state: &AppState,
    visit: &Visit<R>,
    id: &str,
    action: &str,
) -> Result<(ServiceCase, ServiceAction), Failure> {
    let action = ServiceAction::ALL.into_iter().find(|one| one.code() == action);
    let action = action.ok_or(Failure::NotFound)?;
    let found = find(state, visit.company(), id).await?;
    if found.deleted { Err(Failure::Conflict) } else { Ok((found.case, action)) }
}

async fn fill<R: Rank>(
    state: &AppState,
    visit: Visit<R>,
    case: ServiceCase,
    action: ServiceAction,
) -> Result<ServiceActionPage, Failure> {
    let names = Names::of(state, visit.company()).await?;
    let Visit { t, frame, .. } = visit;
    let (mut losses, mut stays, mut made, mut forgotten) =
        <(Losses, Losses, Vec<Owner>, Vec<Forgotten>)>::default();
    match action {
        ServiceAction::Push => {
            losses = differing(&t, &case, &names, false);
            let absent = |record: &&EventTypeRecord| !matches!(record.seen, EventTypeSeen::Present(_));
            made = case.current().filter(absent).map(|it| names.owner(&case.service, it)).collect();
        }
        ServiceAction::Pull => (losses, stays) = pulled(&t, &case, &names),
        ServiceAction::Reset => forgotten = failures(&case, &names),
    }
    let seen_at = case.current().filter_map(|it| Some(it.sighting()?.at)).min();
    Ok(ServiceActionPage {
        id: case.service.id.to_string(),
        name: case.service.name.clone(),
        version: case.service.version,
        action,
        seen_at,
        seen: fingerprint(&losses, &stays, &made),
        losses,
        stays,
        made,
        forgotten,
        refused: None,
        t,
        frame,
    })
}

type Losses = Vec<(Option<Owner>, ServiceChange)>;

/// Fields in which an event type differs from what is said here: what stands there, and what is said here; the other
/// way round if `ours_first`.
fn differing(t: &Translator, case: &ServiceCase, names: &Names, ours_first: bool) -> Losses {
    let mut found = Vec::new();
    for record in case.current() {
        let Some(there) = record.sighting().map(|seen| &seen.settings) else { continue };
        let wanted = case.wanted(record);
        for setting in Setting::ALL {
            if setting.same(&wanted, there) || setting.is_ours() {
                continue;
            }
            let words = |side| said(t, setting.as_str(), &setting.value(side));
            let (ours, theirs) = (words(&wanted), words(there));
            let (before, after) = if ours_first { (ours, theirs) } else { (theirs, ours) };
            let change = ServiceChange { label: setting_label(setting.as_str()), before, after };
            found.push((Some(names.owner(&case.service, record)), change));
        }
    }
    found
}

/// What a pull overwrites here, and what stays different after it: tried out on a copy.
fn pulled(t: &Translator, case: &ServiceCase, names: &Names) -> (Losses, Losses) {
    let mut after = case.clone();
    after.pull(&Actor::of(domain::Origin::System), Timestamp::UNIX_EPOCH);
    let changes = case.changes_to(&after.service);
    let losses = changes.iter().map(|(name, before, now)| (None, ServiceChange::of(t, name, before, now)));
    (losses.collect(), differing(t, &after, names, true))
}

/// What a reset forgets.
fn failures(case: &ServiceCase, names: &Names) -> Vec<Forgotten> {
    let failed = |record: &&EventTypeRecord| record.refused.is_some() || record.failures > 0;
    let forgotten = |record: &EventTypeRecord| Forgotten {
        owner: names.owner(&case.service, record),
        problem: record.refused.as_ref().map(|refused| refused.problem),
        message: record.refused.as_ref().map(|refused| refused.message.clone()).unwrap_or_default(),
        failures: record.failures,
        next_try_at: record.next_try_at,
    };
    case.event_types.iter().filter(failed).map(forgotten).collect()
}

/// Names what is listed.
fn fingerprint(losses: &Losses, stays: &Losses, made: &[Owner]) -> String {
    hex::encode(&Sha256::digest(format!("{losses:?}{stays:?}{made:?}"))[..16])
}
