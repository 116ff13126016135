//! What travelled between here and Cal.com, fit to be shown: the shape and the dates stay, people do not.

use serde_json::{Map, Value};

/// One direction of a call, or a webhook: the first line and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub line: String,
    pub body: String,
}

/// Texts under these names say nothing about a person. Every other text is hidden: a name that Cal.com
/// invents tomorrow is hidden too.
const HARMLESS: [&str; 26] = [
    "bookingUid",
    "code",
    "createdAt",
    "end",
    "endTime",
    "icsUid",
    "iCalUID",
    "language",
    "locale",
    "message",
    "method",
    "rescheduledFromUid",
    "rescheduledToUid",
    "rescheduleUid",
    "slug",
    "start",
    "startTime",
    "status",
    "timeZone",
    "timestamp",
    "triggerEvent",
    "type",
    "uid",
    "updatedAt",
    "version",
    "einklang",
];

impl Exchange {
    /// `line` is a method and a path, or a status; neither holds more than ids. A body of `null` is none.
    pub fn redacted(line: impl Into<String>, body: &Value) -> Self {
        let body = match body {
            Value::Null => String::new(),
            body => serde_json::to_string_pretty(&redact(None, body)).unwrap_or_default(),
        };
        Self { line: line.into(), body }
    }
}

fn redact(name: Option<&str>, value: &Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() || name.is_some_and(|name| HARMLESS.contains(&name)) => {
            value.clone()
        }
        Value::String(_) => Value::String("•••".into()),
        Value::Array(items) => items.iter().map(|item| redact(name, item)).collect(),
        Value::Object(fields) => {
            let redacted = fields.iter().map(|(name, value)| (name.clone(), redact(Some(name), value)));
            Value::Object(redacted.collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_are_hidden_and_dates_are_not() {
        let body = json!({
            "start": "2026-11-26T13:30:00Z",
            "eventTypeId": 4711,
            "title": "Damenschnitt between Mira and Aylin Demir",
            "attendees": [{ "name": "Aylin Demir", "email": "aylin@example.org", "timeZone": "Europe/Berlin" }],
            "guests": ["cem@example.org"],
            "metadata": { "einklang": "apt_1.1", "other": "secret" },
        });
        let shown = Exchange::redacted("POST /v2/bookings", &body);
        let hidden = ["Aylin", "example.org", "Mira", "secret"];
        assert!(hidden.iter().all(|text| !shown.body.contains(text)), "{}", shown.body);
        let kept = ["2026-11-26T13:30:00Z", "4711", "Europe/Berlin", "apt_1.1", "attendees"];
        assert!(kept.iter().all(|text| shown.body.contains(text)), "{}", shown.body);
    }
}
