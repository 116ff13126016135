//! `einklang verify`: all bookings of each account are compared with what is known of them here, now.

use anyhow::bail;
use clap::Args;
use domain::appointment::{Actor, Origin};
use domain::company::Company;
use domain::verify::Window;
use domain::{CompanyId, VerificationId};
use engine::Engine;
use engine::verify::Wish;
use engine::worker::Errand;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::{Connection, Finding, Verification};

use super::{lookup, work};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// How long a run may stand still before it is told as it is: another worker goes on with it.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// Compare all bookings at Cal.com with what is known here, and look at what differs
///
/// What differs is looked at by itself and brought together as after a webhook; what a person has to decide waits as
/// an open question. Exit code 2 if both sides are not proven to be the same: a difference is left, or a question about what
/// was compared, however old; something was in hand, and is compared by the next run; something could not be read; or
/// a booking is on the list of no account that is connected.
#[derive(Debug, Args)]
pub struct Verify {
    /// Slug of the company [default: all]
    #[arg(long)]
    company: Option<String>,
    /// Which starts, both days included, in the company's time zone: 2026-11-01..2026-11-30 or 2026-11-01..
    /// [default: 30 days back and everything ahead]
    #[arg(long, value_parser = days)]
    window: Option<Days>,
    /// Show what differs, and let nothing follow from it: nothing is sent, taken over or asked
    #[arg(long)]
    check_only: bool,
}

/// From a day on, to a day or for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: Date,
    to: Option<Date>,
}

pub fn days(text: &str) -> Result<Days, String> {
    let wrong = || format!("{text:?} is not of the form \"2026-11-01..2026-11-30\"");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let from = from.parse().map_err(|_| wrong())?;
    let to = if to.is_empty() { None } else { Some(to.parse().map_err(|_| wrong())?) };
    if to.is_some_and(|to: Date| to < from) {
        return Err(format!("{text:?} ends before it begins"));
    }
    Ok(Days { from, to })
}

impl Days {
    pub fn window(self, time_zone: &str) -> anyhow::Result<Window> {
        let zone = TimeZone::get(time_zone)?;
        let begins = |day: Date| anyhow::Ok(day.to_zoned(zone.clone())?.timestamp());
        let to = self.to.map(|last| begins(last.tomorrow()?)).transpose()?;
        Ok(Window { from: begins(self.from)?, to })
    }
}

impl Verify {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        let companies = match &self.company {
            Some(slug) => vec![lookup::company(&store, slug).await?],
            None => store.companies().await?,
        };
        let engine = at.engine(store)?;
        let mut wanted = Vec::new();
        for company in companies {
            let window = self.window.map(|days| days.window(&company.time_zone)).transpose()?;
            let wish = Wish { window, check_only: self.check_only };
            for connection in engine.store.connections(company.id).await? {
                // Before any is begun: one that nobody waits for is told by nobody.
                if let Some(run) = engine.store.verification_under_way(company.id, connection.id).await?
                    && (run.check_only != wish.check_only || wish.window.is_some_and(|it| it != run.window))
                {
                    let (slug, name, since) = (&company.slug, &connection.name, run.started_at);
                    bail!(
                        "a verification of {name:?} ({slug}) is under way since {since}, and is another than this one; none was begun; wait until it has ended"
                    );
                }
                wanted.push((company.clone(), connection, wish));
            }
        }
        let mut runs = Vec::new();
        for (company, connection, wish) in wanted {
            let by = Actor { via: Some("einklang verify".to_owned()), ..Actor::of(Origin::System) };
            let id = engine.verify(company.id, connection.id, wish, by).await?;
            runs.push((company, connection, id));
        }
        let mut told = Told::default();
        for (company, connection, id) in runs {
            let run = finish(&engine, company.id, id).await?;
            told.add(&engine, &company, &connection, &run).await?;
        }
        told.outcome()
    }
}

/// Works on what is due, beside whoever does so too, until a run has ended; or as far as it has come, if it stands
/// still. Where nothing is to follow nothing else is done either.
async fn finish(engine: &Engine, company: CompanyId, id: VerificationId) -> anyhow::Result<Verification> {
    let run = engine.store.verification(company, id).await?;
    let errand = if run.check_only { Errand::Checks } else { Errand::Everything };
    work::beside(engine, errand, ended(engine, company, id)).await
}

async fn ended(engine: &Engine, company: CompanyId, id: VerificationId) -> anyhow::Result<Verification> {
    let mut run = engine.store.verification(company, id).await?;
    let now = || engine.ambient.now();
    let mut moved = now();
    while run.finished_at.is_none() && now().duration_since(moved) < PATIENCE {
        tokio::time::sleep(work::LOOK).await;
        let told = engine.store.verification(company, id).await?;
        if told != run {
            (run, moved) = (told, now());
        }
    }
    Ok(run)
}

