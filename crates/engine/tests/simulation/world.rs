//! A salon with one stylist, its engine and a Cal.com in one process; the clock moves when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use calcom_sim::{Booking, BookingStatus, CallKind, Guest, NewEventType, NewUser, Sim, WebhookDelivery};
use domain::appointment::Actor;
use domain::case::{Due, Priority};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::{CustomerDetails, Staff};
use domain::review::ReviewCode;
use domain::service::{Link, Service};
use domain::{
    AppointmentId, BookingUid, BranchId, Case, CompanyId, ConnectionId, LinkId, Origin, Policy, Reference,
    ServiceId, Slot, StaffId,
};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::appointments::{BookError, Change, ChangeError, CustomerWish, Edit, Wish};
use engine::rounds::Rounds;
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault, connect, inbox, worker};
use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ConnectionTrait, Database};
use store::{AppointmentFilter, ConnectionState, NewCompany, Store, Subject};

pub const KEY: &str = "cal_test_stylist";

/// Hours from the start of the world, which is a Monday at midnight.
#[derive(Debug, Clone, Copy)]
pub struct Hours(pub i64);

pub struct World {
    pub engine: Engine,
    pub sim: Sim,
    pub company: CompanyId,
    clock: ManualClock,
    start: Timestamp,
    pub service: ServiceId,
    pub staff: StaffId,
    pub connection: ConnectionId,
    pub linked: i64,
    pub elsewhere: i64,
    guests: AtomicU32,
    connecting: usize,
}

/// What Cal.com delivers goes straight into the inbox, while the call that caused it is still unanswered.
struct Inbox(Engine);

#[async_trait]
impl calcom_sim::WebhookSink for Inbox {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let token = delivery.url.rsplit('/').next()?;
        let (company, connection) = self.0.store.connection_by_webhook_token(token).await.ok()??;
        let signature = delivery.headers.get("x-cal-signature-256")?.to_str().ok();
        match inbox::receive(&self.0, company, &connection, &delivery.body, signature).await {
            Ok(inbox::Receipt::Stored | inbox::Receipt::Repeat) => Some(200),
            Ok(inbox::Receipt::Refused(_)) => Some(401),
            Err(_) => Some(500),
        }
    }
}

impl World {
    pub async fn new(seed: u64) -> Self {
        Self::with_rounds(seed, Rounds::default()).await
    }

    /// The same on an empty database that is given.
    pub async fn on(database: &str, seed: u64) -> Self {
        let world = Self::open(database, seed, Rounds::default()).await;
        world.link().await;
        world
    }

    /// The same where something recurs: there is no quiet any more.
    pub async fn with_rounds(seed: u64, rounds: Rounds) -> Self {
        let world = Self::unlinked(seed, rounds).await;
        world.link().await;
        world
    }

    /// The same, but no service is linked to Cal.com yet.
    pub async fn unlinked(seed: u64, rounds: Rounds) -> Self {
        Self::open(&empty_database().await, seed, rounds).await
    }

