//! `einklang company`: tenants of this installation.

use clap::Subcommand;
use domain::company::Locale;
use domain::plan::{Attendee, Cancellation, Winner};
use domain::{CompanyId, Policy};
use serde_json::{Value, json};
use store::NewCompany;

use super::{lookup, parse};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum Company {
    /// Make a company
    Create {
        /// The name that people see
        #[arg(long, value_parser = parse::name)]
        name: String,
        /// Short name for commands: lower-case letters, digits, hyphens
        #[arg(long, value_parser = parse::slug)]
        slug: String,
        /// IANA name such as Europe/Berlin
        #[arg(long, value_parser = parse::time_zone)]
        timezone: String,
        /// Language to start with: de or en
        #[arg(long, default_value = "de", value_parser = locale)]
        locale: Locale,
    },
    /// Show all companies
    List,
    /// Show or set the rules by which conflicts with Cal.com are settled
    Policy {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Cancelled on one side and moved on the other: `wins` or `ask`
        #[arg(long, value_parser = parse::word::<Cancellation>)]
        cancellation: Option<Cancellation>,
        /// Time or host changed on both sides: `platform_wins`, `calcom_wins` or `ask`
        #[arg(long, value_parser = parse::word::<Winner>)]
        times: Option<Winner>,
        /// Customer data differ: `platform_wins`, `replace`, `calcom_wins` or `ask`
        #[arg(long, value_parser = parse::word::<Attendee>)]
        attendee: Option<Attendee>,
        /// Take over without asking what is changed about services at Cal.com: `true` or `false`
        #[arg(long)]
        allow_calcom_overwrites: Option<bool>,
    },
}

/// Reads a language.
pub fn locale(text: &str) -> Result<Locale, String> {
    Locale::from_tag(text).ok_or_else(|| "the language is de or en".to_owned())
}

impl Company {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { name, slug, timezone, locale } => {
                let new = NewCompany {
                    id: CompanyId(at.ambient.id()),
                    // Reserved for this (RFC 2606): nobody ever receives what is sent there.
                    placeholder_domain: format!("{slug}.einklang.invalid"),
                    slug,
                    name,
                    time_zone: timezone,
                    locale,
                    policy: Policy::default(),
                    created_at: at.ambient.now(),
                };
                let slug = new.slug.clone();
                match store.create_company(new).await {
                    Err(store::Error::Duplicate { .. }) => {
                        anyhow::bail!("there is a company {slug:?} already; choose another --slug")
                    }
                    company => {
                        let company = company?;
                        let text = format!("Company {} ({}) made.", company.name, company.slug);
                        Outcome::new(describe(&company), text)
                    }
                }
            }
            Self::Policy { company, cancellation, times, attendee, allow_calcom_overwrites } => {
                let company = lookup::company(&store, &company).await?;
                let before = store.policy(company.id).await?;
                let policy = Policy {
                    cancellation: cancellation.unwrap_or(before.cancellation),
                    times: times.unwrap_or(before.times),
                    attendee: attendee.unwrap_or(before.attendee),
                    allow_calcom_overwrites: allow_calcom_overwrites
                        .unwrap_or(before.allow_calcom_overwrites),
                };
                if policy != before {
                    store.set_policy(company.id, policy).await?;
                }
                let rules = json!(policy);
                let rows: Vec<_> = rules
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(rule, value)| {
                        [rule.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)]
                    })
                    .collect();
                let text = table(["rule", "value"], &rows);
                Outcome::new(rules, text)
            }
            Self::List => {
                let all = store.companies().await?;
                let rows: Vec<_> = all
                    .iter()
                    .map(|company| {
                        let locale = company.locale.tag().to_owned();
                        [company.slug.clone(), company.name.clone(), company.time_zone.clone(), locale]
                    })
                    .collect();
                let text = table(["slug", "name", "time zone", "language"], &rows);
                Outcome::new(json!({ "data": all.iter().map(describe).collect::<Vec<_>>() }), text)
            }
        }
    }
}

fn describe(company: &domain::company::Company) -> Value {
    json!({
        "id": company.id, "slug": company.slug, "name": company.name, "timezone": company.time_zone,
        "locale": company.locale.tag(),
    })
}
