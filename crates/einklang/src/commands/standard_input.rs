//! Secrets from standard input, so that they stand neither in the history of a shell nor in a list of
//! processes.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, bail};
use secrecy::SecretString;

/// One line. At a terminal, `prompt` says what is asked for.
pub fn secret(prompt: &str) -> anyhow::Result<SecretString> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("{prompt}: ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("standard input cannot be read")?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        bail!("nothing came on standard input; expected: {prompt}");
    }
    Ok(line.into())
}
