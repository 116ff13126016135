//! Verification of all bookings of an account: what it asks of Cal.com, what it costs, and whether it finds what
//! differs and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use calcom_sim::Sim;
use domain::appointment::Actor;
use domain::{AppointmentId, CompanyId, ConnectionId, Origin};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::verify::Wish;
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault, worker};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Store;

use crate::calcom::AtOnce;
use crate::cost::{self, Cost};
use crate::measure::sizes_of_a_company;
use crate::salon::{Salon, connect, database};
use crate::table::Table;

/// Asks this program to verify a database.
pub const VERIFY: &str = "--verify";
/// One booking of so many was cancelled at Cal.com without a word.
const EVERY: u64 = 1000;
/// New bookings of a page: of 250 the last one comes again on the next. A look at each difference is allowed beside that.
const OF_A_PAGE: u64 = 249;
/// Milliseconds of CPU per 1,000 bookings.
const CPU: f64 = 20.0;
/// Megabytes, however many bookings there are.
const MEMORY: f64 = 48.0;

/// What is to be verified.
#[derive(Debug, Serialize, Deserialize)]
struct Task {
    url: String,
    company: CompanyId,
    connection: ConnectionId,
    template: AppointmentId,
    bookings: u64,
}

/// What it took.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    requests: u64,
    cpu_ms: f64,
    kilobytes: u64,
    same: u64,
    found: u64,
    healed: u64,
}

/// Verifies an account on an empty database at a place, once for each size.
pub async fn measure_sizes(name: &str, place: &str, table: &mut Table) {
    for size in sizes_of_a_company() {
        let url = database(place, &format!("verified{size}")).await;
        measure(name, &url, size, table).await;
    }
}

/// Verifies so many bookings, of which some differ, in a process of its own.
async fn measure(name: &str, url: &str, bookings: u64, table: &mut Table) {
    let sim = Sim::new(calcom_sim::Options::new(Arc::new(crate::measure::now), 1));
    let mut salon = Salon::open(url, &sim, "http://cal.example", "verified", 1).await;
    let (connection, template, _) = salon.template();
    // The template is made, and read back, at a Cal.com that remembers it.
    let at_once = Arc::new(AtOnce::default());
    at_once.keep(true);
    let engine = crate::salon::engine(Store::connect(url).await.expect("a database"), at_once, 1);
    let actor = Actor::of(Origin::Admin);
    engine.check_again(salon.company, template, actor).await.expect("it is there");
    while worker::turn(&engine, "verification").await.expect("the database answers") {}
    salon.copy(usize::try_from(bookings - 1).expect("small"), false).await;
    salon.run("ANALYZE").await;
    let task = Task { url: url.to_owned(), company: salon.company, connection, template, bookings };
    let program = std::env::current_exe().expect("this program");
    let task = serde_json::to_string(&task).expect("plain values");
    let mut verifier = std::process::Command::new(program);
    let said =
        verifier.args([VERIFY, &task]).stderr(std::process::Stdio::inherit()).output().expect("it runs");
    let text = String::from_utf8_lossy(&said.stdout);
    let said: Said = serde_json::from_str(text.trim()).expect("what it took");
    let differing = bookings / EVERY;
    assert_eq!((said.found, said.healed), (differing, differing), "{said:?}");
    let row = |what: &str| format!("{name}: verification of {bookings} bookings, {what}");
    let most = float(bookings.div_ceil(OF_A_PAGE) + differing);
    table.add(&row("requests"), float(said.requests), Some(most), "");
    table.add(&row("CPU per 1,000"), said.cpu_ms * 1000.0 / float(bookings), Some(CPU), "ms");
    table.add(&row("memory"), float(said.kilobytes) / 1024.0, Some(MEMORY), "MB");
}

