//! The world of a run: two companies on the real SQL, a simulated Cal.com with an account per stylist, two
//! clocks (ours can be wrong, Cal.com's is the world's), and everything in between held at gates.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use calcom_sim::{Booking, EventTypeId, Sim};
use domain::plan::{Attendee, Cancellation, Winner};
use domain::{Policy, ServiceId, StaffId};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use crate::gates::Gates;
use crate::log::Log;
use crate::network::Network;
use crate::salon::{City, Company, Linked, MINUTES};

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
        let salon = [("anna", "cal_anna"), ("ben", "cal_ben")];
        let city = City { engine: &world.free, sim: &world.sim, seed };
        let salon = city.open("salon", &salon, policy(seed), MINUTES.len()).await;
        let spa = city.open("spa", &[("cora", "cal_cora")], Policy::default(), 2).await;
        world.companies.extend([salon, spa]);
        world
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
