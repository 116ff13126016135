//! `einklang staff`: staff members, their hours, and what they do.

use clap::Subcommand;
use domain::appointment::{Actor, Origin};
use domain::people::Staff as Person;
use domain::{AbsenceId, Slot, StaffId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::Absence;

use super::lookup;
use super::parse::{self, DayOrTime, Opening};
use crate::installation::Installation;
use crate::outcome::{Outcome, table};

#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Add a staff member
    Create {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// The name that people see
        #[arg(long, value_parser = parse::name)]
        name: String,
        /// Name or id of the branch [default: the only one]
        #[arg(long)]
        branch: Option<String>,
        /// Working hours, such as "mon-fri 09:00-18:00"; can be given several times
        #[arg(long, required = true, num_args = 1.., value_parser = parse::opening)]
        hours: Vec<Opening>,
    },
    /// Show the staff of a company
    List {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
    /// Write down that a staff member is away; nothing can be booked then
    Away {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Name or id of the staff member
        #[arg(long)]
        staff: String,
        /// The first day, or the time from which on, by the branch's clock: 2026-12-24 or 2026-12-24T13:00
        #[arg(long, value_parser = parse::day_or_time)]
        from: DayOrTime,
        /// The last day, or the time until which
        #[arg(long, value_parser = parse::day_or_time)]
        to: DayOrTime,
        /// Why, if somebody has to know it
        #[arg(long)]
        reason: Option<String>,
    },
    /// Show when staff are away from now on
    Absences {
        /// Slug of the company
        #[arg(long)]
        company: String,
    },
    /// Take an absence back
    Back {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// The id of the absence
        id: AbsenceId,
    },
    /// Say that a staff member offers services
    Assign {
        /// Slug of the company
        #[arg(long)]
        company: String,
        /// Name or id of the staff member
        #[arg(long)]
        staff: String,
        /// Slug, name or id of a service; can be given several times
        #[arg(long, required = true, num_args = 1..)]
        service: Vec<String>,
    },
}

impl Staff {
    pub async fn run(self, at: &Installation) -> anyhow::Result<Outcome> {
        let store = at.store().await?;
        match self {
            Self::Create { company, name, branch, hours } => {
                let company = lookup::company(&store, &company).await?;
                let branches = store.branches(company.id).await?;
                let branch = lookup::branch(branches, branch.as_deref())?;
                let person = Person {
                    id: StaffId(at.ambient.id()),
                    branch_id: branch.id,
                    name,
                    active: true,
                    hours: parse::week(&hours),
                };
                store.add_staff(company.id, person.clone()).await?;
                let text = format!(
                    "{} works at {}; say what {} does with `einklang staff assign`.",
                    person.name, branch.name, person.name
                );
                Outcome::new(describe(&person, &[]), text)
            }
            Self::List { company } => {
                let company = lookup::company(&store, &company).await?;
                let people = store.staff(company.id).await?;
                let mut offers: Vec<Vec<String>> = vec![Vec::new(); people.len()];
                for service in store.services(company.id).await? {
                    let able = store.staff_for_service(company.id, service.id).await?;
                    for (person, offers) in people.iter().zip(&mut offers) {
                        if able.iter().any(|able| able.id == person.id) {
                            offers.push(service.slug.clone());
                        }
                    }
                }
                let rows: Vec<_> = people
                    .iter()
                    .zip(&offers)
                    .map(|(person, offers)| {
                        let hours = parse::write_week(&person.hours);
                        [person.name.clone(), hours, offers.join(", "), person.id.to_string()]
                    })
                    .collect();
                let text = table(["name", "works", "offers", "id"], &rows);
                let data: Vec<_> =
                    people.iter().zip(&offers).map(|(person, offers)| describe(person, offers)).collect();
                Outcome::new(json!({ "data": data }), text)
            }
            Self::Away { company, staff, from, to, reason } => {
                let company = lookup::company(&store, &company).await?;
                let person = lookup::staff(store.staff(company.id).await?, &staff)?;
                let branch = store.branch(company.id, person.branch_id).await?;
                let zone = TimeZone::get(&branch.time_zone)?;
                let slot = Slot { start: from.begins(&zone)?, end: to.ends(&zone)? };
                anyhow::ensure!(slot.start < slot.end, "the end comes before the beginning");
                let length = reason.as_ref().map_or(0, |reason| reason.chars().count());
                anyhow::ensure!(length <= Absence::LONGEST_REASON, "a reason has at most 100 characters");
                let absence = Absence { id: AbsenceId(at.ambient.id()), staff_id: person.id, slot, reason };
                store.add_absence(company.id, absence.clone(), by(), at.ambient.now()).await?;
                // What is booked then stays, and somebody has to look at it.
                let booked = store.busy(company.id, &[person.id], slot).await?.remove(&person.id);
                let booked = booked.unwrap_or_default().len();
                let stay = if booked > 0 {
                    format!(" What is booked then stays as it is: {booked}.")
                } else {
                    String::new()
                };
                let text = format!("{} is away; nothing can be booked then.{stay}", person.name);
                let mut data = describe_absence(&absence);
                data["booked"] = booked.into();
                Outcome::new(data, text)
            }
            Self::Absences { company } => {
                let company = lookup::company(&store, &company).await?;
                let people = store.staff(company.id).await?;
                let ids: Vec<_> = people.iter().map(|person| person.id).collect();
                let range = Slot { start: at.ambient.now(), end: Timestamp::MAX };
                let all = store.absences(company.id, &ids, range).await?;
                let name =
                    |id| people.iter().find(|person| person.id == id).map(|person| person.name.clone());
                let rows: Vec<_> = all
                    .iter()
                    .map(|it| {
                        let Slot { start, end } = it.slot;
                        [
                            name(it.staff_id).unwrap_or_default(),
                            start.to_string(),
                            end.to_string(),
                            it.id.to_string(),
                        ]
                    })
                    .collect();
                let data: Vec<_> = all.iter().map(describe_absence).collect();
                Outcome::new(json!({ "data": data }), table(["name", "from", "until", "id"], &rows))
            }
            Self::Back { company, id } => {
                let company = lookup::company(&store, &company).await?;
                match store.remove_absence(company.id, id, by(), at.ambient.now()).await {
                    Err(store::Error::NotFound) => anyhow::bail!("there is no such absence"),
                    removed => removed?,
                }
                Outcome::new(json!({ "id": id }), "The absence is taken back.".to_owned())
            }
            Self::Assign { company, staff, service } => {
                let company = lookup::company(&store, &company).await?;
                let person = lookup::staff(store.staff(company.id).await?, &staff)?;
                let engine = at.engine(store.clone())?;
                let mut names = Vec::new();
                for wanted in service {
                    let service = lookup::service(store.services(company.id).await?, &wanted)?;
                    let mut people: Vec<_> = store
                        .staff_for_service(company.id, service.id)
                        .await?
                        .into_iter()
                        .map(|able| able.id)
                        .collect();
                    if !people.contains(&person.id) {
                        people.push(person.id);
                        store.set_service_staff(company.id, service.id, &people).await?;
                        // Whoever has an account gets an event type there.
                        engine.arrange_service(company.id, service.id).await?;
                    }
                    names.push(service.name);
                }
                let text = format!("{} offers {}.", person.name, names.join(", "));
                Outcome::new(json!({ "staff_id": person.id, "services": names }), text)
            }
        }
    }
}

fn by() -> Actor {
    Actor { via: Some("einklang staff".to_owned()), ..Actor::of(Origin::System) }
}

fn describe_absence(absence: &Absence) -> Value {
    let Slot { start, end } = absence.slot;
    json!({
        "id": absence.id, "staff_id": absence.staff_id, "from": start.to_string(), "until": end.to_string(),
        "reason": absence.reason,
    })
}

fn describe(person: &Person, offers: &[String]) -> Value {
    json!({
        "id": person.id, "name": person.name, "branch_id": person.branch_id, "active": person.active,
        "hours": parse::write_week(&person.hours), "services": offers,
    })
}
