//! `GET /api/v1/notifications`: what was sent by e-mail and to rooms, and what became of it.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::notify::{Line, Problem as Cause};
use serde::Serialize;
use store::Message;
use utoipa::{IntoParams, ToSchema};

use crate::api::caller::{ApiCaller, NotificationsRead};
use crate::api::input::Parameters;
use crate::api::paging::{self, Paging};
use crate::api::time::Clock;
use crate::api::words;
use crate::problem::Problem;
use crate::state::AppState;

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct Resource {
    /// Counted for each company.
    pub number: i64,
    pub channel_id: String,
    #[schema(schema_with = words::channel_kinds)]
    pub kind: &'static str,
    /// To whom; `null` for a room.
    pub user_id: Option<String>,
    /// `gathering`: more is added to it; `trying`: it did not arrive yet; `sent`; `given_up`.
    pub state: &'static str,
    /// What it tells.
    pub lines: Vec<LineResource>,
    /// How often it was tried.
    pub tries: u32,
    /// When it goes, or is tried again.
    pub due_at: Option<String>,
    pub sent_at: Option<String>,
    pub failed_at: Option<String>,
    /// What went wrong the last time: `no_mail`, `unreachable`, `refused` with the status, `address`, `gone` or `unreadable`.
    pub problem: Option<String>,
}

/// Something that a message tells.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationLine)]
pub struct LineResource {
    /// The code of a question, or `differences`, `unauthorized`, `braked`, `unreachable`, `reachable`, `webhook_silent`,
    /// `failure_rate`, `undelivered`, `test`.
    pub what: &'static str,
    /// How often it happened.
    pub count: u64,
    pub first_at: String,
    pub last_at: String,
}

impl Resource {
    fn of(message: Message, clock: &Clock) -> Self {
        let line = |line: Line| LineResource {
            what: line.what.as_str(),
            count: line.count,
            first_at: clock.write(line.first_at),
            last_at: clock.write(line.last_at),
        };
        let state = match (message.sent_at, message.failed_at) {
            (Some(_), _) => "sent",
            (None, Some(_)) => "given_up",
            (None, None) if message.tries == 0 => "gathering",
            (None, None) => "trying",
        };
        Self {
            number: message.number,
            channel_id: message.channel.to_string(),
            kind: message.kind.as_str(),
            user_id: message.user.map(|user| user.to_string()),
            state,
            lines: message.lines.into_iter().map(line).collect(),
            tries: message.tries,
            due_at: message.due_at.map(|at| clock.write(at)),
            sent_at: message.sent_at.map(|at| clock.write(at)),
            failed_at: message.failed_at.map(|at| clock.write(at)),
            problem: message.problem.as_ref().map(Cause::to_string),
        }
    }
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notifications)]
pub struct Answer {
    pub data: Vec<Resource>,
    /// Names the next page, as `cursor`; `null` on the last one.
    pub next_cursor: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `list` reads")]
pub struct Query {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
}

/// List what was sent, the last first
#[utoipa::path(
    get,
    path = "/api/v1/notifications",
    operation_id = "list_notifications",
    tag = "notifications",
    security(("api_key" = ["notifications:read"])),
    params(Query),
    responses((
        status = 200, body = Answer, description = "A page.",
        headers(("Link" = Option<String>, description = "`rel=\"next\"` leads to the next page.")),
    )),
)]
pub async fn list(
    caller: ApiCaller<NotificationsRead>,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (store, company) = (&state.engine.store, caller.company());
    let mut parameters = Parameters::of(query.as_deref())?;
    let paging = Paging::read(&mut parameters);
    let Paging { cursor, limit } = parameters.finish(paging)?;
    let wrong = |_| paging::failure(&store::Error::InvalidCursor);
    let before = cursor.map(|cursor| cursor.parse::<i64>().map_err(wrong)).transpose()?;
    let failed = |error| Problem::internal(&error);
    let mut messages = store.messages_sent(company, before, limit + 1).await.map_err(failed)?;
    let more = messages.len() as u64 > limit;
    messages.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = messages.last().filter(|_| more).map(|last| last.number.to_string());
    let clock = Clock::of(&store.company(company).await.map_err(failed)?.time_zone);
    let data = messages.into_iter().map(|message| Resource::of(message, &clock)).collect();
    let answer = Answer { data, next_cursor: next.clone() };
    Ok(paging::answer(&state, ("/api/v1/notifications", query.as_deref()), answer, next.as_deref()))
}
