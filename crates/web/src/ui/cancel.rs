//! `GET` and `POST /appointments/{id}/cancel`: with a reason, because Cal.com tells it the customer.

use axum::{
    extract::{Path, State},
    response::Response,
};
use engine::appointments::{Change, ChangeError};
use serde::Deserialize;

use super::{
    failure::Failure,
    flash::Flash,
    subject::{Changing, changing},
    visit::{Posted, Visit, done, page, refused},
};
use crate::{
    components::{Field, FieldError},
    pages::Cancel,
    state::AppState,
};

/// Characters of the longest reason.
pub const LONGEST_REASON: u32 = 500;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    version: Option<i64>,
    reason: String,
}

pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut visit: Visit,
) -> Result<Response, Failure> {
    let Changing { subject, .. } = changing(&state, &mut visit, &id).await?;
    let Visit { t, frame, .. } = visit;
    page(&Cancel { t, frame, subject, refused: None, reason: Field::default() })
}

pub async fn submit(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Posted { mut visit, form }: Posted<Form>,
) -> Result<Response, Failure> {
    let Changing { subject, id, .. } = changing(&state, &mut visit, &id).await?;
    let reason = form.reason.trim();
    let mut because = None;
    let error = match reason.chars().count() {
        0 => Some(FieldError::Required),
        n if n > LONGEST_REASON as usize => Some(FieldError::TooLong { max: LONGEST_REASON }),
        _ => {
            let change = Change { version: form.version, ..visit.change() };
            let cancelled = state.engine.cancel(visit.company(), id, Some(reason.to_owned()), change).await;
            match cancelled {
                Ok(_) => return Ok(done(&state, &subject.href, Flash::Cancelled)),
                Err(ChangeError::Stale(_)) => because = Some("refused-stale"),
                Err(error) => return Err(error.into()),
            }
            None
        }
    };
    let Visit { t, frame, .. } = visit;
    let because = because.map(|key: &str| t.get(key).to_string());
    let reason = Field { value: form.reason, error };
    refused(&Cancel { t, frame, subject, refused: because, reason })
}
