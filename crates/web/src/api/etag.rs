//! Versions of appointments and services as entity tags (RFC 9110): a change can be bound to the version that was read.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::{Code, Place, Problem, Text};

/// The strong entity tag of a version: `"3"`.
pub fn of(version: i64) -> HeaderValue {
    // Digits between quotes are a valid header value.
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// What `If-Match` asks for of what is at version `current`: `Some` if the change must find
/// it there, `None` if anything will do (`*`).
///
/// # Errors
/// There is no condition, or it does not hold. Weak tags never match.
pub fn condition(headers: &HeaderMap, current: i64) -> Result<Option<i64>, Problem> {
    let mut given = headers.get_all(header::IF_MATCH).iter().peekable();
    if given.peek().is_none() {
        return Err(Problem::new(Code::VersionRequired).at(
            Place::Header("If-Match"),
            Text::new("erwartet wird das ETag, das gelesen wurde", "the ETag that was read is expected"),
        ));
    }
    let tags = given.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    for tag in tags.map(str::trim) {
        if tag == "*" {
            return Ok(None);
        }
        if tag.as_bytes() == of(current).as_bytes() {
            return Ok(Some(current));
        }
    }
    Err(stale(current))
}

/// The condition did not hold.
pub fn stale(current: i64) -> Problem {
    Problem::new(Code::VersionMismatch).because(Text::new(
        format!("Die aktuelle Version ist {current}."),
        format!("The current version is {current}."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_for_the_version_that_was_read() {
        let ask = |tag: &'static str| {
            condition(&HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(tag))]), 3)
        };
        assert_eq!(condition(&HeaderMap::new(), 3).unwrap_err().code(), Code::VersionRequired);
        assert_eq!(ask("*"), Ok(None));
        assert_eq!(ask("\"3\""), Ok(Some(3)));
        assert_eq!(ask("\"1\", \"3\""), Ok(Some(3)));
        for other in ["\"2\"", "W/\"3\"", "3", ""] {
            assert_eq!(ask(other).unwrap_err().code(), Code::VersionMismatch, "{other}");
        }
    }
}
