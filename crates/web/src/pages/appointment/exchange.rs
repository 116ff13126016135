//! What travelled between here and Cal.com, fit to be shown: the shape and the dates stay, people do not.

use domain::reference::Reference;
use serde_json::{Map, Value};

/// One direction of a call, or a webhook: the first line and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub line: String,
    pub body: String,
}

/// Texts under these names say nothing about a person. Every other text is hidden: a name that Cal.com
/// invents tomorrow is hidden too.
const HARMLESS: [&str; 24] = [
    "bookingUid",
    "code",
    "createdAt",
    "end",
    "endTime",
    "icsUid",
    "iCalUID",
    "language",
    "locale",
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
];

/// Under these a salon, a customer or Cal.com's apps write what they like, under names of their own.
const FREE: [&str; 5] =
    ["metadata", "responses", "userFieldsResponses", "bookingFieldsResponses", "customInputs"];

impl Exchange {
    /// `line` is a method and a path, or a status; neither holds more than ids. A body of `null` is none.
    pub fn redacted(line: impl Into<String>, body: &Value) -> Self {
        let body = match body {
            Value::Null => String::new(),
            body => serde_json::to_string_pretty(&redact(None, body, false)).unwrap_or_default(),
        };
        Self { line: line.into(), body }
    }
}

/// `is_free`: the names mean nothing.
fn redact(name: Option<&str>, value: &Value, is_free: bool) -> Value {
    let hidden = || Value::String("•••".into());
    match value {
        // Our own reference is no data of a customer, whatever Cal.com wraps it in.
        Value::String(text)
            if text.is_empty()
                || name.is_some_and(|name| !is_free && HARMLESS.contains(&name))
                || text.parse::<Reference>().is_ok() =>
        {
            value.clone()
        }
        // What Cal.com says in its own words names people by their addresses (recording 117).
        Value::String(text) if name == Some("message") && !is_free => {
            Value::String(engine::redact::without_addresses(text))
        }
        Value::String(_) => hidden(),
        Value::Number(_) if is_free => hidden(),
        Value::Array(items) => items.iter().map(|item| redact(name, item, is_free)).collect(),
        Value::Object(fields) => {
            let redacted = fields.iter().map(|(name, value)| {
                let is_free = is_free || FREE.contains(&name.as_str());
                (name.clone(), redact(Some(name), value, is_free))
            });
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
        let reference = "apt_0193a5b0c1d27f3e8a4b5c6d7e8f9012.0.1";
        let body = json!({
            "start": "2026-11-26T13:30:00Z",
            "eventTypeId": 4711,
            "title": "Damenschnitt between Mira and Aylin Demir",
            "attendees": [{ "name": "Aylin Demir", "email": "aylin@example.org", "timeZone": "Europe/Berlin" }],
            "guests": ["cem@example.org"],
            "metadata": { "einklang_ref": reference, "other": "secret", "code": "geheim", "card": 4242 },
            "responses": {
                "einklang-ref": { "label": "Ref", "value": reference, "isHidden": true },
                "message": { "value": "schwanger" }, "type": { "value": "privat" }, "age": 37,
            },
        });
        let shown = Exchange::redacted("POST /v2/bookings", &body);
        let hidden =
            ["Aylin", "example.org", "Mira", "secret", "geheim", "4242", "schwanger", "privat", "37"];
        assert!(hidden.iter().all(|text| !shown.body.contains(text)), "{}", shown.body);
        let kept = ["2026-11-26T13:30:00Z", "4711", "Europe/Berlin", "attendees"];
        assert!(kept.iter().all(|text| shown.body.contains(text)), "{}", shown.body);
        assert_eq!(shown.body.matches(reference).count(), 2, "{}", shown.body);
    }
}
