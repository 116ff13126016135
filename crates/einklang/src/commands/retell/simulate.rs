//! `einklang retell simulate`: calls that nobody makes, over the network, with the agent's own signature.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use bytes::Bytes;
use calcom::{HttpTransport, TimeOuts, Transport as _};
use clap::Args;
use retell::SIGNATURE_HEADER;
use retell::rehearsal::{Ask, Rehearsal, Script, Turn};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use store::REHEARSAL;
use web::phone::SIGNING_KEY;
use web::phone::rehearse::SCENARIOS;

use super::{base_url, chosen, lookup};
use crate::installation::Installation;
use crate::outcome::Outcome;

const LONG_ABOUT: &str = "\
Play calls against the running server as Retell makes them, and judge every answer

Each call rings, calls functions, and hangs up. What it books is really booked, at Cal.com too, and cancelled at its
end; the page of calls says that it was a test. Exit code 2 if an answer has no sentence to speak or one that cannot be
spoken, is too long or too late, or if something else comes of it than the scenario expects.

Scenarios: book, another-time, two-people, cancel, repeated, unknown; all of them if none is named.";

#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Simulate {
    /// Slug of the company
    #[arg(long)]
    company: String,
    /// Name of the agent; not needed where there is one
    #[arg(long)]
    agent: Option<String>,
    /// The branch that is called; not needed where there is one
    #[arg(long)]
    branch: Option<String>,
    /// A script of your own, instead of scenarios: see docs/phone.md
    #[arg(long, value_name = "FILE", conflicts_with = "scenarios")]
    script: Option<PathBuf>,
    /// Where the server is reached; its public address if left out
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// What is played
    #[arg(value_name = "SCENARIO", value_parser = SCENARIOS.map(|it| it.name))]
    scenarios: Vec<String>,
}

/// Who is called, and with what.
struct Line {
    network: HttpTransport,
    base: String,
    key: SecretString,
    number: Option<String>,
}

impl Simulate {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let scripts = self.scripts()?;
        let store = at.store().await?;
        let company = lookup::company(&store, &self.company).await?;
        let agent = chosen(store.agents(company.id).await?, self.agent.as_deref())?;
        let branch = lookup::branch(store.branches(company.id).await?, self.branch.as_deref())?;
        let engine = at.engine(store)?;
        let key = engine.vault.open(company.id, SIGNING_KEY, &agent.signing_key.0);
        let server = self.server.as_deref().unwrap_or(&at.config.public_url.value);
        let line = Line {
            network: HttpTransport::new(TimeOuts::default())?,
            base: base_url(server.trim_end_matches('/'), &agent.token),
            key: key.context("the signing key of the agent does not open with this secret key")?,
            number: branch.phone.map(|number| number.to_string()),
        };
        let (mut text, mut told, mut breaches) = (String::new(), Vec::new(), 0);
        for (name, script) in scripts {
            let (call_id, turns) = line.play(at, script).await;
            if turns.iter().all(|turn| turn.http_status.is_none()) {
                bail!("{server} does not answer; name the running server with --server");
            }
            let _ = writeln!(text, "{name} ({call_id})");
            for turn in &turns {
                print(&mut text, turn);
                breaches += turn.breaches.len();
            }
            told.push(json!({
                "scenario": name, "call_id": call_id, "turns": turns.iter().map(document).collect::<Vec<_>>(),
            }));
        }
        let _ = match breaches {
            0 => writeln!(text, "Every answer is as it must be."),
            1 => writeln!(text, "1 thing is not as it must be."),
            _ => writeln!(text, "{breaches} things are not as they must be."),
        };
        Ok(Outcome::new(json!({ "breaches": breaches, "calls": told }), text)?.found(breaches > 0))
    }

    /// What is to be played, by its names.
    fn scripts(&self) -> anyhow::Result<Vec<(String, Script)>> {
        if let Some(file) = &self.script {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            let script = text.parse().with_context(|| format!("{} is no script", file.display()))?;
            return Ok(vec![(file.display().to_string(), script)]);
        }
        let wanted = |name: &str| self.scenarios.is_empty() || self.scenarios.iter().any(|it| it == name);
        let scenarios = SCENARIOS.iter().filter(|it| wanted(it.name));
        scenarios.map(|it| Ok((it.name.to_owned(), it.script.parse()?))).collect()
    }
}

impl Line {
    async fn play(&self, at: &Installation, script: Script) -> (String, Vec<Turn>) {
        let id = format!("{REHEARSAL}{}", at.ambient.id().simple());
        let mut rehearsal = Rehearsal::new(script, &id, self.number.as_deref(), at.ambient.now());
        let mut turns = Vec::new();
        while let Some(ask) = rehearsal.next(at.ambient.now()) {
            let begun = at.ambient.now();
            let answered =
                self.send(&ask, retell::sign(self.key.expose_secret(), ask.body.as_bytes(), begun)).await;
            let took = at.ambient.now().duration_since(begun).unsigned_abs();
            let answered = answered.as_ref().map(|(status, body)| (*status, &body[..]));
            turns.push(rehearsal.hear(ask, answered, took));
        }
        (rehearsal.call_id().to_owned(), turns)
    }

    async fn send(&self, ask: &Ask, signature: String) -> Option<(u16, Bytes)> {
        let request = http::Request::post(format!("{}/{}", self.base, ask.path))
            .header(http::header::CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, signature)
            .body(Bytes::from(ask.body.clone()))
            .ok()?;
        let answer = self.network.send(request).await.ok()?;
        Some((answer.status().as_u16(), answer.into_body()))
    }
}

fn print(text: &mut String, turn: &Turn) {
    let asked = turn.function().unwrap_or(match turn.path.as_str() {
        "inbound" => "it rings",
        _ => "it is over",
    });
    let args = turn.args.as_object().into_iter().flatten().map(|(name, value)| format!(" {name}={value}"));
    let _ = writeln!(text, "  {asked}{} ({} ms)", args.collect::<Vec<_>>().concat(), turn.took.as_millis());
    if let Some(status) = turn.answer["status"].as_str() {
        let _ = writeln!(text, "    {status}: {}", turn.say());
    }
    for breach in &turn.breaches {
        let _ = writeln!(text, "    WRONG: {breach}");
    }
}

fn document(turn: &Turn) -> Value {
    json!({
        "path": turn.path, "arguments": turn.args, "http_status": turn.http_status, "answer": turn.answer,
        "milliseconds": u64::try_from(turn.took.as_millis()).unwrap_or(u64::MAX),
        "breaches": turn.breaches.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
