//! The world of a run: two companies on the real SQL, a simulated Cal.com with an account per stylist, two
//! clocks (ours can be wrong, Cal.com's is the world's), and everything in between held at gates.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use calcom_sim::{Booking, EventTypeId, NewEventType, NewUser, Sim, UserId};
use domain::case::Priority;
use domain::catalogue::{EventTypeSighting, ServiceCase, Setting};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::plan::{Attendee, Cancellation, Winner};
use domain::service::{Link, Service, Terms, Work};
use domain::{BranchId, CompanyId, ConnectionId, LinkId, Policy, ServiceId, StaffId};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault, connect};
use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use store::{Change, NewCompany, Store};

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
    /// The deleted event types of bookings that were made with them.
    was_of: HashMap<String, EventTypeId>,
    deleted: BTreeSet<EventTypeId>,
}

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
    pub key: &'static str,
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

/// Where a booking is, in our words.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Index of the company.
    pub company: usize,
    pub service: ServiceId,
    pub segment: u16,
    /// Who serves; `None` for somebody who is nobody here.
    pub staff: Option<StaffId>,
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
const MINUTES: [&[u32]; 4] = [&[45], &[60], &[30], &[30, 45]];
/// The service that has to be confirmed at Cal.com.
pub const ASKED: usize = 1;
/// The service of the team.
pub const TEAM: usize = 2;
/// Between two stretches of work.
const PAUSE: u32 = 30;

