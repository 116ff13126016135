//! A salon that is called by many at once: each caller has a number of their own, and wants a time that no other wants.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use calcom_sim::Sim;
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::service::{Link, Service, ServiceSync, Terms};
use domain::{AgentId, LinkId, ServiceId, StaffId};
use engine::{Engine, worker};
use http::Request;
use http_body_util::BodyExt as _;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use retell::{SIGNATURE_HEADER, sign};
use serde_json::{Value, json};
use store::{Agent, Sealed, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use web::state::{AppState, WebSettings};

use crate::salon::{self, Salon};
use crate::{free, now};

/// Appointments and customers that the company has already.
const APPOINTMENTS: usize = 50_000;
const CUSTOMERS: usize = 20_000;
const KEY: &str = "key_0000000000000000";
const TOKEN: &str = "agent-of-the-bench";
/// Who serves callers.
const PEOPLE: [&str; 10] = ["Ada", "Bea", "Cleo", "Dana", "Edda", "Fine", "Gina", "Hedi", "Ines", "Jule"];

/// Whether a service is booked at Cal.com too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Staffed {
    Alone,
    AtCalcom,
}

/// The callers, and what answers them.
pub struct Callers {
    app: Router,
    today: Date,
    stop: CancellationToken,
    worker: JoinHandle<()>,
}

impl Callers {
    /// An empty database gets the salon.
    pub async fn open(url: &str) -> Self {
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(now), 1));
        let mut salon = Salon::open(url, &sim, "http://cal.example", "phone", 1).await;
        salon.copy(APPOINTMENTS, false).await;
        let is_sqlite = url.starts_with("sqlite");
        let id = if is_sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
        salon
            .run(&format!(
                "INSERT INTO customers (company_id, id, name, phone, locale, search, created_at) \
                 WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {CUSTOMERS}) \
                 SELECT (SELECT id FROM companies), {id}, 'Clara ' || CAST(i AS TEXT), \
                 '+49151' || CAST(10000000 + i AS TEXT), 'de', 'clara ' || CAST(i AS TEXT), 0 FROM n"
            ))
            .await;
        let store = Store::connect(url).await.expect("a database");
        let engine = salon::engine(store, free::transport(), 64);
        staff(&engine, &salon).await;
        // As a server does by itself.
        salon.run(if is_sqlite { "ANALYZE" } else { "VACUUM ANALYZE" }).await;
        let settings = Arc::new(WebSettings::default());
        let state =
            AppState { engine: engine.clone(), metrics: None, settings, mailer: None, playground: None };
        let stop = CancellationToken::new();
        let app = web::app(state, stop.clone());
        let worker = tokio::spawn(worker::run(engine, "bench".into(), stop.clone()));
        Self { app, today: TimeZone::UTC.to_datetime(now()).date(), stop, worker }
    }

    /// Nobody calls any more.
    pub async fn end(self) {
        self.stop.cancel();
        self.worker.await.expect("the worker ends");
    }

    /// So many days from now, as the model writes it.
    pub fn day(&self, later: usize) -> String {
        self.today.saturating_add(i64::try_from(later).expect("few").days()).to_string()
    }

    /// What a caller wants in a round: nobody else wants that person at that time.
    pub fn wish(&self, staffed: Staffed, round: usize, number: usize) -> Value {
        let (service, first) = match staffed {
            Staffed::Alone => ("Föhnen", 2),
            Staffed::AtCalcom => ("Waschen", 15),
        };
        json!({
            "service": service, "staff": PEOPLE[number % PEOPLE.len()], "date": self.day(first + round),
            "time": format!("{:02}:00", 6 + 2 * (number / PEOPLE.len())),
            "customer_name": format!("Clara {number}"), "confirmed": true,
        })
    }

    /// A function that is called in a call of a round. The request is ready when this returns; it is sent when it is
    /// awaited.
    pub fn ask(
        &self,
        round: usize,
        number: usize,
        name: &str,
        args: &Value,
    ) -> impl Future<Output = ()> + use<> {
        let call = json!({
            "call_id": format!("call_{round}_{number}"), "call_type": "phone_call", "direction": "inbound",
            "from_number": phone(number), "to_number": "+4930111111",
        });
        let body = json!({ "name": name, "args": args, "call": call }).to_string();
        let wants_a_booking = name == "book_appointment";
        let answer = self.post(&format!("functions/{name}"), body);
        async move {
            let answer = answer.await;
            assert_eq!(answer["status"], "ok", "{answer}");
            assert_eq!(wants_a_booking, answer["data"]["booking"] == "confirmed", "{answer}");
        }
    }

    /// It rings.
    pub async fn inbound(&self, number: usize) {
        let told = json!({ "from_number": phone(number), "to_number": "+4930111111" });
        let answer =
            self.post("inbound", json!({ "event": "call_inbound", "call_inbound": told }).to_string()).await;
        let variables = &answer["call_inbound"]["dynamic_variables"];
        assert_eq!(variables["known_customer"], "true", "{answer}");
    }

    fn post(&self, what: &str, body: String) -> impl Future<Output = Value> + use<> {
        let request = Request::post(format!("/voice/retell/{TOKEN}/{what}"))
            .header("content-type", "application/json")
            .header(SIGNATURE_HEADER, sign(KEY, body.as_bytes(), now()))
            .body(Body::from(body))
            .expect("a request");
        let app = self.app.clone();
        async move {
            let answer = app.oneshot(request).await.expect("an answer");
            let status = answer.status();
            let bytes = answer.into_body().collect().await.expect("an answer").to_bytes();
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
            serde_json::from_slice(&bytes).expect("JSON")
        }
    }
}

