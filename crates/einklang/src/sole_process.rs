//! SQLite is for one process that works: two would each believe that they are alone on a lane's pace and
//! wake-ups. Short commands beside it are welcome, they only read and write.
//!
//! The proof is a lock of the operating system on a file beside the database. It ends with the process,
//! however that ends, so there is nothing to clean up; the file stays, because whoever removed it could
//! remove one that somebody else has just locked.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// While it lives, no other process works with the database.
#[derive(Debug)]
pub struct SoleProcess(#[expect(dead_code, reason = "held, not used")] File);

impl SoleProcess {
    /// Becomes the one process that works with the SQLite database `database`.
    ///
    /// # Errors
    /// If there is one already.
    pub fn on(database: &Path) -> anyhow::Result<Self> {
        let path = lock_file(database);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .with_context(|| format!("the lock {} cannot be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                // Only said to help: an unreadable name changes nothing.
                let _ = file.read_to_string(&mut process);
                bail!(
                    "another Einklang (process {}) works with {} already: SQLite is for one process; end that one first, or use PostgreSQL for several",
                    process.trim(),
                    database.display()
                );
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("the lock {} cannot be taken", path.display()));
            }
        }
        file.rewind()?;
        file.set_len(0)?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self(file))
    }
}

/// Beside the file itself, wherever links lead from.
fn lock_file(database: &Path) -> PathBuf {
    let real = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut name = real.into_os_string();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_told_who_is_there_and_takes_over_when_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("einklang.sqlite");
        std::fs::write(&database, "").unwrap();
        let first = SoleProcess::on(&database).unwrap();
        let link = folder.path().join("link.sqlite");
        std::os::unix::fs::symlink(&database, &link).unwrap();
        let refusal = SoleProcess::on(&link).unwrap_err().to_string();
        assert!(refusal.contains(&format!("(process {})", std::process::id())), "{refusal}");
        drop(first);
        SoleProcess::on(&database).unwrap();
    }
}
