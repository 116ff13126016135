//! Companies as people open them: branches, staff, accounts at Cal.com, services and their event types.

use std::sync::Arc;

use calcom_sim::{EventTypeId, NewEventType, NewUser, Sim, UserId};
use domain::appointment::{Actor, Origin};
use domain::case::Priority;
use domain::catalogue::{EventTypeSighting, ServiceCase, Setting};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::service::{Link, Service, Terms, Work};
use domain::{BranchId, CompanyId, ConnectionId, LinkId, Policy, ServiceId, StaffId};
use engine::{Engine, connect};
use jiff::civil::{Weekday, time};
use store::{Change, NewCompany};

/// A company with its accounts.
pub struct Company {
    pub id: CompanyId,
    pub policy: Policy,
    pub accounts: Vec<Account>,
    /// What can be booked: a short one, one that has to be confirmed at Cal.com, and in the salon one that a
    /// team does and one of two stretches of work.
    pub services: Vec<ServiceId>,
    /// The same, as they were made.
    pub as_made: Vec<Service>,
    /// How many there were at first; the others were made or imported since.
    pub at_first: usize,
    /// The event types that they stand for.
    pub linked: Vec<Linked>,
}

/// A stylist with an account at Cal.com.
pub struct Account {
    pub staff: StaffId,
    pub user: UserId,
    pub key: String,
    pub connection: ConnectionId,
    /// An event type that is nobody's business here.
    pub elsewhere: EventTypeId,
}

/// An event type, and what it stands for.
#[derive(Debug, Clone, Copy)]
pub struct Linked {
    pub event_type: EventTypeId,
    pub service: usize,
    pub segment: u16,
}

const ALL_DAY: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];
/// Minutes of work of the services.
pub const MINUTES: [&[u32]; 4] = [&[45], &[60], &[30], &[30, 45]];
/// The service that has to be confirmed at Cal.com.
pub const ASKED: usize = 1;
/// The service of the team.
pub const TEAM: usize = 2;
/// Between two stretches of work.
const PAUSE: u32 = 30;

/// Where companies are opened.
pub struct City<'a> {
    pub engine: &'a Engine,
    pub sim: &'a Sim,
    /// Some companies had event types before.
    pub seed: u64,
}

