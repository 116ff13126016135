//! Two salons on one installation, their Cal.com accounts, and somebody who sends requests.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::{Router, http};
use calcom::Transport;
use calcom_sim::{NewEventType, NewUser, Sim, WebhookDelivery};
use domain::appointment::{Actor, Origin};
use domain::company::{Branch, Locale};
use domain::hours::WeeklyHours;
use domain::people::Staff;
use domain::service::{Link, Service};
use domain::{AgentId, ApiKeyId, BranchId, CompanyId, LinkId, Policy, ServiceId, StaffId};
use engine::ambient::{ManualClock, SeededEntropy};
use engine::notifications::mail::Mailer;
use engine::{Ambient, Clock, Engine, Parts, Settings, Signals, Vault, connect, worker};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Agent, NewApiKey, NewCompany, Sealed, Store};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use web::api::caller::{Scope, hash};
use web::state::{AppState, WebSettings};

use crate::postgres::Postgres;

/// Friday, nine o'clock in Berlin.
pub const NOW: &str = "2026-11-20T08:00:00Z";
/// What the phone agents sign with.
pub const SIGNING_KEY: &str = "key_0000000000000000";

pub struct World {
    /// Goes with its world.
    _database: Option<Postgres>,
    pub app: Router,
    /// Ends what would go on for ever.
    pub stop: CancellationToken,
    pub engine: Engine,
    pub sim: Sim,
    pub clock: ManualClock,
    pub salon: Salon,
    /// Another company, with nothing to do with the first.
    pub other: Salon,
}

/// A company with one branch in Berlin, Anna and Ben, Tuesday to Saturday from 9 to 18.
pub struct Salon {
    pub id: CompanyId,
    pub branch: BranchId,
    pub anna: StaffId,
    pub ben: StaffId,
    /// "Damenhaarschnitt", 45 minutes, by Anna, linked to Cal.com.
    pub cut: ServiceId,
    /// "Färben", 90 minutes, by both, not linked.
    pub colour: ServiceId,
    /// Anna's event type for the cut.
    pub event_type: i64,
    /// With every scope.
    pub key: String,
    /// With none.
    pub powerless_key: String,
    pub agent_token: String,
    pub number: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// `null` if it is no JSON.
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

/// What Cal.com delivers goes through the routes, while the call that caused it is still unanswered.
struct Deliver(Router);

#[async_trait]
impl calcom_sim::WebhookSink for Deliver {
    async fn deliver(&self, delivery: WebhookDelivery) -> Option<u16> {
        let path = delivery.url.strip_prefix("http://127.0.0.1:8080")?;
        let mut request = Request::post(path).body(Body::from(delivery.body)).ok()?;
        *request.headers_mut() = delivery.headers;
        Some(send(&self.0, request).await.status.as_u16())
    }
}

pub async fn send(app: &Router, request: Request<Body>) -> Reply {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap_or_default();
    Reply { status: parts.status, headers: parts.headers, text, body }
}

impl World {
    pub async fn new() -> Self {
        // Nobody works in the background: a caller need not wait for it.
        Self::with_patience(Duration::from_millis(20)).await
    }

    /// On another, empty database.
    pub async fn on(database: &str) -> Self {
        Self::build(database, None, Duration::from_millis(20), None, direct).await
    }

    pub async fn with_patience(phone_patience: Duration) -> Self {
        Self::patient(phone_patience, None).await
    }

    /// Where e-mail is sent, and waited for.
    pub async fn with_mail(mailer: Mailer) -> Self {
        Self::patient(Duration::from_secs(10), Some(mailer)).await
    }

    async fn patient(phone_patience: Duration, mailer: Option<Mailer>) -> Self {
        match Postgres::empty().await {
            Some(database) => {
                Self::build(&database.url(), Some(database), phone_patience, mailer, direct).await
            }
            None => Self::build("sqlite::memory:", None, phone_patience, mailer, direct).await,
        }
    }

