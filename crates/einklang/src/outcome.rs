//! How a command ends: what it prints, for people or for programs, and the exit code.
//!
//! 0: done. 1: it could not be done; one sentence says why. 2: the command line is wrong, or a check
//! (`doctor`, `migrate --status`, `verify`, `retell simulate`) found something, or something was left undone.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};

const FAILED: u8 = 1;
const FOUND: u8 = 2;

/// What a command that was done has to say.
pub struct Outcome {
    json: Value,
    text: String,
    found: bool,
}

impl Outcome {
    /// The same thing for programs and for people.
    pub fn new(json: impl Serialize, text: impl Into<String>) -> anyhow::Result<Self> {
        Ok(Self { json: serde_json::to_value(json)?, text: text.into(), found: false })
    }

    /// Everything was said already.
    pub fn silent() -> Self {
        Self { json: Value::Null, text: String::new(), found: false }
    }

    /// Whether a check found something: exit code 2.
    pub fn found(mut self, found: bool) -> Self {
        self.found = found;
        self
    }

    pub fn print(self, json: bool) -> ExitCode {
        if json && !self.json.is_null() {
            say(&self.json.to_string());
        } else if !json && !self.text.is_empty() {
            say(self.text.trim_end());
        }
        if self.found { ExitCode::from(FOUND) } else { ExitCode::SUCCESS }
    }
}

/// The end of a command that could not be done.
pub fn failure(error: &anyhow::Error, json: bool) -> ExitCode {
    let message = format!("{error:#}");
    if json {
        say(&json!({ "error": { "code": "failed", "message": message } }).to_string());
    } else {
        eprintln!("error: {message}");
    }
    ExitCode::from(FAILED)
}

/// The end of a command line that was not understood, or that asked for help.
pub fn usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && json {
        let text = error.to_string();
        let message = text.trim_start_matches("error: ").lines().next().unwrap_or_default();
        say(&json!({ "error": { "code": "usage", "message": message } }).to_string());
    } else {
        // Nobody reads on the other side: nothing can be done about it.
        let _ = error.print();
    }
    if error.use_stderr() { ExitCode::from(FOUND) } else { ExitCode::SUCCESS }
}

/// One line on standard output. A reader that went away (`| head`) is no failure.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Rows under a heading, in columns as wide as their widest cell.
pub fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let heading = heading.map(str::to_uppercase);
    let lines = || std::iter::once(&heading).chain(rows);
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines().map(|line| line[column].chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for line in lines() {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["Mira Öz".to_owned(), "x".to_owned()], ["Jo".to_owned(), String::new()]];
        assert_eq!(table(["name", "n"], &rows), "NAME     N\nMira Öz  x\nJo\n");
    }
}