/// Verifies the bookings of a task, and prints what that took.
pub async fn say(task: &str) {
    let task: Task = serde_json::from_str(task).expect("a task");
    let store = Store::connect(&task.url).await.expect("a database");
    let case = store.case(task.company, task.template).await.expect("it was made before");
    let record = case.bookings.first().expect("it is booked");
    let slot = case.appointment.slot;
    let calendar = Arc::new(Calendar {
        bookings: task.bookings,
        every: EVERY,
        uid: record.uid.clone().expect("it is booked").0,
        start: slot.start,
        length: slot.end.duration_since(slot.start),
        event_type: record.event_type.id,
        name: case.customer.name.clone(),
        email: case.customer.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        requests: AtomicU64::new(0),
    });
    let clock = ManualClock::at(crate::measure::now());
    let engine = Engine::new(Parts {
        store,
        ambient: Ambient::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(1))),
        vault: Vault::new(&"a key".into()),
        transport: calendar.clone(),
        // All of them were cancelled within one hour.
        settings: Settings { brake: u32::MAX, ..Settings::default() },
        signals: Signals::default(),
    });
    let cost = Cost::of(&connect(&task.url).await).await;
    let spent = cost.cpu();
    let wish = Wish { window: None, check_only: false };
    let actor = Actor::of(Origin::Admin);
    let run = engine.verify(task.company, task.connection, wish, actor).await;
    let run = run.expect("the database answers");
    let report = loop {
        while worker::turn(&engine, "verification").await.expect("the database answers") {}
        let report = engine.store.verification(task.company, run).await.expect("the run");
        if report.finished_at.is_some() {
            break report;
        }
        let due = engine.store.next_due().await.expect("the database answers").expect("something is due");
        clock.set(due.max(clock.now() + SignedDuration::from_millis(1)));
    };
    let findings = engine.store.findings(task.company, run).await.expect("what it found");
    let healed = findings.iter().filter(|finding| finding.healed_at.is_some()).count();
    let said = Said {
        requests: calendar.requests.load(Ordering::Relaxed),
        cpu_ms: cost.cpu().saturating_sub(spent).as_secs_f64() * 1000.0,
        kilobytes: cost::most_memory(),
        same: report.counts.same,
        found: findings.len() as u64,
        healed: healed as u64,
    };
    println!("{}", serde_json::to_string(&said).expect("plain values"));
}

/// A Cal.com with a booking every hour, of which every so many were cancelled.
struct Calendar {
    bookings: u64,
    every: u64,
    uid: String,
    start: Timestamp,
    length: SignedDuration,
    event_type: i64,
    name: String,
    email: String,
    requests: AtomicU64,
}

impl Calendar {
    fn booking(&self, number: u64) -> Value {
        let start = self.start + SignedDuration::from_hours(i64::try_from(number).expect("small"));
        let is_cancelled = number % self.every == self.every - 1;
        let uid = if number == 0 { self.uid.clone() } else { format!("{}-{number}", self.uid) };
        let created = self.start - SignedDuration::from_hours(1000);
        json!({
            "id": number, "uid": uid, "title": "Cut",
            "status": if is_cancelled { "cancelled" } else { "accepted" },
            "start": start, "end": start + self.length, "duration": self.length.as_mins(),
            "eventTypeId": self.event_type, "hosts": [],
            "attendees": [{ "name": self.name, "email": self.email, "timeZone": "UTC", "absent": false }],
            "metadata": {}, "bookingFieldsResponses": {},
            "createdAt": created,
            "updatedAt": if is_cancelled { created + SignedDuration::from_hours(1) } else { created },
        })
    }

    /// The bookings that start from `from` on.
    fn page(&self, from: Timestamp, skip: u64, take: u64) -> Value {
        let hours = from.duration_since(self.start).as_secs().max(0).unsigned_abs().div_ceil(3600);
        let first = hours + skip;
        let data: Vec<_> =
            (first..self.bookings.min(first + take)).map(|number| self.booking(number)).collect();
        json!({ "status": "success", "data": data, "pagination": {} })
    }

    fn answer(&self, request: &Request<Bytes>) -> Option<Value> {
        let path: Vec<&str> = request.uri().path().split('/').skip(3).collect();
        if let [uid] = path.as_slice() {
            let number =
                uid.strip_prefix(&self.uid)?.strip_prefix('-').map_or(Some(0), |it| it.parse().ok())?;
            return Some(json!({ "status": "success", "data": self.booking(number) }));
        }
        let query = request.uri().query().unwrap_or_default();
        let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let number = |name: &str| value(name).and_then(|value| value.parse().ok()).unwrap_or(0);
        Some(self.page(value("afterStart")?.parse().ok()?, number("skip"), number("take")))
    }
}

#[async_trait]
impl Transport for Calendar {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let not_found = json!({ "status": "error", "error": { "message": "Not Found" } });
        let (status, answer) = self.answer(&request).map_or((404, not_found), |answer| (200, answer));
        let answer = Response::builder().status(status).body(answer.to_string().into());
        answer.map_err(|error| TransportError::NotSent { message: error.to_string() })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds")]
fn float(count: u64) -> f64 {
    count as f64
}
