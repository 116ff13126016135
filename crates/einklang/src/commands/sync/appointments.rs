//! `einklang sync appointments`: what is missing on one side or was given up is looked at and tried again.

use std::collections::HashMap;

use clap::Args;
use domain::appointment::{Actor, Origin};
use domain::company::Company;
use domain::{AppointmentId, CompanyId, Next, Push, SyncStatus};
use engine::Engine;
use engine::appointments::{Act, Outcome as Fate, Wanted, Which};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{AppointmentFilter, Dedupe};

use crate::commands::{lookup, work};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// Appointments that are taken in one go.
const ROUND: u64 = 100;
/// How long nothing may come to rest before what is left is told as it is: another worker goes on with it.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// What is looked for unless somebody says otherwise.
const USUAL: [SyncStatus; 3] = [SyncStatus::Failed, SyncStatus::OrphanedLocal, SyncStatus::OrphanedCalcom];

/// Appointments that are missing on one side or were given up: look at Cal.com again, and try again
///
/// What differs on both sides is never decided by this. Exit code 2 if something is left (with --dry-run: if something
/// was found).
#[derive(Debug, Args)]
pub struct Appointments {
    /// Slug of the company [default: all]
    #[arg(long)]
    company: Option<String>,
    /// Those in this status, once or more often: `failed`, `orphaned_local`, `orphaned_calcom`, `conflict` or `pending`
    /// [default: the first three]
    #[arg(long, value_parser = status)]
    status: Vec<SyncStatus>,
    /// Show which, and what would be done first, and change nothing here or there
    #[arg(long)]
    dry_run: bool,
}

fn status(text: &str) -> Result<SyncStatus, String> {
    let unsynced = |status: &SyncStatus| !matches!(status, SyncStatus::Synced | SyncStatus::NotConnected);
    SyncStatus::from_name(text).filter(unsynced).ok_or_else(|| {
        let all = SyncStatus::ALL.into_iter().filter(unsynced).map(SyncStatus::as_str);
        format!("{text:?} is none of {}", all.collect::<Vec<_>>().join(", "))
    })
}

/// An appointment that was found.
struct Found {
    company: Company,
    id: AppointmentId,
    number: String,
    starts_at: Timestamp,
    before: SyncStatus,
    next: Option<Next>,
    after: Option<SyncStatus>,
}

impl Appointments {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        let companies = match &self.company {
            Some(slug) => vec![lookup::company(&store, slug).await?],
            None => store.companies().await?,
        };
        let engine = at.engine(store)?;
        let mut all = Vec::new();
        for company in companies {
            let mut found = self.find(&engine, &company).await?;
            if !self.dry_run {
                again(&engine, company.id, &mut found).await?;
            }
            all.extend(found);
        }
        told(&all, self.dry_run)
    }

    /// What there is, and what would be done about each.
    async fn find(&self, engine: &Engine, company: &Company) -> anyhow::Result<Vec<Found>> {
        let syncs = if self.status.is_empty() { USUAL.to_vec() } else { self.status.clone() };
        let wanted = wanted(Which::All(AppointmentFilter { syncs, ..AppointmentFilter::default() }), None);
        let (mut found, mut place) = (Vec::new(), None);
        loop {
            let round = engine.many(company.id, &wanted, place.as_deref(), ROUND).await?;
            found.extend(round.items.into_iter().map(|one| Found {
                company: company.clone(),
                id: one.view.appointment.id,
                number: one.view.appointment.label(),
                starts_at: one.view.appointment.slot.start,
                before: one.view.appointment.sync,
                next: match one.outcome {
                    Fate::Would(preview) => Some(preview.next),
                    _ => None,
                },
                after: None,
            }));
            place = round.next;
            if place.is_none() {
                return Ok(found);
            }
        }
    }
}

fn wanted(which: Which, once: Option<Dedupe>) -> Wanted {
    let actor = Actor { via: Some("einklang sync".to_owned()), ..Actor::of(Origin::System) };
    Wanted { which, acts: vec![Act::CheckAgain], actor, once, seen_at: None }
}

