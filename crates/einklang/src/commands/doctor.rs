//! `einklang doctor`: what is wrong with this installation, in sentences. What is checked is in
//! `doctor/{installation,company,account}.rs`; here it is collected and told.

mod account;
mod company;
mod installation;

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::installation::Installation;
use crate::outcome::Outcome;

/// Say what is wrong with this installation; exit code 2 if anything is. Changes nothing.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Ask nobody over the network: leave Cal.com out
    #[arg(long)]
    offline: bool,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// For programs: stays the same from version to version.
    pub code: &'static str,
    /// The company it concerns, by its slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What can be done about it.
    pub advice: String,
}

/// What was found and what was looked at.
#[derive(Debug, Default)]
pub struct Examination {
    pub findings: Vec<Finding>,
    pub checks: u32,
    company: Option<String>,
}

impl Examination {
    /// Looks at one thing; `wrong` is what is said if it is not as it should be.
    pub fn check(
        &mut self,
        fine: bool,
        code: &'static str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.checks += 1;
        if !fine {
            self.findings.push(Finding {
                code,
                company: self.company.clone(),
                message: message.into(),
                advice: advice.into(),
            });
        }
    }
}

impl Doctor {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let mut seen = Examination::default();
        installation::examine(&mut seen, at);
        if let Some(store) = installation::database(&mut seen, at).await? {
            let companies = store.companies().await?;
            seen.check(
                !companies.is_empty(),
                "no_company",
                "There is no company yet.",
                "Make one with `einklang company create`.",
            );
            let engine = at.engine(store).ok();
            for company in companies {
                seen.company = Some(company.slug.clone());
                if let Some(engine) = &engine {
                    company::examine(&mut seen, engine, &company).await?;
                    account::examine(&mut seen, engine, &company, self.offline).await?;
                }
                seen.company = None;
            }
        }
        let Examination { findings, checks, .. } = seen;
        let mut text = String::new();
        for finding in &findings {
            let whose = finding.company.as_ref().map_or(String::new(), |slug| format!("[{slug}] "));
            let _ = writeln!(text, "- {whose}{}\n  {}", finding.message, finding.advice);
        }
        let verdict = match findings.len() {
            0 => "Everything is fine".to_owned(),
            1 => "1 thing is wrong".to_owned(),
            n => format!("{n} things are wrong"),
        };
        let _ = writeln!(text, "{verdict}; {checks} checks.");
        let found = !findings.is_empty();
        let json = json!({
            "ok": !found, "checks": checks, "findings": findings, "configuration": at.config.describe_json(),
        });
        Ok(Outcome::new(json, text)?.found(found))
    }
}