fn phone(number: usize) -> String {
    format!("+49151{}", 10_000_000 + number)
}

/// Ten people who wash, which Cal.com knows of, and dry, which it does not; and an agent.
async fn staff(engine: &Engine, salon: &Salon) {
    let (store, ambient, company) = (&engine.store, &engine.ambient, salon.company);
    let branch_id = store.branches(company).await.expect("branches")[0].id;
    let days: Vec<_> = Weekday::Monday.cycle_forward().take(7).collect();
    let hours = WeeklyHours::on(&days, time(0, 0, 0, 0), time(23, 59, 0, 0));
    let mut people = Vec::new();
    for name in PEOPLE {
        let id = StaffId(ambient.id());
        let person = Staff { id, branch_id, name: name.into(), active: true, hours: hours.clone() };
        store.add_staff(company, person).await.expect("a new member of staff");
        people.push(id);
    }
    let (connection_id, ..) = salon.template();
    for (name, staffed) in [("Föhnen", Staffed::Alone), ("Waschen", Staffed::AtCalcom)] {
        let service_id = ServiceId(ambient.id());
        let service = Service {
            id: service_id,
            name: name.into(),
            slug: name.to_lowercase(),
            description: String::new(),
            duration_minutes: u32::try_from(salon::MINUTES).expect("small"),
            price_cents: None,
            active: true,
            terms: Terms::default(),
            sync: ServiceSync::Never,
            version: 1,
            segments: Vec::new(),
        };
        store.add_service(company, service).await.expect("a new service");
        store.set_service_staff(company, service_id, &people).await.expect("known people");
        for (event_type_id, staff_id) in (1_000..).zip(&people) {
            let link = Link {
                id: LinkId(ambient.id()),
                segment: 0,
                host: None,
                service_id,
                staff_id: Some(*staff_id),
                connection_id,
                event_type_id,
                reference_field: false,
            };
            if staffed == Staffed::AtCalcom {
                store.add_link(company, link).await.expect("a new link");
            }
        }
    }
    let signing_key = Sealed(engine.vault.seal(ambient, company, web::phone::SIGNING_KEY, &KEY.into()));
    let agent = Agent { id: AgentId(ambient.id()), token: TOKEN.into(), signing_key, name: "Telefon".into() };
    store.add_agent(company, agent).await.expect("a new agent");
}
