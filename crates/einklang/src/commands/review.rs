//! `einklang review`: what people have to look at, and what is decided about it.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use domain::appointment::{Actor, Origin};
use domain::catalogue::Setting;
use domain::company::Company;
use domain::review::{
    About, Aside, Assigned, Choice, Filter, Handled, Item, Kind, ReviewCode, Severity, State as Stage,
};
use domain::{AppointmentId, BookingUid, ReviewId, ServiceId, UserId};
use engine::Engine;
use engine::reviews::{Decision, Outcome as Fate, ReviewError, Wanted, Which};
use engine::worker::Errand;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Store;

use super::{lookup, work};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

/// Items of one round.
const ROUND: usize = 100;

#[derive(Debug, Subcommand)]
pub enum Review {
    /// Show what waits for somebody, the most urgent first
    List {
        #[command(flatten)]
        which: Matching,
    },
    /// Show an item, with what can be decided about it and what was done
    Show(Named),
    /// Look at Cal.com again, and try again what was given up
    Retry(Deciding),
    /// Say whose word counts where both sides differ
    Settle {
        /// ours: what is said here is sent; theirs: what Cal.com says is taken over
        #[arg(long, value_parser = ["ours", "theirs"])]
        side: String,
        #[command(flatten)]
        which: Deciding,
    },
    /// Say which booking at Cal.com is that of an appointment that has none there
    Link {
        #[command(flatten)]
        named: Named,
        /// Cal.com's name of the booking
        #[arg(long)]
        booking: String,
    },
    /// Make an appointment of a booking that nobody here knows
    Import(Deciding),
    /// Cancel a booking that nobody here knows
    Cancel(Deciding),
    /// Leave both sides as they are, until one changes
    Accept(Deciding),
    /// Say that it was a false alarm, until a side changes
    Dismiss(Deciding),
    /// Ask again what was set aside
    Reopen(Deciding),
    /// Take the last decision back and ask again, while nothing was sent and no side has changed since
    Undo(Deciding),
    /// Give items to somebody
    Assign {
        #[command(flatten)]
        which: Handling,
        /// Address that this person signs in with; none: nobody
        #[arg(long)]
        to: Option<String>,
    },
    /// Put items off
    Snooze {
        #[command(flatten)]
        which: Handling,
        /// Until when, such as 2026-11-25T08:00:00+01:00; none: it is asked again now
        #[arg(long)]
        until: Option<Timestamp>,
    },
    /// Write something down about items
    Comment {
        #[command(flatten)]
        which: Handling,
        /// What
        #[arg(long)]
        text: String,
    },
}

/// One item.
#[derive(Debug, Args)]
pub struct Named {
    /// Slug of the company
    #[arg(long)]
    company: String,
    /// Id of the item: rev_…
    #[arg(long)]
    item: ReviewId,
}

/// Items that match.
#[derive(Debug, Args)]
pub struct Matching {
    /// Slug of the company
    #[arg(long)]
    company: String,
    /// open, snoozed, aside or closed
    #[arg(long, default_value = "open", value_parser = names(Stage::from_name))]
    state: Stage,
    /// Cause, such as conflict
    #[arg(long, value_parser = names(ReviewCode::from_name))]
    cause: Option<ReviewCode>,
    /// critical or warning
    #[arg(long, value_parser = names(Severity::from_name))]
    severity: Option<Severity>,
    /// appointment, service or booking
    #[arg(long, value_parser = names(Kind::from_name))]
    about: Option<Kind>,
    /// Address of whoever sees to it, or nobody
    #[arg(long)]
    assigned: Option<String>,
}

