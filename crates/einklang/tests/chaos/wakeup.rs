//! Notices between processes: that they arrive, and how soon work begins because of them.

use std::sync::Arc;
use std::time::Duration;

use calcom::{HttpTransport, TimeOuts};
use domain::{AppointmentId, CompanyId};
use engine::notices::{Ears, carry};
use engine::{Ambient, Changed, Engine, Parts, Settings, Signals, Vault};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::postgres::Postgres;
use crate::proxy::Proxy;
use crate::stop::{Desk, until};

/// Appointments whose wait is measured.
const BOOKINGS: i64 = 60;
/// Soon enough that nobody has looked by themselves.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn work_and_changes_are_heard_in_other_processes_also_after_the_wire_was_cut() {
    let Some(postgres) = Postgres::start() else {
        return println!("skipped: there is no PostgreSQL on this machine");
    };
    let wire = Proxy::to(postgres.port).await;
    let (server, worker) = (engine(postgres.port).await, engine(wire.port).await);
    let stop = CancellationToken::new();
    let carriers =
        [(&server, Ears { work: false, changes: true }), (&worker, Ears { work: true, changes: false })].map(
            |(engine, ears)| {
                let (engine, stop) = (engine.clone(), stop.clone());
                tokio::spawn(async move { carry(&engine, ears, &stop).await })
            },
        );
    tell(&server, &worker).await;
    wire.cut(Duration::from_millis(200)).await;
    tell(&server, &worker).await;
    stop.cancel();
    for carrier in carriers {
        carrier.await.unwrap();
    }
}

/// The server's wake-up reaches the worker, and the worker's change the server. A notice may be lost while a
/// process is only beginning to listen, so it is sent until it is heard.
async fn tell(server: &Engine, worker: &Engine) {
    let changed = Changed {
        company: CompanyId(server.ambient.id()),
        appointment: Some(AppointmentId(server.ambient.id())),
    };
    let mut watching = server.signals.watch();
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let (mut woken, mut heard) = (false, false);
    let told = async {
        while !(woken && heard) {
            tokio::select! {
                _ = beat.tick() => {
                    server.signals.wake();
                    worker.signals.changed(changed.company, changed.appointment);
                }
                () = worker.signals.work() => woken = true,
                Ok(change) = watching.recv() => heard |= change == changed,
            }
        }
    };
    tokio::time::timeout(SOON, told).await.expect("both hear of each other");
}

async fn engine(port: u16) -> Engine {
    Engine::new(Parts {
        store: Store::connect(&Postgres::url(port)).await.unwrap(),
        ambient: Ambient::system(),
        vault: Vault::new(&"a secret key of the tests, long enough".into()),
        transport: Arc::new(HttpTransport::new(TimeOuts::default()).unwrap()),
        settings: Settings::default(),
        signals: Signals::default(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_begins_long_before_it_would_have_looked_by_itself() {
    let Some(desk) = Desk::open(4).await else { return };
    let _worker = desk.salon.start("worker", &["worker"], None);
    for number in 0..BOOKINGS {
        let appointment = desk.book(number).await;
        until("the call began", async || (desk.status(&appointment).await["attempts"] != 0).then_some(()))
            .await;
    }
    let database = Database::connect(Postgres::url(desk.salon.postgres.port)).await.unwrap();
    let sql = "SELECT MIN(t.started_at) - a.created_at AS wait FROM appointments a \
         JOIN attempts t ON t.company_id = a.company_id AND t.appointment_id = a.id \
         GROUP BY a.company_id, a.id, a.created_at ORDER BY wait";
    let rows = database.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    let waits: Vec<i64> = rows.iter().map(|row| row.try_get("", "wait").unwrap()).collect();
    let share = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!(
        "from booking to call, two processes: p50 {} ms, p90 {} ms, p99 {} ms",
        share(50),
        share(90),
        share(99)
    );
    // By looking alone it would be half a second.
    assert!(waits.len() == usize::try_from(BOOKINGS).unwrap() && share(50) < 250, "{waits:?}");
}