    /// With something between the engine and Cal.com.
    pub async fn behind(
        mailer: Mailer,
        between: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>,
    ) -> Self {
        Self::build("sqlite::memory:", None, Duration::from_millis(20), Some(mailer), between).await
    }

    async fn build(
        database: &str,
        own: Option<Postgres>,
        phone_patience: Duration,
        mailer: Option<Mailer>,
        between: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>,
    ) -> Self {
        let clock = ManualClock::at(NOW.parse().unwrap());
        let sim_clock = clock.clone();
        let sim = Sim::new(calcom_sim::Options::new(Arc::new(move || sim_clock.now()), 1));
        let store = Store::connect(database).await.unwrap();
        store.migrate().await.unwrap();
        let engine = Engine::new(Parts {
            store,
            ambient: Ambient::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(1))),
            vault: Vault::new(&"a key".into()),
            transport: between(Arc::new(sim.transport())),
            settings: Settings::default(),
            signals: Signals::default(),
        });
        let settings = Arc::new(WebSettings { phone_patience, ..WebSettings::default() });
        let state = AppState { engine: engine.clone(), metrics: None, settings, mailer, playground: None };
        let stop = CancellationToken::new();
        let app = web::app(state, stop.clone());
        sim.set_webhook_sink(Arc::new(Deliver(app.clone())));
        let salon = Salon::new(&engine, &sim, "salon", "+4930111111").await;
        let other = Salon::new(&engine, &sim, "other", "+4930222222").await;
        Self { _database: own, app, stop, engine, sim, clock, salon, other }
    }

    /// A request with the salon's key.
    pub async fn api(&self, method: &str, path: &str, body: Value) -> Reply {
        self.request(method, path, &self.salon.key, body, &[]).await
    }

    /// A change of the appointment at `path` as it is now, by the salon's key.
    pub async fn change(&self, method: &str, path: &str, action: &str, body: Value) -> Reply {
        let read = self.api("GET", path, Value::Null).await;
        let headers = [("if-match", read.header("etag"))];
        self.request(method, &format!("{path}{action}"), &self.salon.key, body, &headers).await
    }

    pub async fn request(
        &self,
        method: &str,
        path: &str,
        key: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method.parse::<Method>().unwrap()).uri(path);
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        send(&self.app, request.body(body).unwrap()).await
    }

    /// Books a cut for somebody, by the API.
    pub async fn book(&self, starts_at: &str) -> Reply {
        self.api("POST", "/api/v1/appointments", self.wish(starts_at)).await
    }

    pub fn wish(&self, starts_at: &str) -> Value {
        json!({
            "service_id": self.salon.cut, "starts_at": starts_at,
            "customer": { "name": "Clara Client", "email": "Clara@Client.example", "phone": "030 123456" },
        })
    }

    /// The worker does everything that is due now; then a second passes.
    pub async fn work(&self) {
        for _ in 0..20 {
            if !worker::turn(&self.engine, "worker").await.unwrap() {
                self.clock.set(self.clock.now() + SignedDuration::from_secs(1));
                return;
            }
        }
        panic!("there is always something left to do");
    }

    pub fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
}