#[derive(Default)]
struct Told {
    runs: Vec<[String; 11]>,
    findings: Vec<[String; 6]>,
    json: Vec<Value>,
    found: bool,
}

impl Told {
    async fn add(
        &mut self,
        engine: &Engine,
        company: &Company,
        connection: &Connection,
        run: &Verification,
    ) -> anyhow::Result<()> {
        let findings = engine.store.findings(company.id, run.id).await?;
        let open = findings.iter().filter(|finding| finding.healed_at.is_none());
        let open: Vec<&Finding> = open.collect();
        let proven = run.is_proof(open.len() as u64);
        self.found |= !proven;
        let compared = run.counts.same + run.counts.in_hand + findings.len() as u64;
        let state = if run.finished_at.is_some() { "done" } else { "under way" };
        self.runs.push(
            [
                company.slug.as_str(),
                &connection.name,
                state,
                &compared.to_string(),
                &run.counts.same.to_string(),
                &run.counts.in_hand.to_string(),
                &run.counts.unlisted.to_string(),
                &run.counts.unreadable.to_string(),
                &(findings.len() - open.len()).to_string(),
                &open.len().to_string(),
                &run.counts.questions.to_string(),
            ]
            .map(str::to_owned),
        );
        for finding in &open {
            let number = async |id| match id {
                Some(id) => {
                    anyhow::Ok(format!("A-{}", engine.store.case(company.id, id).await?.appointment.number))
                }
                None => Ok(String::new()),
            };
            let other = number(finding.other).await?;
            let number = number(finding.appointment).await?;
            let fields: Vec<_> = finding.fields.iter().map(|field| json!(field)).collect();
            let fields = fields
                .iter()
                .filter_map(Value::as_str)
                .chain([&*other].into_iter().filter(|it| !it.is_empty()))
                .collect::<Vec<_>>()
                .join(", ");
            let what = match finding.class.as_str() {
                "only_here" => "is not at Cal.com any more",
                "only_there" => "is not known here",
                "moved" => "was moved on",
                "stuck" => "was not being worked on",
                "overlaps" => "overlaps another of the same host",
                "unreadable" => "cannot be read",
                _ => "differs",
            };
            self.findings.push(
                [&company.slug, &connection.name, &finding.uid.0, &number, what, &fields]
                    .map(ToOwned::to_owned),
            );
        }
        self.json.push(json!({
            "id": run.id, "company": company.slug, "connection_id": run.connection, "account": connection.name,
            "check_only": run.check_only, "from": run.window.from, "to": run.window.to,
            "started_at": run.started_at, "read_at": run.read_at, "finished_at": run.finished_at,
            "compared": compared, "same": run.counts.same, "in_hand": run.counts.in_hand, "unlisted": run.counts.unlisted, "unreadable": run.counts.unreadable, "pages": run.counts.pages, "requests": run.requests(),
            "healed": findings.len() - open.len(), "open": open.len(), "questions": run.counts.questions, "proven": proven,
            "findings": findings.iter().map(|finding| json!({
                "booking_uid": finding.uid, "appointment_id": finding.appointment, "class": finding.class,
                "fields": finding.fields, "overlaps_with": finding.other, "found_at": finding.found_at, "healed_at": finding.healed_at,
            })).collect::<Vec<_>>(),
        }));
        Ok(())
    }

    fn outcome(self) -> anyhow::Result<Outcome> {
        if self.runs.is_empty() {
            return Outcome::new(json!({ "verifications": [] }), "No company has a Cal.com account.");
        }
        let heading = [
            "company",
            "account",
            "run",
            "compared",
            "same",
            "in hand",
            "unlisted",
            "unreadable",
            "healed",
            "open",
            "questions",
        ];
        let mut text = table(heading, &self.runs);
        if !self.findings.is_empty() {
            text.push('\n');
            text.push_str(&table(
                ["company", "account", "booking", "appointment", "what", "which"],
                &self.findings,
            ));
        }
        Ok(Outcome::new(json!({ "verifications": self.json }), text)?.found(self.found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_company() {
        let berlin = |text: &str| days(text).unwrap().window("Europe/Berlin").unwrap();
        // The clocks go back in the night to the 25th: the day is 25 hours long.
        let window = berlin("2026-10-25..2026-10-25");
        assert_eq!(window.from.to_string(), "2026-10-24T22:00:00Z");
        assert_eq!(window.to.unwrap().to_string(), "2026-10-25T23:00:00Z");
        assert_eq!(berlin("2026-11-01..").to, None);
        for wrong in ["30d", "2026-11-01", "2026-11-31..", "2026-11-02..2026-11-01"] {
            assert!(days(wrong).is_err(), "{wrong}");
        }
    }
}
