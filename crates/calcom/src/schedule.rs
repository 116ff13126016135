//! Opening hours (schedules 2024-06-11).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::wire;
use crate::{ScheduleId, UserId};

/// A weekly schedule with exceptions. Times are wall-clock times in its time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    pub id: ScheduleId,
    pub owner_id: UserId,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub availability: Vec<ScheduleAvailability>,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub is_default: bool,
    #[serde(default, deserialize_with = "wire::or_default")]
    pub overrides: Vec<ScheduleOverride>,
}

/// Hours that repeat on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleAvailability {
    /// English names, `Monday`.
    pub days: Vec<String>,
    /// `09:00`.
    pub start_time: String,
    pub end_time: String,
}

/// Other hours on one day; the same start and end means closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleOverride {
    pub date: Date,
    pub start_time: String,
    pub end_time: String,
}
