//! The one way in which programs change an appointment: find it, answer a repetition as the first time, check the
//! version, read what is wished, act, and answer with the appointment as it is then.

use axum::http::HeaderMap;
use axum::response::Response;
use engine::appointments::{Act, Change};
use serde_json::{Map, Value};
use store::AppointmentView;

use super::{find, replay, resource};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::Fields;
use crate::api::{etag, idempotency};
use crate::problem::Problem;
use crate::state::AppState;

/// Characters of the longest reason.
pub const LONGEST_REASON: usize = 500;

/// A change of one appointment that is asked for.
pub struct Asked<'a> {
    pub caller: &'a ApiCaller<AppointmentsWrite>,
    pub state: &'a AppState,
    /// Of the appointment, as it stands in the address.
    pub id: &'a str,
    pub headers: &'a HeaderMap,
    /// Method and path, for the `Idempotency-Key`.
    pub operation: &'static str,
}

impl Asked<'_> {
    /// Makes the change that `read` finds in the body.
    pub async fn make(
        self,
        object: Map<String, Value>,
        read: impl FnOnce(Fields, &AppointmentView) -> Result<Vec<Act>, Problem>,
    ) -> Result<Response, Problem> {
        self.decide(object, read, etag::condition).await
    }

    /// The same for what is no change of the appointment itself and needs no version.
    pub async fn ask(self, object: Map<String, Value>, act: Act) -> Result<Response, Problem> {
        let read = |fields: Fields, _: &AppointmentView| fields.finish(Some(vec![act]));
        self.decide(object, read, |_, _| Ok(None)).await
    }

    async fn decide(
        self,
        object: Map<String, Value>,
        read: impl FnOnce(Fields, &AppointmentView) -> Result<Vec<Act>, Problem>,
        condition: impl FnOnce(&HeaderMap, i64) -> Result<Option<i64>, Problem>,
    ) -> Result<Response, Problem> {
        let Self { caller, state, id, headers, operation } = self;
        let company = caller.company();
        let before = find(state, company, id).await?;
        let dedupe = idempotency::dedupe(headers, operation, id, &object)?;
        if let Some(response) = replay(state, company, dedupe.as_ref()).await? {
            return Ok(response);
        }
        // Whoever has seen an older version may not mean what the body says.
        let version = condition(headers, before.appointment.version)?;
        let acts = read(Fields::of(object), &before)?;
        let change = Change { version, dedupe, as_offered: true, ..Change::by(caller.actor()) };
        state.engine.act(company, before.appointment.id, acts, change).await?;
        Ok(resource::answer(&find(state, company, id).await?))
    }
}
