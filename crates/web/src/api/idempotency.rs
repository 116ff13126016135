//! Requests that are sent twice because an answer was lost: the `Idempotency-Key` names a wish, and the
//! same wish is granted once. Keys are kept apart by company and operation.

use axum::http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::Dedupe;

use crate::problem::{Code, Place, Problem, Text};

/// The header that names a wish.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header of an answer that repeats an earlier one's effect.
pub const REPLAYED: &str = "idempotency-replayed";
const LONGEST: usize = 255;

/// The key of a request, with the fingerprint of what is wished: the operation, what it is about, the body.
///
/// # Errors
/// A key that is empty, too long, or not visible ASCII.
pub fn dedupe(
    headers: &HeaderMap,
    operation: &str,
    about: &str,
    body: &Map<String, Value>,
) -> Result<Option<Dedupe>, Problem> {
    let Some(header) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = header.to_str().ok().map(str::trim);
    let Some(key) = key.filter(|key| !key.is_empty() && key.len() <= LONGEST) else {
        let detail = Text::new(
            format!("1 bis {LONGEST} sichtbare ASCII-Zeichen"),
            format!("1 to {LONGEST} visible ASCII characters"),
        );
        return Err(Problem::new(Code::IdempotencyKeyInvalid).at(Place::Header("Idempotency-Key"), detail));
    };
    let mut meaning = format!("{operation}\n{about}\n");
    write_canonical(&Value::Object(body.clone()), &mut meaning);
    Ok(Some(Dedupe {
        scope: format!("api {operation}"),
        key: key.to_owned(),
        fingerprint: hex::encode(Sha256::digest(meaning.as_bytes())),
    }))
}

/// Marks an answer as a repetition.
pub fn replayed(response: &mut axum::response::Response) {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
}

/// JSON with sorted names and no blanks: the order of fields and the layout mean nothing.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut names: Vec<_> = object.keys().collect();
            names.sort_unstable();
            out.push('{');
            for name in names {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(&object[name], out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fingerprint(body: &Value) -> String {
        let headers =
            HeaderMap::from_iter([(IDEMPOTENCY_KEY.parse().unwrap(), HeaderValue::from_static("k"))]);
        let body = body.as_object().unwrap();
        dedupe(&headers, "POST /x", "apt_1", body).unwrap().unwrap().fingerprint
    }

    #[test]
    fn the_meaning_of_a_body_does_not_depend_on_its_layout() {
        let one = serde_json::from_str(r#"{"b":[1,{"d":null,"c":"x"}],"a":1}"#).unwrap();
        assert_eq!(fingerprint(&one), fingerprint(&json!({ "a": 1, "b": [1, { "c": "x", "d": null }] })));
        for other in [json!({ "a": 1 }), json!({ "a": 1, "b": [{ "c": "x", "d": null }, 1] })] {
            assert_ne!(fingerprint(&one), fingerprint(&other));
        }
    }

    #[test]
    fn a_key_is_visible_and_not_endless() {
        for key in ["", " ", "\u{7f}", &"k".repeat(256)] {
            let Ok(value) = HeaderValue::from_bytes(key.as_bytes()) else { continue };
            let headers = HeaderMap::from_iter([(IDEMPOTENCY_KEY.parse().unwrap(), value)]);
            assert!(dedupe(&headers, "POST /x", "", &Map::new()).is_err(), "{key:?}");
        }
        assert_eq!(dedupe(&HeaderMap::new(), "POST /x", "", &Map::new()), Ok(None));
    }
}
