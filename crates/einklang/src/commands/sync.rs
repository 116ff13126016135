//! `einklang sync`: what is here and at Cal.com is brought together now, instead of when the schedule says so.

mod appointments;

use std::time::Duration;

use clap::Subcommand;
use domain::CompanyId;
use domain::appointment::{Actor, Origin};
use domain::case::Priority;
use domain::company::Company;
use engine::Engine;
use engine::services::{Difference, ServiceAct, Then, What};
use engine::worker::Errand;
use serde_json::json;

use super::{lookup, work};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// How long it is waited for what another process works on.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Subcommand)]
pub enum Sync {
    Appointments(appointments::Appointments),
    /// Services and their event types: send what differs, import what is new, find what was deleted
    ///
    /// What was changed at Cal.com is never taken over by this: it is shown, and a person decides. Exit code 2 if
    /// --check-only finds a difference.
    Services {
        /// Slug of the company [default: all]
        #[arg(long)]
        company: Option<String>,
        /// Show the differences, and change nothing here or there
        #[arg(long, conflicts_with = "force")]
        check_only: bool,
        /// Send every service whole, over what was changed at Cal.com
        #[arg(long)]
        force: bool,
    },
}

impl Sync {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let (company, check_only, force) = match self {
            Self::Appointments(appointments) => return appointments.run(at).await,
            Self::Services { company, check_only, force } => (company, check_only, force),
        };
        let store = at.store().await?;
        let companies = match company {
            Some(slug) => vec![lookup::company(&store, &slug).await?],
            None => store.companies().await?,
        };
        let engine = at.engine(store)?;
        if !check_only {
            for company in &companies {
                together(&engine, company.id, force).await?;
            }
        }
        told(&engine, &companies).await.map(|outcome| outcome.0.found(check_only && outcome.1))
    }
}

async fn together(engine: &Engine, company: CompanyId, force: bool) -> anyhow::Result<()> {
    for service in engine.store.services(company).await? {
        if force {
            let by = Actor { via: Some("einklang sync".to_owned()), ..Actor::of(Origin::System) };
            engine.look_at_service(company, service.id).await?;
            engine.act_on_service(company, service.id, ServiceAct::Push, by, None).await?;
        } else {
            engine.arrange_service(company, service.id).await?;
        }
    }
    engine.look_at_event_types(company, Priority::Change).await?;
    finish(engine, company).await
}

/// Works on what is due, beside whoever does so too, until the services of a company have come to rest.
pub async fn finish(engine: &Engine, company: CompanyId) -> anyhow::Result<()> {
    let rest = async {
        while engine.store.services_are_due(company, engine.ambient.now()).await? {
            tokio::time::sleep(work::LOOK).await;
        }
        anyhow::Ok(())
    };
    // What has not come to rest by then is told as pending.
    work::beside(engine, Errand::Everything, async {
        tokio::time::timeout(PATIENCE, rest).await.unwrap_or(Ok(()))
    })
    .await
}

/// What differs still, and whether anything does.
async fn told(engine: &Engine, companies: &[Company]) -> anyhow::Result<(Outcome, bool)> {
    let (mut rows, mut all, mut services, mut found) = (Vec::new(), Vec::new(), Vec::new(), false);
    for company in companies {
        for difference in engine.service_differences(company.id).await? {
            found |= difference.is_open();
            rows.push(row(&company.slug, &difference));
            all.push(json!({ "company": company.slug, "difference": difference }));
        }
        for service in engine.store.services(company.id).await? {
            services.push(json!({
                "company": company.slug, "slug": service.slug, "sync": service.sync.as_str(),
                "active": service.active,
            }));
        }
    }
    let text = if rows.is_empty() {
        "Services and event types say the same.".to_owned()
    } else {
        table(["company", "account", "service", "what", "field", "here", "at Cal.com", "then"], &rows)
    };
    Ok((Outcome::new(json!({ "differences": all, "services": services }), text)?, found))
}

fn row(company: &str, difference: &Difference) -> [String; 8] {
    let cells = |service: &str, what: String, [field, ours, theirs]: [&str; 3], then: &str| {
        let account = difference.account.as_str();
        [company, account, service, &what, field, &short(ours), &short(theirs), then].map(str::to_owned)
    };
    match &difference.what {
        What::Missing { name, .. } => cells(name, "not there yet".to_owned(), [""; 3], "is made"),
        What::Deleted { name, event_type_id, .. } => {
            cells(name, format!("{event_type_id} was deleted there"), [""; 3], "a person decides")
        }
        What::Differs { name, event_type_id, field, ours, theirs, then, .. } => {
            let then = match then {
                Then::Send => "is sent",
                Then::Take => "is taken over",
                Then::Ask => "a person decides",
                Then::Dismissed => "may stay",
            };
            cells(name, format!("{event_type_id} differs"), [field, ours, theirs], then)
        }
        What::Unknown { event_type_id, title } => {
            cells("", format!("{event_type_id} is not known here"), ["name", "", title], "is imported")
        }
        What::Unchecked { reason } => cells("", format!("could not be compared: {reason}"), [""; 3], ""),
    }
}

/// In one line that fits beside others.
fn short(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    line.chars().take(MOST - 1).chain(['…']).collect()
}
