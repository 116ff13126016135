//! `GET /api/v1/services/{id}/divergences`: what was changed at Cal.com and is not taken over.

use axum::Json;
use axum::extract::{Path, State};
use domain::catalogue::{Divergence, EventTypeRecord};
use serde::Serialize;
use utoipa::ToSchema;

use super::{clock, find};
use crate::api::caller::{ApiCaller, CatalogueRead};
use crate::api::catalogue::All;
use crate::problem::Problem;
use crate::state::AppState;

/// A field of one event type that was changed at Cal.com. Values are texts, as they are compared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Divergence)]
pub struct DivergenceResource {
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
    /// What both sides last said.
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
    responses((status = 200, body = All<DivergenceResource>, description = "All, by event type and field.")),
)]
pub async fn divergences(
    caller: ApiCaller<CatalogueRead>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<All<DivergenceResource>>, Problem> {
    let case = find(&state, caller.company(), &id).await?;
    let clock = clock(&state, caller.company()).await?;
    let resource = |record: &EventTypeRecord, divergence: &Divergence| {
        let setting = divergence.setting;
        DivergenceResource {
            field: setting.as_str(),
            staff_id: record.staff_id.map(|id| id.to_string()),
            segment: record.segment,
            calcom_event_type_id: record.event_type_id,
            ours: setting.value(&case.wanted(record)),
            agreed: record.agreed.as_ref().map(|agreed| setting.value(agreed)),
            theirs: divergence.theirs.clone(),
            first_seen_at: clock.write(divergence.first_seen_at),
            last_seen_at: clock.write(divergence.last_seen_at),
            dismissed: divergence.dismissed,
            can_take: record.sighting().is_some_and(|seen| case.can_take(setting, &seen.settings)),
        }
    };
    let all = case.current().flat_map(|record| record.divergences.iter().map(move |it| (record, it)));
    Ok(All::of(all.map(|(record, divergence)| resource(record, divergence)).collect()))
}
