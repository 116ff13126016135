//! A PostgreSQL database of a test's own. The tests run in memory on SQLite; with `TEST_DATABASE=postgres` they
//! run on the server that `TEST_POSTGRES_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database};

/// Databases of this process.
static MADE: AtomicU32 = AtomicU32::new(0);

pub struct Postgres {
    server: String,
    name: String,
}

impl Postgres {
    /// An empty one, if the tests are to run on PostgreSQL.
    pub async fn empty() -> Option<Self> {
        if std::env::var("TEST_DATABASE").is_ok_and(|database| database == "postgres") {
            let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names no server");
            let name =
                format!("einklang_web_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
            execute(&server, &format!("CREATE DATABASE {name}")).await;
            Some(Self { server, name })
        } else {
            None
        }
    }

    pub fn url(&self) -> String {
        let (front, _) = self.server.rsplit_once('/').unwrap();
        format!("{front}/{}", self.name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // The test's own runtime is about to end.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&server, &drop));
        });
        // A test that fails already keeps its own reason.
        let _ = thread.join();
    }
}

async fn execute(server: &str, statement: &str) {
    let admin = Database::connect(server).await.unwrap();
    admin.execute_unprepared(statement).await.unwrap();
}