impl World {
    /// The world of a seed.
    pub async fn new(seed: u64) -> Self {
        let start: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
        let (ours, theirs) = (ManualClock::at(start), ManualClock::at(start));
        let sim_clock = theirs.clone();
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(move || sim_clock.now()), seed));
        let (gates, log) = (Gates::default(), Log::default());
        let network = Network::new(sim.clone(), gates.clone(), theirs.clone(), log.clone());
        let store = Store::in_memory().await.expect("memory");
        let ambient = Ambient::new(Arc::new(ours.clone()), Arc::new(SeededEntropy::new(seed)));
        let engine = |store: Store| {
            Engine::new(Parts {
                store,
                ambient: ambient.clone(),
                vault: Vault::new(&"a key".into()),
                transport: Arc::new(network.clone()),
                // One call after the other: which actor goes on is for the schedule alone to say.
                settings: Settings { in_flight: 1, page: 7, ..Settings::default() },
                signals: Signals::default(),
            })
        };
        let free = engine(store.clone());
        let engine = engine(store.with_steps(Arc::new(gates.clone())));
        let mut world = Self {
            engine,
            free,
            sim,
            network,
            gates,
            log,
            ours,
            theirs,
            companies: Vec::new(),
            was_of: HashMap::new(),
            deleted: BTreeSet::new(),
        };
        let salon: [(&str, &'static str); 2] = [("anna", "cal_anna"), ("ben", "cal_ben")];
        world.open(seed, "salon", &salon, policy(seed), MINUTES.len()).await;
        world.open(seed, "spa", &[("cora", "cal_cora")], Policy::default(), 2).await;
        world
    }

    async fn open(
        &mut self,
        seed: u64,
        slug: &str,
        people: &[(&str, &'static str)],
        policy: Policy,
        services: usize,
    ) {
        let (ambient, store) = (&self.free.ambient, &self.free.store);
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
            let connected = connect::connect(&self.free, id, None, "http://cal.example", (*key).into());
            let connection = connected.await.expect("the account answers").id;
            let elsewhere = self.sim.add_event_type(user, dentist(seed, number));
            company.accounts.push(Account { staff, user, key, connection, elsewhere });
        }
        for (index, minutes) in MINUTES.into_iter().enumerate().take(services) {
            self.offer(seed, &mut company, index, minutes).await;
        }
        if !seed.is_multiple_of(4) {
            self.agree(&company).await;
        }
        self.companies.push(company);
    }

    /// A service, and the event types that it is booked on.
    async fn offer(&self, seed: u64, company: &mut Company, index: usize, minutes: &[u32]) {
        let (ambient, store) = (&self.free.ambient, &self.free.store);
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
            self.sim.add_team_event_type(team, &users, event_type(seed, index, &service, 0))
        });
        for (account, person) in company.accounts.iter().enumerate() {
            for segment in 0..u16::try_from(minutes.len()).expect("few") {
                let event_type_id = match team {
                    Some(shared) => shared,
                    None => self.sim.add_event_type(person.user, event_type(seed, index, &service, segment)),
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
                connect::link(&self.free, company.id, link).await.expect("all of one company");
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
        let (all, now) = (Arc::new(self.sim.event_types()), self.free.ambient.now());
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
            let (store, change) = (&self.free.store, Change::at(now));
            let changed = store.change_service(company.id, *service, change, seen.clone()).await;
            changed.expect("a service that is there");
        }
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

    /// An event type is deleted at Cal.com. What was booked with it stays, and knows it no longer.
    pub fn delete_event_type(&mut self, id: EventTypeId) {
        let of_it = self.sim.bookings().into_iter().filter(|booking| booking.event_type_id == Some(id));
        self.was_of.extend(of_it.map(|booking| (booking.uid, id)));
        self.sim.delete_event_type(id);
        self.deleted.insert(id);
    }

    /// Whether an event type stands for one of several stretches of work.
    pub fn is_part(&self, event_type: &serde_json::Value) -> bool {
        self.companies.iter().any(|company| {
            let mut its = company.linked.iter().filter(|linked| event_type["id"] == linked.event_type);
            its.any(|linked| !company.as_made[linked.service].segments.is_empty())
        })
    }

    /// Whether an event type that stood for a service was deleted.
    pub fn has_lost(&self, company: &Company, service: ServiceId) -> bool {
        let mut its = company.linked.iter().filter(|linked| company.services[linked.service] == service);
        its.any(|linked| self.deleted.contains(&linked.event_type))
    }

    /// How many event types were deleted.
    pub fn gone(&self) -> usize {
        self.deleted.len()
    }

    /// Services of which no event type is left.
    pub fn bereft(&self) -> BTreeSet<ServiceId> {
        let mut bereft = BTreeSet::new();
        for company in &self.companies {
            for (index, service) in company.services.iter().enumerate() {
                let mut its = company.linked.iter().filter(|linked| linked.service == index).peekable();
                if its.peek().is_some() && its.all(|linked| self.deleted.contains(&linked.event_type)) {
                    bereft.insert(*service);
                }
            }
        }
        bereft
    }

    /// Learns which event types stand for what here by now: services are made and imported while a run goes on.
    pub async fn learn(&mut self) {
        for company in &mut self.companies {
            let links = self.free.store.links(company.id).await.expect("the database answers");
            for link in links {
                if company.linked.iter().any(|known| known.event_type == link.event_type_id) {
                    continue;
                }
                let known = company.services.iter().position(|service| *service == link.service_id);
                let service = known.unwrap_or(company.services.len());
                if known.is_none() {
                    let made = self.free.store.service(company.id, link.service_id).await;
                    company.services.push(link.service_id);
                    company.as_made.push(made.expect("a service of ours"));
                }
                let (event_type, segment) = (link.event_type_id, link.segment);
                company.linked.push(Linked { event_type, service, segment });
            }
        }
    }

    /// Where a booking is; `None` for one that is nobody's business here.
    pub fn place(&self, booking: &Booking) -> Option<Place> {
        let event_type = booking.event_type_id.or_else(|| self.was_of.get(&booking.uid).copied())?;
        self.companies.iter().enumerate().find_map(|(index, company)| {
            let linked = company.linked.iter().find(|linked| linked.event_type == event_type)?;
            let host = company.accounts.iter().find(|account| account.user == booking.host);
            Some(Place {
                company: index,
                service: company.services[linked.service],
                segment: linked.segment,
                staff: host.map(|account| account.staff),
            })
        })
    }
}

/// The rules of the salon differ from seed to seed.
fn policy(seed: u64) -> Policy {
    let pick = |n: u64| usize::try_from(n).unwrap_or(0);
    Policy {
        allow_calcom_overwrites: false,
        times: [Winner::Ask, Winner::Ask, Winner::PlatformWins, Winner::CalcomWins][pick(seed % 4)],
        cancellation: [Cancellation::Wins, Cancellation::Wins, Cancellation::Ask][pick(seed % 3)],
        attendee: [Attendee::PlatformWins, Attendee::Replace, Attendee::CalcomWins, Attendee::Ask]
            [pick(seed / 4 % 4)],
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
