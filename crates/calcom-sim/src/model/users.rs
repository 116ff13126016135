//! People, their API keys, teams and working hours.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::Model;
use crate::limits::RateLimit;

/// Cal.com's number of a user.
pub type UserId = i64;
/// Cal.com's number of a team.
pub type TeamId = i64;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) time_zone: String,
    pub(crate) default_schedule_id: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) key: String,
    pub(crate) user_id: UserId,
    pub(crate) limit: RateLimit,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Team {
    pub(crate) id: TeamId,
    pub(crate) name: String,
    pub(crate) members: Vec<UserId>,
}

/// Hours of some weekdays, in the schedule's own time zone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkingHours {
    #[serde(serialize_with = "write_days", deserialize_with = "read_days")]
    pub days: Vec<Weekday>,
    pub from: Time,
    pub to: Time,
}

impl WorkingHours {
    /// `days` from `from` to `to` o'clock.
    pub fn new(days: &[Weekday], from: i8, to: i8) -> Self {
        Self { days: days.to_vec(), from: Time::constant(from, 0, 0, 0), to: Time::constant(to, 0, 0, 0) }
    }

    /// Monday to Saturday, 9 to 18 o'clock.
    pub fn monday_to_saturday() -> Self {
        use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};
        Self::new(&[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday], 9, 18)
    }
}

/// Weekdays as numbers, Monday is 1.
fn write_days<S: Serializer>(days: &[Weekday], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(days.iter().map(|day| day.to_monday_one_offset()))
}

fn read_days<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Weekday>, D::Error> {
    let numbers = Vec::<i8>::deserialize(from)?;
    numbers
        .into_iter()
        .map(|number| Weekday::from_monday_one_offset(number).map_err(serde::de::Error::custom))
        .collect()
}

/// One date that differs from the weekly hours; `hours: None` is a day off.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DateOverride {
    pub date: Date,
    pub hours: Option<(Time, Time)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Schedule {
    pub(crate) id: i64,
    pub(crate) owner_id: UserId,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) hours: Vec<WorkingHours>,
    pub(crate) overrides: Vec<DateOverride>,
}

impl Schedule {
    /// Opening hours of one date, in civil time of the schedule's zone.
    pub(crate) fn hours_on(&self, date: Date) -> Vec<(Time, Time)> {
        let overrides: Vec<&DateOverride> = self.overrides.iter().filter(|o| o.date == date).collect();
        if !overrides.is_empty() {
            return overrides.into_iter().filter_map(|o| o.hours).collect();
        }
        let weekday = date.weekday();
        self.hours.iter().filter(|h| h.days.contains(&weekday)).map(|h| (h.from, h.to)).collect()
    }

    pub(crate) fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    pub(crate) fn to_json(&self, default_schedule_id: Option<i64>) -> Value {
        let hours = |time: Time| time.strftime("%H:%M").to_string();
        let availability: Vec<Value> = self
            .hours
            .iter()
            .map(|h| {
                let days: Vec<String> = h.days.iter().map(|d| format!("{d:?}")).collect();
                json!({"days": days, "startTime": hours(h.from), "endTime": hours(h.to)})
            })
            .collect();
        let overrides: Vec<Value> = self
            .overrides
            .iter()
            .map(|o| {
                let (from, to) = o.hours.unwrap_or((Time::midnight(), Time::midnight()));
                json!({"date": o.date.to_string(), "startTime": hours(from), "endTime": hours(to)})
            })
            .collect();
        json!({
            "id": self.id,
            "ownerId": self.owner_id,
            "name": self.name,
            "timeZone": self.time_zone,
            "availability": availability,
            "isDefault": default_schedule_id == Some(self.id),
            "overrides": overrides,
        })
    }
}

impl Model {
    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_named(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username == username)
    }

    pub(crate) fn api_key(&self, key: &str) -> Option<&ApiKey> {
        self.keys.iter().find(|known| known.key == key)
    }

    pub(crate) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// The hours that hold for a host: the event type's own schedule, else the host's default one.
    pub(crate) fn schedule_for(&self, host: UserId, event_type_schedule: Option<i64>) -> Option<&Schedule> {
        let id = event_type_schedule.or_else(|| self.user(host)?.default_schedule_id)?;
        self.schedules.iter().find(|schedule| schedule.id == id)
    }
}