/// Has them looked at, and works on what is due, beside whoever does so too, until they have come to rest.
async fn again(engine: &Engine, company: CompanyId, found: &mut [Found]) -> anyhow::Result<()> {
    let ids: Vec<_> = found.iter().map(|one| one.id).collect();
    let rounds = ids.chunks(usize::try_from(ROUND)?);
    for part in rounds {
        let key = engine.ambient.token();
        let once = Dedupe { scope: "einklang sync".to_owned(), key: key.clone(), fingerprint: key };
        let wanted = wanted(Which::These(part.to_vec()), Some(once));
        engine.many(company, &wanted, None, ROUND).await?;
    }
    work::beside(engine, rest(engine, company, &ids, found)).await
}

/// Waits until they have come to rest, or nothing has moved for a while.
async fn rest(
    engine: &Engine,
    company: CompanyId,
    ids: &[AppointmentId],
    found: &mut [Found],
) -> anyhow::Result<()> {
    let now = || engine.ambient.now();
    let (mut left, mut moved) = (ids.len(), now());
    loop {
        let mut states = HashMap::new();
        for part in ids.chunks(usize::try_from(ROUND)?) {
            let views = engine.store.views(company, part).await?;
            states.extend(views.into_iter().map(|view| (view.appointment.id, view.appointment.sync)));
        }
        let pending = states.values().filter(|sync| **sync == SyncStatus::Pending).count();
        if pending < left {
            (left, moved) = (pending, now());
        }
        if pending == 0 || now().duration_since(moved) > PATIENCE {
            for one in found.iter_mut() {
                one.after = states.get(&one.id).copied();
            }
            return Ok(());
        }
        tokio::time::sleep(work::LOOK).await;
    }
}

fn told(all: &[Found], dry_run: bool) -> anyhow::Result<Outcome> {
    let is_left = |one: &Found| !matches!(one.after, Some(SyncStatus::Synced | SyncStatus::NotConnected));
    let left = all.iter().filter(|one| is_left(one)).count();
    let json = json!({
        "dry_run": dry_run,
        "appointments": all.iter().map(|one| json!({
            "company": one.company.slug, "id": one.id, "number": one.number, "starts_at": one.starts_at,
            "before": one.before.as_str(), "next": one.next.as_ref().map(first),
            "after": one.after.map(SyncStatus::as_str),
        })).collect::<Vec<_>>(),
    });
    let rows: Vec<_> = all
        .iter()
        .map(|one| {
            let starts_at = match one.starts_at.in_tz(&one.company.time_zone) {
                Ok(zoned) => zoned.strftime("%Y-%m-%d %H:%M").to_string(),
                Err(_) => one.starts_at.to_string(),
            };
            let last = match (dry_run, one.after) {
                (true, _) => one.next.as_ref().map_or("", first).to_owned(),
                (false, after) => after.map_or("deleted", SyncStatus::as_str).to_owned(),
            };
            [one.company.slug.clone(), one.number.clone(), starts_at, one.before.as_str().to_owned(), last]
        })
        .collect();
    let mut text = if rows.is_empty() {
        "No appointment is missing on one side or was given up.".to_owned()
    } else {
        table(["company", "appointment", "starts", "before", if dry_run { "first" } else { "now" }], &rows)
    };
    if !dry_run && !rows.is_empty() {
        text = format!("{text}\n{} of {} settled.", all.len() - left, all.len());
    }
    Ok(Outcome::new(json, text)?.found(left > 0))
}

/// What would be done first, in a word or two.
fn first(next: &Next) -> &'static str {
    match next {
        Next::NotConnected => "nothing: not connected",
        Next::Rest => "nothing",
        Next::Look => "look at Cal.com",
        Next::Act(Push::Create) => "book at Cal.com",
        Next::Act(_) => "send to Cal.com",
        Next::Wait => "wait for another booking",
        Next::Ask(_) | Next::Vanished | Next::GivenUp(_) => "a person decides",
    }
}
