//! `einklang sync appointments`: what is missing on one side or was given up is looked at and tried again.

use std::collections::HashMap;

use clap::Args;
use domain::appointment::{Actor, Origin};
use domain::company::Company;
use domain::review::About;
use domain::{AppointmentId, BookingUid, CompanyId, ConnectionId, Next, Push, ReviewId, SyncStatus};
use engine::Engine;
use engine::appointments::{Act, Outcome as Fate, Wanted, Which};
use engine::worker::Errand;
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
const USUAL: [Wrong; 3] =
    [Wrong::In(SyncStatus::Failed), Wrong::In(SyncStatus::OrphanedLocal), Wrong::OnlyThere];
/// What bookings are called that only Cal.com knows.
const ONLY_THERE: &str = "orphaned_calcom";

/// Appointments that are missing on one side or were given up: look at Cal.com again, and try again
///
/// What differs on both sides is never decided by this. Exit code 2 if something is left (with --dry-run: if something
/// was found).
#[derive(Debug, Args)]
pub struct Appointments {
    /// Slug of the company [default: all]
    #[arg(long)]
    company: Option<String>,
    /// Those in this status, once or more often: `failed`, `orphaned_local`, `orphaned_calcom` (bookings that have no
    /// appointment here), `conflict` or `pending` [default: the first three]
    #[arg(long, value_parser = status)]
    status: Vec<Wrong>,
    /// Show which, and what would be done first, and change nothing here or there
    #[arg(long)]
    dry_run: bool,
}

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrong {
    /// With an appointment, as its status says.
    In(SyncStatus),
    /// A booking has no appointment.
    OnlyThere,
}

impl Wrong {
    fn all() -> impl Iterator<Item = Self> {
        let unsynced = |status: &SyncStatus| !matches!(status, SyncStatus::Synced | SyncStatus::NotConnected);
        SyncStatus::ALL.into_iter().filter(unsynced).map(Self::In).chain([Self::OnlyThere])
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::In(status) => status.as_str(),
            Self::OnlyThere => ONLY_THERE,
        }
    }
}

fn status(text: &str) -> Result<Wrong, String> {
    Wrong::all().find(|wrong| wrong.as_str() == text).ok_or_else(|| {
        let all: Vec<_> = Wrong::all().map(Wrong::as_str).collect();
        format!("{text:?} is none of {}", all.join(", "))
    })
}

/// What was found.
struct Found {
    company: Company,
    what: What,
    /// A number, or Cal.com's name of a booking.
    label: String,
    starts_at: Option<Timestamp>,
    before: Wrong,
    /// What would be done first.
    first: &'static str,
    after: Option<After>,
}

enum What {
    Appointment(AppointmentId),
    /// A booking, and the question about it.
    Booking {
        connection: ConnectionId,
        uid: BookingUid,
        asked: ReviewId,
    },
}

/// What it is then.
#[derive(Debug, Clone, Copy, PartialEq)]
enum After {
    Appointment(SyncStatus),
    /// There is none to have: it was deleted here, or is none of ours there.
    None,
    /// Only Cal.com knows the booking still.
    OnlyThere,
}

impl After {
    fn as_str(self) -> &'static str {
        match self {
            Self::Appointment(status) => status.as_str(),
            Self::None => "none",
            Self::OnlyThere => ONLY_THERE,
        }
    }

    fn is_settled(self) -> bool {
        matches!(self, Self::Appointment(SyncStatus::Synced | SyncStatus::NotConnected) | Self::None)
    }
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
        let all = if self.status.is_empty() { &USUAL[..] } else { &self.status };
        let syncs: Vec<_> = all
            .iter()
            .filter_map(|wrong| match wrong {
                Wrong::In(status) => Some(*status),
                Wrong::OnlyThere => None,
            })
            .collect();
        let mut found = if syncs.is_empty() { vec![] } else { appointments(engine, company, syncs).await? };
        if all.contains(&Wrong::OnlyThere) {
            found.extend(bookings(engine, company).await?);
        }
        Ok(found)
    }
}

async fn appointments(
    engine: &Engine,
    company: &Company,
    syncs: Vec<SyncStatus>,
) -> anyhow::Result<Vec<Found>> {
    let wanted = wanted(Which::All(AppointmentFilter { syncs, ..AppointmentFilter::default() }), None);
    let (mut found, mut place) = (Vec::new(), None);
    loop {
        let round = engine.many(company.id, &wanted, place.as_deref(), ROUND).await?;
        found.extend(round.items.into_iter().map(|one| Found {
            company: company.clone(),
            what: What::Appointment(one.view.appointment.id),
            label: one.view.appointment.label(),
            starts_at: Some(one.view.appointment.slot.start),
            before: Wrong::In(one.view.appointment.sync),
            first: match &one.outcome {
                Fate::Would(preview) => first(&preview.next),
                _ => "",
            },
            after: None,
        }));
        place = round.next;
        if place.is_none() {
            return Ok(found);
        }
    }
}

