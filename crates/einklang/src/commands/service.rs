//! `einklang service`: what can be booked. How a service is tied to Cal.com is in `service/link.rs`.

mod link;

pub use link::has_reference;

use clap::Subcommand;
use domain::appointment::Actor;
use domain::catalogue::ServiceCase;
use domain::service::{NotBookable, Service as Offer, Work};
use domain::{Origin, ServiceId};
use engine::services::{ServiceAct, ServiceError};
use serde_json::{Value, json};

use super::lookup;
use super::parse::{self, Stretch};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum Service {
    /// Add a service
    Create {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// The name that customers see and say
        #[arg(long, value_parser = parse::name)]
        name: String,
        /// How long it takes, in minutes
        #[arg(long, required_unless_present = "work", conflicts_with = "work",
            value_parser = clap::value_parser!(u32).range(1..=1440))]
        duration: Option<u32>,
        /// A stretch of work of a composite service, such as Auftragen:30+45 (45 minutes of waiting after 30 of
        /// work, in which its staff is free for others); give it once per stretch, in their order. Who alone may do
        /// it, by name or id, follows it: Auftragen:30+45:Anna,Ben; they perform the service then
        #[arg(long, value_parser = parse::work)]
        work: Vec<Stretch>,
        /// What it costs, such as 39.50
        #[arg(long, value_parser = parse::price)]
        price: Option<i64>,
        /// Short name [default: follows from the name]
        #[arg(long, value_parser = parse::slug)]
        slug: Option<String>,
        /// For customers
        #[arg(long, default_value = "")]
        description: String,
        /// Whether programs may book it over the internet
        #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
        online: bool,
    },
    /// Show the services of a company
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
    /// Tie a service to an event type at Cal.com
    Link(link::Link),
    /// Send everything that is said here to Cal.com, over what was changed there; what was deleted there is made again
    Push(Named),
    /// Take over everything that Cal.com says, over what was changed here
    Pull(Named),
    /// Forget what failed, and look at Cal.com anew
    Reset(Named),
}

/// One service.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Slug of the company
    #[arg(long)]
    company: String,
    /// Slug, name or id of the service
    #[arg(long)]
    service: String,
}

impl Named {
    async fn act(self, at: &Installation, store: store::Store, act: ServiceAct) -> anyhow::Result<Outcome> {
        let company = lookup::company(&store, &self.company).await?;
        let service = lookup::service(store.services(company.id).await?, &self.service)?;
        let engine = at.engine(store)?;
        if !matches!(act, ServiceAct::Reset) {
            engine.look_at_service(company.id, service.id).await?;
        }
        engine.act_on_service(company.id, service.id, act, by(), None).await?;
        super::sync::finish(&engine, company.id).await?;
        let case = engine.store.service_case(company.id, service.id).await?;
        let problem = case.problem().map(|(problem, message)| format!(": {} {message}", problem.as_str()));
        let text = format!(
            "{} is {}{}.",
            case.service.name,
            case.service.sync.as_str(),
            problem.unwrap_or_default().trim_end()
        );
        Outcome::new(describe(&case), text)
    }
}

