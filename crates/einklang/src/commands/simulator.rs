//! `einklang simulator`: a Cal.com to test against, with two stylists.

use std::sync::Arc;

use anyhow::Context;
use calcom::{HttpTransport, TimeOuts};
use calcom_sim::{HttpSink, NewEventType, NewUser, Options, Sim, server};
use clap::Args;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::installation::Installation;
use crate::outcome::{Outcome, say};

/// Run a Cal.com to test against. It keeps everything in memory.
///
/// It answers Cal.com's API v2 as the real one does and sends webhooks, for two users (anna and ben) with two
/// event types each; faults can be ordered at /sim. There is no sign-in at /sim: leave it on loopback.
#[derive(Debug, Args)]
pub struct Simulator {
    /// Where it listens
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: String,
}

impl Simulator {
    pub async fn run(self, at: &Installation, json: bool) -> anyhow::Result<Outcome> {
        let listener = TcpListener::bind(&self.listen)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        let ambient = at.ambient.clone();
        let seed = u64::from_le_bytes(ambient.bytes());
        let sim = Sim::new(Options::new(Arc::new(move || ambient.now()), seed));
        let users: Vec<_> = [("anna", "Anna Albrecht"), ("ben", "Ben Bauer")]
            .into_iter()
            .map(|(username, name)| user(&sim, username, name))
            .collect();
        sim.set_webhook_sink(Arc::new(HttpSink::new(Arc::new(HttpTransport::new(TimeOuts::default())?))));
        let url = format!("http://{}", listener.local_addr()?);
        if json {
            say(&json!({ "url": url, "users": users }).to_string());
        } else {
            say(&format!("A simulated Cal.com answers on {url}."));
            for user in &users {
                say(&format!("  {} {}", user["username"], user));
            }
        }
        let stop = CancellationToken::new();
        crate::server::stop_on_signals(stop.clone())?;
        crate::server::serve(server(sim), listener, stop).await?;
        Ok(Outcome::silent())
    }
}

fn user(sim: &Sim, username: &str, name: &str) -> Value {
    let id = sim.add_user(NewUser::new(username, name, &format!("{username}@calcom.example")));
    let api_key = format!("cal_live_{username}");
    sim.add_api_key(id, &api_key);
    let event_types: Vec<_> = [("Haarschnitt", "haarschnitt", 30), ("Farbe", "farbe", 90)]
        .into_iter()
        .map(|(title, slug, minutes)| {
            let id = sim.add_event_type(id, NewEventType::new(title, slug, minutes));
            json!({ "id": id, "title": title, "length_minutes": minutes })
        })
        .collect();
    json!({ "username": username, "api_key": api_key, "event_types": event_types })
}
