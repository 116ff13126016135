//! `einklang demo`: a sample company, a simulated Cal.com and Einklang itself in one process, with no account
//! anywhere. `salon` says who they are, `world` sets them up, `past` lives through three weeks, `playground`
//! is behind the buttons of the demo page.

mod clock;
mod dice;
mod openings;
mod past;
mod phone;
mod playground;
mod router_transport;
mod salon;
mod world;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context, bail};
use calcom::{HttpTransport, TimeOuts, Transport};
use calcom_sim::{HttpSink, Sim, server as simulator_server};
use clap::Args;
use engine::rounds::Rounds;
use engine::{Ambient, Engine, Parts, Settings, Signals, Vault};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::Options;
use crate::config::{Config, sqlite_url};
use crate::installation::post;
use crate::outcome::{Outcome, say};
use crate::sole_process::SoleProcess;
use crate::{measures, server, telemetry};
use clock::TravelClock;
use dice::Dice;
use past::Past;
use phone::Phone;
use playground::Levers;
use router_transport::RouterTransport;
use world::World;

/// Where sample data goes unless a folder is named.
const FOLDER: &str = "data/demo";
/// Says that what is in a folder may be thrown away.
const MARK: &str = "einklang-demo";
const MARK_TEXT: &str = "Sample data of `einklang demo`. Everything here is made anew on each start.\n";

/// Run everything with a sample company and a simulated Cal.com: no account needed.
///
/// The simulator keeps its bookings in memory, so the sample data is made anew on each start; the data folder
/// (default: data/demo) is emptied first, and it is refused if it holds anything but an earlier demo.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where Einklang listens
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Where the simulated Cal.com listens
    #[arg(long, default_value = "127.0.0.1:8090")]
    simulator_listen: String,
}

impl Demo {
    pub async fn run(self, options: &Options) -> anyhow::Result<Outcome> {
        // The demo reads no configuration but that of the log: it must never touch a real installation.
        let log = |name: &str| name.starts_with("EINKLANG_LOG").then(|| std::env::var(name).ok()).flatten();
        let bare =
            Options { json: options.json, data_dir: Some(PathBuf::from("/nonexistent")), config: None };
        telemetry::start_quietly(&Config::read(&bare, &log)?)?;

        let listener = bind(&self.listen).await?;
        let simulator_listener = bind(&self.simulator_listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let simulator_url = format!("http://{}", simulator_listener.local_addr()?);
        let folder = options.data_dir.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
        let _sole = prepare(&folder)?;
        let store =
            Store::connect(&sqlite_url(&folder)).await.context("the sample database cannot be made")?;
        store.migrate().await?;

        let real = Ambient::system();
        let clock = TravelClock::new(real.clone());
        let secret_key = crate::config::secret_key::of_folder(&folder)?;
        let engine = |transport: Arc<dyn Transport>, rounds: Rounds| {
            Engine::new(Parts {
                store: store.clone(),
                ambient: real.clone().with_clock(Arc::new(clock.clone())),
                vault: Vault::new(&secret_key),
                transport,
                settings: Settings {
                    public_url: url.clone(),
                    rounds,
                    rooms_anywhere: true,
                    ..Settings::default()
                },
                signals: Signals::default(),
            })
        };
        let sim = world::simulator(&clock);
        let world = live_through_the_past(
            &engine(Arc::new(sim.transport()), Rounds::default()),
            &sim,
            &clock,
            &url,
            &simulator_url,
        )
        .await
        .context("the sample data cannot be made")?;

        clock.arrive();
        sim.forget_rate_limits();
        let network: Arc<dyn Transport> = Arc::new(HttpTransport::new(TimeOuts::default())?);
        sim.set_webhook_sink(Arc::new(HttpSink::new(Arc::clone(&network))));
        let engine = engine(Arc::clone(&network), Rounds::usual());
        let levers = Levers {
            phone: world.phone(&engine, network, &url),
            engine: engine.clone(),
            sim: sim.clone(),
            simulator_url: simulator_url.clone(),
            world: world.clone(),
            dice: Dice::new(u64::try_from(real.now().as_millisecond()).unwrap_or_default()),
            log: Mutex::new(VecDeque::new()),
        };
        let stop = CancellationToken::new();
        let router = server::router(&engine, Some(measures::start()?), None, Some(Arc::new(levers)), &stop);
        server::stop_on_signals(stop.clone())?;
        let simulator = tokio::spawn(server::serve(simulator_server(sim), simulator_listener, stop.clone()));
        let workers = folder.join("workers");
        let running = {
            let (engine, stop) = (engine.clone(), stop.clone());
            let post = post(&engine, None)?;
            tokio::spawn(async move {
                server::run(&engine, router, listener, Some((&workers, &post)), stop).await
            })
        };
        // The sockets listen already: whoever reads this can connect.
        let card = world.card(&url, &simulator_url)?;
        say(&if options.json { card.to_string() } else { greeting(&card, &folder) });
        running.await??;
        stop.cancel();
        simulator.await??;
        store.close().await?;
        Ok(Outcome::silent())
    }
}

/// Sets the world up three weeks ago and lives through everything since, without a network.
async fn live_through_the_past(
    engine: &Engine,
    sim: &Sim,
    clock: &TravelClock,
    url: &str,
    simulator_url: &str,
) -> anyhow::Result<World> {
    let now = engine.ambient.now();
    clock.travel_to(now - jiff::SignedDuration::from_hours(24 * 21));
    sim.set_webhook_sink(Arc::new(world::Inbox(engine.clone())));
    let world = world::build(engine, sim, simulator_url).await?;
    let router = server::router(engine, None, None, None, &CancellationToken::new());
    let phone = world.phone(engine, Arc::new(RouterTransport(router)), url);
    let zone = TimeZone::get(salon::TIME_ZONE)?;
    let past = Past { engine, sim, clock, world: &world, phone: &phone, dice: Dice::new(world::SEED), zone };
    past.live(now).await?;
    Ok(world)
}

impl World {
    /// A phone that reaches this company's agent.
    fn phone(&self, engine: &Engine, transport: Arc<dyn Transport>, url: &str) -> Phone {
        let number = |branch: &domain::company::Branch| {
            branch.phone.as_ref().map(|phone| (branch.id, phone.to_string()))
        };
        Phone {
            transport,
            engine: engine.clone(),
            company: self.company,
            url: format!("{url}/voice/retell/{}", self.agent_token),
            signing_key: self.signing_key.clone(),
            numbers: self.branches.iter().filter_map(number).collect(),
        }
    }

