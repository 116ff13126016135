//! What wins over what, and what is refused.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;

use super::*;

struct Case {
    folder: tempfile::TempDir,
    variables: HashMap<&'static str, String>,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: HashMap::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        fs_write(&self.folder.path().join(name), text);
        self
    }

    fn read(&self) -> anyhow::Result<Config> {
        let data_dir = Some(self.folder.path().to_owned());
        let options = Options { json: false, data_dir, config: None };
        let variables = self.variables.clone();
        Config::read(&options, &move |name: &str| variables.get(name).cloned())
    }

    fn refusal(&self) -> String {
        format!("{:#}", self.read().err().expect("refused"))
    }
}

fn fs_write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let case = Case::new()
        .file("einklang.toml", "listen = \"0.0.0.0:1\"\npublic_url = \"https://salon.example/\"")
        .with("EINKLANG_LISTEN", "0.0.0.0:2");
    let config = case.read().unwrap();
    assert_eq!(config.listen.value, "0.0.0.0:2");
    assert_eq!(config.listen.origin, Origin::Environment("EINKLANG_LISTEN".into()));
    assert_eq!(config.public_url.value, "https://salon.example");
    assert_eq!(config.public_url.origin, Origin::File(case.folder.path().join("einklang.toml")));
    assert_eq!(config.sqlite_file(), Some(case.folder.path().join("einklang.sqlite")));
    assert_eq!(config.database_url.origin, Origin::Default);
}

#[test]
fn whatever_has_a_variable_can_stand_in_the_file() {
    let text = r#"
        database_url = "sqlite:x"
        listen = "0.0.0.0:1"
        metrics_listen = "0.0.0.0:2"
        public_url = "https://salon.example"
        secret_key = "0123456789abcdef0123456789abcdef"
        log = "warn"
        log_format = "json"
        retries = "1s 2s"
        worker = "off"
        verify = "off"
        brake = "7"
        poll = "1m"
        smtp_url = "smtps://mail.example"
        mail_from = "Einklang <einklang@salon.example>"
        rooms = "anywhere"
        keep = "keys=7d"
        phone_patience = "off"
    "#;
    let case = Case::new().file("einklang.toml", text);
    assert_eq!(case.read().unwrap().brake.value, "7");
    let unknown = Case::new().file("einklang.toml", "x = \"\"").refusal();
    let (_, known) = unknown.split_once("known are ").unwrap();
    assert_eq!(known.split(", ").filter(|name| !text.contains(&format!("{name} ="))).count(), 0, "{known}");
    assert_eq!(known.split(", ").count(), text.trim().lines().count());
}

#[test]
fn values_can_stand_in_files_of_their_own() {
    let case = Case::new().file("url", "postgres://einklang:hunter2@db/einklang\n");
    let path = case.folder.path().join("url").display().to_string();
    let case = case.with("DATABASE_URL_FILE", &path).file("key", &"k".repeat(40));
    let case = case.file("einklang.toml", "secret_key_file = \"key\"");
    let config = case.read().unwrap();
    assert!(!config.is_sqlite());
    assert_eq!(config.secret_key().unwrap().expose_secret(), "k".repeat(40));
    let told = config.describe_json().to_string();
    assert!(told.contains("postgres://einklang:…@db/einklang"), "{told}");
    assert!(!told.contains("hunter2") && !told.contains("kkkk"), "{told}");
    let both = case.with("DATABASE_URL", "sqlite:x").refusal();
    assert!(both.contains("DATABASE_URL and DATABASE_URL_FILE are both set"), "{both}");
}

#[test]
fn mistakes_are_named() {
    for (name, value, says) in [
        ("EINKLANG_LISTEN", "8080", "127.0.0.1:8080"),
        ("EINKLANG_PUBLIC_URL", "salon.example", "EINKLANG_PUBLIC_URL"),
        ("EINKLANG_LOG_FORMAT", "xml", "pretty or json"),
        ("EINKLANG_WORKER", "yes", "on or off"),
        ("DATABASE_URL", "mysql://db", "sqlite: or postgres:"),
        ("EINKLANG_SECRET_KEY_FILE", "/nowhere", "/nowhere"),
    ] {
        let refusal = Case::new().with(name, value).refusal();
        assert!(refusal.contains(says), "{refusal}");
    }
    for (text, says) in [
        ("listn = \"x\"", "\"listn\", which is not known"),
        ("listen = 8080", "in quotes"),
        ("=", "not TOML"),
    ] {
        let refusal = Case::new().file("einklang.toml", text).refusal();
        assert!(refusal.contains(says), "{refusal}");
    }
}

#[test]
fn a_secret_key_is_made_once_for_sqlite_and_demanded_for_postgres() {
    let case = Case::new();
    let key = case.read().unwrap().secret_key().unwrap();
    assert_eq!(case.read().unwrap().secret_key().unwrap().expose_secret(), key.expose_secret());
    let path = case.folder.path().join("secret.key");
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(case.folder.path()).unwrap().count(), 1);
    assert!(secret_key::of_folder(&case.folder.path().join("a folder that is not there yet")).is_ok());

    let postgres = Case::new().with("DATABASE_URL", "postgres://db/einklang");
    let refusal = format!("{:#}", postgres.read().unwrap().secret_key().unwrap_err());
    assert!(refusal.contains("EINKLANG_SECRET_KEY is not set"), "{refusal}");
    let short = postgres.with("EINKLANG_SECRET_KEY", "short").read().unwrap().secret_key().unwrap_err();
    assert!(short.to_string().contains("shorter than 32"), "{short}");
}

#[test]
fn the_way_to_mailboxes_is_whole_or_there_is_none() {
    let none = Case::new().read().unwrap();
    assert!(none.mailer().unwrap().is_none() && !none.rooms_anywhere.value);
    let url = "smtps://user:secret-word@mail.example";
    let whole =
        Case::new().with("EINKLANG_SMTP_URL", url).with("EINKLANG_MAIL_FROM", "Einklang <e@salon.example>");
    let whole = whole.with("EINKLANG_ROOMS", "anywhere").read().unwrap();
    assert!(whole.mailer().unwrap().is_some() && whole.rooms_anywhere.value);
    assert!(!format!("{:?} {}", whole.describe(), whole.describe_json()).contains("secret-word"));
    let halves = [
        (Case::new().with("EINKLANG_SMTP_URL", url), "EINKLANG_MAIL_FROM"),
        (Case::new().with("EINKLANG_MAIL_FROM", "e@salon.example"), "EINKLANG_SMTP_URL"),
        (Case::new().with("EINKLANG_SMTP_URL", url).with("EINKLANG_MAIL_FROM", "nobody"), "nobody"),
        (
            Case::new().with("EINKLANG_SMTP_URL", "mail").with("EINKLANG_MAIL_FROM", "e@salon.example"),
            "mail server",
        ),
        (Case::new().with("EINKLANG_ROOMS", "lan"), "public or anywhere"),
    ];
    for (case, says) in halves {
        let refusal = case.refusal();
        assert!(refusal.contains(says) && !refusal.contains("secret-word"), "{refusal}");
    }
}
