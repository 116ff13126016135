//! What concerns the Cal.com accounts of one company: the key, the webhook, the linked event types.

use calcom::{Client, Error, EventType};
use domain::company::Company;
use engine::Engine;
use store::{Connection, ConnectionState};

use super::Examination;
use crate::commands::service::has_reference;

pub async fn examine(
    seen: &mut Examination,
    engine: &Engine,
    company: &Company,
    offline: bool,
) -> anyhow::Result<()> {
    let connections = engine.store.connections(company.id).await?;
    seen.check(
        !connections.is_empty(),
        "no_connection",
        "No Cal.com account is connected.",
        format!("Connect one with `einklang connection add --company {}`.", company.slug),
    );
    for connection in &connections {
        let name = &connection.name;
        let told = connection.state_message.as_deref().map_or(String::new(), |told| format!(" ({told})"));
        seen.check(
            connection.state == ConnectionState::Active,
            "connection_not_active",
            format!("The connection {name} is {}{told}: nothing is sent.", connection.state.as_str()),
            "Give it a valid API key, or resume it.",
        );
        let client = engine.client(company.id, connection);
        seen.check(
            client.is_ok(),
            "secret_does_not_open",
            format!("The API key of {name} does not open with this secret key."),
            "Put the secret key back that it was stored with, or give the connection a key anew on its page, then `einklang connection reregister`.",
        );
        seen.check(
            connection.webhook_id.is_some(),
            "webhook_missing",
            format!("Cal.com tells nothing of {name}: no webhook is registered."),
            "Set EINKLANG_PUBLIC_URL to an address that Cal.com reaches, then `einklang connection reregister`.",
        );
        if let (Ok(client), false) = (client, offline) {
            ask(seen, engine, company, connection, &client).await?;
        }
    }
    Ok(())
}

/// Asks Cal.com. One account that does not answer is one finding, not four.
async fn ask(
    seen: &mut Examination,
    engine: &Engine,
    company: &Company,
    connection: &Connection,
    client: &Client,
) -> anyhow::Result<()> {
    let name = &connection.name;
    let answered = client.me().await.result;
    let (message, advice) = match &answered {
        Err(error @ Error::Unauthorized { .. }) => {
            (error.to_string(), "Make a new API key at Cal.com and give it to the connection on its page.")
        }
        Err(error) => {
            (error.to_string(), "Try again; if it stays, look at the address and at Cal.com's status page.")
        }
        Ok(_) => Default::default(),
    };
    let message = format!("Cal.com does not answer for {name}: {message}.");
    seen.check(answered.is_ok(), "calcom_does_not_answer", message, advice);
    if answered.is_err() {
        return Ok(());
    }
    webhook(seen, engine, connection, client).await;
    for link in engine.store.links_of_connection(company.id, connection.id).await? {
        let service = engine.store.service(company.id, link.service_id).await?;
        // One by one: the list leaves hidden fields out, and the event types of teams.
        match client.event_type(calcom::EventTypeId(link.event_type_id)).await.result {
            Ok(event_type) => linked(seen, name, &service, link.event_type_id, Some(&event_type)),
            Err(Error::NotFound { .. }) => linked(seen, name, &service, link.event_type_id, None),
            // Too many requests, or an outage that began just now: nothing is known of the rest.
            Err(error) => {
                let message = format!("Cal.com does not answer for {name}: {error}.");
                seen.check(false, "calcom_does_not_answer", message, "Try again in a minute.");
                break;
            }
        }
    }
    Ok(())
}

async fn webhook(seen: &mut Examination, engine: &Engine, connection: &Connection, client: &Client) {
    let Ok(webhooks) = client.webhooks().await.result else { return };
    let url = engine::connect::webhook_url(&engine.settings.public_url, &connection.webhook_token);
    let ours = webhooks.items.iter().find(|webhook| {
        Some(webhook.id.to_string()) == connection.webhook_id || webhook.subscriber_url == url
    });
    if connection.webhook_id.is_some() {
        let name = &connection.name;
        seen.check(
            ours.is_some(),
            "webhook_gone",
            format!("The webhook of {name} is gone at Cal.com."),
            "`einklang connection reregister`; until then changes made there are found late.",
        );
        if let Some(webhook) = ours {
            seen.check(
                webhook.active,
                "webhook_switched_off",
                format!("The webhook of {name} is switched off at Cal.com."),
                "`einklang connection reregister` switches it on.",
            );
            seen.check(
                webhook.subscriber_url == url,
                "webhook_elsewhere",
                format!("The webhook of {name} goes to another address than EINKLANG_PUBLIC_URL says."),
                "Set EINKLANG_PUBLIC_URL back, or `einklang connection reregister`.",
            );
        }
    }
}

fn linked(
    seen: &mut Examination,
    connection: &str,
    service: &domain::service::Service,
    id: i64,
    event_type: Option<&EventType>,
) {
    seen.check(
        event_type.is_some(),
        "event_type_gone",
        format!("{} is tied to the event type {id} of {connection}, which is gone at Cal.com.", service.name),
        "Tie it to another one with `einklang service link`.",
    );
    let Some(event_type) = event_type else { return };
    seen.check(
        event_type.length_in_minutes == service.duration_minutes,
        "length_differs",
        format!(
            "{} takes {} minutes here and {} at Cal.com ({connection}).",
            service.name, service.duration_minutes, event_type.length_in_minutes
        ),
        "Make them equal: else one side is double-booked.",
    );
    seen.check(
        has_reference(event_type),
        "no_reference_field",
        format!("The event type {} of {connection} lacks the hidden field einklang-ref.", event_type.title),
        "Add it at Cal.com: without it a webhook that overtakes an answer cannot be told apart.",
    );
}
