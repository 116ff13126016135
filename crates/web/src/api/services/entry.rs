//! An entry of a service's history as the API shows it.

use std::collections::HashMap;

use domain::appointment::Actor;
use domain::catalogue::{About, ServiceEntry, ServiceWhat, Setting};
use domain::{BranchId, CompanyId, ConnectionId, StaffId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::resource::ServiceProblem;
use crate::api::appointments::sync_status::Initiator;
use crate::api::time::Clock;
use crate::problem::Problem;
use crate::state::AppState;

/// Something that has happened to a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceHistoryEntry)]
pub struct EntryResource {
    #[schema(format = DateTime)]
    pub at: String,
    /// `created`, `imported` (from Cal.com), `changed`, `removed` (here), `pushed`, `pulled`, `reset` (by a person),
    /// `deactivated`; of an event type `tied`, `sent`, `called`, `failed`, `deleted` (at Cal.com), and of one of its fields
    /// `diverged`, `converged`, `kept` (ours counts), `taken` (theirs counts), `dismissed` (both stay).
    #[schema(example = "diverged")]
    pub kind: &'static str,
    pub by: Initiator,
    /// Which event type it is about; `null`: the service itself.
    pub event_type: Option<EntryEventType>,
    /// Which fields it is about. Values are texts, as they are compared.
    pub fields: Vec<EntryField>,
    /// Of `diverged`: both never said the same since they were tied, so nobody has changed anything at Cal.com.
    pub since_tied: bool,
    /// Cal.com's id, of `tied` and `deleted`.
    pub calcom_event_type_id: Option<i64>,
    /// Of `called`.
    pub call: Option<EntryCall>,
    /// Of `failed`.
    pub problem: Option<ServiceProblem>,
}

/// The event type that something is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceHistoryEventType)]
pub struct EntryEventType {
    /// Names it, as in a divergence.
    pub link_id: String,
    /// Whose it is; `null` for a team's.
    pub staff_id: Option<String>,
    /// The name of this person.
    pub staff_name: Option<String>,
    /// The name of the stretch of work, of a composite service.
    pub segment_name: Option<String>,
    /// The account that has it.
    pub connection_id: String,
    /// The name of the account.
    pub connection_name: Option<String>,
}

/// A field, and what was said about it; `null` is what the kind of entry does not tell.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ServiceHistoryField)]
pub struct EntryField {
    /// By its name in the service.
    #[schema(example = "name")]
    pub field: String,
    /// What was said here until then.
    pub before: Option<String>,
    /// What is said here since.
    pub after: Option<String>,
    /// What was said here.
    pub ours: Option<String>,
    /// What Cal.com said.
    pub theirs: Option<String>,
}

/// A call to Cal.com.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceHistoryCall)]
pub struct EntryCall {
    /// `create`, `update`, `delete` or `look`.
    pub operation: String,
    /// The class of the answer: `ok`, or what went wrong.
    pub outcome: String,
    /// `null`: there was no answer.
    pub http_status: Option<u16>,
    pub milliseconds: u64,
    /// What Cal.com said, if it was an error.
    pub message: Option<String>,
}

/// What people, accounts and those who sign in are called.
pub struct Names {
    staff: HashMap<StaffId, String>,
    connections: HashMap<ConnectionId, String>,
    users: HashMap<UserId, String>,
}

impl Names {
    pub async fn of(state: &AppState, company: CompanyId) -> Result<Self, Problem> {
        let (store, internal) = (&state.engine.store, |error: store::Error| Problem::internal(&error));
        let staff = store.staff(company).await.map_err(internal)?;
        let connections = store.connections(company).await.map_err(internal)?;
        let users = store.users(company).await.map_err(internal)?;
        Ok(Self {
            staff: staff.into_iter().map(|one| (one.id, one.name)).collect(),
            connections: connections.into_iter().map(|one| (one.id, one.name)).collect(),
            users: users.into_iter().map(|one| (one.id, one.name)).collect(),
        })
    }

    /// Whose hours they are: a person's, or a branch's.
    pub fn whose(&self, subject: uuid::Uuid) -> String {
        let person = StaffId(subject);
        let is_person = self.staff.contains_key(&person);
        if is_person { person.to_string() } else { BranchId(subject).to_string() }
    }

    /// Whoever did something.
    pub fn who(&self, actor: &Actor) -> Initiator {
        let user = actor.user_id.and_then(|id| self.users.get(&id).cloned());
        Initiator { origin: actor.origin.as_str(), name: user.or_else(|| actor.via.clone()) }
    }

    pub fn entry(&self, entry: ServiceEntry, clock: &Clock) -> EntryResource {
        let ServiceEntry { at, actor, about, what } = entry;
        let Told { kind, fields, since_tied, event_type_id, call, problem } = Told::of(what);
        EntryResource {
            at: clock.write(at),
            kind,
            by: self.who(&actor),
            event_type: about.map(|about| self.event_type(about)),
            fields,
            since_tied,
            calcom_event_type_id: event_type_id,
            call,
            problem,
        }
    }

    fn event_type(&self, about: About) -> EntryEventType {
        EntryEventType {
            link_id: about.link.to_string(),
            staff_id: about.staff_id.map(|id| id.to_string()),
            staff_name: about.staff_id.and_then(|id| self.staff.get(&id).cloned()),
            segment_name: about.work,
            connection_id: about.connection.to_string(),
            connection_name: self.connections.get(&about.connection).cloned(),
        }
    }
}

/// What an entry says.
#[derive(Default)]
struct Told {
    kind: &'static str,
    fields: Vec<EntryField>,
    since_tied: bool,
    event_type_id: Option<i64>,
    call: Option<EntryCall>,
    problem: Option<ServiceProblem>,
}

impl Told {
    fn of(what: ServiceWhat) -> Self {
        let only = |kind| Self { kind, ..Self::default() };
        let about = |kind, fields| Self { kind, fields, ..Self::default() };
        match what {
            ServiceWhat::Created => only("created"),
            ServiceWhat::Imported => only("imported"),
            ServiceWhat::Changed { fields } => {
                let field = |(field, before, after)| EntryField {
                    field,
                    before: Some(before),
                    after: Some(after),
                    ..EntryField::default()
                };
                about("changed", fields.into_iter().map(field).collect())
            }
            ServiceWhat::Removed => only("removed"),
            ServiceWhat::Tied { event_type_id } => {
                Self { event_type_id: Some(event_type_id), ..only("tied") }
            }
            ServiceWhat::Sent { settings } => about("sent", all(&settings)),
            ServiceWhat::Diverged { setting, ours, theirs, since_tied } => {
                Self { since_tied, ..about("diverged", vec![EntryField::sides(setting, Some(ours), theirs)]) }
            }
            ServiceWhat::Converged { setting } => about("converged", all(&[setting])),
            ServiceWhat::Taken { setting, before, after } => {
                let sides =
                    EntryField { before: Some(before), after: Some(after), ..EntryField::of(setting) };
                about("taken", vec![sides])
            }
            ServiceWhat::Kept { setting, ours, theirs } => {
                about("kept", vec![EntryField::sides(setting, Some(ours), theirs)])
            }
            ServiceWhat::Dismissed { setting, theirs } => {
                about("dismissed", vec![EntryField::sides(setting, None, theirs)])
            }
            ServiceWhat::Reopened { setting, theirs } => {
                about("reopened", vec![EntryField::sides(setting, None, theirs)])
            }
            ServiceWhat::Deleted { event_type_id } => {
                Self { event_type_id: Some(event_type_id), ..only("deleted") }
            }
            ServiceWhat::Deactivated => only("deactivated"),
            ServiceWhat::Pushed => only("pushed"),
            ServiceWhat::Pulled => only("pulled"),
            ServiceWhat::Reset => only("reset"),
            ServiceWhat::Called { operation, settings, outcome, http_status, milliseconds, message } => {
                let call = EntryCall { operation, outcome, http_status, milliseconds, message };
                Self { call: Some(call), ..about("called", all(&settings)) }
            }
            ServiceWhat::Failed { problem, message } => {
                let problem = ServiceProblem { code: problem.as_str(), message };
                Self { problem: Some(problem), ..only("failed") }
            }
        }
    }
}

fn all(settings: &[Setting]) -> Vec<EntryField> {
    settings.iter().copied().map(EntryField::of).collect()
}

impl EntryField {
    fn of(setting: Setting) -> Self {
        Self { field: setting.as_str().to_owned(), ..Self::default() }
    }

    fn sides(setting: Setting, ours: Option<String>, theirs: String) -> Self {
        Self { ours, theirs: Some(theirs), ..Self::of(setting) }
    }
}
