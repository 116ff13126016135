//! The world of a run: two companies on the real SQL, a simulated Cal.com with an account per stylist, two
//! clocks (ours can be wrong, Cal.com's is the world's), and everything in between held at gates.

use std::sync::Arc;

use calcom_sim::{EventTypeId, NewEventType, NewUser, Sim, UserId};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::plan::Winner;
use domain::service::{Link, Service};
use domain::{BranchId, CompanyId, ConnectionId, LinkId, Policy, ServiceId, StaffId};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault, connect};
use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use store::{NewCompany, Store};

use crate::gates::Gates;
use crate::log::Log;
use crate::network::Network;

pub struct World {
    /// Held at every gate.
    pub engine: Engine,
    /// The same, held by nobody: for setting up, and for looking at the end.
    pub free: Engine,
    pub sim: Sim,
    pub network: Network,
    pub gates: Gates,
    pub log: Log,
    /// What our machines show.
    pub ours: ManualClock,
    /// What time it is.
    pub theirs: ManualClock,
    pub companies: Vec<Company>,
}

/// A company with its accounts.
pub struct Company {
    pub id: CompanyId,
    pub accounts: Vec<Account>,
    pub services: Vec<ServiceId>,
    /// The same, as they were made.
    pub as_made: Vec<Service>,
    /// Who wins when both sides have moved.
    pub times: Winner,
}

