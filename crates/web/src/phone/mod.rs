//! `/voice/retell/{token}`: the functions of the phone agent, what it is told while it rings, what is reported of calls.
//!
//! The token in the path names the agent, and with it the company and the key that the body must be signed
//! with; nothing of the body is believed before. Business outcomes are answers (200) that can be spoken; an
//! HTTP error makes the model improvise and is for a wrong signature, a wrong address, and real failures.

mod book;
mod change;
mod check;
mod code;
mod find;
mod identify;
mod inbound;
mod line;
mod names;
mod offer;
mod once;
mod proof;
mod record;
pub mod rehearse;
mod reports;
mod speech;
mod tools;
mod turns;
mod wanted;
mod when;
mod wish;

use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use domain::CompanyId;
use jiff::SignedDuration;
use retell::{Answer, FunctionCall, SIGNATURE_HEADER};
use secrecy::ExposeSecret;
use sha2::{Digest as _, Sha256};
use store::Agent;

use crate::api::input::RawBody;
use crate::problem::{Code, Problem, Text};
use crate::state::AppState;
use line::Line;
use turns::Turns;

pub use tools::tools;

/// The vault's name of the key that signs an agent's calls.
pub const SIGNING_KEY: &str = "agent.signing_key";

/// The largest call that is taken, in bytes: the transcript comes with it and grows.
const BODY_LIMIT: usize = 1024 * 1024;

/// For so long a request that comes again is the same one: Retell tries no longer.
const AGAIN: SignedDuration = SignedDuration::from_mins(15);

const CHECK_AVAILABILITY: &str = "check_availability";
const BOOK_APPOINTMENT: &str = "book_appointment";
const RESCHEDULE_APPOINTMENT: &str = "reschedule_appointment";
const CANCEL_APPOINTMENT: &str = "cancel_appointment";
const FIND_APPOINTMENTS: &str = "find_appointments";
const IDENTIFY_CUSTOMER: &str = "identify_customer";

/// What can be called.
const FUNCTIONS: [&str; 6] = [
    CHECK_AVAILABILITY,
    BOOK_APPOINTMENT,
    RESCHEDULE_APPOINTMENT,
    CANCEL_APPOINTMENT,
    FIND_APPOINTMENTS,
    IDENTIFY_CUSTOMER,
];

/// The address.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/voice/retell/{token}/functions/{name}", post(function).layer(Extension(Turns::default())))
        .route("/voice/retell/{token}/calls", post(reports::report))
        .route("/voice/retell/{token}/inbound", post(inbound::inbound))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn function(
    State(state): State<AppState>,
    Extension(turns): Extension<Turns>,
    Path((token, name)): Path<(String, String)>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<Answer>, Problem> {
    let found = state.engine.store.agent_by_token(&token).await.map_err(|error| Problem::internal(&error))?;
    let (company, agent) = found.ok_or(Problem::new(Code::NotFound))?;
    authenticate(&state, company, &agent, &headers, &body)?;
    if !FUNCTIONS.contains(&name.as_str()) {
        return Err(Problem::new(Code::NotFound));
    }
    let call = FunctionCall::parse(&body).map_err(|error| {
        // Sent again it would be the same: the agent is set up wrongly, and its dashboard should say so.
        tracing::warn!(%error, agent = %agent.id, "unreadable function call");
        Problem::new(Code::Malformed).because(Text::new(
            "Der Aufruf enthält keinen Anruf. „Payload: args only“ muss ausgeschaltet sein.",
            "There is no call in the body. “Payload: args only” must be off.",
        ))
    })?;
    // A caller who hangs up, or a time-out at Retell, must not stop what has begun.
    let request =
        hex::encode(Sha256::new().chain_update(&name).chain_update("\n").chain_update(&body).finalize());
    let running = tokio::spawn(async move {
        let (state, turns, agent) = (&state, &turns, &agent);
        let asked = Asked { state, turns, company, agent, name: &name, function: &call, request: &request };
        asked.answer().await
    });
    running.await.map_err(|error| Problem::internal(&error))?.map(Json)
}

fn authenticate(
    state: &AppState,
    company: CompanyId,
    agent: &Agent,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Problem> {
    let engine = &state.engine;
    let key = engine.vault.open(company, SIGNING_KEY, &agent.signing_key.0);
    let key = key.map_err(|error| Problem::internal(&error))?;
    let header = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    retell::verify(key.expose_secret(), body, header, engine.ambient.now()).map_err(|reason| {
        tracing::warn!(%reason, agent = %agent.id, "function call refused");
        metrics::counter!("einklang_phone_refused_total").increment(1);
        Problem::new(Code::SignatureInvalid)
    })
}

/// A function call as it came.
struct Asked<'a> {
    state: &'a AppState,
    turns: &'a Turns,
    company: CompanyId,
    agent: &'a Agent,
    name: &'a str,
    function: &'a FunctionCall,
    /// What tells the very same request when it comes again: a call that goes on has a longer transcript.
    request: &'a str,
}

impl Asked<'_> {
    /// The same request is answered as it was answered before, and does nothing; it waits while the first is under way.
    async fn answer(&self) -> Result<Answer, Problem> {
        let Self { state, company, .. } = *self;
        let _turn = self.turns.wait(company, self.request.to_owned()).await;
        let since = state.engine.ambient.now() - AGAIN;
        let call_id = &self.function.call.call_id;
        let before = state.engine.store.answered(company, (call_id, self.request), since).await;
        let before = before.map_err(|error| Problem::internal(&error))?;
        // What is kept names nobody. What changes something is answered by it all the same; the rest is asked again.
        let changes = [BOOK_APPOINTMENT, RESCHEDULE_APPOINTMENT, CANCEL_APPOINTMENT].contains(&self.name);
        let before = before.filter(|answer| changes || !answer.to_string().contains(record::HIDDEN));
        if let Some(answer) = before.and_then(|answer| serde_json::from_value(answer).ok()) {
            tracing::info!(function = self.name, %call_id, "a request came again");
            return Ok(answer);
        }
        self.run().await
    }

    async fn run(&self) -> Result<Answer, Problem> {
        let Self { state, turns, company, name, function, .. } = *self;
        let company = state.engine.store.company(company).await.map_err(|error| Problem::internal(&error))?;
        let (call, args, now) = (&function.call, &function.args, state.engine.ambient.now());
        let language = line::language(args, &company);
        let speech = line::speech(language, &company.time_zone, now);
        let branch = line::branch(state, &company, call, args, &speech).await?;
        let outcome = match &branch {
            Err(question) => question.clone().into(),
            Ok(branch) => {
                let speech = line::speech(language, &branch.time_zone, now);
                let line = Line { state, company: &company, branch, call, args, speech, now, turns };
                match name {
                    CHECK_AVAILABILITY => check::check(&line).await?,
                    BOOK_APPOINTMENT => book::book(&line).await?,
                    RESCHEDULE_APPOINTMENT => change::reschedule(&line).await?,
                    CANCEL_APPOINTMENT => change::cancel(&line).await?,
                    IDENTIFY_CUSTOMER => identify::identify(&line).await?,
                    _ => find::find(&line).await?,
                }
            }
        };
        let branch = branch.ok().map(|branch| branch.id);
        record::record(self, &company, branch, &outcome).await;
        Ok(outcome.answer)
    }
}