    /// Everything that somebody needs who wants to try it, or a script.
    fn card(&self, url: &str, simulator_url: &str) -> anyhow::Result<Value> {
        let service = salon::FOR_SCRIPTS;
        let seat = self
            .seats
            .iter()
            .find(|seat| seat.event_types.contains_key(&service))
            .context("nobody offers the service for scripts")?;
        let branch = self.branches.iter().find(|branch| branch.id == seat.staff.branch_id);
        Ok(json!({
            "url": url,
            "email": salon::USER.1,
            "password": world::PASSWORD,
            "company": salon::SLUG,
            "api_key": self.api_key,
            "service_id": self.services[service].id,
            "retell": {
                "token": self.agent_token,
                "signing_key": self.signing_key,
                "to_number": branch.and_then(|branch| branch.phone.clone()),
            },
            "simulator": {
                "url": simulator_url,
                "api_key": seat.api_key,
                "event_type_id": seat.event_types[&service],
            },
        }))
    }
}

fn greeting(card: &Value, folder: &Path) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "Einklang is running with the sample company \"{company}\".

  Open      {url}
  E-mail    {email}
  Password  {password}

  Cal.com (simulated)  {simulator}
  API key              {api_key}

Sample data is in {folder} and made anew on each start. Ctrl-C ends it.",
        company = salon::COMPANY,
        url = text(&card["url"]),
        email = text(&card["email"]),
        password = text(&card["password"]),
        simulator = text(&card["simulator"]["url"]),
        api_key = text(&card["api_key"]),
        folder = folder.display(),
    )
}

async fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Empties the folder of an earlier demo. A folder that holds something else, or in which a demo runs, is left
/// alone.
fn prepare(folder: &Path) -> anyhow::Result<SoleProcess> {
    let mark = folder.join(MARK);
    if folder.exists() && !mark.exists() {
        let mut there = std::fs::read_dir(folder)
            .with_context(|| format!("the folder {} cannot be read", folder.display()))?;
        if there.next().is_some() {
            bail!("{} holds something that is not a demo's; name another --data-dir", folder.display());
        }
    }
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    std::fs::write(&mark, MARK_TEXT)?;
    let sole = SoleProcess::on(&folder.join("einklang.sqlite"))?;
    for name in ["einklang.sqlite", "einklang.sqlite-wal", "einklang.sqlite-shm"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(sole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demos_folder_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("einklang.sqlite");
        prepare(folder.path()).unwrap();
        std::fs::write(&database, "an earlier demo").unwrap();
        prepare(folder.path()).unwrap();
        assert!(!database.exists());

        std::fs::remove_file(folder.path().join(MARK)).unwrap();
        std::fs::write(&database, "a real one").unwrap();
        assert!(prepare(folder.path()).unwrap_err().to_string().contains("not a demo's"));
        assert_eq!(std::fs::read_to_string(&database).unwrap(), "a real one");
    }
}
