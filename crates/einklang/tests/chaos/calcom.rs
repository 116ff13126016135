//! The Cal.com of the test: the simulator behind a socket. What it knows is durable; the server in front of it
//! is killed in the middle of requests and started again, so that answers and webhooks are lost after their
//! effect.

use std::sync::{Arc, Mutex};

use calcom::{HttpTransport, TimeOuts};
use calcom_sim::{HttpSink, NewEventType, NewUser, Options, RateLimit, Sim, server};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::proxy::free_port;

pub struct Calcom {
    pub sim: Sim,
    pub port: u16,
    process: Mutex<Option<Runtime>>,
}

/// A person with an account.
pub struct Account {
    pub key: String,
    pub user: i64,
    pub event_type: i64,
}

impl Calcom {
    pub fn start(seed: u64) -> Self {
        let ambient = engine::Ambient::system();
        let sim = Sim::new(Options::new(Arc::new(move || ambient.now()), seed));
        let calcom = Self { sim, port: free_port(), process: Mutex::new(None) };
        calcom.serve();
        calcom
    }

    /// Somebody with one event type of 30 minutes, and a key that is not slowed down.
    pub fn account(&self, name: &str) -> Account {
        let user = self.sim.add_user(NewUser::new(name, name, &format!("{name}@calcom.example")));
        let key = format!("cal_live_{name}");
        self.sim.add_api_key(user, &key);
        self.sim.set_rate_limit(&key, RateLimit::of(1_000_000));
        let event_type = self.sim.add_event_type(user, NewEventType::new("Schnitt", "schnitt", 30));
        Account { key, user, event_type }
    }

    /// Every connection and every request in hand is gone at once.
    pub fn kill(&self) {
        if let Some(process) = self.process.lock().unwrap().take() {
            process.shutdown_background();
        }
    }

    pub fn serve(&self) {
        let process = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (sim, port) = (self.sim.clone(), self.port);
        // Connections to us end with the process that made them.
        let network = HttpTransport::new(TimeOuts::default()).unwrap();
        sim.set_webhook_sink(Arc::new(HttpSink::new(Arc::new(network))));
        process.spawn(async move {
            let listener = loop {
                // The last one's socket may need a moment to go.
                match TcpListener::bind(("127.0.0.1", port)).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::task::yield_now().await,
                }
            };
            axum::serve(listener, server(sim)).await.unwrap();
        });
        *self.process.lock().unwrap() = Some(process);
    }
}

impl Drop for Calcom {
    fn drop(&mut self) {
        self.kill();
    }
}