/// What something is done about: named items, or all that match.
#[derive(Debug, Args)]
pub struct Handling {
    #[command(flatten)]
    matching: Matching,
    /// Id of an item; give it once per item
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    item: Vec<ReviewId>,
    /// All that match
    #[arg(long)]
    all: bool,
    /// Show what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What is decided about.
#[derive(Debug, Args)]
pub struct Deciding {
    #[command(flatten)]
    which: Handling,
    /// Why; Cal.com is told it with a cancellation
    #[arg(long)]
    reason: Option<String>,
}

fn names<T: Clone + Send + Sync + 'static>(
    read: fn(&str) -> Option<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| read(text).ok_or_else(|| format!("{text:?} is none of the names"))
}

impl Review {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::List { which } => which.list(at, store).await,
            Self::Show(named) => named.show(at, store).await,
            Self::Retry(which) => which.decide(at, store, Choice::Retry).await,
            Self::Settle { side, which } => {
                let choice = if side == "ours" { Choice::Ours } else { Choice::Theirs };
                which.decide(at, store, choice).await
            }
            Self::Link { named, booking } => named.link(at, store, BookingUid(booking)).await,
            Self::Import(which) => which.decide(at, store, Choice::Import).await,
            Self::Cancel(which) => which.decide(at, store, Choice::Cancel).await,
            Self::Accept(which) => which.decide(at, store, Choice::Accept).await,
            Self::Dismiss(which) => which.decide(at, store, Choice::Dismiss).await,
            Self::Reopen(which) => which.decide(at, store, Choice::Reopen).await,
            Self::Undo(which) => which.decide(at, store, Choice::Undo).await,
            Self::Assign { which, to } => {
                let company = lookup::company(&store, &which.matching.company).await?;
                let to = match to {
                    Some(address) => Some(user(&store, &company, &address).await?),
                    None => None,
                };
                which.run(at, store, Handled::Assigned { to }).await
            }
            Self::Snooze { which, until } => which.run(at, store, Handled::Snoozed { until }).await,
            Self::Comment { which, text } => {
                if text.trim().is_empty() {
                    bail!("the comment is empty");
                }
                which.run(at, store, Handled::Commented { text: text.trim().to_owned() }).await
            }
        }
    }
}

fn by() -> Actor {
    Actor { via: Some("einklang review".to_owned()), ..Actor::of(Origin::System) }
}

async fn user(store: &Store, company: &Company, address: &str) -> anyhow::Result<UserId> {
    let users = store.users(company.id).await?;
    let user = lookup::one("user", address, users, |user| vec![user.id.to_string(), user.email.to_string()]);
    Ok(user?.id)
}

impl Matching {
    async fn filter(&self, store: &Store, company: &Company) -> anyhow::Result<Filter> {
        let assigned = match self.assigned.as_deref() {
            None => Assigned::Anybody,
            Some("nobody") => Assigned::Nobody,
            Some(address) => Assigned::To(user(store, company, address).await?),
        };
        Ok(Filter {
            state: self.state,
            kind: self.about,
            code: self.cause,
            severity: self.severity,
            assigned,
        })
    }

    async fn list(self, at: &Installation, store: Store) -> anyhow::Result<Outcome> {
        let company = lookup::company(&store, &self.company).await?;
        let filter = self.filter(&store, &company).await?;
        let engine = at.engine(store)?;
        let queue = engine.review_queue(company.id, &filter).await?;
        let (mut rows, mut told) = (Vec::new(), Vec::new());
        let subjects = Subjects::of(&engine, &company, &queue).await?;
        for item in &queue {
            let starts = item.time.map(|(start, _)| start.to_string()).unwrap_or_default();
            let about = subjects.about(item);
            let (severity, code) = (item.code.severity().as_str().to_owned(), item.code.as_str().to_owned());
            rows.push([item.id.to_string(), severity, code, about, starts, item.message.clone()]);
            told.push(describe(item, engine.ambient.now()));
        }
        let text = if rows.is_empty() {
            "Nothing waits.".to_owned()
        } else {
            table(["id", "severity", "cause", "about", "starts", "message"], &rows)
        };
        Outcome::new(json!({ "reviews": told }), text)
    }
}

