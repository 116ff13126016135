//! A call as the API shows it. Numbers and words that name somebody are left out, as where it is kept.

use serde::Serialize;
use serde_json::Value;
use store::{CallFunction, CallView};
use utoipa::ToSchema;

use crate::api::time::Clock;

/// A call that a phone agent took.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct Resource {
    /// Retell's id of it.
    pub id: String,
    pub agent_id: String,
    /// The branch that was called, where that is known.
    pub branch_id: Option<String>,
    /// The end of the caller's number; `null` where it was withheld.
    pub from: Option<String>,
    pub started_at: String,
    /// `null` until Retell has reported it.
    pub ended_at: Option<String>,
    /// Why it ended, in Retell's word: `user_hangup`, `agent_hangup`, `call_transfer`, …
    pub ended_because: Option<String>,
    /// What was said, in short, as Retell sums it up.
    pub summary: Option<String>,
    /// How the caller seemed to feel, in Retell's word.
    pub sentiment: Option<String>,
    /// Whether the caller got what was wanted, as Retell sees it.
    pub successful: Option<bool>,
    /// Somebody tried the agent; nobody has called.
    pub test: bool,
    /// How many functions were called.
    pub functions_called: u64,
    /// The appointments that were made, changed or found.
    pub appointment_ids: Vec<String>,
}

/// A call with the functions that were called in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallReport)]
pub struct Report {
    #[serde(flatten)]
    pub call: Resource,
    /// In the order in which they were called.
    pub functions: Vec<FunctionResource>,
}

/// A function that was called during a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalledFunction)]
pub struct FunctionResource {
    pub name: String,
    pub at: String,
    /// What it was called with; what says something about a person is `•••`.
    #[schema(value_type = Object)]
    pub arguments: Value,
    /// What it was answered: `status`, `say`, `data`.
    #[schema(value_type = Object)]
    pub answer: Value,
    pub appointment_id: Option<String>,
}

impl Resource {
    pub fn of(view: CallView, clock: &Clock) -> Self {
        let CallView { call, news, functions, appointments } = view;
        Self {
            test: call.is_rehearsal(),
            id: call.call_id,
            agent_id: call.agent_id.to_string(),
            branch_id: call.branch_id.map(|id| id.to_string()),
            from: call.from_masked,
            started_at: clock.write(call.started_at),
            ended_at: news.ended_at.map(|at| clock.write(at)),
            ended_because: news.ended_because,
            summary: news.summary,
            sentiment: news.sentiment,
            successful: news.successful,
            functions_called: functions,
            appointment_ids: appointments.iter().map(ToString::to_string).collect(),
        }
    }
}

impl FunctionResource {
    pub fn of(called: CallFunction, clock: &Clock) -> Self {
        Self {
            name: called.name,
            at: clock.write(called.at),
            arguments: called.arguments,
            answer: called.answer,
            appointment_id: called.appointment_id.map(|id| id.to_string()),
        }
    }
}
