//! A salon with several accounts at Cal.com, and as many appointments as are wanted: one is made as people make
//! it, the others are copies of its rows.

use std::sync::Arc;

use calcom_sim::{NewEventType, NewUser, Sim};
use domain::appointment::{Actor, Segment};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::{CustomerDetails, Staff};
use domain::service::{Link, Service};
use domain::{
    AppointmentId, BranchId, CompanyId, ConnectionId, LinkId, Origin, Policy, ServiceId, Slot, StaffId,
};
use engine::appointments::{CustomerWish, Wish};
use engine::{Ambient, Engine, Parts, Settings, Signals, Vault};
use jiff::SignedDuration;
use jiff::civil::{Weekday, time};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use store::{NewCompany, Store};
use uuid::Uuid;

/// How long an appointment is.
pub const MINUTES: i64 = 45;
/// Rows that are written by one statement.
const ROWS: usize = 500;
const HOUR: i64 = 3_600_000;

/// An account, and the appointment that others are copied from.
struct Account {
    connection: ConnectionId,
    template: AppointmentId,
    segments: Vec<Segment>,
}

/// A company with its accounts.
pub struct Salon {
    pub company: CompanyId,
    accounts: Vec<Account>,
    database: DatabaseConnection,
    made: i64,
}

/// An engine on a database, with some way to Cal.com.
pub fn engine(store: Store, transport: Arc<dyn calcom::Transport>, in_flight: usize) -> Engine {
    Engine::new(Parts {
        store,
        ambient: Ambient::system(),
        vault: Vault::new(&"a key".into()),
        transport,
        settings: Settings { in_flight, ..Settings::default() },
        signals: Signals::default(),
    })
}

impl Account {
    fn slot(&self) -> Slot {
        self.segments[0].slot
    }
}

impl Salon {
    /// The account and the appointment that the copies of a salon with one account are made of.
    pub fn template(&self) -> (ConnectionId, AppointmentId, Slot) {
        let account = &self.accounts[0];
        (account.connection, account.template, account.slot())
    }

