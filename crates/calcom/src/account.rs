//! The account that a key belongs to.

use serde::{Deserialize, Serialize};

use crate::wire;
use crate::{ScheduleId, UserId};

/// `GET /v2/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    pub id: UserId,
    pub email: String,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// IANA name.
    #[serde(default, deserialize_with = "wire::or_default")]
    pub time_zone: String,
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub default_schedule_id: Option<ScheduleId>,
    #[serde(default, deserialize_with = "wire::if_readable", skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<i64>,
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}
