//! How JSON from Cal.com is read: `null` where a value was promised, numbers in text fields, empty text
//! that means "none". Only rules that several types share live here; none of them ever fails.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `null`, like a missing field, is the default.
pub(crate) fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// Anything that does not read as `T` is "none": for facts nothing depends on.
pub(crate) fn if_readable<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(from)?).ok())
}

/// Text; empty text and anything that is not text are "none".
pub(crate) fn text<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(match Value::deserialize(from)? {
        Value::String(text) if !text.is_empty() => Some(T::from(text)),
        _ => None,
    })
}

/// Metadata as text by text. Cal.com takes only text since 2024-08-13, older rows hold anything.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Object(entries) => entries
            .into_iter()
            .filter_map(|(key, value)| match value {
                Value::Null => None,
                Value::String(text) => Some((key, text)),
                other => Some((key, other.to_string())),
            })
            .collect(),
        _ => BTreeMap::new(),
    })
}
