//! `GET /api/v1/notification-channels`, and a channel as the API shows it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::notify::Quiet;
use serde::Serialize;
use store::NotificationChannel;
use utoipa::ToSchema;

use crate::api::caller::{ApiCaller, NotificationsRead};
use crate::api::catalogue::All;
use crate::api::words;
use crate::problem::Problem;
use crate::state::AppState;

/// A way by which people are told: behind the bell of the pages (`app`), by e-mail, or in a room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationChannel)]
pub struct Resource {
    pub id: String,
    #[schema(schema_with = words::channel_kinds)]
    pub kind: &'static str,
    /// Of a room; empty for the others.
    pub name: String,
    pub active: bool,
    /// What is told, each with the weakest role that is told (`admin`, `manager`, `staff`). Whoever is in a room is told.
    #[schema(value_type = BTreeMap<String, String>, example = json!({ "urgent_question": "staff" }))]
    pub rules: BTreeMap<&'static str, &'static str>,
    /// When nothing goes that can wait.
    pub quiet: Option<QuietHours>,
    /// For how many minutes a message is gathered.
    pub gather_minutes: u8,
    /// Whether a room has an address; it is a secret and never told.
    pub has_target: bool,
}

/// Quiet hours, by the clock of the company; over midnight if they end before they begin.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuietHours {
    #[schema(example = "20:00")]
    pub from: String,
    #[schema(example = "07:30")]
    pub to: String,
}

impl From<NotificationChannel> for Resource {
    fn from(NotificationChannel { channel, target }: NotificationChannel) -> Self {
        let quiet = |Quiet { from, to }: Quiet| QuietHours {
            from: from.strftime("%H:%M").to_string(),
            to: to.strftime("%H:%M").to_string(),
        };
        Self {
            id: channel.id.to_string(),
            kind: channel.kind.as_str(),
            name: channel.name,
            active: channel.active,
            rules: channel.rules.iter().map(|(event, role)| (event.as_str(), role.as_str())).collect(),
            quiet: channel.quiet.map(quiet),
            gather_minutes: channel.gather_minutes,
            has_target: target.is_some(),
        }
    }
}

/// List the ways by which people are told
#[utoipa::path(
    get,
    path = "/api/v1/notification-channels",
    operation_id = "list_notification_channels",
    tag = "notifications",
    security(("api_key" = ["notifications:read"])),
    responses((status = 200, body = All<Resource>, description = "The bell, e-mail, then rooms by name.")),
)]
pub async fn list(
    caller: ApiCaller<NotificationsRead>,
    State(state): State<AppState>,
) -> Result<Json<All<Resource>>, Problem> {
    let channels = state.engine.store.notification_channels(caller.company()).await;
    let channels = channels.map_err(|error| Problem::internal(&error))?;
    Ok(All::of(channels.into_iter().map(Resource::from).collect()))
}
