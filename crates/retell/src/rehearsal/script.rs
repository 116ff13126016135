//! The script of a call, a line a step:
//!
//! ```text
//! # What follows a number sign is for people.
//! from +493023125001
//! check_availability service=$service date="in zwei Wochen"
//! expect ok
//! book_appointment slot_id=$slot_id customer_name="Test Anruf" confirmed=true
//! again
//! ```
//!
//! `from` is the caller's number, or `withheld`. A line that begins with a function's name calls it. `$slot_id` is the
//! first `slot_id` that was last told, `$slot_id.2` the second; `$service` the first service that can be booked.
//! `again` calls the same again, which must come to the same; `expect` names the statuses that may have been answered.

use std::str::FromStr;

use serde_json::Value;

/// A script that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The number that the caller shows; `None`: it is withheld.
    pub caller: Option<String>,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub what: What,
    pub expected: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Function { name: String, args: Vec<(String, Word)> },
    Again,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Plain(Value),
    Told { name: String, place: usize },
}

/// What is wrong with a line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("line {line}: `name=value` is wanted, not `{word}`")]
    Argument { line: usize, word: String },
    #[error("line {line}: a quotation mark is missing")]
    Quote { line: usize },
    #[error("line {line}: `{word}` comes before anything was asked")]
    TooEarly { line: usize, word: &'static str },
    #[error("line {line}: `from` takes a number or `withheld`")]
    From { line: usize },
    #[error("line {line}: more than {MOST} steps")]
    TooLong { line: usize },
    #[error("nothing is asked in it")]
    Empty,
}

impl ScriptError {
    /// The line that is wrong; 0 if it is none of them.
    pub fn line(&self) -> usize {
        match self {
            Self::Argument { line, .. }
            | Self::Quote { line }
            | Self::TooEarly { line, .. }
            | Self::From { line }
            | Self::TooLong { line } => *line,
            Self::Empty => 0,
        }
    }
}

/// Steps of a script: nobody who calls asks for more.
const MOST: usize = 30;

impl FromStr for Script {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let mut script = Self { caller: None, steps: Vec::new() };
        for (line, text) in text.lines().enumerate().map(|(index, text)| (index + 1, text.trim())) {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let mut words = words(text).ok_or(ScriptError::Quote { line })?.into_iter();
            let first = words.next().unwrap_or_default();
            match first.as_str() {
                "from" => {
                    let number = words.next().ok_or(ScriptError::From { line })?;
                    script.caller = (number != "withheld").then_some(number);
                }
                "expect" => {
                    let last = script.steps.last_mut();
                    let last = last.ok_or(ScriptError::TooEarly { line, word: "expect" })?;
                    last.expected = words.collect();
                }
                "again" if script.steps.is_empty() => {
                    return Err(ScriptError::TooEarly { line, word: "again" });
                }
                "again" => script.steps.push(Step { what: What::Again, expected: Vec::new() }),
                _ => {
                    let args = words.map(|word| argument(line, &word)).collect::<Result<_, _>>()?;
                    let what = What::Function { name: first, args };
                    script.steps.push(Step { what, expected: Vec::new() });
                }
            }
            if script.steps.len() > MOST {
                return Err(ScriptError::TooLong { line });
            }
        }
        if script.steps.is_empty() { Err(ScriptError::Empty) } else { Ok(script) }
    }
}

fn argument(line: usize, word: &str) -> Result<(String, Word), ScriptError> {
    let (name, value) =
        word.split_once('=').ok_or_else(|| ScriptError::Argument { line, word: word.to_owned() })?;
    let word = match value.strip_prefix('$') {
        Some(told) => {
            let (name, place) = told.split_once('.').unwrap_or((told, "1"));
            let place = place.parse().ok().filter(|place| *place > 0);
            let place = place.ok_or_else(|| ScriptError::Argument { line, word: word.to_owned() })?;
            Word::Told { name: name.to_owned(), place }
        }
        // Numbers and truths as the model writes them; everything else is a text.
        None => Word::Plain(match serde_json::from_str(value) {
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
            _ => value.into(),
        }),
    };
    Ok((name.to_owned(), word))
}

/// Words of a line; what stands in quotation marks is one. `None` if one of them is missing.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    (!quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_told_with_its_line() {
        let wrong = |text: &str| text.parse::<Script>().unwrap_err();
        assert_eq!(wrong("# only words"), ScriptError::Empty);
        assert_eq!(wrong("\nexpect ok"), ScriptError::TooEarly { line: 2, word: "expect" });
        assert_eq!(wrong("again"), ScriptError::TooEarly { line: 1, word: "again" });
        assert_eq!(wrong("from"), ScriptError::From { line: 1 });
        assert_eq!(wrong("find_appointments name=\"Clara"), ScriptError::Quote { line: 1 });
        for word in ["Clara", "slot_id=$slot_id.0", "slot_id=$slot_id.x"] {
            let error = ScriptError::Argument { line: 1, word: word.into() };
            assert_eq!(wrong(&format!("find_appointments {word}")), error);
        }
        assert_eq!(wrong(&"identify_customer\n".repeat(31)), ScriptError::TooLong { line: 31 });
        let script: Script =
            "check_availability max_results=3 date=\"2026-11-24\" a= b=null".parse().unwrap();
        let plain = |name: &str, value: Value| (name.to_owned(), Word::Plain(value));
        let args = vec![
            plain("max_results", 3.into()),
            plain("date", "2026-11-24".into()),
            plain("a", "".into()),
            plain("b", "null".into()),
        ];
        assert_eq!(script.steps[0].what, What::Function { name: "check_availability".into(), args });
    }
}