impl Salon {
    async fn new(engine: &Engine, sim: &Sim, slug: &str, number: &str) -> Self {
        let (store, ambient) = (&engine.store, &engine.ambient);
        let company = NewCompany {
            id: CompanyId(ambient.id()),
            slug: slug.into(),
            name: slug.into(),
            time_zone: "Europe/Berlin".into(),
            locale: Locale::De,
            placeholder_domain: "customers.example".into(),
            policy: Policy::default(),
            created_at: ambient.now(),
        };
        let id = store.create_company(company).await.unwrap().id;
        let days =
            [Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];
        let hours = WeeklyHours::on(&days, time(9, 0, 0, 0), time(18, 0, 0, 0));
        let branch = BranchId(ambient.id());
        store.add_branch(id, place(branch, "Mitte", Some(number), &hours)).await.unwrap();
        let [anna, ben] = [(); 2].map(|()| StaffId(ambient.id()));
        for (staff, name) in [(anna, "Anna Weber"), (ben, "Ben Kaya")] {
            let (name, hours) = (name.to_owned(), hours.clone());
            let person = Staff { id: staff, branch_id: branch, name, active: true, hours };
            store.add_staff(id, person).await.unwrap();
        }
        let [cut, colour] = [(); 2].map(|()| ServiceId(ambient.id()));
        for (service, name, minutes, people) in
            [(cut, "Damenhaarschnitt", 45, &[anna][..]), (colour, "Färben", 90, &[anna, ben])]
        {
            let service = Service {
                id: service,
                name: name.into(),
                slug: minutes.to_string(),
                description: String::new(),
                duration_minutes: minutes,
                price_cents: Some(4_900),
                active: true,
                terms: domain::service::Terms::default(),
                sync: domain::service::ServiceSync::Never,
                version: 1,
                segments: Vec::new(),
            };
            let service_id = service.id;
            store.add_service(id, service).await.unwrap();
            store.set_service_staff(id, service_id, people).await.unwrap();
        }
        let user = sim.add_user(NewUser::new(slug, "Anna Weber", &format!("anna@{slug}.example")));
        let (cal_key, event_type) =
            (format!("cal_{slug}"), sim.add_event_type(user, NewEventType::new("Cut", "cut", 45)));
        sim.add_api_key(user, &cal_key);
        let by = Actor::of(Origin::System);
        let connection =
            connect::connect(engine, id, None, "http://cal.example", cal_key.into(), by).await.unwrap();
        let link = Link {
            id: LinkId(ambient.id()),
            segment: 0,
            host: None,
            service_id: cut,
            staff_id: Some(anna),
            connection_id: connection.id,
            event_type_id: event_type,
            reference_field: false,
        };
        store.add_link(id, link).await.unwrap();
        let key = key(engine, id, &Scope::ALL).await;
        let powerless_key = self::key(engine, id, &[]).await;
        let agent_token = ambient.token();
        let signing_key = engine.vault.seal(ambient, id, web::phone::SIGNING_KEY, &SIGNING_KEY.into());
        let agent = Agent {
            id: AgentId(ambient.id()),
            token: agent_token.clone(),
            signing_key: Sealed(signing_key),
            name: "Telefon".into(),
        };
        store.add_agent(id, agent).await.unwrap();
        let number = number.to_owned();
        Self { id, branch, anna, ben, cut, colour, event_type, key, powerless_key, agent_token, number }
    }
}

/// Nothing in between.
fn direct(transport: Arc<dyn Transport>) -> Arc<dyn Transport> {
    transport
}

/// A branch in Berlin.
pub fn place(id: BranchId, name: &str, phone: Option<&str>, hours: &WeeklyHours) -> Branch {
    Branch {
        id,
        name: name.into(),
        time_zone: "Europe/Berlin".into(),
        phone: phone.map(|number| number.parse().unwrap()),
        address: None,
        hours: hours.clone(),
        land: None,
    }
}

/// A key of a company with these scopes.
pub async fn key(engine: &Engine, company: CompanyId, scopes: &[Scope]) -> String {
    let key = format!("{}{}", web::api::caller::KEY_PREFIX, engine.ambient.token());
    let new = NewApiKey {
        id: ApiKeyId(engine.ambient.id()),
        name: "Kasse".into(),
        prefix: key[..12].to_owned(),
        hash: hash(&key),
        scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
    };
    engine.store.add_api_key(company, new, engine.ambient.now()).await.unwrap();
    key
}

/// The same document with ids replaced by their kind: they differ from run to run.
pub fn without_ids(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.split_once('_') {
            Some((kind, id)) if id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) => {
                format!("{kind}_…").into()
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(without_ids).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), without_ids(field))).collect()
        }
        other => other.clone(),
    }
}