/// A stylist with an account at Cal.com.
pub struct Account {
    pub staff: StaffId,
    pub user: UserId,
    pub key: &'static str,
    pub connection: ConnectionId,
    /// The event types that services stand for.
    pub linked: Vec<(ServiceId, EventTypeId)>,
    /// One that is nobody's business here.
    pub elsewhere: EventTypeId,
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
/// Minutes of the services; the second one has to be confirmed at Cal.com.
const MINUTES: [u32; 2] = [45, 60];

impl World {
    /// The world of a seed.
    pub async fn new(seed: u64) -> Self {
        let start: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
        let (ours, theirs) = (ManualClock::at(start), ManualClock::at(start));
        let sim_clock = theirs.clone();
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(move || sim_clock.now()), seed));
        let (gates, log) = (Gates::default(), Log::default());
        let network = Network::new(sim.clone(), gates.clone(), theirs.clone(), log.clone());
        sim.set_webhook_sink(Arc::new(network.clone()));
        let store = Store::connect("sqlite::memory:").await.expect("memory");
        store.migrate().await.expect("an empty database");
        let ambient = Ambient::new(Arc::new(ours.clone()), Arc::new(SeededEntropy::new(seed)));
        let engine = |store: Store| {
            Engine::new(Parts {
                store,
                ambient: ambient.clone(),
                vault: Vault::new(&"a key".into()),
                transport: Arc::new(network.clone()),
                // One call after the other: which actor goes on is for the schedule alone to say.
                settings: Settings { in_flight: 1, ..Settings::default() },
                signals: Signals::default(),
            })
        };
        let free = engine(store.clone());
        let engine = engine(store.with_steps(Arc::new(gates.clone())));
        let times = [Winner::Ask, Winner::Ask, Winner::PlatformWins, Winner::CalcomWins][(seed % 4) as usize];
        let mut world = Self { engine, free, sim, network, gates, log, ours, theirs, companies: Vec::new() };
        world
            .open("salon", &["anna", "ben"], &["cal_anna", "cal_ben"], Policy { times, ..Policy::default() })
            .await;
        world.open("spa", &["cora"], &["cal_cora"], Policy::default()).await;
        world
    }

    async fn open(&mut self, slug: &str, names: &[&str], keys: &[&'static str], policy: Policy) {
        let (ambient, store) = (&self.free.ambient, &self.free.store);
        let company = CompanyId(ambient.id());
        let always = WeeklyHours::on(&ALL_DAY, time(0, 0, 0, 0), time(23, 59, 0, 0));
        let new = NewCompany {
            id: company,
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
        };
        store.add_branch(company, branch).await.expect("a new branch");
        let (mut services, mut as_made) = (Vec::new(), Vec::new());
        for (index, minutes) in MINUTES.into_iter().enumerate() {
            let id = ServiceId(ambient.id());
            let service = Service {
                id,
                name: format!("Service {index}"),
                slug: format!("service-{index}"),
                description: String::new(),
                duration_minutes: minutes,
                price_cents: None,
                active: true,
                segments: Vec::new(),
            };
            store.add_service(company, service.clone()).await.expect("a new service");
            services.push(id);
            as_made.push(service);
        }
        let mut accounts = Vec::new();
        for (name, key) in names.iter().zip(keys.iter().copied()) {
            let staff = StaffId(ambient.id());
            let member =
                Staff { id: staff, branch_id, name: (*name).to_owned(), active: true, hours: always.clone() };
            store.add_staff(company, member).await.expect("a new member of staff");
            let user = self.sim.add_user(NewUser::new(name, name, &format!("{name}@{slug}.example")));
            let hours = calcom_sim::WorkingHours {
                days: ALL_DAY.to_vec(),
                from: time(0, 0, 0, 0),
                to: time(23, 59, 0, 0),
            };
            self.sim.set_schedule(user, "Always", &[hours], &[]);
            self.sim.add_api_key(user, key);
            let connected = connect::connect(&self.free, company, None, "http://cal.example", key.into());
            let connection = connected.await.expect("the account answers").id;
            let field = serde_json::json!([{"type": "text", "slug": domain::reference::FIELD_SLUG,
                "label": "Reference", "required": false, "placeholder": "", "hidden": true}]);
            let linked = MINUTES.into_iter().zip(&services).enumerate().map(|(index, (minutes, service))| {
                let mut new = NewEventType::new("Service", &format!("service-{index}"), i64::from(minutes))
                    .with("bookingFields", field.clone());
                if index == 1 {
                    let asks =
                        serde_json::json!({"type": "always", "blockUnconfirmedBookingsInBooker": true});
                    new = new.with("confirmationPolicy", asks);
                }
                (*service, self.sim.add_event_type(user, new))
            });
            let linked: Vec<_> = linked.collect();
            let elsewhere = self.sim.add_event_type(user, NewEventType::new("Dentist", "dentist", 45));
            accounts.push(Account { staff, user, key, connection, linked, elsewhere });
        }
        let everybody: Vec<_> = accounts.iter().map(|account| account.staff).collect();
        for service in &services {
            store.set_service_staff(company, *service, &everybody).await.expect("known people");
        }
        for account in &accounts {
            for (service_id, event_type_id) in &account.linked {
                let link = Link {
                    id: LinkId(ambient.id()),
                    segment: 0,
                    host: None,
                    service_id: *service_id,
                    staff_id: Some(account.staff),
                    connection_id: account.connection,
                    event_type_id: *event_type_id,
                    reference_field: true,
                };
                connect::link(&self.free, company, link).await.expect("all of one company");
            }
        }
        self.companies.push(Company { id: company, accounts, services, as_made, times: policy.times });
    }

    pub fn now(&self) -> Timestamp {
        self.theirs.now()
    }

    /// Lets time pass, for everybody.
    pub fn pass(&self, by: SignedDuration) {
        self.theirs.set(self.theirs.now() + by);
        self.ours.set(self.ours.now() + by);
    }

    /// Our machines' clocks are set.
    pub fn set_wrong(&self, by: SignedDuration) {
        self.ours.set(self.ours.now() + by);
    }

    /// The account that an event type belongs to, if it stands for a service here.
    pub fn account_of(&self, event_type: EventTypeId) -> Option<(&Company, &Account, ServiceId)> {
        self.companies.iter().find_map(|company| {
            company.accounts.iter().find_map(|account| {
                let (service, _) = account.linked.iter().find(|(_, id)| *id == event_type)?;
                Some((company, account, *service))
            })
        })
    }
}
