//! `einklang service link`: a service (of one staff member, or of all) is tied to an event type that is at Cal.com
//! already, by the same step as the pages and the API.

use std::fmt::Write;

use anyhow::Context;
use calcom::{EventType, EventTypeId, EventTypePatch, EventTypeSettings, NewBookingField};
use clap::Args;
use domain::Origin;
use domain::appointment::Actor;
use domain::reference::FIELD_SLUG;
use engine::services::{LinkWish, Linked};
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
    /// Add the hidden booking field by which every webhook of our bookings can be told, before anything is booked
    #[arg(long)]
    add_reference_field: bool,
    /// Hide the event type that stands for the service of this person now
    #[arg(long)]
    replace: bool,
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
        let engine = at.engine(store)?;
        let wish = LinkWish {
            service: service.id,
            segment: self.part - 1,
            staff: person.as_ref().map(|person| person.id),
            connection: Some(connection.id),
            event_type: self.event_type,
            host: self.host,
            replace: self.replace,
        };
        // What cannot be tied is not changed at Cal.com either.
        let prospect = engine.preview_link(company.id, &wish).await?;
        if self.add_reference_field && prospect.adds_reference {
            let client = engine.client(company.id, &connection)?;
            let id = EventTypeId(self.event_type);
            let event_type = client.event_type(id).await.result?;
            let added = client.update_event_type(id, &reference_added(&event_type)).await.result;
            added.context("the reference field cannot be added at Cal.com")?;
        }
        let by = Actor { via: Some("einklang service".to_owned()), ..Actor::of(Origin::System) };
        let Linked { link, title, appointments, .. } =
            engine.link_event_type(company.id, &wish, None, by, None).await?;
        let of = person.map_or(String::new(), |person| format!(" of {}", person.name));
        let mut text = format!("{}{of} is {title} ({}) at Cal.com.", service.name, link.event_type_id);
        if let Some(before) = prospect.replaces {
            let _ = write!(text, "\nThe event type {before} that stood for it before is hidden.");
        }
        if !prospect.differs.is_empty() {
            let differ = prospect.differs.iter().map(|(setting, ..)| setting.as_str());
            let differ = differ.collect::<Vec<_>>().join(", ");
            let what = if prospect.overwrites { "Taken over from Cal.com" } else { "Divergences" };
            let _ = write!(text, "\n{what}: {differ}.");
        }
        if appointments > 0 {
            let _ =
                write!(text, "\n{appointments} appointment(s) that were booked before are sent there now.");
        }
        if !link.reference_field {
            text.push_str(
                "\nThe event type has no field einklang-ref yet: until it is added, a webhook that overtakes our answer cannot be told apart; --add-reference-field adds it at once.",
            );
        }
        Outcome::new(
            json!({
                "id": link.id, "service_id": link.service_id, "staff_id": link.staff_id,
                "part": self.part, "host": link.host, "connection_id": link.connection_id, "event_type_id": link.event_type_id,
                "event_type": title, "reference_field": link.reference_field,
                "replaced_event_type_id": prospect.replaces, "appointments_tied": appointments,
            }),
            text,
        )
    }
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