    async fn open(database: &str, seed: u64, rounds: Rounds) -> Self {
        let start: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let clock = ManualClock::at(start);
        let ambient = Ambient::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(seed)));
        let sim_clock = clock.clone();
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(move || sim_clock.now()), seed));
        let store = Store::connect(database).await.unwrap();
        store.migrate().await.unwrap();
        let engine = Engine::new(Parts {
            store,
            ambient,
            vault: Vault::new(&"a key".into()),
            transport: Arc::new(sim.transport()),
            // Several pages in a story.
            settings: Settings { page: 3, rounds, ..Settings::default() },
            signals: Signals::default(),
        });
        sim.set_webhook_sink(Arc::new(Inbox(engine.clone())));
        let all_day = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        let user = sim.add_user(NewUser::new("anna", "Anna", "anna@salon.example"));
        let hours = calcom_sim::WorkingHours {
            days: all_day.to_vec(),
            from: time(0, 0, 0, 0),
            to: time(23, 59, 0, 0),
        };
        sim.set_schedule(user, "Always", &[hours], &[]);
        sim.add_api_key(user, KEY);
        let field = serde_json::json!([{"type": "text", "slug": domain::reference::FIELD_SLUG,
            "label": "Reference", "required": false, "placeholder": "", "hidden": true}]);
        let linked =
            sim.add_event_type(user, NewEventType::new("Cut", "cut", 45).with("bookingFields", field));
        let elsewhere = sim.add_event_type(user, NewEventType::new("Dentist", "dentist", 45));

        let company = engine
            .store
            .create_company(NewCompany {
                id: CompanyId(engine.ambient.id()),
                slug: "salon".into(),
                name: "Salon".into(),
                time_zone: "UTC".into(),
                locale: Locale::De,
                placeholder_domain: "customers.example".into(),
                policy: Policy::default(),
                created_at: start,
            })
            .await
            .unwrap()
            .id;
        let always = WeeklyHours::on(&all_day, time(0, 0, 0, 0), time(23, 59, 0, 0));
        let branch_id = BranchId(engine.ambient.id());
        let branch = Branch {
            id: branch_id,
            name: "Mitte".into(),
            time_zone: "UTC".into(),
            phone: None,
            address: None,
            hours: always.clone(),
            land: None,
        };
        engine.store.add_branch(company, branch).await.unwrap();
        let staff_id = StaffId(engine.ambient.id());
        let staff = Staff { id: staff_id, branch_id, name: "Anna".into(), active: true, hours: always };
        engine.store.add_staff(company, staff).await.unwrap();
        let service = ServiceId(engine.ambient.id());
        let cut = Service {
            id: service,
            name: "Cut".into(),
            slug: "cut".into(),
            description: String::new(),
            duration_minutes: 45,
            price_cents: None,
            active: true,
            terms: domain::service::Terms::default(),
            sync: domain::service::ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        engine.store.add_service(company, cut).await.unwrap();
        engine.store.set_service_staff(company, service, &[staff_id]).await.unwrap();
        let by = Actor::of(Origin::System);
        let connection =
            connect::connect(&engine, company, None, "http://cal.example", KEY.into(), by).await.unwrap();
        assert!(connection.webhook_id.is_some());
        Self {
            company,
            clock,
            start,
            service,
            staff: staff_id,
            connection: connection.id,
            linked,
            elsewhere,
            guests: AtomicU32::new(0),
            connecting: sim.requests().len(),
            engine,
            sim,
        }
    }

    /// The service stands for the event type from now on.
    pub async fn link(&self) {
        let link = Link {
            id: LinkId(self.engine.ambient.id()),
            service_id: self.service,
            segment: 0,
            staff_id: Some(self.staff),
            host: None,
            connection_id: self.connection,
            event_type_id: self.linked,
            reference_field: true,
        };
        connect::link(&self.engine, self.company, link).await.unwrap();
    }

    pub fn at(&self, Hours(hours): Hours) -> Timestamp {
        self.start + SignedDuration::from_hours(hours)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass in which nobody works.
    pub fn pass(&self, time: SignedDuration) {
        self.clock.set(self.now() + time);
    }

    /// The worker does what is due now.
    pub async fn turn(&self) {
        worker::turn(&self.engine, "worker").await.unwrap();
    }

    /// Works until nothing is planned any more, moving the clock from one due time to the next.
    pub async fn quiet(&self) {
        for _ in 0..5000 {
            if worker::turn(&self.engine, "worker").await.unwrap() {
                continue;
            }
            match self.engine.store.next_due().await.unwrap() {
                Some(at) => self.clock.set(at.max(self.now() + SignedDuration::from_millis(1))),
                None => return,
            }
        }
        panic!("there is always something left to do");
    }

    /// Works on what is due until that time, and no longer.
    pub async fn work_until(&self, until: Timestamp) {
        for _ in 0..5000 {
            if worker::turn(&self.engine, "worker").await.unwrap() {
                continue;
            }
            let next = self.engine.store.next_due().await.unwrap();
            match next.filter(|at| *at <= until) {
                Some(at) => self.clock.set(at.max(self.now() + SignedDuration::from_millis(1))),
                None => return self.clock.set(until),
            }
        }
        panic!("the same is due again and again");
    }

    /// A worker takes the lanes and is never heard of again; its leases run out.
    pub async fn worker_dies(&self) {
        let lease = self.engine.settings.lease;
        self.engine.store.claim_lanes("dead", self.now(), lease, 10).await.unwrap();
        self.pass(SignedDuration::from_secs(61));
    }

    pub async fn book(&self, hour: Hours) -> Result<AppointmentId, BookError> {
        self.book_service(self.service, None, hour, Origin::Admin).await
    }

    pub async fn book_service(
        &self,
        service_id: ServiceId,
        staff_id: Option<StaffId>,
        hour: Hours,
        origin: Origin,
    ) -> Result<AppointmentId, BookError> {
        let number = self.guests.fetch_add(1, Ordering::Relaxed);
        let email = number.is_multiple_of(2).then(|| format!("here{number}@client.example").parse().unwrap());
        let wish = Wish {
            service_id,
            staff_id,
            branch_id: None,
            start: self.at(hour),
            customer: CustomerWish::Details(CustomerDetails {
                name: format!("Here {number}"),
                email,
                phone: None,
                locale: Locale::De,
            }),
            notes: None,
            exactly: Vec::new(),
            in_terms: false,
            holder: None,
            story: Vec::new(),
        };
        let booked = self.engine.book(self.company, wish, Actor::of(origin), None).await?;
        Ok(booked.id())
    }

    pub async fn reschedule(&self, id: AppointmentId, hour: Hours) -> Result<(), ChangeError> {
        self.edit(id, Edit::to(self.at(hour), None)).await
    }

    pub async fn edit(&self, id: AppointmentId, edit: Edit) -> Result<(), ChangeError> {
        let change = Change::by(Actor::of(Origin::Admin));
        self.engine.edit(self.company, id, edit, change).await.map(drop)
    }

    pub async fn cancel(&self, id: AppointmentId, reason: Option<&str>) -> Result<(), ChangeError> {
        let change = Change::by(Actor::of(Origin::Admin));
        self.engine.cancel(self.company, id, reason.map(str::to_owned), change).await.map(drop)
    }

    pub async fn try_guest_books(&self, hour: Hours) -> Option<String> {
        self.guest(self.linked, hour).await
    }

    pub async fn guest_books(&self, hour: Hours) -> String {
        self.guest(self.linked, hour).await.expect("the slot is free")
    }

    /// On an event type that no service is linked to.
    pub async fn guest_books_elsewhere(&self, hour: Hours) -> String {
        self.guest(self.elsewhere, hour).await.expect("the slot is free")
    }

    async fn guest(&self, event_type: i64, hour: Hours) -> Option<String> {
        let number = self.guests.fetch_add(1, Ordering::Relaxed);
        let guest = Guest::new(&format!("There {number}"), &format!("there{number}@client.example"));
        self.sim.book_as_guest(event_type, self.at(hour), guest).await.ok()
    }

    pub async fn case(&self, id: AppointmentId) -> Case {
        self.engine.store.case(self.company, id).await.unwrap()
    }

    pub async fn appointments(&self) -> Vec<AppointmentId> {
        let filter = AppointmentFilter::default();
        let page = self.engine.store.appointments(self.company, &filter, None, 200).await.unwrap();
        page.items.into_iter().map(|view| view.appointment.id).collect()
    }

    pub async fn active_slots(&self) -> Vec<(StaffId, Slot, bool)> {
        let filter = AppointmentFilter::default();
        let page = self.engine.store.appointments(self.company, &filter, None, 200).await.unwrap();
        let active = page.items.into_iter().map(|view| view.appointment).filter(|a| a.status.is_active());
        active.map(|a| (a.staff_id, a.slot, a.overlapping)).collect()
    }

    pub async fn appointment_of(&self, uid: &str) -> Option<AppointmentId> {
        let uid = BookingUid(uid.to_owned());
        let found = self.engine.store.appointment_by_uid(self.company, &uid).await.unwrap();
        found.map(|(id, _)| id)
    }

    pub async fn open_reviews(&self, id: AppointmentId) -> Vec<ReviewCode> {
        let open = self.engine.store.reviews_open(self.company, 1000).await.unwrap();
        open.into_iter().filter(|item| item.appointment_id == id).map(|item| item.code).collect()
    }

    pub async fn connection_state(&self) -> ConnectionState {
        self.engine.store.connection(self.company, self.connection).await.unwrap().state
    }

    /// What Cal.com was asked since the account was connected.
    pub fn requests(&self) -> Vec<calcom_sim::RequestRecord> {
        self.sim.requests().split_off(self.connecting)
    }

    /// The appointment that a booking belongs to: by our reference on it, or as it was imported.
    pub async fn owner(&self, booking: &Booking) -> Option<AppointmentId> {
        match reference(booking) {
            Some(reference) => Some(reference.appointment),
            None => self.appointment_of(&booking.uid).await,
        }
    }

    /// The bookings that were made for an appointment, oldest first.
    pub fn bookings_of(&self, id: AppointmentId) -> Vec<Booking> {
        let mine = |booking: &Booking| reference(booking).is_some_and(|r| r.appointment == id);
        self.sim.bookings().into_iter().filter(mine).collect()
    }

    pub fn live_bookings(&self, id: AppointmentId) -> Vec<Booking> {
        self.bookings_of(id).into_iter().filter(|booking| booking.status == BookingStatus::Accepted).collect()
    }

    pub fn only_booking(&self, id: AppointmentId) -> Booking {
        let live = self.live_bookings(id);
        assert_eq!(live.len(), 1, "{live:?}");
        live.into_iter().next().unwrap()
    }

    pub fn calls(&self, kind: CallKind) -> usize {
        let of = |r: &calcom_sim::RequestRecord| {
            CallKind::of(&r.method, r.path.split('?').next().unwrap_or_default()) == kind
        };
        self.requests().iter().filter(|request| of(request)).count()
    }

    pub fn is_linked(&self, booking: &Booking) -> bool {
        booking.event_type_id == Some(self.linked)
    }

    pub fn some_live_booking(&self, dice: u32) -> Option<String> {
        let live: Vec<_> =
            self.sim.bookings().into_iter().filter(|b| b.status == BookingStatus::Accepted).collect();
        (!live.is_empty()).then(|| live[dice as usize % live.len()].uid.clone())
    }

    /// What a verification run does: every appointment and every booking is looked at once.
    pub async fn look_at_everything(&self) {
        for id in self.appointments().await {
            self.engine.check_again(self.company, id, Actor::of(Origin::Admin)).await.unwrap();
        }
        for booking in self.sim.bookings() {
            if booking.status == BookingStatus::Accepted {
                let subject = Subject::Booking(BookingUid(booking.uid));
                let due = Due { at: self.now(), priority: Priority::Check };
                self.engine.store.mark(self.company, self.connection, subject, due).await.unwrap();
            }
        }
    }
}

fn reference(booking: &Booking) -> Option<Reference> {
    booking.metadata.get(domain::reference::METADATA_KEY)?.parse().ok()
}

/// In memory, or, where `TEST_DATABASE` says `postgres`, on the server in `TEST_POSTGRES_URL`; its URL.
async fn empty_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if std::env::var("TEST_DATABASE").as_deref() != Ok("postgres") {
        return "sqlite::memory:".to_owned();
    }
    let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names a server");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    empty_postgres(&server, &format!("story_{}_{number}", std::process::id())).await
}

/// An empty database of this name on a PostgreSQL server; its URL.
pub async fn empty_postgres(server: &str, name: &str) -> String {
    let admin = Database::connect(server).await.expect("the server answers");
    for statement in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
        admin.execute_unprepared(&format!("{statement} einklang_{name}")).await.expect("a database");
    }
    let (host, _) = server.rsplit_once('/').expect("a database in the URL");
    format!("{host}/einklang_{name}")
}
