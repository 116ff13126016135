//! Notices between processes, with two engines of this process on one PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use calcom::{HttpTransport, TimeOuts};
use domain::{AppointmentId, CompanyId};
use engine::notices::{Ears, carry};
use engine::{Ambient, Changed, Engine, Parts, Settings, Signals, Vault};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::postgres::Postgres;
use crate::proxy::Proxy;

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
