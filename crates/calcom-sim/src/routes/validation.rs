//! Checks of the form of a body or query, before anything is looked up: ISO dates, time zones, metadata
//! limits, and the sentences of the booking body's own pipe.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::errors::Refusal;

const METADATA: &str = "Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters.";

/// Collects what the booking body's pipe complains about: `a property is wrong,why , b property is …`.
#[derive(Default)]
pub(crate) struct Complaints(Vec<String>);

impl Complaints {
    pub(crate) fn about(&mut self, property: &str, why: &str) {
        self.0.push(format!("{property} property is wrong,{why} "));
    }

    pub(crate) fn inside(&mut self, parent: &str, property: &str, why: &str) {
        self.0.push(format!("{parent} property is wrong, {property} property is wrong,{why} "));
    }

    pub(crate) fn refuse_if_any(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::bad_request(self.0.join(", "))) }
    }
}

/// An ISO 8601 instant. A time without offset is UTC, a date is its midnight in UTC.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// The end of a range: a bare date is meant up to its last moment.
pub(crate) fn range_end(text: &str) -> Option<Timestamp> {
    let at = instant(text)?;
    let bare_date = text.parse::<jiff::civil::Date>().is_ok() && !text.contains('T');
    Some(if bare_date { at + SignedDuration::from_hours(24) } else { at })
}

pub(crate) fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The limits on metadata that the body's pipe knows; it lets numbers and booleans pass.
pub(crate) fn check_metadata(metadata: &Value, complaints: &mut Complaints) {
    let sound = metadata.as_object().is_some_and(|entries| {
        entries.len() <= 50
            && entries.iter().all(|(key, value)| {
                key.chars().count() <= 40
                    && match value {
                        Value::String(text) => text.chars().count() <= 500,
                        Value::Number(_) | Value::Bool(_) => true,
                        _ => false,
                    }
            })
    });
    if !sound {
        complaints.about("metadata", METADATA);
    }
}

/// The known properties of a body; the rest is dropped without a word.
pub(crate) fn whitelisted(body: &Value, known: &[&str]) -> Map<String, Value> {
    let Some(body) = body.as_object() else { return Map::new() };
    body.iter()
        .filter(|(key, _)| known.contains(&key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}
