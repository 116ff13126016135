//! `GET /api/v1/services/{id}/divergences`: what was changed at Cal.com and is not taken over.
//! `POST …/divergences:settle`: what is to be done about one of them.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::LinkId;
use domain::catalogue::{Divergence, EventTypeRecord, Setting};
use engine::services::{ServiceError, Settlement, Side};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AtVersion, clock, find, resource};
use crate::api::caller::{ApiCaller, CatalogueRead};
use crate::api::catalogue::All;
use crate::api::etag;
use crate::api::input::{Fields, JsonObject, id_expected, one_of};
use crate::problem::Problem;
use crate::state::AppState;

/// A field of one event type that was changed at Cal.com. Values are texts, as they are compared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Divergence)]
pub struct DivergenceResource {
    /// Names the event type when the divergence is settled.
    pub link_id: String,
    /// The field, by its name in the service.
    #[schema(example = "name")]
    pub field: &'static str,
    /// Whose event type it is; `null` for a team's.
    pub staff_id: Option<String>,
    /// Which stretch of work, from 0.
    pub segment: u16,
    pub calcom_event_type_id: Option<i64>,
    /// What is said here.
    pub ours: String,
    /// What both sides last said alike; `null` if they never did since they were tied.
    pub agreed: Option<String>,
    /// What Cal.com says.
    pub theirs: String,
    #[schema(format = DateTime)]
    pub first_seen_at: String,
    #[schema(format = DateTime)]
    pub last_seen_at: String,
    /// A person has said that it may stay.
    pub dismissed: bool,
    /// Whether the service has a place for what Cal.com says.
    pub can_take: bool,
}

/// List what differs at Cal.com
#[utoipa::path(
    get,
    path = "/api/v1/services/{id}/divergences",
    operation_id = "list_divergences",
    tag = "catalogue",
    security(("api_key" = ["catalogue:read"])),
    params(("id" = String, Path, description = "`svc_…`")),
    responses((
        status = 200, body = All<DivergenceResource>, description = "All, by event type and field.",
        headers(("ETag" = String, description = "The version of the service.")),
    )),
)]
pub async fn divergences(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let case = find(&state, caller.company(), &id).await?;
    let clock = clock(&state, caller.company()).await?;
    let resource = |record: &EventTypeRecord, divergence: &Divergence| {
        let setting = divergence.setting;
        DivergenceResource {
            link_id: record.id.to_string(),
            field: setting.as_str(),
            staff_id: record.staff_id.map(|id| id.to_string()),
            segment: record.segment,
            calcom_event_type_id: record.event_type_id,
            ours: setting.value(&case.wanted(record)),
            agreed: record.shared.get(&setting).cloned(),
            theirs: divergence.theirs.clone(),
            first_seen_at: clock.write(divergence.first_seen_at),
            last_seen_at: clock.write(divergence.last_seen_at),
            dismissed: divergence.dismissed,
            can_take: record.sighting().is_some_and(|seen| case.can_take(setting, &seen.settings)),
        }
    };
    let all = case.current().flat_map(|record| record.divergences.iter().map(move |it| (record, it)));
    let all = All::of(all.map(|(record, divergence)| resource(record, divergence)).collect());
    Ok(([(header::ETAG, etag::of(case.service.version))], all).into_response())
}

/// A decision about one divergence.
#[derive(Debug, ToSchema)]
#[schema(as = DivergenceSettlement)]
#[expect(dead_code, reason = "describes what is read")]
pub struct SettlementWish {
    /// The event type, as the divergence names it.
    #[schema(example = "lnk_0193a5b0c1d27f3e8a4b5c6d7e8f9012")]
    link_id: String,
    /// The field, as the divergence names it.
    #[schema(example = "name")]
    field: String,
    /// What Cal.com says, as it was read: about nothing else is decided.
    theirs: String,
    /// `ours`: what is said here is sent; `theirs`: what Cal.com says is taken over; `dismiss`: both stay as they are,
    /// until Cal.com says something else.
    #[schema(example = "ours")]
    side: String,
}

/// Settle a divergence
///
/// Read the divergences, decide about one, and name it as it was read. What Cal.com says by now counts, too: if that is
/// something else than `theirs`, nothing is changed and the answer is 412.
#[utoipa::path(
    post,
    path = "/api/v1/services/{id}/divergences:settle",
    operation_id = "settle_divergence",
    tag = "catalogue",
    security(("api_key" = ["catalogue:write"])),
    params(
        ("id" = String, Path, description = "`svc_…`"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; `*` for any."),
    ),
    request_body = SettlementWish,
    responses((
        status = 200, body = resource::Resource, description = "The service as it is now.",
        headers(("ETag" = String, description = "Its version.")),
    )),
)]
pub async fn settle(
    State(state): State<AppState>,
    AtVersion { caller, case, version }: AtVersion,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let company = caller.company();
    let mut fields = Fields::of(object);
    let settlement = read(&mut fields);
    let settlement = fields.finish(settlement)?;
    // What Cal.com says by now counts, if it can be asked.
    match state.engine.look_at_service(company, case.service.id).await {
        Err(ServiceError::Silent) => {}
        looked => looked?,
    }
    let settled =
        state.engine.settle_divergence(company, case.service.id, settlement, caller.actor(), version).await?;
    Ok(resource::answer(&settled, &clock(&state, company).await?))
}

fn read(f: &mut Fields) -> Option<Settlement> {
    let link = f.required("link_id", |f| {
        f.parsed("link_id", id_expected(LinkId::PREFIX), |text| text.parse::<LinkId>().ok())
    });
    let setting = f.required("field", |f| {
        f.parsed("field", one_of(Setting::ALL.into_iter().map(Setting::as_str)), Setting::from_name)
    });
    let theirs = f.required("theirs", |f| f.verbatim("theirs"));
    let sides = [("ours", Side::Ours), ("theirs", Side::Theirs), ("dismiss", Side::Both)];
    let side = f.required("side", |f| {
        let named = |text: &str| sides.into_iter().find(|(name, _)| *name == text).map(|(_, side)| side);
        f.parsed("side", one_of(sides.into_iter().map(|(name, _)| name)), named)
    });
    Some(Settlement { link: link?, setting: setting?, theirs: theirs?, side: side? })
}
