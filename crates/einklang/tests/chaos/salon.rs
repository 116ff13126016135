//! The world of the tests: one company, four stylists with an account each, and the processes that serve it.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::calcom::Calcom;
use crate::postgres::Postgres;
use crate::processes::{Process, command};
use crate::proxy::{Proxy, free_port};

const WORKERS: usize = 3;
const STYLISTS: [&str; 4] = ["anna", "ben", "clara", "david"];

pub struct Salon {
    pub postgres: Postgres,
    pub calcom: Calcom,
    /// The server comes first. None at the beginning.
    pub processes: Vec<Process>,
    /// Between each process and the database.
    pub wires: Vec<Proxy>,
    pub url: String,
    pub api_key: String,
    pub service: String,
    pub stylists: Vec<Stylist>,
    listen: String,
    folder: tempfile::TempDir,
}

pub struct Stylist {
    pub id: String,
    /// At Cal.com.
    pub user: i64,
}

impl Salon {
    /// `None` where there is no PostgreSQL.
    pub fn open(seed: u64) -> Option<Self> {
        let postgres = Postgres::start()?;
        let calcom = Calcom::start(seed);
        let folder = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let run = |arguments: &str, input: &str| {
            run(arguments, input, &environment(&listen, postgres.port), folder.path())
        };
        run("migrate", "");
        run("company create --name Morgenrot --slug morgenrot --timezone Europe/Berlin", "");
        run("branch create --company morgenrot --name Mitte --hours mon-sat_09:00-18:00", "");
        let service = run("service create --company morgenrot --name Schnitt --duration 30", "");
        let mut stylists = Vec::new();
        for name in STYLISTS {
            let account = calcom.account(name);
            let staff = run(
                &format!("staff create --company morgenrot --name {name} --hours mon-sat_09:00-18:00"),
                "",
            );
            let address = format!("http://127.0.0.1:{}", calcom.port);
            let add = format!("connection add --company morgenrot --base-url {address} --api-key-stdin");
            run(&add, &format!("{}\n", account.key));
            let link = format!(
                "service link --company morgenrot --service schnitt --connection {name} --staff {name} --event-type {} --add-reference-field",
                account.event_type
            );
            run(&link, "");
            stylists.push(Stylist { id: text(&staff["id"]), user: account.user });
        }
        let scopes = "appointments:read,appointments:write";
        let key = run(&format!("api-key create --company morgenrot --name Chaos --scopes {scopes}"), "");

        Some(Self {
            url: format!("http://{listen}"),
            api_key: text(&key["key"]),
            service: text(&service["id"]),
            postgres,
            calcom,
            processes: Vec::new(),
            wires: Vec::new(),
            stylists,
            listen,
            folder,
        })
    }

    /// The server and its workers begin, each on a wire of its own, and are kept running.
    pub async fn staff(&mut self) {
        for number in 0..=WORKERS {
            let wire = Proxy::to(self.postgres.port).await;
            let (name, arguments) = match number {
                0 => ("serve".to_owned(), vec!["serve", "--no-worker"]),
                number => (format!("worker-{number}"), vec!["worker"]),
            };
            let environment = environment(&self.listen, wire.port);
            self.processes.push(Process::keep(&name, &arguments, &environment, self.folder.path()));
            self.wires.push(wire);
        }
    }

    /// Starts a process on the database itself; on another machine it would have `folder` as its own.
    pub fn start(&self, name: &str, arguments: &[&str], folder: Option<&Path>) -> Process {
        let environment = environment(&self.listen, self.postgres.port);
        Process::start(name, arguments, &environment, folder.unwrap_or(self.folder.path()))
    }

    pub fn server(&self) -> &Process {
        &self.processes[0]
    }

    pub fn workers(&self) -> &[Process] {
        &self.processes[1..]
    }
}

fn environment(listen: &str, port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", Postgres::url(port)),
        ("EINKLANG_LISTEN", listen.to_owned()),
        ("EINKLANG_SECRET_KEY", "a secret key of the tests, long enough".to_owned()),
        // Shorter than usual, so that it is quiet soon after the trouble.
        ("EINKLANG_RETRIES", "1s 2s 2s 5s 5s 5s 5s 5s 5s 5s 5s 5s".to_owned()),
        ("EINKLANG_LOG", "warn".to_owned()),
        // What is waited for and counted is what people want.
        ("EINKLANG_VERIFY", "off".to_owned()),
        ("EINKLANG_POLL", "off".to_owned()),
        ("RUST_BACKTRACE", "1".to_owned()),
    ]
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Runs a command that has to succeed; `_` stands for a blank in an argument.
fn run(arguments: &str, input: &str, environment: &[(&str, String)], folder: &Path) -> Value {
    let words: Vec<_> = arguments.split(' ').map(|word| word.replace('_', " ")).collect();
    let words: Vec<_> = words.iter().map(String::as_str).chain(["--json"]).collect();
    let mut command = command(&words, environment, folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{arguments}: {told}");
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("{arguments}: {error} in {told:?}"))
}
