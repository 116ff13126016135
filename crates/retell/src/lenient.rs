//! Reading bodies without being strict: a field of the wrong type is an absent field, so that a change
//! at Retell's side costs us that field and never the call. Only what is named in [`BodyError`] is refused.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// Why a body is not what it should be. The sender is at fault, or the agent is set up wrongly;
/// sending the same body again cannot help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Not JSON, or not a JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// There is no call, or it has no id. Function calls look like this when the tool is configured
    /// with "Payload: args only", which must be off.
    #[error("the body has no `call` with a `call_id`")]
    NoCall,
    /// A webhook without the name of its event.
    #[error("the body has no `event`")]
    NoEvent,
}

/// For `#[serde(default, deserialize_with = …)]`: the value, or nothing where it has another shape.
pub(crate) fn maybe<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

/// An instant from Unix milliseconds, Retell's unit everywhere.
pub(crate) fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let millis: Option<i64> = maybe(deserializer)?;
    Ok(millis.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
}

/// The top level of a body, without NUL characters: not every database takes them, and nobody says one.
pub(crate) fn object(body: &[u8]) -> Result<serde_json::Map<String, Value>, BodyError> {
    let object: serde_json::Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| BodyError::NotAnObject)?;
    Ok(object.into_iter().map(|(name, value)| (speakable(&name), without_nul(value))).collect())
}

fn speakable(text: &str) -> String {
    text.replace('\0', &char::REPLACEMENT_CHARACTER.to_string())
}

fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(speakable(&text)),
        Value::Array(values) => values.into_iter().map(without_nul).collect(),
        Value::Object(values) => {
            values.into_iter().map(|(name, value)| (speakable(&name), without_nul(value))).collect()
        }
        other => other,
    }
}

/// Takes one field out of a body, when it is there and has the right shape.
pub(crate) fn take<T: DeserializeOwned>(
    object: &mut serde_json::Map<String, Value>,
    field: &str,
) -> Option<T> {
    serde_json::from_value(object.remove(field)?).ok()
}
