//! Building the sample company and its Cal.com: every account, event type, connection and link, as an owner
//! would set them up. Appointments come afterwards (`past`).

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use calcom_sim::{
    EventTypeId, NewEventType, NewUser, Options, Sim, WebhookDelivery, WebhookSink, WorkingHours,
};
use domain::appointment::{Actor, Origin};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::{Role, Staff, User};
use domain::reference::FIELD_SLUG;
use domain::service::{Link, Service};
use domain::{AgentId, BranchId, CompanyId, ConnectionId, LinkId, Policy, ServiceId, StaffId, UserId};
use engine::Engine;
use jiff::civil::Time;
use secrecy::SecretString;
use serde_json::json;
use store::{NewCompany, Sealed};
use web::auth::password::hash_password;

use super::clock::TravelClock;
use super::salon::{self, Shift};
use crate::commands::api_key::{self, Scope};
use crate::commands::service::has_reference;

/// The password of the demo's user. It opens sample data on this machine, nothing else.
pub const PASSWORD: &str = "morgenrot-demo";

/// The sample company as it stands in the database and in the simulator.
#[derive(Clone)]
pub struct World {
    pub company: CompanyId,
    pub user: UserId,
    pub branches: Vec<Branch>,
    /// In the order of [`salon::SERVICES`].
    pub services: Vec<Service>,
    /// In the order of [`salon::STAFF`].
    pub seats: Vec<Seat>,
    /// The REST key, in the clear.
    pub api_key: String,
    pub agent_token: String,
    /// The key that signs the phone agent's calls, in the clear.
    pub signing_key: String,
}

/// A staff member with the account at Cal.com.
#[derive(Clone)]
pub struct Seat {
    pub staff: Staff,
    pub connection: ConnectionId,
    /// The account's API key, in the clear.
    pub api_key: String,
    /// Index of the service → event type.
    pub event_types: BTreeMap<usize, EventTypeId>,
}

/// An empty Cal.com that goes by the demo's clock.
pub fn simulator(clock: &TravelClock) -> Sim {
    let clock = clock.clone();
    Sim::new(Options::new(Arc::new(move || engine::Clock::now(&clock)), SEED))
}

/// Every start looks alike.
pub const SEED: u64 = 2026;

/// Webhooks of the time before the demo opened: into the inbox without a network.
pub struct Inbox(pub Engine);

#[async_trait]
impl WebhookSink for Inbox {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let token = delivery.url.rsplit('/').next()?;
        let (company, connection) = self.0.store.connection_by_webhook_token(token).await.ok()??;
        let signature = delivery.headers.get("x-cal-signature-256").and_then(|value| value.to_str().ok());
        let receipt = engine::inbox::receive(&self.0, company, &connection, &delivery.body, signature).await;
        Some(if receipt.is_ok() { 200 } else { 500 })
    }
}

