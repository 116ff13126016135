//! `einklang branch`: places where customers are served.

use clap::Subcommand;
use domain::appointment::{Actor, Origin};
use domain::company::Branch as Place;
use domain::holidays::Land;
use domain::{BranchId, Phone};
use serde_json::{Value, json};

use super::lookup;
use super::parse::{self, Opening};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum Branch {
    /// Add a branch
    Create {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// The name that people see
        #[arg(long, value_parser = parse::name)]
        name: String,
        /// The number that callers dial; the phone agent finds the branch by it
        #[arg(long, value_parser = phone)]
        phone: Option<Phone>,
        /// Street and town, one line
        #[arg(long)]
        address: Option<String>,
        /// IANA name [default: the company's]
        #[arg(long, value_parser = parse::time_zone)]
        timezone: Option<String>,
        /// When it is open, such as "mon-fri 09:00-18:00"; can be given several times
        #[arg(long, num_args = 1.., value_parser = parse::opening)]
        hours: Vec<Opening>,
        /// The German state whose public holidays it keeps, such as BE [default: none]
        #[arg(long, value_parser = land)]
        holidays: Option<Land>,
    },
    /// Say whose public holidays a branch keeps
    Holidays {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Name or id of the branch [default: the only one]
        #[arg(long)]
        branch: Option<String>,
        /// The German state, such as BE; left out: none
        #[arg(long, value_parser = land)]
        land: Option<Land>,
    },
    /// Show the branches of a company
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
}

fn phone(text: &str) -> Result<Phone, String> {
    text.parse().map_err(|error: domain::contact::InvalidContact| error.to_string())
}

fn by() -> Actor {
    Actor { via: Some("einklang branch".to_owned()), ..Actor::of(Origin::System) }
}

fn land(text: &str) -> Result<Land, String> {
    Land::from_code(text).ok_or_else(|| {
        let codes: Vec<_> = Land::ALL.into_iter().map(Land::code).collect();
        format!("{text:?} is not one of {}", codes.join(", "))
    })
}

impl Branch {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, name, phone, address, timezone, hours, holidays } => {
                let company = lookup::company(&store, &company).await?;
                let branch = Place {
                    id: BranchId(at.ambient.id()),
                    name,
                    time_zone: timezone.unwrap_or(company.time_zone),
                    phone,
                    address,
                    hours: parse::week(&hours),
                    land: holidays,
                };
                match store.add_branch(company.id, branch.clone()).await {
                    Err(store::Error::Duplicate { .. }) => {
                        anyhow::bail!("a branch of {} has this number already", company.name)
                    }
                    added => added?,
                }
                Outcome::new(describe(&branch), format!("Branch {} added to {}.", branch.name, company.name))
            }
            Self::Holidays { company, branch, land } => {
                let company = lookup::company(&store, &company).await?;
                let mut branch = lookup::branch(store.branches(company.id).await?, branch.as_deref())?;
                let (hours, now) = (branch.hours.clone(), at.ambient.now());
                store.set_branch_hours(company.id, branch.id, hours, land, by(), now).await?;
                branch.land = land;
                let text = match land {
                    Some(land) => format!("{} keeps the public holidays of {}.", branch.name, land.code()),
                    None => format!("{} keeps no public holidays.", branch.name),
                };
                Outcome::new(describe(&branch), text)
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let all = store.branches(company.id).await?;
                let rows: Vec<_> = all
                    .iter()
                    .map(|branch| {
                        let phone = branch.phone.as_ref().map(ToString::to_string).unwrap_or_default();
                        [branch.name.clone(), phone, parse::write_week(&branch.hours), branch.id.to_string()]
                    })
                    .collect();
                let text = table(["name", "phone", "open", "id"], &rows);
                Outcome::new(json!({ "data": all.iter().map(describe).collect::<Vec<_>>() }), text)
            }
        }
    }
}

fn describe(branch: &Place) -> Value {
    json!({
        "id": branch.id, "name": branch.name, "phone": branch.phone, "address": branch.address,
        "timezone": branch.time_zone, "hours": parse::write_week(&branch.hours),
        "holidays": branch.land.map(Land::code),
    })
}