impl Named {
    async fn show(self, at: &Installation, store: Store) -> anyhow::Result<Outcome> {
        let company = lookup::company(&store, &self.company).await?;
        let engine = at.engine(store)?;
        let item = engine.store.review(company.id, self.item).await.context("there is no such item")?;
        let choices = engine.review_prospects(company.id, &item).await?;
        let choices: Vec<_> = choices.iter().map(|prospect| prospect.choice.as_str()).collect();
        let deeds = engine.store.review_deeds(company.id, item.id).await?;
        let mut text = format!(
            "{} ({}, {})\nabout: {}\nmessage: {}\ncan be decided: {}\n",
            item.id,
            item.code.as_str(),
            item.code.severity().as_str(),
            Subjects::of(&engine, &company, std::slice::from_ref(&item)).await?.about(&item),
            item.message,
            choices.join(", "),
        );
        let mut done = Vec::new();
        for deed in deeds {
            let who = deed.actor.user_id.map(|id| id.to_string()).or(deed.actor.via.clone());
            let who = who.unwrap_or_else(|| deed.actor.origin.as_str().to_owned());
            let what = json!(deed.what);
            let _ = writeln!(text, "{} {who}: {what}", deed.at);
            done.push(json!({ "at": deed.at, "actor": deed.actor, "what": what }));
        }
        let mut told = describe(&item, engine.ambient.now());
        told["choices"] = json!(choices);
        told["deeds"] = json!(done);
        Outcome::new(told, text)
    }

    async fn link(self, at: &Installation, store: Store, booking: BookingUid) -> anyhow::Result<Outcome> {
        let company = lookup::company(&store, &self.company).await?;
        let engine = at.engine(store)?;
        let (choice, booking) = (Choice::Link, Some(booking));
        let decision = Decision { choice, reason: None, booking, actor: by(), version: None };
        let item = engine.decide_review(company.id, self.item, decision).await?;
        Outcome::new(describe(&item, engine.ambient.now()), format!("{}: done.", item.id))
    }
}

impl Deciding {
    async fn decide(self, at: &Installation, store: Store, choice: Choice) -> anyhow::Result<Outcome> {
        self.which.run(at, store, Handled::Chosen { choice, reason: self.reason }).await
    }
}

impl Handling {
    async fn run(self, at: &Installation, store: Store, what: Handled) -> anyhow::Result<Outcome> {
        let company = lookup::company(&store, &self.matching.company).await?;
        for id in &self.item {
            store.review(company.id, *id).await.context("there is no such item")?;
        }
        let which = if self.all {
            Which::All(self.matching.filter(&store, &company).await?)
        } else {
            Which::These(self.item)
        };
        let engine = at.engine(store)?;
        let wanted = Wanted {
            which,
            what: what.clone(),
            actor: by(),
            dry: self.dry_run,
            seen_at: (!self.dry_run).then(|| engine.ambient.now()),
        };
        let deciding = Box::pin(decide(&engine, &company, &wanted));
        let decided = if self.dry_run {
            deciding.await?
        } else {
            // A decision may wait for work.
            let decided = work::beside(&engine, Errand::Everything, deciding).await?;
            super::sync::finish(&engine, company.id).await?;
            decided
        };
        let refused = decided.iter().any(|(_, refused)| refused.is_some());
        let word = if self.dry_run { "would be done" } else { "done" };
        let mut rows = Vec::new();
        let items: Vec<_> = decided.iter().map(|(item, _)| item.clone()).collect();
        let subjects = Subjects::of(&engine, &company, &items).await?;
        for (item, refused) in &decided {
            let outcome = refused.clone().unwrap_or_else(|| word.to_owned());
            rows.push([item.id.to_string(), item.code.as_str().to_owned(), subjects.about(item), outcome]);
        }
        let told = decided.iter().map(|(item, refused)| {
            json!({ "id": item.id, "code": item.code.as_str(), "done": refused.is_none(), "refused": refused })
        });
        let told: Vec<_> = told.collect();
        let text = if rows.is_empty() {
            "Nothing matches.".to_owned()
        } else {
            table(["id", "cause", "about", "outcome"], &rows)
        };
        let mut json = json!({ "did": what, "dry_run": self.dry_run, "reviews": told });
        if let Handled::Chosen { choice, .. } = what {
            json["choice"] = json!(choice.as_str());
        }
        Ok(Outcome::new(json, text)?.found(refused))
    }
}

