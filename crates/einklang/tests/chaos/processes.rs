//! Real processes, each kept running by somebody who starts it again when it ends: what systemd or a
//! container platform does.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinHandle;

/// Before an ended process is started again.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Process {
    child: Arc<Mutex<Child>>,
    keeper: Option<JoinHandle<()>>,
}

impl Process {
    /// Runs `einklang` once.
    pub fn start(name: &str, arguments: &[&str], environment: &[(&str, String)], folder: &Path) -> Self {
        let mut start = starter(name, arguments, environment, folder);
        Self { child: Arc::new(Mutex::new(start())), keeper: None }
    }

    /// Runs `einklang` until this is dropped, again and again.
    pub fn keep(name: &str, arguments: &[&str], environment: &[(&str, String)], folder: &Path) -> Self {
        let mut start = starter(name, arguments, environment, folder);
        let child = Arc::new(Mutex::new(start()));
        let kept = Arc::clone(&child);
        let keeper = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                let mut child = kept.lock().unwrap();
                if child.try_wait().unwrap().is_some() {
                    *child = start();
                }
            }
        });
        Self { child, keeper: Some(keeper) }
    }

    /// `kill -9`.
    pub fn kill(&self) {
        // It may have ended already.
        let _ = self.child.lock().unwrap().kill();
    }

    /// Sends `TERM`, `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// How it ended, if it did.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.child.lock().unwrap().try_wait().unwrap()
    }
}

fn starter(
    name: &str,
    arguments: &[&str],
    environment: &[(&str, String)],
    folder: &Path,
) -> impl FnMut() -> Child + Send + 'static {
    let mut command = command(arguments, environment, folder);
    let log = log(folder, name);
    move || {
        let log = log.try_clone().unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(keeper) = &self.keeper {
            keeper.abort();
        }
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// The binary, with nothing of the machine that runs the test.
pub fn command(arguments: &[&str], environment: &[(&str, String)], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_einklang"));
    command.env_clear().envs(environment.iter().map(|(name, value)| (*name, value)));
    command.args(arguments).arg("--data-dir").arg(folder);
    command
}

fn log(folder: &Path, name: &str) -> File {
    OpenOptions::new().create(true).append(true).open(folder.join(format!("{name}.log"))).unwrap()
}