impl City<'_> {
    /// Opens a company in which so many of the services are offered.
    pub async fn open(
        &self,
        slug: &str,
        people: &[(&str, &str)],
        policy: Policy,
        services: usize,
    ) -> Company {
        let (ambient, store) = (&self.engine.ambient, &self.engine.store);
        let id = CompanyId(ambient.id());
        let always = WeeklyHours::on(&ALL_DAY, time(0, 0, 0, 0), time(23, 59, 0, 0));
        let new = NewCompany {
            id,
            slug: slug.to_owned(),
            name: slug.to_owned(),
            time_zone: "UTC".into(),
            locale: Locale::De,
            placeholder_domain: "customers.example".into(),
            policy,
            created_at: ambient.now(),
        };
        store.create_company(new).await.expect("a new company");
        let branch_id = BranchId(ambient.id());
        let branch = Branch {
            id: branch_id,
            name: "Mitte".into(),
            time_zone: "UTC".into(),
            phone: None,
            address: None,
            hours: always.clone(),
            land: None,
        };
        store.add_branch(id, branch).await.expect("a new branch");
        let mut company = Company {
            id,
            policy,
            accounts: Vec::new(),
            services: Vec::new(),
            as_made: Vec::new(),
            at_first: services,
            linked: Vec::new(),
        };
        for (number, (name, key)) in people.iter().enumerate() {
            let staff = StaffId(ambient.id());
            let member =
                Staff { id: staff, branch_id, name: (*name).to_owned(), active: true, hours: always.clone() };
            store.add_staff(id, member).await.expect("a new member of staff");
            let user = self.sim.add_user(NewUser::new(name, name, &format!("{name}@{slug}.example")));
            let hours = calcom_sim::WorkingHours {
                days: ALL_DAY.to_vec(),
                from: time(0, 0, 0, 0),
                to: time(23, 59, 0, 0),
            };
            self.sim.set_schedule(user, "Always", &[hours], &[]);
            self.sim.add_api_key(user, key);
            let by = Actor::of(Origin::System);
            let connected = connect::connect(self.engine, id, None, "http://cal.example", (*key).into(), by);
            let connection = connected.await.expect("the account answers").id;
            let elsewhere = self.sim.add_event_type(user, dentist(self.seed, number));
            let key = (*key).to_owned();
            company.accounts.push(Account { staff, user, key, connection, elsewhere });
        }
        for (index, minutes) in MINUTES.into_iter().enumerate().take(services) {
            self.offer(&mut company, index, minutes).await;
        }
        if !self.seed.is_multiple_of(4) {
            self.agree(&company).await;
        }
        company
    }

    /// A service, and the event types that it is booked on.
    async fn offer(&self, company: &mut Company, index: usize, minutes: &[u32]) {
        let (ambient, store) = (&self.engine.ambient, &self.engine.store);
        let work = minutes.iter().map(|minutes| Work {
            name: "Work".to_owned(),
            minutes: *minutes,
            pause_minutes: PAUSE,
            staff: Vec::new(),
        });
        let work: Vec<_> = work.collect();
        let service = Service {
            id: ServiceId(ambient.id()),
            name: format!("Service {index}"),
            slug: format!("service-{index}"),
            description: String::new(),
            duration_minutes: if work.len() > 1 {
                minutes.iter().map(|it| it + PAUSE).sum()
            } else {
                minutes[0]
            },
            price_cents: None,
            active: true,
            terms: Terms { requires_confirmation: index == ASKED, ..Terms::default() },
            sync: domain::service::ServiceSync::Never,
            version: 1,
            segments: if work.len() > 1 { work } else { Vec::new() },
        };
        store.add_service(company.id, service.clone()).await.expect("a new service");
        let everybody: Vec<_> = company.accounts.iter().map(|account| account.staff).collect();
        store.set_service_staff(company.id, service.id, &everybody).await.expect("known people");
        let users: Vec<_> = company.accounts.iter().map(|account| account.user).collect();
        let team = (index == TEAM).then(|| {
            let team = self.sim.add_team("Team", &users);
            self.sim.add_team_event_type(team, &users, event_type(self.seed, index, &service, 0))
        });
        for (account, person) in company.accounts.iter().enumerate() {
            for segment in 0..u16::try_from(minutes.len()).expect("few") {
                let event_type_id = match team {
                    Some(shared) => shared,
                    None => {
                        self.sim.add_event_type(person.user, event_type(self.seed, index, &service, segment))
                    }
                };
                // The team's bookings are seen with the key of its first member.
                let owner = if team.is_some() { 0 } else { account };
                let link = Link {
                    id: LinkId(ambient.id()),
                    service_id: service.id,
                    segment,
                    staff_id: Some(person.staff),
                    host: team.map(|_| person.user),
                    connection_id: company.accounts[owner].connection,
                    event_type_id,
                    reference_field: true,
                };
                connect::link(self.engine, company.id, link).await.expect("all of one company");
                let linked = Linked { event_type: event_type_id, service: index, segment };
                if !company.linked.iter().any(|known| known.event_type == event_type_id) {
                    company.linked.push(linked);
                }
            }
        }
        company.services.push(service.id);
        company.as_made.push(service);
    }

    /// Both sides have seen that they say the same of every service.
    async fn agree(&self, company: &Company) {
        let (all, now) = (Arc::new(self.sim.event_types()), self.engine.ambient.now());
        let custom = move |id: i64| -> serde_json::Value {
            let event_type = all.iter().find(|event_type| event_type["id"] == id);
            let fields = event_type.and_then(|it| it["bookingFields"].as_array()).into_iter().flatten();
            fields.filter(|field| field["isDefault"] == false).cloned().collect()
        };
        let seen = move |case: &mut ServiceCase| {
            for record in case.event_types.clone() {
                let id = record.event_type_id.expect("it was there before");
                let (settings, booking_fields) = (case.wanted(&record), custom(id));
                let seen = EventTypeSighting { id, settings, booking_fields, booking_url: None, at: now };
                case.sighted(record.id, &seen, now);
            }
            case.conclude(Priority::Check, now);
            Ok(())
        };
        for service in &company.services {
            let (store, change) = (&self.engine.store, Change::at(now));
            let changed = store.change_service(company.id, *service, change, seen.clone()).await;
            changed.expect("a service that is there");
        }
    }
}

/// An event type that is its owner's own business: mostly hidden, because what can be seen is imported.
fn dentist(seed: u64, number: usize) -> NewEventType {
    let hidden = !(seed + number as u64).is_multiple_of(4);
    NewEventType::new("Dentist", "dentist", 45).with("hidden", hidden.into())
}

/// An event type as the service wants it, or, of the first one in some worlds, as somebody had made it before.
fn event_type(seed: u64, index: usize, service: &Service, segment: u16) -> NewEventType {
    let field = serde_json::json!([{"type": "text", "slug": domain::reference::FIELD_SLUG,
        "label": "Reference", "required": false, "placeholder": "", "hidden": true}]);
    let (title, slug) = if index == 0 && seed.is_multiple_of(4) {
        ("Haircut".to_owned(), "haircut".to_owned())
    } else {
        let says = |setting| crate::service_ledger::here(setting, service, segment);
        (says(Setting::Title), says(Setting::Slug))
    };
    let minutes =
        service.segments.get(usize::from(segment)).map_or(service.duration_minutes, |it| it.minutes);
    let new = NewEventType::new(&title, &slug, i64::from(minutes)).with("bookingFields", field);
    if index == ASKED {
        let asks = serde_json::json!({"type": "always", "blockUnconfirmedBookingsInBooker": true});
        return new.with("confirmationPolicy", asks);
    }
    new
}
