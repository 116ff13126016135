//! `POST /api/v1/appointments:bulk`: one action on many appointments, in rounds.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::{AppointmentId, StaffId};
use engine::appointments::{Act, Outcome, Wanted, Which};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::change::LONGEST_REASON;
use super::list;
use super::sync_status::word;
use crate::api::caller::{ApiCaller, AppointmentsWrite};
use crate::api::input::{Fields, JsonObject, Parameters, id_expected, one_of};
use crate::api::{idempotency, words};
use crate::problem::{Code, Place, Problem, Text};
use crate::state::AppState;

/// Appointments of one round.
const ROUND: usize = 100;
/// Minutes of the longest move: a year.
const FARTHEST: i64 = 366 * 24 * 60;

const ACTIONS: [&str; 9] =
    ["cancel", "move", "confirm", "reject", "no_show", "no_show_taken_back", "check", "settle", "delete"];

/// What is to be done about which appointments.
#[derive(Debug, ToSchema)]
#[schema(as = BulkChange)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub struct Body {
    /// `cancel`, `move`, `confirm`, `reject`, `no_show`, `no_show_taken_back`, `check`, `settle` or `delete`.
    action: String,
    /// These appointments, at most 100.
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<AppointmentId>>,
    /// All that match, with the names of the list's parameters: texts, or lists of texts.
    #[schema(value_type = Option<Object>, example = json!({ "staff": "stf_…", "from": "2026-11-24", "to": "2026-11-24" }))]
    filter: Option<Map<String, Value>>,
    /// Says what would happen, and does nothing.
    #[schema(default = false)]
    dry_run: Option<bool>,
    /// The `next_cursor` of the round before.
    cursor: Option<String>,
    /// Of a cancellation, a rejection, a move, a deletion; Cal.com is told it too.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Of a move: how far, in steps of 15; earlier where negative.
    #[schema(value_type = Option<i64>)]
    minutes: Option<i64>,
    /// Of a move: to whom.
    #[schema(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// Of `settle`: `ours` or `theirs`.
    side: Option<String>,
}

/// What became of the appointments of a round.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct Answer {
    pub data: Vec<Item>,
    /// How many were changed, or would be.
    pub done: usize,
    /// How many were as wished already, or changed by an earlier request with this key.
    pub unchanged: usize,
    /// How many were left as they are, each with its reason.
    pub refused: usize,
    /// Names the next round, as `cursor` of the same request with the same key; `null` after the last one.
    pub next_cursor: Option<String>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkItem)]
pub struct Item {
    pub id: String,
    pub label: String,
    /// `done` (in a dry run: would be), `unchanged`, `refused`.
    pub outcome: &'static str,
    /// Why it was refused.
    pub code: Option<Code>,
    /// What the comparison with Cal.com says now.
    #[schema(schema_with = words::sync_status)]
    pub sync_status: &'static str,
    /// In a dry run: what would be done at Cal.com first, as in the sync status.
    pub plan: Option<&'static str>,
    /// The version it is at.
    pub version: i64,
}

/// Change many appointments
///
/// In rounds of at most 100: repeat the request with the `next_cursor` of the answer as `cursor` until it is
/// `null`. Each appointment is changed on its own, once per key, however often a round is sent.
#[utoipa::path(
    post,
    path = "/api/v1/appointments:bulk",
    operation_id = "change_appointments",
    tag = "appointments",
    security(("api_key" = ["appointments:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the wish; required, except in a dry run.")),
    request_body = Body,
    responses((status = 200, body = Answer, description = "What became of the appointments of this round.")),
)]
pub async fn bulk(
    caller: ApiCaller<AppointmentsWrite>,
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonObject(mut object): JsonObject,
) -> Result<Json<Answer>, Problem> {
    let company = caller.company();
    // The rounds of one wish differ in where they begin.
    let place = object.remove("cursor").filter(|cursor| !cursor.is_null());
    let dedupe = idempotency::dedupe(&headers, "POST /api/v1/appointments:bulk", "", &object)?;
    let zone = list::time_zone(&state, company).await?;
    let Read { acts, which, dry_run } = read(object, &zone)?;
    if dedupe.is_none() && !dry_run {
        return Err(Problem::new(Code::IdempotencyKeyInvalid)
            .at(Place::Header("Idempotency-Key"), Text::new("wird benötigt", "is required")));
    }
    let wanted =
        Wanted { which, acts, actor: caller.actor(), once: dedupe.filter(|_| !dry_run), seen_at: None };
    let not_ours = || {
        Problem::invalid(Vec::new()).at(
            Place::Body("/cursor".to_owned()),
            Text::new("kein Cursor, der hier ausgegeben wurde", "not a cursor that was given out here"),
        )
    };
    let place = match place {
        Some(Value::String(place)) => Some(place),
        Some(_) => return Err(not_ours()),
        None => None,
    };
    let round = state.engine.many(company, &wanted, place.as_deref(), ROUND as u64).await;
    let round = round.map_err(|error| match error {
        engine::Error::Store(store::Error::InvalidCursor) => not_ours(),
        engine::Error::Store(store::Error::DedupeMismatch) => Problem::new(Code::IdempotencyKeyReused),
        error => Problem::internal(&error),
    })?;
    let mut answer = Answer { data: Vec::new(), done: 0, unchanged: 0, refused: 0, next_cursor: round.next };
    for one in round.items {
        let appointment = &one.view.appointment;
        let (outcome, code, plan) = match one.outcome {
            Outcome::Would(preview) => ("done", None, Some(word(&preview.next))),
            Outcome::Done => ("done", None, None),
            Outcome::Unchanged => ("unchanged", None, None),
            Outcome::Refused(error) => ("refused", Some(Problem::from(error).code()), None),
        };
        match outcome {
            "done" => answer.done += 1,
            "unchanged" => answer.unchanged += 1,
            _ => answer.refused += 1,
        }
        answer.data.push(Item {
            id: appointment.id.to_string(),
            label: appointment.label(),
            outcome,
            code,
            sync_status: appointment.sync.as_str(),
            plan,
            version: appointment.version,
        });
    }
    Ok(Json(answer))
}

