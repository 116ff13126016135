//! `einklang service`: what can be booked. How a service is tied to Cal.com is in `service/link.rs`.

mod link;

pub use link::has_reference;

use clap::Subcommand;
use domain::ServiceId;
use domain::service::{Service as Offer, Work};
use engine::services::ServiceAct;
use serde_json::{Value, json};

use super::{lookup, parse};
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
        /// work, in which its staff is free for others); give it once per stretch, in their order
        #[arg(long, value_parser = parse::work)]
        work: Vec<Work>,
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
        let by = domain::appointment::Actor {
            via: Some("einklang service".to_owned()),
            ..domain::appointment::Actor::of(domain::Origin::System)
        };
        if !matches!(act, ServiceAct::Reset) {
            engine.look_at_service(company.id, service.id).await?;
        }
        engine.act_on_service(company.id, service.id, act, by, None).await?;
        super::sync::finish(&engine, company.id).await?;
        let case = engine.store.service_case(company.id, service.id).await?;
        let problem = case.problem().map(|(problem, message)| format!(": {} {message}", problem.as_str()));
        let text = format!(
            "{} is {}{}.",
            case.service.name,
            case.service.sync.as_str(),
            problem.unwrap_or_default().trim_end()
        );
        Outcome::new(describe(&case.service, case.current().count()), text)
    }
}

impl Service {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, name, duration, work, price, slug, description, online } => {
                let company = lookup::company(&store, &company).await?;
                let slug = slug.unwrap_or_else(|| parse::slug_of(&name));
                if slug.is_empty() {
                    anyhow::bail!("no short name follows from {name:?}; give one with --slug");
                }
                let service = Offer {
                    id: ServiceId(at.ambient.id()),
                    name,
                    slug,
                    description,
                    duration_minutes: duration
                        .unwrap_or_else(|| work.iter().map(|work| work.minutes + work.pause_minutes).sum()),
                    price_cents: price,
                    active: true,
                    terms: domain::service::Terms { online, ..domain::service::Terms::default() },
                    sync: domain::service::ServiceSync::Never,
                    version: 1,
                    segments: work,
                };
                match store.add_service(company.id, service.clone()).await {
                    Err(store::Error::Duplicate { .. }) => {
                        anyhow::bail!("{} has a service {:?} already", company.name, service.slug)
                    }
                    added => added?,
                }
                let text = format!(
                    "Service {} ({}) added; say who offers it with `einklang staff assign`.",
                    service.name, service.slug
                );
                Outcome::new(describe(&service, 0), text)
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let links = store.links(company.id).await?;
                let all: Vec<_> = store
                    .services(company.id)
                    .await?
                    .into_iter()
                    .map(|service| {
                        let linked = links.iter().filter(|link| link.service_id == service.id).count();
                        (service, linked)
                    })
                    .collect();
                let rows: Vec<_> = all
                    .iter()
                    .map(|(service, linked)| {
                        let price = service
                            .price_cents
                            .map_or(String::new(), |cents| format!("{}.{:02}", cents / 100, cents % 100));
                        [
                            service.slug.clone(),
                            service.name.clone(),
                            format!("{} min", service.duration_minutes),
                            price,
                            linked.to_string(),
                            service.sync.as_str().to_owned(),
                            service.id.to_string(),
                        ]
                    })
                    .collect();
                let text = table(["slug", "name", "takes", "price", "event types", "sync", "id"], &rows);
                let data: Vec<_> = all.iter().map(|(service, linked)| describe(service, *linked)).collect();
                Outcome::new(json!({ "data": data }), text)
            }
            Self::Link(link) => link.run(at, store).await,
            Self::Push(named) => named.act(at, store, ServiceAct::Push).await,
            Self::Pull(named) => named.act(at, store, ServiceAct::Pull).await,
            Self::Reset(named) => named.act(at, store, ServiceAct::Reset).await,
        }
    }
}

fn describe(service: &Offer, linked: usize) -> Value {
    json!({
        "id": service.id, "slug": service.slug, "name": service.name,
        "duration_minutes": service.duration_minutes, "price_cents": service.price_cents,
        "active": service.active, "online": service.terms.online, "sync": service.sync.as_str(), "event_types": linked,
    })
}
