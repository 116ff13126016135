//! The secret key of an SQLite installation: a file in the data folder that only its owner may read, made
//! once.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use engine::Ambient;
use secrecy::SecretString;

/// Where it is.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("secret.key")
}

/// The key in the folder, made if there is none. Two processes at once get the same one: the file comes
/// into being with its whole content, and the second to come finds the first's.
pub fn of_folder(data_dir: &Path) -> anyhow::Result<SecretString> {
    let path = path(data_dir);
    if !path.exists() {
        make(&path).with_context(|| format!("the secret key {} cannot be made", path.display()))?;
    }
    let key = fs::read_to_string(&path)
        .with_context(|| format!("the secret key {} cannot be read", path.display()))?;
    if key.trim().is_empty() {
        bail!("the secret key {} is empty; put the key back from a backup", path.display());
    }
    Ok(key.trim().into())
}

fn make(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let ambient = Ambient::system();
    let draft = path.with_extension(ambient.id().simple().to_string());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    writeln!(file, "{}", ambient.token())?;
    file.sync_all()?;
    let made = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}
