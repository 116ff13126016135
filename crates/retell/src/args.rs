//! The arguments of a function call, as a language model fills them in: numbers as strings, "null" for
//! nothing, a template that was never replaced, keys that nobody asked for.
//!
//! Reads single values leniently. What a value means (a date, a service) is decided elsewhere.

use std::fmt;

use serde_json::{Map, Value};

/// Arguments by name. Unknown ones stay and do no harm.
#[derive(Clone, Default, PartialEq)]
pub struct Args(Map<String, Value>);

impl Args {
    /// The text of an argument, trimmed. Numbers and booleans are given as text: a telephone number
    /// may come as a JSON number.
    ///
    /// `null`, `""`, `"null"`, `"undefined"` and anything that still holds a `{{template}}` are absent.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => present(text).map(str::to_owned),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A whole number: `3`, `3.0`, `"3"`. Fractions are absent.
    pub fn integer(&self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        let whole = text.split_once('.').map_or(Some(text.as_str()), |(whole, fraction)| {
            fraction.bytes().all(|digit| digit == b'0').then_some(whole)
        })?;
        whole.parse().ok()
    }

    /// A yes or no: `true`, `"true"`, `"yes"`, `"ja"`, `1` and their opposites. Anything else is absent,
    /// so that a confirmation is never guessed.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "ja" | "1" => Some(true),
            "false" | "no" | "nein" | "0" => Some(false),
            _ => None,
        }
    }

    /// Names of all arguments that came, also of absent values and unknown ones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl From<Map<String, Value>> for Args {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

/// Names only: the values are a customer's.
impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

fn present(text: &str) -> Option<&str> {
    let text = text.trim();
    let absent = text.is_empty()
        || text.contains("{{")
        || text.eq_ignore_ascii_case("null")
        || text.eq_ignore_ascii_case("undefined");
    (!absent).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn args(value: Value) -> Args {
        Args(serde_json::from_value(value).unwrap())
    }

    #[test]
    fn what_says_nothing_is_absent() {
        for nothing in [
            json!(null),
            json!(""),
            json!("  "),
            json!("null"),
            json!("Undefined"),
            json!("{{x}}"),
            json!("+49 {{user_number}}"),
            json!([]),
            json!({"a": 1}),
        ] {
            let args = args(json!({ "x": nothing }));
            assert_eq!((args.text("x"), args.integer("x"), args.flag("x")), (None, None, None), "{nothing}");
        }
        assert_eq!(Args::default().text("x"), None);
    }

    #[test]
    fn values_are_coerced() {
        let args = args(json!({
            "int": 3, "text_int": " 3 ", "float": 3.0, "half": 3.5, "big": 4_915_112_345_678_i64,
            "yes": true, "text_no": "FALSE", "ja": "Ja", "name": " Zoë Größe ", "maybe": "vielleicht",
        }));
        assert_eq!(args.integer("int"), Some(3));
        assert_eq!(args.integer("text_int"), Some(3));
        assert_eq!(args.integer("float"), Some(3));
        assert_eq!(args.integer("half"), None);
        assert_eq!(args.text("big").as_deref(), Some("4915112345678"));
        assert_eq!(args.flag("yes"), Some(true));
        assert_eq!(args.flag("text_no"), Some(false));
        assert_eq!(args.flag("ja"), Some(true));
        assert_eq!(args.flag("maybe"), None);
        assert_eq!(args.text("name").as_deref(), Some("Zoë Größe"));
        assert!(!format!("{args:?}").contains("Zoë"));
    }
}
