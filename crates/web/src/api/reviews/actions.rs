//! `POST /api/v1/reviews/{id}/…`: what can be done about an item, each by its name. Whoever decides names the version that
//! was read, so that an action that is sent twice is done once.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::review::{Choice, Handled, Item};
use domain::{BookingUid, UserId};
use engine::reviews::Decision;
use jiff::Timestamp;
use utoipa::ToSchema;

use super::{clock, find, find_at, lacks_catalogue, may, resource};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject, id_expected, one_of};
use crate::api::words;
use crate::problem::{Problem, Text};
use crate::state::AppState;

/// Characters of the longest reason.
const LONGEST_REASON: usize = 500;
/// Characters of the longest name of a booking.
const LONGEST_NAME: usize = 300;
/// Characters of the longest comment.
const LONGEST_COMMENT: usize = 2_000;

/// A decision.
#[derive(Debug, ToSchema)]
#[schema(as = ReviewDecision)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Deciding {
    /// One that the item offers.
    #[schema(schema_with = words::choices)]
    choice: String,
    /// Why; Cal.com is told it with a cancellation.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Of `link`: Cal.com's name of the booking.
    booking_uid: Option<String>,
}

/// Decide about an item
///
/// `retry` looks at Cal.com again and tries again what was given up; `ours` sends what is said here, `theirs` takes over
/// what Cal.com says; `link` takes a booking at Cal.com for that of an appointment that has none; `import` makes an
/// appointment of a booking, `cancel` cancels it; `accept` and `dismiss` leave both sides as they are until one changes,
/// `reopen` asks again. `undo` takes `ours`, `theirs` or `link` back and asks again, as long as nothing was sent and no side
/// has changed since; the answer is the item that asks. About services only with `catalogue:write`.
#[utoipa::path(
    post,
    path = "/api/v1/reviews/{id}/decide",
    operation_id = "decide_review",
    tag = "reviews",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`rev_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    request_body = Deciding,
    responses((
        status = 200, body = resource::Resource, description = "As it is now; what Cal.com says to it shows later.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn decide(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let (item, version) = find_at(&state, caller.company(), &id, &headers).await?;
    let mut fields = Fields::of(object);
    let decision = decision(&mut fields);
    let booking = match decision {
        Some((Choice::Link, _)) => fields.required("booking_uid", |f| f.text("booking_uid", LONGEST_NAME)),
        _ => None,
    };
    let (choice, reason) = fields.finish(decision)?;
    if !may(&caller, item.about.kind()) {
        return Err(lacks_catalogue());
    }
    let booking = booking.map(BookingUid);
    let decision = Decision { choice, reason, booking, actor: caller.actor(), version };
    let item = state.engine.decide_review(caller.company(), item.id, decision).await?;
    answer(&state, &caller, &item).await
}

/// A choice by its name, and why.
pub fn decision(fields: &mut Fields) -> Option<(Choice, Option<String>)> {
    let choices = one_of(Choice::ALL.into_iter().map(Choice::as_str));
    let choice = fields.required("choice", |f| f.parsed("choice", choices, Choice::from_name));
    let reason = fields.text("reason", LONGEST_REASON);
    choice.map(|choice| (choice, reason))
}

/// To whom.
pub fn assignment(fields: &mut Fields) -> Handled {
    let to = fields.parsed("user_id", id_expected(UserId::PREFIX), |text| text.parse::<UserId>().ok());
    Handled::Assigned { to }
}

/// Until when.
pub fn rest(fields: &mut Fields, now: Timestamp) -> Handled {
    let until = fields.instant("until");
    if until.is_some_and(|until| until <= now) {
        fields.fault("until", Text::new("liegt nicht in der Zukunft", "is not in the future"));
    }
    Handled::Snoozed { until }
}

/// A note.
pub fn note(fields: &mut Fields) -> Option<Handled> {
    let text = fields.required("text", |fields| fields.text("text", LONGEST_COMMENT));
    text.map(|text| Handled::Commented { text })
}

/// To whom.
#[derive(Debug, ToSchema)]
#[schema(as = ReviewAssignment)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Assignment {
    /// Left out or `null`: nobody.
    user_id: Option<String>,
}

/// Give an item to somebody
#[utoipa::path(
    post,
    path = "/api/v1/reviews/{id}/assign",
    operation_id = "assign_review",
    tag = "reviews",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`rev_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    request_body = Assignment,
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn assign(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let (item, version) = find_at(&state, caller.company(), &id, &headers).await?;
    let mut fields = Fields::of(object);
    let what = assignment(&mut fields);
    let what = fields.finish(Some(what))?;
    handle(&state, &caller, &item, version, what).await
}

/// Until when.
#[derive(Debug, ToSchema)]
#[schema(as = ReviewSnooze)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Snooze {
    /// RFC 3339 with an offset, in the future. Left out or `null`: it is asked again now.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-25T08:00:00+01:00")]
    until: Option<Timestamp>,
}

/// Put an item off
#[utoipa::path(
    post,
    path = "/api/v1/reviews/{id}/snooze",
    operation_id = "snooze_review",
    tag = "reviews",
    security(("api_key" = ["appointments:write"])),
    params(
        ("id" = String, Path, description = "`rev_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    request_body = Snooze,
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn snooze(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let (item, version) = find_at(&state, caller.company(), &id, &headers).await?;
    let mut fields = Fields::of(object);
    let what = rest(&mut fields, state.engine.ambient.now());
    let what = fields.finish(Some(what))?;
    handle(&state, &caller, &item, version, what).await
}

/// A note.
#[derive(Debug, ToSchema)]
#[schema(as = ReviewComment)]
#[expect(dead_code, reason = "describes what is read")]
pub struct Comment {
    #[schema(max_length = 2000)]
    text: String,
}

/// Write something down about an item
///
/// Nothing of the item changes but what was done about it, so no version is asked for.
#[utoipa::path(
    post,
    path = "/api/v1/reviews/{id}/comment",
    operation_id = "comment_review",
    tag = "reviews",
    security(("api_key" = ["appointments:write"])),
    params(("id" = String, Path, description = "`rev_…`")),
    request_body = Comment,
    responses((
        status = 200, body = resource::Resource, description = "As it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn comment(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let item = find(&state, caller.company(), &id).await?;
    let mut fields = Fields::of(object);
    let what = note(&mut fields);
    let what = fields.finish(what)?;
    handle(&state, &caller, &item, None, what).await
}

async fn handle(
    state: &AppState,
    caller: &ApiCaller<AppointmentsWrite>,
    item: &Item,
    version: Option<i64>,
    what: Handled,
) -> Result<Response, Problem> {
    let company = caller.company();
    let item = state.engine.handle_review(company, item.id, caller.actor(), version, what).await?;
    answer(state, caller, &item).await
}

async fn answer(
    state: &AppState,
    caller: &ApiCaller<AppointmentsWrite>,
    item: &Item,
) -> Result<Response, Problem> {
    Ok(resource::answer(item, &clock(state, caller.company()).await?, state.engine.ambient.now()))
}
