//! What of an exchange may be kept in the history: its shape, times, states and ids. Everything that a
//! person typed or is called by is replaced, and so is every key that is not known to be harmless.

use serde_json::Value;

/// Keys whose values say nothing about a person.
const HARMLESS: &[&str] = &[
    "status",
    "code",
    "statusCode",
    "timestamp",
    "path",
    "start",
    "end",
    "duration",
    "eventTypeId",
    "id",
    "uid",
    "slug",
    "createdAt",
    "updatedAt",
    "rescheduledFromUid",
    "rescheduledToUid",
    "icsUid",
    "absentHost",
    "absent",
    "timeZone",
    "language",
    "einklang_ref",
    "einklang-ref",
    "lengthInMinutes",
    "recurringBookingUid",
];

/// Keys whose values are prose of Cal.com's own: kept in errors, where they say what is wrong.
const PROSE: &[&str] = &["message", "error", "errors", "details", "constraints", "property"];

/// The value with everything personal replaced by `•••`.
pub fn redacted(value: &Value) -> Value {
    // A body without data is an error: Cal.com's own words.
    let is_error = value.get("status").is_none_or(|status| status != "success")
        && (value.get("error").is_some() || value.get("statusCode").is_some());
    redact(value, is_error)
}

fn redact(value: &Value, is_error: bool) -> Value {
    match value {
        Value::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, entry)| {
                    let kept = match entry {
                        Value::Object(_) | Value::Array(_) => redact(entry, is_error),
                        Value::Null | Value::Bool(_) => entry.clone(),
                        _ if HARMLESS.contains(&key.as_str()) => entry.clone(),
                        Value::String(text) if is_error && PROSE.contains(&key.as_str()) => {
                            Value::String(without_addresses(text))
                        }
                        _ => Value::String("•••".to_owned()),
                    };
                    (key.clone(), kept)
                })
                .collect(),
        ),
        Value::Array(entries) => Value::Array(entries.iter().map(|entry| redact(entry, is_error)).collect()),
        Value::String(_) => Value::String("•••".to_owned()),
        other => other.clone(),
    }
}

/// The path of a request without the values of its personal filters.
pub fn redacted_path(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    let query: Vec<_> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name @ ("attendeeEmail" | "attendeeName"), _)) => format!("{name}=•••"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", query.join("&"))
}

/// The text with every word that looks like an e-mail address or a phone number replaced.
pub fn without_addresses(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let personal =
                word.contains('@') || (word.trim_start_matches('"').starts_with('+') && digits > 6);
            if personal { format!("•••{}", &word[word.trim_end().len()..]) } else { word.to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_personal_is_left() {
        let body = json!({"status": "success", "data": {
            "uid": "u1", "title": "Haircut between Salon and Clara Client", "start": "2026-11-23T09:00:00Z",
            "attendees": [{"name": "Clara Client", "email": "clara@client.example", "timeZone": "Europe/Berlin",
                "phoneNumber": "+4915112345678", "absent": false}],
            "hosts": [{"id": 1, "name": "Salon Owner"}],
            "bookingFieldsResponses": {"notes": "side door", "einklang-ref": "apt_1.0.1"},
            "message": "see clara", "unknownKey": "Clara"
        }});
        let text = redacted(&body).to_string();
        for personal in ["lara", "client.example", "4915112345678", "side door", "Owner"] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }
        for kept in ["u1", "2026-11-23T09:00:00Z", "apt_1.0.1", "success"] {
            assert!(text.contains(kept), "{kept}");
        }
    }

    #[test]
    fn what_cal_com_says_is_wrong_is_kept_without_addresses() {
        let body = json!({"status": "error", "error": {"code": "BadRequestException",
            "message": "clara@client.example is not available"}});
        let text = redacted(&body).to_string();
        assert!(text.contains("is not available") && !text.contains("clara"), "{text}");
        assert_eq!(
            redacted_path("/v2/bookings?attendeeEmail=clara@client.example&take=1"),
            "/v2/bookings?attendeeEmail=•••&take=1"
        );
    }
}
