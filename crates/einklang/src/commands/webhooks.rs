//! `einklang webhooks`: the inbox of webhooks, from the command line.

use std::time::Duration;

use clap::{Args, Subcommand};
use domain::appointment::{Actor, Origin};
use domain::company::Company;
use domain::{CompanyId, DeliveryId};
use engine::Engine;
use engine::worker::Errand;
use serde_json::json;
use store::{DeliveryFilter, Judgement};

use super::verify::{Days, days};
use super::{lookup, work};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// How long it is waited for what another process works on.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Subcommand)]
pub enum Webhooks {
    Replay(Replay),
}

/// Process webhooks again that came before, as far as they were valid and their content is still there
///
/// Each is only a hint to look at Cal.com, for at most one request, behind what has arrived since. Name which, or all.
#[derive(Debug, Args)]
pub struct Replay {
    /// Slug of the company [default: all]
    #[arg(long)]
    company: Option<String>,
    #[command(flatten)]
    which: Which,
    /// Only say how many there are
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Which {
    /// These: `whd_…` of the addresses of their pages
    #[arg(long, value_name = "ID")]
    id: Vec<DeliveryId>,
    /// Received on these days, both included, in the company's time zone: 2026-11-01..2026-11-30 or 2026-11-01..
    #[arg(long, value_name = "DAYS", value_parser = days)]
    received: Option<Days>,
    /// Told to be so: valid, stale or repeat; the content of foreign ones is not kept
    #[arg(long, value_parser = judgement)]
    verdict: Option<Judgement>,
    /// That told of this: `BOOKING_CANCELLED`
    #[arg(long)]
    trigger: Option<String>,
    /// All
    #[arg(long, conflicts_with_all = ["id", "received", "verdict", "trigger"])]
    all: bool,
}

fn judgement(text: &str) -> Result<Judgement, String> {
    Judgement::from_name(text)
        .ok_or_else(|| format!("{text:?} is none of {}", Judgement::ALL.map(Judgement::as_str).join(", ")))
}

impl Which {
    fn filter(&self, company: &Company) -> anyhow::Result<DeliveryFilter> {
        let window = self.received.map(|days| days.window(&company.time_zone)).transpose()?;
        Ok(DeliveryFilter {
            ids: self.id.clone(),
            judgement: self.verdict,
            trigger: self.trigger.clone(),
            from: window.map(|window| window.from),
            until: window.and_then(|window| window.to),
            ..DeliveryFilter::default()
        })
    }
}

impl Webhooks {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let Self::Replay(replay) = self;
        Box::pin(replay.run(at)).await
    }
}

impl Replay {
    async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        let companies = match &self.company {
            Some(slug) => vec![lookup::company(&store, slug).await?],
            None => store.companies().await?,
        };
        let engine = at.engine(store)?;
        let by = Actor { via: Some("einklang webhooks replay".to_owned()), ..Actor::of(Origin::System) };
        let (mut rows, mut all, mut any_left) = (Vec::new(), Vec::new(), false);
        for company in &companies {
            let filter = self.which.filter(company)?;
            let (count, waiting) = if self.dry_run {
                (engine.store.count_replayable(company.id, &filter).await?, false)
            } else {
                let count = engine.replay(company.id, &filter, &by).await?;
                (count, count > 0 && !processed(&engine, company.id).await?)
            };
            any_left |= waiting;
            let state = match (self.dry_run, count, waiting) {
                (_, 0, _) => "",
                (true, ..) => "would be processed again",
                (false, _, true) => "wait to be processed again",
                (false, _, false) => "processed again",
            };
            rows.push([company.slug.clone(), count.to_string(), state.to_owned()]);
            all.push(json!({
                "company": company.slug, "count": count, "dry_run": self.dry_run, "waiting": waiting,
            }));
        }
        let told = Outcome::new(json!({ "replayed": all }), table(["company", "webhooks", ""], &rows))?;
        Ok(told.found(any_left))
    }
}

/// Works on what is due, beside whoever does so too, until no webhook of a company waits. A paused account's wait until
/// it goes on.
async fn processed(engine: &Engine, company: CompanyId) -> anyhow::Result<bool> {
    let waiting = DeliveryFilter { waiting: true, ..DeliveryFilter::default() };
    let rest = async {
        while !engine.store.deliveries(company, &waiting, None, 1).await?.items.is_empty() {
            tokio::time::sleep(work::LOOK).await;
        }
        anyhow::Ok(true)
    };
    work::beside(engine, Errand::Everything, async {
        tokio::time::timeout(PATIENCE, rest).await.unwrap_or(Ok(false))
    })
    .await
}
