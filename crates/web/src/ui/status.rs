//! What is done about an appointment with one press: confirm it, note a no-show, take that back. And its
//! deletion, behind a page that says what exactly will happen.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{Next, Origin, Push, timeline::What};
use engine::appointments::{Act, Ahead, Change, ChangeError};
use serde::Deserialize;

use super::{
    appointment::find,
    cancel::LONGEST_REASON,
    failure::Failure,
    flash::Flash,
    row::href,
    subject::subject,
    visit::{Manager, Posted, Visit, done, page, refused},
};
use crate::{
    components::{Field, FieldError},
    pages::Delete,
    state::AppState,
};

#[derive(Deserialize)]
pub struct Pressed {
    version: i64,
}

/// Confirms what was asked for.
pub async fn confirm(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Pressed>,
) -> Result<Response, Failure> {
    press(&state, &visit, &id, form.version, Act::Confirm).await
}

#[derive(Deserialize)]
pub struct Attendance {
    version: i64,
    absent: bool,
}

/// Notes that nobody came, or takes it back.
pub async fn no_show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Attendance>,
) -> Result<Response, Failure> {
    press(&state, &visit, &id, form.version, Act::NoShow { absent: form.absent }).await
}

/// What cannot be done any more is told on the appointment's page, where it stands what is so now.
async fn press(
    state: &AppState,
    visit: &Visit,
    id: &str,
    version: i64,
    act: Act,
) -> Result<Response, Failure> {
    let appointment = find(state, visit.company(), id).await?.appointment;
    let change = Change { version: Some(version), ..visit.change() };
    let flash = match state.engine.act(visit.company(), appointment.id, vec![act], change).await {
        Ok(_) => Flash::Saved,
        Err(ChangeError::Stale(_)) => Flash::Stale,
        Err(ChangeError::Refused(_)) => Flash::NotNow,
        Err(error) => return Err(error.into()),
    };
    Ok(done(state, &href(&appointment), flash))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Deletion {
    version: Option<i64>,
    reason: String,
}

/// What will happen.
pub async fn show_delete(
    State(state): State<AppState>,
    Path(id): Path<String>,
    visit: Visit<Manager>,
) -> Result<Response, Failure> {
    page(&fill(&state, visit, &id, None, Field::default()).await?)
}

pub async fn delete(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { visit, form }: Posted<Deletion, Manager>,
) -> Result<Response, Failure> {
    let appointment = find(&state, visit.company(), &id).await?.appointment;
    let reason = form.reason.trim().to_owned();
    if reason.chars().count() > LONGEST_REASON as usize {
        let field = Field::wrong(form.reason, FieldError::TooLong { max: LONGEST_REASON });
        return refused(&fill(&state, visit, &id, None, field).await?);
    }
    let change = Change { version: form.version, ..visit.change() };
    let because = Some(reason).filter(|reason| !reason.is_empty());
    match state.engine.delete(visit.company(), appointment.id, because, change).await {
        Ok(_) => Ok(done(&state, &href(&appointment), Flash::Deleted)),
        Err(ChangeError::Stale(_)) => {
            refused(&fill(&state, visit, &id, Some("refused-stale"), Field::of(form.reason)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn fill(
    state: &AppState,
    mut visit: Visit<Manager>,
    id: &str,
    refused: Option<&'static str>,
    reason: Field,
) -> Result<Delete, Failure> {
    let view = find(state, visit.company(), id).await?;
    if view.appointment.deleted_at.is_some() {
        return Err(Failure::Conflict);
    }
    visit.at(&view.branch);
    let acts = [Act::Delete { reason: None }];
    let preview = state
        .engine
        .preview(visit.company(), view.appointment.id, &acts, Origin::Admin, &mut Ahead::default())
        .await?;
    let cancels = preview.told.iter().any(|what| matches!(what, What::Cancelled { .. }));
    let Visit { t, frame, .. } = visit;
    Ok(Delete {
        cancels,
        there: match preview.next {
            Next::Act(Push::Decline) => "delete-there-decline",
            Next::NotConnected => "delete-there-none",
            _ if !cancels => "delete-there-stays",
            Next::Rest => "delete-there-none",
            _ => "delete-there-cancel",
        },
        refused: refused.map(|key| t.get(key).to_string()),
        subject: subject(view),
        reason,
        t,
        frame,
    })
}