    /// A new company with this many accounts at the simulator, each with one stylist and one event type.
    pub async fn open(url: &str, sim: &Sim, base_url: &str, name: &str, accounts: usize) -> Self {
        let engine =
            self::engine(Store::connect(url).await.expect("a database"), Arc::new(sim.transport()), 4);
        let (store, ambient) = (&engine.store, &engine.ambient);
        store.migrate().await.expect("a database that can be migrated");
        let company = CompanyId(ambient.id());
        let new = NewCompany {
            id: company,
            slug: name.to_owned(),
            name: name.to_owned(),
            time_zone: "UTC".into(),
            locale: Locale::De,
            placeholder_domain: "customers.example".into(),
            policy: Policy::default(),
            created_at: ambient.now(),
        };
        store.create_company(new).await.expect("a new company");
        let days = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        let always = WeeklyHours::on(&days, time(0, 0, 0, 0), time(23, 59, 0, 0));
        let branch_id = BranchId(ambient.id());
        let (time_zone, hours) = ("UTC".to_owned(), always.clone());
        let branch = Branch {
            id: branch_id,
            name: "Mitte".into(),
            time_zone,
            phone: None,
            address: None,
            hours,
            land: None,
        };
        store.add_branch(company, branch).await.expect("a new branch");
        let service_id = ServiceId(ambient.id());
        let service = Service {
            id: service_id,
            name: "Cut".into(),
            slug: "cut".into(),
            description: String::new(),
            duration_minutes: u32::try_from(MINUTES).expect("small"),
            price_cents: None,
            active: true,
            terms: domain::service::Terms::default(),
            sync: domain::service::ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        store.add_service(company, service).await.expect("a new service");
        let mut staff = Vec::new();
        for _ in 0..accounts {
            let id = StaffId(ambient.id());
            let (name, hours) = ("Anna".to_owned(), always.clone());
            let person = Staff { id, branch_id, name, active: true, hours };
            store.add_staff(company, person).await.expect("a new member of staff");
            staff.push(id);
        }
        store.set_service_staff(company, service_id, &staff).await.expect("known people");
        let mut salon = Self { company, accounts: Vec::new(), database: connect(url).await, made: 0 };
        for (number, staff_id) in staff.into_iter().enumerate() {
            let (name, key) = (format!("{name}{number}"), format!("cal_{name}_{number}"));
            let user = sim.add_user(NewUser::new(&name, &name, &format!("{name}@salon.example")));
            let hours = calcom_sim::WorkingHours {
                days: days.to_vec(),
                from: time(0, 0, 0, 0),
                to: time(23, 59, 0, 0),
            };
            sim.set_schedule(user, "Always", &[hours], &[]);
            sim.add_api_key(user, &key);
            sim.set_rate_limit(&key, calcom_sim::RateLimit::of(1_000_000));
            let event_type = sim.add_event_type(user, NewEventType::new("Cut", "cut", MINUTES));
            let by = Actor::of(Origin::System);
            let connected = engine::connect::connect(&engine, company, None, base_url, key.into(), by).await;
            let connection = connected.expect("the account answers").id;
            let link = Link {
                id: LinkId(ambient.id()),
                service_id,
                segment: 0,
                staff_id: Some(staff_id),
                host: None,
                connection_id: connection,
                event_type_id: event_type,
                reference_field: true,
            };
            engine::connect::link(&engine, company, link).await.expect("all of one company");
            let tomorrow = ambient.now() + SignedDuration::from_hours(24);
            let wish = Wish {
                service_id,
                staff_id: Some(staff_id),
                branch_id: None,
                start: tomorrow.round(jiff::Unit::Hour).expect("a full hour"),
                customer: CustomerWish::Details(CustomerDetails {
                    name: "Clara".into(),
                    email: Some("clara@client.example".parse().expect("an address")),
                    phone: None,
                    locale: Locale::De,
                }),
                notes: None,
                exactly: Vec::new(),
                in_terms: false,
                holder: None,
                story: Vec::new(),
            };
            let booked = engine.book(company, wish, Actor::of(Origin::Admin), None).await;
            let template = booked.expect("a free time").id();
            let made = store.appointment(company, template).await.expect("it was just made");
            salon.accounts.push(Account { connection, template, segments: made.appointment.segments });
        }
        salon.run("DELETE FROM dirty").await;
        salon
    }

    /// Adds so many appointments, shared out among the accounts: still to be made at Cal.com, with a mark
    /// (`waiting`), or at rest.
    pub async fn copy(&mut self, count: usize, waiting: bool) -> Vec<AppointmentId> {
        let mut ids = Vec::with_capacity(count);
        let mut tables = Vec::new();
        for table in ["appointments", "chairs", "bookings", "booking_uids", "entries"] {
            tables.push((table, self.columns(table).await));
        }
        while ids.len() < count {
            for account in 0..self.accounts.len() {
                let rows = ROWS.min((count - ids.len()).div_ceil(self.accounts.len() - account));
                if rows == 0 {
                    continue;
                }
                let new: Vec<_> = (0..rows).map(|_| AppointmentId(Ambient::system().id())).collect();
                let values = new.iter().zip(self.made + 1..);
                let values: Vec<_> = values.map(|(id, number)| self.row(account, *id, number)).collect();
                self.made += i64::try_from(rows).expect("few");
                let (account, values) = (&self.accounts[account], values.join(","));
                let sync = if waiting { "t.sync" } else { "'synced'" };
                let value = |column: &str| match column {
                    "id" | "appointment_id" | "taken_by" => "v.column1".to_owned(),
                    "starts_at" | "ends_at" | "held_from" | "held_to" => {
                        format!("t.{column} + CAST(v.column2 AS BIGINT) * {HOUR}")
                    }
                    "uid" => "t.uid || '-' || v.column2".to_owned(),
                    "seen" | "agreed" => self.said_later(account, column),
                    "segments" => "v.column3".to_owned(),
                    "sync" => sync.to_owned(),
                    _ => format!("t.{column}"),
                };
                let template = self.literal(account.template.0);
                let (company, lane) = (self.literal(self.company.0), self.literal(account.connection.0));
                let mut sql = vec!["BEGIN".to_owned()];
                for (table, columns) in &tables {
                    let key = match *table {
                        "appointments" => "id",
                        "chairs" => "taken_by",
                        _ => "appointment_id",
                    };
                    let from = columns.iter().map(|column| match (*table, column.as_str()) {
                        ("appointments", "number") => "t.number + v.column2 * 16".to_owned(),
                        (_, column) => value(column),
                    });
                    sql.push(format!(
                        "INSERT INTO {table} ({}) SELECT {} FROM {table} t CROSS JOIN (VALUES {values}) v \
                         WHERE t.company_id = {company} AND t.{key} = {template}",
                        columns.join(", "),
                        from.collect::<Vec<_>>().join(", ")
                    ));
                }
                // The next appointment gets the next number.
                sql.push(format!(
                    "UPDATE companies SET last_number = (SELECT MAX(number) FROM appointments \
                     WHERE company_id = {company}) WHERE id = {company}"
                ));
                if waiting {
                    let marks = new.iter();
                    let marks =
                        marks.map(|id| format!("({company}, {lane}, 'appointment', '{id}', 1, 0, 1)"));
                    sql.push(format!(
                        "INSERT INTO dirty (company_id, connection_id, subject_kind, subject, priority, \
                         due_at, version) VALUES {}",
                        marks.collect::<Vec<_>>().join(",")
                    ));
                }
                sql.push("COMMIT".to_owned());
                self.run(&sql.join("; ")).await;
                ids.extend(new);
            }
        }
        // As a server does by itself within a minute.
        self.run("ANALYZE").await;
        ids
    }

    /// What is known of the booking of a copy, if something is known of the template's: the same, of its own booking
    /// at its own time.
    fn said_later(&self, account: &Account, column: &str) -> String {
        let mut text = format!("CAST(t.{column} AS TEXT)");
        let slot = account.slot();
        for (time, later) in [(slot.start, "v.column4"), (slot.end, "v.column5")] {
            text = format!("replace({text}, '\"{time}\"', '\"' || {later} || '\"')");
        }
        let uid = "(SELECT b.uid FROM bookings b \
                   WHERE b.company_id = t.company_id AND b.appointment_id = t.appointment_id)";
        let named =
            format!("replace({text}, '\"' || {uid} || '\"', '\"' || {uid} || '-' || v.column2 || '\"')");
        let said = format!("CASE WHEN t.uid IS NULL THEN CAST(t.{column} AS TEXT) ELSE {named} END");
        match self.database.get_database_backend() {
            sea_orm::DbBackend::Sqlite => said,
            _ => format!("({said})::jsonb"),
        }
    }

    /// The id of a copy, its number, and its stretches of work, so many hours after those of the template.
    fn row(&self, account: usize, id: AppointmentId, number: i64) -> String {
        let later = SignedDuration::from_hours(number);
        let mut segments = self.accounts[account].segments.clone();
        for segment in &mut segments {
            segment.slot = Slot { start: segment.slot.start + later, end: segment.slot.end + later };
        }
        let segments = serde_json::to_string(&segments).expect("plain values");
        let kind = match self.database.get_database_backend() {
            sea_orm::DbBackend::Sqlite => "",
            _ => "::jsonb",
        };
        let slot = self.accounts[account].slot();
        let (start, end) = (slot.start + later, slot.end + later);
        format!("({}, {number}, '{segments}'{kind}, '{start}', '{end}')", self.literal(id.0))
    }

    /// How many appointments have work left.
    pub async fn waiting(&self) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM dirty WHERE company_id = {}", self.literal(self.company.0));
        let statement = Statement::from_string(self.database.get_database_backend(), sql);
        let row = self.database.query_one_raw(statement).await.expect("an answer").expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// The names of bookings at Cal.com, for these appointments.
    pub async fn uids(&self, ids: &[AppointmentId]) -> Vec<(AppointmentId, String)> {
        let mut uids = Vec::new();
        for ids in ids.chunks(ROWS) {
            let list: Vec<_> = ids.iter().map(|id| self.literal(id.0)).collect();
            let sql = format!(
                "SELECT appointment_id, uid FROM bookings WHERE uid IS NOT NULL AND appointment_id IN ({})",
                list.join(",")
            );
            let statement = Statement::from_string(self.database.get_database_backend(), sql);
            for row in self.database.query_all_raw(statement).await.expect("an answer") {
                let id: Uuid = row.try_get_by_index(0).expect("an id");
                uids.push((AppointmentId(id), row.try_get_by_index(1).expect("a name")));
            }
        }
        uids
    }

    /// Runs statements that answer nothing.
    pub async fn run(&self, sql: &str) {
        self.database.execute_unprepared(sql).await.expect("a statement that works");
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        let sql = match self.database.get_database_backend() {
            sea_orm::DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            _ => format!("SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"),
        };
        let statement = Statement::from_string(self.database.get_database_backend(), sql);
        let rows = self.database.query_all_raw(statement).await.expect("an answer");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect()
    }

    fn literal(&self, id: Uuid) -> String {
        match self.database.get_database_backend() {
            sea_orm::DbBackend::Sqlite => format!("x'{}'", id.simple()),
            _ => format!("'{id}'::uuid"),
        }
    }
}

/// A way to a database beside the store's own.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database answers")
}

/// An empty database of this name.
pub async fn database(place: &str, name: &str) -> String {
    if let Some(file) = place.strip_prefix("sqlite://") {
        for beside in ["", "-wal", "-shm"] {
            // Mostly there is none.
            let _ = std::fs::remove_file(format!("{file}-{name}.sqlite{beside}"));
        }
        return format!("{place}-{name}.sqlite");
    }
    let admin = connect(place).await;
    for statement in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
        admin.execute_unprepared(&format!("{statement} einklang_bench_{name}")).await.expect("a database");
    }
    let (host, _) = place.rsplit_once('/').expect("a database in the URL");
    format!("{host}/einklang_bench_{name}")
}