impl Service {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, name, duration, work, price, slug, description, online } => {
                let company = lookup::company(&store, &company).await?;
                let slug = slug.unwrap_or_else(|| parse::slug_of(&name));
                let people = store.staff(company.id).await?;
                let mut segments = Vec::new();
                for Stretch { mut work, who } in work {
                    for named in who {
                        work.staff.push(lookup::staff(people.clone(), &named)?.id);
                    }
                    work.staff.sort_unstable();
                    work.staff.dedup();
                    segments.push(work);
                }
                let mut performers: Vec<_> = segments.iter().flat_map(|work| work.staff.clone()).collect();
                performers.sort_unstable();
                performers.dedup();
                let service = Offer {
                    id: ServiceId(at.ambient.id()),
                    name,
                    slug,
                    description,
                    duration_minutes: duration
                        .unwrap_or_else(|| segments.iter().map(|it| it.minutes + it.pause_minutes).sum()),
                    price_cents: price,
                    active: true,
                    terms: domain::service::Terms { online, ..domain::service::Terms::default() },
                    sync: domain::service::ServiceSync::Never,
                    version: 1,
                    segments,
                };
                let (slug, engine) = (service.slug.clone(), at.engine(store)?);
                let case = match engine.create_service(company.id, service, &performers, by()).await {
                    Err(ServiceError::SlugTaken) => {
                        anyhow::bail!("{} has a service {slug:?} already", company.name)
                    }
                    made => made?,
                };
                let names: Vec<_> = case.performers.iter().map(|it| it.name.as_str()).collect();
                let who = if names.is_empty() {
                    "say who offers it with `einklang staff assign`".to_owned()
                } else {
                    format!("{} offer it", names.join(", "))
                };
                let text = format!("Service {} ({}) added; {who}.", case.service.name, case.service.slug);
                Outcome::new(describe(&case), text)
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let cases = store.service_cases(company.id).await?;
                let rows: Vec<_> = cases.iter().map(row).collect();
                let text = table(COLUMNS, &rows);
                let data: Vec<_> = cases.iter().map(describe).collect();
                Outcome::new(json!({ "data": data }), text)
            }
            Self::Link(link) => link.run(at, store).await,
            Self::Push(named) => named.act(at, store, ServiceAct::Push).await,
            Self::Pull(named) => named.act(at, store, ServiceAct::Pull).await,
            Self::Reset(named) => named.act(at, store, ServiceAct::Reset).await,
        }
    }
}

/// Who does something about services on the command line.
fn by() -> Actor {
    Actor { via: Some("einklang service".to_owned()), ..Actor::of(Origin::System) }
}

const COLUMNS: [&str; 11] = [
    "slug",
    "name",
    "takes",
    "price",
    "event types",
    "sync",
    "differences",
    "active",
    "online",
    "bookable",
    "id",
];

fn row(case: &ServiceCase) -> [String; 11] {
    let service = &case.service;
    let price = service.price_cents.map(|cents| format!("{}.{:02}", cents / 100, cents % 100));
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    [
        service.slug.clone(),
        service.name.clone(),
        format!("{} min", service.duration_minutes),
        price.unwrap_or_default(),
        linked(case).to_string(),
        service.sync.as_str().to_owned(),
        differences(case).to_string(),
        yes(service.active),
        yes(service.terms.online),
        bookable(case),
        service.id.to_string(),
    ]
}

/// Event types that stand for it at Cal.com.
fn linked(case: &ServiceCase) -> usize {
    case.current().filter(|record| record.event_type_id.is_some()).count()
}

/// Fields that were changed at Cal.com and wait for a person.
fn differences(case: &ServiceCase) -> usize {
    case.current().map(|record| record.open_divergences().count()).sum()
}

/// `yes`, `by phone`, or why not at all.
fn bookable(case: &ServiceCase) -> String {
    let (phone, online) = (case.not_bookable_by(Origin::Phone), case.not_bookable_by(Origin::Api));
    match (phone.is_empty(), online.is_empty()) {
        (true, true) => "yes".to_owned(),
        (true, false) => "by phone".to_owned(),
        _ => format!("no: {}", words(&phone).join(", ")),
    }
}

fn words(reasons: &[NotBookable]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.as_str()).collect()
}

fn describe(case: &ServiceCase) -> Value {
    let service = &case.service;
    let (phone, online) = (case.not_bookable_by(Origin::Phone), case.not_bookable_by(Origin::Api));
    let segment = |work: &Work| {
        json!({
            "name": work.name, "minutes": work.minutes, "pause_minutes": work.pause_minutes,
            "staff_ids": work.staff,
        })
    };
    json!({
        "id": service.id, "slug": service.slug, "name": service.name,
        "duration_minutes": service.duration_minutes, "price_cents": service.price_cents,
        "active": service.active, "online": service.terms.online,
        "bookable": phone.is_empty(), "not_bookable": words(&phone),
        "bookable_online": online.is_empty(), "not_bookable_online": words(&online),
        "sync": service.sync.as_str(), "event_types": linked(case), "open_divergences": differences(case),
        "segments": service.segments.iter().map(segment).collect::<Vec<_>>(),
    })
}