/// Sets everything up. `simulator_url` is where the simulator is going to answer.
pub async fn build(engine: &Engine, sim: &Sim, simulator_url: &str) -> anyhow::Result<World> {
    let (store, ambient) = (&engine.store, &engine.ambient);
    let company = CompanyId(ambient.id());
    store
        .create_company(NewCompany {
            id: company,
            slug: salon::SLUG.to_owned(),
            name: salon::COMPANY.to_owned(),
            time_zone: salon::TIME_ZONE.to_owned(),
            locale: Locale::De,
            placeholder_domain: format!("{}.einklang.invalid", salon::SLUG),
            policy: Policy::default(),
            created_at: ambient.now(),
        })
        .await?;
    let (name, email) = salon::USER;
    let user = User {
        id: UserId(ambient.id()),
        email: email.parse()?,
        name: name.to_owned(),
        role: Role::Admin,
        locale: None,
    };
    let user_id = user.id;
    store.add_user(company, user, hash_password(ambient, &PASSWORD.into())?, ambient.now()).await?;

    let mut branches = Vec::new();
    for sample in &salon::BRANCHES {
        let branch = Branch {
            id: BranchId(ambient.id()),
            name: sample.name.to_owned(),
            time_zone: salon::TIME_ZONE.to_owned(),
            phone: Some(sample.phone.parse()?),
            address: Some(sample.address.to_owned()),
            hours: week(sample.hours),
            land: None,
        };
        store.add_branch(company, branch.clone()).await?;
        branches.push(branch);
    }
    let mut services = Vec::new();
    for sample in &salon::SERVICES {
        let service = Service {
            id: ServiceId(ambient.id()),
            name: sample.name.to_owned(),
            slug: sample.slug.to_owned(),
            description: sample.description.to_owned(),
            duration_minutes: sample.minutes,
            price_cents: Some(sample.cents),
            active: true,
            terms: domain::service::Terms::default(),
            sync: domain::service::ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        store.add_service(company, service.clone()).await?;
        services.push(service);
    }
    let mut seats = Vec::new();
    for sample in &salon::STAFF {
        let staff = Staff {
            id: StaffId(ambient.id()),
            branch_id: branches[sample.branch].id,
            name: sample.name.to_owned(),
            active: true,
            hours: week(sample.hours),
        };
        store.add_staff(company, staff.clone()).await?;
        let api_key = account(sim, sample);
        seats.push(seat(engine, company, sample, staff, api_key, &services, simulator_url).await?);
    }
    for (index, service) in services.iter().enumerate() {
        let able: Vec<_> = seats
            .iter()
            .filter(|seat| seat.event_types.contains_key(&index))
            .map(|seat| seat.staff.id)
            .collect();
        store.set_service_staff(company, service.id, &able).await?;
    }

    let scopes: Vec<_> = Scope::ALL.into_iter().collect();
    let (api_key, new) = api_key::make(ambient, "Website", &scopes);
    store.add_api_key(company, new, ambient.now()).await?;
    let signing_key = format!("key_{}", ambient.token());
    let agent_token = ambient.token();
    let agent = store::Agent {
        id: AgentId(ambient.id()),
        token: agent_token.clone(),
        signing_key: Sealed(engine.vault.seal(
            ambient,
            company,
            web::phone::SIGNING_KEY,
            &SecretString::from(signing_key.as_str()),
        )),
        name: "Telefonassistentin Luise".to_owned(),
    };
    store.add_agent(company, agent).await?;
    Ok(World { company, user: user_id, branches, services, seats, api_key, agent_token, signing_key })
}

/// A user of Cal.com with hours, event types and a key.
fn account(sim: &Sim, sample: &salon::Person) -> String {
    let email = format!("{}@salon-morgenrot.example", sample.username);
    let user = sim.add_user(NewUser::new(sample.username, sample.name, &email));
    let hours: Vec<_> =
        sample.hours.iter().map(|(days, from, to)| WorkingHours::new(days, *from, *to)).collect();
    sim.set_schedule(user, "Arbeitszeiten", &hours, &[]);
    let api_key = format!("cal_live_demo_{}", sample.username);
    sim.add_api_key(user, &api_key);
    let reference = json!([{
        "type": "text", "slug": FIELD_SLUG, "label": "Einklang", "required": false, "hidden": true,
        "placeholder": "",
    }]);
    for offer in sample.offers {
        let service = &salon::SERVICES[*offer];
        let event_type = NewEventType::new(service.name, service.slug, i64::from(service.minutes))
            .with("description", json!(service.description))
            .with("bookingFields", reference.clone());
        sim.add_event_type(user, event_type);
    }
    // What is nobody's business here: it takes up time, and is never imported.
    sim.add_event_type(user, NewEventType::new("Privat", PRIVATE, 60).with("hidden", json!(true)));
    api_key
}

/// Slug of the event type of every account that is not linked.
pub const PRIVATE: &str = "privat";

async fn seat(
    engine: &Engine,
    company: CompanyId,
    sample: &salon::Person,
    staff: Staff,
    api_key: String,
    services: &[Service],
    simulator_url: &str,
) -> anyhow::Result<Seat> {
    let key = SecretString::from(api_key.as_str());
    let name = Some(sample.name.to_owned());
    let by = Actor { via: Some("einklang demo".to_owned()), ..Actor::of(Origin::System) };
    let connection = engine::connect::connect(engine, company, name, simulator_url, key, by).await?;
    let client = engine.client(company, &connection)?;
    let there = client.event_types().await.result?;
    let mut event_types = BTreeMap::new();
    for offer in sample.offers {
        let event_type = there
            .items
            .iter()
            .find(|event_type| event_type.slug == salon::SERVICES[*offer].slug)
            .context("the simulator lost an event type")?;
        // The list leaves hidden fields out.
        let event_type = client.event_type(event_type.id).await.result?;
        let link = Link {
            id: LinkId(engine.ambient.id()),
            segment: 0,
            host: None,
            service_id: services[*offer].id,
            staff_id: Some(staff.id),
            connection_id: connection.id,
            event_type_id: event_type.id.0,
            reference_field: has_reference(&event_type),
        };
        engine::connect::link(engine, company, link).await?;
        event_types.insert(*offer, event_type.id.0);
    }
    Ok(Seat { staff, connection: connection.id, api_key, event_types })
}

fn week(shifts: &[Shift]) -> WeeklyHours {
    let mut week = WeeklyHours::default();
    for (days, from, to) in shifts {
        let shift = WeeklyHours::on(days, Time::constant(*from, 0, 0, 0), Time::constant(*to, 0, 0, 0));
        for (all, more) in week.0.iter_mut().zip(shift.0) {
            all.extend(more);
        }
    }
    week
}
