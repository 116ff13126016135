//! Mistakes of our own: a piece of work that one keeps from being done is seen, and holds nothing else up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use calcom::{Transport, TransportError};
use domain::SyncStatus;
use engine::rounds::Rounds;
use engine::{Engine, Parts, Signals, Vault, worker};
use http::{Request, Response};
use jiff::SignedDuration;
use store::Work;

use crate::world::{Hours, World};

/// Panics whenever changes are asked for, until it is mended.
struct Mistaken {
    way: calcom_sim::SimTransport,
    mended: Arc<AtomicBool>,
}

#[async_trait]
impl Transport for Mistaken {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let asks = request.uri().to_string().contains("afterUpdatedAt");
        assert!(!asks || self.mended.load(Ordering::Relaxed), "a mistake");
        self.way.send(request).await
    }
}

#[tokio::test]
async fn what_panics_is_seen_and_holds_nothing_else_up() {
    let rounds = Rounds { changes: Some(SignedDuration::from_mins(5)), ..Rounds::default() };
    let world = World::with_rounds(601, rounds).await;
    let store = &world.engine.store;
    let mended = Arc::new(AtomicBool::new(false));
    let engine = Engine::new(Parts {
        store: store.clone(),
        ambient: world.engine.ambient.clone(),
        vault: Vault::new(&"a key".into()),
        transport: Arc::new(Mistaken { way: world.sim.transport(), mended: Arc::clone(&mended) }),
        settings: world.engine.settings.clone(),
        signals: Signals::default(),
    });
    let work = async |minutes| {
        for _ in 0..minutes {
            while worker::turn(&engine, "worker").await.unwrap() {}
            world.pass(SignedDuration::from_mins(1));
        }
    };
    let failing = async || store.overall(world.now()).await.unwrap().failing;
    work(i64::try_from(Work::FAILING).unwrap() - 1).await;
    assert_eq!(failing().await, 0, "once is not always");
    let booked = world.book(Hours(24)).await.unwrap();
    work(3).await;
    assert_eq!(failing().await, 1);
    assert_eq!(world.case(booked).await.appointment.sync, SyncStatus::Synced, "the lane goes on");
    mended.store(true, Ordering::Relaxed);
    work(2).await;
    assert_eq!(failing().await, 0);
}
