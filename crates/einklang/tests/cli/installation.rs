//! An installation of a test: a folder, a database, the built binary, and the servers it started.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use bytes::Bytes;
use calcom::{HttpTransport, TimeOuts, Transport};
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::Value;

/// Longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Installation {
    pub folder: tempfile::TempDir,
    pub url: String,
    environment: Vec<(&'static str, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The one JSON value on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The sentence of a command that could not be done.
    pub fn refusal(&self) -> String {
        assert_eq!(self.code, 1, "{self:?}");
        self.json()["error"]["message"].as_str().expect("a message").to_owned()
    }
}

impl Installation {
    /// An empty one; `database` is the URL of a PostgreSQL database, else it is SQLite.
    pub fn new(database: Option<String>) -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        let mut environment = vec![("EINKLANG_LISTEN", listen.clone())];
        if let Some(url) = database {
            environment.push(("DATABASE_URL", url));
            environment.push(("EINKLANG_SECRET_KEY", "a secret key of the tests, long enough".to_owned()));
        }
        Self { folder: tempfile::tempdir().unwrap(), url: format!("http://{listen}"), environment }
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
    }

    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub fn is_postgres(&self) -> bool {
        self.variable("DATABASE_URL").is_some()
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_einklang"));
        // Nothing of the machine that runs the test counts.
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.args(words(line)).arg("--data-dir").arg(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command with `--json`.
    pub fn run(&self, line: &str) -> Ended {
        self.run_with(line, "")
    }

    /// The same with something on standard input.
    pub fn run_with(&self, line: &str, input: &str) -> Ended {
        let mut child = self.command(line).arg("--json").spawn().unwrap();
        // A command that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        ended(child.wait_with_output().unwrap())
    }

    /// Runs a command that has to succeed; its JSON.
    pub fn done(&self, line: &str) -> Value {
        self.done_with(line, "")
    }

    /// The same with something on standard input.
    pub fn done_with(&self, line: &str, input: &str) -> Value {
        let ended = self.run_with(line, input);
        assert_eq!(ended.code, 0, "{line}: {ended:?}");
        ended.json()
    }

    /// Runs a command as people do; what they read.
    pub fn text(&self, line: &str) -> Ended {
        ended(self.command(line).output().unwrap())
    }

    /// Starts a server, and returns it with the JSON of its first line.
    pub fn start(&self, line: &str) -> (Server, Value) {
        let mut child = self.command(line).arg("--json").stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let first = serde_json::from_str(&first).unwrap_or_else(|error| panic!("{error} in {first:?}"));
        (Server { child, _lines: lines }, first)
    }

    /// Every row of every table, apart from what the server that runs beside it writes by itself at any time: its leases,
    /// and the messages to people that what happened becomes.
    pub async fn rows(&self) -> Vec<String> {
        let named =
            self.environment.iter().find(|(name, _)| *name == "DATABASE_URL").map(|(_, url)| url.clone());
        let file = self.folder.path().join("einklang.sqlite");
        let url = named.unwrap_or_else(|| format!("sqlite://{}", file.display()));
        let database = Database::connect(&url).await.unwrap();
        let mut rows = Vec::new();
        for table in texts(&database, tables(&database)).await {
            if ["lanes", "messages", "occurrences"].contains(&table.as_str()) {
                continue;
            }
            let all = if database.get_database_backend() == DatabaseBackend::Postgres {
                format!("SELECT t::text AS it FROM \"{table}\" t ORDER BY 1")
            } else {
                let columns =
                    format!("SELECT 'quote(\"' || name || '\")' AS it FROM pragma_table_info('{table}')");
                let columns = texts(&database, &columns).await.join(" || ',' || ");
                format!("SELECT {columns} AS it FROM \"{table}\" ORDER BY 1")
            };
            rows.extend(texts(&database, &all).await.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows
    }

    /// Sends a request to the server; status and JSON (null if there is none).
    pub async fn http(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        request(method, &format!("{}{path}", self.url), key, body).await
    }
}

/// Reads a text; status and text.
pub async fn text(url: &str) -> (u16, String) {
    let request = http::Request::builder().uri(url).body(Bytes::new()).unwrap();
    let response = HttpTransport::new(TimeOuts::default()).unwrap().send(request).await.unwrap();
    (response.status().as_u16(), String::from_utf8_lossy(response.body()).into_owned())
}

/// Sends a request; status and JSON (null if there is none).
pub async fn request(method: &str, url: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .header(
            "idempotency-key",
            format!("{method} {url} {body}").replace(|c: char| !c.is_ascii_graphic(), "-"),
        )
        .body(if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) })
        .unwrap();
    let transport = HttpTransport::new(TimeOuts::default()).unwrap();
    let response = transport.send(request).await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

/// Looks until `look` finds what it wants.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("never: {what}"))
}

fn tables(database: &DatabaseConnection) -> &'static str {
    match database.get_database_backend() {
        DatabaseBackend::Postgres => {
            "SELECT tablename::text AS it FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        }
        _ => "SELECT name AS it FROM sqlite_master WHERE type = 'table' ORDER BY 1",
    }
}

/// What a query finds, in its one column `it`.
async fn texts(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let found = database.query_all_raw(Statement::from_string(database.get_database_backend(), query)).await;
    found.unwrap().iter().map(|row| row.try_get("", "it").unwrap()).collect()
}

/// A server that ends with the test.
pub struct Server {
    child: Child,
    _lines: BufReader<ChildStdout>,
}

impl Server {
    /// Asks it to end, and says with which code it did.
    pub async fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        until("the server ends", async || self.child.try_wait().unwrap()).await.code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().expect("ended by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The words of a command line; what stands in 'quotes' is one.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    quoted
        .flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
        .map(str::to_owned)
        .collect()
}
