//! Where the stories play: an empty database, and a salon to fill it with.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::appointment::{Actor, Segment};
use domain::case::Priority;
use domain::company::{Branch, Company, Locale};
use domain::hours::WeeklyHours;
use domain::people::{CustomerDetails, Staff};
use domain::service::{Link, Service};
use domain::*;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ConnectionTrait, Database};
use store::*;
use uuid::Uuid;

/// The databases that the suite runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Memory,
    File,
    Postgres,
}

impl Backend {
    pub const ALL: [Self; 3] = [Self::Memory, Self::File, Self::Postgres];

    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "sqlite_memory",
            Self::File => "sqlite_file",
            Self::Postgres => "postgres",
        }
    }
}

/// An empty database for one story.
#[derive(Clone)]
pub struct Place {
    pub url: String,
    server: Option<(String, String)>,
    folder: Option<Arc<tempfile::TempDir>>,
    /// Stores to close before the place is removed.
    open: Arc<Mutex<Vec<Store>>>,
}

impl Place {
    pub async fn make(backend: Backend, postgres: Option<&str>) -> Self {
        let open = Arc::default();
        match backend {
            Backend::Memory => Self { url: "sqlite::memory:".into(), server: None, folder: None, open },
            Backend::File => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/store.sqlite", folder.path().display());
                Self { url, server: None, folder: Some(Arc::new(folder)), open }
            }
            Backend::Postgres => {
                static COUNT: AtomicU64 = AtomicU64::new(0);
                let server = postgres.expect("only called with a server").to_owned();
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("contract_{}_{count}", std::process::id());
                let admin = Database::connect(&server).await.unwrap();
                admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
                admin.close().await.unwrap();
                let (front, _) = server.rsplit_once('/').unwrap();
                let url = format!("{front}/{name}");
                Self { url, server: Some((server, name)), folder: None, open }
            }
        }
    }

    /// A store on it, as a process of its own would have it (but memory is shared with nobody).
    pub async fn connect(&self) -> Store {
        let store = Store::connect(&self.url).await.unwrap();
        self.open.lock().unwrap().push(store.clone());
        store
    }

    pub async fn store(&self) -> Store {
        let store = self.connect().await;
        store.migrate().await.unwrap();
        store
    }

    pub async fn remove(self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for store in open {
            let _ = store.close().await;
        }
        if let Some((server, name)) = self.server {
            let admin = Database::connect(&server).await.unwrap();
            admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            admin.close().await.unwrap();
        }
        drop(self.folder);
    }
}

static IDS: AtomicU64 = AtomicU64::new(1);

/// A new id; later ones sort after earlier ones.
pub fn id() -> Uuid {
    Uuid::from_u128(u128::from(IDS.fetch_add(1, Ordering::Relaxed)) << 64 | 0x8000_0000_0000_0001)
}

