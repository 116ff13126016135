//! Where values come from: the environment first, then the TOML file; and how a value remembers it.

use std::cell::RefCell;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Looks an environment variable up.
pub type Environment = dyn Fn(&str) -> Option<String>;

/// A value that can be configured.
pub struct Key {
    /// In the TOML file.
    pub name: &'static str,
    /// In the environment.
    pub variable: &'static str,
}

/// A value and where it came from.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    CommandLine,
    Environment(String),
    File(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::CommandLine => f.write_str("command line"),
            Self::Environment(name) => f.write_str(name),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl<T> Setting<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), origin: self.origin }
    }

    pub fn try_map<U>(self, change: impl FnOnce(T) -> anyhow::Result<U>) -> anyhow::Result<Setting<U>> {
        let value = change(self.value).with_context(|| format!("from {}", self.origin))?;
        Ok(Setting { value, origin: self.origin })
    }
}

/// The environment and the file, together.
pub struct Sources<'a> {
    environment: &'a Environment,
    table: toml::Table,
    file: Option<PathBuf>,
    /// The keys that were asked for: what can be configured.
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Sources<'a> {
    /// Reads the file that is named, else `einklang.toml` in the data folder if it is there.
    pub fn read(named: Option<&Path>, data_dir: &Path, environment: &'a Environment) -> anyhow::Result<Self> {
        let usual = data_dir.join("einklang.toml");
        let file = named.map(Path::to_owned).or_else(|| usual.exists().then_some(usual));
        let mut table = toml::Table::new();
        if let Some(path) = &file {
            let text = fs::read_to_string(path)
                .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
            table =
                text.parse().with_context(|| format!("the configuration {} is not TOML", path.display()))?;
        }
        Ok(Self { environment, table, file, known: RefCell::default() })
    }

    /// Refuses a file that sets what nobody has asked for: it is misspelt.
    pub fn refuse_unknown(&self) -> anyhow::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let known = self.known.borrow();
        let is_known = |name: &String| known.contains(&name.strip_suffix("_file").unwrap_or(name));
        if let Some(unknown) = self.table.keys().find(|name| !is_known(name)) {
            bail!("{} sets {unknown:?}, which is not known; known are {}", file.display(), known.join(", "));
        }
        Ok(())
    }

    /// The value of a key, if it is set anywhere.
    pub fn get(&self, key: &Key) -> anyhow::Result<Option<Setting<String>>> {
        self.known.borrow_mut().push(key.name);
        let variable = |name: &str| (self.environment)(name).filter(|value| !value.is_empty());
        let indirect = format!("{}_FILE", key.variable);
        match (variable(key.variable), variable(&indirect)) {
            (Some(_), Some(_)) => bail!("{} and {indirect} are both set; set one of them", key.variable),
            (Some(value), None) => {
                return Ok(Some(Setting { value, origin: Origin::Environment(key.variable.to_owned()) }));
            }
            (None, Some(path)) => {
                let value = content(Path::new(&path), &indirect)?;
                return Ok(Some(Setting { value, origin: Origin::Environment(indirect) }));
            }
            (None, None) => {}
        }
        let Some(file) = &self.file else { return Ok(None) };
        let indirect = format!("{}_file", key.name);
        let value = match (self.text(key.name, file)?, self.text(&indirect, file)?) {
            (Some(_), Some(_)) => {
                bail!("{} sets {} and {indirect}; set one of them", file.display(), key.name)
            }
            (Some(value), None) => value,
            // As written, it is beside the file that names it.
            (None, Some(path)) => content(&file.with_file_name("").join(path), &indirect)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(Setting { value, origin: Origin::File(file.clone()) }))
    }

    fn text(&self, name: &str, file: &Path) -> anyhow::Result<Option<String>> {
        match self.table.get(name) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => bail!("{name} in {} has to be a text in quotes", file.display()),
        }
    }
}

fn content(path: &Path, named_by: &str) -> anyhow::Result<String> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{} (named by {named_by}) cannot be read", path.display()))?;
    Ok(text.trim().to_owned())
}
