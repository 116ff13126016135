//! How long pages take in a company with many appointments: whole requests, from the session to the last byte, one after
//! another. Beside each stands how long it may take.
//!
//! `make bench`; PostgreSQL too if `TEST_POSTGRES_URL` names a server. `BENCH_FULL=1`: with 1,000,000 appointments.

#[path = "../../../engine/benches/operations/salon.rs"]
#[expect(dead_code, reason = "the engine's bench uses the rest")]
mod salon;
#[path = "../../../engine/benches/operations/table.rs"]
mod table;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use calcom_sim::Sim;
use domain::UserId;
use domain::people::{Role, User};
use engine::Engine;
use http::Request;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use store::Store;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use web::auth::password::hash_password;
use web::state::{AppState, WebSettings};

use crate::salon::{Salon, database};
use crate::table::{Table, percentile};

/// Each page is asked for so often.
const TIMES: usize = 40;
const ADDRESS: &str = "chefin@salon.example";
const PASSWORD: &str = "correct horse battery";
/// What is asked for, how it is called, and the milliseconds that it may take.
const PAGES: [(&str, &str, f64); 7] = [
    ("/", "overview", 2000.0),
    ("/appointments", "list of appointments", 200.0),
    ("/appointments?sync=failed", "what has failed", 200.0),
    ("/appointments?q=Clara", "search for a name", 2000.0),
    ("/reviews", "queue", 200.0),
    ("/verifications", "verifications", 200.0),
    ("/deliveries", "webhooks", 200.0),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut table = Table::default();
        let folder = tempfile::tempdir().expect("a folder");
        let mut databases = vec![("SQLite", format!("sqlite://{}/bench", folder.path().display()))];
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(server) => databases.push(("PostgreSQL", server)),
            Err(_) => println!("PostgreSQL is not measured: TEST_POSTGRES_URL is not set"),
        }
        let size = if std::env::var("BENCH_FULL").is_ok() { 1_000_000 } else { 50_000 };
        for (name, place) in databases {
            eprintln!("{name}: pages, {size} appointments");
            measure(name, &database(&place, "pages").await, size, &mut table).await;
        }
        table.print();
        std::fs::write("../../bench-pages.json", table.json()).expect("bench-pages.json is written");
    });
}

async fn measure(name: &str, url: &str, size: usize, table: &mut Table) {
    let sim = Sim::new(calcom_sim::Options::new(Arc::new(now), 1));
    // At the second account no call was ever made.
    let mut salon = Salon::open(url, &sim, "http://cal.example", "large", 2).await;
    salon.copy(size, false).await;
    live_through(&salon, url, size).await;
    let engine = salon::engine(Store::connect(url).await.expect("a database"), Arc::new(sim.transport()), 1);
    let browser = Browser::of(&engine, &salon).await;
    for (path, called, most) in PAGES {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            times.push(browser.read(path).await);
        }
        for percent in [50, 99] {
            let row = format!("{name}: {called}, {size} appointments, p{percent}");
            table.add(&row, percentile(&times, percent), Some(most), "ms");
        }
    }
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let begun = begin();
        engine.store.pulse(salon.company).await.expect("the database answers");
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let row = format!("{name}: whether anything changed, {size} appointments, p50");
    table.add(&row, percentile(&times, 50), Some(1000.0), "ms");
}

/// The appointments were made within two years, each by a call, and a webhook told of it; of some something is wrong.
async fn live_through(salon: &Salon, url: &str, size: usize) {
    let is_sqlite = url.starts_with("sqlite");
    // Ids begin with their time, in milliseconds.
    let id = |at: &str| {
        if is_sqlite {
            format!("unhex(printf('%012x', {at}) || hex(randomblob(10)))")
        } else {
            format!("(lpad(to_hex({at}), 12, '0') || substr(md5(random()::text), 1, 20))::uuid")
        }
    };
    let hash = if is_sqlite { "randomblob(32)" } else { "decode(md5(random()::text), 'hex')" };
    let json = if is_sqlite { "'{}'" } else { "'{}'::jsonb" };
    let distance = 2 * 365 * 24 * 3_600_000 / i64::try_from(size).expect("small");
    let first = "SELECT connection_id FROM bookings LIMIT 1";
    for sql in [
        format!("UPDATE appointments SET created_at = created_at - (number / 16) * {distance}"),
        "UPDATE appointments SET sync = 'failed' WHERE (number / 16) % 1000 = 7".to_owned(),
        "UPDATE appointments SET sync = 'pending' WHERE (number / 16) % 1000 = 8".to_owned(),
        format!(
            "INSERT INTO attempts (company_id, id, appointment_id, connection_id, kind, path, request, http_status, \
             outcome, started_at, finished_at, duration_ms) SELECT company_id, {}, id, ({first}), 'create', \
             'POST /v2/bookings', {json}, 201, 'ok', created_at, created_at + 120, 120 FROM appointments",
            id("created_at")
        ),
        format!(
            "INSERT INTO deliveries (company_id, id, connection_id, received_at, created_at_remote, trigger_event, \
             verdict, body, body_hash, effect, appointment_id, processed_at) SELECT company_id, {}, ({first}), \
             created_at, created_at - 300, 'BOOKING_CREATED', 'accepted', '', {hash}, 'no_change', id, created_at \
             FROM appointments",
            id("created_at")
        ),
    ] {
        salon.run(&sql).await;
    }
    // As a server does by itself.
    salon.run(if is_sqlite { "ANALYZE" } else { "VACUUM ANALYZE" }).await;
}

/// Somebody who is signed in.
struct Browser {
    app: Router,
    cookie: String,
}

impl Browser {
    async fn of(engine: &Engine, salon: &Salon) -> Self {
        let (store, ambient) = (&engine.store, &engine.ambient);
        let email = ADDRESS.parse().expect("an address");
        let user =
            User { id: UserId(ambient.id()), email, name: "Chefin".into(), role: Role::Admin, locale: None };
        let hash = hash_password(ambient, &PASSWORD.into()).expect("a password");
        store.add_user(salon.company, user, hash, ambient.now()).await.expect("a new user");
        let settings = Arc::new(WebSettings::default());
        let state =
            AppState { engine: engine.clone(), metrics: None, settings, mailer: None, playground: None };
        let app = web::app(state, CancellationToken::new());
        let form = serde_urlencoded::to_string([("email", ADDRESS), ("password", PASSWORD), ("next", "/")]);
        let request = Request::post("/sign-in")
            .header("host", "127.0.0.1:8080")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.expect("texts")));
        let answer = app.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|it| it.to_str().ok());
        let cookies: Vec<_> = cookies.filter_map(|it| it.split(';').next()).collect();
        Self { app, cookie: cookies.join("; ") }
    }

    /// Milliseconds until a page is there.
    async fn read(&self, path: &str) -> f64 {
        let request = Request::get(path)
            .header("cookie", &self.cookie)
            .header("host", "127.0.0.1:8080")
            .body(Body::empty());
        let begun = begin();
        let answer = self.app.clone().oneshot(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let bytes = answer.into_body().collect().await.expect("a page").to_bytes();
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        assert!(bytes.len() > 2000, "{path}");
        took
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
fn begin() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the simulator's clock is the machine's")]
fn now() -> Timestamp {
    Timestamp::now()
}