/// `minutes` after nine o'clock on the day of the stories.
pub fn at(minutes: i64) -> Timestamp {
    "2026-12-01T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

pub fn slot(minutes: i64, length: u32) -> Slot {
    Slot::of(at(minutes), length)
}

/// When the stories play: the day before.
pub fn now() -> Timestamp {
    "2026-11-30T08:00:00Z".parse().unwrap()
}

pub fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// What the application says at the end of a change.
pub fn conclude(case: &mut Case) {
    case.conclude(Priority::Change, now());
}

/// A salon: one branch, two people, one service that is linked for the first of them, one that is not.
#[derive(Clone)]
pub struct Salon {
    pub store: Store,
    pub company: Company,
    pub branch: BranchId,
    pub staff: [StaffId; 2],
    pub linked: ServiceId,
    pub unlinked: ServiceId,
    pub connection: ConnectionId,
    pub event_type: EventTypeRef,
}

impl Salon {
    pub async fn open(store: &Store, slug: &str) -> Self {
        let company = store
            .create_company(NewCompany {
                id: CompanyId(id()),
                slug: slug.into(),
                name: format!("Salon {slug}"),
                time_zone: "Europe/Berlin".into(),
                locale: Locale::De,
                placeholder_domain: "kunden.example".into(),
                policy: Policy::default(),
                created_at: now(),
            })
            .await
            .unwrap();
        let branch = Branch {
            id: BranchId(id()),
            name: "Mitte".into(),
            time_zone: "Europe/Berlin".into(),
            phone: Some(Phone::parse("030 1234567").unwrap()),
            address: None,
            hours: WeeklyHours::default(),
            land: None,
        };
        let branch_id = branch.id;
        store.add_branch(company.id, branch).await.unwrap();
        let staff = [StaffId(id()), StaffId(id())];
        for (id, name) in staff.into_iter().zip(["Ada", "Ben"]) {
            let hours = WeeklyHours::default();
            let person = Staff { id, branch_id, name: name.into(), active: true, hours };
            store.add_staff(company.id, person).await.unwrap();
        }
        let (linked, unlinked) = (ServiceId(id()), ServiceId(id()));
        for (id, slug) in [(linked, "schnitt"), (unlinked, "farbe")] {
            let service = Service {
                id,
                name: slug.into(),
                slug: slug.into(),
                description: String::new(),
                duration_minutes: 30,
                price_cents: Some(3500),
                active: true,
                terms: domain::service::Terms::default(),
                sync: domain::service::ServiceSync::Never,
                version: 1,
                segments: Vec::new(),
            };
            store.add_service(company.id, service).await.unwrap();
            store.set_service_staff(company.id, id, &staff).await.unwrap();
        }
        let connection = ConnectionId(id());
        store
            .add_connection(company.id, new_connection(connection, slug), Actor::of(Origin::System), now())
            .await
            .unwrap();
        let link = Link {
            id: LinkId(id()),
            service_id: linked,
            segment: 0,
            staff_id: Some(staff[0]),
            host: None,
            connection_id: connection,
            event_type_id: 42,
            reference_field: true,
        };
        let event_type = link.event_type();
        store.add_link(company.id, link).await.unwrap();
        let store = store.clone();
        Self { store, company, branch: branch_id, staff, linked, unlinked, connection, event_type }
    }

    pub fn id(&self) -> CompanyId {
        self.company.id
    }

    /// An appointment of the linked service with the first person.
    pub fn wish(&self, slot: Slot) -> NewAppointment {
        NewAppointment {
            id: AppointmentId(id()),
            service_id: self.linked,
            segments: vec![Segment { staff_id: self.staff[0], slot }],
            branch_id: self.branch,
            customer: CustomerRef::Details(
                CustomerId(id()),
                details("Clara Klein", Some("0151 1234567"), None),
            ),
            time_zone: "Europe/Berlin".into(),
            status: AppointmentStatus::Confirmed,
            notes: Some("Locken".into()),
            overlapping: false,
            actor: Actor { origin: Origin::Phone, user_id: None, via: Some("call_1".into()) },
            dedupe: None,
            holder: None,
            extra_entries: Vec::new(),
        }
    }

    /// The same with the second person.
    pub fn wish_of_ben(&self, slot: Slot) -> NewAppointment {
        self.composite(&[(1, slot)])
    }

    /// The same in several segments, each with one of the two.
    pub fn composite(&self, segments: &[(usize, Slot)]) -> NewAppointment {
        let segments = segments.iter().map(|(n, slot)| Segment { staff_id: self.staff[*n], slot: *slot });
        NewAppointment { segments: segments.collect(), ..self.wish(slot(0, 30)) }
    }

    /// Another account, which has an event type for each of some segments of the linked service, with the staff
    /// and the host at Cal.com.
    pub async fn account(&self, name: &str, links: &[(u16, usize, i64, Option<i64>)]) -> ConnectionId {
        let connection_id = ConnectionId(id());
        self.store
            .add_connection(self.id(), new_connection(connection_id, name), Actor::of(Origin::System), now())
            .await
            .unwrap();
        for (segment, person, event_type_id, host) in links {
            let link = Link {
                id: LinkId(id()),
                service_id: self.linked,
                segment: *segment,
                staff_id: Some(self.staff[*person]),
                host: *host,
                connection_id,
                event_type_id: *event_type_id,
                reference_field: true,
            };
            self.store.add_link(self.id(), link).await.unwrap();
        }
        connection_id
    }

    pub async fn book(&self, wish: NewAppointment) -> Result<Booked> {
        self.store.book(self.id(), wish, now(), conclude).await
    }

    /// Books the linked service with the first person.
    pub async fn booked(&self, slot: Slot) -> AppointmentId {
        self.book(self.wish(slot)).await.unwrap().id()
    }

    /// The lease of the salon's lane, which must have work.
    pub async fn lease(&self, owner: &str, now: Timestamp) -> Option<Lease> {
        self.leases(owner, now).await.into_iter().find(|lease| lease.connection == self.connection)
    }

    /// The leases of all lanes that have work.
    pub async fn leases(&self, owner: &str, now: Timestamp) -> Vec<Lease> {
        let lanes = self.store.claim_lanes(owner, now, LEASE, 10).await.unwrap();
        lanes.into_iter().map(|(lease, _)| lease).collect()
    }
}

/// How long leases last in the stories.
pub const LEASE: std::time::Duration = std::time::Duration::from_mins(1);

pub fn new_connection(id: ConnectionId, token: &str) -> NewConnection {
    NewConnection {
        id,
        base_url: "https://cal.example".into(),
        name: "Konto".into(),
        api_key: Sealed(vec![1, 2, 3]),
        webhook_token: format!("token-{token}"),
        webhook_secret: Sealed(vec![4, 5]),
        webhook_id: None,
        account: Account {
            id: 7,
            username: "salon".into(),
            email: "salon@cal.example".into(),
            time_zone: "Europe/Berlin".into(),
        },
        capabilities: serde_json::json!({ "versions": ["2024-08-13"] }),
    }
}

pub fn details(name: &str, phone: Option<&str>, email: Option<&str>) -> CustomerDetails {
    CustomerDetails {
        name: name.into(),
        email: email.map(|email| email.parse().unwrap()),
        phone: phone.map(|phone| Phone::parse(phone).unwrap()),
        locale: Locale::De,
    }
}

/// A booking at Cal.com that says what the case says of its first record.
pub fn sighting(case: &Case, uid: &str, seen_at: Timestamp) -> Sighting {
    Sighting {
        uid: BookingUid(uid.into()),
        ics_uid: Some(format!("{uid}@cal.example")),
        moved_to: None,
        facts: case.snapshots(&case.bookings[0]).local,
        at: seen_at,
        seen_at,
        via: Via::Fetch,
    }
}
