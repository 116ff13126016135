//! `POST /api/v1/reviews:bulk`: one deed about many items, in rounds.

use axum::Json;
use axum::extract::State;
use domain::ReviewId;
use domain::review::{Handled, Item};
use engine::reviews::{Outcome, Wanted, Which};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::actions;
use super::resource::ChoiceResource;
use super::{list, may};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject, Parameters, id_expected, one_of};
use crate::api::words;
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

/// Items of one round.
const ROUND: usize = 100;
const ACTIONS: [&str; 4] = ["decide", "assign", "snooze", "comment"];

/// One deed about many items.
#[derive(Debug, ToSchema)]
#[schema(as = BulkDecision)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Body {
    /// `decide`, `assign`, `snooze` or `comment`, with the fields of that action on one item.
    #[schema(default = "decide")]
    action: Option<String>,
    /// Of `decide`.
    #[schema(schema_with = words::choices)]
    choice: Option<String>,
    /// These items, at most 100.
    ids: Option<Vec<String>>,
    /// All that match, with the names of the list's parameters.
    #[schema(value_type = Option<Object>, example = json!({ "cause": "retries_used_up" }))]
    filter: Option<Map<String, Value>>,
    /// Says what would happen, and does nothing.
    #[schema(default = false)]
    dry_run: Option<bool>,
    /// The `next_cursor` of the round before.
    cursor: Option<String>,
    /// Of `decide`.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Of `assign`; left out or `null`: nobody.
    user_id: Option<String>,
    /// Of `snooze`; left out or `null`: they are asked again now.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Of `comment`.
    #[schema(max_length = 2000)]
    text: Option<String>,
}

/// What became of the items of a round.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkDecisionResult)]
pub struct Answer {
    pub data: Vec<One>,
    /// How many were decided, or would be.
    pub done: usize,
    /// For how many Cal.com did not answer within the time of a request: their bookings are read, and can be cancelled then.
    pub under_way: usize,
    /// How many were left as they are, each with its reason.
    pub refused: usize,
    /// Names the next round, as `cursor` of the same request; `null` after the last one.
    pub next_cursor: Option<String>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkDecisionItem)]
pub struct One {
    pub id: String,
    /// `done` (in a dry run: would be), `under_way`, `refused`.
    pub outcome: &'static str,
    /// Why it was refused.
    pub code: Option<Code>,
    /// In a dry run: what would be done at Cal.com first.
    pub plan: Option<&'static str>,
}

/// Decide about many items, give them to somebody, put them off or comment on them
///
/// In rounds of at most 100: repeat the request with the `next_cursor` of the answer as `cursor` until it is `null`. Sent
/// twice, it finds nothing to decide the second time.
#[utoipa::path(
    post,
    path = "/api/v1/reviews:bulk",
    operation_id = "decide_reviews",
    tag = "reviews",
    security(("api_key" = ["appointments:write"])),
    request_body = Body,
    responses((status = 200, body = Answer, description = "What became of the items of this round.")),
)]
pub async fn bulk(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    JsonObject(object): JsonObject,
) -> Result<Json<Answer>, Problem> {
    let company = caller.company();
    let Read { what, which, dry, place } = read(object, state.engine.ambient.now())?;
    let decides = matches!(what, Handled::Chosen { .. });
    let wanted = Wanted { which, what, actor: caller.actor(), dry, seen_at: None };
    let may = |item: &Item| !decides || may(&caller, item.about.kind());
    let round = state.engine.decide_reviews(company, &wanted, may, place.as_deref(), ROUND).await;
    let round = round.map_err(|error| match error {
        engine::Error::Store(store::Error::InvalidCursor) => Problem::invalid(Vec::new()).at(
            Place::Body("/cursor".to_owned()),
            Text::new("kein Cursor, der hier ausgegeben wurde", "not a cursor that was given out here"),
        ),
        error => Problem::internal(&error),
    })?;
    let mut answer = Answer { data: Vec::new(), done: 0, under_way: 0, refused: 0, next_cursor: round.next };
    for (item, outcome) in round.items {
        let (outcome, code, plan) = match outcome {
            Outcome::Would(prospect) => {
                ("done", None, prospect.and_then(|prospect| ChoiceResource::from(&prospect).plan))
            }
            Outcome::Done => ("done", None, None),
            Outcome::Underway => ("under_way", None, None),
            Outcome::Refused(error) => ("refused", Some(Problem::from(error).code()), None),
        };
        *match outcome {
            "done" => &mut answer.done,
            "under_way" => &mut answer.under_way,
            _ => &mut answer.refused,
        } += 1;
        answer.data.push(One { id: item.id.to_string(), outcome, code, plan });
    }
    Ok(Json(answer))
}

struct Read {
    what: Handled,
    which: Which,
    dry: bool,
    place: Option<String>,
}

fn read(object: Map<String, Value>, now: Timestamp) -> Result<Read, Problem> {
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let action = if f.has("action") {
        f.required("action", |f| f.parsed("action", one_of(ACTIONS.into_iter()), named))
    } else {
        Some("decide")
    };
    let what = match action {
        Some("assign") => Some(actions::assignment(f)),
        Some("snooze") => Some(actions::rest(f, now)),
        Some("comment") => actions::note(f),
        Some(_) => actions::decision(f).map(|(choice, reason)| Handled::Chosen { choice, reason }),
        None => None,
    };
    let ids: Option<Vec<ReviewId>> =
        f.list("ids", ROUND, &id_expected(ReviewId::PREFIX), |text| text.parse().ok());
    let filter = f.raw_object("filter");
    let dry = f.flag("dry_run").unwrap_or(false);
    let place = f.verbatim("cursor");
    if ids.is_some() == filter.is_some() && f.is_well() {
        f.fault("ids", Text::new("entweder „ids“ oder „filter“", "either `ids` or `filter`"));
    }
    let what = fields.finish(what)?;
    let which = match (ids, filter) {
        (Some(ids), _) => Which::These(ids),
        (None, filter) => {
            let mut parameters = Parameters::of_object("/filter", filter.unwrap_or_default())?;
            let filter = list::filter(&mut parameters);
            Which::All(parameters.finish(filter)?)
        }
    };
    Ok(Read { what, which, dry, place })
}

fn named(text: &str) -> Option<&'static str> {
    ACTIONS.into_iter().find(|action| *action == text)
}
