//! What every answer must be: there in time, with a sentence that can be spoken, and short.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::answer::MAX_ANSWER_CHARS;

/// How long Retell waits for a function, as it is told to.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long it may ring.
const RINGING: Duration = Duration::from_millis(500);
/// How long Retell waits for a report to be taken.
const REPORT: Duration = Duration::from_secs(10);
const STATUSES: [&str; 7] = ["ok", "needs_input", "not_found", "conflict", "pending", "requested", "error"];

/// What must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// There was no answer.
    Silent,
    /// The HTTP status is no success.
    Failed {
        http_status: u16,
    },
    Late {
        took: Duration,
        most: Duration,
    },
    /// There is no sentence to speak.
    NothingToSay,
    /// A status that is not documented.
    NoStatus {
        found: String,
    },
    /// Something in the sentence that nobody says: a date of a machine, a placeholder.
    NotSpeakable {
        found: String,
    },
    TooLong {
        chars: usize,
    },
    /// Not what the script expects.
    Unexpected {
        wanted: String,
        got: String,
    },
    /// The same wish came to another appointment, or to something else, or nothing tells that it did not.
    NotTheSame,
    /// No answer has told what an argument stands for.
    NothingToldFor {
        argument: String,
    },
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => write!(f, "no answer"),
            Self::Failed { http_status } => write!(f, "HTTP {http_status}"),
            Self::Late { took, most } => {
                write!(f, "{} ms, more than {} ms", took.as_millis(), most.as_millis())
            }
            Self::NothingToSay => write!(f, "no sentence in `say`"),
            Self::NoStatus { found } => write!(f, "no such status: `{found}`"),
            Self::NotSpeakable { found } => write!(f, "`{found}` in `say`"),
            Self::TooLong { chars } => write!(f, "{chars} characters, more than {MAX_ANSWER_CHARS}"),
            Self::Unexpected { wanted, got } => write!(f, "`{got}` instead of {wanted}"),
            Self::NotTheSame => write!(f, "the same wish came to something else"),
            Self::NothingToldFor { argument } => write!(f, "no answer has told a value for `{argument}`"),
        }
    }
}

/// What is wrong with an answer.
pub fn breaches(path: &str, answered: Option<(u16, &[u8])>, took: Duration) -> Vec<Breach> {
    let Some((http_status, body)) = answered else { return vec![Breach::Silent] };
    let (is_function, most) = match path {
        "inbound" => (false, RINGING),
        "calls" => (false, REPORT),
        _ => (true, PATIENCE),
    };
    let mut breaches = Vec::new();
    if took > most {
        breaches.push(Breach::Late { took, most });
    }
    if !(200..300).contains(&http_status) {
        breaches.push(Breach::Failed { http_status });
    } else if is_function {
        breaches.extend(of_answer(body));
    }
    breaches
}

fn of_answer(body: &[u8]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let status = answer["status"].as_str().unwrap_or_default();
    if !STATUSES.contains(&status) {
        breaches.push(Breach::NoStatus { found: status.to_owned() });
    }
    let say = answer["say"].as_str().unwrap_or_default();
    if say.trim().is_empty() {
        breaches.push(Breach::NothingToSay);
    }
    breaches.extend(unspeakable(say).map(|found| Breach::NotSpeakable { found }));
    let chars = String::from_utf8_lossy(body).chars().count();
    if chars > MAX_ANSWER_CHARS {
        breaches.push(Breach::TooLong { chars });
    }
    breaches
}

/// `2026-11-24`, `14:30:00`, `{{name}}` or `⟦key⟧`.
fn unspeakable(say: &str) -> Option<String> {
    let chars: Vec<char> = say.chars().collect();
    let fits = |at: usize, pattern: &str| {
        let found = chars.get(at..at + pattern.len())?;
        let same = found.iter().zip(pattern.chars()).all(|(c, wanted)| match wanted {
            '0' => c.is_ascii_digit(),
            wanted => *c == wanted,
        });
        same.then(|| found.iter().collect())
    };
    let patterns = ["0000-00-00", "00:00:00", "{{", "}}"];
    let found = (0..chars.len()).find_map(|at| patterns.iter().find_map(|pattern| fits(at, pattern)));
    found.or_else(|| say.contains('⟦').then(|| "⟦".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_spoken_is_found() {
        let judged = |body: &str| breaches("functions/x", Some((200, body.as_bytes())), Duration::ZERO);
        assert_eq!(judged(r#"{"status":"ok","say":"Dienstag, der 24. November um 14 Uhr 30."}"#), []);
        assert_eq!(judged("null"), [Breach::NoStatus { found: String::new() }, Breach::NothingToSay]);
        for (say, found) in [
            ("Frei ist 2026-11-24T10:00.", "2026-11-24"),
            ("Um 14:30:00 Uhr", "14:30:00"),
            ("Hallo {{name}}", "{{"),
            ("⟦say-x⟧", "⟦"),
        ] {
            let body = serde_json::json!({ "status": "ok", "say": say }).to_string();
            assert_eq!(judged(&body), [Breach::NotSpeakable { found: found.into() }], "{say}");
        }
        let long = serde_json::json!({ "status": "done", "say": "x".repeat(1_500) }).to_string();
        assert_eq!(judged(&long)[0], Breach::NoStatus { found: "done".into() });
        assert!(matches!(judged(&long)[1], Breach::TooLong { chars } if chars > 1_500));
        let late = Duration::from_millis(501);
        assert!(matches!(breaches("inbound", Some((200, b"{}")), late)[..], [Breach::Late { .. }]));
        assert_eq!(breaches("calls", Some((204, b"")), late), []);
        assert_eq!(breaches("calls", Some((503, b"")), late), [Breach::Failed { http_status: 503 }]);
        assert_eq!(breaches("calls", None, late), [Breach::Silent]);
    }
}
