//! `POST /api/v1/reviews:bulk`: one decision about many items, in rounds.

use axum::Json;
use axum::extract::State;
use domain::ReviewId;
use domain::review::{Choice, Item};
use engine::reviews::{Outcome, Wanted, Which};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::actions::choice;
use super::resource::ChoiceResource;
use super::{list, may};
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject, Parameters, id_expected};
use crate::api::words;
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

/// Items of one round.
const ROUND: usize = 100;
/// Characters of the longest reason.
const LONGEST_REASON: usize = 500;

/// One decision about many items.
#[derive(Debug, ToSchema)]
#[schema(as = BulkDecision)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Body {
    #[schema(schema_with = words::choices)]
    choice: String,
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
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// What became of the items of a round.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkDecisionResult)]
pub struct Answer {
    pub data: Vec<One>,
    /// How many were decided, or would be.
    pub done: usize,
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
    /// `done` (in a dry run: would be), `refused`.
    pub outcome: &'static str,
    /// Why it was refused.
    pub code: Option<Code>,
    /// In a dry run: what would be done at Cal.com first.
    pub plan: Option<&'static str>,
}

/// Decide about many items
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
    let Read { choice, reason, which, dry, place } = read(object)?;
    let wanted = Wanted { which, choice, reason, actor: caller.actor(), dry, seen_at: None };
    let may = |item: &Item| may(&caller, item.about.kind());
    let round = state.engine.decide_reviews(company, &wanted, may, place.as_deref(), ROUND).await;
    let round = round.map_err(|error| match error {
        engine::Error::Store(store::Error::InvalidCursor) => Problem::invalid(Vec::new()).at(
            Place::Body("/cursor".to_owned()),
            Text::new("kein Cursor, der hier ausgegeben wurde", "not a cursor that was given out here"),
        ),
        error => Problem::internal(&error),
    })?;
    let mut answer = Answer { data: Vec::new(), done: 0, refused: 0, next_cursor: round.next };
    for (item, outcome) in round.items {
        let (outcome, code, plan) = match outcome {
            Outcome::Would(prospect) => ("done", None, ChoiceResource::from(&prospect).plan),
            Outcome::Done => ("done", None, None),
            Outcome::Refused(error) => ("refused", Some(Problem::from(error).code()), None),
        };
        if outcome == "done" {
            answer.done += 1;
        } else {
            answer.refused += 1;
        }
        answer.data.push(One { id: item.id.to_string(), outcome, code, plan });
    }
    Ok(Json(answer))
}

struct Read {
    choice: Choice,
    reason: Option<String>,
    which: Which,
    dry: bool,
    place: Option<String>,
}

fn read(object: Map<String, Value>) -> Result<Read, Problem> {
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let choice = choice(f);
    let ids: Option<Vec<ReviewId>> =
        f.list("ids", ROUND, &id_expected(ReviewId::PREFIX), |text| text.parse().ok());
    let filter = f.raw_object("filter");
    let dry = f.flag("dry_run").unwrap_or(false);
    let place = f.verbatim("cursor");
    let reason = f.text("reason", LONGEST_REASON);
    if ids.is_some() == filter.is_some() && f.is_well() {
        f.fault("ids", Text::new("entweder „ids“ oder „filter“", "either `ids` or `filter`"));
    }
    let choice = fields.finish(choice)?;
    let which = match (ids, filter) {
        (Some(ids), _) => Which::These(ids),
        (None, filter) => {
            let mut parameters = Parameters::of_object("/filter", filter.unwrap_or_default())?;
            let filter = list::filter(&mut parameters);
            Which::All(parameters.finish(filter)?)
        }
    };
    Ok(Read { choice, reason, which, dry, place })
}
