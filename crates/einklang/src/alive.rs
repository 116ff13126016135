//! Who of this machine is alive: each working process holds a lock on a file of its name, which the operating
//! system lets go of the moment the process ends, however that happens. Whoever finds a file that nobody
//! holds knows that its owner is dead, and need not wait until the leases of the dead have run out.
//!
//! A process that stands still (a debugger, a frozen machine) keeps its lock and so its leases; workers on
//! other machines wait for the end of the lease.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::Engine;
use tokio_util::sync::CancellationToken;

/// How often the others are looked at. It costs a look into a folder, nothing at the database.
const LOOK: Duration = Duration::from_millis(250);
/// Of a file that is not locked yet.
const UNFINISHED: &str = ".new";

/// The sign of life of one worker.
pub struct Alive {
    folder: PathBuf,
    path: PathBuf,
    _lock: File,
}

impl Alive {
    /// Shows that `owner` lives, until this is dropped or the process ends.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub fn show(folder: &Path, owner: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // Under its name it is locked from the beginning: nobody can take it for that of a dead one.
        let unfinished = folder.join(format!("{owner}{UNFINISHED}"));
        let lock = OpenOptions::new().create_new(true).write(true).open(&unfinished)?;
        lock.lock()?;
        let path = folder.join(owner);
        fs::rename(unfinished, &path)?;
        Ok(Self { folder: folder.to_owned(), path, _lock: lock })
    }

    /// The owners who died without a farewell. Each is named until [`Alive::forget`].
    fn dead(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| !name.ends_with(UNFINISHED) && self.is_dead(name)).collect()
    }

    fn is_dead(&self, name: &str) -> bool {
        let path = self.folder.join(name);
        path != self.path && File::open(path).is_ok_and(|file| file.try_lock_shared().is_ok())
    }

    fn forget(&self, name: &str) {
        // Somebody else may have been first.
        let _ = fs::remove_file(self.folder.join(name));
    }

    /// Gives up the leases of those who died, until `stop` is cancelled.
    pub async fn watch_over(&self, engine: &Engine, stop: &CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            for owner in self.dead() {
                match engine.store.release_lanes_of(&owner, engine.ambient.now()).await {
                    Ok(lanes) => {
                        tracing::warn!(target: "einklang::sync", owner, lanes, "a worker died; its lanes are free");
                        self.forget(&owner);
                        engine.signals.wake();
                    }
                    // The database will be back; then this is done again.
                    Err(error) => tracing::debug!(%error, owner, "the lanes of a dead worker stay leased"),
                }
            }
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // If it stays, the others find that nobody holds it.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_whose_lock_is_gone_are_dead() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("workers");
        let one = Alive::show(&folder, "one").unwrap();
        let two = Alive::show(&folder, "two").unwrap();
        fs::write(folder.join("killed"), "").unwrap();
        fs::write(folder.join("starting.new"), "").unwrap();
        assert_eq!(one.dead(), ["killed"]);
        one.forget("killed");
        drop(two);
        assert_eq!(one.dead(), <[String; 0]>::default());
    }
}