/// All rounds; each item with why it was left as it is, if it was.
async fn decide(
    engine: &Engine,
    company: &Company,
    wanted: &Wanted,
) -> anyhow::Result<Vec<(Item, Option<String>)>> {
    let (mut decided, mut place) = (Vec::new(), None);
    loop {
        let round = engine.decide_reviews(company.id, wanted, |_| true, place.as_deref(), ROUND).await?;
        decided.extend(round.items.into_iter().map(|(item, outcome)| match outcome {
            Fate::Would(_) | Fate::Done => (item, None),
            Fate::Underway => (item, Some(ReviewError::Silent.to_string())),
            Fate::Refused(error) => (item, Some(error.to_string())),
        }));
        place = round.next;
        if place.is_none() {
            return Ok(decided);
        }
    }
}

/// Appointments that are looked up at a time.
const TOGETHER: usize = 500;

/// What items are about, without customer data.
struct Subjects {
    numbers: HashMap<AppointmentId, i64>,
    services: HashMap<ServiceId, String>,
}

impl Subjects {
    async fn of(engine: &Engine, company: &Company, items: &[Item]) -> anyhow::Result<Self> {
        let (store, mut numbers) = (&engine.store, HashMap::new());
        let appointments = items.iter().filter_map(|item| match item.about {
            About::Appointment(id) => Some(id),
            About::EventType { .. } | About::Booking { .. } => None,
        });
        for ids in appointments.collect::<Vec<_>>().chunks(TOGETHER) {
            let views = store.views(company.id, ids).await?;
            numbers.extend(views.into_iter().map(|it| (it.appointment.id, it.appointment.number)));
        }
        let services = store.services(company.id).await?.into_iter();
        let services = services.chain(store.deleted_services(company.id).await?);
        Ok(Self { numbers, services: services.map(|it| (it.id, it.name)).collect() })
    }

    fn about(&self, item: &Item) -> String {
        match &item.about {
            About::Appointment(id) => {
                self.numbers.get(id).map_or_else(|| id.to_string(), |number| format!("A-{number}"))
            }
            About::EventType { service, setting, .. } => {
                let name = self.services.get(service).cloned().unwrap_or_else(|| service.to_string());
                setting.map_or(name.clone(), |setting| format!("{name}: {}", setting.as_str()))
            }
            About::Booking { uid, .. } => uid.to_string(),
        }
    }
}

fn describe(item: &Item, now: Timestamp) -> Value {
    let mut told = json!({
        "id": item.id, "state": item.state(now).as_str(), "code": item.code.as_str(),
        "severity": item.code.severity().as_str(), "message": item.message,
        "about": item.about.kind().as_str(), "starts_at": item.time.map(|(start, _)| start),
        "opened_at": item.opened_at, "closed_at": item.closed_at, "assignee_id": item.assignee,
        "snoozed_until": item.snoozed_until, "set_aside": item.aside.map(Aside::as_str),
        "version": item.version,
    });
    match &item.about {
        About::Appointment(id) => told["appointment_id"] = json!(id),
        About::EventType { service, link, setting } => {
            told["service_id"] = json!(service);
            told["link_id"] = json!(link);
            told["field"] = json!(setting.map(Setting::as_str));
        }
        About::Booking { connection, uid } => {
            told["connection_id"] = json!(connection);
            told["booking_uid"] = json!(uid);
        }
    }
    told
}