struct Read {
    acts: Vec<Act>,
    which: Which,
    dry_run: bool,
}

fn read(object: Map<String, Value>, zone: &jiff::tz::TimeZone) -> Result<Read, Problem> {
    let mut fields = Fields::of(object);
    let f = &mut fields;
    let action = f.required("action", |f| {
        f.parsed("action", one_of(ACTIONS.into_iter()), |text| {
            ACTIONS.into_iter().find(|action| *action == text)
        })
    });
    let ids = f.list("ids", ROUND, &id_expected(AppointmentId::PREFIX), |text| text.parse().ok());
    let filter = f.raw_object("filter");
    let dry_run = f.flag("dry_run").unwrap_or(false);
    let act = action.and_then(|action| read_act(f, action));
    if ids.is_some() == filter.is_some() && f.is_well() {
        let detail = Text::new("entweder „ids“ oder „filter“", "either `ids` or `filter`");
        f.fault("ids", detail);
    }
    let act = fields.finish(act)?;
    let which = match (ids, filter) {
        (Some(ids), _) => Which::These(ids),
        (None, filter) => {
            let mut parameters = Parameters::of_object("/filter", filter.unwrap_or_default())?;
            let filter = list::filter(&mut parameters, zone);
            Which::All(parameters.finish(filter)?)
        }
    };
    Ok(Read { acts: vec![act], which, dry_run })
}

fn read_act(f: &mut Fields, action: &str) -> Option<Act> {
    match action {
        "cancel" => Some(Act::Cancel { reason: f.text("reason", LONGEST_REASON) }),
        "reject" => Some(Act::Reject { reason: f.text("reason", LONGEST_REASON) }),
        "delete" => Some(Act::Delete { reason: f.text("reason", LONGEST_REASON) }),
        "confirm" => Some(Act::Confirm),
        "no_show" => Some(Act::NoShow { absent: true }),
        "no_show_taken_back" => Some(Act::NoShow { absent: false }),
        "check" => Some(Act::CheckAgain),
        "settle" => f.required("side", |f| {
            f.parsed("side", one_of(["ours", "theirs"].into_iter()), |text| match text {
                "ours" => Some(Act::Settle { ours: true }),
                "theirs" => Some(Act::Settle { ours: false }),
                _ => None,
            })
        }),
        _ => {
            let steps = Text::new(
                "erwartet wird ein Vielfaches von 15, höchstens ein Jahr",
                "a multiple of 15 is expected, at most a year",
            );
            let minutes = f.number("minutes", steps, |n| n % 15 == 0 && (-FARTHEST..=FARTHEST).contains(&n));
            let staff =
                f.parsed("staff_id", id_expected(StaffId::PREFIX), |text| text.parse::<StaffId>().ok());
            if minutes.is_none_or(|minutes| minutes == 0) && staff.is_none() && f.is_well() {
                f.fault("minutes", Text::new("wird benötigt", "is required"));
            }
            let minutes = i32::try_from(minutes.unwrap_or(0)).ok()?;
            Some(Act::Shift { minutes, staff, reason: f.text("reason", LONGEST_REASON) })
        }
    }
}
