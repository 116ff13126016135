//! `einklang service link`: a service (of one staff member, or of all) stands for an event type. What is said
//! is checked at Cal.com before it is written down.

use std::fmt::Write;

use anyhow::{Context, bail};
use calcom::{EventType, EventTypeId, EventTypePatch, EventTypeSettings, NewBookingField};
use clap::Args;
use domain::LinkId;
use domain::reference::FIELD_SLUG;
use domain::service::Link as Tie;
use serde_json::json;
use store::Store;

use crate::commands::lookup;
use crate::installation::Installation;
use crate::outcome::Outcome;

/// Tie a service to an event type at Cal.com.
///
/// On an individual event type only its owner can be booked: name the person with --staff, who offers the
/// service from then on. Without --staff the event type stands for everybody who offers the service, which
/// is what a team event type is for.
#[derive(Debug, Args)]
pub struct Link {
    /// Slug of the company
    #[arg(long)]
    company: String,
    /// Slug, name or id of the service
    #[arg(long)]
    service: String,
    /// Name, account or id of the connection
    #[arg(long)]
    connection: String,
    /// Cal.com's id of the event type
    #[arg(long)]
    event_type: i64,
    /// Name or id of the staff member it belongs to
    #[arg(long)]
    staff: Option<String>,
    /// Which stretch of work of a composite service it stands for, from 1
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    part: u16,
    /// Cal.com's user id of the staff member, on an event type of a team [default: the host of the same name]
    #[arg(long, requires = "staff")]
    host: Option<i64>,
    /// Add the hidden booking field by which every webhook of our bookings can be told
    #[arg(long)]
    add_reference_field: bool,
}

impl Link {
    pub async fn run(self, at: &Installation, store: Store) -> anyhow::Result<Outcome> {
        let company = lookup::company(&store, &self.company).await?;
        let service = lookup::service(store.services(company.id).await?, &self.service)?;
        let connection = lookup::connection(store.connections(company.id).await?, &self.connection)?;
        let person = match &self.staff {
            Some(wanted) => Some(lookup::staff(store.staff(company.id).await?, wanted)?),
            None => None,
        };
        let engine = at.engine(store.clone())?;
        let client = engine.client(company.id, &connection)?;
        let mut event_type = match client.event_type(EventTypeId(self.event_type)).await.result {
            Ok(event_type) => event_type,
            Err(calcom::Error::NotFound { .. }) => {
                let there: Vec<_> = client
                    .event_types()
                    .await
                    .result?
                    .items
                    .iter()
                    .map(|event_type| format!("{} {}", event_type.id, event_type.title))
                    .collect();
                bail!(
                    "the account {} has no event type {}; it has: {}",
                    connection.account.username,
                    self.event_type,
                    if there.is_empty() { "none".to_owned() } else { there.join(", ") }
                )
            }
            Err(error) => return Err(error).context("the event type cannot be read at Cal.com"),
        };
        let parts = service.slots(jiff::Timestamp::UNIX_EPOCH);
        let Some(part) = parts.get(usize::from(self.part - 1)) else {
            bail!(
                "the service {} has {} part(s), and none of number {}",
                service.name,
                parts.len(),
                self.part
            )
        };
        if event_type.length_in_minutes != part.minutes() {
            bail!(
                "the event type {} takes {} minutes and the service {} takes {}; make them equal first",
                self.event_type,
                event_type.length_in_minutes,
                service.name,
                part.minutes()
            );
        }
        let host = match &person {
            Some(person) => host_of(&event_type, &person.name, self.host)?,
            None => None,
        };
        if self.add_reference_field && !has_reference(&event_type) {
            let patch = reference_added(&event_type);
            event_type = client
                .update_event_type(event_type.id, &patch)
                .await
                .result
                .context("the reference field cannot be added at Cal.com")?;
        }
        let reference_field = has_reference(&event_type);
        let link = Tie {
            id: LinkId(at.ambient.id()),
            service_id: service.id,
            segment: self.part - 1,
            host,
            staff_id: person.as_ref().map(|person| person.id),
            connection_id: connection.id,
            event_type_id: self.event_type,
            reference_field,
        };
        let tied = match engine::connect::link(&engine, company.id, link.clone()).await {
            Err(engine::Error::Store(store::Error::Duplicate { .. })) => {
                bail!("this service is linked already")
            }
            tied => tied?,
        };
        if let Some(person) = &person {
            let mut able: Vec<_> = store
                .staff_for_service(company.id, service.id)
                .await?
                .into_iter()
                .map(|able| able.id)
                .collect();
            if !able.contains(&person.id) {
                able.push(person.id);
                store.set_service_staff(company.id, service.id, &able).await?;
            }
        }
        let of = person.map_or(String::new(), |person| format!(" of {}", person.name));
        let mut text =
            format!("{}{of} is {} ({}) at Cal.com.", service.name, event_type.title, event_type.id);
        if tied > 0 {
            let _ = write!(text, "\n{tied} appointment(s) that were booked before are sent there now.");
        }
        if !reference_field {
            text.push_str(
                "\nThe event type has no field einklang-ref: a webhook that overtakes our answer cannot be told apart; --add-reference-field adds it.",
            );
        }
        Outcome::new(
            json!({
                "id": link.id, "service_id": link.service_id, "staff_id": link.staff_id,
                "part": self.part, "host": link.host, "connection_id": link.connection_id, "event_type_id": link.event_type_id,
                "event_type": event_type.title, "reference_field": reference_field,
                "appointments_tied": tied,
            }),
            text,
        )
    }
}

/// Who a person is on an event type of a team; `None` on one of a single person.
fn host_of(event_type: &EventType, name: &str, named: Option<i64>) -> anyhow::Result<Option<i64>> {
    if event_type.team_id.is_none() {
        return Ok(None);
    }
    let same = |host: &&calcom::EventTypeHost| match named {
        Some(id) => host.user_id.0 == id,
        None => host.name.trim().to_lowercase() == name.trim().to_lowercase(),
    };
    if let Some(host) = event_type.hosts.iter().find(same) {
        return Ok(Some(host.user_id.0));
    }
    let hosts: Vec<_> =
        event_type.hosts.iter().map(|host| format!("{} {}", host.user_id, host.name)).collect();
    bail!(
        "nobody on the event type {} is called {name}; say who it is with --host: {}",
        event_type.id,
        if hosts.is_empty() { "it has no hosts".to_owned() } else { hosts.join(", ") }
    )
}

/// Whether the event type has our hidden field. Asked of a single one: lists leave hidden fields out.
pub fn has_reference(event_type: &EventType) -> bool {
    event_type.booking_field(FIELD_SLUG).is_some()
}

/// All custom fields that are there, and ours: a patch replaces them all, and allows guests again unless it says
/// otherwise.
fn reference_added(event_type: &EventType) -> EventTypePatch {
    let mut fields: Vec<_> = event_type.booking_fields.iter().filter_map(NewBookingField::again).collect();
    fields.push(NewBookingField::hidden_text(FIELD_SLUG, "Einklang"));
    EventTypePatch {
        settings: EventTypeSettings {
            booking_fields: Some(fields),
            disable_guests: Some(event_type.disable_guests),
            ..EventTypeSettings::default()
        },
        ..EventTypePatch::default()
    }
}