/// The bookings at Cal.com that are asked about because no appointment is theirs.
async fn bookings(engine: &Engine, company: &Company) -> anyhow::Result<Vec<Found>> {
    let open = engine.store.reviews(company.id, false).await?.into_iter().filter(|item| item.aside.is_none());
    let found = open.filter_map(|item| {
        let About::Booking { connection, uid } = item.about else { return None };
        Some(Found {
            company: company.clone(),
            label: uid.to_string(),
            what: What::Booking { connection, uid, asked: item.id },
            starts_at: item.time.map(|(start, _)| start),
            before: Wrong::OnlyThere,
            first: "look at Cal.com",
            after: None,
        })
    });
    Ok(found.collect())
}

fn wanted(which: Which, once: Option<Dedupe>) -> Wanted {
    let actor = Actor { via: Some("einklang sync".to_owned()), ..Actor::of(Origin::System) };
    Wanted { which, acts: vec![Act::CheckAgain], actor, once, seen_at: None }
}

/// Has them looked at, and works on what is due, beside whoever does so too, until they have come to rest.
async fn again(engine: &Engine, company: CompanyId, found: &mut [Found]) -> anyhow::Result<()> {
    let ids: Vec<_> = found
        .iter()
        .filter_map(|one| match one.what {
            What::Appointment(id) => Some(id),
            What::Booking { .. } => None,
        })
        .collect();
    for part in ids.chunks(usize::try_from(ROUND)?) {
        let key = engine.ambient.token();
        let once = Dedupe { scope: "einklang sync".to_owned(), key: key.clone(), fingerprint: key };
        let wanted = wanted(Which::These(part.to_vec()), Some(once));
        engine.many(company, &wanted, None, ROUND).await?;
    }
    for one in found.iter() {
        if let What::Booking { connection, uid, .. } = &one.what {
            engine.read_booking(company, *connection, uid).await?;
        }
    }
    work::beside(engine, Errand::Everything, rest(engine, company, &ids, found)).await
}

/// Waits until they have come to rest, or nothing has moved for a while.
async fn rest(
    engine: &Engine,
    company: CompanyId,
    ids: &[AppointmentId],
    found: &mut [Found],
) -> anyhow::Result<()> {
    let now = || engine.ambient.now();
    let (mut left, mut moved) = (found.len(), now());
    loop {
        let mut states = HashMap::new();
        for part in ids.chunks(usize::try_from(ROUND)?) {
            let views = engine.store.views(company, part).await?;
            states.extend(views.into_iter().map(|view| (view.appointment.id, view.appointment.sync)));
        }
        for one in found.iter_mut() {
            one.after = Some(match &one.what {
                What::Appointment(id) => states.get(id).map_or(After::None, |sync| After::Appointment(*sync)),
                What::Booking { uid, asked, .. } => of_booking(engine, company, uid, *asked).await?,
            });
        }
        let moves = |one: &&Found| {
            matches!(one.after, Some(After::Appointment(SyncStatus::Pending) | After::OnlyThere))
        };
        let moving = found.iter().filter(moves).count();
        if moving < left {
            (left, moved) = (moving, now());
        }
        if moving == 0 || now().duration_since(moved) > PATIENCE {
            return Ok(());
        }
        tokio::time::sleep(work::LOOK).await;
    }
}

/// What became of a booking: an appointment, or nothing, once what was asked about it is settled.
async fn of_booking(
    engine: &Engine,
    company: CompanyId,
    uid: &BookingUid,
    asked: ReviewId,
) -> anyhow::Result<After> {
    if engine.store.review(company, asked).await?.closed_at.is_none() {
        return Ok(After::OnlyThere);
    }
    let Some((id, _)) = engine.store.appointment_by_uid(company, uid).await? else { return Ok(After::None) };
    let views = engine.store.views(company, &[id]).await?;
    Ok(views.first().map_or(After::None, |view| After::Appointment(view.appointment.sync)))
}

fn told(all: &[Found], dry_run: bool) -> anyhow::Result<Outcome> {
    let left = all.iter().filter(|one| !one.after.is_some_and(After::is_settled)).count();
    let entry = |one: &Found| {
        let mut entry = json!({
            "company": one.company.slug, "starts_at": one.starts_at, "before": one.before.as_str(),
            "next": Some(one.first).filter(|_| dry_run), "after": one.after.map(After::as_str),
        });
        match &one.what {
            What::Appointment(id) => {
                entry["id"] = json!(id);
                entry["number"] = json!(one.label);
            }
            What::Booking { connection, uid, .. } => {
                entry["connection_id"] = json!(connection);
                entry["uid"] = json!(uid);
            }
        }
        entry
    };
    let (appointments, bookings): (Vec<_>, Vec<_>) =
        all.iter().partition(|one| matches!(one.what, What::Appointment(_)));
    let json = json!({
        "dry_run": dry_run,
        "appointments": appointments.into_iter().map(entry).collect::<Vec<_>>(),
        "bookings": bookings.into_iter().map(entry).collect::<Vec<_>>(),
    });
    let rows: Vec<_> = all
        .iter()
        .map(|one| {
            let starts_at =
                one.starts_at.map_or_else(String::new, |at| match at.in_tz(&one.company.time_zone) {
                    Ok(zoned) => zoned.strftime("%Y-%m-%d %H:%M").to_string(),
                    Err(_) => at.to_string(),
                });
            let last = if dry_run { one.first } else { one.after.map_or("", After::as_str) };
            [
                one.company.slug.clone(),
                one.label.clone(),
                starts_at,
                one.before.as_str().to_owned(),
                last.to_owned(),
            ]
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
