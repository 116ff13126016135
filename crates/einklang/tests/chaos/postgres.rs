//! A PostgreSQL of the test's own, which it may crash: durable, on the loopback, gone with the test.

use std::path::PathBuf;
use std::process::Command;

pub struct Postgres {
    binaries: PathBuf,
    folder: tempfile::TempDir,
    pub port: u16,
}

impl Postgres {
    /// `None` if there is no PostgreSQL on this machine.
    pub fn start() -> Option<Self> {
        let binaries = binaries()?;
        let folder = tempfile::Builder::new().prefix("einklang-chaos").tempdir().unwrap();
        let port = crate::proxy::free_port();
        let server = Self { binaries, folder, port };
        if as_root() {
            run(Command::new("chown").arg("postgres").arg(server.folder.path()));
        }
        run(server.command("initdb").args([
            "-U",
            "einklang",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
        ]));
        server.control("start");
        Some(server)
    }

    /// The address of a server that is reached through `port`: its own, or that of a proxy.
    pub fn url(port: u16) -> String {
        format!("postgres://einklang@127.0.0.1:{port}/postgres")
    }

    /// Crashes it, as `kill -9` would, and starts it again. Blocks until it is ready.
    pub fn crash(&self) {
        self.control("restart");
    }

    fn control(&self, what: &str) {
        // Commits wait for the log, so what was answered is there after a crash.
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200",
            self.port
        );
        let log = self.folder.path().join("server.log");
        let mut command = self.command("pg_ctl");
        run(command.args(["-m", "immediate", "-s", "-w", "-o", &options, "-l"]).arg(log).arg(what));
    }

    /// PostgreSQL refuses to run as root.
    fn command(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = if as_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).arg("-D").arg(self.folder.path().join("data"));
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut command = self.command("pg_ctl");
        let _ = command.args(["-m", "immediate", "-s", "stop"]).output();
    }
}

fn run(command: &mut Command) {
    let log = tempfile::NamedTempFile::new().unwrap();
    // A pipe would stay open as long as the server that this starts.
    let (out, err) = (log.reopen().unwrap(), log.reopen().unwrap());
    let status = command.stdout(out).stderr(err).status().unwrap();
    assert!(status.success(), "{command:?}: {}", std::fs::read_to_string(log.path()).unwrap_or_default());
}

fn as_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

fn binaries() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("POSTGRES_BIN") {
        return Some(PathBuf::from(named));
    }
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = packaged.map(|version| version.path().join("bin")).collect();
    found.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    found.into_iter().find(|folder| folder.join("initdb").exists())
}
